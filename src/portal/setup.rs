//! The page of the one-time set-up link, where the first administrator is made.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::answer::{Refused, page, refused};
use super::frame::Frame;
use crate::http::extract::{Form, Query, anonymous};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::sessions::NewUser;
use crate::ops::setup::set_up;

#[derive(Template)]
#[template(path = "setup.html")]
struct Page<'a> {
    frame: &'a Frame,
    filled: &'a Filled,
    refused: Option<Refused>,
    done: bool,
}

/// The link's secret.
#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// The form as filled in.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filled {
    setup_token: String,
    username: String,
    display_name: String,
    password: String,
}

/// Shows the form.
#[get("/setup")]
pub(super) async fn show(web: web::Data<Web>, request: HttpRequest, link: Query<Link>) -> Result<HttpResponse, Refusal> {
    let filled = Filled {
        setup_token: link.0.token,
        ..Filled::default()
    };
    let shown = Page {
        frame: &Frame::new(&web, &request, None),
        filled: &filled,
        refused: None,
        done: false,
    };
    page(StatusCode::OK, &shown)
}

/// Makes the administrator, or says beside the form why not.
#[post("/setup")]
pub(super) async fn submit(web: web::Data<Web>, request: HttpRequest, form: Form<Filled>) -> Result<HttpResponse, Refusal> {
    let filled = form.0;
    let user = NewUser {
        username: filled.username.clone(),
        display_name: filled.display_name.clone(),
        password: filled.password.clone(),
    };
    let (context, token) = (anonymous(&request), filled.setup_token.clone());
    let made = match web.attempt(&request, "") {
        Ok(()) => web.run(move |bank| set_up(bank, &context, &token, &user)).await,
        Err(rejection) => Err(rejection.into()),
    };
    let frame = Frame::new(&web, &request, None);
    let (status, refused) = match made {
        Ok(_) => (StatusCode::CREATED, None),
        Err(refusal) => {
            let (status, refused) = refused(refusal, frame.language)?;
            (status, Some(refused))
        }
    };
    let shown = Page {
        frame: &frame,
        filled: &filled,
        done: refused.is_none(),
        refused,
    };
    page(status, &shown)
}
