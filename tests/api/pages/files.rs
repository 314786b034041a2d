//! An institution's files and its catalogue, and what everybody may read of the catalogue and of institutions.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::browser::{Browser, People, form, page};
use crate::packs::{document, put_in_force, today, without_notice};
use crate::server::{Answer, Server};
use crate::town::{Town, agreement, programme};

/// For members of the school only.
const MEMBERS: [u16; 8] = [303, 404, 404, 200, 404, 404, 404, 404];

const NOTHING: &str = "0197a000-0000-7000-8000-000000000000";

/// What members are answered, and nobody else.
fn members(status: u16) -> [u16; 8] {
    let mut expected = MEMBERS;
    expected[3] = status;
    expected
}

/// An import that was looked through and stopped.
pub(super) fn stopped_import(server: &Server, town: &Town) -> String {
    let path = format!("/api/v1/institutions/{}/imports?name=a.csv", town.school);
    let content = "证件号码,姓名,成果编码,取得日期,证书编号\n11010519491231002X,王芳,occ-elec-4,2024-02-30,S000441012345242000077\n";
    let request = server.request(Method::POST, &path).bearer_auth(&town.registrar);
    let import = Answer::of(request.header("Content-Type", "text/csv").body(content).send().unwrap()).expect(202);
    let place = format!("/api/v1/imports/{}", import["import_id"].as_str().unwrap());
    let began = Instant::now();
    while server.get(&place, &town.registrar).expect(200)["status"] == "checking" {
        assert!(began.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(50));
    }
    server.post(&format!("{place}/cancel"), &town.registrar, &json!({})).expect(200);
    import["import_id"].as_str().unwrap().to_owned()
}

/// Sends a form with a file.
fn file_form(browser: &Browser<'_>, path: &str, from: &str, token: Option<&str>) -> Answer {
    let content = "证件号码,姓名,成果编码,取得日期\n11010519491231002X,王芳,occ-elec-4,2024-03-01\n";
    let field = |name: &str, value: &str| format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let token = token.map(|token| field("form_token", token)).unwrap_or_default();
    let file = "Content-Disposition: form-data; name=\"file\"; filename=\"b.csv\"\r\nContent-Type: text/csv";
    let body = format!("{token}{}--part\r\n{file}\r\n\r\n{content}\r\n--part--\r\n", field("format", "csv"));
    let request = browser.request(Method::POST, path).header("Sec-Fetch-Site", from);
    let request = request.header("Content-Type", "multipart/form-data; boundary=part").body(body);
    Answer::of(request.send().unwrap())
}

#[test]
fn files_are_for_members_and_the_catalogue_for_everybody() {
    without_notice(|server| {
        let people = People::build(server);
        let town = &people.town;
        let school = town.school.as_str();
        let import_id = stopped_import(server, town);
        let import = [school, import_id.as_str()];
        people.walk(&[
            page("/desk/{institution_id}/files", &[school], MEMBERS),
            page("/desk/{institution_id}/files.csv", &[school], MEMBERS),
            page("/desk/{institution_id}/files/profile", &[school], MEMBERS),
            page("/desk/{institution_id}/files/{import_id}", &import, MEMBERS),
            page("/desk/{institution_id}/files/{import_id}/download", &import, MEMBERS),
            form("/desk/{institution_id}/files/profile", &[school], &[("edition", "7")], members(412)),
            form("/desk/{institution_id}/files/{import_id}/commit", &import, &[], members(409)),
            form("/desk/{institution_id}/files/{import_id}/release", &import, &[], members(409)),
            form("/desk/{institution_id}/files/{import_id}/cancel", &import, &[], members(409)),
            form("/desk/{institution_id}/files/{import_id}/check", &import, &[], members(303)),
        ]);
        // An import of one school is not at the desk of another.
        let other = town.other_school.as_str();
        let elsewhere = format!("/desk/{other}/files/{import_id}");
        assert_eq!(people.other_member.read(&elsewhere).status, 404);
        assert_eq!(people.other_member.read(&format!("{elsewhere}/download")).status, 404);

        bringing(&people, &format!("/desk/{school}/files"));

        let listed = server
            .get(&format!("/api/v1/achievements?institution_id={school}"), &town.registrar)
            .expect(200);
        let achievement_id = listed["items"][0]["achievement_id"].as_str().unwrap().to_owned();
        let achievement = [school, achievement_id.as_str()];
        people.walk(&[
            page("/desk/{institution_id}/catalogue", &[school], MEMBERS),
            page("/desk/{institution_id}/catalogue.csv", &[school], MEMBERS),
            page("/desk/{institution_id}/catalogue/achievements/new", &[school], MEMBERS),
            page(
                "/desk/{institution_id}/catalogue/achievements/{achievement_id}",
                &achievement,
                MEMBERS,
            ),
            page(
                "/desk/{institution_id}/catalogue/achievements/{achievement_id}/edit",
                &achievement,
                MEMBERS,
            ),
            page(
                "/desk/{institution_id}/catalogue/achievements/{achievement_id}/versions",
                &achievement,
                MEMBERS,
            ),
            page("/desk/{institution_id}/catalogue/programmes", &[school], MEMBERS),
            page("/desk/{institution_id}/catalogue/programmes.csv", &[school], MEMBERS),
            page("/desk/{institution_id}/catalogue/programmes/new", &[school], MEMBERS),
            form("/desk/{institution_id}/catalogue/achievements/new", &[school], &[], members(400)),
            form(
                "/desk/{institution_id}/catalogue/achievements/{achievement_id}/edit",
                &achievement,
                &[],
                members(400),
            ),
            form(
                "/desk/{institution_id}/catalogue/achievements/{achievement_id}/versions",
                &achievement,
                &[],
                members(400),
            ),
            form(
                "/desk/{institution_id}/catalogue/achievements/{achievement_id}/publish",
                &achievement,
                &[],
                members(409),
            ),
            form(
                "/desk/{institution_id}/catalogue/achievements/{achievement_id}/close",
                &achievement,
                &[],
                members(422),
            ),
            form("/desk/{institution_id}/catalogue/programmes/new", &[school], &[], members(400)),
        ]);
        // An achievement of one school is not at the desk of another.
        let elsewhere = format!("/desk/{other}/catalogue/achievements/{achievement_id}");
        assert_eq!(people.other_member.read(&elsewhere).status, 404);

        // Before there is a programme, of whose courses its tags would have to be.
        put_in_force(server, town, &document(&today()));
        let new = json!({ "institution_id": school, "programme": programme("elec-2024") });
        let published = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
        server.post("/api/v1/agreements", &town.officer, &agreement("walk")).expect(201);
        let packs = server.call(Method::GET, "/api/v1/rule-packs", None, None).expect(200);
        let pack_id = packs["items"][0]["pack_id"].as_str().unwrap();
        let same = people.nobody.read(&format!("/catalogue/packs/{pack_id}/diff?with={pack_id}"));
        assert!(same.status == 200 && same.text.contains("There is no difference"), "{}", same.text);
        people.walk(&[
            page("/catalogue", &[], [200; 8]),
            page("/catalogue.csv", &[], [200; 8]),
            page("/catalogue/achievements/{achievement_id}", &[&achievement_id], [200; 8]),
            page("/catalogue/programmes", &[], [200; 8]),
            page("/catalogue/programmes.csv", &[], [200; 8]),
            page(
                "/catalogue/programmes/{programme_id}",
                &[published["programme_id"].as_str().unwrap()],
                [200; 8],
            ),
            page("/catalogue/packs", &[], [200; 8]),
            page("/catalogue/packs.csv", &[], [200; 8]),
            page("/catalogue/packs/{pack_id}", &[pack_id], [200; 8]),
            page("/catalogue/packs/{pack_id}", &[NOTHING], [404; 8]),
            // Without the version to compare with.
            page("/catalogue/packs/{pack_id}/diff", &[pack_id], [400; 8]),
            page("/catalogue/agreements", &[], [200; 8]),
            page("/catalogue/agreements.csv", &[], [200; 8]),
            page("/catalogue/pathways", &[], [200; 8]),
            page("/catalogue/pathways.csv", &[], [200; 8]),
            page("/institutions", &[], [200; 8]),
            page("/institutions.csv", &[], [200; 8]),
            page("/institutions/{institution_id}", &[school], [200; 8]),
        ]);
        versions(&people, server, &achievement_id);
        what_is_not_public(&people, server);
    });
}

/// A file is taken of members of the school only, from its own page.
fn bringing(people: &People<'_>, path: &str) {
    let with = |browser: &Browser<'_>| file_form(browser, path, "same-origin", Some(&browser.form_token()));
    // What the walk would send by `form("/desk/{institution_id}/files"`, with a file in it.
    assert_eq!(file_form(&people.nobody, path, "same-origin", None).status, 303);
    for browser in [
        &people.owner,
        &people.stranger,
        &people.other_member,
        &people.officer,
        &people.administrator,
        &people.auditor,
    ] {
        assert_eq!(with(browser).status, 404);
    }
    let own = people.member.form_token();
    let other = people.owner.form_token();
    for (from, token) in [("same-origin", None), ("same-origin", Some(&other)), ("cross-site", Some(&own))] {
        let answer = file_form(&people.member, path, from, token.map(String::as_str));
        assert_eq!(answer.status, 403, "{from} {token:?}");
    }
    let first = with(&people.member);
    let place = first.header("location").unwrap().to_owned();
    assert_eq!((first.status, place.ends_with("?done=received")), (303, true), "{place}");
    // The same file again leads to the same import.
    let again = with(&people.member);
    assert_eq!(again.header("location"), Some(place.replace("received", "known").as_str()));
}

/// The catalogue has the newest version of each; what changed is on its page.
fn versions(people: &People<'_>, server: &Server, achievement_id: &str) {
    let town = &people.town;
    let next = json!({ "institution_id": town.school, "code": "occ-elec-4", "name_chinese": "电工(四级/中级工)", "name_english": "Electrician",
        "kind": "occupational_certificate", "hours": "170", "valid_from": "2026-01-01" });
    let path = format!("/api/v1/achievements/{achievement_id}/versions");
    let next = server.post(&path, &town.registrar, &next).expect(201);
    let next_id = next["achievement_id"].as_str().unwrap();
    let listed = |query: &str| {
        let answer = server
            .call(Method::GET, &format!("/api/v1/achievements?{query}"), None, None)
            .expect(200);
        let ids = answer["items"].as_array().unwrap().iter();
        ids.map(|item| item["achievement_id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        listed("newest=true&q=电工"),
        [achievement_id],
        "a draft does not take the place of what is published"
    );
    let publish = format!("/api/v1/achievements/{next_id}/publish");
    server.post(&publish, &town.registrar, &json!({})).expect(200);
    assert_eq!(listed("newest=true&q=ELECTRICIAN"), [next_id]);
    assert_eq!(listed("newest=true&q=焊"), [""; 0]);
    assert_eq!(listed("code=occ-elec-4"), [next_id, achievement_id]);
    let catalogue = people.nobody.read("/catalogue").text;
    assert!(catalogue.contains(next_id) && !catalogue.contains(achievement_id), "{catalogue}");
    let compared = people
        .nobody
        .read(&format!("/catalogue/achievements/{next_id}?with={achievement_id}"))
        .text;
    assert!(compared.contains("160") && compared.contains("170"), "{compared}");
}

/// Drafts, and institutions that wait, are their own.
fn what_is_not_public(people: &People<'_>, server: &Server) {
    let town = &people.town;
    let draft = json!({ "institution_id": town.school, "code": "draft-1", "name_chinese": "未发布的标准", "kind": "training", "valid_from": "2024-01-01" });
    let draft = server.post("/api/v1/achievements", &town.registrar, &draft).expect(201);
    let path = format!("/catalogue/achievements/{}", draft["achievement_id"].as_str().unwrap());
    for browser in [&people.nobody, &people.owner, &people.other_member] {
        assert_eq!(browser.read(&path).status, 404);
        let listed = browser.read(&format!("/catalogue?institution_id={}", town.school)).text;
        assert!(listed.contains("occ-elec-4") && !listed.contains("draft-1"), "{listed}");
    }
    let waiting = json!({ "name": "等待的学校", "kind": "university", "credit_code": "124105024175000006", "division_code": "410502",
        "member": crate::town::user("waiting") });
    let waiting = server.submit("/api/v1/institutions", &waiting).expect(201);
    let path = format!("/institutions/{}", waiting["institution_id"].as_str().unwrap());
    for browser in [&people.nobody, &people.owner, &people.member] {
        assert_eq!(browser.read(&path).status, 404);
        assert!(!browser.read("/institutions").text.contains("等待的学校"));
    }
    assert!(
        !people.officer.read("/institutions").text.contains("等待的学校"),
        "it has its page at the office"
    );
    let found = people
        .nobody
        .read("/institutions?q=registrar&kind=vocational_college&status=approved")
        .text;
    assert!(found.contains("registrar 学校") && !found.contains("stranger 学校"), "{found}");
    let listed: Value = server.call(Method::GET, "/api/v1/institutions?q=stranger", None, None).expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
}
