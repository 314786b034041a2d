//! Every migration goes up, down and up again, on both back ends, and leaves history that cannot be changed.

use std::time::Duration;

use super::common::postgres_database;
use credit_bank::store::Store;
use credit_bank::store::connection::{Conn, DatabaseAddress};
use credit_bank::store::error::StoreError;
use diesel::connection::SimpleConnection;

fn on_both(test: impl Fn(&Store)) {
    let directory = tempfile::tempdir().unwrap();
    let addresses = [
        DatabaseAddress::Sqlite(directory.path().join("bank.sqlite")),
        DatabaseAddress::Postgres(postgres_database()),
    ];
    for address in addresses {
        let store = Store::open(address, 2, Duration::from_secs(10)).unwrap();
        test(&store);
    }
}

#[test]
fn migrations_go_up_down_and_up_again() {
    on_both(|store| {
        assert_eq!(store.migrate().unwrap(), 1);
        assert_eq!(store.migrate().unwrap(), 0);
        assert_eq!(store.revert_all().unwrap(), 1);
        assert_eq!(store.migrate().unwrap(), 1);
    });
}

const LEARNER: &str = "00000000-0000-7000-8000-000000000001";
const INSTITUTION: &str = "00000000-0000-7000-8000-000000000002";

/// The same statement for both: ids are written `{id}` and moments `{moment}`.
fn statement(conn: &Conn, text: &str) -> String {
    let (moment, bytes) = match conn {
        Conn::Postgres(_) => ("now()", "'\\x00'"),
        Conn::Sqlite(_) => ("0", "x'00'"),
    };
    let id = |id: &str| match conn {
        Conn::Postgres(_) => format!("'{id}'"),
        Conn::Sqlite(_) => format!("x'{}'", id.replace('-', "")),
    };
    text.replace("{learner}", &id(LEARNER))
        .replace("{institution}", &id(INSTITUTION))
        .replace("{moment}", moment)
        .replace("{bytes}", bytes)
}

fn run(store: &Store, text: &str) -> Result<(), StoreError> {
    store.write(|conn| {
        let text = statement(conn, text);
        Ok(conn.batch_execute(&text)?)
    })
}

/// One learner with one outcome, decision, lot and movement.
const HISTORY: [&str; 7] = [
    "INSERT INTO institutions VALUES ({institution}, 'School', 'university', '914403003429409755', false, '410502', 'approved', NULL, 1, {moment}, {moment})",
    "INSERT INTO achievements VALUES ({institution}, {institution}, 1, {institution}, 'a', 'A', NULL, 'training', NULL, NULL, NULL, NULL, 1600, NULL, '{}', 'published', '2020-01-01', NULL, 1, {moment}, {moment})",
    "INSERT INTO learners VALUES ({learner}, '1', 'passport', {bytes}, {bytes}, {bytes}, NULL, {institution}, {moment}, 1, {bytes}, 100, NULL)",
    "INSERT INTO outcomes VALUES ({learner}, {learner}, {institution}, {institution}, NULL, 'i', '2024-01-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, {bytes}, 'accepted', '', NULL, 'bank', {moment}, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO decisions VALUES ({learner}, {learner}, {learner}, 'credit', 100, NULL, NULL, '{}', '[]', '{}', {moment})",
    "INSERT INTO lots VALUES ({learner}, {learner}, {learner}, {learner}, 'training', NULL, NULL, 100, 100, 0, 0, 0, 0, {moment}, NULL)",
    "INSERT INTO movements VALUES ({learner}, 1, {learner}, {learner}, 'grant', 'bank', 'available', 100, 100, '2024-01-01', {moment}, 'decision', {learner}, {bytes}, {bytes})",
];

#[test]
fn history_is_never_changed_and_lots_always_add_up() {
    on_both(|store| {
        store.migrate().unwrap();
        for row in HISTORY {
            run(store, row).unwrap_or_else(|error| panic!("{row}: {error}"));
        }
        let refused = [
            "UPDATE movements SET amount_hundredths = 200",
            "DELETE FROM movements",
            "UPDATE decisions SET credit_hundredths = 200",
            "DELETE FROM decisions",
            "UPDATE lots SET available_hundredths = 99",
            "UPDATE lots SET available_hundredths = 101, held_hundredths = -1",
            "UPDATE lots SET granted_hundredths = 0, available_hundredths = 0",
            "UPDATE learners SET available_hundredths = -1",
            "INSERT INTO lots SELECT learner_id, {institution}, outcome_id, decision_id, category, level, usable_until, granted_hundredths, \
             available_hundredths, held_hundredths, redeemed_hundredths, expired_hundredths, reversed_hundredths, created_at, warned_days FROM lots",
        ];
        for text in refused {
            assert!(run(store, text).is_err(), "{text}");
        }
        run(store, "UPDATE lots SET available_hundredths = 40, held_hundredths = 60").unwrap();
    });
}
