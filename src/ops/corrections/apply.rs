//! Applying a correction: what stands now is worked out again in the same transaction, and where it is not what was previewed,
//! nothing is done.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use super::offers::Offer;
use super::requests::follow;
use super::{Asked, Correction, damaged, previewed, replacement};
use crate::domain::correction::differences::differences;
use crate::domain::correction::preview::{Consequence, PreviewItem, moves};
use crate::domain::correction::{CASE_WORKING_DAYS, CaseState, CorrectionKind, CorrectionState, OUTCOMES_MAX};
use crate::domain::lot::Pocket;
use crate::domain::movement::CauseKind;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::claims::void::void_claim;
use crate::ops::context::{Bank, Context};
use crate::ops::credentials::effects::revoke;
use crate::ops::disputes::{Dispute, disputes};
use crate::ops::error::OpError;
use crate::ops::once::once;
use crate::ops::posting::{Cause, Postings, Transfer};
use crate::ops::working_days::working_days;
use crate::store::connection::Conn;
use crate::store::corrections::{self as store, CaseRow, ItemRow};
use crate::store::deposits::{LearnerRow, LotRow};
use crate::store::error::StoreError;
use crate::store::journal::{Told, tell};
use crate::store::types::{At, Key};
use crate::store::{affected, records};

/// How many learners are read together.
const PAGE: usize = 500;

/// Applies a correction that somebody else previewed, as a whole or not at all. Writers of the learners concerned wait meanwhile.
///
/// # Errors
/// `NotFound`, `OwnPreview`, `WrongState`, `InvalidBody` where the digest is another, `CorrectionChanged` with the differences,
/// and what the policy answers.
pub fn apply_correction(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    correction_id: Uuid,
    digest: &str,
) -> Result<Correction, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "apply_correction", key, &(correction_id, digest), |conn| {
            let row = store::find(conn, correction_id)?.ok_or(Rejection::NotFound {})?;
            let resource = Resource::Institution(row.institution_id.0);
            let actor = context.authorised(conn, Action::ApplyCorrection, resource)?;
            if row.previewed_by == context.caller.label() {
                return Err(Rejection::OwnPreview {}.into());
            }
            if row.state != CorrectionState::Previewed.as_str() {
                return Err(Rejection::WrongState { state: row.state }.into());
            }
            if row.digest != digest {
                return Err(Rejection::field("/digest", "is not that of the preview").into());
            }
            let correction = Correction::try_from(row)?;
            let kept = store::items(conn, correction_id, None, i64::try_from(OUTCOMES_MAX).unwrap_or(i64::MAX))?;
            let mut learner_ids: Vec<Uuid> = kept.iter().map(|item| item.learner_id.0).collect();
            learner_ids.dedup();
            affected::lock_learners(conn, &learner_ids)?;
            // Of two at once the second is told that it is applied.
            let row = store::find(conn, correction_id)?.ok_or(Rejection::NotFound {})?;
            if row.state != CorrectionState::Previewed.as_str() {
                return Err(Rejection::WrongState { state: row.state }.into());
            }
            let items = unchanged(bank, context, conn, &correction, &kept)?;
            if !store::note_applied(conn, correction_id, &context.caller.label(), actor.display_name(), context.now)? {
                return Err(StoreError::Stale.into());
            }
            Applying {
                bank,
                context,
                correction: &correction,
                offers: offers_of(&kept)?,
                due_on: working_days(conn)?.add(bank.day(context.now), CASE_WORKING_DAYS).last_day,
                cases: Vec::new(),
                granted_on: HashMap::new(),
            }
            .all(conn, &items)?;
            let applied = store::find(conn, correction_id)?.ok_or_else(|| damaged(correction_id))?;
            Ok(Correction::try_from(applied)?)
        })
    })
}

/// What follows now, where that is what was previewed.
fn unchanged(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    correction: &Correction,
    kept: &[ItemRow],
) -> Result<Vec<PreviewItem>, OpError> {
    let before = kept.iter().map(|row| serde_json::from_str(&row.item));
    let before = before
        .collect::<Result<Vec<PreviewItem>, _>>()
        .map_err(|_| damaged(correction.correction_id))?;
    let asked = Asked {
        institution_id: correction.institution_id,
        kind: correction.kind,
        scope: &correction.scope,
        corrected: correction.corrected.as_ref(),
    };
    let now = match previewed(bank, context, conn, &asked) {
        Ok(found) if found.digest == correction.digest => return Ok(found.items),
        Ok(found) => found.items,
        // All of them ended meanwhile.
        Err(OpError::Rejected(Rejection::NothingToCorrect {})) => Vec::new(),
        Err(error) => return Err(error),
    };
    let problems = differences(&before, &now);
    Err(Rejection::CorrectionChanged { problems }.into())
}

fn offers_of(kept: &[ItemRow]) -> Result<HashMap<Uuid, Offer>, OpError> {
    let mut found = HashMap::new();
    for row in kept {
        let own: Vec<Offer> = serde_json::from_str(&row.offers).map_err(|_| damaged(row.correction_id.0))?;
        found.extend(own.into_iter().map(|offer| (offer.claim_id, offer)));
    }
    Ok(found)
}

/// A correction that is carried out.
struct Applying<'a> {
    bank: &'a Bank,
    context: &'a Context,
    correction: &'a Correction,
    offers: HashMap<Uuid, Offer>,
    due_on: NaiveDate,
    cases: Vec<CaseRow>,
    /// By lot, of the learners that are at hand.
    granted_on: HashMap<Uuid, NaiveDate>,
}

/// What an institution is told.
#[derive(Default)]
struct Concern {
    claims_voided: BTreeSet<Uuid>,
    cases: Vec<Uuid>,
    requests: Vec<Uuid>,
    credentials: BTreeSet<Uuid>,
}

impl Applying<'_> {
    fn all(mut self, conn: &mut Conn, items: &[PreviewItem]) -> Result<(), OpError> {
        let mut by_learner: BTreeMap<Uuid, Vec<PreviewItem>> = BTreeMap::new();
        for item in items {
            by_learner.entry(item.learner_id).or_default().push(item.clone());
        }
        let learner_ids: Vec<Uuid> = by_learner.keys().copied().collect();
        let mut told = Vec::new();
        let mut concerns = BTreeMap::from([(self.correction.institution_id, Concern::default())]);
        for page in learner_ids.chunks(PAGE) {
            let learners = records::learners(conn, page)?;
            let mut lots: HashMap<Uuid, Vec<LotRow>> = HashMap::new();
            for lot in affected::lots_of_learners(conn, page)? {
                lots.entry(lot.learner_id.0).or_default().push(lot);
            }
            let mut postings = Postings::default();
            let ending = ended(page.iter().filter_map(|id| by_learner.get(id)).flatten());
            let disputed = disputes(conn, page, &ending)?;
            let revoked = revoke(conn, self.context, page, &ending, self.correction.correction_id)?;
            self.granted_on = affected::granted_on(conn, page)?;
            for learner in &learners {
                let learner_id = learner.learner_id.0;
                let own = by_learner.get(&learner_id).map(Vec::as_slice).unwrap_or_default();
                let lots = lots.get(&learner_id).map(Vec::as_slice).unwrap_or_default();
                self.post(&mut postings, learner, lots, own)?;
                told.extend(self.one_learner(conn, learner, own, (&disputed, &revoked), &mut concerns)?);
            }
            postings.write(conn)?;
        }
        self.end_outcomes(conn, items)?;
        store::open_cases(conn, &self.cases)?;
        let kind = self.correction.kind;
        for (institution_id, concern) in concerns {
            let details = serde_json::json!({ "kind": kind, "claims_voided": concern.claims_voided, "cases": concern.cases, "requests": concern.requests,
                "credentials": concern.credentials,
                "outcomes": (institution_id == self.correction.institution_id).then_some(self.correction.counts.outcomes) });
            told.push(self.told().of_institution(institution_id).with(details));
        }
        tell(conn, &told)?;
        Ok(())
    }

    fn told(&self) -> Told {
        self.context.told("apply_correction", "correction", self.correction.correction_id)
    }

    /// Ends the learner's claims, opens cases; and says what the learner is told, if anything ended.
    fn one_learner(
        &mut self,
        conn: &mut Conn,
        learner: &LearnerRow,
        items: &[PreviewItem],
        (disputed, revoked): (&HashMap<Uuid, Dispute>, &HashMap<Uuid, Vec<Uuid>>),
        concerns: &mut BTreeMap<Uuid, Concern>,
    ) -> Result<Option<Told>, OpError> {
        let mut voided: BTreeSet<Uuid> = BTreeSet::new();
        let mut reopened: BTreeMap<Uuid, CaseRow> = BTreeMap::new();
        for consequence in items.iter().flat_map(|item| item.consequences.iter()) {
            if let Consequence::VoidClaim {
                claim_id, institution_id, ..
            } = consequence
            {
                let because = serde_json::json!({ "correction_id": self.correction.correction_id });
                if voided.insert(*claim_id) && !void_claim(self.bank, self.context, conn, *claim_id, because)? {
                    return Err(StoreError::Stale.into());
                }
                if let Some(institution_id) = institution_id {
                    concerns.entry(*institution_id).or_default().claims_voided.insert(*claim_id);
                }
            }
        }
        for item in items {
            self.reopen(learner, item, &mut reopened)?;
        }
        for case in reopened.values() {
            concerns.entry(case.institution_id.0).or_default().cases.push(case.case_id.0);
        }
        let ended = ended(items);
        let mut requests = Vec::new();
        for dispute in ended.iter().filter_map(|outcome_id| disputed.get(outcome_id)) {
            follow::corrected(self.bank, self.context, conn, dispute.request_id, self.correction.correction_id)?;
            requests.push(dispute.request_id);
        }
        let own = concerns.entry(self.correction.institution_id).or_default();
        own.requests.extend(&requests);
        let credentials: BTreeSet<Uuid> = ended
            .iter()
            .filter_map(|outcome_id| revoked.get(outcome_id))
            .flatten()
            .copied()
            .collect();
        own.credentials.extend(&credentials);
        let cases: Vec<Uuid> = reopened.values().map(|case| case.case_id.0).collect();
        self.cases.extend(reopened.into_values());
        if ended.is_empty() {
            return Ok(None);
        }
        let details = serde_json::json!({ "kind": self.correction.kind, "outcomes": ended, "claims_voided": voided, "cases": cases,
            "requests": requests, "credentials": credentials });
        Ok(Some(self.told().of_learner(learner.learner_id.0).with(details)))
    }

    /// What turned out wrong is taken back from the day of its grant on; what else is released, today.
    fn post(&self, postings: &mut Postings, learner: &LearnerRow, lots: &[LotRow], items: &[PreviewItem]) -> Result<(), OpError> {
        let today = self.bank.day(self.context.now);
        let cause = Cause {
            kind: CauseKind::Correction,
            id: self.correction.correction_id,
        };
        let transfers: Vec<(Transfer, Cause, NaiveDate)> = moves(items)
            .into_iter()
            .map(|one| {
                let since = self.granted_on.get(&one.lot_id).filter(|_| one.target == Pocket::Reversed);
                let transfer = Transfer {
                    lot_id: one.lot_id,
                    kind: one.kind,
                    source: one.source,
                    target: one.target,
                    amount: one.amount,
                };
                (transfer, cause, since.copied().unwrap_or(today))
            })
            .collect();
        postings.add(self.context, learner, lots, &transfers)
    }

    /// Opens a case for each claim, whatever number of its outcomes turned out wrong.
    fn reopen(&self, learner: &LearnerRow, item: &PreviewItem, cases: &mut BTreeMap<Uuid, CaseRow>) -> Result<(), OpError> {
        for consequence in &item.consequences {
            let Consequence::Reopen {
                claim_id,
                institution_id,
                bought,
                ..
            } = consequence
            else {
                continue;
            };
            let case = cases
                .entry(*claim_id)
                .or_insert_with(|| self.case(learner, *claim_id, *institution_id));
            let broken = |_| damaged(self.correction.correction_id);
            case.outcome_ids = with_ids(&case.outcome_ids, [item.outcome_id]).map_err(broken)?;
            case.conversion_ids = with_ids(&case.conversion_ids, bought.iter().map(|one| one.conversion_id)).map_err(broken)?;
        }
        Ok(())
    }

    fn case(&self, learner: &LearnerRow, claim_id: Uuid, institution_id: Uuid) -> CaseRow {
        CaseRow {
            learner_id: learner.learner_id.clone(),
            case_id: Key(Uuid::now_v7()),
            correction_id: Key(self.correction.correction_id),
            claim_id: Key(claim_id),
            institution_id: Key(institution_id),
            outcome_ids: "[]".to_owned(),
            conversion_ids: "[]".to_owned(),
            // It was read as such an offer; that it cannot be written again is not possible.
            offer: self.offers.get(&claim_id).and_then(|offer| serde_json::to_string(offer).ok()),
            state: CaseState::Open.to_string(),
            opened_on: self.bank.day(self.context.now),
            due_on: self.due_on,
            opened_at: At(self.context.now),
            decided_by: None,
            decided_by_name: None,
            decided_at: None,
            reason: None,
            replaced_by: None,
            escalated_at: None,
        }
    }

    fn end_outcomes(&self, conn: &mut Conn, items: &[PreviewItem]) -> Result<(), OpError> {
        let ending: Vec<&PreviewItem> = items.iter().filter(|item| item.ends()).collect();
        let correction_id = self.correction.correction_id;
        if let (CorrectionKind::Correct, Some(corrected)) = (self.correction.kind, &self.correction.corrected) {
            for item in ending {
                let row = records::outcome(conn, item.outcome_id)?.ok_or_else(|| damaged(correction_id))?;
                replacement::replaced(self.bank, self.context, conn, &row, corrected, correction_id)?;
            }
            return Ok(());
        }
        for page in ending.chunks(PAGE) {
            let outcomes: Vec<(Uuid, Uuid)> = page.iter().map(|item| (item.learner_id, item.outcome_id)).collect();
            let ended = affected::withdraw_outcomes(conn, &outcomes, correction_id, self.context.now)?;
            if ended != page.len() {
                return Err(StoreError::Stale.into());
            }
        }
        Ok(())
    }
}

/// The outcomes that end.
fn ended<'a>(items: impl IntoIterator<Item = &'a PreviewItem>) -> Vec<Uuid> {
    items.into_iter().filter(|item| item.ends()).map(|item| item.outcome_id).collect()
}

/// A list of ids with more at its end.
fn with_ids(list: &str, more: impl IntoIterator<Item = Uuid>) -> Result<String, serde_json::Error> {
    let mut ids: Vec<Uuid> = serde_json::from_str(list)?;
    ids.extend(more);
    serde_json::to_string(&ids)
}
