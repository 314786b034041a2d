//! The examples of the description work as they are given: only ids and codes that the bank makes are put in.

use serde_json::Value;

use super::server::on_both;
use super::town::{SCHOOL_CODE, Town};

/// The id that stands for whatever id belongs there.
const PLACEHOLDER: &str = "01985a3e-7c00-7000-8000-000000000001";

/// The example of what an operation takes.
fn example(description: &Value, path: &str, ids: &[(&str, &str)]) -> Value {
    let schema = &description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let name = schema["$ref"]
        .as_str()
        .unwrap_or_else(|| panic!("{path}"))
        .rsplit('/')
        .next()
        .unwrap();
    let mut text = description["components"]["schemas"][name]["example"].to_string();
    assert!(text.starts_with('{'), "{name} has no example");
    for (from, to) in ids {
        assert!(text.contains(from), "{name} does not hold {from}");
        text = text.replace(from, to);
    }
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_larger_example_of_the_description_works() {
    let description = credit_bank::http::openapi::document();
    on_both(|server| {
        let town = Town::build(server);
        let own = [(PLACEHOLDER, town.school.as_str())];
        let api = |path: &str, token: &str, ids: &[(&str, &str)]| server.post(path, token, &example(&description, path, ids)).expect(201);
        api("/api/v1/achievements", &town.registrar, &own);
        api("/api/v1/recognition-rules", &town.administrator, &[]);
        api("/api/v1/certificate-patterns", &town.administrator, &[]);
        api("/api/v1/programmes", &town.registrar, &own);
        api("/api/v1/agreements", &town.registrar, &[]);
        let stages = [("elec-secondary", "elec-2024"), ("914403006990676707", SCHOOL_CODE)];
        api("/api/v1/pathways", &town.officer, &stages);
        api("/api/v1/rule-packs", &town.registrar, &own);
        api("/api/v1/users", &town.administrator, &[]);
        let deposited = api("/api/v1/outcomes", &town.registrar, &own);
        assert_eq!(deposited["credit"], "9.00");
        let batch = "/api/v1/outcomes/batch";
        let answer = server.post(batch, &town.registrar, &example(&description, batch, &own)).expect(200);
        assert_eq!(answer["results"][0]["status"], 200, "the same outcome as the example of one");
        let registered = api("/api/v1/learners", &town.registrar, &own);
        assert_eq!(registered["learner_id"], deposited["learner_id"]);
        let members = "/api/v1/institutions/{institution_id}/members";
        let member = example(&description, members, &[]);
        server
            .post(&members.replace("{institution_id}", &town.school), &town.registrar, &member)
            .expect(201);
        let institution = "/api/v1/institutions";
        server.submit(institution, &example(&description, institution, &[])).expect(201);
        let codes = format!("/api/v1/learners/{}/claim-codes", registered["learner_id"].as_str().unwrap());
        let code = server
            .post(&codes, &town.registrar, &serde_json::json!({ "institution_id": town.school }))
            .expect(201);
        let claim = "/api/v1/accounts/claim";
        let ids = [
            ("1234567890123494", code["account_number"].as_str().unwrap()),
            ("K7PM-2XQD-9RTA", code["claim_code"].as_str().unwrap()),
        ];
        server.submit(claim, &example(&description, claim, &ids)).expect(201);
    });
}
