//! The learner's passbook, records and log-in.

use serde_json::json;

use super::browser::{Browser, People, between, form, page};
use crate::server::{PASSWORD, on_both};
use crate::town::user;

#[test]
fn pages_of_a_learner_are_for_the_learner() {
    on_both(|server| {
        let people = People::build(server);
        let outcome = [people.outcome_id.as_str()];
        let session = |browser: &Browser<'_>| browser.cookie.split(['=', '.']).nth(1).unwrap().to_owned();
        let own_session = session(&people.owner);
        people.walk(&[
            page("/", &[], [200, 200, 200, 200, 200, 200, 200, 200]),
            page("/sign-in", &[], [200, 303, 303, 303, 303, 303, 303, 303]),
            page("/claim-account", &[], [200, 303, 303, 200, 200, 200, 200, 200]),
            page("/passbook", &[], [303, 200, 200, 404, 404, 404, 404, 404]),
            page("/passbook.csv", &[], [303, 200, 200, 404, 404, 404, 404, 404]),
            page("/records", &[], [303, 200, 200, 404, 404, 404, 404, 404]),
            page("/records.csv", &[], [303, 200, 200, 404, 404, 404, 404, 404]),
            page("/records/{outcome_id}", &outcome, [303, 200, 404, 200, 404, 200, 404, 200]),
            form(
                "/records/{outcome_id}/replay",
                &outcome,
                &[],
                [303, 200, 404, 200, 404, 200, 404, 200],
            ),
            form(
                "/records/{outcome_id}/dispute",
                &outcome,
                &[("kind", "wrong"), ("reason", "")],
                [303, 422, 404, 422, 404, 422, 404, 422],
            ),
            page("/security", &[], [303, 200, 200, 200, 200, 200, 200, 200]),
            page("/security/second-factor", &[], [303, 200, 200, 409, 409, 409, 409, 409]),
            form(
                "/security/password",
                &[],
                &[("present_password", "no")],
                [303, 401, 401, 401, 401, 401, 401, 401],
            ),
            form("/security/passkeys/options", &[], &[], [303, 409, 409, 409, 409, 409, 409, 409]),
            form("/security/passkeys", &[], &[], [303, 400, 400, 400, 400, 400, 400, 400]),
            form(
                "/security/passkeys/{passkey_id}/remove",
                &["0"],
                &[],
                [303, 404, 404, 404, 404, 404, 404, 404],
            ),
            // Nobody's log-in waits for it.
            form("/sign-in/passkey/options", &[], &[], [303, 303, 303, 303, 303, 303, 303, 303]),
            form("/sign-in/passkey", &[], &[], [303, 303, 303, 303, 303, 303, 303, 303]),
            form("/security/second-factor", &[], &[], [303, 401, 401, 409, 409, 409, 409, 409]),
            form("/security/recovery-codes", &[], &[], [303, 401, 401, 401, 401, 401, 401, 401]),
            form("/security/second-factor/remove", &[], &[], [303, 401, 401, 401, 401, 401, 401, 401]),
        ]);
        // A day that is none is said above the passbook, and at its field.
        let wrong = people.owner.read("/passbook?as_of=soon");
        let is_said = wrong.text.contains("id=\"refusal\"") && wrong.text.contains("class=\"wrong\"");
        assert!(
            wrong.status == 422 && is_said && wrong.text.contains("9.00"),
            "{} {}",
            wrong.status,
            wrong.text
        );
        // Somebody else's log-in is not theirs to end.
        for browser in [&people.stranger, &people.member, &people.officer] {
            let token = browser.form_token();
            let ended = browser.send(&format!("/security/sessions/{own_session}/end"), &[("form_token", &token)]);
            assert_eq!(ended.status, 404);
        }
        people.walk(&[form(
            "/security/sessions/{session_id}/end",
            &["0197a000-0000-7000-8000-000000000000"],
            &[],
            [303, 404, 404, 404, 404, 404, 404, 404],
        )]);
        // Whoever has power over others' records has none in a browser without a second factor, and is told so.
        let new = json!({ "user": user("auditor-2"), "bank_role": "auditor" });
        server.post("/api/v1/users", &people.town.administrator, &new).expect(201);
        let without = Browser::signed_in(server, "auditor-2");
        assert_eq!(without.read("/office").status, 404);
        assert_eq!(without.read(&format!("/records/{}", people.outcome_id)).status, 404);
        let home = without.read("/").text;
        assert!(home.contains("set up a second factor first"), "{home}");
    });
}

#[test]
fn what_was_typed_is_kept_when_the_log_in_ended_meanwhile() {
    on_both(|server| {
        let people = People::build(server);
        let path = format!("/records/{}/dispute", people.outcome_id);
        let token = people.owner.form_token();
        let out = people.owner.send("/sign-out", &[("form_token", &token)]);
        assert_eq!(out.status, 303);
        let reason = "成绩应为 96 分 & <b>";
        let ended = people
            .owner
            .send(&path, &[("form_token", &token), ("kind", "wrong"), ("reason", reason)]);
        assert_eq!(ended.status, 401);
        assert!(ended.text.contains("What you typed is kept"), "{}", ended.text);
        let carried = between(&ended.text, "name=\"kept\" value=\"", "\"")
            .replace("&#38;", "&")
            .replace("&amp;", "&");
        let sign_in = |password: &str| {
            let form = [
                ("username", "wangfang"),
                ("password", password),
                ("kept_path", path.as_str()),
                ("kept", carried.as_str()),
            ];
            people.owner.send("/sign-in", &form)
        };
        let wrong = sign_in("not the password");
        assert!(wrong.status == 401 && wrong.text.contains("name=\"kept\""), "{}", wrong.text);
        let again = sign_in(PASSWORD);
        assert!(again.status == 200 && again.text.contains("Send it now"), "{}", again.text);
        let cookie = again.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let owner = Browser::with_cookie(server, cookie);
        let token = between(&again.text, "name=\"form_token\" value=\"", "\"");
        // The first form of the page is the one that signs out; nobody is signed in yet there.
        let token = if token.is_empty() { owner.form_token() } else { token.to_owned() };
        let sent = owner.send(&path, &[("form_token", &token), ("kind", "wrong"), ("reason", reason)]);
        assert_eq!(
            (sent.status, sent.header("location").unwrap().ends_with("done=disputed")),
            (303, true),
            "{}",
            sent.text
        );
        // A form with a secret is not carried.
        owner.send("/sign-out", &[("form_token", &token)]);
        assert_eq!(
            owner
                .send("/security/password", &[("form_token", &token), ("present_password", "x")])
                .status,
            303
        );
    });
}
