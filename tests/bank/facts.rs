//! The facts that rules judge by, read from the bank on both back ends.

use serde_json::{Value, json};
use uuid::Uuid;

use super::common::{NUMBER, World, log_in, on_both};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::facts::OutcomeFacts;
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::{DepositRequest, deposit_outcomes};
use credit_bank::ops::error::OpError;
use credit_bank::ops::expiry::expire_lots;
use credit_bank::ops::facts::{earned, facts_of, facts_of_achievement, facts_of_all, issuer_of};
use credit_bank::ops::{achievements, rules};
use credit_bank::store::{institutions, standards};

fn publish(world: &World, achievement: Value) {
    let new = serde_json::from_value(achievement).unwrap();
    let drafted = achievements::create_achievement(&world.bank, &world.registrar, None, &new).unwrap();
    achievements::publish_achievement(&world.bank, &world.registrar, drafted.achievement_id).unwrap();
}

/// A course that no rule is for, and a contest whose credit lasts three years.
fn furnish(world: &World) {
    publish(
        world,
        json!({ "institution_id": world.institution_id, "code": "mooc-1", "name_chinese": "电工基础", "name_english": "Electrical basics", "kind": "course",
            "details": { "course_code": "E101", "tags": ["mooc"] }, "valid_from": "2020-01-01" }),
    );
    publish(
        world,
        json!({ "institution_id": world.institution_id, "code": "contest", "name_chinese": "技能大赛", "kind": "contest",
            "details": { "contest_scope": "national" }, "valid_from": "2020-01-01" }),
    );
    let rule = json!({ "title": "竞赛", "citation": "测试", "selector": { "kind": "contest" }, "method": { "method": "fixed", "credit": "2.00" },
        "validity": { "years": 3, "boundary": "anniversary_included" }, "selected_by": "award_date", "effective_from": "2020-01-01" });
    let (_, administrator) = log_in(&world.bank, "admin");
    rules::publish_recognition_rule(&world.bank, &administrator, None, &serde_json::from_value(rule).unwrap()).unwrap();
}

/// Deposits for the learner with a document number; answers learner and outcome.
fn deposit(world: &World, number: &str, with: Value) -> (Uuid, Uuid) {
    let kind = if number == NUMBER { "resident_identity_card" } else { "passport" };
    let mut outcome = json!({ "institution_id": world.institution_id, "awarded_on": "2024-03-01",
        "learner": { "document_kind": kind, "document_number": number, "name": "王芳" } });
    outcome.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    let request = DepositRequest {
        context: world.registrar,
        idempotency_key: None,
        outcome: serde_json::from_value(outcome).unwrap(),
    };
    let deposited = deposit_outcomes(&world.bank, &[request]).unwrap().remove(0).unwrap();
    (deposited.learner_id, deposited.outcome_id)
}

fn read(world: &World, learner_id: Uuid) -> Vec<OutcomeFacts> {
    world
        .bank
        .store
        .read(|conn| facts_of(conn, learner_id, world.bank.day(world.registrar.now)))
        .unwrap()
}

#[test]
fn what_a_learner_has_becomes_facts() {
    on_both(|world| {
        furnish(world);
        let (learner_id, certificate) = deposit(
            world,
            NUMBER,
            json!({ "achievement_code": "occ-elec-4", "score": "86.5", "certificate_number": "S000441012345242000001",
                "trainee_group": "veteran" }),
        );
        let given = json!({ "achievement_code": "mooc-1", "score": "合格", "grade": "良好", "hours": "20", "credits": "3" });
        deposit(world, NUMBER, given);
        let result = json!({ "event": "national-2024", "place": 1, "team_position": 2 });
        deposit(
            world,
            NUMBER,
            json!({ "achievement_code": "contest", "score": "86.555", "credits": "三", "contest": result }),
        );
        // Awarded after the achievement was closed: it waits for a person, and counts for nothing until then.
        deposit(
            world,
            NUMBER,
            json!({ "achievement_code": "occ-elec-4", "awarded_on": "2026-01-01" }),
        );
        let facts = serde_json::to_value(read(world, learner_id)).unwrap();
        let issuer = json!({ "credit_code": "914403003429409755", "kind": "vocational_college" });
        assert_eq!(
            facts[0],
            json!({ "key": certificate.to_string(), "name": "电工(四级/中级工)", "achievement": "occ-elec-4", "kind": "occupational_certificate",
                "family": "occ-elec", "rank": 2, "issuer": issuer, "bank_credit": "9.00", "hours": "160.00", "score": "86.50",
                "awarded_on": "2024-03-01", "verification": "verified", "trainee_group": "veteran" })
        );
        assert_eq!(
            (
                &facts[1]["tags"],
                &facts[1]["bank_credit"],
                &facts[1]["original_credit"],
                &facts[1]["hours"]
            ),
            (&json!(["mooc"]), &json!("0.00"), &json!("3.00"), &json!("20.00"))
        );
        assert_eq!((&facts[1]["grade"], &facts[1]["score"]), (&json!("良好"), &Value::Null));
        assert_eq!(
            (&facts[1]["name"], &facts[1]["name_english"], &facts[2]["name_english"]),
            (&json!("电工基础"), &json!("Electrical basics"), &Value::Null)
        );
        assert_eq!(
            (&facts[2]["contest"], &facts[2]["contest_scope"], &facts[2]["usable_until"]),
            (&result, &json!("national"), &json!("2027-03-01"))
        );
        assert_eq!((&facts[2]["score"], &facts[2]["original_credit"]), (&Value::Null, &Value::Null));
        assert_eq!(facts.as_array().unwrap().len(), 3);

        // The contest's credit is over on 2027-03-01, at the end of the day, whether the night's job was there or not: then
        // nothing of it can be converted, and it is earned all the same.
        let store = &world.bank.store;
        let left = |day: &str| store.read(|conn| facts_of(conn, learner_id, day.parse().unwrap())).unwrap().len();
        assert_eq!((left("2027-03-01"), left("2027-03-02")), (3, 2));
        let night = Context::of(Caller::Bank, "2027-03-02T18:00:00Z".parse().unwrap());
        assert_eq!(expire_lots(&world.bank, &night).unwrap(), 1);
        assert_eq!(read(world, learner_id).len(), 2);
        assert_eq!(store.read(|conn| earned(conn, learner_id)).unwrap().len(), 3);
    });
}

#[test]
fn the_facts_of_all_learners_come_in_pages() {
    on_both(|world| {
        furnish(world);
        let mut learners: Vec<Uuid> = (1..=5)
            .map(|number| deposit(world, &format!("E1234567{number}"), json!({ "achievement_code": "contest" })).0)
            .collect();
        learners.sort_unstable();
        deposit(world, "E12345671", json!({ "achievement_code": "mooc-1" }));
        let mut seen = Vec::new();
        loop {
            let after = seen.last().map(|(learner_id, _)| *learner_id);
            let page = world.bank.store.read(|conn| facts_of_all(conn, after, 2)).unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= 2);
            seen.extend(page);
        }
        assert_eq!(seen.iter().map(|(learner_id, _)| *learner_id).collect::<Vec<_>>(), learners);
        assert_eq!(seen.iter().map(|(_, facts)| facts.len()).sum::<usize>(), 6);
        for (learner_id, facts) in seen {
            assert_eq!(facts, read(world, learner_id), "a page says of a learner what is said of one");
        }
    });
}

#[test]
fn an_award_can_be_imagined() {
    on_both(|world| {
        furnish(world);
        let today = "2026-11-24".parse().unwrap();
        let imagined = |code: &str| -> OutcomeFacts {
            let imagined = world.bank.store.read(|conn| {
                let row = standards::achievements_by_code(conn, &[code.to_owned()])?.remove(0);
                let issuer = issuer_of(&institutions::find(conn, row.institution_id.0)?.unwrap())?;
                let rules = standards::rules(conn)?;
                facts_of_achievement(&row, issuer, &rules, today, None, today)
            });
            imagined.map_err(|error: OpError| error.to_string()).unwrap().0
        };
        let contest = imagined("contest");
        assert_eq!(contest.bank_credit.to_string(), "2.00");
        assert_eq!(
            (contest.awarded_on, contest.usable_until),
            (today, Some("2029-11-24".parse().unwrap()))
        );
        let course = imagined("mooc-1");
        assert_eq!(
            (course.bank_credit.to_string().as_str(), course.tags),
            ("0.00", vec!["mooc".to_owned()])
        );
    });
}
