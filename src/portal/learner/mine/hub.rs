//! The hub of what is one's own: every page of it with a line of what is there.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::notifications::list_notifications;
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::visit::SignedIn;

/// Where a page is, what it is called, and what is there.
type Line = (&'static str, &'static str, &'static str);

/// About oneself and who knows of it.
const PERSON: [Line; 5] = [
    ("/notifications", "notifications-title", "mine-notifications-about"),
    ("/profile", "profile-title", "mine-profile-about"),
    ("/profile/looks", "looks-title", "mine-looks-about"),
    ("/consents", "consents-title", "mine-consents-about"),
    ("/security", "nav-security", "mine-security-about"),
];

/// What one shows to others.
const SHOWN: [Line; 5] = [
    ("/views", "mine-views", "mine-views-about"),
    ("/shares", "mine-shares", "mine-shares-about"),
    ("/statements", "mine-statements", "mine-statements-about"),
    ("/credentials", "mine-credentials", "mine-credentials-about"),
    ("/archive", "archive-title", "mine-archive-about"),
];

/// What is under way.
const UNDER_WAY: [Line; 4] = [
    ("/plan", "mine-kept", "mine-kept-about"),
    ("/claims/disputes", "mine-disputes", "mine-disputes-about"),
    ("/claims/evidence", "mine-evidence", "mine-evidence-about"),
    ("/notices/mine", "notices-mine", "mine-objections-about"),
];

/// What somebody without a learning account has.
const WITHOUT_ACCOUNT: [Line; 3] = [
    ("/profile", "profile-title", "mine-profile-about"),
    ("/security", "nav-security", "mine-security-about"),
    ("/notices/mine", "notices-mine", "mine-objections-about"),
];

/// Some pages under a heading.
struct Group {
    title: &'static str,
    lines: &'static [Line],
}

#[derive(Template)]
#[template(path = "learner/me.html")]
struct Page<'a> {
    frame: &'a Frame,
    groups: &'a [Group],
    unread: i64,
}

/// Shows the hub.
#[get("/me")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (groups, unread): (&[Group], i64) = if frame.is_learner() {
        let language = frame.language;
        let unread = web
            .run(move |bank| Ok(list_notifications(bank, &context, true, None, 1, language)?.unread))
            .await?;
        (
            &[
                Group {
                    title: "mine-person",
                    lines: &PERSON,
                },
                Group {
                    title: "mine-shown",
                    lines: &SHOWN,
                },
                Group {
                    title: "mine-under-way",
                    lines: &UNDER_WAY,
                },
            ],
            unread,
        )
    } else {
        (
            &[Group {
                title: "mine-person",
                lines: &WITHOUT_ACCOUNT,
            }],
            0,
        )
    };
    let shown = Page {
        frame: &frame,
        groups,
        unread,
    };
    page(StatusCode::OK, &shown)
}
