//! The learner's portfolio, views, links, papers and credentials: for whom they are, what a sending twice does, and what is kept of what
//! was typed.

use reqwest::Method;
use serde_json::json;

use super::browser::{Browser, People, Statuses, form, page};
use crate::server::{Answer, Server, on_both};
use crate::shares::in_a_month;

/// For learners, each of their own.
const LEARNERS: Statuses = [303, 200, 200, 404, 404, 404, 404, 404];

/// For the owner alone.
const OWNER: Statuses = [303, 200, 404, 404, 404, 404, 404, 404];

/// Refused of learners for what is in it; others have no portfolio.
const WRONG: Statuses = [303, 422, 422, 404, 404, 404, 404, 404];

/// The same of something that is the owner's.
const WRONG_OF_OWNER: Statuses = [303, 422, 404, 404, 404, 404, 404, 404];

/// Of the owner; done, or done before.
const DONE: Statuses = [303, 303, 404, 404, 404, 404, 404, 404];

/// Sends a file by the form of an entry.
fn file_form(pattern: &str, entry_id: &str, (browser, site): (&Browser<'_>, &str), token: &str, content: Option<&str>) -> Answer {
    let path = pattern.replace("{entry_id}", entry_id);
    let (name, content) = (if content.is_some() { "作品.pdf" } else { "" }, content.unwrap_or_default());
    let body = format!(
        "--part\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--part\r\nContent-Disposition: form-data; name=\"once\"\r\n\r\n\
         one\r\n--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n{content}\r\n--part--\r\n"
    );
    let request = browser.request(Method::POST, &path).header("Sec-Fetch-Site", site);
    let request = request.header("Content-Type", "multipart/form-data; boundary=part").body(body);
    Answer::of(request.send().unwrap())
}

/// An id at the end of an address.
fn id_in(answer: &Answer, before: &str) -> String {
    let place = answer
        .header("location")
        .unwrap_or_else(|| panic!("{} {}", answer.status, answer.text));
    let rest = place.strip_prefix(before).unwrap_or_else(|| panic!("{place}"));
    rest.split(['?', '/']).next().unwrap().to_owned()
}

/// Sends a form of the owner's twice, and finds what was made, once.
pub(super) fn made(people: &People<'_>, path: &str, before: &str, fields: &[(&str, &str)]) -> String {
    let token = people.owner.form_token();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .copied()
        .chain([("form_token", token.as_str()), ("once", path)])
        .collect();
    let ids = [(); 2].map(|()| id_in(&people.owner.send(path, &fields), before));
    assert_eq!(ids[0], ids[1], "{path} twice");
    ids[0].clone()
}

/// What a page in the making becomes when it is looked at again.
pub(super) fn waited(browser: &Browser<'_>, path: &str, until: &str) -> Answer {
    for _ in 0..300 {
        let answer = browser.read(path);
        if answer.text.contains(until) {
            return answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{path} never says {until}");
}

fn entry(people: &People<'_>) -> String {
    let refused = [
        ("kind", "work"),
        ("title", "车间<b>电工"),
        ("from", "2024-02-01"),
        ("to", "2023-01-01"),
        ("links", "http://a.example/ 甲"),
    ];
    let token = people.owner.form_token();
    let refused: Vec<(&str, &str)> = refused.into_iter().chain([("form_token", token.as_str())]).collect();
    let answer = people.owner.send("/portfolio/entries/new", &refused);
    assert_eq!(answer.status, 422);
    for kept in [
        "value=\"车间&#60;b&#62;电工\"",
        "value=\"2023-01-01\"",
        ">http://a.example/ 甲</textarea>",
        "href=\"#to\"",
        "href=\"#links\"",
    ] {
        assert!(answer.text.contains(kept), "{kept}: {}", answer.text);
    }
    let fields = [
        ("kind", "work"),
        ("title", "车间电工"),
        ("from", "2022-03-01"),
        ("skills", "焊接、排障"),
        ("links", "https://a.example/ 甲"),
    ];
    made(people, "/portfolio/entries/new", "/portfolio/entries/", &fields)
}

#[test]
fn the_portfolio_is_for_its_learner() {
    on_both(|server| {
        let people = People::build(server);
        let (owner, town) = (&people.owner, &people.town);
        let entry_id = entry(&people);
        let at = format!("/portfolio/entries/{entry_id}");
        let listed = owner.read("/portfolio?kind=work&group=year").text;
        assert!(
            listed.contains("车间电工") && listed.contains("排障") && listed.contains("since 1 March 2022"),
            "{listed}"
        );
        assert!(!owner.read("/portfolio?kind=award").text.contains("车间电工"));
        let table = owner.read("/portfolio.csv");
        assert!(
            table.header("content-type").unwrap().starts_with("text/csv") && table.text.contains("车间电工"),
            "{}",
            table.text
        );

        // A file, sent twice, is there once.
        let files = format!("{at}/files");
        let send = |browser: (&Browser<'_>, &str), token: &str, content: Option<&str>| {
            file_form("/portfolio/entries/{entry_id}/files", &entry_id, browser, token, content)
        };
        for _ in 0..2 {
            let sent = send((owner, "same-origin"), &owner.form_token(), Some("%PDF-1.7\n%%EOF\n"));
            assert_eq!(sent.status, 303, "{}", sent.text);
        }
        let kept = server.get(&format!("/api/v1/me{at}"), &people.token).expect(200);
        assert_eq!(kept["artefacts"].as_array().unwrap().len(), 1, "{kept}");
        let file_id = kept["artefacts"][0]["file_id"].as_str().unwrap();
        let fetched = owner.read(&format!("{files}/{file_id}"));
        assert_eq!((fetched.status, fetched.header("content-type")), (200, Some("application/pdf")));
        for (browser, status) in [
            (&people.nobody, 303),
            (owner, 422),
            (&people.stranger, 404),
            (&people.member, 404),
            (&people.other_member, 404),
            (&people.officer, 404),
            (&people.administrator, 404),
            (&people.auditor, 404),
        ] {
            let token = if browser.cookie.is_empty() {
                String::new()
            } else {
                browser.form_token()
            };
            assert_eq!(send((browser, "same-origin"), &token, None).status, status);
        }
        assert_eq!(send((owner, "same-origin"), "another", None).status, 403);
        assert_eq!(send((owner, "cross-site"), &owner.form_token(), None).status, 403);
        let entry_ids = [entry_id.as_str()];
        let asked = json!({ "institution_id": town.school, "note": "请核实" });
        let asked = server
            .post(&format!("/api/v1/me{at}/confirmations"), &people.token, &asked)
            .expect(201);
        let confirmation_id = asked["confirmation_id"].as_str().unwrap();
        let item = [people.outcome_id.as_str()];
        let (of_file, of_asked) = ([entry_id.as_str(), file_id], [entry_id.as_str(), confirmation_id]);
        assert!(owner.read(&at).text.contains("registrar 学校"));
        people.walk(&[
            page("/portfolio", &[], LEARNERS),
            page("/portfolio.csv", &[], LEARNERS),
            page("/portfolio/items/{item_id}", &item, OWNER),
            form("/portfolio/items/{item_id}", &item, &[("place", "0")], WRONG_OF_OWNER),
            page("/portfolio/entries/new", &[], LEARNERS),
            form("/portfolio/entries/new", &[], &[("title", "")], WRONG),
            page("/portfolio/entries/{entry_id}", &entry_ids, OWNER),
            page("/portfolio/entries/{entry_id}/edit", &entry_ids, OWNER),
            form("/portfolio/entries/{entry_id}/edit", &entry_ids, &[("title", "")], WRONG_OF_OWNER),
            page("/portfolio/entries/{entry_id}/remove", &entry_ids, OWNER),
            page("/portfolio/entries/{entry_id}/files/{file_id}", &of_file, OWNER),
            page("/portfolio/entries/{entry_id}/ask", &entry_ids, OWNER),
            form(
                "/portfolio/entries/{entry_id}/ask",
                &entry_ids,
                &[("note", "请核实")],
                WRONG_OF_OWNER,
            ),
            page("/portfolio/entries/{entry_id}/asked/{confirmation_id}/withdraw", &of_asked, OWNER),
            form(
                "/portfolio/entries/{entry_id}/asked/{confirmation_id}/withdraw",
                &of_asked,
                &[],
                DONE,
            ),
            form("/portfolio/entries/{entry_id}/files/{file_id}/remove", &of_file, &[], DONE),
        ]);
        // Hidden by the form of the timeline, with which one comes back to where one was.
        let token = owner.form_token();
        let hide = [("hidden", "yes"), ("asked", "group=kind&done=x"), ("form_token", token.as_str())];
        let hidden = owner.send(&format!("/portfolio/items/{}", people.outcome_id), &hide);
        let place = format!("/portfolio?group=kind&done=placed#item-{}", people.outcome_id);
        assert_eq!(hidden.header("location"), Some(place.as_str()));
        let listed = server.get("/api/v1/me/portfolio?hidden=true", &people.token).expect(200);
        assert_eq!(listed["items"][0]["item_id"].as_str(), Some(people.outcome_id.as_str()));
        people.walk(&[form("/portfolio/entries/{entry_id}/remove", &entry_ids, &[], DONE)]);
        assert_eq!(owner.read(&at).status, 404);
    });
}

#[test]
fn views_and_links_are_for_their_learner() {
    on_both(|server| {
        let people = People::build(server);
        let owner = &people.owner;
        let preset = [("kind", "outcome"), ("field", "holder_name"), ("field", "certificate_number")];
        let fields: Vec<(&str, &str)> = [
            ("audience", "custom"),
            ("name", "应聘"),
            ("title", "技能与经历"),
            ("selection", "kinds"),
        ]
        .into_iter()
        .chain(preset)
        .collect();
        let view_id = made(&people, "/views/new", "/views/", &fields);
        // Exactly what somebody with a link is shown.
        let preview = owner.read(&format!("/views/{view_id}/preview")).text;
        assert!(
            preview.contains("<h1>王芳</h1>") && preview.contains("技能与经历") && preview.contains("S000441012345242000001"),
            "{preview}"
        );
        assert!(!preview.contains("<dt>Score</dt>"), "no score: {preview}");
        let refused = {
            let token = owner.form_token();
            let fields = [
                ("view_id", view_id.as_str()),
                ("expires_at", "2020-01-01"),
                ("looks_max", "5"),
                ("recipient", "人事<科>"),
                ("pin", "482913"),
            ];
            let fields: Vec<(&str, &str)> = fields.into_iter().chain([("form_token", token.as_str())]).collect();
            owner.send("/shares/new", &fields)
        };
        assert_eq!(refused.status, 422);
        assert!(
            refused.text.contains("人事&#60;科&#62;") && refused.text.contains("value=\"5\"") && !refused.text.contains("482913"),
            "{}",
            refused.text
        );
        let day = in_a_month()[..10].to_owned();
        let fields = [
            ("view_id", view_id.as_str()),
            ("expires_at", day.as_str()),
            ("looks_max", "5"),
            ("recipient", "人事科"),
        ];
        let share_id = made(&people, "/shares/new", "/shares/", &fields);
        let (views, shares) = ([view_id.as_str()], [share_id.as_str()]);
        let shown = owner.read(&format!("/shares/{share_id}")).text;
        assert!(
            shown.contains("人事科") && shown.contains("<svg") && shown.contains("<dd>the end of "),
            "{shown}"
        );
        let kept = server.get(&format!("/api/v1/me/shares/{share_id}"), &people.token).expect(200);
        let code = kept["code"].as_str().unwrap().replace('-', "");
        let looked = people.nobody.send(&format!("/s/{code}"), &[]);
        assert!(looked.text.contains("<h1>王芳</h1>"), "{}", looked.text);
        assert!(owner.read(&format!("/shares/{share_id}")).text.contains("One look of 5"));
        people.walk(&[
            page("/views", &[], LEARNERS),
            page("/views.csv", &[], LEARNERS),
            page("/views/new", &[], LEARNERS),
            form("/views/new", &[], &[("name", "")], WRONG),
            page("/views/{view_id}", &views, OWNER),
            form("/views/{view_id}", &views, &[("name", "")], WRONG_OF_OWNER),
            page("/views/{view_id}/preview", &views, OWNER),
            page("/views/{view_id}/remove", &views, OWNER),
            page("/shares", &[], LEARNERS),
            page("/shares.csv", &[], LEARNERS),
            page("/shares/new", &[], LEARNERS),
            form("/shares/new", &[], &[("view_id", "")], WRONG),
            page("/shares/{share_id}", &shares, OWNER),
            page("/shares/{share_id}/looks.csv", &shares, OWNER),
            page("/shares/{share_id}/off", &shares, OWNER),
            form("/shares/{share_id}/off", &shares, &[], DONE),
        ]);
        assert!(
            !owner.read(&format!("/shares/{share_id}")).text.contains("<svg"),
            "a link that is off has no picture"
        );
        people.walk(&[form("/views/{view_id}/remove", &views, &[], DONE)]);
        assert_eq!(owner.read(&format!("/views/{view_id}")).status, 404);
    });
}

fn a_credential_of_somebody(server: &Server, people: &People<'_>) -> String {
    let outcome = [("scope", "outcomes"), ("outcome", people.outcome_id.as_str()), ("form", "jwt")];
    let credential_id = made(people, "/credentials/new", "/credentials/", &outcome);
    waited(&people.owner, &format!("/credentials/{credential_id}"), "Put it into a wallet");
    let listed = server.get("/api/v1/me/credentials", &people.token).expect(200);
    assert_eq!(listed["items"][0]["kind"], "badge", "{listed}");
    credential_id
}

#[test]
fn papers_and_credentials_are_for_their_learner() {
    on_both(|server| {
        let people = People::build(server);
        let owner = &people.owner;
        let fields = [("kind", "outcome"), ("outcome", people.outcome_id.as_str()), ("language", "en")];
        let statement_id = made(&people, "/statements/new", "/statements/", &fields);
        waited(owner, &format!("/statements/{statement_id}"), "/pdf");
        let paper = owner.read(&format!("/statements/{statement_id}/pdf"));
        assert_eq!((paper.status, paper.header("content-type")), (200, Some("application/pdf")));
        assert!(paper.header("content-disposition").unwrap().starts_with("attachment"));
        let credential_id = a_credential_of_somebody(server, &people);
        let document = owner.read(&format!("/credentials/{credential_id}/document"));
        assert_eq!(document.header("content-type"), Some("application/vc+jwt"));
        assert_eq!(document.text.matches('.').count(), 2, "{}", document.text);
        let (statements, credentials) = ([statement_id.as_str()], [credential_id.as_str()]);
        people.walk(&[
            page("/statements", &[], LEARNERS),
            page("/statements.csv", &[], LEARNERS),
            page("/statements/new", &[], LEARNERS),
            form("/statements/new", &[], &[("kind", "outcomes")], WRONG),
            page("/statements/{statement_id}", &statements, OWNER),
            page("/statements/{statement_id}/pdf", &statements, OWNER),
            page("/statements/{statement_id}/revoke", &statements, OWNER),
            page("/credentials", &[], LEARNERS),
            page("/credentials.csv", &[], LEARNERS),
            page("/credentials/new", &[], LEARNERS),
            form("/credentials/new", &[], &[("scope", "outcomes")], WRONG),
            page("/credentials/{credential_id}", &credentials, OWNER),
            page("/credentials/{credential_id}/document", &credentials, OWNER),
            page("/credentials/{credential_id}/wallet", &credentials, OWNER),
            form("/credentials/{credential_id}/wallet", &credentials, &[("once", "offer")], OWNER),
            page("/credentials/{credential_id}/give-up", &credentials, OWNER),
            form("/credentials/{credential_id}/give-up", &credentials, &[], DONE),
            form("/statements/{statement_id}/revoke", &statements, &[], DONE),
        ]);
        // What was taken back can still be read by its learner, and says what it is.
        assert!(owner.read(&format!("/statements/{statement_id}")).text.contains("Taken back"));
        assert_eq!(owner.read(&format!("/credentials/{credential_id}/document")).status, 404);
        let offer = {
            let token = owner.form_token();
            owner.send(&format!("/credentials/{credential_id}/wallet"), &[("form_token", token.as_str())])
        };
        assert_eq!(offer.status, 409, "{}", offer.text);
    });
}
