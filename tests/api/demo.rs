//! The demonstration: its totals are those of an independent recount, and what it tells people to try works.

use std::path::Path;
use std::process::Command;

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
    assert!(
        answers.contains("\"recognised\":\"8.00\""),
        "a senior electrician's certificate converts: {answers}"
    );
    assert!(!answers.contains("/docs/problems#"), "no refusal among them: {answers}");
}
