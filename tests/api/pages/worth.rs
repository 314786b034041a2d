//! What is it worth, for anybody; and worth and planner, for the learner.

use serde_json::{Value, json};

use super::browser::{Browser, People, form, page};
use super::folio::waited;
use crate::packs::{document, put_in_force, today, without_notice};
use crate::server::{Server, on_both};
use crate::town::{Town, programme};

/// A programme of the town's school, by its id.
fn programme_of(server: &Server, town: &Town) -> String {
    let new = json!({ "institution_id": town.school, "programme": programme("elec-2024") });
    let published = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    published["programme_id"].as_str().unwrap().to_owned()
}

#[test]
fn pages_of_worth_are_for_everybody_and_the_planner_is_for_the_learner() {
    on_both(|server| {
        let people = People::build(server);
        let programme = programme_of(server, &people.town);
        let kept = server.post("/api/v1/me/worths", &people.token, &json!({ "programme_id": programme }));
        let kept = kept.expect(201)["worth_id"].as_str().unwrap().to_owned();
        let (programme, kept) = ([programme.as_str()], [kept.as_str()]);
        let own = [303, 200, 200, 404, 404, 404, 404, 404];
        let owned = [303, 200, 404, 404, 404, 404, 404, 404];
        people.walk(&[
            page("/worth", &[], [200; 8]),
            page("/plan", &[], own),
            page("/plan/{programme_id}", &programme, own),
            page("/plan/{programme_id}/next", &programme, own),
            form(
                "/plan/{programme_id}/keep",
                &programme,
                &[("alternative", "99")],
                [303, 422, 422, 404, 404, 404, 404, 404],
            ),
            page("/plan/kept", &[], own),
            page("/plan/kept.csv", &[], own),
            page("/plan/kept/{worth_id}", &kept, owned),
            form("/plan/kept/{worth_id}/replay", &kept, &[], owned),
        ]);
        let nowhere = ["0197a000-0000-7000-8000-000000000000"];
        let none = [303, 404, 404, 404, 404, 404, 404, 404];
        people.walk(&[
            page("/plan/{programme_id}", &nowhere, none),
            page("/plan/{programme_id}/next", &nowhere, none),
            page("/plan/kept/{worth_id}", &nowhere, none),
        ]);
        // Whoever has claimed the account is told what is deposited in it.
        people
            .town
            .deposit(server, &people.town.outcome("S000441012345242000007"))
            .expect(201);
        let home = waited(&people.owner, "/", "href=\"/notifications\"").text;
        assert!(home.contains("What needs you"), "{home}");
    });
}

/// The id that stands in an address.
fn achievement(server: &Server, town: &Town, code: &str) -> String {
    let listed = server.get(
        &format!("/api/v1/achievements?institution_id={}&code={code}", town.school),
        &town.registrar,
    );
    listed.expect(200)["items"][0]["achievement_id"].as_str().unwrap().to_owned()
}

#[test]
fn anybody_chooses_outcomes_one_by_one_and_is_told_what_they_are_worth() {
    without_notice(|server| {
        let town = Town::build(server);
        let mut taught = programme("elec-2024");
        taught["courses"][0]["tags"] = json!(["core"]);
        let new = json!({ "institution_id": town.school, "programme": taught });
        let published: Value = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
        let programme_id = published["programme_id"].as_str().unwrap();
        put_in_force(server, &town, &document(&today()));
        let nobody = Browser::of_nobody(server);
        let found = nobody.read("/worth?q=%E7%94%B5%E5%B7%A5").text;
        let certificate = achievement(server, &town, "occ-elec-4");
        assert!(found.contains(&format!("name=\"add\" value=\"{certificate}\"")), "{found}");
        let nothing = nobody.read("/worth?q=%3Cscript%3E%25").text;
        assert!(
            nothing.contains("Nothing was found") && nothing.contains("&#60;script&#62;%"),
            "{nothing}"
        );
        // A step leads to the address of the question after it, which can be kept.
        let added = nobody.read(&format!("/worth?q=x&add={certificate}"));
        let asked = format!("/worth?outcome={certificate}");
        assert_eq!(
            (added.status, added.header("location")),
            (303, Some(format!("{asked}#have").as_str()))
        );
        let told = nobody.read(&asked).text;
        // What has no English name is shown by its Chinese one, which says so.
        assert!(told.contains("<h3><span lang=\"zh-CN\">电工"), "{told}");
        assert!(told.contains("The bank recognises 9.00 credits"), "{told}");
        let said = "3.50 credits go to the course 电工基础 (E101), by 第六条.";
        assert!(
            told.contains(said) && told.contains("3.50 <span>course credits can be converted"),
            "{told}"
        );
        assert!(
            told.contains(&format!("{}{asked}", server.base)) || told.contains(&format!("{asked}\" ")),
            "{told}"
        );
        let one = nobody.read(&format!("{asked}&programme={programme_id}&grade=%3Cb%3E")).text;
        assert!(one.contains(said) && one.contains("&#60;b&#62;") && !one.contains("<b>"), "{one}");
        // Courses that are missing are named, also where two programmes are beside each other.
        let mut other = programme("mech-2024");
        other["courses"][0]["name"] = json!({ "zh": "机械制图" });
        let new = json!({ "institution_id": town.school, "programme": other });
        let other: Value = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
        let other = other["programme_id"].as_str().unwrap();
        let two = nobody.read(&format!("{asked}&programme={programme_id}&programme={other}")).text;
        assert!(two.contains("机械制图"), "{two}");
        let elsewhere = nobody.read(&format!("{asked}&programme={certificate}"));
        assert_eq!(elsewhere.status, 404);
        assert!(elsewhere.text.contains("This was not done") && elsewhere.text.contains("name=\"show\""));
        // What cannot be read is said beside its field, and stays there.
        let wrong = nobody.read(&format!("{asked}&hours=many"));
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text.contains("href=\"#hours-0\"") && wrong.text.contains("value=\"many\""),
            "{}",
            wrong.text
        );
        let summary = "<a href=\"#hours-0\">电工";
        assert!(
            wrong.text.contains(summary) && wrong.text.contains(", Hours: Enter a number"),
            "{}",
            wrong.text
        );
        let lost = nobody.read(&format!("/worth?outcome={programme_id}")).text;
        assert!(lost.contains("One outcome is no longer in the catalogue"), "{lost}");
        // Long ago: its credit could not be used any more.
        let old = nobody.read(&format!("{asked}&awarded_on=1990-01-01"));
        assert_eq!(old.status, 200);
        let many = format!("/worth?{}", format!("outcome={certificate}&").repeat(80));
        assert_eq!(nobody.read(&many).status, 200);
    });
}
