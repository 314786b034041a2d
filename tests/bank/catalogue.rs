//! The catalogue says that the bank can be distributed by learner, and that both back ends and `schema.rs` have the
//! same tables.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use credit_bank::store::Store;
use credit_bank::store::carry::{CARRIED, NOT_CARRIED};
use credit_bank::store::connection::DatabaseAddress;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::common::postgres_database;

const CITUS: &str = include_str!("../../deploy/citus.sql");
const SCHEMA: &str = include_str!("../../src/store/schema.rs");

/// How `deploy/citus.sql` places a table.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Placement {
    Reference,
    Learner,
    OwnKey(String),
    Local,
}

/// Table, constraint, columns, table referred to, columns there.
type ForeignKey = (String, String, Vec<String>, String, Vec<String>);

/// What the judgement looks at.
#[derive(Debug, Clone, Default)]
struct Catalogue {
    columns: BTreeMap<String, Vec<String>>,
    /// Table, constraint, columns, of primary and unique keys.
    keys: Vec<(String, String, Vec<String>)>,
    foreign_keys: Vec<ForeignKey>,
    /// Table and name of every constraint.
    constraints: Vec<(String, String)>,
}

fn placements(script: &str) -> Vec<(String, Placement)> {
    let quoted = |line: &str| -> Vec<String> { line.split('\'').skip(1).step_by(2).map(str::to_owned).collect() };
    script
        .lines()
        .filter_map(|line| {
            let words = quoted(line);
            if line.starts_with("SELECT create_reference_table(") {
                Some((words[0].clone(), Placement::Reference))
            } else if line.starts_with("SELECT create_distributed_table(") {
                let placement = if words[1] == "learner_id" {
                    Placement::Learner
                } else {
                    Placement::OwnKey(words[1].clone())
                };
                Some((words[0].clone(), placement))
            } else {
                line.strip_prefix("-- local: ").map(|table| (table.to_owned(), Placement::Local))
            }
        })
        .collect()
}

/// Everything that stands in the way of distributing the bank.
fn faults(catalogue: &Catalogue, placements: &[(String, Placement)]) -> Vec<String> {
    let mut faults = Vec::new();
    let place = |table: &str| placements.iter().find(|(name, _)| name == table).map(|(_, placement)| placement);
    for table in catalogue.columns.keys() {
        match placements.iter().filter(|(name, _)| name == table).count() {
            1 => {}
            times => faults.push(format!("{table} is named {times} times in deploy/citus.sql")),
        }
    }
    for (name, _) in placements.iter().filter(|(name, _)| !catalogue.columns.contains_key(name)) {
        faults.push(format!("deploy/citus.sql names {name}, which is no table"));
    }
    for (table, constraint, columns) in &catalogue.keys {
        let needed = match place(table) {
            Some(Placement::Learner) => "learner_id",
            Some(Placement::OwnKey(key)) => key,
            _ => continue,
        };
        if !columns.iter().any(|column| column == needed) {
            faults.push(format!("{constraint} of {table} lacks {needed}"));
        }
    }
    for (table, columns) in &catalogue.columns {
        let learners_own = matches!(place(table), Some(Placement::Learner | Placement::OwnKey(_) | Placement::Local));
        if columns.iter().any(|column| column == "learner_id") && !learners_own {
            faults.push(format!(
                "{table} has a learner_id and is not placed by it, by its own key, or locally"
            ));
        }
    }
    for (table, constraint, columns, to, to_columns) in &catalogue.foreign_keys {
        let together = match (place(table), place(to)) {
            (_, Some(Placement::Reference)) => true,
            (Some(Placement::Learner), Some(Placement::Learner)) => columns
                .iter()
                .zip(to_columns)
                .any(|(own, other)| own == "learner_id" && other == "learner_id"),
            (Some(Placement::OwnKey(own)), Some(Placement::OwnKey(other))) => columns.contains(own) && to_columns.contains(other),
            _ => false,
        };
        if !together {
            faults.push(format!("{constraint} of {table} leaves the learner's rows for {to}"));
        }
    }
    for (table, constraint) in &catalogue.constraints {
        let by_default = ["_pkey", "_fkey", "_key", "_check"]
            .iter()
            .any(|ending| constraint.ends_with(ending));
        if by_default || !constraint.starts_with(table.as_str()) {
            faults.push(format!("{constraint} of {table} was not named by us"));
        }
    }
    faults
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(QueryableByName)]
struct ConstraintRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    columns: String,
    #[diesel(sql_type = Text)]
    to_table: String,
    #[diesel(sql_type = Text)]
    to_columns: String,
}

const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable = 'YES' AS nullable \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations' ORDER BY table_name, ordinal_position";

const SQLITE_COLUMNS: &str = "SELECT m.name AS table_name, p.name AS column_name, lower(p.type) AS kind, p.\"notnull\" = 0 AS nullable \
    FROM sqlite_master m JOIN pragma_table_info(m.name) p \
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid";

const POSTGRES_CONSTRAINTS: &str = "SELECT c.contype::text AS kind, t.relname::text AS table_name, c.conname::text AS name, \
    COALESCE((SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY k (number, place) \
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number), '') AS columns, \
    COALESCE(r.relname::text, '') AS to_table, \
    COALESCE((SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY k (number, place) \
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number), '') AS to_columns \
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid LEFT JOIN pg_class r ON r.oid = c.confrelid \
    WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f', 'c') AND t.relname <> '__diesel_schema_migrations'";

const POSTGRES_UNIQUE_INDEXES: &str = "SELECT 'u' AS kind, t.relname::text AS table_name, x.relname::text AS name, \
    COALESCE((SELECT string_agg(a.attname, ',') FROM unnest(i.indkey) k (number) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number), '') AS columns, \
    '' AS to_table, '' AS to_columns \
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid \
    WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relname <> '__diesel_schema_migrations'";

fn list(text: &str) -> Vec<String> {
    text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The catalogue of PostgreSQL, and the address of its database.
fn postgres() -> (Catalogue, Vec<ColumnRow>) {
    let url = postgres_database();
    Store::open(DatabaseAddress::Postgres(url.clone()), 2, Duration::from_secs(10))
        .unwrap()
        .migrate()
        .unwrap();
    let mut conn = PgConnection::establish(&url).unwrap();
    let columns: Vec<ColumnRow> = diesel::sql_query(POSTGRES_COLUMNS).load(&mut conn).unwrap();
    let mut catalogue = Catalogue::default();
    for row in &columns {
        catalogue
            .columns
            .entry(row.table_name.clone())
            .or_default()
            .push(row.column_name.clone());
    }
    let constraints: Vec<ConstraintRow> = diesel::sql_query(POSTGRES_CONSTRAINTS).load(&mut conn).unwrap();
    let indexes: Vec<ConstraintRow> = diesel::sql_query(POSTGRES_UNIQUE_INDEXES).load(&mut conn).unwrap();
    for row in constraints.iter().chain(&indexes) {
        catalogue.constraints.push((row.table_name.clone(), row.name.clone()));
        match row.kind.as_str() {
            "p" | "u" => catalogue.keys.push((row.table_name.clone(), row.name.clone(), list(&row.columns))),
            "f" => catalogue.foreign_keys.push((
                row.table_name.clone(),
                row.name.clone(),
                list(&row.columns),
                row.to_table.clone(),
                list(&row.to_columns),
            )),
            _ => {}
        }
    }
    (catalogue, columns)
}

#[test]
fn the_bank_can_be_distributed_by_learner() {
    let (catalogue, _) = postgres();
    assert!(catalogue.columns.len() > 20 && catalogue.foreign_keys.len() > 15 && catalogue.keys.len() > 25);
    assert_eq!(faults(&catalogue, &placements(CITUS)), Vec::<String>::new());
    // Each foreign key is dropped before the tables are placed, and added again after.
    for (table, constraint, columns, to, to_columns) in &catalogue.foreign_keys {
        let added = format!(
            "ALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY ({}) REFERENCES {to} ({});",
            columns.join(", "),
            to_columns.join(", ")
        );
        assert!(
            CITUS.contains(&format!("ALTER TABLE {table} DROP CONSTRAINT {constraint};")),
            "{constraint} is not dropped"
        );
        assert!(CITUS.contains(&added), "{added}");
    }
}

#[test]
fn every_fault_of_a_catalogue_is_found() {
    let (good, _) = postgres();
    let places = placements(CITUS);
    type Edit = fn(&mut Catalogue);
    let edits: [(&str, Edit); 6] = [
        ("new_table is named 0 times", |c| {
            c.columns.insert("new_table".into(), vec!["id".into()]);
        }),
        ("outcomes_pk of outcomes lacks learner_id", |c| {
            c.keys.push(("outcomes".into(), "outcomes_pk".into(), vec!["outcome_id".into()]));
        }),
        ("certificate_numbers_x of certificate_numbers lacks certificate_number", |c| {
            c.keys.push((
                "certificate_numbers".into(),
                "certificate_numbers_x".into(),
                vec!["outcome_id".into()],
            ));
        }),
        ("institutions has a learner_id", |c| {
            c.columns.get_mut("institutions").unwrap().push("learner_id".into());
        }),
        ("outcomes_user of outcomes leaves the learner's rows for users", |c| {
            let to = (
                "outcomes".into(),
                "outcomes_user".into(),
                vec!["learner_id".into()],
                "users".into(),
                vec!["user_id".into()],
            );
            c.foreign_keys.push(to);
        }),
        ("outcomes_pkey of outcomes was not named by us", |c| {
            c.constraints.push(("outcomes".into(), "outcomes_pkey".into()));
        }),
    ];
    for (expected, edit) in edits {
        let mut catalogue = good.clone();
        edit(&mut catalogue);
        let found = faults(&catalogue, &places);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{expected}: {found:?}");
    }
}

#[test]
fn whatever_a_learner_has_goes_along_in_a_merge_or_stays_for_a_reason() {
    let (catalogue, _) = postgres();
    for (table, _) in placements(CITUS).iter().filter(|(_, placement)| *placement == Placement::Learner) {
        let carried: Vec<_> = CARRIED.iter().filter(|carried| carried.table == table).collect();
        let stays = NOT_CARRIED.iter().filter(|(name, why)| name == table && !why.is_empty()).count();
        assert_eq!(carried.len() + stays, 1, "{table} is neither carried nor named as what stays");
        let Some(carried) = carried.first() else { continue };
        let named = ["learner_id"]
            .into_iter()
            .chain(carried.key.split(", "))
            .chain(carried.columns.split(", "));
        let named: BTreeSet<&str> = named.chain(carried.mark).collect();
        let there: BTreeSet<&str> = catalogue.columns[table].iter().map(String::as_str).collect();
        assert_eq!(named, there, "the columns of {table}");
        let key: Vec<&str> = ["learner_id"].into_iter().chain(carried.key.split(", ")).collect();
        let primary = catalogue
            .keys
            .iter()
            .find(|(name, constraint, _)| name == table && constraint.ends_with("_pk"));
        assert_eq!(primary.unwrap().2, key, "the key of {table}");
    }
    let placed = |table: &str| placements(CITUS).contains(&(table.to_owned(), Placement::Learner));
    assert!(CARRIED.iter().all(|carried| placed(carried.table)) && NOT_CARRIED.iter().all(|(table, _)| placed(table)));
}

/// Tables, columns, type families and nullability, as `schema.rs` says.
fn of_schema() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut table = "";
    for line in SCHEMA.lines().map(str::trim) {
        if let Some((name, type_name)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            let (type_name, nullable) = match type_name.strip_prefix("Nullable<") {
                Some(inner) => (inner.trim_end_matches('>'), true),
                None => (type_name, false),
            };
            found.insert(format!("{table}.{name} {type_name}{}", if nullable { "?" } else { "" }));
        } else if line.ends_with('{') && line.contains('(') {
            table = line.split([' ', '(']).next().unwrap();
        }
    }
    found
}

fn of_columns(columns: &[ColumnRow], family: impl Fn(&str) -> &'static str) -> BTreeSet<String> {
    columns
        .iter()
        .map(|row| {
            let nullable = if row.nullable { "?" } else { "" };
            format!("{}.{} {}{nullable}", row.table_name, row.column_name, family(&row.kind))
        })
        .collect()
}

#[test]
fn both_back_ends_and_the_schema_have_the_same_tables() {
    let schema = of_schema();
    assert!(schema.len() > 180, "{} columns", schema.len());
    let (_, columns) = postgres();
    let postgres = of_columns(&columns, |kind| match kind {
        "uuid" => "Id",
        "timestamp with time zone" => "Moment",
        "jsonb" => "Json",
        "text" => "Text",
        "bytea" => "Binary",
        "bigint" => "BigInt",
        "smallint" => "SmallInt",
        "boolean" => "Bool",
        "date" => "Date",
        _ => "unknown",
    });
    assert_eq!(schema.symmetric_difference(&postgres).collect::<Vec<_>>(), Vec::<&String>::new());

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bank.sqlite");
    Store::open(DatabaseAddress::Sqlite(path.clone()), 2, Duration::from_secs(10))
        .unwrap()
        .migrate()
        .unwrap();
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let columns: Vec<ColumnRow> = diesel::sql_query(SQLITE_COLUMNS).load(&mut conn).unwrap();
    // SQLite has fewer types: an Id is a BLOB, a Moment an INTEGER, a Date and a document TEXT.
    // Where the queue's own number is not given, it is the row's.
    let coarse = |set: &BTreeSet<String>| -> BTreeSet<String> {
        let words = [
            (" Id", " Binary"),
            (" Moment", " integer"),
            (" Json", " Text"),
            (" Date", " Text"),
            ("outbox.sequence BigInt", "outbox.sequence integer"),
        ];
        set.iter()
            .map(|line| words.iter().fold(line.clone(), |line, (from, to)| line.replace(from, to)))
            .collect()
    };
    let sqlite = of_columns(&columns, |kind| match kind {
        "blob" => "Binary",
        "integer" => "integer",
        "text" => "Text",
        "bigint" => "BigInt",
        "smallint" => "SmallInt",
        "boolean" => "Bool",
        _ => "unknown",
    });
    assert_eq!(
        coarse(&schema).symmetric_difference(&sqlite).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}
