//! Requests to confirm entries of portfolios: listed, read, and answered.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::policy::Action;
use crate::domain::portfolio::confirmation::{ConfirmationAnswer, ConfirmationFilter, ConfirmationState};
use crate::domain::portfolio::entry::OwnText;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::portfolio::answers::{ConfirmationReply, answer_confirmation, list_confirmations, read_confirmation};
use crate::ops::portfolio::confirmations::{Confirmation, ConfirmationSummary};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Posted, SignedIn};

/// Requests on a page.
const REQUESTS: usize = 20;

/// Which of them.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    state: String,
    #[serde(default)]
    before: Leaf,
}

impl Wish {
    fn filter(&self, institution_id: Uuid) -> ConfirmationFilter {
        ConfirmationFilter {
            institution_id: Some(institution_id),
            state: ConfirmationState::parse(&self.state),
        }
    }
}

#[derive(Template)]
#[template(path = "school/confirmations.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    wish: &'a Wish,
    requests: &'a [ConfirmationSummary],
    pager: Pager,
}

impl ListPage<'_> {
    fn states(&self) -> &'static [ConfirmationState] {
        ConfirmationState::ALL
    }

    fn is_state(&self, state: &ConfirmationState) -> bool {
        self.wish.state == state.as_str()
    }

    fn text<'b>(&self, text: &'b OwnText) -> &'b str {
        text.text(self.frame.language)
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Answered {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "school/confirmation.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    request: &'a Confirmation,
    filled: &'a Answered,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn text<'b>(&self, text: &'b OwnText) -> &'b str {
        text.text(self.frame.language)
    }

    fn may_answer(&self) -> bool {
        self.request.summary.state == ConfirmationState::Requested && self.desk.may(Action::ReviewClaim)
    }

    fn may_revoke(&self) -> bool {
        self.request.summary.state == ConfirmationState::Confirmed && self.desk.may(Action::ReviewClaim)
    }

    fn declines(&self) -> bool {
        self.filled.answer == ConfirmationAnswer::Decline.as_str()
    }

    fn may_download(&self) -> bool {
        self.desk.may(Action::ReadEvidence)
    }
}

/// Lists them.
#[get("/desk/{institution_id}/confirmations")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let wish = wish.0;
    let (context, before) = (visit.context, wish.before);
    let filter = wish.filter(id.0);
    let limit = i64::try_from(REQUESTS + 1).unwrap_or(i64::MAX);
    let mut requests = web
        .run(move |bank| list_confirmations(bank, &context, &filter, before, limit))
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (
            &format!("/desk/{}/confirmations?{}", desk.institution_id, query(&[("state", &wish.state)])),
            "before",
        ),
        &before,
        &mut requests,
        REQUESTS,
        |one| one.confirmation_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        desk: &desk,
        pager,
        requests: &requests,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends them as a table for spreadsheets.
#[get("/desk/{institution_id}/confirmations.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter(id.0);
    let requests = web
        .run(move |bank| list_confirmations(bank, &context, &filter, None, ROWS_MAX))
        .await?;
    let columns = [
        "column-requested",
        "column-learner",
        "column-account",
        "corrections-state",
        "column-answered",
        "column-id",
    ];
    let rows = requests.iter().map(|request| {
        [
            frame.plain_moment(&request.requested_at),
            cell(request.learner.as_ref().map(|learner| &learner.name_masked)),
            cell(request.learner.as_ref().map(|learner| &learner.account_number)),
            frame.word("confirmations-state", request.state.as_str()).into_owned(),
            frame.plain_moment_if(request.answered_at.as_ref()),
            request.confirmation_id.to_string(),
        ]
    });
    Ok(table(&frame, "desk-nav-confirmations", columns, rows))
}

async fn show(
    web: &Web,
    visit: &SignedIn,
    (institution_id, confirmation_id): (Uuid, Uuid),
    filled: &Answered,
    (status, refused, done): (StatusCode, Option<Refused>, Option<&'static str>),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let context = visit.context;
    let request = web.run(move |bank| read_confirmation(bank, &context, confirmation_id)).await?;
    if request.summary.institution_id != institution_id {
        return Err(Rejection::NotFound {}.into());
    }
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        request: &request,
        filled,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows one, with the entry as it was.
#[get("/desk/{institution_id}/confirmations/{confirmation_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, request: Id<1>, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.0.done.as_str() {
        "confirmed" => Some("confirmations-done-confirmed"),
        "declined" => Some("confirmations-done-declined"),
        "revoked" => Some("confirmations-done-revoked"),
        _ => None,
    };
    show(&web, &visit, (id.0, request.0), &Answered::default(), (StatusCode::OK, None, done)).await
}

/// Answers it, or takes back what was confirmed.
#[post("/desk/{institution_id}/confirmations/{confirmation_id}/answer")]
pub(super) async fn answer(web: web::Data<Web>, id: Id, request: Id<1>, posted: Posted<Answered>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: filled } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, confirmation_id) = (visit.context, request.0);
    let reason = filled.reason.replace("\r\n", "\n").trim().to_owned();
    let answered = match ConfirmationAnswer::parse(&filled.answer) {
        Some(answer) => {
            let reply = ConfirmationReply {
                answer,
                // Typed before it was thought better of.
                reason: (answer != ConfirmationAnswer::Confirm).then_some(reason),
            };
            web.run(move |bank| answer_confirmation(bank, &context, once.as_deref(), confirmation_id, &reply))
                .await
        }
        None => Err(Rejection::field("/answer", "is required").into()),
    };
    match answered {
        Ok(request) => Ok(see_other(&format!(
            "/desk/{}/confirmations/{confirmation_id}?done={}",
            id.0, request.summary.state
        ))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            show(&web, &visit, (id.0, confirmation_id), &filled, (status, Some(refused), None)).await
        }
    }
}
