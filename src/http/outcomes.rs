//! Depositing outcomes, one or a batch; reading them; and what a person decides of those that wait.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::extract::{Asking, Json, Key, Rows, is_idempotency_key};
use super::json::from_json;
use super::problem::{Problem, Refusal, status_of};
use super::render::language_of;
use super::state::Web;
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::ops::deposit::{DepositRequest, Deposited, NewOutcome, Novelty, check_batch, deposit_outcomes};

/// One row of a batch.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRow {
    /// The row's own key; without it, the request's key and the row's number.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = "^[!-~]{1,100}$", example = "2024-0001")]
    pub idempotency_key: Option<String>,
    pub outcome: NewOutcome,
}

/// Up to 1,000 outcomes.
/// A row that is not of the documented shape is refused by itself, like one that a rule refuses.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "rows": [{ "idempotency_key": "2024-0001", "outcome": { "institution_id": "01985a3e-7c00-7000-8000-000000000001", "learner": { "document_kind": "resident_identity_card", "document_number": "11010519491231002X", "name": "王芳" }, "achievement_code": "occ-elec-4", "awarded_on": "2024-03-01", "certificate_number": "S000441012345242000001", "score": "86", "hours": "160" } }] }))]
pub struct Batch {
    #[schema(value_type = Vec<BatchRow>, min_items = 1, max_items = 1000)]
    pub rows: Vec<Box<RawValue>>,
}

/// What became of one row: as if it had been deposited alone.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RowResult {
    /// 201 created, 200 already there, else the status of `problem`.
    #[schema(minimum = 200, maximum = 599, example = 201)]
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Deposited>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What became of a batch, row by row in the order given.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BatchResult {
    pub created: usize,
    pub already_there: usize,
    pub refused: usize,
    pub results: Vec<RowResult>,
}

/// Deposit one outcome.
///
/// The bank recognises it at once by the rules in force: the answer says what credit it brought, or why none.
/// A certificate number of one issuer is deposited once: the same content again answers the first outcome (200).
#[utoipa::path(tag = "outcomes", operation_id = "deposit_outcome", request_body = NewOutcome,
    params(Key),
    responses((status = 201, description = "Deposited", body = Deposited), (status = 200, description = "Was there already", body = Deposited)),
    extensions(("x-problems" = json!(["identity_mismatch", "unknown_achievement", "foreign_achievement", "awarded_in_the_future",
        "awarded_too_long_ago", "hours_absurd", "certificate_differs"]))))]
#[post("/api/v1/outcomes")]
pub(crate) async fn deposit_outcome(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewOutcome>,
) -> Result<HttpResponse, Refusal> {
    let request = DepositRequest {
        context: asking.0,
        idempotency_key: key.0,
        outcome: body.0,
    };
    let deposited = deposit(&web, request).await?;
    Ok(HttpResponse::build(status_of_novelty(deposited.novelty)).json(deposited))
}

/// Deposits one outcome together with whatever else waits, and counts it.
///
/// # Errors
/// What the operation answers.
pub(crate) async fn deposit(web: &Web, request: DepositRequest) -> Result<Deposited, Refusal> {
    let deposited = web.depositor.deposit(request).await?;
    count(std::iter::once(&deposited));
    Ok(deposited)
}

fn status_of_novelty(novelty: Novelty) -> StatusCode {
    match novelty {
        Novelty::Created => StatusCode::CREATED,
        Novelty::AlreadyThere => StatusCode::OK,
    }
}

fn count<'a>(deposited: impl Iterator<Item = &'a Deposited>) {
    for deposited in deposited.filter(|deposited| deposited.novelty == Novelty::Created) {
        metrics::counter!("credit_bank_deposits_total", "status" => deposited.status.as_str()).increment(1);
        if deposited.decision_id.is_some() {
            let result = deposited.reason.clone().unwrap_or_else(|| "credit".to_owned());
            metrics::counter!("credit_bank_recognitions_total", "result" => result).increment(1);
        }
    }
}

/// Deposit up to 1,000 outcomes.
///
/// Each row is judged by itself; a wrong one never fails its neighbours. The results are in the order of the rows.
#[utoipa::path(tag = "outcomes", operation_id = "deposit_batch", request_body = Batch,
    params(("Idempotency-Key" = Option<String>, Header, description = "The key of rows that have none, with their number", max_length = 100, pattern = "^[!-~]{1,100}$")),
    responses((status = 200, description = "What became of each row", body = BatchResult)),
    extensions(("x-problems" = json!(["batch_empty", "batch_too_large"]))))]
#[post("/api/v1/outcomes/batch")]
pub(crate) async fn deposit_batch(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    key: Key,
    body: Rows<Batch>,
) -> Result<HttpResponse, Refusal> {
    check_batch(body.0.rows.len())?;
    let language = language_of(&request);
    let rows: Vec<Result<DepositRequest, Rejection>> = body
        .0
        .rows
        .iter()
        .enumerate()
        .map(|(number, row)| request_of(&asking, key.0.as_deref(), number, row))
        .collect();
    let requests: Vec<DepositRequest> = rows.iter().flatten().cloned().collect();
    let deposited = web
        .run(move |bank| {
            asking.0.somebody_now(bank)?;
            deposit_outcomes(bank, &requests)
        })
        .await?;
    let mut deposited = deposited.into_iter();
    // Every row that could be read has an answer, in the same order.
    let answers: Vec<Result<Deposited, Rejection>> = rows
        .into_iter()
        .map(|row| row.and_then(|_| deposited.next().unwrap_or(Err(Rejection::NotFound {}))))
        .collect();
    count(answers.iter().flatten());
    let novelty = |wanted: Novelty| answers.iter().flatten().filter(|deposited| deposited.novelty == wanted).count();
    Ok(HttpResponse::Ok().json(BatchResult {
        created: novelty(Novelty::Created),
        already_there: novelty(Novelty::AlreadyThere),
        refused: answers.iter().filter(|answer| answer.is_err()).count(),
        results: answers.into_iter().map(|answer| row_result(answer, language)).collect(),
    }))
}

fn request_of(asking: &Asking, key: Option<&str>, number: usize, row: &RawValue) -> Result<DepositRequest, Rejection> {
    let row: BatchRow = from_json(row.get().as_bytes())?;
    if row.idempotency_key.as_deref().is_some_and(|key| !is_idempotency_key(key)) {
        return Err(Rejection::field("/idempotency_key", "must have 1 to 100 visible ASCII characters"));
    }
    Ok(DepositRequest {
        context: asking.0,
        idempotency_key: row.idempotency_key.or_else(|| key.map(|key| format!("{key}#{number}"))),
        outcome: row.outcome,
    })
}

fn row_result(answer: Result<Deposited, Rejection>, language: Language) -> RowResult {
    match answer {
        Ok(deposited) => RowResult {
            status: status_of_novelty(deposited.novelty).as_u16(),
            outcome: Some(deposited),
            problem: None,
        },
        Err(rejection) => RowResult {
            status: status_of(rejection.class()).as_u16(),
            outcome: None,
            problem: Some(Problem::of_rejection(&rejection, language)),
        },
    }
}
