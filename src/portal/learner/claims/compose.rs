//! A conversion is put together: what the record is worth in a programme, what becomes of each outcome, and what the learner would
//! rather have. Worked out anew as often as wanted; kept, it can be claimed.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::around::{OwnOutcomes, by_key, name_of_key, own_outcomes, rules_of};
use crate::domain::allocation::{Allocation, Award, Destination, Pin, Proof};
use crate::domain::bilingual::Bilingual;
use crate::domain::rejection::Rejection;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::worth::kept::{KeepWorth, keep_worth};
use crate::ops::worth::own::read_own_worth;
use crate::ops::worth::{Wishes, Worth};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::{Posted, SignedIn};

/// How many equal allocations are asked for: they say in which other courses an outcome can be used as well.
const ALTERNATIVES: usize = 8;

/// The most wishes that are taken from an address or a form.
const WISHES_MAX: usize = 200;

/// What a form or an address holds.
type Pairs = Vec<(String, String)>;

/// What is asked.
#[derive(Default)]
struct Asked {
    programme_id: Uuid,
    /// As it was typed.
    enrolled_on: String,
    /// As they are sent, for the form that keeps the answer.
    wishes: Vec<String>,
}

/// What the learner wishes of one outcome: `use.KEY`, `leave.KEY` or `course.CODE.KEY`.
enum Wish {
    Use(Pin),
    Leave(String),
}

fn wish_of(text: &str) -> Option<Wish> {
    let (word, rest) = text.split_once('.')?;
    match word {
        "use" => Some(Wish::Use(Pin {
            outcome: rest.to_owned(),
            course: None,
        })),
        "leave" => Some(Wish::Leave(rest.to_owned())),
        "course" => {
            let (course, outcome) = rest.rsplit_once('.')?;
            Some(Wish::Use(Pin {
                outcome: outcome.to_owned(),
                course: Some(course.to_owned()),
            }))
        }
        _ => None,
    }
}

impl Asked {
    fn of(pairs: Pairs) -> Result<Self, Refusal> {
        let mut asked = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "programme_id" => asked.programme_id = Uuid::try_parse(&value).map_err(|_| Rejection::NotFound {})?,
                "enrolled_on" => asked.enrolled_on = value.trim().chars().take(20).collect(),
                "wish" if !value.is_empty() && asked.wishes.len() < WISHES_MAX => asked.wishes.push(value),
                _ => {}
            }
        }
        Ok(asked)
    }

    fn enrolled_on(&self) -> Result<Option<NaiveDate>, Rejection> {
        if self.enrolled_on.is_empty() {
            return Ok(None);
        }
        let day = self.enrolled_on.parse().map(Some);
        day.map_err(|_| Rejection::field("/enrolled_on", "must be a date such as 2026-06-30"))
    }

    fn wishes(&self) -> Result<Wishes, Rejection> {
        let mut wishes = Wishes {
            alternatives: ALTERNATIVES,
            enrolled_on: self.enrolled_on()?,
            ..Wishes::default()
        };
        for text in &self.wishes {
            match wish_of(text).ok_or(Rejection::WishUnknown {})? {
                Wish::Use(pin) => wishes.pins.push(pin),
                Wish::Leave(key) => wishes.left_out.push(key),
            }
        }
        Ok(wishes)
    }
}

/// A wish that can be chosen.
struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

/// What becomes of an outcome.
struct Row<'a> {
    name: Name<'a>,
    about: String,
    used: String,
    offered: String,
    is_used: bool,
    sentences: &'a [String],
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "learner/claim_compose.html")]
struct Page<'a> {
    frame: &'a Frame,
    asked: &'a Asked,
    worth: &'a Worth,
    rows: Vec<Row<'a>>,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn programme(&self) -> &str {
        self.worth.programme_name.text(self.frame.language)
    }

    fn rules(&self) -> Option<String> {
        rules_of(self.frame, self.worth.judged_by.as_ref())
    }

    /// Whether it is known that nothing lawful recognises more.
    fn is_best(&self) -> bool {
        self.worth.allocation.proof == Proof::Optimal
    }

    /// Whether there is something to claim, by what is asked and nothing else.
    fn may_go_on(&self) -> bool {
        self.refused.is_none() && !self.worth.allocation.awards.is_empty()
    }
}

/// Where a part of an outcome's credit goes.
pub(super) fn destination_of(frame: &Frame, award: &Award, allocation: Option<&Allocation>) -> String {
    match &award.destination {
        Destination::Course { code, name, .. } => course_name(frame, code, name.text(frame.language)),
        Destination::FreeCredit { bucket } => {
            let buckets = allocation.map(|allocation| &allocation.buckets);
            let known = buckets.and_then(|buckets| buckets.iter().find(|standing| standing.bucket == *bucket));
            let name = known.map_or(bucket.as_str(), |standing| standing.name.text(frame.language));
            frame.t1("claims-to-bucket", "name", name.to_owned()).into_owned()
        }
    }
}

fn course_name(frame: &Frame, code: &str, name: &str) -> String {
    frame
        .t2("claims-to-course", ("name", name.to_owned()), ("code", code.to_owned()))
        .into_owned()
}

/// The courses in which an outcome can be used for as much in all.
fn courses_for<'a>(worth: &'a Worth, key: &str) -> Vec<(&'a str, &'a Bilingual)> {
    let mut found = Vec::new();
    let all = std::iter::once(&worth.allocation).chain(&worth.alternatives);
    for award in all.flat_map(|allocation| &allocation.awards).filter(|award| award.outcome == key) {
        if let Destination::Course { code, name, .. } = &award.destination
            && found.iter().all(|(known, _)| known != code)
        {
            found.push((code.as_str(), name));
        }
    }
    found
}

fn choices_of(frame: &Frame, worth: &Worth, asked: &Asked, key: &str) -> Vec<Choice> {
    let choice = |value: String, text: String| Choice {
        is_chosen: asked.wishes.contains(&value),
        value,
        text,
    };
    let mut choices = vec![
        choice(String::new(), frame.t("claims-wish-any").into_owned()),
        choice(format!("use.{key}"), frame.t("claims-wish-use").into_owned()),
        choice(format!("leave.{key}"), frame.t("claims-wish-leave").into_owned()),
    ];
    for (code, name) in courses_for(worth, key) {
        let course = course_name(frame, code, name.text(frame.language));
        let text = frame.t1("claims-wish-course", "course", course);
        choices.push(choice(format!("course.{code}.{key}"), text.into_owned()));
    }
    // A course that was wished for and is not among them any more stays wished for.
    for wish in &asked.wishes {
        let is_of_it = wish.starts_with("course.") && wish.ends_with(&format!(".{key}"));
        if is_of_it
            && choices.iter().all(|choice| choice.value != *wish)
            && let Some(Wish::Use(Pin { course: Some(code), .. })) = wish_of(wish)
        {
            choices.push(choice(wish.clone(), frame.t1("claims-wish-course", "course", code).into_owned()));
        }
    }
    choices
}

fn rows_of<'a>(frame: &Frame, worth: &'a Worth, outcomes: &'a OwnOutcomes, asked: &Asked) -> Vec<Row<'a>> {
    let rows = worth.allocation.verdicts.iter().map(|verdict| {
        let key = &verdict.outcome;
        let said = worth.said.iter().find(|said| said.outcome == *key);
        Row {
            name: name_of_key(frame, outcomes, key),
            about: outcomes.get(key).map_or_else(String::new, |outcome| {
                let parts = [outcome.institution_name.clone(), frame.day(&outcome.awarded_on).into_owned()];
                parts.join(" · ")
            }),
            used: verdict.used.to_string(),
            offered: verdict.offered.to_string(),
            is_used: verdict.used.hundredths() > 0,
            sentences: said.map_or(&[], |said| &said.sentences),
            choices: choices_of(frame, worth, asked, key),
        }
    });
    rows.collect()
}

async fn worked_out(web: &Web, visit: &SignedIn, programme_id: Uuid, wishes: Wishes) -> Result<(Worth, OwnOutcomes), Refusal> {
    let (context, language) = (visit.context, visit.frame.language);
    web.calculate(Width::One, move |bank| {
        let worths = read_own_worth(bank, &context, Some(programme_id), &wishes, language)?;
        let worth = worths.items.into_iter().next().ok_or(Rejection::NotFound {})?;
        Ok((worth, by_key(own_outcomes(bank, &context)?)))
    })
    .await
}

/// The page; where what is wished for cannot be had, as it is without wishes, with the reason.
async fn answer(web: &Web, visit: &SignedIn, asked: &Asked, refusal: Option<Refusal>) -> Result<HttpResponse, Refusal> {
    let refused_before = refusal.map(|refusal| refused(refusal, visit.frame.language)).transpose()?;
    let answered = match asked.wishes() {
        Ok(wishes) => worked_out(web, visit, asked.programme_id, wishes).await,
        Err(rejection) => Err(rejection.into()),
    };
    let (worth, outcomes, refused) = match answered {
        Ok((worth, outcomes)) => (worth, outcomes, refused_before),
        Err(Refusal::Rejected(Rejection::NotFound {})) => return Err(Rejection::NotFound {}.into()),
        Err(refusal) => {
            let said = refused(refusal, visit.frame.language)?;
            let (worth, outcomes) = worked_out(web, visit, asked.programme_id, Wishes::default()).await?;
            (worth, outcomes, Some(said))
        }
    };
    let (status, refused) = refused.map_or((StatusCode::OK, None), |(status, refused)| (status, Some(refused)));
    let shown = Page {
        rows: rows_of(&visit.frame, &worth, &outcomes, asked),
        frame: &visit.frame,
        worth: &worth,
        asked,
        refused,
    };
    page(status, &shown)
}

/// Shows what the record is worth in a programme, by what is wished for.
#[get("/claims/new/conversion")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, pairs: Query<Pairs>) -> Result<HttpResponse, Refusal> {
    let asked = Asked::of(pairs.0)?;
    answer(&web, &visit, &asked, None).await
}

/// Keeps the answer, and leads to where it is claimed.
#[post("/claims/new/conversion")]
pub(super) async fn keep(web: web::Data<Web>, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, once) = (visit.context, posted.once);
    let asked = Asked::of(posted.form)?;
    let kept = match asked.wishes() {
        Err(rejection) => Err(rejection.into()),
        Ok(wishes) => {
            let keep = KeepWorth {
                programme_id: asked.programme_id,
                pins: wishes.pins,
                left_out: wishes.left_out,
                enrolled_on: wishes.enrolled_on,
                alternative: 0,
            };
            web.calculate(Width::One, move |bank| keep_worth(bank, &context, once.as_deref(), &keep))
                .await
        }
    };
    match kept {
        Ok(kept) => Ok(see_other(&format!("/claims/new?worth_id={}", kept.worth_id))),
        Err(refusal) => answer(&web, &visit, &asked, Some(refusal)).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_as_they_are_written() {
        let asked = |wishes: &[&str]| Asked {
            wishes: wishes.iter().map(|wish| (*wish).to_owned()).collect(),
            ..Asked::default()
        };
        let wishes = asked(&["use.a", "leave.b", "course.E1.01.c"]).wishes().unwrap();
        let pin = |outcome: &str, course: Option<&str>| Pin {
            outcome: outcome.to_owned(),
            course: course.map(str::to_owned),
        };
        assert_eq!(wishes.pins, [pin("a", None), pin("c", Some("E1.01"))]);
        assert_eq!(wishes.left_out, ["b"]);
        for wrong in ["", "use", "spend.a", "course.a"] {
            assert!(asked(&[wrong]).wishes().is_err(), "{wrong:?}");
        }
    }
}
