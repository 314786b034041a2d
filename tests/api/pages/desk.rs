//! The desk of an institution: what waits, outcomes, corrections, disputes, learners, members, systems.

use reqwest::Method;
use serde_json::json;

use super::browser::{Browser, People, Statuses, form, page};
use crate::server::{Answer, Server, on_both};
use crate::town::Town;

const NOWHERE: &str = "0197a000-0000-7000-8000-000000000000";
const DESK: Statuses = [303, 404, 404, 200, 404, 404, 404, 404];

/// The same for the member, and something else.
fn member(status: u16) -> Statuses {
    DESK.map(|other| if other == 200 { status } else { other })
}

pub(super) fn id(value: &serde_json::Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

#[test]
fn outcomes_and_what_is_wrong_with_them_are_for_members() {
    on_both(|server| {
        let people = People::build(server);
        let (town, school, outcome) = (&people.town, people.town.school.as_str(), people.outcome_id.as_str());
        let correction = json!({ "institution_id": school, "kind": "withdraw", "scope": { "of": "outcome", "outcome_id": outcome },
            "reason": "登记有误", "citation": "校发〔2026〕1号" });
        let correction = id(
            &server.post("/api/v1/corrections", &town.registrar, &correction).expect(201),
            "correction_id",
        );
        let request = json!({ "outcome_id": outcome, "kind": "wrong", "reason": "成绩应为 96 分" });
        let request = id(
            &server.post("/api/v1/me/correction-requests", &people.token, &request).expect(201),
            "request_id",
        );
        let desks: Statuses = [303, 200, 200, 303, 303, 200, 200, 200];
        people.walk(&[
            page("/desk", &[], desks),
            page("/desk/{institution_id}", &[school], DESK),
            page("/desk/{institution_id}", &[NOWHERE], member(404)),
            page("/desk/{institution_id}/outcomes", &[school], DESK),
            page("/desk/{institution_id}/outcomes.csv", &[school], DESK),
            page("/desk/{institution_id}/outcomes/new", &[school], DESK),
            form(
                "/desk/{institution_id}/outcomes/new",
                &[school],
                &[("achievement_code", "occ-elec-4")],
                member(422),
            ),
            page("/desk/{institution_id}/outcomes/{outcome_id}", &[school, outcome], DESK),
            page("/desk/{institution_id}/outcomes/{outcome_id}", &[school, NOWHERE], member(404)),
            page("/desk/{institution_id}/corrections", &[school], DESK),
            page("/desk/{institution_id}/corrections.csv", &[school], DESK),
            page("/desk/{institution_id}/corrections/new", &[school], DESK),
            form("/desk/{institution_id}/corrections/new", &[school], &[("reason", "x")], member(422)),
            page("/desk/{institution_id}/corrections/{correction_id}", &[school, &correction], DESK),
            page(
                "/desk/{institution_id}/corrections/{correction_id}/outcomes.csv",
                &[school, &correction],
                DESK,
            ),
            page(
                "/desk/{institution_id}/corrections/{correction_id}",
                &[school, NOWHERE],
                member(404),
            ),
            form(
                "/desk/{institution_id}/corrections/{correction_id}/apply",
                &[school, &correction],
                &[("digest", "x")],
                // Whoever previewed it does not apply it.
                member(403),
            ),
            page("/desk/{institution_id}/disputes", &[school], DESK),
            page("/desk/{institution_id}/disputes.csv", &[school], DESK),
            page("/desk/{institution_id}/disputes/{request_id}", &[school, &request], DESK),
            page("/desk/{institution_id}/disputes/{request_id}", &[school, NOWHERE], member(404)),
            form(
                "/desk/{institution_id}/disputes/{request_id}/answer",
                &[school, &request],
                &[("answer", "accept")],
                member(422),
            ),
            page("/desk/{institution_id}/cases", &[school], DESK),
            page("/desk/{institution_id}/cases.csv", &[school], DESK),
            page("/desk/{institution_id}/cases/{case_id}", &[school, NOWHERE], member(404)),
            form(
                "/desk/{institution_id}/cases/{case_id}/decide",
                &[school, NOWHERE],
                &[("verdict", "confirm")],
                member(404),
            ),
        ]);
        people.walk(&[form(
            "/desk/{institution_id}/corrections/{correction_id}/give-up",
            &[school, &correction],
            &[],
            member(303),
        )]);
        what_was_typed_is_kept(&people);
        disputes_are_looked_at_once(&people, &request);
    });
}

/// A page is one look at the learner whom it shows.
fn disputes_are_looked_at_once(people: &People<'_>, request: &str) {
    let school = &people.town.school;
    for path in [format!("/desk/{school}/disputes"), format!("/desk/{school}/disputes/{request}")] {
        assert_eq!(people.member.read(&path).status, 200);
        let log = people.member.server.get("/api/v1/me/access-log", &people.token).expect(200);
        let looks = log["items"].as_array().unwrap();
        let of_the_page = looks.iter().filter(|look| look["request_id"] == looks[0]["request_id"]);
        assert_eq!(of_the_page.count(), 1, "{path}: {log}");
    }
}

fn what_was_typed_is_kept(people: &People<'_>) {
    let (school, token) = (&people.town.school, people.member.form_token());
    let sent = |path: &str, fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("form_token", token.as_str())]).collect();
        people.member.send(&format!("/desk/{school}{path}"), &fields)
    };
    let wrong = [
        ("achievement_code", "occ-elec-4"),
        ("document_kind", "passport"),
        ("document_number", "E1\"<b>"),
        ("name", "赵敏"),
        ("awarded_on", "soon"),
        ("hours", "-1"),
        ("score", "86 <b>"),
    ];
    let refused = sent("/outcomes/new", &wrong);
    assert_eq!(refused.status, 422);
    for shown in ["href=\"#awarded_on\"", "href=\"#hours\"", "赵敏", "86 &#60;b&#62;", "value=\"-1\""] {
        assert!(refused.text.contains(shown), "{shown}: {}", refused.text);
    }
    // Two presses bring one outcome, which the page after it shows with what it is worth.
    let good = [
        ("achievement_code", "occ-elec-4"),
        ("document_kind", "passport"),
        ("document_number", "E55555555"),
        ("name", "赵敏"),
        ("awarded_on", "2024-03-01"),
        ("certificate_number", "S000441012345242000077"),
        ("once", "a-key-of-this-form"),
    ];
    let first = sent("/outcomes/new", &good);
    let again = sent("/outcomes/new", &good);
    assert_eq!((first.status, again.status), (303, 303), "{}", first.text);
    assert_eq!(first.header("location"), again.header("location"));
    let shown = people.member.read(first.header("location").unwrap()).text;
    assert!(
        shown.contains("an account was opened") && shown.contains("S000441012345242000077"),
        "{shown}"
    );
    let filtered = |query: &str| people.member.read(&format!("/desk/{school}/outcomes{query}"));
    assert!(filtered("?certificate_number=S000441012345242000077").text.contains("赵*"));
    assert!(!filtered("?certificate_number=S000441012345242000001").text.contains("赵*"));
    assert!(filtered("?account_number=0000").text.contains("There is no such outcome"));
    // By the account, however its number is written; by the API too.
    let server = people.member.server;
    let account = id(&server.get("/api/v1/me/account", &people.token).expect(200), "account_number");
    let spaced = account.split_at(8);
    let own = filtered(&format!("?account_number={}+{}", spaced.0, spaced.1)).text;
    assert!(
        own.contains("S000441012345242000001") && !own.contains("S000441012345242000077"),
        "{own}"
    );
    for (number, expected) in [(account.as_str(), 1), ("0000", 0)] {
        let path = format!("/api/v1/outcomes?institution_id={school}&account_number={number}");
        let listed = server.get(&path, &people.town.registrar).expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), expected, "{listed}");
    }
    let wrong = filtered("?awarded_from=soon");
    assert!(
        wrong.status == 422 && wrong.text.contains("href=\"#awarded_from\""),
        "{}",
        wrong.text
    );
    let table = people
        .member
        .read(&format!("/desk/{school}/outcomes.csv?certificate_number=S000441012345242000077"));
    assert_eq!(table.text.trim().lines().count(), 2, "{}", table.text);
}

#[test]
fn learners_and_their_requests_are_for_members() {
    on_both(|server| {
        let people = People::build(server);
        let school = people.town.school.as_str();
        let upload = server
            .request(Method::POST, "/api/v1/me/evidence?name=证明.pdf")
            .bearer_auth(&people.token);
        let file = Answer::of(upload.header("Content-Type", "application/pdf").body("%PDF-1.7").send().unwrap()).expect(201);
        let file = id(&file, "file_id");
        let entry = json!({ "kind": "work", "title": { "zh": "实训中心助教" }, "artefacts": [file] });
        let entry = server.post("/api/v1/me/portfolio/entries", &people.token, &entry).expect(201);
        let path = format!("/api/v1/me/portfolio/entries/{}/confirmations", id(&entry, "entry_id"));
        let asked = server.post(&path, &people.token, &json!({ "institution_id": school })).expect(201);
        let asked = id(&asked, "confirmation_id");
        people.walk(&[
            page("/desk/{institution_id}/learners", &[school], DESK),
            form("/desk/{institution_id}/learners", &[school], &[("to", "find")], member(422)),
            form(
                "/desk/{institution_id}/learners/{learner_id}/claim-code",
                &[school, &people.learner_id],
                &[],
                // The account is claimed.
                member(409),
            ),
            page("/desk/{institution_id}/mismatches", &[school], DESK),
            page("/desk/{institution_id}/mismatches.csv", &[school], DESK),
            form(
                "/desk/{institution_id}/mismatches/{mismatch_id}/settle",
                &[school, NOWHERE],
                &[("note", "x")],
                member(404),
            ),
            page("/desk/{institution_id}/confirmations", &[school], DESK),
            page("/desk/{institution_id}/confirmations.csv", &[school], DESK),
            page("/desk/{institution_id}/confirmations/{confirmation_id}", &[school, &asked], DESK),
            page(
                "/desk/{institution_id}/confirmations/{confirmation_id}",
                &[school, NOWHERE],
                member(404),
            ),
            form(
                "/desk/{institution_id}/confirmations/{confirmation_id}/answer",
                &[school, &asked],
                &[("answer", "decline")],
                member(422),
            ),
            page(
                "/desk/{institution_id}/evidence/{learner_id}/{file_id}",
                &[school, &people.learner_id, &file],
                DESK,
            ),
            page(
                "/desk/{institution_id}/evidence/{learner_id}/{file_id}",
                &[school, &people.learner_id, NOWHERE],
                member(404),
            ),
        ]);
        let token = people.member.form_token();
        let unknown = [
            ("to", "find"),
            ("document_kind", "passport"),
            ("document_number", "E77777777"),
            ("form_token", token.as_str()),
        ];
        let path = format!("/desk/{school}/learners");
        let found = people.member.send(&path, &unknown);
        assert!(
            found.status == 200 && found.text.contains("does not know anybody"),
            "{}",
            found.text
        );
        let new = [
            ("to", "register"),
            ("document_kind", "passport"),
            ("document_number", "E77777777"),
            ("name", "钱多多"),
            ("form_token", token.as_str()),
        ];
        let registered = people.member.send(&path, &new).text;
        let (_, rest) = registered.split_once("/learners/").unwrap();
        let learner = rest.split('/').next().unwrap();
        let code = people
            .member
            .send(&format!("{path}/{learner}/claim-code"), &[("form_token", token.as_str())]);
        assert!(code.status == 200 && code.text.contains("class=\"secret\""), "{}", code.text);
    });
}

#[test]
fn members_and_systems_are_for_administrators_of_the_institution() {
    on_both(|server| {
        let people = People::build(server);
        let (town, school) = (&people.town, people.town.school.as_str());
        let base = format!("/api/v1/institutions/{school}");
        let client = json!({ "name": "教务系统", "scopes": ["outcomes:write"] });
        let client = server.post(&format!("{base}/api-clients"), &town.registrar, &client).expect(201);
        let client = id(&client["client"], "client_id");
        let webhook = json!({ "url": "https://hooks.example.com/credit-bank" });
        let webhook = server.post(&format!("{base}/webhooks"), &town.registrar, &webhook).expect(201);
        let webhook = id(&webhook["webhook"], "webhook_id");
        let hook = [school, webhook.as_str()];
        people.walk(&[
            page("/desk/{institution_id}/members", &[school], DESK),
            page("/desk/{institution_id}/members.csv", &[school], DESK),
            form(
                "/desk/{institution_id}/members",
                &[school],
                &[("who", "known"), ("known", "nobody-there")],
                member(422),
            ),
            form(
                "/desk/{institution_id}/members/{user_id}/roles",
                &[school, NOWHERE],
                &[("roles", "registrar")],
                member(404),
            ),
            form(
                "/desk/{institution_id}/members/{user_id}/remove",
                &[school, NOWHERE],
                &[],
                member(404),
            ),
            page("/desk/{institution_id}/clients", &[school], DESK),
            page("/desk/{institution_id}/clients.csv", &[school], DESK),
            form("/desk/{institution_id}/clients", &[school], &[("name", "x")], member(422)),
            form(
                "/desk/{institution_id}/clients/{client_id}/rotate",
                &[school, &client],
                &[("overlap_hours", "x")],
                member(422),
            ),
            form(
                "/desk/{institution_id}/clients/{client_id}/revoke",
                &[school, NOWHERE],
                &[],
                member(404),
            ),
            page("/desk/{institution_id}/webhooks", &[school], DESK),
            page("/desk/{institution_id}/webhooks.csv", &[school], DESK),
            form(
                "/desk/{institution_id}/webhooks",
                &[school],
                &[("url", "ftp://x"), ("event_types", "x")],
                member(422),
            ),
            page("/desk/{institution_id}/webhooks/{webhook_id}", &hook, DESK),
            page("/desk/{institution_id}/webhooks/{webhook_id}/deliveries.csv", &hook, DESK),
            page("/desk/{institution_id}/webhooks/{webhook_id}", &[school, NOWHERE], member(404)),
            form(
                "/desk/{institution_id}/webhooks/{webhook_id}",
                &hook,
                &[("url", "ftp://x")],
                member(422),
            ),
            form("/desk/{institution_id}/webhooks/{webhook_id}/test", &hook, &[], member(303)),
            form(
                "/desk/{institution_id}/webhooks/{webhook_id}/replay",
                &hook,
                &[("delivery_id", NOWHERE)],
                member(404),
            ),
            form("/desk/{institution_id}/webhooks/{webhook_id}/pause", &hook, &[], member(303)),
            form("/desk/{institution_id}/webhooks/{webhook_id}/resume", &hook, &[], member(303)),
            form(
                "/desk/{institution_id}/webhooks/{webhook_id}/rotate",
                &hook,
                &[("overlap_hours", "1000")],
                member(422),
            ),
        ]);
        people.walk(&[form("/desk/{institution_id}/webhooks/{webhook_id}/remove", &hook, &[], member(303))]);
        roles_count(server, town);
    });
}

/// A member without a role for a page is told so, and does not find it in the menu.
fn roles_count(server: &Server, town: &Town) {
    let new = json!({ "user": crate::town::user("reviewer-only"), "roles": ["reviewer"] });
    let members = format!("/api/v1/institutions/{}/members", town.school);
    server.post(&members, &town.registrar, &new).expect(201);
    // Without a second factor the role does not count in a browser, which says so.
    let alone = Browser::signed_in(server, "reviewer-only");
    assert!(alone.read("/desk").text.contains("/security/second-factor"));
    let reviewer = Browser::of_staff(server, "reviewer-only");
    let desk = reviewer.read(&format!("/desk/{}", town.school)).text;
    assert!(
        desk.contains("/claims\"") && !desk.contains("/clients\"") && !desk.contains("/outcomes/new"),
        "{desk}"
    );
    for path in [
        "/clients",
        "/webhooks",
        "/learners",
        "/outcomes/new",
        "/corrections",
        "/disputes",
        "/corrections/new",
    ] {
        let refused = reviewer.read(&format!("/desk/{}{path}", town.school)).status;
        assert!([403, 404].contains(&refused), "{path}: {refused}");
    }
    assert!(
        !reviewer
            .read(&format!("/desk/{}/members", town.school))
            .text
            .contains("<form method=\"post\" action=\"/desk")
    );
    let token = reviewer.form_token();
    let form = [("name", "x"), ("scopes", "outcomes:write"), ("form_token", token.as_str())];
    let refused = reviewer.send(&format!("/desk/{}/clients", town.school), &form);
    assert_eq!(refused.status, 403, "{}", refused.text);
}
