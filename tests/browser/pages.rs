//! Runs the scripts that read the pages.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use image::ImageFormat;
use serde_json::{Value, json};

use super::pictures::{drawn, saved};
use super::server::{BackEnd, PASSWORD, Server};
use super::town::Town;

/// Runs a script, and says how many things it looked at.
pub(super) fn looked(script: &str, given: &Value) -> u64 {
    let installed: PathBuf = std::env::var("CREDIT_BANK_TEST_BROWSER")
        .expect("tests/run names the browser's driver in CREDIT_BANK_TEST_BROWSER")
        .into();
    // Packages are looked for beside the script.
    let directory = tempfile::tempdir().unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    for name in ["package.json", "pages.mjs", script] {
        std::fs::copy(own.join(name), directory.path().join(name)).unwrap();
    }
    std::os::unix::fs::symlink(installed.join("node_modules"), directory.path().join("node_modules")).unwrap();
    let mut process = Command::new("node")
        .arg(directory.path().join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}: {said}{complained}");
    let said: Value = serde_json::from_str(said.trim()).unwrap();
    said["looked"].as_u64().unwrap()
}

#[test]
fn public_pages_can_be_read_by_everybody() {
    let server = Server::start(BackEnd::Sqlite);
    Town::build(&server);
    let picture = |text: &str| BASE64_STANDARD.encode(saved(drawn(text), ImageFormat::Png));
    let given = json!({ "address": server.base, "own": picture("20260000000000000198"), "foreign": picture("https://evil.example/<b>") });
    let looked = looked("public.mjs", &given);
    assert!(looked >= 280, "{looked}");
}

/// A learner with an outcome, who has the code to claim the account with.
fn learner(server: &Server, town: &Town, number: usize) -> Value {
    let mut outcome = town.outcome(&format!("S00044101234524200{number:04}"));
    outcome["learner"] = json!({ "document_kind": "passport", "document_number": format!("E1234567{number}"), "name": "王芳" });
    let deposited = town.deposit(server, &outcome).expect(201);
    let path = format!("/api/v1/learners/{}/claim-codes", deposited["learner_id"].as_str().unwrap());
    let mut person = server
        .post(&path, &town.registrar, &json!({ "institution_id": town.school }))
        .expect(201);
    person["username"] = json!(format!("learner-{number}"));
    person["password"] = json!(PASSWORD);
    person
}

#[test]
fn a_learner_claims_the_account_reads_it_disputes_a_record_and_secures_the_log_in() {
    let server = Server::start(BackEnd::Sqlite);
    let town = Town::build(&server);
    let ways = [("zh-CN", true, 1280), ("en", true, 360), ("zh-CN", false, 360), ("en", false, 1280)];
    let mut people = Vec::new();
    for (number, (language, java_script, width)) in ways.into_iter().enumerate() {
        let mut person = learner(&server, &town, number);
        person["language"] = json!(language);
        person["javaScript"] = json!(java_script);
        person["width"] = json!(width);
        people.push(person);
    }
    let by_keyboard = learner(&server, &town, 9);
    let claim = json!({ "account_number": by_keyboard["account_number"], "claim_code": by_keyboard["claim_code"],
        "user": super::town::user("learner-9") });
    server.submit("/api/v1/accounts/claim", &claim).expect(201);
    let given = json!({ "address": server.base, "people": people, "keyboard": by_keyboard });
    let looked = looked("learner.mjs", &given);
    assert!(looked >= 200, "{looked}");
    // Two presses at once made one request of the fifth.
    let token = server.log_in("learner-9");
    let requests = server.get("/api/v1/me/correction-requests", &token).expect(200);
    assert_eq!(requests["items"].as_array().unwrap().len(), 1, "{requests}");
    // Whoever has set up a second factor is asked for it by the API too.
    let refused = server.submit("/api/v1/sessions", &json!({ "username": "learner-0", "password": PASSWORD }));
    assert_eq!(refused.refusal(), (401, "second_factor_needed"));
}
