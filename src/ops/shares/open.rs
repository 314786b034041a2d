//! Opening a share by its code: what the view shows at this moment, or the one answer for everything else.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::super::access::note_access;
use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::super::news::tell_learners;
use super::super::views::disclosure_of;
use super::files::add_tickets;
use super::{code_index, limits_of, pin_label};
use crate::domain::actor::Actor;
use crate::domain::notification::NotificationKind;
use crate::domain::portfolio::disclosure::Disclosure;
use crate::domain::portfolio::share::{LookedWith, ShareState, WRONG_PINS_MAX, code_in, is_pin};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::notifications::{NotificationRow, claimed};
use crate::store::records;
use crate::store::shares::{self as store, LookRow, ShareRow};
use crate::store::types::{At, Document, Key};

/// What somebody with a link sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = OpenedShare)]
pub struct Opened {
    /// When the link opens nothing any more.
    pub expires_at: DateTime<Utc>,
    pub record: Disclosure,
}

/// Opens a share. The look is counted, and told to the learner, in the transaction that reads what is shown.
///
/// # Errors
/// `ShareClosed` for a code that is none, a PIN that is wrong or missing, and a share that is off, over, used up or locked.
pub fn open_share(bank: &Bank, context: &Context, code: &str, pin: Option<&str>, looked_with: LookedWith) -> Result<Opened, OpError> {
    let index = code_index(bank, &code_in(code).unwrap_or_default());
    let pin = pin.map(str::trim).unwrap_or_default();
    // Who guesses codes does not make anybody wait who writes.
    let row = bank.store.read(|conn| store::by_code(conn, &index))?;
    let is_right = fits(bank, row.as_ref(), pin);
    let Some(row) = row else {
        return Err(Rejection::ShareClosed {}.into());
    };
    let opened = match is_right {
        true => bank.store.write(|conn| looked(bank, context, conn, &row, looked_with))?,
        false => {
            // It commits although it is refused. What cannot be a PIN is no guess at one.
            if is_pin(pin) {
                bank.store.write(|conn| guessed(context, conn, &row))?;
            }
            None
        }
    };
    Ok(opened.ok_or(Rejection::ShareClosed {})?)
}

/// Whether a PIN opens a share; it takes as long where there is none.
fn fits(bank: &Bank, row: Option<&ShareRow>, pin: &str) -> bool {
    let share_id = row.map_or(Uuid::nil(), |row| row.share_id.0);
    let stored = row.and_then(|row| row.pin_digest.as_deref());
    let is_right = bank.sealer.is_index(&pin_label(share_id), pin, stored.unwrap_or(&[0; 32]));
    is_right || row.is_some_and(|row| row.pin_digest.is_none())
}

/// Counts a wrong PIN; with the last one the share is locked, and its learner told.
fn guessed(context: &Context, conn: &mut Conn, row: &ShareRow) -> Result<(), OpError> {
    if limits_of(row).state(context.now) != ShareState::Open {
        return Ok(());
    }
    let (learner_id, share_id) = (row.learner_id.0, row.share_id.0);
    if store::count_wrong_pin(conn, row, WRONG_PINS_MAX)? != Some(WRONG_PINS_MAX) {
        return Ok(());
    }
    tell(conn, &[context.told("lock_share", "share", share_id).of_learner(learner_id)])?;
    let news = NotificationRow {
        learner_id: row.learner_id.clone(),
        notification_id: Key(Uuid::now_v7()),
        kind: NotificationKind::Looked.to_string(),
        event_type: "lock_share".to_owned(),
        subject_id: Key(share_id),
        institution_id: None,
        details: Document(serde_json::json!({})),
        at: At(context.now),
        read_at: None,
        to_mail: false,
    };
    let claimed = claimed(conn, &[learner_id])?;
    tell_learners(conn, &claimed, vec![news])?;
    Ok(())
}

fn looked(bank: &Bank, context: &Context, conn: &mut Conn, row: &ShareRow, looked_with: LookedWith) -> Result<Option<Opened>, OpError> {
    let (learner_id, share_id) = (row.learner_id.0, row.share_id.0);
    let damaged = || StoreError::Damaged(format!("share {share_id}"));
    let learner = records::itself(conn, learner_id)?.ok_or_else(damaged)?;
    // What was chosen of an account that is another's now is shown when the account is its own again.
    if learner.merged_into.is_some() {
        return Ok(None);
    }
    let Some(view) = store::view(conn, learner_id, row.view_id.0)? else {
        return Ok(None);
    };
    if !store::count_look(conn, row, WRONG_PINS_MAX, context.now)? {
        return Ok(None);
    }
    let look_id = Uuid::now_v7();
    store::insert_look(
        conn,
        &LookRow {
            learner_id: row.learner_id.clone(),
            look_id: Key(look_id),
            share_id: row.share_id.clone(),
            at: At(context.now),
            looked_with: looked_with.to_string(),
        },
    )?;
    note_access(conn, context, &Actor::Anonymous, None, "open_share", &[learner_id])?;
    tell(conn, &[context.told("open_share", "share", share_id).of_learner(learner_id)])?;
    let seen = disclosure_of(bank, context, conn, &learner, &view)?;
    Ok(Some(Opened {
        expires_at: row.expires_at.0,
        record: add_tickets(bank, context, share_id, look_id, seen)?,
    }))
}
