//! The school's things that strangers must not touch, and bodies that would do something if they were allowed.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::super::server::{Answer, Server};
use super::super::town::{self, Town, agreement, pathway, programme, user};
use super::super::{corrections, packs, simulations};

/// What an operation that takes a file is sent.
pub(super) const FILE: &str = "%PDF-1.7";

/// Ids of the school whose things strangers must not touch.
pub(super) struct Things {
    pub(super) ids: BTreeMap<&'static str, String>,
    example: Value,
}

pub(super) fn things(server: &Server, town: &Town) -> Things {
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
    let pack = json!({ "institution_id": town.school, "document": packs::document("2999-01-01") });
    let pack = server.post("/api/v1/rule-packs", &town.registrar, &pack).expect(201);
    let simulation = simulations::start(server, town, &text(&pack["pack_id"])).expect(202);
    let correction = corrections::preview(server, town, &town.registrar, &deposited["outcome_id"]).expect(201);
    let me = server.get("/api/v1/me", &town.registrar).expect(200);
    let webhooks = format!("/api/v1/institutions/{}/webhooks", town.school);
    let webhook = json!({ "url": "https://hooks.example.com/" });
    let webhook = server.post(&webhooks, &town.registrar, &webhook).expect(201);
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
            ("webhook_id", text(&webhook["webhook"]["webhook_id"])),
            // Nothing is delivered yet, and nobody is told anything; whose it would be is asked first.
            ("delivery_id", town.school.clone()),
            ("notification_id", town.school.clone()),
            ("file_id", file_of(server, town, &text(&deposited["learner_id"]))),
            ("import_id", import_of(server, town)),
            // Only its learner may know whether there is one.
            ("statement_id", town.school.clone()),
            ("code", "20260000000000000129".to_owned()),
            ("form", "csv".to_owned()),
            // Nobody asked for one; whose it would be is asked first.
            ("credential_id", town.school.clone()),
            // Nobody is registered; who may end a registration is asked first.
            ("issuer_id", town.school.clone()),
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
pub(super) fn claim_of(server: &Server, town: &Town, learner: &str) -> String {
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

/// What the learner wrote, asked to have confirmed, chose and shared.
pub(super) fn portfolio_of(server: &Server, town: &Town, learner: &str, things: &mut Things) {
    let mut keep = |name, value: &Value| things.ids.insert(name, value.as_str().unwrap().to_owned());
    let entry = server.post("/api/v1/me/portfolio/entries", learner, &entry()).expect(201);
    let path = format!("/api/v1/me/portfolio/entries/{}/confirmations", entry["entry_id"].as_str().unwrap());
    let asked = server.post(&path, learner, &json!({ "institution_id": town.school })).expect(201);
    let view = server.post("/api/v1/me/views", learner, &view()).expect(201);
    let share = server.post("/api/v1/me/shares", learner, &share(&view["view_id"])).expect(201);
    keep("entry_id", &entry["entry_id"]);
    keep("item_id", &entry["entry_id"]);
    keep("confirmation_id", &asked["confirmation_id"]);
    keep("view_id", &view["view_id"]);
    keep("share_id", &share["share_id"]);
    keep("record_id", &share["share_id"]);
}

fn entry() -> Value {
    json!({ "kind": "work", "title": { "zh": "没有权限" } })
}

fn view() -> Value {
    json!({ "name": "没有权限", "audience": "employer" })
}

fn share(view_id: &Value) -> Value {
    let expires_at = (credit_bank::clock::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    json!({ "view_id": view_id, "expires_at": expires_at })
}

/// A body that would do something if it were allowed.
pub(super) fn body(operation: &str, things: &Things) -> Option<Value> {
    let school = &things.ids["institution_id"];
    let achievement =
        json!({ "institution_id": school, "code": "draft-1", "name_chinese": "草案", "kind": "other", "valid_from": "2024-01-01" });
    Some(match operation {
        "create_user" => json!({ "user": user("intruder"), "bank_role": "administrator" }),
        "change_password" => json!({ "present_password": "wrong", "new_password": "marble-kettle-orchid-7" }),
        "edit_institution" => json!({ "name": "改名", "division_code": "410502" }),
        "approve_institution"
        | "refuse_institution"
        | "suspend_institution"
        | "reinstate_institution"
        | "release_outcome"
        | "refuse_outcome"
        | "dismiss_suspicion"
        | "end_issuer" => {
            json!({ "reason": "没有权限" })
        }
        "add_member" => json!({ "user": user("intruder"), "roles": ["registrar"] }),
        "set_member_roles" => json!({ "roles": ["reviewer"] }),
        "create_client" => json!({ "name": "系统", "scopes": ["outcomes:write"] }),
        "rotate_client_secret" | "rotate_webhook_secret" => json!({ "overlap_hours": 0 }),
        "create_webhook" | "edit_webhook" => json!({ "url": "https://intruder.example.com/" }),
        "replay_webhook" => json!({ "from": "2024-01-01T00:00:00Z", "until": "2034-01-01T00:00:00Z" }),
        "put_notification_preferences" => json!({ "language": "zh", "mail": [] }),
        "give_address" => json!({ "address": "intruder@example.com", "language": "zh" }),
        "confirm_address" => json!({ "code": "00000000" }),
        "create_framework" => {
            json!({ "code": "x", "name_chinese": "x", "name_english": "x", "levels": [{ "level": 1, "name_chinese": "x", "name_english": "x" }] })
        }
        "create_achievement" | "edit_achievement" | "create_achievement_version" => achievement,
        "close_achievement" => json!({ "closed_on": "2025-01-01" }),
        "publish_recognition_rule" => json!({ "title": "x", "citation": "x", "selector": { "kind": "training" },
            "method": { "method": "fixed", "credit": "1" }, "selected_by": "award_date", "effective_from": "2020-01-01" }),
        "publish_certificate_pattern" => json!({ "name": "x", "kind": "training", "pattern": "x", "citation": "x" }),
        "publish_programme" => json!({ "institution_id": school, "programme": programme("intruder") }),
        "publish_agreement" => agreement("intruder"),
        "publish_pathway" => pathway("intruder", "elec"),
        "deposit_outcome" => things.example.clone(),
        "deposit_batch" => json!({ "rows": [{ "outcome": things.example }] }),
        "register_learner" => json!({ "institution_id": school, "learner": things.example["learner"] }),
        "find_learner" => {
            json!({ "institution_id": school, "document_kind": "resident_identity_card", "document_number": town::NUMBER })
        }
        "issue_claim_code" => json!({ "institution_id": school }),
        "keep_worth" => json!({ "programme_id": school }),
        "preview_correction" => {
            json!({ "institution_id": school, "kind": "withdraw", "scope": { "of": "outcome", "outcome_id": things.ids["outcome_id"] },
                "reason": "没有权限", "citation": "无" })
        }
        "apply_correction" => json!({ "digest": "0".repeat(64) }),
        "request_correction" => json!({ "outcome_id": things.ids["outcome_id"], "kind": "not_mine", "reason": "没有权限" }),
        "answer_correction_request" => json!({ "answer": "refuse", "reason": "没有权限" }),
        "complain_of_refusal" => json!({ "reason": "没有权限" }),
        "decide_complaint" => json!({ "decision": "uphold", "reason": "没有权限" }),
        "decide_case" => json!({ "verdict": "cancel", "reason": "没有权限" }),
        "propose_merge" => {
            json!({ "surviving": { "learner_id": things.ids["learner_id"] }, "absorbed": { "learner_id": school },
                "reason": "没有权限", "citation": "无" })
        }
        "propose_merge_reversal"
        | "confirm_merge"
        | "decline_merge"
        | "withdraw_merge"
        | "confirm_merge_reversal"
        | "decline_merge_reversal" => json!({ "reason": "没有权限" }),
        "request_credential" => json!({ "scope": { "of": "record" }, "form": "jwt" }),
        "rotate_issuer_key" => json!({ "institution_id": school }),
        "register_issuer" => {
            json!({ "identifier": "did:web:intruder.example", "name": "x", "reason": "没有权限" })
        }
        "import_credential" => json!({ "credential": "eyJh.eyJi.c" }),
        "commit_import" | "put_import_profile" => json!({}),
        "settle_mismatch" => json!({ "note": "没有权限" }),
        "create_rule_pack" => json!({ "institution_id": school, "document": packs::document("2999-01-01") }),
        "edit_rule_pack" => json!({ "document": packs::document("2999-01-01") }),
        "validate_rule_pack" => packs::document("2999-01-01"),
        "test_rule_pack" => json!({}),
        "decide_filing" => json!({ "decision": "accept", "reason": "没有权限" }),
        "issue_statement" => json!({ "kind": "record" }),
        "submit_claim" => json!({ "kind": "conversion", "worth_id": school }),
        "take_claim" | "approve_claim" | "withdraw_claim" | "withdraw_appeal" => json!({}),
        "ask_information" | "give_information" | "recuse_from_claim" | "send_back_claim" | "appeal_claim" | "object_to_claim"
        | "appeal_as_objector" => json!({ "reason": "没有权限" }),
        "vote_on_claim" | "propose_verdict" => json!({ "verdict": "grant", "reason": "没有权限" }),
        "decide_appeal" => json!({ "decision": "overturn", "reason": "没有权限" }),
        "answer_objection" => json!({ "answer": "upheld", "reason": "没有权限" }),
        "put_working_year" => {
            json!({ "year": 2030, "notices": [{ "title": "测试通知", "number": "测试〔2029〕1号", "issued_on": "2029-11-10" }],
            "holidays": [{ "name": { "zh": "元旦" }, "from": "2030-01-01", "to": "2030-01-03" }] })
        }
        "start_simulation" => json!({ "programme_id": things.ids["simulation_id"] }),
        "place_item" => json!({ "hidden": true }),
        "create_entry" | "edit_entry" => entry(),
        "request_confirmation" => json!({ "institution_id": school }),
        "answer_confirmation" => json!({ "answer": "confirm" }),
        "create_view" | "edit_view" => view(),
        "create_share" => share(&json!(things.ids["view_id"])),
        "publish_achievement" | "revoke_client" | "replay_decision" => return None,
        other => panic!("{other} takes a body that the walk does not know"),
    })
}
