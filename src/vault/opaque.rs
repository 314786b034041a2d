//! Random secrets that are shown once and kept as a digest.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// 256 random bits as text.
///
/// # Errors
/// When the system has no randomness.
pub fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// 64 random bits.
///
/// # Errors
/// When the system has no randomness.
pub fn random_number() -> Result<u64, getrandom::Error> {
    getrandom::u64()
}

/// What is stored of a secret.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Compares in constant time.
pub fn matches(secret: &str, stored: &[u8]) -> bool {
    digest(secret).as_slice().ct_eq(stored).into()
}
