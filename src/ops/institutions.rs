//! Institutions: they register, and the authority decides.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use super::sessions::{NewUser, add_user};
use crate::domain::actor::MemberRole;
use crate::domain::credit_code::CreditCode;
use crate::domain::institution::{InstitutionFilter, InstitutionKind, InstitutionStatus, InstitutionStep};
use crate::domain::list::ListPlace;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::{is_line, is_prose};
use crate::store::connection::Conn;
use crate::store::error::{StoreError, Taken};
use crate::store::institutions::{self as store, InstitutionRow};
use crate::store::journal::tell;
use crate::store::people;
use crate::store::types::{At, Key};

/// An institution that asks to join, with its first member, who gets every role of the institution.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "安阳职业技术学院", "kind": "vocational_college", "credit_code": "124105024175000006", "division_code": "410502", "member": { "username": "admin-zhang", "display_name": "王老师", "password": "lantern-orbit-violin-42" } }))]
pub struct NewInstitution {
    #[schema(min_length = 1, max_length = 200, example = "安阳职业技术学院")]
    pub name: String,
    pub kind: InstitutionKind,
    /// 统一社会信用代码.
    #[schema(
        min_length = 18,
        max_length = 18,
        pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$",
        example = "124105024175000006"
    )]
    pub credit_code: String,
    /// GB/T 2260, six digits.
    #[schema(pattern = "^[1-9][0-9]{5}$", example = "410502")]
    pub division_code: String,
    pub member: NewUser,
}

/// An institution as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Institution {
    pub institution_id: Uuid,
    pub name: String,
    pub kind: String,
    pub credit_code: String,
    /// The code's check character does not match. A warning: some real codes are like that.
    pub credit_code_suspect: bool,
    pub division_code: String,
    pub status: InstitutionStatus,
    /// Why the authority decided so, if it has.
    pub status_reason: Option<String>,
    /// Changes with every change; goes into `If-Match`.
    pub edition: i64,
}

impl TryFrom<InstitutionRow> for Institution {
    type Error = StoreError;

    fn try_from(row: InstitutionRow) -> Result<Self, StoreError> {
        let status = InstitutionStatus::parse(&row.status).ok_or_else(|| StoreError::Damaged("an institution's status".to_owned()))?;
        Ok(Self {
            institution_id: row.institution_id.0,
            name: row.name,
            kind: row.kind,
            credit_code: row.credit_code,
            credit_code_suspect: row.credit_code_suspect,
            division_code: row.division_code,
            status,
            status_reason: row.status_reason,
            edition: row.edition,
        })
    }
}

/// What is asked of an institution that others name by its code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub institution_id: Uuid,
    pub kind: InstitutionKind,
    /// Whether everybody may know that it is there: it is or was approved.
    pub is_public: bool,
}

/// The institutions with some unified social credit codes, by these.
///
/// # Errors
/// When the database is away.
pub(super) fn known_by_code(conn: &mut Conn, credit_codes: &[&str]) -> Result<HashMap<String, Known>, StoreError> {
    // A text with U+0000 is no code, and PostgreSQL takes none to compare with.
    let codes: Vec<&str> = credit_codes.iter().copied().filter(|code| !code.contains('\0')).collect();
    let mut known = HashMap::new();
    for row in store::by_credit_codes(conn, &codes)? {
        let damaged = || StoreError::Damaged("an institution's kind".to_owned());
        let found = Known {
            institution_id: row.institution_id.0,
            kind: InstitutionKind::parse(&row.kind).ok_or_else(damaged)?,
            is_public: InstitutionStatus::parse(&row.status).is_some_and(is_public),
        };
        known.insert(row.credit_code, found);
    }
    Ok(known)
}

fn problems_of(name: &str, division_code: &str) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if !is_line(name, 200) {
        problems.push(FieldProblem::new("/name", "must have 1 to 200 characters"));
    }
    let six_digits = division_code.len() == 6 && division_code.bytes().all(|byte| byte.is_ascii_digit());
    if !six_digits || division_code.starts_with('0') {
        problems.push(FieldProblem::new("/division_code", "must have six digits"));
    }
    problems
}

impl NewInstitution {
    fn check(&self) -> Result<CreditCode, Rejection> {
        let mut problems = problems_of(&self.name, &self.division_code);
        let code = CreditCode::parse(&self.credit_code);
        if code.is_none() {
            problems.push(FieldProblem::new(
                "/credit_code",
                "must have the 18 characters of a unified social credit code",
            ));
        }
        match self.member.check_inside("/member") {
            Err(Rejection::InvalidBody { problems: inner }) => problems.extend(inner),
            Err(other) if problems.is_empty() => return Err(other),
            _ => {}
        }
        code.filter(|_| problems.is_empty()).ok_or(Rejection::InvalidBody { problems })
    }
}

/// Registers an institution; it waits for the authority.
///
/// # Errors
/// `InvalidBody`, `PasswordWeak`, `CreditCodeTaken`, `UsernameTaken`.
pub fn register_institution(bank: &Bank, context: &Context, key: Option<&str>, new: &NewInstitution) -> Result<Institution, OpError> {
    let code = new.check()?;
    let password_hash = new.member.hash(bank)?;
    bank.store.write(|conn| {
        once(bank, context, conn, "register_institution", key, new, |conn| {
            let row = InstitutionRow {
                institution_id: Key(Uuid::now_v7()),
                name: new.name.trim().to_owned(),
                kind: new.kind.as_str().to_owned(),
                credit_code: code.as_str().to_owned(),
                credit_code_suspect: !code.check_character_matches(),
                division_code: new.division_code.clone(),
                status: InstitutionStatus::Pending.as_str().to_owned(),
                status_reason: None,
                edition: 1,
                created_at: At(context.now),
                updated_at: At(context.now),
            };
            store::insert(conn, &row).map_err(|error| match error.taken() {
                Some(Taken::InstitutionCreditCode) => Rejection::CreditCodeTaken {}.into(),
                _ => OpError::Store(error),
            })?;
            let institution = Institution::try_from(row)?;
            let user_id = add_user(conn, context, &new.member, &password_hash, None, None)?;
            for role in MemberRole::ALL {
                people::insert_membership(conn, user_id, institution.institution_id, *role, context.now)?;
            }
            tell_of(conn, context, "register_institution", &institution, "")?;
            Ok(institution)
        })
    })
}

/// Approves, refuses, suspends or reinstates an institution.
///
/// # Errors
/// `NotFound`, `Forbidden`, `WrongState`.
pub fn decide_institution(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    step: InstitutionStep,
    reason: &str,
) -> Result<Institution, OpError> {
    if !is_prose(reason, 500) {
        return Err(Rejection::field("/reason", "must have 1 to 500 characters").into());
    }
    bank.store.write(|conn| {
        context.authorised(conn, Action::DecideInstitution, Resource::Bank)?;
        let row = store::find(conn, institution_id)?.ok_or(Rejection::NotFound {})?;
        let institution = Institution::try_from(row)?;
        let from = institution.status;
        let to = from.after(step).ok_or_else(|| Rejection::WrongState { state: from.to_string() })?;
        store::set_status(conn, institution_id, from, to, reason, context.now)?;
        let institution = Institution {
            status: to,
            status_reason: Some(reason.to_owned()),
            edition: institution.edition + 1,
            ..institution
        };
        tell_of(conn, context, step.as_str(), &institution, reason)?;
        Ok(institution)
    })
}

fn tell_of(conn: &mut Conn, context: &Context, operation: &'static str, institution: &Institution, reason: &str) -> Result<(), StoreError> {
    let told = context
        .told(operation, "institution", institution.institution_id)
        .of_institution(institution.institution_id)
        .with(serde_json::json!({ "status": institution.status, "reason": reason }));
    tell(conn, &[told])
}

/// What an institution may change of itself.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstitutionEdit {
    #[schema(min_length = 1, max_length = 200, example = "安阳职业技术学院")]
    pub name: String,
    /// GB/T 2260, six digits.
    #[schema(pattern = "^[1-9][0-9]{5}$", example = "410502")]
    pub division_code: String,
}

/// Changes an institution's name or place; its credit code stays.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `StaleEdition`, and what the policy answers.
pub fn edit_institution(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    edition: i64,
    edit: &InstitutionEdit,
) -> Result<Institution, OpError> {
    let problems = problems_of(&edit.name, &edit.division_code);
    if !problems.is_empty() {
        return Err(Rejection::InvalidBody { problems }.into());
    }
    bank.store.write(|conn| {
        context.authorised(conn, Action::EditInstitution, Resource::Institution(institution_id))?;
        let row = store::find(conn, institution_id)?.ok_or(Rejection::NotFound {})?;
        let row = InstitutionRow {
            name: edit.name.trim().to_owned(),
            division_code: edit.division_code.clone(),
            edition: edition + 1,
            updated_at: At(context.now),
            ..row
        };
        if !store::replace(conn, &row, edition)? {
            return Err(Rejection::StaleEdition {}.into());
        }
        let institution = Institution::try_from(row)?;
        tell_of(conn, context, "edit_institution", &institution, "")?;
        Ok(institution)
    })
}

/// Finds the institution with a unified social credit code.
///
/// # Errors
/// `NotFound`.
pub fn find_institution(bank: &Bank, context: &Context, credit_code: &str) -> Result<Institution, OpError> {
    let known = bank.store.read(|conn| known_by_code(conn, &[credit_code]))?;
    let found = known.get(credit_code).ok_or(Rejection::NotFound {})?;
    read_institution(bank, context, found.institution_id)
}

/// Whether everybody may know that an institution is there: it is or was approved.
fn is_public(status: InstitutionStatus) -> bool {
    matches!(status, InstitutionStatus::Approved | InstitutionStatus::Suspended)
}

/// Reads an institution. Approved and suspended ones are known to everybody; others to their members and the bank.
///
/// # Errors
/// `NotFound`.
pub fn read_institution(bank: &Bank, context: &Context, institution_id: Uuid) -> Result<Institution, OpError> {
    bank.store.read(|conn| {
        let actor = context.actor(conn)?;
        let row = store::find(conn, institution_id)?.ok_or(Rejection::NotFound {})?;
        let institution = Institution::try_from(row)?;
        let own = || policy::allowed(&actor, Action::ReadInstitution, Resource::Institution(institution_id)).is_ok();
        if is_public(institution.status) || own() {
            Ok(institution)
        } else {
            Err(Rejection::NotFound {}.into())
        }
    })
}

/// What those of some institutions are called that everybody may know.
///
/// # Errors
/// When the database is away.
pub fn names_of(bank: &Bank, institution_ids: &[Uuid]) -> Result<HashMap<Uuid, String>, OpError> {
    bank.store.read(|conn| {
        let rows = store::by_ids(conn, institution_ids)?.into_iter();
        let public = rows.filter(|row| InstitutionStatus::parse(&row.status).is_some_and(is_public));
        Ok(public.map(|row| (row.institution_id.0, row.name)).collect())
    })
}

/// What those institutions with some unified social credit codes are called that everybody may know, and which they are.
///
/// # Errors
/// When the database is away.
pub fn names_by_code(bank: &Bank, credit_codes: &[&str]) -> Result<HashMap<String, (Uuid, String)>, OpError> {
    bank.store.read(|conn| {
        let rows = store::by_credit_codes(conn, credit_codes)?.into_iter();
        let public = rows.filter(|row| InstitutionStatus::parse(&row.status).is_some_and(is_public));
        Ok(public.map(|row| (row.credit_code, (row.institution_id.0, row.name))).collect())
    })
}

/// Lists institutions in the order of registration: all of them for the bank's people, else those that are public and the caller's own.
///
/// # Errors
/// When the database is away.
pub fn list_institutions(
    bank: &Bank,
    context: &Context,
    filter: &InstitutionFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Institution>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let actor = context.actor(conn)?;
        let all = policy::allowed(&actor, Action::ReadInstitution, Resource::Bank).is_ok();
        let visible = (!all).then(|| actor.institution_ids());
        let rows = store::list(conn, filter, visible.as_deref(), place, limit)?;
        Ok(rows.into_iter().map(Institution::try_from).collect::<Result<_, _>>()?)
    })
}
