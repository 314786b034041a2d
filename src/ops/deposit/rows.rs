//! The rows that a deposit becomes, and the answer that is made of them.

use uuid::Uuid;

use super::prepare::Prepared;
use super::{DepositRequest, Deposited, NewOutcome, Novelty};
use crate::domain::credit::Credit;
use crate::domain::doubles::Double;
use crate::domain::hours::Hours;
use crate::domain::outcome::{OutcomeFlag, OutcomeStatus};
use crate::domain::recognition::Recognition;
use crate::ops::context::{Bank, Context};
use crate::ops::document::document_of;
use crate::ops::error::OpError;
use crate::ops::reseal::given_name_place;
use crate::store::deposits::{DecisionRow, LearnerRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::mismatches::MismatchRow;
use crate::store::standards::AchievementRow;
use crate::store::types::{At, Document, Key};

/// What was decided of an outcome.
pub(super) struct Decided {
    pub decision_id: Uuid,
    pub recognition: Recognition,
}

impl Decided {
    /// Reads it from its row.
    ///
    /// # Errors
    /// When the stored value is damaged.
    pub(super) fn of(row: &DecisionRow) -> Result<Self, StoreError> {
        Ok(Self {
            decision_id: row.decision_id.0,
            recognition: serde_json::from_str(&row.recognition).map_err(|_| StoreError::Damaged("a decision".to_owned()))?,
        })
    }
}

/// What a deposit answers, from what is or will be stored.
///
/// # Errors
/// When a stored value is damaged.
pub(super) fn answer(
    novelty: Novelty,
    outcome: &OutcomeRow,
    account_number: &str,
    decided: Option<&Decided>,
) -> Result<Deposited, OpError> {
    let damaged = |what: &str| OpError::Store(StoreError::Damaged(what.to_owned()));
    let recognition = decided.map(|decided| &decided.recognition);
    Ok(Deposited {
        novelty,
        outcome_id: outcome.outcome_id.0,
        learner_id: outcome.learner_id.0,
        account_number: account_number.to_owned(),
        account_opened: false,
        status: OutcomeStatus::parse(&outcome.status).ok_or_else(|| damaged("an outcome's status"))?,
        flags: outcome
            .flags
            .split(',')
            .filter(|flag| !flag.is_empty())
            .map(str::to_owned)
            .collect(),
        decision_id: decided.map(|decided| decided.decision_id),
        credit: recognition.map_or(Credit::ZERO, |recognition| recognition.credit),
        reason: recognition
            .and_then(|recognition| recognition.reason)
            .map(|reason| reason.to_string()),
        usable_until: recognition.and_then(|recognition| recognition.usable_until),
    })
}

/// The row of a deposit that was refused because the name does not match the document.
///
/// # Errors
/// When there is no randomness.
pub(super) fn mismatch_row(bank: &Bank, request: &DepositRequest, prepared: &Prepared, learner_id: Uuid) -> Result<MismatchRow, OpError> {
    let mismatch_id = Uuid::now_v7();
    Ok(MismatchRow {
        learner_id: Key(learner_id),
        mismatch_id: Key(mismatch_id),
        institution_id: Key(request.outcome.institution_id),
        given_name_key: prepared.name_key.clone(),
        given_name_sealed: bank
            .sealer
            .seal(prepared.name.as_str().as_bytes(), &given_name_place(mismatch_id))?,
        achievement_code: prepared.content.achievement.clone(),
        certificate_number: prepared.content.certificate_number.clone(),
        awarded_on: prepared.content.awarded_on,
        status: "open".to_owned(),
        created_at: At(request.context.now),
        settled_at: None,
        settled_by: None,
        note: None,
    })
}

/// The names of the fields in which a certificate's second deposit differs from its first.
///
/// # Errors
/// When a field cannot be written as text.
pub(super) fn differing(
    earlier: &OutcomeRow,
    prepared: &Prepared,
    achievement: &AchievementRow,
    same_learner: bool,
) -> Result<String, StoreError> {
    let content = &prepared.content;
    let contest = contest_document(prepared)?;
    let pairs = [
        ("learner", !same_learner),
        ("achievement_code", earlier.achievement_id != achievement.achievement_id),
        ("awarded_on", earlier.awarded_on != content.awarded_on),
        ("grade", earlier.grade != content.grade),
        ("grading_scale", earlier.grading_scale != content.grading_scale),
        ("score", earlier.score != content.score),
        ("hours", earlier.hours_hundredths != content.hours.map(Hours::hundredths)),
        ("credits", earlier.original_credits != content.credits),
        (
            "trainee_group",
            earlier.trainee_group.as_deref() != content.trainee_group.map(|group| group.as_str()),
        ),
        ("contest", earlier.contest != contest),
    ];
    let names = pairs
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| name)
        .collect::<Vec<_>>();
    Ok(names.join(", "))
}

fn contest_document(prepared: &Prepared) -> Result<Option<Document>, StoreError> {
    let contest = prepared.content.contest.as_ref().map(serde_json::to_value).transpose();
    Ok(contest.map_err(|error| StoreError::Damaged(error.to_string()))?.map(Document))
}

/// The row of an outcome as the institution gave it.
///
/// # Errors
/// When it cannot be written as text.
pub(super) fn outcome_row(
    context: &Context,
    new: &NewOutcome,
    prepared: &Prepared,
    achievement: &AchievementRow,
    learner: &LearnerRow,
    (flags, doubles): (&[OutcomeFlag], &[Double]),
) -> Result<OutcomeRow, StoreError> {
    let content = &prepared.content;
    let status = if flags.is_empty() {
        OutcomeStatus::Accepted
    } else {
        OutcomeStatus::Flagged
    };
    Ok(OutcomeRow {
        learner_id: learner.learner_id.clone(),
        outcome_id: Key(Uuid::now_v7()),
        institution_id: Key(new.institution_id),
        achievement_id: achievement.achievement_id.clone(),
        certificate_number: content.certificate_number.clone(),
        issuer_key: achievement.issuer_key(),
        awarded_on: content.awarded_on,
        grade: content.grade.clone(),
        grading_scale: content.grading_scale.clone(),
        score: content.score.clone(),
        hours_hundredths: content.hours.map(Hours::hundredths),
        original_credits: content.credits.clone(),
        trainee_group: content.trainee_group.map(|group| group.as_str().to_owned()),
        contest: contest_document(prepared)?,
        content_digest: prepared.digest.to_vec(),
        status: status.as_str().to_owned(),
        flags: flags.iter().map(|flag| flag.as_str()).collect::<Vec<_>>().join(","),
        doubles: (!doubles.is_empty()).then(|| document_of(&doubles)).transpose()?,
        deposited_by: context.caller.label(),
        deposited_at: At(context.now),
        reviewed_at: None,
        review_reason: None,
        ended_at: None,
        ended_by: None,
        corrected_by: None,
        replaces: None,
        left_by: None,
    })
}
