//! Secrets: keys, sealing, passwords and tokens. No database, no web.

pub mod authenticator;
pub mod key_ring;
pub mod opaque;
pub mod passkey;
pub mod passwords;
pub mod seal;
pub mod signatures;
pub mod spoken_code;
pub mod tokens;
