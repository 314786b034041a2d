//! Files behind a link, over HTTP on both back ends: fetched from the page and by a program, and answered like a link that does not
//! open where there is nothing to fetch.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, Server, on_both};
use super::shares::{PIN, in_a_month, page};
use super::town::Town;

const FILE: &[u8] = b"%PDF-1.7\n1 0 obj\n";

/// Somebody whose link shows an entry with a file: the learner's token, the link, and the file's id.
fn sharer(server: &Server, town: &Town) -> (String, Value, Value) {
    let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
    let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
    let upload = server
        .request(Method::POST, "/api/v1/me/evidence?name=%E8%AF%81%E6%98%8E.pdf")
        .bearer_auth(&learner)
        .header("Content-Type", "application/pdf")
        .body(FILE);
    let file = Answer::of(upload.send().unwrap()).expect(201)["file_id"].clone();
    let entry = json!({ "kind": "work", "title": { "zh": "车间电工" }, "artefacts": [file] });
    server.post("/api/v1/me/portfolio/entries", &learner, &entry).expect(201);
    let view = json!({ "name": "应聘", "audience": "employer", "fields": ["holder_name", "artefacts"] });
    let view = server.post("/api/v1/me/views", &learner, &view).expect(201);
    let share = json!({ "view_id": view["view_id"], "expires_at": in_a_month(), "pin": PIN });
    let share = server.post("/api/v1/me/shares", &learner, &share).expect(201);
    (learner, share, file)
}

/// What anybody reads, without a token.
fn get(server: &Server, path: &str) -> Answer {
    Answer::of(server.request(Method::GET, path).header("Accept-Language", "en").send().unwrap())
}

#[test]
fn the_files_of_an_opened_link_are_downloaded_from_the_page_and_by_a_program() {
    on_both(|server| {
        let town = Town::build(server);
        let (learner, share, file) = sharer(server, &town);
        let code = share["code"].as_str().unwrap().replace('-', "");
        let opened = page(server, &format!("/s/{code}"), Some(PIN), "en");
        assert!(
            opened.text.contains("证明.pdf</a> <span class=\"about\">17 B</span>"),
            "{}",
            opened.text
        );
        let link = opened.text.split("href=\"").find(|part| part.contains("/files/")).unwrap();
        let link = format!("/s/{}", link.split('"').next().unwrap());
        let from_page = get(server, &link);
        assert_eq!((from_page.status, from_page.text.as_bytes()), (200, FILE));
        for (name, value) in [
            ("content-type", "application/pdf"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex, nofollow, noarchive"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] {
            assert_eq!(from_page.header(name), Some(value), "{name}");
        }
        let disposition = from_page.header("content-disposition").unwrap();
        assert!(
            disposition.starts_with("attachment; ") && disposition.contains("filename*=UTF-8''%E8%AF%81%E6%98%8E.pdf"),
            "{disposition}"
        );

        let path = format!("/api/v1/shares/{code}");
        let seen = server.request(Method::GET, &path).header("Share-Pin", PIN).send().unwrap();
        let seen = Answer::of(seen).expect(200);
        let items = seen["record"]["items"].as_array().unwrap();
        let artefact = &items.iter().find(|item| item["artefacts"].is_array()).unwrap()["artefacts"][0];
        assert_eq!((&artefact["name"], artefact.get("file_id")), (&json!("证明.pdf"), None));
        let ticket = artefact["ticket"].as_str().unwrap();
        assert!(ticket.len() <= 200 && ticket.len() >= 40, "{ticket}");
        let by_program = get(server, &format!("{path}/files/{ticket}"));
        assert_eq!((by_program.status, by_program.text.as_bytes()), (200, FILE));

        let id = share["share_id"].as_str().unwrap();
        let looks = server.get(&format!("/api/v1/me/shares/{id}/looks"), &learner).expect(200);
        let fetched: Vec<&Value> = looks["items"].as_array().unwrap().iter().map(|look| &look["file_ids"]).collect();
        assert_eq!(fetched, [&json!([file]), &json!([file])], "one for each look");

        // What there is nothing to fetch by is answered like a link that does not open.
        let closed = page(server, &format!("/s/{code}"), Some("000000"), "en");
        let other = "/s/22222222222222222222";
        for wrong in [
            format!("/s/{code}/files/nonsense"),
            format!("{other}/files/{ticket}"),
            format!("{other}/files/x"),
        ] {
            let answer = get(server, &wrong);
            assert_eq!(answer.status, 404, "{wrong}");
            let form = format!(" action=\"../../{}\"", wrong.split('/').nth(2).unwrap());
            assert_eq!(answer.text.replace(&form, ""), closed.text, "{wrong}");
        }
        for wrong in [format!("{path}/files/nonsense"), format!("/api/v1/shares/x/files/{ticket}")] {
            assert_eq!(get(server, &wrong).refusal(), (404, "share_closed"), "{wrong}");
        }
        server.call(Method::DELETE, &format!("/api/v1/me/shares/{id}"), Some(&learner), None);
        assert_eq!(get(server, &link).status, 404);
        assert_eq!(get(server, &format!("{path}/files/{ticket}")).refusal(), (404, "share_closed"));
    });
}
