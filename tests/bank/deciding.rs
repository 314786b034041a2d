//! Claims as those see them who decide, on both back ends: what is due first, and what each person may do with one.

use chrono::NaiveDate;
use credit_bank::domain::claim::{ClaimEvent, ClaimFilter, ClaimPlace, Verdict};
use credit_bank::domain::language::Language;
use credit_bank::domain::list::ListPlace;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::claims::clocks::count_overdue_claims;
use credit_bank::ops::claims::deciding::{list_claim_lines, read_claim_to_decide};
use serde_json::json;
use uuid::Uuid;

use super::common::{log_in, on_both};
use super::office::{IN_FORCE, Office, day, rules};
use super::packs::{on, refused};

const COURSES: [(&str, &str); 2] = [("E101", "3.5"), ("E102", "4.5")];

#[test]
fn what_is_due_first_comes_first_and_each_page_goes_on_behind_the_one_before() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({})), &COURSES);
        // Submitted in another order than that in which they are due: the second is in review, which takes longer.
        let claims: Vec<Uuid> = (1..=3)
            .map(|number| {
                let learner = office.learner(number, &["2024-03-01"]);
                office.keep_and_submit(&learner, "2026-09-21", json!({})).summary.claim_id
            })
            .collect();
        office.act(office.reviewers[0], "2026-09-21", claims[1], ClaimEvent::Take).unwrap();
        let context = on(office.approvers[0], "2026-09-30");
        let filter = ClaimFilter {
            institution_id: Some(world.institution_id),
            ..ClaimFilter::default()
        };
        let list = |filter: &ClaimFilter, place: ClaimPlace, limit: i64| -> Vec<(Uuid, NaiveDate)> {
            let lines = list_claim_lines(&world.bank, &context, filter, place, limit).unwrap();
            lines
                .iter()
                .map(|line| (line.summary.claim_id, line.summary.due.unwrap().on))
                .collect()
        };
        let all = list(&filter, ClaimPlace::Due(None), 10);
        let ids: Vec<Uuid> = all.iter().map(|line| line.0).collect();
        assert_eq!(ids, [claims[0], claims[2], claims[1]]);
        assert!(all[0].1 == day("2026-09-29") && all[2].1 > all[1].1, "{all:?}");
        let mut found = Vec::new();
        let mut place = ClaimPlace::Due(None);
        while let [(claim_id, due)] = list(&filter, place, 1)[..] {
            found.push((claim_id, due));
            place = ClaimPlace::Due(Some((due, claim_id)));
        }
        assert_eq!(found, all);
        let newest = list(&filter, ClaimPlace::Submitted(ListPlace::Newest(Some(claims[2]))), 10);
        assert_eq!(newest.iter().map(|line| line.0).collect::<Vec<_>>(), [claims[1], claims[0]]);
        let late = ClaimFilter {
            due_before: Some(day("2026-09-30")),
            ..filter
        };
        assert_eq!(list(&late, ClaimPlace::Due(None), 10).len(), 2);
        let (_, officer) = log_in(&world.bank, "officer");
        assert_eq!(count_overdue_claims(&world.bank, &on(officer, "2026-09-30")).unwrap(), 2);
        assert_eq!(refused(count_overdue_claims(&world.bank, &context)).code(), "forbidden");
    });
}

#[test]
fn everybody_is_told_what_they_may_do_and_what_stands_in_the_way() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({ "notice_working_days": 0 })), &COURSES);
        let learner = office.learner(1, &["2024-03-01"]);
        let claim = office.keep_and_submit(&learner, "2026-09-21", json!({})).summary.claim_id;
        let (reviewer, approver) = (office.reviewers[0], office.approvers[0]);
        let steps = |who| {
            let found = read_claim_to_decide(&world.bank, &on(who, "2026-09-22"), claim, Language::English).unwrap();
            let steps = found.steps.into_iter();
            let said = steps.map(|step| (step.event, step.hindrance.as_ref().map(Rejection::code)));
            said.collect::<Vec<_>>()
        };
        assert_eq!(steps(reviewer), [(ClaimEvent::Take, None), (ClaimEvent::Recuse, None)]);
        let grant = Verdict::Grant;
        office.act(reviewer, "2026-09-22", claim, ClaimEvent::Take).unwrap();
        office
            .act(reviewer, "2026-09-22", claim, ClaimEvent::Vote { verdict: grant })
            .unwrap();
        let in_review = steps(reviewer);
        for expected in [
            (ClaimEvent::AskInformation, None),
            (ClaimEvent::Vote { verdict: grant }, Some("voted_already")),
            (ClaimEvent::Propose { verdict: grant }, None),
            (ClaimEvent::Propose { verdict: Verdict::Refuse }, Some("no_majority")),
        ] {
            assert!(in_review.contains(&expected), "{expected:?}: {in_review:?}");
        }
        office
            .act(approver, "2026-09-22", claim, ClaimEvent::Propose { verdict: grant })
            .unwrap();
        assert_eq!(steps(reviewer), [(ClaimEvent::Recuse, Some("recusal_too_late"))]);
        let own = steps(approver);
        assert!(
            own.contains(&(ClaimEvent::Approve, Some("own_proposal"))) && own.contains(&(ClaimEvent::SendBack, None)),
            "{own:?}"
        );
        assert!(steps(office.approvers[1]).contains(&(ClaimEvent::Approve, None)));
        // The outcomes that it uses are there with what the rules say of them, and the clauses that may be cited.
        let found = read_claim_to_decide(&world.bank, &on(approver, "2026-09-22"), claim, Language::English).unwrap();
        let [used] = &found.outcomes[..] else { panic!("{found:?}") };
        assert_eq!(
            (used.outcome.outcome_id, used.amount.to_string()),
            (learner.outcomes[0], "9.00".to_owned())
        );
        assert!(!used.said.is_empty() && found.unused.is_empty() && !found.needs_credit);
        assert_eq!(found.clauses[0].id, "certificates");
        // The bank's people see all of it, and have no part in what an institution decides.
        let (_, officer) = log_in(&world.bank, "officer");
        assert!(steps(officer).is_empty());
        let stranger = read_claim_to_decide(
            &world.bank,
            &on(world.member("clerk", "registrar"), "2026-09-22"),
            claim,
            Language::English,
        );
        assert_eq!(refused(stranger).code(), "forbidden");
    });
}
