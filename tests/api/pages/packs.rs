//! Rule packs: those of an institution at its desk, those of the bank, and what was filed.

use serde_json::{Value, json};

use super::browser::{People, form, page};
use crate::packs::document;
use crate::server::{Server, on_both};
use crate::town::programme;

/// A draft of the town's school, a standard of the bank, and a simulation of each that was cancelled.
struct Packs {
    draft: String,
    standard: String,
    run: String,
    standard_run: String,
}

fn id(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}

fn packs(server: &Server, people: &People<'_>) -> Packs {
    let town = &people.town;
    let new = json!({ "institution_id": town.school, "document": document("2999-01-01") });
    let draft = id(&server.post("/api/v1/rule-packs", &town.registrar, &new).expect(201), "pack_id");
    let mut own = document("2999-01-01");
    own.as_object_mut().unwrap().remove("owner");
    own["code"] = json!("standard");
    let standard = server.post("/api/v1/rule-packs", &town.administrator, &json!({ "document": own }));
    let standard = id(&standard.expect(201), "pack_id");
    let mut programme = programme("simulated");
    programme["courses"][0]["tags"] = json!(["core"]);
    let new = json!({ "institution_id": town.school, "programme": programme });
    let programme = id(
        &server.post("/api/v1/programmes", &town.registrar, &new).expect(201),
        "programme_id",
    );
    let run = |pack: &str, token: &str| {
        let body = json!({ "programme_id": programme });
        let started = server
            .post(&format!("/api/v1/rule-packs/{pack}/simulate"), token, &body)
            .expect(202);
        let run = id(&started, "simulation_id");
        // It has ended by itself where it was quicker.
        server.post(&format!("/api/v1/simulations/{run}/cancel"), token, &json!({}));
        run
    };
    Packs {
        run: run(&draft, &town.registrar),
        standard_run: run(&standard, &town.administrator),
        draft,
        standard,
    }
}

#[test]
fn packs_are_written_by_their_owner_and_decided_by_officers() {
    on_both(|server| {
        let people = People::build(server);
        let Packs {
            draft,
            standard,
            run,
            standard_run,
        } = packs(server, &people);
        let school = people.town.school.as_str();
        let own = [school, draft.as_str()];
        let own_run = [school, draft.as_str(), run.as_str()];
        let of_desk = [303, 404, 404, 200, 404, 404, 404, 404];
        let sent_at_desk = |status| [303, 404, 404, status, 404, 404, 404, 404];
        let check = [("do", "check")];
        people.walk(&[
            page("/desk/{institution_id}/packs", &[school], of_desk),
            page("/desk/{institution_id}/packs.csv", &[school], of_desk),
            page("/desk/{institution_id}/packs/new", &[school], of_desk),
            form("/desk/{institution_id}/packs/new", &[school], &[], sent_at_desk(422)),
            page("/desk/{institution_id}/packs/{pack_id}", &own, of_desk),
            page("/desk/{institution_id}/packs/{pack_id}/edit", &own, of_desk),
            form("/desk/{institution_id}/packs/{pack_id}/edit", &own, &check, of_desk),
            page("/desk/{institution_id}/packs/{pack_id}/cases", &own, of_desk),
            page("/desk/{institution_id}/packs/{pack_id}/cases/edit", &own, of_desk),
            form("/desk/{institution_id}/packs/{pack_id}/cases/edit", &own, &check, of_desk),
            page("/desk/{institution_id}/packs/{pack_id}/compare", &own, of_desk),
            form("/desk/{institution_id}/packs/{pack_id}/file", &own, &[], sent_at_desk(422)),
            form("/desk/{institution_id}/packs/{pack_id}/withdraw", &own, &[], sent_at_desk(422)),
            form("/desk/{institution_id}/packs/{pack_id}/next", &own, &[], sent_at_desk(409)),
            page("/desk/{institution_id}/packs/{pack_id}/simulations", &own, of_desk),
            page("/desk/{institution_id}/packs/{pack_id}/simulations.csv", &own, of_desk),
            form("/desk/{institution_id}/packs/{pack_id}/simulations", &own, &[], sent_at_desk(422)),
            page(
                "/desk/{institution_id}/packs/{pack_id}/simulations/{simulation_id}",
                &own_run,
                of_desk,
            ),
            form(
                "/desk/{institution_id}/packs/{pack_id}/simulations/{simulation_id}/cancel",
                &own_run,
                &[],
                sent_at_desk(409),
            ),
        ]);
        let bank = [standard.as_str()];
        let bank_run = [standard.as_str(), standard_run.as_str()];
        let of_bank = [303, 404, 404, 404, 404, 200, 200, 200];
        let written = |status| [303, 404, 404, 404, 404, 403, status, 403];
        people.walk(&[
            page("/office/packs", &[], of_bank),
            page("/office/packs.csv", &[], of_bank),
            page("/office/packs/new", &[], written(200)),
            form("/office/packs/new", &[], &[], written(422)),
            page("/office/packs/{pack_id}", &bank, of_bank),
            page("/office/packs/{pack_id}/edit", &bank, written(200)),
            form("/office/packs/{pack_id}/edit", &bank, &check, written(200)),
            page("/office/packs/{pack_id}/cases", &bank, of_bank),
            page("/office/packs/{pack_id}/cases/edit", &bank, written(200)),
            form("/office/packs/{pack_id}/cases/edit", &bank, &check, written(200)),
            page("/office/packs/{pack_id}/compare", &bank, of_bank),
            form("/office/packs/{pack_id}/file", &bank, &[], written(422)),
            form("/office/packs/{pack_id}/withdraw", &bank, &[], written(422)),
            form("/office/packs/{pack_id}/next", &bank, &[], written(409)),
            page("/office/packs/{pack_id}/simulations", &bank, of_bank),
            page("/office/packs/{pack_id}/simulations.csv", &bank, of_bank),
            form(
                "/office/packs/{pack_id}/simulations",
                &bank,
                &[],
                [303, 404, 404, 404, 404, 422, 422, 403],
            ),
            page("/office/packs/{pack_id}/simulations/{simulation_id}", &bank_run, of_bank),
            form(
                "/office/packs/{pack_id}/simulations/{simulation_id}/cancel",
                &bank_run,
                &[],
                [303, 404, 404, 404, 404, 409, 409, 403],
            ),
            // A pack of an institution is none of the bank's.
            page(
                "/office/packs/{pack_id}",
                &[draft.as_str()],
                [303, 404, 404, 404, 404, 404, 404, 404],
            ),
        ]);
        let filed = [draft.as_str()];
        let filed_run = [draft.as_str(), run.as_str()];
        let judged = |officer, administrator, auditor| [303, 404, 404, 404, 404, officer, administrator, auditor];
        people.walk(&[
            page("/office/filings", &[], of_bank),
            page("/office/filings.csv", &[], of_bank),
            page("/office/filings/{pack_id}", &filed, of_bank),
            page("/office/filings/{pack_id}/cases", &filed, of_bank),
            page("/office/filings/{pack_id}/compare", &filed, of_bank),
            form("/office/filings/{pack_id}/decide", &filed, &[], judged(422, 403, 403)),
            page("/office/filings/{pack_id}/simulations", &filed, judged(200, 404, 200)),
            page("/office/filings/{pack_id}/simulations.csv", &filed, judged(200, 404, 200)),
            form("/office/filings/{pack_id}/simulations", &filed, &[], judged(422, 403, 403)),
            page(
                "/office/filings/{pack_id}/simulations/{simulation_id}",
                &filed_run,
                judged(200, 404, 200),
            ),
            form(
                "/office/filings/{pack_id}/simulations/{simulation_id}/cancel",
                &filed_run,
                &[],
                judged(409, 404, 403),
            ),
        ]);
        // What is wrong inside of a text is said with its line, and leads there.
        let token = people.member.form_token();
        let broken = [("do", "check"), ("clauses", "{\n  \"id\": }"), ("form_token", token.as_str())];
        let checked = people.member.send(&format!("/desk/{school}/packs/{draft}/edit"), &broken).text;
        assert!(
            checked.contains("href=\"#clauses-0\" data-line=\"2\">line 2, column 9</a>"),
            "{checked}"
        );
        // A pack stands at its owner's desk and at no other.
        let elsewhere = format!("/desk/{}/packs/{standard}", people.town.school);
        assert_eq!(people.member.read(&elsewhere).status, 404);
        let elsewhere = format!("/desk/{}/packs/{draft}", people.town.other_school);
        assert_eq!(people.other_member.read(&elsewhere).status, 404);
        // Nor is a simulation another pack's.
        let mixed = format!("/office/packs/{standard}/simulations/{run}");
        assert_eq!(people.officer.read(&mixed).status, 404);
    });
}
