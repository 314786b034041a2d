//! What rules ask of achievements and outcomes beyond kinds and dates: tags, and what a contest ended with.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Server, on_both};
use super::town::Town;

/// Publishes a contest of the school; every award of it is worth 2.00.
fn contest(server: &Server, town: &Town) {
    let new = json!({ "institution_id": town.school, "code": "skills-contest", "name_chinese": "职业技能大赛", "kind": "contest",
        "details": { "contest_scope": "provincial", "tags": ["skills", "team-2"] }, "valid_from": "2020-01-01" });
    let draft = server.post("/api/v1/achievements", &town.registrar, &new).expect(201);
    assert_eq!(draft["details"]["tags"], json!(["skills", "team-2"]));
    let path = format!("/api/v1/achievements/{}/publish", draft["achievement_id"].as_str().unwrap());
    server.post(&path, &town.registrar, &json!({})).expect(200);
    let rule = json!({ "title": "竞赛", "citation": "测试", "selector": { "kind": "contest" }, "method": { "method": "fixed", "credit": "2.00" },
        "selected_by": "award_date", "effective_from": "2020-01-01" });
    server.post("/api/v1/recognition-rules", &town.administrator, &rule).expect(201);
}

fn outcome(town: &Town, contest: Value) -> Value {
    let mut outcome = town.outcome("JS2024-0001");
    (outcome["achievement_code"], outcome["contest"]) = (json!("skills-contest"), contest);
    outcome
}

#[test]
fn a_contest_keeps_its_result_and_differs_by_it() {
    on_both(|server| {
        let town = Town::build(server);
        contest(server, &town);
        let result = json!({ "event": "henan-skills-2024", "place": 1, "team_position": 2 });
        let deposited = town.deposit(server, &outcome(&town, result.clone())).expect(201);
        assert_eq!(deposited["credit"], "2.00");
        let path = format!("/api/v1/outcomes/{}", deposited["outcome_id"].as_str().unwrap());
        assert_eq!(server.get(&path, &town.registrar).expect(200)["contest"], result);
        let listed = server.get(&format!("/api/v1/outcomes?institution_id={}", town.school), &town.registrar);
        assert_eq!(listed.expect(200)["items"][0]["contest"], result);
        let again = town.deposit(server, &outcome(&town, result)).expect(200);
        assert_eq!(again["outcome_id"], deposited["outcome_id"]);
        for other in [json!({ "event": "henan-skills-2024", "place": 2, "team_position": 2 }), Value::Null] {
            let answer = town.deposit(server, &outcome(&town, other));
            assert_eq!(answer.refusal(), (409, "certificate_differs"));
            let pointers: Vec<&Value> = answer.body["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|error| &error["pointer"])
                .collect();
            assert_eq!(pointers, ["/contest"], "only the field that differs is named");
        }
        let certificate = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let path = format!("/api/v1/outcomes/{}", certificate["outcome_id"].as_str().unwrap());
        assert_eq!(server.get(&path, &town.registrar).expect(200)["contest"], Value::Null);
    });
}

#[test]
fn a_result_that_cannot_be_taken_is_refused_by_its_pointer() {
    on_both(|server| {
        let town = Town::build(server);
        contest(server, &town);
        let mut certificate = town.outcome("S000441012345242000001");
        certificate["contest"] = json!({ "place": 1 });
        for (body, pointer) in [
            (certificate, "/contest"),
            (outcome(&town, json!({})), "/contest"),
            (outcome(&town, json!({ "event": " " })), "/contest/event"),
            (outcome(&town, json!({ "place": 0 })), "/contest/place"),
            (
                outcome(&town, json!({ "place": 1, "team_position": 100 })),
                "/contest/team_position",
            ),
        ] {
            let answer = town.deposit(server, &body);
            assert_eq!(answer.refusal(), (422, "invalid_body"), "{pointer}");
            assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.text);
            let batch = server.post("/api/v1/outcomes/batch", &town.registrar, &json!({ "rows": [{ "outcome": body }] }));
            assert_eq!(batch.expect(200)["results"][0]["status"], 422);
        }
        let shapeless = town.deposit(server, &outcome(&town, json!({ "prize": 1 })));
        assert_eq!(shapeless.refusal(), (400, "malformed_body"));
        let list = format!("/api/v1/outcomes?institution_id={}", town.school);
        assert_eq!(server.get(&list, &town.registrar).expect(200)["items"], json!([]));
    });
}

#[test]
fn tags_are_few_words() {
    on_both(|server| {
        let town = Town::build(server);
        let with = |tags: Value| {
            let new = json!({ "institution_id": town.school, "code": "mooc-1", "name_chinese": "慕课", "kind": "course",
                "details": { "tags": tags }, "valid_from": "2020-01-01" });
            server.post("/api/v1/achievements", &town.registrar, &new)
        };
        for tags in [json!(["MOOC"]), json!([""]), json!(vec!["a"; 21])] {
            let answer = with(tags);
            assert_eq!(answer.refusal(), (422, "invalid_body"));
            assert_eq!(answer.body["errors"][0]["pointer"], "/details/tags");
        }
        let draft = with(json!(["mooc"])).expect(201);
        let path = format!("/api/v1/achievements/{}", draft["achievement_id"].as_str().unwrap());
        server.post(&format!("{path}/publish"), &town.registrar, &json!({})).expect(200);
        assert_eq!(
            server.call(Method::GET, &path, None, None).expect(200)["details"],
            json!({ "tags": ["mooc"] })
        );
    });
}
