//! Pathways 贯通培养, by the authority: dated versions over the programmes of several institutions, never edited.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::document::document_of;
use super::error::OpError;
use super::institutions::known_by_code;
use super::once::once;
use crate::domain::dated::{last_day_in_force, out_of_order};
use crate::domain::list::ListPlace;
use crate::domain::pathway::Pathway;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::pathways::{self as store, PathwayRow};
use crate::store::programmes;
use crate::store::types::{At, Key};

/// A version of a pathway as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublishedPathway {
    pub pathway_id: Uuid,
    pub version: i64,
    /// As published, but for `effective_to`: the last day in force, which the next version may have brought forward.
    pub pathway: Pathway,
    pub published_at: DateTime<Utc>,
}

impl TryFrom<PathwayRow> for PublishedPathway {
    type Error = StoreError;

    fn try_from(row: PathwayRow) -> Result<Self, StoreError> {
        let pathway: Pathway =
            serde_json::from_value(row.document.0).map_err(|_| StoreError::Damaged(format!("pathway {}", row.pathway_id.0)))?;
        Ok(Self {
            pathway_id: row.pathway_id.0,
            version: row.version,
            pathway: Pathway {
                effective_to: last_day_in_force(row.effective_to, row.superseded_on),
                ..pathway
            },
            published_at: row.created_at.0,
        })
    }
}

/// The stages whose institution or programme the bank does not have.
fn unknown_stages(conn: &mut Conn, pathway: &Pathway) -> Result<Vec<FieldProblem>, StoreError> {
    let codes: Vec<&str> = pathway.stages.iter().map(|stage| stage.institution.as_str()).collect();
    let mut known = known_by_code(conn, &codes)?;
    known.retain(|_, known| known.is_public);
    let institution_ids: Vec<Uuid> = known.values().map(|known| known.institution_id).collect();
    let programmes: Vec<String> = pathway.stages.iter().map(|stage| stage.programme.clone()).collect();
    let there: HashSet<(Uuid, String)> = programmes::codes_of(conn, &institution_ids, &programmes)?.into_iter().collect();
    let mut problems = Vec::new();
    for (number, stage) in pathway.stages.iter().enumerate() {
        let (field, detail) = match known.get(&stage.institution) {
            None => ("institution", "is not the code of an institution of the bank"),
            Some(known) if there.contains(&(known.institution_id, stage.programme.clone())) => continue,
            Some(_) => ("programme", "is not the code of a programme of that institution"),
        };
        problems.push(FieldProblem::new(format!("/stages/{number}/{field}"), detail));
    }
    Ok(problems)
}

/// Publishes a pathway; the same code again makes its next version, and the one before ends the day before.
///
/// # Errors
/// `InvalidBody`, and what the policy answers.
pub fn publish_pathway(bank: &Bank, context: &Context, key: Option<&str>, new: &Pathway) -> Result<PublishedPathway, OpError> {
    // Looked through before the write begins, though told only to somebody who may publish.
    let problems = new.problems();
    let document = document_of(new)?;
    bank.store.write(|conn| {
        once(bank, context, conn, "publish_pathway", key, new, |conn| {
            context.authorised(conn, Action::WritePathway, Resource::Bank)?;
            Rejection::any_of(problems.clone())?;
            let before = store::latest(conn, &new.code)?;
            let begun = before.as_ref().map(|before| before.effective_from);
            let mut problems = unknown_stages(conn, new)?;
            problems.extend(out_of_order(begun, new.effective_from, "/effective_from"));
            Rejection::any_of(problems)?;
            let row = PathwayRow {
                pathway_id: Key(Uuid::now_v7()),
                code: new.code.clone(),
                version: before.as_ref().map_or(1, |before| before.version + 1),
                effective_from: new.effective_from,
                effective_to: new.effective_to,
                superseded_on: None,
                created_at: At(context.now),
                created_by: context.caller.label(),
                document: document.clone(),
            };
            store::insert(conn, &row, before.map(|before| before.pathway_id.0))?;
            let told = context
                .told("publish_pathway", "pathway", row.pathway_id.0)
                .with(serde_json::json!({ "code": row.code, "version": row.version, "effective_from": row.effective_from }));
            tell(conn, &[told])?;
            Ok(PublishedPathway::try_from(row)?)
        })
    })
}

/// Versions of pathways, from a place in the order of their publication; they are public.
///
/// # Errors
/// When the database is away.
pub fn list_pathways(
    bank: &Bank,
    code: Option<&str>,
    in_force_on: Option<NaiveDate>,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<PublishedPathway>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let rows = store::list(conn, code, in_force_on, place, limit)?;
        Ok(rows
            .into_iter()
            .map(PublishedPathway::try_from)
            .collect::<Result<_, StoreError>>()?)
    })
}

/// Reads a version of a pathway; it is public.
///
/// # Errors
/// `NotFound`.
pub fn read_pathway(bank: &Bank, pathway_id: Uuid) -> Result<PublishedPathway, OpError> {
    bank.store.read(|conn| {
        let row = store::find(conn, pathway_id)?.ok_or(Rejection::NotFound {})?;
        Ok(PublishedPathway::try_from(row)?)
    })
}
