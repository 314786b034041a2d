//! The main job: outcomes are deposited, recognised at once by the rules in force, and become lots.
//! The operation takes a slice and answers each request by itself; a wrong one never fails its neighbours.

mod achievements;
mod doubles;
mod imagined;
mod load;
mod newcomers;
mod plan;
mod prepare;
mod rows;
pub mod slice;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::identity::LearnerIdentity;
use super::once;
use crate::domain::actor::Caller;
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::domain::outcome::{ContestResult, OutcomeStatus, TraineeGroup};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::journal::{self, SavedAnswer};
pub use imagined::Imagined;
use prepare::{Prepared, prepare};

/// How many outcomes one batch may bring.
pub const BATCH_ROWS_MAX: usize = 1000;

/// An outcome to be deposited. What is given is kept as given for ever.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "institution_id": "01985a3e-7c00-7000-8000-000000000001", "learner": { "document_kind": "resident_identity_card", "document_number": "11010519491231002X", "name": "王芳" }, "achievement_code": "occ-elec-4", "awarded_on": "2024-03-01", "certificate_number": "S000441012345242000001", "score": "86", "hours": "160" }))]
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
    /// What a contest ended with; of contests only.
    #[serde(default)]
    pub contest: Option<ContestResult>,
}

/// One request of a slice: by whom and when, under which idempotency key.
#[derive(Debug, Clone)]
pub struct DepositRequest {
    pub context: Context,
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
    /// Whether the learner's account was opened by this deposit.
    pub account_opened: bool,
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

/// An answer for each request of a slice, in order.
pub type Answers = Vec<Result<Deposited, Rejection>>;

/// Deposits a slice of outcomes, of one caller or of many, in one durable transaction.
///
/// # Errors
/// Only when the database fails: then nothing of it happened.
pub fn deposit_outcomes(bank: &Bank, requests: &[DepositRequest]) -> Result<Answers, OpError> {
    let prepared = prepare_all(bank, requests)?;
    deposit_prepared(bank, requests, &prepared, |_, _| Ok(())).map(|(answers, ())| answers)
}

/// Everything that needs no database is done before the transaction: parsing, indexing, sealing.
fn prepare_all(bank: &Bank, requests: &[DepositRequest]) -> Result<Vec<Result<Prepared, Rejection>>, OpError> {
    requests.iter().map(|request| prepare(bank, request)).collect()
}

fn deposit_prepared<T>(
    bank: &Bank,
    requests: &[DepositRequest],
    prepared: &[Result<Prepared, Rejection>],
    mut also: impl FnMut(&mut Conn, &Answers) -> Result<T, OpError>,
) -> Result<(Answers, T), OpError> {
    bank.store.write(|conn| {
        let (plan, answers, saved) = judged(bank, conn, requests, prepared, None)?;
        plan.save(conn)?;
        journal::save_answers(conn, &saved)?;
        let more = also(conn, &answers)?;
        Ok((answers, more))
    })
}

fn imagine_prepared(
    bank: &Bank,
    requests: &[DepositRequest],
    prepared: &[Result<Prepared, Rejection>],
    imagined: &mut Imagined,
) -> Result<Answers, OpError> {
    bank.store.read(|conn| {
        let (plan, answers, _) = judged(bank, conn, requests, prepared, Some(imagined))?;
        imagined.learn(&plan);
        Ok(answers)
    })
}

/// What is to be written for a slice, what each request is answered, and the answers to be saved.
fn judged(
    bank: &Bank,
    conn: &mut Conn,
    requests: &[DepositRequest],
    prepared: &[Result<Prepared, Rejection>],
    imagined: Option<&Imagined>,
) -> Result<(plan::Plan, Answers, Vec<SavedAnswer>), OpError> {
    let mut answered = Answered::load(conn, requests)?;
    let mut plan = load::plan(bank, conn, requests, prepared)?;
    if let Some(imagined) = imagined {
        imagined.lend(&mut plan, prepared);
    }
    let mut answers = Vec::with_capacity(requests.len());
    for (request, prepared) in requests.iter().zip(prepared) {
        let answer = match answered.answer(bank, request)? {
            Some(answer) => answer,
            None => {
                let answer = match prepared {
                    Ok(prepared) => plan.deposit(bank, request, prepared)?,
                    Err(rejection) => Err(rejection.clone()),
                };
                answered.keep(bank, request, &answer)?;
                answer
            }
        };
        answers.push(answer);
    }
    Ok((plan, answers, answered.into_new()))
}

/// Deposits one outcome for the bank itself inside a transaction that has begun: what people confirmed of a claim.
///
/// # Errors
/// What a deposit refuses.
pub(super) fn deposit_within(bank: &Bank, context: &Context, conn: &mut Conn, outcome: NewOutcome) -> Result<Deposited, OpError> {
    let (plan, deposited) = planned(bank, context, conn, outcome, None)?;
    plan.save(conn)?;
    Ok(deposited)
}

/// Whose place an outcome takes by a correction.
#[derive(Debug, Clone, Copy)]
pub(super) struct InPlaceOf {
    pub(super) outcome_id: Uuid,
    /// The day on which its credit takes effect: that of the wrong one; today where that had none.
    pub(super) granted_on: Option<NaiveDate>,
}

/// Deposits an outcome that takes the place of another, whose certificate number is free by now.
///
/// # Errors
/// What a deposit refuses.
pub(super) fn deposit_in_place(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    outcome: NewOutcome,
    of: InPlaceOf,
) -> Result<Deposited, OpError> {
    let (plan, deposited) = planned(bank, context, conn, outcome, Some(of))?;
    plan.save(conn)?;
    Ok(deposited)
}

/// What [`deposit_in_place`] would answer; nothing is written.
///
/// # Errors
/// What a deposit refuses.
pub(super) fn imagine_in_place(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    outcome: NewOutcome,
    of: InPlaceOf,
) -> Result<Deposited, OpError> {
    planned(bank, context, conn, outcome, Some(of)).map(|(_, deposited)| deposited)
}

fn planned(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    outcome: NewOutcome,
    of: Option<InPlaceOf>,
) -> Result<(plan::Plan, Deposited), OpError> {
    let context = Context {
        caller: Caller::Bank,
        ..*context
    };
    let request = DepositRequest {
        context,
        idempotency_key: None,
        outcome,
    };
    let prepared = [Ok(prepare(bank, &request)??)];
    let mut plan = load::plan(bank, conn, std::slice::from_ref(&request), &prepared)?;
    if let Some(of) = of {
        plan.take_place(of);
    }
    let [Ok(prepared)] = &prepared else {
        return Err(Rejection::NotFound {}.into());
    };
    let deposited = plan.deposit(bank, &request, prepared)??;
    Ok((plan, deposited))
}

const OPERATION: &str = "deposit_outcome";

/// The answers under the idempotency keys of a slice: those of earlier requests, and those that it makes itself.
struct Answered {
    saved: HashMap<(String, String), SavedAnswer>,
    new: HashSet<(String, String)>,
}

impl Answered {
    fn load(conn: &mut Conn, requests: &[DepositRequest]) -> Result<Self, OpError> {
        let mut keys_by_owner: HashMap<String, Vec<String>> = HashMap::new();
        for request in requests {
            if let Some(key) = &request.idempotency_key {
                keys_by_owner.entry(request.context.caller.label()).or_default().push(key.clone());
            }
        }
        let mut saved = HashMap::new();
        for (owner, keys) in &keys_by_owner {
            for answer in journal::saved_answers(conn, owner, keys)? {
                saved.insert((answer.owner.clone(), answer.idempotency_key.clone()), answer);
            }
        }
        Ok(Self {
            saved,
            new: HashSet::new(),
        })
    }

    fn place(request: &DepositRequest) -> Option<(String, String)> {
        Some((request.context.caller.label(), request.idempotency_key.clone()?))
    }

    fn answer(&self, bank: &Bank, request: &DepositRequest) -> Result<Option<Result<Deposited, Rejection>>, OpError> {
        let Some(saved) = Self::place(request).and_then(|place| self.saved.get(&place)) else {
            return Ok(None);
        };
        match once::replay::<Deposited>(bank, saved, &once::digest_of(bank, OPERATION, &request.outcome)) {
            Ok(deposited) => Ok(Some(Ok(deposited))),
            Err(OpError::Rejected(rejection)) => Ok(Some(Err(rejection))),
            Err(error) => Err(error),
        }
    }

    /// Keeps the answer of what was done; a refusal did nothing and may be tried again.
    fn keep(&mut self, bank: &Bank, request: &DepositRequest, answer: &Result<Deposited, Rejection>) -> Result<(), OpError> {
        if let (Some(place), Ok(deposited)) = (Self::place(request), answer) {
            let digest = once::digest_of(bank, OPERATION, &request.outcome);
            let saved = once::saved(bank, &request.context, OPERATION, &place.1, digest, deposited)?;
            self.new.insert(place.clone());
            self.saved.insert(place, saved);
        }
        Ok(())
    }

    fn into_new(mut self) -> Vec<SavedAnswer> {
        self.new.iter().filter_map(|place| self.saved.remove(place)).collect()
    }
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
