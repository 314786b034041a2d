//! A credential looked at step by step: everything that is found is told, not only the first thing that is wrong.

use serde_json::{Map, Value};

use super::dates::When;
use super::parts::all;
use super::plain::{Examination, examine_plain};
use super::refusal::Refusal;
use super::sources::Sources;
use super::standing;

/// So many credentials one record may hold.
const HELD_MAX: usize = 500;

/// Looks at a credential, and at those that it holds: with a proof in it, as a JWT, or as an object around a JWT.
pub fn examine(presented: &Value, sources: &dyn Sources, when: When) -> Examination {
    let mut examined = examine_one(presented, sources, when);
    examined.held = held_in(examined.credential.as_ref())
        .into_iter()
        .take(HELD_MAX)
        .map(|credential| examine_one(credential, sources, when))
        .collect();
    examined
}

/// The credentials that a learner record holds.
fn held_in(credential: Option<&Map<String, Value>>) -> Vec<&Value> {
    let subjects = credential.and_then(|credential| credential.get("credentialSubject")).map(all);
    let held = subjects
        .into_iter()
        .flatten()
        .filter_map(|subject| subject.get("verifiableCredential"));
    held.flat_map(all).collect()
}

fn examine_one(presented: &Value, sources: &dyn Sources, when: When) -> Examination {
    let mut examined = examine_plain(presented, sources, when);
    let [_, proof, key, _, status] = &mut examined.found;
    // What is not the issuer's need not be looked up anywhere.
    if let (Ok(_), Ok(_), Some(credential), Some(issuer)) = (proof, key, &examined.credential, &examined.issuer) {
        *status = standing::check(credential, issuer, sources, when);
    }
    if held_in(examined.credential.as_ref()).len() > HELD_MAX {
        let [_, proof, ..] = &mut examined.found;
        *proof = Err(Refusal::TooComplex {});
    }
    examined
}
