//! The program killed twenty times under load, with a journal kept by its clients: what was acknowledged is there,
//! nothing is there by halves, and the ledger verifies.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use super::server::{Answer, Server, on_both};
use super::town::Town;

const KILLS: usize = 20;
const CLIENTS: usize = 6;

/// What the clients know: the certificate numbers they sent, and the outcomes that were acknowledged.
#[derive(Default)]
struct Journal {
    acknowledged: Vec<(String, Value)>,
    unanswered: Vec<String>,
}

/// Deposits until the server is gone.
fn deposit_until_killed(server: &Server, town: &Town, journal: &Mutex<Journal>, round: usize, client: usize) {
    for number in 0..10_000 {
        let certificate = format!("S000441012345{:02}2{client}{number:05}", round + 10);
        let mut outcome = town.outcome(&certificate);
        // Half of the deposits are for one learner whom all clients share, half open or use one of their own.
        if number % 2 == 1 {
            outcome["learner"] = serde_json::json!({ "document_kind": "passport", "document_number": format!("E{client}{:07}", number / 20), "name": "John Smith" });
        }
        let request = server
            .request(reqwest::Method::POST, "/api/v1/outcomes")
            .bearer_auth(&town.registrar);
        let response = request.header("Idempotency-Key", &certificate).json(&outcome).send();
        let mut journal = journal.lock().unwrap();
        match response {
            Ok(response) if response.status().as_u16() == 201 => {
                // An answer that breaks off half-way is no acknowledgement.
                let Ok(text) = response.text() else {
                    journal.unanswered.push(certificate);
                    return;
                };
                let body: Value = serde_json::from_str(&text).unwrap();
                journal.acknowledged.push((certificate, body["outcome_id"].clone()));
            }
            Ok(response) => panic!("{}", Answer::of(response).text),
            Err(_) => {
                journal.unanswered.push(certificate);
                return;
            }
        }
    }
}

#[test]
fn killed_twenty_times_under_load_it_keeps_all_that_was_acknowledged() {
    on_both(|server| {
        let mut town = Town::build(server);
        let journal = Mutex::new(Journal::default());
        for round in 0..KILLS {
            std::thread::scope(|scope| {
                for client in 0..CLIENTS {
                    let (server, town, journal) = (&*server, &town, &journal);
                    scope.spawn(move || deposit_until_killed(server, town, journal, round, client));
                }
                std::thread::sleep(Duration::from_millis(120 + 15 * u64::try_from(round).unwrap()));
                server.signal("KILL");
            });
            assert!(!server.ended());
            server.restart();
            let (clean, said) = server.verify();
            assert!(clean, "after kill {round}: {said}");
            town.registrar = server.log_in("registrar");
        }
        let journal = journal.into_inner().unwrap();
        assert!(
            journal.acknowledged.len() > KILLS * CLIENTS,
            "{} acknowledged",
            journal.acknowledged.len()
        );
        let mut outcomes = 0;
        for (certificate, outcome_id) in &journal.acknowledged {
            let path = format!("/api/v1/outcomes?institution_id={}&certificate_number={certificate}", town.school);
            let found = server.get(&path, &town.registrar).expect(200);
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "{certificate} is there once");
            assert_eq!(&found["items"][0]["outcome_id"], outcome_id);
            assert_eq!(found["items"][0]["decision"]["credit"], "9.00", "with its decision");
            outcomes += 1;
        }
        for certificate in &journal.unanswered {
            let path = format!("/api/v1/outcomes?institution_id={}&certificate_number={certificate}", town.school);
            let found = server.get(&path, &town.registrar).expect(200);
            let items = found["items"].as_array().unwrap();
            assert!(items.len() <= 1);
            outcomes += items.len();
            assert!(items.iter().all(|item| item["decision"]["credit"] == "9.00"), "whole or not at all");
        }
        let (_, said) = server.verify();
        assert!(
            said.contains(&format!("{outcomes} lots, {outcomes} movements")),
            "{outcomes}: {said}"
        );
    });
}
