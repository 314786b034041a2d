//! What belongs to imports: how an institution's files are read, the pieces of a file, and what became of its rows.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::{import_chunks, import_pieces, import_profiles, imports};
use super::types::{At, Document, Key};
use crate::domain::import::ImportResult;

/// How an institution's files are read.
#[derive(Debug, Clone, Insertable, Queryable, AsChangeset)]
#[diesel(table_name = import_profiles)]
pub struct ProfileRow {
    pub institution_id: Key,
    pub column_names: Document,
    pub codes: Document,
    pub needs_release: bool,
    pub edition: i64,
    pub updated_by: String,
    pub updated_at: At,
}

/// A piece of a file.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = import_pieces)]
pub struct PieceRow {
    pub import_id: Key,
    pub number: i64,
    pub digest: Vec<u8>,
    pub bytes: i64,
}

/// What became of some rows, in the dry run or in the deposit.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = import_chunks)]
pub struct ChunkRow {
    pub import_id: Key,
    pub is_commit: bool,
    pub number: i64,
    pub first_row: i64,
    pub last_row: i64,
    pub accepted: i64,
    pub already_there: i64,
    pub flagged: i64,
    pub refused: i64,
    pub rows_sealed: Vec<u8>,
}

/// Finds how an institution's files are read.
///
/// # Errors
/// When the database refuses.
pub fn profile(conn: &mut Conn, institution_id: Uuid) -> Result<Option<ProfileRow>, StoreError> {
    Ok(import_profiles::table.find(Key(institution_id)).first(conn).optional()?)
}

/// Keeps how an institution's files are read, in place of the edition before; false when that is another by now.
///
/// # Errors
/// When the database refuses; two first ones at once break a key, so the later one looks again.
pub fn put_profile(conn: &mut Conn, row: &ProfileRow) -> Result<bool, StoreError> {
    if row.edition == 1 {
        diesel::insert_into(import_profiles::table).values(row).execute(conn)?;
        return Ok(true);
    }
    let before = import_profiles::table
        .find(&row.institution_id)
        .filter(import_profiles::edition.eq(row.edition - 1));
    Ok(diesel::update(before).set(row).execute(conn)? == 1)
}

/// Adds a piece of a file.
///
/// # Errors
/// When the database refuses.
pub fn add_piece(conn: &mut Conn, row: &PieceRow) -> Result<(), StoreError> {
    diesel::insert_into(import_pieces::table).values(row).execute(conn)?;
    Ok(())
}

/// The pieces of a file, in order.
///
/// # Errors
/// When the database refuses.
pub fn pieces(conn: &mut Conn, import_id: Uuid) -> Result<Vec<PieceRow>, StoreError> {
    Ok(import_pieces::table
        .filter(import_pieces::import_id.eq(Key(import_id)))
        .order(import_pieces::number)
        .load(conn)?)
}

/// Forgets the pieces of a file, and says that it is gone.
///
/// # Errors
/// When the database refuses.
pub fn forget_pieces(conn: &mut Conn, import_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::delete(import_pieces::table.filter(import_pieces::import_id.eq(Key(import_id)))).execute(conn)?;
    diesel::update(imports::table.find(Key(import_id)))
        .set(imports::file_removed_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(())
}

/// Adds what became of some rows.
///
/// # Errors
/// When the database refuses.
pub fn add_chunk(conn: &mut Conn, row: &ChunkRow) -> Result<(), StoreError> {
    diesel::insert_into(import_chunks::table).values(row).execute(conn)?;
    Ok(())
}

/// Forgets what became of rows, in the dry run or in the deposit.
///
/// # Errors
/// When the database refuses.
pub fn forget_chunks(conn: &mut Conn, import_id: Uuid, is_commit: bool) -> Result<(), StoreError> {
    let of_phase = import_chunks::table
        .filter(import_chunks::import_id.eq(Key(import_id)))
        .filter(import_chunks::is_commit.eq(is_commit));
    diesel::delete(of_phase).execute(conn)?;
    Ok(())
}

/// One of the pieces of what became of the rows.
///
/// # Errors
/// When the database refuses.
pub fn chunk(conn: &mut Conn, import_id: Uuid, is_commit: bool, number: i64) -> Result<Option<ChunkRow>, StoreError> {
    Ok(import_chunks::table
        .find((Key(import_id), is_commit, number))
        .first(conn)
        .optional()?)
}

/// The last of what became of the rows.
///
/// # Errors
/// When the database refuses.
pub fn last_chunk(conn: &mut Conn, import_id: Uuid, is_commit: bool) -> Result<Option<ChunkRow>, StoreError> {
    Ok(import_chunks::table
        .filter(import_chunks::import_id.eq(Key(import_id)))
        .filter(import_chunks::is_commit.eq(is_commit))
        .order(import_chunks::number.desc())
        .first(conn)
        .optional()?)
}

/// The first piece of what became of rows at or behind a row, in which there is such a result, if one is named.
///
/// # Errors
/// When the database refuses.
pub fn chunk_with(
    conn: &mut Conn,
    import_id: Uuid,
    is_commit: bool,
    from_row: i64,
    result: Option<ImportResult>,
) -> Result<Option<ChunkRow>, StoreError> {
    let mut query = import_chunks::table
        .filter(import_chunks::import_id.eq(Key(import_id)))
        .filter(import_chunks::is_commit.eq(is_commit))
        .filter(import_chunks::last_row.ge(from_row))
        .into_boxed();
    query = match result {
        None => query,
        Some(ImportResult::Accepted) => query.filter(import_chunks::accepted.gt(0)),
        Some(ImportResult::AlreadyThere) => query.filter(import_chunks::already_there.gt(0)),
        Some(ImportResult::Flagged) => query.filter(import_chunks::flagged.gt(0)),
        Some(ImportResult::Refused) => query.filter(import_chunks::refused.gt(0)),
    };
    Ok(query.order(import_chunks::number).first(conn).optional()?)
}
