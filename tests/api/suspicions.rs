//! Suspicions over HTTP: whom the list is for, and what it refuses. How they come about is tested through the operations, since the
//! search leaves what is younger than some minutes.

use serde_json::json;

use super::server::on_both;
use super::town::Town;

#[test]
fn the_list_is_for_the_banks_officers_and_auditors() {
    on_both(|server| {
        let town = Town::build(server);
        for reader in [&town.officer, &town.auditor] {
            let listed = server.get("/api/v1/duplicate-suspicions?status=open&strength=strong", reader);
            assert_eq!(listed.expect(200)["items"], json!([]));
        }
        for stranger in [&town.administrator, &town.registrar] {
            assert_eq!(server.get("/api/v1/duplicate-suspicions", stranger).refusal(), (403, "forbidden"));
        }
        let wrong = server.get("/api/v1/duplicate-suspicions?status=closed", &town.officer);
        assert_eq!(wrong.refusal(), (400, "invalid_query"));
        let one = format!("/api/v1/duplicate-suspicions/{}", town.school);
        assert_eq!(server.get(&one, &town.auditor).refusal(), (404, "not_found"));
        let dismiss = |token: &str, reason: &str| server.post(&format!("{one}/dismiss"), token, &json!({ "reason": reason }));
        assert_eq!(dismiss(&town.officer, "经核实为两人").refusal(), (404, "not_found"));
        assert_eq!(dismiss(&town.officer, "").refusal(), (422, "invalid_body"));
        assert_eq!(dismiss(&town.auditor, "经核实为两人").refusal(), (403, "forbidden"));
    });
}
