//! The demonstration: its totals are those of an independent recount, and what it tells people to try works.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::server::{BackEnd, Server, postgres_database, program};

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn totals(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.ends_with(" credits")).collect()
}

#[test]
fn the_demonstration_equals_an_independent_recount_of_its_files() {
    for back_end in [BackEnd::Sqlite, BackEnd::Postgres(postgres_database())] {
        let directory = tempfile::tempdir().unwrap();
        let (data, intake) = (directory.path().join("data"), directory.path().join("intake"));
        said(
            program(&data, &back_end)
                .args(["demo", "--outcomes", "3000", "--export"])
                .arg(&intake),
        );
        let filled = said(program(&data, &back_end).args(["demo", "--intake"]).arg(&intake));
        let recounted = said(
            Command::new("python3")
                .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recount.py"))
                .arg(&intake),
        );
        assert_eq!(totals(&filled), totals(&recounted));
        assert_eq!(totals(&filled).len(), 13);
        let verified = said(program(&data, &back_end).arg("verify"));
        let credit = recounted.lines().last().unwrap().split(' ').nth(3).unwrap();
        assert!(verified.contains(&format!("{credit} credits granted")), "{verified} {credit}");
        let again = program(&data, &back_end).arg("demo").output().unwrap();
        assert!(String::from_utf8(again.stderr).unwrap().contains("institutions already"));
    }
}

#[test]
fn what_the_demonstration_says_to_try_works_as_printed() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let filled = said(program(&data, &BackEnd::Sqlite).arg("demo"));
    let server = Server::on_data(directory, BackEnd::Sqlite);
    let script: String = filled
        .lines()
        .filter(|line| line.starts_with("TOKEN=") || line.starts_with("curl "))
        .map(|line| format!("{line}; echo\n"))
        .collect();
    // The server of the test listens on a port of its own.
    let printed = "http://127.0.0.1:0";
    assert!(script.contains(printed));
    let answers = said(Command::new("bash").arg("-c").arg(script.replace(printed, &server.base)));
    assert!(
        answers.contains("\"account_number\"") && answers.contains("\"available_after\"") && answers.contains("\"created\""),
        "{answers}"
    );
    for shown in [
        "\"on_notice\"",
        "\"open_objections\":1",
        "\"submitted\"",
        "\"reopen\"",
        "不符合第四条",
        "证书扫描件.pdf",
    ] {
        assert!(answers.contains(shown), "{shown} is not among {answers}");
    }
    assert!(
        answers.contains("\"recognised\":\"8.00\""),
        "a senior electrician's certificate converts: {answers}"
    );
    assert!(!answers.contains("/docs/problems#"), "no refusal among them: {answers}");
}

/// What a query of the API shows to somebody of the demonstration.
fn shown(server: &Server, password: &str, who: &str, path: &str) -> Value {
    let credentials = json!({ "username": who, "password": password });
    let token = server.submit("/api/v1/sessions", &credentials).expect(201)["access_token"].clone();
    server.get(&format!("/api/v1/{path}"), token.as_str().unwrap()).expect(200)
}

#[test]
fn its_people_claimed_and_corrected_and_the_api_shows_where_each_stands() {
    for back_end in [BackEnd::Sqlite, BackEnd::Postgres(postgres_database())] {
        let directory = tempfile::tempdir().unwrap();
        let filled = said(program(&directory.path().join("data"), &back_end).arg("demo"));
        let password = filled
            .split("Log-ins (password ")
            .nth(1)
            .unwrap()
            .split(')')
            .next()
            .unwrap()
            .to_owned();
        let server = Server::on_data(directory, back_end);
        let see = |who: &str, path: &str| shown(&server, &password, who, path);
        let of = |number: usize| see(&format!("claimant-{number}"), "me/claims")["items"][0].clone();
        let stands: Vec<Value> = (1..=6).map(|number| of(number)["status"].clone()).collect();
        assert_eq!(stands, ["granted", "refused", "on_notice", "submitted", "submitted", "closed"]);
        let letter = |number: usize| {
            see(
                &format!("claimant-{number}"),
                &format!("claims/{}/letter", of(number)["claim_id"].as_str().unwrap()),
            )
        };
        assert!(letter(2).to_string().contains("不符合第四条"), "{}", letter(2));
        assert!(letter(2).to_string().contains("Reason, by 第四条"), "{}", letter(2));
        let bought = see("claimant-1", "me/conversions");
        assert!(bought["items"][0]["decision_number"].is_string(), "{bought}");
        let school = of(1)["institution_id"].as_str().unwrap().to_owned();
        let notices = server.call(
            reqwest::Method::GET,
            &format!("/api/v1/notices?institution_id={school}"),
            None,
            None,
        );
        let notices = notices.expect(200);
        assert_eq!(notices["items"].as_array().unwrap().len(), 1, "{notices}");
        assert_eq!(notices["items"][0]["open_objections"], 1);
        let declared = see("reviewer-1", &format!("claims/{}", of(5)["claim_id"].as_str().unwrap()));
        assert_eq!(
            (&declared["kind"], &declared["evidence"][0]["name"]),
            (&json!("recognition"), &json!("证书扫描件.pdf"))
        );
        let cases = see("claimant-6", "me/correction-cases");
        let [case] = &cases["items"].as_array().unwrap()[..] else {
            panic!()
        };
        assert_eq!((&case["state"], &case["claim_id"]), (&json!("open"), &of(6)["claim_id"]));
        let items = see(
            "officer-1",
            &format!("corrections/{}/items", case["correction_id"].as_str().unwrap()),
        );
        let mut follows: Vec<&str> = items["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["consequences"][0]["what"].as_str().unwrap())
            .collect();
        follows.sort_unstable();
        assert_eq!(follows, ["reopen", "reverse", "reverse"]);
        assert_ne!(
            see("claimant-6", "me/account")["balances"][0]["redeemed"],
            "0.00",
            "nothing is cancelled silently"
        );
    }
}
