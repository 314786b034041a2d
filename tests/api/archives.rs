//! Leaving with everything over HTTP and by the command line, on both back ends.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use super::credentials::ask;
use super::server::{Answer, BackEnd, Server, on_both, program};
use super::town::Town;

fn bring(server: &Server, token: &str, media_type: &str, archive: &[u8]) -> Answer {
    let request = server.request(Method::POST, "/api/v1/me/received-records").bearer_auth(token);
    Answer::of(request.header("Content-Type", media_type).body(archive.to_vec()).send().unwrap())
}

/// What the command says of a file: whether it is good, and all of its words.
fn verified(server: &Server, file: &Path) -> (bool, String) {
    let mut command = program(&server.data(), &server.back_end);
    let ended = command.arg("verify-archive").arg("--offline").arg(file).output().unwrap();
    let words = [ended.stdout, ended.stderr].concat();
    (ended.status.success(), String::from_utf8(words).unwrap())
}

#[test]
fn an_archive_is_downloaded_verified_by_the_command_and_taken_in() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let entry = json!({ "kind": "goal", "title": { "en": "A goal" } });
        server.post("/api/v1/me/portfolio/entries", &learner, &entry).expect(201);
        let scope = json!({ "of": "outcome", "outcome_id": deposited["outcome_id"] });
        ask(server, &learner, &json!({ "scope": scope, "form": "jwt" }));

        let request = server.request(Method::GET, "/api/v1/me/archive").bearer_auth(&learner);
        let answer = request.send().unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(
            (answer.status().as_u16(), header("content-type")),
            (200, "application/zip".to_owned())
        );
        let account = server.get("/api/v1/me", &learner).expect(200)["learner"]["account_number"].clone();
        let named = format!("attachment; filename=\"{}-", account.as_str().unwrap());
        assert!(
            header("content-disposition").starts_with(&named),
            "{}",
            header("content-disposition")
        );
        assert_eq!(header("cache-control"), "private, no-store");
        let archive = answer.bytes().unwrap().to_vec();

        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("archive.zip");
        std::fs::write(&file, &archive).unwrap();
        let (good, words) = verified(server, &file);
        assert!(good && words.contains("1 decisions and 0 answers worked out again"), "{words}");
        let mut damaged = archive.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        std::fs::write(&file, &damaged).unwrap();
        let (good, words) = verified(server, &file);
        assert!(!good && words.contains("archive"), "{words}");

        let refused = bring(server, &learner, "text/plain", &archive);
        assert_eq!(refused.refusal(), (415, "unsupported_media_type"));
        let refused = bring(server, &learner, "application/zip", &damaged);
        assert!(
            matches!(refused.refusal(), (422, "archive_unreadable" | "archive_not_genuine")),
            "{}",
            refused.text
        );
        let refused = bring(server, &town.registrar, "application/zip", &archive);
        assert_eq!(refused.refusal(), (404, "not_found"));
        let taken = bring(server, &learner, "application/zip", &archive).expect(201);
        assert_eq!(taken["received"]["verdict"]["problems"], json!([]));
        assert_eq!(taken["received"]["verdict"]["signature"]["standing"], "valid");
        let nothing = json!({ "files": 0, "credentials": 0, "entries": 0, "views": 0 });
        assert_eq!(
            (&taken["restored"], &taken["left_out"]),
            (&nothing, &json!([])),
            "it is the bank's own"
        );
        bring(server, &learner, "application/octet-stream", &archive).expect(200);

        let listed = server.get("/api/v1/me/received-records", &learner).expect(200);
        let id = listed["items"][0]["file"]["file_id"].as_str().unwrap();
        let path = format!("/api/v1/me/received-records/{id}");
        let read = server.get(&path, &learner).expect(200);
        assert_eq!(read["record"]["identity"]["account_number"], account);
        let again = server.post(&format!("{path}/verify"), &learner, &Value::Null).expect(200);
        assert_eq!(again["verdict"]["problems"], json!([]));
    });
}

#[test]
fn how_often_somebody_makes_or_brings_an_archive_is_limited() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    command.env("CREDIT_BANK_ARCHIVES_PER_HOUR", "2");
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let town = Town::build(&server);
    let deposited = town.deposit(&server, &town.outcome("S000441012345242000001")).expect(201);
    let learner = town.claim(&server, deposited["learner_id"].as_str().unwrap(), "wangfang");
    let made = || {
        server
            .request(Method::GET, "/api/v1/me/archive")
            .bearer_auth(&learner)
            .send()
            .unwrap()
    };
    let archive = made().bytes().unwrap();
    assert_eq!(bring(&server, &learner, "application/zip", &archive).status, 201);
    let refused = Answer::of(made());
    assert_eq!(
        (refused.refusal(), refused.header("retry-after").is_some()),
        ((429, "too_many_archives"), true)
    );
    assert_eq!(
        bring(&server, &learner, "application/zip", &archive).refusal(),
        (429, "too_many_archives")
    );
}
