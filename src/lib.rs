//! A lifelong-learning credit bank.

pub mod domain;
pub mod ops;
pub mod store;
pub mod vault;
