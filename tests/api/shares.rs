//! The page behind a link, and its twin for programs, over HTTP on both back ends: without log-in and without script, in both
//! languages, telling nothing where it does not open.

use reqwest::Method;
use serde_json::{Value, json};

use super::corrections::{apply, approver, preview};
use super::server::{Answer, BackEnd, Server, on_both, program};
use super::town::Town;

pub(crate) const PIN: &str = "482913";

/// Somebody with an outcome, an entry, a view and a link to it.
pub(crate) struct Sharer {
    pub(crate) learner: String,
    pub(crate) outcome_id: Value,
    pub(crate) view_id: String,
    pub(crate) share: Value,
}

impl Sharer {
    pub(crate) fn with(server: &Server, town: &Town) -> Self {
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let entry = json!({ "kind": "work", "title": { "zh": "车间电工 <b>", "en": "Electrician" }, "from": "2022-03-01",
            "links": [{ "url": "https://example.com/?a=1&b=2" }], "skills": ["排障"] });
        server.post("/api/v1/me/portfolio/entries", &learner, &entry).expect(201);
        let view = json!({ "name": "应聘", "audience": "employer", "title": { "zh": "技能与经历", "en": "Skills and experience" } });
        let view = server.post("/api/v1/me/views", &learner, &view).expect(201);
        let view_id = view["view_id"].as_str().unwrap().to_owned();
        let share = json!({ "view_id": view_id, "expires_at": in_a_month(), "pin": PIN, "looks_max": 1000 });
        let share = server.post("/api/v1/me/shares", &learner, &share).expect(201);
        Self {
            learner,
            outcome_id: deposited["outcome_id"].clone(),
            view_id,
            share,
        }
    }

    fn path(&self) -> String {
        format!("/s/{}", self.share["code"].as_str().unwrap().replace('-', ""))
    }
}

pub(crate) fn in_a_month() -> String {
    (credit_bank::clock::now() + chrono::TimeDelta::days(30)).to_rfc3339()
}

pub(crate) fn page(server: &Server, path: &str, pin: Option<&str>, language: &str) -> Answer {
    let method = if pin.is_some() { Method::POST } else { Method::GET };
    let mut request = reqwest::blocking::Client::new()
        .request(method, format!("{}{path}", server.base))
        .header("Accept-Language", language)
        .header(
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        );
    if let Some(pin) = pin {
        request = request.form(&[("pin", pin)]);
    }
    Answer::of(request.send().unwrap())
}

const NOWHERE: &str = "/s/22222222222222222222";

#[test]
fn a_link_is_opened_by_a_form_and_tells_nothing_where_it_does_not_open() {
    on_both(|server| {
        let town = Town::build(server);
        let sharer = Sharer::with(server, &town);
        let form = page(server, &sharer.path(), None, "en");
        assert_eq!(form.status, 200);
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex, nofollow, noarchive"),
            ("x-content-type-options", "nosniff"),
            ("content-language", "en"),
        ] {
            assert_eq!(form.header(name), Some(value), "{name}");
        }
        let policy = form.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        assert!(!form.text.contains("<script") && form.text.contains("name=\"robots\" content=\"noindex"));

        // The form is the same for every code; so is the answer to whatever does not open.
        for other in [NOWHERE, "/s/x", &format!("/s/{}", "9".repeat(300))] {
            assert_eq!(page(server, other, None, "en").text, form.text, "{other}");
        }
        let wrong = page(server, &sharer.path(), Some("000000"), "en");
        assert_eq!(wrong.status, 404);
        assert!(wrong.text.contains("The link or its PIN is not right, or the share is over."));
        for (path, pin) in [(sharer.path().as_str(), ""), (NOWHERE, "000000"), (NOWHERE, PIN), ("/s/x", "")] {
            let answer = page(server, path, Some(pin), "en");
            assert_eq!((answer.status, &answer.text), (404, &wrong.text), "{path} {pin}");
        }
        let odd = page(server, &format!("{}?lang=xx", sharer.path()), None, "en");
        assert_eq!(odd.text, form.text);

        let opened = page(server, &sharer.path(), Some(PIN), "en");
        assert_eq!((opened.status, opened.header("cache-control")), (200, Some("no-store")));
        for text in [
            "王芳",
            "Skills and experience",
            "Electrician",
            "Valid · given by registrar 学校",
            "Self-declared",
            "https://example.com/?a=1&#38;b=2",
        ] {
            assert!(opened.text.contains(text), "{text}: {}", opened.text);
        }
        for secret in [super::town::NUMBER, ">86<", "9.00", "<script"] {
            assert!(!opened.text.contains(secret), "{secret}");
        }
        let chinese = page(server, &format!("{}?lang=zh", sharer.path()), Some(PIN), "en");
        assert!(
            chinese.text.contains("有效 · 由registrar 学校证明") && chinese.text.contains("车间电工 &#60;b&#62;"),
            "{}",
            chinese.text
        );
        assert!(page(server, &sharer.path(), Some(PIN), "zh-CN").text.contains("本人填写，未经核实"));

        let id = sharer.share["share_id"].as_str().unwrap();
        let looks = server.get(&format!("/api/v1/me/shares/{id}/looks"), &sharer.learner).expect(200);
        let with: Vec<&str> = looks["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|look| look["looked_with"].as_str().unwrap())
            .collect();
        assert_eq!(with, ["firefox"; 3]);
        let read = server.get(&format!("/api/v1/me/shares/{id}"), &sharer.learner).expect(200);
        assert_eq!((&read["looks"], read.get("pin")), (&json!(3), None));
        assert_eq!(read["code"], sharer.share["code"], "the learner finds the link again");

        // What became of it is seen on the next look.
        let approver = approver(server, &town);
        let previewed = preview(server, &town, &town.registrar, &sharer.outcome_id).expect(201);
        apply(server, &approver, &previewed).expect(200);
        assert!(page(server, &sharer.path(), Some(PIN), "en").text.contains("Revoked"));
        let off = server.call(Method::DELETE, &format!("/api/v1/me/consents/{id}"), Some(&sharer.learner), None);
        assert_eq!(off.status, 204);
        let closed = page(server, &sharer.path(), Some(PIN), "en");
        assert_eq!((closed.status, closed.text), (404, wrong.text));
    });
}

#[test]
fn a_program_with_link_and_pin_reads_the_same() {
    on_both(|server| {
        let town = Town::build(server);
        let sharer = Sharer::with(server, &town);
        let read = |code: &str, pin: Option<&str>| {
            let mut request = server.request(Method::GET, &format!("/api/v1/shares/{code}"));
            if let Some(pin) = pin {
                request = request.header("Share-Pin", pin);
            }
            Answer::of(request.send().unwrap())
        };
        let code = sharer.share["code"].as_str().unwrap();
        for (code, pin) in [
            (code, None),
            (code, Some("000000")),
            ("22222222222222222222", Some(PIN)),
            ("x", None),
        ] {
            assert_eq!(read(code, pin).refusal(), (404, "share_closed"), "{code} {pin:?}");
        }
        let seen = read(code, Some(PIN));
        assert_eq!(
            (seen.header("cache-control"), seen.header("x-robots-tag")),
            (Some("no-store"), Some("noindex"))
        );
        let seen = seen.expect(200);
        let previewed = server
            .get(&format!("/api/v1/me/views/{}/preview", sharer.view_id), &sharer.learner)
            .expect(200);
        assert_eq!(seen["record"], previewed);
        let id = sharer.share["share_id"].as_str().unwrap();
        let picture = server.get(&format!("/api/v1/me/shares/{id}/qr"), &sharer.learner);
        assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
        assert!(picture.text.contains("<svg") && !picture.text.contains("<script"));
        let log = server.get("/api/v1/me/access-log", &sharer.learner).expect(200);
        assert_eq!(log["items"][0]["operation"], "open_share");
    });
}

#[test]
fn guesses_are_throttled_by_link_and_by_address() {
    for (name, others_wait) in [
        ("CREDIT_BANK_ATTEMPTS_PER_ACCOUNT", false),
        ("CREDIT_BANK_ATTEMPTS_PER_ADDRESS", true),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
        command.env(name, "5");
        let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
        let statuses: Vec<u16> = (0..6).map(|_| page(&server, NOWHERE, Some("000000"), "en").status).collect();
        assert_eq!(statuses, [404, 404, 404, 404, 404, 429], "{name}");
        let waits = page(&server, NOWHERE, Some("000000"), "zh");
        assert!(waits.text.contains("尝试次数过多") && waits.header("retry-after").is_some());
        let same_in_other_letters = page(&server, "/s/2222-2222-2222-2222-2222", Some("000000"), "en");
        assert_eq!(same_in_other_letters.status, 429);
        let other = page(&server, "/s/33333333333333333333", Some("000000"), "en");
        assert_eq!(other.status == 429, others_wait, "{name}");
        assert_eq!(page(&server, NOWHERE, None, "en").status, 200, "the form is there");
    }
}
