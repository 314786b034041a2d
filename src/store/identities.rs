//! Identity documents, and to whom they lead.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::deposits::{IdentityRow, LearnerRow};
use super::each_back_end;
use super::error::StoreError;
use super::schema::{identity_index, learner_institutions, learners};
use super::types::{At, Key};

/// To whom a document leads.
#[derive(Debug, Clone)]
pub struct Identified {
    pub document_index: Vec<u8>,
    /// The account that was opened with it.
    pub holder: LearnerRow,
    /// The learner into whom that one was merged; else the same.
    pub learner: LearnerRow,
}

impl Identified {
    /// Whether somebody has this name: the one of the document, or the one that the learner has elsewhere.
    pub fn is_named(&self, name_key: &[u8]) -> bool {
        self.holder.name_key == name_key || self.learner.name_key == name_key
    }

    /// What must still be so when something is written: the merge that was followed, if one was.
    pub fn merged(&self) -> Option<(Uuid, Uuid)> {
        self.holder.merged_into.as_ref().map(|into| (self.holder.learner_id.0, into.0))
    }
}

fn rows_of(conn: &mut Conn, ids: &[Key]) -> Result<HashMap<Uuid, LearnerRow>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<LearnerRow> = each_back_end!(conn, c => learners::table.filter(learners::learner_id.eq_any(ids)).load(c))?;
    Ok(rows.into_iter().map(|row| (row.learner_id.0, row)).collect())
}

/// The learners behind some document indexes; a merged account leads to the one that absorbed it.
///
/// # Errors
/// When the database refuses.
pub fn learners_by_document(conn: &mut Conn, indexes: &[Vec<u8>]) -> Result<Vec<Identified>, StoreError> {
    let found: Vec<IdentityRow> = each_back_end!(conn, c => identity_index::table
        .filter(identity_index::document_index.eq_any(indexes))
        .load(c))?;
    let ids: Vec<Key> = found.iter().map(|row| row.learner_id.clone()).collect();
    let mut by_id = rows_of(conn, &ids)?;
    let elsewhere: Vec<Key> = by_id.values().filter_map(|row| row.merged_into.clone()).collect();
    by_id.extend(rows_of(conn, &elsewhere)?);
    Ok(found
        .into_iter()
        .filter_map(|identity| {
            let holder = by_id.get(&identity.learner_id.0)?.clone();
            let learner = match &holder.merged_into {
                Some(into) => by_id.get(&into.0)?.clone(),
                None => holder.clone(),
            };
            Some(Identified {
                document_index: identity.document_index,
                holder,
                learner,
            })
        })
        .collect())
}

/// Which institutions know some learners: pairs of learner and institution.
///
/// # Errors
/// When the database refuses.
pub fn known_by(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    if learner_ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    let rows: Vec<(Key, Key)> = each_back_end!(conn, c => learner_institutions::table
        .filter(learner_institutions::learner_id.eq_any(&ids))
        .select((learner_institutions::learner_id, learner_institutions::institution_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(learner, institution)| (learner.0, institution.0)).collect())
}

/// Whether the institution knows the learner.
///
/// # Errors
/// When the database refuses.
pub fn knows(conn: &mut Conn, institution_id: Uuid, learner_id: Uuid) -> Result<bool, StoreError> {
    let found: i64 = learner_institutions::table
        .find((Key(learner_id), Key(institution_id)))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

/// The institutions that know a learner, with since when.
///
/// # Errors
/// When the database refuses.
pub fn knowing(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<(Uuid, DateTime<Utc>)>, StoreError> {
    let rows: Vec<(Key, At)> = each_back_end!(conn, c => learner_institutions::table
        .filter(learner_institutions::learner_id.eq(Key(learner_id)))
        .order(learner_institutions::institution_id)
        .select((learner_institutions::institution_id, learner_institutions::since))
        .load(c))?;
    Ok(rows.into_iter().map(|(key, since)| (key.0, since.0)).collect())
}
