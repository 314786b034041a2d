//! The pages over HTTP, as the walk of the API: every page and every form as everybody, on both back ends; forms of elsewhere; headers.

mod browser;
mod claims;
mod desk;
mod files;
mod folio;
mod kept;
mod learner;
mod mine;
mod offered;
mod office;
mod packs;
mod review;
mod shown;
mod tables;
mod uploads;
mod worth;

use std::collections::BTreeSet;
use std::path::Path;

use super::server::on_both;
use super::town::Town;
use browser::Browser;
use reqwest::Method;

/// The patterns of addresses behind a word in the sources under a directory.
fn quoted_after(directory: &str, words: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            // A call may go on in the next line.
            let text = text.split('(').map(str::trim_start).collect::<Vec<_>>().join("(");
            for word in words {
                found.extend(
                    text.split(word)
                        .skip(1)
                        .filter_map(|rest| rest.split('"').next())
                        .map(str::to_owned),
                );
            }
        }
    }
    found
}

#[test]
fn every_page_and_every_form_is_walked() {
    let gets = quoted_after("src/portal", &["#[get(\""]);
    let posts = quoted_after("src/portal", &["#[post(\""]);
    assert!(gets.len() > 15 && posts.len() > 8, "{gets:?} {posts:?}");
    let walked = quoted_after("tests/api/pages", &["page(\""]);
    let sent = quoted_after(
        "tests/api/pages",
        &["form(\"", "parts_are_for_the_owner(&people, \"", "parts_form(\""],
    );
    // Before one is signed in, and what is not a page: shown by their own tests.
    let others = [
        "/assets/{edition}/{name}",
        "/check",
        "/check/{code}",
        "/docs/problems",
        "/language",
        "/s/{code}",
        "/s/{code}/files/{ticket}",
        "/setup",
        "/sign-in/code",
    ];
    let is_other = |path: &&String| others.contains(&path.as_str());
    let missing: Vec<&String> = gets.difference(&walked).filter(|path| !is_other(path)).collect();
    assert!(missing.is_empty(), "pages that nobody walks: {missing:?}");
    let before = ["/sign-in", "/claim-account", "/sign-out"];
    let missing: Vec<&String> = posts
        .difference(&sent)
        .filter(|path| !is_other(path) && !before.contains(&path.as_str()))
        .collect();
    assert!(missing.is_empty(), "forms that nobody sends: {missing:?}");
}

#[test]
fn pages_say_what_a_browser_may_do_with_them() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let owner = Browser::signed_in(server, "wangfang");
        for path in ["/", "/passbook", "/records", "/security", "/nowhere", "/passbook?kind=x"] {
            let page = owner.read(path);
            let policy = page.header("content-security-policy").unwrap_or_else(|| panic!("{path}"));
            assert!(
                policy.contains("default-src 'none'") && !policy.contains("unsafe"),
                "{path}: {policy}"
            );
            let headers = [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cache-control", "no-store"),
            ];
            for (name, value) in headers {
                assert_eq!(page.header(name), Some(value), "{path} {name}");
            }
            assert!(!page.text.contains("style=\"") && !page.text.contains("onclick"), "{path}");
            // With what it loads it is light.
            assert!(page.text.len() < 40_000, "{path}: {}", page.text.len());
        }
        let home = owner.read("/").text;
        let assets = home
            .split("\"/assets/")
            .skip(1)
            .map(|rest| format!("/assets/{}", rest.split('"').next().unwrap()));
        let mut bytes = home.len();
        for asset in assets {
            let answer = owner.read(&asset);
            assert_eq!(
                (answer.status, answer.header("cache-control")),
                (200, Some("public, max-age=31536000, immutable"))
            );
            bytes += answer.text.len();
        }
        assert!(bytes < 100_000, "{bytes}");
        assert_eq!(owner.read("/assets/000000000000/portal.css").status, 404);
        // An API client gets a problem document where a browser gets a page.
        let program = server.call(Method::GET, "/nowhere", None, None);
        assert_eq!(program.refusal(), (404, "not_found"));
        assert_eq!(owner.read("/api/v1/nowhere").refusal(), (404, "not_found"));

        let english = owner.read("/passbook").text;
        assert!(english.contains("lang=\"en\"") && english.contains("Available credit"));
        let chosen = owner.send(
            "/language",
            &[("to", "zh-CN"), ("back", "//evil.example"), ("form_token", &owner.form_token())],
        );
        assert_eq!((chosen.status, chosen.header("location")), (303, Some("/")));
        assert!(chosen.header("set-cookie").unwrap().starts_with("language=zh-CN"));
        let out = owner.send("/sign-out", &[("form_token", &owner.form_token())]);
        assert_eq!(out.status, 303);
        assert_eq!(owner.read("/passbook").status, 303, "the cookie opens nothing any more");
    });
}
