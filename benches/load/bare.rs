//! The raw baselines, on the same machine in the same run: what a deposit writes, without the bank around it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use credit_bank::domain::movement::ChainHead;
use credit_bank::domain::movement::{CauseKind, MovementKind, NewMovement, Side};
use credit_bank::store::Store;
use credit_bank::store::connection::{Conn, DatabaseAddress};
use credit_bank::store::deposits::{self, Brought, CertificateRow, DecisionRow, LotRow, MovementRow, OutcomeRow};
use credit_bank::store::error::StoreError;
use credit_bank::store::journal::{self, SavedAnswer, Told};
use credit_bank::store::records;
use credit_bank::store::types::{At, Key};
use uuid::Uuid;

use crate::cluster::postgres_program;

/// One transaction a deposit on PostgreSQL: the statements of a deposit, by pgbench, prepared.
/// Answers transactions per second.
pub(crate) fn pgbench(url: &str, clients: usize, seconds: usize) -> f64 {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/load/deposit.sql");
    let output = Command::new(postgres_program("pgbench"))
        .args(["-n", "-M", "prepared", "-j", "2", "-c"])
        .arg(clients.to_string())
        .arg("-T")
        .arg(seconds.to_string())
        .arg("-f")
        .arg(script)
        .arg(url)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line = said
        .lines()
        .find(|line| line.starts_with("tps = "))
        .unwrap_or_else(|| panic!("{said}"));
    line.split(' ').nth(2).unwrap().parse().unwrap()
}

/// The rows of a deposit for a learner who is there, as they come out of the bank's own thinking.
struct Prepared {
    brought: Brought,
    told: Vec<Told>,
    saved: Vec<SavedAnswer>,
}

/// What stays the same in all rows.
struct Ground {
    institution: Key,
    achievement: Key,
    learners: Vec<(Uuid, ChainHead)>,
    now: DateTime<Utc>,
}

fn ground(store: &Store) -> Ground {
    use diesel::prelude::*;
    store
        .read(|conn| -> Result<Ground, StoreError> {
            let learners = records::learners_after(conn, None, 1000)?;
            let outcome: (Key, Key) = match conn {
                Conn::Postgres(conn) => credit_bank::store::schema::outcomes::table
                    .select((
                        credit_bank::store::schema::outcomes::institution_id,
                        credit_bank::store::schema::outcomes::achievement_id,
                    ))
                    .first(conn)?,
                Conn::Sqlite(conn) => credit_bank::store::schema::outcomes::table
                    .select((
                        credit_bank::store::schema::outcomes::institution_id,
                        credit_bank::store::schema::outcomes::achievement_id,
                    ))
                    .first(conn)?,
            };
            let head = |row: &deposits::LearnerRow| ChainHead {
                sequence: row.head_sequence,
                hash: row.head_hash.as_slice().try_into().unwrap(),
                available: credit_bank::domain::credit::Credit::from_hundredths(row.available_hundredths).unwrap(),
            };
            Ok(Ground {
                institution: outcome.0,
                achievement: outcome.1,
                learners: learners.iter().map(|row| (row.learner_id.0, head(row))).collect(),
                now: "2026-11-24T00:00:00Z".parse().unwrap(),
            })
        })
        .unwrap()
}

fn deposit(ground: &mut Ground, number: usize, into: &mut Prepared) {
    let place = number % ground.learners.len();
    let (learner_id, head) = ground.learners[place];
    let amount = "9.00".parse().unwrap();
    let [outcome_id, decision_id, lot_id] = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    let content = NewMovement {
        movement_id: Uuid::now_v7(),
        lot_id,
        kind: MovementKind::Grant,
        source: Side::Bank,
        target: Side::Available,
        amount,
        effective_on: ground.now.date_naive(),
        recorded_at: ground.now,
        cause_kind: CauseKind::Decision,
        cause_id: decision_id,
    };
    let (movement, next) = head.append(learner_id, content).unwrap();
    ground.learners[place].1 = next;
    let certificate = format!("BARE{number:012}");
    into.brought.outcomes.push(OutcomeRow {
        learner_id: Key(learner_id),
        outcome_id: Key(outcome_id),
        institution_id: ground.institution.clone(),
        achievement_id: ground.achievement.clone(),
        certificate_number: Some(certificate.clone()),
        issuer_key: ground.institution.0.to_string(),
        awarded_on: ground.now.date_naive(),
        grade: None,
        grading_scale: None,
        score: Some("86".to_owned()),
        hours_hundredths: None,
        original_credits: None,
        trainee_group: None,
        contest: None,
        content_digest: vec![7; 32],
        status: "accepted".to_owned(),
        flags: String::new(),
        doubles: None,
        deposited_by: format!("user:{learner_id}"),
        deposited_at: At(ground.now),
        reviewed_at: None,
        review_reason: None,
        ended_at: None,
        ended_by: None,
        corrected_by: None,
        replaces: None,
        left_by: None,
    });
    into.brought.certificates.push(CertificateRow {
        certificate_number: certificate,
        issuer_key: ground.institution.0.to_string(),
        learner_id: Key(learner_id),
        outcome_id: Key(outcome_id),
    });
    into.brought.decisions.push(DecisionRow {
        learner_id: Key(learner_id),
        decision_id: Key(decision_id),
        outcome_id: Key(outcome_id),
        result: "credit".to_owned(),
        credit_hundredths: 900,
        rule_id: None,
        rule_version: None,
        inputs: "x".repeat(300),
        rules: "x".repeat(400),
        recognition: "x".repeat(400),
        decided_at: At(ground.now),
    });
    into.brought.lots.push(LotRow {
        learner_id: Key(learner_id),
        lot_id: Key(lot_id),
        outcome_id: Key(outcome_id),
        decision_id: Key(decision_id),
        category: "occupational_certificate".to_owned(),
        level: None,
        usable_until: None,
        granted_hundredths: 900,
        available_hundredths: 900,
        held_hundredths: 0,
        redeemed_hundredths: 0,
        expired_hundredths: 0,
        reversed_hundredths: 0,
        created_at: At(ground.now),
        warned_days: None,
    });
    into.brought.movements.push(MovementRow::new(learner_id, &movement));
    match into.brought.heads.iter_mut().find(|other| other.0 == learner_id) {
        Some(other) => *other = (learner_id, other.1, next.sequence, next.hash.to_vec(), next.available.hundredths()),
        None => into.brought.heads.push((
            learner_id,
            head.sequence,
            next.sequence,
            next.hash.to_vec(),
            next.available.hundredths(),
        )),
    }
    into.told.push(Told {
        actor: format!("user:{learner_id}"),
        at: ground.now,
        request_id: Uuid::now_v7(),
        operation: "deposit_outcome",
        subject_kind: "outcome",
        subject_id: outcome_id,
        learner_id: Some(learner_id),
        institution_id: Some(ground.institution.0),
        details: serde_json::json!({ "credit": "9.00", "status": "accepted" }),
    });
    into.saved.push(SavedAnswer {
        idempotency_key: format!("bare-{number}"),
        owner: "bare".to_owned(),
        operation: "deposit_outcome".to_owned(),
        request_digest: vec![7; 32],
        answer_sealed: vec![7; 420],
        created_at: At(ground.now),
    });
}

/// Writes prepared rows, `size` deposits to a transaction, for some seconds; answers deposits per second.
/// The rows are made between the transactions and that time is not counted.
pub(crate) fn rows(address: DatabaseAddress, size: usize, seconds: f64, offset: usize) -> f64 {
    let store = Store::open(address, 2, Duration::from_secs(10)).unwrap();
    let mut ground = ground(&store);
    let (mut written, mut number, mut spent) = (0_usize, offset, Duration::ZERO);
    while spent.as_secs_f64() < seconds {
        let mut prepared = Prepared {
            brought: Brought::default(),
            told: Vec::new(),
            saved: Vec::new(),
        };
        for _ in 0..size {
            deposit(&mut ground, number, &mut prepared);
            number += 1;
        }
        let began = Instant::now();
        store
            .write(|conn| -> Result<(), StoreError> {
                deposits::bring(conn, &prepared.brought)?;
                journal::tell(conn, &prepared.told)?;
                journal::save_answers(conn, &prepared.saved)
            })
            .unwrap();
        spent += began.elapsed();
        written += size;
    }
    written as f64 / spent.as_secs_f64()
}
