//! Where packs are read and written: at an institution's desk, among the bank's own, or where the authority decides what was filed.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use uuid::Uuid;

use crate::domain::pack::life::PackStatus;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::institutions::names_of;
use crate::ops::packs::form::Pack;
use crate::ops::packs::reading::read_rule_pack;
use crate::portal::frame::Frame;
use crate::portal::office::around::Office;
use crate::portal::places::Place;
use crate::portal::school::around::Desk;
use crate::portal::visit::SignedIn;

/// Whose packs a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shelf {
    Desk(Uuid),
    Bank,
    /// Those that were filed, whosever they are.
    Filings,
}

/// An identifier that the address has by its name.
fn named(request: &HttpRequest, name: &str) -> Option<Uuid> {
    request.match_info().get(name).and_then(|text| Uuid::try_parse(text).ok())
}

impl FromRequest for Shelf {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = request.path();
        let shelf = if path.starts_with("/office/packs") {
            Some(Self::Bank)
        } else if path.starts_with("/office/filings") {
            Some(Self::Filings)
        } else {
            named(request, "institution_id").map(Self::Desk)
        };
        ready(shelf.ok_or_else(|| Rejection::NotFound {}.into()))
    }
}

/// The pack that an address names.
pub(super) struct PackId(pub(super) Uuid);

impl FromRequest for PackId {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = named(request, "pack_id").map(Self);
        ready(found.ok_or_else(|| Rejection::NotFound {}.into()))
    }
}

/// The simulation that an address names.
pub(super) struct SimulationId(pub(super) Uuid);

impl FromRequest for SimulationId {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = named(request, "simulation_id").map(Self);
        ready(found.ok_or_else(|| Rejection::NotFound {}.into()))
    }
}

impl Shelf {
    /// The address of its list.
    pub(super) fn path(self) -> String {
        match self {
            Self::Desk(institution_id) => format!("/desk/{institution_id}/packs"),
            Self::Bank => "/office/packs".to_owned(),
            Self::Filings => "/office/filings".to_owned(),
        }
    }

    /// Whose packs are written here; `None` for the bank's.
    pub(super) fn owner_id(self) -> Option<Uuid> {
        match self {
            Self::Desk(institution_id) => Some(institution_id),
            Self::Bank | Self::Filings => None,
        }
    }

    /// Whether a pack stands here.
    fn holds(self, pack: &Pack) -> bool {
        match self {
            Self::Desk(institution_id) => pack.institution_id == Some(institution_id),
            Self::Bank => pack.institution_id.is_none(),
            Self::Filings => true,
        }
    }
}

/// Whether the visitor may do something with packs of an owner.
pub(super) fn may(frame: &Frame, action: Action, owner_id: Option<Uuid>) -> bool {
    let resource = owner_id.map_or(Resource::Bank, Resource::Institution);
    let actor = frame.visitor.as_ref().map(|visitor| &visitor.actor);
    actor.is_some_and(|actor| policy::allowed(actor, action, resource).is_ok())
}

/// What is around the page: a menu, and the address of the shelf.
pub(super) struct Room {
    pub(super) shelf: Shelf,
    pub(super) path: String,
    pub(super) desk: Option<Desk>,
    pub(super) office: Option<Office>,
}

impl Room {
    /// The room, for whoever may be there.
    ///
    /// # Errors
    /// `NotFound` for everybody else.
    pub(super) async fn of(web: &Web, visit: &SignedIn, shelf: Shelf) -> Result<Self, Refusal> {
        let (desk, office) = match shelf {
            Shelf::Desk(institution_id) => (Some(Desk::of(web, visit, institution_id).await?), None),
            Shelf::Bank | Shelf::Filings => (None, Some(Office::of(visit)?)),
        };
        Ok(Self {
            shelf,
            path: shelf.path(),
            desk,
            office,
        })
    }
}

/// A pack with what stands above each of its pages.
pub(super) struct Open {
    pub(super) room: Room,
    pub(super) pack: Pack,
    /// The address of the pack in its room.
    pub(super) path: String,
    pub(super) tabs: Vec<Place>,
    /// What the owner is called, where the reader may not know it.
    pub(super) owner: Option<String>,
}

impl Open {
    /// Opens a pack where it stands.
    ///
    /// # Errors
    /// `NotFound` where it stands elsewhere, or is not for the visitor.
    pub(super) async fn of(web: &Web, visit: &SignedIn, shelf: Shelf, pack_id: Uuid) -> Result<Self, Refusal> {
        let room = Room::of(web, visit, shelf).await?;
        let context = visit.context;
        let (pack, owner) = web
            .run(move |bank| {
                let pack = read_rule_pack(bank, &context, pack_id)?;
                let owner = match pack.institution_id {
                    Some(owner_id) if shelf == Shelf::Filings => names_of(bank, &[owner_id])?.remove(&owner_id),
                    _ => None,
                };
                Ok((pack, owner))
            })
            .await?;
        if !shelf.holds(&pack) {
            return Err(Rejection::NotFound {}.into());
        }
        Ok(Self::around(visit, room, pack, owner))
    }

    fn around(visit: &SignedIn, room: Room, pack: Pack, owner: Option<String>) -> Self {
        let frame = &visit.frame;
        let path = format!("{}/{}", room.path, pack.pack_id);
        let mut tabs = vec![("", "packs-tab-text")];
        if Self::is_written_here(frame, room.shelf, &pack) {
            tabs.push(("/edit", "packs-tab-edit"));
        }
        tabs.push(("/cases", "packs-tab-cases"));
        tabs.push(("/compare", "packs-tab-compare"));
        if may(frame, Action::ReadSimulation, pack.institution_id) {
            tabs.push(("/simulations", "packs-tab-simulations"));
        }
        Self {
            tabs: frame.menu(tabs.into_iter().map(|(end, id)| (format!("{path}{end}"), id))),
            path,
            room,
            pack,
            owner,
        }
    }

    fn is_written_here(frame: &Frame, shelf: Shelf, pack: &Pack) -> bool {
        shelf != Shelf::Filings && pack.status.is_editable() && may(frame, Action::WriteRulePack, pack.institution_id)
    }

    /// Whether the visitor may change it on these pages.
    pub(super) fn may_edit(&self, frame: &Frame) -> bool {
        Self::is_written_here(frame, self.room.shelf, &self.pack)
    }

    /// Whether the visitor's institution, or the bank, owns it and they act for it here.
    pub(super) fn may_write(&self, frame: &Frame) -> bool {
        self.room.shelf != Shelf::Filings && may(frame, Action::WriteRulePack, self.pack.institution_id)
    }

    /// Whether the visitor decides it, now and here.
    pub(super) fn may_decide(&self, frame: &Frame) -> bool {
        let is_filed = self.pack.status == PackStatus::Filed;
        is_filed && self.room.shelf == Shelf::Filings && may(frame, Action::DecideRulePack, self.pack.institution_id)
    }

    /// Whether the authority has it before it.
    pub(super) fn is_filing(&self) -> bool {
        self.room.shelf == Shelf::Filings
    }

    /// Its title.
    pub(super) fn title(&self, frame: &Frame) -> &str {
        self.pack.document.title.text(frame.language)
    }
}

/// Refuses whoever may not write packs here; a form that they cannot see is not there for them.
///
/// # Errors
/// What the policy answers.
pub(super) fn to_write(frame: &Frame, shelf: Shelf) -> Result<(), Refusal> {
    if shelf != Shelf::Filings && may(frame, Action::WriteRulePack, shelf.owner_id()) {
        Ok(())
    } else {
        Err(Rejection::Forbidden {}.into())
    }
}
