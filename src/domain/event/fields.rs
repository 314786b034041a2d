//! What several types of events hold alike, and how the table of types is written.

use super::Audience;
use super::Holds::{self, ClaimStep, Count, Day, Flag, Id, Text, Texts};
use super::{EventType, Field};

pub(super) const fn some(name: &'static str, holds: Holds) -> Field {
    Field {
        name,
        holds,
        nullable: false,
    }
}

pub(super) const fn maybe(name: &'static str, holds: Holds) -> Field {
    Field {
        name,
        holds,
        nullable: true,
    }
}

pub(super) const fn of(name: &'static str, audience: Audience, about: &'static str, fields: &'static [Field]) -> EventType {
    EventType {
        name,
        audience,
        about,
        fields,
    }
}

pub(super) const CODE_AND_VERSION: &[Field] = &[some("code", Text), some("version", Count)];
pub(super) const DATED: &[Field] = &[some("code", Text), some("version", Count), some("effective_from", Day)];
pub(super) const PACK: &[Field] = &[some("code", Text), some("version", Count), some("status", Text)];
pub(super) const STATUS: &[Field] = &[some("status", Text)];
pub(super) const ROLES: &[Field] = &[some("roles", Texts)];
pub(super) const STEP: &[Field] = &[some("status", Text), some("step", ClaimStep)];
pub(super) const OVERDUE: &[Field] = &[some("due", Text), some("due_on", Day)];
pub(super) const REQUEST: &[Field] = &[some("outcome_id", Id), some("state", Text), maybe("correction_id", Id)];
pub(super) const MERGED: &[Field] = &[some("surviving_id", Id), some("absorbed_id", Id)];
pub(super) const IMPORTED: &[Field] = &[
    some("rows", Count),
    some("accepted", Count),
    some("already_there", Count),
    some("flagged", Count),
    some("refused", Count),
    some("accounts_opened", Count),
    some("credit", Text),
];
pub(super) const CREDENTIAL: &[Field] = &[some("kind", Text), some("form", Text)];
pub(super) const ISSUED: &[Field] = &[some("kind", Text), some("form", Text), some("for_wallet", Flag)];

pub(super) const ISSUER: &[Field] = &[some("identifier", Text)];
