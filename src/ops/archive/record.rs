//! The whole record of a learner, gathered by the operations by which the learner reads it, and what another bank reads of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::archive::FORMAT;
use crate::domain::claim::ClaimFilter;
use crate::domain::credit::{CourseCredit, Credit};
use crate::domain::ledger::{Ledger, LedgerAnswer, LedgerDecision, LedgerLot, LedgerProblem, MovementView};
use crate::domain::lot::Pocket;
use crate::domain::rejection::Rejection;
use crate::ops::access::{Access, Whose, learner_of, list_accesses};
use crate::ops::claims::reading::{list_own_claims, list_own_conversions, read_claim};
use crate::ops::claims::view::{ClaimView, Conversion};
use crate::ops::context::{Bank, Context};
use crate::ops::corrections::requests::RequestSummary;
use crate::ops::corrections::requests::own::list_own_correction_requests;
use crate::ops::error::OpError;
use crate::ops::evidence::EvidenceFile;
use crate::ops::evidence::read::list_own_evidence;
use crate::ops::outcomes::{OutcomeView, list_record_outcomes};
use crate::ops::records::{Account, AsOf, OwnIdentity, own_identity, read_account};
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::institutions;
use crate::store::{records, worths};

/// How many rows are read at a time.
const PAGE: i64 = 200;

/// How often the reading is begun again where the record moves meanwhile.
const ATTEMPTS_MAX: usize = 5;

/// An institution that the record names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedInstitution {
    pub institution_id: Uuid,
    pub name: String,
    /// The unified social credit code, by which it is found at another bank.
    pub credit_code: String,
}

/// The whole record of a learner.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub format: &'static str,
    pub bank: String,
    pub made_at: DateTime<Utc>,
    pub identity: OwnIdentity,
    pub account: Account,
    pub ledger: Ledger,
    pub institutions: Vec<ArchivedInstitution>,
    pub outcomes: Vec<OutcomeView>,
    pub claims: Vec<ClaimView>,
    pub conversions: Vec<Conversion>,
    pub correction_requests: Vec<RequestSummary>,
    pub evidence: Vec<EvidenceFile>,
    pub accesses: Vec<Access>,
}

/// The parts of a record that another bank works out again; what else it says is kept and shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReadRecord {
    pub format: String,
    pub bank: String,
    pub made_at: DateTime<Utc>,
    pub identity: OwnIdentity,
    pub ledger: Ledger,
}

impl ReadRecord {
    /// Works out again what can be, and names what comes out otherwise.
    pub fn problems(&self) -> Vec<LedgerProblem> {
        let mut problems = self.ledger.problems();
        if self.ledger.learner_id != self.identity.learner_id {
            problems.push(LedgerProblem {
                about: "the ledger".to_owned(),
                what: "it is another learner's".to_owned(),
            });
        }
        problems
    }
}

/// All rows of a list that is read from the newest.
fn all<T>(page: impl Fn(Option<Uuid>) -> Result<Vec<T>, OpError>, id: impl Fn(&T) -> Uuid) -> Result<Vec<T>, OpError> {
    let (mut rows, mut before) = (Vec::new(), None);
    loop {
        let found = page(before)?;
        let Some(last) = found.last() else { return Ok(rows) };
        before = Some(id(last));
        rows.extend(found);
    }
}

/// Gathers the caller's own record.
///
/// # Errors
/// `NotFound` for somebody without a learning account; `StaleEdition` where the record does not hold still.
pub(super) fn gather(bank: &Bank, context: &Context, named: &str) -> Result<Record, OpError> {
    for _ in 0..ATTEMPTS_MAX {
        let (identity, ledger) = ledger(bank, context)?;
        let claims = all(
            |before| list_own_claims(bank, context, &ClaimFilter::default(), before, PAGE),
            |claim| claim.claim_id,
        )?;
        let claims: Vec<ClaimView> = claims
            .iter()
            .map(|claim| read_claim(bank, context, claim.claim_id))
            .collect::<Result<_, _>>()?;
        let outcomes = all(
            |before| list_record_outcomes(bank, context, Whose::Own, None, before, PAGE),
            |outcome| outcome.outcome_id,
        )?;
        let record = Record {
            format: FORMAT,
            bank: named.to_owned(),
            made_at: context.now,
            account: read_account(bank, context, Whose::Own, &AsOf::default())?,
            institutions: named_institutions(bank, &outcomes, &claims)?,
            outcomes,
            claims,
            conversions: list_own_conversions(bank, context)?,
            correction_requests: all(
                |before| list_own_correction_requests(bank, context, before, PAGE),
                |request| request.request_id,
            )?,
            evidence: all(|before| list_own_evidence(bank, context, before, PAGE), |file| file.file_id)?,
            accesses: all(
                |before| list_accesses(bank, context, Whose::Own, before, PAGE),
                |access| access.access_id,
            )?,
            identity,
            ledger,
        };
        // Read in several transactions: nothing may have moved between the first and the last.
        if self::ledger(bank, context)?.1 == record.ledger {
            return Ok(record);
        }
    }
    Err(Rejection::StaleEdition {}.into())
}

fn named_institutions(bank: &Bank, outcomes: &[OutcomeView], claims: &[ClaimView]) -> Result<Vec<ArchivedInstitution>, OpError> {
    let deciding = claims.iter().filter_map(|claim| claim.summary.institution_id);
    let mut ids: Vec<Uuid> = outcomes.iter().map(|outcome| outcome.institution_id).chain(deciding).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = bank.store.read(|conn| institutions::by_ids(conn, &ids))?;
    let named = rows.into_iter().map(|row| ArchivedInstitution {
        institution_id: row.institution_id.0,
        name: row.name,
        credit_code: row.credit_code,
    });
    Ok(named.collect())
}

fn ledger(bank: &Bank, context: &Context) -> Result<(OwnIdentity, Ledger), OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "make_archive")?;
        Ok((own_identity(bank, &learner)?, ledger_of(conn, &learner)?))
    })
}

fn ledger_of(conn: &mut Conn, learner: &LearnerRow) -> Result<Ledger, OpError> {
    let learner_id = learner.learner_id.0;
    let damaged = |what: &str, id: Uuid| StoreError::Damaged(format!("{what} {id}"));
    let movements = records::movements_in_order(conn, learner_id, None)?;
    let movements = movements.iter().map(|row| Ok(MovementView::from(&row.movement()?)));
    let movements = movements.collect::<Result<_, StoreError>>()?;
    let mut lots = Vec::new();
    for row in records::lots_of(conn, learner_id)? {
        let balance = row.balance()?;
        lots.push(LedgerLot {
            lot_id: row.lot_id.0,
            outcome_id: row.outcome_id.0,
            decision_id: row.decision_id.0,
            category: row.category,
            level: row.level,
            usable_until: row.usable_until,
            granted: balance.granted_amount(),
            available: balance.pocket(Pocket::Available),
            held: balance.pocket(Pocket::Held),
            redeemed: balance.pocket(Pocket::Redeemed),
            expired: balance.pocket(Pocket::Expired),
            reversed: balance.pocket(Pocket::Reversed),
        });
    }
    // What was decided before accounts were merged stays where it was decided.
    let accounts = records::with_absorbed(conn, learner_id)?;
    let mut decisions = records::decisions_of(conn, &accounts)?;
    decisions.dedup_by(|one, other| one.decision_id == other.decision_id);
    let decisions = decisions.into_iter().map(|row| {
        Ok(LedgerDecision {
            decision_id: row.decision_id.0,
            outcome_id: row.outcome_id.0,
            credit: Credit::from_hundredths(row.credit_hundredths).map_err(|_| damaged("decision", row.decision_id.0))?,
            decided_at: row.decided_at.0,
            inputs: row.inputs,
            rules: row.rules,
            recognition: row.recognition,
        })
    });
    let decisions = decisions.collect::<Result<_, StoreError>>()?;
    let mut answers = Vec::new();
    for row in worths::all(conn, learner_id)? {
        let worth_id = row.head.worth_id.0;
        answers.push(LedgerAnswer {
            worth_id,
            recognised: CourseCredit::from_hundredths(row.head.recognised_hundredths).map_err(|_| damaged("worth", worth_id))?,
            kept_at: row.head.kept_at.0,
            alternative: u16::try_from(row.head.alternative).map_err(|_| damaged("worth", worth_id))?,
            question: row.question,
            allocation: row.allocation,
        });
    }
    Ok(Ledger {
        learner_id,
        movements,
        lots,
        decisions,
        answers,
    })
}
