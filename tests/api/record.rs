//! The main job as its people do it: an institution deposits, the bank recognises, the learner reads, nobody else can.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, on_both};
use super::town::{NUMBER, Town};

const FIRST: &str = "S000441012345242000001";

#[test]
fn a_deposit_becomes_credit_that_the_learner_reads_and_nobody_else() {
    on_both(|server| {
        let town = Town::build(server);
        let first = town.deposit(server, &town.outcome(FIRST)).expect(201);
        assert_eq!(
            (first["credit"].as_str(), first["status"].as_str()),
            (Some("9.00"), Some("accepted"))
        );
        let again = town.deposit(server, &town.outcome(FIRST)).expect(200);
        assert_eq!((&again["outcome_id"], &again["credit"]), (&first["outcome_id"], &first["credit"]));
        let learner_id = first["learner_id"].as_str().unwrap();
        let learner = town.claim(server, learner_id, "wangfang");

        let me = server.get("/api/v1/me", &learner).expect(200);
        assert_eq!(me["learner"]["document_number"], NUMBER);
        let account = server.get("/api/v1/me/account", &learner).expect(200);
        assert_eq!(
            (account["available"].as_str(), account["balances"][0]["level"].as_i64()),
            (Some("9.00"), Some(4))
        );
        let before = server.get("/api/v1/me/account?as_of=2024-03-01", &learner).expect(200);
        assert_eq!(
            (before["available"].as_str(), before["balances"].as_array().unwrap().len()),
            (Some("0.00"), 0)
        );
        assert_eq!(
            server.get("/api/v1/me/account?as_of=2999-01-01", &learner).refusal(),
            (422, "as_of_in_the_future")
        );
        let movements = server.get("/api/v1/me/movements", &learner).expect(200);
        assert_eq!(movements["items"][0]["available_after"], "9.00");
        let outcomes = server.get("/api/v1/me/outcomes", &learner).expect(200);
        assert_eq!(outcomes["items"][0]["decision"]["credit"], "9.00");
        assert_eq!(server.get("/api/v1/me/access-log", &learner).expect(200)["items"], json!([]));

        let outcome = format!("/api/v1/outcomes/{}", first["outcome_id"].as_str().unwrap());
        assert_eq!(server.get(&outcome, &town.stranger).refusal(), (404, "not_found"));
        assert_eq!(server.call(Method::GET, &outcome, None, None).refusal(), (401, "unauthenticated"));
        assert_eq!(
            server
                .get(&format!("/api/v1/learners/{learner_id}/account"), &town.registrar)
                .refusal(),
            (404, "not_found")
        );
        assert_eq!(
            server
                .get(&format!("/api/v1/outcomes?institution_id={}", town.school), &town.stranger)
                .status,
            403
        );
        assert_eq!(server.get("/api/v1/me/account", &town.registrar).refusal(), (404, "not_found"));

        let listed = server.get(
            &format!("/api/v1/outcomes?institution_id={}&certificate_number={FIRST}", town.school),
            &town.registrar,
        );
        assert_eq!(listed.clone().expect(200)["items"][0]["learner"]["name_masked"], "王*");
        assert!(!listed.text.contains(NUMBER), "identity numbers are masked");
        server
            .get(&format!("/api/v1/learners/{learner_id}/account"), &town.auditor)
            .expect(200);
        let looks = server.get("/api/v1/me/access-log", &learner).expect(200);
        let looks: Vec<_> = looks["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|look| look["operation"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(looks, ["read_account", "list_outcomes"]);

        let decision = first["decision_id"].as_str().unwrap();
        let read = server.get(&format!("/api/v1/decisions/{decision}"), &learner).expect(200);
        assert_eq!(read["explanation"][1], "The rule always gives 9.00 credits.");
        let replay = server
            .post(&format!("/api/v1/decisions/{decision}/replay"), &learner, &json!({}))
            .expect(200);
        assert_eq!(replay["equal"], true);
    });
}

#[test]
fn what_waits_for_a_person_is_released_or_refused() {
    on_both(|server| {
        let town = Town::build(server);
        let odd = town.deposit(server, &town.outcome("ODD-1")).expect(201);
        assert_eq!(
            (odd["status"].as_str(), odd["flags"][0].as_str()),
            (Some("flagged"), Some("certificate_number_pattern"))
        );
        let odder = town.deposit(server, &town.outcome("ODD-2")).expect(201);
        let path = |outcome: &Value, step: &str| format!("/api/v1/outcomes/{}/{step}", outcome["outcome_id"].as_str().unwrap());
        let reason = json!({ "reason": "发证机构已核实" });
        assert_eq!(server.post(&path(&odd, "release"), &town.registrar, &reason).status, 404);
        let released = server.post(&path(&odd, "release"), &town.officer, &reason).expect(200);
        assert_eq!(released["credit"], "9.00");
        assert_eq!(
            server.post(&path(&odd, "refuse"), &town.officer, &reason).refusal(),
            (409, "wrong_state")
        );
        server.post(&path(&odder, "refuse"), &town.officer, &reason).expect(200);
        let learner = town.claim(server, odd["learner_id"].as_str().unwrap(), "wangfang");
        assert_eq!(server.get("/api/v1/me/account", &learner).expect(200)["available"], "9.00");
        let statuses = server.get("/api/v1/me/outcomes", &learner).expect(200);
        assert_eq!(
            (&statuses["items"][0]["status"], &statuses["items"][1]["status"]),
            (&json!("refused"), &json!("released"))
        );
    });
}

#[test]
fn a_name_that_does_not_match_goes_to_the_institutions_list() {
    on_both(|server| {
        let town = Town::build(server);
        town.deposit(server, &town.outcome(FIRST)).expect(201);
        let mut other = town.outcome("S000441012345242000002");
        other["learner"]["name"] = json!("李娜");
        for _ in 0..2 {
            assert_eq!(town.deposit(server, &other).refusal(), (422, "identity_mismatch"));
        }
        let path = format!("/api/v1/identity-mismatches?institution_id={}", town.school);
        let list = server.get(&path, &town.registrar).expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert_eq!(
            (&list["items"][0]["given_name"], &list["items"][0]["learner"]["name_masked"]),
            (&json!("李娜"), &json!("王*"))
        );
        assert_eq!(server.get(&path, &town.stranger).refusal(), (404, "not_found"));
        let settle = format!(
            "/api/v1/identity-mismatches/{}/settle",
            list["items"][0]["mismatch_id"].as_str().unwrap()
        );
        server.post(&settle, &town.registrar, &json!({ "note": "录入有误" })).expect(200);
        assert_eq!(
            server.post(&settle, &town.registrar, &json!({ "note": "again" })).refusal(),
            (409, "wrong_state")
        );
    });
}

#[test]
fn another_system_gets_a_token_and_deposits_within_its_scopes() {
    on_both(|server| {
        let town = Town::build(server);
        let clients = format!("/api/v1/institutions/{}/api-clients", town.school);
        let client = json!({ "name": "教务系统", "scopes": ["outcomes:write"] });
        assert_eq!(server.post(&clients, &town.stranger, &client).status, 403);
        let issued = server.post(&clients, &town.registrar, &client).expect(201);
        let (id, secret) = (
            issued["client"]["client_id"].as_str().unwrap(),
            issued["client_secret"].as_str().unwrap().to_owned(),
        );
        let token = |secret: &str, form: &[(&str, &str)]| {
            let request = server.request(Method::POST, "/oauth2/token").basic_auth(id, Some(secret));
            Answer::of(request.form(form).send().unwrap())
        };
        let grant = [("grant_type", "client_credentials")];
        let access = token(&secret, &grant).expect(200)["access_token"].as_str().unwrap().to_owned();
        assert_eq!(token("wrong", &grant).body["error"], "invalid_client");
        assert_eq!(
            token(&secret, &[("grant_type", "password")]).refusal(),
            (400, "unsupported_grant_type")
        );
        assert_eq!(
            token(&secret, &[grant[0], ("scope", "outcomes:read")]).refusal(),
            (400, "invalid_scope")
        );
        server.post("/api/v1/outcomes", &access, &town.outcome(FIRST)).expect(201);
        let own = format!("/api/v1/outcomes?institution_id={}", town.school);
        assert_eq!(server.get(&own, &access).refusal(), (403, "scope_missing"));
        let mut elsewhere = town.outcome("S000441012345242000003");
        elsewhere["institution_id"] = json!(town.other_school);
        assert_eq!(server.post("/api/v1/outcomes", &access, &elsewhere).refusal(), (403, "forbidden"));
        let rotated = server
            .post(
                &format!("{clients}/{id}/rotate-secret"),
                &town.registrar,
                &json!({ "overlap_hours": 1 }),
            )
            .expect(200);
        token(&secret, &grant).expect(200);
        token(rotated["client_secret"].as_str().unwrap(), &grant).expect(200);
        server
            .post(&format!("{clients}/{id}/revoke"), &town.registrar, &json!({}))
            .expect(200);
        assert_eq!(
            server
                .post("/api/v1/outcomes", &access, &town.outcome("S000441012345242000004"))
                .refusal(),
            (401, "unauthenticated")
        );
        assert_eq!(token(&secret, &grant).refusal(), (401, "invalid_client"));
    });
}

#[test]
fn a_suspended_institution_reads_and_does_not_deposit() {
    on_both(|server| {
        let town = Town::build(server);
        town.deposit(server, &town.outcome(FIRST)).expect(201);
        let path = format!("/api/v1/institutions/{}", town.school);
        server
            .post(&format!("{path}/suspend"), &town.officer, &json!({ "reason": "检查" }))
            .expect(200);
        assert_eq!(
            town.deposit(server, &town.outcome("S000441012345242000005")).refusal(),
            (403, "institution_not_approved")
        );
        server
            .get(&format!("/api/v1/outcomes?institution_id={}", town.school), &town.registrar)
            .expect(200);
        server
            .post(&format!("{path}/reinstate"), &town.officer, &json!({ "reason": "已整改" }))
            .expect(200);
        town.deposit(server, &town.outcome("S000441012345242000005")).expect(201);
        assert_eq!(
            server
                .post(&format!("{path}/approve"), &town.officer, &json!({ "reason": "x" }))
                .refusal(),
            (409, "wrong_state")
        );
    });
}

#[test]
fn a_batch_answers_row_by_row_and_pages_have_links() {
    on_both(|server| {
        let town = Town::build(server);
        let mut rows: Vec<Value> = (0..5)
            .map(|number| json!({ "outcome": town.outcome(&format!("S0004410123452420001{number:02}")) }))
            .collect();
        rows[2]["outcome"]["awarded_on"] = json!("2999-01-01");
        let send = || {
            let request = server.request(Method::POST, "/api/v1/outcomes/batch").bearer_auth(&town.registrar);
            Answer::of(
                request
                    .header("Idempotency-Key", "batch-1")
                    .json(&json!({ "rows": rows }))
                    .send()
                    .unwrap(),
            )
        };
        let first = send().expect(200);
        assert_eq!((&first["created"], &first["refused"]), (&json!(4), &json!(1)));
        assert_eq!(
            (&first["results"][2]["status"], &first["results"][2]["problem"]["code"]),
            (&json!(422), &json!("awarded_in_the_future"))
        );
        assert_eq!(send().expect(200), first, "the same key answers the same");
        let odd = json!({ "rows": [{ "outcome": { "awarded_on": 7 } }, rows[0]] });
        let odd = server.post("/api/v1/outcomes/batch", &town.registrar, &odd).expect(200);
        assert_eq!(
            (&odd["results"][0]["problem"]["code"], &odd["results"][1]["status"]),
            (&json!("malformed_body"), &json!(200))
        );
        let mut path = format!("/api/v1/outcomes?institution_id={}&limit=3", town.school);
        let mut seen = Vec::new();
        loop {
            let page = server.get(&path, &town.registrar);
            let link = page.header("link").map(str::to_owned);
            seen.extend(
                page.expect(200)["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| item["outcome_id"].to_string()),
            );
            let Some(link) = link else { break };
            path = link.trim_start_matches('<').split_once('>').unwrap().0.to_owned();
        }
        assert_eq!(seen.len(), 4);
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "from the newest, none twice");
    });
}

#[test]
fn a_legacy_identity_number_is_the_same_person() {
    on_both(|server| {
        let town = Town::build(server);
        let first = town.deposit(server, &town.outcome(FIRST)).expect(201);
        let mut legacy = town.outcome("S000441012345242000002");
        legacy["learner"]["document_number"] = json!("110105491231002");
        assert_eq!(town.deposit(server, &legacy).expect(201)["learner_id"], first["learner_id"]);
    });
}
