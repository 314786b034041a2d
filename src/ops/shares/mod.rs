//! Shares: a learner's links to views. The code is kept sealed, so that the learner finds the link again, and looked up by a keyed
//! digest, so that the database alone opens nothing; a PIN is kept as a keyed digest alone.

pub mod files;
pub mod open;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use super::portfolio::own_to_write;
use super::square_code::picture_of;
use crate::domain::list::ListPlace;
use crate::domain::portfolio::share::{LOOKS_AT_FIRST, Limits, LookedWith, OPEN_MAX, ShareState, code_of, grouped, problems};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::shares::{self as store, ShareCodeRow, ShareRow};
use crate::store::types::{At, Key};
use crate::vault::opaque;

const RECIPIENT_CHARACTERS_MAX: usize = 100;

/// A link to be made.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "view_id": "01985a3e-7c00-7000-8000-000000000001", "expires_at": "2027-01-31T16:00:00Z", "looks_max": 20, "pin": "482913", "recipient": "安阳机电厂人事科" }))]
pub struct NewShare {
    pub view_id: Uuid,
    /// When it opens nothing any more: at most 366 days from now.
    pub expires_at: DateTime<Utc>,
    /// How often it can be looked at.
    #[serde(default = "looks_at_first")]
    #[schema(minimum = 1, maximum = 1000, default = 100)]
    pub looks_max: i64,
    /// Without it the link does not open. It is told in another way than the link, and never shown again.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{6,12}$")]
    pub pin: Option<String>,
    /// For whom it is, for the learner alone.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub recipient: Option<String>,
}

/// A link to a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Share {
    pub share_id: Uuid,
    pub view_id: Uuid,
    pub state: ShareState,
    /// The link itself.
    #[schema(example = "https://bank.example/s/7KQ2MXA9RTPWN4VE8GZC")]
    pub url: String,
    /// Its code as people read it.
    #[schema(example = "7KQ2M-XA9RT-PWN4V-E8GZC")]
    pub code: String,
    pub has_pin: bool,
    pub recipient: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub looks: i64,
    pub looks_max: i64,
    pub off_at: Option<DateTime<Utc>>,
}

/// A look through a link. Who it was is not known, and from where is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ShareLook {
    pub look_id: Uuid,
    pub at: DateTime<Utc>,
    pub looked_with: LookedWith,
    /// The files that were downloaded in this look, as `GET /api/v1/me/evidence` names them; those that are removed since too.
    pub file_ids: Vec<Uuid>,
}

fn looks_at_first() -> i64 {
    LOOKS_AT_FIRST
}

/// The index by which a code is found.
fn code_index(bank: &Bank, code: &str) -> Vec<u8> {
    bank.sealer.index("share_code", code)
}

/// What a PIN is hashed with: the same PIN of two shares is not seen to be the same.
fn pin_label(share_id: Uuid) -> String {
    format!("share_pin:{share_id}")
}

fn code_place(share_id: Uuid) -> String {
    format!("shares.code:{share_id}")
}

fn recipient_place(share_id: Uuid) -> String {
    format!("shares.recipient:{share_id}")
}

/// What decides whether a share opens.
pub(super) fn limits_of(row: &ShareRow) -> Limits {
    Limits {
        expires_at: row.expires_at.0,
        is_off: row.off_at.is_some(),
        looks: row.looks,
        looks_max: row.looks_max,
        wrong_pins: row.wrong_pins,
    }
}

fn text_of(bank: &Bank, share_id: Uuid, sealed: &[u8], place: &str) -> Result<String, OpError> {
    let plain = bank.sealer.open(sealed, place)?;
    let text = std::str::from_utf8(&plain).map_err(|_| StoreError::Damaged(format!("share {share_id}")))?;
    Ok(text.to_owned())
}

/// For whom a share is, in the learner's words.
///
/// # Errors
/// When it does not open.
pub(super) fn recipient_of(bank: &Bank, row: &ShareRow) -> Result<Option<String>, OpError> {
    let share_id = row.share_id.0;
    let sealed = row.recipient_sealed.as_deref();
    sealed
        .map(|sealed| text_of(bank, share_id, sealed, &recipient_place(share_id)))
        .transpose()
}

fn view_of(bank: &Bank, context: &Context, row: &ShareRow) -> Result<Share, OpError> {
    let share_id = row.share_id.0;
    let code = text_of(bank, share_id, &row.code_sealed, &code_place(share_id))?;
    Ok(Share {
        share_id,
        view_id: row.view_id.0,
        state: limits_of(row).state(context.now),
        url: format!("{}/s/{code}", bank.outside.public_url.trim_end_matches('/')),
        code: grouped(&code),
        has_pin: row.pin_digest.is_some(),
        recipient: recipient_of(bank, row)?,
        created_at: row.created_at.0,
        expires_at: row.expires_at.0,
        looks: row.looks,
        looks_max: row.looks_max,
        off_at: row.off_at.as_ref().map(|at| at.0),
    })
}

/// Makes a link to one of the caller's views.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `SharesFull`, and what the policy answers.
pub fn create_share(bank: &Bank, context: &Context, key: Option<&str>, new: &NewShare) -> Result<Share, OpError> {
    let mut wrong = problems(context.now, new.expires_at, new.looks_max, new.pin.as_deref());
    let unreadable = |recipient: &String| !is_line(recipient, RECIPIENT_CHARACTERS_MAX);
    if new.recipient.as_ref().is_some_and(unreadable) {
        wrong.push(FieldProblem::new("/recipient", "must have 1 to 100 visible characters"));
    }
    bank.store.write(|conn| {
        // A repeated request is answered as before, also when its day is over by now.
        once(bank, context, conn, "create_share", key, new, |conn| {
            let learner = own_to_write(conn, context, "create_share")?;
            Rejection::any_of(wrong.clone())?;
            let learner_id = learner.learner_id.0;
            store::view(conn, learner_id, new.view_id)?.ok_or(Rejection::NotFound {})?;
            if store::count_open(conn, learner_id, context.now)? >= OPEN_MAX {
                return Err(Rejection::SharesFull { open_max: OPEN_MAX }.into());
            }
            let (row, code) = made(bank, context, learner_id, new)?;
            store::insert_share(conn, &row, &code)?;
            let share_id = row.share_id.0;
            tell(conn, &[context.told("create_share", "share", share_id).of_learner(learner_id)])?;
            view_of(bank, context, &row)
        })
    })
}

fn made(bank: &Bank, context: &Context, learner_id: Uuid, new: &NewShare) -> Result<(ShareRow, ShareCodeRow), OpError> {
    let share_id = Uuid::now_v7();
    let bits = (u128::from(opaque::random_number()?) << 64) | u128::from(opaque::random_number()?);
    let code = code_of(bits);
    let seal = |recipient: &String| bank.sealer.seal(recipient.trim().as_bytes(), &recipient_place(share_id));
    let row = ShareRow {
        learner_id: Key(learner_id),
        share_id: Key(share_id),
        view_id: Key(new.view_id),
        recipient_sealed: new.recipient.as_ref().map(seal).transpose()?,
        code_sealed: bank.sealer.seal(code.as_bytes(), &code_place(share_id))?,
        pin_digest: new.pin.as_ref().map(|pin| bank.sealer.index(&pin_label(share_id), pin)),
        created_at: At(context.now),
        expires_at: At(new.expires_at),
        looks: 0,
        looks_max: new.looks_max,
        wrong_pins: 0,
        off_at: None,
    };
    let index = ShareCodeRow {
        code_index: code_index(bank, &code),
        learner_id: Key(learner_id),
        share_id: Key(share_id),
    };
    Ok((row, index))
}

/// The caller's shares, from a place in their list.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_shares(bank: &Bank, context: &Context, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<Share>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_shares")?;
        let rows = store::list_shares(conn, learner.learner_id.0, place, limit)?;
        rows.iter().map(|row| view_of(bank, context, row)).collect()
    })
}

fn found(conn: &mut Conn, learner_id: Uuid, share_id: Uuid) -> Result<ShareRow, OpError> {
    Ok(store::share(conn, learner_id, share_id)?.ok_or(Rejection::NotFound {})?)
}

/// Reads a share of the caller's.
///
/// # Errors
/// `NotFound`.
pub fn read_share(bank: &Bank, context: &Context, share_id: Uuid) -> Result<Share, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "read_share")?;
        view_of(bank, context, &found(conn, learner.learner_id.0, share_id)?)
    })
}

/// The link of a share of the caller's as a square code, an SVG document.
///
/// # Errors
/// `NotFound`.
pub fn read_share_qr(bank: &Bank, context: &Context, share_id: Uuid) -> Result<String, OpError> {
    picture_of(&read_share(bank, context, share_id)?.url, qrcode::EcLevel::M)
}

/// Turns a share off, for good: its link opens nothing from this moment. One that is off stays so.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn turn_off_share(bank: &Bank, context: &Context, share_id: Uuid) -> Result<(), OpError> {
    bank.store.write(|conn| {
        let learner_id = own_to_write(conn, context, "turn_off_share")?.learner_id.0;
        found(conn, learner_id, share_id)?;
        if store::turn_off(conn, learner_id, share_id, context.now)? {
            tell(conn, &[context.told("turn_off_share", "share", share_id).of_learner(learner_id)])?;
        }
        Ok(())
    })
}

/// The looks through a share of the caller's, from a place in their list.
///
/// # Errors
/// `NotFound`.
pub fn list_share_looks(
    bank: &Bank,
    context: &Context,
    share_id: Uuid,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<ShareLook>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_share_looks")?;
        found(conn, learner.learner_id.0, share_id)?;
        let rows = store::looks(conn, learner.learner_id.0, share_id, place, limit)?;
        let downloads = store::downloads(conn, learner.learner_id.0, &rows)?;
        let looks = rows.into_iter().map(|row| {
            let look_id = row.look_id.0;
            let own = downloads.iter().filter(|download| download.look_id == row.look_id);
            Ok(ShareLook {
                file_ids: own.map(|download| download.file_id.0).collect(),
                look_id,
                at: row.at.0,
                looked_with: LookedWith::parse(&row.looked_with).ok_or_else(|| StoreError::Damaged(format!("look {look_id}")))?,
            })
        });
        Ok(looks.collect::<Result<_, StoreError>>()?)
    })
}
