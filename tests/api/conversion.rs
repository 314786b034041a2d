//! What outcomes are converted into, between whom and along which ways: programmes, agreements, pathways, their versions,
//! and who publishes them.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, Server, on_both};
use super::town::{OTHER_SCHOOL_CODE, SCHOOL_CODE, Town, agreement, pathway, programme, user};

fn publish(server: &Server, town: &Town, programme: &Value) -> Answer {
    let new = json!({ "institution_id": town.school, "programme": programme });
    server.post("/api/v1/programmes", &town.registrar, &new)
}

fn list(server: &Server, path: &str) -> Vec<Value> {
    let answer = server.call(Method::GET, path, None, None).expect(200);
    answer["items"].as_array().unwrap().clone()
}

fn pointers(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.refusal(), (422, "invalid_body"), "{}", answer.text);
    let errors = answer.body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

#[test]
fn a_programme_is_published_in_dated_versions_that_everybody_reads() {
    on_both(|server| {
        let town = Town::build(server);
        let first = publish(server, &town, &programme("elec")).expect(201);
        assert_eq!((&first["version"], &first["programme"]["effective_to"]), (&json!(1), &Value::Null));
        let mut next = programme("elec");
        let again = publish(server, &town, &next);
        assert_eq!(pointers(&again), ["/programme/effective_from"], "a version is never edited");
        (next["effective_from"], next["required_credit"]) = (json!("2025-09-01"), json!("22"));
        let second = publish(server, &town, &next).expect(201);
        assert_eq!(
            (&second["version"], &second["programme"]["required_credit"]),
            (&json!(2), &json!("22.00"))
        );
        let path = format!("/api/v1/programmes/{}", first["programme_id"].as_str().unwrap());
        let read = server.call(Method::GET, &path, None, None).expect(200);
        assert_eq!(
            read["programme"]["effective_to"], "2025-08-31",
            "the first version ends the day before the second"
        );
        assert_eq!(
            (&read["programme"]["courses"], &read["published_at"]),
            (&first["programme"]["courses"], &first["published_at"])
        );
        let versions = |query: &str| -> Vec<i64> {
            let items = list(server, &format!("/api/v1/programmes?{query}"));
            items.iter().map(|item| item["version"].as_i64().unwrap()).collect()
        };
        for (query, expected) in [
            ("code=elec", vec![2, 1]),
            ("code=elec&order=oldest", vec![1, 2]),
            ("in_force_on=2024-08-31", vec![]),
            ("in_force_on=2024-09-01", vec![1]),
            ("in_force_on=2025-08-31", vec![1]),
            ("in_force_on=2025-09-01", vec![2]),
            ("level=4&limit=1", vec![2]),
            ("level=5", vec![]),
            ("q=%E8%87%AA%E5%8A%A8&in_force_on=2026-01-01", vec![2]),
            ("q=AUTOMATION", vec![2, 1]),
            ("q=%25", vec![]),
            ("q=_lectrical", vec![]),
            (&format!("institution_id={}", town.other_school), vec![]),
        ] {
            assert_eq!(versions(query), expected, "{query}");
        }
        let page = server.call(Method::GET, "/api/v1/programmes?code=elec&limit=1", None, None);
        let next_page = page.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
        assert_eq!(list(server, &next_page)[0]["version"], 1);
        for query in ["level=0", "code=A", "q=", "in_force_on=yesterday"] {
            let answer = server.call(Method::GET, &format!("/api/v1/programmes?{query}"), None, None);
            assert_eq!(answer.refusal(), (400, "invalid_query"), "{query}");
        }
        let nothing = "/api/v1/programmes/00000000-0000-7000-8000-000000000009";
        assert_eq!(server.call(Method::GET, nothing, None, None).refusal(), (404, "not_found"));
    });
}

#[test]
fn a_programme_with_faults_is_refused_by_pointers() {
    on_both(|server| {
        let town = Town::build(server);
        let mut wrong = programme("elec");
        wrong["name"]["zh"] = json!(" ");
        wrong["buckets"][0]["minimum"] = json!("21");
        wrong["courses"][0]["bucket"] = json!("minor");
        assert_eq!(
            pointers(&publish(server, &town, &wrong)),
            ["/programme/name", "/programme/buckets", "/programme/courses/0/bucket"]
        );
        let mut unstorable = programme("elec");
        unstorable["courses"][0]["code"] = json!("E\u{0}1");
        assert_eq!(pointers(&publish(server, &town, &unstorable)), ["/programme/courses/0/code"]);
        let mut shapeless = programme("elec");
        shapeless["courses"][0]["credits"] = json!("much");
        let answer = publish(server, &town, &shapeless);
        assert_eq!(answer.refusal(), (400, "malformed_body"));
        assert_eq!(answer.body["errors"][0]["pointer"], "/programme/courses/0/credits");
        assert!(list(server, "/api/v1/programmes").is_empty());
    });
}

#[test]
fn a_programme_is_published_by_its_institution_only_and_once_under_a_key() {
    on_both(|server| {
        let town = Town::build(server);
        let new = json!({ "institution_id": town.school, "programme": programme("elec") });
        for token in [&town.stranger, &town.officer, &town.administrator] {
            assert_eq!(server.post("/api/v1/programmes", token, &new).refusal(), (403, "forbidden"));
        }
        let members = format!("/api/v1/institutions/{}/members", town.school);
        let reviewer = json!({ "user": user("reviewer-li"), "roles": ["reviewer"] });
        server.post(&members, &town.registrar, &reviewer).expect(201);
        let reviewer = server.log_in("reviewer-li");
        assert_eq!(server.post("/api/v1/programmes", &reviewer, &new).refusal(), (403, "forbidden"));
        let client = |scope: &str| {
            let clients = format!("/api/v1/institutions/{}/api-clients", town.school);
            let issued = server
                .post(&clients, &town.registrar, &json!({ "name": scope, "scopes": [scope] }))
                .expect(201);
            let request = server.request(Method::POST, "/oauth2/token");
            let request = request.basic_auth(issued["client"]["client_id"].as_str().unwrap(), issued["client_secret"].as_str());
            let token = Answer::of(request.form(&[("grant_type", "client_credentials")]).send().unwrap()).expect(200);
            token["access_token"].as_str().unwrap().to_owned()
        };
        let refused = server.post("/api/v1/programmes", &client("achievements:write"), &new);
        assert_eq!(refused.refusal(), (403, "scope_missing"));
        let system = client("programmes:write");
        let once = |body: &Value| {
            let request = server.request(Method::POST, "/api/v1/programmes").bearer_auth(&system);
            Answer::of(request.header("Idempotency-Key", "programme-1").json(body).send().unwrap())
        };
        let first = once(&new).expect(201);
        assert_eq!(once(&new).expect(201), first, "a repeated request is answered again");
        let mut other = new.clone();
        other["programme"]["code"] = json!("other");
        assert_eq!(once(&other).refusal(), (409, "idempotency_key_reused"));
        assert_eq!(list(server, "/api/v1/programmes").len(), 1);
        let audit = format!("/api/v1/audit?subject_id={}", first["programme_id"].as_str().unwrap());
        let audit = server.get(&audit, &town.auditor).expect(200);
        assert_eq!(audit["items"][0]["operation"], "publish_programme");
    });
}

#[test]
fn an_agreement_is_published_by_who_accepts_and_revoked_by_a_next_version() {
    on_both(|server| {
        let town = Town::build(server);
        let first = server.post("/api/v1/agreements", &town.registrar, &agreement("mutual")).expect(201);
        assert_eq!((&first["version"], &first["agreement"]["effective_to"]), (&json!(1), &Value::Null));
        let refused = server.post("/api/v1/agreements", &town.stranger, &agreement("mutual"));
        assert_eq!(refused.refusal(), (403, "forbidden"), "only who accepts");
        assert_eq!(server.post("/api/v1/agreements", &town.auditor, &agreement("other")).status, 403);
        let mut last = agreement("mutual");
        (last["effective_from"], last["effective_to"]) = (json!("2026-06-30"), json!("2026-06-30"));
        let mut elsewhere = last.clone();
        elsewhere["from"] = json!({ "party": "institution", "credit_code": OTHER_SCHOOL_CODE });
        let moved = server.post("/api/v1/agreements", &town.registrar, &elsewhere);
        assert_eq!(pointers(&moved), ["/from"], "the sides stay");
        let second = server.post("/api/v1/agreements", &town.registrar, &last).expect(201);
        assert_eq!(
            (&second["version"], &second["agreement"]["effective_to"]),
            (&json!(2), &json!("2026-06-30"))
        );
        let path = format!("/api/v1/agreements/{}", first["agreement_id"].as_str().unwrap());
        let read = server.call(Method::GET, &path, None, None).expect(200);
        assert_eq!(read["agreement"]["effective_to"], "2026-06-29");
        let bank_wide = json!({ "code": "city", "title": { "zh": "全市互认" }, "citation": "测试", "effective_from": "2024-01-01",
            "from": { "party": "institution", "credit_code": OTHER_SCHOOL_CODE }, "to": { "party": "kind", "kind": "university" } });
        assert_eq!(
            server.post("/api/v1/agreements", &town.registrar, &bank_wide).refusal(),
            (403, "forbidden")
        );
        server.post("/api/v1/agreements", &town.officer, &bank_wide).expect(201);
        for (query, expected) in [
            ("", vec!["city", "mutual", "mutual"]),
            ("code=city", vec!["city"]),
            (&format!("to={SCHOOL_CODE}"), vec!["mutual", "mutual"]),
            (&format!("from={OTHER_SCHOOL_CODE}"), vec!["city", "mutual", "mutual"]),
            (&format!("from={SCHOOL_CODE}&in_force_on=2026-06-30"), vec!["mutual"]),
            ("in_force_on=2026-07-01", vec!["city"]),
            ("from=91350100M0001TGQXM", vec![]),
        ] {
            let items = list(server, &format!("/api/v1/agreements?{query}"));
            let codes: Vec<&str> = items.iter().map(|item| item["agreement"]["code"].as_str().unwrap()).collect();
            assert_eq!(codes, expected, "{query}");
        }
    });
}

#[test]
fn an_agreement_with_faults_is_refused_by_pointers() {
    on_both(|server| {
        let town = Town::build(server);
        let refused = |edit: fn(&mut Value)| {
            let mut wrong = agreement("wrong");
            edit(&mut wrong);
            let answer = server.post("/api/v1/agreements", &town.officer, &wrong);
            pointers(&answer).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            refused(|new| new["to"]["credit_code"] = json!("91350100M0001TGQXM")),
            ["/to/credit_code"]
        );
        assert_eq!(refused(|new| new["to"]["credit_code"] = json!("9144\u{0}")), ["/to/credit_code"]);
        assert_eq!(refused(|new| new["from"] = new["to"].clone()), ["/to"]);
        assert_eq!(refused(|new| new["effective_to"] = json!("2023-12-31")), ["/effective_to"]);
        assert_eq!(refused(|new| new["citation"] = json!("a\u{0}")), ["/citation"]);
    });
}

#[test]
fn a_pathway_leads_over_programmes_that_are_there() {
    on_both(|server| {
        let town = Town::build(server);
        publish(server, &town, &programme("elec")).expect(201);
        let refused = server.post("/api/v1/pathways", &town.officer, &pathway("elec-3-2", "elec"));
        assert_eq!(pointers(&refused), ["/stages/0/programme"], "the other school has none yet");
        let own = json!({ "institution_id": town.other_school, "programme": programme("elec") });
        server.post("/api/v1/programmes", &town.stranger, &own).expect(201);
        assert_eq!(
            server
                .post("/api/v1/pathways", &town.registrar, &pathway("elec-3-2", "elec"))
                .refusal(),
            (403, "forbidden")
        );
        let mut wrong = pathway("elec-3-2", "elec");
        wrong["stages"][1]["institution"] = json!("91350100M0001TGQXM");
        assert_eq!(
            pointers(&server.post("/api/v1/pathways", &town.officer, &wrong)),
            ["/stages/1/institution"]
        );
        let half = |skills: bool, weight: &str| json!({ "name": { "zh": "部分" }, "tests_skills": skills, "weight": weight });
        wrong["stages"][0]["transition"]["admission"] = json!({ "parts": [half(true, "49"), half(false, "51")] });
        assert_eq!(
            pointers(&server.post("/api/v1/pathways", &town.officer, &wrong)),
            ["/stages/0/transition/admission/parts"]
        );
        let first = server
            .post("/api/v1/pathways", &town.officer, &pathway("elec-3-2", "elec"))
            .expect(201);
        let mut next = pathway("elec-3-2", "elec");
        assert_eq!(
            pointers(&server.post("/api/v1/pathways", &town.officer, &next)),
            ["/effective_from"]
        );
        next["effective_from"] = json!("2025-09-01");
        let second = server.post("/api/v1/pathways", &town.administrator, &next).expect(201);
        assert_eq!(second["version"], 2);
        let path = format!("/api/v1/pathways/{}", first["pathway_id"].as_str().unwrap());
        let read = server.call(Method::GET, &path, None, None).expect(200);
        assert_eq!(
            (&read["pathway"]["effective_to"], &read["pathway"]["stages"]),
            (&json!("2025-08-31"), &first["pathway"]["stages"])
        );
        assert_eq!(list(server, "/api/v1/pathways?code=elec-3-2").len(), 2);
        let in_force = list(server, "/api/v1/pathways?in_force_on=2025-08-31");
        assert_eq!((in_force.len(), &in_force[0]["version"]), (1, &json!(1)));
    });
}
