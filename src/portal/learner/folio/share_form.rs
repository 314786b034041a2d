//! Making a link to a view.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use super::parts::given;
use crate::domain::portfolio::share::{DAYS_MAX, LOOKS_AT_FIRST, LOOKS_MAX};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::shares::{NewShare, create_share};
use crate::ops::views::{View, list_views};
use crate::portal::answer::{Refused, page, refused_form, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Posted, SignedIn};

/// For how many days a link is good where nobody says.
const DAYS_AT_FIRST: u64 = 30;

/// To which view the link is to lead.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    view: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    view_id: String,
    /// The last day on which it opens.
    expires_at: String,
    looks_max: String,
    pin: String,
    recipient: String,
}

#[derive(Template)]
#[template(path = "learner/share_form.html")]
struct Page<'a> {
    frame: &'a Frame,
    views: &'a [View],
    typed: &'a Typed,
    /// The first and the last day that can be chosen.
    days: (NaiveDate, NaiveDate),
    refused: Option<Refused>,
}

impl Page<'_> {
    fn is_chosen(&self, view: &View) -> bool {
        self.typed.view_id == view.view_id.to_string()
    }

    fn looks_max(&self) -> i64 {
        LOOKS_MAX
    }
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

async fn form_page(
    web: &Web,
    visit: &SignedIn,
    typed: &Typed,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let views = web.run(move |bank| list_views(bank, &context)).await?;
    let today = web.bank.day(context.now);
    // Until its end: that of the last day allowed would be beyond.
    let days_max = u64::try_from(DAYS_MAX - 1).unwrap_or_default();
    let shown = Page {
        frame: &visit.frame,
        views: &views,
        typed,
        days: (today, later(today, days_max)),
        refused,
    };
    page(status, &shown)
}

/// Shows the form.
#[get("/shares/new")]
pub(super) async fn show_new(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let today = web.bank.day(visit.context.now);
    let typed = Typed {
        view_id: wish.0.view,
        expires_at: later(today, DAYS_AT_FIRST).to_string(),
        looks_max: LOOKS_AT_FIRST.to_string(),
        ..Typed::default()
    };
    form_page(&web, &visit, &typed, (StatusCode::OK, None)).await
}

/// The link that is asked for.
///
/// # Errors
/// `InvalidBody` for what cannot be one.
fn new_share(web: &Web, typed: &Typed) -> Result<NewShare, Rejection> {
    let view_id = Uuid::try_parse(&typed.view_id).ok();
    let day: Option<NaiveDate> = typed.expires_at.parse().ok();
    let expires_at = day.and_then(|day| web.bank.end_of_day(day));
    let looks_max = typed.looks_max.trim().parse::<i64>().ok();
    if let (Some(view_id), Some(expires_at), Some(looks_max)) = (view_id, expires_at, looks_max) {
        return Ok(NewShare {
            view_id,
            expires_at,
            looks_max,
            pin: given(&typed.pin),
            recipient: given(&typed.recipient),
        });
    }
    let problems = [
        (view_id.is_none(), "/view_id", "must be given"),
        (
            expires_at.is_none(),
            "/expires_at",
            "must be later than now, and at most 366 days later",
        ),
        (looks_max.is_none(), "/looks_max", "must be 1 to 1000"),
    ];
    Err(Rejection::InvalidBody {
        problems: problems
            .into_iter()
            .filter(|(wrong, ..)| *wrong)
            .map(|(_, pointer, detail)| FieldProblem::new(pointer, detail))
            .collect(),
    })
}

/// Makes a link.
#[post("/shares/new")]
pub(super) async fn create(web: web::Data<Web>, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let context = visit.context;
    let made = match new_share(&web, &form) {
        Ok(new) => web.run(move |bank| create_share(bank, &context, once.as_deref(), &new)).await,
        Err(rejection) => Err(rejection.into()),
    };
    match made {
        Ok(share) => Ok(see_other(&format!("/shares/{}?done=created", share.share_id))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            form_page(&web, &visit, &form, (status, Some(refused))).await
        }
    }
}
