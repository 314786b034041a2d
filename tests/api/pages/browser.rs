//! Browsers of people, and the walk: what each of them is answered.

use std::sync::{LazyLock, OnceLock};

use reqwest::Method;
use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::server::{Answer, BackEnd, PASSWORD, Server};
use crate::town::Town;

/// A browser that keeps one cookie. It has none of the comforts that would hide what the server answers.
pub(super) struct Browser<'a> {
    pub(super) server: &'a Server,
    pub(super) cookie: String,
    token: OnceLock<String>,
}

/// One for all: it keeps no cookies, and making one takes longer than a page.
fn client() -> &'static reqwest::blocking::Client {
    static CLIENT: LazyLock<reqwest::blocking::Client> = LazyLock::new(|| {
        let client = reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none());
        client.build().unwrap()
    });
    &CLIENT
}

impl<'a> Browser<'a> {
    pub(super) fn of_nobody(server: &'a Server) -> Self {
        Self::with_cookie(server, String::new())
    }

    /// A browser that was given a cookie.
    pub(super) fn with_cookie(server: &'a Server, cookie: String) -> Self {
        Self {
            server,
            cookie,
            token: OnceLock::new(),
        }
    }

    pub(super) fn signed_in(server: &'a Server, username: &str) -> Self {
        let browser = Self::of_nobody(server);
        let answer = browser.send("/sign-in", &[("username", username), ("password", PASSWORD)]);
        assert_eq!(answer.status, 303, "{}", answer.text);
        let set = answer.header("set-cookie").unwrap();
        for part in ["__Host-session=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(part), "{part}: {set}");
        }
        assert!(!set.contains("Domain") && !set.contains("Max-Age"), "{set}");
        let cookie = set.split(';').next().unwrap().to_owned();
        Self::with_cookie(server, cookie)
    }

    pub(super) fn request(&self, method: Method, path: &str) -> reqwest::blocking::RequestBuilder {
        let request = client().request(method, format!("{}{path}", self.server.base));
        request
            .header("Accept", "text/html,application/xhtml+xml")
            .header("Accept-Language", "en")
            .header("Cookie", &self.cookie)
    }

    pub(super) fn read(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().unwrap())
    }

    pub(super) fn send(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, path).header("Sec-Fetch-Site", "same-origin");
        Answer::of(request.form(form).send().unwrap())
    }

    /// The token that forms of this browser hold.
    pub(super) fn form_token(&self) -> String {
        let read = || between(&self.read("/security").text, "name=\"form_token\" value=\"", "\"").to_owned();
        self.token.get_or_init(read).clone()
    }
}

/// What stands between the quotes behind a text, or between marks.
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split(after).next().unwrap()
}

impl<'a> Browser<'a> {
    /// Somebody with power over others' records, which a browser gives with a second factor only.
    pub(super) fn of_staff(server: &'a Server, username: &str) -> Self {
        let browser = Self::signed_in(server, username);
        let page = browser.read("/security/second-factor").text;
        let secret = Secret::try_from_base32(between(&page, "class=\"secret\">", "<").replace(' ', "")).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        let now = u64::try_from(credit_bank::clock::now().timestamp()).unwrap();
        let code = totp.generate(now).to_string();
        let token = browser.form_token();
        let form = [("form_token", token.as_str()), ("password", PASSWORD), ("code", code.as_str())];
        let answer = browser.send("/security/second-factor", &form);
        assert_eq!(answer.status, 200, "{}", answer.text);
        browser
    }
}

/// A town, and a browser of everybody.
pub(super) struct People<'a> {
    pub(super) town: Town,
    pub(super) nobody: Browser<'a>,
    /// The learner whose things are looked at, `wangfang`.
    pub(super) owner: Browser<'a>,
    /// The owner's token for the API.
    pub(super) token: String,
    pub(super) learner_id: String,
    /// The owner's outcome.
    pub(super) outcome_id: String,
    /// Another learner, `liqiang`.
    pub(super) stranger: Browser<'a>,
    /// Of the school that the owner's outcome is of, with every role.
    pub(super) member: Browser<'a>,
    /// Of another school.
    pub(super) other_member: Browser<'a>,
    pub(super) officer: Browser<'a>,
    pub(super) administrator: Browser<'a>,
    pub(super) auditor: Browser<'a>,
}

/// What is answered to nobody, the owner, another learner, a member, another school's member, an officer, an administrator, an auditor.
pub(super) type Statuses = [u16; 8];

/// A page, with what is filled into its address, and what everybody is answered.
pub(super) struct Page<'a> {
    path: String,
    expected: Statuses,
    form: Option<&'a [(&'a str, &'a str)]>,
}

/// The address that a pattern is with these ids in it.
fn filled(pattern: &str, ids: &[&str]) -> String {
    let mut ids = ids.iter();
    let parts = pattern.split('/').map(|part| {
        if part.starts_with('{') {
            (*ids.next().unwrap_or_else(|| panic!("an id for {part} of {pattern}"))).to_owned()
        } else {
            part.to_owned()
        }
    });
    let path = parts.collect::<Vec<_>>().join("/");
    assert!(ids.next().is_none(), "too many ids for {pattern}");
    path
}

/// A page that is read: its pattern as it stands in the code, ids for its braces, and what everybody is answered.
pub(super) fn page<'a>(pattern: &str, ids: &[&str], expected: Statuses) -> Page<'a> {
    Page {
        path: filled(pattern, ids),
        expected,
        form: None,
    }
}

/// A form that is sent. Whoever may send it sends it too, so that what they are answered shows that it was theirs to send: give one that
/// is refused for what is in it, or that may be sent more than once.
pub(super) fn form<'a>(pattern: &str, ids: &[&str], fields: &'a [(&'a str, &'a str)], expected: Statuses) -> Page<'a> {
    Page {
        path: filled(pattern, ids),
        expected,
        form: Some(fields),
    }
}

impl<'a> People<'a> {
    pub(super) fn build(server: &'a Server) -> Self {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner_id = deposited["learner_id"].as_str().unwrap().to_owned();
        let token = town.claim(server, &learner_id, "wangfang");
        let mut other = town.outcome("S000441012345242000002");
        other["learner"] = json!({ "document_kind": "passport", "document_number": "E12345678", "name": "李强" });
        let other = town.deposit(server, &other).expect(201);
        town.claim(server, other["learner_id"].as_str().unwrap(), "liqiang");
        Self {
            nobody: Browser::of_nobody(server),
            owner: Browser::signed_in(server, "wangfang"),
            token,
            learner_id,
            outcome_id: deposited["outcome_id"].as_str().unwrap().to_owned(),
            stranger: Browser::signed_in(server, "liqiang"),
            member: Browser::of_staff(server, "registrar"),
            other_member: Browser::of_staff(server, "stranger"),
            officer: Browser::of_staff(server, "officer"),
            administrator: Browser::of_staff(server, "admin"),
            auditor: Browser::of_staff(server, "auditor"),
            town,
        }
    }

    fn all(&self) -> [&Browser<'a>; 8] {
        [
            &self.nobody,
            &self.owner,
            &self.stranger,
            &self.member,
            &self.other_member,
            &self.officer,
            &self.administrator,
            &self.auditor,
        ]
    }

    /// Looks at every page and sends every form as everybody. A form is sent without its token and with another's first, and from
    /// elsewhere: that is refused to all who are signed in, whoever they are.
    pub(super) fn walk(&self, pages: &[Page<'_>]) {
        let mut wrong = Vec::new();
        for Page { path, expected, form } in pages {
            let answered = self.all().map(|browser| match form {
                None => browser.read(path).status,
                Some(fields) => self.sent(browser, path, fields),
            });
            if answered != *expected {
                wrong.push(format!("{path}: {answered:?} and not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(self.owner.read("/").status, 200, "nobody ended the log-in");
        assert!(self.owner.server.verify().0);
    }

    fn sent(&self, browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]) -> u16 {
        if browser.cookie.is_empty() {
            return browser.send(path, fields).status;
        }
        let with = |token: &str| -> u16 {
            let form: Vec<(&str, &str)> = fields.iter().copied().chain([("form_token", token)]).collect();
            browser.send(path, &form).status
        };
        let another = if browser.cookie == self.owner.cookie {
            &self.stranger
        } else {
            &self.owner
        };
        // Looked at before any database is asked, so on one back end.
        if !matches!(browser.server.back_end, BackEnd::Sqlite) {
            return with(&browser.form_token());
        }
        assert_eq!(browser.send(path, fields).status, 403, "{path} without a token");
        assert_eq!(with(&another.form_token()), 403, "{path} with another's token");
        for (name, value) in [
            ("Sec-Fetch-Site", "cross-site"),
            ("Origin", "https://evil.example"),
            ("X-Nothing", "said"),
        ] {
            let request = browser.request(Method::POST, path).header(name, value);
            let token = browser.form_token();
            let answer = Answer::of(request.form(&[("form_token", token.as_str())]).send().unwrap());
            assert_eq!(answer.status, 403, "{path} {name}");
        }
        with(&browser.form_token())
    }
}
