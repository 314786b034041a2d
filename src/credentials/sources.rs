//! Where what a credential names is looked up. What is known without asking anybody is here; whoever has a database or a network
//! puts their own in front of it.

use serde_json::Value;

use super::keys::{Issuers, PublicKey};
use super::refusal::Refusal;

/// Keys of issuers, and lists of what was revoked.
pub trait Sources {
    /// The keys by which an issuer signs credentials; where a method is named, those of that name.
    ///
    /// # Errors
    /// Where none is known, and why.
    fn keys(&self, issuer: &str, method: Option<&str>) -> Result<Vec<PublicKey>, Refusal>;

    /// A status list as it was published: a credential with a proof, or the text of a JWT.
    ///
    /// # Errors
    /// Why it is not there.
    fn status_list(&self, address: &str) -> Result<Value, Refusal>;
}

impl Sources for Issuers {
    fn keys(&self, issuer: &str, _: Option<&str>) -> Result<Vec<PublicKey>, Refusal> {
        self.keys_of(issuer)
    }

    fn status_list(&self, _: &str) -> Result<Value, Refusal> {
        Err(Refusal::StatusNotFetched {})
    }
}
