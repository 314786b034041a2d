//! Outcomes that wait for a person at the bank.

use serde_json::json;

use super::browser::{People, Statuses, form, page};
use super::desk::id;
use crate::server::on_both;

#[test]
fn outcomes_that_wait_are_looked_at_by_the_bank() {
    on_both(|server| {
        let people = People::build(server);
        let mut odd = people.town.outcome("NOT-A-NUMBER-OF-ITS-KIND");
        odd["awarded_on"] = json!("2001-03-01");
        let odd = people.town.deposit(server, &odd).expect(201);
        let odd = id(&odd, "outcome_id");
        let office: Statuses = [303, 404, 404, 404, 404, 200, 403, 200];
        let case: Statuses = [303, 404, 404, 404, 404, 200, 404, 200];
        people.walk(&[
            page("/office/outcomes", &[], office),
            page("/office/outcomes.csv", &[], office),
            page("/office/outcomes/{outcome_id}", &[&odd], case),
            form(
                "/office/outcomes/{outcome_id}/review",
                &[&odd],
                &[("verdict", "later"), ("reason", "x")],
                [303, 404, 404, 404, 404, 422, 404, 422],
            ),
        ]);
        let listed = people.officer.read("/office/outcomes").text;
        assert!(listed.contains(&odd), "{listed}");
        let desk = people.member.read(&format!("/desk/{}", people.town.school)).text;
        assert!(desk.contains("Outcomes that the bank looks at"), "{desk}");
        let token = people.officer.form_token();
        let form = [("verdict", "refuse"), ("reason", "编号与证书不符"), ("form_token", token.as_str())];
        let answer = people.officer.send(&format!("/office/outcomes/{odd}/review"), &form);
        assert_eq!(
            answer.header("location"),
            Some(format!("/office/outcomes/{odd}?done=refused").as_str())
        );
        let again = people.officer.send(&format!("/office/outcomes/{odd}/review"), &form);
        assert_eq!(again.status, 409, "{}", again.text);
    });
}
