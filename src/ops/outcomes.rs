//! Reading outcomes: a learner's, an institution's own, or by the authority's right. Every look by somebody else is noted.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::access::{Whose, as_of, learner_of, note_access, reading};
use super::context::{Bank, Context};
use super::disputes::{Dispute, disputes};
use super::error::OpError;
use super::identity::{MaskedLearner, masked};
use crate::domain::account_number::AccountNumber;
use crate::domain::achievement::AchievementKind;
use crate::domain::actor::Actor;
use crate::domain::credit::Credit;
use crate::domain::doubles::Double;
use crate::domain::hours::Hours;
use crate::domain::list::ListPlace;
use crate::domain::outcome::{ContestResult, OutcomeFilter, OutcomeStatus, TraineeGroup};
use crate::domain::policy::{self, Action, Resource};
use crate::domain::recognition::Recognition;
use crate::domain::rejection::Rejection;
use crate::store::affected;
use crate::store::connection::Conn;
use crate::store::deposits::{self, DecisionRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::institutions;
use crate::store::records;
use crate::store::standards::{self, AchievementRow};
use crate::store::types::Key;

/// What was decided on an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DecisionSummary {
    pub decision_id: Uuid,
    pub credit: Credit,
    /// Why there is no credit, if there is none.
    pub reason: Option<String>,
    /// The last day on which the credit can be used.
    pub usable_until: Option<NaiveDate>,
    pub decided_at: DateTime<Utc>,
}

/// An outcome as shown: what the institution gave, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Outcome)]
pub struct OutcomeView {
    pub outcome_id: Uuid,
    pub learner_id: Uuid,
    /// For others' eyes; absent where the learner reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learner: Option<MaskedLearner>,
    pub institution_id: Uuid,
    pub institution_name: String,
    pub achievement_id: Uuid,
    pub achievement_code: String,
    pub achievement_name: String,
    pub achievement_name_english: Option<String>,
    pub kind: AchievementKind,
    pub awarded_on: NaiveDate,
    pub certificate_number: Option<String>,
    pub grade: Option<String>,
    pub grading_scale: Option<String>,
    pub score: Option<String>,
    pub hours: Option<Hours>,
    pub credits: Option<String>,
    pub trainee_group: Option<TraineeGroup>,
    /// What a contest ended with.
    pub contest: Option<ContestResult>,
    pub status: OutcomeStatus,
    pub flags: Vec<String>,
    /// The records that it looks like, where that is why a person looks at it.
    pub doubles: Vec<Double>,
    /// The learner's open request to correct it, made by the day of the reading. It blocks nothing.
    pub dispute: Option<Dispute>,
    pub deposited_at: DateTime<Utc>,
    pub reviewed_at: Option<DateTime<Utc>>,
    pub review_reason: Option<String>,
    /// When a correction ended it, and which.
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<Uuid>,
    /// The outcome that took its place.
    pub corrected_by: Option<Uuid>,
    /// The outcome whose place it took.
    pub replaces: Option<Uuid>,
    /// Absent while it waits for a person, or where it was refused.
    pub decision: Option<DecisionSummary>,
}

/// What belongs to some outcomes.
struct Around {
    institutions: HashMap<Uuid, String>,
    achievements: HashMap<Uuid, AchievementRow>,
    decisions: HashMap<Uuid, DecisionRow>,
    disputed: HashMap<Uuid, Dispute>,
}

impl Around {
    fn load(conn: &mut Conn, rows: &[OutcomeRow]) -> Result<Self, StoreError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.achievement_id.0).collect();
        let achievements = standards::achievements(conn, &ids)?;
        let decisions = deposits::decisions_of(conn, rows.iter())?;
        let (learner_ids, outcome_ids): (Vec<Uuid>, Vec<Uuid>) = rows.iter().map(|row| (row.learner_id.0, row.outcome_id.0)).unzip();
        let institution_ids: Vec<Uuid> = rows.iter().map(|row| row.institution_id.0).collect();
        let institutions = institutions::by_ids(conn, &institution_ids)?;
        Ok(Self {
            institutions: institutions.into_iter().map(|row| (row.institution_id.0, row.name)).collect(),
            disputed: disputes(conn, &learner_ids, &outcome_ids)?,
            achievements: achievements.into_iter().map(|row| (row.achievement_id.0, row)).collect(),
            decisions: decisions.into_iter().map(|row| (row.outcome_id.0, row)).collect(),
        })
    }

    /// The outcome as it was before `until`.
    fn view(&self, row: &OutcomeRow, until: Option<DateTime<Utc>>) -> Result<OutcomeView, StoreError> {
        let damaged = || StoreError::Damaged(format!("outcome {}", row.outcome_id.0));
        let achievement = self.achievements.get(&row.achievement_id.0).ok_or_else(damaged)?;
        let then = |at: DateTime<Utc>| until.is_none_or(|until| at < until);
        let decision = self.decisions.get(&row.outcome_id.0).filter(|decision| then(decision.decided_at.0));
        let reviewed_at = row.reviewed_at.as_ref().map(|at| at.0).filter(|at| then(*at));
        let ended_at = row.ended_at.as_ref().map(|at| at.0).filter(|at| then(*at));
        let status = match (reviewed_at, ended_at) {
            (None, _) if row.reviewed_at.is_some() => OutcomeStatus::Flagged,
            // As it was before a correction ended it later.
            (Some(_), None) if row.ended_at.is_some() => OutcomeStatus::Released,
            (None, None) if row.ended_at.is_some() && row.flags.is_empty() => OutcomeStatus::Accepted,
            (None, None) if row.ended_at.is_some() => OutcomeStatus::Flagged,
            _ => OutcomeStatus::parse(&row.status).ok_or_else(damaged)?,
        };
        let id = |key: &Option<Key>| key.as_ref().map(|key| key.0);
        Ok(OutcomeView {
            outcome_id: row.outcome_id.0,
            learner_id: row.learner_id.0,
            learner: None,
            institution_id: row.institution_id.0,
            institution_name: self.institutions.get(&row.institution_id.0).cloned().ok_or_else(damaged)?,
            achievement_id: row.achievement_id.0,
            achievement_code: achievement.code.clone(),
            achievement_name: achievement.name_chinese.clone(),
            achievement_name_english: achievement.name_english.clone(),
            kind: AchievementKind::parse(&achievement.kind).ok_or_else(damaged)?,
            awarded_on: row.awarded_on,
            certificate_number: row.certificate_number.clone(),
            grade: row.grade.clone(),
            grading_scale: row.grading_scale.clone(),
            score: row.score.clone(),
            hours: row
                .hours_hundredths
                .map(Hours::from_hundredths)
                .transpose()
                .map_err(|_| damaged())?,
            credits: row.original_credits.clone(),
            trainee_group: row.trainee_group.as_deref().and_then(TraineeGroup::parse),
            contest: row
                .contest
                .clone()
                .map(|document| serde_json::from_value(document.0))
                .transpose()
                .map_err(|_| damaged())?,
            status,
            flags: row.flags.split(',').filter(|flag| !flag.is_empty()).map(str::to_owned).collect(),
            doubles: match &row.doubles {
                Some(doubles) => serde_json::from_value(doubles.0.clone()).map_err(|_| damaged())?,
                None => Vec::new(),
            },
            dispute: self
                .disputed
                .get(&row.outcome_id.0)
                .copied()
                .filter(|dispute| then(dispute.requested_at)),
            deposited_at: row.deposited_at.0,
            reviewed_at,
            review_reason: row.review_reason.clone().filter(|_| reviewed_at.is_some()),
            ended_at,
            ended_by: id(&row.ended_by).filter(|_| ended_at.is_some()),
            corrected_by: id(&row.corrected_by).filter(|_| ended_at.is_some()),
            replaces: id(&row.replaces),
            decision: decision.map(summary).transpose()?,
        })
    }
}

fn summary(row: &DecisionRow) -> Result<DecisionSummary, StoreError> {
    let recognition: Recognition =
        serde_json::from_str(&row.recognition).map_err(|_| StoreError::Damaged(format!("decision {}", row.decision_id.0)))?;
    Ok(DecisionSummary {
        decision_id: row.decision_id.0,
        credit: recognition.credit,
        reason: recognition.reason.map(|reason| reason.to_string()),
        usable_until: recognition.usable_until,
        decided_at: row.decided_at.0,
    })
}

/// Some outcomes by their ids, for whoever may look at what stands on them; the caller has asked for the right, and noted the look.
///
/// # Errors
/// When the database is away.
pub(super) fn views_of(conn: &mut Conn, outcome_ids: &[Uuid]) -> Result<Vec<OutcomeView>, OpError> {
    let mut rows = Vec::with_capacity(outcome_ids.len());
    for outcome_id in outcome_ids {
        rows.extend(records::outcome(conn, *outcome_id)?);
    }
    let around = Around::load(conn, &rows)?;
    Ok(rows.iter().map(|row| around.view(row, None)).collect::<Result<_, _>>()?)
}

/// A learner's outcomes, from a place in their list.
///
/// # Errors
/// `AsOfInTheFuture`, `NotFound`, and what the policy answers.
pub fn list_record_outcomes(
    bank: &Bank,
    context: &Context,
    whose: Whose,
    day: Option<NaiveDate>,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<OutcomeView>, OpError> {
    let place = place.into();
    let (_, until) = as_of(bank, context, day)?;
    reading(bank, whose, |conn| {
        let learner = learner_of(conn, context, whose, "list_record_outcomes")?;
        let filter = OutcomeFilter {
            learner_id: Some(learner.learner_id.0),
            deposited_before: until,
            ..OutcomeFilter::default()
        };
        let rows = records::outcomes(conn, &filter, place, limit)?;
        let around = Around::load(conn, &rows)?;
        Ok(rows.iter().map(|row| around.view(row, until)).collect::<Result<_, _>>()?)
    })
}

/// Outcomes of an institution, for its own people; of any, for the authority. The learners see the look.
///
/// # Errors
/// What the policy answers.
pub fn list_outcomes(
    bank: &Bank,
    context: &Context,
    filter: &OutcomeFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<OutcomeView>, OpError> {
    let place = place.into();
    let resource = filter.institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ListOutcomes, resource)?;
        let filter = &match learner_wanted(conn, filter)? {
            Wanted::Nobody => return Ok(Vec::new()),
            Wanted::Anybody => filter.clone(),
            Wanted::One(learner_id) => OutcomeFilter {
                learner_id: Some(learner_id),
                ..filter.clone()
            },
        };
        let rows = records::outcomes(conn, filter, place, limit)?;
        for_others(bank, context, conn, (&actor, filter.institution_id), &rows)
    })
}

/// Some outcomes of an institution by their ids, for its own people; those of others are left out. The learners see the look.
///
/// # Errors
/// What the policy answers.
pub fn name_outcomes(bank: &Bank, context: &Context, institution_id: Uuid, outcome_ids: &[Uuid]) -> Result<Vec<OutcomeView>, OpError> {
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ListOutcomes, Resource::Institution(institution_id))?;
        let rows = affected::outcomes_named(conn, institution_id, outcome_ids, &[])?;
        for_others(bank, context, conn, (&actor, Some(institution_id)), &rows)
    })
}

/// How many outcomes of an institution wait for a person. Nobody's record is looked at.
///
/// # Errors
/// What the policy answers.
pub fn count_waiting_outcomes(bank: &Bank, context: &Context, institution_id: Uuid) -> Result<u64, OpError> {
    bank.store.read(|conn| {
        context.authorised(conn, Action::ListOutcomes, Resource::Institution(institution_id))?;
        let waiting = records::count_flagged(conn, institution_id)?;
        Ok(u64::try_from(waiting).unwrap_or_default())
    })
}

/// Whose outcomes are wanted.
enum Wanted {
    Anybody,
    One(Uuid),
    /// There is no such account, or it is not that learner's.
    Nobody,
}

fn learner_wanted(conn: &mut Conn, filter: &OutcomeFilter) -> Result<Wanted, StoreError> {
    let named: Vec<Uuid> = filter.learner_id.into_iter().collect();
    let by_id = records::present(conn, &named)?.first().copied();
    let Some(number) = &filter.account_number else {
        return Ok(by_id.map_or(Wanted::Anybody, Wanted::One));
    };
    let row = match AccountNumber::parse(number) {
        Some(number) => records::learner_by_account(conn, number.as_str())?,
        None => None,
    };
    let by_number = row.map(|row| row.learner_id.0);
    Ok(match by_number {
        Some(learner_id) if by_id.is_none_or(|named| named == learner_id) => Wanted::One(learner_id),
        _ => Wanted::Nobody,
    })
}

/// Outcomes as somebody sees them who looks for an institution, or for the bank.
fn for_others(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    (actor, institution_id): (&Actor, Option<Uuid>),
    rows: &[OutcomeRow],
) -> Result<Vec<OutcomeView>, OpError> {
    let learner_ids: Vec<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
    note_access(conn, context, actor, institution_id, "list_outcomes", &learner_ids)?;
    let around = Around::load(conn, rows)?;
    let learners = records::learners(conn, &learner_ids)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let learner = learners.iter().find(|learner| learner.learner_id == row.learner_id);
        views.push(OutcomeView {
            learner: learner.map(|learner| masked(bank, learner)).transpose()?,
            ..around.view(row, None)?
        });
    }
    Ok(views)
}

/// Reads an outcome: the learner's own, the institution's own, or by right.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_outcome(bank: &Bank, context: &Context, outcome_id: Uuid) -> Result<OutcomeView, OpError> {
    bank.store.write(|conn| {
        let actor = context.somebody(conn)?;
        let row = records::outcome(conn, outcome_id)?.ok_or(Rejection::NotFound {})?;
        let resource = Resource::Outcome {
            learner_id: row.learner_id.0,
            institution_id: row.institution_id.0,
        };
        policy::allowed(&actor, Action::ReadOutcome, resource)?;
        let own = actor.learner_id() == Some(row.learner_id.0);
        note_access(
            conn,
            context,
            &actor,
            Some(row.institution_id.0),
            "read_outcome",
            &[row.learner_id.0],
        )?;
        let view = Around::load(conn, std::slice::from_ref(&row))?.view(&row, None)?;
        let learner = match own {
            true => None,
            false => records::learner(conn, row.learner_id.0)?,
        };
        Ok(OutcomeView {
            learner: learner.map(|learner| masked(bank, &learner)).transpose()?,
            ..view
        })
    })
}
