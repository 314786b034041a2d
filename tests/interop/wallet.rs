//! A wallet of others takes up an offer.

use std::net::TcpListener;

use reqwest::Method;
use serde_json::{Value, json};

use super::issued::issue;
use super::scripts::node;
use super::server::{Answer, BackEnd, Server, postgres_database, program};
use super::town::Town;

/// A bank that is where it says.
fn bank(back_end: BackEnd) -> (Server, Town) {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &back_end);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    command.env("CREDIT_BANK_LISTEN", free.to_string());
    let server = Server::of_program(directory, back_end, &mut command);
    let town = Town::build(&server);
    (server, town)
}

/// Takes an offer up without a wallet's help.
fn take(server: &Server, code: &str, tx_code: &str) -> Answer {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code"),
        ("pre-authorized_code", code),
        ("tx_code", tx_code),
    ];
    Answer::of(server.request(Method::POST, "/wallets/token").form(&form).send().unwrap())
}

/// The code in an offer.
fn code_of(offer: &Value) -> String {
    let address = reqwest::Url::parse(offer["offer_uri"].as_str().unwrap()).unwrap();
    let (_, offered) = address.query_pairs().find(|(name, _)| name == "credential_offer").unwrap();
    let offered: Value = serde_json::from_str(&offered).unwrap();
    let grant = &offered["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"];
    grant["pre-authorized_code"].as_str().unwrap().to_owned()
}

#[test]
fn a_wallet_of_others_is_given_a_copy_for_its_key() {
    for back_end in [BackEnd::Sqlite, BackEnd::Postgres(postgres_database())] {
        let (server, town) = bank(back_end);
        let deposited = town.deposit(&server, &town.outcome("S000441012345242000001")).expect(201);
        let learner = town.claim(&server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let badge = json!({ "of": "outcome", "outcome_id": deposited["outcome_id"] });
        let offer = |scope: &Value, form: &str| {
            let issued = issue(&server, &learner, scope, form);
            let path = format!("/api/v1/me/credentials/{}/offers", issued["credential_id"].as_str().unwrap());
            assert_eq!(server.post(&path, &town.registrar, &json!({})).refusal(), (404, "not_found"));
            server.post(&path, &learner, &json!({})).expect(201)
        };
        for (scope, form, configuration, algorithm) in [
            (&badge, "data_integrity", "badge_ldp_vc", "EdDSA"),
            (&badge, "jwt", "badge_jwt_vc_json", "ES256"),
            (&json!({ "of": "record" }), "data_integrity", "record_ldp_vc", "ES256"),
        ] {
            let offered = offer(scope, form);
            assert_eq!(offered["configuration"], configuration);
            assert!(offered["qr_svg"].as_str().unwrap().contains("<svg"));
            let given = json!({ "offer": offered["offer_uri"], "code": offered["tx_code"], "configuration": configuration, "algorithm": algorithm });
            let said = node("wallet.mjs", &given).remove(0);
            assert_eq!((&said["version"], &said["offered"]), (&json!("V1"), &json!([configuration])));
            let credential = &said["credentials"][0]["credential"];
            let verdict = server
                .submit("/api/v1/credentials/verify", &json!({ "credential": credential }))
                .expect(200);
            assert_eq!(verdict["standing"], "valid", "{verdict:#}");
            if form == "data_integrity" {
                let holder = credential["credentialSubject"]["id"].as_str().unwrap();
                assert!(holder.starts_with("did:key:z"), "{holder}");
            }
            assert_eq!(
                take(&server, &code_of(&offered), offered["tx_code"].as_str().unwrap()).refusal(),
                (400, "invalid_grant")
            );
        }
        // Whoever has the offer and not the code gets five tries.
        let offered = offer(&badge, "data_integrity");
        let (code, right) = (code_of(&offered), offered["tx_code"].as_str().unwrap());
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            let refused = take(&server, &code, wrong);
            assert_eq!(
                (refused.refusal(), &refused.body["error"]),
                ((400, "invalid_grant"), &json!("invalid_grant"))
            );
        }
        assert_eq!(take(&server, &code, right).refusal(), (400, "invalid_grant"));
        let nobody = server.submit(
            "/wallets/credential",
            &json!({ "credential_configuration_id": "badge_ldp_vc", "proofs": { "jwt": ["x"] } }),
        );
        assert_eq!(
            (nobody.refusal(), &nobody.body["error"]),
            ((401, "invalid_token"), &json!("invalid_token"))
        );
    }
}
