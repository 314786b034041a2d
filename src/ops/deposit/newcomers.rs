//! People whom the bank does not know by their documents, and whether they are somebody whom it knows by another.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::prepare::Prepared;
use crate::domain::identity_document::IdentityDocument;
use crate::domain::likeness::{LIKE_MAX, Person, Strength, grounds, strength};
use crate::domain::person_name::PersonName;
use crate::ops::context::Bank;
use crate::ops::error::OpError;
use crate::ops::suspicions::persons;
use crate::store::connection::Conn;
use crate::store::{doubles as store, records};

/// Half an index or a digest, which tells things apart well enough for one file.
pub(super) type Half = [u8; 16];

pub(super) fn half(bytes: &[u8]) -> Half {
    bytes.first_chunk().copied().unwrap_or_default()
}

fn person_of(prepared: &Prepared) -> Person {
    Person::new(prepared.document.clone(), prepared.name.clone(), [])
}

/// Whether it would be a coincidence if these were two.
fn is_sure(one: &Person, other: &Person) -> bool {
    let grounds = grounds(one, other);
    !grounds.is_empty() && strength(&grounds) == Strength::Strong
}

/// Somebody whose account is opened.
#[derive(Clone)]
struct Newcomer {
    learner_id: Uuid,
    document: IdentityDocument,
    name: PersonName,
}

/// Those whose accounts a slice opens, or a dry run imagined to be opened.
#[derive(Default)]
pub(super) struct Newcomers {
    people: Vec<Newcomer>,
    /// Their places among the people.
    by_likeness: HashMap<Half, Vec<usize>>,
}

impl Newcomers {
    /// Adds somebody whose account is opened.
    pub(super) fn add(&mut self, learner_id: Uuid, prepared: &Prepared) {
        for index in &prepared.likenesses {
            self.by_likeness.entry(half(index)).or_default().push(self.people.len());
        }
        self.people.push(Newcomer {
            learner_id,
            document: prepared.document.clone(),
            name: prepared.name.clone(),
        });
    }

    /// Adds those of a later slice.
    pub(super) fn extend(&mut self, others: &Self) {
        let before = self.people.len();
        self.people.extend(others.people.iter().cloned());
        for (likeness, places) in &others.by_likeness {
            let places = places.iter().map(|place| before + place);
            self.by_likeness.entry(*likeness).or_default().extend(places);
        }
    }

    /// Of those who are here, the first of whom it would be a coincidence to be another than this one.
    pub(super) fn alike(&self, prepared: &Prepared) -> Option<Uuid> {
        let sharing = prepared.likenesses.iter().filter_map(|index| self.by_likeness.get(&half(index)));
        let mut places: Vec<usize> = sharing.filter(|places| places.len() <= LIKE_MAX).flatten().copied().collect();
        if places.is_empty() {
            return None;
        }
        places.sort_unstable();
        let person = person_of(prepared);
        let mut others = places.into_iter().filter_map(|place| self.people.get(place));
        others
            .find(|other| {
                let other = Person::new(other.document.clone(), other.name.clone(), []);
                is_sure(&person, &other)
            })
            .map(|other| other.learner_id)
    }
}

/// For those whose documents the bank does not know: the account of somebody of whom it would be a coincidence to be another.
///
/// # Errors
/// When the database fails.
pub(super) fn look_alikes(
    bank: &Bank,
    conn: &mut Conn,
    wanted: &[&Prepared],
    documents: &HashSet<&[u8]>,
) -> Result<HashMap<Vec<u8>, Uuid>, OpError> {
    let unknown: HashMap<&[u8], &Prepared> = wanted
        .iter()
        .filter(|prepared| !documents.contains(prepared.document_index.as_slice()))
        .map(|prepared| (prepared.document_index.as_slice(), *prepared))
        .collect();
    let mut indexes: Vec<Vec<u8>> = unknown.values().flat_map(|prepared| prepared.likenesses.iter().cloned()).collect();
    indexes.sort_unstable();
    indexes.dedup();
    let mut alike: HashMap<Vec<u8>, Vec<Uuid>> = HashMap::new();
    for (index, learner_id) in store::learners_like_any(conn, &indexes)? {
        alike.entry(index).or_default().push(learner_id.0);
    }
    alike.retain(|_, learners| learners.len() <= LIKE_MAX);
    if alike.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<Uuid> = alike.values().flatten().copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut rows = records::learners(conn, &ids)?;
    rows.retain(|row| row.merged_into.is_none());
    let others = persons(bank, conn, rows)?;
    let mut found = HashMap::new();
    for (document_index, prepared) in unknown {
        let person = person_of(prepared);
        let candidates = prepared.likenesses.iter().filter_map(|index| alike.get(index)).flatten();
        let mut sure: Vec<Uuid> = candidates
            .filter(|learner_id| {
                let other = others.get(*learner_id);
                other.is_some_and(|other| is_sure(&person, other))
            })
            .copied()
            .collect();
        sure.sort_unstable();
        if let Some(first) = sure.first() {
            found.insert(document_index.to_vec(), *first);
        }
    }
    Ok(found)
}
