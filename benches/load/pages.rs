//! Every page in a large bank, beside the bare round trip of a request for which nothing is looked up.

use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use totp_rs::{Builder, Secret};

use crate::bank::{Bank, PASSWORD};
use crate::wire::{load, request};

/// Learners in the bank.
const LEARNERS: usize = 100_000;

/// Outcomes of the learner who looks.
const OUTCOMES: usize = 200;

/// Somebody's browser.
struct Browser<'a> {
    bank: &'a Bank,
    http: Client,
    cookie: String,
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split(after).next().unwrap()
}

impl<'a> Browser<'a> {
    fn signed_in(bank: &'a Bank, username: &str) -> Self {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut browser = Self {
            bank,
            http,
            cookie: String::new(),
        };
        let answer = browser.send("/sign-in", &[("username", username), ("password", PASSWORD)]);
        let set = answer.headers()["set-cookie"].to_str().unwrap();
        browser.cookie = set.split(';').next().unwrap().to_owned();
        browser
    }

    /// Somebody with power over others' records, for which a browser wants a second factor.
    fn of_staff(bank: &'a Bank, username: &str) -> Self {
        let browser = Self::signed_in(bank, username);
        let page = browser.text("/security/second-factor");
        let secret = Secret::try_from_base32(between(&page, "class=\"secret\">", "<").replace(' ', "")).unwrap();
        let now = u64::try_from(credit_bank::clock::now().timestamp()).unwrap();
        let code = Builder::new().with_secret(secret).build().unwrap().generate(now).to_string();
        let token = between(&page, "name=\"form_token\" value=\"", "\"");
        let form = [("form_token", token), ("password", PASSWORD), ("code", code.as_str())];
        assert_eq!(browser.send("/security/second-factor", &form).status(), 200);
        browser
    }

    fn send(&self, path: &str, form: &[(&str, &str)]) -> reqwest::blocking::Response {
        let request = self.http.post(format!("http://{}{path}", self.bank.address));
        let request = request.header("Cookie", &self.cookie).header("Sec-Fetch-Site", "same-origin");
        request.form(form).send().unwrap()
    }

    fn text(&self, path: &str) -> String {
        let request = self.http.get(format!("http://{}{path}", self.bank.address));
        request.header("Cookie", &self.cookie).send().unwrap().text().unwrap()
    }
}

/// Measures every page and says how many times the bare round trip it takes.
pub(crate) fn pages(name: &str, bank: &Bank, seconds: f64) {
    for thousand in 0..LEARNERS / 1000 {
        bank.batch((0..1000).map(|row| thousand * 1000 + row), thousand * 1000);
    }
    let own = bank.batch((0..OUTCOMES).map(|_| 999_999_999), 900_000_000);
    let outcome = &own["results"][0]["outcome"];
    let (learner_id, outcome_id) = (outcome["learner_id"].as_str().unwrap(), outcome["outcome_id"].as_str().unwrap());
    bank.claim(learner_id);
    bank.analyse();
    let nobody = String::new();
    let learner = Browser::signed_in(bank, "learner").cookie;
    let member = Browser::of_staff(bank, "registrar").cookie;
    let officer = Browser::of_staff(bank, "officer").cookie;
    let auditor = Browser::of_staff(bank, "auditor").cookie;
    let desk = format!("/desk/{}", bank.school);
    let at_desk = |rest: &str| format!("{desk}{rest}");
    let seen: Vec<(&str, &String, Vec<String>)> = vec![
        (
            "nobody",
            &nobody,
            ["/", "/worth", "/catalogue", "/institutions", "/notices", "/verify"]
                .map(str::to_owned)
                .to_vec(),
        ),
        (
            "a learner",
            &learner,
            [
                "/",
                "/passbook",
                "/records",
                "/plan",
                "/claims",
                "/portfolio",
                "/me",
                "/notifications",
                "/shares",
                "/statements",
                "/credentials",
            ]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("/records/{outcome_id}")])
            .collect(),
        ),
        (
            "a member",
            &member,
            [
                "",
                "/outcomes",
                "/files",
                "/corrections",
                "/claims",
                "/catalogue",
                "/packs",
                "/members",
                "/clients",
                "/webhooks",
            ]
            .map(at_desk)
            .to_vec(),
        ),
        ("an auditor", &auditor, vec!["/office/audit".to_owned()]),
        (
            "an officer",
            &officer,
            [
                "/office",
                "/office/institutions",
                "/office/filings",
                "/office/outcomes",
                "/office/claims",
                "/office/corrections",
                "/office/duplicates",
                "/office/overdue",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
    ];
    let measure = |path: &str, cookie: &str| {
        let headers = format!("Cookie: {cookie}\r\nAccept: text/html\r\n");
        load(&bank.address, 1, seconds, 200, |_| request("GET", path, "", &headers, ""))
    };
    let bare = measure("/health/live", "").percentile(0.5);
    println!("(e) {name}: GET /health/live p50 {bare:.2} ms; {LEARNERS} learners, one request at a time");
    for (who, cookie, paths) in seen {
        for path in paths {
            let page = measure(&path, cookie);
            let shown = path.replace(&bank.school, "{institution_id}").replace(outcome_id, "{outcome_id}");
            println!(
                "(e) {name}, {who}: {shown} p50 {:.2} ms, p99 {:.2} ms; ratio {:.1}",
                page.percentile(0.5),
                page.percentile(0.99),
                page.percentile(0.5) / bare
            );
        }
    }
}
