//! What could take the place of credit that turned out wrong: the claim's own question, asked again without it and with what the
//! learner has unused. It is offered; only a claim of the learner makes it so.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::allocation::{Effort, Question, allocate};
use crate::domain::claim::{ClaimKind, ClaimStatus, Verdict};
use crate::domain::correction::preview::{Consequence, PreviewItem};
use crate::domain::credit::CourseCredit;
use crate::ops::claims::conversion::kept;
use crate::ops::error::OpError;
use crate::ops::facts::facts_of;
use crate::store::claims::ClaimRow;
use crate::store::connection::Conn;
use crate::store::corrections::CaseRow;
use crate::store::error::StoreError;
use crate::store::{affected, programmes};

/// The most claims of one correction for which another way is looked for.
const OFFERS_MAX: usize = 200;

/// Other outcomes with which a claim's rules are met as well as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CaseOffer)]
pub struct Offer {
    pub claim_id: Uuid,
    /// What the claim had recognised, and what it would without the wrong outcomes and with the others.
    pub was: CourseCredit,
    pub recognised: CourseCredit,
    /// The outcomes that would be used and are not used by the claim.
    pub outcome_ids: Vec<Uuid>,
}

/// A claim's question without what ends.
pub(super) struct Open {
    claim_id: Uuid,
    learner_id: Uuid,
    was: CourseCredit,
    used: BTreeSet<String>,
    question: Question,
}

/// The questions of the claims that a preview reopens, of many the first.
///
/// # Errors
/// When a stored value is damaged.
pub(super) fn questions(conn: &mut Conn, items: &[PreviewItem], today: NaiveDate) -> Result<Vec<Open>, OpError> {
    let ending: BTreeSet<String> = items.iter().map(|item| item.outcome_id.to_string()).collect();
    let mut seen: BTreeSet<Uuid> = BTreeSet::new();
    let mut open = Vec::new();
    for item in items {
        for consequence in &item.consequences {
            let Consequence::Reopen { claim_id, .. } = consequence else {
                continue;
            };
            if seen.len() < OFFERS_MAX && seen.insert(*claim_id) {
                open.push(question(conn, item.learner_id, *claim_id, &ending, today)?);
            }
        }
    }
    Ok(open)
}

fn question(conn: &mut Conn, learner_id: Uuid, claim_id: Uuid, ending: &BTreeSet<String>, today: NaiveDate) -> Result<Open, OpError> {
    let broken = || StoreError::Damaged(format!("claim {claim_id}"));
    let claims = affected::claims_of_learners(conn, &[learner_id], &[claim_id])?;
    let worth_id = claims.into_iter().next().and_then(|row| row.worth_id).ok_or_else(broken)?;
    let (_, mut question, allocation) = kept(conn, learner_id, worth_id.0)?;
    let used = allocation.awards.iter().map(|award| award.outcome.clone()).collect::<BTreeSet<_>>();
    // What the claim uses counts as it did; what it does not use counts with what is left of it today.
    question.outcomes.retain(|facts| used.contains(&facts.key));
    for facts in facts_of(conn, learner_id, today)? {
        if question.outcomes.iter().all(|own| own.key != facts.key) {
            question.outcomes.push(facts);
        }
    }
    question.earlier.retain(|award| !ending.contains(&award.outcome.key));
    question.outcomes.retain(|facts| !ending.contains(&facts.key));
    let there = |key: &String| question.outcomes.iter().any(|facts| facts.key == *key);
    question.pins.retain(|pin| there(&pin.outcome));
    question
        .left_out
        .retain(|key| question.outcomes.iter().any(|facts| facts.key == *key));
    question.effort = Effort::glance();
    Ok(Open {
        claim_id,
        learner_id,
        was: allocation.recognised,
        used,
        question,
    })
}

/// Where another way recognises as much as the claim did, with the learner whose it is.
pub(super) fn offers(open: &[Open]) -> Vec<(Uuid, Offer)> {
    let solved = crate::ops::parallel::each(open, |open| {
        let allocation = allocate(&open.question).ok().filter(|found| found.recognised >= open.was)?;
        let keys = allocation
            .awards
            .iter()
            .map(|award| &award.outcome)
            .filter(|key| !open.used.contains(*key));
        let outcome_ids: BTreeSet<Uuid> = keys.filter_map(|key| Uuid::parse_str(key).ok()).collect();
        let offer = Offer {
            claim_id: open.claim_id,
            was: open.was,
            recognised: allocation.recognised,
            outcome_ids: outcome_ids.into_iter().collect(),
        };
        Some((open.learner_id, offer))
    });
    solved.into_iter().flatten().collect()
}

fn is_granted(claim: &ClaimRow) -> bool {
    let grants = claim.verdict.as_deref() == Some(Verdict::Grant.as_str());
    let decided = [ClaimStatus::Granted, ClaimStatus::Appealed, ClaimStatus::Closed];
    grants && decided.iter().any(|status| claim.status == status.as_str())
}

/// Whether a claim can take the place of what another bought.
///
/// # Errors
/// When the database is away.
pub(super) fn fits(conn: &mut Conn, case: &CaseRow, claim: &ClaimRow, by: &ClaimRow) -> Result<bool, StoreError> {
    let same = by.learner_id == case.learner_id && by.institution_id == claim.institution_id && by.kind == ClaimKind::Conversion.as_str();
    let (Some(one), Some(other)) = (&claim.programme_id, &by.programme_id) else {
        return Ok(false);
    };
    let one = programmes::find(conn, one.0)?.map(|(row, _)| row.code);
    let other = programmes::find(conn, other.0)?.map(|(row, _)| row.code);
    Ok(is_granted(by) && same && by.claim_id != claim.claim_id && by.submitted_at.0 >= case.opened_at.0 && one == other)
}
