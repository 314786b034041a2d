//! Random corrections: previewed, applied as they were previewed or refused with what changed, and decided where credit is used.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use credit_bank::domain::correction::preview::{Consequence, PreviewItem};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::Whose;
use credit_bank::ops::corrections::apply::apply_correction;
use credit_bank::ops::corrections::cases::{decide_case, list_own_cases};
use credit_bank::ops::corrections::reading::list_correction_items;
use credit_bank::ops::corrections::{Correction as Shown, preview_correction};
use credit_bank::ops::error::OpError;
use credit_bank::ops::outcomes::list_record_outcomes;
use serde_json::{Value, json};
use uuid::Uuid;

use super::book::Outcome;
use super::correcting::{Correction, Decision, Follows, Item, Scope};
use super::weeks::Weeks;
use crate::office::done;

/// What the bank says that follows, in the words of the book.
fn follows(consequence: &Consequence) -> Follows {
    match consequence {
        Consequence::Nothing {} => Follows::Nothing,
        Consequence::Reverse { amount, .. } => Follows::Reverse(amount.hundredths()),
        Consequence::VoidClaim {
            claim_id,
            amount,
            released,
            ..
        } => {
            let mut others: Vec<(Uuid, i64)> = released.iter().map(|part| (part.outcome_id, part.amount.hundredths())).collect();
            others.sort();
            Follows::Void(*claim_id, amount.hundredths(), others)
        }
        Consequence::Reopen {
            claim_id,
            decision_number,
            amount,
            bought,
            ..
        } => {
            let number = decision_number.as_ref().unwrap().rsplit('-').next().unwrap();
            let mut courses: Vec<String> = bought.iter().map(|one| one.place.clone()).collect();
            courses.sort();
            Follows::Reopen(*claim_id, number.parse().unwrap(), amount.hundredths(), courses)
        }
        Consequence::RevokeCredentials { .. } => unreachable!("in these weeks nobody asks for a credential"),
        Consequence::Replace { credit, .. } => Follows::Replace(credit.hundredths()),
    }
}

fn shown(item: &PreviewItem) -> (Uuid, String, Vec<Follows>) {
    (
        item.outcome_id,
        item.status.to_string(),
        item.consequences.iter().map(follows).collect(),
    )
}

impl Weeks<'_> {
    fn some_scope(&mut self, corrects: bool) -> Option<Scope> {
        let likely = self.chance.usize(0..6) > 0;
        let used: BTreeSet<Uuid> = self
            .book
            .claims
            .iter()
            .flat_map(|claim| &claim.uses)
            .filter(|used| used.standing)
            .map(|used| used.outcome)
            .collect();
        let in_use = self.chance.bool() && !used.is_empty();
        let fits = |one: &Outcome| (one.may_end() || !likely) && (!in_use || used.contains(&one.id));
        let first = self.some_outcome(fits)?;
        Some(match self.chance.usize(0..3) {
            _ if corrects => Scope::One(first.id),
            0 => Scope::One(first.id),
            1 => {
                let more: Vec<Uuid> = (0..self.chance.usize(1..4))
                    .filter_map(|_| self.some_outcome(|_| true))
                    .map(|one| one.id)
                    .collect();
                Scope::Batch(more.into_iter().chain([first.id]).collect())
            }
            _ => {
                let days = Days::new(self.chance.u64(0..12));
                Scope::Period(first.awarded - days, first.awarded + days)
            }
        })
    }

    pub(super) fn preview(&mut self) {
        let corrects = self.chance.usize(0..3) == 0;
        let Some(scope) = self.some_scope(corrects) else { return };
        let by_officer = self.chance.bool();
        let corrected = corrects.then(|| self.book.today - Days::new(self.chance.u64(400..600)));
        self.say(format!("a correction is previewed: {scope:?}, corrected {corrected:?}"));
        let context = self.when().at(if by_officer {
            self.town.officer()
        } else {
            self.town.world().registrar
        });
        let new = self.new_correction(&scope, corrected);
        let answer = done(preview_correction(
            &self.town.world().bank,
            &context,
            None,
            &serde_json::from_value(new).unwrap(),
        ));
        let expected = self.book.previewed(&scope, corrects);
        assert_eq!(answer.is_some(), expected.is_some(), "a preview");
        if let (Some(shown), Some(items)) = (answer, expected) {
            self.compare_preview(&shown, &items);
            self.book.tell("correction.preview_correction", None, true, shown.correction_id);
            self.book.corrections.push(Correction {
                id: shown.correction_id,
                digest: shown.digest,
                scope,
                corrected,
                items,
                by_officer,
                applied: false,
            });
            self.note(true, "preview".to_owned());
            // Mostly it is applied soon.
            if self.chance.bool() {
                self.book.tick += 1;
                self.apply_one(self.book.corrections.len() - 1);
            }
        } else {
            self.note(false, "preview".to_owned());
        }
    }

    fn new_correction(&self, scope: &Scope, corrected: Option<chrono::NaiveDate>) -> Value {
        let of = match scope {
            Scope::One(id) => json!({ "of": "outcome", "outcome_id": id }),
            Scope::Batch(ids) => json!({ "of": "batch", "outcome_ids": ids }),
            Scope::Period(from, to) => json!({ "of": "period", "by": "awarded", "from": from, "to": to }),
        };
        let body = corrected.map(|awarded| {
            let Scope::One(id) = scope else { panic!() };
            let outcome = self.book.outcome(*id);
            json!({ "achievement_code": outcome.sort.code(), "awarded_on": awarded, "certificate_number": outcome.number })
        });
        json!({ "institution_id": self.town.world().institution_id, "kind": if corrected.is_some() { "correct" } else { "withdraw" },
            "scope": of, "reason": "评价过程违规", "citation": "公告", "corrected": body })
    }

    fn compare_preview(&self, preview: &Shown, items: &[Item]) {
        let context = self.when().at(self.town.world().registrar);
        let listed = list_correction_items(&self.town.world().bank, &context, preview.correction_id, None, 1000).unwrap();
        let mut listed: Vec<_> = listed.iter().map(|one| shown(&one.item)).collect();
        let mut expected: Vec<_> = items
            .iter()
            .map(|item| (item.outcome, item.status.to_owned(), item.follows.clone()))
            .collect();
        listed.sort();
        expected.sort();
        assert_eq!(listed, expected, "a preview (left) beside the book (right)");
        let all = || items.iter().flat_map(|item| &item.follows);
        let reversed: i64 = all()
            .map(|follows| match follows {
                Follows::Reverse(amount) | Follows::Void(_, amount, _) => *amount,
                _ => 0,
            })
            .sum();
        let claims = |of: fn(&Follows) -> Option<Uuid>| all().filter_map(of).collect::<BTreeSet<_>>().len();
        let voided = claims(|follows| match follows {
            Follows::Void(claim, ..) => Some(*claim),
            _ => None,
        });
        let reopened = claims(|follows| match follows {
            Follows::Reopen(claim, ..) => Some(*claim),
            _ => None,
        });
        let counts = &preview.counts;
        let found = (counts.reversed.clone(), counts.claims_voided, counts.cases);
        assert_eq!(found, (format!("{}.{:02}", reversed / 100, reversed % 100), voided, reopened));
        let ending = items.iter().filter(|item| item.follows != [Follows::Nothing]).count();
        assert_eq!(counts.outcomes, ending);
    }

    pub(super) fn apply(&mut self) {
        let all = 0..self.book.corrections.len();
        let waiting: Vec<usize> = all.clone().filter(|number| !self.book.corrections[*number].applied).collect();
        let number = match self.chance.choice(waiting) {
            Some(number) if self.chance.usize(0..6) > 0 => number,
            _ if all.is_empty() => return,
            _ => self.chance.usize(all),
        };
        self.apply_one(number);
    }

    fn apply_one(&mut self, number: usize) {
        let correction = self.book.corrections[number].clone();
        // Whoever previewed it does not apply it.
        let (by, may) = match (correction.by_officer, self.chance.usize(0..6)) {
            (true, 0) => (self.town.officer(), false),
            (false, 0) => (self.town.world().registrar, false),
            (false, 1) => (self.town.officer(), true),
            (_, who) => (self.town.approver(who % 3), true),
        };
        let changed = self.book.changed(number);
        self.say(format!("correction {number} is applied; changed since: {changed:?}"));
        let bank = &self.town.world().bank;
        let context = self.when().at(by);
        let key = format!("apply-{}", self.book.tick);
        let apply = || apply_correction(bank, &context, Some(&key), correction.id, &correction.digest);
        let answer = apply();
        match answer {
            Err(OpError::Rejected(Rejection::CorrectionChanged { problems })) => {
                assert!(may && !correction.applied);
                let named: BTreeSet<String> = problems.into_iter().map(|problem| problem.pointer).collect();
                let expected: BTreeSet<String> = changed.iter().map(|id| format!("/items/{id}")).collect();
                assert_eq!(named, expected, "what changed by the bank (left) and by the book (right)");
                assert!(!named.is_empty());
                self.note(false, "apply what changed".to_owned());
            }
            Err(OpError::Rejected(rejection)) => {
                assert!(!may || correction.applied, "{rejection:?}");
                self.note(false, "apply".to_owned());
            }
            Err(error) => panic!("{error:?}"),
            Ok(applied) => {
                assert!(may && !correction.applied && changed.is_empty(), "changed by the book: {changed:?}");
                assert_eq!(apply().unwrap(), applied, "the saved answer");
                self.book.applied(number, self.replacement(&correction));
                self.name_cases();
                self.note(true, format!("apply {:?}", correction.corrected.map(|_| "corrected")));
            }
        }
    }

    /// The outcome that took the place of the corrected one, as the bank says.
    fn replacement(&self, correction: &Correction) -> Option<Uuid> {
        correction.corrected?;
        let Scope::One(id) = correction.scope else { panic!() };
        let learner = self.book.outcome(id).learner;
        let context = self.when().at(self.town.learners[learner].context);
        let all = list_record_outcomes(&self.town.world().bank, &context, Whose::Own, None, None, 1000).unwrap();
        let new = all.iter().find(|one| one.replaces == Some(id)).unwrap();
        Some(new.outcome_id)
    }

    /// The ids of new cases, as the bank says.
    fn name_cases(&mut self) {
        let mut ids: BTreeMap<(Uuid, Uuid), Uuid> = BTreeMap::new();
        for learner in &self.town.learners {
            let context = self.when().at(learner.context);
            let shown = list_own_cases(&self.town.world().bank, &context, None, 1000).unwrap();
            ids.extend(shown.iter().map(|one| ((one.correction_id, one.claim_id), one.case_id)));
        }
        let claims = &self.book.claims;
        for case in self.book.cases.iter_mut().filter(|case| case.id.is_nil()) {
            case.id = ids[&(case.correction, claims[case.claim].id)];
        }
    }

    pub(super) fn decide_case(&mut self) {
        let all = 0..self.book.cases.len();
        let open: Vec<usize> = all.clone().filter(|number| self.book.cases[*number].state == "open").collect();
        let number = match self.chance.choice(open) {
            Some(number) if self.chance.usize(0..8) > 0 => number,
            _ if all.is_empty() => return,
            _ => self.chance.usize(all),
        };
        let case = self.book.cases[number].clone();
        let owner = self.book.claims[case.claim].learner;
        let claims = 0..self.book.claims.len();
        let fitting: Vec<usize> = claims
            .clone()
            .filter(|by| self.book.claims[*by].learner == owner && self.book.claims[*by].submitted > case.opened)
            .collect();
        let decision = match self.chance.usize(0..3) {
            0 => Decision::Confirm,
            1 => Decision::Cancel,
            _ => Decision::Replace(self.chance.choice(fitting).unwrap_or_else(|| self.chance.usize(claims))),
        };
        self.say(format!("case {number} about claim {} is decided: {decision:?}", case.claim));
        let (verdict, by) = match decision {
            Decision::Confirm => ("confirm", None),
            Decision::Cancel => ("cancel", None),
            Decision::Replace(by) => ("replace", Some(self.book.claims[by].id)),
        };
        let body = json!({ "verdict": verdict, "reason": "经复核", "claim_id": by });
        let context = self.when().at(self.town.approver(self.chance.usize(0..3)));
        let bank = &self.town.world().bank;
        let answer = done(decide_case(bank, &context, None, case.id, &serde_json::from_value(body).unwrap()));
        let did = self.book.decided(number, decision);
        assert_eq!(
            answer.is_some(),
            did,
            "{decision:?} by the bank (left) and by the book (right) of {case:?}"
        );
        self.note(did, format!("case {verdict}"));
    }
}
