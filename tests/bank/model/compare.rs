//! After every step the bank has what the book has: in its rows, in what it shows, and in what it told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use credit_bank::domain::claim::ClaimFilter;
use credit_bank::domain::event::event_type;
use credit_bank::domain::list::ListPlace;
use credit_bank::domain::movement::{CauseKind, MovementKind};
use credit_bank::ops::access::Whose;
use credit_bank::ops::claims::letter::replay_claim;
use credit_bank::ops::claims::reading::list_own_conversions;
use credit_bank::ops::corrections::cases::list_own_cases;
use credit_bank::ops::corrections::reading::list_corrections;
use credit_bank::ops::outcomes::list_record_outcomes;
use credit_bank::ops::records::{AsOf, list_movements, read_account};
use credit_bank::ops::verify::verify;
use credit_bank::store::claims as store;
use credit_bank::store::connection::Conn;
use credit_bank::store::error::StoreError;
use credit_bank::store::journal::{self, AuditWish};
use credit_bank::store::schema::outbox;
use credit_bank::store::types::Key;
use diesel::prelude::*;
use uuid::Uuid;

use super::book::{AVAILABLE, Book, EXPIRED, Entry, HELD, Line, Outcome, Pockets, REDEEMED, REVERSED};
use super::claims::{Claim, stored};
use super::town::{Town, When};
use crate::office::course;

/// The most rows that one step tells.
const TOLD_MAX: i64 = 500;

/// Where the audit and the outbox were read up to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadTo {
    audit: Uuid,
    outbox: Uuid,
}

type Event = (Key, String, Option<Key>, Option<Key>, Key);

fn events(conn: &mut Conn) -> Result<Vec<Event>, StoreError> {
    macro_rules! newest {
        ($conn:expr) => {
            outbox::table
                .order(outbox::event_id.desc())
                .limit(TOLD_MAX)
                .select((
                    outbox::event_id,
                    outbox::event_type,
                    outbox::learner_id,
                    outbox::institution_id,
                    outbox::subject_id,
                ))
                .load($conn)?
        };
    }
    Ok(match conn {
        Conn::Postgres(conn) => newest!(conn),
        Conn::Sqlite(conn) => newest!(conn),
    })
}

/// What the bank has is what the book has; where it is not, only what differs is said.
fn same<T: Ord + Clone + std::fmt::Debug>(what: &str, bank: impl IntoIterator<Item = T>, book: impl IntoIterator<Item = T>) {
    let (mut bank, mut book): (Vec<T>, Vec<T>) = (bank.into_iter().collect(), book.into_iter().collect());
    bank.sort();
    book.sort();
    let beyond = |all: &[T], others: &[T]| -> Vec<T> {
        let mut left = others.to_vec();
        let is_new = |one: &&T| match left.iter().position(|other| other == *one) {
            Some(place) => {
                left.remove(place);
                false
            }
            None => true,
        };
        all.iter().filter(is_new).cloned().collect()
    };
    let (bank_only, book_only) = (beyond(&bank, &book), beyond(&book, &bank));
    assert!(
        bank_only.is_empty() && book_only.is_empty(),
        "{what}: only the bank has {bank_only:?}, only the book has {book_only:?}"
    );
}

fn pocket(side: &str) -> Option<usize> {
    Some(match side {
        "bank" => return None,
        "available" => AVAILABLE,
        "held" => HELD,
        "redeemed" => REDEEMED,
        "expired" => EXPIRED,
        "reversed" => REVERSED,
        other => panic!("{other}"),
    })
}

fn total(all: impl Iterator<Item = Pockets>) -> Pockets {
    all.fold([0; 5], |mut sum, pockets| {
        for (place, amount) in pockets.into_iter().enumerate() {
            sum[place] += amount;
        }
        sum
    })
}

impl Town<'_> {
    pub(crate) fn read_to(&self) -> ReadTo {
        self.world()
            .bank
            .store
            .read(|conn| {
                Ok::<_, StoreError>(ReadTo {
                    audit: journal::audit(conn, &AuditWish::default(), ListPlace::Newest(None), 1)?[0]
                        .audit_id
                        .0,
                    outbox: events(conn)?[0].0.0,
                })
            })
            .unwrap()
    }

    /// The audit and the outbox have exactly what the book says of the step.
    pub(crate) fn compare_told(&self, book: &Book, from: ReadTo) -> ReadTo {
        let school = self.world().institution_id;
        let read = self.world().bank.store.read(|conn| {
            let audit = journal::audit(conn, &AuditWish::default(), ListPlace::Newest(None), TOLD_MAX)?;
            Ok::<_, StoreError>((audit, events(conn)?))
        });
        let (audit, events) = read.unwrap();
        let learner_of = |key: &Option<Key>| {
            let is = |id: Uuid| self.learners.iter().position(|one| one.learner_id == id).unwrap();
            key.as_ref().map(|key| is(key.0))
        };
        let subject_of = |event: &str, id: Uuid| if event.starts_with("lot.") { Uuid::nil() } else { id };
        let at_school = |key: &Option<Key>| {
            let id = key.as_ref().map(|key| key.0);
            assert!(id.is_none_or(|id| id == school));
            id.is_some()
        };
        let new = audit.iter().take_while(|row| row.audit_id.0 > from.audit);
        let audited = new.map(|row| {
            let event = format!("{}.{}", row.subject_kind, row.operation);
            let faults = event_type(&event).unwrap().faults(&row.details.0);
            assert_eq!(faults, Vec::<String>::new(), "what is told is as it is documented");
            (subject_of(&event, row.subject_id.0), at_school(&row.institution_id), event)
        });
        let audited: Vec<(Uuid, bool, String)> = audited.collect();
        let new = events.iter().take_while(|row| row.0.0 > from.outbox);
        let sent = new.map(|(_, event, learner, institution, subject)| {
            let subject = subject_of(event, subject.0);
            (subject, at_school(institution), event.clone(), learner_of(learner))
        });
        let sent: Vec<(Uuid, bool, String, Option<usize>)> = sent.collect();
        let of_audit = |line: &Line| (line.subject, line.at_school, line.event.to_owned());
        let of_outbox = |line: &Line| (line.subject, line.at_school, line.event.to_owned(), line.learner);
        same("the audit", audited, book.told.iter().map(of_audit));
        same("the outbox", sent, book.told.iter().map(of_outbox));
        ReadTo {
            audit: audit[0].audit_id.0,
            outbox: events[0].0.0,
        }
    }

    pub(crate) fn compare(&self, book: &Book, when: When, chance: &mut fastrand::Rng, first: NaiveDate) {
        book.laws();
        let days = u64::try_from((when.day - first).num_days()).unwrap();
        let past = first + chrono::Days::new(chance.u64(0..=days));
        for learner in book.accounts() {
            self.compare_credit(book, when, learner, past);
            self.compare_outcomes(book, when, learner, past);
            self.compare_claims(book, when, learner);
            self.compare_cases(book, when, learner);
        }
        let registrar = when.at(self.world().registrar);
        let corrections = list_corrections(&self.world().bank, &registrar, Some(self.world().institution_id), None, None, 1000).unwrap();
        let corrections: BTreeMap<Uuid, bool> = corrections
            .iter()
            .map(|one| (one.correction_id, one.applied_at.is_some()))
            .collect();
        let expected: BTreeMap<Uuid, bool> = book.corrections.iter().map(|one| (one.id, one.applied)).collect();
        same("corrections, and whether they are applied", corrections, expected);
        if let Some(claim) = chance.choice(&book.claims) {
            let context = when.at(self.learners[claim.learner].context);
            let replayed = replay_claim(&self.world().bank, &context, claim.id).unwrap();
            assert!(replayed.equal, "{claim:?}: {replayed:?}");
        }
    }

    pub(crate) fn verified(&self) {
        assert_eq!(verify(&self.world().bank).unwrap().findings, Vec::<String>::new());
    }

    fn compare_credit(&self, book: &Book, when: When, learner: usize, past: NaiveDate) {
        let own = || book.of_learner(learner).filter(|outcome| outcome.has_lot());
        let lots: BTreeMap<Uuid, Pockets> = self.office.lots(&self.learners[learner]).into_iter().collect();
        let expected: BTreeMap<Uuid, Pockets> = own().map(|outcome| (outcome.id, outcome.pockets())).collect();
        same("lots", lots, expected);
        let context = when.at(self.learners[learner].context);
        let bank = &self.world().bank;
        let shown = |as_of: Option<NaiveDate>, effective_on: Option<NaiveDate>| -> Pockets {
            let account = read_account(bank, &context, Whose::Own, &AsOf { as_of, effective_on }).unwrap();
            let balances = account
                .balances
                .iter()
                .map(|one| [one.available, one.held, one.redeemed, one.expired, one.reversed].map(|credit| credit.hundredths()));
            total(balances)
        };
        let known: fn(&Outcome, NaiveDate) -> Pockets = Outcome::known_on;
        let effective: fn(&Outcome, NaiveDate) -> Pockets = Outcome::effective_on;
        let sum = |of: fn(&Outcome, NaiveDate) -> Pockets, day: NaiveDate| total(own().map(|outcome| of(outcome, day)));
        assert_eq!(shown(None, None), sum(known, when.day), "the account now");
        assert_eq!(shown(Some(past), None), sum(known, past), "the account as it was known on {past}");
        assert_eq!(
            shown(None, Some(past)),
            sum(effective, past),
            "the account on {past} as it is known now"
        );
        let movements = list_movements(bank, &context, Whose::Own, &AsOf::default(), None, 10_000).unwrap();
        let movements: Vec<Entry> = movements
            .iter()
            .map(|one| Entry {
                recorded: bank.day(one.recorded_at),
                effective: one.effective_on,
                source: pocket(one.source.as_str()),
                target: pocket(one.target.as_str()).unwrap(),
                amount: one.amount.hundredths(),
                undoes: one.kind == MovementKind::Reverse && one.cause_kind == CauseKind::Correction,
            })
            .collect();
        let expected: Vec<Entry> = own().flat_map(|outcome| outcome.entries.clone()).collect();
        same("movements", movements, expected);
    }

    fn compare_outcomes(&self, book: &Book, when: When, learner: usize, past: NaiveDate) {
        let context = when.at(self.learners[learner].context);
        for day in [None, Some(past)] {
            let shown = list_record_outcomes(&self.world().bank, &context, Whose::Own, day, None, 1000).unwrap();
            let shown: BTreeMap<Uuid, (String, Option<Uuid>)> = shown
                .iter()
                .map(|one| (one.outcome_id, (one.status.to_string(), one.corrected_by)))
                .collect();
            let on = day.unwrap_or(when.day);
            let there = book.of_learner(learner).filter_map(|one| {
                let status = one.status_on(on)?;
                let by = one.replaced_by.filter(|_| status == "corrected");
                Some((one.id, (status.to_owned(), by)))
            });
            same(&format!("outcomes on {on}"), shown, there);
        }
    }

    fn compare_claims(&self, book: &Book, when: When, learner: usize) {
        let filter = ClaimFilter {
            learner_id: Some(self.learners[learner].learner_id),
            ..ClaimFilter::default()
        };
        let read = self.world().bank.store.read(|conn| {
            let rows = store::list(conn, &filter, ListPlace::Newest(None), 1000)?;
            let with_uses = rows.into_iter().map(|row| Ok((store::uses(conn, &row)?, row)));
            with_uses.collect::<Result<Vec<_>, StoreError>>()
        });
        let rows = read.unwrap();
        let own = |claim: &&Claim| claim.learner == learner;
        assert_eq!(rows.len(), book.claims.iter().filter(own).count());
        for (uses, row) in rows {
            let claim = book.claims.iter().find(|claim| claim.id == row.claim_id.0).unwrap();
            let (status, verdict) = stored(claim.stands);
            let verdict = verdict.map(|verdict| verdict.to_string());
            assert_eq!((row.status, row.verdict), (status.to_string(), verdict), "{claim:?}");
            assert_eq!((row.since, row.due_on), (claim.since, claim.due()), "{claim:?}");
            let number = row
                .decision_number
                .map(|number| number.rsplit('-').next().unwrap().parse::<u32>().unwrap());
            assert_eq!(number, claim.number, "the number of the verdict of {claim:?}");
            let uses: BTreeSet<(Uuid, i64, bool)> = uses
                .iter()
                .map(|used| (used.outcome_id.0, used.amount_hundredths, used.standing))
                .collect();
            let expected: BTreeSet<(Uuid, i64, bool)> = claim.uses.iter().map(|used| (used.outcome, used.amount, used.standing)).collect();
            assert_eq!(uses, expected, "{claim:?}");
        }
        let bought = list_own_conversions(&self.world().bank, &when.at(self.learners[learner].context)).unwrap();
        let bought: Vec<(Uuid, String, Uuid, Option<String>)> = bought
            .into_iter()
            .map(|one| (one.claim_id, course(&one.award), one.outcome_id, one.ended_because))
            .collect();
        let claims = book.claims.iter().filter(own).filter(|claim| claim.bought_on.is_some());
        let expected: Vec<(Uuid, String, Uuid, Option<String>)> = claims
            .flat_map(|claim| {
                let shown = |award: &super::claims::Award| {
                    let ended = award.ended.map(str::to_owned);
                    (claim.id, award.course.clone(), award.outcome, ended)
                };
                claim.awards.iter().map(shown).collect::<Vec<_>>()
            })
            .collect();
        same("what credit bought", bought, expected);
    }

    fn compare_cases(&self, book: &Book, when: When, learner: usize) {
        let context = when.at(self.learners[learner].context);
        let shown = list_own_cases(&self.world().bank, &context, None, 1000).unwrap();
        let own = book.cases.iter().filter(|case| book.claims[case.claim].learner == learner);
        assert_eq!(shown.len(), own.clone().count());
        for case in own {
            let one = shown.iter().find(|one| one.case_id == case.id).unwrap();
            let wrong: BTreeSet<Uuid> = one.outcome_ids.iter().copied().collect();
            assert_eq!((one.state.as_str(), wrong, one.due_on), (case.state, case.wrong.clone(), case.due));
            assert_eq!(one.claim_id, book.claims[case.claim].id);
            assert_eq!(one.replaced_by, case.replaced_by.map(|by| book.claims[by].id));
        }
    }
}
