//! Many rows at once: one set-based statement on PostgreSQL, one prepared statement a row on SQLite.

/// `insert_rows!(conn, table, "table", rows, { column: PostgresType, ... })`.
/// On PostgreSQL `INSERT ... SELECT FROM unnest(...)` costs one round trip for all rows; on SQLite there is
/// no round trip to save, and single rows through the statement cache are as quick as long value lists.
macro_rules! insert_rows {
    ($conn:expr, $table:ident, $rows:expr, { $($column:ident : $sql_type:ty),+ $(,)? }) => {{
        use diesel::RunQueryDsl as _;
        let rows = $rows;
        if !rows.is_empty() {
            match $conn {
                $crate::store::connection::Conn::Postgres(conn) => {
                    let columns = [$(stringify!($column)),+];
                    let values: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
                    diesel::sql_query(format!(
                        "INSERT INTO {} ({}) SELECT * FROM unnest({})",
                        stringify!($table), columns.join(", "), values.join(", "),
                    ))
                    $(.bind::<diesel::sql_types::Array<$sql_type>, Vec<_>>(
                        rows.iter().map(|row| row.$column.clone()).collect(),
                    ))+
                    .execute(conn)?;
                }
                $crate::store::connection::Conn::Sqlite(conn) => {
                    for row in rows {
                        diesel::insert_into($crate::store::schema::$table::table).values(row).execute(conn)?;
                    }
                }
            }
        }
    }};
}

pub(super) use insert_rows;
