//! The types of events of portfolios, as in the table beside it. What learners write, choose and share is theirs: nobody is told.

use super::Audience::{AuditAlone, Published};
use super::Holds::{Id, Text};
use super::fields::{of, some};
use super::{EventType, Field};

const CONFIRMATION: &[Field] = &[some("entry_id", Id), some("state", Text)];

/// Every type, in the order of what it is about.
pub(super) const PORTFOLIO_TYPES: &[EventType] = &[
    of("portfolio_entry.create_entry", AuditAlone, "A portfolio", &[]),
    of("portfolio_entry.edit_entry", AuditAlone, "A portfolio", &[]),
    of("portfolio_entry.remove_entry", AuditAlone, "A portfolio", &[]),
    of("portfolio_item.place_item", AuditAlone, "A portfolio", &[]),
    of("portfolio_view.create_view", AuditAlone, "A portfolio", &[]),
    of("portfolio_view.edit_view", AuditAlone, "A portfolio", &[]),
    of("portfolio_view.remove_view", AuditAlone, "A portfolio", &[]),
    of("share.create_share", AuditAlone, "A share", &[]),
    of("share.turn_off_share", AuditAlone, "A share", &[]),
    of("share.open_share", AuditAlone, "A share", &[]),
    of("share.lock_share", AuditAlone, "A share", &[]),
    of("share.download_shared_file", AuditAlone, "A share", &[some("file_id", Id)]),
    of(
        "entry_confirmation.request_confirmation",
        Published,
        "A learner asks an institution to confirm an entry of the portfolio",
        CONFIRMATION,
    ),
    of(
        "entry_confirmation.answer_confirmation",
        Published,
        "An institution confirmed or declined, or took a confirmation back",
        CONFIRMATION,
    ),
    of(
        "entry_confirmation.withdraw_confirmation",
        Published,
        "A learner took back a request to confirm an entry, or what was confirmed",
        CONFIRMATION,
    ),
    of(
        "entry_confirmation.outdate_confirmation",
        Published,
        "An entry was edited or removed before it was confirmed",
        CONFIRMATION,
    ),
];
