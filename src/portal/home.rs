//! The first page: what the bank is, and for a learner what needs an answer, what is ready to use, what expires, and what is new.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::answer::page;
use super::frame::Frame;
use super::visit::Visit;
use crate::domain::claim::{ClaimFilter, ClaimStatus};
use crate::domain::correction::request::RequestState;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::access::Whose;
use crate::ops::claims::reading::list_own_claims;
use crate::ops::claims::view::ClaimSummary;
use crate::ops::corrections::requests::RequestSummary;
use crate::ops::corrections::requests::own::list_own_correction_requests;
use crate::ops::notifications::{Notifications, list_notifications};
use crate::ops::records::{Account, AsOf, read_account};

/// How many of the newest notifications are shown.
const NEWS: i64 = 5;

/// How many claims that wait for their learner are shown, and among how many of the newest disputes those that were refused are looked for.
const WAITING: i64 = 20;

#[derive(Template)]
#[template(path = "home_public.html")]
struct PublicPage<'a> {
    frame: &'a Frame,
}

#[derive(Template)]
#[template(path = "home_learner.html")]
struct LearnerPage<'a> {
    frame: &'a Frame,
    account: &'a Account,
    news: &'a Notifications,
    /// Claims for which something was asked.
    claims: &'a [ClaimSummary],
    /// Refused disputes against which there still is a complaint.
    disputes: &'a [RequestSummary],
}

impl LearnerPage<'_> {
    /// What a claim is about.
    fn subject<'b>(&self, claim: &'b ClaimSummary) -> &'b str {
        let name = claim.programme_name.as_ref().or(claim.achievement_name.as_ref());
        name.map_or("", |name| name.text(self.frame.language))
    }

    fn needs_nothing(&self) -> bool {
        self.claims.is_empty() && self.disputes.is_empty() && self.news.unread == 0
    }
}

#[derive(Template)]
#[template(path = "home_member.html")]
struct MemberPage<'a> {
    frame: &'a Frame,
    lacks_second_factor: bool,
}

/// Shows the first page for whoever visits.
#[get("/")]
pub(super) async fn show(web: web::Data<Web>, visit: Visit) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let Some(visitor) = &frame.visitor else {
        return page(StatusCode::OK, &PublicPage { frame: &frame });
    };
    if visitor.actor.learner_id().is_none() {
        let shown = MemberPage {
            frame: &frame,
            lacks_second_factor: visitor.lacks_second_factor,
        };
        return page(StatusCode::OK, &shown);
    }
    let language = frame.language;
    let today = web.bank.day(context.now);
    let (account, news, claims, mut disputes) = web
        .run(move |bank| {
            let account = read_account(bank, &context, Whose::Own, &AsOf::default())?;
            let news = list_notifications(bank, &context, false, None, NEWS, language)?;
            let asked = ClaimFilter {
                status: Some(ClaimStatus::InformationAsked),
                ..ClaimFilter::default()
            };
            let claims = list_own_claims(bank, &context, &asked, None, WAITING)?;
            let disputes = list_own_correction_requests(bank, &context, None, WAITING)?;
            Ok((account, news, claims, disputes))
        })
        .await?;
    disputes.retain(|dispute| dispute.state == RequestState::Refused && dispute.complaint_until.is_some_and(|last| today <= last));
    let shown = LearnerPage {
        frame: &frame,
        account: &account,
        news: &news,
        claims: &claims,
        disputes: &disputes,
    };
    page(StatusCode::OK, &shown)
}
