//! Members, achievements and their versions, editions, the audit, and refusals in both languages.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, on_both};
use super::town::Town;

const FIRST: &str = "S000441012345242000001";

#[test]
fn editing_needs_the_edition_that_was_read() {
    on_both(|server| {
        let town = Town::build(server);
        let path = format!("/api/v1/institutions/{}", town.school);
        let edition = server.get(&path, &town.registrar).header("etag").unwrap().to_owned();
        let edit = json!({ "name": "新校名", "division_code": "410502" });
        assert_eq!(
            server.call(Method::PUT, &path, Some(&town.registrar), Some(&edit)).refusal(),
            (400, "precondition_needed")
        );
        let put = |edition: &str| {
            let request = server
                .request(Method::PUT, &path)
                .bearer_auth(&town.registrar)
                .header("If-Match", edition);
            Answer::of(request.json(&edit).send().unwrap())
        };
        assert_eq!(put(&edition).expect(200)["name"], "新校名");
        assert_eq!(put(&edition).refusal(), (412, "stale_edition"));
    });
}

#[test]
fn an_achievement_is_drafted_published_superseded_and_closed() {
    on_both(|server| {
        let town = Town::build(server);
        let mut new = json!({ "institution_id": town.school, "code": "tr-care", "name_chinese": "养老护理", "kind": "training", "hours": "60", "valid_from": "2020-01-01" });
        let draft = server.post("/api/v1/achievements", &town.registrar, &new);
        assert_eq!(draft.header("etag"), Some("\"1\""));
        let path = format!("/api/v1/achievements/{}", draft.expect(201)["achievement_id"].as_str().unwrap());
        assert_eq!(
            server.post("/api/v1/achievements", &town.registrar, &new).refusal(),
            (409, "code_taken")
        );
        assert_eq!(
            server.get(&path, &town.stranger).refusal(),
            (404, "not_found"),
            "a draft is its institution's"
        );
        new["name_chinese"] = json!("养老护理技能提升");
        let edit = || {
            let request = server
                .request(Method::PUT, &path)
                .bearer_auth(&town.registrar)
                .header("If-Match", "\"1\"");
            Answer::of(request.json(&new).send().unwrap())
        };
        assert_eq!(edit().expect(200)["name_chinese"], "养老护理技能提升");
        assert_eq!(edit().refusal(), (412, "stale_edition"));
        server.post(&format!("{path}/publish"), &town.registrar, &json!({})).expect(200);
        assert_eq!(edit().refusal(), (409, "wrong_state"), "a published version is never edited");
        assert_eq!(server.call(Method::GET, &path, None, None).expect(200)["status"], "published");
        assert_eq!(
            server.post(&format!("{path}/versions"), &town.registrar, &new).refusal(),
            (422, "invalid_body")
        );
        let mut next = new.clone();
        (next["valid_from"], next["hours"]) = (json!("2024-01-01"), json!("80"));
        let second = server.post(&format!("{path}/versions"), &town.registrar, &next).expect(201);
        assert_eq!((&second["version"], &second["status"]), (&json!(2), &json!("draft")));
        let second = format!("/api/v1/achievements/{}", second["achievement_id"].as_str().unwrap());
        server.post(&format!("{second}/publish"), &town.registrar, &json!({})).expect(200);
        server
            .post(&format!("{second}/close"), &town.registrar, &json!({ "closed_on": "2024-12-31" }))
            .expect(200);
        let rule = json!({ "title": "培训", "citation": "测试", "selector": { "kind": "training" }, "selected_by": "award_date", "effective_from": "2020-01-01",
            "method": { "method": "by_hours", "hours_per_credit": "16", "minimum_hours": "8", "step": "0.50", "cap": null } });
        server.post("/api/v1/recognition-rules", &town.administrator, &rule).expect(201);
        let outcome = |awarded_on: &str| {
            let mut outcome = town.outcome("");
            (outcome["achievement_code"], outcome["awarded_on"], outcome["certificate_number"]) =
                (json!("tr-care"), json!(awarded_on), Value::Null);
            let deposited = town.deposit(server, &outcome).expect(201);
            (deposited["credit"].as_str().unwrap().to_owned(), deposited["flags"].clone())
        };
        assert_eq!(
            outcome("2023-06-01"),
            ("3.50".to_owned(), json!([])),
            "the version in force then had 60 hours"
        );
        assert_eq!(outcome("2024-06-01"), ("5.00".to_owned(), json!([])), "the next one has 80");
        assert_eq!(outcome("2025-01-01"), ("0.00".to_owned(), json!(["awarded_after_closure"])));
    });
}

#[test]
fn every_write_leaves_an_audit_row_that_auditors_read() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome(FIRST)).expect(201);
        let path = format!("/api/v1/audit?subject_id={}", deposited["outcome_id"].as_str().unwrap());
        let audit = server.get(&path, &town.auditor).expect(200);
        assert_eq!(audit["items"][0]["operation"], "deposit_outcome");
        assert_eq!(server.get("/api/v1/audit", &town.officer).refusal(), (403, "forbidden"));
        let all = server.get("/api/v1/audit?limit=200", &town.administrator);
        let operations: Vec<String> = all.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["operation"].as_str().unwrap().to_owned())
            .collect();
        for operation in [
            "set_up",
            "log_in",
            "create_user",
            "register_institution",
            "approve",
            "create_achievement",
            "publish_recognition_rule",
        ] {
            assert!(operations.iter().any(|one| one == operation), "{operation}: {operations:?}");
        }
        assert!(!all.text.contains(super::town::NUMBER));
    });
}

#[test]
fn members_get_roles_and_an_institution_keeps_an_admin() {
    on_both(|server| {
        let town = Town::build(server);
        let path = format!("/api/v1/institutions/{}/members", town.school);
        let new = json!({ "user": super::town::user("reviewer-li"), "roles": ["reviewer"] });
        let member = server.post(&path, &town.registrar, &new).expect(201);
        assert_eq!(server.post(&path, &town.registrar, &new).refusal(), (409, "username_taken"));
        let reviewer = server.log_in("reviewer-li");
        assert_eq!(
            server.post("/api/v1/outcomes", &reviewer, &town.outcome(FIRST)).refusal(),
            (403, "forbidden")
        );
        let own = format!("{path}/{}", member["user_id"].as_str().unwrap());
        let put = |path: &str, roles: Value| server.call(Method::PUT, path, Some(&town.registrar), Some(&json!({ "roles": roles })));
        put(&own, json!(["registrar", "reviewer"])).expect(200);
        server.post("/api/v1/outcomes", &reviewer, &town.outcome(FIRST)).expect(201);
        let again = json!({ "username": "reviewer-li", "roles": ["reviewer"] });
        assert_eq!(server.post(&path, &town.registrar, &again).refusal(), (409, "membership_exists"));
        let nobody = json!({ "username": "nobody", "roles": ["reviewer"] });
        assert_eq!(server.post(&path, &town.registrar, &nobody).refusal(), (422, "unknown_user"));
        let me = server.get("/api/v1/me", &town.registrar).expect(200);
        let admin = format!("{path}/{}", me["id"].as_str().unwrap());
        assert_eq!(put(&admin, json!(["registrar"])).refusal(), (422, "last_institution_admin"));
        assert_eq!(
            server.call(Method::DELETE, &admin, Some(&town.registrar), None).refusal(),
            (422, "last_institution_admin")
        );
        assert_eq!(server.call(Method::DELETE, &own, Some(&town.registrar), None).status, 204);
        assert_eq!(
            server
                .post("/api/v1/outcomes", &reviewer, &town.outcome("S000441012345242000009"))
                .status,
            403
        );
        assert_eq!(server.get(&path, &town.registrar).expect(200)["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn refusals_name_the_field_and_speak_both_languages() {
    on_both(|server| {
        let town = Town::build(server);
        let mut outcome = town.outcome(FIRST);
        outcome["awarded_on"] = json!("2999-01-01");
        let speak = |language: &str, body: &Value| {
            let request = reqwest::blocking::Client::new().post(format!("{}/api/v1/outcomes", server.base));
            Answer::of(
                request
                    .bearer_auth(&town.registrar)
                    .header("Accept-Language", language)
                    .json(body)
                    .send()
                    .unwrap(),
            )
        };
        let (chinese, english) = (speak("zh-CN", &outcome), speak("en", &outcome));
        assert_eq!(
            (chinese.header("content-language"), english.header("content-language")),
            (Some("zh-CN"), Some("en"))
        );
        assert_eq!(
            (&chinese.body["code"], &chinese.body["errors"][0]["pointer"]),
            (&english.body["code"], &json!("/awarded_on"))
        );
        assert!(chinese.body["detail"].as_str().unwrap().contains("晚于今天"), "{}", chinese.text);
        assert!(
            english.body["detail"].as_str().unwrap().contains("later than today"),
            "{}",
            english.text
        );
        outcome["learner"]["name"] = json!("王3");
        let chinese = speak("zh-CN", &outcome);
        assert_eq!(
            chinese.body["errors"][0],
            json!({ "pointer": "/learner/name", "detail": "必须是 1 至 100 个字符，不含数字" })
        );
        assert_eq!(chinese.body["title"], "无法处理");
    });
}

/// PostgreSQL keeps no such character; it is refused alike on both back ends, and in a batch only where it stands.
#[test]
fn the_character_that_no_database_keeps_is_refused_at_the_door() {
    on_both(|server| {
        let town = Town::build(server);
        let mut outcome = town.outcome(FIRST);
        outcome["achievement_code"] = "occ\u{0}".into();
        let refused = town.deposit(server, &outcome);
        assert_eq!(refused.refusal(), (422, "invalid_body"));
        assert_eq!(refused.body["errors"][0]["pointer"], "/achievement_code");
        let rows = json!({ "rows": [{ "outcome": outcome }, { "outcome": town.outcome("S000441012345242000002") }] });
        let batch = server.post("/api/v1/outcomes/batch", &town.registrar, &rows).expect(200);
        assert_eq!((&batch["refused"], &batch["created"]), (&json!(1), &json!(1)), "{batch}");
        let listed = server.get("/api/v1/achievements?code=occ%00", &town.registrar);
        assert_eq!(listed.refusal(), (400, "invalid_query"));
    });
}
