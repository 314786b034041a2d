//! What is known of an edition of a pack: what its author must mend, and how its test cases go. It is worked out anew each
//! time, so that it is never older than the pack, the programmes and the packs above.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::in_force::{ABOVE_MAX, Layers, above};
use crate::domain::allocation::{PackVersion, allocate};
use crate::domain::facts::Issuer;
use crate::domain::institution::InstitutionKind;
use crate::domain::pack::RulePack;
use crate::domain::pack::validate::{PackFault, PackProblem, problems};
use crate::domain::pack_case::{PackCase, check};
use crate::domain::programme::Programme;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::error::OpError;
use crate::ops::facts::issuer_of;
use crate::ops::programmes::PublishedProgramme;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::institutions::InstitutionRow;
use crate::store::programmes as store;

/// The most differences that are told of one case.
const DIFFERENCES_MAX: usize = 20;

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
    /// Only of a valid pack whose cases were run: what others answer means nothing.
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

/// An edition with all that its cases need of the database, so that they run when the reading is over: they take long,
/// and nobody waits for a connection meanwhile.
#[derive(Debug)]
pub(super) struct Trial {
    validation: PackValidation,
    institution: Issuer,
    draft: PackVersion,
    layers: Layers,
    cases: Vec<PackCase>,
}

impl Trial {
    /// Validates a document, and reads what its cases need.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn read(
        conn: &mut Conn,
        owner: Option<&InstitutionRow>,
        version: i64,
        document: &RulePack,
        cases: Vec<PackCase>,
        today: NaiveDate,
    ) -> Result<Self, OpError> {
        let (validation, layers) = validation(conn, owner, document, today)?;
        let institution = match owner {
            Some(owner) => issuer_of(owner)?,
            // A standard is tried as it holds at an institution that made none of the awards.
            None => Issuer {
                credit_code: String::new(),
                kind: InstitutionKind::VocationalCollege,
            },
        };
        Ok(Self {
            validation,
            institution,
            draft: PackVersion {
                version,
                pack: document.clone(),
            },
            layers,
            cases,
        })
    }

    /// Runs the cases, where the document is valid.
    pub(super) fn run(self) -> Checks {
        let tests = self.validation.problems.is_empty().then(|| self.tests());
        Checks {
            validation: self.validation,
            tests,
        }
    }

    fn tests(&self) -> PackTests {
        let tried = self
            .cases
            .iter()
            .enumerate()
            .map(|(number, case)| (number, case, differences(case, &self.institution, &self.draft, &self.layers)));
        let failures: Vec<CaseFailure> = tried
            .filter(|(_, _, differences)| !differences.is_empty())
            .map(|(number, case, differences)| CaseFailure {
                pointer: format!("/cases/{number}"),
                case: case.name.clone(),
                differences,
            })
            .collect();
        PackTests {
            cases: self.cases.len(),
            passed: self.cases.len() - failures.len(),
            failures,
        }
    }
}

/// What a draft answers otherwise than a case expects; nothing when the case passes.
fn differences(case: &PackCase, institution: &Issuer, draft: &PackVersion, layers: &Layers) -> Vec<String> {
    let wrong = case.programme.problems();
    if !wrong.is_empty() {
        let told = wrong
            .iter()
            .map(|problem| format!("/programme{}: {}", problem.pointer, problem.detail));
        return told.take(DIFFERENCES_MAX).collect();
    }
    match allocate(&case.question(institution, draft, &layers.packs)) {
        Ok(allocation) => check(case, &allocation).into_iter().take(DIFFERENCES_MAX).collect(),
        Err(unanswerable) => vec![format!("no answer: {unanswerable}")],
    }
}
