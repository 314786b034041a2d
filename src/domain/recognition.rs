//! Recognition 认定: what bank credit an outcome gets, by the bank's published rules. Pure and total, so that a
//! decision replays: the same inputs and rules give the same result (invariants 6 and 7).

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::achievement::AchievementKind;
use super::credit::Credit;
use super::hours::Hours;
use super::rejection::FieldProblem;
use super::text::is_line;
use super::words::words;

words! {
    /// Which date chooses the version of a rule.
    pub enum SelectedBy {
        AwardDate => "award_date",
        DecisionDate => "decision_date",
    }
}

words! {
    /// Whether credit is still usable on the anniversary itself.
    pub enum Boundary {
        AnniversaryIncluded => "anniversary_included",
        AnniversaryExcluded => "anniversary_excluded",
    }
}

words! {
    /// Why an outcome brings no credit.
    pub enum NoCredit {
        NoRuleInForce => "no_rule_in_force",
        AmbiguousRules => "ambiguous_rules",
        HoursMissing => "hours_missing",
        BelowMinimumHours => "below_minimum_hours",
        RoundsToNothing => "rounds_to_nothing",
        ValidityOver => "validity_over",
    }
}

/// Which achievements a rule is for; every named property must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// One achievement, whatever its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<AchievementKind>,
    /// An ordered series such as `occ-elec`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub family: Option<String>,
    /// The rank within the family, 1 the lowest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 99)]
    pub rank: Option<i16>,
}

/// How the amount comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Method {
    /// Always the same amount.
    Fixed { credit: Credit },
    /// Hours divided by `hours_per_credit`, rounded down to `step`, at most `cap`.
    ByHours {
        hours_per_credit: Hours,
        minimum_hours: Hours,
        step: Credit,
        cap: Option<Credit>,
    },
}

/// How long the credit stays usable after the award date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    #[schema(minimum = 1, maximum = 99)]
    pub years: u8,
    pub boundary: Boundary,
}

/// One dated version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleVersion {
    pub rule_id: Uuid,
    pub version: i64,
    pub title: String,
    pub citation: String,
    pub selector: Selector,
    pub method: Method,
    pub validity: Option<Validity>,
    pub selected_by: SelectedBy,
    pub effective_from: NaiveDate,
    /// The last day in force.
    pub effective_to: Option<NaiveDate>,
}

/// Everything that a decision depends on beside the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecognitionInputs {
    pub lineage_id: Uuid,
    pub achievement_version: i64,
    pub kind: AchievementKind,
    pub family: Option<String>,
    pub rank: Option<i16>,
    pub nominal_hours: Option<Hours>,
    pub awarded_on: NaiveDate,
    pub hours: Option<Hours>,
    pub decided_on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<GrantedByClaim>,
}

/// The credit that people recognised for an outcome that no rule valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedByClaim {
    pub claim_id: Uuid,
    pub credit: Credit,
}

/// One step of the reasoning, with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TraceStep {
    RuleChosen {
        rule_id: Uuid,
        version: i64,
        title: String,
        citation: String,
        selected_by: SelectedBy,
        on: NaiveDate,
    },
    GrantedByClaim {
        claim_id: Uuid,
        credit: Credit,
    },
    FixedCredit {
        credit: Credit,
    },
    HoursTaken {
        hours: Hours,
        nominal: bool,
    },
    Divided {
        hours: Hours,
        hours_per_credit: Hours,
        step: Credit,
        credit: Credit,
    },
    Capped {
        cap: Credit,
    },
    UsableUntil {
        awarded_on: NaiveDate,
        years: u8,
        boundary: Boundary,
        usable_until: NaiveDate,
    },
    Nothing {
        reason: NoCredit,
    },
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognition {
    /// Nothing where `reason` says why.
    pub credit: Credit,
    pub reason: Option<NoCredit>,
    /// The last day on which the credit can be used.
    pub usable_until: Option<NaiveDate>,
    pub rule: Option<(Uuid, i64)>,
    pub trace: Vec<TraceStep>,
}

impl Selector {
    fn matches(&self, inputs: &RecognitionInputs) -> bool {
        self.lineage_id.is_none_or(|lineage| lineage == inputs.lineage_id)
            && self.kind.is_none_or(|kind| kind == inputs.kind)
            && self.family.as_ref().is_none_or(|family| Some(family) == inputs.family.as_ref())
            && self.rank.is_none_or(|rank| Some(rank) == inputs.rank)
    }

    /// A named achievement outweighs everything; then family, rank and kind, in that order.
    fn weight(&self) -> u8 {
        let bit = |named: bool, value: u8| if named { value } else { 0 };
        bit(self.lineage_id.is_some(), 8) + bit(self.family.is_some(), 4) + bit(self.rank.is_some(), 2) + bit(self.kind.is_some(), 1)
    }
}

impl RuleVersion {
    fn deciding_date(&self, inputs: &RecognitionInputs) -> NaiveDate {
        match self.selected_by {
            SelectedBy::AwardDate => inputs.awarded_on,
            SelectedBy::DecisionDate => inputs.decided_on,
        }
    }

    /// Both boundary days are in force.
    fn in_force_for(&self, inputs: &RecognitionInputs) -> bool {
        let on = self.deciding_date(inputs);
        self.effective_from <= on && self.effective_to.is_none_or(|last| on <= last)
    }

    /// What an author must mend before the version can be published.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, pointer: &str, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        refuse(
            self.title.trim().is_empty() || self.title.chars().count() > 200,
            "/title",
            "must have 1 to 200 characters",
        );
        refuse(!is_line(&self.citation, 500), "/citation", "must have 1 to 500 characters");
        refuse(self.selector == Selector::default(), "/selector", "must name at least one property");
        refuse(
            self.selector.rank.is_some() && self.selector.family.is_none(),
            "/selector/rank",
            "means nothing without a family",
        );
        refuse(
            self.selector.rank.is_some_and(|rank| !(1..=99).contains(&rank)),
            "/selector/rank",
            "must be 1 to 99",
        );
        refuse(
            self.validity.is_some_and(|validity| !(1..=99).contains(&validity.years)),
            "/validity/years",
            "must be 1 to 99",
        );
        refuse(
            self.effective_to.is_some_and(|last| last < self.effective_from),
            "/effective_to",
            "is before effective_from",
        );
        match &self.method {
            Method::Fixed { credit } => refuse(*credit == Credit::ZERO, "/method/credit", "must be more than nothing"),
            Method::ByHours {
                hours_per_credit,
                step,
                cap,
                ..
            } => {
                refuse(
                    hours_per_credit.hundredths() == 0,
                    "/method/hours_per_credit",
                    "must be more than nothing",
                );
                refuse(*step == Credit::ZERO, "/method/step", "must be more than nothing");
                refuse(cap.is_some_and(|cap| cap < *step), "/method/cap", "is less than one step");
            }
        }
        problems
    }
}

/// The last day of use: `years` after the award date, that day itself included or not.
/// An award on 29 February has its anniversary on 28 February in common years.
pub fn usable_until(awarded_on: NaiveDate, validity: Validity) -> NaiveDate {
    let year = awarded_on.year() + i32::from(validity.years);
    let anniversary = awarded_on
        .with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
        .unwrap_or(NaiveDate::MAX);
    match validity.boundary {
        Boundary::AnniversaryIncluded => anniversary,
        Boundary::AnniversaryExcluded => anniversary.pred_opt().unwrap_or(anniversary),
    }
}

/// Decides what an outcome is worth. `rules` are candidates; those not in force or not matching are passed over,
/// the most specific of the rest is used, and two equally specific ones are an ambiguity that brings no credit.
pub fn recognise(inputs: &RecognitionInputs, rules: &[RuleVersion]) -> Recognition {
    if let Some(GrantedByClaim { claim_id, credit }) = inputs.granted {
        return Recognition {
            credit,
            reason: None,
            usable_until: None,
            rule: None,
            trace: vec![TraceStep::GrantedByClaim { claim_id, credit }],
        };
    }
    let in_force: Vec<&RuleVersion> = rules
        .iter()
        .filter(|rule| rule.in_force_for(inputs) && rule.selector.matches(inputs))
        .collect();
    let heaviest = in_force.iter().map(|rule| rule.selector.weight()).max();
    let chosen: Vec<&&RuleVersion> = in_force.iter().filter(|rule| Some(rule.selector.weight()) == heaviest).collect();
    let rule = match chosen.as_slice() {
        [] => return nothing(NoCredit::NoRuleInForce, None, Vec::new()),
        [rule] => **rule,
        _ => return nothing(NoCredit::AmbiguousRules, None, Vec::new()),
    };
    let named = Some((rule.rule_id, rule.version));
    let mut trace = vec![TraceStep::RuleChosen {
        rule_id: rule.rule_id,
        version: rule.version,
        title: rule.title.clone(),
        citation: rule.citation.clone(),
        selected_by: rule.selected_by,
        on: rule.deciding_date(inputs),
    }];
    let credit = match amount(rule, inputs, &mut trace) {
        Ok(credit) => credit,
        Err(reason) => return nothing(reason, named, trace),
    };
    let last_day = rule.validity.map(|validity| {
        let last_day = usable_until(inputs.awarded_on, validity);
        trace.push(TraceStep::UsableUntil {
            awarded_on: inputs.awarded_on,
            years: validity.years,
            boundary: validity.boundary,
            usable_until: last_day,
        });
        last_day
    });
    if last_day.is_some_and(|last_day| inputs.decided_on > last_day) {
        return nothing(NoCredit::ValidityOver, named, trace);
    }
    Recognition {
        credit,
        reason: None,
        usable_until: last_day,
        rule: named,
        trace,
    }
}

fn nothing(reason: NoCredit, rule: Option<(Uuid, i64)>, mut trace: Vec<TraceStep>) -> Recognition {
    trace.push(TraceStep::Nothing { reason });
    Recognition {
        credit: Credit::ZERO,
        reason: Some(reason),
        usable_until: None,
        rule,
        trace,
    }
}

fn amount(rule: &RuleVersion, inputs: &RecognitionInputs, trace: &mut Vec<TraceStep>) -> Result<Credit, NoCredit> {
    let (hours_per_credit, minimum, step, cap) = match &rule.method {
        Method::Fixed { credit } => {
            trace.push(TraceStep::FixedCredit { credit: *credit });
            return Ok(*credit);
        }
        Method::ByHours {
            hours_per_credit,
            minimum_hours,
            step,
            cap,
        } => (*hours_per_credit, *minimum_hours, *step, *cap),
    };
    // The outcome's own hours; where the institution gave none, those that the achievement states.
    let hours = inputs.hours.or(inputs.nominal_hours).ok_or(NoCredit::HoursMissing)?;
    trace.push(TraceStep::HoursTaken {
        hours,
        nominal: inputs.hours.is_none(),
    });
    if hours < minimum {
        return Err(NoCredit::BelowMinimumHours);
    }
    let credit = rounded_down(hours, hours_per_credit, step).ok_or(NoCredit::RoundsToNothing)?;
    trace.push(TraceStep::Divided {
        hours,
        hours_per_credit,
        step,
        credit,
    });
    match cap {
        Some(cap) if credit > cap => {
            trace.push(TraceStep::Capped { cap });
            Ok(cap)
        }
        _ => Ok(credit),
    }
}

/// The greatest multiple of `step` whose hours are not more than `hours`; `None` when that is nothing.
fn rounded_down(hours: Hours, hours_per_credit: Hours, step: Credit) -> Option<Credit> {
    let hours_per_step = i128::from(hours_per_credit.hundredths()) * i128::from(step.hundredths());
    let steps = (i128::from(hours.hundredths()) * 100).checked_div(hours_per_step)?;
    let hundredths = i64::try_from(steps * i128::from(step.hundredths()))
        .ok()?
        .min(Credit::MAX_HUNDREDTHS);
    Credit::from_hundredths(hundredths).ok().filter(|credit| *credit > Credit::ZERO)
}

#[cfg(test)]
mod tests;
