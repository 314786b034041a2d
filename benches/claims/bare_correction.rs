//! The raw baselines of a correction: the rows that its preview reads and keeps, those of its list, and those that it writes when it
//! is applied, with nothing around them.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use credit_bank::domain::lot::LotBalance;
use credit_bank::store::claims::{self, ClaimRow, StepRow, UseRow};
use credit_bank::store::connection::Conn;
use credit_bank::store::conversions::ConversionRow;
use credit_bank::store::corrections::{self, CaseRow, CorrectionRow, ItemRow};
use credit_bank::store::deposits::{self, Brought, LotRow, MovementRow, OutcomeRow};
use credit_bank::store::journal::{self, AuditRow, Told};
use credit_bank::store::pockets::set_pockets;
use credit_bank::store::records::{self, AccessRow};
use credit_bank::store::schema;
use credit_bank::store::types::{At, Key};
use diesel::prelude::*;
use uuid::Uuid;

use crate::correcting::PAGE;
use crate::place::{begin, commit};
use crate::school::AWARDED;

/// Reads what stands on the outcomes, a statement a table; answers how many outcomes there are.
pub(crate) fn read(conn: &mut Conn) -> usize {
    let awarded: chrono::NaiveDate = AWARDED.parse().unwrap();
    let outcomes: Vec<OutcomeRow> = schema::outcomes::table
        .filter(schema::outcomes::awarded_on.eq(awarded))
        .load(conn)
        .unwrap();
    let lots: Vec<LotRow> = schema::lots::table.load(conn).unwrap();
    let uses: Vec<UseRow> = schema::claim_uses::table.load(conn).unwrap();
    let claims: Vec<ClaimRow> = schema::claims::table.load(conn).unwrap();
    let conversions: Vec<ConversionRow> = schema::conversions::table.load(conn).unwrap();
    std::hint::black_box((lots, uses, claims, conversions));
    outcomes.len()
}

/// What a preview keeps.
pub(crate) struct Kept {
    row: CorrectionRow,
    items: Vec<ItemRow>,
}

impl Kept {
    pub(crate) fn read(conn: &mut Conn, correction_id: Uuid) -> Self {
        Self {
            row: corrections::find(conn, correction_id).unwrap().unwrap(),
            items: corrections::items(conn, correction_id, None, i64::MAX).unwrap(),
        }
    }

    pub(crate) fn write(&self, conn: &mut Conn) {
        begin(conn);
        corrections::insert(conn, &self.row, &self.items).unwrap();
        commit(conn);
    }
}

/// The looks of every page, in the order of pages.
pub(crate) fn looks(conn: &mut Conn) -> Vec<Vec<AccessRow>> {
    let rows: Vec<AccessRow> = schema::access_log::table
        .filter(schema::access_log::operation.eq("list_correction_items"))
        .order(schema::access_log::access_id)
        .load(conn)
        .unwrap();
    rows.chunk_by(|one, other| one.request_id == other.request_id)
        .map(<[AccessRow]>::to_vec)
        .collect()
}

/// Reads page after page, and writes the looks of each.
pub(crate) fn list(conn: &mut Conn, correction_id: Uuid, looks: &[Vec<AccessRow>]) -> usize {
    let (mut listed, mut after) = (0, None);
    for looks in looks {
        begin(conn);
        let page = corrections::items(conn, correction_id, after, PAGE).unwrap();
        after = page.last().map(|row| (row.learner_id.0, row.outcome_id.0));
        listed += page.len();
        records::insert_accesses(conn, looks).unwrap();
        commit(conn);
    }
    listed
}

/// Ends outcomes, as one would who knows that they stand.
fn withdraw(conn: &mut Conn, outcomes: &[(Uuid, Uuid)], correction_id: Uuid, at: DateTime<Utc>) -> usize {
    use schema::outcomes as columns;
    let ended = || {
        (
            columns::status.eq("withdrawn"),
            columns::ended_at.eq(Some(At(at))),
            columns::ended_by.eq(Some(Key(correction_id))),
        )
    };
    match conn {
        Conn::Postgres(conn) => {
            let ids: Vec<Key> = outcomes.iter().map(|one| Key(one.1)).collect();
            let own = columns::table.filter(columns::outcome_id.eq_any(ids));
            diesel::update(own).set(ended()).execute(conn).unwrap()
        }
        Conn::Sqlite(conn) => {
            let rows = outcomes.iter().map(|(learner_id, outcome_id)| {
                let own = columns::table.find((Key(*learner_id), Key(*outcome_id)));
                diesel::update(own).set(ended()).execute(conn).unwrap()
            });
            rows.sum()
        }
    }
}

/// What an application wrote.
pub(crate) struct Applied {
    row: CorrectionRow,
    /// As they were, and as they are then.
    pockets: Vec<(LotRow, LotBalance)>,
    brought: Brought,
    outcomes: Vec<(Uuid, Uuid)>,
    voided: Vec<(ClaimRow, StepRow)>,
    cases: Vec<CaseRow>,
    told: Vec<Told>,
}

impl Applied {
    pub(crate) fn read(conn: &mut Conn, before: &mut Conn, correction_id: Uuid) -> Self {
        let movements: Vec<MovementRow> = schema::movements::table
            .filter(schema::movements::cause_id.eq(Key(correction_id)))
            .order((schema::movements::learner_id, schema::movements::sequence))
            .load(conn)
            .unwrap();
        let mut heads = BTreeMap::new();
        for row in &movements {
            let head = heads
                .entry(row.learner_id.0)
                .or_insert_with(|| (row.learner_id.0, row.sequence - 1, 0, Vec::new(), 0));
            (head.2, head.3, head.4) = (row.sequence, row.hash.clone(), row.available_after_hundredths);
        }
        let moved: HashSet<Uuid> = movements.iter().map(|row| row.lot_id.0).collect();
        let lots: Vec<LotRow> = schema::lots::table.load(conn).unwrap();
        let after: HashMap<Uuid, LotBalance> = lots.iter().map(|lot| (lot.lot_id.0, lot.balance().unwrap())).collect();
        let lots: Vec<LotRow> = schema::lots::table
            .order((schema::lots::learner_id, schema::lots::lot_id))
            .load(before)
            .unwrap();
        let lots = lots.into_iter().filter(|lot| moved.contains(&lot.lot_id.0));
        let pockets = lots.map(|lot| {
            let balance = after[&lot.lot_id.0];
            (lot, balance)
        });
        let outcomes: Vec<OutcomeRow> = schema::outcomes::table
            .filter(schema::outcomes::ended_by.eq(Some(Key(correction_id))))
            .order((schema::outcomes::learner_id, schema::outcomes::outcome_id))
            .load(conn)
            .unwrap();
        let voided: Vec<ClaimRow> = schema::claims::table
            .filter(schema::claims::status.eq("voided"))
            .load(conn)
            .unwrap();
        let voided = voided.into_iter().map(|row| {
            let step = claims::steps(conn, &row).unwrap().pop().unwrap();
            (row, step)
        });
        let voided = voided.collect();
        let audit: Vec<AuditRow> = schema::audit_log::table
            .filter(schema::audit_log::operation.eq("apply_correction"))
            .load(conn)
            .unwrap();
        let told = audit.into_iter().map(|row| Told {
            actor: row.actor,
            at: row.at.0,
            request_id: row.request_id.0,
            operation: "apply_correction",
            subject_kind: "correction",
            subject_id: row.subject_id.0,
            learner_id: None,
            institution_id: row.institution_id.map(|key| key.0),
            details: row.details.0,
        });
        Self {
            row: corrections::find(conn, correction_id).unwrap().unwrap(),
            pockets: pockets.collect(),
            brought: Brought {
                movements,
                heads: heads.into_values().collect(),
                ..Brought::default()
            },
            outcomes: outcomes.iter().map(|row| (row.learner_id.0, row.outcome_id.0)).collect(),
            voided,
            cases: schema::correction_cases::table.load(conn).unwrap(),
            told: told.collect(),
        }
    }

    /// In one transaction, as the bank does.
    pub(crate) fn write(&self, conn: &mut Conn) {
        let (correction_id, at) = (self.row.correction_id.0, self.row.applied_at.clone().unwrap().0);
        begin(conn);
        assert!(corrections::note_applied(conn, correction_id, "bare", "bare", at).unwrap());
        assert_eq!(set_pockets(conn, &self.pockets).unwrap(), self.pockets.len());
        deposits::bring(conn, &self.brought).unwrap();
        for (claim, step) in &self.voided {
            assert!(claims::update(conn, claim, claim.edition - 1).unwrap());
            claims::set_standing(conn, claim, false).unwrap();
            claims::insert_step(conn, step).unwrap();
        }
        assert_eq!(withdraw(conn, &self.outcomes, correction_id, at), self.outcomes.len());
        corrections::open_cases(conn, &self.cases).unwrap();
        journal::tell(conn, &self.told).unwrap();
        commit(conn);
    }
}
