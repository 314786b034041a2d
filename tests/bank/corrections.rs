//! Outcomes are withdrawn and corrected on both back ends: what was previewed is what happens, to everything that stands on them.

use chrono::NaiveDate;
use credit_bank::domain::correction::preview::Consequence;
use credit_bank::domain::correction::{CaseFilter, CaseState, CorrectionState};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::Whose;
use credit_bank::ops::claims::letter::replay_claim;
use credit_bank::ops::claims::reading::{list_own_conversions, read_claim};
use credit_bank::ops::context::Context;
use credit_bank::ops::corrections::apply::apply_correction;
use credit_bank::ops::corrections::cases::{Case, decide_case, list_cases, list_own_cases};
use credit_bank::ops::corrections::reading::{list_correction_items, list_corrections};
use credit_bank::ops::corrections::{Correction, preview_correction};
use credit_bank::ops::error::OpError;
use credit_bank::ops::outcomes::{OutcomeView, list_record_outcomes, read_outcome};
use credit_bank::ops::records::AsOf;
use credit_bank::ops::verify::verify;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::{Learner, Office, TODAY};
use super::common::{World, on_both};
use super::packs::refused;

pub(crate) fn preview(world: &World, context: &Context, scope: &Value) -> Result<Correction, OpError> {
    let new =
        json!({ "institution_id": world.institution_id, "kind": "withdraw", "scope": scope, "reason": "评价过程违规", "citation": "公告" });
    preview_correction(&world.bank, context, None, &serde_json::from_value(new).unwrap())
}

pub(crate) fn apply(world: &World, context: &Context, correction: &Correction) -> Result<Correction, OpError> {
    apply_correction(&world.bank, context, None, correction.correction_id, &correction.digest)
}

fn one(outcome_id: Uuid) -> Value {
    json!({ "of": "outcome", "outcome_id": outcome_id })
}

/// What follows for each outcome, as words.
fn follows(world: &World, office: &Office, correction: &Correction) -> Vec<String> {
    let items = list_correction_items(&world.bank, &office.registrar, correction.correction_id, None, 1000).unwrap();
    let word = |consequence: &Consequence| serde_json::to_value(consequence).unwrap()["what"].as_str().unwrap().to_owned();
    items
        .iter()
        .map(|one| one.item.consequences.iter().map(word).collect::<Vec<_>>().join(" "))
        .collect()
}

pub(crate) fn pockets(learner: &Learner, world: &World) -> [String; 4] {
    learner.pockets(world, AsOf::default())
}

fn outcomes_of(world: &World, learner: &Learner, day: Option<&str>) -> Vec<OutcomeView> {
    let day = day.map(|day| day.parse::<NaiveDate>().unwrap());
    list_record_outcomes(&world.bank, &learner.context, Whose::Own, day, None, 10).unwrap()
}

pub(crate) fn cases(world: &World, office: &Office) -> Vec<Case> {
    cases_of(world, &office.approver)
}

pub(crate) fn cases_of(world: &World, approver: &Context) -> Vec<Case> {
    let filter = CaseFilter {
        institution_id: Some(world.institution_id),
        ..CaseFilter::default()
    };
    list_cases(&world.bank, approver, &filter, None, 1000).unwrap()
}

pub(crate) fn decide(world: &World, context: &Context, case: &Case, verdict: &str, claim_id: Option<Uuid>) -> Result<Case, OpError> {
    let decision = json!({ "verdict": verdict, "reason": "经复核", "claim_id": claim_id });
    decide_case(&world.bank, context, None, case.case_id, &serde_json::from_value(decision).unwrap())
}

#[track_caller]
fn clean(world: &World) {
    assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
}

#[test]
fn an_unused_outcome_is_withdrawn_by_two_people_and_the_past_answers_twice() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let previewed = preview(world, &office.registrar, &one(deposited.outcome_id)).unwrap();
        assert_eq!((previewed.counts.outcomes, previewed.counts.reversed.as_str()), (1, "9.00"));
        assert_eq!(follows(world, &office, &previewed), ["reverse"]);
        assert_eq!(
            pockets(&learner, world),
            ["9.00", "0.00", "0.00", "0.00"],
            "a preview changes nothing"
        );
        assert_eq!(refused(apply(world, &office.registrar, &previewed)), Rejection::OwnPreview {});
        assert_eq!(refused(apply(world, &office.reviewer, &previewed)), Rejection::Forbidden {});
        let other = Correction {
            digest: "0".repeat(64),
            ..previewed.clone()
        };
        assert_eq!(refused(apply(world, &office.approver, &other)).code(), "invalid_body");
        let applied = apply(world, &office.approver, &previewed).unwrap();
        assert_eq!((applied.state, &applied.counts), (CorrectionState::Applied, &previewed.counts));
        assert_eq!(refused(apply(world, &office.approver, &previewed)).code(), "wrong_state");
        assert_eq!(pockets(&learner, world), ["0.00", "0.00", "0.00", "9.00"]);
        let outcome = read_outcome(&world.bank, &learner.context, deposited.outcome_id).unwrap();
        assert_eq!(
            (outcome.status.as_str(), outcome.ended_by),
            ("withdrawn", Some(previewed.correction_id))
        );
        assert_eq!(
            outcomes_of(world, &learner, Some("2026-11-30"))[0].status.as_str(),
            "accepted",
            "as it was known then"
        );
        // The same day in the past, as it was known then and as it is known now.
        let days = |as_of: Option<&str>, effective_on: Option<&str>| AsOf {
            as_of: as_of.map(|day| day.parse().unwrap()),
            effective_on: effective_on.map(|day| day.parse().unwrap()),
        };
        let then = "2026-11-25";
        assert_eq!(learner.pockets(world, days(Some(then), None)), ["9.00", "0.00", "0.00", "0.00"]);
        assert_eq!(learner.pockets(world, days(None, Some(then))), ["0.00", "0.00", "0.00", "9.00"]);
        assert_eq!(
            learner.pockets(world, days(Some(then), Some(then))),
            ["9.00", "0.00", "0.00", "0.00"]
        );
        assert_eq!(
            learner.pockets(world, days(None, Some("2026-11-23"))),
            ["0.00", "0.00", "0.00", "0.00"]
        );
        assert_eq!(
            refused(preview(world, &office.registrar, &one(deposited.outcome_id))),
            Rejection::NothingToCorrect {}
        );
        clean(world);
    });
}

#[test]
fn a_claim_that_holds_it_ends_and_what_else_it_held_is_free_again() {
    on_both(|world| {
        let office = Office::open(world);
        let wrong = office.deposit(world, 1..2, 0).remove(0);
        let good = office.deposit(world, 1..2, 1).remove(0);
        let learner = office.learner(world, &wrong, "learner");
        let claim_id = office.claim(world, &learner, &[(wrong.outcome_id, "E101"), (good.outcome_id, "E102")]);
        assert_eq!(pockets(&learner, world), ["0.00", "18.00", "0.00", "0.00"]);
        let previewed = preview(world, &office.registrar, &one(wrong.outcome_id)).unwrap();
        assert_eq!(follows(world, &office, &previewed), ["void_claim"]);
        apply(world, &office.approver, &previewed).unwrap();
        assert_eq!(pockets(&learner, world), ["9.00", "0.00", "0.00", "9.00"]);
        let claim = read_claim(&world.bank, &learner.context, claim_id).unwrap();
        assert_eq!(claim.summary.status.as_str(), "voided");
        assert_eq!(
            claim.steps.last().unwrap().details,
            json!({ "correction_id": previewed.correction_id })
        );
        let replayed = replay_claim(&world.bank, &learner.context, claim_id).unwrap();
        assert!(replayed.steps_lead_here, "{replayed:?}");
        let again = office.claim(world, &learner, &[]);
        assert_ne!(again, claim_id, "the learner claims anew");
        assert_eq!(pockets(&learner, world), ["0.00", "9.00", "0.00", "9.00"]);
        clean(world);
    });
}

#[test]
fn what_a_case_takes_back_is_free_unless_it_was_wrong() {
    on_both(|world| {
        let office = Office::open(world);
        let wrong = office.deposit(world, 1..2, 0).remove(0);
        let good = office.deposit(world, 1..2, 1).remove(0);
        let learner = office.learner(world, &wrong, "learner");
        office.grant(
            world,
            office.claim(world, &learner, &[(wrong.outcome_id, "E101"), (good.outcome_id, "E102")]),
        );
        let previewed = preview(world, &office.officer, &one(wrong.outcome_id)).unwrap();
        assert_eq!((previewed.counts.cases, previewed.counts.in_use), (1, 1));
        apply(world, &office.approver, &previewed).unwrap();
        let [case] = &cases(world, &office)[..] else { panic!() };
        assert_eq!(case.outcome_ids, [wrong.outcome_id]);
        let offer = case.offer.clone().unwrap();
        assert_eq!(
            offer.outcome_ids,
            Vec::<Uuid>::new(),
            "the other certificate would do for both courses"
        );
        decide(world, &office.approver, case, "cancel", None).unwrap();
        assert_eq!(pockets(&learner, world), ["9.00", "0.00", "0.00", "9.00"]);
        let claim = read_claim(&world.bank, &learner.context, case.claim_id).unwrap();
        assert_eq!(claim.summary.status.as_str(), "voided");
        clean(world);
    });
}

#[test]
fn what_changed_since_the_preview_is_named_and_nothing_is_done() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..3, 0);
        let learner = office.learner(world, &deposited[0], "learner");
        let scope = json!({ "of": "batch", "certificate_numbers": [" s000441012345242000001 "], "outcome_ids": [deposited[1].outcome_id] });
        let scope_of_day = json!({ "of": "period", "by": "deposited", "from": "2026-11-24", "to": TODAY });
        let batch = preview(world, &office.registrar, &scope).unwrap();
        let period = preview(world, &office.officer, &scope_of_day).unwrap();
        assert_eq!((batch.counts.outcomes, &batch.counts), (2, &period.counts));
        office.claim(world, &learner, &[]);
        let Rejection::CorrectionChanged { problems } = refused(apply(world, &office.approver, &batch)) else {
            panic!()
        };
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].pointer, format!("/items/{}", deposited[0].outcome_id));
        office.deposit(world, 3..4, 0);
        let Rejection::CorrectionChanged { problems } = refused(apply(world, &office.approver, &period)) else {
            panic!()
        };
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert_eq!(pockets(&learner, world), ["0.00", "9.00", "0.00", "0.00"]);
        let unknown = json!({ "of": "batch", "outcome_ids": [Uuid::now_v7()], "certificate_numbers": ["nothing"] });
        let Rejection::InvalidBody { problems } = refused(preview(world, &office.registrar, &unknown)) else {
            panic!()
        };
        assert_eq!(problems.len(), 2);
        let all = list_corrections(&world.bank, &office.registrar, Some(world.institution_id), None, None, 10).unwrap();
        assert!(all.iter().all(|one| one.state == CorrectionState::Previewed));
        clean(world);
    });
}

#[test]
fn credit_that_is_used_opens_a_case_that_people_decide() {
    on_both(|world| {
        let office = Office::open(world);
        let wrong = office.deposit(world, 1..5, 0);
        let learners: Vec<Learner> = (0..4)
            .map(|place| office.learner(world, &wrong[place], &format!("learner-{place}")))
            .collect();
        for learner in &learners {
            office.grant(world, office.claim(world, learner, &[]));
        }
        // The first and the fourth have another certificate that would do as well.
        office.deposit(world, [1, 4].into_iter(), 1);
        let ids: Vec<Uuid> = wrong.iter().map(|one| one.outcome_id).collect();
        let previewed = preview(world, &office.registrar, &json!({ "of": "batch", "outcome_ids": ids })).unwrap();
        assert_eq!((previewed.counts.cases, previewed.counts.reversed.as_str()), (4, "0.00"));
        assert_eq!(follows(world, &office, &previewed), ["reopen"; 4]);
        apply(world, &office.approver, &previewed).unwrap();
        for learner in &learners {
            assert_eq!(pockets(learner, world)[2], "9.00", "nothing is cancelled silently");
            assert!(list_own_conversions(&world.bank, &learner.context).unwrap()[0].ended_at.is_none());
        }
        let all = cases(world, &office);
        let case_of = |learner: &Learner| all.iter().find(|case| case.learner_id == learner.learner_id).unwrap();
        let offered: Vec<bool> = learners.iter().map(|learner| case_of(learner).offer.is_some()).collect();
        assert_eq!(offered, [true, false, false, true]);
        assert_eq!(case_of(&learners[0]).due_on, "2026-12-22".parse().unwrap(), "fifteen working days");
        assert_eq!(
            refused(decide(world, &office.reviewer, &all[0], "confirm", None)),
            Rejection::Forbidden {}
        );

        // Confirmed: everything stays.
        let confirmed = decide(world, &office.approver, case_of(&learners[1]), "confirm", None).unwrap();
        assert_eq!(confirmed.state, CaseState::Confirmed);
        assert_eq!(pockets(&learners[1], world), ["0.00", "0.00", "9.00", "0.00"]);
        assert_eq!(
            refused(decide(world, &office.approver, case_of(&learners[1]), "cancel", None)).code(),
            "wrong_state"
        );
        // Cancelled: what it bought is taken back.
        decide(world, &office.approver, case_of(&learners[2]), "cancel", None).unwrap();
        assert_eq!(pockets(&learners[2], world), ["0.00", "0.00", "0.00", "9.00"]);
        let bought = list_own_conversions(&world.bank, &learners[2].context).unwrap();
        assert!(
            bought.iter().all(|one| one.ended_because.as_deref() == Some("correction")),
            "{bought:?}"
        );
        // Replaced: only by a granted claim of the learner, which takes the offer.
        let first = &learners[0];
        let old = case_of(first).claim_id;
        assert_eq!(
            refused(decide(world, &office.approver, case_of(first), "replace", Some(old))),
            Rejection::ReplacementUnfit {}
        );
        let claim_id = office.claim(world, first, &[]);
        assert_eq!(
            refused(decide(world, &office.approver, case_of(first), "replace", Some(claim_id))),
            Rejection::ReplacementUnfit {}
        );
        assert_eq!(
            refused(decide(world, &office.approver, case_of(first), "confirm", None)),
            Rejection::PlaceClaimed { claim_id }
        );
        office.grant(world, claim_id);
        decide(world, &office.approver, case_of(first), "replace", Some(claim_id)).unwrap();
        assert_eq!(pockets(first, world), ["0.00", "0.00", "9.00", "9.00"]);
        let own = list_own_cases(&world.bank, &first.context, None, 10).unwrap();
        assert_eq!((own[0].state, own[0].replaced_by), (CaseState::Replaced, Some(claim_id)));
        clean(world);
    });
}

#[test]
fn a_corrected_outcome_is_a_new_one_that_names_the_old() {
    on_both(|world| {
        let office = Office::open(world);
        let wrong = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &wrong, "learner");
        let number = outcomes_of(world, &learner, None)[0].certificate_number.clone();
        let new = |corrected: Value| {
            let new = json!({ "institution_id": world.institution_id, "kind": "correct", "scope": one(wrong.outcome_id), "reason": "成绩录入有误",
                "citation": "更正函", "corrected": corrected });
            preview_correction(&world.bank, &office.registrar, None, &serde_json::from_value(new).unwrap())
        };
        assert_eq!(refused(new(Value::Null)).code(), "invalid_body");
        let misspelt = json!({ "achievement_code": "occ-elec-4", "awarded_on": "2024-03-02", "grade": "" });
        let Rejection::InvalidBody { problems } = refused(new(misspelt)) else {
            panic!()
        };
        assert_eq!(problems[0].pointer, "/corrected/grade");
        let previewed =
            new(json!({ "achievement_code": "occ-elec-4", "awarded_on": "2024-03-02", "certificate_number": number, "score": "96" }))
                .unwrap();
        assert_eq!(follows(world, &office, &previewed), ["reverse replace"]);
        apply(world, &office.approver, &previewed).unwrap();
        assert_eq!(pockets(&learner, world), ["9.00", "0.00", "0.00", "9.00"]);
        let both = outcomes_of(world, &learner, None);
        let [new, old] = &both[..] else { panic!("{both:?}") };
        assert_eq!(
            (old.status.as_str(), old.corrected_by, new.replaces),
            ("corrected", Some(new.outcome_id), Some(old.outcome_id))
        );
        assert_eq!(
            (new.score.as_deref(), old.score.as_deref(), &old.certificate_number),
            (Some("96"), Some("86"), &number)
        );
        let then = AsOf {
            as_of: None,
            effective_on: Some("2026-11-25".parse().unwrap()),
        };
        assert_eq!(
            learner.pockets(world, then),
            ["9.00", "0.00", "0.00", "9.00"],
            "as it should have been all the time"
        );
        // The number points to the new outcome: by the number that one is withdrawn.
        let scope = json!({ "of": "batch", "certificate_numbers": [number] });
        let again = preview(world, &office.registrar, &scope).unwrap();
        apply(world, &office.approver, &again).unwrap();
        assert_eq!(pockets(&learner, world), ["0.00", "0.00", "0.00", "18.00"]);
        assert_eq!(
            learner.pockets(world, then),
            ["0.00", "0.00", "0.00", "18.00"],
            "what took the place is gone from the day of the grant, too"
        );
        clean(world);
    });
}
