//! A draft simulated over HTTP: queued, run by the server's own thread, and read.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::packs::document;
use super::server::{Answer, Server, on_both};
use super::town::{Town, programme};

/// Publishes a programme of the town's school and starts a simulation of a pack of it.
pub(crate) fn start(server: &Server, town: &Town, pack_id: &str) -> Answer {
    let mut programme = programme("simulated");
    // The pack is for courses with this tag.
    programme["courses"][0]["tags"] = json!(["core"]);
    let new = json!({ "institution_id": town.school, "programme": programme });
    let published = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    let body = json!({ "programme_id": published["programme_id"] });
    server.post(&format!("/api/v1/rule-packs/{pack_id}/simulate"), &town.registrar, &body)
}

fn draft(server: &Server, town: &Town) -> String {
    let pack = json!({ "institution_id": town.school, "document": document("2999-01-01") });
    let pack = server.post("/api/v1/rule-packs", &town.registrar, &pack).expect(201);
    pack["pack_id"].as_str().unwrap().to_owned()
}

fn wait_for_the_end(server: &Server, path: &str, token: &str) -> Value {
    let began = Instant::now();
    loop {
        let simulation = server.get(path, token).expect(200);
        if !matches!(simulation["status"].as_str().unwrap(), "queued" | "running") {
            return simulation;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{simulation}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_draft_is_simulated_by_the_server() {
    on_both(|server| {
        let town = Town::build(server);
        for number in 1..=5 {
            let mut outcome = town.outcome(&format!("S00044101234524200000{number}"));
            outcome["learner"] =
                json!({ "document_kind": "passport", "document_number": format!("E1234567{number}"), "name": "John Smith" });
            town.deposit(server, &outcome).expect(201);
        }
        let pack = draft(server, &town);
        let started = start(server, &town, &pack);
        let path = started.header("location").unwrap().to_owned();
        let started = started.expect(202);
        assert_eq!(started["report"], Value::Null);
        let done = wait_for_the_end(server, &path, &town.auditor);
        assert_eq!(done["status"], "done", "{done}");
        let report = &done["report"];
        assert_eq!(
            (&report["learners"], &report["gained"]["learners"], &report["lost"]["learners"]),
            (&json!(5), &json!(5), &json!(0)),
            "{done}"
        );
        assert_eq!(report["kinds"][0]["kind"], "occupational_certificate");
        let listed = server
            .get(&format!("/api/v1/rule-packs/{pack}/simulations"), &town.officer)
            .expect(200);
        assert_eq!(listed["items"][0]["simulation_id"], started["simulation_id"]);
        let cancel = server.post(&format!("{path}/cancel"), &town.registrar, &json!({}));
        assert_eq!(cancel.refusal(), (409, "wrong_state"), "it has ended");
        assert_eq!(server.call(Method::GET, &path, None, None).refusal(), (401, "unauthenticated"));
        assert_eq!(server.get(&path, &town.stranger).refusal(), (404, "not_found"));
        let nowhere = json!({ "programme_id": started["simulation_id"] });
        let refused = server.post(&format!("/api/v1/rule-packs/{pack}/simulate"), &town.registrar, &nowhere);
        assert_eq!(refused.body["errors"][0]["pointer"], "/programme_id", "{}", refused.text);
    });
}
