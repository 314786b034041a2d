//! Passkeys, with an authenticator that the browser pretends to have. They want a domain name: the bank is reached as `localhost`.

use std::net::TcpListener;

use serde_json::json;

use super::pages::looked;
use super::server::{BackEnd, PASSWORD, Server, program};
use super::town::Town;

#[test]
fn a_passkey_is_shown_in_the_place_of_a_code() {
    let directory = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("http://localhost:{port}");
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    command
        .env("CREDIT_BANK_LISTEN", format!("127.0.0.1:{port}"))
        .env("CREDIT_BANK_PUBLIC_URL", &address);
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    Town::build(&server);
    let people: Vec<_> = ["registrar", "officer"]
        .iter()
        .map(|username| json!({ "username": username, "password": PASSWORD }))
        .collect();
    let looked = looked("passkeys.mjs", &json!({ "address": address, "people": people }));
    assert!(looked >= 30, "{looked}");
}
