//! Worked cases of a rule pack: outcomes, a programme, and what must come of them. They are stored with the pack and run
//! whenever it changes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::allocation::{Allocation, EarlierAward, Effort, PackVersion, Pin, Question, ReasonCode};
use super::credit::CourseCredit;
use super::facts::{Issuer, OutcomeFacts};
use super::programme::Programme;

/// A cut that must be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedCut {
    /// The limit's id.
    #[schema(min_length = 1, max_length = 40, example = "mooc-share")]
    pub limit: String,
    /// As the answer says it; amounts may leave out decimals that are nought.
    #[schema(max_length = 20, example = "24")]
    pub asked: String,
    #[schema(max_length = 20, example = "20")]
    pub allowed: String,
    pub cut: CourseCredit,
}

/// What must come of a case; what is not named is not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub recognised: CourseCredit,
    /// How much of an outcome is used, by its key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub used: BTreeMap<String, CourseCredit>,
    /// Reasons that an outcome must be given, by its key; it may be given others as well.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, Vec<ReasonCode>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub cuts: Vec<ExpectedCut>,
}

/// One worked case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackCase {
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    pub decided_on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled_on: Option<NaiveDate>,
    pub programme: Programme,
    #[schema(max_items = 100)]
    pub outcomes: Vec<OutcomeFacts>,
    /// What the learner converted in the programme before, such as by a first claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub earlier: Vec<EarlierAward>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub pins: Vec<Pin>,
    /// Keys of outcomes that are not to be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub left_out: Vec<String>,
    pub expected: Expected,
}

impl PackCase {
    /// What the case asks of a version of a pack, at an institution, under the packs above.
    pub fn question(&self, institution: &Issuer, version: &PackVersion, above: &[PackVersion]) -> Question {
        Question {
            institution: institution.clone(),
            programme: self.programme.clone(),
            versions: vec![version.clone()],
            above: above.to_vec(),
            agreements: Vec::new(),
            outcomes: self.outcomes.clone(),
            decided_on: self.decided_on,
            earlier: self.earlier.clone(),
            enrolled_on: self.enrolled_on,
            pins: self.pins.clone(),
            left_out: self.left_out.clone(),
            effort: Effort::default(),
        }
    }
}

/// What differs from what the case expects, each in a sentence; nothing when the case is met.
pub fn check(case: &PackCase, allocation: &Allocation) -> Vec<String> {
    let expected = &case.expected;
    let mut differences = Vec::new();
    let mut differ = |what: String, expected: &dyn std::fmt::Display, found: &dyn std::fmt::Display| {
        differences.push(format!("{what}: expected {expected}, found {found}"));
    };
    if allocation.recognised != expected.recognised {
        differ("recognised".to_owned(), &expected.recognised, &allocation.recognised);
    }
    let verdict = |key: &String| allocation.verdicts.iter().find(|verdict| verdict.outcome == *key);
    for (key, used) in &expected.used {
        match verdict(key) {
            None => differ(format!("used of {key}"), used, &"no verdict"),
            Some(found) if found.used != *used => differ(format!("used of {key}"), used, &found.used),
            Some(_) => {}
        }
    }
    for (key, reasons) in &expected.reasons {
        let given: Vec<ReasonCode> = verdict(key)
            .into_iter()
            .flat_map(|found| &found.reasons)
            .map(|reason| reason.code)
            .collect();
        for reason in reasons.iter().filter(|reason| !given.contains(reason)) {
            differ(format!("reasons of {key}"), reason, &listed(given.iter().map(ToString::to_string)));
        }
    }
    for cut in &expected.cuts {
        let of_limit: Vec<_> = allocation.cuts.iter().filter(|found| found.limit == cut.limit).collect();
        let met =
            |found: &&&super::allocation::Cut| same(&found.asked, &cut.asked) && same(&found.allowed, &cut.allowed) && found.cut == cut.cut;
        if !of_limit.iter().any(|found| met(&found)) {
            let found = of_limit.iter().map(|found| cut_text(&found.asked, &found.allowed, found.cut));
            differ(
                format!("cut by {}", cut.limit),
                &cut_text(&cut.asked, &cut.allowed, cut.cut),
                &listed(found),
            );
        }
    }
    differences
}

fn cut_text(asked: &str, allowed: &str, cut: CourseCredit) -> String {
    format!("{asked} asked, {allowed} allowed, {cut} cut")
}

fn listed(texts: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = texts.collect();
    if all.is_empty() { "none".to_owned() } else { all.join("; ") }
}

/// Whether two numbers are the same, however many decimals they are written with.
fn same(one: &str, other: &str) -> bool {
    let amount = |text: &str| text.parse::<CourseCredit>().ok();
    one == other || (amount(one).is_some() && amount(one) == amount(other))
}

#[cfg(test)]
mod shipped_tests;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::allocation::{Cut, Layer, Proof, Reason, Verdict};
    use crate::domain::pack::shipped;

    fn credit(text: &str) -> CourseCredit {
        text.parse().unwrap()
    }

    fn case() -> PackCase {
        let all: Vec<PackCase> = serde_json::from_str(shipped::ALL[2].cases).unwrap();
        PackCase {
            expected: serde_json::from_value(serde_json::json!({ "recognised": "3.5", "used": { "certificate": "3.5" },
                "reasons": { "certificate": ["remainder_forfeited"] },
                "cuts": [{ "limit": "major-share", "asked": "5", "allowed": "4", "cut": "1" }] }))
            .unwrap(),
            ..all[0].clone()
        }
    }

    fn allocation() -> Allocation {
        let reason = Reason {
            code: ReasonCode::RemainderForfeited,
            amount: credit("0.5"),
            layer: None,
            rule: None,
            citation: None,
            asked: None,
            allowed: None,
            earlier: None,
            detail: None,
        };
        Allocation {
            programme: "mech-2017".to_owned(),
            required_credit: credit("60"),
            recognised: credit("3.5"),
            earlier: credit("0"),
            bound: credit("3.5"),
            proof: Proof::Optimal,
            awards: Vec::new(),
            verdicts: vec![Verdict {
                outcome: "certificate".to_owned(),
                offered: credit("4"),
                used: credit("3.5"),
                reasons: vec![reason],
            }],
            cuts: vec![Cut {
                layer: Layer::Institution,
                limit: "major-share".to_owned(),
                citation: "x".to_owned(),
                group: None,
                asked: "5.00".to_owned(),
                allowed: "4.00".to_owned(),
                earlier: None,
                cut: credit("1"),
            }],
            buckets: Vec::new(),
        }
    }

    #[test]
    fn every_difference_is_named() {
        assert_eq!(check(&case(), &allocation()), Vec::<String>::new());
        let mut other = allocation();
        other.recognised = credit("4");
        other.verdicts[0].used = credit("4");
        other.verdicts[0].reasons.clear();
        other.cuts[0].allowed = "3.00".to_owned();
        assert_eq!(
            check(&case(), &other),
            [
                "recognised: expected 3.50, found 4.00",
                "used of certificate: expected 3.50, found 4.00",
                "reasons of certificate: expected remainder_forfeited, found none",
                "cut by major-share: expected 5 asked, 4 allowed, 1.00 cut, found 5.00 asked, 3.00 allowed, 1.00 cut",
            ]
        );
        other.verdicts.clear();
        assert!(check(&case(), &other).contains(&"used of certificate: expected 3.50, found no verdict".to_owned()));
    }

    #[test]
    fn the_cases_that_ship_are_of_this_form() {
        for shipped in shipped::ALL {
            let cases: Vec<PackCase> = serde_json::from_str(shipped.cases).unwrap_or_else(|error| panic!("{}: {error}", shipped.code));
            let written = serde_json::to_value(&cases).unwrap();
            assert_eq!(serde_json::from_value::<Vec<PackCase>>(written).unwrap(), cases);
        }
    }
}
