//! The passbook: balances as a picture and as figures, and every movement.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::domain::achievement::AchievementKind;
use crate::domain::movement::{MovementKind, Side};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::typed::Typed;
use crate::ops::access::Whose;
use crate::ops::context::Context;
use crate::ops::passbook::{PassbookFilter, PassbookLine, kind_in, list_passbook};
use crate::ops::records::{Account, AsOf, Balance, read_account};
use crate::portal::answer::{Refused, page, refused};
use crate::portal::chart::{Bar, Row, bars};
use crate::portal::chosen::query;
use crate::portal::download::{read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::SignedIn;

/// Lines on a page.
const LINES: usize = 25;

/// What is looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    /// The end of this day; now, where it is empty.
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    before: Leaf<i64>,
}

#[derive(Template)]
#[template(path = "passbook.html")]
struct Page<'a> {
    frame: &'a Frame,
    account: &'a Account,
    bars: Vec<Bar>,
    lines: &'a [PassbookLine],
    pager: Pager,
    wish: &'a Wish,
    today: NaiveDate,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn kinds(&self) -> &'static [MovementKind] {
        MovementKind::ALL
    }

    fn is_asked(&self, kind: &MovementKind) -> bool {
        self.wish.kind == kind.as_str()
    }

    fn called(&self, kind: &MovementKind) -> &'static str {
        kind.called(self.frame.language)
    }

    /// Whether it makes what is available more or less; it may do neither.
    fn sign(&self, line: &PassbookLine) -> &'static str {
        let movement = &line.movement;
        match (movement.source, movement.target) {
            (_, Side::Available) => "+",
            (Side::Available, _) => "\u{2212}",
            _ => "",
        }
    }

    fn category(&self, category: &str) -> Cow<'static, str> {
        category_name(self.frame, category)
    }
}

/// What people call a category of credit.
pub(super) fn category_name(frame: &Frame, category: &str) -> Cow<'static, str> {
    match AchievementKind::parse(category) {
        Some(kind) => Cow::Borrowed(kind.called(frame.language)),
        None => Cow::Owned(category.to_owned()),
    }
}

fn picture(frame: &Frame, balances: &[Balance]) -> Vec<Bar> {
    let rows = balances.iter().map(|balance| Row {
        label: match balance.level {
            Some(level) => frame
                .t2(
                    "passbook-category-level",
                    ("category", category_name(frame, &balance.category).into_owned()),
                    ("level", i64::from(level)),
                )
                .into_owned(),
            None => category_name(frame, &balance.category).into_owned(),
        },
        said: frame
            .t2(
                "passbook-of",
                ("available", balance.available.to_string()),
                ("granted", balance.granted.to_string()),
            )
            .into_owned(),
        parts: vec![
            ("available", balance.available),
            ("held", balance.held),
            ("redeemed", balance.redeemed),
            ("expired", balance.expired),
            ("reversed", balance.reversed),
        ],
    });
    bars(rows.collect())
}

/// The filter that is wished for, and the day.
fn filter_of(wish: &Wish) -> Result<PassbookFilter, Refusal> {
    let mut typed = Typed::default();
    let as_of = typed.day("/as_of", &wish.as_of);
    typed.check()?;
    Ok(PassbookFilter {
        as_of,
        kind: kind_in(&wish.kind)?,
    })
}

/// The balances, and a line more than a page has.
async fn looked(web: &Web, context: Context, filter: PassbookFilter, before: Leaf<i64>) -> Result<(Account, Vec<PassbookLine>), Refusal> {
    let days = AsOf {
        as_of: filter.as_of,
        effective_on: None,
    };
    web.run(move |bank| {
        let account = read_account(bank, &context, Whose::Own, &days)?;
        Ok((account, list_passbook(bank, &context, filter, before, count(LINES + 1))?))
    })
    .await
}

/// Shows the passbook.
#[get("/passbook")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let wish = wish.0;
    let (mut asked, mut before) = (query(&[("as_of", &wish.as_of), ("kind", &wish.kind)]), wish.before);
    let found = match filter_of(&wish) {
        Ok(filter) => looked(&web, context, filter, before).await,
        Err(refusal) => Err(refusal),
    };
    let (status, refused, (account, mut lines)) = match found {
        Ok(found) => (StatusCode::OK, None, found),
        Err(refusal) => {
            let (status, refused) = refused(refusal, frame.language)?;
            // Below the refusal stands the passbook as it is now.
            (asked, before) = (String::new(), Leaf::default());
            let found = looked(&web, context, PassbookFilter::default(), before).await?;
            (status, Some(refused), found)
        }
    };
    let pager = Pager::cut(
        frame.language,
        (&format!("/passbook?{asked}"), "before"),
        &before,
        &mut lines,
        LINES,
        |one| one.movement.sequence,
    );
    let shown = Page {
        frame: &frame,
        bars: picture(&frame, &account.balances),
        account: &account,
        pager,
        lines: &lines,
        wish: &wish,
        today: web.bank.day(context.now),
        refused,
    };
    page(status, &shown)
}

fn count(lines: usize) -> i64 {
    i64::try_from(lines).unwrap_or(i64::MAX)
}

/// Sends the movements that are looked at as a table for spreadsheets.
#[get("/passbook.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let filter = filter_of(&wish.0)?;
    let lines = web
        .run(move |bank| {
            read_all(
                |before, limit| list_passbook(bank, &context, filter, before, limit),
                |line| line.movement.sequence,
            )
        })
        .await?;
    let columns = [
        "passbook-column-number",
        "passbook-column-date",
        "passbook-column-kind",
        "passbook-column-outcome",
        "passbook-column-institution",
        "passbook-column-category",
        "passbook-column-amount",
        "passbook-column-after",
    ];
    let rows = lines.iter().map(|line| {
        let movement = &line.movement;
        let (achievement, institution) = match &line.outcome {
            Some(outcome) => (outcome.achievement.text(frame.language), outcome.institution.as_str()),
            None => ("", ""),
        };
        [
            movement.sequence.to_string(),
            movement.effective_on.to_string(),
            movement.kind.called(frame.language).to_owned(),
            achievement.to_owned(),
            institution.to_owned(),
            category_name(&frame, &line.category).into_owned(),
            movement.amount.to_string(),
            movement.available_after.to_string(),
        ]
    });
    Ok(table(&frame, "nav-passbook", columns, rows))
}
