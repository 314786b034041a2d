//! Webhooks: where the institution's systems are told of events. Listed and made; the secret is shown once.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::event::published;
use crate::domain::policy::Action;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::webhooks::form::WebhookForm;
use crate::ops::webhooks::{IssuedWebhook, Webhook, create_webhook, list_webhooks};
use crate::portal::answer::{Refused, page, refused_form};
use crate::portal::download::table;
use crate::portal::frame::Frame;
use crate::portal::visit::{Done, Posted, SignedIn};

/// More than an institution has.
const WEBHOOKS_MAX: i64 = 100;

/// Fields of a form of which some come several times.
pub(super) type Pairs = Vec<(String, String)>;

/// What an institution is told of, what it has most to do with first. What is not named here is the bank's own, and comes last.
const ORDER: [&str; 25] = [
    "outcome",
    "import",
    "learner",
    "identity_mismatch",
    "claim_code",
    "claim",
    "correction",
    "correction_request",
    "case",
    "entry_confirmation",
    "evidence_file",
    "worth",
    "lot",
    "credential",
    "statement",
    "achievement",
    "certificate_pattern",
    "programme",
    "rule_pack",
    "simulation",
    "agreement",
    "pathway",
    "member",
    "api_client",
    "webhook",
];

/// Types of events about one thing.
pub(super) struct Group {
    /// What they are about.
    pub(super) about: &'static str,
    pub(super) names: Vec<&'static str>,
    /// Whether one of them is chosen.
    pub(super) is_open: bool,
}

/// What events of a type are about.
pub(super) fn about(event_type: &str) -> &str {
    event_type.split('.').next().unwrap_or_default()
}

/// The types of events by what they are about.
pub(super) fn groups(chosen: &[String]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for known in published() {
        let about = about(known.name);
        let is_chosen = chosen.iter().any(|name| name == known.name);
        match groups.iter_mut().find(|group| group.about == about) {
            Some(group) => {
                group.names.push(known.name);
                group.is_open |= is_chosen;
            }
            None => groups.push(Group {
                about,
                names: vec![known.name],
                is_open: is_chosen,
            }),
        }
    }
    groups.sort_by_key(|group| ORDER.iter().position(|about| *about == group.about).unwrap_or(ORDER.len()));
    groups
}

/// The form as filled in.
pub(super) fn form_of(pairs: &[(String, String)]) -> WebhookForm {
    let value = |name: &str| {
        let found = pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let types = pairs.iter().filter(|(key, _)| key == "event_types");
    WebhookForm {
        url: value("url"),
        description: value("description"),
        event_types: types.map(|(_, value)| value.clone()).collect(),
    }
}

#[derive(Template)]
#[template(path = "school/webhooks.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    webhooks: &'a [Webhook],
    filled: &'a WebhookForm,
    refused: Option<Refused>,
    is_done: bool,
}

impl Page<'_> {
    fn may_manage(&self) -> bool {
        self.desk.may(Action::ManageWebhooks)
    }

    fn groups(&self) -> Vec<Group> {
        groups(&self.filled.event_types)
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.filled.event_types.iter().any(|wanted| wanted == name)
    }
}

#[derive(Template)]
#[template(path = "school/webhook_secret.html")]
struct SecretPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    issued: &'a IssuedWebhook,
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    institution_id: Uuid,
    filled: &WebhookForm,
    (status, refused, is_done): (StatusCode, Option<Refused>, bool),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let context = visit.context;
    let webhooks = web
        .run(move |bank| list_webhooks(bank, &context, institution_id, None, WEBHOOKS_MAX))
        .await?;
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        webhooks: &webhooks,
        filled,
        refused,
        is_done,
    };
    page(status, &shown)
}

/// Sends them as a table for spreadsheets.
#[get("/desk/{institution_id}/webhooks.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let webhooks = web.run(move |bank| list_webhooks(bank, &context, id.0, None, WEBHOOKS_MAX)).await?;
    let rows = webhooks.iter().map(|webhook| {
        [
            webhook.description.clone(),
            webhook.url.clone(),
            frame.word("webhooks-status", webhook.status.as_str()).into_owned(),
            webhook.event_types.join(" "),
            frame.plain_moment_if(webhook.failing_since.as_ref()),
            frame.plain_moment(&webhook.created_at),
            webhook.webhook_id.to_string(),
        ]
    });
    let columns = [
        "column-description",
        "webhooks-url",
        "column-status",
        "column-event",
        "column-failing",
        "column-created",
        "column-id",
    ];
    Ok(table(&frame, "desk-nav-webhooks", columns, rows))
}

/// Shows a secret, this once.
///
/// # Errors
/// When the page cannot be made.
pub(super) async fn secret(web: &Web, visit: &SignedIn, institution_id: Uuid, issued: &IssuedWebhook) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let shown = SecretPage {
        frame: &visit.frame,
        desk: &desk,
        issued,
    };
    page(StatusCode::OK, &shown)
}

fn empty() -> WebhookForm {
    form_of(&[])
}

/// Lists them.
#[get("/desk/{institution_id}/webhooks")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    answer(&web, &visit, id.0, &empty(), (StatusCode::OK, None, done.0.done == "removed")).await
}

/// Makes one.
#[post("/desk/{institution_id}/webhooks")]
pub(super) async fn create(web: web::Data<Web>, id: Id, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: pairs } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let filled = form_of(&pairs);
    let (context, institution_id, form) = (visit.context, id.0, filled.clone());
    let made = web
        .run(move |bank| create_webhook(bank, &context, once.as_deref(), institution_id, &form))
        .await;
    match made {
        Ok(issued) => secret(&web, &visit, institution_id, &issued).await,
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            answer(&web, &visit, institution_id, &filled, (status, Some(refused), false)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_institution_has_most_to_do_with_comes_first() {
        let groups = groups(&["claim.submit_claim".to_owned()]);
        let about: Vec<&str> = groups.iter().map(|group| group.about).collect();
        assert_eq!(about[..3], ["outcome", "import", "learner"]);
        for own in ORDER {
            assert!(about.contains(&own), "nothing is told of {own}");
        }
        let open: Vec<&str> = groups.iter().filter(|group| group.is_open).map(|group| group.about).collect();
        assert_eq!(open, ["claim"]);
    }
}
