//! What a record is worth at a programme, and why: for anybody with invented outcomes, for a learner with the own record,
//! in advance of any claim.

pub mod advice;
pub mod ask;
pub mod kept;
pub mod own;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::agreements::PublishedAgreement;
use super::error::OpError;
use super::facts::issuer_of;
use super::packs::in_force::packs_for;
use super::parallel::each;
use super::programmes::PublishedProgramme;
use crate::domain::agreement::{Agreement, AgreementFilter};
use crate::domain::allocation::{Allocation, Effort, Pin, Question, Unanswerable, allocate, allocate_all, sentences};
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::language::Language;
use crate::domain::programme::ProgrammeFilter;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::agreements;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::institutions;
use crate::store::programmes;

/// The most programmes that one question is about.
pub const PROGRAMMES_MAX: usize = 50;

/// The most equal allocations that are shown.
pub const ALTERNATIVES_MAX: usize = 20;

/// The most pins, and the most exclusions.
const WISHES_MAX: usize = 100;

/// The most agreements that are read.
const AGREEMENTS_MAX: i64 = 500;

/// What the learner wishes of the allocation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    pub pins: Vec<Pin>,
    pub left_out: Vec<String>,
    /// How many equal allocations to show beside the best.
    pub alternatives: usize,
}

/// What is wrong with wishes in a body: keys and codes that can be none.
pub(super) fn wish_problems(pins: &[Pin], left_out: &[String]) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut length = |text: &str, most: usize, pointer: String| {
        if !(1..=most).contains(&text.chars().count()) {
            problems.push(FieldProblem::new(pointer, format!("must have 1 to {most} characters")));
        }
    };
    for (number, pin) in pins.iter().enumerate().take(WISHES_MAX) {
        length(&pin.outcome, 64, format!("/pins/{number}/outcome"));
        if let Some(course) = &pin.course {
            length(course, 40, format!("/pins/{number}/course"));
        }
    }
    for (number, key) in left_out.iter().enumerate().take(WISHES_MAX) {
        length(key, 64, format!("/left_out/{number}"));
    }
    problems
}

/// What is said of one outcome, in the caller's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Said {
    pub outcome: String,
    pub sentences: Vec<String>,
}

/// The rules that judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JudgedBy {
    pub code: String,
    pub version: i64,
    pub title: Bilingual,
}

/// What a record is worth at one programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Worth {
    pub programme_id: Uuid,
    pub programme_name: Bilingual,
    pub institution_id: Uuid,
    pub institution_name: String,
    pub decided_on: NaiveDate,
    /// The newest version of the institution's rules; absent where it has none for the programme.
    pub judged_by: Option<JudgedBy>,
    /// What graduation asks beyond what is recognised.
    pub missing: CourseCredit,
    /// How much less is recognised for the sake of what was pinned and left out; absent where nothing was.
    pub cost_of_wishes: Option<CourseCredit>,
    pub allocation: Allocation,
    /// The allocation in sentences, outcome by outcome.
    pub said: Vec<Said>,
    /// Other uses of the same value.
    pub alternatives: Vec<Allocation>,
}

/// A programme in which outcomes are used, and the question about it.
pub(super) struct Site {
    programme_id: Uuid,
    programme_name: Bilingual,
    institution_id: Uuid,
    institution_name: String,
    pub(super) question: Question,
}

/// A programme with the rules that hold for it on a day.
///
/// # Errors
/// `NotFound` for an unknown programme.
pub(super) fn site(conn: &mut Conn, programme_id: Uuid, agreements: &[Agreement], day: NaiveDate) -> Result<Site, OpError> {
    let found = programmes::find(conn, programme_id)?.ok_or(Rejection::NotFound {})?;
    let PublishedProgramme {
        institution_id, programme, ..
    } = PublishedProgramme::try_from(found)?;
    let row = institutions::find(conn, institution_id)?.ok_or_else(|| StoreError::Damaged(format!("programme {programme_id}")))?;
    let institution = issuer_of(&row)?;
    let (versions, above) = packs_for(conn, institution_id, &programme.code, day)?;
    let accepted = agreements.iter().filter(|agreement| agreement.to.is(&institution)).cloned();
    Ok(Site {
        programme_id,
        programme_name: programme.name.clone(),
        institution_id,
        institution_name: row.name,
        question: Question {
            agreements: accepted.collect(),
            institution,
            programme,
            versions,
            above,
            outcomes: Vec::new(),
            decided_on: day,
            enrolled_on: None,
            pins: Vec::new(),
            left_out: Vec::new(),
            effort: Effort::default(),
        },
    })
}

/// The sites of some programmes, or of all that are in force, as many as one question may be about.
///
/// # Errors
/// `NotFound` for an unknown programme.
pub(super) fn sites(conn: &mut Conn, programme_ids: &[Uuid], day: NaiveDate) -> Result<Vec<Site>, OpError> {
    let agreements = agreements_on(conn, day)?;
    let mut ids = programme_ids.to_vec();
    if ids.is_empty() {
        let filter = ProgrammeFilter {
            in_force_on: Some(day),
            ..ProgrammeFilter::default()
        };
        let most = i64::try_from(PROGRAMMES_MAX).unwrap_or(i64::MAX);
        let rows = programmes::list(conn, &filter, None, most)?;
        ids = rows.into_iter().map(|row| row.programme_id.0).collect();
    }
    ids.iter().map(|programme_id| site(conn, *programme_id, &agreements, day)).collect()
}

/// The agreements in force on a day.
///
/// # Errors
/// When the database is away.
pub(super) fn agreements_on(conn: &mut Conn, day: NaiveDate) -> Result<Vec<Agreement>, StoreError> {
    let filter = AgreementFilter {
        in_force_on: Some(day),
        ..AgreementFilter::default()
    };
    let rows = agreements::list(conn, &filter, (None, None), None, AGREEMENTS_MAX)?;
    rows.into_iter()
        .map(|row| Ok(PublishedAgreement::try_from(row)?.agreement))
        .collect()
}

/// What the outcomes are worth at each site, from the most credit to the least.
///
/// # Errors
/// What the allocation refuses.
pub(super) fn worths(mut sites: Vec<Site>, outcomes: &[OutcomeFacts], wishes: &Wishes, language: Language) -> Result<Vec<Worth>, OpError> {
    let effort = if sites.len() > 1 { Effort::glance() } else { Effort::default() };
    for site in &mut sites {
        site.question.outcomes = outcomes.to_vec();
        site.question.pins.clone_from(&wishes.pins);
        site.question.left_out.clone_from(&wishes.left_out);
        site.question.effort = effort;
    }
    let answers = each(&sites, |site| worth(site, wishes.alternatives, language));
    let mut found = answers.into_iter().collect::<Result<Vec<Worth>, OpError>>()?;
    found.sort_by(|one: &Worth, other: &Worth| {
        let key = |worth: &Worth| (std::cmp::Reverse(worth.allocation.recognised), worth.missing, worth.programme_id);
        key(one).cmp(&key(other))
    });
    Ok(found)
}

/// What a site's question is answered.
///
/// # Errors
/// What the allocation refuses.
pub(super) fn worth(site: &Site, alternatives: usize, language: Language) -> Result<Worth, OpError> {
    let question = &site.question;
    let mut all = allocate_all(question, alternatives.saturating_add(1)).map_err(refused)?.into_iter();
    let allocation = all.next().ok_or_else(|| refused(Unanswerable::Unsolvable))?;
    let wished = !question.pins.is_empty() || !question.left_out.is_empty();
    let free = wished.then(|| Question {
        pins: Vec::new(),
        left_out: Vec::new(),
        ..question.clone()
    });
    let best = free.map(|free| allocate(&free)).transpose().map_err(refused)?;
    let said = allocation.verdicts.iter().map(|verdict| Said {
        outcome: verdict.outcome.clone(),
        sentences: sentences::explain(&allocation, verdict, &question.outcomes, language),
    });
    Ok(Worth {
        programme_id: site.programme_id,
        programme_name: site.programme_name.clone(),
        institution_id: site.institution_id,
        institution_name: site.institution_name.clone(),
        decided_on: question.decided_on,
        judged_by: question.versions.last().map(|newest| JudgedBy {
            code: newest.pack.code.clone(),
            version: newest.version,
            title: newest.pack.title.clone(),
        }),
        missing: question
            .programme
            .required_credit
            .checked_sub(allocation.recognised)
            .unwrap_or_default(),
        cost_of_wishes: best.map(|best| best.recognised.checked_sub(allocation.recognised).unwrap_or_default()),
        said: said.collect(),
        alternatives: all.collect(),
        allocation,
    })
}

/// Why a question has no answer, for the public.
pub(super) fn refused(unanswerable: Unanswerable) -> OpError {
    let refusal = match unanswerable {
        Unanswerable::TooManyOutcomes => Rejection::field("/outcomes", "must have 1 to 500 items"),
        Unanswerable::OutcomeTwice => Rejection::field("/outcomes", "has the same key twice"),
        Unanswerable::UnknownOutcome => Rejection::WishUnknown { what: "outcome" },
        Unanswerable::UnknownCourse => Rejection::WishUnknown { what: "course" },
        Unanswerable::PinsImpossible => Rejection::WishesImpossible {},
        Unanswerable::Unsolvable => Rejection::Unsolvable {},
    };
    refusal.into()
}
