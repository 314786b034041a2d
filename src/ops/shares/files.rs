//! Files of what a share shows. Whoever opened it fetches them by tickets that were made for that look: sealed for the share, good for
//! one file and an hour, and no look of their own. So no log-in, cookie or script is needed, and the PIN is typed once.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::access::note_access;
use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::super::evidence::read::{Downloaded, downloaded};
use super::super::views::disclosure_of;
use super::{code_index, limits_of};
use crate::domain::actor::Actor;
use crate::domain::portfolio::disclosure::Disclosure;
use crate::domain::portfolio::share::{FILES_LIFE, code_in};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::evidence::{self, FileRow};
use crate::store::journal::tell;
use crate::store::records;
use crate::store::shares::{self as store, DownloadRow, ShareRow};
use crate::store::types::{At, Key};

/// By what a file is fetched.
struct Ticket {
    look_id: Uuid,
    file_id: Uuid,
    until: DateTime<Utc>,
}

/// Where a ticket belongs: what was sealed for one share opens at no other.
fn place(share_id: Uuid) -> String {
    format!("shares.ticket:{share_id}")
}

impl Ticket {
    fn seal(&self, bank: &Bank, share_id: Uuid) -> Result<String, OpError> {
        let plain = format!("{} {} {}", self.look_id.simple(), self.file_id.simple(), self.until.timestamp());
        let sealed = bank.sealer.seal(plain.as_bytes(), &place(share_id))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What the bank sealed; `None` for whatever else.
    fn open(bank: &Bank, share_id: Uuid, text: &str) -> Option<Self> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = bank.sealer.open(&sealed, &place(share_id)).ok()?;
        let mut parts = std::str::from_utf8(&plain).ok()?.split(' ');
        let (look_id, file_id, until) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            look_id: Uuid::try_parse(look_id).ok()?,
            file_id: Uuid::try_parse(file_id).ok()?,
            until: DateTime::from_timestamp(until.parse().ok()?, 0)?,
        })
    }
}

/// Puts into what a look shows the tickets for its files.
///
/// # Errors
/// When the system has no randomness.
pub(super) fn add_tickets(
    bank: &Bank,
    context: &Context,
    share_id: Uuid,
    look_id: Uuid,
    mut seen: Disclosure,
) -> Result<Disclosure, OpError> {
    for artefact in seen.items.iter_mut().flat_map(|item| &mut item.artefacts) {
        let ticket = Ticket {
            look_id,
            file_id: artefact.file_id,
            until: context.now + FILES_LIFE,
        };
        artefact.ticket = Some(ticket.seal(bank, share_id)?);
    }
    Ok(seen)
}

/// Fetches a file by a ticket of a look. It is told to the learner, once a look, and is no look of its own.
///
/// # Errors
/// `ShareClosed` for a code or a ticket that is none or is over, a share that is off, over or locked, and a file that the view does not
/// show any more.
pub fn download_shared_file(bank: &Bank, context: &Context, code: &str, ticket: &str) -> Result<Downloaded, OpError> {
    let closed = || OpError::Rejected(Rejection::ShareClosed {});
    let index = code_index(bank, &code_in(code).unwrap_or_default());
    let share = bank.store.read(|conn| store::by_code(conn, &index))?.ok_or_else(closed)?;
    let ticket = Ticket::open(bank, share.share_id.0, ticket).filter(|ticket| ticket.until > context.now);
    let ticket = ticket.ok_or_else(closed)?;
    let file = bank.store.write(|conn| fetched(bank, context, conn, &share, &ticket))?;
    match downloaded(bank, &file.ok_or_else(closed)?) {
        Err(OpError::Rejected(Rejection::NotFound {})) => Err(closed()),
        other => other,
    }
}

/// The file of a ticket, if the view shows it at this moment; that it was fetched is noted.
fn fetched(bank: &Bank, context: &Context, conn: &mut Conn, share: &ShareRow, ticket: &Ticket) -> Result<Option<FileRow>, OpError> {
    let (learner_id, share_id, file_id) = (share.learner_id.0, share.share_id.0, ticket.file_id);
    let Some(share) = store::share(conn, learner_id, share_id)?.filter(|share| limits_of(share).gives_files(context.now)) else {
        return Ok(None);
    };
    let learner = records::itself(conn, learner_id)?.filter(|learner| learner.merged_into.is_none());
    let view = store::view(conn, learner_id, share.view_id.0)?;
    let (Some(learner), Some(view)) = (learner, view) else {
        return Ok(None);
    };
    let seen = disclosure_of(bank, context, conn, &learner, &view)?;
    let mut shown = seen.items.iter().flat_map(|item| &item.artefacts);
    if !shown.any(|artefact| artefact.file_id == file_id) {
        return Ok(None);
    }
    let Some(file) = evidence::find(conn, learner_id, file_id)? else {
        return Ok(None);
    };
    let download = DownloadRow {
        learner_id: share.learner_id,
        look_id: Key(ticket.look_id),
        file_id: Key(file_id),
        at: At(context.now),
    };
    if store::insert_download(conn, &download)? {
        note_access(conn, context, &Actor::Anonymous, None, "download_shared_file", &[learner_id])?;
        let told = context.told("download_shared_file", "share", share_id).of_learner(learner_id);
        tell(conn, &[told.with(serde_json::json!({ "file_id": file_id }))])?;
    }
    Ok(Some(file))
}
