//! The calendar of working days, by which every clock runs: its years, and for the administrator a year to put in place of what is
//! known of it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::around::Office;
use crate::domain::actor::BankRole;
use crate::domain::bilingual::Bilingual;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::working_days::holidays::{Holiday, HolidayNotice, HolidayYear};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::working_days::{WorkingYear, list_working_years, put_working_year};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::Chosen;
use crate::portal::frame::Frame;
use crate::portal::visit::{Posted, SignedIn};

/// What is looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    /// The year that is filled into the form; the last one that is known, where none is named.
    #[serde(default)]
    year: Chosen<i32>,
    /// What was done just before.
    #[serde(default)]
    done: String,
}

/// What is typed: everything of which there is more than one stands line by line.
#[derive(Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    year: String,
    /// The edition that was read, and of which year.
    #[serde(default)]
    edition: String,
    #[serde(default)]
    read_year: String,
    /// The day, the number without spaces, and the title.
    #[serde(default)]
    notices: String,
    /// The first and the last day, and the name; behind a slash what it is called in English.
    #[serde(default)]
    holidays: String,
    #[serde(default)]
    make_up_days: String,
}

#[derive(Template)]
#[template(path = "office/calendar.html")]
struct Page<'a> {
    frame: &'a Frame,
    office: &'a Office,
    years: &'a [WorkingYear],
    filled: &'a Filled,
    refused: Option<Refused>,
    done: bool,
}

impl Page<'_> {
    fn may_put(&self) -> bool {
        self.office.role == BankRole::Administrator
    }

    fn name<'b>(&self, holiday: &'b Holiday) -> &'b str {
        holiday.name.text(self.frame.language)
    }
}

fn lines<'a, T>(items: &'a [T], line: impl Fn(&'a T) -> String) -> String {
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Filled {
    fn of(year: &WorkingYear) -> Self {
        let calendar = &year.calendar;
        Self {
            year: calendar.year.to_string(),
            edition: year.edition.to_string(),
            read_year: calendar.year.to_string(),
            notices: lines(&calendar.notices, |notice| {
                format!("{} {} {}", notice.issued_on, notice.number, notice.title)
            }),
            holidays: lines(&calendar.holidays, |holiday| {
                let english = holiday.name.en.as_ref().map(|name| format!(" / {name}")).unwrap_or_default();
                format!("{} {} {}{english}", holiday.from, holiday.to, holiday.name.zh)
            }),
            make_up_days: lines(&calendar.make_up_days, ToString::to_string),
        }
    }

    /// The year that is typed.
    fn calendar(&self) -> Result<HolidayYear, Rejection> {
        let mut problems = Vec::new();
        let year = self.year.trim().parse();
        if year.is_err() {
            problems.push(FieldProblem::new("/year", "must be 2000 to 2199"));
        }
        let notices = read_lines(&self.notices, "/notices", notice_in, &mut problems);
        let holidays = read_lines(&self.holidays, "/holidays", holiday_in, &mut problems);
        let days = self.make_up_days.split_whitespace().collect::<Vec<_>>().join("\n");
        let make_up_days = read_lines(&days, "/make_up_days", |line| line.parse().ok(), &mut problems);
        Rejection::any_of(problems)?;
        Ok(HolidayYear {
            year: year.unwrap_or_default(),
            notices,
            holidays,
            make_up_days,
        })
    }
}

/// Reads line by line; a line that cannot be read is named.
fn read_lines<T>(text: &str, pointer: &str, read: impl Fn(&str) -> Option<T>, problems: &mut Vec<FieldProblem>) -> Vec<T> {
    let mut found = Vec::new();
    for (number, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        match read(line) {
            Some(item) => found.push(item),
            None => problems.push(FieldProblem::new(
                format!("{pointer}/{number}"),
                "must be a date such as 2026-06-30",
            )),
        }
    }
    found
}

fn notice_in(line: &str) -> Option<HolidayNotice> {
    let (day, rest) = line.split_once(char::is_whitespace)?;
    let (number, title) = rest.trim().split_once(char::is_whitespace)?;
    Some(HolidayNotice {
        issued_on: day.parse().ok()?,
        number: number.to_owned(),
        title: title.trim().to_owned(),
    })
}

fn holiday_in(line: &str) -> Option<Holiday> {
    let (from, rest) = line.split_once(char::is_whitespace)?;
    let (to, name) = rest.trim().split_once(char::is_whitespace)?;
    let (chinese, english) = match name.split_once('/') {
        Some((chinese, english)) => (chinese, Some(english.trim().to_owned()).filter(|name| !name.is_empty())),
        None => (name, None),
    };
    Some(Holiday {
        name: Bilingual {
            zh: chinese.trim().to_owned(),
            en: english,
        },
        from: from.parse::<NaiveDate>().ok()?,
        to: to.parse::<NaiveDate>().ok()?,
    })
}

/// Of a line of several, the field is the whole text, and it is said which line.
fn by_fields(frame: &Frame, rejection: &Rejection, refused: Refused) -> Refused {
    let problems = rejection.problems(frame.language).into_iter();
    let fields = problems.map(|problem| {
        let mut parts = problem.pointer.trim_start_matches('/').split('/');
        let field = parts.next().unwrap_or_default().to_owned();
        let line = parts.next().and_then(|number| number.parse::<i64>().ok());
        let detail = match line {
            Some(number) => frame
                .t2("office-calendar-line", ("line", number + 1), ("detail", problem.detail))
                .into_owned(),
            None => problem.detail,
        };
        (field, detail)
    });
    Refused {
        fields: fields.collect(),
        ..refused
    }
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    status: StatusCode,
    year: Option<i32>,
    (filled, refused, done): (Option<&Filled>, Option<Refused>, bool),
) -> Result<HttpResponse, Refusal> {
    let office = Office::of(visit)?;
    let years = web.run(list_working_years).await?;
    let known = years.iter().find(|known| Some(known.calendar.year) == year);
    let known = match year {
        None => years.last(),
        Some(_) => known,
    };
    let of_known = known.map(Filled::of).unwrap_or_else(|| Filled {
        year: year.map(|year| year.to_string()).unwrap_or_default(),
        ..Filled::default()
    });
    let shown = Page {
        frame: &visit.frame,
        office: &office,
        filled: filled.unwrap_or(&of_known),
        years: &years,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows the years.
#[get("/office/calendar")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let done = wish.0.done == "put";
    answer(&web, &visit, StatusCode::OK, wish.0.year.0, (None, None, done)).await
}

/// Puts a year in place of what is known of it.
#[post("/office/calendar")]
pub(super) async fn put(web: web::Data<Web>, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    if Office::of(&visit)?.role != BankRole::Administrator {
        return Err(Rejection::Forbidden {}.into());
    }
    let context = visit.context;
    // Of a year that was not in the form before, nothing is known.
    let is_same = form.year.trim() == form.read_year;
    let edition: i64 = form.edition.parse().ok().filter(|_| is_same).unwrap_or(0);
    let done = match form.calendar() {
        Err(rejection) => Err(rejection.into()),
        Ok(calendar) => {
            web.run(move |bank| put_working_year(bank, &context, once.as_deref(), edition, &calendar))
                .await
        }
    };
    match done {
        Ok(year) => Ok(see_other(&format!("/office/calendar?year={}&done=put", year.calendar.year))),
        Err(Refusal::Rejected(rejection)) => {
            let (status, said) = refused(rejection.clone().into(), visit.frame.language)?;
            let said = by_fields(&visit.frame, &rejection, said);
            answer(&web, &visit, status, None, (Some(&form), Some(said), false)).await
        }
        Err(refusal) => Err(refusal),
    }
}
