//! Issuers whom the bank believes, over HTTP on both back ends: registered and ended by the bank's people, listed for everybody.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, Server, on_both};
use super::town::Town;

const WEB: &str = "did:web:college.example";

/// A published sample of an Ed25519 key.
const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

fn new(identifier: &str) -> Value {
    json!({ "identifier": identifier, "name": "示范学院", "reason": "教育厅名单", "keys": [{ "multibase": KEY }] })
}

/// What anybody reads, without a token.
fn listed(server: &Server, query: &str) -> Answer {
    Answer::of(server.request(Method::GET, &format!("/api/v1/issuers{query}")).send().unwrap())
}

fn ids(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["issuer_id"].as_str().unwrap()).collect()
}

#[test]
fn issuers_are_registered_and_ended_by_the_banks_people_and_listed_for_everybody() {
    on_both(|server| {
        let town = Town::build(server);
        let path = "/api/v1/issuers";
        assert_eq!(server.submit(path, &new(WEB)).refusal(), (401, "unauthenticated"));
        for token in [&town.registrar, &town.auditor] {
            assert_eq!(server.post(path, token, &new(WEB)).refusal(), (403, "forbidden"));
        }
        assert_eq!(listed(server, "").expect(200), json!({ "items": [] }));

        let issuer = server.post(path, &town.officer, &new(WEB)).expect(201);
        assert_eq!((&issuer["identifier"], &issuer["ended_at"]), (&json!(WEB), &Value::Null));
        assert_eq!(
            server.post(path, &town.administrator, &new(WEB)).refusal(),
            (409, "issuer_registered")
        );
        let wrong = server.post(path, &town.officer, &new("did:key:z6Mk"));
        assert_eq!(wrong.refusal(), (422, "invalid_body"));
        assert_eq!(wrong.body["errors"][0]["pointer"], "/identifier");
        let mut unknown = new("https://other.example");
        unknown["colour"] = json!("red");
        assert_eq!(server.post(path, &town.officer, &unknown).refusal(), (400, "malformed_body"));
        let other = server.post(path, &town.administrator, &new("https://other.example")).expect(201);

        let (first, second) = (issuer["issuer_id"].as_str().unwrap(), other["issuer_id"].as_str().unwrap());
        assert_eq!(ids(&listed(server, "").expect(200)), [second, first]);
        assert_eq!(ids(&listed(server, &format!("?identifier={WEB}")).expect(200)), [first]);
        let page = listed(server, "?limit=1");
        let next = page.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
        let next = next.split_once("/api/v1/issuers").unwrap().1;
        assert_eq!(ids(&listed(server, next).expect(200)), [first]);
        let bad = listed(server, "?limit=0");
        assert_eq!(bad.status, 400, "{}", bad.text);

        let end = format!("{path}/{first}/end");
        let reason = json!({ "reason": "学院已撤销" });
        assert_eq!(server.submit(&end, &reason).refusal(), (401, "unauthenticated"));
        for token in [&town.registrar, &town.auditor] {
            assert_eq!(server.post(&end, token, &reason).refusal(), (403, "forbidden"));
        }
        assert_eq!(
            server.post(&end, &town.officer, &json!({ "reason": " " })).refusal(),
            (422, "invalid_body")
        );
        let nowhere = format!("{path}/{}/end", town.school);
        assert_eq!(server.post(&nowhere, &town.officer, &reason).refusal(), (404, "not_found"));
        let ended = server.post(&end, &town.officer, &reason).expect(200);
        assert_eq!(ended["end_reason"], "学院已撤销");
        assert!(ended["ended_at"].is_string());
        assert_eq!(server.post(&end, &town.officer, &reason).refusal(), (409, "wrong_state"));
        // It stays listed, and may be registered again.
        let again = server.post(path, &town.officer, &new(WEB)).expect(201);
        let all = listed(server, &format!("?identifier={WEB}")).expect(200);
        assert_eq!(ids(&all), [again["issuer_id"].as_str().unwrap(), first]);
        assert_eq!(
            (&all["items"][0]["ended_at"], &all["items"][1]["ended_at"]),
            (&Value::Null, &ended["ended_at"])
        );
    });
}
