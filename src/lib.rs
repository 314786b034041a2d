//! A lifelong-learning credit bank. `ARCHITECTURE.md` is the map.

pub mod cli;
pub mod clock;
pub mod config;
pub mod credentials;
pub mod domain;
pub mod exports;
pub mod files;
pub mod http;
pub mod intake;
pub mod ops;
pub mod outside;
pub mod paper;
pub mod portal;
pub mod store;
pub mod vault;
