//! The program under load, started as its users start it, with a school, an achievement and a rule.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::flush::Flushes;

pub(crate) const PASSWORD: &str = "lantern-orbit-violin-42";

pub(crate) struct Bank {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) url: Option<String>,
    pub(crate) address: String,
    pub(crate) registrar: String,
    pub(crate) school: String,
    http: Client,
    process: Child,
}

fn user(name: &str) -> Value {
    json!({ "username": name, "display_name": name, "password": PASSWORD })
}

/// A new database in the server that `CREDIT_BANK_TEST_POSTGRES_URL` names.
pub(crate) fn postgres_database() -> String {
    database_in(&std::env::var("CREDIT_BANK_TEST_POSTGRES_URL").expect("CREDIT_BANK_TEST_POSTGRES_URL names a PostgreSQL to measure on"))
}

/// A new database in a server.
pub(crate) fn database_in(server: &str) -> String {
    let name = format!("bench_{}", uuid::Uuid::now_v7().simple());
    PgConnection::establish(server)
        .unwrap()
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

impl Bank {
    /// Starts it; where `flushes` are given, its own are among them.
    pub(crate) fn start(url: Option<String>, flushes: Option<&Flushes>) -> Self {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_credit-bank"));
        command
            .env("CREDIT_BANK_DATA_DIR", directory.path().join("data"))
            .env("CREDIT_BANK_LISTEN", "127.0.0.1:0")
            .env("CREDIT_BANK_ACCESS_TOKEN_SECONDS", "86400")
            .env("CREDIT_BANK_LOG", "warn")
            .stdout(Stdio::piped());
        if let Some(url) = &url {
            command.env("CREDIT_BANK_DATABASE_URL", url);
        }
        if let Some(flushes) = flushes {
            flushes.preload(&mut command);
        }
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.next().unwrap().unwrap().split("http://").nth(1).unwrap().to_owned();
        let setup_token = lines.next().unwrap().unwrap().split("?token=").nth(1).unwrap().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        let mut bank = Self {
            directory,
            url,
            address,
            registrar: String::new(),
            school: String::new(),
            http: Client::new(),
            process,
        };
        bank.furnish(&setup_token);
        bank
    }

    /// Has PostgreSQL count what was loaded, as it does by itself within minutes; before that it may choose bad ways.
    pub(crate) fn analyse(&self) {
        if let Some(url) = &self.url {
            PgConnection::establish(url).unwrap().batch_execute("ANALYZE").unwrap();
        }
    }

    pub(crate) fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let mut request = self.http.post(format!("http://{}{path}", self.address)).json(body);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let response = request.send().unwrap();
        let status = response.status();
        let text = response.text().unwrap();
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    fn log_in(&self, name: &str) -> String {
        let tokens = self.post("/api/v1/sessions", "", &json!({ "username": name, "password": PASSWORD }));
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    fn furnish(&mut self, setup_token: &str) {
        self.post("/api/v1/setup", "", &json!({ "setup_token": setup_token, "user": user("admin") }));
        let admin = self.log_in("admin");
        for role in ["officer", "auditor"] {
            self.post("/api/v1/users", &admin, &json!({ "user": user(role), "bank_role": role }));
        }
        let school = json!({ "name": "学校", "kind": "university", "credit_code": "914403003429409755", "division_code": "410502", "member": user("registrar") });
        let school = self.post("/api/v1/institutions", "", &school);
        self.school = school["institution_id"].as_str().unwrap().to_owned();
        self.post(
            &format!("/api/v1/institutions/{}/approve", self.school),
            &admin,
            &json!({ "reason": "ok" }),
        );
        self.registrar = self.log_in("registrar");
        let achievement = json!({ "institution_id": self.school, "code": "occ-elec-4", "name_chinese": "电工", "kind": "occupational_certificate",
            "family": "occ-elec", "rank": 2, "valid_from": "2020-01-01" });
        let draft = self.post("/api/v1/achievements", &self.registrar, &achievement);
        let id = draft["achievement_id"].as_str().unwrap();
        self.post(&format!("/api/v1/achievements/{id}/publish"), &self.registrar, &json!({}));
        let rule = json!({ "title": "电工四级", "citation": "测试", "selector": { "family": "occ-elec", "rank": 2 },
            "method": { "method": "fixed", "credit": "9.00" }, "selected_by": "award_date", "effective_from": "2020-01-01" });
        self.post("/api/v1/recognition-rules", &admin, &rule);
    }

    /// An outcome of one of the learners, with a certificate number of its own.
    pub(crate) fn outcome(&self, learner: usize, certificate: usize) -> Value {
        json!({
            "institution_id": self.school, "achievement_code": "occ-elec-4", "awarded_on": "2024-03-01", "certificate_number": format!("C{certificate:012}"),
            "learner": { "document_kind": "passport", "document_number": format!("P{learner:09}"), "name": "John Smith" }, "score": "86",
        })
    }

    pub(crate) fn batch(&self, learners: impl Iterator<Item = usize>, first_certificate: usize) -> Value {
        let rows: Vec<Value> = learners
            .enumerate()
            .map(|(number, learner)| json!({ "outcome": self.outcome(learner, first_certificate + number) }))
            .collect();
        let answer = self.post("/api/v1/outcomes/batch", &self.registrar, &json!({ "rows": rows }));
        assert_eq!(answer["refused"], 0, "{answer}");
        answer
    }

    /// A learner who logs in.
    pub(crate) fn claim(&self, learner_id: &str) -> String {
        let code = self.post(
            &format!("/api/v1/learners/{learner_id}/claim-codes"),
            &self.registrar,
            &json!({ "institution_id": self.school }),
        );
        let claim = json!({ "account_number": code["account_number"], "claim_code": code["claim_code"], "user": user("learner") });
        self.post("/api/v1/accounts/claim", "", &claim);
        self.log_in("learner")
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
