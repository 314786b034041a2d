//! Credit expires after its last day, on both back ends, and the past stays as it was.

use chrono::{DateTime, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::ops::access::Whose;
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::{DepositRequest, deposit_outcomes};
use credit_bank::ops::expiry::expire_lots;
use credit_bank::ops::records::{AsOf, list_movements, read_account};
use credit_bank::ops::verify::verify;
use credit_bank::ops::{learners, rules};
use serde_json::json;

use super::common::{PASSWORD, World, log_in, on_both};

fn at(moment: &str) -> DateTime<Utc> {
    moment.parse().unwrap()
}

fn as_of_day(day: Option<&str>) -> AsOf {
    AsOf {
        as_of: day.map(|day| day.parse().unwrap()),
        effective_on: None,
    }
}

/// Makes a certificate of the world's worth some credit that can be used for three years: until 2027-03-01.
pub(crate) fn usable_for_three_years(world: &World, credit: &str) {
    // A named family outweighs the kind, so this rule takes the place of the one that the world has.
    let rule = json!({ "title": "有效期三年", "citation": "测试", "selector": { "family": "occ-elec", "rank": 2, "kind": "occupational_certificate" },
        "method": { "method": "fixed", "credit": credit }, "selected_by": "award_date", "effective_from": "2020-01-01",
        "validity": { "years": 3, "boundary": "anniversary_included" } });
    rules::publish_recognition_rule(
        &world.bank,
        &Context::of(Caller::Bank, world.registrar.now),
        None,
        &serde_json::from_value(rule).unwrap(),
    )
    .unwrap();
}

#[test]
fn credit_expires_after_its_last_day_and_the_past_stays_as_it_was() {
    on_both(|world| {
        let bank = &world.bank;
        usable_for_three_years(world, "4.00");
        let request = DepositRequest {
            context: world.registrar,
            idempotency_key: None,
            outcome: world.outcome(),
        };
        let deposited = deposit_outcomes(bank, &[request]).unwrap().remove(0).unwrap();
        assert_eq!(
            (deposited.credit.to_string().as_str(), deposited.usable_until),
            ("4.00", Some("2027-03-01".parse().unwrap()))
        );
        let code = learners::issue_claim_code(
            bank,
            &world.registrar,
            None,
            deposited.learner_id,
            serde_json::from_value(json!({ "institution_id": world.institution_id })).unwrap(),
        );
        let code = code.unwrap();
        let claim = json!({ "account_number": code.account_number, "claim_code": code.claim_code,
            "user": { "username": "wangfang", "display_name": "王芳", "password": PASSWORD } });
        learners::claim_account(
            bank,
            &Context::of(Caller::Anonymous, world.registrar.now),
            &serde_json::from_value(claim).unwrap(),
        )
        .unwrap();
        let (_, learner) = log_in(bank, "wangfang");
        let account = |now: &str, as_of: Option<&str>| {
            let context = Context { now: at(now), ..learner };
            read_account(bank, &context, Whose::Own, &as_of_day(as_of)).unwrap()
        };
        let expire = |now: &str| expire_lots(bank, &Context::of(Caller::Bank, at(now))).unwrap();
        assert_eq!(account("2026-11-24T02:00:00Z", None).expiring_soon, []);
        let soon = &account("2027-02-01T02:00:00Z", None).expiring_soon[..];
        let [soon] = soon else { panic!("{soon:?}") };
        assert_eq!((soon.days_left, soon.next_warning_on), (28, Some("2027-02-22".parse().unwrap())));
        // The last day at the bank, eight hours ahead, is not over at 15:59 in UTC.
        assert_eq!(expire("2027-03-01T15:59:59Z"), 0);
        assert_eq!(expire("2027-03-01T16:00:00Z"), 1);
        assert_eq!(expire("2027-03-01T16:00:00Z"), 0, "once");
        let after = account("2027-03-02T02:00:00Z", None);
        assert_eq!(
            (after.available.to_string(), after.balances[0].expired.to_string()),
            ("0.00".to_owned(), "4.00".to_owned())
        );
        let before = account("2027-03-02T02:00:00Z", Some("2027-03-01"));
        assert_eq!(
            (before.available.to_string(), before.expiring_soon.len()),
            ("4.00".to_owned(), 1),
            "as of the last day it was there"
        );
        let movements = list_movements(
            bank,
            &Context {
                now: at("2027-03-02T02:00:00Z"),
                ..learner
            },
            Whose::Own,
            &AsOf::default(),
            None,
            10,
        )
        .unwrap();
        let kinds: Vec<String> = movements
            .iter()
            .map(|movement| format!("{} {}", movement.kind, movement.available_after))
            .collect();
        assert_eq!(kinds, ["expire 0.00", "grant 4.00"]);
        assert_eq!(verify(bank).unwrap().findings, Vec::<String>::new());
        assert!(expire_lots(bank, &world.registrar).is_err(), "only the bank itself expires credit");
    });
}
