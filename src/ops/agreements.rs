//! Agreements 互认协议: dated versions, published by the institution that accepts or by the authority, never edited.
//! One is revoked by a next version with a last day.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::document::document_of;
use super::error::OpError;
use super::institutions::{Known, known_by_code};
use super::once::once;
use crate::domain::agreement::{Agreement, AgreementFilter, Party};
use crate::domain::dated::{last_day_in_force, out_of_order};
use crate::domain::facts::Issuer;
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::agreements::{self as store, AgreementRow};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::types::{At, Key};

/// How many agreements are read at once.
const PAGE: i64 = 500;

/// A version of an agreement as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublishedAgreement {
    pub agreement_id: Uuid,
    pub version: i64,
    /// As published, but for `effective_to`: the last day in force, which the next version may have brought forward.
    pub agreement: Agreement,
    pub published_at: DateTime<Utc>,
}

fn damaged(row: &AgreementRow) -> StoreError {
    StoreError::Damaged(format!("agreement {}", row.agreement_id.0))
}

fn document_in(row: &AgreementRow) -> Result<Agreement, StoreError> {
    serde_json::from_value(row.document.0.clone()).map_err(|_| damaged(row))
}

impl TryFrom<AgreementRow> for PublishedAgreement {
    type Error = StoreError;

    fn try_from(row: AgreementRow) -> Result<Self, StoreError> {
        Ok(Self {
            agreement_id: row.agreement_id.0,
            version: row.version,
            agreement: Agreement {
                effective_to: last_day_in_force(row.effective_to, row.superseded_on),
                ..document_in(&row)?
            },
            published_at: row.created_at.0,
        })
    }
}

/// The agreements in force on a day by which an institution accepts outcomes.
///
/// # Errors
/// When the database is away.
pub(super) fn accepted_by(conn: &mut Conn, institution: &Issuer, day: NaiveDate) -> Result<Vec<Agreement>, StoreError> {
    let filter = AgreementFilter {
        to: Some(institution.credit_code.clone()),
        in_force_on: Some(day),
        ..AgreementFilter::default()
    };
    let kinds = (None, Some(institution.kind.as_str()));
    let mut found = Vec::new();
    let mut place = ListPlace::Oldest(None);
    loop {
        let rows = store::list(conn, &filter, kinds, place, PAGE)?;
        let Some(last) = rows.last() else { return Ok(found) };
        place = ListPlace::Oldest(Some(last.agreement_id.0));
        for row in rows {
            found.push(PublishedAgreement::try_from(row)?.agreement);
        }
    }
}

/// The institution's code of a side that is one institution.
fn code_of(party: &Party) -> Option<&str> {
    match party {
        Party::Institution { credit_code } => Some(credit_code),
        Party::Kind { .. } => None,
    }
}

/// The code and the kind of a side, of which one is there.
fn columns_of(party: &Party) -> (Option<String>, Option<String>) {
    match party {
        Party::Institution { credit_code } => (Some(credit_code.clone()), None),
        Party::Kind { kind } => (None, Some(kind.as_str().to_owned())),
    }
}

/// The sides that name an institution that the bank does not have.
fn unknown_sides(agreement: &Agreement, known: &HashMap<String, Known>) -> Vec<FieldProblem> {
    let is_unknown = |party: &Party| code_of(party).is_some_and(|code| !known.get(code).is_some_and(|known| known.is_public));
    [("/from/credit_code", &agreement.from), ("/to/credit_code", &agreement.to)]
        .into_iter()
        .filter(|(_, party)| is_unknown(party))
        .map(|(pointer, _)| FieldProblem::new(pointer, "is not the code of an institution of the bank"))
        .collect()
}

/// What stands in the way of a version after the one before: its date, and its sides, which stay.
fn out_of_line(before: &Agreement, new: &Agreement) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = [("/from", before.from != new.from), ("/to", before.to != new.to)]
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(pointer, _)| FieldProblem::new(pointer, "is the same in all versions of an agreement"))
        .collect();
    problems.extend(out_of_order(Some(before.effective_from), new.effective_from, "/effective_from"));
    problems
}

/// Publishes an agreement; the same code again makes its next version, and the one before ends the day before.
///
/// # Errors
/// `InvalidBody`, and what the policy answers.
pub fn publish_agreement(bank: &Bank, context: &Context, key: Option<&str>, new: &Agreement) -> Result<PublishedAgreement, OpError> {
    // Looked through before the write begins, though told only to somebody who may publish.
    let problems = new.problems();
    let document = document_of(new)?;
    bank.store.write(|conn| {
        once(bank, context, conn, "publish_agreement", key, new, |conn| {
            let codes: Vec<&str> = [&new.from, &new.to].into_iter().filter_map(code_of).collect();
            let known = known_by_code(conn, &codes)?;
            let accepting = code_of(&new.to).and_then(|code| known.get(code)).map(|known| known.institution_id);
            context.authorised(
                conn,
                Action::WriteAgreement,
                accepting.map_or(Resource::Bank, Resource::Institution),
            )?;
            Rejection::any_of(problems.clone())?;
            Rejection::any_of(unknown_sides(new, &known))?;
            let before = store::latest(conn, &new.code)?;
            if let Some(before) = &before {
                Rejection::any_of(out_of_line(&document_in(before)?, new))?;
            }
            let (from_credit_code, from_kind) = columns_of(&new.from);
            let (to_credit_code, to_kind) = columns_of(&new.to);
            let row = AgreementRow {
                agreement_id: Key(Uuid::now_v7()),
                code: new.code.clone(),
                version: before.as_ref().map_or(1, |before| before.version + 1),
                from_credit_code,
                from_kind,
                to_credit_code,
                to_kind,
                effective_from: new.effective_from,
                effective_to: new.effective_to,
                superseded_on: None,
                created_at: At(context.now),
                created_by: context.caller.label(),
                document: document.clone(),
            };
            store::insert(conn, &row, before.map(|before| before.agreement_id.0))?;
            let told = context
                .told("publish_agreement", "agreement", row.agreement_id.0)
                .with(serde_json::json!({ "code": row.code, "version": row.version, "effective_from": row.effective_from }));
            tell(
                conn,
                &[match accepting {
                    Some(institution_id) => told.of_institution(institution_id),
                    None => told,
                }],
            )?;
            Ok(PublishedAgreement::try_from(row)?)
        })
    })
}

/// Versions of agreements, from a place in the order of their publication; they are public.
///
/// # Errors
/// When the database is away.
pub fn list_agreements(
    bank: &Bank,
    filter: &AgreementFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<PublishedAgreement>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let codes: Vec<&str> = [&filter.from, &filter.to].into_iter().flatten().map(String::as_str).collect();
        let known = known_by_code(conn, &codes)?;
        let kind_of = |code: &Option<String>| {
            let known = known.get(code.as_ref()?).filter(|known| known.is_public)?;
            Some(known.kind.as_str())
        };
        let kinds = (kind_of(&filter.from), kind_of(&filter.to));
        let rows = store::list(conn, filter, kinds, place, limit)?;
        Ok(rows
            .into_iter()
            .map(PublishedAgreement::try_from)
            .collect::<Result<_, StoreError>>()?)
    })
}

/// Reads a version of an agreement; it is public.
///
/// # Errors
/// `NotFound`.
pub fn read_agreement(bank: &Bank, agreement_id: Uuid) -> Result<PublishedAgreement, OpError> {
    bank.store.read(|conn| {
        let row = store::find(conn, agreement_id)?.ok_or(Rejection::NotFound {})?;
        Ok(PublishedAgreement::try_from(row)?)
    })
}
