//! Forms with a file: whose may send none has nothing of it read, and what is refused comes back with what was typed.

use reqwest::Method;
use serde_json::json;

use super::browser::{Browser, People};
use super::desk::id;
use crate::server::{Answer, BackEnd, Server, program};

/// The most bytes of a file in this bank; each that is sent has more.
const BYTES_MAX: usize = 4_096;

/// Sends a form with a file that is too large.
fn too_large(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)], file: &str) -> Answer {
    let token = if browser.cookie.is_empty() {
        String::new()
    } else {
        browser.form_token()
    };
    let mut body = String::new();
    for (name, value) in [("form_token", token.as_str())].iter().chain(fields) {
        body.push_str(&format!(
            "--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    let content = "x".repeat(2 * BYTES_MAX);
    body.push_str(&format!(
        "--part\r\nContent-Disposition: form-data; name=\"{file}\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n{content}\r\n--part--\r\n"
    ));
    let request = browser.request(Method::POST, path).header("Sec-Fetch-Site", "same-origin");
    let request = request.header("Content-Type", "multipart/form-data; boundary=part").body(body);
    Answer::of(request.send().unwrap())
}

#[test]
fn a_file_is_read_of_whoever_may_send_one_and_its_form_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    let most = BYTES_MAX.to_string();
    command
        .env("CREDIT_BANK_EVIDENCE_BYTES_MAX", &most)
        .env("CREDIT_BANK_IMPORT_BYTES_MAX", &most);
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let people = People::build(&server);
    let (school, owner) = (&people.town.school, &people.owner);
    let entry = json!({ "kind": "work", "title": { "zh": "实训中心助教" } });
    let entry = server.post("/api/v1/me/portfolio/entries", &people.token, &entry).expect(201);
    let entry = format!("/portfolio/entries/{}/files", id(&entry, "entry_id"));
    let files = format!("/desk/{school}/files");

    // The form is there again, with why at the field of the file and with what was typed.
    for (browser, path, field, kept) in [
        (owner, entry.as_str(), ("note", "x"), "id=\"file\""),
        (owner, "/claims/evidence", ("note", "x"), "id=\"file\""),
        (owner, "/archive/credentials", ("credential", "一份<b>凭证"), "一份&#60;b&#62;凭证"),
        (&people.nobody, "/verify", ("credential", "一份<b>凭证"), "一份&#60;b&#62;凭证"),
        (&people.member, files.as_str(), ("sheet", "第一<b>页"), "第一&#60;b&#62;页"),
    ] {
        let refused = too_large(browser, path, &[field], "file");
        assert_eq!(refused.status, 413, "{path}: {}", refused.text);
        for shown in ["href=\"#file\"", "class=\"wrong\"", kept] {
            assert!(refused.text.contains(shown), "{path} {shown}: {}", refused.text);
        }
    }
    // Of a file that may not be sent nothing is said, not even that it is too large.
    let reviewer = json!({ "user": crate::town::user("reviewer-only"), "roles": ["reviewer"] });
    let members = format!("/api/v1/institutions/{school}/members");
    server.post(&members, &people.town.registrar, &reviewer).expect(201);
    let reviewer = Browser::of_staff(&server, "reviewer-only");
    for (browser, path, file, expected) in [
        (&reviewer, files.as_str(), "file", 403),
        (&people.other_member, files.as_str(), "file", 404),
        (&people.stranger, entry.as_str(), "file", 404),
        (&people.officer, entry.as_str(), "file", 404),
        (&people.officer, "/claims/evidence", "file", 404),
        (&people.officer, "/claims/new", "file", 404),
        (&people.officer, "/archive/credentials", "file", 404),
        (&people.officer, "/archive/records", "archive", 404),
    ] {
        let answer = too_large(browser, path, &[], file);
        assert_eq!(answer.status, expected, "{path}: {}", answer.text);
    }
    // A form that was kept while its sender signed in comes without its file.
    let token = owner.form_token();
    let kept = [("form_token", token.as_str()), ("credential", "一份<b>凭证")];
    let again = owner.send("/archive/credentials", &kept);
    assert!(again.status == 422 && again.text.contains("一份&#60;b&#62;凭证"), "{}", again.text);
    // One whose sender is signed in no longer is kept with what was typed, and its file is not read.
    let token = people.member.form_token();
    assert_eq!(people.member.send("/sign-out", &[("form_token", token.as_str())]).status, 303);
    let asked = too_large(&people.member, &files, &[("sheet", "first")], "file");
    assert!(
        asked.status != 413 && asked.text.contains("sheet=first"),
        "{}: {}",
        asked.status,
        asked.text
    );
}
