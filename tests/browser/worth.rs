//! What is it worth, by whoever has no log-in; and worth and planner, by a learner.

use reqwest::Method;
use serde_json::{Value, json};

use super::pages::looked;
use super::server::{Answer, BackEnd, PASSWORD, Server, program};
use super::town::{Town, pathway};

/// The school's rules: certificates for core courses, trainings for practice.
fn rules(today: &str) -> Value {
    json!({
        "code": "certificates", "title": { "zh": "证书与培训转换办法", "en": "Certificates and trainings" }, "owner": "914403003429409755",
        "legal_basis": ["国发〔2019〕4号"], "effective_from": today, "selected_by": "decision_date",
        "clauses": [
            { "id": "certificates", "citation": "第六条", "outcomes": { "kinds": ["occupational_certificate"] },
                "to": [{ "to": "courses", "select": { "tags_any": ["core"] } }], "value": { "of": { "base": "bank_credit" } },
                "targets": "many", "remainder": "forfeited", "coverage": "whole_by_one" },
            { "id": "training", "citation": "第七条", "outcomes": { "kinds": ["training"] },
                "to": [{ "to": "courses", "select": { "tags_any": ["practicum"] } }], "value": { "of": { "base": "hours", "per_credit": "16" } },
                "targets": "one", "remainder": "kept", "coverage": "whole_by_one" }],
    })
}

pub(super) fn programme() -> Value {
    let course = |code: &str, name: &str, credits: &str, tag: &str, bucket: &str| json!({ "code": code, "name": { "zh": name }, "credits": credits, "tags": [tag], "required": true, "bucket": bucket });
    json!({ "code": "elec-2024", "name": { "zh": "电气自动化技术", "en": "Electrical automation" }, "level": 4, "required_credit": "20",
        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "8" }, { "code": "practice", "name": { "zh": "实践课" }, "minimum": "4" }],
        "courses": [course("E101", "电工基础", "3.5", "core", "major"), course("E102", "电机与拖动", "3.5", "core", "major"),
            course("P101", "焊接实训", "2", "practicum", "practice")],
        "effective_from": "2024-09-01" })
}

/// Files the rules and has them accepted.
pub(super) fn put_in_force(server: &Server, town: &Town) {
    let today = (credit_bank::clock::now() + chrono::TimeDelta::hours(8)).date_naive().to_string();
    let document = rules(&today);
    let case = json!({ "name": "高级工", "decided_on": "3000-01-01", "programme": programme(),
        "outcomes": [{ "key": "certificate", "name": "电工(三级/高级工)", "achievement": "occ-elec-3", "kind": "occupational_certificate",
            "issuer": { "credit_code": "91310000607378133K", "kind": "assessment_body" }, "bank_credit": "9.00", "awarded_on": "2024-05-10" }],
        "expected": { "recognised": "7" } });
    let new = json!({ "institution_id": town.school, "document": document, "cases": [case] });
    let draft = server.post("/api/v1/rule-packs", &town.registrar, &new).expect(201);
    let path = format!("/api/v1/rule-packs/{}", draft["pack_id"].as_str().unwrap());
    server.post(&format!("{path}/file"), &town.registrar, &json!({})).expect(200);
    let decided = server
        .request(Method::POST, &format!("{path}/decide-filing"))
        .bearer_auth(&town.officer)
        .header("If-Match", "\"2\"")
        .json(&json!({ "decision": "accept", "reason": "按规定" }));
    Answer::of(decided.send().unwrap()).expect(200);
}

#[test]
fn anybody_asks_what_outcomes_are_worth_and_a_learner_plans_with_the_own_record() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    command.env("CREDIT_BANK_PACK_NOTICE_DAYS", "0");
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let town = Town::build(&server);
    for school in [&town.school, &town.other_school] {
        let member = if school == &town.school { &town.registrar } else { &town.stranger };
        let new = json!({ "institution_id": school, "programme": programme() });
        server.post("/api/v1/programmes", member, &new).expect(201);
    }
    put_in_force(&server, &town);
    server
        .post("/api/v1/pathways", &town.officer, &pathway("elec-3-2", "elec-2024"))
        .expect(201);
    let training = json!({ "institution_id": town.school, "code": "tr-weld", "name_chinese": "焊接技能提升培训", "name_english": "Welding",
        "kind": "training", "hours": "64", "valid_from": "2020-01-01" });
    let draft = server.post("/api/v1/achievements", &town.registrar, &training).expect(201);
    let publish = format!("/api/v1/achievements/{}/publish", draft["achievement_id"].as_str().unwrap());
    server.post(&publish, &town.registrar, &json!({})).expect(200);
    let deposited = town.deposit(&server, &town.outcome("S000441012345242000001")).expect(201);
    town.claim(&server, deposited["learner_id"].as_str().unwrap(), "wangfang");
    let given = json!({ "address": server.base, "username": "wangfang", "password": PASSWORD });
    let looked = looked("worth.mjs", &given);
    assert!(looked >= 100, "{looked}");
}
