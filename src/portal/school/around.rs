//! What is around a page of an institution's desk: which institution it is, and where else one can go there.

use uuid::Uuid;

use crate::domain::actor::{Actor, MemberRole};
use crate::domain::policy::{Action, Resource, allowed};
use crate::domain::rejection::Rejection;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::institutions::{Institution, read_institution};
use crate::portal::places::Place;
use crate::portal::visit::SignedIn;

/// The institution at whose desk somebody is.
pub(in crate::portal) struct Desk {
    pub(in crate::portal) institution_id: Uuid,
    pub(in crate::portal) name: String,
    pub(in crate::portal) institution: Institution,
    pub(in crate::portal) roles: Vec<MemberRole>,
    pub(in crate::portal) places: Vec<Place>,
    actor: Actor,
}

/// The pages of a desk, what they are called in the menu, and the right without which one is no use.
pub(in crate::portal) const PLACES: [(&str, &str, Action); 14] = [
    ("/outcomes", "desk-nav-outcomes", Action::ListOutcomes),
    ("/files", "desk-nav-files", Action::ReadImport),
    ("/learners", "desk-nav-learners", Action::FindLearner),
    ("/corrections", "desk-nav-corrections", Action::ReadCorrection),
    ("/disputes", "desk-nav-disputes", Action::ReadCorrectionRequest),
    ("/mismatches", "desk-nav-mismatches", Action::ReadMismatches),
    ("/claims", "desk-nav-claims", Action::ListClaims),
    ("/confirmations", "desk-nav-confirmations", Action::ListClaims),
    ("/cases", "desk-nav-cases", Action::ReadCase),
    ("/catalogue", "desk-nav-catalogue", Action::ReadDraftAchievement),
    ("/packs", "desk-nav-packs", Action::ReadDraftRulePack),
    ("/members", "desk-nav-members", Action::ReadMembers),
    ("/clients", "desk-nav-clients", Action::ReadClients),
    ("/webhooks", "desk-nav-webhooks", Action::ReadWebhooks),
];

/// The institutions of which the visitor is a member, each once.
pub(super) fn institutions_of(visit: &SignedIn) -> Vec<Uuid> {
    let mut institution_ids: Vec<Uuid> = match visit.frame.visitor.as_ref().map(|visitor| &visitor.actor) {
        Some(Actor::User { memberships, .. }) => memberships.iter().map(|membership| membership.institution_id).collect(),
        _ => Vec::new(),
    };
    institution_ids.sort_unstable();
    institution_ids.dedup();
    institution_ids
}

/// The visitor, and the roles that the visitor has there.
fn roles_at(visit: &SignedIn, institution_id: Uuid) -> Option<(Actor, Vec<MemberRole>)> {
    let actor = visit.frame.visitor.as_ref().map(|visitor| visitor.actor.clone())?;
    let roles: Vec<MemberRole> = match &actor {
        Actor::User { memberships, .. } => memberships
            .iter()
            .filter(|membership| membership.institution_id == institution_id)
            .map(|membership| membership.role)
            .collect(),
        _ => Vec::new(),
    };
    (!roles.is_empty()).then_some((actor, roles))
}

impl Desk {
    /// The desk of an institution, for one of its members.
    ///
    /// # Errors
    /// `NotFound` for everybody else.
    pub(in crate::portal) async fn of(web: &Web, visit: &SignedIn, institution_id: Uuid) -> Result<Self, Refusal> {
        let (actor, roles) = roles_at(visit, institution_id).ok_or(Rejection::NotFound {})?;
        let context = visit.context;
        let institution = web.run(move |bank| read_institution(bank, &context, institution_id)).await?;
        let mut desk = Self {
            institution_id,
            name: institution.name.clone(),
            institution,
            roles,
            places: Vec::new(),
            actor,
        };
        let shown = PLACES.iter().filter(|(_, _, action)| desk.may(*action));
        let shown = shown.map(|(path, text, _)| (*path, *text));
        let entries = std::iter::once(("", "desk-nav-first")).chain(shown);
        desk.places = visit
            .frame
            .menu(entries.map(|(path, text)| (format!("/desk/{institution_id}{path}"), text)));
        Ok(desk)
    }

    /// Whether the visitor may do something with what is the institution's.
    pub(in crate::portal) fn may(&self, action: Action) -> bool {
        allowed(&self.actor, action, Resource::Institution(self.institution_id)).is_ok()
    }

    /// Refuses whoever may not, with the reason that the operation itself would give.
    ///
    /// # Errors
    /// What the policy answers.
    pub(in crate::portal) fn needs(&self, action: Action) -> Result<(), Refusal> {
        Ok(allowed(&self.actor, action, Resource::Institution(self.institution_id))?)
    }

    /// Whether the visitor also has a right at the bank.
    pub(super) fn may_at_bank(&self, action: Action) -> bool {
        allowed(&self.actor, action, Resource::Bank).is_ok()
    }
}
