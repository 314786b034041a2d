//! Evidence files and what uses them; the content lies elsewhere, by its digest.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{evidence_files, evidence_uses};
use super::types::{At, Key};
use crate::domain::list::ListPlace;

/// An uploaded file.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = evidence_files)]
pub struct FileRow {
    pub learner_id: Key,
    pub file_id: Key,
    /// SHA-256 of the content.
    pub digest: Vec<u8>,
    pub media_type: String,
    pub bytes: i64,
    pub name_sealed: Vec<u8>,
    /// Who uploaded it, as the audit names the caller.
    pub uploaded_by: String,
    /// The institution for which it was uploaded; none where it was the learner.
    pub institution_id: Option<Key>,
    pub uploaded_at: At,
    /// Something uses it.
    pub held: bool,
    pub removed_at: Option<At>,
    /// The merge that brought it from another learner: the same content may be here twice then.
    pub brought_by: Option<Key>,
    /// Of what others signed: what was said of it when it was verified last.
    pub verdict_sealed: Option<Vec<u8>>,
}

/// A use of a file, because of which an institution may read it.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = evidence_uses)]
pub struct UseRow {
    pub learner_id: Key,
    pub file_id: Key,
    pub subject_kind: String,
    pub subject_id: Key,
    /// None where the bank itself judges.
    pub institution_id: Option<Key>,
    pub attached_at: At,
}

/// Adds a file. Two who upload the same content at once break a unique key that has no meaning of its own, so the later
/// one looks again and finds the first one's.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &FileRow) -> Result<(), StoreError> {
    diesel::insert_into(evidence_files::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds a file that is not removed.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, learner_id: Uuid, file_id: Uuid) -> Result<Option<FileRow>, StoreError> {
    let query = evidence_files::table.find((Key(learner_id), Key(file_id)));
    Ok(query.filter(evidence_files::removed_at.is_null()).first(conn).optional()?)
}

/// Finds what one uploader (an institution, or the learner) uploaded for a learner by its content.
///
/// # Errors
/// When the database refuses.
pub fn by_digest(conn: &mut Conn, learner_id: Uuid, institution_id: Option<Uuid>, digest: &[u8]) -> Result<Option<FileRow>, StoreError> {
    let query = evidence_files::table
        .filter(evidence_files::learner_id.eq(Key(learner_id)))
        .filter(evidence_files::digest.eq(digest))
        .filter(evidence_files::removed_at.is_null());
    Ok(match institution_id {
        Some(institution_id) => query.filter(evidence_files::institution_id.eq(Key(institution_id))).first(conn),
        None => query.filter(evidence_files::institution_id.is_null()).first(conn),
    }
    .optional()?)
}

/// How many files one uploader (an institution, or the learner) has of a learner.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, learner_id: Uuid, institution_id: Option<Uuid>) -> Result<i64, StoreError> {
    let query = evidence_files::table
        .filter(evidence_files::learner_id.eq(Key(learner_id)))
        .filter(evidence_files::removed_at.is_null());
    Ok(match institution_id {
        Some(institution_id) => query
            .filter(evidence_files::institution_id.eq(Key(institution_id)))
            .count()
            .get_result(conn),
        None => query.filter(evidence_files::institution_id.is_null()).count().get_result(conn),
    }?)
}

/// A learner's files that are not removed, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, learner_id: Uuid, place: ListPlace, limit: i64) -> Result<Vec<FileRow>, StoreError> {
    let query = evidence_files::table
        .filter(evidence_files::learner_id.eq(Key(learner_id)))
        .filter(evidence_files::removed_at.is_null())
        .into_boxed();
    Ok(placed!(query, evidence_files::file_id, place.map(Key)).limit(limit).load(conn)?)
}

/// A learner's files of some types, which others signed and which were verified, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list_verified(
    conn: &mut Conn,
    learner_id: Uuid,
    media_types: &[&str],
    place: ListPlace,
    limit: i64,
) -> Result<Vec<FileRow>, StoreError> {
    Ok(each_back_end!(conn, c => {
        let query = evidence_files::table
            .filter(evidence_files::learner_id.eq(Key(learner_id)))
            .filter(evidence_files::removed_at.is_null())
            .filter(evidence_files::verdict_sealed.is_not_null())
            .filter(evidence_files::media_type.eq_any(media_types))
            .into_boxed();
        placed!(query, evidence_files::file_id, place.map(Key)).limit(limit).load(c)
    })?)
}

/// Notes what is said of a credential now; false where it is not there.
///
/// # Errors
/// When the database refuses.
pub fn put_verdict(conn: &mut Conn, learner_id: Uuid, file_id: Uuid, verdict_sealed: &[u8]) -> Result<bool, StoreError> {
    let changed = diesel::update(evidence_files::table.find((Key(learner_id), Key(file_id))))
        .filter(evidence_files::removed_at.is_null())
        .set(evidence_files::verdict_sealed.eq(Some(verdict_sealed)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Marks a file as removed; false when something holds it, or it is removed already.
///
/// # Errors
/// When the database refuses.
pub fn remove(conn: &mut Conn, learner_id: Uuid, file_id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(evidence_files::table.find((Key(learner_id), Key(file_id))))
        .filter(evidence_files::removed_at.is_null())
        .filter(evidence_files::held.eq(false))
        .set(evidence_files::removed_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Whether anybody still has a file with this content.
///
/// # Errors
/// When the database refuses.
pub fn is_content_used(conn: &mut Conn, digest: &[u8]) -> Result<bool, StoreError> {
    let found: Option<Key> = evidence_files::table
        .select(evidence_files::file_id)
        .filter(evidence_files::digest.eq(digest))
        .filter(evidence_files::removed_at.is_null())
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Holds a file, so that a removal at the same time finds it held; false when it is not there.
///
/// # Errors
/// When the database refuses.
pub fn hold(conn: &mut Conn, learner_id: Uuid, file_id: Uuid) -> Result<bool, StoreError> {
    let changed = diesel::update(evidence_files::table.find((Key(learner_id), Key(file_id))))
        .filter(evidence_files::removed_at.is_null())
        .set(evidence_files::held.eq(true))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes uses; those that are there already stay as they are.
///
/// # Errors
/// When the database refuses.
pub fn insert_uses(conn: &mut Conn, rows: &[UseRow]) -> Result<(), StoreError> {
    for row in rows {
        each_back_end!(conn, c => diesel::insert_into(evidence_uses::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// The institutions that may read a file because of its uses, each with the kind of subject that uses it.
///
/// # Errors
/// When the database refuses.
pub fn readers(conn: &mut Conn, learner_id: Uuid, file_id: Uuid) -> Result<Vec<(String, Uuid)>, StoreError> {
    let found: Vec<(String, Option<Key>)> = evidence_uses::table
        .select((evidence_uses::subject_kind, evidence_uses::institution_id))
        .filter(evidence_uses::learner_id.eq(Key(learner_id)))
        .filter(evidence_uses::file_id.eq(Key(file_id)))
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().filter_map(|(kind, key)| Some((kind, key?.0))).collect())
}

/// The files that a subject uses, in the order of uploads.
///
/// # Errors
/// When the database refuses.
pub fn of_subject(conn: &mut Conn, learner_id: Uuid, subject_kind: &str, subject_id: Uuid) -> Result<Vec<FileRow>, StoreError> {
    Ok(evidence_files::table
        .inner_join(
            evidence_uses::table.on(evidence_uses::learner_id
                .eq(evidence_files::learner_id)
                .and(evidence_uses::file_id.eq(evidence_files::file_id))),
        )
        .filter(evidence_uses::learner_id.eq(Key(learner_id)))
        .filter(evidence_uses::subject_kind.eq(subject_kind))
        .filter(evidence_uses::subject_id.eq(Key(subject_id)))
        .select(FileRow::as_select())
        .distinct()
        .order(evidence_files::file_id)
        .load(conn)?)
}

/// The files that subjects of a kind use, each with its subject, in the order of uploads.
///
/// # Errors
/// When the database refuses.
pub fn of_kind(conn: &mut Conn, learner_id: Uuid, subject_kind: &str) -> Result<Vec<(Uuid, FileRow)>, StoreError> {
    let found: Vec<(Key, FileRow)> = evidence_files::table
        .inner_join(
            evidence_uses::table.on(evidence_uses::learner_id
                .eq(evidence_files::learner_id)
                .and(evidence_uses::file_id.eq(evidence_files::file_id))),
        )
        .filter(evidence_uses::learner_id.eq(Key(learner_id)))
        .filter(evidence_uses::subject_kind.eq(subject_kind))
        .select((evidence_uses::subject_id, FileRow::as_select()))
        .order(evidence_files::file_id)
        .load(conn)?;
    Ok(found.into_iter().map(|(subject, row)| (subject.0, row)).collect())
}

/// Ends what a subject uses; a file that nothing uses any more can be removed again.
///
/// # Errors
/// When the database refuses.
pub fn release(conn: &mut Conn, learner_id: Uuid, subject_kind: &str, subject_id: Uuid) -> Result<(), StoreError> {
    let files = of_subject(conn, learner_id, subject_kind, subject_id)?;
    diesel::delete(
        evidence_uses::table
            .filter(evidence_uses::learner_id.eq(Key(learner_id)))
            .filter(evidence_uses::subject_kind.eq(subject_kind))
            .filter(evidence_uses::subject_id.eq(Key(subject_id))),
    )
    .execute(conn)?;
    for file in files {
        let left: i64 = evidence_uses::table
            .filter(evidence_uses::learner_id.eq(Key(learner_id)))
            .filter(evidence_uses::file_id.eq(&file.file_id))
            .count()
            .get_result(conn)?;
        if left == 0 {
            diesel::update(evidence_files::table.find((Key(learner_id), &file.file_id)))
                .set(evidence_files::held.eq(false))
                .execute(conn)?;
        }
    }
    Ok(())
}
