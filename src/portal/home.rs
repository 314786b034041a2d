//! The first page: what the bank is, and for a learner what is ready to use, what expires, and what is new.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::answer::page;
use super::frame::Frame;
use super::visit::Visit;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::access::Whose;
use crate::ops::notifications::{Notifications, list_notifications};
use crate::ops::records::{Account, AsOf, read_account};

/// How many of the newest notifications are shown.
const NEWS: i64 = 5;

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
    let (account, news) = web
        .run(move |bank| {
            let account = read_account(bank, &context, Whose::Own, &AsOf::default())?;
            Ok((account, list_notifications(bank, &context, false, None, NEWS, language)?))
        })
        .await?;
    let shown = LearnerPage {
        frame: &frame,
        account: &account,
        news: &news,
    };
    page(StatusCode::OK, &shown)
}
