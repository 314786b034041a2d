//! Credentials: the bank's own, made and signed, and those of others, verified: that they are what their issuer signed, and what
//! is said of them today. Nothing is fetched here; where keys and status lists come from is given.

pub mod badge;
mod canonical;
mod contexts;
mod controller;
mod dates;
pub mod did;
mod examine;
mod integrity;
mod jwt;
mod keys;
pub mod manifest;
mod parts;
mod plain;
mod possession;
pub mod record;
mod refusal;
mod sign;
mod sources;
mod standing;
pub mod status;
#[cfg(test)]
mod step_tests;
mod terms;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use serde_json::{Map, Value};

pub use controller::{keys_of, web_address};
pub use dates::When;
pub use examine::examine;
pub use keys::{Issuers, PublicKey};
pub use parts::Found;
pub use plain::Examination;
pub use possession::{Possession, possession};
pub use refusal::{Note, Refusal};
pub use sign::{SEED_BYTES, Signer};
pub use sources::Sources;

/// A credential that its issuer signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    pub credential: Map<String, Value>,
    pub issuer: String,
}

/// Verifies a credential on a day by keys that are known: a document with a proof, one around a JWT, or the text of a JWT. Nobody
/// is asked whether it was revoked, and what it holds is not looked at.
///
/// # Errors
/// Why it is not taken for what its issuer signed.
pub fn verify(presented: &Value, issuers: &Issuers, today: NaiveDate) -> Result<Verified, Refusal> {
    let examined = plain::examine_plain(presented, issuers, When::on(today));
    if let Some(refusal) = examined.before_status() {
        return Err(refusal.clone());
    }
    match (examined.credential, examined.issuer) {
        (Some(credential), Some(issuer)) => Ok(Verified { credential, issuer }),
        _ => Err(Refusal::ProofNotReached {}),
    }
}
