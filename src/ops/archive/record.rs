//! The whole record of a learner, gathered by the operations by which the learner reads it, and what another bank reads of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ledger::ledger_of;
use crate::domain::archive::FORMAT;
use crate::domain::claim::ClaimFilter;
use crate::domain::ledger::{Ledger, LedgerProblem};
use crate::domain::portfolio::timeline::{Grouping, Item, ItemFilter, NamedInstitution};
use crate::domain::rejection::Rejection;
use crate::ops::access::{Access, Whose, learner_of, list_accesses};
use crate::ops::claims::reading::{list_own_claims, list_own_conversions, read_claim};
use crate::ops::claims::view::{ClaimView, Conversion};
use crate::ops::consents::{ConsentReceipt, list_consents};
use crate::ops::context::{Bank, Context};
use crate::ops::corrections::requests::RequestSummary;
use crate::ops::corrections::requests::own::list_own_correction_requests;
use crate::ops::credentials::{CredentialSummary, list_own_credentials};
use crate::ops::error::OpError;
use crate::ops::evidence::EvidenceFile;
use crate::ops::evidence::read::list_own_evidence;
use crate::ops::outcomes::{OutcomeView, list_record_outcomes};
use crate::ops::portfolio::entries::{Entry, list_entries};
use crate::ops::portfolio::list_portfolio;
use crate::ops::records::{Account, AsOf, OwnIdentity, own_identity, read_account};
use crate::ops::statements::{Statement, list_statements};
use crate::ops::views::{View, list_views};
use crate::store::institutions;

/// How many rows are read at a time.
const PAGE: i64 = 200;

/// How often the reading is begun again where the record moves meanwhile.
const ATTEMPTS_MAX: usize = 5;

/// The whole record of a learner.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Record {
    pub(super) format: &'static str,
    pub(super) bank: String,
    pub(super) made_at: DateTime<Utc>,
    pub(super) identity: OwnIdentity,
    pub(super) account: Account,
    pub(super) ledger: Ledger,
    pub(super) institutions: Vec<NamedInstitution>,
    pub(super) outcomes: Vec<OutcomeView>,
    pub(super) claims: Vec<ClaimView>,
    pub(super) conversions: Vec<Conversion>,
    pub(super) correction_requests: Vec<RequestSummary>,
    pub(super) timeline: Vec<Item>,
    pub(super) entries: Vec<Entry>,
    pub(super) views: Vec<View>,
    pub(super) evidence: Vec<EvidenceFile>,
    pub(super) credentials: Vec<CredentialSummary>,
    pub(super) statements: Vec<Statement>,
    pub(super) consents: Vec<ConsentReceipt>,
    pub(super) accesses: Vec<Access>,
}

/// The parts of a record that another bank works out again or takes over; what else it says is kept and shown as it is.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ReadRecord {
    pub(super) format: String,
    pub(super) bank: String,
    pub(super) made_at: DateTime<Utc>,
    pub(super) identity: OwnIdentity,
    pub(super) ledger: Ledger,
    pub(super) timeline: Vec<Placed>,
    pub(super) entries: Vec<Entry>,
    pub(super) views: Vec<View>,
    pub(super) evidence: Vec<EvidenceFile>,
}

/// Where something stands in the portfolio.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Placed {
    pub(super) item_id: Uuid,
    pub(super) hidden: bool,
    pub(super) place: Option<i16>,
}

impl ReadRecord {
    /// Works out again what can be, and names what comes out otherwise.
    pub(super) fn problems(&self) -> Vec<LedgerProblem> {
        let mut problems = self.ledger.problems();
        if self.ledger.learner_id != self.identity.learner_id {
            problems.push(LedgerProblem::new("the ledger", "it is another learner's"));
        }
        problems
    }
}

/// All rows of a list that is read from the newest.
pub(super) fn all<T>(page: impl Fn(Option<Uuid>) -> Result<Vec<T>, OpError>, id: impl Fn(&T) -> Uuid) -> Result<Vec<T>, OpError> {
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
        let timeline = list_portfolio(bank, context, Grouping::Timeline, &ItemFilter::default(), None, usize::MAX)?.items;
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
            entries: list_entries(bank, context)?,
            timeline,
            views: list_views(bank, context)?,
            evidence: all(|before| list_own_evidence(bank, context, before, PAGE), |file| file.file_id)?,
            credentials: all(
                |before| list_own_credentials(bank, context, before, PAGE),
                |credential| credential.credential_id,
            )?,
            statements: all(
                |before| list_statements(bank, context, before, PAGE),
                |statement| statement.statement_id,
            )?,
            consents: list_consents(bank, context)?,
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

fn ledger(bank: &Bank, context: &Context) -> Result<(OwnIdentity, Ledger), OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "make_archive")?;
        Ok((own_identity(bank, &learner)?, ledger_of(conn, &learner)?))
    })
}

fn named_institutions(bank: &Bank, outcomes: &[OutcomeView], claims: &[ClaimView]) -> Result<Vec<NamedInstitution>, OpError> {
    let deciding = claims.iter().filter_map(|claim| claim.summary.institution_id);
    let mut ids: Vec<Uuid> = outcomes.iter().map(|outcome| outcome.institution_id).chain(deciding).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = bank.store.read(|conn| institutions::by_ids(conn, &ids))?;
    let named = rows.into_iter().map(|row| NamedInstitution {
        institution_id: row.institution_id.0,
        name: row.name,
    });
    Ok(named.collect())
}
