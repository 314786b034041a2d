//! Corrections 更正: outcomes are withdrawn or corrected, previewed by one and applied by another, and everything that stands on
//! them follows in one transaction: exactly what was previewed, or nothing.

pub mod apply;
pub mod cases;
pub mod clocks;
mod facts;
pub mod give_up;
pub mod offers;
pub mod reading;
mod replacement;
pub mod requests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::correction::preview::{Counts, PreviewItem, counts, digest, preview};
use crate::domain::correction::{CorrectedOutcome, CorrectionKind, CorrectionScope, CorrectionState, REASON_CHARACTERS_MAX};
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_prose;
use crate::store::connection::Conn;
use crate::store::corrections::{self as store, CorrectionRow, ItemRow};
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::types::{At, Key};
use offers::Offer;

/// A correction to be previewed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "institution_id": "01985a3e-7c00-7000-8000-000000000001", "kind": "withdraw", "scope": { "of": "batch", "certificate_numbers": ["S000441012345242000001"] }, "reason": "该批证书评价过程违规，已公告作废", "citation": "人社厅发〔2022〕3号" }))]
pub struct NewCorrection {
    /// Whose outcomes they are.
    pub institution_id: Uuid,
    pub kind: CorrectionKind,
    pub scope: CorrectionScope,
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// Where it was decided.
    #[schema(min_length = 1, max_length = 500)]
    pub citation: String,
    /// What takes the place of the one outcome that is corrected.
    #[serde(default)]
    pub corrected: Option<CorrectedOutcome>,
}

/// A correction as it is shown; what it does to each outcome is listed by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Correction {
    pub correction_id: Uuid,
    pub institution_id: Uuid,
    pub kind: CorrectionKind,
    pub scope: CorrectionScope,
    pub corrected: Option<CorrectedOutcome>,
    pub reason: String,
    pub citation: String,
    pub state: CorrectionState,
    /// What identifies the preview: SHA-256, hexadecimal. Whoever applies it names it.
    pub digest: String,
    pub counts: Counts,
    /// Who previewed it, as the audit names them; nobody applies an own preview.
    pub previewed_by: String,
    pub previewed_by_name: String,
    pub previewed_at: DateTime<Utc>,
    pub applied_by_name: Option<String>,
    pub applied_at: Option<DateTime<Utc>>,
    pub given_up_by_name: Option<String>,
    pub given_up_at: Option<DateTime<Utc>>,
}

fn damaged(correction_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("correction {correction_id}"))
}

impl TryFrom<CorrectionRow> for Correction {
    type Error = StoreError;

    fn try_from(row: CorrectionRow) -> Result<Self, StoreError> {
        let broken = || damaged(row.correction_id.0);
        let corrected = row.corrected.as_deref().map(serde_json::from_str).transpose();
        Ok(Self {
            correction_id: row.correction_id.0,
            institution_id: row.institution_id.0,
            kind: CorrectionKind::parse(&row.kind).ok_or_else(broken)?,
            scope: serde_json::from_str(&row.scope).map_err(|_| broken())?,
            corrected: corrected.map_err(|_| broken())?,
            state: CorrectionState::parse(&row.state).ok_or_else(broken)?,
            counts: serde_json::from_str(&row.counts).map_err(|_| broken())?,
            reason: row.reason,
            citation: row.citation,
            digest: row.digest,
            previewed_by: row.previewed_by,
            previewed_by_name: row.previewed_by_name,
            previewed_at: row.previewed_at.0,
            applied_by_name: row.applied_by_name,
            applied_at: row.applied_at.map(|at| at.0),
            given_up_by_name: row.given_up_by_name,
            given_up_at: row.given_up_at.map(|at| at.0),
        })
    }
}

impl NewCorrection {
    fn check(&self) -> Result<(), Rejection> {
        let mut problems = self.scope.problems();
        if !is_prose(&self.reason, REASON_CHARACTERS_MAX) {
            problems.push(FieldProblem::new("/reason", "must have 1 to 2000 visible characters"));
        }
        if !is_prose(&self.citation, 500) {
            problems.push(FieldProblem::new("/citation", "must have 1 to 500 characters"));
        }
        let one = matches!(self.scope, CorrectionScope::Outcome { .. });
        let corrects = self.kind == CorrectionKind::Correct;
        if corrects != self.corrected.is_some() || (corrects && !one) {
            problems.push(FieldProblem::new("/corrected", "goes with the kind “correct” and one outcome"));
        }
        Rejection::any_of(problems)
    }
}

/// What is asked of a preview, and what follows.
struct Previewed {
    items: Vec<PreviewItem>,
    digest: String,
}

/// What is corrected, as it was asked for.
#[derive(Serialize)]
struct Asked<'a> {
    institution_id: Uuid,
    kind: CorrectionKind,
    scope: &'a CorrectionScope,
    corrected: Option<&'a CorrectedOutcome>,
}

/// Works out what follows from what stands now.
fn previewed(bank: &Bank, context: &Context, conn: &mut Conn, asked: &Asked<'_>) -> Result<Previewed, OpError> {
    let rows = facts::outcomes(bank, conn, asked.institution_id, asked.scope)?;
    let affected = facts::affected(conn, &rows)?;
    let replacement = match (asked.corrected, rows.first()) {
        (Some(corrected), Some(row)) => Some(replacement::imagined(bank, context, conn, row, corrected)?),
        _ => None,
    };
    let items = preview(&affected, replacement.as_ref());
    let text = serde_json::to_string(asked).map_err(|_| damaged(asked.institution_id))?;
    Ok(Previewed {
        digest: digest(asked.kind, &text, &items),
        items,
    })
}

/// Previews a correction: nothing changes, and the answer is kept so that somebody else can apply it.
///
/// # Errors
/// `InvalidBody`, `NothingToCorrect`, `CorrectionTooLarge`, what a deposit of the corrected outcome refuses, and what the policy
/// answers.
pub fn preview_correction(bank: &Bank, context: &Context, key: Option<&str>, new: &NewCorrection) -> Result<Correction, OpError> {
    new.check()?;
    let asked = Asked {
        institution_id: new.institution_id,
        kind: new.kind,
        scope: &new.scope,
        corrected: new.corrected.as_ref(),
    };
    // Other ways are looked for before anything is written: that takes longer than a writer should.
    let (found, open) = bank.store.read(|conn| {
        context.authorised(conn, Action::PreviewCorrection, Resource::Institution(new.institution_id))?;
        let found = previewed(bank, context, conn, &asked)?;
        let open = offers::questions(conn, &found.items, bank.day(context.now))?;
        Ok::<_, OpError>((found, open))
    })?;
    let offers = offers::offers(&open);
    bank.store.write(|conn| {
        once(bank, context, conn, "preview_correction", key, new, |conn| {
            let actor = context.authorised(conn, Action::PreviewCorrection, Resource::Institution(new.institution_id))?;
            let correction_id = Uuid::now_v7();
            let text = |value: Result<String, serde_json::Error>| value.map_err(|_| damaged(correction_id));
            let row = CorrectionRow {
                correction_id: Key(correction_id),
                institution_id: Key(new.institution_id),
                kind: new.kind.to_string(),
                scope: text(serde_json::to_string(&new.scope))?,
                corrected: new
                    .corrected
                    .as_ref()
                    .map(serde_json::to_string)
                    .transpose()
                    .map_err(|_| damaged(correction_id))?,
                reason: new.reason.trim().to_owned(),
                citation: new.citation.trim().to_owned(),
                digest: found.digest.clone(),
                counts: text(serde_json::to_string(&counts(new.institution_id, &found.items)))?,
                state: CorrectionState::Previewed.to_string(),
                previewed_by: context.caller.label(),
                previewed_by_name: actor.display_name().to_owned(),
                previewed_at: At(context.now),
                applied_by: None,
                applied_by_name: None,
                applied_at: None,
                given_up_by: None,
                given_up_by_name: None,
                given_up_at: None,
            };
            store::insert(conn, &row, &item_rows(correction_id, &found.items, &offers)?)?;
            let told = context
                .told("preview_correction", "correction", correction_id)
                .of_institution(new.institution_id)
                .with(serde_json::json!({ "kind": new.kind, "outcomes": found.items.len(), "digest": found.digest }));
            tell(conn, &[told])?;
            Ok(Correction::try_from(row)?)
        })
    })
}

fn item_rows(correction_id: Uuid, items: &[PreviewItem], offers: &[(Uuid, Offer)]) -> Result<Vec<ItemRow>, StoreError> {
    let rows = items.iter().map(|item| {
        let own: Vec<&Offer> = offers
            .iter()
            .filter(|(learner_id, offer)| *learner_id == item.learner_id && item.reopens(offer.claim_id))
            .map(|(_, offer)| offer)
            .collect();
        Ok(ItemRow {
            learner_id: Key(item.learner_id),
            correction_id: Key(correction_id),
            outcome_id: Key(item.outcome_id),
            item: item.canonical(),
            offers: serde_json::to_string(&own).map_err(|_| damaged(correction_id))?,
            applied: false,
        })
    });
    rows.collect()
}
