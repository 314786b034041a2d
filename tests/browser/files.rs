//! Files and catalogue of an institution, by a registrar; and the public catalogue and institutions, by anybody.

use serde_json::json;

use super::pages::looked;
use super::server::{BackEnd, PASSWORD, Server, program};
use super::town::{Town, agreement, pathway, programme};
use super::worth::put_in_force;

#[test]
fn a_registrar_publishes_and_brings_a_file_and_anybody_reads_the_catalogue() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    command.env("CREDIT_BANK_PACK_NOTICE_DAYS", "0");
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let town = Town::build(&server);
    // Before there is a programme, of whose courses its tags would have to be.
    put_in_force(&server, &town);
    for (school, member) in [(&town.school, &town.registrar), (&town.other_school, &town.stranger)] {
        let new = json!({ "institution_id": school, "programme": programme("elec-3") });
        server.post("/api/v1/programmes", member, &new).expect(201);
    }
    server
        .post("/api/v1/agreements", &town.officer, &agreement("anyang-2024"))
        .expect(201);
    server
        .post("/api/v1/pathways", &town.officer, &pathway("elec-3-2", "elec-3"))
        .expect(201);
    let people = [
        json!({ "username": "registrar", "school": town.school, "language": "zh-CN", "javaScript": true, "width": 1280 }),
        json!({ "username": "stranger", "school": town.other_school, "language": "en", "javaScript": false, "width": 360 }),
    ];
    let given = json!({ "address": server.base, "password": PASSWORD, "people": people });
    let looked = looked("files.mjs", &given);
    assert!(looked >= 150, "{looked}");
}
