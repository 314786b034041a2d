//! A portfolio over HTTP on both back ends: written, edited by edition, confirmed by a school, and paged.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::on_both;
use super::town::{Town, user};

#[test]
fn an_entry_is_written_confirmed_and_shown_on_the_timeline() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let members = format!("/api/v1/institutions/{}/members", town.school);
        let body = json!({ "user": user("reviewer"), "roles": ["reviewer"] });
        server.post(&members, &town.registrar, &body).expect(201);
        let reviewer = server.log_in("reviewer");

        let entry = json!({ "kind": "work", "title": { "zh": "实训中心助教" }, "from": "2023-03-01", "skills": ["教学"] });
        let mut wrong = entry.clone();
        wrong["links"] = json!([{ "url": "http://example.com/" }]);
        let refused = server.post("/api/v1/me/portfolio/entries", &learner, &wrong);
        assert_eq!(
            (refused.refusal(), &refused.body["errors"][0]["pointer"]),
            ((422, "invalid_body"), &json!("/links/0/url"))
        );
        let made = server.post("/api/v1/me/portfolio/entries", &learner, &entry);
        assert_eq!(made.header("etag"), Some("\"1\""));
        let made = made.expect(201);
        let path = format!("/api/v1/me/portfolio/entries/{}", made["entry_id"].as_str().unwrap());
        let put = |edition: &str, body: &Value| {
            let request = server.request(Method::PUT, &path).bearer_auth(&learner).header("If-Match", edition);
            super::server::Answer::of(request.json(body).send().unwrap())
        };
        let mut edited = entry.clone();
        edited["to"] = json!("2024-07-01");
        assert_eq!(put("\"2\"", &edited).refusal(), (412, "stale_edition"));
        assert_eq!(put("\"1\"", &edited).expect(200)["edition"], 2);
        let no_edition = server.call(Method::PUT, &path, Some(&learner), Some(&edited));
        assert_eq!(no_edition.refusal(), (400, "precondition_needed"));

        let asked = server
            .post(
                &format!("{path}/confirmations"),
                &learner,
                &json!({ "institution_id": town.school }),
            )
            .expect(201);
        let waits = format!("/api/v1/entry-confirmations?institution_id={}&state=requested", town.school);
        let listed = server.get(&waits, &reviewer).expect(200);
        assert_eq!(listed["items"][0]["confirmation_id"], asked["confirmation_id"]);
        assert_eq!(
            (&listed["items"][0]["entry_kind"], &listed["items"][0]["entry_title"]["zh"]),
            (&entry["kind"], &entry["title"]["zh"])
        );
        let confirmation = format!("/api/v1/entry-confirmations/{}", asked["confirmation_id"].as_str().unwrap());
        assert_eq!(server.get(&confirmation, &town.stranger).refusal(), (404, "not_found"));
        assert_eq!(server.get(&confirmation, &reviewer).expect(200)["content"]["to"], "2024-07-01");
        server
            .post(&format!("{confirmation}/answer"), &reviewer, &json!({ "answer": "confirm" }))
            .expect(200);

        let first = server.get("/api/v1/me/portfolio?group=kind&limit=1", &learner);
        let next = first.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
        assert_eq!(first.expect(200)["items"][0]["kind"], "outcome");
        assert_eq!(server.get(&next, &learner).expect(200)["items"][0]["kind"], "credit");
        let of_work = server.get("/api/v1/me/portfolio?kind=work", &learner).expect(200);
        assert_eq!(
            (&of_work["items"][0]["verification"], &of_work["skills"][0]["of"]),
            (&json!("confirmed"), &json!("教学"))
        );
        let place = format!("/api/v1/me/portfolio/items/{}", deposited["outcome_id"].as_str().unwrap());
        server
            .call(Method::PUT, &place, Some(&learner), Some(&json!({ "hidden": true })))
            .expect(200);
        let hidden = server.get("/api/v1/me/portfolio?hidden=true", &learner).expect(200);
        assert_eq!(hidden["items"][0]["item_id"], deposited["outcome_id"]);
        let consents = server.get("/api/v1/me/consents", &learner).expect(200);
        assert_eq!(consents["items"][0]["kind"], "entry_confirmation");
        assert_eq!(server.call(Method::DELETE, &path, Some(&learner), None).status, 204);
        assert_eq!(server.get(&path, &learner).refusal(), (404, "not_found"));
    });
}
