//! Those who decide: reviewers and approvers of a school, and the bank's officers, auditor and administrator.

use serde_json::{Value, json};

use super::pages::looked;
use super::server::{BackEnd, PASSWORD, Server, program};
use super::town::{Town, user};
use super::worth::{programme, put_in_force};

/// An achievement that no rule values.
fn craft(server: &Server, town: &Town) {
    let craft = json!({ "institution_id": town.school, "code": "craft", "name_chinese": "剪纸技艺", "name_english": "Paper cutting", "kind": "other",
        "valid_from": "2020-01-01" });
    let draft = server.post("/api/v1/achievements", &town.registrar, &craft).expect(201);
    let path = format!("/api/v1/achievements/{}/publish", draft["achievement_id"].as_str().unwrap());
    server.post(&path, &town.registrar, &json!({})).expect(200);
}

fn vote(server: &Server, claim: &str, voters: &[String], takes: bool) {
    let path = |verb: &str| format!("/api/v1/claims/{claim}/{verb}");
    if takes {
        server.post(&path("take"), &voters[0], &json!({})).expect(200);
    }
    for voter in voters {
        let grant = json!({ "verdict": "grant", "reason": "经核验属实" });
        server.post(&path("vote"), voter, &grant).expect(200);
    }
}

/// What a run needs: two claims, a complaint, two accounts of one person.
struct Run<'a> {
    server: &'a Server,
    town: &'a Town,
    programme: &'a str,
    number: usize,
}

impl Run<'_> {
    fn deposit(&self, code: &str, certificate: &str, document: &str) -> Value {
        let mut outcome = self.town.outcome(certificate);
        outcome["achievement_code"] = json!(code);
        outcome["learner"] = json!({ "document_kind": "passport", "document_number": document, "name": "王芳" });
        self.town.deposit(self.server, &outcome).expect(201)
    }

    fn prepare(&self, officers: &[String], reviewers: &[String]) -> Value {
        let Self { server, town, number, .. } = self;
        let document = format!("E1234567{number}");
        let certificate = self.deposit("occ-elec-4", &format!("S00044101234524200{number:04}"), &document);
        let craft = self.deposit("craft", &format!("CRAFT-{number}"), &document);
        let other = self.deposit(
            "occ-elec-4",
            &format!("S00044101234524210{number:04}"),
            &format!("E9876543{number}"),
        );
        let learner = town.claim(server, certificate["learner_id"].as_str().unwrap(), &format!("learner-{number}"));
        let mut mistaken = town.outcome(&format!("S00044101234524220{number:04}"));
        mistaken["learner"] = json!({ "document_kind": "passport", "document_number": document, "name": "王方" });
        assert_eq!(town.deposit(server, &mistaken).status, 422, "the name does not match");
        // A complaint against a refusal.
        let request = json!({ "outcome_id": certificate["outcome_id"], "kind": "wrong", "reason": "成绩应为 96 分", "fields": [{ "part": "score", "should_be": "96" }] });
        let request = server.post("/api/v1/me/correction-requests", &learner, &request).expect(201);
        let path = format!("/api/v1/correction-requests/{}", request["request_id"].as_str().unwrap());
        let refusal = json!({ "answer": "refuse", "reason": "与成绩单一致" });
        server.post(&format!("{path}/answer"), &town.registrar, &refusal).expect(200);
        server
            .post(&format!("{path}/complain"), &learner, &json!({ "reason": "没有看证书原件" }))
            .expect(200);
        // A recognition for the bank, on which two have voted.
        let subject = json!({ "of": "outcome", "outcome_id": craft["outcome_id"] });
        let new = json!({ "kind": "recognition", "subject": subject, "statement": "市级非遗传承人" });
        let recognition = server.post("/api/v1/me/claims", &learner, &new).expect(201);
        let recognition = recognition["claim_id"].as_str().unwrap().to_owned();
        vote(server, &recognition, officers, true);
        // A conversion for the school, on which two have voted.
        let kept = server
            .post("/api/v1/me/worths", &learner, &json!({ "programme_id": self.programme }))
            .expect(201);
        let new = json!({ "kind": "conversion", "worth_id": kept["worth_id"], "statement": "申请转换" });
        let conversion = server.post("/api/v1/me/claims", &learner, &new).expect(201);
        let conversion = conversion["claim_id"].as_str().unwrap().to_owned();
        vote(server, &conversion, reviewers, true);
        json!({ "number": number, "password": PASSWORD, "school": town.school, "otherSchool": town.other_school, "recognition": recognition,
            "conversion": conversion, "request": request["request_id"], "surviving": certificate["account_number"], "absorbed": other["account_number"] })
    }
}

#[test]
fn those_who_decide_do_so_with_all_that_they_need_before_them() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    command.env("CREDIT_BANK_PACK_NOTICE_DAYS", "0");
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let town = Town::build(&server);
    craft(&server, &town);
    let new = json!({ "institution_id": town.school, "programme": programme() });
    let published = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    put_in_force(&server, &town);
    let staff = |name: &str, role: &str| {
        let new = json!({ "user": user(name), "bank_role": role });
        server.post("/api/v1/users", &town.administrator, &new).expect(201);
        server.log_in(name)
    };
    let members = format!("/api/v1/institutions/{}/members", town.school);
    let member = |name: &str, role: &str| {
        let new = json!({ "user": user(name), "roles": [role] });
        server.post(&members, &town.registrar, &new).expect(201);
        server.log_in(name)
    };
    let officers = ["officer-x", "officer-y"].map(|name| staff(name, "officer"));
    let reviewers = ["reviewer-x", "reviewer-y"].map(|name| member(name, "reviewer"));
    let ways = [("zh-CN", true, 1280), ("en", false, 360)];
    let mut runs = Vec::new();
    for (number, (language, java_script, width)) in ways.into_iter().enumerate() {
        for (name, role) in [
            ("officer-a", "officer"),
            ("officer-b", "officer"),
            ("auditor", "auditor"),
            ("administrator", "administrator"),
        ] {
            staff(&format!("{name}-{number}"), role);
        }
        member(&format!("reviewer-a-{number}"), "reviewer");
        member(&format!("approver-a-{number}"), "approver");
        member(&format!("registrar-a-{number}"), "registrar");
        let run = Run {
            server: &server,
            town: &town,
            programme: published["programme_id"].as_str().unwrap(),
            number,
        };
        let mut given = run.prepare(&officers, &reviewers);
        given["language"] = json!(language);
        given["javaScript"] = json!(java_script);
        given["width"] = json!(width);
        runs.push(given);
    }
    let looked = looked("office.mjs", &json!({ "address": server.base, "runs": runs }));
    assert!(looked >= 200, "{looked}");
}
