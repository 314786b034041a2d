//! The signing of credentials as a job, on both back ends: a long record, a request that comes twice, a runner that dies.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use credit_bank::domain::credential::CredentialStatus;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::credentials::issue::{SILENCE, run_next};
use credit_bank::ops::credentials::{NewCredential, request_credential};
use credit_bank::store::credentials as store;
use serde_json::json;
use uuid::Uuid;

use super::bureau::Office;
use super::common::on_both;
use super::credentials::{ask, issued, learner_with, one, read, status, verified, work};
use super::packs::refused;

#[test]
fn a_record_of_three_hundred_outcomes_is_signed_within_bounded_time() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 300);
        let begun = Instant::now();
        let record = issued(world, &learner, json!({ "of": "record" }), "data_integrity");
        // Without optimisation, beside other tests; a build for use takes about a second.
        assert!(begun.elapsed() < Duration::from_secs(240), "{:?}", begun.elapsed());
        assert_eq!(record.summary.outcome_ids.len(), ids.len());
        let document = record.document.unwrap();
        verified(world, &learner.context, &document).unwrap();
        let parts = document["credentialSubject"]["verifiableCredential"].as_array().unwrap();
        let places: BTreeSet<&str> = parts
            .iter()
            .map(|part| part["credentialStatus"]["statusListIndex"].as_str().unwrap())
            .collect();
        assert_eq!((parts.len(), places.len()), (300, 300), "every part has a place of its own");
        verified(world, &learner.context, &parts[299]).unwrap();
    });
}

#[test]
fn a_request_that_comes_twice_is_one() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 1);
        let ask = |form: &str| {
            let new: NewCredential = serde_json::from_value(json!({ "scope": one(ids[0]), "form": form })).unwrap();
            request_credential(&world.bank, &learner.context, Some("key-1"), &new)
        };
        let first = ask("jwt").unwrap();
        work(world, &learner.context);
        assert_eq!(ask("jwt").unwrap(), first, "as it was answered");
        assert_eq!(refused(ask("data_integrity")), Rejection::IdempotencyKeyReused {});
    });
}

#[test]
fn a_job_whose_runner_is_silent_is_begun_again_and_given_up_in_the_end() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 1);
        let asked = ask(world, &learner.context, one(ids[0]), "jwt").unwrap();
        let die = |now: chrono::DateTime<chrono::Utc>| {
            let taken = world.bank.store.write(|conn| {
                let job = store::next_job(conn, now - SILENCE)?.unwrap();
                store::take_job(conn, &job, Uuid::now_v7(), now)
            });
            assert!(taken.unwrap());
        };
        let begun = learner.context.now;
        die(begun);
        assert!(
            !run_next(&world.bank, &|| begun + TimeDelta::minutes(1)).unwrap(),
            "somebody signs it"
        );
        let later = begun + SILENCE + TimeDelta::minutes(1);
        assert!(run_next(&world.bank, &|| later).unwrap());
        assert_eq!(status(world, &learner, &asked), CredentialStatus::Issued);

        let asked = ask(world, &learner.context, one(ids[0]), "jwt").unwrap();
        for attempt in 0..3 {
            die(begun + (SILENCE + TimeDelta::minutes(1)) * (attempt + 2));
        }
        let at_last = begun + (SILENCE + TimeDelta::minutes(1)) * 6;
        assert!(run_next(&world.bank, &|| at_last).unwrap());
        let failed = read(world, &learner, asked.summary.credential_id);
        assert_eq!((failed.summary.status, failed.document), (CredentialStatus::Failed, None));
    });
}
