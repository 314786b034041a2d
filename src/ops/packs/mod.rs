//! Rule packs: institutions and the bank draft them, the authority decides, everybody reads what was published.

pub mod check;
pub mod filing;
pub mod form;
pub mod in_force;
pub mod reading;
pub(super) mod simulated;
pub mod templates;

use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::pack::RulePack;
use crate::domain::pack::life::PackStatus;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::error::{StoreError, Taken};
use crate::store::institutions::{self, InstitutionRow};
use crate::store::journal::tell;
use crate::store::packs::{self as store, PackRow};
use crate::store::types::{At, Key};
use check::Trial;
use form::{NewRulePack, Pack, PackEdit, Texts};

/// What a pack is of, for the policy: its institution, or the bank.
fn resource_of(institution_id: Option<Uuid>) -> Resource {
    institution_id.map_or(Resource::Bank, Resource::Institution)
}

/// The owner's row; `None` for the bank.
fn owner_of(conn: &mut Conn, institution_id: Option<Uuid>) -> Result<Option<InstitutionRow>, OpError> {
    let Some(institution_id) = institution_id else {
        return Ok(None);
    };
    let row = institutions::find(conn, institution_id)?.ok_or(Rejection::NotFound {})?;
    Ok(Some(row))
}

/// Refuses a document that names another owner than the one whose it is.
fn same_owner(owner: Option<&InstitutionRow>, document: &RulePack) -> Result<(), Rejection> {
    match owner {
        None if document.owner.is_some() => Err(Rejection::field("/document/owner", "must be absent in a standard of the bank")),
        Some(row) if document.owner.as_ref() != Some(&row.credit_code) => {
            let detail = format!("must be the institution's credit code, {}", row.credit_code);
            Err(Rejection::field("/document/owner", detail))
        }
        _ => Ok(()),
    }
}

/// Drafts a rule pack, or the next version of one where its code is known. A code is one owner's in the whole bank.
///
/// # Errors
/// `InvalidBody`, `CodeTaken` by another owner, `PackVersionOpen`, and what the policy answers.
pub fn create_rule_pack(bank: &Bank, context: &Context, key: Option<&str>, new: &NewRulePack) -> Result<Pack, OpError> {
    let texts = Texts::of(&new.document, &new.cases)?;
    let today = bank.day(context.now);
    let allowed = |conn: &mut Conn| context.authorised(conn, Action::WriteRulePack, resource_of(new.institution_id));
    // Cases are run before the write begins: others must not wait for them.
    let trial = bank.store.read(|conn| {
        allowed(conn)?;
        let owner = owner_of(conn, new.institution_id)?;
        same_owner(owner.as_ref(), &new.document)?;
        Trial::read(conn, owner.as_ref(), 1, &new.document, new.cases.clone(), today)
    })?;
    let checks = trial.run();
    bank.store.write(|conn| {
        once(bank, context, conn, "create_rule_pack", key, new, |conn| {
            allowed(conn)?;
            let version = next_version(conn, new.institution_id, &new.document.code)?;
            let row = texts.clone().fill(blank(context, new, version), &new.document);
            store::insert(conn, &row).map_err(|error| match error.taken() {
                Some(Taken::RulePackVersion) => Rejection::CodeTaken { code: row.code.clone() }.into(),
                _ => OpError::Store(error),
            })?;
            tell_of(conn, context, "create_rule_pack", &row, "")?;
            Ok(Pack::of(row, Some(checks.clone()), today)?)
        })
    })
}

/// The number of a code's next version.
fn next_version(conn: &mut Conn, institution_id: Option<Uuid>, code: &str) -> Result<i64, OpError> {
    let versions = store::versions(conn, code)?;
    if versions
        .iter()
        .any(|row| row.institution_id.as_ref().map(|key| key.0) != institution_id)
    {
        return Err(Rejection::CodeTaken { code: code.to_owned() }.into());
    }
    let is_open = |row: &&PackRow| PackStatus::parse(&row.status).is_some_and(PackStatus::is_open);
    if let Some(open) = versions.iter().find(is_open) {
        return Err(Rejection::PackVersionOpen {
            version: open.version,
            state: open.status.clone(),
        }
        .into());
    }
    Ok(versions.last().map_or(1, |newest| newest.version + 1))
}

/// A draft's row before its texts are put in.
fn blank(context: &Context, new: &NewRulePack, version: i64) -> PackRow {
    PackRow {
        pack_id: Key(Uuid::now_v7()),
        institution_id: new.institution_id.map(Key),
        code: new.document.code.clone(),
        version,
        status: PackStatus::Draft.as_str().to_owned(),
        title_zh: String::new(),
        title_en: None,
        search_text: String::new(),
        programmes: String::new(),
        document: String::new(),
        cases: String::new(),
        effective_from: new.document.effective_from,
        effective_to: None,
        edition: 1,
        created_at: At(context.now),
        created_by: context.caller.label(),
        filed_at: None,
        filed_by: None,
        decided_at: None,
        decided_by: None,
        decision_reason: None,
        notice_until: None,
        published_at: None,
    }
}

/// Changes a draft, or a version that the authority gave back.
///
/// # Errors
/// `InvalidBody`, `WrongState` once it is filed, `StaleEdition`, and what the policy answers.
pub fn edit_rule_pack(bank: &Bank, context: &Context, pack_id: Uuid, edition: i64, edit: &PackEdit) -> Result<Pack, OpError> {
    let texts = Texts::of(&edit.document, &edit.cases)?;
    let today = bank.day(context.now);
    let to_edit = |conn: &mut Conn| {
        let row = to_act(conn, context, pack_id, Action::WriteRulePack)?;
        let status = form::status_of(&row, today)?;
        if !status.is_editable() {
            return Err(Rejection::WrongState { state: status.to_string() }.into());
        }
        if row.edition != edition {
            return Err(Rejection::StaleEdition {}.into());
        }
        if row.code != edit.document.code {
            return Err(Rejection::field("/document/code", format!("must stay {}", row.code)).into());
        }
        Ok::<PackRow, OpError>(row)
    };
    let trial = bank.store.read(|conn| {
        let row = to_edit(conn)?;
        let owner = owner_of(conn, row.institution_id.map(|key| key.0))?;
        same_owner(owner.as_ref(), &edit.document)?;
        Trial::read(conn, owner.as_ref(), row.version, &edit.document, edit.cases.clone(), today)
    })?;
    let checks = trial.run();
    bank.store.write(|conn| {
        let row = PackRow {
            edition: edition + 1,
            ..texts.clone().fill(to_edit(conn)?, &edit.document)
        };
        if !store::replace(conn, &row, edition)? {
            return Err(Rejection::StaleEdition {}.into());
        }
        tell_of(conn, context, "edit_rule_pack", &row, "")?;
        Ok(Pack::of(row, Some(checks.clone()), today)?)
    })
}

/// Loads a version that the caller may read; one that was never published is its owner's and the bank's people's.
fn to_read(conn: &mut Conn, context: &Context, pack_id: Uuid) -> Result<PackRow, OpError> {
    let actor = context.actor(conn)?;
    let row = store::find(conn, pack_id)?.ok_or(Rejection::NotFound {})?;
    let resource = resource_of(row.institution_id.as_ref().map(|key| key.0));
    if row.published_at.is_none() && policy::allowed(&actor, Action::ReadDraftRulePack, resource).is_err() {
        return Err(Rejection::NotFound {}.into());
    }
    Ok(row)
}

/// Loads a version to which the caller may do something that not every reader may.
///
/// # Errors
/// `NotFound` where the caller may not read it, and what the policy answers.
pub(super) fn to_act(conn: &mut Conn, context: &Context, pack_id: Uuid, action: Action) -> Result<PackRow, OpError> {
    let actor = context.somebody(conn)?;
    let row = to_read(conn, context, pack_id)?;
    let resource = resource_of(row.institution_id.as_ref().map(|key| key.0));
    policy::allowed(&actor, action, resource)?;
    Ok(row)
}

fn tell_of(conn: &mut Conn, context: &Context, operation: &'static str, row: &PackRow, reason: &str) -> Result<(), StoreError> {
    let details = serde_json::json!({ "code": row.code, "version": row.version, "status": row.status, "reason": reason });
    let told = context.told(operation, "rule_pack", row.pack_id.0).with(details);
    let told = match &row.institution_id {
        Some(institution_id) => told.of_institution(institution_id.0),
        None => told,
    };
    tell(conn, &[told])
}
