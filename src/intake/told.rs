//! What a file tells of one outcome, before the bank has looked at it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::field::Field;
use super::problem::CellProblem;
use crate::domain::hours::Hours;
use crate::domain::identity_document::DocumentKind;
use crate::domain::outcome::{ContestResult, TraineeGroup};

/// One outcome as its row tells it: everything that a deposit needs, but for the institution.
#[derive(Clone, PartialEq, Eq)]
pub struct ToldOutcome {
    /// Its place among the outcomes of its row, from 0.
    pub part: u16,
    pub document_kind: DocumentKind,
    pub document_number: String,
    pub name: String,
    /// As the institution writes it.
    pub achievement_code: String,
    pub achievement_name: Option<String>,
    pub awarded_on: NaiveDate,
    pub certificate_number: Option<String>,
    pub grade: Option<String>,
    pub grading_scale: Option<String>,
    pub score: Option<String>,
    pub hours: Option<Hours>,
    pub credits: Option<String>,
    pub trainee_group: Option<TraineeGroup>,
    pub contest: Option<ContestResult>,
    /// Who signed the credential that tells it, where one does.
    pub signed_by: Option<String>,
    /// The columns that told it, so that a refusal can point to one.
    pub columns: Arc<BTreeMap<Field, String>>,
}

impl std::fmt::Debug for ToldOutcome {
    /// Without the person.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ToldOutcome")
            .field("part", &self.part)
            .field("document_kind", &self.document_kind)
            .field("achievement_code", &self.achievement_code)
            .field("awarded_on", &self.awarded_on)
            .finish_non_exhaustive()
    }
}

/// One row that is not empty, and what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRead {
    /// As people count: the row of a sheet, the line on which a record of a text begins, the place in a JSON array.
    pub row: u64,
    /// One, of a plain row; several of a wide one; none where there is nothing to deposit, such as a statement of another verb.
    pub outcomes: Vec<Result<ToldOutcome, Vec<CellProblem>>>,
}
