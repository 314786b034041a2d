//! Starts the program as its users do, and speaks HTTP to it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reqwest::Method;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "lantern-orbit-violin-42";

/// Which database the program runs on.
#[derive(Debug, Clone)]
pub(crate) enum BackEnd {
    Sqlite,
    Postgres(String),
}

/// A running program with a data directory of its own. Dropping it stops it and verifies the ledger.
pub(crate) struct Server {
    pub(crate) directory: TempDir,
    pub(crate) back_end: BackEnd,
    pub(crate) base: String,
    pub(crate) setup_token: Option<String>,
    process: Child,
    http: Client,
}

/// What a request was answered with.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().unwrap();
        Self {
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        }
    }

    /// The body, of an answer that must have this status.
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// Status and code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        (self.status, self.body["code"].as_str().unwrap())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Runs a test on SQLite and on PostgreSQL.
pub(crate) fn on_both(test: impl Fn(&mut Server)) {
    for back_end in [BackEnd::Sqlite, BackEnd::Postgres(postgres_database())] {
        test(&mut Server::start(back_end));
    }
}

/// A PostgreSQL database of its own for one test.
pub(crate) fn postgres_database() -> String {
    let server =
        std::env::var("CREDIT_BANK_TEST_POSTGRES_URL").expect("tests/run names a throw-away PostgreSQL in CREDIT_BANK_TEST_POSTGRES_URL");
    let name = format!("api_{}", Uuid::now_v7().simple());
    let mut conn = PgConnection::establish(&server).unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{name}")
}

/// The program with the settings of tests: cheap passwords, many attempts, a free port.
pub(crate) fn program(data: &Path, back_end: &BackEnd) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_credit-bank"));
    command
        .env("CREDIT_BANK_DATA_DIR", data)
        .env("CREDIT_BANK_LISTEN", "127.0.0.1:0")
        .env("CREDIT_BANK_PASSWORD_MEMORY_KIB", "64")
        .env("CREDIT_BANK_PASSWORD_ITERATIONS", "1")
        .env("CREDIT_BANK_ATTEMPTS_PER_ACCOUNT", "1000")
        .env("CREDIT_BANK_ATTEMPTS_PER_ADDRESS", "100000")
        .env("CREDIT_BANK_QUESTIONS_PER_ADDRESS", "100000")
        .env("CREDIT_BANK_ARCHIVES_PER_HOUR", "1000")
        .env("CREDIT_BANK_DATABASE_WAIT_SECONDS", "2")
        // Receivers of the tests' own are on this machine.
        .env("CREDIT_BANK_WEBHOOKS_PRIVATE", "yes")
        .env("CREDIT_BANK_LOG", "warn");
    if let BackEnd::Postgres(url) = back_end {
        command.env("CREDIT_BANK_DATABASE_URL", url);
    }
    command
}

impl Server {
    pub(crate) fn start(back_end: BackEnd) -> Self {
        Self::on_data(tempfile::tempdir().unwrap(), back_end)
    }

    /// Starts on a directory whose `data` may be there already.
    pub(crate) fn on_data(directory: TempDir, back_end: BackEnd) -> Self {
        let mut command = program(&directory.path().join("data"), &back_end);
        Self::of_program(directory, back_end, &mut command)
    }

    /// Starts the program with settings of the test's own.
    pub(crate) fn of_program(directory: TempDir, back_end: BackEnd, command: &mut Command) -> Self {
        let (process, base, setup_token) = launch(command);
        Self {
            directory,
            back_end,
            base,
            setup_token,
            process,
            http: Client::builder().timeout(Duration::from_secs(60)).build().unwrap(),
        }
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.directory.path().join("data")
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal, such as `TERM` or `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.process.id().to_string())
            .status();
        assert!(done.unwrap().success());
    }

    /// Waits until the program has ended, and says whether it said that all went well.
    pub(crate) fn ended(&mut self) -> bool {
        self.process.wait().unwrap().success()
    }

    /// Starts again on the same data; the link of the set-up is not made again.
    pub(crate) fn restart(&mut self) {
        let (process, base, setup_token) = launch(&mut program(&self.data(), &self.back_end));
        assert_eq!(setup_token, None, "a second start is silent about the set-up");
        self.process = process;
        self.base = base;
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::blocking::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .header("Accept-Language", "en")
    }

    pub(crate) fn call(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request.send().unwrap())
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, Some(token), None)
    }

    pub(crate) fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(token), Some(body))
    }

    /// Posts without a token.
    pub(crate) fn submit(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, None, Some(body))
    }

    /// Logs in with the password of all tests.
    pub(crate) fn log_in(&self, username: &str) -> String {
        let credentials = json!({ "username": username, "password": PASSWORD });
        let tokens = self.submit("/api/v1/sessions", &credentials).expect(201);
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    /// What `credit-bank verify` says of the data.
    pub(crate) fn verify(&self) -> (bool, String) {
        let output = program(&self.data(), &self.back_end).arg("verify").output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to stop.
        drop(self.process.kill());
        drop(self.process.wait());
        if !std::thread::panicking() {
            let (clean, said) = self.verify();
            assert!(clean, "{said}");
        }
    }
}

/// Starts the program and reads its address and the set-up link from what it prints.
fn launch(command: &mut Command) -> (Child, String, Option<String>) {
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let first = lines.next().expect("the program says where it listens").unwrap();
    let base = first
        .strip_prefix("credit-bank listens on ")
        .unwrap_or_else(|| panic!("{first}"))
        .to_owned();
    let client = Client::new();
    while client.get(format!("{base}/health/ready")).send().is_err() {
        assert!(began.elapsed() < Duration::from_secs(30), "the program does not answer");
        std::thread::sleep(Duration::from_millis(5));
    }
    // The link is printed before the server answers, so by now the next line is the link or says that all is said.
    let next = lines.next().unwrap().unwrap();
    let setup_token = next.split_once("?token=").map(|(_, token)| token.to_owned());
    // Nobody reads on; the pipe must not break while the program lives.
    std::thread::spawn(move || lines.for_each(drop));
    (process, base, setup_token)
}
