//! Many rows at once: one set-based statement on PostgreSQL, one prepared statement a row on SQLite.

use diesel::RunQueryDsl;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// A set-based statement with one array a column. Unlike diesel's `sql_query`, which is prepared anew at each use
/// (a round trip, and the server's planning), a connection prepares it once: its text depends on its place in the code alone.
pub(super) struct SetBased<'a> {
    pub before: &'static str,
    pub columns: Vec<Box<dyn QueryFragment<Pg> + 'a>>,
    pub after: &'static str,
}

impl QueryFragment<Pg> for SetBased<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.before);
        for (place, column) in self.columns.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            column.walk_ast(out.reborrow())?;
        }
        out.push_sql(self.after);
        Ok(())
    }
}

/// Found again by its text.
impl QueryId for SetBased<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Conn> RunQueryDsl<Conn> for SetBased<'_> {}

/// `array!(rows, SqlType, row => value)`: one column of a set-based statement.
macro_rules! array {
    ($rows:expr, $sql_type:ty, $row:ident => $value:expr) => {
        Box::new(diesel::IntoSql::into_sql::<diesel::sql_types::Array<$sql_type>>(
            $rows.iter().map(|$row| $value).collect::<Vec<_>>(),
        ))
    };
}

/// `insert_rows!(conn, table, rows, { column: PostgresType, ... })`.
/// On PostgreSQL `INSERT ... SELECT FROM unnest(...)` costs one round trip for all rows; on SQLite there is
/// no round trip to save, and single rows through the statement cache are as quick as long value lists.
macro_rules! insert_rows {
    ($conn:expr, $table:ident, $rows:expr, { $($column:ident : $sql_type:ty),+ $(,)? }) => {{
        use diesel::RunQueryDsl as _;
        let rows = $rows;
        if !rows.is_empty() {
            match $conn {
                $crate::store::connection::Conn::Postgres(conn) => {
                    $crate::store::insert::SetBased {
                        before: concat!(
                            "INSERT INTO ", stringify!($table), " (", stringify!($($column),+), ") SELECT * FROM unnest(",
                        ),
                        columns: vec![$($crate::store::insert::array!(rows, $sql_type, row => &row.$column)),+],
                        after: ")",
                    }
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

pub(super) use {array, insert_rows};
