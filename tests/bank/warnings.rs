//! Learners are warned before credit expires, each warning once whatever happens, on both back ends.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::claim::ClaimEvent;
use credit_bank::ops::claims::act::{Act, act_on_claim};
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::{DepositRequest, Deposited, deposit_outcomes};
use credit_bank::ops::error::OpError;
use credit_bank::ops::expiry::{expire_lots, warn_of_expiry};
use credit_bank::ops::verify::verify;
use credit_bank::store::error::StoreError;
use credit_bank::store::schema::outbox;
use credit_bank::store::types::{Document, Key};
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::Office;
use super::common::{World, on_both};
use super::corrections::{apply, preview};
use super::expiry::usable_for_three_years;
use super::packs::on;

/// The last day of use of what the tests deposit.
const LAST: &str = "2027-03-01";

fn last() -> NaiveDate {
    LAST.parse().unwrap()
}

/// Noon at the bank.
fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(4, 0, 0).unwrap().and_utc()
}

fn warn(world: &World, day: NaiveDate) -> u64 {
    warn_of_expiry(&world.bank, &Context::of(Caller::Bank, noon(day))).unwrap()
}

fn before(days: u64) -> NaiveDate {
    last().checked_sub_days(Days::new(days)).unwrap()
}

/// A certificate of one person, deposited on a day.
fn deposit(world: &World, certificate: &str, day: NaiveDate) -> Deposited {
    let mut outcome = world.outcome();
    outcome.certificate_number = Some(certificate.to_owned());
    let request = DepositRequest {
        context: Context {
            now: noon(day),
            ..world.registrar
        },
        idempotency_key: None,
        outcome,
    };
    deposit_outcomes(&world.bank, &[request]).unwrap().remove(0).unwrap()
}

/// The warnings that were told: to whom, and what.
fn told(world: &World) -> Vec<(Uuid, Value)> {
    let read = |conn: &mut credit_bank::store::connection::Conn| {
        let rows: Vec<(Option<Key>, Document)> = outbox::table
            .filter(outbox::event_type.eq("learner.warn_of_expiry"))
            .order(outbox::event_id)
            .select((outbox::learner_id, outbox::payload))
            .load(conn)
            .map_err(StoreError::from)?;
        Ok::<_, OpError>(rows)
    };
    let rows = world.bank.store.read(read).unwrap();
    rows.into_iter().map(|(learner, payload)| (learner.unwrap().0, payload.0)).collect()
}

/// Each lot of each warning, as its threshold, the days left and the amount.
fn lots(told: &[(Uuid, Value)]) -> Vec<Vec<(i64, i64, String)>> {
    let lot = |lot: &Value| {
        let number = |name: &str| lot[name].as_i64().unwrap();
        (
            number("warning_days"),
            number("days_left"),
            lot["amount"].as_str().unwrap().to_owned(),
        )
    };
    told.iter()
        .map(|(_, payload)| payload["lots"].as_array().unwrap().iter().map(lot).collect())
        .collect()
}

#[test]
fn three_warnings_in_a_year_one_event_for_all_lots() {
    on_both(|world| {
        usable_for_three_years(world, "4.00");
        let first = deposit(world, "S000441012345242000001", "2026-11-24".parse().unwrap());
        deposit(world, "S000441012345242000002", "2026-11-24".parse().unwrap());
        let mut on_days = Vec::new();
        for left in (0..=97).rev() {
            let day = before(left);
            let warned = warn(world, day);
            assert_eq!(warn(world, day), 0, "a second run on {day}");
            on_days.extend((warned > 0).then_some(left));
        }
        assert_eq!(on_days, [90, 30, 7]);
        let four = |days: i64| (days, days, "4.00".to_owned());
        let all = told(world);
        assert_eq!(lots(&all), [90, 30, 7].map(|days| vec![four(days), four(days)]));
        let (learner_id, payload) = &all[0];
        assert_eq!((*learner_id, &payload["amount"]), (first.learner_id, &json!("8.00")));
        assert_eq!(payload["lots"][0]["usable_until"], LAST);
        let after = last().succ_opt().unwrap();
        assert_eq!(expire_lots(&world.bank, &Context::of(Caller::Bank, noon(after))).unwrap(), 2);
        assert_eq!(
            (warn(world, after), warn(world, last())),
            (0, 0),
            "what is expired is warned of no more"
        );
        assert!(warn_of_expiry(&world.bank, &world.registrar).is_err(), "only the bank itself warns");
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn after_missed_runs_the_latest_warning_is_told_alone() {
    on_both(|world| {
        usable_for_three_years(world, "4.00");
        deposit(world, "S000441012345242000001", "2026-11-24".parse().unwrap());
        assert_eq!(warn(world, before(80)), 1);
        // The bank is down until five days before the end; meanwhile 30 and 7 days passed.
        assert_eq!((warn(world, before(5)), warn(world, before(4)), warn(world, last())), (1, 0, 0));
        // This one comes when ten days are left.
        deposit(world, "S000441012345242000002", before(10));
        assert_eq!((warn(world, before(10)), warn(world, before(9)), warn(world, before(7))), (1, 0, 1));
        let one = |days, left| vec![(days, left, "4.00".to_owned())];
        assert_eq!(lots(&told(world)), [one(90, 80), one(7, 5), one(30, 10), one(7, 7)]);
        // Nobody looked before its end.
        deposit(world, "S000441012345242000003", last());
        assert_eq!(warn(world, last().succ_opt().unwrap()), 0);
    });
}

#[test]
fn what_is_reversed_held_or_spent_is_not_warned_of_until_it_is_free_again() {
    on_both(|world| {
        usable_for_three_years(world, "9.00");
        let office = Office::open(world);
        let deposited = office.deposit(world, 0..3, 0);
        let learners: Vec<_> = (0..3)
            .map(|place| office.learner(world, &deposited[place], &format!("learner-{place}")))
            .collect();
        let scope = json!({ "of": "outcome", "outcome_id": deposited[0].outcome_id });
        apply(world, &office.approver, &preview(world, &office.registrar, &scope).unwrap()).unwrap();
        office.grant(world, office.claim(world, &learners[1], &[]));
        let held = office.claim(world, &learners[2], &[]);
        assert_eq!((warn(world, before(90)), warn(world, before(30))), (0, 0));
        let own = on(learners[2].context, "2026-12-02");
        act_on_claim(&world.bank, &own, None, held, ClaimEvent::Withdraw, &Act::default()).unwrap();
        assert_eq!(warn(world, before(30)), 1);
        let all = told(world);
        assert_eq!(
            (all[0].0, lots(&all)),
            (learners[2].learner_id, vec![vec![(30, 30, "9.00".to_owned())]])
        );
        assert_eq!(warn(world, before(7)), 1);
    });
}

#[test]
fn of_several_who_warn_and_expire_at_once_each_lot_is_told_and_moved_once() {
    on_both(|world| {
        usable_for_three_years(world, "4.00");
        let requests: Vec<DepositRequest> = (0..150)
            .map(|person| {
                let mut outcome = world.outcome();
                let identity = json!({ "document_kind": "passport", "document_number": format!("E{person:08}"), "name": "王芳" });
                outcome.learner = serde_json::from_value(identity).unwrap();
                outcome.certificate_number = Some(format!("S000441012345242{person:06}"));
                DepositRequest {
                    context: world.registrar,
                    idempotency_key: None,
                    outcome,
                }
            })
            .collect();
        assert!(deposit_outcomes(&world.bank, &requests).unwrap().iter().all(Result::is_ok));
        let at_once = |work: fn(&World) -> u64| -> u64 {
            let run = |_| {
                let world = Arc::clone(world);
                std::thread::spawn(move || work(&world))
            };
            let running: Vec<_> = (0..3).map(run).collect();
            running.into_iter().map(|one| one.join().unwrap()).sum()
        };
        assert_eq!(at_once(|world| warn(world, before(7))), 150);
        let mut whom: Vec<Uuid> = told(world).into_iter().map(|(learner_id, _)| learner_id).collect();
        whom.sort_unstable();
        whom.dedup();
        assert_eq!((told(world).len(), whom.len()), (150, 150));
        let expire = |world: &World| expire_lots(&world.bank, &Context::of(Caller::Bank, noon(last().succ_opt().unwrap()))).unwrap();
        assert_eq!(at_once(expire), 150);
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}
