//! What stands on the outcomes of a correction, from the bank's records.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::domain::allocation::{Award, Destination};
use crate::domain::certificate_number::CertificateNumber;
use crate::domain::claim::{ClaimStatus, Verdict};
use crate::domain::correction::preview::{Affected, AffectedUse, Bought, Part};
use crate::domain::correction::{CorrectionScope, OUTCOMES_MAX, PeriodOf};
use crate::domain::credit::{CourseCredit, Credit};
use crate::domain::outcome::OutcomeStatus;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::context::Bank;
use crate::ops::credentials::effects::live;
use crate::ops::error::OpError;
use crate::store::affected::{self as store, Span};
use crate::store::claims::{ClaimRow, UseRow};
use crate::store::connection::Conn;
use crate::store::conversions::ConversionRow;
use crate::store::deposits::{LotRow, OutcomeRow};
use crate::store::error::StoreError;

/// How many outcomes are looked at together.
const PAGE: usize = 500;

fn damaged(what: &str, id: Uuid) -> StoreError {
    StoreError::Damaged(format!("{what} {id}"))
}

fn status_of(row: &OutcomeRow) -> Result<OutcomeStatus, StoreError> {
    OutcomeStatus::parse(&row.status).ok_or_else(|| damaged("outcome", row.outcome_id.0))
}

/// The outcomes of an institution that a scope names, in the order of learners.
///
/// # Errors
/// `InvalidBody` by the place of a name that names nothing, `NothingToCorrect`, `CorrectionTooLarge`.
pub(super) fn outcomes(bank: &Bank, conn: &mut Conn, institution_id: Uuid, scope: &CorrectionScope) -> Result<Vec<OutcomeRow>, OpError> {
    let limit = i64::try_from(OUTCOMES_MAX + 1).unwrap_or(i64::MAX);
    let rows = match scope {
        CorrectionScope::Outcome { outcome_id } => {
            let found = store::outcomes_named(conn, institution_id, &[*outcome_id], &[])?;
            if found.is_empty() {
                return Err(Rejection::field("/scope/outcome_id", "is no outcome of this institution").into());
            }
            found
        }
        CorrectionScope::Batch {
            outcome_ids,
            certificate_numbers,
        } => named(conn, institution_id, outcome_ids, certificate_numbers)?,
        CorrectionScope::Period {
            by,
            from,
            to,
            achievement_id,
        } => {
            let span = match by {
                PeriodOf::Awarded => Span::Awarded { from: *from, to: *to },
                PeriodOf::Deposited => {
                    let begin = from.pred_opt().and_then(|day| bank.end_of_day(day));
                    let (from, before) = begin.zip(bank.end_of_day(*to)).ok_or(Rejection::NothingToCorrect {})?;
                    Span::Deposited { from, before }
                }
            };
            store::outcomes_of_span(conn, institution_id, span, *achievement_id, limit)?
        }
    };
    if rows.len() > OUTCOMES_MAX {
        return Err(Rejection::CorrectionTooLarge {
            outcomes_max: OUTCOMES_MAX,
        }
        .into());
    }
    let mut ends = false;
    for row in &rows {
        ends |= status_of(row)?.may_be_corrected();
    }
    if ends {
        Ok(rows)
    } else {
        Err(Rejection::NothingToCorrect {}.into())
    }
}

/// The outcomes of a batch. A number that several outcomes have names the one of them that stands.
fn named(conn: &mut Conn, institution_id: Uuid, ids: &[Uuid], numbers: &[String]) -> Result<Vec<OutcomeRow>, OpError> {
    let numbers: Vec<String> = numbers
        .iter()
        .map(|text| CertificateNumber::parse(text).map_or_else(|| text.clone(), |number| number.as_str().to_owned()))
        .collect();
    let found = store::outcomes_named(conn, institution_id, ids, &numbers)?;
    let mut wanted: BTreeSet<Uuid> = BTreeSet::new();
    let mut problems = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        if found.iter().any(|row| row.outcome_id.0 == *id) {
            wanted.insert(*id);
        } else {
            problems.push(FieldProblem::new(
                format!("/scope/outcome_ids/{place}"),
                "is no outcome of this institution",
            ));
        }
    }
    let mut by_number: HashMap<&str, Vec<&OutcomeRow>> = HashMap::new();
    for row in &found {
        if let Some(number) = &row.certificate_number {
            by_number.entry(number).or_default().push(row);
        }
    }
    for (place, number) in numbers.iter().enumerate() {
        let own = by_number.get(number.as_str()).cloned().unwrap_or_default();
        let mut standing = Vec::new();
        for row in &own {
            if status_of(row)?.may_be_corrected() {
                standing.push(*row);
            }
        }
        let newest = own.iter().max_by_key(|row| row.outcome_id.0).copied();
        let chosen = match standing.as_slice() {
            [] => newest.ok_or("is no outcome of this institution"),
            [row] => Ok(*row),
            _ => Err("is on several outcomes; name the one by its id"),
        };
        let problem = match chosen {
            Ok(row) => {
                wanted.insert(row.outcome_id.0);
                continue;
            }
            Err(problem) => problem,
        };
        problems.push(FieldProblem::new(format!("/scope/certificate_numbers/{place}"), problem));
    }
    Rejection::any_of(problems)?;
    Ok(found.into_iter().filter(|row| wanted.contains(&row.outcome_id.0)).collect())
}

/// What stands on some outcomes; so many statements for a page of them as for one.
///
/// # Errors
/// When a stored value is damaged.
pub(super) fn affected(conn: &mut Conn, rows: &[OutcomeRow]) -> Result<Vec<Affected>, OpError> {
    let mut found = Vec::with_capacity(rows.len());
    for page in rows.chunks(PAGE) {
        let around = Around::load(conn, page)?;
        for row in page {
            found.push(around.affected(row)?);
        }
    }
    Ok(found)
}

/// What belongs to the outcomes of a page.
struct Around {
    lots: HashMap<Uuid, LotRow>,
    /// Standing uses by outcome, and by claim.
    uses: HashMap<Uuid, Vec<UseRow>>,
    claim_uses: HashMap<Uuid, Vec<UseRow>>,
    claims: HashMap<Uuid, ClaimRow>,
    conversions: HashMap<Uuid, Vec<ConversionRow>>,
    credentials: HashMap<Uuid, Vec<Uuid>>,
}

impl Around {
    fn load(conn: &mut Conn, page: &[OutcomeRow]) -> Result<Self, OpError> {
        let mut learner_ids: Vec<Uuid> = page.iter().map(|row| row.learner_id.0).collect();
        learner_ids.dedup();
        let lots = store::lots_of_learners(conn, &learner_ids)?;
        let mut claim_uses: HashMap<Uuid, Vec<UseRow>> = HashMap::new();
        let mut uses: HashMap<Uuid, Vec<UseRow>> = HashMap::new();
        for used in store::standing_uses_of_learners(conn, &learner_ids)? {
            claim_uses.entry(used.claim_id.0).or_default().push(used.clone());
            uses.entry(used.outcome_id.0).or_default().push(used);
        }
        let used = page.iter().filter_map(|row| uses.get(&row.outcome_id.0)).flatten();
        let claim_ids: Vec<Uuid> = used.map(|used| used.claim_id.0).collect::<BTreeSet<_>>().into_iter().collect();
        let claims = store::claims_of_learners(conn, &learner_ids, &claim_ids)?;
        let mut conversions: HashMap<Uuid, Vec<ConversionRow>> = HashMap::new();
        for row in store::conversions_of_claims(conn, &learner_ids, &claim_ids)? {
            conversions.entry(row.claim_id.0).or_default().push(row);
        }
        let outcome_ids: Vec<Uuid> = page.iter().map(|row| row.outcome_id.0).collect();
        Ok(Self {
            credentials: live(conn, &learner_ids, &outcome_ids)?,
            lots: lots.into_iter().map(|row| (row.outcome_id.0, row)).collect(),
            uses,
            claim_uses,
            claims: claims.into_iter().map(|row| (row.claim_id.0, row)).collect(),
            conversions,
        })
    }

    fn affected(&self, row: &OutcomeRow) -> Result<Affected, OpError> {
        let outcome_id = row.outcome_id.0;
        let lot = self
            .lots
            .get(&outcome_id)
            .map(|lot| lot.balance().map(|balance| (lot.lot_id.0, balance)));
        let uses = self.uses.get(&outcome_id).into_iter().flatten();
        Ok(Affected {
            learner_id: row.learner_id.0,
            outcome_id,
            certificate_number: row.certificate_number.clone(),
            awarded_on: row.awarded_on,
            status: status_of(row)?,
            lot: lot.transpose()?,
            uses: uses.map(|used| self.used(used)).collect::<Result<_, StoreError>>()?,
            credentials: self.credentials.get(&outcome_id).cloned().unwrap_or_default(),
        })
    }

    fn used(&self, used: &UseRow) -> Result<AffectedUse, StoreError> {
        let broken = || damaged("claim", used.claim_id.0);
        let claim = self.claims.get(&used.claim_id.0).ok_or_else(broken)?;
        let amount = |row: &UseRow| Credit::from_hundredths(row.amount_hundredths).map_err(|_| broken());
        let mut others = Vec::new();
        for other in self.claim_uses.get(&used.claim_id.0).into_iter().flatten() {
            if let Some(lot_id) = other.lot_id.as_ref().filter(|_| other.outcome_id != used.outcome_id) {
                others.push(Part {
                    outcome_id: other.outcome_id.0,
                    lot_id: lot_id.0,
                    amount: amount(other)?,
                });
            }
        }
        let conversions = self.conversions.get(&used.claim_id.0).into_iter().flatten();
        let own = conversions.filter(|row| row.outcome_id == used.outcome_id);
        Ok(AffectedUse {
            claim_id: used.claim_id.0,
            institution_id: claim.institution_id.as_ref().map(|key| key.0),
            status: ClaimStatus::parse(&claim.status).ok_or_else(broken)?,
            verdict: claim
                .verdict
                .as_deref()
                .map(|word| Verdict::parse(word).ok_or_else(broken))
                .transpose()?,
            amount: amount(used)?,
            others,
            decision_number: claim.decision_number.clone(),
            bought: own.map(bought).collect::<Result<_, StoreError>>()?,
        })
    }
}

fn bought(row: &ConversionRow) -> Result<Bought, StoreError> {
    let broken = || damaged("conversion", row.conversion_id.0);
    let award: Award = serde_json::from_str(&row.award).map_err(|_| broken())?;
    Ok(Bought {
        conversion_id: row.conversion_id.0,
        programme_id: row.programme_id.0,
        programme_code: row.programme_code.clone(),
        place: match award.destination {
            Destination::Course { code, .. } => code,
            Destination::FreeCredit { bucket } => bucket,
        },
        amount: CourseCredit::from_hundredths(row.amount_hundredths).map_err(|_| broken())?,
    })
}
