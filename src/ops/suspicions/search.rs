//! The search for persons with two accounts: everybody whom an institution got to know since the last time is compared with those
//! who have a likeness of theirs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use uuid::Uuid;

use super::{grounds_of, persons};
use crate::domain::likeness::{Ground, Keys, LIKE_MAX, Person, SuspicionStatus, grounds, strength};
use crate::domain::policy::{Action, Resource};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::deposits::KnownByRow;
use crate::store::error::StoreError;
use crate::store::journal::{Told, tell};
use crate::store::suspicions::{self as store, SuspicionRow, WalkRow};
use crate::store::types::{At, Key};
use crate::store::{likenesses, records};

/// Which walk this is.
const WALK: &str = "find_duplicates";

/// How many rows are looked at in one transaction.
const PAGE: i64 = 100;

/// How old a row must be to be looked at: one that is still being written has an earlier moment than it is seen at, and whoever walks
/// past that moment would never see it.
const SETTLED_MINUTES: i64 = 10;

/// What a search found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Searched {
    /// Learners that were compared.
    pub learners: u64,
    /// New suspicions.
    pub found: u64,
    /// Suspicions that have more grounds than before; those that were dismissed are open again.
    pub more_grounds: u64,
    /// Likenesses that too many others have, so that nobody was suspected for them.
    pub crowded: u64,
}

/// Looks for persons with two accounts. It may be broken off and begun again; run twice it does nothing more, and of two at once each
/// takes other pages.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn find_duplicates(bank: &Bank, context: &Context) -> Result<Searched, OpError> {
    let settled = context.now - TimeDelta::minutes(SETTLED_MINUTES);
    let mut searched = Searched::default();
    loop {
        let of_page = bank.store.write(|conn| {
            context.authorised(conn, Action::FindDuplicates, Resource::Bank)?;
            let place = store::take_walk(conn, WALK)?;
            let rows = store::known_after(conn, &place, settled, PAGE)?;
            let Some(last) = rows.last() else { return Ok(None) };
            let of_page = look(bank, context, conn, &rows)?;
            let next = WalkRow {
                walk: place.walk,
                since: last.since.clone(),
                learner_id: last.learner_id.clone(),
                institution_id: last.institution_id.clone(),
            };
            store::move_walk(conn, &next)?;
            Ok::<_, OpError>(Some(of_page))
        })?;
        let Some(of_page) = of_page else { return Ok(searched) };
        searched.learners += of_page.learners;
        searched.found += of_page.found;
        searched.more_grounds += of_page.more_grounds;
        searched.crowded += of_page.crowded;
    }
}

/// Keeps the likenesses of some learners and compares each with everybody who has one of them.
fn look(bank: &Bank, context: &Context, conn: &mut Conn, rows: &[KnownByRow]) -> Result<Searched, OpError> {
    let learner_ids: BTreeSet<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
    let mut people = unmerged(bank, conn, &learner_ids)?;
    let keys: BTreeMap<Uuid, Keys> = people.iter().map(|(learner_id, person)| (*learner_id, person.keys())).collect();
    let index = |key: &String| bank.sealer.index("likeness", key);
    let mut held: Vec<(Vec<u8>, Uuid)> = Vec::new();
    for (learner_id, keys) in &keys {
        held.extend(keys.held.iter().map(|key| (index(key), *learner_id)));
    }
    // In one order, so that two who write at once do not wait for each other.
    held.sort_unstable();
    likenesses::keep(conn, &held)?;
    let mut searched = Searched::default();
    let mut pairs: BTreeSet<(Uuid, Uuid)> = BTreeSet::new();
    for (learner_id, keys) in &keys {
        searched.learners += 1;
        for key in &keys.sought {
            let mut others = store::learners_like(conn, &index(key), i64::try_from(LIKE_MAX + 2).unwrap_or(i64::MAX))?;
            others.retain(|other| other != learner_id);
            if others.len() > LIKE_MAX {
                searched.crowded += 1;
            } else {
                pairs.extend(others.into_iter().map(|other| ((*learner_id).min(other), (*learner_id).max(other))));
            }
        }
    }
    let missing: BTreeSet<Uuid> = pairs
        .iter()
        .flat_map(|(first, second)| [*first, *second])
        .filter(|learner_id| !people.contains_key(learner_id))
        .collect();
    people.extend(unmerged(bank, conn, &missing)?);
    let mut told = Vec::new();
    for (first, second) in pairs {
        if let (Some(one), Some(other)) = (people.get(&first), people.get(&second)) {
            told.extend(suspect(context, conn, (first, second), &grounds(one, other), &mut searched)?);
        }
    }
    tell(conn, &told)?;
    Ok(searched)
}

/// Learners as persons; whoever was merged is not compared with anybody.
fn unmerged(bank: &Bank, conn: &mut Conn, learner_ids: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Person>, OpError> {
    let ids: Vec<Uuid> = learner_ids.iter().copied().collect();
    let mut learners = records::learners(conn, &ids)?;
    learners.retain(|row| row.merged_into.is_none());
    persons(bank, conn, learners)
}

/// Notes what is suspected of a pair, and what is to be told of it where it is new.
fn suspect(
    context: &Context,
    conn: &mut Conn,
    (first, second): (Uuid, Uuid),
    grounds: &[Ground],
    searched: &mut Searched,
) -> Result<Option<Told>, OpError> {
    if grounds.is_empty() {
        return Ok(None);
    }
    let told = |suspicion_id: Uuid, grounds: &[Ground]| {
        context
            .told("find_duplicates", "duplicate_suspicion", suspicion_id)
            .with(serde_json::json!({ "grounds": grounds, "strength": strength(grounds) }))
    };
    let Some(before) = store::about(conn, first, second)? else {
        let suspicion_id = Uuid::now_v7();
        let row = SuspicionRow {
            suspicion_id: Key(suspicion_id),
            first_learner_id: Key(first),
            second_learner_id: Key(second),
            grounds: listed(grounds)?,
            strength: strength(grounds).to_string(),
            status: SuspicionStatus::Open.to_string(),
            found_at: At(context.now),
            changed_at: At(context.now),
            dismissed_at: None,
            dismissed_by: None,
            dismissed_by_name: None,
            reason: None,
        };
        store::insert(conn, &row)?;
        searched.found += 1;
        return Ok(Some(told(suspicion_id, grounds)));
    };
    let known = grounds_of(&before)?;
    if grounds.iter().all(|ground| known.contains(ground)) {
        return Ok(None);
    }
    let all: BTreeSet<Ground> = known.into_iter().chain(grounds.iter().copied()).collect();
    let all: Vec<Ground> = all.into_iter().collect();
    let row = SuspicionRow {
        grounds: listed(&all)?,
        strength: strength(&all).to_string(),
        status: match before.status.as_str() {
            status if status == SuspicionStatus::Merged.as_str() => status.to_owned(),
            _ => SuspicionStatus::Open.to_string(),
        },
        changed_at: At(context.now),
        ..before.clone()
    };
    if !store::update(conn, &row, &before)? {
        return Err(StoreError::Stale.into());
    }
    searched.more_grounds += 1;
    Ok(Some(told(row.suspicion_id.0, &all)))
}

fn listed(grounds: &[Ground]) -> Result<String, StoreError> {
    serde_json::to_string(grounds).map_err(|error| StoreError::Damaged(error.to_string()))
}
