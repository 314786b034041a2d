//! What people do to an import: look through it again, have it deposited, release what somebody else wants deposited, stop it.

use uuid::Uuid;

use serde::{Deserialize, Serialize};

use super::profile::profile_of;
use super::receive::free_place;
use super::{Import, ImportOptions, actable, kept, status_of};
use crate::domain::import::{ImportEvent, ImportStatus};
use crate::domain::language::Language;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::document::document_of;
use crate::ops::error::OpError;
use crate::ops::once::once;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::import_rows;
use crate::store::imports::{self as store, ImportRow};
use crate::store::journal::{Told, tell};

/// How what was looked through is to be deposited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "even_if_changed": false }))]
pub struct Commitment {
    /// Deposit also rows of which the answer is no longer what the dry run said, rather than stop before them.
    #[serde(default)]
    pub even_if_changed: bool,
}

fn refused(status: ImportStatus) -> OpError {
    let state = status.to_string();
    Rejection::WrongState { state }.into()
}

fn tell_of(conn: &mut Conn, row: &ImportRow, told: Told) -> Result<(), OpError> {
    Ok(tell(conn, &[told.of_institution(row.institution_id.0)])?)
}

fn now_shown(bank: &Bank, context: &Context, conn: &mut Conn, import_id: Uuid, language: Language) -> Result<Import, OpError> {
    let row = store::find(conn, import_id)?.ok_or(Rejection::NotFound {})?;
    Import::of(bank, &row, context.now, language)
}

/// Looks through an import again, from its first row and with the profile as it is now.
///
/// # Errors
/// `WrongState`, `ImportFileGone`, `FileOfAnotherImport`, `TooManyImports` for one that had ended, and what the policy answers.
pub fn check_import(bank: &Bank, context: &Context, key: Option<&str>, import_id: Uuid, language: Language) -> Result<Import, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "check_import", key, &import_id, |conn| {
            let row = actable(conn, context, import_id, Action::DepositOutcome)?;
            let status = status_of(&row)?;
            if status.after(ImportEvent::Check).is_none() {
                return Err(refused(status));
            }
            if row.file_removed_at.is_some() || row.digest.is_none() {
                return Err(Rejection::ImportFileGone {}.into());
            }
            let institution_id = row.institution_id.0;
            let digest = row.digest.as_deref().unwrap_or_default();
            if let Some(other) = store::of_file(conn, institution_id, digest)?.filter(|other| other.import_id != row.import_id) {
                return Err(Rejection::FileOfAnotherImport {
                    import_id: other.import_id.0,
                }
                .into());
            }
            let place = match status.is_open() {
                true => row.place,
                false => free_place(conn, institution_id)?,
            };
            let profile = profile_of(conn, institution_id)?;
            let before: ImportOptions = kept(&row, Some(&row.options))?.unwrap_or_default();
            let options = ImportOptions {
                mapping: profile.mapping(),
                codes: profile.codes,
                ..before
            };
            if !store::check_again(conn, import_id, status, place, document_of(&options)?)? {
                return Err(StoreError::Stale.into());
            }
            import_rows::forget_chunks(conn, import_id, false)?;
            tell_of(conn, &row, context.told("check_import", "import", import_id))?;
            now_shown(bank, context, conn, import_id, language)
        })
    })
}

/// Has what was looked through deposited; where the institution wants it so, when somebody else has released it.
///
/// # Errors
/// `WrongState`, and what the policy answers.
pub fn commit_import(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    import_id: Uuid,
    commitment: &Commitment,
    language: Language,
) -> Result<Import, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "commit_import", key, &(import_id, commitment), |conn| {
            let row = actable(conn, context, import_id, Action::DepositOutcome)?;
            let status = status_of(&row)?;
            let event = match profile_of(conn, row.institution_id.0)?.needs_release {
                true => ImportEvent::Ask,
                false => ImportEvent::Commit,
            };
            let next = status.after(event).ok_or_else(|| refused(status))?;
            let by = context.caller.label();
            if !store::ask(conn, import_id, next, &by, context.now, commitment.even_if_changed)? {
                return Err(StoreError::Stale.into());
            }
            import_rows::forget_chunks(conn, import_id, true)?;
            tell_of(conn, &row, context.told("commit_import", "import", import_id))?;
            now_shown(bank, context, conn, import_id, language)
        })
    })
}

/// Releases what somebody else wants deposited.
///
/// # Errors
/// `WrongState`, `OwnImport`, and what the policy answers.
pub fn release_import(bank: &Bank, context: &Context, key: Option<&str>, import_id: Uuid, language: Language) -> Result<Import, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "release_import", key, &import_id, |conn| {
            let row = actable(conn, context, import_id, Action::ReleaseImport)?;
            let status = status_of(&row)?;
            if status.after(ImportEvent::Release).is_none() {
                return Err(refused(status));
            }
            let by = context.caller.label();
            if row.committed_by.as_deref() == Some(by.as_str()) || row.requested_by == by {
                return Err(Rejection::OwnImport {}.into());
            }
            if !store::release(conn, import_id, &by)? {
                return Err(StoreError::Stale.into());
            }
            tell_of(conn, &row, context.told("release_import", "import", import_id))?;
            now_shown(bank, context, conn, import_id, language)
        })
    })
}

/// Stops an import. What was deposited by then stays, and is told; a correction takes it back.
///
/// # Errors
/// `WrongState`, and what the policy answers.
pub fn cancel_import(bank: &Bank, context: &Context, key: Option<&str>, import_id: Uuid, language: Language) -> Result<Import, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "cancel_import", key, &import_id, |conn| {
            let row = actable(conn, context, import_id, Action::DepositOutcome)?;
            let status = status_of(&row)?;
            let next = status.after(ImportEvent::Cancel).ok_or_else(|| refused(status))?;
            if !store::end(conn, import_id, status, next, context.now, None)? {
                return Err(StoreError::Stale.into());
            }
            tell_of(conn, &row, context.told("cancel_import", "import", import_id))?;
            now_shown(bank, context, conn, import_id, language)
        })
    })
}
