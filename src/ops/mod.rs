//! The operations: each loads, authorises, decides, saves and tells, in one transaction. No SQL, no status codes.

pub mod access;
pub mod achievements;
pub mod audit;
pub mod clients;
pub mod context;
pub mod decisions;
pub mod deposit;
pub mod depositor;
pub mod error;
pub mod expiry;
pub mod frameworks;
pub mod identity;
pub mod institutions;
pub mod learners;
pub mod members;
pub mod mismatches;
pub mod once;
pub mod outcomes;
mod recognition;
pub mod records;
pub mod reseal;
pub mod review;
pub mod rules;
pub mod sessions;
pub mod setup;
pub mod users;
pub mod verify;
