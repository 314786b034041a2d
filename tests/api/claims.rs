//! Claims over HTTP, on both back ends: submitted, decided by a panel and by four eyes, objected to, appealed, granted, used.

use serde_json::{Value, json};

use super::packs::{document, put_in_force, today, without_notice};
use super::server::{Answer, Server};
use super::town::{Town, user};

/// What a document number says beside the town's own learner.
const OTHER_NUMBER: &str = "34052419800101001X";

/// A town whose school decides claims: three reviewers, two approvers, a pack in force, a programme and a learner with 9.00.
struct Office {
    town: Town,
    reviewers: Vec<String>,
    approvers: Vec<String>,
    programme: String,
    learner: String,
    outcome: String,
}

fn programme() -> Value {
    let course = |code: &str, credits: &str| json!({ "code": code, "name": { "zh": format!("课程{code}") }, "credits": credits, "tags": ["core"], "required": true, "bucket": "major" });
    json!({ "code": "elec-2024", "name": { "zh": "电气自动化技术", "en": "Electrical automation" }, "level": 4, "required_credit": "20",
        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "8" }],
        "courses": [course("E101", "3.5"), course("E102", "4.5")], "effective_from": "2024-09-01" })
}

fn office(server: &Server, claims: Value, mature: bool) -> Office {
    let town = Town::build(server);
    let new = json!({ "institution_id": town.school, "programme": programme() });
    let programme = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    let mut document = document(&today());
    document["clauses"][0]["targets"] = json!("many");
    document["clauses"][0]["mature"] = json!(mature);
    document["claims"] = claims;
    put_in_force(server, &town, &document);
    let members = format!("/api/v1/institutions/{}/members", town.school);
    let member = |name: &str, role: &str| {
        let body = json!({ "user": user(name), "roles": [role] });
        server.post(&members, &town.registrar, &body).expect(201);
        server.log_in(name)
    };
    let reviewers = ["reviewer-1", "reviewer-2", "reviewer-3"]
        .map(|name| member(name, "reviewer"))
        .into();
    let approvers = ["approver-1", "approver-2"].map(|name| member(name, "approver")).into();
    let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
    Office {
        learner: town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang"),
        outcome: deposited["outcome_id"].as_str().unwrap().to_owned(),
        programme: programme["programme_id"].as_str().unwrap().to_owned(),
        reviewers,
        approvers,
        town,
    }
}

impl Office {
    fn keep(&self, server: &Server) -> String {
        let kept = server.post("/api/v1/me/worths", &self.learner, &json!({ "programme_id": self.programme }));
        kept.expect(201)["worth_id"].as_str().unwrap().to_owned()
    }

    fn submit(&self, server: &Server, worth: &str) -> Answer {
        let claim = json!({ "kind": "conversion", "worth_id": worth, "statement": "申请以证书转换专业核心课程" });
        server.post("/api/v1/me/claims", &self.learner, &claim)
    }

    fn account(&self, server: &Server) -> (String, String, String) {
        let account = server.get("/api/v1/me/account", &self.learner).expect(200);
        let pocket = |name: &str| account["balances"][0][name].as_str().unwrap().to_owned();
        (pocket("available"), pocket("held"), pocket("redeemed"))
    }
}

fn id_of(claim: &Value) -> String {
    claim["claim_id"].as_str().unwrap().to_owned()
}

fn step(server: &Server, claim: &str, verb: &str, token: &str, body: &Value) -> Answer {
    server.post(&format!("/api/v1/claims/{claim}/{verb}"), token, body)
}

fn pockets(available: &str, held: &str, redeemed: &str) -> (String, String, String) {
    (available.to_owned(), held.to_owned(), redeemed.to_owned())
}

#[test]
fn a_conversion_is_claimed_judged_by_a_panel_and_bought() {
    without_notice(|server| {
        let office = office(server, json!({ "panel": 3, "notice_working_days": 0 }), false);
        let worth = office.keep(server);
        let claim = office.submit(server, &worth).expect(201);
        assert_eq!(
            (
                &claim["status"],
                &claim["recognised"],
                &claim["panel"]["size"],
                &claim["due"]["what"]
            ),
            (&json!("submitted"), &json!("8.00"), &json!(3), &json!("take")),
            "{claim}"
        );
        // The rest of the certificate is forfeited, so that all of it is held.
        assert_eq!(office.account(server), pockets("0.00", "9.00", "0.00"));
        let id = id_of(&claim);
        let again = office.submit(server, &worth);
        assert_eq!(again.refusal(), (409, "credit_held"));
        assert!(again.body["detail"].as_str().unwrap().contains(&id), "{}", again.text);
        let nothing = server
            .get(&format!("/api/v1/me/worth?programme={}", office.programme), &office.learner)
            .expect(200);
        assert_eq!(
            nothing["items"][0]["allocation"]["recognised"], "0.00",
            "what is held is not offered twice"
        );

        let [one, two, three] = &office.reviewers[..] else { panic!() };
        let [approver, _] = &office.approvers[..] else { panic!() };
        let reason = json!({ "reason": "证书经核验属实" });
        let grant = json!({ "verdict": "grant", "reason": "证书经核验属实，符合第六条", "clauses": ["certificates"] });
        let clerk = json!({ "user": user("clerk"), "roles": ["registrar"] });
        let members = format!("/api/v1/institutions/{}/members", office.town.school);
        server.post(&members, &office.town.registrar, &clerk).expect(201);
        let clerk = server.log_in("clerk");
        assert_eq!(step(server, &id, "take", &clerk, &json!({})).refusal(), (403, "forbidden"));
        assert_eq!(
            step(server, &id, "take", &office.town.stranger, &json!({})).refusal(),
            (404, "not_found")
        );
        assert_eq!(step(server, &id, "approve", approver, &json!({})).refusal(), (409, "wrong_state"));
        step(server, &id, "take", one, &json!({})).expect(200);
        assert_eq!(
            step(server, &id, "take", two, &json!({})).refusal(),
            (409, "wrong_state"),
            "two at once: one is told"
        );
        assert_eq!(
            step(server, &id, "vote", one, &json!({ "verdict": "grant", "reason": "" })).refusal(),
            (422, "invalid_body")
        );
        step(server, &id, "vote", one, &grant).expect(200);
        assert_eq!(step(server, &id, "vote", one, &grant).refusal(), (409, "voted_already"));
        assert_eq!(step(server, &id, "propose", one, &grant).refusal(), (422, "no_majority"));
        step(server, &id, "ask-information", two, &json!({ "reason": "请补充证书正反面" })).expect(200);
        step(server, &id, "give-information", &office.learner, &reason).expect(200);
        for reviewer in [one, two, three] {
            step(server, &id, "vote", reviewer, &grant).expect(200);
        }
        let proposed = step(server, &id, "propose", one, &grant).expect(200);
        assert_eq!((&proposed["status"], &proposed["verdict"]), (&json!("proposed"), &json!("grant")));
        let stale = step(server, &id, "approve", approver, &json!({ "edition": 2 }));
        assert_eq!(stale.refusal(), (412, "stale_edition"));
        assert_eq!(
            step(server, &id, "approve", one, &json!({})).refusal(),
            (403, "forbidden"),
            "four eyes"
        );
        let granted = step(server, &id, "approve", approver, &json!({ "edition": proposed["edition"] })).expect(200);
        assert_eq!(granted["status"], "granted", "{granted}");
        assert_eq!(office.account(server), pockets("0.00", "0.00", "9.00"));
        let bought = server.get("/api/v1/me/conversions", &office.learner).expect(200);
        let bought = bought["items"].as_array().unwrap();
        assert_eq!(bought.len(), 2);
        assert_eq!(
            (
                &bought[0]["award"]["destination"]["code"],
                &bought[0]["award"]["amount"],
                &bought[0]["original"]["score"]
            ),
            (&json!("E101"), &json!("3.50"), &json!("86"))
        );
        assert_eq!(bought[0]["decision_number"], granted["decision_number"]);
        let letter = server.get(&format!("/api/v1/claims/{id}/letter"), &office.learner).expect(200);
        let text = letter["paragraphs"].to_string();
        for part in [
            "grants your claim for conversion",
            "证书经核验属实，符合第六条",
            "课程E101",
            "appeal within 10 working days",
        ] {
            assert!(text.contains(part), "{part}: {letter}");
        }
        let replay = step(server, &id, "replay", approver, &json!({})).expect(200);
        assert_eq!(
            (&replay["equal"], &replay["steps_lead_here"], &replay["kept_digest"]),
            (&json!(true), &json!(true), &replay["recomputed_digest"])
        );
        // Those who decide are not named to the claimant; the claimant sees who looked.
        let read = server.get(&format!("/api/v1/claims/{id}"), &office.learner).expect(200);
        assert_eq!(read["steps"][1]["actor_name"], Value::Null);
        let looks = server.get("/api/v1/me/access-log", &office.learner).expect(200);
        assert!(looks["items"].to_string().contains("approve"), "{looks}");
        let audit = server
            .get(&format!("/api/v1/me/audit?programme={}", office.programme), &office.learner)
            .expect(200);
        assert_eq!((&audit["has"], &audit["missing"]), (&json!("8.00"), &json!("12.00")), "{audit}");
    });
}

#[test]
fn what_is_not_granted_is_released() {
    without_notice(|server| {
        let office = office(server, json!({ "notice_working_days": 0 }), true);
        let reviewer = &office.reviewers[0];
        let [approver, other] = &office.approvers[..] else { panic!() };
        let refuse = json!({ "verdict": "refuse", "reason": "证书已由其他学校使用" });

        let withdrawn = id_of(&office.submit(server, &office.keep(server)).expect(201));
        assert_eq!(office.account(server), pockets("0.00", "9.00", "0.00"));
        assert_eq!(
            step(server, &withdrawn, "withdraw", reviewer, &json!({})).refusal(),
            (403, "forbidden")
        );
        step(server, &withdrawn, "withdraw", &office.learner, &json!({})).expect(200);
        assert_eq!(office.account(server), pockets("9.00", "0.00", "0.00"));

        let worth = office.keep(server);
        let id = id_of(&office.submit(server, &worth).expect(201));
        for (verb, token, body) in [
            ("take", reviewer, json!({})),
            ("vote", reviewer, refuse.clone()),
            ("propose", reviewer, refuse.clone()),
            ("approve", approver, json!({})),
        ] {
            step(server, &id, verb, token, &body).expect(200);
        }
        assert_eq!(office.account(server), pockets("9.00", "0.00", "0.00"));
        let letter = server.get(&format!("/api/v1/claims/{id}/letter"), &office.learner).expect(200);
        assert!(letter["paragraphs"].to_string().contains("证书已由其他学校使用"), "{letter}");

        // An appeal holds the credit again; who judged before does not decide it.
        let why = json!({ "reason": "该证书从未使用" });
        step(server, &id, "appeal", &office.learner, &why).expect(200);
        assert_eq!(office.account(server), pockets("0.00", "9.00", "0.00"));
        let overturn = json!({ "decision": "overturn", "reason": "经复核，证书未使用" });
        assert_eq!(
            step(server, &id, "decide-appeal", approver, &overturn).refusal(),
            (403, "judged_before")
        );
        let closed = step(server, &id, "decide-appeal", other, &overturn).expect(200);
        assert_eq!((&closed["status"], &closed["verdict"]), (&json!("closed"), &json!("grant")));
        assert_eq!(office.account(server), pockets("0.00", "0.00", "9.00"));
        let listed = server.get("/api/v1/me/claims?status=closed", &office.learner).expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_notice_is_public_with_a_masked_name_and_objections_are_answered() {
    without_notice(|server| {
        let office = office(server, json!({ "notice_working_days": 5 }), true);
        let reviewer = &office.reviewers[0];
        let [approver, other] = &office.approvers[..] else { panic!() };
        let grant = json!({ "verdict": "grant", "reason": "符合第六条" });
        let id = id_of(&office.submit(server, &office.keep(server)).expect(201));
        step(server, &id, "take", reviewer, &json!({})).expect(200);
        step(server, &id, "vote", reviewer, &grant).expect(200);
        step(server, &id, "propose", reviewer, &grant).expect(200);
        step(server, &id, "approve", approver, &json!({})).expect(200);
        let notices = server.get("/api/v1/notices", "").expect(200);
        let notice = &notices["items"][0];
        assert_eq!(
            (&notice["name_masked"], &notice["recognised"]),
            (&json!("王*"), &json!("8.00")),
            "{notice}"
        );
        assert!(
            !notices.to_string().contains(&office.outcome) && !notices.to_string().contains("王芳"),
            "{notices}"
        );

        let mut other_person = office.town.outcome("S000441012345242000009");
        other_person["learner"]["document_number"] = OTHER_NUMBER.into();
        other_person["learner"]["name"] = "李明".into();
        let neighbour = office.town.deposit(server, &other_person).expect(201);
        let neighbour = office.town.claim(server, neighbour["learner_id"].as_str().unwrap(), "liming");
        let objections = format!("/api/v1/notices/{id}/objections");
        let text = json!({ "reason": "该证书系他人所有" });
        assert_eq!(server.post(&objections, &office.learner, &text).refusal(), (403, "own_claim"));
        assert_eq!(server.post(&objections, &neighbour, &json!({})).refusal(), (422, "invalid_body"));
        assert_eq!(server.get(&objections, &neighbour).refusal(), (404, "not_found"));
        let raised = server.post(&objections, &neighbour, &text).expect(201);
        assert_eq!(
            server.get(&format!("/api/v1/claims/{id}"), &neighbour).refusal(),
            (404, "not_found")
        );
        let answer = format!("{objections}/{}/answer", raised["objection_id"].as_str().unwrap());
        let dismissed = json!({ "answer": "dismissed", "reason": "经核查，证书属实" });
        assert_eq!(server.post(&answer, reviewer, &dismissed).refusal(), (403, "forbidden"));
        server.post(&answer, other, &dismissed).expect(200);
        assert_eq!(server.post(&answer, other, &dismissed).refusal(), (409, "wrong_state"));
        let own = server.get(&objections, &neighbour).expect(200);
        assert_eq!(own["items"][0]["answer"], "dismissed");
        let shown = server.get(&format!("/api/v1/claims/{id}"), &office.learner).expect(200);
        assert_eq!(shown["objections"][0]["raised_by_name"], Value::Null, "not told to the claimant");
        assert_eq!(
            server
                .get(&format!("/api/v1/claims/due?institution_id={}", office.town.school), approver)
                .expect(200)["items"],
            json!([{ "due": "notice_ends", "waiting": 1, "overdue": 0 }])
        );
    });
}

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
        assert_eq!(
            submit(json!({ "of": "outcome", "outcome_id": office.outcome })).refusal(),
            (409, "already_recognised")
        );
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

        let declared =
            submit(json!({ "of": "declared", "achievement_id": achievement, "awarded_on": "2023-05-01", "certificate_number": "CRAFT-2" }));
        let declared = declared.expect(201);
        assert_eq!(declared["institution_id"], office.town.school.as_str());
        let future = submit(json!({ "of": "declared", "achievement_id": achievement, "awarded_on": "2999-05-01" }));
        assert_eq!(future.refusal(), (422, "awarded_in_the_future"));
        let listed = server.get(
            &format!("/api/v1/claims?institution_id={}&kind=recognition", office.town.school),
            &office.reviewers[0],
        );
        assert_eq!(listed.expect(200)["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn an_answer_that_no_longer_holds_cannot_be_claimed() {
    without_notice(|server| {
        let office = office(server, json!({}), true);
        let worth = office.keep(server);
        let mut more = office.town.outcome("S000441012345242000002");
        more["awarded_on"] = json!("2024-04-01");
        office.town.deposit(server, &more).expect(201);
        assert_eq!(office.submit(server, &worth).refusal(), (409, "worth_outdated"));
        assert_eq!(office.account(server), pockets("18.00", "0.00", "0.00"));
        let nothing = json!({ "programme_id": office.programme, "left_out": [office.outcome] });
        let kept = server.post("/api/v1/me/worths", &office.learner, &nothing).expect(201);
        assert_eq!(kept["recognised"], "8.00", "the other certificate brings as much");
        assert_eq!(
            office.submit(server, "01985a3e-7c00-7000-8000-000000000001").refusal(),
            (404, "not_found")
        );
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
            .map(|year| year["year"].as_i64().unwrap())
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
