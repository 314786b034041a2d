//! The keyed indexes under which persons are found who may be one.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::insert::{SetBased, array};
use super::schema::likenesses;
use super::types::{Id, Key};

/// Keeps likenesses of learners; those that are there already stay.
///
/// # Errors
/// When the database refuses.
pub fn keep(conn: &mut Conn, rows: &[(Vec<u8>, Uuid)]) -> Result<(), StoreError> {
    use diesel::sql_types::Binary;
    if rows.is_empty() {
        return Ok(());
    }
    match conn {
        Conn::Postgres(conn) => {
            SetBased {
                before: "INSERT INTO likenesses (likeness, learner_id) SELECT * FROM unnest(",
                columns: vec![array!(rows, Binary, row => &row.0), array!(rows, Id, row => row.1)],
                after: ") ON CONFLICT DO NOTHING",
            }
            .execute(conn)?;
        }
        Conn::Sqlite(conn) => {
            for (likeness, learner_id) in rows {
                diesel::insert_into(likenesses::table)
                    .values((likenesses::likeness.eq(likeness), likenesses::learner_id.eq(Key(*learner_id))))
                    .on_conflict_do_nothing()
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}
