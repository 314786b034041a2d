//! How the bank is: whether its stores answer, and what waits in its queues.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use super::around::Office;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::health::{Health, QueueState, read_health};
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::visit::SignedIn;

/// After how long a queue that does not move is worth a look.
const SLOW: TimeDelta = TimeDelta::minutes(10);

#[derive(Template)]
#[template(path = "office/health.html")]
struct Page<'a> {
    frame: &'a Frame,
    office: &'a Office,
    health: &'a Health,
    now: DateTime<Utc>,
}

impl Page<'_> {
    fn is_slow(&self, queue: &QueueState) -> bool {
        queue.oldest.is_some_and(|oldest| self.now - oldest > SLOW)
    }

    /// Whether nothing is worth a look.
    fn is_well(&self) -> bool {
        let health = self.health;
        let stands = health.queues.iter().any(|queue| self.is_slow(queue));
        !stands && health.dead_letters == 0 && health.disabled_webhooks == 0 && health.evidence_milliseconds.is_some()
    }

    fn milliseconds(&self, milliseconds: &u128) -> String {
        let known = i64::try_from(*milliseconds).unwrap_or(i64::MAX);
        self.frame.t1("office-health-answers", "milliseconds", known).into_owned()
    }

    fn pool(&self) -> String {
        let (open, idle) = (self.health.connections_open, self.health.connections_idle);
        self.frame.t2("office-health-pool", ("open", open), ("idle", idle)).into_owned()
    }
}

/// Shows how it is.
#[get("/office/health")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let context = visit.context;
    let health = web.run(move |bank| read_health(bank, &context)).await?;
    let shown = Page {
        frame: &visit.frame,
        office: &office,
        health: &health,
        now: context.now,
    };
    page(StatusCode::OK, &shown)
}
