//! What people do with a claim, step by step: one path for all, from the machine's answer to what it does to credit.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::view::{ClaimView, view_of};
use super::{Claim, SUBJECT, Step, calendar, effect, load, note_step, recognition};
use crate::domain::actor::{Actor, Caller};
use crate::domain::claim::case::Deed;
use crate::domain::claim::people::ClaimActor;
use crate::domain::claim::{ClaimEvent, ClaimKind, ClaimState, Verdict};
use crate::domain::credit::Credit;
use crate::domain::policy::Action;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::{is_line, is_prose};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::attach;
use crate::ops::once::once;
use crate::store::claims::{self as store, ClaimRow};
use crate::store::connection::Conn;
use crate::store::conversions;
use crate::store::error::StoreError;
use crate::store::institutions;
use crate::store::journal::tell;
use crate::store::records;
use crate::store::types::At;

/// The most clauses that a proposal names.
const CLAUSES_MAX: usize = 20;

/// What comes with a step.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "证书经核验属实，符合第六条" }))]
pub struct Act {
    /// Why; needed wherever somebody judges, asks or objects.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: Option<String>,
    /// The edition that was read; where it is given and the claim moved since, nothing is done.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub edition: Option<i64>,
    /// Bank credit, where the grant of an outcome on record is proposed.
    #[serde(default)]
    pub credit: Option<Credit>,
    /// The clauses that a proposal stands on, by their ids.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub clauses: Vec<String>,
    /// Files that the caller uploaded, of a claimant who tells more or appeals, or of whoever objects.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Uuid>,
}

impl Act {
    pub(super) fn check(&self, event: ClaimEvent) -> Result<(), Rejection> {
        let mut problems = Vec::new();
        let lawful = |reason: &str| is_prose(reason, ClaimEvent::REASON_CHARACTERS_MAX);
        match &self.reason {
            None if event.needs_reason() => problems.push(FieldProblem::new("/reason", "must be given")),
            Some(reason) if !lawful(reason) => problems.push(FieldProblem::new("/reason", "must have 1 to 2000 visible characters")),
            _ => {}
        }
        if self.clauses.len() > CLAUSES_MAX {
            problems.push(FieldProblem::new("/clauses", "must have 0 to 20 items"));
        }
        for (number, _) in self.clauses.iter().enumerate().take(CLAUSES_MAX).filter(|(_, id)| !is_line(id, 40)) {
            problems.push(FieldProblem::new(format!("/clauses/{number}"), "must have 1 to 40 characters"));
        }
        let takes_files = matches!(event, ClaimEvent::GiveInformation | ClaimEvent::Object | ClaimEvent::Appeal);
        if !self.evidence.is_empty() && !takes_files {
            problems.push(FieldProblem::new("/evidence", "has no meaning here"));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Rejection::InvalidBody { problems })
        }
    }
}

/// The right that a step needs, beside the hands that somebody had in the claim.
pub(super) fn action_for(event: ClaimEvent, state: ClaimState) -> Action {
    use ClaimEvent as E;
    match event {
        E::GiveInformation | E::Withdraw => Action::SubmitClaim,
        // Against a grant appeals who objected to it; against a refusal, the claimant.
        E::Appeal | E::WithdrawAppeal if state.verdict() == Some(Verdict::Grant) => Action::ObjectToClaim,
        E::Appeal | E::WithdrawAppeal => Action::SubmitClaim,
        E::Object => Action::ObjectToClaim,
        E::Take | E::AskInformation | E::Vote { .. } | E::Propose { .. } | E::Recuse => Action::ReviewClaim,
        E::Approve | E::SendBack | E::AnswerObjection { .. } | E::DecideAppeal { .. } => Action::ApproveClaim,
        E::NoticeEnds | E::Lapse | E::Close | E::Void => Action::RunClaimClocks,
    }
}

/// Does something with a claim.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `StaleEdition`, what the machine, the clock and the panel refuse, what moving the credit refuses,
/// and what the policy answers.
pub fn act_on_claim(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    claim_id: Uuid,
    event: ClaimEvent,
    act: &Act,
) -> Result<ClaimView, OpError> {
    act.check(event)?;
    let (name, words) = (event.as_str(), told_words(event));
    bank.store.write(|conn| {
        once(bank, context, conn, name, key, &(claim_id, words, act), |conn| {
            let (actor, claim) = acted(bank, context, conn, claim_id, event, act)?;
            view_of(bank, context, conn, &actor, &claim)
        })
    })
}

/// Finds a claim that nobody else writes to until the transaction ends.
pub(super) fn locked(conn: &mut Conn, claim_id: Uuid) -> Result<ClaimRow, OpError> {
    let row = store::find(conn, claim_id)?.ok_or(Rejection::NotFound {})?;
    records::lock_learner(conn, row.learner_id.0)?;
    let locked = store::find(conn, claim_id)?.ok_or(Rejection::NotFound {})?;
    // A merge took it elsewhere meanwhile.
    if locked.learner_id != row.learner_id {
        return Err(StoreError::Stale.into());
    }
    Ok(locked)
}

/// Loads, authorises and does it. Of two at once the second sees what the first did, to the claim and to credit.
pub(super) fn acted(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    claim_id: Uuid,
    event: ClaimEvent,
    act: &Act,
) -> Result<(Actor, Claim), OpError> {
    let row = locked(conn, claim_id)?;
    let action = action_for(event, Claim::of(row)?.case.state);
    let (actor, claim) = load(conn, context, claim_id, action, event.as_str())?;
    if act.edition.is_some_and(|edition| edition != claim.row.edition) {
        return Err(Rejection::StaleEdition {}.into());
    }
    let claim = step(bank, context, conn, &actor, claim, event, act)?;
    if matches!(event, ClaimEvent::GiveInformation | ClaimEvent::Appeal) && actor.learner_id() == Some(claim.row.learner_id.0) {
        let institution_id = claim.row.institution_id.as_ref().map(|key| key.0);
        attach(
            conn,
            context,
            claim.row.learner_id.0,
            &act.evidence,
            SUBJECT,
            claim_id,
            institution_id,
        )?;
    }
    Ok((actor, claim))
}

fn told_words(event: ClaimEvent) -> Option<&'static str> {
    match event {
        ClaimEvent::Vote { verdict } | ClaimEvent::Propose { verdict } => Some(verdict.as_str()),
        ClaimEvent::AnswerObjection { answer } => Some(answer.as_str()),
        ClaimEvent::DecideAppeal { decision } => Some(decision.as_str()),
        _ => None,
    }
}

pub(super) fn who(context: &Context, actor: &Actor) -> Result<ClaimActor, Rejection> {
    match (context.caller, actor) {
        (Caller::User { user_id, .. }, _) => Ok(ClaimActor::Person {
            user_id,
            learner_id: actor.learner_id(),
        }),
        (Caller::Bank, _) => Ok(ClaimActor::Bank),
        (Caller::Client { .. } | Caller::Import { .. } | Caller::Anonymous, _) => Err(Rejection::Forbidden {}),
    }
}

/// Whether a step ends in a verdict, which has a number and a day.
fn is_verdict(event: ClaimEvent, state: ClaimState) -> bool {
    matches!(event, ClaimEvent::DecideAppeal { .. }) || matches!(state, ClaimState::Granted | ClaimState::Refused)
}

/// What a proposal says of credit must fit what is claimed.
fn proposed_credit(claim: &Claim, event: ClaimEvent, act: &Act) -> Result<Option<i64>, OpError> {
    let grants = event == ClaimEvent::Propose { verdict: Verdict::Grant };
    let needed = grants && claim.case.kind == ClaimKind::Recognition && recognition::needs_credit(claim)?;
    match act.credit {
        None if needed => Err(Rejection::field("/credit", "must be given").into()),
        Some(_) if !needed => Err(Rejection::field("/credit", "has no meaning here").into()),
        Some(credit) if credit == Credit::ZERO => Err(Rejection::field("/credit", "must be more than nothing").into()),
        credit => Ok(credit.map(|credit| credit.hundredths())),
    }
}

/// One step, with all that it brings.
fn step(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    claim: Claim,
    event: ClaimEvent,
    act: &Act,
) -> Result<Claim, OpError> {
    let today = bank.day(context.now);
    let working_days = calendar(conn)?;
    let deed = Deed {
        event,
        by: who(context, actor)?,
        on: today,
    };
    let stepped = claim.case.after(&deed, &claim.rules, &working_days)?;
    let credit = proposed_credit(&claim, event, act)?;
    let mut row = claim.moved(&stepped.case, &working_days, At(context.now))?;
    row.recognised_hundredths = credit.or(row.recognised_hundredths);
    if is_verdict(event, stepped.case.state) {
        row.decision_number = Some(decision_number(conn, &claim, today)?);
        row.decided_on = Some(today);
    }
    let before = claim.row.clone();
    let mut claim = Claim {
        row,
        case: stepped.case,
        rules: claim.rules,
    };
    if let Some(effect) = stepped.effect
        && let Some((outcome_id, credit)) = effect::apply(bank, context, conn, &claim, effect)?
    {
        claim.row.outcome_id = Some(crate::store::types::Key(outcome_id));
        claim.row.recognised_hundredths = Some(credit);
    }
    if event == ClaimEvent::Appeal && claim.case.kind == ClaimKind::Recognition && claim.case.state.verdict() == Some(Verdict::Refuse) {
        recognition::still_open(conn, &claim)?;
    }
    effect::keep_outcome(conn, &claim)?;
    store_step(conn, &before, &claim.row)?;
    let mut details = serde_json::Map::new();
    if let Some(word) = told_words(event) {
        details.insert("choice".to_owned(), word.into());
    }
    if let Some(credit) = act.credit {
        details.insert("credit".to_owned(), credit.to_string().into());
    }
    if !act.clauses.is_empty() {
        details.insert("clauses".to_owned(), act.clauses.clone().into());
    }
    if let Some(number) = claim.row.decision_number.as_ref().filter(|_| is_verdict(event, claim.case.state)) {
        details.insert("decision_number".to_owned(), number.clone().into());
    }
    let details = serde_json::Value::Object(details);
    let noted = Step {
        event: event.as_str(),
        actor,
        reason: act.reason.as_deref(),
        details: details.clone(),
    };
    note_step(bank, context, conn, &claim.row, &noted, today)?;
    let mut told = context
        .told(event.as_str(), "claim", claim.row.claim_id.0)
        .of_learner(claim.row.learner_id.0)
        .with(serde_json::json!({ "status": claim.row.status, "step": details }));
    told.institution_id = claim.row.institution_id.as_ref().map(|key| key.0);
    tell(conn, &[told])?;
    Ok(claim)
}

/// Writes where the claim stands now. What was told to be overdue stays told while the claim stands where it stood.
fn store_step(conn: &mut Conn, before: &ClaimRow, after: &ClaimRow) -> Result<(), OpError> {
    if !store::update(conn, after, before.edition)? {
        return Err(StoreError::Stale.into());
    }
    if before.escalated_edition == before.edition && before.status == after.status {
        store::note_escalated(conn, after)?;
    }
    Ok(())
}

/// The number of a verdict: who decides, the year, and a number without gaps.
fn decision_number(conn: &mut Conn, claim: &Claim, today: chrono::NaiveDate) -> Result<String, OpError> {
    use chrono::Datelike;
    let issuer = match &claim.row.institution_id {
        Some(key) => institutions::find(conn, key.0)?.map(|row| row.credit_code),
        None => Some("bank".to_owned()),
    };
    let issuer = issuer.ok_or_else(|| super::damaged(claim.row.claim_id.0))?;
    let year = today.year();
    let number = conversions::next_decision_number(conn, &issuer, i16::try_from(year).unwrap_or(i16::MAX))?;
    Ok(format!("{issuer}-{year}-{number:05}"))
}
