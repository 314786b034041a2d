//! Pure values and decisions. No database, no web, no files, no clock, no randomness: they come as arguments.

pub mod account_number;
pub mod achievement;
pub mod actor;
pub mod admission;
pub mod agreement;
pub mod allocation;
pub mod bilingual;
pub mod certificate_number;
pub mod condition;
pub mod credit;
pub mod credit_code;
pub mod dated;
mod decimal;
pub mod evidence;
pub mod explanation;
pub mod facts;
pub mod hours;
pub mod identity_document;
pub mod institution;
pub mod language;
pub mod limit;
pub mod lot;
pub mod movement;
pub mod outcome;
pub mod pack;
pub mod pack_case;
pub mod pathway;
pub mod person_name;
pub mod phrases;
pub mod policy;
#[cfg(test)]
mod policy_matrix;
pub mod programme;
pub mod recognition;
pub mod rejection;
pub mod simulation;
pub(crate) mod words;
