//! What a slice needs from the database, each thing read once for all of its requests.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::DepositRequest;
use super::doubles::Doubles;
use super::plan::{Loaded, Plan};
use super::prepare::Prepared;
use crate::domain::actor::{Actor, Caller};
use crate::domain::certificate_number::CertificatePattern;
use crate::domain::rejection::Rejection;
use crate::ops::context::Bank;
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::{deposits as store, identities, standards};

/// Reads what the slice needs.
///
/// # Errors
/// When the database fails.
pub(super) fn plan(
    bank: &Bank,
    conn: &mut Conn,
    requests: &[DepositRequest],
    prepared: &[Result<Prepared, Rejection>],
) -> Result<Plan, OpError> {
    let actors = actors(conn, requests)?;
    let wanted: Vec<&Prepared> = prepared.iter().flatten().collect();
    let indexes = unique(wanted.iter().map(|prepared| prepared.document_index.clone()).collect());
    let codes = unique(wanted.iter().map(|prepared| prepared.content.achievement.clone()).collect());
    let numbers = unique(
        wanted
            .iter()
            .filter_map(|prepared| prepared.content.certificate_number.clone())
            .collect(),
    );
    let learners = identities::learners_by_document(conn, &indexes)?;
    let learner_ids: Vec<Uuid> = learners.iter().map(|found| found.learner.learner_id.0).collect();
    let known_by = identities::known_by(conn, &learner_ids)?;
    let certificates = store::outcomes_by_certificate(conn, &numbers)?;
    let achievements = standards::achievements_by_code(conn, &codes)?;
    let documents: HashSet<&[u8]> = learners.iter().map(|found| found.document_index.as_slice()).collect();
    let doubles = Doubles::load(bank, conn, &wanted, &learner_ids, &documents, &achievements)?;
    let there = certificates.iter().map(|(_, outcome)| outcome).chain(doubles.same_rows());
    let decisions = store::decisions_of(conn, there)?;
    let rules = standards::rules(conn)?;
    let patterns = standards::patterns(conn)?
        .into_iter()
        .map(|row| CertificatePattern::compile(&row.pattern).map(|pattern| (row.kind, row.family, pattern)))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| StoreError::Damaged("a certificate pattern".to_owned()))?;
    Plan::new(Loaded {
        actors,
        learners,
        known_by,
        certificates,
        decisions,
        achievements,
        rules,
        patterns,
        doubles,
    })
}

fn unique<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values.dedup();
    values
}

/// Who the callers are now; one whose log-in ended is refused by itself.
fn actors(conn: &mut Conn, requests: &[DepositRequest]) -> Result<HashMap<Caller, Result<Actor, Rejection>>, OpError> {
    let mut actors = HashMap::new();
    for request in requests {
        let caller = request.context.caller;
        if let Entry::Vacant(place) = actors.entry(caller) {
            place.insert(match request.context.actor(conn) {
                Ok(actor) => Ok(actor),
                Err(OpError::Rejected(rejection)) => Err(rejection),
                Err(error) => return Err(error),
            });
        }
    }
    Ok(actors)
}
