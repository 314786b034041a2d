//! A wrong record over HTTP, on both back ends: requested, refused, complained of, promised, given up, and corrected after all.

use serde_json::{Value, json};

use super::corrections::{apply, approver, preview};
use super::server::{Server, on_both};
use super::town::Town;

/// Requests a correction of a learner's outcome.
pub(crate) fn request(server: &Server, learner: &str, outcome_id: &Value) -> super::server::Answer {
    let new = json!({ "outcome_id": outcome_id, "kind": "wrong", "reason": "成绩应为 96 分", "fields": [{ "part": "score", "should_be": "96" }] });
    server.post("/api/v1/me/correction-requests", learner, &new)
}

#[test]
fn a_refusal_is_overturned_and_the_record_corrected() {
    on_both(|server| {
        let town = Town::build(server);
        let approver = approver(server, &town);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let outcome = format!("/api/v1/outcomes/{}", deposited["outcome_id"].as_str().unwrap());
        let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let requested = request(server, &learner, &deposited["outcome_id"]).expect(201);
        let path = format!("/api/v1/correction-requests/{}", requested["request_id"].as_str().unwrap());
        let act = |step: &str, token: &str, body: Value| server.post(&format!("{path}/{step}"), token, &body);
        assert_eq!(
            (&requested["outcome_name"]["zh"], &requested["left_working_days"]),
            (&json!("电工(四级/中级工)"), &json!(20))
        );
        assert!(requested["institution_name"].is_string(), "{requested}");
        let again = request(server, &learner, &deposited["outcome_id"]);
        assert_eq!(again.refusal(), (409, "correction_requested"));
        assert!(again.text.contains(requested["request_id"].as_str().unwrap()));
        let dispute = |token: &str| server.get(&outcome, token).expect(200)["dispute"].clone();
        assert_eq!(dispute(&town.registrar)["request_id"], requested["request_id"]);
        let record = format!("/api/v1/learners/{}/outcomes", deposited["learner_id"].as_str().unwrap());
        for (list, token) in [
            ("/api/v1/me/outcomes", &learner),
            (record.as_str(), &town.officer),
            (&format!("/api/v1/outcomes?institution_id={}", town.school), &town.registrar),
        ] {
            let listed = server.get(list, token).expect(200);
            assert_eq!(listed["items"][0]["dispute"]["state"], "requested", "{list}");
        }

        // It waits at the school.
        let of_school = format!("institution_id={}", town.school);
        let waits = |query: &str| {
            server
                .get(&format!("/api/v1/correction-requests?{of_school}{query}"), &approver)
                .expect(200)
        };
        assert_eq!(waits("&state=requested")["items"][0]["request_id"], requested["request_id"]);
        assert_eq!(waits("&overdue=true")["items"], json!([]));
        let due = server.get(&format!("/api/v1/corrections/due?{of_school}"), &approver).expect(200);
        assert_eq!(due["items"], json!([{ "due": "answer_request", "waiting": 1, "overdue": 0 }]));
        let other = server.get(&format!("/api/v1/correction-requests?{of_school}"), &town.stranger);
        assert_eq!(other.refusal(), (404, "not_found"));
        assert_eq!(server.get(&path, &town.stranger).refusal(), (404, "not_found"));
        assert_eq!(server.get(&path, &town.auditor).expect(200)["reason"], "成绩应为 96 分");

        // Refused for a reason that the learner reads, who complains once.
        let silent = act("answer", &approver, json!({ "answer": "refuse" }));
        assert_eq!(
            (silent.refusal(), &silent.body["errors"][0]["pointer"]),
            ((422, "invalid_body"), &json!("/reason"))
        );
        act("answer", &approver, json!({ "answer": "refuse", "reason": "与成绩单一致" })).expect(200);
        let own = server.get(&path, &learner).expect(200);
        assert_eq!(
            (&own["state"], &own["refusal"], &own["answered_by_name"]),
            (&json!("refused"), &json!("与成绩单一致"), &Value::Null)
        );
        assert_eq!(dispute(&learner), Value::Null);
        act("complain", &learner, json!({ "reason": "没有看证书原件" })).expect(200);
        assert_eq!(dispute(&learner)["state"], "complained");
        let decision = json!({ "decision": "overturn", "reason": "证书原件为 96 分" });
        assert_eq!(act("decide-complaint", &approver, decision.clone()).refusal(), (403, "forbidden"));
        act("decide-complaint", &town.officer, decision).expect(200);
        assert_eq!(
            act("complain", &learner, json!({ "reason": "又来" })).refusal(),
            (409, "wrong_state")
        );

        // The first correction is given up, the second applied.
        let first = preview(server, &town, &town.registrar, &deposited["outcome_id"]).expect(201);
        let accept = |correction: &Value| {
            act(
                "answer",
                &approver,
                json!({ "answer": "accept", "correction_id": correction["correction_id"] }),
            )
        };
        assert_eq!(accept(&first).expect(200)["correction_id"], first["correction_id"]);
        let give_up = format!("/api/v1/corrections/{}/give-up", first["correction_id"].as_str().unwrap());
        assert_eq!(server.post(&give_up, &town.registrar, &json!({})).expect(200)["state"], "given_up");
        assert_eq!(apply(server, &approver, &first).refusal(), (409, "wrong_state"));
        assert_eq!(accept(&first).refusal(), (422, "correction_unfit"));
        let second = preview(server, &town, &town.registrar, &deposited["outcome_id"]).expect(201);
        accept(&second).expect(200);
        apply(server, &approver, &second).expect(200);
        let list = server.get("/api/v1/me/correction-requests", &learner).expect(200);
        assert_eq!(
            (&list["items"][0]["state"], &list["items"][0]["correction_id"]),
            (&json!("corrected"), &second["correction_id"])
        );
        assert_eq!(dispute(&learner), Value::Null);
        assert_eq!(
            server.post(&format!("{path}/withdraw"), &learner, &json!({})).refusal(),
            (409, "wrong_state")
        );
    });
}
