//! Verdicts in sentences, in both languages: where an outcome's credit goes, and why the rest of it does not.

use super::{Allocation, Award, Destination, Layer, Reason, ReasonCode, Verdict};
use crate::domain::condition::Unmet;
use crate::domain::language::Language;

/// What is said of one outcome: a sentence for every award and every reason.
pub fn explain(allocation: &Allocation, verdict: &Verdict, language: Language) -> Vec<String> {
    let own = allocation.awards.iter().filter(|award| award.outcome == verdict.outcome);
    let awards = own.map(|award| used(award, language));
    let reasons = verdict.reasons.iter().map(|reason| unused(reason, language));
    awards.chain(reasons).collect()
}

fn used(award: &Award, language: Language) -> String {
    let (amount, citation) = (award.amount, &award.citation);
    match (&award.destination, language) {
        (Destination::Course { code, name, .. }, Language::Chinese) => {
            format!("{amount} 学分用于课程《{}》（{code}），依据{citation}。", name.text(language))
        }
        (Destination::Course { code, name, .. }, Language::English) => {
            format!("{amount} credits go to the course {} ({code}), by {citation}.", name.text(language))
        }
        (Destination::FreeCredit { bucket }, Language::Chinese) => format!("{amount} 学分计入类别 {bucket}，依据{citation}。"),
        (Destination::FreeCredit { bucket }, Language::English) => format!("{amount} credits go to the bucket {bucket}, by {citation}."),
    }
}

fn layer_of(layer: Option<Layer>, language: Language) -> &'static str {
    match (layer, language) {
        (Some(Layer::Standard), Language::Chinese) => "学分银行标准",
        (Some(Layer::Agreement), Language::Chinese) => "互认协议",
        (Some(Layer::Institution), Language::Chinese) => "机构转换规则",
        (Some(Layer::Programme), Language::Chinese) => "专业规定",
        (Some(Layer::Learner), Language::Chinese) => "学习者的选择",
        (Some(Layer::Standard), Language::English) => "the bank's standard",
        (Some(Layer::Agreement), Language::English) => "the agreement",
        (Some(Layer::Institution), Language::English) => "the institution's rules",
        (Some(Layer::Programme), Language::English) => "the programme's rules",
        (Some(Layer::Learner), Language::English) => "the learner's choice",
        (None, _) => "",
    }
}

fn unused(reason: &Reason, language: Language) -> String {
    match language {
        Language::Chinese => chinese(reason),
        Language::English => english(reason),
    }
}

fn chinese(reason: &Reason) -> String {
    let amount = reason.amount;
    let layer = layer_of(reason.layer, Language::Chinese);
    let citation = reason.citation.as_deref().unwrap_or_default();
    let detail = reason.detail.as_deref().unwrap_or_default();
    match reason.code {
        ReasonCode::NoPackInForce => "没有适用于该日期的转换规则。".to_owned(),
        ReasonCode::NoClauseMatches => match Unmet::parse(detail) {
            Some(unmet) => format!(
                "没有适用的条款；最接近的是{layer}{citation}，不符合的条件是{}。",
                lacking_chinese(unmet)
            ),
            None => "没有适用的条款。".to_owned(),
        },
        ReasonCode::Excluded => format!("{layer}{citation}规定不予转换。"),
        ReasonCode::ValueUnknown => format!("{layer}{citation}所依据的数值缺失，无法计算学分。"),
        ReasonCode::RoundsToNothing => format!("按{layer}{citation}取整后没有学分。"),
        ReasonCode::NoTarget => format!("{layer}{citation}所指的课程在本专业中没有。"),
        ReasonCode::TargetsTooLarge => format!("按{layer}{citation}的价值不足以覆盖任何课程，最小的课程为 {detail} 学分。"),
        ReasonCode::LimitReached => format!(
            "{amount} 学分未用：{layer}{citation}的限额为 {}，申请 {}。",
            reason.allowed.as_deref().unwrap_or_default(),
            reason.asked.as_deref().unwrap_or_default()
        ),
        ReasonCode::NotTheHighest => format!("{amount} 学分未用：{layer}{citation}规定只取最高的一项，已采用 {detail}。"),
        ReasonCode::Repeated => format!("{amount} 学分未用：{layer}{citation}规定不得重复，已采用 {detail}。"),
        ReasonCode::TargetsTaken => format!("{amount} 学分未用：可用的课程已由其他成果覆盖。"),
        ReasonCode::RemainderForfeited => format!("剩余 {amount} 学分按{layer}{citation}作废。"),
        ReasonCode::RemainderKept => format!("剩余 {amount} 学分按{layer}{citation}保留。"),
        ReasonCode::LeftOut => "学习者选择不用。".to_owned(),
        ReasonCode::PinnedElsewhere => format!("{amount} 学分未用：学习者的其他指定没有留下余地。"),
    }
}

fn english(reason: &Reason) -> String {
    let amount = reason.amount;
    let layer = layer_of(reason.layer, Language::English);
    let citation = reason.citation.as_deref().unwrap_or_default();
    let detail = reason.detail.as_deref().unwrap_or_default();
    match reason.code {
        ReasonCode::NoPackInForce => "No conversion rules are in force for its date.".to_owned(),
        ReasonCode::NoClauseMatches => match Unmet::parse(detail) {
            Some(unmet) => format!(
                "No clause is for it; the nearest, {citation} of {layer}, asks for another {}.",
                unmet.as_str().replace('_', " ")
            ),
            None => "No clause is for it.".to_owned(),
        },
        ReasonCode::Excluded => format!("{citation} of {layer} excludes it."),
        ReasonCode::ValueUnknown => format!("The number that {citation} of {layer} counts with is missing."),
        ReasonCode::RoundsToNothing => format!("Rounded down by {citation} of {layer}, nothing is left."),
        ReasonCode::NoTarget => format!("The programme has none of the courses of {citation} of {layer}."),
        ReasonCode::TargetsTooLarge => {
            format!("By {citation} of {layer} it is worth less than any course; the smallest has {detail} credits.")
        }
        ReasonCode::LimitReached => format!(
            "{amount} credits are not used: {citation} of {layer} allows {}, and {} were asked.",
            reason.allowed.as_deref().unwrap_or_default(),
            reason.asked.as_deref().unwrap_or_default()
        ),
        ReasonCode::NotTheHighest => {
            format!("{amount} credits are not used: by {citation} of {layer} only the highest counts, which is {detail}.")
        }
        ReasonCode::Repeated => {
            format!("{amount} credits are not used: by {citation} of {layer} nothing counts twice, and {detail} is used.")
        }
        ReasonCode::TargetsTaken => format!("{amount} credits are not used: other outcomes cover the courses that they could go to."),
        ReasonCode::RemainderForfeited => format!("The remaining {amount} credits are forfeited, by {citation} of {layer}."),
        ReasonCode::RemainderKept => format!("The remaining {amount} credits are kept, by {citation} of {layer}."),
        ReasonCode::LeftOut => "The learner left it out.".to_owned(),
        ReasonCode::PinnedElsewhere => format!("{amount} credits are not used: the learner's other wishes leave no room."),
    }
}

fn lacking_chinese(unmet: Unmet) -> &'static str {
    match unmet {
        Unmet::Kind => "成果类型",
        Unmet::Issuer => "颁发机构",
        Unmet::Origin => "成果来源",
        Unmet::Achievement => "成果标准",
        Unmet::Family => "成果系列",
        Unmet::Rank => "等级",
        Unmet::Level => "资历等级",
        Unmet::EducationLevel => "学历层次",
        Unmet::Tag => "标签",
        Unmet::Verification => "核实状态",
        Unmet::TraineeGroup => "人员类别",
        Unmet::ContestScope => "竞赛级别",
        Unmet::ContestPlace => "竞赛名次",
        Unmet::TeamStanding => "个人或团体",
        Unmet::TeamPosition => "团队排名",
        Unmet::Score => "成绩",
        Unmet::Grade => "等第",
        Unmet::Hours => "学时",
        Unmet::AwardDate => "取得日期",
        Unmet::TooLongAgo => "取得时间过久",
        Unmet::NoLongerValid => "已过有效期",
        Unmet::Alternatives => "可选条件",
        Unmet::Excepted => "除外情形",
    }
}
