//! The life of a rule pack over HTTP, and every refusal on its way.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, BackEnd, Server, on_both, postgres_database, program};
use super::town::{Town, user};

const PACKS: &str = "/api/v1/rule-packs";

/// A valid document of the town's school.
pub(crate) fn document(from: &str) -> Value {
    json!({
        "code": "certificates", "title": { "zh": "职业技能等级证书转换办法", "en": "Certificates" }, "owner": "914403003429409755",
        "legal_basis": ["国发〔2019〕4号"], "effective_from": from, "selected_by": "decision_date",
        "clauses": [{
            "id": "certificates", "citation": "第六条", "outcomes": { "kinds": ["occupational_certificate"] },
            "to": [{ "to": "courses", "select": { "tags_any": ["core"] } }], "value": { "of": { "base": "bank_credit" } },
            "targets": "one", "remainder": "forfeited", "coverage": "whole_by_one",
        }],
    })
}

/// A certificate of nine credits for a course of three and a half.
fn case(recognised: &str) -> Value {
    json!({
        "name": "高级工", "decided_on": "3000-01-01",
        "programme": { "code": "elec-2024", "name": { "zh": "电气自动化技术" }, "required_credit": "20",
            "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "0" }],
            "courses": [{ "code": "E101", "name": { "zh": "电工基础" }, "credits": "3.5", "tags": ["core"], "required": true, "bucket": "major" }],
            "effective_from": "2024-09-01" },
        "outcomes": [{ "key": "certificate", "name": "电工(三级/高级工)", "achievement": "occ-elec-3", "kind": "occupational_certificate",
            "issuer": { "credit_code": "91310000607378133K", "kind": "assessment_body" }, "bank_credit": "9.00", "awarded_on": "2024-05-10" }],
        "expected": { "recognised": recognised },
    })
}

/// A case that the document passes.
fn passing() -> Value {
    case("3.5")
}

/// A case that it fails.
fn failing() -> Value {
    case("9")
}

fn new(town: &Town, document: &Value, cases: &[Value]) -> Value {
    json!({ "institution_id": town.school, "document": document, "cases": cases })
}

fn path(pack: &Value) -> String {
    format!("{PACKS}/{}", pack["pack_id"].as_str().unwrap())
}

/// Changes or decides with the edition that was read.
fn with_edition(server: &Server, method: Method, path: &str, token: &str, edition: i64, body: &Value) -> Answer {
    let request = server
        .request(method, path)
        .bearer_auth(token)
        .header("If-Match", format!("\"{edition}\""));
    Answer::of(request.json(body).send().unwrap())
}

fn decide(server: &Server, town_token: &str, pack: &str, edition: i64, decision: &str) -> Answer {
    let body = json!({ "decision": decision, "reason": "按规定" });
    with_edition(server, Method::POST, &format!("{pack}/decide-filing"), town_token, edition, &body)
}

/// Runs a test on both back ends, in a bank that gives no public notice: what is accepted can be in force today.
pub(crate) fn without_notice(test: impl Fn(&mut Server)) {
    for back_end in [BackEnd::Sqlite, BackEnd::Postgres(postgres_database())] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = program(&directory.path().join("data"), &back_end);
        command.env("CREDIT_BANK_PACK_NOTICE_DAYS", "0");
        test(&mut Server::of_program(directory, back_end, &mut command));
    }
}

/// The day at the bank.
pub(crate) fn today() -> String {
    (credit_bank::clock::now() + chrono::TimeDelta::hours(8)).date_naive().to_string()
}

/// Drafts, files and accepts a pack of the town's school in a bank without notice: it is in force at once.
pub(crate) fn put_in_force(server: &Server, town: &Town, document: &Value) {
    let draft = server.post(PACKS, &town.registrar, &new(town, document, &[passing()])).expect(201);
    let path = path(&draft);
    server.post(&format!("{path}/file"), &town.registrar, &json!({})).expect(200);
    let accepted = decide(server, &town.officer, &path, 2, "accept").expect(200);
    assert_eq!(accepted["status"], "in_force", "{accepted}");
}

#[test]
fn a_pack_is_drafted_tested_filed_decided_and_in_force() {
    without_notice(|server| {
        let town = Town::build(server);
        let passing = passing();
        let failing = failing();
        let draft = server.post(PACKS, &town.registrar, &new(&town, &document(&today()), &[]));
        assert_eq!(draft.header("etag"), Some("\"1\""));
        let draft = draft.expect(201);
        assert_eq!((&draft["status"], &draft["version"]), (&json!("draft"), &json!(1)));
        assert_eq!(draft["validation"]["problems"], json!([]), "{draft}");
        let path = path(&draft);
        let post = |step: &str, token: &str| server.post(&format!("{path}/{step}"), token, &json!({}));
        assert_eq!(post("file", &town.registrar).refusal(), (422, "pack_without_cases"));

        let edit = |edition: i64, cases: &[Value]| {
            let body = json!({ "document": document(&today()), "cases": cases });
            with_edition(server, Method::PUT, &path, &town.registrar, edition, &body)
        };
        let edited = edit(1, &[passing.clone(), failing]).expect(200);
        assert_eq!(
            (&edited["tests"]["cases"], &edited["tests"]["passed"]),
            (&json!(2), &json!(1)),
            "{edited}"
        );
        assert_eq!(edit(1, &[]).refusal(), (412, "stale_edition"));
        let refused = post("file", &town.registrar);
        assert_eq!(refused.refusal(), (422, "pack_cases_fail"));
        assert_eq!(refused.body["errors"][0]["pointer"], "/cases/1");
        assert!(refused.body["detail"].as_str().unwrap().contains("fails: "), "{}", refused.text);
        edit(2, std::slice::from_ref(&passing)).expect(200);
        let read = server.get(&path, &town.registrar).expect(200);
        assert_eq!(read["validation"]["problems"], json!([]));
        assert_eq!(read["tests"], Value::Null, "reading runs no cases");
        let tried = server
            .post(&format!("{path}/test"), &town.registrar, &json!({ "cases": [passing] }))
            .expect(200);
        assert_eq!((&tried["cases"], &tried["passed"]), (&json!(2), &json!(2)));

        assert_eq!(decide(server, &town.officer, &path, 3, "accept").refusal(), (409, "wrong_state"));
        let filed = post("file", &town.registrar).expect(200);
        assert_eq!((&filed["status"], &filed["edition"]), (&json!("filed"), &json!(4)));
        assert_eq!(edit(4, &[]).refusal(), (409, "wrong_state"), "what is filed is not edited");
        assert_eq!(post("file", &town.registrar).refusal(), (409, "wrong_state"));
        assert_eq!(decide(server, &town.officer, &path, 3, "accept").refusal(), (412, "stale_edition"));
        assert_eq!(decide(server, &town.registrar, &path, 4, "accept").refusal(), (403, "forbidden"));
        assert_eq!(server.call(Method::GET, &path, None, None).refusal(), (404, "not_found"));
        let accepted = decide(server, &town.officer, &path, 4, "accept").expect(200);
        assert_eq!(
            (&accepted["status"], &accepted["decision_reason"]),
            (&json!("in_force"), &json!("按规定"))
        );

        assert_eq!(edit(5, &[]).refusal(), (409, "wrong_state"), "what is in force is never edited");
        assert_eq!(post("withdraw", &town.registrar).refusal(), (409, "wrong_state"));
        let public = server.call(Method::GET, &path, None, None).expect(200);
        assert_eq!(public["document"], draft["document"]);
        assert_eq!(public["tests"], Value::Null, "what was accepted is not tried again for everybody");
        let audit = server.get(
            &format!("/api/v1/audit?subject_id={}", draft["pack_id"].as_str().unwrap()),
            &town.auditor,
        );
        let operations: Vec<String> = audit.expect(200)["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["operation"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            operations,
            [
                "accept_rule_pack",
                "file_rule_pack",
                "edit_rule_pack",
                "edit_rule_pack",
                "create_rule_pack"
            ]
        );
    });
}

#[test]
fn who_filed_a_pack_does_not_decide_on_it() {
    on_both(|server| {
        let town = Town::build(server);
        // The officer is a registrar of the school as well.
        let member = json!({ "username": "officer", "roles": ["registrar"] });
        let members = format!("/api/v1/institutions/{}/members", town.school);
        server.post(&members, &town.registrar, &member).expect(201);
        let body = new(&town, &document("2999-01-01"), &[passing()]);
        let draft = server.post(PACKS, &town.registrar, &body).expect(201);
        let path = path(&draft);
        server.post(&format!("{path}/file"), &town.officer, &json!({})).expect(200);
        assert_eq!(decide(server, &town.officer, &path, 2, "accept").refusal(), (403, "four_eyes"));
        assert_eq!(
            decide(server, &town.administrator, &path, 2, "accept").refusal(),
            (403, "forbidden")
        );
        let second = json!({ "user": user("officer-two"), "bank_role": "officer" });
        server.post("/api/v1/users", &town.administrator, &second).expect(201);
        let second = server.log_in("officer-two");
        let returned = decide(server, &second, &path, 2, "return").expect(200);
        assert_eq!((&returned["status"], &returned["published_at"]), (&json!("returned"), &Value::Null));
        assert_eq!(server.call(Method::GET, &path, None, None).refusal(), (404, "not_found"));
        server.post(&format!("{path}/file"), &town.registrar, &json!({})).expect(200);
        let accepted = decide(server, &town.officer, &path, 4, "accept").expect(200);
        assert_eq!(accepted["status"], "on_notice");
        assert!(accepted["notice_until"].is_string());
        let withdrawn = server.post(&format!("{path}/withdraw"), &town.registrar, &json!({})).expect(200);
        assert_eq!(withdrawn["status"], "withdrawn");
        let public = server.call(Method::GET, &path, None, None).expect(200);
        assert_eq!(public["status"], "withdrawn", "what was on notice stays to be read");
    });
}

#[test]
fn drafts_are_refused_by_owner_code_and_shape() {
    on_both(|server| {
        let town = Town::build(server);
        let post = |token: &str, body: &Value| server.post(PACKS, token, body);
        let good = new(&town, &document("2999-01-01"), &[]);
        let edited = |edit: fn(&mut Value)| {
            let mut body = good.clone();
            edit(&mut body);
            let answer = post(&town.registrar, &body);
            let pointer = answer.body["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned();
            (answer.status, pointer)
        };
        type Edit = fn(&mut Value);
        let cases: [(Edit, u16, &str); 6] = [
            (|body| body["document"]["code"] = json!("With Spaces"), 422, "/document/code"),
            (|body| body["document"]["title"]["zh"] = json!(""), 422, "/document/title"),
            (
                |body| body["document"]["owner"] = json!("91310000607378133K"),
                422,
                "/document/owner",
            ),
            (
                |body| body["document"]["effective_to"] = json!("2000-01-01"),
                422,
                "/document/effective_to",
            ),
            (
                |body| body["document"]["clauses"][0]["value"] = json!({}),
                400,
                "/document/clauses/0/value/of",
            ),
            (|body| body["document"]["surprise"] = json!(1), 400, "/document/surprise"),
        ];
        for (edit, status, pointer) in cases {
            assert_eq!(edited(edit), (status, pointer.to_owned()));
        }
        assert_eq!(post(&town.stranger, &good).refusal(), (403, "forbidden"));
        assert_eq!(
            post(&town.administrator, &good).refusal(),
            (403, "forbidden"),
            "the bank writes its own only"
        );
        let draft = post(&town.registrar, &good).expect(201);
        assert_eq!(post(&town.registrar, &good).refusal(), (409, "pack_version_open"));
        let mut standard = document("2999-01-01");
        standard.as_object_mut().unwrap().remove("owner");
        assert_eq!(
            post(&town.registrar, &json!({ "document": standard })).refusal(),
            (403, "forbidden")
        );
        assert_eq!(
            post(&town.administrator, &json!({ "document": standard })).refusal(),
            (409, "code_taken"),
            "a code is one owner's in the whole bank"
        );
        standard["code"] = json!("bank-standard");
        post(&town.administrator, &json!({ "document": standard })).expect(201);

        let path = path(&draft);
        for (token, status) in [(&town.officer, 200), (&town.auditor, 200), (&town.stranger, 404)] {
            assert_eq!(server.get(&path, token).status, status);
        }
        let listed = |query: &str, token: Option<&str>| {
            let answer = server.call(Method::GET, &format!("{PACKS}?{query}"), token, None).expect(200);
            answer["items"].as_array().unwrap().len()
        };
        let own = format!("institution_id={}", town.school);
        assert_eq!((listed(&own, None), listed(&own, Some(&town.stranger))), (0, 0));
        assert_eq!(
            (listed(&own, Some(&town.registrar)), listed("status=draft", Some(&town.officer))),
            (1, 2)
        );
        assert_eq!(listed("", Some(&town.registrar)), 0, "members name their institution");
        assert_eq!((listed("of_bank=true", Some(&town.officer)), listed("of_bank=true", None)), (1, 0));
    });
}

#[test]
fn validation_names_what_must_be_mended_and_filing_refuses_it() {
    on_both(|server| {
        let town = Town::build(server);
        let mut open = document("2999-01-01");
        open["clauses"][0].as_object_mut().unwrap().remove("targets");
        let validate = format!("{PACKS}/validate");
        let problems = server.post(&validate, &town.stranger, &open).expect(200);
        let has_targets = |problems: &Value, start: &str| {
            let all = problems.as_array().unwrap();
            all.iter().any(|one| one["pointer"] == format!("{start}/clauses/0/targets"))
        };
        assert!(has_targets(&problems["problems"], ""), "{problems}");
        assert_eq!(server.submit(&validate, &open).refusal(), (401, "unauthenticated"));
        let draft = server.post(PACKS, &town.registrar, &new(&town, &open, &[passing()])).expect(201);
        assert_eq!(draft["tests"], Value::Null, "the cases of a pack that is not valid mean nothing");
        let post = |step: &str| server.post(&format!("{}/{step}", path(&draft)), &town.registrar, &json!({}));
        let refused = post("file");
        assert_eq!(refused.refusal(), (422, "pack_not_valid"));
        assert!(has_targets(&refused.body["errors"], "/document"), "{}", refused.text);
        assert_eq!(post("test").refusal(), (422, "pack_not_valid"));
        assert_eq!(post("validate").expect(200), problems);
    });
}

#[test]
fn a_repeated_request_is_answered_once() {
    on_both(|server| {
        let town = Town::build(server);
        let body = new(&town, &document("2999-01-01"), &[]);
        let post = |path: &str, body: &Value| {
            let request = server.request(Method::POST, path).bearer_auth(&town.registrar);
            Answer::of(
                request
                    .header("Idempotency-Key", format!("key-{}", path.len()))
                    .json(body)
                    .send()
                    .unwrap(),
            )
        };
        let first = post(PACKS, &body).expect(201);
        assert_eq!(post(PACKS, &body).expect(201), first);
        assert_eq!(post(PACKS, &json!({ "document": document("2999-01-02") })).status, 403);
        let withdraw = format!("{}/withdraw", path(&first));
        let withdrawn = post(&withdraw, &json!({})).expect(200);
        assert_eq!(post(&withdraw, &json!({})).expect(200), withdrawn);
        let next = server.post(PACKS, &town.registrar, &body).expect(201);
        assert_eq!(next["version"], 2, "the number of what was given up is not used again");
    });
}

#[test]
fn versions_are_compared_and_the_schema_is_public() {
    without_notice(|server| {
        let town = Town::build(server);
        let body = new(&town, &document(&today()), &[passing()]);
        let first = server.post(PACKS, &town.registrar, &body).expect(201);
        server
            .post(&format!("{}/file", path(&first)), &town.registrar, &json!({}))
            .expect(200);
        decide(server, &town.officer, &path(&first), 2, "accept").expect(200);
        let mut next = document("2999-01-01");
        next["clauses"][0]["citation"] = json!("第七条");
        let second = server.post(PACKS, &town.registrar, &new(&town, &next, &[])).expect(201);
        let diff = format!("{}/diff?with={}", path(&second), first["pack_id"].as_str().unwrap());
        let difference = server.get(&diff, &town.registrar).expect(200);
        assert_eq!((&difference["with_version"], &difference["version"]), (&json!(1), &json!(2)));
        let changed: Vec<&str> = difference["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| change["pointer"].as_str().unwrap())
            .collect();
        assert!(changed.contains(&"/effective_from"), "{changed:?}");
        assert!(changed.contains(&"/clauses/0/citation"), "{changed:?}");
        assert_eq!(
            server.call(Method::GET, &diff, None, None).refusal(),
            (404, "not_found"),
            "one is a draft"
        );
        let own = format!("{}/diff?with={}", path(&first), first["pack_id"].as_str().unwrap());
        assert_eq!(server.call(Method::GET, &own, None, None).expect(200)["changes"], json!([]));
        let schema = server.call(Method::GET, &format!("{PACKS}/schema"), None, None);
        assert_eq!(schema.header("content-type"), Some("application/schema+json"));
        assert!(schema.expect(200).is_object());
    });
}

#[test]
fn the_packs_that_ship_are_there_to_begin_from() {
    on_both(|server| {
        let templates = server.call(Method::GET, "/api/v1/rule-packs/templates", None, None).expect(200);
        let items = templates["items"].as_array().unwrap();
        assert_eq!(items.len(), 10);
        assert!(
            items
                .iter()
                .all(|item| item["document"]["code"] == item["code"] && !item["cases"].as_array().unwrap().is_empty())
        );
    });
}
