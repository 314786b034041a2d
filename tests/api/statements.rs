//! Statements over HTTP: issued, printed by the server's own thread, downloaded, checked, and seen on the page of the code.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::server::{Server, on_both};
use super::town::Town;

pub(crate) fn wait_for(server: &Server, path: &str, token: &str) -> Value {
    let began = Instant::now();
    loop {
        let statement = server.get(path, token).expect(200);
        if !matches!(statement["status"].as_str().unwrap(), "queued" | "running") {
            return statement;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{statement}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Anybody asks for a page.
fn page(server: &Server, path: &str, language: &str) -> (u16, String, reqwest::header::HeaderMap) {
    // As somebody who has chosen it.
    let request = server.request(Method::GET, path).header("Cookie", format!("language={language}"));
    let answer = request.send().unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, answer.text().unwrap(), headers)
}

#[test]
fn a_statement_is_issued_downloaded_and_checked() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let issued = server.post("/api/v1/me/statements", &learner, &json!({ "kind": "record" }));
        let path = issued.header("location").unwrap().to_owned();
        let issued = issued.expect(202);
        assert_eq!(issued["status"], "queued");
        let ready = wait_for(server, &path, &learner);
        assert_eq!((&ready["status"], &ready["pages"]), (&json!("ready"), &json!(1)), "{ready}");
        let pdf = server
            .request(Method::GET, &format!("{path}/pdf"))
            .bearer_auth(&learner)
            .send()
            .unwrap();
        assert_eq!(
            (pdf.status().as_u16(), &pdf.headers()["content-type"]),
            (200, &"application/pdf".parse().unwrap())
        );
        assert_eq!(
            pdf.headers()["etag"].to_str().unwrap(),
            format!("\"{}\"", ready["sha256"].as_str().unwrap())
        );
        let content = pdf.bytes().unwrap();
        let digest: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(ready["sha256"], digest);

        let code = ready["number"].as_str().unwrap().replace(' ', "");
        let checked = server.call(Method::GET, &format!("/api/v1/verify/{code}"), None, None);
        assert_eq!(checked.header("x-robots-tag"), Some("noindex"));
        let checked = checked.expect(200);
        assert_eq!((&checked["validity"], &checked["name_masked"]), (&json!("valid"), &json!("王*")));
        assert_eq!(checked["sha256"], digest);
        let wrong = server.call(Method::GET, "/api/v1/verify/20260000000000000129", None, None);
        assert_eq!(wrong.refusal(), (404, "not_found"));

        let url = ready["check_url"].as_str().unwrap();
        let (_, place) = url.split_at(url.find("/check/").unwrap());
        for (language, verdict) in [("zh-CN", "有效"), ("en", "Valid")] {
            let (status, html, headers) = page(server, place, language);
            assert_eq!((status, headers["x-robots-tag"].to_str().unwrap()), (200, "noindex"));
            for said in [verdict, "王*", &digest, ready["number"].as_str().unwrap()] {
                assert!(html.contains(said), "{said}: {html}");
            }
            assert!(!html.contains("王芳") && !html.contains("<script"));
        }
        let (status, html, _) = page(server, "/check/20260000000000000129", "zh-CN");
        assert!(status == 404 && html.contains("没有这个编号"), "{status}");

        server.post(&format!("{path}/revoke"), &learner, &json!({})).expect(200);
        let (_, html, _) = page(server, place, "zh-CN");
        assert!(html.contains("已撤回"));
        assert!(server.verify().0);
    });
}
