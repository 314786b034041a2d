//! The operations: each loads, authorises, decides, saves and tells, in one transaction. No SQL, no status codes.

pub mod context;
pub mod deposit;
mod deposit_plan;
pub mod error;
pub mod institutions;
pub mod once;
pub mod sessions;
pub mod setup;
pub mod standards;
pub mod verify;
