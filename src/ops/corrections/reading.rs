//! Reading corrections, and what each does to each outcome.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::offers::Offer;
use super::{Correction, damaged};
use crate::domain::correction::CorrectionState;
use crate::domain::correction::preview::PreviewItem;
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::access::note_access;
use crate::ops::context::{Bank, Context};
use crate::ops::disputes::{Dispute, disputes};
use crate::ops::error::OpError;
use crate::store::corrections::{self as store, ItemRow};
use crate::store::error::StoreError;

/// An outcome of a correction: how it stood at the preview, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CorrectionItem {
    #[serde(flatten)]
    pub item: PreviewItem,
    /// What could take the place of what it is used for; offered to the learner, not forced.
    pub offers: Vec<Offer>,
    pub applied: bool,
    /// The learner's open request to correct it. No part of the preview: it changes nothing of what follows.
    pub dispute: Option<Dispute>,
}

impl CorrectionItem {
    fn of(row: ItemRow, disputed: &HashMap<Uuid, Dispute>) -> Result<Self, StoreError> {
        let broken = |_| damaged(row.correction_id.0);
        Ok(Self {
            item: serde_json::from_str(&row.item).map_err(broken)?,
            offers: serde_json::from_str(&row.offers).map_err(broken)?,
            applied: row.applied,
            dispute: disputed.get(&row.outcome_id.0).copied(),
        })
    }
}

/// Corrections of an institution, or of all for the bank's people, from a place in their list.
///
/// # Errors
/// What the policy answers.
pub fn list_corrections(
    bank: &Bank,
    context: &Context,
    institution_id: Option<Uuid>,
    state: Option<CorrectionState>,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Correction>, OpError> {
    let place = place.into();
    let resource = institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadCorrection, resource)?;
        let rows = store::list(conn, institution_id, state, place, limit)?;
        Ok(rows.into_iter().map(Correction::try_from).collect::<Result<_, StoreError>>()?)
    })
}

/// Reads a correction.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_correction(bank: &Bank, context: &Context, correction_id: Uuid) -> Result<Correction, OpError> {
    bank.store.read(|conn| {
        let row = store::find(conn, correction_id)?.ok_or(Rejection::NotFound {})?;
        context.authorised(conn, Action::ReadCorrection, Resource::Institution(row.institution_id.0))?;
        Ok(Correction::try_from(row)?)
    })
}

/// What a correction does to each outcome, in the order of learners and outcomes, after one of them. The learners see the look.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn list_correction_items(
    bank: &Bank,
    context: &Context,
    correction_id: Uuid,
    after: Option<(Uuid, Uuid)>,
    limit: i64,
) -> Result<Vec<CorrectionItem>, OpError> {
    bank.store.write(|conn| {
        let row = store::find(conn, correction_id)?.ok_or(Rejection::NotFound {})?;
        let institution_id = row.institution_id.0;
        let actor = context.authorised(conn, Action::ReadCorrection, Resource::Institution(institution_id))?;
        let items = store::items(conn, correction_id, after, limit)?;
        let learner_ids: Vec<Uuid> = items.iter().map(|item| item.learner_id.0).collect();
        note_access(conn, context, &actor, Some(institution_id), "list_correction_items", &learner_ids)?;
        let outcome_ids: Vec<Uuid> = items.iter().map(|item| item.outcome_id.0).collect();
        let disputed = disputes(conn, &learner_ids, &outcome_ids)?;
        let items = items.into_iter().map(|item| CorrectionItem::of(item, &disputed));
        Ok(items.collect::<Result<_, StoreError>>()?)
    })
}
