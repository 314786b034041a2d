//! A learner's own things: notifications, profile, consents, taking everything along and taking it in; and whoever objects to a notice.

use serde_json::{Value, json};

use super::pages::looked;
use super::server::{BackEnd, PASSWORD, Server, program};
use super::town::{Town, user};
use super::worth::{programme, put_in_force};

/// A learner who claimed the account.
fn learner(server: &Server, town: &Town, username: &str, document: &str, certificate: usize) -> String {
    let mut outcome = town.outcome(&format!("S00044101234524200{certificate:04}"));
    outcome["learner"] = json!({ "document_kind": "passport", "document_number": document, "name": "王芳" });
    let deposited = town.deposit(server, &outcome).expect(201);
    let token = town.claim(server, deposited["learner_id"].as_str().unwrap(), username);
    // Told to whoever has claimed the account.
    outcome["certificate_number"] = json!(format!("S00044101234524210{certificate:04}"));
    outcome["awarded_on"] = json!("2024-04-01");
    town.deposit(server, &outcome).expect(201);
    token
}

/// A conversion of somebody's that is on public notice.
fn on_notice(server: &Server, claimant: &str, programme: &str, reviewers: &[String], approver: &str) {
    let kept = server
        .post("/api/v1/me/worths", claimant, &json!({ "programme_id": programme }))
        .expect(201);
    let new = json!({ "kind": "conversion", "worth_id": kept["worth_id"], "statement": "申请转换" });
    let claim = server.post("/api/v1/me/claims", claimant, &new).expect(201);
    let path = |verb: &str| format!("/api/v1/claims/{}/{verb}", claim["claim_id"].as_str().unwrap());
    let grant = json!({ "verdict": "grant", "reason": "经核验属实" });
    server.post(&path("take"), &reviewers[0], &json!({})).expect(200);
    for reviewer in reviewers {
        server.post(&path("vote"), reviewer, &grant).expect(200);
    }
    server.post(&path("propose"), &reviewers[0], &grant).expect(200);
    let approved = server.post(&path("approve"), approver, &json!({})).expect(200);
    assert_eq!(approved["status"], "on_notice", "{approved}");
}

#[test]
fn a_learner_looks_after_what_is_his_and_objects_to_a_notice() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    command.env("CREDIT_BANK_PACK_NOTICE_DAYS", "0");
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let town = Town::build(&server);
    let new = json!({ "institution_id": town.school, "programme": programme() });
    let published = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    put_in_force(&server, &town);
    let members = format!("/api/v1/institutions/{}/members", town.school);
    let member = |name: &str, role: &str| {
        let new = json!({ "user": user(name), "roles": [role] });
        server.post(&members, &town.registrar, &new).expect(201);
        server.log_in(name)
    };
    let reviewers = ["reviewer-x", "reviewer-y", "reviewer-z"].map(|name| member(name, "reviewer"));
    let approver = member("approver-x", "approver");
    let claimant = learner(&server, &town, "claimant", "E12345670", 1);
    let programme_id = published["programme_id"].as_str().unwrap();
    on_notice(&server, &claimant, programme_id, &reviewers, &approver);
    let ways = [("zh-CN", true, 1280), ("en", false, 360)];
    let people: Vec<Value> = ways
        .into_iter()
        .enumerate()
        .map(|(number, (language, java_script, width))| {
            let username = format!("learner-{number}");
            learner(&server, &town, &username, &format!("E9876543{number}"), 10 + number);
            json!({ "username": username, "password": PASSWORD, "language": language, "javaScript": java_script, "width": width })
        })
        .collect();
    let badge = include_str!("../fixtures/open-badge.json");
    let looked = looked("mine.mjs", &json!({ "address": server.base, "people": people, "badge": badge }));
    assert!(looked >= 120, "{looked}");
}
