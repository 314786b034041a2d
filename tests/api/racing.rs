//! Real threads over HTTP: the same key at once, the same certificate at once, and many depositors for one learner.

use reqwest::Method;
use serde_json::Value;

use super::server::{Answer, Server, on_both};
use super::town::Town;

/// Sends from sixteen threads at once, and answers what each got.
fn at_once(server: &Server, town: &Town, request: impl Fn(usize) -> (Option<String>, Value) + Sync) -> Vec<Answer> {
    let barrier = std::sync::Barrier::new(16);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|number| {
                let (barrier, request) = (&barrier, &request);
                scope.spawn(move || {
                    let (key, outcome) = request(number);
                    let mut call = server
                        .request(Method::POST, "/api/v1/outcomes")
                        .bearer_auth(&town.registrar)
                        .json(&outcome);
                    if let Some(key) = key {
                        call = call.header("Idempotency-Key", key);
                    }
                    barrier.wait();
                    Answer::of(call.send().unwrap())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[test]
fn the_same_idempotency_key_at_once_does_it_once() {
    on_both(|server| {
        let town = Town::build(server);
        let mut outcome = town.outcome("");
        outcome["certificate_number"] = Value::Null;
        let answers = at_once(server, &town, |_| (Some("same-key".to_owned()), outcome.clone()));
        assert_eq!(count(&answers, 201), 16, "the saved answer is replayed with its status");
        assert!(answers.iter().all(|answer| answer.body == answers[0].body));
        assert!(server.verify().1.contains("1 lots, 1 movements"));
        // Another outcome of the same person: what is there already would be told so.
        outcome["awarded_on"] = "2024-03-02".into();
        let mut other = outcome.clone();
        other["score"] = "61".into();
        let answers = at_once(server, &town, |number| {
            (
                Some("key-2".to_owned()),
                if number % 2 == 0 { outcome.clone() } else { other.clone() },
            )
        });
        assert_eq!(
            (count(&answers, 201), count(&answers, 409)),
            (8, 8),
            "one of the two bodies took the key"
        );
        assert!(server.verify().1.contains("2 lots, 2 movements"));
    });
}

#[test]
fn the_same_certificate_at_once_is_deposited_once() {
    on_both(|server| {
        let town = Town::build(server);
        let answers = at_once(server, &town, |_| (None, town.outcome("S000441012345242000001")));
        assert_eq!((count(&answers, 201), count(&answers, 200)), (1, 15));
        assert!(
            answers
                .iter()
                .all(|answer| answer.body["outcome_id"] == answers[0].body["outcome_id"])
        );
        assert!(server.verify().1.contains("1 lots, 1 movements"));
    });
}

#[test]
fn sixteen_depositors_for_one_learner_lose_nothing() {
    on_both(|server| {
        let town = Town::build(server);
        for round in 0..5 {
            let answers = at_once(server, &town, |number| {
                (None, town.outcome(&format!("S000441012345242{round:03}{number:03}")))
            });
            assert_eq!(count(&answers, 201), 16);
        }
        assert!(
            server.verify().1.contains("1 learners, 80 lots, 80 movements"),
            "{}",
            server.verify().1
        );
    });
}
