//! A lifelong-learning credit bank.

pub mod store;
