//! Secrets: keys, sealing, passwords and tokens. No database, no web.

pub mod key_ring;
pub mod opaque;
pub mod passwords;
pub mod seal;
pub mod signatures;
pub mod tokens;
