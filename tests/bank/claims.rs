//! Claims over weeks, on both back ends: windows over a national holiday, rules that change, caps, and equal answers.

use credit_bank::domain::allocation::Award;
use credit_bank::domain::claim::clock::DueKind;
use credit_bank::domain::claim::{ClaimEvent, ClaimStatus, Verdict};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::audit::{AuditFilter, list_audit};
use credit_bank::ops::claims::clocks::{DueCount, Ran, count_due_claims};
use credit_bank::ops::claims::reading::list_own_conversions;
use credit_bank::ops::verify::verify;
use serde_json::json;
use uuid::Uuid;

use super::common::{log_in, on_both};
use super::office::{IN_FORCE, Learner, Office, credit, day, rules};
use super::packs::{on, refused};

const COURSES: [(&str, &str); 2] = [("E101", "3.5"), ("E102", "4.5")];

fn pockets(available: &str, held: &str, redeemed: &str) -> [String; 3] {
    [available, held, redeemed].map(str::to_owned)
}

/// How often an operation is in the audit of a claim.
fn told(office: &Office, claim_id: Uuid, operation: &str) -> usize {
    let (_, administrator) = log_in(&office.world.bank, "admin");
    let filter = AuditFilter {
        subject_id: Some(claim_id),
        ..AuditFilter::default()
    };
    let rows = list_audit(&office.world.bank, &administrator, &filter, None, 100).unwrap();
    rows.iter().filter(|row| row.operation == operation).count()
}

fn bought(office: &Office, learner: &Learner) -> Vec<Award> {
    let bought = list_own_conversions(&office.world.bank, &learner.context).unwrap();
    bought.into_iter().map(|bought| bought.award).collect()
}

#[test]
fn a_notice_over_a_national_holiday_ends_after_it() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({ "notice_working_days": 5 })), &COURSES);
        let learner = office.learner(1, &["2024-03-01"]);
        let claim = office.keep_and_submit(&learner, "2026-09-28", json!({})).summary.claim_id;
        // The day of the approval does not count. Then 29 and 30 September; 1 to 7 October are off; 8, 9 and Saturday the
        // 10th, which is made up: five.
        let noticed = office.grant("2026-09-28", claim);
        assert_eq!(noticed.summary.status, ClaimStatus::OnNotice);
        assert_eq!(noticed.summary.due.unwrap().on, day("2026-10-10"));
        let nothing = Ran::default();
        for moment in ["2026-10-07T04:00:00Z", "2026-10-09T04:00:00Z", "2026-10-10T15:59:59Z"] {
            assert_eq!(office.clocks(moment), nothing, "{moment}");
        }
        assert_eq!(office.pockets(&learner), pockets("0.00", "9.00", "0.00"));
        let granted = Ran { granted: 1, ..nothing };
        assert_eq!(office.clocks("2026-10-10T16:00:00Z"), granted);
        assert_eq!(office.clocks("2026-10-10T16:00:00Z"), nothing, "once");
        assert_eq!(office.pockets(&learner), pockets("0.00", "0.00", "9.00"));
        assert_eq!(told(&office, claim, "notice_ends"), 1);
        // Granted on Sunday the 11th; ten working days are two whole weeks from there, to Friday the 23rd.
        assert_eq!(office.clocks_on("2026-10-23"), nothing);
        let closed = Ran { closed: 1, ..nothing };
        assert_eq!(office.clocks_on("2026-10-24"), closed);
        assert_eq!(office.clocks_on("2026-10-24"), nothing, "once");
        assert_eq!(office.status(claim, "2026-10-24"), ClaimStatus::Closed);
        assert_eq!(bought(&office, &learner).len(), 2);
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn what_is_overdue_is_counted_and_told_once_and_not_decided() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({})), &COURSES);
        let learner = office.learner(1, &["2024-03-01"]);
        let claim = office.keep_and_submit(&learner, "2026-09-21", json!({})).summary.claim_id;
        // 22, 23, 24; Mid-Autumn from 25 to 27 is off; 28, 29.
        let count = |date: &str| count_due_claims(&world.bank, &on(office.approvers[0], date), Some(world.institution_id)).unwrap();
        let counted = |due, overdue| vec![DueCount { due, waiting: 1, overdue }];
        assert_eq!(office.clocks_on("2026-09-29"), Ran::default());
        assert_eq!(count("2026-09-29"), counted(DueKind::Take, 0));
        let escalated = Ran {
            escalated: 1,
            ..Ran::default()
        };
        assert_eq!(office.clocks_on("2026-09-30"), escalated);
        for date in ["2026-09-30", "2026-10-08", "2027-02-01"] {
            assert_eq!(office.clocks_on(date), Ran::default(), "once");
        }
        assert_eq!(count("2026-09-30"), counted(DueKind::Take, 1));
        assert_eq!(told(&office, claim, "escalate_claim"), 1);
        assert_eq!(office.status(claim, "2026-09-30"), ClaimStatus::Submitted);
        assert_eq!(office.pockets(&learner), pockets("0.00", "9.00", "0.00"));
        // What an institution does late is taken; the review is overdue in its turn, and a vote does not tell it anew.
        office.act(office.reviewers[0], "2026-10-08", claim, ClaimEvent::Take).unwrap();
        assert_eq!(office.clocks_on("2026-12-01"), escalated);
        let vote = ClaimEvent::Vote { verdict: Verdict::Grant };
        office.act(office.reviewers[0], "2026-12-02", claim, vote).unwrap();
        assert_eq!(office.clocks_on("2026-12-02"), Ran::default(), "it stands where it stood");
        assert_eq!(office.status(claim, "2026-12-02"), ClaimStatus::InReview);
        assert_eq!(told(&office, claim, "escalate_claim"), 2);
    });
}

#[test]
fn what_was_asked_for_in_vain_lapses_only_where_the_rules_say_so() {
    for (unanswered, lapses) in [("lapses", true), ("waits", false)] {
        on_both(|world| {
            let office = Office::open(world, &rules(IN_FORCE, json!({ "unanswered": unanswered })), &COURSES);
            let learner = office.learner(1, &["2024-03-01"]);
            let claim = office.keep_and_submit(&learner, "2026-09-10", json!({})).summary.claim_id;
            let one = office.reviewers[0];
            office.act(one, "2026-09-10", claim, ClaimEvent::Take).unwrap();
            let asked = office.act(one, "2026-09-10", claim, ClaimEvent::AskInformation).unwrap();
            // 11; 14 to 18; Sunday the 20th, made up; 21 to 24; 28 to 30; 8 October: fifteen.
            assert_eq!(asked.summary.due.unwrap().on, day("2026-10-08"));
            assert_eq!(office.clocks_on("2026-10-08"), Ran::default());
            let lapsed = u64::from(lapses);
            let ran = office.clocks_on("2026-10-09");
            assert_eq!(ran, Ran { lapsed, ..Ran::default() }, "{unanswered}");
            assert_eq!(office.clocks_on("2026-10-09"), Ran::default(), "once");
            let (status, expected) = if lapses {
                (ClaimStatus::Lapsed, pockets("9.00", "0.00", "0.00"))
            } else {
                (ClaimStatus::InformationAsked, pockets("0.00", "9.00", "0.00"))
            };
            assert_eq!(office.status(claim, "2026-10-09"), status);
            assert_eq!(office.pockets(&learner), expected);
        });
    }
}

#[test]
fn a_claim_is_judged_by_the_rules_of_the_day_it_was_submitted() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({ "notice_working_days": 0 })), &COURSES);
        let [before, between, after] = [1, 2, 3].map(|number| office.learner(number, &["2024-03-01"]));
        let judged = |learner: &Learner, date: &str| {
            let kept = office.keep(learner, date, json!({})).unwrap();
            (kept.recognised, kept.worth_id)
        };
        assert_eq!(judged(&after, "2026-08-31").0, credit("0"), "no rules are in force");
        assert_eq!(judged(&before, "2026-09-10").0, credit("8"));
        let early = office.keep_and_submit(&before, "2026-09-10", json!({})).summary.claim_id;
        // The next version lets a certificate into one course only; filed on the 20th, in force from 12 October.
        let mut next = rules("2026-10-12", json!({ "notice_working_days": 3 }));
        next["clauses"][0]["targets"] = json!("one");
        office.publish(&next, "2026-09-20", "3.5");
        assert_eq!(judged(&between, "2026-09-21").0, credit("8"), "filed, not in force");
        let (recognised, last) = judged(&between, "2026-10-11");
        assert_eq!(recognised, credit("8"));
        let pending = office.submit(&between, "2026-10-11", last).unwrap();
        let (recognised, first) = judged(&after, "2026-10-12");
        assert_eq!(recognised, credit("4.5"));
        // Granted under the old version before, and under the old version after it was superseded.
        assert_eq!(office.grant("2026-09-22", early).summary.status, ClaimStatus::Granted);
        let granted = office.grant("2026-10-20", pending.summary.claim_id);
        assert_eq!(
            (granted.summary.status, granted.summary.recognised),
            (ClaimStatus::Granted, Some(credit("8"))),
            "no notice: that is of the new version"
        );
        let versions = |awards: Vec<Award>| awards.iter().map(|award| award.pack_version).collect::<Vec<_>>();
        for learner in [&before, &between] {
            assert_eq!(versions(bought(&office, learner)), [1, 1]);
        }
        let new = office.submit(&after, "2026-10-12", first).unwrap();
        assert_eq!(
            office.grant("2026-10-20", new.summary.claim_id).summary.status,
            ClaimStatus::OnNotice
        );
        office.clocks_on("2026-10-24");
        assert_eq!(versions(bought(&office, &after)), [2]);
        // An answer of yesterday is not claimed today.
        let stale = office.learner(4, &["2024-03-01"]);
        let (_, yesterday) = judged(&stale, "2026-10-11");
        assert_eq!(refused(office.submit(&stale, "2026-10-12", yesterday)), Rejection::WorthOutdated {});
        // What was granted stays.
        assert_eq!(office.pockets(&before), pockets("0.00", "0.00", "9.00"));
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn a_second_conversion_counts_the_first() {
    on_both(|world| {
        let mut capped = rules(IN_FORCE, json!({ "notice_working_days": 0 }));
        capped["limits"] = json!([{ "id": "half", "citation": "第八条", "per": "programme",
            "at_most": { "measure": "share", "percent": "50", "of": "required_credit" } }]);
        let courses = [("E101", "3.5"), ("E102", "4.5"), ("E103", "2"), ("E104", "4")];
        let office = Office::open(world, &capped, &courses);
        let learner = office.learner(1, &["2024-03-01", "2024-04-01"]);
        let [one, other] = learner.outcomes[..] else { panic!() };
        let date = "2026-09-10";
        // Half of twenty is ten. The first takes 3.5 + 4.5 of its nine.
        let wishes = json!({ "left_out": [other], "pins": [{ "outcome": one, "course": "E101" }] });
        let first = office.keep_and_submit(&learner, date, wishes).summary;
        assert_eq!(first.recognised, Some(credit("8")));
        // Two are left, also while the first still waits; by itself the other would bring 4.5 + 4.
        assert_eq!(office.keep(&learner, date, json!({})).unwrap().recognised, credit("2"));
        office.act(learner.context, date, first.claim_id, ClaimEvent::Withdraw).unwrap();
        assert_eq!(office.keep(&learner, date, json!({})).unwrap().recognised, credit("10"));
        let wishes = json!({ "left_out": [other], "pins": [{ "outcome": one, "course": "E101" }] });
        let first = office.keep_and_submit(&learner, date, wishes).summary.claim_id;
        let second = office.keep_and_submit(&learner, date, json!({})).summary;
        assert_eq!(second.recognised, Some(credit("2")));
        for claim in [first, second.claim_id] {
            assert_eq!(office.grant(date, claim).summary.status, ClaimStatus::Granted);
        }
        assert_eq!(office.keep(&learner, date, json!({})).unwrap().recognised, credit("0"));
        assert_eq!(office.pockets(&learner), pockets("0.00", "0.00", "18.00"));
    });
}

#[test]
fn an_answer_kept_and_chosen_among_equals_is_what_is_claimed() {
    on_both(|world| {
        let mut one_each = rules(IN_FORCE, json!({ "notice_working_days": 0 }));
        one_each["clauses"][0]["targets"] = json!("one");
        let office = Office::open(world, &one_each, &[("E101", "3.5"), ("E102", "3.5")]);
        let learner = office.learner(1, &["2024-03-01"]);
        let date = "2026-09-10";
        let kept = |number: u8| office.keep(&learner, date, json!({ "alternative": number }));
        let (first, second) = (kept(0).unwrap(), kept(1).unwrap());
        assert_eq!((first.recognised, second.recognised), (credit("3.5"), credit("3.5")));
        assert_ne!(first.allocation.awards, second.allocation.awards);
        assert_eq!(
            refused(kept(2)),
            Rejection::field("/alternative", "names no equal allocation"),
            "there are two"
        );
        let claim = office.submit(&learner, date, second.worth_id).unwrap();
        assert_eq!(claim.allocation, Some(second.allocation.clone()));
        assert!(matches!(
            refused(office.submit(&learner, date, first.worth_id)),
            Rejection::CreditHeld { claim_id, .. } if claim_id == claim.summary.claim_id
        ));
        office.grant(date, claim.summary.claim_id);
        assert_eq!(bought(&office, &learner), second.allocation.awards);
    });
}
