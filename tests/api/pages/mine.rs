//! What is one's own: notifications, profile, consents, what is taken along and taken in; and what everybody reads: notices and verifying.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::browser::{Browser, People, Statuses, form, page};
use crate::claims::{id_of, office, step};
use crate::packs::without_notice;
use crate::server::{Answer, on_both};

const BADGE: &str = include_str!("../../fixtures/open-badge.json");

/// What has no such id.
const NOTHING: &str = "0197a000-0000-7000-8000-000000000000";

/// For learners, each of their own.
const LEARNERS: Statuses = [303, 200, 200, 404, 404, 404, 404, 404];

/// For everybody who is signed in.
const SIGNED_IN: Statuses = [303, 200, 200, 200, 200, 200, 200, 200];

/// For the owner alone.
const OWNER: Statuses = [303, 200, 404, 404, 404, 404, 404, 404];

#[test]
fn what_is_ones_own_is_for_oneself() {
    on_both(|server| {
        let people = People::build(server);
        let badge: Value = serde_json::from_str(BADGE).unwrap();
        let kept = server
            .post("/api/v1/me/foreign-credentials", &people.token, &json!({ "credential": badge }))
            .expect(201);
        let credential = [kept["file"]["file_id"].as_str().unwrap()];
        // Told to whoever has claimed the account.
        let mut more = people.town.outcome("S000441012345242000003");
        more["awarded_on"] = json!("2024-04-01");
        people.town.deposit(server, &more).expect(201);
        // Made beside what it tells of.
        let begun = Instant::now();
        let told = loop {
            let told = server.get("/api/v1/me/notifications", &people.token).expect(200);
            if told["items"][0].is_object() || begun.elapsed() > Duration::from_secs(30) {
                break told;
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        let notification = [told["items"][0]["notification_id"].as_str().unwrap()];
        let bank = ["00000000-0000-0000-0000-000000000000"];
        people.walk(&[
            page("/me", &[], SIGNED_IN),
            page("/notifications", &[], LEARNERS),
            page("/notifications.csv", &[], LEARNERS),
            form(
                "/notifications/{notification_id}/read",
                &notification,
                &[],
                [303, 303, 404, 404, 404, 404, 404, 404],
            ),
            form("/notifications/read", &[], &[], [303, 303, 303, 404, 404, 404, 404, 404]),
            page("/notifications/mail", &[], LEARNERS),
            form(
                "/notifications/mail",
                &[],
                &[("edition", "7")],
                [303, 412, 412, 404, 404, 404, 404, 404],
            ),
            form(
                "/notifications/mail/address",
                &[],
                &[("address", "x")],
                [303, 422, 422, 404, 404, 404, 404, 404],
            ),
            form(
                "/notifications/mail/confirm",
                &[],
                &[("code", "1")],
                [303, 422, 422, 404, 404, 404, 404, 404],
            ),
            form("/notifications/mail/remove", &[], &[], [303, 303, 303, 404, 404, 404, 404, 404]),
            page("/profile", &[], SIGNED_IN),
            page("/profile/looks", &[], LEARNERS),
            page("/profile/looks.csv", &[], LEARNERS),
            page("/consents", &[], LEARNERS),
            page("/consents.csv", &[], LEARNERS),
            form(
                "/consents/{record_id}/withdraw",
                &bank,
                &[],
                [303, 409, 409, 404, 404, 404, 404, 404],
            ),
            page("/archive", &[], LEARNERS),
            form("/archive/download", &[], &[], LEARNERS),
            page("/archive/exports/{form}", &["csv"], LEARNERS),
            page("/archive/exports/{form}", &["doc"], [303, 404, 404, 404, 404, 404, 404, 404]),
            page("/archive/credentials/{file_id}", &credential, OWNER),
            form(
                "/archive/credentials/{file_id}/verify",
                &credential,
                &[],
                [303, 303, 404, 404, 404, 404, 404, 404],
            ),
            page("/archive/records/{file_id}", &[NOTHING], [303, 404, 404, 404, 404, 404, 404, 404]),
            form(
                "/archive/records/{file_id}/verify",
                &[NOTHING],
                &[],
                [303, 404, 404, 404, 404, 404, 404, 404],
            ),
            form(
                "/archive/records/{file_id}/remove",
                &[NOTHING],
                &[],
                [303, 404, 404, 404, 404, 404, 404, 404],
            ),
            page("/notices", &[], [200; 8]),
            page("/notices.csv", &[], [200; 8]),
            page("/notices/mine", &[], SIGNED_IN),
            page("/notices/mine.csv", &[], SIGNED_IN),
            page("/notices/{claim_id}", &[NOTHING], [404; 8]),
            form(
                "/notices/{claim_id}/objections",
                &[NOTHING],
                &[("reason", "x")],
                [303, 404, 404, 404, 404, 404, 404, 404],
            ),
            form(
                "/notices/{claim_id}/appeal",
                &[NOTHING],
                &[("reason", "x")],
                [303, 404, 404, 404, 404, 404, 404, 404],
            ),
            form(
                "/notices/{claim_id}/appeal/withdraw",
                &[NOTHING],
                &[],
                [303, 404, 404, 404, 404, 404, 404, 404],
            ),
            page("/verify", &[], [200; 8]),
        ]);
        // The others leave it where it is.
        for browser in [&people.stranger, &people.member, &people.officer] {
            let token = browser.form_token();
            let path = format!("/archive/credentials/{}/remove", credential[0]);
            assert_eq!(browser.send(&path, &[("form_token", &token)]).status, 404);
        }
        people.walk(&[form(
            "/archive/credentials/{file_id}/remove",
            &credential,
            &[],
            [303, 303, 404, 404, 404, 404, 404, 404],
        )]);
        pasted(&people, &badge);
        let kept = server.get("/api/v1/me/foreign-credentials", &people.token).expect(200);
        assert_eq!(kept["items"].as_array().unwrap().len(), 1, "{kept}");
    });
}

/// Sends a form of parts, with a text in the field of a credential.
fn parts_form(path: &str, browser: &Browser<'_>, site: &str, token: &str, credential: &str) -> Answer {
    let field = |name: &str, value: &str| format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--part--\r\n";
    let body = format!("{}{}{file}", field("form_token", token), field("credential", credential));
    let request = browser.request(Method::POST, path).header("Sec-Fetch-Site", site);
    let request = request.header("Content-Type", "multipart/form-data; boundary=part").body(body);
    Answer::of(request.send().unwrap())
}

fn pasted(people: &People<'_>, badge: &Value) {
    let owner = &people.owner;
    let (token, text) = (owner.form_token(), badge.to_string());
    let take = |browser: &Browser<'_>, site: &str, token: &str, text: &str| parts_form("/archive/credentials", browser, site, token, text);
    assert_eq!(take(&people.nobody, "same-origin", "", &text).status, 303);
    assert_eq!(take(owner, "same-origin", "another", &text).status, 403);
    assert_eq!(take(owner, "cross-site", &token, &text).status, 403);
    assert_eq!(take(owner, "same-origin", &token, "").status, 422);
    let wrong = take(owner, "same-origin", &token, "<b>nonsense");
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("&#60;b&#62;nonsense"), "what was typed is kept: {}", wrong.text);
    let taken = take(owner, "same-origin", &token, &text);
    assert_eq!(taken.status, 303, "{}", taken.text);
    let member = &people.member;
    assert_eq!(member.read(taken.header("location").unwrap()).status, 404);
    assert_eq!(take(member, "same-origin", &member.form_token(), &text).status, 404);

    // An archive is not even read of somebody who has no account, or from elsewhere.
    let bring = |browser: &Browser<'_>, site: &str, token: &str| parts_form("/archive/records", browser, site, token, "").status;
    assert_eq!(bring(&people.nobody, "same-origin", ""), 303);
    assert_eq!(bring(member, "same-origin", &member.form_token()), 404);
    assert_eq!(bring(owner, "cross-site", &token), 403);
    assert_eq!(bring(owner, "same-origin", "another"), 403);
    assert_eq!(bring(owner, "same-origin", &token), 422, "no file was chosen");

    // Anybody verifies, and nothing is kept.
    let verdict_of = |site: &str, text: &str| parts_form("/verify", &people.nobody, site, "", text);
    let verdict = verdict_of("same-origin", &text);
    assert_eq!(verdict.status, 200);
    assert!(verdict.text.contains("class=\"verdict valid\""), "{}", verdict.text);
    let mut altered = badge.clone();
    altered["name"] = json!("<i>another</i>");
    let verdict = verdict_of("same-origin", &altered.to_string());
    assert!(
        verdict.text.contains("class=\"verdict invalid\"") && !verdict.text.contains("<i>"),
        "{}",
        verdict.text
    );
    assert_eq!(verdict_of("cross-site", &text).status, 403);
}

#[test]
fn whoever_objects_to_a_notice_reads_the_answer_and_appeals() {
    without_notice(|server| {
        let office = office(server, json!({ "notice_working_days": 5 }), true);
        let reviewer = &office.reviewers[0];
        let [approver, other] = &office.approvers[..] else { panic!() };
        let grant = json!({ "verdict": "grant", "reason": "符合第六条" });
        let id = id_of(&office.submit(server, &office.keep(server)).expect(201));
        for (verb, token, body) in [
            ("take", reviewer, json!({})),
            ("vote", reviewer, grant.clone()),
            ("propose", reviewer, grant.clone()),
            ("approve", approver, json!({})),
        ] {
            step(server, &id, verb, token, &body).expect(200);
        }
        let nobody = Browser::of_nobody(server);
        let path = format!("/notices/{id}");
        let list = nobody.read("/notices").text;
        assert!(list.contains(&path) && list.contains("王*") && !list.contains("王芳"), "{list}");
        let one = nobody.read(&path).text;
        assert!(
            one.contains("8.00") && one.contains("课程E101") && !one.contains(&office.outcome),
            "{one}"
        );
        let narrowed = nobody.read(&format!("/notices?institution_id={}", office.town.school)).text;
        assert!(narrowed.contains(&path), "{narrowed}");
        let elsewhere = nobody.read(&format!("/notices?institution_id={}", office.town.other_school)).text;
        assert!(!elsewhere.contains(&path), "{elsewhere}");

        let objections = format!("{path}/objections");
        let own = Browser::signed_in(server, "wangfang");
        let sent = |browser: &Browser<'_>, path: &str, reason: &str| {
            let token = browser.form_token();
            browser.send(path, &[("form_token", &token), ("once", path), ("reason", reason)])
        };
        assert_eq!(sent(&own, &objections, "不该准予").status, 403);
        let neighbour = Browser::of_staff(server, "stranger");
        assert_eq!(sent(&neighbour, &objections, "").status, 422);
        for _ in 0..2 {
            assert_eq!(sent(&neighbour, &objections, "该证书系他人所有 <b>").status, 303);
        }
        // Who has objected is shown the form when it is asked for.
        let again = "<summary>Raise another objection</summary>";
        assert!(neighbour.read(&path).text.contains(again));
        assert!(!own.read(&path).text.contains(again));
        let mine = neighbour.read("/notices/mine").text;
        assert!(mine.contains(&path) && mine.contains("not answered yet"), "{mine}");
        assert!(!own.read("/notices/mine").text.contains(&path), "whoever claims is told of none");
        let raised = server.get(&format!("/api/v1{objections}"), &office.town.stranger).expect(200);
        assert_eq!(raised["items"].as_array().unwrap().len(), 1, "the same sending once");
        let answer = format!(
            "/api/v1{objections}/{}/answer",
            raised["items"][0]["objection_id"].as_str().unwrap()
        );
        let dismissed = json!({ "answer": "dismissed", "reason": "经核查，证书属实" });
        server.post(&answer, other, &dismissed).expect(200);
        let read = neighbour.read(&path).text;
        assert!(read.contains("经核查，证书属实") && read.contains("&#60;b&#62;"), "{read}");
        assert!(!nobody.read(&path).text.contains("经核查"), "for whoever objected alone");
        // While it is on notice there is nothing to appeal against.
        for (verb, refused) in [("appeal", [403, 409]), ("appeal/withdraw", [403, 404])] {
            let answer = sent(&neighbour, &format!("{path}/{verb}"), "理由");
            assert!(refused.contains(&answer.status), "{verb}: {}", answer.status);
        }
    });
}
