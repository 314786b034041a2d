//! Notifications over HTTP, on both back ends: told in both languages, marked, and what is wished by mail.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, Server, on_both};
use super::town::Town;

/// The page once the publisher has told as much.
fn told(server: &Server, learner: &str, least: usize) -> Value {
    let begun = Instant::now();
    loop {
        let page = server.get("/api/v1/me/notifications", learner).expect(200);
        if page["items"].as_array().unwrap().len() >= least {
            return page;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{page}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_learner_reads_what_happened_and_says_what_to_mail() {
    on_both(|server| {
        let town = Town::build(server);
        let first = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner_id = first["learner_id"].as_str().unwrap();
        let learner = town.claim(server, learner_id, "wangfang");
        // Whatever came before there was a log-in may be told or not, as the publisher was quick or slow.
        let before = server.get("/api/v1/me/notifications", &learner).expect(200)["items"]
            .as_array()
            .unwrap()
            .len();
        assert!(before <= 1);
        town.deposit(server, &town.outcome("S000441012345242000002")).expect(201);
        server
            .get(&format!("/api/v1/learners/{learner_id}/account"), &town.officer)
            .expect(200);
        let page = told(server, &learner, 2);
        let kinds: Vec<&str> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["kind"].as_str().unwrap())
            .collect();
        assert!(kinds.contains(&"recognised") && kinds.contains(&"looked"), "{kinds:?}");
        let one = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["kind"] == "recognised")
            .unwrap();
        assert_eq!(one["text"], "registrar 学校 deposited an outcome; it brought 9.00 credits.");
        let address = format!("{}/api/v1/me/notifications", server.base);
        let chinese = reqwest::blocking::Client::new().get(address).bearer_auth(&learner);
        let chinese = Answer::of(chinese.header("Accept-Language", "zh").send().unwrap());
        assert!(
            chinese.text.contains("registrar 学校存入了一项学习成果，认定 9.00 学分。"),
            "{}",
            chinese.text
        );
        let path = format!("/api/v1/me/notifications/{}/read", one["notification_id"].as_str().unwrap());
        assert!(server.post(&path, &learner, &json!({})).expect(200)["read_at"].is_string());
        assert_eq!(server.post(&path, &town.officer, &json!({})).refusal(), (404, "not_found"));
        let first_page = server.get("/api/v1/me/notifications?limit=1", &learner);
        let next = first_page.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
        let second = server.get(&next, &learner).expect(200);
        assert_ne!(first_page.body["items"], second["items"]);
        let unread = page["unread"].as_i64().unwrap() - 1;
        assert_eq!(
            server.post("/api/v1/me/notifications/read", &learner, &json!({})).expect(200)["marked"],
            unread
        );
        let none = server.get("/api/v1/me/notifications?unread=true", &learner).expect(200);
        assert_eq!(none, json!({ "items": [], "unread": 0 }));
        let preferences = "/api/v1/me/notification-preferences";
        let read = server.get(preferences, &learner);
        assert_eq!((read.header("etag"), &read.body["confirmed"]), (Some("\"0\""), &json!(false)));
        let put = |edition: &str| {
            let request = server
                .request(Method::PUT, preferences)
                .bearer_auth(&learner)
                .header("If-Match", edition);
            Answer::of(
                request
                    .json(&json!({ "language": "en", "mail": ["expiring", "merge"] }))
                    .send()
                    .unwrap(),
            )
        };
        assert_eq!(put("\"0\"").expect(200)["mail"], json!(["expiring", "merge"]));
        assert_eq!(put("\"0\"").refusal(), (412, "stale_edition"));
        let address = json!({ "address": "wang@example.com", "language": "en" });
        assert_eq!(server.post("/api/v1/me/email", &learner, &address).refusal(), (422, "mail_off"));
        let code = json!({ "code": "12345678" });
        assert_eq!(
            server.post("/api/v1/me/email/confirm", &learner, &code).refusal(),
            (422, "mail_code_wrong")
        );
        assert_eq!(
            server.call(Method::DELETE, "/api/v1/me/email", Some(&learner), None).expect(200)["address"],
            Value::Null
        );
    });
}
