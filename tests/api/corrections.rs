//! Corrections over HTTP, on both back ends: previewed by one, applied by another, refused with the difference where things moved.

use serde_json::{Value, json};

use super::server::{Answer, Server, on_both};
use super::town::{Town, user};

pub(crate) fn preview(server: &Server, town: &Town, token: &str, outcome_id: &Value) -> Answer {
    let new = json!({ "institution_id": town.school, "kind": "withdraw", "scope": { "of": "outcome", "outcome_id": outcome_id },
        "reason": "评价过程违规", "citation": "人社厅发〔2022〕3号" });
    server.post("/api/v1/corrections", token, &new)
}

pub(crate) fn apply(server: &Server, token: &str, correction: &Value) -> Answer {
    let path = format!("/api/v1/corrections/{}/apply", correction["correction_id"].as_str().unwrap());
    server.post(&path, token, &json!({ "digest": correction["digest"] }))
}

pub(crate) fn approver(server: &Server, town: &Town) -> String {
    let members = format!("/api/v1/institutions/{}/members", town.school);
    let body = json!({ "user": user("approver"), "roles": ["approver"] });
    server.post(&members, &town.registrar, &body).expect(201);
    server.log_in("approver")
}

#[test]
fn a_batch_is_previewed_by_one_and_applied_by_another() {
    on_both(|server| {
        let town = Town::build(server);
        let approver = approver(server, &town);
        let numbers = ["S000441012345242000001", "S000441012345242000002", "S000441012345242000003"];
        let deposited: Vec<Value> = numbers
            .iter()
            .map(|number| town.deposit(server, &town.outcome(number)).expect(201))
            .collect();
        let learner = town.claim(server, deposited[0]["learner_id"].as_str().unwrap(), "wangfang");
        let new = json!({ "institution_id": town.school, "kind": "withdraw", "scope": { "of": "batch", "certificate_numbers": numbers[..2] },
            "reason": "评价过程违规", "citation": "人社厅发〔2022〕3号" });
        let previewed = server.post("/api/v1/corrections", &town.registrar, &new).expect(201);
        assert_eq!(
            (
                &previewed["state"],
                &previewed["counts"]["outcomes"],
                &previewed["counts"]["reversed"]
            ),
            (&json!("previewed"), &json!(2), &json!("18.00"))
        );
        let id = previewed["correction_id"].as_str().unwrap();
        let page = server.get(&format!("/api/v1/corrections/{id}/items?limit=1"), &town.registrar);
        let next = page.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
        let second = server.get(&next, &town.registrar);
        assert_eq!((second.header("link"), page.status), (None, 200));
        let (first, second) = (page.expect(200), second.expect(200));
        assert_eq!(first["items"][0]["consequences"][0]["what"], "reverse");
        assert_ne!(first["items"][0]["outcome_id"], second["items"][0]["outcome_id"]);
        assert_eq!(apply(server, &town.registrar, &previewed).refusal(), (403, "own_preview"));
        assert_eq!(apply(server, &town.stranger, &previewed).refusal(), (404, "not_found"));
        let other = json!({ "correction_id": id, "digest": "0".repeat(64) });
        assert_eq!(apply(server, &approver, &other).refusal(), (422, "invalid_body"));
        let applied = apply(server, &approver, &previewed).expect(200);
        assert_eq!((&applied["state"], &applied["counts"]), (&json!("applied"), &previewed["counts"]));
        assert_eq!(apply(server, &approver, &previewed).refusal(), (409, "wrong_state"));
        let read = server.get(&format!("/api/v1/corrections/{id}"), &town.auditor).expect(200);
        assert_eq!(read["applied_by_name"], "approver");
        let account = server.get("/api/v1/me/account", &learner).expect(200);
        assert_eq!(
            (&account["available"], &account["balances"][0]["reversed"]),
            (&json!("9.00"), &json!("18.00"))
        );
        let movements = server.get("/api/v1/me/movements?limit=1", &learner).expect(200);
        assert_eq!(
            (&movements["items"][0]["kind"], &movements["items"][0]["cause_id"]),
            (&json!("reverse"), &previewed["correction_id"])
        );
        let late = server.get("/api/v1/me/account?effective_on=2999-01-01", &learner);
        assert_eq!(late.refusal(), (422, "effective_on_in_the_future"));
        let early = server.get("/api/v1/me/movements?effective_on=2020-01-01", &learner).expect(200);
        assert_eq!(early["items"], json!([]));
        let outcomes = server.get("/api/v1/me/outcomes", &learner).expect(200);
        let all = outcomes["items"].as_array().unwrap();
        let statuses: Vec<&str> = all.iter().map(|one| one["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["accepted", "withdrawn", "withdrawn"]);
        let again = town.deposit(server, &town.outcome(numbers[0])).expect(200);
        assert_eq!(again["status"], "withdrawn", "its number is not free for another");
    });
}

#[test]
fn what_moved_since_the_preview_is_named() {
    on_both(|server| {
        let town = Town::build(server);
        let approver = approver(server, &town);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let by_school = preview(server, &town, &town.registrar, &deposited["outcome_id"]).expect(201);
        let by_bank = preview(server, &town, &town.officer, &deposited["outcome_id"]).expect(201);
        assert_eq!(by_school["digest"], by_bank["digest"]);
        apply(server, &town.officer, &by_school).expect(200);
        let refused = apply(server, &approver, &by_bank);
        assert_eq!(refused.refusal(), (409, "correction_changed"));
        let pointer = format!("/items/{}", deposited["outcome_id"].as_str().unwrap());
        assert_eq!(refused.body["errors"][0]["pointer"], pointer.as_str());
        let open = format!("/api/v1/corrections?institution_id={}&state=previewed", town.school);
        let listed = server.get(&open, &approver).expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let gone = preview(server, &town, &town.registrar, &deposited["outcome_id"]);
        assert_eq!(gone.refusal(), (422, "nothing_to_correct"));
        let foreign = json!({ "institution_id": town.other_school, "kind": "withdraw",
            "scope": { "of": "outcome", "outcome_id": deposited["outcome_id"] }, "reason": "x", "citation": "x" });
        let foreign = server.post("/api/v1/corrections", &town.stranger, &foreign);
        assert_eq!(
            foreign.refusal(),
            (422, "invalid_body"),
            "another school's outcome is none of one's own"
        );
    });
}
