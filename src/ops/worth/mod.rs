//! What a record is worth at a programme, and why: for anybody with invented outcomes, for a learner with the own record,
//! in advance of any claim.

pub mod advice;
pub mod ask;
pub mod imagine;
pub mod kept;
pub mod own;
mod site;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::OpError;
use super::parallel::each;
use crate::domain::allocation::{Allocation, Effort, PackVersion, Pin, Question, Unanswerable, allocate, allocate_all, sentences};
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::language::Language;
use crate::domain::rejection::{FieldProblem, Rejection};
use site::{Asked, Site};

/// The most programmes that one question is about.
pub const PROGRAMMES_MAX: usize = 50;

/// The most equal allocations that are shown.
pub const ALTERNATIVES_MAX: usize = 20;

/// The most pins, and the most exclusions.
const WISHES_MAX: usize = 100;

/// What the learner wishes of the allocation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    pub pins: Vec<Pin>,
    pub left_out: Vec<String>,
    /// How many equal allocations to show beside the best.
    pub alternatives: usize,
    /// The day of the enrolment in the programme.
    pub enrolled_on: Option<NaiveDate>,
}

/// What is wrong with wishes in a body: keys and codes that can be none.
pub fn wish_problems(pins: &[Pin], left_out: &[String]) -> Vec<FieldProblem> {
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
    /// What the outcome is called.
    #[serde(default)]
    pub name: String,
    /// Its name in English, where it has one.
    #[serde(default)]
    pub name_english: Option<String>,
    pub sentences: Vec<String>,
}

/// The rules that judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JudgedBy {
    pub code: String,
    pub version: i64,
    pub title: Bilingual,
}

impl From<&PackVersion> for JudgedBy {
    fn from(version: &PackVersion) -> Self {
        Self {
            code: version.pack.code.clone(),
            version: version.version,
            title: version.pack.title.clone(),
        }
    }
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
    /// What graduation asks beyond what is recognised and was converted earlier.
    pub missing: CourseCredit,
    /// How much less is recognised for the sake of what was pinned and left out; absent where nothing was.
    pub cost_of_wishes: Option<CourseCredit>,
    pub allocation: Allocation,
    /// The allocation in sentences, outcome by outcome.
    pub said: Vec<Said>,
    /// Other uses of the same value.
    pub alternatives: Vec<Allocation>,
}

/// A programme about which nothing can be said, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NotAnswered {
    pub programme_id: Uuid,
    /// The code of the problem, as everywhere.
    #[schema(example = "pack_layers_invalid")]
    pub code: String,
    pub detail: String,
}

/// What a record is worth at several programmes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Worths {
    /// From the most credit to the least.
    pub items: Vec<Worth>,
    /// Programmes about which nothing can be said; of one programme alone that is the answer's own problem.
    pub not_answered: Vec<NotAnswered>,
    /// Whether more programmes are in force than one question is about; name those that matter.
    pub more_programmes: bool,
}

/// What the outcomes are worth at each programme, from the most credit to the least.
///
/// # Errors
/// `WishNeedsProgramme`, and for one programme alone what the allocation refuses.
fn worths(asked: Asked, outcomes: &[OutcomeFacts], wishes: &Wishes, language: Language) -> Result<Worths, OpError> {
    let Asked { sites, more_programmes } = asked;
    let single = sites.len() == 1;
    let to_courses = wishes.pins.iter().any(|pin| pin.course.is_some());
    if !single && (to_courses || wishes.alternatives > 0) {
        return Err(Rejection::WishNeedsProgramme {}.into());
    }
    let effort = if single { Effort::default() } else { Effort::glance() };
    let answers = each(&sites, |(programme_id, site)| {
        let answer = site.as_ref().map_err(Clone::clone).and_then(|site| {
            let question = Question {
                outcomes: outcomes.to_vec(),
                enrolled_on: wishes.enrolled_on,
                pins: wishes.pins.clone(),
                left_out: wishes.left_out.clone(),
                effort,
                ..site.question.clone()
            };
            worth(site, &question, wishes.alternatives, language)
        });
        (*programme_id, answer)
    });
    let mut found = Worths {
        items: Vec::new(),
        not_answered: Vec::new(),
        more_programmes,
    };
    for (programme_id, answer) in answers {
        match answer {
            Ok(worth) => found.items.push(worth),
            Err(rejection) if single => return Err(rejection.into()),
            Err(rejection) => found.not_answered.push(NotAnswered {
                programme_id,
                code: rejection.code().to_owned(),
                detail: rejection.sentence(language),
            }),
        }
    }
    found.items.sort_by(|one, other| {
        let key = |worth: &Worth| (std::cmp::Reverse(worth.allocation.recognised), worth.missing, worth.programme_id);
        key(one).cmp(&key(other))
    });
    Ok(found)
}

/// What a question at a site is answered.
///
/// # Errors
/// What the allocation refuses.
fn worth(site: &Site, question: &Question, alternatives: usize, language: Language) -> Result<Worth, Rejection> {
    let mut all = allocate_all(question, alternatives.saturating_add(1))
        .map_err(|why| refused(why, question))?
        .into_iter();
    let allocation = all.next().ok_or(Rejection::Unsolvable {})?;
    let wished = !question.pins.is_empty() || !question.left_out.is_empty();
    let free = wished.then(|| Question {
        pins: Vec::new(),
        left_out: Vec::new(),
        ..question.clone()
    });
    let best = free.map(|free| allocate(&free)).transpose().map_err(|why| refused(why, question))?;
    Ok(Worth {
        programme_id: site.programme_id,
        programme_name: site.programme_name.clone(),
        institution_id: site.institution_id,
        institution_name: site.institution_name.clone(),
        decided_on: question.decided_on,
        judged_by: question.versions.last().map(JudgedBy::from),
        missing: allocation.missing(),
        cost_of_wishes: best.map(|best| best.recognised.checked_sub(allocation.recognised).unwrap_or_default()),
        said: said(&allocation, question, language),
        alternatives: all.collect(),
        allocation,
    })
}

/// An allocation in sentences, outcome by outcome.
pub(super) fn said(allocation: &Allocation, question: &Question, language: Language) -> Vec<Said> {
    let said = allocation.verdicts.iter().map(|verdict| {
        let outcome = question.outcomes.iter().find(|outcome| outcome.key == verdict.outcome);
        Said {
            outcome: verdict.outcome.clone(),
            name: outcome.map(|outcome| outcome.name.clone()).unwrap_or_default(),
            name_english: outcome.and_then(|outcome| outcome.name_english.clone()),
            sentences: sentences::explain(allocation, verdict, question, language),
        }
    });
    said.collect()
}

/// Why a question has no answer, for the public.
pub(super) fn refused(unanswerable: Unanswerable, question: &Question) -> Rejection {
    match unanswerable {
        Unanswerable::TooManyOutcomes => Rejection::field("/outcomes", "must have 1 to 500 items"),
        Unanswerable::OutcomeTwice => Rejection::field("/outcomes", "has the same key twice"),
        Unanswerable::UnknownOutcome => Rejection::WishUnknown {},
        Unanswerable::UnknownCourse => unknown_course(question),
        Unanswerable::PinsImpossible => Rejection::WishesImpossible {},
        Unanswerable::Unsolvable => Rejection::Unsolvable {},
    }
}

/// Names the first course of the pins that the programme does not have.
fn unknown_course(question: &Question) -> Rejection {
    let is_there = |code: &String| question.programme.courses.iter().any(|course| course.code == *code);
    let mut pins = question.pins.iter().enumerate();
    let unknown = pins.find_map(|(pin, wish)| Some((pin, wish.course.as_ref().filter(|code| !is_there(code))?)));
    let (pin, course) = unknown.map(|(pin, course)| (pin, course.clone())).unwrap_or_default();
    Rejection::WishCourseUnknown { pin, course }
}
