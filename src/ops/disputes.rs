//! That an outcome is disputed 有异议: shown wherever the outcome is, while a request to correct it is open. It blocks nothing.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::correction::request::RequestState;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::requests::{self as store, DisputeRow};

/// The open request because of which an outcome is disputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Dispute {
    pub request_id: Uuid,
    pub state: RequestState,
    pub requested_at: DateTime<Utc>,
}

impl TryFrom<DisputeRow> for Dispute {
    type Error = StoreError;

    fn try_from(row: DisputeRow) -> Result<Self, StoreError> {
        let request_id = row.request_id.0;
        let damaged = || StoreError::Damaged(format!("correction request {request_id}"));
        Ok(Self {
            request_id,
            state: RequestState::parse(&row.state).ok_or_else(damaged)?,
            requested_at: row.requested_at.0,
        })
    }
}

/// The disputes of some learners' outcomes, by outcome.
///
/// # Errors
/// When the database refuses.
pub(super) fn disputes(conn: &mut Conn, learner_ids: &[Uuid], outcome_ids: &[Uuid]) -> Result<HashMap<Uuid, Dispute>, StoreError> {
    let rows = store::disputes(conn, learner_ids, outcome_ids)?;
    rows.into_iter()
        .map(|row| Ok((row.outcome_id.0, Dispute::try_from(row)?)))
        .collect()
}
