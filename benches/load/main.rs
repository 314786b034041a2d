//! Load on the running program beside raw baselines in the same run; ratios are what counts.
//!
//!     CREDIT_BANK_TEST_POSTGRES_URL=postgres://... cargo bench --bench load
//!
//! (a) single deposits over HTTP against one bare transaction each; (b) batches of 1,000 against a bare set-based load;
//! (c) a learner's account and movements in a small bank and in a large one; (d) a lone deposit in an idle bank, and how
//! many flushes to disk it waits for, which alone is measured by `cargo bench --bench load -- lone`; (e) every page in a
//! bank of 100,000 learners, only by `cargo bench --bench load -- pages`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measurement stops by panicking, and its figures are no credit"
)]

mod bank;
mod bare;
mod cluster;
mod flush;
mod lone;
mod pages;
mod wire;

use bank::{Bank, postgres_database};
use credit_bank::store::connection::DatabaseAddress;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use wire::{load, request};

/// How many learners the deposits are for.
const LEARNERS: usize = 1000;
const CONNECTIONS: usize = 64;

fn seconds() -> f64 {
    std::env::var("CREDIT_BANK_TEST_BENCH_SECONDS").map_or(8.0, |text| text.parse().unwrap())
}

fn address(bank: &Bank) -> DatabaseAddress {
    match &bank.url {
        Some(url) => DatabaseAddress::Postgres(url.clone()),
        None => DatabaseAddress::Sqlite(bank.directory.path().join("data/bank.sqlite")),
    }
}

/// (a) At 64 connections, each deposit with a key and a certificate of its own.
fn single_deposits(name: &str, bank: &Bank) {
    let make = |number: usize| {
        let outcome = bank.outcome(number % LEARNERS, 1_000_000 + number).to_string();
        request(
            "POST",
            "/api/v1/outcomes",
            &bank.registrar,
            &format!("Idempotency-Key: load-{number}\r\n"),
            &outcome,
        )
    };
    let measured = load(&bank.address, CONNECTIONS, seconds(), 201, make);
    let bare = match &bank.url {
        Some(url) => {
            let mut conn = PgConnection::establish(url).unwrap();
            conn.batch_execute(
                "CREATE TABLE bare AS SELECT row_number() OVER () AS place, o.learner_id, o.institution_id, o.achievement_id
                 FROM (SELECT DISTINCT ON (learner_id) learner_id, institution_id, achievement_id FROM outcomes) o LIMIT 1000;
                 CREATE UNIQUE INDEX ON bare (place); ANALYZE;",
            )
            .unwrap();
            bare::pgbench(url, CONNECTIONS, seconds() as usize)
        }
        None => bare::rows(address(bank), 1, seconds(), 0),
    };
    println!(
        "(a) {name}: {:.0} deposits/s, p50 {:.1} ms, p99 {:.1} ms; bare, one transaction each: {bare:.0}/s; ratio {:.2}",
        measured.per_second(),
        measured.percentile(0.5),
        measured.percentile(0.99),
        measured.per_second() / bare,
    );
}

/// (b) Batches of 1,000 over two connections, against the same rows written set-based with nothing around them.
fn batches(name: &str, bank: &Bank) {
    let measured = load(&bank.address, 2, seconds(), 200, |number| {
        let rows: Vec<_> = (0..1000)
            .map(|row| serde_json::json!({ "idempotency_key": format!("b{number}-{row}"), "outcome": bank.outcome(row, 100_000_000 + number * 1000 + row) }))
            .collect();
        request(
            "POST",
            "/api/v1/outcomes/batch",
            &bank.registrar,
            "",
            &serde_json::json!({ "rows": rows }).to_string(),
        )
    });
    let bare = bare::rows(address(bank), 1000, seconds(), 10_000_000);
    let rate = measured.per_second() * 1000.0;
    println!(
        "(b) {name}: {rate:.0} deposits/s in batches of 1,000; bare set-based load: {bare:.0}/s; ratio {:.2}",
        rate / bare
    );
}

/// (c) A learner with 200 outcomes reads, among 1,000 learners and among 100,000.
fn reads(name: &str, bank: &Bank) {
    let first = bank.batch((0..200).map(|_| 999_999_999), 900_000_000);
    let learner_id = first["results"][0]["outcome"]["learner_id"].as_str().unwrap().to_owned();
    let learner = bank.claim(&learner_id);
    let measure = |path: &str| load(&bank.address, 4, seconds() / 2.0, 200, |_| request("GET", path, &learner, "", ""));
    let paths = ["/api/v1/me/account", "/api/v1/me/movements"];
    let small: Vec<_> = paths.iter().map(|path| measure(path)).collect();
    for hundred in 0..99 {
        bank.batch((0..1000).map(|row| 1_000_000 + hundred * 1000 + row), 910_000_000 + hundred * 1000);
    }
    let large: Vec<_> = paths.iter().map(|path| measure(path)).collect();
    for ((path, small), large) in paths.iter().zip(&small).zip(&large) {
        println!(
            "(c) {name}: GET {path} p50 {:.2} ms ({:.0}/s) among 1,000 learners, {:.2} ms ({:.0}/s) among 100,000; ratio {:.2}",
            small.percentile(0.5),
            small.per_second(),
            large.percentile(0.5),
            large.per_second(),
            large.percentile(0.5) / small.percentile(0.5),
        );
    }
}

fn main() {
    if std::env::args().any(|argument| argument == "pages") {
        for (name, url) in [("SQLite", None), ("PostgreSQL", Some(postgres_database()))] {
            pages::pages(name, &Bank::start(url, None), (seconds() / 4.0).min(1.0));
        }
        return;
    }
    if !std::env::args().any(|argument| argument == "lone") {
        for (name, url) in [("SQLite", None), ("PostgreSQL", Some(postgres_database()))] {
            let bank = Bank::start(url, None);
            bank.batch(0..LEARNERS, 0);
            reads(name, &bank);
            single_deposits(name, &bank);
            batches(name, &bank);
        }
    }
    lone::deposits(seconds());
}
