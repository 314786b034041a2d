//! What the walk sends to each operation that takes a body.

use serde_json::{Value, json};

use super::town::{agreement, pathway, programme, user};
use super::walk::Things;

/// A body that would do something if it were allowed.
pub(crate) fn body(operation: &str, things: &Things) -> Option<Value> {
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
        | "dismiss_suspicion" => {
            json!({ "reason": "没有权限" })
        }
        "add_member" => json!({ "user": user("intruder"), "roles": ["registrar"] }),
        "set_member_roles" => json!({ "roles": ["reviewer"] }),
        "create_client" => json!({ "name": "系统", "scopes": ["outcomes:write"] }),
        "rotate_client_secret" => json!({ "overlap_hours": 0 }),
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
            json!({ "institution_id": school, "document_kind": "resident_identity_card", "document_number": super::town::NUMBER })
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
        "commit_import" | "put_import_profile" => json!({}),
        "settle_mismatch" => json!({ "note": "没有权限" }),
        "create_rule_pack" => json!({ "institution_id": school, "document": super::packs::document("2999-01-01") }),
        "edit_rule_pack" => json!({ "document": super::packs::document("2999-01-01") }),
        "validate_rule_pack" => super::packs::document("2999-01-01"),
        "test_rule_pack" => json!({}),
        "decide_filing" => json!({ "decision": "accept", "reason": "没有权限" }),
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
        "publish_achievement" | "revoke_client" | "replay_decision" => return None,
        other => panic!("{other} takes a body that the walk does not know"),
    })
}
