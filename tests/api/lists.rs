//! Lists are read from the newest or from the oldest, page by page, and have the same things in them.

use serde_json::{Value, json};

use super::server::{Server, on_both};
use super::town::Town;

/// All that a list holds, three at a time, from the beginning of an order.
fn read(server: &Server, path: &str, token: &str, order: &str) -> Vec<Value> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let mut next = Some(format!("{path}{sign}order={order}&limit=3"));
    let mut items = Vec::new();
    while let Some(path) = next {
        let page = server.get(&path, token);
        next = page.header("link").map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
        items.extend(page.expect(200)["items"].as_array().unwrap().iter().cloned());
    }
    items
}

#[test]
fn a_list_can_be_read_from_either_end() {
    on_both(|server| {
        let town = Town::build(server);
        let mut learner_id = String::new();
        for number in 1..=5 {
            let outcome = town.outcome(&format!("S00044101234524200000{number}"));
            let deposited = town.deposit(server, &outcome).expect(201);
            learner_id = deposited["learner_id"].as_str().unwrap().to_owned();
            let mut other = town.outcome(&format!("S00044101234524200010{number}"));
            other["learner"]["name"] = json!(["李娜", "李丽", "张静", "刘洋", "陈明"][number - 1]);
            assert_eq!(town.deposit(server, &other).refusal(), (422, "identity_mismatch"));
        }
        let learner = town.claim(server, &learner_id, "wangfang");
        for _ in 0..4 {
            server
                .get(&format!("/api/v1/learners/{learner_id}/account"), &town.auditor)
                .expect(200);
        }
        let school = &town.school;
        for number in 1..=4 {
            let client = json!({ "name": format!("系统{number}"), "scopes": ["outcomes:write"] });
            server
                .post(&format!("/api/v1/institutions/{school}/api-clients"), &town.registrar, &client)
                .expect(201);
            let achievement = json!({ "institution_id": school, "code": format!("course-{number}"), "name_chinese": "课程",
                "kind": "course", "hours": "16", "valid_from": "2020-01-01" });
            server.post("/api/v1/achievements", &town.registrar, &achievement).expect(201);
        }
        let lists = [
            ("/api/v1/me/outcomes".to_owned(), &learner, "outcome_id"),
            ("/api/v1/me/access-log".to_owned(), &learner, "access_id"),
            ("/api/v1/me/notifications".to_owned(), &learner, "notification_id"),
            ("/api/v1/me/movements".to_owned(), &learner, "movement_id"),
            (format!("/api/v1/outcomes?institution_id={school}"), &town.registrar, "outcome_id"),
            (
                format!("/api/v1/identity-mismatches?institution_id={school}"),
                &town.registrar,
                "mismatch_id",
            ),
            (format!("/api/v1/audit?institution_id={school}"), &town.auditor, "audit_id"),
            (format!("/api/v1/institutions/{school}/api-clients"), &town.registrar, "client_id"),
            (
                format!("/api/v1/achievements?institution_id={school}"),
                &town.registrar,
                "achievement_id",
            ),
        ];
        for (path, token, id) in lists {
            let ids = |order: &str| -> Vec<Value> { read(server, &path, token, order).iter().map(|item| item[id].clone()).collect() };
            let newest = ids("newest");
            let mut oldest = ids("oldest");
            // A look at a list may itself be written down: what came meanwhile is at the end.
            oldest.truncate(newest.len());
            oldest.reverse();
            assert!(newest.len() >= 4 && newest.iter().all(Value::is_string), "{path}: {newest:?}");
            assert_eq!(newest, oldest, "{path}");
            let sideways = if path.contains('?') { "&order=sideways" } else { "?order=sideways" };
            assert_eq!(server.get(&format!("{path}{sideways}"), token).status, 400, "{path}");
        }
    });
}

/// Lists in which time is not what orders: rows by their place in a file, what a correction touches by learner, the portfolio as it is
/// grouped, rules by their versions.
const OWN_ORDER: [&str; 4] = [
    "/api/v1/imports/{import_id}/rows",
    "/api/v1/corrections/{correction_id}/items",
    "/api/v1/me/portfolio",
    "/api/v1/recognition-rules",
];

#[test]
fn every_list_can_be_read_from_the_oldest_or_has_an_order_of_its_own() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/api-spec/openapi.json")).unwrap();
    let spec: Value = serde_json::from_str(&text).unwrap();
    let mut lists = 0;
    for (path, operations) in spec["paths"].as_object().unwrap() {
        let read = &operations["get"];
        let takes = |name: &str| {
            let parameters = read["parameters"].as_array();
            parameters.is_some_and(|all| all.iter().any(|parameter| parameter["name"] == name))
        };
        if !takes("cursor") || OWN_ORDER.contains(&path.as_str()) {
            continue;
        }
        lists += 1;
        let said = read["responses"]["200"]["description"].as_str().unwrap();
        assert!(takes("order") && said.starts_with("A page, from the newest"), "{path}: {said}");
    }
    assert!(lists > 30, "{lists}");
}
