//! One programme for the learner: what the own record brings there and why, with the wishes for single outcomes, and keeping the answer.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::wish::{Choice, Wish};
use crate::domain::credit::CourseCredit;
use crate::domain::programme::Course;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::programmes::read_programme;
use crate::ops::worth::kept::{KeepWorth, keep_worth};
use crate::ops::worth::own::read_own_worth;
use crate::ops::worth::{Wishes, Worth};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::standing::{AwardLine, OutcomeLine, Standing, award_lines, outcome_lines};
use crate::portal::visit::{Posted, SignedIn};

/// Another use of the same value.
struct Other<'a> {
    /// As it is named when it is kept.
    number: usize,
    awards: Vec<AwardLine<'a>>,
}

#[derive(Template)]
#[template(path = "learner/plan_programme.html")]
struct ProgrammePage<'a> {
    frame: &'a Frame,
    worth: &'a Worth,
    standing: Standing<'a>,
    lines: Vec<OutcomeLine<'a>>,
    awards: Vec<AwardLine<'a>>,
    others: Vec<Other<'a>>,
    courses: &'a [Course],
    wish: &'a Wish,
    refused: Option<Refused>,
}

impl ProgrammePage<'_> {
    fn choice(&self, line: &OutcomeLine<'_>) -> Option<&Choice> {
        self.wish.of_outcome(line.key)
    }

    fn is_used(&self, line: &OutcomeLine<'_>) -> bool {
        self.choice(line).is_some_and(Choice::is_used)
    }

    fn is_left(&self, line: &OutcomeLine<'_>) -> bool {
        self.choice(line).is_some_and(Choice::is_left)
    }

    /// The id of the field of the course that is wished for an outcome.
    fn course_id(&self, line: &OutcomeLine<'_>) -> String {
        let place = self.lines.iter().position(|other| other.key == line.key);
        course_id(place.unwrap_or_default())
    }

    fn course(&self, line: &OutcomeLine<'_>) -> &str {
        self.choice(line).map_or("", |choice| choice.course.as_str())
    }

    /// What the wishes cost, where they cost something.
    fn cost(&self) -> Option<CourseCredit> {
        self.worth.cost_of_wishes.filter(|cost| *cost > CourseCredit::ZERO)
    }
}

fn course_id(place: usize) -> String {
    format!("course-{}", place.saturating_add(1))
}

/// Says what is wrong with a course at the outcome for which it is wished.
fn pointed(refused: Refused, wish: &Wish, lines: &[OutcomeLine<'_>], courses: &[Course]) -> Refused {
    let is_unknown = |line: &OutcomeLine<'_>| {
        let choice = wish
            .of_outcome(line.key)
            .filter(|choice| choice.is_used() && !choice.course.is_empty());
        choice.is_some_and(|choice| courses.iter().all(|course| course.code != choice.course))
    };
    let place = lines.iter().position(is_unknown);
    let fields = refused.fields.into_iter().map(|(field, detail)| match place {
        Some(place) if field == "course" => (course_id(place), detail),
        _ => (field, detail),
    });
    Refused {
        fields: fields.collect(),
        sentence: refused.sentence,
    }
}

type Loaded = (Vec<Worth>, Vec<Course>);

async fn loaded(web: &Web, visit: &SignedIn, programme_id: Uuid, wishes: Wishes) -> Result<Loaded, Refusal> {
    let (context, language) = (visit.context, visit.frame.language);
    web.calculate(Width::One, move |bank| {
        let worths = read_own_worth(bank, &context, Some(programme_id), &wishes, language)?;
        let published = read_programme(bank, programme_id)?;
        Ok((worths.items, published.programme.courses))
    })
    .await
}

/// Shows the programme with what is wished; where that is refused, as it is without.
async fn shown(web: &Web, visit: &SignedIn, programme_id: Uuid, wish: &Wish, before: Option<Refusal>) -> Result<HttpResponse, Refusal> {
    let language = visit.frame.language;
    let answer = match (before, wish.wishes()) {
        (Some(refusal), _) => Err(refusal),
        (None, Err(rejection)) => Err(rejection.into()),
        (None, Ok(wishes)) => loaded(web, visit, programme_id, wishes).await,
    };
    let (status, why, (worths, courses)) = match answer {
        Ok(loaded) => (StatusCode::OK, None, loaded),
        Err(refusal) => {
            let plain = loaded(web, visit, programme_id, Wishes::default()).await?;
            let (status, why) = refused(refusal, language)?;
            (status, Some(why), plain)
        }
    };
    let Some(worth) = worths.first() else {
        return Err(Refusal::INTERNAL);
    };
    let others = worth.alternatives.iter().enumerate().map(|(number, other)| Other {
        number: number + 1,
        awards: award_lines(&visit.frame, other, &worth.said),
    });
    let lines = outcome_lines(&visit.frame, &worth.allocation, &worth.said);
    let why = why.map(|refused| pointed(refused, wish, &lines, &courses));
    let shown = ProgrammePage {
        frame: &visit.frame,
        standing: Standing::of(&worth.allocation, &courses, &visit.frame),
        lines,
        awards: award_lines(&visit.frame, &worth.allocation, &worth.said),
        others: others.collect(),
        courses: &courses,
        wish,
        refused: why,
        worth,
    };
    page(status, &shown)
}

/// Shows what the record is worth at a programme.
#[get("/plan/{programme_id}")]
pub(in crate::portal::learner) async fn show(
    web: web::Data<Web>,
    visit: SignedIn,
    id: Id,
    pairs: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Refusal> {
    shown(&web, &visit, id.0, &Wish::of(&pairs.0), None).await
}

/// Which answer is kept.
#[derive(Deserialize)]
pub(in crate::portal::learner) struct Kept {
    /// What was wished, as in the address.
    #[serde(default)]
    wished: String,
    /// Which of the equal uses; the best one first.
    #[serde(default)]
    alternative: u8,
}

/// Keeps the answer.
#[post("/plan/{programme_id}/keep")]
pub(in crate::portal::learner) async fn keep(web: web::Data<Web>, id: Id, posted: Posted<Kept>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let (context, programme_id) = (visit.context, id.0);
    let wish = Wish::of_query(&form.wished);
    let answer = match wish.wishes() {
        Err(rejection) => Err(rejection.into()),
        Ok(wishes) => {
            let keep = KeepWorth {
                programme_id,
                pins: wishes.pins,
                left_out: wishes.left_out,
                enrolled_on: wishes.enrolled_on,
                alternative: form.alternative,
            };
            web.calculate(Width::One, move |bank| keep_worth(bank, &context, once.as_deref(), &keep))
                .await
        }
    };
    match answer {
        Ok(kept) => Ok(see_other(&format!("/plan/kept/{}?done=kept", kept.worth_id))),
        Err(refusal) => shown(&web, &visit, programme_id, &wish, Some(refusal)).await,
    }
}
