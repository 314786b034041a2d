//! Deposits, claims and merges at once on both back ends: nothing is lost, and nothing is left behind.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use credit_bank::ops::deposit::{DepositRequest, Deposited, deposit_outcomes};
use credit_bank::store::records;
use serde_json::json;
use uuid::Uuid;

use super::bureau::Office;
use super::common::{World, on_both};
use super::packs::on;
use super::registry::{MERGED, Registry};

/// Deposits something under one document; a certificate brings credit, and what was awarded after its end waits for a person.
fn deposit(world: &World, person: usize, brings_credit: bool) -> Deposited {
    let awarded_on = if brings_credit { "2024-03-01" } else { "2026-01-01" };
    let outcome = json!({ "institution_id": world.institution_id, "achievement_code": "occ-elec-4", "awarded_on": awarded_on,
        "learner": { "document_kind": "passport", "document_number": format!("E{person:08}"), "name": "王芳" } });
    let request = DepositRequest {
        context: on(world.registrar, MERGED),
        idempotency_key: None,
        outcome: serde_json::from_value(outcome).unwrap(),
    };
    loop {
        // Where many write at once, one of them may be told to come again.
        if let Ok(mut answers) = deposit_outcomes(&world.bank, std::slice::from_ref(&request)) {
            return answers.remove(0).unwrap();
        }
    }
}

/// Lets those who deposit stop, also where the test fails.
struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn deposits_under_either_document_come_to_whom_it_leads() {
    on_both(|world| {
        let office = Office::open(world);
        let registry = Registry::open(world);
        let both = office.deposit(world, 1..3, 0);
        let [ours, theirs] = [both[0].learner_id, both[1].learner_id];
        let deposited: Mutex<Vec<(usize, Uuid)>> = Mutex::new(Vec::new());
        let stop = AtomicBool::new(false);
        let mut merge_id = Uuid::nil();
        std::thread::scope(|scope| {
            for (person, brings_credit) in [(1, true), (2, true), (2, false), (2, false)] {
                let (deposited, stop) = (&deposited, &stop);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let outcome_id = deposit(world, person, brings_credit).outcome_id;
                        deposited.lock().unwrap().push((person, outcome_id));
                    }
                });
            }
            let stopping = Stopping(&stop);
            for round in 0..3 {
                merge_id = registry.merge(ours, theirs).merge.merge_id;
                std::thread::sleep(std::time::Duration::from_millis(30));
                if round < 2 {
                    registry.reverse(merge_id, &[]);
                    std::thread::sleep(std::time::Duration::from_millis(30));
                }
            }
            drop(stopping);
        });
        registry.clean();
        let all = deposited.into_inner().unwrap();
        assert!(all.len() > 10, "{} deposits", all.len());
        for (person, outcome_id) in &all {
            let row = world.bank.store.read(|conn| records::outcome(conn, *outcome_id)).unwrap().unwrap();
            assert_eq!(row.learner_id.0, ours, "of person {person}");
        }
        registry.reverse(merge_id, &[]);
        let last = deposit(world, 2, false);
        assert_eq!(last.learner_id, theirs);
    });
}
