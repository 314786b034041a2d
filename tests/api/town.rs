//! A town to test in: people, two approved schools, an achievement and a rule.

use serde_json::{Value, json};

use super::server::{Answer, PASSWORD, Server};

/// A published sample of a valid identity number.
pub(crate) const NUMBER: &str = "11010519491231002X";

/// A bank with people, two approved schools, one achievement and one rule; ids and tokens by name.
pub(crate) struct Town {
    pub(crate) administrator: String,
    pub(crate) officer: String,
    pub(crate) auditor: String,
    pub(crate) registrar: String,
    pub(crate) school: String,
    pub(crate) stranger: String,
    pub(crate) other_school: String,
}

pub(crate) fn user(username: &str) -> Value {
    json!({ "username": username, "display_name": username, "password": PASSWORD })
}

/// A programme of 20 credits with one course.
pub(crate) fn programme(code: &str) -> Value {
    json!({ "code": code, "name": { "zh": "电气自动化技术", "en": "Electrical automation" }, "level": 4, "required_credit": "20",
        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "12" }],
        "courses": [{ "code": "E101", "name": { "zh": "电工基础" }, "credits": "3.5", "tags": ["foundation"], "required": true, "bucket": "major" }],
        "effective_from": "2024-09-01" })
}

impl Town {
    pub(crate) fn build(server: &Server) -> Self {
        let setup = json!({ "setup_token": server.setup_token, "user": user("admin") });
        server.submit("/api/v1/setup", &setup).expect(201);
        assert_eq!(server.submit("/api/v1/setup", &setup).refusal(), (409, "already_set_up"));
        let administrator = server.log_in("admin");
        for (name, role) in [("officer", "officer"), ("auditor", "auditor")] {
            server
                .post("/api/v1/users", &administrator, &json!({ "user": user(name), "bank_role": role }))
                .expect(201);
        }
        let framework = json!({ "code": "levels", "name_chinese": "等级", "name_english": "Levels",
            "levels": [{ "level": 4, "name_chinese": "四级", "name_english": "Level 4" }] });
        let framework = server.post("/api/v1/frameworks", &administrator, &framework).expect(201);
        let officer = server.log_in("officer");
        let (school, registrar) = Self::school(server, &officer, "registrar", "914403003429409755");
        let (other_school, stranger) = Self::school(server, &officer, "stranger", "91310000607378133K");
        let achievement = json!({
            "institution_id": school, "code": "occ-elec-4", "name_chinese": "电工(四级/中级工)", "kind": "occupational_certificate",
            "family": "occ-elec", "rank": 2, "hours": "160", "valid_from": "2020-01-01", "framework_id": framework["framework_id"], "level": 4,
        });
        let draft = server.post("/api/v1/achievements", &registrar, &achievement).expect(201);
        let id = draft["achievement_id"].as_str().unwrap();
        server
            .post(&format!("/api/v1/achievements/{id}/publish"), &registrar, &json!({}))
            .expect(200);
        let rule = json!({ "title": "电工四级", "citation": "测试", "selector": { "family": "occ-elec", "rank": 2 },
            "method": { "method": "fixed", "credit": "9.00" }, "selected_by": "award_date", "effective_from": "2020-01-01" });
        server.post("/api/v1/recognition-rules", &administrator, &rule).expect(201);
        let pattern = json!({ "name": "职业技能等级证书", "kind": "occupational_certificate", "citation": "测试",
            "pattern": credit_bank::domain::certificate_number::SKILL_LEVEL_CERTIFICATE });
        server.post("/api/v1/certificate-patterns", &administrator, &pattern).expect(201);
        Self {
            administrator,
            officer,
            auditor: server.log_in("auditor"),
            registrar,
            school,
            stranger,
            other_school,
        }
    }

    fn school(server: &Server, officer: &str, username: &str, credit_code: &str) -> (String, String) {
        let school = json!({ "name": format!("{username} 学校"), "kind": "vocational_college", "credit_code": credit_code,
            "division_code": "410502", "member": user(username) });
        let school = server.submit("/api/v1/institutions", &school).expect(201);
        let id = school["institution_id"].as_str().unwrap().to_owned();
        server
            .post(
                &format!("/api/v1/institutions/{id}/approve"),
                officer,
                &json!({ "reason": "材料齐全" }),
            )
            .expect(200);
        (id, server.log_in(username))
    }

    pub(crate) fn outcome(&self, certificate: &str) -> Value {
        json!({
            "institution_id": self.school, "achievement_code": "occ-elec-4", "awarded_on": "2024-03-01", "certificate_number": certificate,
            "learner": { "document_kind": "resident_identity_card", "document_number": NUMBER, "name": "王芳" }, "score": "86",
        })
    }

    pub(crate) fn deposit(&self, server: &Server, outcome: &Value) -> Answer {
        server.post("/api/v1/outcomes", &self.registrar, outcome)
    }

    /// Hands out a code and claims the account with it.
    pub(crate) fn claim(&self, server: &Server, learner_id: &str, username: &str) -> String {
        let path = format!("/api/v1/learners/{learner_id}/claim-codes");
        let code = server
            .post(&path, &self.registrar, &json!({ "institution_id": self.school }))
            .expect(201);
        let wrong = json!({ "account_number": code["account_number"], "claim_code": "2222-2222-2222", "user": user(username) });
        assert_eq!(server.submit("/api/v1/accounts/claim", &wrong).refusal(), (422, "claim_code_wrong"));
        let claim = json!({ "account_number": code["account_number"], "claim_code": code["claim_code"], "user": user(username) });
        server.submit("/api/v1/accounts/claim", &claim).expect(201);
        assert_eq!(server.submit("/api/v1/accounts/claim", &claim).status, 422, "a code works once");
        server.log_in(username)
    }
}
