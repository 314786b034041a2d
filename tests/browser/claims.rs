//! A learner's claims: put together, submitted with evidence, answered, refused, appealed against.

use serde_json::{Value, json};

use super::pages::looked;
use super::server::{BackEnd, PASSWORD, Server, program};
use super::town::{Town, user};
use super::worth::{programme, put_in_force};

/// A learner with a certificate and a dispute about it.
fn learner(server: &Server, town: &Town, number: usize, way: (&str, bool, u32)) -> Value {
    let mut outcome = town.outcome(&format!("S00044101234524200{number:04}"));
    outcome["learner"] = json!({ "document_kind": "passport", "document_number": format!("E1234567{number}"), "name": "王芳" });
    let deposited = town.deposit(server, &outcome).expect(201);
    let username = format!("learner-{number}");
    let token = town.claim(server, deposited["learner_id"].as_str().unwrap(), &username);
    let dispute = json!({ "outcome_id": deposited["outcome_id"], "kind": "wrong", "reason": "成绩应为 96 分",
        "fields": [{ "part": "score", "should_be": "96" }] });
    server.post("/api/v1/me/correction-requests", &token, &dispute).expect(201);
    let (language, java_script, width) = way;
    json!({ "username": username, "language": language, "javaScript": java_script, "width": width })
}

#[test]
fn a_learner_claims_a_conversion_and_recognition() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    command.env("CREDIT_BANK_PACK_NOTICE_DAYS", "0");
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let town = Town::build(&server);
    let new = json!({ "institution_id": town.school, "programme": programme() });
    server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    put_in_force(&server, &town);
    let craft =
        json!({ "institution_id": town.school, "code": "craft", "name_chinese": "剪纸技艺", "kind": "other", "valid_from": "2020-01-01" });
    let draft = server.post("/api/v1/achievements", &town.registrar, &craft).expect(201);
    let publish = format!("/api/v1/achievements/{}/publish", draft["achievement_id"].as_str().unwrap());
    server.post(&publish, &town.registrar, &json!({})).expect(200);
    let member = |name: &str, role: &str| {
        let body = json!({ "user": user(name), "roles": [role] });
        let path = format!("/api/v1/institutions/{}/members", town.school);
        server.post(&path, &town.registrar, &body).expect(201);
        server.log_in(name)
    };
    let reviewers = ["reviewer-1", "reviewer-2"].map(|name| member(name, "reviewer"));
    let people: Vec<Value> = [("zh-CN", true, 1280), ("en", false, 360)]
        .into_iter()
        .enumerate()
        .map(|(number, way)| learner(&server, &town, number, way))
        .collect();
    let given = json!({ "address": server.base, "password": PASSWORD, "people": people, "reviewers": reviewers,
        "approver": member("approver-1", "approver") });
    let looked = looked("claims.mjs", &given);
    assert!(looked >= 200, "{looked}");
}
