//! Idempotency: the answer of a write is saved with its effect and replayed to whoever repeats the request.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::journal::{self, SavedAnswer};
use crate::store::types::At;

/// What a request is told apart by when its key comes again. Keyed: some requests hold a password.
pub fn digest_of(bank: &Bank, operation: &str, request: &impl Serialize) -> Vec<u8> {
    let body = serde_json::to_string(request).unwrap_or_default();
    bank.sealer.index(operation, &body)
}

/// Where a saved answer belongs, so that it opens nowhere else.
pub fn place(owner: &str, key: &str) -> String {
    format!("idempotency:{owner}:{key}")
}

/// Opens a saved answer for a request with `digest`.
///
/// # Errors
/// `IdempotencyKeyReused` when it answered a different request.
pub fn replay<T: DeserializeOwned>(bank: &Bank, saved: &SavedAnswer, digest: &[u8]) -> Result<T, OpError> {
    if saved.request_digest != digest {
        return Err(Rejection::IdempotencyKeyReused {}.into());
    }
    let plain = bank
        .sealer
        .open(&saved.answer_sealed, &place(&saved.owner, &saved.idempotency_key))?;
    serde_json::from_slice(&plain).map_err(|error| OpError::Secret(error.to_string()))
}

/// Seals an answer for saving.
///
/// # Errors
/// When there is no randomness.
pub fn saved<T: Serialize>(
    bank: &Bank,
    context: &Context,
    operation: &str,
    key: &str,
    digest: Vec<u8>,
    answer: &T,
) -> Result<SavedAnswer, OpError> {
    let owner = context.caller.label();
    let plain = serde_json::to_vec(answer).map_err(|error| OpError::Secret(error.to_string()))?;
    let answer_sealed = bank.sealer.seal(&plain, &place(&owner, key))?;
    Ok(SavedAnswer {
        idempotency_key: key.to_owned(),
        owner,
        operation: operation.to_owned(),
        request_digest: digest,
        answer_sealed,
        created_at: At(context.now),
    })
}

/// Does `work` unless it was done under this key before; either way answers the same.
///
/// # Errors
/// What the work answers, or `IdempotencyKeyReused`.
pub fn once<T, R>(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    operation: &str,
    key: Option<&str>,
    request: &R,
    work: impl FnOnce(&mut Conn) -> Result<T, OpError>,
) -> Result<T, OpError>
where
    T: Serialize + DeserializeOwned,
    R: Serialize,
{
    let Some(key) = key else { return work(conn) };
    let digest = digest_of(bank, operation, request);
    if let Some(earlier) = journal::saved_answers(conn, &context.caller.label(), &[key.to_owned()])?.first() {
        return replay(bank, earlier, &digest);
    }
    let answer = work(conn)?;
    journal::save_answers(conn, &[saved(bank, context, operation, key, digest, &answer)?])?;
    Ok(answer)
}
