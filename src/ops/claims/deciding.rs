//! Claims as those see them who decide: who claims what, what it stands on, and what they may do with it now.

use chrono::NaiveDate;
use uuid::Uuid;

use super::act::{action_for, who};
use super::conversion::{deciding_pack, kept};
use super::reading::summaries;
use super::recognition::{RecognitionSubject, needs_credit, subject_of};
use super::view::{ClaimSummary, ClaimView, view_of};
use super::{Claim, calendar, damaged, load};
use crate::domain::achievement::AchievementKind;
use crate::domain::actor::Actor;
use crate::domain::allocation::sentences;
use crate::domain::bilingual::Bilingual;
use crate::domain::claim::case::Deed;
use crate::domain::claim::{AppealDecision, ClaimEvent, ClaimFilter, ClaimKind, ClaimPlace, ObjectionAnswer, Verdict};
use crate::domain::credit::Credit;
use crate::domain::language::Language;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::access::note_access;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::identity::{MaskedLearner, masked};
use crate::ops::outcomes::{OutcomeView, views_of};
use crate::store::claims as store;
use crate::store::connection::Conn;
use crate::store::{institutions, records, standards};

/// A claim in the list of those who decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimLine {
    pub summary: ClaimSummary,
    pub learner: MaskedLearner,
}

/// An outcome that a claim is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedOutcome {
    pub outcome: OutcomeView,
    /// How much of its credit the claim holds, or used.
    pub amount: Credit,
    /// What the rules say of it.
    pub said: Vec<String>,
}

/// An outcome of the claimant that the claim does not use, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedOutcome {
    pub name: String,
    pub said: Vec<String>,
}

/// The achievement of an outcome that the claimant declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredAchievement {
    pub name: Bilingual,
    pub code: String,
    pub kind: AchievementKind,
    pub institution_name: String,
}

/// A clause on which a proposal may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseToCite {
    pub id: String,
    pub citation: String,
}

/// A step that has a meaning where the claim stands, for somebody with the right to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleStep {
    pub event: ClaimEvent,
    /// Why this person may not do it, or not now.
    pub hindrance: Option<Rejection>,
}

/// A claim with everything that whoever decides has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimToDecide {
    pub claim: ClaimView,
    pub outcomes: Vec<ClaimedOutcome>,
    pub unused: Vec<UnusedOutcome>,
    pub declared: Option<DeclaredAchievement>,
    pub clauses: Vec<ClauseToCite>,
    /// Whether a proposal to grant says how much bank credit it brings.
    pub needs_credit: bool,
    pub steps: Vec<PossibleStep>,
}

/// Claims that an institution decides, the bank itself, or all of them, in an order. Whose they are is told, and logged.
///
/// # Errors
/// What the policy answers.
pub fn list_claim_lines(
    bank: &Bank,
    context: &Context,
    filter: &ClaimFilter,
    place: ClaimPlace,
    limit: i64,
) -> Result<Vec<ClaimLine>, OpError> {
    let resource = filter.institution_id.map_or(Resource::Bank, Resource::Institution);
    let today = bank.day(context.now);
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ListClaims, resource)?;
        let working_days = calendar(conn)?;
        let rows = store::listed(conn, filter, place, limit)?;
        let learner_ids: Vec<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
        note_access(conn, context, &actor, filter.institution_id, "list_claims", &learner_ids)?;
        let learners = records::learners_by_id(conn, &learner_ids)?;
        let summaries = summaries(conn, rows, today, &working_days)?;
        let lines = summaries.into_iter().map(|summary| {
            let learner = learners.get(&summary.learner_id).ok_or_else(|| damaged(summary.claim_id))?;
            let learner = masked(bank, learner)?;
            Ok(ClaimLine { summary, learner })
        });
        lines.collect()
    })
}

/// Reads a claim with what its outcomes are, what the rules say of each, and what the caller may do with it now.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_claim_to_decide(bank: &Bank, context: &Context, claim_id: Uuid, language: Language) -> Result<ClaimToDecide, OpError> {
    let today = bank.day(context.now);
    bank.store.write(|conn| {
        let (actor, claim) = load(conn, context, claim_id, Action::ReadClaim, "read_claim")?;
        let view = view_of(bank, context, conn, &actor, &claim)?;
        let used_ids: Vec<Uuid> = view.uses.iter().map(|used| used.outcome_id).collect();
        let used = views_of(conn, &used_ids)?;
        let (mut said, mut unused, mut clauses) = (Vec::new(), Vec::new(), Vec::new());
        if let Some(worth_id) = view.worth_id {
            let (_, question, allocation) = kept(conn, claim.row.learner_id.0, worth_id)?;
            for verdict in &allocation.verdicts {
                let sentences = sentences::explain(&allocation, verdict, &question, language);
                let facts = question.outcomes.iter().find(|facts| facts.key == verdict.outcome);
                match used_ids.iter().find(|used| used.to_string() == verdict.outcome) {
                    Some(outcome_id) => said.push((*outcome_id, sentences)),
                    None => unused.push(UnusedOutcome {
                        name: facts.map(|facts| facts.name.clone()).unwrap_or_default(),
                        said: sentences,
                    }),
                }
            }
            clauses.extend(
                deciding_pack(&question)
                    .into_iter()
                    .flat_map(|pack| &pack.clauses)
                    .map(|clause| ClauseToCite {
                        id: clause.id.clone(),
                        citation: clause.citation.clone(),
                    }),
            );
        }
        let outcomes = used.into_iter().map(|outcome| ClaimedOutcome {
            amount: view
                .uses
                .iter()
                .find(|used| used.outcome_id == outcome.outcome_id)
                .map_or(Credit::ZERO, |used| used.amount),
            said: said
                .iter()
                .filter(|(outcome_id, _)| *outcome_id == outcome.outcome_id)
                .flat_map(|(_, sentences)| sentences.clone())
                .collect(),
            outcome,
        });
        Ok(ClaimToDecide {
            outcomes: outcomes.collect(),
            unused,
            clauses,
            declared: declared(conn, &claim)?,
            needs_credit: claim.case.kind == ClaimKind::Recognition && needs_credit(&claim)?,
            steps: possible_steps(context, conn, &actor, &claim, today)?,
            claim: view,
        })
    })
}

fn declared(conn: &mut Conn, claim: &Claim) -> Result<Option<DeclaredAchievement>, OpError> {
    if claim.case.kind == ClaimKind::Conversion {
        return Ok(None);
    }
    let RecognitionSubject::Declared(declared) = subject_of(claim)? else {
        return Ok(None);
    };
    let broken = || damaged(claim.row.claim_id.0);
    let row = standards::achievement(conn, declared.achievement_id)?.ok_or_else(broken)?;
    let institution = institutions::find(conn, row.institution_id.0)?.ok_or_else(broken)?;
    Ok(Some(DeclaredAchievement {
        kind: AchievementKind::parse(&row.kind).ok_or_else(broken)?,
        name: Bilingual {
            zh: row.name_chinese,
            en: row.name_english,
        },
        code: row.code,
        institution_name: institution.name,
    }))
}

/// Everything that those who decide ever do.
fn events_of_deciders() -> Vec<ClaimEvent> {
    use ClaimEvent as E;
    let mut events = vec![E::Take, E::AskInformation];
    events.extend(Verdict::ALL.iter().map(|verdict| E::Vote { verdict: *verdict }));
    events.extend(Verdict::ALL.iter().map(|verdict| E::Propose { verdict: *verdict }));
    events.extend([E::Approve, E::SendBack]);
    events.extend(ObjectionAnswer::ALL.iter().map(|answer| E::AnswerObjection { answer: *answer }));
    events.extend(AppealDecision::ALL.iter().map(|decision| E::DecideAppeal { decision: *decision }));
    events.push(E::Recuse);
    events
}

/// What somebody with the right to it may do with the claim on a day, and what hinders the person in the rest that has a meaning there.
fn possible_steps(
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    claim: &Claim,
    today: NaiveDate,
) -> Result<Vec<PossibleStep>, OpError> {
    let working_days = calendar(conn)?;
    let mut steps = Vec::new();
    for event in events_of_deciders() {
        let has_meaning = claim.case.state.after(event, claim.case.kind, &claim.rules).is_ok();
        let action = action_for(event, claim.case.state);
        if !has_meaning || policy::allowed(actor, action, claim.resource()).is_err() {
            continue;
        }
        let by = who(context, actor)?;
        let deed = Deed { event, by, on: today };
        steps.push(PossibleStep {
            event,
            hindrance: claim.case.after(&deed, &claim.rules, &working_days).err(),
        });
    }
    Ok(steps)
}
