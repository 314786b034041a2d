//! The raw baseline: the very rows that an import wrote, a slice a transaction, and nothing around them. PostgreSQL gets them
//! by COPY in its binary form, SQLite by prepared inserts on a connection like the bank's own.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use credit_bank::store::connection::Conn;
use credit_bank::store::deposits::{
    AccountNumberRow, CertificateRow, DecisionRow, IdentityRow, KnownByRow, LearnerRow, LotRow, MovementRow, OutcomeRow,
};
use credit_bank::store::journal::{AuditRow, OutboxRow};
use credit_bank::store::schema::{
    account_numbers, audit_log, certificate_numbers, decisions, identity_index, learner_institutions, learners, lots, movements, outbox,
    outcomes,
};
use credit_bank::store::types::Key;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::place::{Place, begin, commit};

/// What one slice wrote.
struct Slice {
    learners: Vec<LearnerRow>,
    identities: Vec<IdentityRow>,
    numbers: Vec<AccountNumberRow>,
    known_by: Vec<KnownByRow>,
    outcomes: Vec<OutcomeRow>,
    certificates: Vec<CertificateRow>,
    decisions: Vec<DecisionRow>,
    lots: Vec<LotRow>,
    movements: Vec<MovementRow>,
    audit: Vec<AuditRow>,
    events: Vec<OutboxRow>,
}

/// Reads what was written, slice by slice, in the order in which it was.
struct Reader {
    conn: Conn,
    documents: HashMap<Uuid, Vec<u8>>,
    /// Who was read already, and which institutions know whom.
    met: HashSet<Uuid>,
    known: HashSet<(Uuid, Uuid)>,
    after: Uuid,
}

/// One query on whichever back end it is.
macro_rules! load {
    ($conn:expr, $query:expr) => {
        match $conn {
            Conn::Postgres(conn) => $query.load(conn).unwrap(),
            Conn::Sqlite(conn) => $query.load(conn).unwrap(),
        }
    };
}

impl Reader {
    fn new(mut conn: Conn) -> Self {
        let identities: Vec<IdentityRow> = load!(&mut conn, identity_index::table);
        Self {
            conn,
            documents: identities.into_iter().map(|row| (row.learner_id.0, row.document_index)).collect(),
            met: HashSet::new(),
            known: HashSet::new(),
            after: Uuid::nil(),
        }
    }

    fn next(&mut self, size: i64) -> Option<Slice> {
        let conn = &mut self.conn;
        let rows: Vec<OutcomeRow> = load!(
            conn,
            outcomes::table
                .filter(outcomes::outcome_id.gt(Key(self.after)))
                .order(outcomes::outcome_id)
                .limit(size)
        );
        self.after = rows.last()?.outcome_id.0;
        let ids: Vec<&Key> = rows.iter().map(|row| &row.outcome_id).collect();
        let of: Vec<&Key> = rows.iter().map(|row| &row.learner_id).collect();
        let new: Vec<Key> = rows
            .iter()
            .map(|row| row.learner_id.clone())
            .filter(|key| self.met.insert(key.0))
            .collect();
        let opened: Vec<LearnerRow> = load!(conn, learners::table.filter(learners::learner_id.eq_any(&new)));
        let mut known_by: Vec<KnownByRow> = load!(
            conn,
            learner_institutions::table.filter(learner_institutions::learner_id.eq_any(&of))
        );
        let here: HashSet<(Uuid, Uuid)> = rows.iter().map(|row| (row.learner_id.0, row.institution_id.0)).collect();
        known_by.retain(|row| {
            let pair = (row.learner_id.0, row.institution_id.0);
            here.contains(&pair) && self.known.insert(pair)
        });
        let lots: Vec<LotRow> = load!(
            conn,
            lots::table
                .filter(lots::learner_id.eq_any(&of))
                .filter(lots::outcome_id.eq_any(&ids))
        );
        let lot_ids: Vec<&Key> = lots.iter().map(|row| &row.lot_id).collect();
        let audit: Vec<AuditRow> = load!(conn, audit_log::table.filter(audit_log::subject_id.eq_any(&ids)));
        let whose: HashMap<Uuid, &Key> = rows.iter().map(|row| (row.outcome_id.0, &row.learner_id)).collect();
        let certificate = |row: &OutcomeRow| {
            Some(CertificateRow {
                certificate_number: row.certificate_number.clone()?,
                issuer_key: row.issuer_key.clone(),
                learner_id: row.learner_id.clone(),
                outcome_id: row.outcome_id.clone(),
            })
        };
        let event = |row: &AuditRow| OutboxRow {
            event_id: Key(Uuid::now_v7()),
            at: row.at.clone(),
            event_type: format!("{}.{}", row.subject_kind, row.operation),
            learner_id: whose.get(&row.subject_id.0).map(|key| (*key).clone()),
            institution_id: row.institution_id.clone(),
            subject_id: row.subject_id.clone(),
            payload: row.details.clone(),
        };
        Some(Slice {
            identities: opened
                .iter()
                .map(|row| IdentityRow {
                    document_index: self.documents[&row.learner_id.0].clone(),
                    learner_id: row.learner_id.clone(),
                })
                .collect(),
            numbers: opened
                .iter()
                .map(|row| AccountNumberRow {
                    account_number: row.account_number.clone(),
                    learner_id: row.learner_id.clone(),
                })
                .collect(),
            certificates: rows.iter().filter_map(certificate).collect(),
            decisions: load!(
                conn,
                decisions::table
                    .filter(decisions::learner_id.eq_any(&of))
                    .filter(decisions::outcome_id.eq_any(&ids))
            ),
            movements: load!(
                conn,
                movements::table
                    .filter(movements::learner_id.eq_any(&of))
                    .filter(movements::lot_id.eq_any(&lot_ids))
            ),
            events: audit.iter().map(event).collect(),
            learners: opened,
            known_by,
            outcomes: rows,
            lots,
            audit,
        })
    }
}

/// All rows of one table: binary COPY, or one prepared statement a row.
macro_rules! put {
    ($conn:expr, $table:ident, $rows:expr) => {
        match $conn {
            Conn::Postgres(conn) => {
                diesel::copy_from($table::table).from_insertable(&$rows).execute(conn).unwrap();
            }
            Conn::Sqlite(conn) => {
                for row in &$rows {
                    diesel::insert_into($table::table).values(row).execute(conn).unwrap();
                }
            }
        }
    };
}

fn write(conn: &mut Conn, slice: &Slice) {
    begin(conn);
    put!(conn, learners, slice.learners);
    put!(conn, identity_index, slice.identities);
    put!(conn, account_numbers, slice.numbers);
    put!(conn, learner_institutions, slice.known_by);
    put!(conn, outcomes, slice.outcomes);
    put!(conn, certificate_numbers, slice.certificates);
    put!(conn, decisions, slice.decisions);
    put!(conn, lots, slice.lots);
    put!(conn, movements, slice.movements);
    put!(conn, audit_log, slice.audit);
    put!(conn, outbox, slice.events);
    commit(conn);
}

/// What a bare load took; the reading is not counted.
pub(crate) struct Loaded {
    pub(crate) written: usize,
    pub(crate) seconds: f64,
    /// Of the processors, by this thread; a server's is not in it.
    pub(crate) processor: f64,
}

/// Processor time of this thread.
fn processor() -> Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(spent.split(' ').next().unwrap().parse().unwrap())
}

/// Writes into `to` what an import wrote into `from`, `size` outcomes a transaction.
pub(crate) fn load(from: &Place, to: &Place, size: usize) -> Loaded {
    let mut reader = Reader::new(from.connect());
    let mut conn = to.connect();
    if let Conn::Sqlite(conn) = &mut conn {
        // As the bank's own writer.
        conn.batch_execute("PRAGMA cache_size = -64000").unwrap();
    }
    let (mut written, mut spent, mut used) = (0, Duration::ZERO, Duration::ZERO);
    while let Some(slice) = reader.next(size as i64) {
        let (began, before) = (Instant::now(), processor());
        write(&mut conn, &slice);
        spent += began.elapsed();
        used += processor() - before;
        written += slice.outcomes.len();
    }
    Loaded {
        written,
        seconds: spent.as_secs_f64(),
        processor: used.as_secs_f64(),
    }
}
