//! Evidence files over HTTP: what is taken, who reads it, and what lies on the disk.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, BackEnd, Server, on_both, program};
use super::town::{Town, user};

/// Something that stands in no other file.
const MARK: &[u8] = b"a mark that nothing else in the data directory has";

/// A PDF with one empty page.
fn pdf() -> Vec<u8> {
    let body = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n% ";
    [body.as_bytes(), MARK].concat()
}

/// A PNG as far as anybody looks here: signature, header, end.
fn png() -> Vec<u8> {
    let header = b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\0IEND\xae\x42\x60\x82";
    [b"\x89PNG\r\n\x1a\n".as_slice(), header].concat()
}

fn upload(server: &Server, path: &str, token: &str, kind: &str, content: Vec<u8>) -> Answer {
    let request = server.request(Method::POST, path).bearer_auth(token).header("Content-Type", kind);
    Answer::of(request.body(content).send().unwrap())
}

fn own(server: &Server, token: &str, name: &str, content: Vec<u8>) -> Answer {
    let path = format!("/api/v1/me/evidence?name={name}");
    upload(server, &path, token, "application/octet-stream", content)
}

/// The address of a file that was answered.
fn place(file: &Value) -> String {
    let text = |name: &str| file[name].as_str().unwrap().to_owned();
    format!("/api/v1/learners/{}/evidence/{}", text("learner_id"), text("file_id"))
}

fn id(file: &Value) -> &str {
    file["file_id"].as_str().unwrap()
}

/// A town with a learner, and the learner's token.
fn town(server: &Server) -> (Town, String, String) {
    let town = Town::build(server);
    let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
    let learner_id = deposited["learner_id"].as_str().unwrap().to_owned();
    let learner = town.claim(server, &learner_id, "wangfang");
    (town, learner_id, learner)
}

fn everything_under(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything_under(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn a_learner_uploads_downloads_and_removes() {
    on_both(|server| {
        let (_, learner_id, learner) = town(server);
        let name = "%E6%AF%95%E4%B8%9A%E8%AF%81%E4%B9%A6.PDF";
        let file = own(server, &learner, name, pdf()).expect(201);
        assert_eq!(
            (
                &file["name"],
                &file["media_type"],
                &file["bytes"],
                &file["institution_id"],
                &file["in_use"]
            ),
            (
                &json!("毕业证书.PDF"),
                &json!("application/pdf"),
                &json!(pdf().len()),
                &Value::Null,
                &json!(false)
            )
        );
        let again = own(server, &learner, "other.pdf", pdf()).expect(200);
        assert_eq!(again, file, "the same content is the same file");
        own(server, &learner, "scan.png", png()).expect(201);
        let listed = server.get("/api/v1/me/evidence?limit=1", &learner);
        assert!(listed.header("link").is_some());
        assert_eq!(listed.body["items"][0]["name"], "scan.png");
        assert_eq!(server.get(&place(&file), &learner).expect(200), file);

        let response = server
            .request(Method::GET, &format!("{}/content", place(&file)))
            .bearer_auth(&learner)
            .header("Accept-Encoding", "gzip")
            .send()
            .unwrap();
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        assert_eq!(response.bytes().unwrap(), pdf());
        let disposition = format!("attachment; filename=\"{}.pdf\"; filename*=UTF-8''{name}", id(&file));
        for (header, value) in [
            ("content-type", "application/pdf"),
            ("content-disposition", disposition.as_str()),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "private, no-store"),
            ("etag", &format!("\"{}\"", file["sha256"].as_str().unwrap())),
        ] {
            assert_eq!(headers[header], value, "{header}");
        }
        assert_eq!(server.get("/api/v1/me/access-log", &learner).expect(200)["items"], json!([]));

        // What lies on the disk, before and after a restart.
        let evidence = server.data().join("evidence");
        let found = everything_under(&evidence);
        assert_eq!(found.iter().filter(|path| path.is_file()).count(), 2);
        for path in found.iter().chain([&evidence]) {
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(
                std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
                expected,
                "{}",
                path.display()
            );
        }
        for path in everything_under(&server.data()).iter().filter(|path| path.is_file()) {
            let bytes = std::fs::read(path).unwrap();
            assert!(
                !bytes.windows(MARK.len()).any(|part| part == MARK),
                "{} is not sealed",
                path.display()
            );
            assert!(
                !bytes.windows(12).any(|part| part == "毕业证书".as_bytes()),
                "{} has the name",
                path.display()
            );
        }
        server.signal("TERM");
        assert!(server.ended());
        server.restart();
        assert_eq!(server.get(&format!("{}/content", place(&file)), &learner).status, 200);

        let removed = server.call(Method::DELETE, &place(&file), Some(&learner), None);
        assert_eq!((removed.status, removed.text.as_str()), (204, ""));
        for path in [place(&file), format!("{}/content", place(&file))] {
            assert_eq!(server.get(&path, &learner).refusal(), (404, "not_found"));
        }
        assert_eq!(server.call(Method::DELETE, &place(&file), Some(&learner), None).status, 404);
        assert_eq!(everything_under(&evidence).iter().filter(|path| path.is_file()).count(), 1);
        let anew = own(server, &learner, "again.pdf", pdf()).expect(201);
        assert_ne!(anew["file_id"], file["file_id"]);
        assert_eq!(anew["learner_id"], learner_id.as_str());
    });
}

#[test]
fn what_is_no_evidence_is_refused_for_its_reason() {
    on_both(|server| {
        let (town, _, learner) = town(server);
        let named = |name: &str, content: Vec<u8>| own(server, &learner, name, content);
        let lie = named("scan.pdf", png());
        assert_eq!(lie.refusal(), (422, "evidence_type_differs"));
        assert_eq!(
            lie.body["detail"],
            "The file's content is image/png, while its name or Content-Type calls it .pdf."
        );
        assert_eq!(
            upload(server, "/api/v1/me/evidence?name=scan", &learner, "image/png", pdf()).refusal(),
            (422, "evidence_type_differs")
        );
        let page = b"<html><script>alert(1)</script></html>".to_vec();
        assert_eq!(named("a.pdf", page).refusal(), (422, "evidence_type_unknown"));
        assert_eq!(named("a.pdf", Vec::new()).refusal(), (422, "evidence_empty"));
        let large = named("a.pdf", [pdf(), vec![b' '; 10 << 20]].concat());
        assert_eq!(large.refusal(), (413, "evidence_too_large"));
        assert!(large.body["detail"].as_str().unwrap().contains("10485760"), "{}", large.text);
        named("large.pdf", [pdf(), vec![b' '; 3 << 20]].concat()).expect(201);
        let json = upload(server, "/api/v1/me/evidence?name=a", &learner, "application/json", b"{}".to_vec());
        assert_eq!(json.refusal(), (415, "unsupported_media_type"));
        let place = named("..%2Fa.pdf", pdf());
        assert_eq!(place.refusal(), (400, "invalid_query"));
        assert_eq!(
            place.body["detail"],
            "The query parameter “name” is not valid: must have no slash or backslash."
        );
        assert_eq!(
            upload(server, "/api/v1/me/evidence", &learner, "application/pdf", pdf()).refusal(),
            (400, "invalid_query")
        );
        assert_eq!(named("a.pdf", pdf()).status, 201);
        assert_eq!(
            own(server, &town.registrar, "a.pdf", pdf()).refusal(),
            (404, "not_found"),
            "no learner"
        );
        for number in 2..100 {
            named("a.pdf", [pdf(), format!("{number}").into_bytes()].concat()).expect(201);
        }
        assert_eq!(named("a.pdf", [pdf(), b"100".to_vec()].concat()).refusal(), (422, "evidence_full"));
        named("a.pdf", pdf()).expect(200);
    });
}

#[test]
fn a_file_is_read_by_right_only_and_every_look_is_logged() {
    on_both(|server| {
        let (town, learner_id, learner) = town(server);
        let other = json!({ "institution_id": town.other_school, "user": user("john"),
            "learner": { "document_kind": "passport", "document_number": "E12345678", "name": "John Smith" } });
        server.post("/api/v1/learners", &town.stranger, &other).expect(201);
        let other = server.log_in("john");
        let file = own(server, &learner, "scan.pdf", pdf()).expect(201);
        let (about, content) = (place(&file), format!("{}/content", place(&file)));
        for token in [&other, &town.stranger, &town.registrar, &town.administrator] {
            for path in [&about, &content] {
                assert_eq!(server.get(path, token).refusal(), (404, "not_found"));
            }
            assert_eq!(server.call(Method::DELETE, &about, Some(token), None).refusal(), (404, "not_found"));
        }
        // The other learner has the same content; neither knows of the other's, nor loses it with the other's.
        let twin = own(server, &other, "mine.pdf", pdf()).expect(201);
        assert_eq!(twin["name"], "mine.pdf");
        assert_eq!(server.call(Method::DELETE, &place(&twin), Some(&other), None).status, 204);
        assert_eq!(server.get(&content, &learner).status, 200);
        for token in [&town.officer, &town.auditor] {
            assert_eq!(server.get(&content, token).status, 200);
        }
        assert_eq!(
            server.call(Method::DELETE, &about, Some(&town.officer), None).refusal(),
            (403, "forbidden"),
            "who only looks does not remove"
        );

        // The school uploads for a learner whom it knows, and reads what it uploaded.
        let path = |school: &str, learner: &str| format!("/api/v1/learners/{learner}/evidence?institution_id={school}&name=scan.pdf");
        let send = |path: &str, token: &str| upload(server, path, token, "application/pdf", pdf());
        let schools = send(&path(&town.school, &learner_id), &town.registrar).expect(201);
        assert_eq!(schools["institution_id"], town.school.as_str());
        assert_ne!(schools["file_id"], file["file_id"], "it learns nothing of the learner's own file");
        send(&path(&town.school, &learner_id), &town.registrar).expect(200);
        assert_eq!(send(&path(&town.school, &learner_id), &town.stranger).refusal(), (403, "forbidden"));
        let unknown = send(&path(&town.other_school, &learner_id), &town.stranger);
        assert_eq!(unknown.refusal(), (404, "not_found"), "a learner whom it does not know");
        let content = format!("{}/content", place(&schools));
        assert_eq!(server.get(&content, &town.registrar).status, 200);
        assert_eq!(server.get(&content, &learner).status, 200);
        assert_eq!(server.get(&content, &town.stranger).status, 404);
        let remove = |token: &str| server.call(Method::DELETE, &place(&schools), Some(token), None);
        assert_eq!(remove(&learner).refusal(), (403, "forbidden"), "it is the school's");
        assert_eq!(remove(&town.registrar).status, 204);

        let looks = server.get("/api/v1/me/access-log", &learner).expect(200);
        let looks: Vec<(&str, &Value)> = looks["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|look| (look["operation"].as_str().unwrap(), &look["institution_id"]))
            .collect();
        let school = json!(town.school);
        let expected = [
            ("download_evidence", &school),
            ("download_evidence", &Value::Null),
            ("download_evidence", &Value::Null),
        ];
        assert_eq!(looks, expected);
    });
}

#[test]
fn a_key_makes_a_repeated_upload_harmless_and_the_limit_is_a_setting() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    command.env("CREDIT_BANK_EVIDENCE_BYTES_MAX", "1024");
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let (_, _, learner) = town(&server);
    let send = |content: Vec<u8>| {
        let request = server.request(Method::POST, "/api/v1/me/evidence?name=a.pdf").bearer_auth(&learner);
        let request = request
            .header("Content-Type", "application/pdf")
            .header("Idempotency-Key", "upload-1");
        Answer::of(request.body(content).send().unwrap())
    };
    let file = send(pdf()).expect(201);
    assert_eq!(send(pdf()).expect(201), file);
    assert_eq!(send([pdf(), b"!".to_vec()].concat()).refusal(), (409, "idempotency_key_reused"));
    assert_eq!(send(vec![b'%'; 1025]).refusal(), (413, "evidence_too_large"));
    // Without a length the body is read as far as the limit.
    let chunked = reqwest::blocking::Body::new(std::io::Cursor::new(vec![b'%'; 100_000]));
    let request = server.request(Method::POST, "/api/v1/me/evidence?name=a.pdf").bearer_auth(&learner);
    let answer = Answer::of(request.header("Content-Type", "application/pdf").body(chunked).send().unwrap());
    assert_eq!(answer.refusal(), (413, "evidence_too_large"));
}
