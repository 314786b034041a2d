//! The raw baseline of deciding: the very rows that the bank wrote, step by step, by prepared statements and nothing around them.

use std::collections::HashMap;

use credit_bank::store::claims::{self, ClaimRow, StepRow, UseRow};
use credit_bank::store::connection::Conn;
use credit_bank::store::conversions::{self, ConversionRow};
use credit_bank::store::deposits::MovementRow;
use credit_bank::store::journal::{AuditRow, OutboxRow, SavedAnswer};
use credit_bank::store::records::AccessRow;
use credit_bank::store::schema;
use credit_bank::store::types::Key;
use diesel::prelude::*;
use uuid::Uuid;

use crate::deciding::shared;
use crate::place::{Place, begin, commit};
use crate::school::key;

/// What one step of a claim wrote.
pub(crate) struct Written {
    /// As the step left it.
    claim: ClaimRow,
    step: StepRow,
    uses: Vec<UseRow>,
    movements: Vec<MovementRow>,
    conversions: Vec<ConversionRow>,
    audit: AuditRow,
    event: OutboxRow,
    looks: Vec<AccessRow>,
    saved: SavedAnswer,
}

/// Everything that claims wrote, by what it belongs to.
pub(crate) struct Ways {
    claims: HashMap<Uuid, ClaimRow>,
    steps: HashMap<Uuid, Vec<StepRow>>,
    uses: HashMap<Uuid, Vec<UseRow>>,
    movements: HashMap<Uuid, Vec<MovementRow>>,
    conversions: HashMap<Uuid, Vec<ConversionRow>>,
    audit: HashMap<Uuid, Vec<AuditRow>>,
    looks: HashMap<Uuid, Vec<AccessRow>>,
    saved: HashMap<String, SavedAnswer>,
}

fn grouped<T>(rows: Vec<T>, by: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(by(&row)).or_default().push(row);
    }
    groups
}

impl Ways {
    pub(crate) fn read(conn: &mut Conn) -> Self {
        let claims: Vec<ClaimRow> = schema::claims::table.load(conn).unwrap();
        let steps = schema::claim_steps::table.order(schema::claim_steps::sequence).load(conn).unwrap();
        let movements = schema::movements::table.order(schema::movements::sequence).load(conn).unwrap();
        let audit = schema::audit_log::table.order(schema::audit_log::audit_id).load(conn).unwrap();
        let saved: Vec<SavedAnswer> = schema::idempotency_keys::table.load(conn).unwrap();
        Self {
            claims: claims.into_iter().map(|row| (row.claim_id.0, row)).collect(),
            steps: grouped(steps, |row: &StepRow| row.claim_id.0),
            uses: grouped(schema::claim_uses::table.load(conn).unwrap(), |row: &UseRow| row.claim_id.0),
            movements: grouped(movements, |row: &MovementRow| row.cause_id.0),
            conversions: grouped(schema::conversions::table.load(conn).unwrap(), |row: &ConversionRow| row.claim_id.0),
            audit: grouped(audit, |row: &AuditRow| row.subject_id.0),
            looks: grouped(schema::access_log::table.load(conn).unwrap(), |row: &AccessRow| row.request_id.0),
            saved: saved.into_iter().map(|row| (row.idempotency_key.clone(), row)).collect(),
        }
    }

    /// What a claim wrote from its submission to its grant, a transaction each.
    pub(crate) fn of(&mut self, claim_id: Uuid) -> Vec<Written> {
        let last = self.claims.remove(&claim_id).unwrap();
        let steps = self.steps.remove(&claim_id).unwrap();
        let audit = self.audit.remove(&claim_id).unwrap();
        let mut movements = self.movements.remove(&claim_id).unwrap();
        assert_eq!(steps.len(), audit.len(), "a step is told once");
        let count = steps.len();
        let written = steps.into_iter().zip(audit).enumerate().map(|(place, (step, audit))| {
            let (is_first, is_last) = (place == 0, place + 1 == count);
            let mut claim = ClaimRow {
                status: step.status.clone(),
                verdict: step.verdict.clone(),
                edition: step.sequence,
                ..last.clone()
            };
            if !is_last {
                (claim.decision_number, claim.decided_on) = (None, None);
            }
            let kind = if is_first { "hold" } else { "redeem" };
            Written {
                uses: if is_first {
                    self.uses.remove(&claim_id).unwrap()
                } else {
                    Vec::new()
                },
                movements: if is_first || is_last {
                    movements.extract_if(.., |row| row.kind == kind).collect()
                } else {
                    Vec::new()
                },
                conversions: if is_last {
                    self.conversions.remove(&claim_id).unwrap()
                } else {
                    Vec::new()
                },
                event: OutboxRow {
                    event_id: Key(Uuid::now_v7()),
                    at: audit.at.clone(),
                    event_type: format!("claim.{}", audit.operation),
                    learner_id: Some(last.learner_id.clone()),
                    institution_id: audit.institution_id.clone(),
                    subject_id: audit.subject_id.clone(),
                    payload: audit.details.clone(),
                },
                looks: self.looks.remove(&audit.request_id.0).unwrap_or_default(),
                saved: self.saved.remove(&key(last.learner_id.0, place + 1)).unwrap(),
                claim,
                step,
                audit,
            }
        });
        written.collect()
    }
}

/// One prepared statement a row.
macro_rules! put {
    ($conn:expr, $table:ident, $rows:expr) => {
        for row in $rows {
            diesel::insert_into(schema::$table::table).values(row).execute($conn).unwrap();
        }
    };
}

/// Moves an amount of a lot from one pocket to another.
macro_rules! shift {
    ($conn:expr, $movement:expr, $source:ident, $target:ident) => {
        diesel::update(schema::lots::table.find((&$movement.learner_id, &$movement.lot_id)))
            .set((
                schema::lots::$source.eq(schema::lots::$source - $movement.amount_hundredths),
                schema::lots::$target.eq(schema::lots::$target + $movement.amount_hundredths),
            ))
            .execute($conn)
            .unwrap()
    };
}

fn one(conn: &mut Conn, written: &Written) {
    begin(conn);
    if written.step.sequence == 1 {
        put!(conn, claims, [&written.claim]);
        put!(conn, claim_uses, &written.uses);
    } else {
        assert!(claims::update(conn, &written.claim, written.claim.edition - 1).unwrap());
    }
    for movement in &written.movements {
        let moved = match movement.kind.as_str() {
            "hold" => shift!(conn, movement, available_hundredths, held_hundredths),
            _ => shift!(conn, movement, held_hundredths, redeemed_hundredths),
        };
        assert_eq!(moved, 1);
    }
    put!(conn, movements, &written.movements);
    if let Some(last) = written.movements.last() {
        let moved = diesel::update(schema::learners::table.find(&last.learner_id))
            .set((
                schema::learners::head_sequence.eq(last.sequence),
                schema::learners::head_hash.eq(&last.hash),
                schema::learners::available_hundredths.eq(last.available_after_hundredths),
            ))
            .execute(conn);
        assert_eq!(moved.unwrap(), 1);
    }
    if !written.conversions.is_empty() {
        conversions::next_decision_number(conn, "bare", 2026).unwrap();
        put!(conn, conversions, &written.conversions);
    }
    put!(conn, claim_steps, [&written.step]);
    put!(conn, access_log, &written.looks);
    put!(conn, audit_log, [&written.audit]);
    put!(conn, outbox, [&written.event]);
    put!(conn, idempotency_keys, [&written.saved]);
    commit(conn);
}

/// Writes what claims wrote, each from its first step to its last, several at once; answers the seconds.
pub(crate) fn write(place: &Place, ways: &[Vec<Written>], threads: usize) -> f64 {
    let connect = || place.connect();
    let whole_way = |conn: &mut Conn, place: usize| ways[place].iter().for_each(|written| one(conn, written));
    shared(threads, ways.len(), connect, whole_way).1
}
