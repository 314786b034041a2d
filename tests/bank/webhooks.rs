//! Webhooks on both back ends: signed, in order, again where they fail, given up, replayed; the clock is given.

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};
use credit_bank::domain::rejection::Rejection;
use credit_bank::domain::webhook::{DeliveryStatus, WebhookStatus};
use credit_bank::ops::context::Context;
use credit_bank::ops::webhooks::courier::{Run, deliver_next};
use credit_bank::ops::webhooks::deliveries::{Delivery, ReplayPeriod, list_deliveries, replay_delivery, replay_webhook, test_webhook};
use credit_bank::ops::webhooks::{IssuedWebhook, Webhook, create_webhook, pause_webhook, read_webhook, remove_webhook, resume_webhook};
use credit_bank::outside::client::Client;
use credit_bank::outside::target::Reach;
use credit_bank::vault::signatures::sign;
use serde_json::json;
use uuid::Uuid;

use super::common::{World, on_both};
use super::events::{deposit, publish_all};
use super::packs::refused;
use super::receiver::{Received, Receiver};

/// A courier with a clock of its own.
pub(crate) struct Post<'a> {
    world: &'a World,
    client: Client,
    pub(crate) now: Cell<DateTime<Utc>>,
}

impl<'a> Post<'a> {
    pub(crate) fn of(world: &'a World) -> Self {
        Self::with(world, Reach::Anybody)
    }

    pub(crate) fn with(world: &'a World, reach: Reach) -> Self {
        Self {
            world,
            client: Client::new(reach).unwrap(),
            now: Cell::new(world.registrar.now),
        }
    }

    fn turn(&self) -> bool {
        let clock = || self.now.get();
        let run = Run {
            bank: &self.world.bank,
            client: &self.client,
            clock: &clock,
            stopped: &|| false,
        };
        deliver_next(&run).unwrap()
    }

    /// Publishes what was written, and delivers what is due.
    pub(crate) fn all(&self) {
        publish_all(self.world);
        while self.turn() {}
    }

    pub(crate) fn later(&self, by: TimeDelta) {
        self.now.set(self.now.get() + by);
    }

    fn at(&self, context: &Context) -> Context {
        Context {
            now: self.now.get(),
            ..*context
        }
    }
}

pub(crate) fn create(world: &World, url: &str, types: &[&str]) -> IssuedWebhook {
    let form = serde_json::from_value(json!({ "url": url, "event_types": types })).unwrap();
    publish_all(world);
    create_webhook(&world.bank, &world.registrar, None, world.institution_id, &form).unwrap()
}

fn log(world: &World, webhook: &Webhook) -> Vec<Delivery> {
    list_deliveries(
        &world.bank,
        &world.registrar,
        (world.institution_id, webhook.webhook_id),
        None,
        None,
        100,
    )
    .unwrap()
}

pub(crate) fn read(world: &World, webhook: &Webhook) -> Webhook {
    read_webhook(&world.bank, &world.registrar, world.institution_id, webhook.webhook_id).unwrap()
}

pub(crate) fn is_signed(received: &Received, secret: &str) -> bool {
    let timestamp = received.headers["webhook-timestamp"].parse().unwrap();
    let signature = sign(secret, received.id(), timestamp, &received.body).unwrap();
    received.headers["webhook-signature"].split(' ').any(|one| one == signature)
}

pub(crate) fn subjects(received: &[Received]) -> Vec<Uuid> {
    received
        .iter()
        .map(|one| serde_json::from_value(one.json()["data"]["subject_id"].clone()).unwrap())
        .collect()
}

pub(crate) const DEPOSITS: &[&str] = &["outcome.deposit_outcome"];

#[test]
fn what_happens_is_posted_once_in_order_and_signed() {
    on_both(|world| {
        let (receiver, post) = (Receiver::start(), Post::of(world));
        deposit(world, 1, 0);
        let issued = create(world, &receiver.url, DEPOSITS);
        assert!(issued.secret.starts_with("whsec_"));
        let outcomes: Vec<Uuid> = (1..=5).map(|number| deposit(world, number % 2, number)).collect();
        post.all();
        let received = receiver.take();
        assert_eq!(subjects(&received), outcomes, "what came before it was made is in the feed");
        assert!(received.iter().all(|one| is_signed(one, &issued.secret)));
        let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        assert!(!received.iter().any(|one| is_signed(one, other)));
        assert_eq!(received[0].json()["type"], "outcome.deposit_outcome");
        assert_eq!(received[0].headers["content-type"], "application/json");
        post.all();
        assert!(receiver.take().is_empty(), "nothing comes twice");
        let log = log(world, &issued.webhook);
        assert!(log.iter().all(|one| one.status == DeliveryStatus::Delivered && one.attempts == 1));
        assert_eq!(
            (log.len(), log[0].response_status, log[0].response_excerpt.as_deref()),
            (5, Some(204), Some(""))
        );
        assert_eq!(log[0].event_id.to_string(), received[4].id());
    });
}

#[test]
fn what_fails_is_tried_again_and_holds_up_its_own_learner_alone() {
    on_both(|world| {
        let (receiver, post) = (Receiver::start(), Post::of(world));
        let issued = create(world, &receiver.url, DEPOSITS);
        let first = deposit(world, 1, 1);
        let second = deposit(world, 1, 2);
        let other = deposit(world, 2, 3);
        receiver.answer(move |one| if subjects(std::slice::from_ref(one)) == [first] { 500 } else { 200 });
        post.all();
        assert_eq!(subjects(&receiver.take()), [first, other], "the second of the first learner waits");
        assert_eq!(read(world, &issued.webhook).failing_since, None, "something was delivered since");
        let waiting = log(world, &issued.webhook);
        let failed = waiting
            .iter()
            .find(|one| one.attempts == 1 && one.status == DeliveryStatus::Pending)
            .unwrap();
        assert_eq!(
            (failed.response_status, failed.response_excerpt.as_deref()),
            (Some(500), Some("hm"))
        );
        let next = failed.next_attempt_at.unwrap() - post.now.get();
        assert!(next >= TimeDelta::seconds(5) && next <= TimeDelta::seconds(10), "{next}");
        receiver.answer(|_| 200);
        post.later(TimeDelta::seconds(4));
        post.all();
        assert!(receiver.take().is_empty());
        post.later(TimeDelta::seconds(8));
        post.all();
        let again = receiver.take();
        assert_eq!(subjects(&again), [first, second]);
        assert!(again.iter().all(|one| is_signed(one, &issued.secret)));
        assert!(
            log(world, &issued.webhook)
                .iter()
                .all(|one| one.status == DeliveryStatus::Delivered)
        );
    });
}

#[test]
fn a_receiver_that_is_down_for_days_is_left_alone_then_paused_and_gets_everything_afterwards() {
    on_both(|world| {
        let (receiver, post) = (Receiver::start(), Post::of(world));
        let issued = create(world, &receiver.url, DEPOSITS);
        receiver.answer(|_| 503);
        let outcomes: Vec<Uuid> = (0..4).map(|number| deposit(world, number, number)).collect();
        post.all();
        assert_eq!(receiver.take().len(), 2, "it is not asked for each event");
        assert_eq!(read(world, &issued.webhook).failing_since, Some(post.now.get()));
        let mut tries = 0;
        // The last try of three days may come a day later, by chance.
        for _ in 0..(5 * 24 * 6) {
            post.later(TimeDelta::minutes(10));
            post.all();
            tries += receiver.take().len();
        }
        assert!((20..=150).contains(&tries), "{tries} tries until it is paused");
        let paused = read(world, &issued.webhook);
        assert_eq!(
            (paused.status, paused.status_reason.as_deref()),
            (WebhookStatus::Paused, Some("failing"))
        );
        receiver.answer(|_| 200);
        post.later(TimeDelta::days(1));
        post.all();
        assert!(receiver.take().is_empty(), "paused");
        let feed = credit_bank::ops::events::FeedQuery {
            institution_id: Some(world.institution_id),
            types: vec!["webhook.give_up_webhook".to_owned()],
            after: None,
        };
        let told = credit_bank::ops::events::list_events(&world.bank, &world.registrar, &feed, 10).unwrap();
        assert_eq!((told.items.len(), told.items[0].data.subject_id), (1, issued.webhook.webhook_id));
        let resumed = resume_webhook(
            &world.bank,
            &post.at(&world.registrar),
            world.institution_id,
            issued.webhook.webhook_id,
        )
        .unwrap();
        assert_eq!((resumed.status, resumed.failing_since), (WebhookStatus::Active, None));
        post.all();
        let mut came = subjects(&receiver.take());
        // What was given up meanwhile is replayed.
        let dead: Vec<Delivery> = log(world, &issued.webhook)
            .into_iter()
            .filter(|one| one.status == DeliveryStatus::Dead)
            .collect();
        for one in &dead {
            let place = (world.institution_id, issued.webhook.webhook_id);
            replay_delivery(&world.bank, &post.at(&world.registrar), None, place, one.delivery_id).unwrap();
        }
        post.all();
        let replayed = receiver.take();
        assert_eq!(replayed.len(), dead.len());
        came.extend(subjects(&replayed));
        came.sort_unstable();
        let mut expected = outcomes;
        expected.sort_unstable();
        assert_eq!(came, expected);
    });
}

#[test]
fn a_delivery_that_is_never_taken_is_given_up_and_can_be_replayed() {
    on_both(|world| {
        let (receiver, post) = (Receiver::start(), Post::of(world));
        let issued = create(world, &receiver.url, DEPOSITS);
        let poison = deposit(world, 1, 1);
        receiver.answer(move |one| {
            if subjects(std::slice::from_ref(one)) == [poison] {
                400
            } else {
                200
            }
        });
        let mut attempts = 0;
        for number in 0..110 {
            // Something else is delivered now and then, so that the webhook as a whole is well.
            deposit(world, number + 10, number + 10);
            post.later(TimeDelta::hours(1));
            post.all();
            let poisoned = receiver
                .take()
                .iter()
                .filter(|one| subjects(std::slice::from_ref(*one)) == [poison])
                .count();
            assert!(poisoned <= 6, "{poisoned} within an hour");
            attempts += poisoned;
        }
        let dead = list_deliveries(
            &world.bank,
            &world.registrar,
            (world.institution_id, issued.webhook.webhook_id),
            Some(DeliveryStatus::Dead),
            None,
            10,
        )
        .unwrap();
        assert_eq!((dead.len(), dead[0].next_attempt_at), (1, None));
        assert_eq!(dead[0].attempts, i64::try_from(attempts).unwrap());
        assert!((6..=15).contains(&attempts), "{attempts}");
        assert_eq!(read(world, &issued.webhook).status, WebhookStatus::Active);
        receiver.answer(|_| 200);
        let place = (world.institution_id, issued.webhook.webhook_id);
        let again = |key| replay_delivery(&world.bank, &post.at(&world.registrar), key, place, dead[0].delivery_id);
        let replayed = again(Some("once")).unwrap();
        assert_eq!(again(Some("once")).unwrap(), replayed);
        assert_eq!(
            refused(replay_delivery(&world.bank, &world.registrar, None, place, replayed.delivery_id)).code(),
            "wrong_state"
        );
        post.all();
        let came = receiver.take();
        assert_eq!(
            (subjects(&came), came[0].id()),
            (vec![poison], dead[0].event_id.to_string().as_str())
        );
    });
}

#[test]
fn a_period_is_replayed_with_the_same_ids_and_bytes() {
    on_both(|world| {
        let (receiver, post) = (Receiver::start(), Post::of(world));
        let issued = create(world, &receiver.url, DEPOSITS);
        for number in 0..3 {
            deposit(world, number, number);
        }
        post.all();
        let first = receiver.take();
        let place = (world.institution_id, issued.webhook.webhook_id);
        let replay = |from: i64, until: i64| {
            let period = ReplayPeriod {
                from: world.registrar.now + TimeDelta::minutes(from),
                until: world.registrar.now + TimeDelta::minutes(until),
            };
            replay_webhook(&world.bank, &world.registrar, None, place, period)
        };
        assert_eq!(replay(-10, 0).unwrap().deliveries, 0, "before the end of the period");
        assert_eq!(refused(replay(10, -10)).code(), "invalid_body");
        assert_eq!(replay(-10, 10).unwrap().deliveries, 3);
        post.all();
        let again = receiver.take();
        let said = |all: &[Received]| -> Vec<(String, String)> { all.iter().map(|one| (one.id().to_owned(), one.body.clone())).collect() };
        assert_eq!(said(&again), said(&first));
    });
}

#[test]
fn a_receiver_that_is_gone_disables_its_webhook_and_a_pause_holds_everything_back() {
    on_both(|world| {
        let (receiver, post) = (Receiver::start(), Post::of(world));
        let issued = create(world, &receiver.url, &[]);
        let id = issued.webhook.webhook_id;
        let place = (world.institution_id, id);
        let test = || test_webhook(&world.bank, &post.at(&world.registrar), None, world.institution_id, id);
        test().unwrap();
        post.all();
        let received = receiver.take();
        let tried = received.iter().find(|one| one.json()["type"] == "webhook.test").unwrap();
        assert!(is_signed(tried, &issued.secret));
        pause_webhook(&world.bank, &world.registrar, world.institution_id, id).unwrap();
        assert_eq!(
            refused(pause_webhook(&world.bank, &world.registrar, world.institution_id, id)).code(),
            "wrong_state"
        );
        assert_eq!(refused(test()).code(), "wrong_state");
        deposit(world, 1, 1);
        post.all();
        assert!(receiver.take().is_empty());
        resume_webhook(&world.bank, &world.registrar, world.institution_id, id).unwrap();
        post.all();
        assert!(!receiver.take().is_empty());
        receiver.answer(|_| 410);
        test().unwrap();
        post.all();
        let gone = read(world, &issued.webhook);
        assert_eq!(
            (gone.status, gone.status_reason.as_deref()),
            (WebhookStatus::Disabled, Some("gone"))
        );
        let dead = list_deliveries(&world.bank, &world.registrar, place, Some(DeliveryStatus::Dead), None, 10).unwrap();
        assert_eq!(dead[0].response_status, Some(410));
        remove_webhook(&world.bank, &world.registrar, world.institution_id, id).unwrap();
        let missing = refused(read_webhook(&world.bank, &world.registrar, world.institution_id, id));
        assert_eq!(missing, Rejection::NotFound {});
    });
}
