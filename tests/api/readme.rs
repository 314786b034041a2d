//! The first deposit of the README, run as it is printed.

use std::process::Command;

use super::server::{BackEnd, Server};

#[test]
fn the_first_deposit_of_the_readme_works_as_printed() {
    let server = Server::start(BackEnd::Sqlite);
    let readme = include_str!("../../README.md");
    let block = readme.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(block.contains("http://127.0.0.1:8080") && block.contains("THE-TOKEN"));
    let script = block
        .replace("http://127.0.0.1:8080", &server.base)
        .replace("THE-TOKEN", server.setup_token.as_deref().unwrap());
    let run = |script: &str| {
        let output = Command::new("bash").args(["-euc", script]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let answers = run(&script);
    assert!(answers.ends_with('}') && answers.contains("\"credit\":\"9.00\""), "{answers}");
    assert!(
        !answers.contains("\"code\":\"invalid") && !answers.contains("\"type\":\"/docs/problems"),
        "{answers}"
    );
}

#[test]
fn the_readme_lists_every_setting_with_its_default() {
    let readme = include_str!("../../README.md");
    let config = credit_bank::config::Config::from_variables(std::iter::empty()).unwrap();
    for shown in &config.shown {
        let name = shown.name.as_str();
        let short = ["_ITERATIONS", "_LANES", "_PER_ADDRESS"]
            .into_iter()
            .find(|ending| name.ends_with(ending));
        assert!(
            readme.contains(&format!("`{name}`")) || short.is_some_and(|ending| readme.contains(&format!("`{ending}`"))),
            "{name}"
        );
    }
    assert!(config.shown.len() > 20);
}
