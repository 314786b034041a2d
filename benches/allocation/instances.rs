//! Invented questions of a real one's size and shape: certificates of families and ranks, courses with tags and buckets,
//! clauses that overlap, and limits of every scope.

use chrono::NaiveDate;
use credit_bank::domain::achievement::AchievementKind;
use credit_bank::domain::allocation::{Effort, PackVersion, Question};
use credit_bank::domain::bilingual::Bilingual;
use credit_bank::domain::facts::{Issuer, OutcomeFacts, Verification};
use credit_bank::domain::institution::InstitutionKind;
use credit_bank::domain::pack::RulePack;
use credit_bank::domain::programme::{Bucket, Course, Programme};
use fastrand::Rng;
use serde_json::{Value, json};

const BUCKETS: [&str; 4] = ["general", "major", "practice", "elective"];
const TAGS: [&str; 5] = ["foundation", "core", "elective", "practicum", "digital"];
const FAMILIES: usize = 12;

fn text(zh: String) -> Bilingual {
    Bilingual { zh, en: None }
}

fn halves(random: &mut Rng, least: i64, most: i64) -> String {
    let halves = random.i64(least * 2..=most * 2);
    format!("{}.{}", halves / 2, if halves % 2 == 0 { "0" } else { "5" })
}

fn day(random: &mut Rng) -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + chrono::Days::new(random.u64(0..1700))
}

fn outcome(random: &mut Rng, number: usize) -> OutcomeFacts {
    let family = random.usize(0..FAMILIES);
    let kinds = [
        AchievementKind::OccupationalCertificate,
        AchievementKind::SkillCertificate,
        AchievementKind::Course,
        AchievementKind::Training,
    ];
    OutcomeFacts {
        key: format!("outcome-{number:02}"),
        name: format!("成果{number}"),
        name_english: None,
        achievement: format!("a-{family}-{number}"),
        kind: kinds[random.usize(0..kinds.len())],
        family: Some(format!("family-{family}")),
        rank: Some(random.i16(1..=3)),
        level: Some(random.i16(2..=5)),
        education_level: None,
        tags: vec![TAGS[random.usize(0..TAGS.len())].to_owned()],
        issuer: Issuer {
            credit_code: format!("9144030034294097{:02}", random.u8(0..8)),
            kind: InstitutionKind::AssessmentBody,
        },
        bank_credit: halves(random, 1, 9).parse().unwrap(),
        original_credit: None,
        hours: Some(format!("{}", random.i64(16..=200)).parse().unwrap()),
        score: Some(format!("{}", random.i64(60..=100)).parse().unwrap()),
        grade: None,
        awarded_on: day(random),
        usable_until: None,
        contest_scope: None,
        contest: None,
        verification: Verification::Verified,
        trainee_group: None,
    }
}

fn programme(random: &mut Rng, courses: usize) -> Programme {
    let courses = (0..courses).map(|number| Course {
        code: format!("C{number:02}"),
        name: text(format!("课程{number}")),
        credits: halves(random, 1, 5).parse().unwrap(),
        tags: vec![TAGS[random.usize(0..TAGS.len())].to_owned()],
        required: random.bool(),
        bucket: BUCKETS[random.usize(0..BUCKETS.len())].to_owned(),
    });
    Programme {
        code: "programme".to_owned(),
        name: text("专业".to_owned()),
        level: Some(4),
        required_credit: "140".parse().unwrap(),
        residency_minimum: Some("40".parse().unwrap()),
        courses: courses.collect(),
        buckets: BUCKETS
            .iter()
            .map(|code| Bucket {
                code: (*code).to_owned(),
                name: text((*code).to_owned()),
                minimum: "30".parse().unwrap(),
            })
            .collect(),
        limits: Vec::new(),
        effective_from: NaiveDate::from_ymd_opt(2020, 1, 1).unwrap(),
        effective_to: None,
    }
}

/// What a family's certificates are good for: a few courses of the profession, by their codes.
fn family_clause(random: &mut Rng, family: usize, courses: usize) -> Value {
    let codes: Vec<String> = (0..random.usize(3..=7))
        .map(|_| format!("C{:02}", random.usize(0..courses)))
        .collect();
    json!({ "id": format!("family-{family}"), "citation": "第六条",
        "outcomes": { "families": [format!("family-{family}")], "kinds": ["occupational_certificate", "skill_certificate"] },
        "to": [{ "to": "courses", "select": { "codes": codes } }],
        "value": { "of": { "base": "bank_credit" } },
        "targets": if random.u8(0..4) == 0 { "one" } else { "many" }, "remainder": "forfeited", "coverage": "whole_by_one" })
}

/// What a kind of outcome is good for, whatever its subject.
fn kind_clause(random: &mut Rng, kind: &str) -> Value {
    let value = match random.usize(0..3) {
        0 => json!({ "of": { "base": "bank_credit" } }),
        1 => json!({ "of": { "base": "hours", "per_credit": "16" }, "step": "0.5", "cap": "8" }),
        _ => json!({ "of": { "base": "fixed", "credit": halves(random, 2, 4) } }),
    };
    let coverage = ["whole_by_one", "whole_by_one", "part", "whole_together"][random.usize(0..4)];
    json!({ "id": format!("kind-{kind}"), "citation": "第七条",
        "outcomes": { "kinds": [kind.replace('-', "_")], "minimum_score": "70" },
        "to": [{ "to": "courses", "select": { "tags_any": [TAGS[random.usize(0..5)]], "buckets": [BUCKETS[random.usize(0..4)], BUCKETS[random.usize(0..4)]] } },
               { "to": "free_credit", "bucket": "elective", "up_to": "6" }],
        "value": value, "targets": if random.bool() { "one" } else { "many" }, "remainder": "kept", "coverage": coverage })
}

/// How the limits' amounts are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tightness {
    /// Like those of published rules: half of the programme in all, a quarter by one kind, 24 a term.
    Published,
    /// So narrow that most of them bind at once.
    Narrow,
}

fn limit(random: &mut Rng, number: usize, tightness: Tightness) -> Value {
    let mut limit = json!({ "id": format!("limit-{number}"), "citation": "第八条", "per": "programme" });
    let mut credit = |narrow: (i64, i64), published: (i64, i64)| {
        let (least, most) = if tightness == Tightness::Narrow { narrow } else { published };
        json!({ "measure": "credit", "credit": halves(random, least, most) })
    };
    let share = |percent: i64| json!({ "measure": "share", "percent": percent.to_string(), "of": "required_credit" });
    if number == 0 {
        limit["at_most"] = share(50);
        return limit;
    }
    match number % 8 {
        0 => {
            limit["outcomes"] = json!({ "tags_any": [TAGS[random.usize(0..5)]] });
            limit["at_most"] = share(if tightness == Tightness::Narrow {
                random.i64(5..=30)
            } else {
                random.i64(15..=35)
            });
        }
        1 => {
            limit["at_most"] = credit((6, 25), (12, 30));
            limit["courses"] = json!({ "buckets": [BUCKETS[random.usize(0..4)]] });
        }
        2 => {
            limit["at_most"] = credit((4, 12), (8, 16));
            limit["per"] = json!("family");
            limit["outcomes"] =
                json!({ "families": [format!("family-{}", random.usize(0..FAMILIES)), format!("family-{}", random.usize(0..FAMILIES))] });
        }
        3 => {
            limit["at_most"] = credit((8, 25), (15, 40));
            limit["per"] = json!("issuer");
        }
        4 => {
            limit["per"] = json!("course");
            limit["courses"] = json!({ "tags_any": [TAGS[random.usize(0..5)]] });
            limit["at_most"] = json!({ "measure": "count", "count": 1, "of": "outcomes" });
        }
        5 => {
            limit["at_most"] = credit((3, 8), (6, 10));
            limit["per"] = json!("outcome");
            limit["outcomes"] = json!({ "levels": { "most": 3 } });
        }
        6 => {
            let most = if tightness == Tightness::Narrow {
                random.i64(3..=12)
            } else {
                random.i64(5..=15)
            };
            limit["outcomes"] = json!({ "kinds": ["training"] });
            limit["at_most"] = json!({ "measure": "count", "count": most, "of": "courses" });
        }
        _ => {
            limit["at_most"] = credit((8, 24), (18, 30));
            limit["per"] = json!("period");
            limit["calendar"] = json!("semesters");
        }
    }
    limit
}

/// A question with so many outcomes, courses and limits, the same for the same seed.
pub(crate) fn question(seed: u64, size: (usize, usize, usize), tightness: Tightness) -> Question {
    let (outcomes, courses, limits) = size;
    let mut random = Rng::with_seed(seed);
    let programme = programme(&mut random, courses);
    let mut clauses: Vec<Value> = (0..FAMILIES).map(|family| family_clause(&mut random, family, courses)).collect();
    clauses.extend(["course", "training", "skill-certificate"].map(|kind| kind_clause(&mut random, kind)));
    let limits: Vec<Value> = (0..limits).map(|number| limit(&mut random, number, tightness)).collect();
    let pack: RulePack = serde_json::from_value(json!({
        "code": "bench", "title": { "zh": "测试" }, "legal_basis": ["测试"], "effective_from": "2019-01-01", "selected_by": "decision_date",
        "definitions": { "calendars": [{ "code": "semesters", "periods": [
            { "code": "spring", "first_day": "03-01", "last_day": "08-31" }, { "code": "autumn", "first_day": "09-01", "last_day": "02-28" }] }] },
        "clauses": clauses, "limits": limits,
        "highest_only": [{ "id": "highest", "citation": "第五条", "outcomes": { "kinds": ["occupational_certificate"] }, "within": "family", "by": "value" }],
    }))
    .unwrap();
    Question {
        institution: Issuer {
            credit_code: "914403006990676707".to_owned(),
            kind: InstitutionKind::VocationalCollege,
        },
        programme,
        versions: vec![PackVersion { version: 1, pack }],
        above: Vec::new(),
        agreements: Vec::new(),
        outcomes: (0..outcomes).map(|number| outcome(&mut random, number)).collect(),
        decided_on: NaiveDate::from_ymd_opt(2024, 9, 1).unwrap(),
        earlier: Vec::new(),
        enrolled_on: None,
        pins: Vec::new(),
        left_out: Vec::new(),
        effort: Effort::default(),
    }
}
