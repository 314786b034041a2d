//! One webhook: what it is told, whether it runs, and the log of what it was sent.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use super::clients::{OVERLAP_HOURS, overlap};
use super::webhooks::{Group, Pairs, about, form_of, groups, secret};
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::domain::webhook::{DeliveryStatus, WebhookStatus};
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::webhooks::deliveries::{Delivery, list_deliveries, replay_delivery, test_webhook};
use crate::ops::webhooks::form::WebhookForm;
use crate::ops::webhooks::{Webhook, edit_webhook, pause_webhook, read_webhook, remove_webhook, resume_webhook, rotate_webhook_secret};
use crate::portal::answer::{Refused, page, refused_form, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// Deliveries on a page.
const DELIVERIES: usize = 30;

/// Which part of the log, and what was done just before.
#[derive(Default, Deserialize)]
pub(super) struct Look {
    #[serde(default)]
    status: String,
    #[serde(default)]
    before: Leaf,
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "school/webhook.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    webhook: &'a Webhook,
    deliveries: &'a [Delivery],
    look: &'a Look,
    pager: Pager,
    filled: &'a WebhookForm,
    /// The edition that the form changes.
    edition: i64,
    /// For how many hours the present secret stays good beside another.
    overlap_hours: &'a str,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn may_manage(&self) -> bool {
        self.desk.may(Action::ManageWebhooks)
    }

    fn runs(&self) -> bool {
        self.webhook.status == WebhookStatus::Active
    }

    fn groups(&self) -> Vec<Group> {
        groups(&self.filled.event_types)
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.filled.event_types.iter().any(|wanted| wanted == name)
    }

    fn statuses(&self) -> &'static [DeliveryStatus] {
        DeliveryStatus::ALL
    }

    fn is_status(&self, status: &DeliveryStatus) -> bool {
        self.look.status == status.as_str()
    }

    fn about<'b>(&self, delivery: &'b Delivery) -> &'b str {
        about(&delivery.event_type)
    }

    fn may_replay(&self, delivery: &Delivery) -> bool {
        delivery.status != DeliveryStatus::Pending && self.runs() && self.may_manage()
    }
}

/// What was typed in one of the forms, where it was refused.
#[derive(Default)]
struct Kept<'a> {
    edited: Option<Edited<'a>>,
    overlap_hours: Option<&'a str>,
}

/// The form of an edit, with the edition that it changes.
struct Edited<'a> {
    form: &'a WebhookForm,
    edition: i64,
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    (institution_id, webhook_id): (Uuid, Uuid),
    (look, kept): (&Look, Kept<'_>),
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let (context, wanted, before) = (visit.context, DeliveryStatus::parse(&look.status), look.before);
    let limit = i64::try_from(DELIVERIES + 1).unwrap_or(i64::MAX);
    let (webhook, mut deliveries) = web
        .run(move |bank| {
            let webhook = read_webhook(bank, &context, institution_id, webhook_id)?;
            let deliveries = list_deliveries(bank, &context, (institution_id, webhook_id), wanted, before, limit)?;
            Ok((webhook, deliveries))
        })
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (
            &format!(
                "/desk/{institution_id}/webhooks/{webhook_id}?{}",
                query(&[("status", &look.status)])
            ),
            "before",
        ),
        &before,
        &mut deliveries,
        DELIVERIES,
        |one| one.delivery_id,
    );
    let present = WebhookForm {
        url: webhook.url.clone(),
        description: webhook.description.clone(),
        event_types: webhook.event_types.clone(),
    };
    let edited = kept.edited.unwrap_or(Edited {
        form: &present,
        edition: webhook.edition,
    });
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        webhook: &webhook,
        pager,
        deliveries: &deliveries,
        look,
        filled: edited.form,
        edition: edited.edition,
        overlap_hours: kept.overlap_hours.unwrap_or(OVERLAP_HOURS),
        refused,
        done: match look.done.as_str() {
            "edited" => Some("webhooks-done-edited"),
            "paused" => Some("webhooks-done-paused"),
            "resumed" => Some("webhooks-done-resumed"),
            "tested" => Some("webhooks-done-tested"),
            "replayed" => Some("webhooks-done-replayed"),
            _ => None,
        },
    };
    page(status, &shown)
}

/// Shows it.
#[get("/desk/{institution_id}/webhooks/{webhook_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, webhook: Id<1>, look: Query<Look>) -> Result<HttpResponse, Refusal> {
    answer(&web, &visit, (id.0, webhook.0), (&look.0, Kept::default()), (StatusCode::OK, None)).await
}

/// Sends the log as a table for spreadsheets; what a receiver answered in its body stays on the page.
#[get("/desk/{institution_id}/webhooks/{webhook_id}/deliveries.csv")]
pub(super) async fn download(
    web: web::Data<Web>,
    visit: SignedIn,
    id: Id,
    webhook: Id<1>,
    look: Query<Look>,
) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let wanted = DeliveryStatus::parse(&look.0.status);
    let deliveries = web
        .run(move |bank| {
            read_all(
                |before, limit| list_deliveries(bank, &context, (id.0, webhook.0), wanted, before, limit),
                |delivery| delivery.delivery_id,
            )
        })
        .await?;
    let columns = [
        "column-event",
        "column-status",
        "column-created",
        "column-attempts",
        "column-last-attempt",
        "column-next-attempt",
        "column-http-status",
        "column-failure",
        "column-milliseconds",
        "column-id",
    ];
    let rows = deliveries.iter().map(|delivery| {
        [
            delivery.event_type.clone(),
            frame.word("webhooks-delivery", delivery.status.as_str()).into_owned(),
            frame.plain_moment(&delivery.created_at),
            delivery.attempts.to_string(),
            frame.plain_moment_if(delivery.last_attempt_at.as_ref()),
            frame.plain_moment_if(delivery.next_attempt_at.as_ref()),
            cell(delivery.response_status),
            cell(delivery.failure.as_ref().map(|failure| frame.word("webhooks-failure", failure))),
            cell(delivery.duration_ms),
            delivery.delivery_id.to_string(),
        ]
    });
    Ok(table(&frame, "webhooks-log", columns, rows))
}

/// Leads to the page again, or shows it with the reason why nothing was done.
async fn after<T>(
    web: &Web,
    visit: &SignedIn,
    place: (Uuid, Uuid),
    kept: Kept<'_>,
    outcome: Result<T, Refusal>,
    done: &str,
) -> Result<HttpResponse, Refusal> {
    match outcome {
        Ok(_) => Ok(see_other(&format!("/desk/{}/webhooks/{}?done={done}", place.0, place.1))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            answer(web, visit, place, (&Look::default(), kept), (status, Some(refused))).await
        }
    }
}

/// Edits it; the edition that was read is among the fields.
#[post("/desk/{institution_id}/webhooks/{webhook_id}")]
pub(super) async fn edit(web: web::Data<Web>, id: Id, webhook: Id<1>, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (filled, place) = (form_of(&posted.form), (id.0, webhook.0));
    let edition = posted.form.iter().find(|(key, _)| key == "edition");
    let edition = edition.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let (context, form) = (visit.context, filled.clone());
    let edited = web
        .run(move |bank| edit_webhook(bank, &context, place.0, place.1, edition, &form))
        .await;
    let kept = Kept {
        edited: Some(Edited { form: &filled, edition }),
        ..Kept::default()
    };
    after(&web, &visit, place, kept, edited, "edited").await
}

/// Pauses it.
#[post("/desk/{institution_id}/webhooks/{webhook_id}/pause")]
pub(super) async fn pause(web: web::Data<Web>, id: Id, webhook: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, place) = (visit.context, (id.0, webhook.0));
    let paused = web.run(move |bank| pause_webhook(bank, &context, place.0, place.1)).await;
    after(&web, &visit, place, Kept::default(), paused, "paused").await
}

/// Lets it run again.
#[post("/desk/{institution_id}/webhooks/{webhook_id}/resume")]
pub(super) async fn resume(web: web::Data<Web>, id: Id, webhook: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, place) = (visit.context, (id.0, webhook.0));
    let resumed = web.run(move |bank| resume_webhook(bank, &context, place.0, place.1)).await;
    after(&web, &visit, place, Kept::default(), resumed, "resumed").await
}

/// Sends it something to try it by.
#[post("/desk/{institution_id}/webhooks/{webhook_id}/test")]
pub(super) async fn test(web: web::Data<Web>, id: Id, webhook: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, place) = (visit.context, (id.0, webhook.0));
    let tested = web
        .run(move |bank| test_webhook(bank, &context, once.as_deref(), place.0, place.1))
        .await;
    after(&web, &visit, place, Kept::default(), tested, "tested").await
}

/// How long the present secret stays good.
#[derive(Deserialize)]
pub(super) struct Rotated {
    #[serde(default)]
    overlap_hours: String,
}

/// Gives it another secret, and shows it, this once.
#[post("/desk/{institution_id}/webhooks/{webhook_id}/rotate")]
pub(super) async fn rotate(web: web::Data<Web>, id: Id, webhook: Id<1>, posted: Posted<Rotated>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, place) = (visit.context, (id.0, webhook.0));
    let rotated = match overlap(&posted.form.overlap_hours) {
        Ok(rotation) => {
            web.run(move |bank| rotate_webhook_secret(bank, &context, place.0, place.1, rotation))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match rotated {
        Ok(issued) => secret(&web, &visit, place.0, &issued).await,
        Err(refusal) => {
            let kept = Kept {
                overlap_hours: Some(&posted.form.overlap_hours),
                ..Kept::default()
            };
            after(&web, &visit, place, kept, Err::<(), _>(refusal), "").await
        }
    }
}

/// Removes it, with its log.
#[post("/desk/{institution_id}/webhooks/{webhook_id}/remove")]
pub(super) async fn remove(web: web::Data<Web>, id: Id, webhook: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, place) = (visit.context, (id.0, webhook.0));
    match web.run(move |bank| remove_webhook(bank, &context, place.0, place.1)).await {
        Ok(()) => Ok(see_other(&format!("/desk/{}/webhooks?done=removed", place.0))),
        Err(refusal) => after(&web, &visit, place, Kept::default(), Err::<(), _>(refusal), "").await,
    }
}

/// Which delivery.
#[derive(Deserialize)]
pub(super) struct Again {
    #[serde(default)]
    delivery_id: String,
}

/// Delivers something again.
#[post("/desk/{institution_id}/webhooks/{webhook_id}/replay")]
pub(super) async fn replay(web: web::Data<Web>, id: Id, webhook: Id<1>, posted: Posted<Again>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, place) = (visit.context, (id.0, webhook.0));
    // The page names it, so what is none is none of the page.
    let delivery_id = Uuid::try_parse(&form.delivery_id).map_err(|_| Rejection::NotFound {})?;
    let replayed = web
        .run(move |bank| replay_delivery(bank, &context, once.as_deref(), place, delivery_id))
        .await;
    after(&web, &visit, place, Kept::default(), replayed, "replayed").await
}
