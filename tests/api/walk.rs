//! Every operation of the description, called with no token, with a stranger's and with another institution's: none of
//! them reads or changes what is not theirs, and every answer is one that the description names.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::bodies::body;
use super::server::{Answer, Server, on_both};
use super::town::{Town, user};

/// Operations that answer anybody.
const PUBLIC: [&str; 34] = [
    "set_up",
    "log_in",
    "refresh_session",
    "register_institution",
    "issue_token",
    "read_authorization_server",
    "list_frameworks",
    "list_achievements",
    "read_achievement",
    "list_recognition_rules",
    "list_certificate_patterns",
    "list_programmes",
    "read_programme",
    "list_agreements",
    "read_agreement",
    "list_pathways",
    "read_pathway",
    "claim_account",
    "read_key_set",
    "read_liveness",
    "read_readiness",
    "read_metrics",
    "read_openapi",
    "read_docs",
    "read_style",
    "list_rule_packs",
    "read_rule_pack",
    "read_rule_pack_schema",
    "diff_rule_packs",
    "read_rule_pack_text",
    "ask_worth",
    "list_pack_templates",
    "list_notices",
    "list_working_years",
];

/// Operations about the caller, or about what anybody who logged in may know.
const ANYBODYS: [&str; 8] = [
    "log_out",
    "change_password",
    "read_me",
    "list_institutions",
    "read_institution",
    "deposit_batch",
    "list_outcomes",
    "validate_rule_pack",
];

/// What an operation that takes a file is sent.
const FILE: &str = "%PDF-1.7";

/// Ids of the school whose things strangers must not touch.
pub(crate) struct Things {
    pub(crate) ids: BTreeMap<&'static str, String>,
    pub(crate) example: Value,
}

fn things(server: &Server, town: &Town) -> Things {
    let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut renamed = town.outcome("S000441012345242000002");
    renamed["learner"]["name"] = json!("李娜");
    assert_eq!(town.deposit(server, &renamed).status, 422);
    let mismatches = server
        .get(
            &format!("/api/v1/identity-mismatches?institution_id={}", town.school),
            &town.registrar,
        )
        .expect(200);
    let client = json!({ "name": "系统", "scopes": ["outcomes:read"] });
    let client = server
        .post(
            &format!("/api/v1/institutions/{}/api-clients", town.school),
            &town.registrar,
            &client,
        )
        .expect(201);
    let draft =
        json!({ "institution_id": town.school, "code": "draft-1", "name_chinese": "草案", "kind": "other", "valid_from": "2024-01-01" });
    let draft = server.post("/api/v1/achievements", &town.registrar, &draft).expect(201);
    let pack = json!({ "institution_id": town.school, "document": super::packs::document("2999-01-01") });
    let pack = server.post("/api/v1/rule-packs", &town.registrar, &pack).expect(201);
    let simulation = super::simulations::start(server, town, &text(&pack["pack_id"])).expect(202);
    let correction = super::corrections::preview(server, town, &town.registrar, &deposited["outcome_id"]).expect(201);
    let me = server.get("/api/v1/me", &town.registrar).expect(200);
    Things {
        ids: BTreeMap::from([
            ("institution_id", town.school.clone()),
            ("learner_id", text(&deposited["learner_id"])),
            ("outcome_id", text(&deposited["outcome_id"])),
            ("decision_id", text(&deposited["decision_id"])),
            ("mismatch_id", text(&mismatches["items"][0]["mismatch_id"])),
            ("client_id", text(&client["client"]["client_id"])),
            ("achievement_id", text(&draft["achievement_id"])),
            ("user_id", text(&me["id"])),
            ("pack_id", text(&pack["pack_id"])),
            ("simulation_id", text(&simulation["simulation_id"])),
            // Nobody kept an answer; whose it would be is asked first.
            ("worth_id", town.school.clone()),
            ("objection_id", town.school.clone()),
            // Nothing of it is used, so that it opens no case.
            ("case_id", town.school.clone()),
            // The bank's people alone have to do with merges, so that nobody here may know whether there is one.
            ("merge_id", town.school.clone()),
            ("correction_id", text(&correction["correction_id"])),
            // Nobody is suspected; who may know of any is asked first.
            ("suspicion_id", town.school.clone()),
            ("file_id", file_of(server, town, &text(&deposited["learner_id"]))),
            ("import_id", import_of(server, town)),
        ]),
        example: town.outcome("S000441012345242000003"),
    }
}

/// A file that the school uploaded for the learner.
fn file_of(server: &Server, town: &Town, learner_id: &str) -> String {
    let path = format!(
        "/api/v1/learners/{learner_id}/evidence?institution_id={}&name=scan.pdf",
        town.school
    );
    let request = server.request(Method::POST, &path).bearer_auth(&town.registrar);
    let file = Answer::of(request.header("Content-Type", "application/pdf").body(FILE).send().unwrap()).expect(201);
    file["file_id"].as_str().unwrap().to_owned()
}

/// A file of outcomes that the school brought.
fn import_of(server: &Server, town: &Town) -> String {
    let path = format!("/api/v1/institutions/{}/imports?name=a.csv", town.school);
    let request = server.request(Method::POST, &path).bearer_auth(&town.registrar);
    let import = Answer::of(request.header("Content-Type", "text/csv").body("姓名\n").send().unwrap()).expect(202);
    import["import_id"].as_str().unwrap().to_owned()
}

/// A claim of the learner that the school decides.
fn claim_of(server: &Server, town: &Town, learner: &str) -> String {
    let upload = server
        .request(Method::POST, "/api/v1/me/evidence?name=scan.pdf")
        .bearer_auth(learner);
    let file = Answer::of(upload.header("Content-Type", "application/pdf").body(FILE).send().unwrap()).expect(201);
    let path = format!("/api/v1/achievements?institution_id={}&code=occ-elec-4", town.school);
    let published = server.get(&path, &town.registrar).expect(200);
    let claim = json!({ "kind": "recognition", "statement": "申请认定", "evidence": [file["file_id"]],
        "subject": { "of": "declared", "achievement_id": published["items"][0]["achievement_id"], "awarded_on": "2023-05-01" } });
    let claim = server.post("/api/v1/me/claims", learner, &claim).expect(201);
    claim["claim_id"].as_str().unwrap().to_owned()
}

struct Step {
    operation: String,
    method: Method,
    path: String,
    body: Option<Value>,
    takes_file: bool,
    statuses: Vec<u16>,
}

/// The operations that are not for everybody, with the school's ids in their paths.
fn steps(things: &Things) -> Vec<Step> {
    let description = credit_bank::http::openapi::document();
    let mut steps = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            if PUBLIC.contains(&id.as_str()) {
                continue;
            }
            let mut path = path.clone();
            for (name, value) in &things.ids {
                path = path.replace(&format!("{{{name}}}"), value);
            }
            assert!(!path.contains('{'), "{path} has an id that the walk does not know");
            if matches!(
                id.as_str(),
                "list_outcomes"
                    | "list_mismatches"
                    | "list_claims"
                    | "count_due_claims"
                    | "list_corrections"
                    | "list_cases"
                    | "list_correction_requests"
                    | "count_due_corrections"
            ) {
                path = format!("{path}?institution_id={}", things.ids["institution_id"]);
            }
            if matches!(id.as_str(), "read_own_audit" | "list_own_additions" | "read_shortest_way") {
                path = format!("{path}?programme={}", things.ids["institution_id"]);
            }
            if id == "upload_evidence" || id == "upload_import" {
                path = format!("{path}?name=scan.pdf");
            }
            if id == "upload_learner_evidence" {
                path = format!("{path}?name=scan.pdf&institution_id={}", things.ids["institution_id"]);
            }
            let content = operation.get("requestBody").map(|body| &body["content"]);
            let takes_file = content.is_some_and(|content| content.get("application/octet-stream").is_some());
            steps.push(Step {
                method: method.to_uppercase().parse().unwrap(),
                path,
                body: content.filter(|_| !takes_file).and_then(|_| body(&id, things)),
                takes_file,
                statuses: operation["responses"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(|status| status.parse().unwrap())
                    .collect(),
                operation: id,
            });
        }
    }
    steps
}

fn call(server: &Server, step: &Step, token: Option<&str>) -> Answer {
    let mut request = server.request(step.method.clone(), &step.path).header("If-Match", "\"1\"");
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = &step.body {
        request = request.json(body);
    }
    if step.takes_file {
        request = request.header("Content-Type", "application/octet-stream").body(FILE);
    }
    let answer = Answer::of(request.send().unwrap());
    assert!(
        step.statuses.contains(&answer.status),
        "{} answers {} undocumented: {}",
        step.operation,
        answer.status,
        answer.text
    );
    answer
}

#[test]
fn no_operation_answers_those_who_have_no_right() {
    on_both(|server| {
        let town = Town::build(server);
        let mut things = things(server, &town);
        let learner = town.claim(server, &things.ids["learner_id"], "wangfang");
        things.ids.insert("claim_id", claim_of(server, &town, &learner));
        let requested = super::requests::request(server, &learner, &json!(things.ids["outcome_id"])).expect(201);
        things
            .ids
            .insert("request_id", requested["request_id"].as_str().unwrap().to_owned());
        let other = register_other_learner(server, &town);
        let steps = steps(&things);
        assert!(steps.len() > 45, "{} operations are walked", steps.len());
        for step in &steps {
            let nobody = call(server, step, None);
            assert_eq!(nobody.status, 401, "{} without a token: {}", step.operation, nobody.text);
            let forged = call(server, step, Some("eyJhbGciOiJub25lIn0.e30."));
            assert_eq!(forged.status, 401, "{} with a forged token", step.operation);
            if ANYBODYS.contains(&step.operation.as_str()) {
                continue;
            }
            for (who, token) in [("another institution", &town.stranger), ("another learner", &other)] {
                let answer = call(server, step, Some(token));
                let own_things = who == "another learner" && step.path.starts_with("/api/v1/me/");
                let none_of_own = who == "another institution" && step.path.starts_with("/api/v1/me/");
                if own_things {
                    assert!(
                        !answer.text.contains(&things.ids["learner_id"]),
                        "{}: {}",
                        step.operation,
                        answer.text
                    );
                } else {
                    let refused = matches!(answer.status, 403 | 404) || (none_of_own && answer.status == 404);
                    assert!(refused, "{} by {who}: {} {}", step.operation, answer.status, answer.text);
                }
            }
        }
        // Nothing of all this changed anything, and what strangers were refused they were refused without a look.
        assert_eq!(server.get("/api/v1/me/account", &learner).expect(200)["available"], "9.00");
        let looks = server.get("/api/v1/me/access-log", &learner).expect(200);
        let operations: Vec<&str> = looks["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|look| look["operation"].as_str().unwrap())
            .collect();
        assert_eq!(operations, ["list_mismatches"], "only the school itself looked");
    });
}

#[test]
fn outcomes_of_another_institution_are_refused_in_lists_and_batches() {
    on_both(|server| {
        let town = Town::build(server);
        let list = format!("/api/v1/outcomes?institution_id={}", town.school);
        assert_eq!(server.get(&list, &town.stranger).refusal(), (403, "forbidden"));
        assert_eq!(server.get("/api/v1/outcomes", &town.stranger).refusal(), (403, "forbidden"));
        let batch = json!({ "rows": [{ "outcome": town.outcome("S000441012345242000001") }] });
        let answer = server.post("/api/v1/outcomes/batch", &town.stranger, &batch).expect(200);
        assert_eq!(
            (&answer["refused"], &answer["results"][0]["problem"]["code"]),
            (&json!(1), &json!("forbidden"))
        );
        server.post("/api/v1/outcomes/batch", &town.administrator, &batch).expect(200);
    });
}

/// Somebody with an account at the other school.
fn register_other_learner(server: &Server, town: &Town) -> String {
    let learner = json!({ "document_kind": "passport", "document_number": "E12345678", "name": "John Smith" });
    let new = json!({ "institution_id": town.other_school, "learner": learner, "user": user("john") });
    server.post("/api/v1/learners", &town.stranger, &new).expect(201);
    server.log_in("john")
}
