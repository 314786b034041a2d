//! How long a draft takes to be simulated on a city, end to end, beside reading the same facts without solving anything.
//!
//!     cargo bench --bench simulation
//!
//! `CREDIT_BANK_TEST_INTAKE` names a directory of the demonstration's files; without it 40,000 outcomes are invented. On
//! SQLite, or where `CREDIT_BANK_TEST_POSTGRES_URL` names a server, in a new database there. Processor time is printed as
//! well: on a busy machine the wall clock says little.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measurement stops by panicking, and its figures are no credit"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{FixedOffset, TimeDelta};
use credit_bank::clock;
use credit_bank::domain::actor::Caller;
use credit_bank::domain::bilingual::Bilingual;
use credit_bank::domain::institution::InstitutionFilter;
use credit_bank::domain::pack::life::PackStatus;
use credit_bank::domain::pack::shipped;
use credit_bank::files::{Files, FilesAddress};
use credit_bank::ops::context::{Bank, Context, Outside};
use credit_bank::ops::facts::facts_of_all;
use credit_bank::ops::simulation::worker::run_next;
use credit_bank::ops::simulation::{NewSimulation, read_simulation, start_simulation};
use credit_bank::ops::{institutions, packs, programmes};
use credit_bank::outside::fetch::Fetcher;
use credit_bank::outside::target::Reach;
use credit_bank::paper::{Paper, PaperSettings};
use credit_bank::store::Store;
use credit_bank::store::connection::DatabaseAddress;
use credit_bank::store::packs as pack_rows;
use credit_bank::vault::key_ring::KeyRing;
use credit_bank::vault::passwords::{PasswordCost, Passwords};
use credit_bank::vault::seal::Sealer;
use credit_bank::vault::tokens::Tokens;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

/// Readers of the bank read as many at once.
const PAGE: i64 = 200;

fn postgres_database() -> Option<String> {
    let server = std::env::var("CREDIT_BANK_TEST_POSTGRES_URL").ok()?;
    let name = format!("bench_{}", Uuid::now_v7().simple());
    let mut conn = PgConnection::establish(&server).unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    Some(format!("{}/{name}", server.rsplit_once('/').unwrap().0))
}

/// Fills a bank by the program's own command.
fn fill(data: &Path, url: Option<&str>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_credit-bank"));
    command
        .env("CREDIT_BANK_DATA_DIR", data)
        .env("CREDIT_BANK_LOG", "error")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(url) = url {
        command.env("CREDIT_BANK_DATABASE_URL", url);
    }
    command.arg("demo");
    match std::env::var("CREDIT_BANK_TEST_INTAKE") {
        Ok(intake) => command.args(["--intake", &intake]),
        Err(_) => command.args(["--outcomes", "40000"]),
    };
    assert!(command.status().unwrap().success(), "the demonstration could not be filled in");
}

fn open(data: &Path, url: Option<&str>) -> Bank {
    let address = match url {
        Some(url) => DatabaseAddress::Postgres(url.to_owned()),
        None => DatabaseAddress::Sqlite(data.join("bank.sqlite")),
    };
    let ring = KeyRing::load_or_create(&data.join("keys.json")).unwrap();
    let cost = PasswordCost {
        memory_kib: 64,
        iterations: 1,
        lanes: 1,
    };
    Bank {
        store: Store::open(address, 4, Duration::from_secs(20)).unwrap(),
        sealer: Sealer::new(&ring).unwrap(),
        passwords: Passwords::new(cost, 1).unwrap(),
        tokens: Tokens::new(&ring, "http://127.0.0.1:8080").unwrap(),
        offset: FixedOffset::east_opt(8 * 3600).unwrap(),
        access_token_life: TimeDelta::minutes(10),
        refresh_token_life: TimeDelta::days(30),
        browser_idle: TimeDelta::minutes(30),
        browser_life: TimeDelta::hours(12),
        claim_code_life: TimeDelta::hours(72),
        pack_notice_days: 5,
        files: Files::open(&FilesAddress::Directory(data.join("evidence"))).unwrap(),
        evidence_bytes_max: 10 << 20,
        import_bytes_max: 64 << 20,
        import_files_days: 30,
        import_silence: TimeDelta::seconds(30),
        outside: Outside {
            reach: Reach::Anybody,
            event_life: TimeDelta::days(90),
            mail_server: None,
            mail_pause: TimeDelta::hours(1),
            public_url: "http://127.0.0.1:8080".to_owned(),
        },
        fetcher: Fetcher::new(Reach::Anybody),
        name: Bilingual {
            zh: "学分银行".to_owned(),
            en: Some("Credit Bank".to_owned()),
        },
        contact: None,
        paper: Paper::open(&PaperSettings::default()).unwrap(),
    }
}

/// Forty courses in four buckets, of 1 to 5 credits.
fn programme(institution_id: Uuid) -> Value {
    let buckets = ["public", "major", "practice", "elective"];
    let tags = ["core", "foundation", "politics", "digital", "pe"];
    let course = |number: usize| {
        json!({ "code": format!("C{number:02}"), "name": { "zh": format!("课程{number}") }, "credits": format!("{}.{}", 1 + number % 4, (number % 2) * 5),
            "tags": [tags[number % 5]], "required": number.is_multiple_of(3), "bucket": buckets[number % 4] })
    };
    let bucket = |code: &&str| json!({ "code": code, "name": { "zh": code }, "minimum": "20" });
    json!({ "institution_id": institution_id, "programme": { "code": "city-2024", "name": { "zh": "专业" }, "required_credit": "120",
        "residency_minimum": "40", "buckets": buckets.iter().map(bucket).collect::<Vec<_>>(),
        "courses": (0..40).map(course).collect::<Vec<_>>(), "effective_from": "2020-01-01" } })
}

fn shipped(code: &str, owner: &str) -> Value {
    let found = shipped::ALL.iter().find(|shipped| shipped.code == code).unwrap();
    let mut document: Value = serde_json::from_str(found.document).unwrap();
    document["owner"] = json!(owner);
    document
}

/// A draft that reads scores, hours and dates, so that hardly two learners are the same to it.
fn particular(owner: &str) -> Value {
    let mut document = shipped("guangdong-2017-many", owner);
    document["code"] = json!("particular");
    let mut training = document["clauses"][0].clone();
    training["id"] = json!("training");
    training["outcomes"] = json!({ "kinds": ["training"], "minimum_score": "65" });
    training["value"] = json!({ "of": { "base": "hours", "per_credit": "16" }, "step": "0.5", "cap": "6" });
    document["clauses"][0]["outcomes"] = json!({ "kinds": ["skill_certificate", "occupational_certificate"], "minimum_score": "60",
        "awarded_within": { "years": 5, "boundary": "anniversary_included" } });
    document["clauses"].as_array_mut().unwrap().push(training);
    document
}

fn draft(bank: &Bank, context: &Context, institution_id: Uuid, document: &Value) -> Uuid {
    let new = json!({ "institution_id": institution_id, "document": document });
    let pack = packs::create_rule_pack(bank, context, None, &serde_json::from_value(new).unwrap()).unwrap();
    assert!(pack.validation.as_ref().unwrap().problems.is_empty(), "{:?}", pack.validation);
    pack.pack_id
}

/// Puts a draft into force as the authority and the calendar would.
fn bring_into_force(bank: &Bank, pack_id: Uuid) {
    bank.store
        .write(|conn| {
            let row = pack_rows::find(conn, pack_id)?.unwrap();
            let row = pack_rows::PackRow {
                status: PackStatus::OnNotice.as_str().to_owned(),
                edition: row.edition + 1,
                ..row
            };
            pack_rows::step(conn, &row)
        })
        .unwrap();
}

/// Processor time of this process, all threads, in seconds: a hundredth of a second is a tick on Linux.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// What the work takes: by the clock, and of the processors.
fn measured<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let (began, used) = (Instant::now(), processor_seconds());
    let answer = work();
    (answer, began.elapsed().as_secs_f64(), processor_seconds() - used)
}

/// Reads the facts of all learners; answers how many learners and outcomes there are.
fn read_all(bank: &Bank) -> (usize, usize) {
    let (mut learners, mut outcomes, mut after) = (0, 0, None);
    loop {
        let page = bank.store.read(|conn| facts_of_all(conn, after, PAGE)).unwrap();
        let Some((last, _)) = page.last() else {
            return (learners, outcomes);
        };
        after = Some(*last);
        learners += page.len();
        outcomes += page.iter().map(|(_, facts)| facts.len()).sum::<usize>();
    }
}

fn main() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = directory.path().join("data");
    let url = postgres_database();
    fill(&data, url.as_deref());
    let bank = open(&data, url.as_deref());
    let context = Context::of(Caller::Bank, clock::now());
    let school = institutions::list_institutions(&bank, &context, &InstitutionFilter::default(), None, 1)
        .unwrap()
        .remove(0);
    let new = serde_json::from_value(programme(school.institution_id)).unwrap();
    let programme_id = programmes::publish_programme(&bank, &context, None, &new).unwrap().programme_id;
    let present = draft(
        &bank,
        &context,
        school.institution_id,
        &shipped("guangdong-2017-one", &school.credit_code),
    );
    bring_into_force(&bank, present);
    read_all(&bank);
    let ((learners, outcomes), read_wall, read_processor) = measured(|| read_all(&bank));
    println!(
        "{learners} learners, {outcomes} outcomes that count, {} cores",
        std::thread::available_parallelism().unwrap()
    );
    println!("reading their facts: {read_wall:.1} s, {read_processor:.1} s of the processors");
    for (name, document) in [
        ("guangdong-2017-many", shipped("guangdong-2017-many", &school.credit_code)),
        ("a draft that reads scores, hours and dates", particular(&school.credit_code)),
    ] {
        let pack_id = draft(&bank, &context, school.institution_id, &document);
        let started = start_simulation(&bank, &context, None, pack_id, &NewSimulation { programme_id }).unwrap();
        let (ran, wall, processor) = measured(|| run_next(&bank, &clock::now, &|| false).unwrap());
        assert!(ran);
        let done = read_simulation(&bank, &context, started.summary.simulation_id).unwrap();
        let report = done.report.expect("the simulation is done");
        println!(
            "{name}: {wall:.1} s, {processor:.1} s of the processors; {:.1} and {:.1} times the reading; {:?} gain, {:?} lose, {:?} not proven",
            wall / read_wall,
            processor / read_processor,
            report.gained.learners,
            report.lost.learners,
            report.not_proven
        );
    }
}
