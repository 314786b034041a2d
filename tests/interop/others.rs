//! What others issue is verified by the bank, with keys and lists that it fetches.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use serde_json::{Value, json};

use super::scripts::node;
use super::server::{BackEnd, Server, postgres_database, program};

/// Serves documents by their paths, for as long as the test runs.
fn serve(listener: TcpListener, documents: BTreeMap<String, String>) {
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
            let path = line.split(' ').nth(1).unwrap_or_default();
            let (status, body) = documents.get(path).map_or(("404 Not Found", ""), |body| ("200 OK", body));
            let length = body.len();
            drop(write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            ));
        }
    });
}

#[test]
fn what_others_issue_is_verified() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let context: Value = serde_json::from_str(include_str!("../../src/credentials/contexts/clr-2.0.1.json")).unwrap();
    let given = json!({ "did": format!("did:web:127.0.0.1%3A{port}"),
        "documents": { "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json": { "json": context } } });
    let issued = node("issue.mjs", &given).remove(0);
    let place = format!("https://127.0.0.1:{port}");
    let documents: BTreeMap<String, String> = issued["documents"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(address, document)| (address.trim_start_matches(&place).to_owned(), document["json"].to_string()))
        .collect();
    assert_eq!(documents.len(), 3, "a document of keys and two lists");
    serve(listener, documents);
    let credentials = issued["credentials"].as_object().unwrap();
    assert_eq!(credentials.len(), 17);
    for back_end in [BackEnd::Sqlite, BackEnd::Postgres(postgres_database())] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = program(&directory.path().join("data"), &back_end);
        command.env("CREDIT_BANK_CREDENTIALS_PRIVATE", "yes");
        let server = Server::of_program(directory, back_end, &mut command);
        let verify = |credential: &Value| {
            server
                .submit("/api/v1/credentials/verify", &json!({ "credential": credential }))
                .expect(200)
        };
        for (name, one) in credentials {
            let verdict = verify(&one[1]);
            assert_eq!(verdict["standing"], one[0], "{name}: {verdict:#}");
        }
        let record = verify(&credentials["an altered record"][1]);
        let parts: Vec<&Value> = record["credentials"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| &part["standing"])
            .collect();
        assert_eq!(parts, ["valid", "invalid"], "it says which of them");
        // Where private networks are closed, nobody there is asked.
        drop(server);
    }
    let closed = Server::start(BackEnd::Sqlite);
    let verdict = closed
        .submit(
            "/api/v1/credentials/verify",
            &json!({ "credential": credentials["a badge of a did:web"][1] }),
        )
        .expect(200);
    assert_eq!(
        (&verdict["standing"], &verdict["steps"][2]["code"]),
        (&json!("unknown"), &json!("key_unreachable"))
    );
}
