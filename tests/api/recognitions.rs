//! Recognition by people, with evidence; and the calendar by which claims are decided.

use serde_json::{Value, json};

use super::claims::{id_of, office, step};
use super::packs::without_notice;
use super::server::Answer;
use super::town::{Town, user};

#[test]
fn people_recognise_what_no_rule_valued_and_what_a_learner_declares() {
    without_notice(|server| {
        let office = office(server, json!({}), true);
        let training = json!({ "institution_id": office.town.school, "code": "craft", "name_chinese": "剪纸技艺", "kind": "other", "valid_from": "2020-01-01" });
        let draft = server.post("/api/v1/achievements", &office.town.registrar, &training).expect(201);
        let achievement = draft["achievement_id"].as_str().unwrap();
        server
            .post(
                &format!("/api/v1/achievements/{achievement}/publish"),
                &office.town.registrar,
                &json!({}),
            )
            .expect(200);
        let mut outcome = office.town.outcome("CRAFT-1");
        outcome["achievement_code"] = json!("craft");
        let deposited = office.town.deposit(server, &outcome).expect(201);
        assert_eq!(deposited["credit"], "0.00");
        let of = |subject: Value| json!({ "kind": "recognition", "subject": subject, "statement": "市级非遗传承人" });
        let submit = |subject: Value| server.post("/api/v1/me/claims", &office.learner, &of(subject));
        let upload = server
            .request(reqwest::Method::POST, "/api/v1/me/evidence?name=证书.pdf")
            .bearer_auth(&office.learner);
        let file = Answer::of(upload.header("Content-Type", "application/pdf").body("%PDF-1.7").send().unwrap()).expect(201);
        assert_eq!(
            submit(json!({ "of": "outcome", "outcome_id": office.outcome })).refusal(),
            (409, "already_recognised")
        );
        let first = submit(json!({ "of": "outcome", "outcome_id": deposited["outcome_id"] })).expect(201);
        step(server, &id_of(&first), "withdraw", &office.learner, &json!({})).expect(200);
        // What was withdrawn no longer stands in the way.
        let claim = submit(json!({ "of": "outcome", "outcome_id": deposited["outcome_id"] })).expect(201);
        let id = id_of(&claim);
        let twice = submit(json!({ "of": "outcome", "outcome_id": deposited["outcome_id"] }));
        assert_eq!(twice.refusal(), (409, "credit_held"), "{}", twice.text);
        assert_eq!(
            step(server, &id, "take", &office.reviewers[0], &json!({})).refusal(),
            (404, "not_found"),
            "the bank decides"
        );

        let officers: Vec<String> = ["officer-1", "officer-2", "officer-3"]
            .map(|name| {
                let body = json!({ "user": user(name), "bank_role": "officer" });
                server.post("/api/v1/users", &office.town.administrator, &body).expect(201);
                server.log_in(name)
            })
            .into();
        step(server, &id, "take", &officers[0], &json!({})).expect(200);
        let vote = json!({ "verdict": "grant", "reason": "成果突出" });
        for officer in &officers[..2] {
            step(server, &id, "vote", officer, &vote).expect(200);
        }
        let without = step(server, &id, "propose", &officers[0], &vote);
        assert_eq!(without.body["errors"][0]["pointer"], "/credit", "{}", without.text);
        let mut propose = vote.clone();
        propose["credit"] = json!("2.50");
        step(server, &id, "propose", &officers[0], &propose).expect(200);
        let noticed = step(server, &id, "approve", &officers[2], &json!({})).expect(200);
        assert_eq!(
            (&noticed["status"], &noticed["due"]["what"]),
            (&json!("on_notice"), &json!("notice_ends"))
        );

        let declaration =
            json!({ "of": "declared", "achievement_id": achievement, "awarded_on": "2023-05-01", "certificate_number": "CRAFT-2" });
        let bare = submit(declaration.clone());
        assert_eq!(bare.body["errors"][0]["pointer"], "/evidence", "{}", bare.text);
        let mut declared = of(declaration);
        declared["evidence"] = json!([file["file_id"]]);
        let declared = server.post("/api/v1/me/claims", &office.learner, &declared).expect(201);
        assert_eq!(declared["institution_id"], office.town.school.as_str());
        assert_eq!(declared["evidence"][0]["name"], "证书.pdf");
        let (learner, file) = (declared["learner_id"].as_str().unwrap(), file["file_id"].as_str().unwrap());
        let content = format!("/api/v1/learners/{learner}/evidence/{file}/content");
        let look = |token: &str| {
            server
                .request(reqwest::Method::GET, &content)
                .bearer_auth(token)
                .send()
                .unwrap()
                .status()
                .as_u16()
        };
        assert_eq!(
            (look(&office.town.stranger), look(&office.reviewers[0])),
            (404, 200),
            "who judges reads the evidence"
        );
        let taken = id_of(&declared);
        step(server, &taken, "take", &office.reviewers[0], &json!({})).expect(200);
        for reviewer in &office.reviewers[..2] {
            step(server, &taken, "vote", reviewer, &vote).expect(200);
        }
        step(server, &taken, "propose", &office.reviewers[1], &vote).expect(200);
        step(server, &taken, "approve", &office.approvers[0], &json!({})).expect(200);
        let nothing = submit(json!({ "of": "outcome", "outcome_id": office.town.school }));
        assert_eq!(nothing.refusal(), (404, "not_found"));
        let listed = server.get(
            &format!("/api/v1/claims?institution_id={}&kind=recognition", office.town.school),
            &office.reviewers[0],
        );
        assert_eq!(listed.expect(200)["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn the_calendar_of_working_days_is_public_and_the_banks_to_change() {
    without_notice(|server| {
        let town = Town::build(server);
        let years = server.get("/api/v1/working-years", "").expect(200);
        let known: Vec<i64> = years["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|year| year["calendar"]["year"].as_i64().unwrap())
            .collect();
        assert_eq!(known, [2024, 2025, 2026]);
        let year = json!({ "year": 2027, "notices": [{ "title": "测试通知", "number": "测试〔2026〕1号", "issued_on": "2026-11-10" }],
            "holidays": [{ "name": { "zh": "元旦" }, "from": "2027-01-01", "to": "2027-01-03" }], "make_up_days": ["2027-01-09"] });
        let put = |token: &str, edition: i64, body: &Value| {
            let request = server.request(reqwest::Method::PUT, "/api/v1/working-years").bearer_auth(token);
            Answer::of(request.header("If-Match", format!("\"{edition}\"")).json(body).send().unwrap())
        };
        assert_eq!(put(&town.officer, 0, &year).refusal(), (403, "forbidden"));
        assert_eq!(put(&town.administrator, 0, &year).expect(200)["edition"], 1);
        assert_eq!(put(&town.administrator, 0, &year).refusal(), (412, "stale_edition"));
        let mut wrong = year.clone();
        wrong["make_up_days"] = json!(["2027-01-06"]);
        let wrong = put(&town.administrator, 1, &wrong);
        assert_eq!(
            (wrong.refusal(), &wrong.body["errors"][0]["pointer"]),
            ((422, "invalid_body"), &json!("/make_up_days/0"))
        );
        assert_eq!(
            server.get("/api/v1/working-years", "").expect(200)["items"]
                .as_array()
                .unwrap()
                .len(),
            4
        );
    });
}
