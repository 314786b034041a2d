//! The pages over HTTP, as the walk of the API: every page as nobody, as its learner, as another learner and as a member, on both back
//! ends; forms of elsewhere; headers.

use reqwest::Method;
use serde_json::json;

use super::server::{Answer, PASSWORD, Server, on_both};
use super::town::Town;

/// A browser that keeps one cookie. It has none of the comforts that would hide what the server answers.
struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn of_nobody(server: &'a Server) -> Self {
        let cookie = String::new();
        Self { server, cookie }
    }

    fn signed_in(server: &'a Server, username: &str) -> Self {
        let browser = Self::of_nobody(server);
        let answer = browser.send("/sign-in", &[("username", username), ("password", PASSWORD)]);
        assert_eq!(answer.status, 303, "{}", answer.text);
        let set = answer.header("set-cookie").unwrap();
        for part in ["__Host-session=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(part), "{part}: {set}");
        }
        assert!(!set.contains("Domain") && !set.contains("Max-Age"), "{set}");
        let cookie = set.split(';').next().unwrap().to_owned();
        Self { server, cookie }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::blocking::RequestBuilder {
        let http = reqwest::blocking::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let request = http.request(method, format!("{}{path}", self.server.base));
        request
            .header("Accept", "text/html,application/xhtml+xml")
            .header("Accept-Language", "en")
            .header("Cookie", &self.cookie)
    }

    fn read(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().unwrap())
    }

    fn send(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, path).header("Sec-Fetch-Site", "same-origin");
        Answer::of(request.form(form).send().unwrap())
    }

    /// The token that forms of this browser hold.
    fn form_token(&self) -> String {
        let page = self.read("/security").text;
        let (_, rest) = page.split_once("name=\"form_token\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

#[test]
fn every_page_is_for_whom_it_is() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let mut other = town.outcome("S000441012345242000002");
        other["learner"] = json!({ "document_kind": "passport", "document_number": "E12345678", "name": "李强" });
        let other = town.deposit(server, &other).expect(201);
        town.claim(server, other["learner_id"].as_str().unwrap(), "liqiang");

        let nobody = Browser::of_nobody(server);
        let (owner, stranger) = (Browser::signed_in(server, "wangfang"), Browser::signed_in(server, "liqiang"));
        let (member, officer) = (Browser::signed_in(server, "registrar"), Browser::signed_in(server, "officer"));
        let record = format!("/records/{}", deposited["outcome_id"].as_str().unwrap());
        // The page, and what each of them is answered.
        let pages: [(&str, [u16; 5]); 9] = [
            ("/", [200, 200, 200, 200, 200]),
            ("/sign-in", [200, 303, 303, 303, 303]),
            ("/claim-account", [200, 303, 303, 200, 200]),
            ("/passbook", [303, 200, 200, 404, 404]),
            ("/passbook.csv", [303, 200, 200, 404, 404]),
            ("/records", [303, 200, 200, 404, 404]),
            // A member and an officer have the right by the API; a browser has it with a second factor only.
            (&record, [303, 200, 404, 404, 404]),
            ("/security", [303, 200, 200, 200, 200]),
            ("/security/second-factor", [303, 200, 200, 200, 200]),
        ];
        for (path, expected) in pages {
            let answered = [&nobody, &owner, &stranger, &member, &officer].map(|browser| browser.read(path).status);
            assert_eq!(answered, expected, "{path}");
        }
        for home in [member.read("/"), officer.read("/")] {
            assert!(home.text.contains("set up a second factor first"), "{}", home.text);
        }

        let session = |browser: &Browser<'_>| browser.cookie.split(['=', '.']).nth(1).unwrap().to_owned();
        let forms = [
            (format!("{record}/replay"), vec![]),
            (format!("{record}/dispute"), vec![("kind", "not_mine"), ("reason", "wrong")]),
            (format!("/security/sessions/{}/end", session(&owner)), vec![]),
        ];
        for (path, form) in &forms {
            assert_eq!(nobody.send(path, form).status, 303, "{path}");
            for browser in [&stranger, &member, &officer] {
                let token = browser.form_token();
                let form: Vec<(&str, &str)> = form.iter().copied().chain([("form_token", token.as_str())]).collect();
                assert_eq!(browser.send(path, &form).status, 404, "{path}");
            }
            // Neither without the form's token, nor with that of another, nor from elsewhere.
            let theirs = stranger.form_token();
            assert_eq!(owner.send(path, form).status, 403, "{path}");
            let form: Vec<(&str, &str)> = form.iter().copied().chain([("form_token", theirs.as_str())]).collect();
            assert_eq!(owner.send(path, &form).status, 403, "{path}");
            let own = owner.form_token();
            for (name, value) in [
                ("Sec-Fetch-Site", "cross-site"),
                ("Origin", "https://evil.example"),
                ("X-Nothing", "said"),
            ] {
                let request = owner.request(Method::POST, path).header(name, value);
                let answer = Answer::of(request.form(&[("form_token", own.as_str())]).send().unwrap());
                assert_eq!(answer.status, 403, "{path} {name}");
            }
        }
        assert_eq!(owner.read("/").status, 200, "nobody ended the log-in");
        assert!(server.verify().0);
    });
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
