//! Every operation of the description, called with no token, with a stranger's and with another institution's: none of
//! them reads or changes what is not theirs, and every answer is one that the description names.

mod things;

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, Server, on_both};
use super::town::{Town, user};
use things::{FILE, Things, body, claim_of, portfolio_of, things};

/// Operations that answer anybody.
const PUBLIC: [&str; 49] = [
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
    "list_institutions",
    "read_institution",
    "list_rule_packs",
    "read_rule_pack",
    "read_rule_pack_schema",
    "diff_rule_packs",
    "read_rule_pack_text",
    "ask_worth",
    "list_pack_templates",
    "list_notices",
    "list_working_years",
    "check_number",
    "read_status_list",
    "read_bank_did",
    "read_institution_did",
    "verify_credential",
    "list_issuers",
    "read_credential_issuer",
    "read_wallet_authorization_server",
    "issue_wallet_token",
    "issue_wallet_nonce",
    "issue_wallet_credential",
    "open_share",
    "download_shared_file",
];

/// Operations about the caller, or about what anybody who logged in may know.
const ANYBODYS: [&str; 6] = [
    "log_out",
    "change_password",
    "read_me",
    "deposit_batch",
    "list_outcomes",
    "validate_rule_pack",
];

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
                    | "list_events"
                    | "list_confirmations"
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
        portfolio_of(server, &town, &learner, &mut things);
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
