//! A rule pack from its beginning to its decision, by a member and an officer.

use serde_json::json;

use super::pages::looked;
use super::server::{BackEnd, PASSWORD, Server};
use super::town::{Town, programme};

#[test]
fn a_member_writes_a_pack_and_an_officer_decides_it() {
    let server = Server::start(BackEnd::Sqlite);
    let town = Town::build(&server);
    for number in 1..=5 {
        let mut outcome = town.outcome(&format!("S00044101234524200000{number}"));
        outcome["learner"] = json!({ "document_kind": "passport", "document_number": format!("E1234567{number}"), "name": "John Smith" });
        town.deposit(&server, &outcome).expect(201);
    }
    let mut programme = programme("web");
    programme["courses"] = json!([
        { "code": "W101", "name": { "zh": "网页设计基础" }, "credits": "3", "tags": ["foundation"], "required": true, "bucket": "major" },
        { "code": "W201", "name": { "zh": "前端框架" }, "credits": "9", "tags": ["core"], "required": true, "bucket": "major" },
    ]);
    let new = json!({ "institution_id": town.school, "programme": programme });
    server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    let given = json!({ "address": server.base, "password": PASSWORD, "school": town.school });
    let looked = looked("packs.mjs", &given);
    assert!(looked >= 100, "{looked}");
}
