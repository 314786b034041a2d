//! Suspicions that two accounts are one person's: searched for by the bank, worked through by its officers.

pub mod search;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::note_access;
use super::context::{Bank, Context};
use super::error::OpError;
use super::identity::{MaskedLearner, document_of, masked, name_of};
use super::once::once;
use crate::domain::actor::Actor;
use crate::domain::language::Language;
use crate::domain::likeness::{Distinction, Ground, Person, Strength, SuspicionStatus, distinctions};
use crate::domain::list::ListPlace;
use crate::domain::outcome::OutcomeStatus;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::text::is_prose;
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::identities::known_by;
use crate::store::journal::tell;
use crate::store::merges::MergeRow;
use crate::store::suspicions::{self as store, SuspicionRow};
use crate::store::types::At;
use crate::store::{institutions, records};

/// The most characters of a reason.
const REASON_CHARACTERS_MAX: usize = 500;

/// A ground with its sentence in the caller's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SaidGround {
    pub ground: Ground,
    #[schema(example = "姓名与出生日期均相同")]
    pub sentence: String,
}

/// A distinction with its sentence in the caller's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SaidDistinction {
    pub distinction: Distinction,
    #[schema(example = "身份证号码的行政区划代码不同")]
    pub sentence: String,
}

/// Two accounts that may be one person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Suspicion {
    pub suspicion_id: Uuid,
    /// The older account.
    pub first: MaskedLearner,
    pub second: MaskedLearner,
    pub strength: Strength,
    /// Every ground that was found.
    pub grounds: Vec<SaidGround>,
    pub status: SuspicionStatus,
    pub found_at: DateTime<Utc>,
    /// When a ground was added, or somebody decided.
    pub changed_at: DateTime<Utc>,
    /// When it was last dismissed; it may be open again since, for a ground that was not known then.
    pub dismissed_at: Option<DateTime<Utc>>,
    pub dismissed_by_name: Option<String>,
    /// Why it was last dismissed.
    pub reason: Option<String>,
}

/// An institution that knows a learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KnowingInstitution {
    pub institution_id: Uuid,
    pub name: String,
    /// Whether it opened the account.
    pub opened: bool,
}

/// How many outcomes of a learner have a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OutcomeCount {
    pub status: OutcomeStatus,
    pub outcomes: i64,
}

/// What is in one of two accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SuspectedAccount {
    pub learner_id: Uuid,
    pub opened_at: DateTime<Utc>,
    pub institutions: Vec<KnowingInstitution>,
    /// Of the statuses that some have.
    pub outcomes: Vec<OutcomeCount>,
}

/// A suspicion with what distinguishes the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SuspicionDetails {
    pub suspicion: Suspicion,
    pub distinctions: Vec<SaidDistinction>,
    /// In the order of the suspicion.
    pub accounts: Vec<SuspectedAccount>,
}

fn damaged(row: &SuspicionRow) -> StoreError {
    StoreError::Damaged(format!("suspicion {}", row.suspicion_id.0))
}

/// The grounds of a suspicion.
fn grounds_of(row: &SuspicionRow) -> Result<Vec<Ground>, StoreError> {
    serde_json::from_str(&row.grounds).map_err(|_| damaged(row))
}

/// Some learners as persons, with the institutions that know them.
pub(super) fn persons(bank: &Bank, conn: &mut Conn, learners: Vec<LearnerRow>) -> Result<BTreeMap<Uuid, Person>, OpError> {
    let ids: Vec<Uuid> = learners.iter().map(|row| row.learner_id.0).collect();
    let known = known_by(conn, &ids)?;
    let mut people = BTreeMap::new();
    for row in learners {
        let learner_id = row.learner_id.0;
        let institutions = known
            .iter()
            .filter(|(knows, _)| *knows == learner_id)
            .map(|(_, institution)| *institution);
        people.insert(
            learner_id,
            Person::new(document_of(bank, &row)?, name_of(bank, &row)?, institutions),
        );
    }
    Ok(people)
}

fn view(bank: &Bank, conn: &mut Conn, row: &SuspicionRow, language: Language) -> Result<Suspicion, OpError> {
    let mut learner = |learner_id: Uuid| -> Result<MaskedLearner, OpError> {
        // Merged or not: it is about the two accounts as they were opened.
        let learner = records::itself(conn, learner_id)?.ok_or_else(|| damaged(row))?;
        masked(bank, &learner)
    };
    let (first, second) = (learner(row.first_learner_id.0)?, learner(row.second_learner_id.0)?);
    let said = |ground: Ground| SaidGround {
        ground,
        sentence: ground.sentence(language).to_owned(),
    };
    Ok(Suspicion {
        suspicion_id: row.suspicion_id.0,
        first,
        second,
        strength: Strength::parse(&row.strength).ok_or_else(|| damaged(row))?,
        grounds: grounds_of(row)?.into_iter().map(said).collect(),
        status: SuspicionStatus::parse(&row.status).ok_or_else(|| damaged(row))?,
        found_at: row.found_at.0,
        changed_at: row.changed_at.0,
        dismissed_at: row.dismissed_at.as_ref().map(|at| at.0),
        dismissed_by_name: row.dismissed_by_name.clone(),
        reason: row.reason.clone(),
    })
}

fn of_both(row: &SuspicionRow) -> [Uuid; 2] {
    [row.first_learner_id.0, row.second_learner_id.0]
}

/// Suspicions, from a place in their list, of a status and a strength where these are named. Both learners see the look.
///
/// # Errors
/// What the policy answers.
pub fn list_suspicions(
    bank: &Bank,
    context: &Context,
    (status, strength): (Option<SuspicionStatus>, Option<Strength>),
    place: impl Into<ListPlace>,
    limit: i64,
    language: Language,
) -> Result<Vec<Suspicion>, OpError> {
    let place = place.into();
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ReadSuspicion, Resource::Bank)?;
        let rows = store::list(conn, status, strength, place, limit)?;
        let learner_ids: Vec<Uuid> = rows.iter().flat_map(of_both).collect();
        note_access(conn, context, &actor, None, "list_suspicions", &learner_ids)?;
        rows.iter().map(|row| view(bank, conn, row, language)).collect()
    })
}

fn load(conn: &mut Conn, context: &Context, suspicion_id: Uuid, action: Action, operation: &str) -> Result<(Actor, SuspicionRow), OpError> {
    let actor = context.authorised(conn, action, Resource::Bank)?;
    let row = store::find(conn, suspicion_id)?.ok_or(Rejection::NotFound {})?;
    note_access(conn, context, &actor, None, operation, &of_both(&row))?;
    Ok((actor, row))
}

/// Reads a suspicion with what distinguishes the two. Both learners see the look.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_suspicion(bank: &Bank, context: &Context, suspicion_id: Uuid, language: Language) -> Result<SuspicionDetails, OpError> {
    bank.store.write(|conn| {
        let (_, row) = load(conn, context, suspicion_id, Action::ReadSuspicion, "read_suspicion")?;
        let ids = of_both(&row);
        let learners = records::learners(conn, &ids)?;
        let people = persons(bank, conn, learners)?;
        let [Some(one), Some(other)] = ids.map(|learner_id| people.get(&learner_id)) else {
            return Err(damaged(&row).into());
        };
        let said = |distinction: Distinction| SaidDistinction {
            distinction,
            sentence: distinction.sentence(language).to_owned(),
        };
        let mut accounts = Vec::new();
        for learner_id in ids {
            accounts.push(account(conn, learner_id)?.ok_or_else(|| damaged(&row))?);
        }
        Ok(SuspicionDetails {
            suspicion: view(bank, conn, &row, language)?,
            distinctions: distinctions(one, other).into_iter().map(said).collect(),
            accounts,
        })
    })
}

fn account(conn: &mut Conn, learner_id: Uuid) -> Result<Option<SuspectedAccount>, OpError> {
    let Some(learner) = records::itself(conn, learner_id)? else {
        return Ok(None);
    };
    let known: Vec<Uuid> = known_by(conn, &[learner_id])?
        .into_iter()
        .map(|(_, institution)| institution)
        .collect();
    let institutions = institutions::by_ids(conn, &known)?
        .into_iter()
        .map(|institution| KnowingInstitution {
            opened: institution.institution_id == learner.opened_by,
            institution_id: institution.institution_id.0,
            name: institution.name,
        })
        .collect();
    let mut outcomes = Vec::new();
    for status in OutcomeStatus::ALL {
        outcomes.push(OutcomeCount {
            status: *status,
            outcomes: store::count_outcomes(conn, learner_id, *status)?,
        });
    }
    outcomes.retain(|count| count.outcomes > 0);
    Ok(Some(SuspectedAccount {
        learner_id,
        opened_at: learner.opened_at.0,
        institutions,
        outcomes,
    }))
}

/// Settles what is suspected of two accounts, if anything is, because they were merged.
///
/// # Errors
/// `Stale` where somebody else decides on it meanwhile.
pub(super) fn settle_by_merge(conn: &mut Conn, context: &Context, merge: &MergeRow) -> Result<(), OpError> {
    settle(conn, merge, |row| SuspicionRow {
        status: SuspicionStatus::Merged.to_string(),
        changed_at: At(context.now),
        ..row
    })
}

/// Dismisses what is suspected of two accounts, if anything is, because two people found that they are two persons'.
///
/// # Errors
/// `Stale` where somebody else decides on it meanwhile.
pub(super) fn dismiss_by_reversal(conn: &mut Conn, context: &Context, merge: &MergeRow) -> Result<(), OpError> {
    settle(conn, merge, |row| SuspicionRow {
        status: SuspicionStatus::Dismissed.to_string(),
        changed_at: At(context.now),
        dismissed_at: Some(At(context.now)),
        dismissed_by: merge.reversal_proposed_by.clone(),
        dismissed_by_name: merge.reversal_proposed_by_name.clone(),
        reason: merge.reversal_reason.clone(),
        ..row
    })
}

fn settle(conn: &mut Conn, merge: &MergeRow, settled: impl Fn(SuspicionRow) -> SuspicionRow) -> Result<(), OpError> {
    let (one, other) = (merge.surviving_id.0, merge.absorbed_id.0);
    let Some(row) = store::about(conn, one.min(other), one.max(other))? else {
        return Ok(());
    };
    if !store::update(conn, &settled(row.clone()), &row)? {
        return Err(StoreError::Stale.into());
    }
    Ok(())
}

/// Dismisses a suspicion with a reason: they are two persons. It comes back only for a ground that was not known by then. The
/// learners are told nothing, and see the look.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `Forbidden` for somebody whom it is about, and what the policy answers.
pub fn dismiss_suspicion(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    suspicion_id: Uuid,
    reason: &str,
    language: Language,
) -> Result<Suspicion, OpError> {
    let reason = reason.trim();
    if !is_prose(reason, REASON_CHARACTERS_MAX) {
        return Err(Rejection::field("/reason", "must have 1 to 500 characters").into());
    }
    bank.store.write(|conn| {
        once(bank, context, conn, "dismiss_suspicion", key, &(suspicion_id, reason), |conn| {
            let (actor, row) = load(conn, context, suspicion_id, Action::DismissSuspicion, "dismiss_suspicion")?;
            if actor.learner_id().is_some_and(|own| of_both(&row).contains(&own)) {
                return Err(Rejection::Forbidden {}.into());
            }
            if row.status != SuspicionStatus::Open.as_str() {
                return Err(Rejection::WrongState { state: row.status }.into());
            }
            let dismissed = SuspicionRow {
                status: SuspicionStatus::Dismissed.to_string(),
                changed_at: At(context.now),
                dismissed_at: Some(At(context.now)),
                dismissed_by: Some(context.caller.label()),
                dismissed_by_name: Some(actor.display_name().to_owned()),
                reason: Some(reason.to_owned()),
                ..row.clone()
            };
            // Somebody else decided, or a ground was added, since it was read: it is read again.
            if !store::update(conn, &dismissed, &row)? {
                return Err(StoreError::Stale.into());
            }
            tell(conn, &[context.told("dismiss_suspicion", "duplicate_suspicion", suspicion_id)])?;
            view(bank, conn, &dismissed, language)
        })
    })
}
