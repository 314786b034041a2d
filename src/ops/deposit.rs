//! The main job: outcomes are deposited, recognised at once by the rules in force, and become lots.
//! The operation takes a slice and answers each request by itself; a wrong one never fails its neighbours.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::deposit_plan::{Loaded, Plan, Prepared};
use super::error::OpError;
use super::once;
use crate::domain::certificate_number::{CertificateNumber, CertificatePattern};
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::domain::identity_document::{DocumentKind, IdentityDocument};
use crate::domain::outcome::{Implausible, OutcomeContent, OutcomeStatus, TraineeGroup, implausible};
use crate::domain::person_name::PersonName;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::deposits as store;
use crate::store::error::StoreError;
use crate::store::journal::{self, SavedAnswer};
use crate::store::standards;

/// How many outcomes one batch may bring.
pub const BATCH_ROWS_MAX: usize = 1000;

/// The person who earned it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearnerIdentity {
    pub document_kind: DocumentKind,
    #[schema(min_length = 5, max_length = 40, example = "11010519491231002X")]
    pub document_number: String,
    #[schema(min_length = 1, max_length = 100, example = "王芳")]
    pub name: String,
}

/// An outcome to be deposited. What is given is kept as given for ever.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOutcome {
    pub institution_id: Uuid,
    pub learner: LearnerIdentity,
    /// The institution's code of a published achievement.
    #[schema(min_length = 1, max_length = 40, example = "occ-elec-4")]
    pub achievement_code: String,
    #[schema(example = "2024-03-01")]
    pub awarded_on: NaiveDate,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, example = "S000441012345242000001")]
    pub certificate_number: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40)]
    pub grade: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40)]
    pub grading_scale: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40, example = "86")]
    pub score: Option<String>,
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Credits as the institution counts them: kept, never added to bank credit.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub credits: Option<String>,
    #[serde(default)]
    pub trainee_group: Option<TraineeGroup>,
}

/// One request of a slice with its own idempotency key.
#[derive(Debug, Clone)]
pub struct DepositRequest {
    pub idempotency_key: Option<String>,
    pub outcome: NewOutcome,
}

/// Whether the outcome is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Novelty {
    Created,
    AlreadyThere,
}

/// What a deposit brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Deposited {
    pub novelty: Novelty,
    pub outcome_id: Uuid,
    pub learner_id: Uuid,
    pub account_number: String,
    pub status: OutcomeStatus,
    /// Why a person looks at it first, if so.
    pub flags: Vec<String>,
    /// Absent while it waits for a person.
    pub decision_id: Option<Uuid>,
    pub credit: Credit,
    /// Why there is no credit, if there is none.
    pub reason: Option<String>,
    /// The last day on which the credit can be used.
    pub usable_until: Option<NaiveDate>,
}

/// Deposits a slice of outcomes in one durable transaction, an answer for each in order.
///
/// # Errors
/// Only when the database fails: then nothing of it happened.
pub fn deposit_outcomes(bank: &Bank, context: &Context, requests: &[DepositRequest]) -> Result<Vec<Result<Deposited, Rejection>>, OpError> {
    let today = bank.day(context.now);
    // Everything that needs no database is done before the transaction: parsing, indexing.
    let prepared: Vec<Result<Prepared, Rejection>> = requests.iter().map(|request| prepare(bank, &request.outcome, today)).collect();
    bank.store.write(|conn| {
        let answered = saved_answers(bank, context, conn, requests)?;
        let mut plan = load(context, conn, &prepared, today)?;
        let mut answers = Vec::with_capacity(requests.len());
        let mut to_save: Vec<SavedAnswer> = Vec::new();
        let mut in_this_slice: HashMap<&str, usize> = HashMap::new();
        for (number, (request, prepared)) in requests.iter().zip(&prepared).enumerate() {
            let key = request.idempotency_key.as_deref();
            let earlier = key
                .and_then(|key| in_this_slice.get(key).copied())
                .and_then(|earlier| requests.get(earlier).zip(answers.get(earlier)));
            if let Some((same, answer)) = earlier {
                let equal = once::digest_of(OPERATION, &same.outcome) == once::digest_of(OPERATION, &request.outcome);
                let answer: &Result<Deposited, Rejection> = answer;
                answers.push(if equal {
                    answer.clone()
                } else {
                    Err(Rejection::IdempotencyKeyReused {})
                });
                continue;
            }
            if let Some(answer) = answered.get(number).cloned().flatten() {
                answers.push(answer);
                continue;
            }
            let answer = match prepared {
                Ok(prepared) => plan.deposit(bank, context, &request.outcome, prepared)?,
                Err(rejection) => Err(rejection.clone()),
            };
            if let (Some(key), Ok(deposited)) = (key, &answer) {
                in_this_slice.insert(key, number);
                to_save.push(once::saved(
                    bank,
                    context,
                    OPERATION,
                    key,
                    once::digest_of(OPERATION, &request.outcome),
                    deposited,
                )?);
            }
            answers.push(answer);
        }
        plan.save(context, conn)?;
        journal::save_answers(conn, &to_save)?;
        Ok(answers)
    })
}

const OPERATION: &str = "deposit_outcome";

/// Reads, for every request, the answer that it got before, if any.
fn saved_answers(
    bank: &Bank,
    context: &Context,
    conn: &mut crate::store::connection::Conn,
    requests: &[DepositRequest],
) -> Result<Vec<Option<Result<Deposited, Rejection>>>, OpError> {
    let keys: Vec<String> = requests.iter().filter_map(|request| request.idempotency_key.clone()).collect();
    let saved = journal::saved_answers(conn, &context.caller.label(), &keys)?;
    let by_key: HashMap<&str, &SavedAnswer> = saved.iter().map(|answer| (answer.idempotency_key.as_str(), answer)).collect();
    requests
        .iter()
        .map(|request| {
            let Some(answer) = request.idempotency_key.as_deref().and_then(|key| by_key.get(key)) else {
                return Ok(None);
            };
            match once::replay::<Deposited>(bank, answer, &once::digest_of(OPERATION, &request.outcome)) {
                Ok(deposited) => Ok(Some(Ok(deposited))),
                Err(OpError::Rejected(rejection)) => Ok(Some(Err(rejection))),
                Err(error) => Err(error),
            }
        })
        .collect()
}

/// Parses one request into what the plan works with.
fn prepare(bank: &Bank, new: &NewOutcome, today: NaiveDate) -> Result<Prepared, Rejection> {
    let mut problems = Vec::new();
    let document = IdentityDocument::parse(new.learner.document_kind, &new.learner.document_number, today);
    if let Err(error) = &document {
        problems.push(FieldProblem::new("/learner/document_number", error.to_string()));
    }
    let name = PersonName::parse(&new.learner.name);
    if name.is_none() {
        problems.push(FieldProblem::new("/learner/name", "must have 1 to 100 characters and no digits"));
    }
    let certificate_number = new.certificate_number.as_deref().map(CertificateNumber::parse);
    if certificate_number == Some(None) {
        problems.push(FieldProblem::new("/certificate_number", "must have 1 to 64 visible characters"));
    }
    for (pointer, text) in [
        ("/grade", &new.grade),
        ("/grading_scale", &new.grading_scale),
        ("/score", &new.score),
        ("/credits", &new.credits),
    ] {
        if text
            .as_deref()
            .is_some_and(|text| text.is_empty() || text.chars().count() > 40 || text.chars().any(char::is_control))
        {
            problems.push(FieldProblem::new(pointer, "must have 1 to 40 characters"));
        }
    }
    let (Ok(document), Some(name)) = (document, name) else {
        return Err(Rejection::InvalidBody { problems });
    };
    if !problems.is_empty() {
        return Err(Rejection::InvalidBody { problems });
    }
    match implausible(new.awarded_on, new.hours, today) {
        Some(Implausible::AwardedInTheFuture) => {
            return Err(Rejection::AwardedInTheFuture {
                awarded_on: new.awarded_on,
                today,
            });
        }
        Some(Implausible::AwardedTooLongAgo) => {
            return Err(Rejection::AwardedTooLongAgo {
                awarded_on: new.awarded_on,
            });
        }
        Some(Implausible::HoursNotPositive | Implausible::HoursTooMany) => {
            return Err(Rejection::HoursAbsurd {
                hours: new.hours.map(|hours| hours.to_string()).unwrap_or_default(),
            });
        }
        None => {}
    }
    let certificate_number = certificate_number.flatten();
    let document_index = bank.sealer.index("document", &document.canonical());
    let name_key = bank.sealer.index("name", &name.matching_key());
    let content = OutcomeContent {
        // The index, not the number: the content is compared and hashed, and nothing personal is needed for that.
        learner: crate::domain::movement::hex(&document_index),
        achievement: new.achievement_code.clone(),
        awarded_on: new.awarded_on,
        certificate_number: certificate_number.as_ref().map(|number| number.as_str().to_owned()),
        grade: new.grade.clone(),
        grading_scale: new.grading_scale.clone(),
        score: new.score.clone(),
        hours: new.hours,
        credits: new.credits.clone(),
        trainee_group: new.trainee_group,
    };
    Ok(Prepared {
        document,
        name,
        document_index,
        name_key,
        certificate_number,
        content,
    })
}

/// Reads everything that the slice needs, each thing once.
fn load(
    context: &Context,
    conn: &mut crate::store::connection::Conn,
    prepared: &[Result<Prepared, Rejection>],
    today: NaiveDate,
) -> Result<Plan, OpError> {
    let actor = context.actor(conn)?;
    let wanted: Vec<&Prepared> = prepared.iter().flatten().collect();
    let unique = |mut values: Vec<Vec<u8>>| {
        values.sort_unstable();
        values.dedup();
        values
    };
    let indexes = unique(wanted.iter().map(|prepared| prepared.document_index.clone()).collect());
    let mut codes: Vec<String> = wanted.iter().map(|prepared| prepared.content.achievement.clone()).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut numbers: Vec<String> = wanted
        .iter()
        .filter_map(|prepared| prepared.content.certificate_number.clone())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let learners = store::learners_by_document(conn, &indexes)?;
    let learner_ids: Vec<Uuid> = learners.iter().map(|(_, learner)| learner.learner_id.0).collect();
    let known = store::known_by(conn, &learner_ids)?;
    let certificates = store::outcomes_by_certificate(conn, &numbers)?;
    let achievements = standards::achievements_by_code(conn, &codes)?;
    let rules = standards::rules(conn)?;
    let patterns = standards::patterns(conn)?
        .into_iter()
        .map(|(kind, family, source)| CertificatePattern::compile(&source).map(|pattern| (kind, family, pattern)))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| StoreError::Damaged("a certificate pattern".to_owned()))?;
    Plan::new(Loaded {
        actor,
        today,
        learners,
        known_by: known,
        certificates,
        achievements,
        rules,
        patterns,
    })
}

/// Refuses a batch of the wrong size.
///
/// # Errors
/// `BatchEmpty`, `BatchTooLarge`.
pub fn check_batch(rows: usize) -> Result<(), Rejection> {
    match rows {
        0 => Err(Rejection::BatchEmpty {}),
        1..=BATCH_ROWS_MAX => Ok(()),
        _ => Err(Rejection::BatchTooLarge { rows_max: BATCH_ROWS_MAX }),
    }
}
