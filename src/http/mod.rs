//! The web: routes, extractors, and the one mapping from refusals to problem documents. No rules, no SQL.

pub mod achievements;
pub mod agreements;
pub mod clients;
pub mod extract;
pub mod filters;
pub mod health;
pub mod institutions;
pub mod json;
pub mod learners;
pub mod me;
pub mod members;
pub mod observe;
pub mod openapi;
pub mod outcomes;
pub mod packs;
pub mod paging;
pub mod pathways;
pub mod problem;
pub mod programmes;
pub mod render;
pub mod review;
pub mod routes;
pub mod rules;
pub mod server;
pub mod sessions;
pub mod state;
