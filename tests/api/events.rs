//! Events of the running program: webhooks taken by the reference library of another language, kills, and the feed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Server, on_both};
use super::town::Town;

/// `tests/api/receiver.py`, running.
struct Receiver {
    process: Child,
    url: String,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Receiver {
    fn start() -> Self {
        let python = std::env::var("CREDIT_BANK_TEST_PYTHON")
            .expect("tests/run names a Python that has standardwebhooks in CREDIT_BANK_TEST_PYTHON");
        let mut process = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/receiver.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = output.next().unwrap().unwrap();
        let lines: Arc<Mutex<Vec<Value>>> = Arc::default();
        let kept = Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in output.map_while(Result::ok) {
                kept.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self {
            process,
            url: format!("http://127.0.0.1:{port}/"),
            lines,
        }
    }

    fn knows(&mut self, secret: &Value) {
        writeln!(self.process.stdin.as_mut().unwrap(), "{}", secret.as_str().unwrap()).unwrap();
    }

    /// What came, once it is as many or more; of what the library took, or refused.
    fn came(&self, taken: bool, least: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let of = |line: &&Value| line["taken"] == taken;
            let found: Vec<Value> = self.lines.lock().unwrap().iter().filter(of).cloned().collect();
            if found.len() >= least {
                return found;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{} of {least}: {found:?}", found.len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn webhooks(town: &Town) -> String {
    format!("/api/v1/institutions/{}/webhooks", town.school)
}

fn create(server: &Server, town: &Town, url: &str) -> Value {
    let form = json!({ "url": url, "event_types": ["outcome.deposit_outcome"] });
    server.post(&webhooks(town), &town.registrar, &form).expect(201)
}

fn certificate(number: usize) -> String {
    format!("S000441012345242{number:06}")
}

fn deposit(server: &Server, town: &Town, number: usize) -> Value {
    town.deposit(server, &town.outcome(&certificate(number))).expect(201)["outcome_id"].clone()
}

fn subjects(lines: &[Value]) -> Vec<Value> {
    lines.iter().map(|line| line["body"]["data"]["subject_id"].clone()).collect()
}

#[test]
fn the_library_of_another_language_takes_what_is_signed_with_its_secret_and_nothing_else() {
    on_both(|server| {
        let town = Town::build(server);
        let mut receiver = Receiver::start();
        let issued = create(server, &town, &receiver.url);
        let own = format!("{}/{}", webhooks(&town), issued["webhook"]["webhook_id"].as_str().unwrap());
        receiver.knows(&issued["secret"]);
        let outcomes: Vec<Value> = (1..=5).map(|number| deposit(server, &town, number)).collect();
        let came = receiver.came(true, 5);
        assert_eq!(subjects(&came), outcomes, "in order");
        server.post(&format!("{own}/test"), &town.registrar, &json!({})).expect(202);
        assert_eq!(receiver.came(true, 6)[5]["body"]["type"], "webhook.test");
        let rotated = server
            .post(&format!("{own}/rotate-secret"), &town.registrar, &json!({ "overlap_hours": 1 }))
            .expect(200);
        assert_ne!(rotated["secret"], issued["secret"]);
        let during = deposit(server, &town, 6);
        assert_eq!(subjects(&receiver.came(true, 7))[6], during, "the old secret is good meanwhile");
        receiver.knows(&rotated["secret"]);
        let after = deposit(server, &town, 7);
        assert_eq!(subjects(&receiver.came(true, 8))[7], after);
        receiver.knows(&json!("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        let refused = deposit(server, &town, 8);
        assert_eq!(subjects(&receiver.came(false, 1))[0], refused);
        receiver.knows(&rotated["secret"]);
        assert_eq!(subjects(&receiver.came(true, 9))[8], refused, "tried again after some seconds");
        // It is written down after the receiver has it.
        let mut log = json!(null);
        for _ in 0..100 {
            let read = server.get(&format!("{own}/deliveries?limit=1"), &town.registrar);
            assert!(read.header("link").is_some());
            log = read.expect(200);
            if log["items"][0]["status"] == "delivered" {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        assert_eq!(
            (&log["items"][0]["status"], &log["items"][0]["attempts"]),
            (&json!("delivered"), &json!(2))
        );
        assert!(!receiver.came(true, 9).iter().any(|line| line.to_string().contains("王芳")));
        let read = server.get(&own, &town.registrar);
        let edition = read.header("etag").unwrap().to_owned();
        let edit = |edition: &str| {
            let request = server.request(Method::PUT, &own).bearer_auth(&town.registrar);
            request
                .header("If-Match", edition)
                .json(&json!({ "url": receiver.url }))
                .send()
                .unwrap()
                .status()
        };
        assert_eq!((edit(&edition).as_u16(), edit(&edition).as_u16()), (200, 412));
        let removed = server.call(Method::DELETE, &own, Some(&town.registrar), None);
        assert_eq!((removed.status, server.get(&own, &town.registrar).status), (204, 404));
    });
}

#[test]
fn killed_while_it_delivers_it_loses_nothing() {
    on_both(|server| {
        let mut town = Town::build(server);
        let mut receiver = Receiver::start();
        let issued = create(server, &town, &receiver.url);
        receiver.knows(&issued["secret"]);
        let mut outcomes = Vec::new();
        for kill in 0..2 {
            outcomes.extend((0..15).map(|number| deposit(server, &town, kill * 100 + number)));
            // Some are published and delivered by now, some are not.
            receiver.came(true, usize::from(kill == 0));
            server.signal("KILL");
            assert!(!server.ended());
            server.restart();
            town.registrar = server.log_in("registrar");
        }
        outcomes.extend((0..5).map(|number| deposit(server, &town, 900 + number)));
        let begun = Instant::now();
        loop {
            let came = receiver.came(true, 1);
            let distinct: BTreeSet<String> = subjects(&came).iter().map(Value::to_string).collect();
            if outcomes.iter().all(|outcome| distinct.contains(&outcome.to_string())) {
                break;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(90),
                "{} of {}",
                distinct.len(),
                outcomes.len()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
        assert_eq!(receiver.came(false, 0), Vec::<Value>::new());
        // The feed has each once, in order.
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let path = format!(
                "/api/v1/events?institution_id={}&types=outcome.deposit_outcome&limit=7&after={after}",
                town.school
            );
            let page = server.get(&path, &town.registrar).expect(200);
            seen.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| item["data"]["subject_id"].clone()),
            );
            after = page["next"].as_i64().unwrap();
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(seen, outcomes);
        let foreign = format!("/api/v1/events?institution_id={}", town.school);
        assert_eq!(server.get(&foreign, &town.stranger).refusal(), (403, "forbidden"));
        let beyond = format!("{foreign}&after=999999");
        assert_eq!(server.get(&beyond, &town.registrar).refusal(), (422, "cursor_unknown"));
        let unknown = format!("{foreign}&types=session.log_in");
        assert_eq!(server.get(&unknown, &town.registrar).refusal(), (400, "invalid_query"));
    });
}
