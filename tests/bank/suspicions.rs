//! Persons with two accounts are suspected, listed and dismissed, on both back ends.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::institution::InstitutionStep;
use credit_bank::domain::language::Language::{Chinese, English};
use credit_bank::domain::likeness::{Distinction, Ground, Strength, SuspicionStatus};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::audit::{AuditFilter, list_audit};
use credit_bank::ops::context::Context;
use credit_bank::ops::error::OpError;
use credit_bank::ops::suspicions::search::{Searched, find_duplicates};
use credit_bank::ops::suspicions::{Suspicion, dismiss_suspicion, list_suspicions, read_suspicion};
use credit_bank::ops::{institutions, learners, users};
use credit_bank::store::error::StoreError;
use credit_bank::store::schema::{duplicate_suspicions, outbox};
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::common::{PASSWORD, World, log_in, on_both};
use super::packs::{people, refused};

const RESIDENT: &str = "resident_identity_card";

fn register(world: &World, (context, institution_id): (&Context, Uuid), kind: &str, number: &str, name: &str) -> Uuid {
    let new = json!({ "institution_id": institution_id,
        "learner": { "document_kind": kind, "document_number": number, "name": name } });
    let new = serde_json::from_value(new).unwrap();
    learners::register_learner(&world.bank, context, None, &new).unwrap().learner_id
}

/// Known to the world's school.
fn known(world: &World, kind: &str, number: &str, name: &str) -> Uuid {
    register(world, (&world.registrar, world.institution_id), kind, number, name)
}

fn search(world: &World, now: DateTime<Utc>) -> Searched {
    find_duplicates(&world.bank, &Context::of(Caller::Bank, now)).unwrap()
}

fn later(world: &World, minutes: i64) -> DateTime<Utc> {
    world.registrar.now + TimeDelta::minutes(minutes)
}

fn all(world: &World, context: &Context) -> Vec<Suspicion> {
    list_suspicions(&world.bank, context, (None, None), None, 1000, Chinese).unwrap()
}

fn found(learners: u64, found: u64) -> Searched {
    Searched {
        learners,
        found,
        ..Searched::default()
    }
}

/// Another school with a registrar.
fn other_school(world: &World) -> (Context, Uuid) {
    let school = json!({ "name": "另一学校", "kind": "vocational_college", "credit_code": "91310000607378133K", "division_code": "410502",
        "member": { "username": "clerk", "display_name": "clerk", "password": PASSWORD } });
    let school = serde_json::from_value(school).unwrap();
    let anonymous = Context::of(Caller::Anonymous, world.registrar.now);
    let made = institutions::register_institution(&world.bank, &anonymous, None, &school).unwrap();
    let (_, administrator) = log_in(&world.bank, "admin");
    let step = InstitutionStep::Approve;
    institutions::decide_institution(&world.bank, &administrator, made.institution_id, step, "complete").unwrap();
    (log_in(&world.bank, "clerk").1, made.institution_id)
}

fn auditor(world: &World) -> Context {
    let (_, administrator) = log_in(&world.bank, "admin");
    let auditor = json!({ "user": { "username": "auditor", "display_name": "auditor", "password": PASSWORD }, "bank_role": "auditor" });
    users::create_user(&world.bank, &administrator, None, &serde_json::from_value(auditor).unwrap()).unwrap();
    log_in(&world.bank, "auditor").1
}

#[test]
fn each_pair_is_found_once_and_only_those_who_may_look_at_it() {
    on_both(|world| {
        let (bank, officer) = (&world.bank, people(world).officer);
        let one = known(world, RESIDENT, "340524800101001", "王芳");
        let two = known(world, RESIDENT, "340521800101001", "王 芳");
        let passport = known(world, "passport", "E12345678", "FANG WANG");
        known(world, RESIDENT, "110105491231002", "李娜");
        assert_eq!(
            search(world, later(world, 9)),
            Searched::default(),
            "what is still being written is left"
        );
        assert_eq!(search(world, later(world, 11)), found(4, 3));
        assert_eq!(search(world, later(world, 60)), Searched::default(), "a second time");
        let listed = all(world, &officer);
        let pairs: Vec<(Uuid, Uuid)> = listed.iter().map(|one| (one.first.learner_id, one.second.learner_id)).collect();
        for pair in [(one, two), (one, passport), (two, passport)] {
            assert!(pairs.contains(&pair), "{pair:?} in {pairs:?}");
        }
        let list = |status, strength, before, limit| list_suspicions(bank, &officer, (status, strength), before, limit, English).unwrap();
        let strong = list(Some(SuspicionStatus::Open), Some(Strength::Strong), None, 10);
        let [suspicion] = &strong[..] else { panic!("{strong:?}") };
        let grounds: Vec<Ground> = suspicion.grounds.iter().map(|said| said.ground).collect();
        assert_eq!(grounds, [Ground::SameNameAndBirth, Ground::SameBirthAndSequence]);
        assert_eq!(suspicion.grounds[0].sentence, "The name and the date of birth are the same");
        assert_eq!(
            (suspicion.first.name_masked.as_str(), suspicion.second.name_masked.as_str()),
            ("王*", "王**")
        );
        let pages: Vec<Uuid> = std::iter::successors(Some(list(None, None, None, 1)), |page| {
            Some(list(None, None, Some(page.last()?.suspicion_id), 1))
        })
        .take_while(|page| !page.is_empty())
        .map(|page| page[0].suspicion_id)
        .collect();
        assert_eq!(pages, listed.iter().map(|one| one.suspicion_id).collect::<Vec<_>>());
        assert_eq!(list(Some(SuspicionStatus::Dismissed), None, None, 10), []);
        let details = read_suspicion(bank, &officer, suspicion.suspicion_id, Chinese).unwrap();
        let distinctions: Vec<Distinction> = details.distinctions.iter().map(|said| said.distinction).collect();
        assert_eq!(distinctions, [Distinction::Division]);
        assert_eq!((details.accounts[0].learner_id, details.accounts[1].learner_id), (one, two));
        assert!(details.accounts[0].institutions[0].opened && details.accounts[0].outcomes.is_empty());
        let looks = list_accesses(bank, &officer, Whose::Learner(one), None, 100).unwrap();
        let reads = |operation: &str| looks.iter().filter(|look| look.operation == operation).count();
        assert_eq!(reads("read_suspicion"), 1);
        assert!(reads("list_suspicions") >= 3, "every list that the learner was in");
        for stranger in [&world.registrar, &log_in(bank, "admin").1] {
            let refusal = refused(list_suspicions(bank, stranger, (None, None), None, 10, Chinese));
            assert_eq!(refusal, Rejection::Forbidden {});
            let refusal = refused(read_suspicion(bank, stranger, suspicion.suspicion_id, Chinese));
            assert_eq!(refusal, Rejection::Forbidden {});
        }
        let missing = refused(read_suspicion(bank, &officer, Uuid::now_v7(), Chinese));
        assert_eq!(missing, Rejection::NotFound {});
        assert!(find_duplicates(bank, &officer).is_err(), "only the bank itself searches");
    });
}

#[test]
fn a_document_without_a_date_is_suspected_once_one_institution_knows_both() {
    on_both(|world| {
        let officer = people(world).officer;
        let (clerk, other) = other_school(world);
        let resident = known(world, RESIDENT, "340524800101001", "王芳");
        let passport = register(world, (&clerk, other), "passport", "E12345678", "WANG FANG");
        assert_eq!(search(world, later(world, 11)), found(2, 0));
        let hour_later = Context {
            now: later(world, 60),
            ..clerk
        };
        register(world, (&hour_later, other), RESIDENT, "340524800101001", "王芳");
        assert_eq!(search(world, later(world, 71)), found(1, 1));
        let listed = all(world, &officer);
        assert_eq!((listed[0].first.learner_id, listed[0].second.learner_id), (resident, passport));
        assert_eq!(listed[0].grounds[0].ground, Ground::SameSoundAtInstitution);
    });
}

/// Makes a suspicion one whose only ground is another one.
fn forget_grounds(world: &World) {
    let write = |conn: &mut credit_bank::store::connection::Conn| {
        diesel::update(duplicate_suspicions::table)
            .set(duplicate_suspicions::grounds.eq(r#"["same_birth_and_sequence"]"#))
            .execute(conn)
            .map_err(StoreError::from)?;
        Ok::<_, OpError>(())
    };
    world.bank.store.write(write).unwrap();
}

#[test]
fn what_is_dismissed_comes_back_for_a_new_ground_only() {
    on_both(|world| {
        let (bank, officer) = (&world.bank, people(world).officer);
        let (clerk, other) = other_school(world);
        known(world, RESIDENT, "340524800101001", "王芳");
        known(world, RESIDENT, "340524800101022", "王芳");
        assert_eq!(search(world, later(world, 11)).found, 1);
        let suspicion_id = all(world, &officer)[0].suspicion_id;
        let dismiss =
            |context: &Context, key: Option<&str>, reason: &str| dismiss_suspicion(bank, context, key, suspicion_id, reason, Chinese);
        for stranger in [&world.registrar, &auditor(world)] {
            assert_eq!(refused(dismiss(stranger, None, "不是同一人")), Rejection::Forbidden {});
        }
        assert_eq!(refused(dismiss(&officer, None, " ")).code(), "invalid_body");
        let dismissed = dismiss(&officer, Some("once"), "经核实为两人").unwrap();
        assert_eq!(
            (dismissed.status, dismissed.reason.as_deref()),
            (SuspicionStatus::Dismissed, Some("经核实为两人"))
        );
        assert_eq!(
            dismiss(&officer, Some("once"), "经核实为两人").unwrap(),
            dismissed,
            "the same request again"
        );
        assert_eq!(refused(dismiss(&officer, None, "经核实为两人")).code(), "wrong_state");
        // Another institution gets to know one of them, so that they are compared again.
        let again = |minutes: i64, digits: &str| {
            let context = Context {
                now: later(world, minutes),
                ..clerk
            };
            register(world, (&context, other), RESIDENT, digits, "王芳");
            search(world, later(world, minutes + 11))
        };
        assert_eq!(again(60, "340524800101001"), found(1, 0));
        assert_eq!(all(world, &officer)[0].status, SuspicionStatus::Dismissed);
        forget_grounds(world);
        let more = Searched {
            more_grounds: 1,
            ..found(1, 0)
        };
        assert_eq!(again(120, "340524800101022"), more);
        let open = all(world, &officer).remove(0);
        assert_eq!(
            (open.status, open.grounds.len(), open.dismissed_at),
            (SuspicionStatus::Open, 2, dismissed.dismissed_at)
        );
        let filter = AuditFilter {
            subject_id: Some(suspicion_id),
            ..AuditFilter::default()
        };
        let written = list_audit(bank, &auditor_again(world), &filter, None, 10).unwrap();
        let operations: Vec<&str> = written.iter().map(|entry| entry.operation.as_str()).collect();
        assert_eq!(operations, ["find_duplicates", "dismiss_suspicion", "find_duplicates"]);
        assert_eq!(told_to_learners(world), 0);
    });
}

fn auditor_again(world: &World) -> Context {
    log_in(&world.bank, "auditor").1
}

/// How many events of suspicions name a learner.
fn told_to_learners(world: &World) -> i64 {
    let read = |conn: &mut credit_bank::store::connection::Conn| {
        let count = outbox::table
            .filter(outbox::event_type.like("duplicate_suspicion.%"))
            .filter(outbox::learner_id.is_not_null())
            .count()
            .get_result(conn)
            .map_err(StoreError::from)?;
        Ok::<_, OpError>(count)
    };
    world.bank.store.read(read).unwrap()
}

#[test]
fn a_common_name_makes_no_flood() {
    on_both(|world| {
        for number in 0..12 {
            known(world, "passport", &format!("E{number:08}"), "John Smith");
        }
        let searched = search(world, later(world, 11));
        assert_eq!((searched.learners, searched.found), (12, 0));
        assert!(searched.crowded >= 12, "{searched:?}");
        // A rare one among them is found all the same.
        known(world, "passport", "E00000099", "Jane Eyre");
        known(world, RESIDENT, "340524800101022", "EYRE JANE");
        assert_eq!(search(world, later(world, 11)), found(2, 1));
    });
}

#[test]
fn several_servers_share_the_search_and_find_each_pair_once() {
    on_both(|world| {
        let officer = people(world).officer;
        let born: NaiveDate = "1960-01-01".parse().unwrap();
        for pair in 0..115 {
            let day = born.checked_add_days(Days::new(pair)).unwrap().format("%y%m%d");
            known(world, RESIDENT, &format!("340524{day}001"), "王芳");
            known(world, RESIDENT, &format!("340524{day}022"), "王方");
        }
        let now = later(world, 11);
        let run = |_| {
            let world = Arc::clone(world);
            std::thread::spawn(move || search(&world, now))
        };
        let running: Vec<_> = (0..3).map(run).collect();
        let done: Vec<Searched> = running.into_iter().map(|one| one.join().unwrap()).collect();
        let sum = |count: fn(&Searched) -> u64| done.iter().map(count).sum::<u64>();
        assert_eq!((sum(|one| one.learners), sum(|one| one.found)), (230, 115), "{done:?}");
        let listed = all(world, &officer);
        let mut pairs: Vec<(Uuid, Uuid)> = listed.iter().map(|one| (one.first.learner_id, one.second.learner_id)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        assert_eq!(pairs.len(), 115);
        assert_eq!(search(world, now), Searched::default());
    });
}
