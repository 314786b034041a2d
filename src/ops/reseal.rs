//! Sealing the stored identities, the keys that credentials are signed with and the secrets of authenticators anew with the present key. Saved answers, evidence
//! files, credentials, portfolios, the secrets of webhooks and the addresses of learners stay as they are: the ring keeps the keys that
//! open them.

use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::second_factor::secret_place;
use crate::store::deposits::LearnerRow;
use crate::store::issuer_keys::{self, IssuerKeyRow};
use crate::store::journal::tell;
use crate::store::mismatches::{self, MismatchRow};
use crate::store::records;
use crate::store::second_factors::{self, SecondFactorRow};

/// How many rows are sealed anew in one transaction.
const PAGE: i64 = 500;

/// Where a learner's document number belongs; it opens nowhere else.
pub fn document_place(learner_id: Uuid) -> String {
    format!("learners.document:{learner_id}")
}

/// Where a learner's name belongs.
pub fn name_place(learner_id: Uuid) -> String {
    format!("learners.name:{learner_id}")
}

/// Where the name of a mismatch belongs.
pub fn given_name_place(mismatch_id: Uuid) -> String {
    format!("identity_mismatches.given_name:{mismatch_id}")
}

/// Where the seed of a key that signs credentials belongs.
pub fn seed_place(key_id: Uuid) -> String {
    format!("issuer_keys.seed:{key_id}")
}

/// Seals anew what another key than the present one sealed, and says how many records that were.
/// It may be broken off and begun again.
///
/// # Errors
/// When something does not open, or the database fails.
pub fn reseal(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    let learners = walk(
        |after| {
            bank.store
                .read(|conn| records::learners_after(conn, after, PAGE).map_err(OpError::from))
        },
        |row: &LearnerRow| row.learner_id.0,
        |row| reseal_learner(bank, row),
    )?;
    let mismatches = walk(
        |after| bank.store.read(|conn| mismatches::after(conn, after, PAGE).map_err(OpError::from)),
        |row: &MismatchRow| row.mismatch_id.0,
        |row| reseal_mismatch(bank, row),
    )?;
    let keys = walk(
        |after| bank.store.read(|conn| issuer_keys::after(conn, after, PAGE).map_err(OpError::from)),
        |row: &IssuerKeyRow| row.key_id.0,
        |row| reseal_issuer_key(bank, row),
    )?;
    let factors = walk(
        |after| {
            bank.store
                .read(|conn| second_factors::after(conn, after, PAGE).map_err(OpError::from))
        },
        |row: &SecondFactorRow| row.user_id.0,
        |row| reseal_second_factor(bank, row),
    )?;
    let resealed = learners + mismatches + keys + factors;
    bank.store.write(|conn| {
        let told = context
            .told("reseal", "bank", Uuid::nil())
            .with(serde_json::json!({ "records": resealed }));
        Ok::<_, OpError>(tell(conn, &[told])?)
    })?;
    Ok(resealed)
}

fn walk<T>(
    page: impl Fn(Option<Uuid>) -> Result<Vec<T>, OpError>,
    id: impl Fn(&T) -> Uuid,
    work: impl Fn(&T) -> Result<bool, OpError>,
) -> Result<u64, OpError> {
    let mut done = 0;
    let mut after = None;
    loop {
        let rows = page(after)?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = Some(id(last));
        for row in &rows {
            done += u64::from(work(row)?);
        }
    }
}

fn anew(bank: &Bank, sealed: &[u8], place: &str) -> Result<Option<Vec<u8>>, OpError> {
    if bank.sealer.is_present(sealed) {
        return Ok(None);
    }
    Ok(Some(bank.sealer.seal(&bank.sealer.open(sealed, place)?, place)?))
}

fn reseal_learner(bank: &Bank, row: &LearnerRow) -> Result<bool, OpError> {
    let learner_id = row.learner_id.0;
    let document = anew(bank, &row.document_sealed, &document_place(learner_id))?;
    let name = anew(bank, &row.name_sealed, &name_place(learner_id))?;
    if document.is_none() && name.is_none() {
        return Ok(false);
    }
    let document = document.unwrap_or_else(|| row.document_sealed.clone());
    let name = name.unwrap_or_else(|| row.name_sealed.clone());
    bank.store
        .write(|conn| records::replace_sealed(conn, learner_id, &document, &name).map_err(OpError::from))?;
    Ok(true)
}

fn reseal_mismatch(bank: &Bank, row: &MismatchRow) -> Result<bool, OpError> {
    let Some(name) = anew(bank, &row.given_name_sealed, &given_name_place(row.mismatch_id.0))? else {
        return Ok(false);
    };
    bank.store
        .write(|conn| mismatches::replace_sealed(conn, row, &name).map_err(OpError::from))?;
    Ok(true)
}

fn reseal_issuer_key(bank: &Bank, row: &IssuerKeyRow) -> Result<bool, OpError> {
    let Some(seed) = anew(bank, &row.seed_sealed, &seed_place(row.key_id.0))? else {
        return Ok(false);
    };
    bank.store
        .write(|conn| issuer_keys::replace_sealed(conn, row, &seed).map_err(OpError::from))?;
    Ok(true)
}

fn reseal_second_factor(bank: &Bank, row: &SecondFactorRow) -> Result<bool, OpError> {
    let Some(secret) = anew(bank, &row.secret_sealed, &secret_place(row.user_id.0))? else {
        return Ok(false);
    };
    bank.store
        .write(|conn| second_factors::replace_sealed(conn, row, &secret).map_err(OpError::from))?;
    Ok(true)
}
