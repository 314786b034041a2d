//! Public notice 公示: what is about to be granted, with masked names; objections to it, and appeals by those who objected.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::act::{Act, acted, locked, who};
use super::conversion::kept;
use super::view::{Objection, objection_of};
use super::{Claim, OBJECTION, calendar, damaged, objection_place};
use crate::domain::actor::Actor;
use crate::domain::allocation::Award;
use crate::domain::bilingual::Bilingual;
use crate::domain::claim::case::Deed;
use crate::domain::claim::{ClaimEvent, ClaimFilter, ClaimKind, ClaimState, ClaimStatus, ObjectionAnswer};
use crate::domain::credit::CourseCredit;
use crate::domain::list::ListPlace;
use crate::domain::rejection::Rejection;
use crate::domain::working_days::{Certainty, WorkingDays};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::attach;
use crate::ops::identity::name_of;
use crate::ops::once::once;
use crate::store::claims as store;
use crate::store::connection::Conn;
use crate::store::objections::{self, ObjectionRow};
use crate::store::types::{At, Key};
use crate::store::{institutions, records};

/// What is about to be granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Notice {
    pub claim_id: Uuid,
    pub kind: ClaimKind,
    #[schema(example = "张*三")]
    pub name_masked: String,
    /// Who grants; the bank itself where it is absent.
    pub institution_id: Option<Uuid>,
    pub institution_name: Option<String>,
    pub programme_name: Option<Bilingual>,
    /// Course credit of a conversion, bank credit of a recognition.
    pub recognised: Option<CourseCredit>,
    /// What it would buy.
    pub awards: Vec<Award>,
    pub since: NaiveDate,
    /// The last day for objections.
    pub last_day: NaiveDate,
    pub certainty: Certainty,
    /// Objections without an answer.
    pub open_objections: u8,
}

/// A claim to which the caller objected: what it was on notice for, and what can be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objected {
    pub claim_id: Uuid,
    pub kind: ClaimKind,
    pub name_masked: String,
    /// Who grants; the bank itself where it is absent.
    pub institution_name: Option<String>,
    pub on_notice: bool,
    /// The caller's, in order.
    pub objections: Vec<Objection>,
    /// The last day for an appeal, where the caller may appeal now.
    pub appeal_until: Option<NaiveDate>,
    /// The caller's appeal waits to be decided.
    pub appealed: bool,
}

/// What is on public notice, from a place in their list; for anybody.
///
/// # Errors
/// When the database is away.
pub fn list_notices(bank: &Bank, institution_id: Option<Uuid>, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<Notice>, OpError> {
    let place = place.into();
    let filter = ClaimFilter {
        institution_id,
        status: Some(ClaimStatus::OnNotice),
        ..ClaimFilter::default()
    };
    bank.store.read(|conn| {
        let rows = store::list(conn, &filter, place, limit)?;
        let working_days = calendar(conn)?;
        rows.into_iter()
            .map(|row| notice_of(bank, conn, &Claim::read(row)?, &working_days))
            .collect()
    })
}

/// One of what is on public notice; for anybody.
///
/// # Errors
/// `NotFound` for what is not on notice now.
pub fn read_notice(bank: &Bank, claim_id: Uuid) -> Result<Notice, OpError> {
    bank.store.read(|conn| {
        let row = store::find(conn, claim_id)?.ok_or(Rejection::NotFound {})?;
        let claim = Claim::read(row)?;
        if matches!(claim.case.state, ClaimState::OnNotice { .. }) {
            let working_days = calendar(conn)?;
            notice_of(bank, conn, &claim, &working_days)
        } else {
            Err(Rejection::NotFound {}.into())
        }
    })
}

fn notice_of(bank: &Bank, conn: &mut Conn, claim: &Claim, working_days: &WorkingDays) -> Result<Notice, OpError> {
    let row = &claim.row;
    let broken = || damaged(row.claim_id.0);
    let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(broken)?;
    let institution = match &row.institution_id {
        Some(key) => institutions::find(conn, key.0)?,
        None => None,
    };
    let (mut programme_name, mut awards) = (None, Vec::new());
    if let Some(worth_id) = &row.worth_id {
        let (_, question, allocation) = kept(conn, row.learner_id.0, worth_id.0)?;
        programme_name = Some(question.programme.name);
        awards = allocation.awards;
    }
    // Whose outcome it is stays behind the mask: an id would lead to the record.
    for award in &mut awards {
        award.outcome.clear();
    }
    let due = claim
        .case
        .state
        .due(claim.case.since, &claim.rules, working_days)
        .ok_or_else(broken)?;
    let recognised = row.recognised_hundredths.map(CourseCredit::from_hundredths).transpose();
    Ok(Notice {
        claim_id: row.claim_id.0,
        kind: claim.case.kind,
        name_masked: name_of(bank, &learner)?.on_public_notice(),
        institution_id: row.institution_id.as_ref().map(|key| key.0),
        institution_name: institution.map(|row| row.name),
        programme_name,
        recognised: recognised.map_err(|_| broken())?,
        awards,
        since: claim.case.since,
        last_day: due.on,
        certainty: due.certainty,
        open_objections: claim.case.state.open_objections(),
    })
}

/// Objects to what is on notice. Whoever does so is known by name to those who decide, and to nobody else.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WindowOver`, `TooManyObjections`, `OwnClaim`, and what the policy answers.
pub fn object_to_claim(bank: &Bank, context: &Context, key: Option<&str>, claim_id: Uuid, act: &Act) -> Result<Objection, OpError> {
    let text = act.reason.as_deref().unwrap_or_default();
    act.check(ClaimEvent::Object)?;
    bank.store.write(|conn| {
        once(bank, context, conn, "object_to_claim", key, &(claim_id, act), |conn| {
            public(conn, claim_id, |state| matches!(state, ClaimState::OnNotice { .. }))?;
            let (actor, claim) = acted(bank, context, conn, claim_id, ClaimEvent::Object, act)?;
            let objection_id = Uuid::now_v7();
            let row = ObjectionRow {
                learner_id: Key(claim.row.learner_id.0),
                claim_id: Key(claim_id),
                objection_id: Key(objection_id),
                raised_by: context.caller.label(),
                raised_by_name: actor.display_name().to_owned(),
                raised_by_learner_id: actor.learner_id().map(Key),
                text_sealed: bank.sealer.seal(text.as_bytes(), &objection_place(objection_id))?,
                raised_on: bank.day(context.now),
                raised_at: At(context.now),
                answer: None,
                answer_reason: None,
                answered_by: None,
                answered_at: None,
            };
            objections::insert(conn, &row)?;
            let institution_id = claim.row.institution_id.as_ref().map(|key| key.0);
            match actor.learner_id() {
                Some(learner_id) => attach(conn, context, learner_id, &act.evidence, OBJECTION, objection_id, institution_id)?,
                // Files are of learners; somebody without a learning account has none.
                None if !act.evidence.is_empty() => return Err(Rejection::field("/evidence", "has no meaning here").into()),
                None => {}
            }
            objection_of(bank, conn, &row, true)
        })
    })
}

/// Those who do not decide it learn of a claim only while it is public.
fn public(conn: &mut Conn, claim_id: Uuid, is_public: impl Fn(ClaimState) -> bool) -> Result<(), OpError> {
    let row = store::find(conn, claim_id)?.ok_or(Rejection::NotFound {})?;
    if is_public(Claim::of(row)?.case.state) {
        Ok(())
    } else {
        Err(Rejection::NotFound {}.into())
    }
}

/// Answers an objection: upheld, the claim goes back into review; dismissed, the notice goes on.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `OwnProposal`, and what the policy answers.
pub fn answer_objection(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    (claim_id, objection_id): (Uuid, Uuid),
    answer: ObjectionAnswer,
    act: &Act,
) -> Result<Objection, OpError> {
    let event = ClaimEvent::AnswerObjection { answer };
    act.check(event)?;
    bank.store.write(|conn| {
        once(
            bank,
            context,
            conn,
            "answer_objection",
            key,
            &(claim_id, objection_id, answer, act),
            |conn| {
                let open = Claim::of(locked(conn, claim_id)?)?.case.state.open_objections();
                let (_, claim) = acted(bank, context, conn, claim_id, event, act)?;
                let rows = objections::list(conn, &claim.row)?;
                // Those to an earlier notice are older; what became of that notice was their answer.
                let waiting = rows.iter().rev().filter(|row| row.answered_at.is_none()).take(usize::from(open));
                let waits = waiting.into_iter().any(|row| row.objection_id.0 == objection_id);
                let row = rows.into_iter().find(|row| row.objection_id.0 == objection_id);
                let row = ObjectionRow {
                    answer: Some(answer.to_string()),
                    answer_reason: act.reason.clone(),
                    answered_by: Some(context.caller.label()),
                    answered_at: Some(At(context.now)),
                    ..row.ok_or(Rejection::NotFound {})?
                };
                if !waits || !objections::answer(conn, &row)? {
                    return Err(Rejection::WrongState {
                        state: "answered".to_owned(),
                    }
                    .into());
                }
                objection_of(bank, conn, &row, true)
            },
        )
    })
}

/// The objections that the caller raised to a claim, with their answers.
///
/// # Errors
/// `NotFound` for whoever raised none.
pub fn list_own_objections(bank: &Bank, context: &Context, claim_id: Uuid) -> Result<Vec<Objection>, OpError> {
    bank.store.read(|conn| {
        context.somebody(conn)?;
        let row = store::find(conn, claim_id)?.ok_or(Rejection::NotFound {})?;
        let mut rows = objections::list(conn, &row)?;
        rows.retain(|row| row.raised_by == context.caller.label());
        if rows.is_empty() {
            return Err(Rejection::NotFound {}.into());
        }
        rows.iter().map(|row| objection_of(bank, conn, row, true)).collect()
    })
}

/// A claim to which the caller objected.
///
/// # Errors
/// `NotFound` for whoever did not.
pub fn read_objected(bank: &Bank, context: &Context, claim_id: Uuid) -> Result<Objected, OpError> {
    bank.store.read(|conn| {
        let actor = context.somebody(conn)?;
        objected(bank, context, conn, &actor, claim_id)
    })
}

/// The claims to which the caller objected, from a place in their list.
///
/// # Errors
/// What the policy answers.
pub fn list_objected(bank: &Bank, context: &Context, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<Objected>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let actor = context.somebody(conn)?;
        let found = objections::claims_of(conn, &context.caller.label(), place, limit)?;
        found
            .into_iter()
            .map(|claim_id| objected(bank, context, conn, &actor, claim_id))
            .collect()
    })
}

fn objected(bank: &Bank, context: &Context, conn: &mut Conn, actor: &Actor, claim_id: Uuid) -> Result<Objected, OpError> {
    let claim = Claim::read(store::find(conn, claim_id)?.ok_or(Rejection::NotFound {})?)?;
    let row = &claim.row;
    let mut raised = objections::list(conn, row)?;
    raised.retain(|row| row.raised_by == context.caller.label());
    if raised.is_empty() {
        return Err(Rejection::NotFound {}.into());
    }
    let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(|| damaged(claim_id))?;
    let institution = match &row.institution_id {
        Some(key) => institutions::find(conn, key.0)?,
        None => None,
    };
    let working_days = calendar(conn)?;
    let deed = |event| -> Result<Deed, Rejection> {
        Ok(Deed {
            event,
            by: who(context, actor)?,
            on: bank.day(context.now),
        })
    };
    // Asked as whoever does it is: nothing more is told of a claim that is no longer public.
    let may = |event| -> Result<bool, Rejection> { Ok(claim.case.after(&deed(event)?, &claim.rules, &working_days).is_ok()) };
    let may_appeal = may(ClaimEvent::Appeal)?;
    let due = claim.case.state.due(claim.case.since, &claim.rules, &working_days);
    Ok(Objected {
        claim_id,
        kind: claim.case.kind,
        name_masked: name_of(bank, &learner)?.on_public_notice(),
        institution_name: institution.map(|row| row.name),
        on_notice: matches!(claim.case.state, ClaimState::OnNotice { .. }),
        objections: raised
            .iter()
            .map(|row| objection_of(bank, conn, row, true))
            .collect::<Result<_, OpError>>()?,
        appeal_until: due.filter(|_| may_appeal).map(|due| due.on),
        appealed: may(ClaimEvent::WithdrawAppeal)?,
    })
}

/// Appeals against a grant to which one objected in vain, or takes the appeal back.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `NotAnObjector`, `NotTheAppellant`, `WindowOver`, `WrongState`.
pub fn appeal_as_objector(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    claim_id: Uuid,
    event: ClaimEvent,
    act: &Act,
) -> Result<Vec<Objection>, OpError> {
    act.check(event)?;
    list_own_objections(bank, context, claim_id)?;
    bank.store.write(|conn| {
        once(bank, context, conn, event.as_str(), key, &(claim_id, act), |conn| {
            acted(bank, context, conn, claim_id, event, act).map(|_| ())
        })
    })?;
    list_own_objections(bank, context, claim_id)
}
