//! Simulations of drafts on both back ends: the report of a small bank, and who may have how many. The clock is given, so
//! that no test waits.

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};
use credit_bank::domain::credit::CourseCreditSum;
use credit_bank::domain::institution::InstitutionStep;
use credit_bank::domain::rejection::Rejection;
use credit_bank::domain::simulation::SimulationStatus;
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::{DepositRequest, deposit_outcomes};
use credit_bank::ops::packs::form::{NewRulePack, Pack, PackEdit};
use credit_bank::ops::packs::{self, filing};
use credit_bank::ops::simulation::worker::run_next;
use credit_bank::ops::simulation::{NewSimulation, Simulation, cancel_simulation, list_simulations, read_simulation, start_simulation};
use credit_bank::ops::{achievements, audit, institutions, programmes, rules, users};
use serde_json::{Value, json};
use uuid::Uuid;

use super::common::{PASSWORD, World, log_in, on_both};
use super::packs::{accept, case, document, draft, on, people, refused};

const TODAY: &str = "2026-12-01";

pub(crate) fn moment() -> DateTime<Utc> {
    "2026-12-01T04:00:00Z".parse().unwrap()
}

/// A clock that goes on by two seconds whenever somebody looks.
pub(crate) fn clock() -> impl Fn() -> DateTime<Utc> {
    let now = Cell::new(moment());
    move || {
        now.set(now.get() + TimeDelta::seconds(2));
        now.get()
    }
}

pub(crate) fn deposit(world: &World, learners: impl Iterator<Item = usize>, achievement: &str) {
    // One person's are of different days: the very same would be there already.
    let mut times = std::collections::HashMap::new();
    let mut request = |learner: usize| {
        let day = times.entry(learner).and_modify(|day| *day += 1).or_insert(1);
        DepositRequest {
        context: world.registrar,
        idempotency_key: None,
        outcome: serde_json::from_value(json!({ "institution_id": world.institution_id, "achievement_code": achievement,
            "awarded_on": format!("2024-03-{day:02}"), "learner": { "document_kind": "passport", "document_number": format!("E{learner:08}"), "name": "王芳" } }))
        .unwrap(),
    }
    };
    let requests: Vec<DepositRequest> = learners.map(&mut request).collect();
    for deposited in deposit_outcomes(&world.bank, &requests).unwrap() {
        deposited.unwrap();
    }
}

fn publish_programme(world: &World, context: &Context, institution_id: Uuid) -> Uuid {
    let course = |code: &str, credits: &str, tag: &str| json!({ "code": code, "name": { "zh": code }, "credits": credits, "tags": [tag], "required": false, "bucket": "major" });
    let programme = json!({ "institution_id": institution_id, "programme": { "code": "elec-2024", "name": { "zh": "电气" }, "required_credit": "20",
        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "0" }],
        "courses": [course("E101", "3.5", "core"), course("E102", "2", "elective")], "effective_from": "2024-09-01" } });
    let new = serde_json::from_value(programme).unwrap();
    programmes::publish_programme(&world.bank, context, None, &new)
        .unwrap()
        .programme_id
}

/// Contests convert into electives, and certificates into nothing any more.
fn contests() -> Value {
    let mut document = document("certificates", "2027-01-01");
    document["clauses"][0]["outcomes"] = json!({ "kinds": ["contest"] });
    document["clauses"][0]["to"] = json!([{ "to": "courses", "select": { "tags_any": ["elective"] } }]);
    document
}

pub(crate) struct Stage {
    pub(crate) registrar: Context,
    draft: Pack,
    programme_id: Uuid,
}

impl Stage {
    /// A bank whose school has a pack in force and the draft of its next version.
    pub(crate) fn set(world: &World) -> Self {
        let people = people(world);
        let (_, administrator) = log_in(&world.bank, "admin");
        for (code, kind) in [("contest", "contest"), ("mooc", "course")] {
            let achievement = json!({ "institution_id": world.institution_id, "code": code, "name_chinese": code, "kind": kind, "valid_from": "2020-01-01" });
            let new = serde_json::from_value(achievement).unwrap();
            let drafted = achievements::create_achievement(&world.bank, &world.registrar, None, &new).unwrap();
            achievements::publish_achievement(&world.bank, &world.registrar, drafted.achievement_id).unwrap();
        }
        let rule = json!({ "title": "竞赛", "citation": "测试", "selector": { "kind": "contest" }, "method": { "method": "fixed", "credit": "2.00" },
            "selected_by": "award_date", "effective_from": "2020-01-01" });
        rules::publish_recognition_rule(&world.bank, &administrator, None, &serde_json::from_value(rule).unwrap()).unwrap();
        let programme_id = publish_programme(world, &world.registrar, world.institution_id);
        let first_day = on(people.registrar, "2026-11-24");
        let present = draft(world, &first_day, &document("certificates", "2026-11-30"), &[case()]).unwrap();
        accept(world, &people, &present, "2026-11-24").unwrap();
        let registrar = on(people.registrar, TODAY);
        Self {
            registrar,
            draft: draft(world, &registrar, &contests(), &[]).unwrap(),
            programme_id,
        }
    }

    pub(crate) fn start(&self, world: &World, key: Option<&str>) -> Simulation {
        let new = NewSimulation {
            programme_id: self.programme_id,
        };
        start_simulation(&world.bank, &self.registrar, key, self.draft.pack_id, &new).unwrap()
    }

    pub(crate) fn read(&self, world: &World, simulation: &Simulation) -> Simulation {
        read_simulation(&world.bank, &self.registrar, simulation.summary.simulation_id).unwrap()
    }
}

/// Seven with a certificate, five with a contest, five with both, five with what no rule is for.
pub(crate) fn fill(world: &World) {
    deposit(world, 1..=12, "occ-elec-4");
    deposit(world, 8..=17, "contest");
    deposit(world, 18..=22, "mooc");
}

#[test]
fn a_draft_that_gives_and_takes_is_reported_exactly() {
    on_both(|world| {
        let stage = Stage::set(world);
        fill(world);
        let started = stage.start(world, Some("try-1"));
        assert_eq!(started.summary.status, SimulationStatus::Queued);
        assert_eq!(stage.start(world, Some("try-1")), started, "the same request again");
        // What becomes of the draft meanwhile does not change what is tried.
        let edit = json!({ "document": document("certificates", "2027-01-01"), "cases": [] });
        let edit: PackEdit = serde_json::from_value(edit).unwrap();
        packs::edit_rule_pack(&world.bank, &stage.registrar, stage.draft.pack_id, 1, &edit).unwrap();
        assert!(run_next(&world.bank, &clock(), &|| false).unwrap());
        assert!(!run_next(&world.bank, &clock(), &|| false).unwrap(), "nothing waits");
        let done = stage.read(world, &started);
        assert_eq!((done.summary.status, done.summary.pack_edition), (SimulationStatus::Done, 1));
        assert_eq!(
            (done.summary.progress.learners_done, done.summary.progress.learners_in_all),
            (22, 22)
        );
        let sample = |learners: u64, before: &str, after: &str, outcomes: &[&Value]| json!({ "learners": learners, "before": before, "after": after, "outcomes": outcomes });
        let certificate = json!({ "achievement": "occ-elec-4", "name": "电工(四级/中级工)", "kind": "occupational_certificate", "before": "3.50", "after": "0.00",
            "reason": "no_clause_matches", "rule": null });
        let contest = json!({ "achievement": "contest", "name": "contest", "kind": "contest", "before": "0.00", "after": "2.00", "reason": null, "rule": null });
        assert_eq!(
            serde_json::to_value(done.report.unwrap()).unwrap(),
            json!({
                "decided_on": TODAY, "learners": 22, "concerned": 17,
                "gained": { "learners": 5, "credit": "10.00" }, "lost": { "learners": 12, "credit": "32.00" }, "unchanged": 5,
                "credit_before": "42.00", "credit_after": "20.00",
                "institutions": [{ "credit_code": "914403003429409755", "learners": 17, "gained": 5, "lost": 12, "credit_before": "42.00", "credit_after": "20.00" }],
                "institutions_withheld": 0,
                "kinds": [
                    { "kind": "occupational_certificate", "learners": 12, "gained": 0, "lost": 12, "credit_before": "42.00", "credit_after": "0.00" },
                    { "kind": "contest", "learners": 10, "gained": 10, "lost": 0, "credit_before": "0.00", "credit_after": "20.00" },
                ],
                "kinds_withheld": 0,
                "samples": [
                    sample(7, "3.50", "0.00", &[&certificate]),
                    sample(5, "3.50", "2.00", &[&contest, &certificate]),
                    sample(5, "0.00", "2.00", &[&contest]),
                ],
                "not_proven": 0, "unanswered": 0,
            })
        );
        let (_, administrator) = log_in(&world.bank, "admin");
        let filter = audit::AuditFilter {
            subject_id: Some(started.summary.simulation_id),
            ..audit::AuditFilter::default()
        };
        let told = audit::list_audit(&world.bank, &administrator, &filter, None, 10).unwrap();
        let operations: Vec<&str> = told.iter().map(|entry| entry.operation.as_str()).collect();
        assert_eq!(operations, ["finish_simulation", "start_simulation"]);
    });
}

#[test]
fn an_institution_has_one_at_a_time_and_may_cancel_it() {
    on_both(|world| {
        let stage = Stage::set(world);
        fill(world);
        let first = stage.start(world, None);
        let new = NewSimulation {
            programme_id: stage.programme_id,
        };
        let again = || start_simulation(&world.bank, &stage.registrar, None, stage.draft.pack_id, &new);
        let status = "queued".to_owned();
        assert_eq!(refused(again()), Rejection::SimulationOpen { status });
        let cancel = |simulation: &Simulation| cancel_simulation(&world.bank, &stage.registrar, None, simulation.summary.simulation_id);
        assert_eq!(cancel(&first).unwrap().summary.status, SimulationStatus::Cancelled);
        let state = "cancelled".to_owned();
        assert_eq!(refused(cancel(&first)), Rejection::WrongState { state });
        assert!(!run_next(&world.bank, &clock(), &|| false).unwrap(), "a cancelled one does not run");
        // Cancelled while it runs, it notices with its next sign of life.
        let second = again().unwrap();
        let cancelled = Cell::new(false);
        let while_it_runs = || {
            if !cancelled.replace(true) {
                cancel(&second).unwrap();
            }
            false
        };
        assert!(run_next(&world.bank, &clock(), &while_it_runs).unwrap());
        let ended = stage.read(world, &second);
        assert_eq!((ended.summary.status, ended.report), (SimulationStatus::Cancelled, None));
        let listed = list_simulations(&world.bank, &stage.registrar, stage.draft.pack_id, None, 1).unwrap();
        assert_eq!(listed[0].simulation_id, second.summary.simulation_id);
        let before = Some(second.summary.simulation_id);
        let listed = list_simulations(&world.bank, &stage.registrar, stage.draft.pack_id, before, 5).unwrap();
        assert_eq!(listed.len(), 1);
    });
}

#[test]
fn of_two_who_start_at_once_one_is_told_of_the_other() {
    on_both(|world| {
        let stage = Stage::set(world);
        let new = NewSimulation {
            programme_id: stage.programme_id,
        };
        let start = || start_simulation(&world.bank, &stage.registrar, None, stage.draft.pack_id, &new);
        let answers: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let (started, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(started.len(), 1);
        for other in others {
            let status = "queued".to_owned();
            assert_eq!(refused(other), Rejection::SimulationOpen { status });
        }
        // Of two runners on one queue one takes the job, and the other finds none or loses the race for it.
        std::thread::scope(|scope| {
            let runners: Vec<_> = (0..4).map(|_| scope.spawn(|| run_next(&world.bank, &moment, &|| false))).collect();
            for runner in runners {
                runner.join().unwrap().unwrap();
            }
        });
        let (_, administrator) = log_in(&world.bank, "admin");
        let filter = audit::AuditFilter {
            subject_id: Some(started[0].as_ref().unwrap().summary.simulation_id),
            ..audit::AuditFilter::default()
        };
        let told = audit::list_audit(&world.bank, &administrator, &filter, None, 10).unwrap();
        assert_eq!(told.len(), 2, "it is finished once");
    });
}

#[test]
fn the_bank_has_four_at_a_time_and_its_own_drafts_bound_every_school() {
    on_both(|world| {
        let stage = Stage::set(world);
        fill(world);
        let (_, administrator) = log_in(&world.bank, "admin");
        let mut schools = vec![stage.programme_id];
        let codes = [
            "91310000607378133K",
            "124105024175000006",
            "124105024175000014",
            "124105024175000022",
        ];
        for (number, code) in codes.iter().enumerate() {
            let name = format!("school-{number}");
            let school = json!({ "name": name, "kind": "university", "credit_code": code, "division_code": "410502",
                "member": { "username": name, "display_name": name, "password": PASSWORD } });
            let school = serde_json::from_value(school).unwrap();
            let nobody = Context::of(credit_bank::domain::actor::Caller::Anonymous, administrator.now);
            let made = institutions::register_institution(&world.bank, &nobody, None, &school).unwrap();
            institutions::decide_institution(&world.bank, &administrator, made.institution_id, InstitutionStep::Approve, "ok").unwrap();
            let (_, registrar) = log_in(&world.bank, &name);
            schools.push(publish_programme(world, &registrar, made.institution_id));
            let other = NewSimulation {
                programme_id: schools[number + 1],
            };
            let refusal = start_simulation(&world.bank, &on(registrar, TODAY), None, stage.draft.pack_id, &other);
            assert_eq!(refused(refusal), Rejection::NotFound {}, "a draft is nobody else's business");
        }
        let mut standard = document("bank-standard", "2027-01-01");
        standard.as_object_mut().unwrap().remove("owner");
        standard["clauses"][0]["value"] = json!({ "of": { "base": "fixed", "credit": "3" } });
        let new: NewRulePack = serde_json::from_value(json!({ "document": standard })).unwrap();
        let administrator = on(administrator, TODAY);
        let standard = packs::create_rule_pack(&world.bank, &administrator, None, &new).unwrap();
        let start =
            |programme_id: Uuid| start_simulation(&world.bank, &administrator, None, standard.pack_id, &NewSimulation { programme_id });
        let first = start(schools[0]).unwrap();
        for school in &schools[1..4] {
            start(*school).unwrap();
        }
        assert_eq!(refused(start(schools[4])), Rejection::TooManySimulations { open_max: 4 });
        while run_next(&world.bank, &clock(), &|| false).unwrap() {}
        // One of the bank's for a school leaves that school its own.
        start(schools[0]).unwrap();
        stage.start(world, None);
        while run_next(&world.bank, &clock(), &|| false).unwrap() {}
        let open = start(schools[4]).unwrap();
        // A certificate may bring three credits at most, and the course has three and a half.
        let report = read_simulation(&world.bank, &administrator, first.summary.simulation_id)
            .unwrap()
            .report
            .unwrap();
        assert_eq!(
            (report.lost.learners, report.lost.credit, report.credit_after),
            (Some(12), report.credit_before, Some(CourseCreditSum::ZERO))
        );
        let auditor = json!({ "user": { "username": "auditor", "display_name": "auditor", "password": PASSWORD }, "bank_role": "auditor" });
        users::create_user(&world.bank, &administrator, None, &serde_json::from_value(auditor).unwrap()).unwrap();
        let auditor = on(log_in(&world.bank, "auditor").1, TODAY);
        assert!(read_simulation(&world.bank, &auditor, first.summary.simulation_id).is_ok());
        assert!(list_simulations(&world.bank, &auditor, standard.pack_id, None, 5).is_ok());
        let cancelled = cancel_simulation(&world.bank, &auditor, None, open.summary.simulation_id);
        assert_eq!(refused(cancelled), Rejection::Forbidden {}, "an auditor looks and does nothing");
        let programme_id = schools[1];
        let started = start_simulation(&world.bank, &auditor, None, standard.pack_id, &NewSimulation { programme_id });
        assert_eq!(refused(started), Rejection::Forbidden {});
        // What was decided needs no simulation.
        let withdrawn = filing::withdraw_rule_pack(&world.bank, &stage.registrar, None, stage.draft.pack_id).unwrap();
        let new = NewSimulation {
            programme_id: stage.programme_id,
        };
        let state = withdrawn.status.to_string();
        let refusal = start_simulation(&world.bank, &stage.registrar, None, stage.draft.pack_id, &new);
        assert_eq!(refused(refusal), Rejection::WrongState { state });
    });
}
