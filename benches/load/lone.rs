//! (d) A lone deposit in an idle bank: how many flushes to disk it makes, and how many it lasts altogether. Where a flush
//! takes no time to speak of, the latter says little; so the same is measured with flushes that take 3 ms longer, as on
//! an ordinary disk.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

use crate::bank::{Bank, database_in};
use crate::bare::postgres_program;
use crate::flush::Flushes;
use crate::wire::{Measured, load, request};

/// How much longer a flush takes on an ordinary disk.
const LONGER: Duration = Duration::from_millis(3);

/// Measures both back ends.
pub(crate) fn deposits(seconds: f64) {
    let flushes = Flushes::compile();
    let bank = Bank::start(None, Some(&flushes));
    measure("SQLite", &bank, &flushes, seconds);
    drop(bank);
    let flushes = Flushes::compile();
    let cluster = Cluster::start(&flushes);
    let bank = Bank::start(Some(database_in(&cluster.url)), None);
    measure("PostgreSQL", &bank, &flushes, seconds);
}

fn measure(name: &str, bank: &Bank, flushes: &Flushes, seconds: f64) {
    bank.batch(0..1000, 0);
    let alone = |first: usize, seconds: f64| -> Measured {
        load(&bank.address, 1, seconds, 201, |number| {
            let outcome = bank.outcome(number % 1000, first + number).to_string();
            request("POST", "/api/v1/outcomes", &bank.registrar, "", &outcome)
        })
    };
    alone(10_000_000, seconds / 4.0);
    for (first, longer) in [(20_000_000, Duration::ZERO), (30_000_000, LONGER)] {
        flushes.slow_by(longer);
        let before = flushes.taken().len();
        let deposits = alone(first, seconds);
        let mut taken = flushes.taken().split_off(before);
        taken.sort_unstable();
        let flush = taken[taken.len() / 2].as_secs_f64() * 1000.0;
        let lasted = deposits.percentile(0.5);
        println!(
            "(d) {name}: where a flush takes {flush:.2} ms, a lone deposit makes {:.2} flushes and takes {lasted:.2} ms (p50), {:.2} flushes",
            taken.len() as f64 / deposits.requests as f64,
            lasted / flush,
        );
    }
}

/// A throw-away PostgreSQL whose flushes are counted.
struct Cluster {
    directory: tempfile::TempDir,
    url: String,
}

/// PostgreSQL refuses to run as root.
fn as_owner(program: &str) -> Command {
    let user = Command::new("id").arg("-u").output().unwrap();
    let found = postgres_program(program);
    if user.stdout.trim_ascii() == b"0" {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", &found]);
        return command;
    }
    Command::new(found)
}

fn done(command: &mut Command) {
    let ended = command.stdout(std::process::Stdio::null()).status().unwrap();
    assert!(ended.success(), "{command:?}");
}

impl Cluster {
    fn start(flushes: &Flushes) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().to_str().unwrap().to_owned();
        // Whoever it runs as may make its own directory in it, and nobody else comes near.
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o777)).unwrap();
        let data = format!("{place}/data");
        done(as_owner("initdb").args(["-D", &data, "-U", "bank", "-A", "trust", "-E", "UTF8", "--locale=C"]));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place}");
        let mut start = as_owner("pg_ctl");
        start.args(["-D", &data, "-w", "-l", &format!("{data}/log"), "-o", &options, "start"]);
        flushes.preload(&mut start);
        done(&mut start);
        Self {
            directory,
            url: format!("postgres://bank@127.0.0.1:{port}/postgres"),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.directory.path().join("data");
        done(as_owner("pg_ctl").arg("-D").arg(data).args(["-m", "immediate", "stop"]));
    }
}
