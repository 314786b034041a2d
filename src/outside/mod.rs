//! What leaves the bank: requests to addresses that others name, and mail. Nothing of rules or of the database is here.

pub mod addresses;
pub mod client;
pub mod fetch;
pub mod mail;
pub mod target;
