//! The API's description is what is committed, and what the program serves.

use super::server::{BackEnd, Server};

#[test]
fn the_committed_description_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(&credit_bank::http::openapi::document()).unwrap() + "\n";
    let committed = include_str!("../../api-spec/openapi.json");
    assert!(generated == committed, "run: cargo run -- openapi > api-spec/openapi.json");
}

#[test]
fn a_scope_of_a_limit_is_not_taken_for_the_scope_of_a_client() {
    let schemas = &credit_bank::http::openapi::document()["components"]["schemas"];
    assert_eq!(schemas["Scope"]["enum"][0], "outcomes:write");
    assert_eq!(schemas["LimitScope"]["enum"][0], "programme");
}

#[test]
fn every_problem_code_is_explained_where_its_type_points() {
    let server = Server::start(BackEnd::Sqlite);
    let page = server.get("/docs/problems", "").text;
    for line in credit_bank::http::problem::table() {
        assert!(page.contains(&format!("id=\"{}\"", line.code)), "{}", line.code);
    }
    let refused = server.get("/nowhere", "");
    assert_eq!(refused.body["type"], "/docs/problems#not_found");
}

#[test]
fn the_description_and_its_pages_are_served() {
    let server = Server::start(BackEnd::Sqlite);
    let served = server.get("/api/v1/openapi.json", "").status;
    assert_eq!(served, 200, "a token is not looked at where none is taken");
    let page = server.request(reqwest::Method::GET, "/docs/").send().unwrap().text().unwrap();
    let scripts: Vec<&str> = page.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        assert!(!script.contains("//"), "{script} is fetched from elsewhere");
        let path = format!("/docs/{}", script.trim_start_matches("./"));
        assert_eq!(server.get(&path, "").status, 200, "{path}");
    }
}
