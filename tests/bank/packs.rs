//! The life of rule packs on both back ends, over weeks: the calendar is in the context, so no test waits for it.

use chrono::{DateTime, NaiveDate, Utc};
use credit_bank::domain::list::ListPlace;
use credit_bank::domain::pack::catalogue::PackFilter;
use credit_bank::domain::pack::life::{FilingDecision, PackStatus};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::context::Context;
use credit_bank::ops::error::OpError;
use credit_bank::ops::packs::form::{NewRulePack, Pack, PackEdit};
use credit_bank::ops::packs::{self, filing, in_force, reading};
use credit_bank::ops::users;
use serde_json::{Value, json};
use uuid::Uuid;

use super::common::{PASSWORD, World, log_in, on_both};

const OWNER: &str = "914403003429409755";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The same caller at noon of another day.
pub(crate) fn on(context: Context, date: &str) -> Context {
    let now: DateTime<Utc> = format!("{date}T04:00:00Z").parse().unwrap();
    Context {
        now,
        request_id: Uuid::now_v7(),
        ..context
    }
}

pub(crate) fn document(code: &str, from: &str) -> Value {
    json!({
        "code": code, "title": { "zh": "证书转换办法", "en": "Certificates" }, "owner": OWNER, "legal_basis": ["国发〔2019〕4号"],
        "effective_from": from, "selected_by": "decision_date",
        "clauses": [{
            "id": "certificates", "citation": "第六条", "outcomes": { "kinds": ["occupational_certificate"] },
            "to": [{ "to": "courses", "select": { "tags_any": ["core"] } }], "value": { "of": { "base": "bank_credit" } },
            "targets": "one", "remainder": "forfeited", "coverage": "whole_by_one",
        }],
    })
}

/// A case that the document passes.
pub(crate) fn case() -> Value {
    json!({
        "name": "高级工", "decided_on": "3000-01-01",
        "programme": { "code": "elec-2024", "name": { "zh": "电气自动化技术" }, "required_credit": "20",
            "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "0" }],
            "courses": [{ "code": "E101", "name": { "zh": "电工基础" }, "credits": "3.5", "tags": ["core"], "required": true, "bucket": "major" }],
            "effective_from": "2024-09-01" },
        "outcomes": [{ "key": "certificate", "name": "电工(三级/高级工)", "achievement": "occ-elec-3", "kind": "occupational_certificate",
            "issuer": { "credit_code": "91310000607378133K", "kind": "assessment_body" }, "bank_credit": "9.00", "awarded_on": "2024-05-10" }],
        "expected": { "recognised": "3.5" },
    })
}

pub(crate) struct People {
    pub(crate) registrar: Context,
    pub(crate) officer: Context,
}

pub(crate) fn people(world: &World) -> People {
    let (_, administrator) = log_in(&world.bank, "admin");
    let officer = json!({ "user": { "username": "officer", "display_name": "officer", "password": PASSWORD }, "bank_role": "officer" });
    users::create_user(&world.bank, &administrator, None, &serde_json::from_value(officer).unwrap()).unwrap();
    People {
        registrar: world.registrar,
        officer: log_in(&world.bank, "officer").1,
    }
}

pub(crate) fn draft(world: &World, context: &Context, document: &Value, cases: &[Value]) -> Result<Pack, OpError> {
    let new = json!({ "institution_id": world.institution_id, "document": document, "cases": cases });
    let new: NewRulePack = serde_json::from_value(new).unwrap();
    packs::create_rule_pack(&world.bank, context, None, &new)
}

pub(crate) fn accept(world: &World, people: &People, pack: &Pack, date: &str) -> Result<Pack, OpError> {
    let filed = filing::file_rule_pack(&world.bank, &on(people.registrar, date), None, pack.pack_id)?;
    let officer = on(people.officer, date);
    filing::decide_filing(
        &world.bank,
        &officer,
        None,
        pack.pack_id,
        filed.edition,
        FilingDecision::Accept,
        "符合要求",
    )
}

fn status(world: &World, people: &People, pack: &Pack, date: &str) -> PackStatus {
    reading::read_rule_pack(&world.bank, &on(people.registrar, date), pack.pack_id)
        .unwrap()
        .status
}

#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, OpError>) -> Rejection {
    match answer {
        Err(OpError::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_calendar_brings_versions_into_force_and_ends_them() {
    on_both(|world| {
        let people = people(world);
        let today = on(people.registrar, "2026-11-24");
        let first = draft(world, &today, &document("certificates", "2026-11-29"), &[case()]).unwrap();
        assert_eq!((first.status, first.version), (PackStatus::Draft, 1));
        assert_eq!(
            refused(accept(world, &people, &first, "2026-11-24")),
            Rejection::NoticeTooShort {
                effective_from: day("2026-11-29"),
                first_day: day("2026-11-30")
            }
        );
        let officer = on(people.officer, "2026-11-24");
        let returned = filing::decide_filing(&world.bank, &officer, None, first.pack_id, 2, FilingDecision::Return, "公示期不足").unwrap();
        assert_eq!(returned.status, PackStatus::Returned);
        let edit = json!({ "document": document("certificates", "2026-11-30"), "cases": [case()] });
        let edit: PackEdit = serde_json::from_value(edit).unwrap();
        let edited = packs::edit_rule_pack(&world.bank, &today, first.pack_id, returned.edition, &edit).unwrap();
        let accepted = accept(world, &people, &edited, "2026-11-24").unwrap();
        assert_eq!(
            (accepted.status, accepted.notice_until),
            (PackStatus::OnNotice, Some(day("2026-11-29")))
        );
        // Nobody does anything, and it comes into force.
        assert_eq!(status(world, &people, &first, "2026-11-29"), PackStatus::OnNotice);
        assert_eq!(status(world, &people, &first, "2026-11-30"), PackStatus::InForce);
        let later = on(people.registrar, "2026-12-01");
        assert_eq!(
            refused(filing::withdraw_rule_pack(&world.bank, &later, None, first.pack_id)),
            Rejection::WrongState {
                state: "in_force".to_owned()
            }
        );
        // The next version ends it; given up in time, it does not.
        let second = draft(world, &later, &document("certificates", "2027-01-01"), &[case()]).unwrap();
        assert_eq!(second.version, 2);
        assert_eq!(
            refused(draft(world, &later, &document("certificates", "2027-01-01"), &[])),
            Rejection::PackVersionOpen {
                version: 2,
                state: "draft".to_owned()
            }
        );
        accept(world, &people, &second, "2026-12-01").unwrap();
        assert_eq!(status(world, &people, &first, "2026-12-31"), PackStatus::InForce);
        assert_eq!(status(world, &people, &first, "2027-01-01"), PackStatus::Superseded);
        filing::withdraw_rule_pack(&world.bank, &on(people.registrar, "2026-12-31"), None, second.pack_id).unwrap();
        assert_eq!(status(world, &people, &first, "2027-01-01"), PackStatus::InForce);
        let third = draft(world, &later, &document("certificates", "2026-11-30"), &[case()]).unwrap();
        assert_eq!(third.version, 3);
        assert_eq!(
            refused(filing::file_rule_pack(&world.bank, &later, None, third.pack_id)),
            Rejection::RuleVersionOutOfOrder {
                effective_from: day("2026-11-30")
            }
        );
    });
}

#[test]
fn the_solver_gets_every_version_that_began_and_the_standards_above() {
    on_both(|world| {
        let people = people(world);
        let (_, administrator) = log_in(&world.bank, "admin");
        let mut standard = document("bank-standard", "2026-12-01");
        standard.as_object_mut().unwrap().remove("owner");
        let new = json!({ "document": standard, "cases": [case()] });
        let new: NewRulePack = serde_json::from_value(new).unwrap();
        let standard = packs::create_rule_pack(&world.bank, &on(administrator, "2026-11-24"), None, &new).unwrap();
        filing::file_rule_pack(&world.bank, &on(administrator, "2026-11-24"), None, standard.pack_id).unwrap();
        let officer = on(people.officer, "2026-11-24");
        filing::decide_filing(&world.bank, &officer, None, standard.pack_id, 2, FilingDecision::Accept, "公布").unwrap();
        let registrar = on(people.registrar, "2026-11-24");
        for from in ["2026-12-01", "2027-01-01"] {
            let version = draft(world, &registrar, &document("for-all", from), &[case()]).unwrap();
            accept(world, &people, &version, "2026-11-24").unwrap();
        }
        let rival = draft(world, &registrar, &document("also-for-all", "2027-03-01"), &[case()]).unwrap();
        assert_eq!(
            refused(filing::file_rule_pack(&world.bank, &registrar, None, rival.pack_id)),
            Rejection::PackOverlaps {
                code: "for-all".to_owned()
            }
        );
        // One that names the programme goes first while it is in force, and no longer.
        let mut own = document("only-elec", "2027-02-01");
        own["programmes"] = json!(["elec-2024"]);
        own["effective_to"] = json!("2027-03-31");
        let mut in_time = case();
        in_time["decided_on"] = json!("2027-03-01");
        let own = draft(world, &registrar, &own, &[in_time]).unwrap();
        accept(world, &people, &own, "2026-11-24").unwrap();
        let found = |date: &str| {
            let (versions, above) = world
                .bank
                .store
                .read(|conn| in_force::packs_for(conn, world.institution_id, "elec-2024", day(date)))
                .unwrap();
            let versions: Vec<(String, i64, Option<NaiveDate>)> = versions
                .iter()
                .map(|version| (version.pack.code.clone(), version.version, version.pack.effective_to))
                .collect();
            let above: Vec<String> = above.iter().map(|version| version.pack.code.clone()).collect();
            (versions, above)
        };
        let first = ("for-all".to_owned(), 1, Some(day("2026-12-31")));
        let second = ("for-all".to_owned(), 2, None);
        assert_eq!(found("2026-11-30"), (Vec::new(), Vec::new()));
        assert_eq!(found("2026-12-01"), (vec![first.clone()], vec!["bank-standard".to_owned()]));
        let own = ("only-elec".to_owned(), 1, Some(day("2027-03-31")));
        assert_eq!(found("2027-03-31"), (vec![own], vec!["bank-standard".to_owned()]));
        assert_eq!(found("2027-04-01"), (vec![first, second], vec!["bank-standard".to_owned()]));
    });
}

#[test]
fn the_catalogue_is_searched_by_text_status_and_day() {
    on_both(|world| {
        let people = people(world);
        let registrar = on(people.registrar, "2026-11-24");
        let mut other = document("contests_100%", "2026-12-01");
        other["code"] = json!("contests");
        (other["title"], other["programmes"]) = (json!({ "zh": "竞赛_100% 办法" }), json!(["elec-2024"]));
        let certificates = draft(world, &registrar, &document("certificates", "2026-12-01"), &[case()]).unwrap();
        let contests = draft(world, &registrar, &other, &[]).unwrap();
        accept(world, &people, &certificates, "2026-11-24").unwrap();
        let codes = |context: Context, date: &str, filter: &PackFilter| -> Vec<String> {
            let found = reading::list_rule_packs(&world.bank, &on(context, date), filter, ListPlace::Oldest(None), 50).unwrap();
            found.into_iter().map(|pack| pack.code).collect()
        };
        let own = || PackFilter {
            institution_id: Some(world.institution_id),
            ..PackFilter::default()
        };
        let text = |text: &str| PackFilter {
            text: Some(text.to_owned()),
            ..own()
        };
        let with_status = |status: PackStatus| PackFilter {
            status: Some(status),
            ..own()
        };
        let at = "2026-11-24";
        assert_eq!(codes(registrar, at, &own()), ["certificates", "contests"]);
        for (asked, expected) in [
            ("CERTIFICATES", vec!["certificates"]),
            ("第六条", vec!["certificates", "contests"]),
            ("_100%", vec!["contests"]),
            ("e_t", vec![]),
            ("竞赛%办法", vec![]),
        ] {
            assert_eq!(codes(registrar, at, &text(asked)), expected, "{asked}");
        }
        assert_eq!(codes(registrar, at, &with_status(PackStatus::OnNotice)), ["certificates"]);
        assert_eq!(codes(registrar, at, &with_status(PackStatus::Draft)), ["contests"]);
        assert_eq!(codes(registrar, "2026-12-01", &with_status(PackStatus::InForce)), ["certificates"]);
        assert!(codes(registrar, "2026-12-01", &with_status(PackStatus::OnNotice)).is_empty());
        let on_day = |date: &str| PackFilter {
            in_force_on: Some(day(date)),
            ..own()
        };
        assert!(codes(registrar, at, &on_day("2026-11-30")).is_empty());
        assert_eq!(codes(registrar, at, &on_day("2026-12-01")), ["certificates"]);
        let programme = |code: &str| PackFilter {
            programme: Some(code.to_owned()),
            ..own()
        };
        assert_eq!(codes(registrar, at, &programme("elec-2024")), ["certificates", "contests"]);
        assert_eq!(
            codes(registrar, at, &programme("elec-202")),
            ["certificates"],
            "a code is matched whole"
        );
        let nobody = Context::of(credit_bank::domain::actor::Caller::Anonymous, registrar.now);
        assert_eq!(codes(nobody, at, &own()), ["certificates"], "drafts are nobody else's business");
        assert!(matches!(
            refused(reading::read_rule_pack(&world.bank, &nobody, contests.pack_id)),
            Rejection::NotFound {}
        ));
    });
}
