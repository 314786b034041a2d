//! A throw-away PostgreSQL, durable as it comes.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

/// A server of its own; it stops, and is gone, when it is dropped.
pub(crate) struct Cluster {
    directory: tempfile::TempDir,
    pub(crate) url: String,
}

/// Where a program of PostgreSQL is.
pub(crate) fn postgres_program(name: &str) -> String {
    let found = Command::new("sh")
        .arg("-c")
        .arg(format!("command -v {name} || ls /usr/lib/postgresql/*/bin/{name} | tail -n 1"))
        .output()
        .unwrap();
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
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
    let ended = command.stdout(Stdio::null()).status().unwrap();
    assert!(ended.success(), "{command:?}");
}

impl Cluster {
    /// Starts it; `prepare` may change how.
    pub(crate) fn start(prepare: impl FnOnce(&mut Command)) -> Self {
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
        prepare(&mut start);
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
