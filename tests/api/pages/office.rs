//! Claims to decide, at the desk of an institution and at the bank's office; and all other pages of the office.

use reqwest::Method;
use serde_json::{Value, json};

use super::browser::{Browser, People, Statuses, form, page};
use crate::server::{Answer, PASSWORD, Server, on_both};
use crate::town::Town;

const NOWHERE: &str = "0197a000-0000-7000-8000-000000000000";

/// A published achievement of the town's school that no rule values.
fn craft(server: &Server, town: &Town) -> String {
    let craft =
        json!({ "institution_id": town.school, "code": "craft", "name_chinese": "剪纸技艺", "kind": "other", "valid_from": "2020-01-01" });
    let draft = server.post("/api/v1/achievements", &town.registrar, &craft).expect(201);
    let id = draft["achievement_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/achievements/{id}/publish");
    server.post(&path, &town.registrar, &json!({})).expect(200);
    id
}

fn claim(server: &Server, token: &str, subject: &Value, evidence: &[&str]) -> String {
    let new = json!({ "kind": "recognition", "subject": subject, "statement": "市级非遗传承人", "evidence": evidence });
    let claim = server.post("/api/v1/me/claims", token, &new).expect(201);
    claim["claim_id"].as_str().unwrap().to_owned()
}

/// A claim that the town's school decides, and one that the bank decides.
fn claims(server: &Server, town: &Town, token: &str, file: &str) -> (String, String) {
    let achievement = craft(server, town);
    let declared = claim(
        server,
        token,
        &json!({ "of": "declared", "achievement_id": achievement, "awarded_on": "2024-05-01", "certificate_number": "CRAFT-2" }),
        &[file],
    );
    let mut outcome = town.outcome("CRAFT-1");
    outcome["achievement_code"] = json!("craft");
    let deposited = town.deposit(server, &outcome).expect(201);
    let recorded = claim(
        server,
        token,
        &json!({ "of": "outcome", "outcome_id": deposited["outcome_id"] }),
        &[],
    );
    (declared, recorded)
}

#[test]
fn claims_are_decided_by_those_whose_they_are() {
    on_both(|server| {
        let people = People::build(server);
        let school = people.town.school.clone();
        let upload = server
            .request(Method::POST, "/api/v1/me/evidence?name=证书.pdf")
            .bearer_auth(&people.token);
        let file = Answer::of(upload.header("Content-Type", "application/pdf").body("%PDF-1.7").send().unwrap()).expect(201);
        let file = file["file_id"].as_str().unwrap();
        let (declared, recorded) = claims(server, &people.town, &people.token, file);
        let desk: Statuses = [303, 404, 404, 200, 404, 404, 404, 404];
        let office: Statuses = [303, 404, 404, 404, 404, 200, 403, 200];
        let case: Statuses = [303, 404, 404, 404, 404, 200, 404, 200];
        let wrong = |of: Statuses| of.map(|status| if status == 200 { 422 } else { status });
        people.walk(&[
            page("/desk/{institution_id}/claims", &[&school], desk),
            page("/desk/{institution_id}/claims.csv", &[&school], desk),
            page("/desk/{institution_id}/claims/{claim_id}", &[&school, &declared], desk),
            form(
                "/desk/{institution_id}/claims/{claim_id}/steps/{step}",
                &[&school, &declared, "vote"],
                &[("reason", "x")],
                wrong(desk),
            ),
            form(
                "/desk/{institution_id}/claims/{claim_id}/objections/{objection_id}",
                &[&school, &declared, NOWHERE],
                &[("reason", "x")],
                wrong(desk),
            ),
            page("/desk/{institution_id}/mismatches", &[&school], desk),
            form(
                "/desk/{institution_id}/mismatches/{mismatch_id}/settle",
                &[&school, NOWHERE],
                &[("note", "")],
                wrong(desk),
            ),
            page("/office/claims", &[], office),
            page("/office/claims.csv", &[], office),
            page("/office/claims/{claim_id}", &[&recorded], case),
            form(
                "/office/claims/{claim_id}/steps/{step}",
                &[&recorded, "vote"],
                &[("reason", "x")],
                wrong(case),
            ),
            form(
                "/office/claims/{claim_id}/objections/{objection_id}",
                &[&recorded, NOWHERE],
                &[("reason", "x")],
                wrong(case),
            ),
            page("/office/evidence/{learner_id}/{file_id}", &[&people.learner_id, file], case),
        ]);
        let none = |of: Statuses| of.map(|status| if status == 200 { 404 } else { status });
        people.walk(&[
            // The bank's claim is not the school's, and another school's desk shows nothing of it.
            page("/desk/{institution_id}/claims/{claim_id}", &[&school, &recorded], none(desk)),
            page("/desk/{institution_id}/claims/{claim_id}", &[&school, NOWHERE], none(desk)),
            page(
                "/desk/{institution_id}/claims/{claim_id}",
                &[&people.town.other_school, &declared],
                [303, 404, 404, 404, 404, 404, 404, 404],
            ),
            form(
                "/desk/{institution_id}/claims/{claim_id}/steps/{step}",
                &[&school, &declared, "lapse"],
                &[],
                none(desk),
            ),
        ]);
        // Only what a person may do is offered: the auditor reads, the officer acts.
        let path = format!("/office/claims/{recorded}");
        let read = people.auditor.read(&path).text;
        assert!(read.contains("剪纸技艺") && !read.contains("/steps/"), "{read}");
        let offered = people.officer.read(&path).text;
        assert!(offered.contains("/steps/take") && !offered.contains("/steps/approve"), "{offered}");
        // What was typed is there again, and what is wrong is linked.
        let token = people.officer.form_token();
        let sent = |step: &str, fields: &[(&str, &str)]| {
            let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("form_token", token.as_str())]).collect();
            people.officer.send(&format!("{path}/steps/{step}"), &fields)
        };
        assert_eq!(sent("take", &[]).status, 303);
        let refused = sent("propose", &[("verdict", "grant"), ("reason", "成果突出"), ("credit", "many")]);
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("href=\"#credit\""), "{}", refused.text);
        let refused = sent("vote", &[("verdict", ""), ("reason", "成果突出")]);
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("成果突出"), "{}", refused.text);
        let early = sent("propose", &[("verdict", "grant"), ("reason", "成果突出"), ("credit", "2.00")]);
        assert_eq!(early.status, 422, "no majority: {}", early.text);
        assert_eq!(sent("vote", &[("verdict", "grant"), ("reason", "成果突出")]).status, 303);
        let stale = sent("vote", &[("verdict", "grant"), ("reason", "再来"), ("edition", "1")]);
        assert_eq!(stale.status, 412, "{}", stale.text);
        let listed = people.officer.read("/office/claims?kind=recognition&order=newest").text;
        assert!(listed.contains(&recorded) && !listed.contains(&declared), "{listed}");
        let all = people.officer.read("/office/claims?whose=all").text;
        assert!(all.contains(&recorded) && all.contains(&declared), "{all}");
        let table = people.officer.read("/office/claims.csv?whose=all").text;
        assert_eq!(table.trim().lines().count(), 3, "{table}");
        assert_eq!(people.officer.read("/office/claims?status=nothing").status, 400);
    });
}

#[test]
fn pages_of_the_office_are_for_the_roles_that_have_them() {
    on_both(|server| {
        let people = People::build(server);
        let town = &people.town;
        let request = json!({ "outcome_id": people.outcome_id, "kind": "wrong", "reason": "成绩应为 96 分" });
        let request = server.post("/api/v1/me/correction-requests", &people.token, &request).expect(201);
        let request = request["request_id"].as_str().unwrap();
        let other = town.deposit(server, &{
            let mut outcome = town.outcome("S000441012345242000003");
            outcome["learner"] = json!({ "document_kind": "passport", "document_number": "E98765432", "name": "王芳" });
            outcome
        });
        let other = other.expect(201);
        let merge = json!({ "surviving": { "learner_id": people.learner_id }, "absorbed": { "learner_id": other["learner_id"] },
            "reason": "护照与身份证为同一人", "citation": "户籍证明" });
        let merge = server.post("/api/v1/merges", &town.officer, &merge).expect(201);
        let merge = merge["merge_id"].as_str().unwrap();
        let bank: Statuses = [303, 404, 404, 404, 404, 200, 200, 200];
        let cases: Statuses = [303, 404, 404, 404, 404, 200, 404, 200];
        let listed: Statuses = [303, 404, 404, 404, 404, 200, 403, 200];
        let officers: Statuses = [303, 404, 404, 404, 404, 200, 403, 403];
        let administered: Statuses = [303, 404, 404, 404, 404, 403, 200, 200];
        let with = |of: Statuses, status: u16| of.map(|known| if known == 200 { status } else { known });
        people.walk(&[
            page("/office", &[], bank),
            page("/office/institutions", &[], bank),
            page("/office/institutions.csv", &[], bank),
            page("/office/institutions/new", &[], bank),
            form("/office/institutions", &[], &[], with(bank, 422)),
            page("/office/institutions/{institution_id}", &[&town.school], bank),
            page("/office/institutions/{institution_id}", &[NOWHERE], with(bank, 404)),
            form(
                "/office/institutions/{institution_id}/{step}",
                &[&town.school, "suspend"],
                &[("reason", "")],
                with(bank, 422),
            ),
            form(
                "/office/institutions/{institution_id}/{step}",
                &[&town.school, "close"],
                &[("reason", "x")],
                with(bank, 404),
            ),
            page("/office/corrections", &[], cases),
            page("/office/corrections.csv", &[], cases),
            page("/office/corrections/cases", &[], cases),
            page("/office/corrections/cases.csv", &[], cases),
            page("/office/corrections/{request_id}", &[request], cases),
            form("/office/corrections/{request_id}", &[request], &[("reason", "x")], with(cases, 422)),
            page("/office/duplicates", &[], listed),
            page("/office/duplicates.csv", &[], listed),
            page("/office/duplicates/{suspicion_id}", &[NOWHERE], with(listed, 404)),
            form(
                "/office/duplicates/{suspicion_id}/dismiss",
                &[NOWHERE],
                &[("reason", "")],
                with(listed, 404),
            ),
            form("/office/duplicates/{suspicion_id}/merge", &[NOWHERE], &[], with(listed, 404)),
            page("/office/merges", &[], cases),
            page("/office/merges.csv", &[], cases),
            page("/office/merges/new", &[], officers),
            form("/office/merges", &[], &[], with(officers, 422)),
            page("/office/merges/{merge_id}", &[merge], cases),
            form(
                "/office/merges/{merge_id}/{step}",
                &[merge, "confirm"],
                &[("reason", "")],
                with(cases, 422),
            ),
            page("/office/overdue", &[], listed),
            page("/office/overdue.csv", &[], listed),
            page("/office/audit", &[], administered),
            page("/office/audit.csv", &[], administered),
            page("/office/people", &[], administered),
            page("/office/people.csv", &[], administered),
            form("/office/people", &[], &[], [303, 404, 404, 404, 404, 403, 422, 403]),
            page("/office/health", &[], bank),
            page("/office/calendar", &[], bank),
            form("/office/calendar", &[], &[], [303, 404, 404, 404, 404, 403, 422, 403]),
        ]);
        let listed = people.officer.read("/office/merges").text;
        assert!(listed.contains("Is merged into it"), "which accounts they are: {listed}");
        // Nobody confirms an own proposal, nor is offered to.
        let token = people.officer.form_token();
        let path = format!("/office/merges/{merge}");
        let own = people
            .officer
            .send(&format!("{path}/confirm"), &[("form_token", &token), ("reason", "户籍证明已核对")]);
        assert_eq!(own.status, 403, "{}", own.text);
        let offered = people.officer.read(&path).text;
        assert!(
            offered.contains(&format!("{path}/withdraw")) && !offered.contains(&format!("{path}/confirm")),
            "{offered}"
        );
        let withdrawn = people
            .officer
            .send(&format!("{path}/withdraw"), &[("form_token", &token), ("reason", "再查")]);
        assert_eq!(withdrawn.status, 303, "{}", withdrawn.text);
    });
}

#[test]
fn the_office_finds_what_it_looks_for_and_keeps_what_it_is_given() {
    on_both(|server| {
        let people = People::build(server);
        let town = &people.town;
        // Institutions by a part of the name, or by the whole code.
        let found = people.officer.read("/office/institutions?name=stranger").text;
        assert!(found.contains(&town.other_school) && !found.contains(&town.school), "{found}");
        let code = server
            .get(&format!("/api/v1/institutions/{}", town.school), &town.officer)
            .expect(200);
        let code = code["credit_code"].as_str().unwrap();
        let found = people.officer.read(&format!("/office/institutions?name={code}")).text;
        assert!(found.contains(&town.school), "{found}");
        // Suspended with a reason, and reinstated.
        let token = people.officer.form_token();
        let act = |step: &str| {
            let path = format!("/office/institutions/{}/{step}", town.other_school);
            people.officer.send(&path, &[("form_token", &token), ("reason", "整改")])
        };
        assert_eq!(act("suspend").status, 303);
        assert_eq!(act("suspend").status, 409);
        assert!(
            people
                .officer
                .read("/office/institutions?status=suspended")
                .text
                .contains(&town.other_school)
        );
        assert_eq!(act("reinstate").status, 303);
        // The audit by what was done, by whom, about what, in which request and when.
        let audit = |query: &str| people.auditor.read(&format!("/office/audit?{query}"));
        let suspended = audit("operation=suspend");
        assert!(suspended.text.contains(&town.other_school), "{}", suspended.text);
        let entries = server
            .get(&format!("/api/v1/audit?subject_id={}", town.other_school), &town.auditor)
            .expect(200);
        let entry = &entries["items"][0];
        assert_eq!(entry["actor_name"], "officer", "{entry}");
        let request = entry["request_id"].as_str().unwrap();
        for (query, is_there) in [
            (format!("subject={}&by=officer", town.other_school), true),
            (format!("subject={}&by=nobody-of-that-name", town.other_school), false),
            (format!("request={request}"), true),
            (format!("request={NOWHERE}"), false),
            (format!("subject={}&from=2001-01-01", town.other_school), true),
            (format!("subject={}&to=2001-01-01", town.other_school), false),
        ] {
            let shown = audit(&query);
            let has = shown.text.contains("<time");
            assert_eq!((shown.status, has), (200, is_there), "{query}: {}", shown.text);
        }
        let wrong = audit("subject=x&from=yesterday&by=officer");
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text.contains("href=\"#subject\"") && wrong.text.contains("href=\"#from\""),
            "{}",
            wrong.text
        );
        let table = people.auditor.read("/office/audit.csv?operation=suspend").text;
        assert_eq!(table.trim().lines().count(), 2, "{table}");
        // Somebody new, who signs in.
        let token = people.administrator.form_token();
        let new = [
            ("form_token", token.as_str()),
            ("bank_role", "auditor"),
            ("username", "auditor-7"),
            ("display_name", "陈老师"),
            ("password", PASSWORD),
        ];
        assert_eq!(people.administrator.send("/office/people", &new).status, 303);
        let taken = people.administrator.send("/office/people", &new);
        assert!(
            taken.status == 409 && taken.text.contains("陈老师"),
            "{} {}",
            taken.status,
            taken.text
        );
        assert!(people.administrator.read("/office/people").text.contains("auditor-7"));
        Browser::signed_in(server, "auditor-7");
        // A year of the calendar, line by line; what cannot be read is named by its line.
        let year = |holidays: &str| {
            let fields = [
                ("form_token", token.as_str()),
                ("year", "2027"),
                ("read_year", ""),
                (
                    "notices",
                    "2026-11-04 国办发明电〔2026〕7号 国务院办公厅关于2027年部分节假日安排的通知",
                ),
                ("holidays", holidays),
                ("make_up_days", "2027-01-03"),
            ];
            people.administrator.send("/office/calendar", &fields)
        };
        let refused = year("2027-01-01 2027-01-02 元旦 / New Year's Day\n清明节");
        assert!(
            refused.status == 422 && refused.text.contains("Line 2") && refused.text.contains("href=\"#holidays\""),
            "{}",
            refused.text
        );
        assert_eq!(year("2027-01-01 2027-01-02 元旦 / New Year's Day").status, 303);
        let shown = people.officer.read("/office/calendar").text;
        assert!(shown.contains("2 January 2027") && !shown.contains("name=\"holidays\""), "{shown}");
        assert_eq!(people.officer.read("/office/health").text.matches("class=\"late\"").count(), 0);
    });
}
