//! The clocks of corrections over months, on both back ends: cases and requests that are overdue are told once, counted and
//! listed, and their due days follow the calendar. And an appeal that comes after a correction.

use credit_bank::domain::actor::Caller;
use credit_bank::domain::claim::{AppealDecision, ClaimEvent, ClaimStatus, ObjectionAnswer};
use credit_bank::domain::correction::CaseFilter;
use credit_bank::domain::correction::request::{CorrectionDue, RequestFilter};
use credit_bank::domain::working_days::shipped;
use credit_bank::ops::access::Whose;
use credit_bank::ops::claims::act::Act;
use credit_bank::ops::claims::notice::{answer_objection, appeal_as_objector, object_to_claim};
use credit_bank::ops::claims::reading::list_own_conversions;
use credit_bank::ops::clocks::Swept;
use credit_bank::ops::context::Context;
use credit_bank::ops::corrections::cases::list_cases;
use credit_bank::ops::corrections::clocks::{CorrectionClocks, CorrectionDueCount, count_due_corrections, run_correction_clocks};
use credit_bank::ops::corrections::requests::answer::list_correction_requests;
use credit_bank::ops::records::{AsOf, read_account};
use credit_bank::ops::verify::verify;
use credit_bank::ops::working_days::put_working_year;
use serde_json::json;

use super::common::{log_in, on_both};
use super::corrections::{apply, cases_of, decide, preview};
use super::office::{IN_FORCE, Office, day, moment, rules};
use super::packs::on;
use super::requests::request;

const COURSES: [(&str, &str); 2] = [("E101", "3.5"), ("E102", "4.5")];

fn run(office: &Office, date: &str) -> CorrectionClocks {
    let context = Context::of(Caller::Bank, moment(&format!("{date}T04:00:00Z")));
    run_correction_clocks(&office.world.bank, &context).unwrap()
}

fn count(office: &Office, date: &str) -> Vec<(CorrectionDue, u64, u64)> {
    let counted = count_due_corrections(
        &office.world.bank,
        &on(office.approvers[0], date),
        Some(office.world.institution_id),
    )
    .unwrap();
    let row = |count: CorrectionDueCount| (count.due, count.waiting, count.overdue);
    counted.into_iter().map(row).collect()
}

/// How many cases and requests are listed as overdue.
fn overdue(office: &Office, date: &str) -> (usize, usize) {
    let (bank, who) = (&office.world.bank, on(office.approvers[0], date));
    let (institution_id, due_before) = (Some(office.world.institution_id), Some(day(date)));
    let cases = CaseFilter {
        institution_id,
        due_before,
        ..CaseFilter::default()
    };
    let requests = RequestFilter {
        institution_id,
        due_before,
        ..RequestFilter::default()
    };
    (
        list_cases(bank, &who, &cases, None, 10).unwrap().len(),
        list_correction_requests(bank, &who, &requests, None, 10).unwrap().len(),
    )
}

#[test]
fn what_is_overdue_over_a_national_holiday_is_told_once_and_follows_the_calendar() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({ "notice_working_days": 0 })), &COURSES);
        let learner = office.learner(1, &["2024-03-01", "2024-04-01"]);
        let [used, unused] = learner.outcomes[..] else { panic!() };
        // The day itself does not count. 11; 14 to 18; Sunday the 20th, made up; 21 to 24; 28 to 30; 8 and 9 October and
        // Saturday the 10th, made up; 12 to 14: twenty.
        let requested = request(world, &on(learner.context, "2026-09-10"), unused).unwrap();
        assert_eq!(requested.summary.due.unwrap().on, day("2026-10-14"));
        let claim = office
            .keep_and_submit(&learner, "2026-09-15", json!({ "left_out": [unused] }))
            .summary
            .claim_id;
        office.grant("2026-09-15", claim);
        let scope = json!({ "of": "outcome", "outcome_id": used });
        let previewed = preview(world, &on(office.people.registrar, "2026-09-17"), &scope).unwrap();
        apply(world, &on(office.approvers[0], "2026-09-17"), &previewed).unwrap();
        // 18; 20 to 24; 28 to 30; 8 to 10; 12 to 14 October: fifteen.
        let [case] = &cases_of(world, &office.approvers[0])[..] else {
            panic!()
        };
        assert_eq!(case.due_on, day("2026-10-14"));
        let nothing = CorrectionClocks::default();
        assert_eq!(run(&office, "2026-10-14"), nothing);
        let waits = |overdue| vec![(CorrectionDue::AnswerRequest, 1, overdue), (CorrectionDue::DecideCase, 1, overdue)];
        assert_eq!((count(&office, "2026-10-14"), overdue(&office, "2026-10-14")), (waits(0), (0, 0)));

        // A notice makes the 14th a holiday: both days move to the 15th, by the next run.
        let mut year = shipped::years().into_iter().find(|year| year.year == 2026).unwrap();
        let mut holiday = year.holidays[0].clone();
        (holiday.from, holiday.to) = (day("2026-10-14"), day("2026-10-14"));
        year.holidays.push(holiday);
        let (_, administrator) = log_in(&world.bank, "admin");
        put_working_year(&world.bank, &administrator, None, 0, &year).unwrap();
        let one = |escalated, moved| {
            let swept = Swept { escalated, moved };
            CorrectionClocks {
                cases: swept,
                requests: swept,
            }
        };
        assert_eq!(run(&office, "2026-10-15"), one(0, 1));
        assert_eq!(cases_of(world, &office.approvers[0])[0].due_on, day("2026-10-15"));
        assert_eq!(run(&office, "2026-10-16"), one(1, 0));
        for date in ["2026-10-16", "2026-12-01"] {
            assert_eq!(run(&office, date), nothing, "once");
        }
        assert_eq!((count(&office, "2026-10-16"), overdue(&office, "2026-10-16")), (waits(1), (1, 1)));
        // Late is taken.
        decide(world, &on(office.approvers[1], "2026-10-20"), case, "confirm", None).unwrap();
        assert_eq!(count(&office, "2026-10-20"), [(CorrectionDue::AnswerRequest, 1, 1)]);
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn an_appeal_that_overturns_a_grant_gives_back_only_what_did_not_turn_out_wrong() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({ "notice_working_days": 3 })), &COURSES);
        let learner = office.learner(1, &["2024-03-01", "2024-04-01"]);
        let [wrong, good] = learner.outcomes[..] else { panic!() };
        let wishes = json!({ "pins": [{ "outcome": wrong, "course": "E101" }, { "outcome": good, "course": "E102" }] });
        let claim = office.keep_and_submit(&learner, "2026-09-10", wishes).summary.claim_id;
        office.grant("2026-09-10", claim);
        let objector = office.people.officer;
        let reason = Act {
            reason: Some("证书不属实".to_owned()),
            ..Act::default()
        };
        let objection = object_to_claim(&world.bank, &on(objector, "2026-09-11"), None, claim, &reason).unwrap();
        let place = (claim, objection.objection_id);
        let dismissed = ObjectionAnswer::Dismissed;
        answer_objection(&world.bank, &on(office.approvers[1], "2026-09-11"), None, place, dismissed, &reason).unwrap();
        assert_eq!(office.clocks_on("2026-09-16").granted, 1);
        appeal_as_objector(&world.bank, &on(objector, "2026-09-17"), None, claim, ClaimEvent::Appeal, &reason).unwrap();
        let scope = json!({ "of": "outcome", "outcome_id": wrong });
        let previewed = preview(world, &on(office.people.registrar, "2026-09-18"), &scope).unwrap();
        apply(world, &on(office.approvers[2], "2026-09-18"), &previewed).unwrap();
        let pockets = |effective_on: Option<&str>| {
            let days = AsOf {
                as_of: None,
                effective_on: effective_on.map(day),
            };
            let account = read_account(&world.bank, &learner.context, Whose::Own, &days).unwrap();
            let balance = &account.balances[0];
            [&balance.available, &balance.redeemed, &balance.reversed].map(ToString::to_string)
        };
        assert_eq!(
            pockets(None),
            ["0.00", "18.00", "0.00"],
            "an institution decides what becomes of it"
        );
        let overturn = ClaimEvent::DecideAppeal {
            decision: AppealDecision::Overturn,
        };
        let decided = office.act(office.approvers[2], "2026-09-21", claim, overturn).unwrap();
        assert_eq!(decided.summary.status, ClaimStatus::Closed);
        assert_eq!(pockets(None), ["9.00", "0.00", "9.00"]);
        // As it is known now, what turned out wrong was never there, and the rest was used until the appeal was decided.
        assert_eq!(pockets(Some("2026-09-09")), ["9.00", "0.00", "9.00"]);
        assert_eq!(pockets(Some("2026-09-18")), ["0.00", "9.00", "9.00"]);
        let bought = list_own_conversions(&world.bank, &learner.context).unwrap();
        assert_eq!(bought.len(), 2);
        assert!(bought.iter().all(|one| one.ended_because.as_deref() == Some("appeal")));
        // The case is decided all the same; nothing is left for it to take back.
        let [case] = &cases_of(world, &office.approvers[0])[..] else {
            panic!()
        };
        decide(world, &on(office.approvers[0], "2026-09-22"), case, "cancel", None).unwrap();
        assert_eq!(pockets(None), ["9.00", "0.00", "9.00"]);
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}
