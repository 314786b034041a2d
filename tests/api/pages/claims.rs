//! The learner's own claims, their evidence, and what was said against records: for whom they are, and who reads a letter.

use reqwest::Method;
use serde_json::json;

use super::browser::{Browser, People, Statuses, form, page};
use crate::claims::{id_of, office, programme, step};
use crate::packs::without_notice;
use crate::server::{Answer, on_both};

/// For learners, each of their own.
const LEARNERS: Statuses = [303, 200, 200, 404, 404, 404, 404, 404];

/// For the owner alone.
const OWNER: Statuses = [303, 200, 404, 404, 404, 404, 404, 404];

/// For nobody: there is no such thing.
const NOTHING: Statuses = [303, 404, 404, 404, 404, 404, 404, 404];

const PDF: &str = "%PDF-1.7\n%%EOF\n";

/// Sends a form of parts; with a file, where there is one.
fn parts_form(pattern: &str, id: &str, browser: &Browser<'_>, token: &str, fields: &[(&str, &str)], file: Option<&str>) -> Answer {
    sent_from("same-origin", pattern, id, browser, token, fields, file)
}

fn sent_from(
    site: &str,
    pattern: &str,
    id: &str,
    browser: &Browser<'_>,
    token: &str,
    fields: &[(&str, &str)],
    file: Option<&str>,
) -> Answer {
    let path = pattern.replace("{claim_id}", id).replace("{request_id}", id);
    let mut body = String::new();
    for (name, value) in [("form_token", token)].iter().chain(fields) {
        body.push_str(&format!(
            "--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    let name = if file.is_some() { "证书.pdf" } else { "" };
    let content = file.unwrap_or_default();
    body.push_str(&format!(
        "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n{content}\r\n--part--\r\n"
    ));
    let request = browser.request(Method::POST, &path).header("Sec-Fetch-Site", site);
    let request = request.header("Content-Type", "multipart/form-data; boundary=part").body(body);
    Answer::of(request.send().unwrap())
}

/// Whoever else sends a form of parts is answered that there is nothing; and from elsewhere nobody's is taken.
fn parts_are_for_the_owner(people: &People<'_>, pattern: &str, id: &str, fields: &[(&str, &str)], statuses: (u16, u16)) {
    let (own, stranger) = statuses;
    let owner = &people.owner;
    assert_eq!(parts_form(pattern, id, &people.nobody, "", fields, None).status, 303, "{pattern}");
    assert_eq!(parts_form(pattern, id, owner, "another", fields, None).status, 403, "{pattern}");
    let elsewhere = sent_from("cross-site", pattern, id, owner, &owner.form_token(), fields, None);
    assert_eq!(elsewhere.status, 403, "{pattern}");
    let send = |browser: &Browser<'_>| parts_form(pattern, id, browser, &browser.form_token(), fields, None).status;
    assert_eq!(send(owner), own, "{pattern}");
    assert_eq!(send(&people.stranger), stranger, "{pattern}");
    for browser in [
        &people.member,
        &people.other_member,
        &people.officer,
        &people.administrator,
        &people.auditor,
    ] {
        assert_eq!(send(browser), 404, "{pattern}");
    }
}

#[test]
fn claims_are_for_those_who_make_them() {
    on_both(|server| {
        let people = People::build(server);
        let (owner, town) = (&people.owner, &people.town);
        let craft = json!({ "institution_id": town.school, "code": "craft", "name_chinese": "剪纸技艺", "kind": "other", "valid_from": "2020-01-01" });
        let draft = server.post("/api/v1/achievements", &town.registrar, &craft).expect(201);
        let achievement = draft["achievement_id"].as_str().unwrap();
        let publish = format!("/api/v1/achievements/{achievement}/publish");
        server.post(&publish, &town.registrar, &json!({})).expect(200);
        let new = json!({ "institution_id": town.school, "programme": programme() });
        let programme = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
        let programme = programme["programme_id"].as_str().unwrap();

        // A file comes with the form, and is kept although the form is refused.
        let fields = [
            ("achievement_id", achievement),
            ("awarded_on", "soon"),
            ("hours", "many"),
            ("statement", "市级<b>传承人"),
        ];
        let refused = parts_form("/claims/new/declared", "", owner, &owner.form_token(), &fields, Some(PDF));
        assert_eq!(refused.status, 422);
        assert!(
            refused.text.contains("市级&#60;b&#62;传承人") && refused.text.contains("value=\"many\""),
            "{}",
            refused.text
        );
        let files = server.get("/api/v1/me/evidence", &people.token).expect(200);
        let file = files["items"][0]["file_id"].as_str().unwrap();
        assert!(refused.text.contains(&format!("value=\"{file}\" checked")), "{}", refused.text);
        let fields = [
            ("achievement_id", achievement),
            ("awarded_on", "2023-05-01"),
            ("statement", "传承人"),
            ("evidence", file),
            ("once", "one"),
        ];
        let places: Vec<String> = (0..2)
            .map(|_| {
                let submitted = parts_form("/claims/new/declared", "", owner, &owner.form_token(), &fields, None);
                assert_eq!(submitted.status, 303, "{}", submitted.text);
                submitted.header("location").unwrap().to_owned()
            })
            .collect();
        assert_eq!(places[0], places[1], "the same sending once");
        let claim = places[0]
            .trim_start_matches("/claims/")
            .trim_end_matches("?done=submitted")
            .to_owned();
        let disputed = json!({ "outcome_id": people.outcome_id, "kind": "wrong", "reason": "成绩有误" });
        let disputed = server.post("/api/v1/me/correction-requests", &people.token, &disputed).expect(201);
        let request = disputed["request_id"].as_str().unwrap();

        let (claim_id, request_id, file_id) = ([claim.as_str()], [request], [file]);
        let wishes = [("programme_id", programme), ("wish", "leave.x")];
        people.walk(&[
            page("/claims", &[], LEARNERS),
            page("/claims.csv", &[], LEARNERS),
            page("/claims/new", &[], LEARNERS),
            page("/claims/new/conversion", &[], NOTHING),
            page("/claims/new/recognition", &[], NOTHING),
            page("/claims/new/declared", &[], LEARNERS),
            page("/claims/evidence", &[], LEARNERS),
            page("/claims/evidence.csv", &[], LEARNERS),
            page("/claims/evidence/{file_id}", &file_id, OWNER),
            page("/claims/disputes", &[], LEARNERS),
            page("/claims/disputes/cases.csv", &[], LEARNERS),
            page("/claims/disputes.csv", &[], LEARNERS),
            page("/claims/disputes/{request_id}", &request_id, OWNER),
            page("/claims/{claim_id}", &claim_id, OWNER),
            page("/claims/{claim_id}/letter", &claim_id, NOTHING),
            page("/claims/{claim_id}/letter.txt", &claim_id, NOTHING),
            form("/claims/new/conversion", &[], &wishes, [303, 422, 422, 404, 404, 404, 404, 404]),
            form(
                "/claims/evidence/{file_id}/remove",
                &file_id,
                &[],
                [303, 409, 404, 404, 404, 404, 404, 404],
            ),
            form("/claims/{claim_id}/replay", &claim_id, &[], OWNER),
            form(
                "/claims/{claim_id}/withdraw-appeal",
                &claim_id,
                &[],
                [303, 403, 404, 404, 404, 404, 404, 404],
            ),
            form(
                "/claims/disputes/{request_id}/withdraw",
                &request_id,
                &[],
                [303, 303, 404, 404, 404, 404, 404, 404],
            ),
        ]);
        let reason = [("reason", "理由")];
        parts_are_for_the_owner(&people, "/claims/{claim_id}/information", &claim, &reason, (409, 404));
        parts_are_for_the_owner(&people, "/claims/{claim_id}/appeal", &claim, &reason, (409, 404));
        parts_are_for_the_owner(&people, "/claims/disputes/{request_id}/complain", request, &reason, (409, 404));
        let outcome = [("outcome_id", people.outcome_id.as_str()), ("statement", "理由")];
        parts_are_for_the_owner(&people, "/claims/new/recognition", "", &outcome, (409, 404));
        parts_are_for_the_owner(&people, "/claims/evidence", "", &[], (422, 422));
        let kept = server
            .post("/api/v1/me/worths", &people.token, &json!({ "programme_id": programme }))
            .expect(201);
        let worth = [("worth_id", kept["worth_id"].as_str().unwrap())];
        parts_are_for_the_owner(&people, "/claims/new", "", &worth, (422, 404));

        // What needs something in its address.
        let read = |path: String| [owner, &people.stranger, &people.member].map(|browser| browser.read(&path).status);
        assert_eq!(read(format!("/claims/new/conversion?programme_id={programme}")), [200, 200, 404]);
        assert_eq!(read(format!("/claims/new?worth_id={}", worth[0].1)), [200, 404, 404]);
        assert_eq!(
            read(format!("/claims/new/recognition?outcome_id={}", people.outcome_id)),
            [200, 404, 404]
        );
        assert_eq!(read(format!("/claims/new/declared?achievement_id={achievement}")), [200, 200, 404]);
        assert_eq!(read("/claims/new/declared?q=%E5%89%AA%E7%BA%B8".to_owned()), [200, 200, 404]);
        assert_eq!(owner.read("/claims?status=nonsense").status, 400);
        people.walk(&[form(
            "/claims/{claim_id}/withdraw",
            &claim_id,
            &[],
            [303, 303, 404, 404, 404, 404, 404, 404],
        )]);
        let looks = server.get("/api/v1/me/access-log", &people.token).expect(200);
        assert!(!looks.to_string().contains("read_own_claim"), "{looks}");
    });
}

#[test]
fn a_letter_is_read_by_its_receiver_and_by_those_who_decided() {
    without_notice(|server| {
        let office = office(server, json!({ "notice_working_days": 0 }), true);
        let id = id_of(&office.submit(server, &office.keep(server)).expect(201));
        let owner = Browser::signed_in(server, "wangfang");
        let path = format!("/claims/{id}");
        let waiting = owner.read(&path).text;
        assert!(
            waiting.contains("Electrical automation") && waiting.contains("working days left"),
            "{waiting}"
        );
        let refuse = json!({ "verdict": "refuse", "reason": "证书<b>不符" });
        for (verb, token, body) in [
            ("take", &office.reviewers[0], json!({})),
            ("vote", &office.reviewers[0], refuse.clone()),
            ("propose", &office.reviewers[0], refuse.clone()),
            ("approve", &office.approvers[0], json!({})),
        ] {
            step(server, &id, verb, token, &body).expect(200);
        }
        let letter = owner.read(&format!("{path}/letter?language=zh-CN")).text;
        assert!(
            letter.contains("决定不准予。") && letter.contains("证书&#60;b&#62;不符"),
            "{letter}"
        );
        let english = owner.read(&format!("{path}/letter")).text;
        assert!(english.contains("refuses your claim for conversion"), "{english}");
        let text = owner.read(&format!("{path}/letter.txt"));
        assert!(text.header("content-type").unwrap().starts_with("text/plain"));
        assert!(text.header("content-disposition").unwrap().starts_with("attachment"));
        assert!(text.text.contains("证书<b>不符"), "{}", text.text);
        let reviewer = Browser::of_staff(server, "reviewer-1");
        let status = |path: String| reviewer.read(&path).status;
        assert_eq!((status(path.clone()), status(format!("{path}/letter"))), (404, 200));
        assert_eq!(Browser::of_staff(server, "stranger").read(&format!("{path}/letter")).status, 404);

        let appeal = format!("{path}/appeal");
        let sent = |reason: &str| parts_form(&appeal, "", &owner, &owner.form_token(), &[("reason", reason)], None).status;
        assert_eq!(sent(""), 422);
        assert_eq!(sent("证书属实"), 303);
        let appealed = owner.read(&path).text;
        assert!(
            appealed.contains("Withdraw the appeal") && appealed.contains("证书属实"),
            "{appealed}"
        );
    });
}
