//! The desk of a school: its registrar and its approver at work, and the bank's officer who looks at what waits.

use reqwest::Method;
use serde_json::{Value, json};

use super::pages::looked;
use super::server::{Answer, BackEnd, PASSWORD, Server};
use super::town::{Town, user};

/// What a run needs: people, a disputed outcome, an entry to confirm, and an outcome that waits.
fn run(server: &Server, town: &Town, number: usize) -> Value {
    let members = format!("/api/v1/institutions/{}/members", town.school);
    for (name, roles) in [
        ("registrar", json!(["registrar", "institution_admin"])),
        ("approver", json!(["approver", "reviewer"])),
    ] {
        let new = json!({ "user": user(&format!("{name}-{number}")), "roles": roles });
        server.post(&members, &town.registrar, &new).expect(201);
    }
    let officer = json!({ "user": user(&format!("officer-{number}")), "bank_role": "officer" });
    server.post("/api/v1/users", &town.administrator, &officer).expect(201);
    let deposit = |certificate: &str, document: &str| {
        let mut outcome = town.outcome(certificate);
        outcome["learner"] = json!({ "document_kind": "passport", "document_number": document, "name": "王芳" });
        town.deposit(server, &outcome).expect(201)
    };
    let outcome = deposit(&format!("S00044101234524200{number:04}"), &format!("E1234567{number}"));
    let waiting = deposit(&format!("ODD-{number}"), &format!("E7654321{number}"));
    let learner = town.claim(server, outcome["learner_id"].as_str().unwrap(), &format!("learner-{number}"));
    let request = json!({ "outcome_id": outcome["outcome_id"], "kind": "wrong", "reason": "成绩应为 96 分", "fields": [{ "part": "score", "should_be": "96" }] });
    let request = server.post("/api/v1/me/correction-requests", &learner, &request).expect(201);
    let upload = server
        .request(Method::POST, "/api/v1/me/evidence?name=证明.pdf")
        .bearer_auth(&learner);
    let file = Answer::of(upload.header("Content-Type", "application/pdf").body("%PDF-1.7").send().unwrap()).expect(201);
    let entry = json!({ "kind": "work", "title": { "zh": "实训中心助教", "en": "Assistant" }, "artefacts": [file["file_id"]] });
    let entry = server.post("/api/v1/me/portfolio/entries", &learner, &entry).expect(201);
    let path = format!("/api/v1/me/portfolio/entries/{}/confirmations", entry["entry_id"].as_str().unwrap());
    let asked = server.post(&path, &learner, &json!({ "institution_id": town.school })).expect(201);
    json!({ "number": number, "password": PASSWORD, "school": town.school, "outcome": outcome["outcome_id"], "waiting": waiting["outcome_id"],
        "request": request["request_id"], "confirmation": asked["confirmation_id"], "certificate": format!("S00044101234524209{number:04}") })
}

#[test]
fn a_school_deposits_corrects_and_lets_its_systems_in() {
    let server = Server::start(BackEnd::Sqlite);
    let town = Town::build(&server);
    let ways = [("zh-CN", true, 1280), ("en", false, 360)];
    let mut runs = Vec::new();
    for (number, (language, java_script, width)) in ways.into_iter().enumerate() {
        let mut given = run(&server, &town, number);
        given["language"] = json!(language);
        given["javaScript"] = json!(java_script);
        given["width"] = json!(width);
        runs.push(given);
    }
    let looked = looked("desk.mjs", &json!({ "address": server.base, "runs": runs }));
    assert!(looked >= 250, "{looked}");
}
