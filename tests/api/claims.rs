//! Claims over HTTP, on both back ends: submitted, decided by a panel and by four eyes, objected to, appealed, granted, used.

use serde_json::{Value, json};

use super::packs::{document, put_in_force, today, without_notice};
use super::server::{Answer, Server};
use super::town::{Town, user};

/// What a document number says beside the town's own learner.
const OTHER_NUMBER: &str = "34052419800101001X";

/// A town whose school decides claims: three reviewers, two approvers, a pack in force, a programme and a learner with 9.00.
pub(crate) struct Office {
    pub(crate) town: Town,
    pub(crate) reviewers: Vec<String>,
    pub(crate) approvers: Vec<String>,
    programme: String,
    pub(crate) learner: String,
    pub(crate) outcome: String,
}

pub(crate) fn programme() -> Value {
    let course = |code: &str, credits: &str| json!({ "code": code, "name": { "zh": format!("课程{code}") }, "credits": credits, "tags": ["core"], "required": true, "bucket": "major" });
    json!({ "code": "elec-2024", "name": { "zh": "电气自动化技术", "en": "Electrical automation" }, "level": 4, "required_credit": "20",
        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "8" }],
        "courses": [course("E101", "3.5"), course("E102", "4.5")], "effective_from": "2024-09-01" })
}

pub(crate) fn office(server: &Server, claims: Value, mature: bool) -> Office {
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
    pub(crate) fn keep(&self, server: &Server) -> String {
        let kept = server.post("/api/v1/me/worths", &self.learner, &json!({ "programme_id": self.programme }));
        kept.expect(201)["worth_id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn submit(&self, server: &Server, worth: &str) -> Answer {
        let claim = json!({ "kind": "conversion", "worth_id": worth, "statement": "申请以证书转换专业核心课程" });
        server.post("/api/v1/me/claims", &self.learner, &claim)
    }

    fn account(&self, server: &Server) -> (String, String, String) {
        let account = server.get("/api/v1/me/account", &self.learner).expect(200);
        let pocket = |name: &str| account["balances"][0][name].as_str().unwrap().to_owned();
        (pocket("available"), pocket("held"), pocket("redeemed"))
    }
}

pub(crate) fn id_of(claim: &Value) -> String {
    claim["claim_id"].as_str().unwrap().to_owned()
}

pub(crate) fn step(server: &Server, claim: &str, verb: &str, token: &str, body: &Value) -> Answer {
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
        let listed = server.get("/api/v1/me/claims", &office.learner).expect(200);
        let item = &listed["items"][0];
        assert_eq!(
            (
                &item["programme_name"]["en"],
                &item["left_working_days"],
                &claim["outcomes"][0]["name"]["zh"]
            ),
            (&json!("Electrical automation"), &json!(5), &json!("电工(四级/中级工)")),
            "{item}"
        );
        assert!(item["institution_name"].is_string() && item["achievement_name"].is_null(), "{item}");
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
        assert!(!text.contains("was not granted"), "{letter}");
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
        let text = letter["paragraphs"].to_string();
        assert!(
            text.contains("证书已由其他学校使用") && text.contains("What was claimed, and was not granted:"),
            "{letter}"
        );

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
