//! What is it worth: anybody chooses outcomes of the catalogue and programmes, and sees the credit that the bank would recognise and what
//! each programme would accept. Outcomes are added one after the other; the address is the question.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::worth_wish::{Row, Wish, Wrong};
use crate::domain::achievement::AchievementKind;
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::CourseCredit;
use crate::domain::language::Language;
use crate::domain::programme::{Course, ProgrammeFilter};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::institutions::names_of;
use crate::ops::programmes::{list_programmes, read_programme};
use crate::ops::worth::imagine::{Found, Imagine, Imagined, find_imaginable, imagine, worth_of_imagined};
use crate::ops::worth::{NotAnswered, Worth, Worths};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::standing::{OutcomeLine, Standing, outcome_lines};
use crate::portal::visit::Visit;

/// Programmes among which one chooses at once, beside those that are chosen.
const CHOICES: usize = 20;

/// Of so many programmes the reasons are open.
const OPEN_MAX: usize = 2;

/// An outcome as it is shown.
struct ShownRow<'a> {
    number: usize,
    row: &'a Row,
    award: &'a Imagined,
}

/// A programme that may be chosen.
struct Choice {
    programme_id: Uuid,
    name: Bilingual,
    institution: String,
    required: CourseCredit,
    is_chosen: bool,
}

/// What a programme would accept.
struct Answer<'a> {
    worth: &'a Worth,
    standing: Standing<'a>,
    lines: Vec<OutcomeLine<'a>>,
}

#[derive(Template)]
#[template(path = "public/worth.html")]
struct WorthPage<'a> {
    frame: &'a Frame,
    wish: &'a Wish,
    rows: Vec<ShownRow<'a>>,
    /// How many outcomes of the address the catalogue does not have.
    lost: usize,
    found: Option<&'a Found>,
    choices: &'a [Choice],
    more_choices: bool,
    answers: Option<Vec<Answer<'a>>>,
    not_answered: &'a [NotAnswered],
    more_programmes: bool,
    refused: Option<Refused>,
    link: String,
    today: NaiveDate,
}

impl ShownRow<'_> {
    // What was given is shown, whether it matters or not.
    fn takes_hours(&self) -> bool {
        use AchievementKind as Kind;
        matches!(
            self.award.facts.kind,
            Kind::Training | Kind::Course | Kind::WorkExperience | Kind::Other
        ) || !self.row.hours.is_empty()
    }

    fn takes_grade(&self) -> bool {
        self.award.facts.kind != AchievementKind::WorkExperience || !self.row.grade.is_empty() || !self.row.score.is_empty()
    }

    fn takes_place(&self) -> bool {
        self.award.facts.kind == AchievementKind::Contest || !self.row.place.is_empty()
    }

    fn is_awarded_by(&self, achievement_id: &Uuid) -> bool {
        *achievement_id == self.award.achievement_id
    }
}

impl WorthPage<'_> {
    fn opens(&self) -> bool {
        self.answers.as_ref().is_some_and(|answers| answers.len() <= OPEN_MAX)
    }

    fn programme_name(&self, programme_id: &Uuid) -> Option<Name<'_>> {
        let choice = self.choices.iter().find(|choice| choice.programme_id == *programme_id);
        choice.map(|choice| self.frame.name_of(&choice.name))
    }
}

/// What the page shows beside the answer.
struct Loaded {
    awards: Vec<Imagined>,
    found: Option<Found>,
    choices: Vec<Choice>,
    more_choices: bool,
}

/// What is looked up for it.
struct Lookup {
    awards: Vec<Imagine>,
    words: String,
    within: String,
    programme_ids: Vec<Uuid>,
}

fn load(bank: &Bank, context: &Context, lookup: &Lookup, language: Language) -> Result<Loaded, OpError> {
    let awards = imagine(bank, context, &lookup.awards, language)?;
    let found = (!lookup.words.is_empty()).then(|| find_imaginable(bank, context, &lookup.words));
    let filter = ProgrammeFilter {
        in_force_on: Some(bank.day(context.now)),
        name_contains: Some(lookup.within.clone()).filter(|part| !part.is_empty()),
        ..ProgrammeFilter::default()
    };
    let mut listed = list_programmes(bank, &filter, None, i64::try_from(CHOICES + 1).unwrap_or(i64::MAX))?;
    let more_choices = listed.len() > CHOICES;
    listed.truncate(CHOICES);
    let mut programmes = Vec::new();
    for programme_id in &lookup.programme_ids {
        if listed.iter().any(|programme| programme.programme_id == *programme_id) {
            continue;
        }
        match read_programme(bank, *programme_id) {
            Ok(found) => programmes.push((
                found.programme_id,
                found.institution_id,
                found.programme.name,
                found.programme.required_credit,
            )),
            Err(OpError::Rejected(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    let listed = listed.into_iter();
    programmes.extend(listed.map(|found| (found.programme_id, found.institution_id, found.name, found.required_credit)));
    let institution_ids: Vec<Uuid> = programmes.iter().map(|(_, institution_id, ..)| *institution_id).collect();
    let names = names_of(bank, &institution_ids)?;
    let choices = programmes.into_iter().map(|(programme_id, institution_id, name, required)| Choice {
        programme_id,
        name,
        institution: names.get(&institution_id).cloned().unwrap_or_default(),
        required,
        is_chosen: lookup.programme_ids.contains(&programme_id),
    });
    Ok(Loaded {
        choices: choices.collect(),
        awards,
        found: found.transpose()?,
        more_choices,
    })
}

/// Shows the page, with the answer where something is asked.
#[get("/worth")]
pub(super) async fn show(
    web: web::Data<Web>,
    request: HttpRequest,
    visit: Visit,
    pairs: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let mut wish = Wish::of(pairs.0);
    if let Some(address) = wish.next() {
        return Ok(see_other(&address));
    }
    let (awards, enrolled_on, wrong) = wish.asked();
    let lookup = Lookup {
        awards,
        words: wish.words.clone(),
        within: wish.within.clone(),
        programme_ids: wish.programme_ids.clone(),
    };
    let language = frame.language;
    let loaded = web.run(move |bank| load(bank, &context, &lookup, language)).await?;
    let mut status = StatusCode::OK;
    let mut why = None;
    let mut answer = None;
    if !wrong.is_empty() {
        status = StatusCode::UNPROCESSABLE_ENTITY;
        let fields = wrong.into_iter().map(|wrong| pointed(&frame, &loaded.awards, wrong));
        why = Some(Refused {
            sentence: frame.t("worth-wrong").into_owned(),
            fields: fields.collect(),
        });
    } else if wish.words.is_empty() && !loaded.awards.is_empty() {
        match ask(&web, &request, &context, &frame, &loaded.awards, &wish.programme_ids, enrolled_on).await {
            Ok(found) => answer = Some(found),
            Err(refusal) => {
                let (of_refusal, refused) = refused(refusal, language)?;
                (status, why) = (of_refusal, Some(refused));
            }
        }
    }
    let (worths, courses) = answer.unzip();
    let courses = courses.unwrap_or_default();
    let rows = loaded.awards.iter().filter_map(|award| {
        let number = award.facts.key.parse::<usize>().ok()?.checked_sub(1)?;
        let row = wish.rows.get(number)?;
        Some(ShownRow { number, row, award })
    });
    let shown = WorthPage {
        rows: rows.collect(),
        lost: wish.rows.len().saturating_sub(loaded.awards.len()),
        found: loaded.found.as_ref(),
        choices: &loaded.choices,
        more_choices: loaded.more_choices,
        answers: worths.as_ref().map(|worths| answers_of(&frame, worths, &courses)),
        not_answered: worths.as_ref().map_or(&[], |worths| worths.not_answered.as_slice()),
        more_programmes: worths.as_ref().is_some_and(|worths| worths.more_programmes),
        refused: why,
        link: format!("{}{}", web.public_url.trim_end_matches('/'), wish.address()),
        today: web.bank.day(context.now),
        wish: &wish,
        frame: &frame,
    };
    page(status, &shown)
}

/// A field that cannot be read, and what is said of it: which field of which outcome it is, as many have the same ones.
fn pointed(frame: &Frame, awards: &[Imagined], wrong: Wrong) -> (String, String) {
    let says = frame.t(wrong.says).into_owned();
    let field = frame.t(wrong.called).into_owned();
    let key = wrong.row.map(|row| row.saturating_add(1).to_string());
    let award = key.and_then(|key| awards.iter().find(|award| award.facts.key == key));
    let field = match award {
        Some(award) => {
            let name = frame.name_of(&award.name).text().to_owned();
            frame.t2("worth-wrong-of", ("outcome", name), ("field", field)).into_owned()
        }
        None => field,
    };
    (
        wrong.id(),
        frame.t2("worth-wrong-in", ("field", field), ("says", says)).into_owned(),
    )
}

/// The courses of the programmes of which it is said which ones are missing.
type Courses = HashMap<Uuid, Vec<Course>>;

/// Asks, as anybody may so many times a minute.
async fn ask(
    web: &Web,
    request: &HttpRequest,
    context: &Context,
    frame: &Frame,
    awards: &[Imagined],
    programme_ids: &[Uuid],
    enrolled_on: Option<NaiveDate>,
) -> Result<(Worths, Courses), Refusal> {
    web.question(request)?;
    let (context, language) = (*context, frame.language);
    let (awards, programme_ids) = (awards.to_vec(), programme_ids.to_vec());
    web.calculate(Width::of(programme_ids.len() == 1), move |bank| {
        let worths = worth_of_imagined(bank, &context, &awards, &programme_ids, enrolled_on, language)?;
        let mut courses = Courses::new();
        // Of more programmes the missing courses are not shown.
        let opened = worths.items.iter().filter(|_| worths.items.len() <= OPEN_MAX);
        for worth in opened {
            courses.insert(worth.programme_id, read_programme(bank, worth.programme_id)?.programme.courses);
        }
        Ok((worths, courses))
    })
    .await
}

fn answers_of<'a>(frame: &Frame, worths: &'a Worths, courses: &Courses) -> Vec<Answer<'a>> {
    let courses_of = |worth: &Worth| courses.get(&worth.programme_id).map(Vec::as_slice).unwrap_or_default();
    let answers = worths.items.iter().map(|worth| Answer {
        standing: Standing::of(&worth.allocation, courses_of(worth), frame),
        lines: outcome_lines(frame, &worth.allocation, &worth.said),
        worth,
    });
    answers.collect()
}
