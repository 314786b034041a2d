//! Dated versions of published documents, and the parts of statements that their tables share.

/// Whether a version is in force on a day; both boundary days are inside.
macro_rules! is_in_force {
    ($table:ident, $day:expr) => {
        $table::effective_from
            .le($day)
            .and($table::effective_to.is_null().or($table::effective_to.ge(Some($day))))
            .and($table::superseded_on.is_null().or($table::superseded_on.gt(Some($day))))
    };
}

/// Notes in a version, where there was one, that the next begins on a day.
macro_rules! supersede {
    ($conn:expr, $table:ident, $before:expr, $first_day:expr) => {
        if let Some(before) = $before {
            diesel::update($table::table.find(Key(before)))
                .set($table::superseded_on.eq(Some($first_day)))
                .execute($conn)?;
        }
    };
}

/// How versions are added and found in a table that has the code of each once a version, with its document.
macro_rules! versions_by_code {
    ($table:ident, $row:ident) => {
        /// Adds a version, and notes in the one before when it is superseded. Two who publish at once break a unique key
        /// that has no meaning of its own, so the later one looks again.
        ///
        /// # Errors
        /// When the database refuses.
        pub fn insert(conn: &mut Conn, row: &$row, before: Option<Uuid>) -> Result<(), StoreError> {
            supersede!(conn, $table, before, row.effective_from);
            diesel::insert_into($table::table).values(row).execute(conn)?;
            Ok(())
        }

        /// The newest version of a code.
        ///
        /// # Errors
        /// When the database refuses.
        pub fn latest(conn: &mut Conn, code: &str) -> Result<Option<$row>, StoreError> {
            let versions = $table::table.filter($table::code.eq(code)).order($table::version.desc());
            Ok(versions.first(conn).optional()?)
        }

        /// Finds a version.
        ///
        /// # Errors
        /// When the database refuses.
        pub fn find(conn: &mut Conn, id: Uuid) -> Result<Option<$row>, StoreError> {
            Ok($table::table.find(Key(id)).first(conn).optional()?)
        }
    };
}

pub(super) use {is_in_force, supersede, versions_by_code};
