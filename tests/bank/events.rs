//! The feed on both back ends: nothing is missed and nothing comes twice, whoever writes meanwhile; and learners are told.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use credit_bank::domain::actor::Caller;
use credit_bank::domain::event::event_type;
use credit_bank::domain::language::Language::{Chinese, English};
use credit_bank::domain::notification::NotificationKind;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::{DepositRequest, deposit_outcomes};
use credit_bank::ops::events::publisher::{prune_events, publish_events};
use credit_bank::ops::events::{FeedPage, FeedQuery, list_events};
use credit_bank::ops::learners;
use credit_bank::ops::notifications::{list_notifications, mark_all_notifications, mark_notification};
use credit_bank::store::events::{self as store, Wanted};
use serde_json::json;
use uuid::Uuid;

use super::common::{World, on_both};
use super::packs::{people, refused};

pub(crate) fn bank_at(world: &World, minutes: i64) -> Context {
    Context::of(Caller::Bank, world.registrar.now + TimeDelta::minutes(minutes))
}

pub(crate) fn publish_all(world: &World) {
    while publish_events(&world.bank, &bank_at(world, 1)).unwrap() > 0 {}
}

/// Deposits an outcome of a learner by passport.
pub(crate) fn deposit(world: &World, learner: usize, certificate: usize) -> Uuid {
    let outcome = json!({ "institution_id": world.institution_id, "achievement_code": "occ-elec-4", "awarded_on": "2024-03-01",
        "learner": { "document_kind": "passport", "document_number": format!("E{learner:08}"), "name": "王芳" },
        "certificate_number": format!("S000441012345242{certificate:06}") });
    let request = DepositRequest {
        context: world.registrar,
        idempotency_key: None,
        outcome: serde_json::from_value(outcome).unwrap(),
    };
    let deposited = deposit_outcomes(&world.bank, &[request]).unwrap().remove(0).unwrap();
    deposited.outcome_id
}

fn ask(world: &World, context: &Context, after: Option<i64>, limit: i64) -> FeedPage {
    let query = FeedQuery {
        institution_id: Some(world.institution_id),
        after,
        ..FeedQuery::default()
    };
    list_events(&world.bank, context, &query, limit).unwrap()
}

/// Somebody with an account that is known to the school, and the account.
pub(crate) fn learner(world: &World, passport: usize) -> (Context, Uuid) {
    let new = json!({ "institution_id": world.institution_id, "user": { "username": "wangfang", "display_name": "王芳",
        "password": super::common::PASSWORD },
        "learner": { "document_kind": "passport", "document_number": format!("E{passport:08}"), "name": "王芳" } });
    let made = learners::register_learner(&world.bank, &world.registrar, None, &serde_json::from_value(new).unwrap()).unwrap();
    (super::common::log_in(&world.bank, "wangfang").1, made.learner_id)
}

const WRITERS: usize = 6;
const EACH: usize = 25;

#[test]
fn who_follows_all_the_time_gets_every_event_once_while_others_write() {
    on_both(|world| {
        publish_all(world);
        let begun = ask(world, &world.registrar, None, 1000).next;
        let done = Arc::new(AtomicBool::new(false));
        let write = |writer: usize| {
            let world = Arc::clone(world);
            // Learners of one's own, and one whom two share.
            std::thread::spawn(move || {
                let of = |number: usize| if number.is_multiple_of(2) { writer / 2 } else { 100 + writer };
                (0..EACH)
                    .map(|number| deposit(&world, of(number), writer * 1000 + number))
                    .collect::<Vec<Uuid>>()
            })
        };
        let publish = |_| {
            let (world, done) = (Arc::clone(world), Arc::clone(&done));
            std::thread::spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    publish_events(&world.bank, &bank_at(&world, 1)).unwrap();
                }
            })
        };
        let follow = {
            let (world, done) = (Arc::clone(world), Arc::clone(&done));
            std::thread::spawn(move || {
                let (mut after, mut seen) = (begun, Vec::new());
                loop {
                    let is_done = done.load(Ordering::Relaxed);
                    let page = ask(&world, &world.registrar, Some(after), 7);
                    assert!(page.items.iter().all(|item| item.position > after && item.position <= page.next));
                    assert!(page.next >= after);
                    after = page.next;
                    seen.extend(page.items);
                    if is_done && !page.more {
                        return seen;
                    }
                }
            })
        };
        // Two servers publish, six write, one reads.
        let publishers: Vec<_> = (0..2).map(publish).collect();
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        let written: Vec<Uuid> = writers.into_iter().flat_map(|one| one.join().unwrap()).collect();
        publish_all(world);
        done.store(true, Ordering::Relaxed);
        publishers.into_iter().for_each(|one| one.join().unwrap());
        let seen = follow.join().unwrap();
        let subjects: Vec<Uuid> = seen
            .iter()
            .filter(|event| event.event_type == "outcome.deposit_outcome")
            .map(|event| event.data.subject_id)
            .collect();
        let distinct: HashSet<Uuid> = subjects.iter().copied().collect();
        assert_eq!((subjects.len(), distinct.len()), (WRITERS * EACH, WRITERS * EACH));
        assert_eq!(distinct, written.iter().copied().collect());
        let positions: Vec<i64> = seen.iter().map(|event| event.position).collect();
        assert!(positions.is_sorted_by(|one, other| one < other));
        in_the_order_of_movements(world, &seen.iter().map(|event| event.data.subject_id).collect::<Vec<_>>());
    });
}

/// Of each learner the events come in the order in which the ledger has what they tell of.
fn in_the_order_of_movements(world: &World, subjects: &[Uuid]) {
    use credit_bank::ops::error::OpError;
    use credit_bank::store::error::StoreError;
    use credit_bank::store::schema::{lots, movements};
    use credit_bank::store::types::Key;
    use diesel::prelude::*;
    let rows: Vec<(Key, i64, Key)> = world
        .bank
        .store
        .read(|conn| {
            movements::table
                .inner_join(lots::table.on(lots::lot_id.eq(movements::lot_id).and(lots::learner_id.eq(movements::learner_id))))
                .order((movements::learner_id, movements::sequence))
                .select((movements::learner_id, movements::sequence, lots::outcome_id))
                .load(conn)
                .map_err(|error| OpError::from(StoreError::from(error)))
        })
        .unwrap();
    let mut by_learner: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (learner_id, _, outcome_id) in rows {
        by_learner.entry(learner_id.0).or_default().push(outcome_id.0);
    }
    assert!(by_learner.len() > WRITERS);
    for outcomes in by_learner.values() {
        let told: Vec<Uuid> = subjects.iter().copied().filter(|subject| outcomes.contains(subject)).collect();
        assert_eq!(&told, outcomes, "of one learner");
    }
}

#[test]
fn who_may_read_which_events_and_what_they_hold() {
    on_both(|world| {
        let outcome_id = deposit(world, 1, 1);
        publish_all(world);
        let officer = people(world).officer;
        publish_all(world);
        let own = ask(world, &world.registrar, None, 1000);
        assert!(own.items.iter().all(|item| item.data.institution_id == Some(world.institution_id)));
        let last = own.items.iter().rfind(|item| item.event_type == "outcome.deposit_outcome").unwrap();
        assert_eq!(
            (last.data.subject_id, &last.data.details),
            (outcome_id, &json!({ "credit": "9.00", "status": "accepted" }))
        );
        let everything = FeedQuery::default();
        let all = list_events(&world.bank, &officer, &everything, 1000).unwrap();
        assert!(all.items.len() > own.items.len());
        assert!(
            all.items.iter().all(|item| !item.event_type.starts_with("session.")),
            "log-ins are in the audit alone"
        );
        let positions: Vec<i64> = all.items.iter().map(|item| item.position).collect();
        assert_eq!(
            positions,
            (1..=i64::try_from(positions.len()).unwrap()).collect::<Vec<_>>(),
            "without gaps"
        );
        assert_eq!(
            refused(list_events(&world.bank, &world.registrar, &everything, 10)),
            Rejection::Forbidden {}
        );
        let of = |types: &[&str], after| FeedQuery {
            institution_id: Some(world.institution_id),
            types: types.iter().map(|name| (*name).to_owned()).collect(),
            after,
        };
        let one = list_events(&world.bank, &world.registrar, &of(&["outcome.deposit_outcome"], None), 1000).unwrap();
        assert_eq!((one.items.len(), one.next, one.more), (1, all.next, false));
        let none = list_events(&world.bank, &world.registrar, &of(&[], Some(all.next)), 1000).unwrap();
        assert_eq!((none.items, none.next, none.more), (Vec::new(), all.next, false));
        let unknown = refused(list_events(&world.bank, &world.registrar, &of(&["session.log_in"], None), 10));
        assert_eq!(unknown.code(), "invalid_query");
        for beyond in [all.next + 1, -1] {
            let refusal = refused(list_events(&world.bank, &world.registrar, &of(&[], Some(beyond)), 10));
            assert_eq!(refusal, Rejection::CursorUnknown {});
        }
    });
}

#[test]
fn old_events_go_and_who_asks_for_them_is_told() {
    on_both(|world| {
        deposit(world, 1, 1);
        publish_all(world);
        let before = ask(world, &world.registrar, None, 1000);
        let days = |days: i64| bank_at(world, days * 24 * 60);
        assert_eq!(prune_events(&world.bank, &days(89)).unwrap(), 0);
        assert!(prune_events(&world.bank, &days(91)).unwrap() >= u64::try_from(before.items.len()).unwrap());
        let query = FeedQuery {
            institution_id: Some(world.institution_id),
            after: Some(0),
            ..FeedQuery::default()
        };
        let gone = refused(list_events(&world.bank, &world.registrar, &query, 10));
        assert_eq!(gone, Rejection::EventsGone { oldest: before.next });
        let outcome_id = deposit(world, 1, 2);
        publish_all(world);
        let after = ask(world, &world.registrar, None, 1000);
        assert_eq!((after.items.len(), after.items[0].position), (1, before.next + 1));
        assert_eq!(after.items[0].data.subject_id, outcome_id);
        assert_eq!(ask(world, &world.registrar, Some(before.next), 10).items, after.items);
        assert!(
            publish_events(&world.bank, &world.registrar).is_err() || store_is_empty(world),
            "only the bank itself publishes"
        );
    });
}

fn store_is_empty(world: &World) -> bool {
    !world.bank.store.read(store::is_waiting).unwrap()
}

#[test]
fn what_is_told_holds_what_the_table_says() {
    on_both(|world| {
        deposit(world, 1, 1);
        let _ = people(world);
        publish_all(world);
        let rows = world
            .bank
            .store
            .read(|conn| store::after(conn, &Wanted::default(), 0, i64::MAX, 1000))
            .unwrap();
        assert!(rows.len() > 6, "{rows:?}");
        for row in rows {
            let known = event_type(&row.event_type).unwrap();
            assert_eq!(known.faults(&row.payload.0), Vec::<String>::new());
        }
    });
}

#[test]
fn learners_with_a_log_in_are_told_of_what_happens_and_of_looks() {
    on_both(|world| {
        let (bank, officer) = (&world.bank, people(world).officer);
        let (own, learner_id) = learner(world, 1);
        let outcome_id = deposit(world, 1, 1);
        deposit(world, 2, 2);
        publish_all(world);
        list_accesses(bank, &officer, Whose::Learner(learner_id), None, 10).unwrap();
        let list = |unread, language| list_notifications(bank, &own, unread, None, 10, language).unwrap();
        let told = list(false, English);
        let kinds: Vec<NotificationKind> = told.items.iter().map(|item| item.kind).collect();
        assert_eq!(kinds, [NotificationKind::Looked, NotificationKind::Recognised]);
        assert_eq!((told.items[1].subject_id, told.unread), (outcome_id, 2));
        assert_eq!(
            told.items[1].text,
            "安阳职业技术学院 deposited an outcome; it brought 9.00 credits."
        );
        assert_eq!(
            list(false, Chinese).items[1].text,
            "安阳职业技术学院存入了一项学习成果，认定 9.00 学分。"
        );
        let marked = mark_notification(bank, &own, told.items[1].notification_id, English).unwrap();
        assert_eq!(marked.read_at, Some(own.now));
        assert_eq!((list(true, English).items.len(), list(true, English).unread), (1, 1));
        assert_eq!(mark_all_notifications(bank, &own).unwrap().marked, 1);
        assert_eq!(list(true, English).items, []);
        let foreign = refused(mark_notification(bank, &own, Uuid::now_v7(), English));
        assert_eq!(foreign, Rejection::NotFound {});
        let page = list_notifications(bank, &own, false, Some(told.items[0].notification_id), 10, English).unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(
            refused(list_notifications(bank, &officer, false, None, 10, English)),
            Rejection::NotFound {}
        );
    });
}
