//! What a learner converted earlier in a programme, or claims to convert: limits count it.

use uuid::Uuid;

use super::error::OpError;
use crate::domain::allocation::{Allocation, Award, EarlierAward, Question};
use crate::domain::claim::{ClaimFilter, ClaimKind, ClaimStatus, Verdict};
use crate::domain::list::ListPlace;
use crate::store::claims as store;
use crate::store::connection::Conn;
use crate::store::conversions;
use crate::store::error::StoreError;
use crate::store::{corrections, records, worths};

/// The most conversion claims of one learner that are looked at.
const CLAIMS_MAX: i64 = 1_000;

/// What stands in an institution's programme of a code, whatever its version: what was granted, and what waits for a verdict.
///
/// # Errors
/// When the database is away.
pub(super) fn earlier_in(
    conn: &mut Conn,
    learner_id: Uuid,
    institution_id: Uuid,
    programme_code: &str,
) -> Result<Vec<EarlierAward>, OpError> {
    let damaged = |_| StoreError::Damaged(format!("a conversion of learner {learner_id}"));
    let mut found = Vec::new();
    // What is in question takes nobody's place: the learner may claim the same with other credit meanwhile.
    let in_question = corrections::conversions_in_question(conn, learner_id)?;
    for row in conversions::list(conn, learner_id, Some((institution_id, programme_code)))? {
        if row.ended_at.is_none() && !in_question.contains(&row.conversion_id.0) {
            let award: Award = serde_json::from_str(&row.award).map_err(damaged)?;
            found.push(EarlierAward {
                outcome: serde_json::from_str(&row.facts).map_err(damaged)?,
                clause: award.clause,
                destination: award.destination,
                amount: award.amount,
                decided_on: Some(row.decided_on),
            });
        }
    }
    let filter = ClaimFilter {
        learner_id: Some(learner_id),
        institution_id: Some(institution_id),
        kind: Some(ClaimKind::Conversion),
        ..ClaimFilter::default()
    };
    for row in store::list(conn, &filter, ListPlace::Newest(None), CLAIMS_MAX)? {
        // A grant that is appealed against is among the conversions; the appeal against a refusal holds its credit again.
        let waits = match ClaimStatus::parse(&row.status) {
            Some(ClaimStatus::Appealed) => row.verdict.as_deref() == Some(Verdict::Refuse.as_str()),
            Some(status) => status.is_open(),
            None => false,
        };
        let Some(worth_id) = row.worth_id.filter(|_| waits) else { continue };
        let Some(kept) = worths::find(conn, learner_id, worth_id.0)? else {
            continue;
        };
        let question: Question = serde_json::from_str(&kept.question).map_err(damaged)?;
        if question.programme.code != programme_code {
            continue;
        }
        let allocation: Allocation = serde_json::from_str(&kept.allocation).map_err(damaged)?;
        for award in allocation.awards {
            if let Some(outcome) = question.outcomes.iter().find(|facts| facts.key == award.outcome) {
                found.push(EarlierAward {
                    outcome: outcome.clone(),
                    clause: award.clause,
                    destination: award.destination,
                    amount: award.amount,
                    decided_on: Some(question.decided_on),
                });
            }
        }
    }
    as_granted(conn, learner_id, &mut found)?;
    Ok(found)
}

/// Counts each outcome with all the credit that it ever brought: another claim that held a part of it when an award was judged may
/// have let it go again, and that part can still be used.
fn as_granted(conn: &mut Conn, learner_id: Uuid, found: &mut [EarlierAward]) -> Result<(), OpError> {
    if found.is_empty() {
        return Ok(());
    }
    for lot in records::lots_of(conn, learner_id)? {
        let key = lot.outcome_id.0.to_string();
        let granted = lot.balance()?.granted_amount();
        for award in found.iter_mut().filter(|award| award.outcome.key == key) {
            award.outcome.bank_credit = granted;
        }
    }
    Ok(())
}
