//! A learner's portfolio: an entry with a file, confirmed by a school; a view, a link and who looked; a paper and a credential.

use serde_json::{Value, json};

use super::pages::looked;
use super::server::{BackEnd, PASSWORD, Server};
use super::town::Town;

#[test]
fn a_learner_keeps_a_portfolio_and_takes_papers_and_credentials_along() {
    let server = Server::start(BackEnd::Sqlite);
    let town = Town::build(&server);
    let ways = [("zh-CN", true, 1280), ("en", false, 360)];
    let people: Vec<Value> = ways
        .into_iter()
        .enumerate()
        .map(|(number, (language, java_script, width))| {
            let username = format!("learner-{number}");
            let mut outcome = town.outcome(&format!("S00044101234524200{number:04}"));
            outcome["learner"] = json!({ "document_kind": "passport", "document_number": format!("E1234567{number}"), "name": "王芳" });
            let deposited = town.deposit(&server, &outcome).expect(201);
            town.claim(&server, deposited["learner_id"].as_str().unwrap(), &username);
            json!({ "username": username, "password": PASSWORD, "language": language, "javaScript": java_script, "width": width })
        })
        .collect();
    let looked = looked("folio.mjs", &json!({ "address": server.base, "people": people }));
    assert!(looked >= 150, "{looked}");
}
