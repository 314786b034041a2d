//! A decision's reasoning in sentences, in both languages, from the steps that recognition kept.

use super::language::Language;
use super::recognition::{Boundary, NoCredit, Recognition, SelectedBy, TraceStep};

/// The reasoning of a decision, one sentence a step, and what came of it.
pub fn explain(recognition: &Recognition, language: Language) -> Vec<String> {
    let mut sentences: Vec<String> = recognition.trace.iter().map(|step| sentence(step, language)).collect();
    if recognition.reason.is_none() {
        sentences.push(match language {
            Language::Chinese => format!("认定 {} 学分。", recognition.credit),
            Language::English => format!("Recognised: {} credits.", recognition.credit),
        });
    }
    sentences
}

fn sentence(step: &TraceStep, language: Language) -> String {
    match language {
        Language::Chinese => chinese(step),
        Language::English => english(step),
    }
}

fn chinese(step: &TraceStep) -> String {
    match step {
        TraceStep::RuleChosen {
            version,
            title,
            citation,
            selected_by,
            on,
            ..
        } => {
            let date = match selected_by {
                SelectedBy::AwardDate => "取得日期",
                SelectedBy::DecisionDate => "认定日期",
            };
            let on = Language::Chinese.day(*on);
            format!("适用认定标准《{title}》第 {version} 版（{citation}），按{date}（{on}）选定。")
        }
        TraceStep::GrantedByClaim { claim_id, credit } => format!("经认定申请 {claim_id} 评审，认定 {credit} 学分。"),
        TraceStep::FixedCredit { credit } => format!("该标准固定认定 {credit} 学分。"),
        TraceStep::HoursTaken { hours, nominal: true } => format!("成果未注明学时，采用成果标准的学时 {hours}。"),
        TraceStep::HoursTaken { hours, nominal: false } => format!("采用成果的学时 {hours}。"),
        TraceStep::Divided {
            hours,
            hours_per_credit,
            step,
            credit,
        } => format!("{hours} 学时，每 {hours_per_credit} 学时折合 1 学分，向下取至 {step} 的倍数，得 {credit} 学分。"),
        TraceStep::Capped { cap } => format!("超过上限，按上限 {cap} 学分计。"),
        TraceStep::UsableUntil {
            awarded_on,
            years,
            boundary,
            usable_until,
        } => {
            let included = match boundary {
                Boundary::AnniversaryIncluded => "含当日",
                Boundary::AnniversaryExcluded => "不含当日",
            };
            let (awarded_on, last_day) = (Language::Chinese.day(*awarded_on), Language::Chinese.day(*usable_until));
            format!("有效期为取得日期（{awarded_on}）起 {years} 年（到期日{included}），可使用至{last_day}。")
        }
        TraceStep::Nothing { reason } => match reason {
            NoCredit::NoRuleInForce => "没有适用的现行认定标准，不产生学分。",
            NoCredit::AmbiguousRules => "有两项同样具体的认定标准同时适用，不产生学分。",
            NoCredit::HoursMissing => "成果和成果标准都没有注明学时，不产生学分。",
            NoCredit::BelowMinimumHours => "学时低于该标准的最低学时，不产生学分。",
            NoCredit::RoundsToNothing => "学时不足一个计算单位，不产生学分。",
            NoCredit::ValidityOver => "认定时有效期已过，不产生学分。",
        }
        .to_owned(),
    }
}

fn english(step: &TraceStep) -> String {
    match step {
        TraceStep::RuleChosen {
            version,
            title,
            citation,
            selected_by,
            on,
            ..
        } => {
            let date = match selected_by {
                SelectedBy::AwardDate => "award date",
                SelectedBy::DecisionDate => "decision date",
            };
            let on = Language::English.day(*on);
            format!("The rule “{title}”, version {version} ({citation}), applies; it was chosen by the {date}, {on}.")
        }
        TraceStep::GrantedByClaim { claim_id, credit } => {
            format!("The people who reviewed the claim {claim_id} recognised {credit} credits.")
        }
        TraceStep::FixedCredit { credit } => format!("The rule always gives {credit} credits."),
        TraceStep::HoursTaken { hours, nominal: true } => {
            format!("The outcome states no hours; the achievement's {hours} are taken.")
        }
        TraceStep::HoursTaken { hours, nominal: false } => format!("The outcome's {hours} hours are taken."),
        TraceStep::Divided {
            hours,
            hours_per_credit,
            step,
            credit,
        } => format!("{hours} hours at {hours_per_credit} hours a credit, rounded down to a multiple of {step}, make {credit} credits."),
        TraceStep::Capped { cap } => format!("That is more than the cap; {cap} credits are given."),
        TraceStep::UsableUntil {
            awarded_on,
            years,
            boundary,
            usable_until,
        } => {
            let included = match boundary {
                Boundary::AnniversaryIncluded => "included",
                Boundary::AnniversaryExcluded => "excluded",
            };
            let (awarded_on, last_day) = (Language::English.day(*awarded_on), Language::English.day(*usable_until));
            format!("It is valid for {years} years from the award date, {awarded_on} (anniversary {included}): usable until {last_day}.")
        }
        TraceStep::Nothing { reason } => match reason {
            NoCredit::NoRuleInForce => "No rule in force applies: no credit.",
            NoCredit::AmbiguousRules => "Two equally specific rules apply: no credit.",
            NoCredit::HoursMissing => "Neither the outcome nor the achievement states hours: no credit.",
            NoCredit::BelowMinimumHours => "The hours are fewer than the rule's minimum: no credit.",
            NoCredit::RoundsToNothing => "The hours are fewer than one step: no credit.",
            NoCredit::ValidityOver => "The validity had ended when it was decided: no credit.",
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::achievement::AchievementKind;
    use crate::domain::recognition::{Method, RecognitionInputs, RuleVersion, Selector, Validity, recognise};

    #[test]
    fn reasoning_reads_as_sentences_with_its_numbers() {
        let rule = RuleVersion {
            rule_id: uuid::Uuid::from_u128(1),
            version: 2,
            title: "培训学时".into(),
            citation: "（十七）".into(),
            selector: Selector {
                kind: Some(AchievementKind::Training),
                ..Selector::default()
            },
            method: Method::ByHours {
                hours_per_credit: "16".parse().unwrap(),
                minimum_hours: "8".parse().unwrap(),
                step: "0.50".parse().unwrap(),
                cap: Some("2".parse().unwrap()),
            },
            validity: Some(Validity {
                years: 5,
                boundary: Boundary::AnniversaryExcluded,
            }),
            selected_by: SelectedBy::DecisionDate,
            effective_from: "2020-01-01".parse().unwrap(),
            effective_to: None,
        };
        let inputs = RecognitionInputs {
            lineage_id: uuid::Uuid::from_u128(2),
            achievement_version: 1,
            kind: AchievementKind::Training,
            family: None,
            rank: None,
            nominal_hours: None,
            awarded_on: "2024-03-01".parse().unwrap(),
            hours: Some("56".parse().unwrap()),
            decided_on: "2024-04-01".parse().unwrap(),
            granted: None,
        };
        let recognition = recognise(&inputs, &[rule]);
        assert_eq!(
            explain(&recognition, Language::English),
            [
                "The rule “培训学时”, version 2 (（十七）), applies; it was chosen by the decision date, 1 April 2024.",
                "The outcome's 56.00 hours are taken.",
                "56.00 hours at 16.00 hours a credit, rounded down to a multiple of 0.50, make 3.50 credits.",
                "That is more than the cap; 2.00 credits are given.",
                "It is valid for 5 years from the award date, 1 March 2024 (anniversary excluded): usable until 28 February 2029.",
                "Recognised: 2.00 credits.",
            ],
        );
        assert_eq!(
            explain(&recognition, Language::Chinese),
            [
                "适用认定标准《培训学时》第 2 版（（十七）），按认定日期（2024年4月1日）选定。",
                "采用成果的学时 56.00。",
                "56.00 学时，每 16.00 学时折合 1 学分，向下取至 0.50 的倍数，得 3.50 学分。",
                "超过上限，按上限 2.00 学分计。",
                "有效期为取得日期（2024年3月1日）起 5 年（到期日不含当日），可使用至2029年2月28日。",
                "认定 2.00 学分。",
            ],
        );
        let nothing = recognise(&inputs, &[]);
        assert_eq!(explain(&nothing, Language::Chinese), ["没有适用的现行认定标准，不产生学分。"]);
    }
}
