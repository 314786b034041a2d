//! What pages offer to whom, and whose they say they are.

use serde_json::json;

use super::browser::People;
use super::desk::id;
use crate::server::on_both;

#[test]
fn nobody_is_offered_to_apply_an_own_preview_and_credit_that_ended_is_struck_through() {
    on_both(|server| {
        let people = People::build(server);
        let (town, school) = (&people.town, &people.town.school);
        let asked = json!({ "institution_id": school, "kind": "withdraw", "scope": { "of": "outcome", "outcome_id": people.outcome_id },
            "reason": "登记有误", "citation": "校发〔2026〕1号" });
        let [_, by_officer] = [(&town.registrar, true), (&town.officer, false)].map(|(token, is_own)| {
            let previewed = server.post("/api/v1/corrections", token, &asked).expect(201);
            let path = format!("/desk/{school}/corrections/{}", id(&previewed, "correction_id"));
            let shown = people.member.read(&path).text;
            assert_eq!(shown.contains(&format!("action=\"{path}/apply\"")), !is_own, "{shown}");
            assert!(shown.contains("somebody else has to apply it"), "{shown}");
            previewed
        });
        let outcomes = format!("/desk/{school}/outcomes");
        assert!(!people.member.read(&outcomes).text.contains("<del>"));
        let path = format!("/api/v1/corrections/{}/apply", id(&by_officer, "correction_id"));
        let digest = json!({ "digest": by_officer["digest"] });
        server.post(&path, &town.registrar, &digest).expect(200);
        let listed = people.member.read(&outcomes).text;
        assert!(listed.contains("<del>9.00</del>"), "{listed}");
    });
}

#[test]
fn the_page_of_a_refusal_says_whose_it_is() {
    on_both(|server| {
        let people = People::build(server);
        let correction = "0197a000-0000-7000-8000-000000000000";
        let path = format!("/desk/{}/corrections/{correction}", people.town.school);
        let refused = people.member.read(&path);
        let is_named = refused.text.contains("<span class=\"name\">registrar</span>");
        assert!(refused.status == 404 && is_named, "{} {}", refused.status, refused.text);
    });
}

#[test]
fn a_code_is_asked_of_whoever_gave_the_password_only() {
    on_both(|server| {
        let people = People::build(server);
        let led = people.nobody.read("/sign-in/code?next=/records");
        assert_eq!((led.status, led.header("location")), (303, Some("/sign-in?next=%2Frecords")));
    });
}

#[test]
fn a_number_that_is_not_found_is_said_so_that_it_can_be_compared() {
    on_both(|server| {
        let people = People::build(server);
        let unknown = people.nobody.read("/check/2026-7b%3Cb%3E");
        assert!(
            unknown.status == 404 && unknown.text.contains("<dd>2026-7bb</dd>"),
            "{}",
            unknown.text
        );
    });
}
