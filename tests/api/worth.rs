//! What is it worth there, and why: asked by anybody, by a learner of the own record, and kept so that it replays.

use serde_json::{Value, json};

use super::packs::{document, put_in_force, today, without_notice};
use super::server::{Answer, Server};
use super::town::{OTHER_SCHOOL_CODE, Town, pathway};

/// A programme of the school in which certificates cover the core course, and a training of the catalogue would cover another.
fn programme(code: &str) -> Value {
    let course = |code: &str, credits: &str, tag: &str, bucket: &str| json!({ "code": code, "name": { "zh": format!("课程{code}") }, "credits": credits, "tags": [tag], "required": true, "bucket": bucket });
    json!({ "code": code, "name": { "zh": "电气自动化技术", "en": "Electrical automation" }, "level": 4, "required_credit": "20",
        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "8" }, { "code": "practice", "name": { "zh": "实践课" }, "minimum": "4" }],
        "courses": [course("E101", "3.5", "core", "major"), course("E102", "4.5", "core", "major"), course("P101", "2", "practicum", "practice")],
        "effective_from": "2024-09-01" })
}

/// The pack's document with a clause for trainings.
fn with_training(mut document: Value) -> Value {
    document["clauses"].as_array_mut().unwrap().push(json!({
        "id": "training", "citation": "第七条", "outcomes": { "kinds": ["training"] },
        "to": [{ "to": "courses", "select": { "tags_any": ["practicum"] } }], "value": { "of": { "base": "hours", "per_credit": "16" } },
        "targets": "one", "remainder": "kept", "coverage": "whole_by_one",
    }));
    document["clauses"][0]["targets"] = json!("many");
    document["limits"] = json!([{ "id": "half", "citation": "第八条", "per": "programme",
        "at_most": { "measure": "share", "percent": "50", "of": "required_credit" } }]);
    document
}

/// A town with a programme, its pack in force, and a learner with a certificate of nine credits.
struct Site {
    town: Town,
    programme: String,
    learner: String,
    outcome: String,
}

fn site(server: &Server) -> Site {
    let town = Town::build(server);
    let new = json!({ "institution_id": town.school, "programme": programme("elec-2024") });
    let programme = server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    put_in_force(server, &town, &with_training(document(&today())));
    let training = json!({ "institution_id": town.school, "code": "tr-weld", "name_chinese": "焊接技能提升培训", "kind": "training",
        "hours": "64", "valid_from": "2020-01-01" });
    let draft = server.post("/api/v1/achievements", &town.registrar, &training).expect(201);
    let publish = format!("/api/v1/achievements/{}/publish", draft["achievement_id"].as_str().unwrap());
    server.post(&publish, &town.registrar, &json!({})).expect(200);
    let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
    let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
    Site {
        programme: programme["programme_id"].as_str().unwrap().to_owned(),
        outcome: deposited["outcome_id"].as_str().unwrap().to_owned(),
        learner,
        town,
    }
}

fn certificate(key: &str, credit: &str) -> Value {
    json!({ "key": key, "name": "电工(三级/高级工)", "achievement": "occ-elec-3", "kind": "occupational_certificate",
        "issuer": { "credit_code": OTHER_SCHOOL_CODE, "kind": "assessment_body" }, "bank_credit": credit, "awarded_on": "2024-05-10" })
}

#[test]
fn anybody_asks_what_invented_outcomes_are_worth() {
    without_notice(|server| {
        let site = site(server);
        let ask = |body: &Value| server.submit("/api/v1/worth", body);
        let two = json!({ "programme_ids": [site.programme], "outcomes": [certificate("large", "9.00"), certificate("small", "4.00")], "alternatives": 3 });
        let answer = ask(&two).expect(200);
        let worth = &answer["items"][0];
        assert_eq!(worth["institution_name"], "registrar 学校");
        assert_eq!(worth["judged_by"]["code"], "certificates");
        let allocation = &worth["allocation"];
        // Large alone covers both core courses; small could cover one of them, and stays unused where it need not.
        assert_eq!(
            (&allocation["recognised"], &allocation["proof"]),
            (&json!("8.00"), &json!("optimal"))
        );
        assert_eq!(worth["missing"], "12.00");
        assert_eq!(allocation["verdicts"][1]["reasons"][0]["code"], "targets_taken");
        assert_eq!(
            worth["said"][0]["sentences"][0],
            "3.50 credits go to the course 课程E101 (E101), by 第六条."
        );
        assert_eq!(worth["said"][0]["name"], "电工(三级/高级工)");
        let chinese = reqwest::blocking::Client::new()
            .post(format!("{}/api/v1/worth", server.base))
            .header("Accept-Language", "zh-CN");
        let chinese = Answer::of(chinese.json(&two).send().unwrap()).expect(200);
        let said = &chinese["items"][0]["said"];
        assert_eq!(said[0]["sentences"][0], "3.50 学分用于课程《课程E101》（E101），依据第六条。");
        assert_eq!(said[1]["sentences"][0], "3.50 学分未用：可用的课程已由其他成果覆盖。");
        let equal = worth["alternatives"].as_array().unwrap();
        assert_eq!(equal.len(), 1, "small for E101 and large for E102 is the other way: {answer}");
        assert!(
            equal
                .iter()
                .all(|other| other["recognised"] == "8.00" && other["awards"] != allocation["awards"])
        );

        let everywhere = json!({ "outcomes": [certificate("large", "9.00")] });
        assert_eq!(ask(&everywhere).expect(200)["items"].as_array().unwrap().len(), 1);
        let pinned = json!({ "programme_ids": [site.programme], "outcomes": [certificate("large", "9.00")], "pins": [{ "outcome": "large", "course": "P101" }] });
        assert_eq!(ask(&pinned).refusal(), (422, "wishes_impossible"));
        let unknown = json!({ "programme_ids": [site.programme], "outcomes": [certificate("large", "9.00")], "left_out": ["nobody"] });
        assert_eq!(ask(&unknown).refusal(), (422, "wish_unknown"));
        let elsewhere = json!({ "programme_ids": [site.programme], "outcomes": [certificate("large", "9.00")], "pins": [{ "outcome": "large", "course": "X999" }] });
        let elsewhere = ask(&elsewhere);
        assert_eq!(
            (elsewhere.refusal(), &elsewhere.body["errors"][0]),
            (
                (422, "wish_course_unknown"),
                &json!({ "pointer": "/pins/0/course", "detail": "This programme has no course X999." })
            )
        );
        let twice = json!({ "outcomes": [certificate("one", "9.00"), certificate("one", "4.00")] });
        assert_eq!(ask(&twice).refusal(), (422, "invalid_body"));
        let empty = ask(&json!({ "outcomes": [certificate("large", "9.00")], "pins": [{ "outcome": "" }] }));
        assert_eq!(
            (empty.refusal(), &empty.body["errors"][0]["pointer"]),
            ((422, "invalid_body"), &json!("/pins/0/outcome"))
        );
        let none = ask(&json!({ "outcomes": [] }));
        assert_eq!(none.body["errors"][0]["pointer"], "/outcomes");
        let many = json!({ "outcomes": [certificate("large", "9.00")], "pins": [{ "outcome": "large", "course": "E101" }], "programme_ids": [site.programme, site.outcome] });
        assert_eq!(ask(&many).refusal(), (422, "wish_needs_programme"));
        let some = json!({ "outcomes": [certificate("large", "9.00")], "programme_ids": [site.programme, site.outcome] });
        let some = ask(&some).expect(200);
        assert_eq!(
            (&some["items"][0]["allocation"]["recognised"], &some["not_answered"]),
            (
                &json!("8.00"),
                &json!([{ "programme_id": site.outcome, "code": "not_found", "detail": "Not found, or not for you to know." }])
            ),
        );
        let nowhere = json!({ "programme_ids": [site.outcome], "outcomes": [certificate("large", "9.00")] });
        assert_eq!(ask(&nowhere).refusal(), (404, "not_found"));
    });
}

#[test]
fn a_learner_reads_worth_audit_additions_and_the_shortest_way() {
    without_notice(|server| {
        let site = site(server);
        let get = |path: &str| server.get(path, &site.learner);
        let worth = get(&format!("/api/v1/me/worth?programme={}", site.programme)).expect(200);
        assert_eq!(worth["items"][0]["allocation"]["recognised"], "8.00", "{worth}");
        let verdict = &worth["items"][0]["allocation"]["verdicts"][0];
        assert_eq!(verdict["outcome"], site.outcome);
        assert_eq!(verdict["reasons"][0]["code"], "remainder_forfeited");
        let left_out = get(&format!("/api/v1/me/worth?programme={}&leave_out={}", site.programme, site.outcome)).expect(200);
        assert_eq!(left_out["items"][0]["allocation"]["recognised"], "0.00");
        assert_eq!(
            (&left_out["items"][0]["cost_of_wishes"], &worth["items"][0]["cost_of_wishes"]),
            (&json!("8.00"), &Value::Null)
        );
        let pinned = get(&format!("/api/v1/me/worth?programme={}&pin={}:E102", site.programme, site.outcome)).expect(200);
        assert_eq!(pinned["items"][0]["allocation"]["recognised"], "8.00");
        let everywhere = get("/api/v1/me/worth").expect(200);
        assert_eq!(
            (everywhere["items"].as_array().unwrap().len(), &everywhere["more_programmes"]),
            (1, &json!(false))
        );
        let long = get(&format!(
            "/api/v1/me/worth?programme={}&pin={}:{}",
            site.programme,
            site.outcome,
            "x".repeat(41)
        ));
        assert_eq!(long.refusal(), (422, "wish_unknown"));
        assert_eq!(
            get("/api/v1/me/worth?alternatives=3").expect(200)["items"][0]["alternatives"],
            json!([])
        );

        let dated = get(&format!("/api/v1/me/audit?programme={}&enrolled_on=2024-09-01", site.programme)).expect(200);
        let audit = get(&format!("/api/v1/me/audit?programme={}", site.programme)).expect(200);
        assert_eq!(dated, audit, "no rule of this pack asks for the enrolment");
        assert_eq!(
            (&audit["has"], &audit["missing"], &audit["complete"]),
            (&json!("8.00"), &json!("12.00"), &json!(false))
        );
        let practice = &audit["buckets"][1];
        assert_eq!(
            (&practice["missing"], &practice["missing_courses"]),
            (&json!("4.00"), &json!(["P101"]))
        );
        assert_eq!(practice["could_fill"][0]["achievement"], "tr-weld", "{audit}");
        assert_eq!(audit["buckets"][0]["could_fill"], json!([]));

        let additions = get(&format!("/api/v1/me/additions?programme={}", site.programme)).expect(200);
        let first = &additions["items"][0];
        assert_eq!(
            (&first["achievement"], &first["gain"], &first["gain_per_100_hours"]),
            (&json!("tr-weld"), &json!("2.00"), &json!("3.12"))
        );
        assert_eq!(additions["items"].as_array().unwrap().len(), 1, "{additions}");
        let way = get(&format!("/api/v1/me/shortest-way?programme={}", site.programme)).expect(200);
        assert_eq!(
            (&way["way"]["recognised"], &way["way"]["hours"]),
            (&json!("10.00"), &json!("64.00")),
            "{way}"
        );
        assert_eq!(way["way"]["steps"][0]["achievement"], "tr-weld");

        let other = json!({ "institution_id": site.town.other_school, "programme": programme("elec-2024") });
        server.post("/api/v1/programmes", &site.town.stranger, &other).expect(201);
        server
            .post("/api/v1/pathways", &site.town.officer, &pathway("elec-3-2", "elec-2024"))
            .expect(201);
        let pathways = get("/api/v1/me/pathways").expect(200);
        let stage = &pathways["items"][0]["stages"][0];
        assert_eq!(
            (&stage["outcomes_met"], &stage["outcomes"][0]["met_by"]),
            (&json!(true), &json!(site.outcome))
        );
    });
}

#[test]
fn a_kept_answer_replays_byte_for_byte_after_a_restart_and_new_rules() {
    without_notice(|server| {
        let site = site(server);
        let keep = json!({ "programme_id": site.programme });
        let kept = server.post("/api/v1/me/worths", &site.learner, &keep).expect(201);
        assert_eq!(kept["recognised"], "8.00");
        let path = format!("/api/v1/me/worths/{}", kept["worth_id"].as_str().unwrap());
        assert_eq!(server.get(&path, &site.learner).expect(200), kept);
        let mut listed = kept.clone();
        listed.as_object_mut().unwrap().remove("allocation");
        assert_eq!(server.get("/api/v1/me/worths", &site.learner).expect(200)["items"], json!([listed]));
        assert_eq!(server.get(&path, &site.town.registrar).refusal(), (404, "not_found"));
        server.restart();
        let learner = server.log_in("wangfang");
        let replay = server.post(&format!("{path}/replay"), &learner, &json!({})).expect(200);
        assert_eq!(
            (&replay["equal"], &replay["recomputed"]),
            (&json!(true), &json!("8.00")),
            "{replay}"
        );
        assert_eq!(replay["kept_digest"], replay["recomputed_digest"]);
    });
}
