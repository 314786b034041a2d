//! How many credentials are issued and verified a second on one core, beside the packages of others in the same run, and how long
//! a record of 300 courses and a statement take.
//!
//!     CREDIT_BANK_TEST_INTEROP=$PWD/target/interop cargo bench --bench credentials
//!
//! `tests/run` installs those packages there. Times are the processor's, of one thread here and of the whole process there.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measurement stops by panicking, and its figures are no credit"
)]

mod badges;
mod papers;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use badges::{BANK, SCHOOL, badge, now, record, signer};
use credit_bank::credentials::{Issuers, When, examine, verify};
use serde_json::{Map, Value, json};

const CREDENTIALS: u32 = 400;
/// So many of them are not counted.
const WARM: u32 = 100;
const COURSES: u32 = 300;

/// What this thread has spent.
fn spent() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("the times of a thread, which Linux tells");
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}

fn timed<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let begun = spent();
    let done = act();
    (done, spent() - begun)
}

/// Does something with each; what came of it, and how many a second that were.
fn measured<A, B>(things: &[A], act: impl Fn(&A) -> B) -> (Vec<B>, f64) {
    let mut done: Vec<B> = things[..WARM as usize].iter().map(&act).collect();
    let (rest, time) = timed(|| things[WARM as usize..].iter().map(&act).collect::<Vec<B>>());
    let rate = rest.len() as f64 / time.as_secs_f64();
    done.extend(rest);
    (done, rate)
}

/// The same by the packages of others, each in its own process.
fn others(credentials: &[Map<String, Value>]) -> [f64; 4] {
    let installed =
        std::env::var("CREDIT_BANK_TEST_INTEROP").expect("CREDIT_BANK_TEST_INTEROP: where tests/run installed packages of others");
    let installed = PathBuf::from(installed)
        .canonicalize()
        .expect("the packages of others, which tests/run installs");
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = tempfile::tempdir().unwrap();
    for script in ["tests/interop/documents.mjs", "benches/credentials/others.mjs"] {
        let name = Path::new(script).file_name().unwrap();
        std::fs::copy(own.join(script), directory.path().join(name)).unwrap();
    }
    std::os::unix::fs::symlink(installed.join("node_modules"), directory.path().join("node_modules")).unwrap();
    let given = json!({ "did": SCHOOL, "now": now(), "warm": WARM, "credentials": credentials });
    let mut process = Command::new("node")
        .arg(directory.path().join("others.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn main() {
    let (school, bank) = (signer(SCHOOL), signer(BANK));
    let mut issuers = Issuers::default();
    issuers.register(SCHOOL, school.public_key());
    issuers.register(BANK, bank.public_key());
    let today = now().date_naive();
    let credentials: Vec<Map<String, Value>> = (0..CREDENTIALS).map(badge).collect();
    let (signed, issue) = measured(&credentials, |badge| Value::Object(school.secure(badge.clone(), now()).unwrap()));
    let (_, verified) = measured(&signed, |badge| verify(badge, &issuers, today).unwrap());
    let (tokens, issue_token) = measured(&credentials, |badge| Value::String(school.token(badge).unwrap()));
    let (_, verified_token) = measured(&tokens, |token| verify(token, &issuers, today).unwrap());
    let others = others(&credentials);
    println!("Badges a second on one core, beside @digitalbazaar/vc and jose on Node.js in the same run:");
    let ours = [issue, verified, issue_token, verified_token];
    let names = [
        "issued, eddsa-rdfc-2022",
        "verified, eddsa-rdfc-2022",
        "issued, JWT",
        "verified, JWT",
    ];
    for ((name, ours), others) in names.into_iter().zip(ours).zip(others) {
        println!("{name:<26} {ours:>9.0} {others:>9.0} {:>7.1}x", ours / others);
    }

    let (badges, parts) = timed(|| -> Vec<Value> {
        (0..COURSES)
            .map(|number| Value::Object(school.secure(badge(number), now()).unwrap()))
            .collect()
    });
    let (signed, whole) = timed(|| Value::Object(bank.secure(record(badges), now()).unwrap()));
    let (examined, verifying) = timed(|| examine(&signed, &issuers, When::at(now())));
    assert_eq!(examined.held.len(), COURSES as usize);
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "A record of {COURSES} courses: its badges {:.0} ms, itself {:.0} ms, verified {:.0} ms, {} bytes",
        milliseconds(parts),
        milliseconds(whole),
        milliseconds(verifying),
        signed.to_string().len()
    );
    for rows in [1, 20, 300] {
        let (first, median, pages, bytes) = papers::printed(rows);
        println!("A statement of {rows} outcomes: first {first:.0} ms, then {median:.0} ms (median), {pages} pages, {bytes} bytes");
    }
}
