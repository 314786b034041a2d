//! Years of the calendar of working days that were put in place of what ships with the program.

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::working_years;
use super::types::At;

/// A year as it is stored.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = working_years)]
pub struct WorkingYearRow {
    pub year: i16,
    pub document: String,
    pub edition: i64,
    pub changed_at: At,
    pub changed_by: String,
}

/// All of them, in order.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn) -> Result<Vec<WorkingYearRow>, StoreError> {
    Ok(working_years::table.order(working_years::year).load(conn)?)
}

/// Puts a year whose edition is one more than what is there; false where somebody else did so before.
///
/// # Errors
/// When the database refuses.
pub fn put(conn: &mut Conn, row: &WorkingYearRow) -> Result<bool, StoreError> {
    if row.edition > 1 {
        let changed = diesel::update(working_years::table.find(row.year))
            .filter(working_years::edition.eq(row.edition - 1))
            .set((
                working_years::document.eq(&row.document),
                working_years::edition.eq(row.edition),
                working_years::changed_at.eq(&row.changed_at),
                working_years::changed_by.eq(&row.changed_by),
            ))
            .execute(conn)?;
        return Ok(changed == 1);
    }
    let known: i64 = working_years::table.find(row.year).count().get_result(conn)?;
    if known > 0 {
        return Ok(false);
    }
    diesel::insert_into(working_years::table).values(row).execute(conn)?;
    Ok(true)
}
