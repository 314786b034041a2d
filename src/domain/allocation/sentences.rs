//! Verdicts in sentences, in both languages: where an outcome's credit goes, and why the rest of it does not.

use super::{Allocation, Award, Destination, Layer, Question, Reason, ReasonCode, Verdict};
use crate::domain::bilingual::Bilingual;
use crate::domain::condition::Unmet;
use crate::domain::language::Language;
use crate::domain::pack::Exemption;

/// What is said of one outcome: a sentence for every award and every reason.
pub fn explain(allocation: &Allocation, verdict: &Verdict, question: &Question, language: Language) -> Vec<String> {
    let own = allocation.awards.iter().filter(|award| award.outcome == verdict.outcome);
    let awards = own.map(|award| {
        let mut sentence = used(allocation, award, language);
        if award.exempt_from == Some(Exemption::Class) {
            sentence.push_str(match language {
                Language::Chinese => "该课程免修但不免考，仍须参加考试。",
                Language::English => " The classes are waived, the examination still has to be taken.",
            });
        }
        sentence
    });
    let reasons = verdict
        .reasons
        .iter()
        .map(|reason| unused(&with_name(reason, question, language), language));
    awards.chain(reasons).collect()
}

fn used(allocation: &Allocation, award: &Award, language: Language) -> String {
    let called = |code: &String| -> String {
        let known = allocation.buckets.iter().find(|standing| standing.bucket == *code);
        let name: Option<&Bilingual> = known.map(|standing| &standing.name);
        name.map_or_else(|| code.clone(), |name| name.text(language).to_owned())
    };
    let (amount, citation) = (award.amount, &award.citation);
    match (&award.destination, language) {
        (Destination::Course { code, name, .. }, Language::Chinese) => {
            format!("{amount} 学分用于课程《{}》（{code}），依据{citation}。", name.text(language))
        }
        (Destination::Course { code, name, .. }, Language::English) => {
            format!("{amount} credits go to the course {} ({code}), by {citation}.", name.text(language))
        }
        (Destination::FreeCredit { bucket }, Language::Chinese) => format!("{amount} 学分计入“{}”，依据{citation}。", called(bucket)),
        (Destination::FreeCredit { bucket }, Language::English) => {
            format!("{amount} credits go to the bucket {}, by {citation}.", called(bucket))
        }
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

/// A reason that names another outcome, by its name instead of its key.
fn with_name(reason: &Reason, question: &Question, language: Language) -> Reason {
    let is_other = matches!(reason.code, ReasonCode::NotTheHighest | ReasonCode::Repeated);
    let mut outcomes = question.outcomes.iter().chain(question.earlier.iter().map(|award| &award.outcome));
    let other = outcomes.find(|outcome| Some(&outcome.key) == reason.detail.as_ref());
    Reason {
        detail: other
            .filter(|_| is_other)
            .map(|outcome| outcome.called(language).to_owned())
            .or_else(|| reason.detail.clone()),
        ..reason.clone()
    }
}

fn unused(reason: &Reason, language: Language) -> String {
    match language {
        Language::Chinese => chinese(reason),
        Language::English => english(reason),
    }
}

/// What a limit allows or was asked for: credit is written with decimals, a number of outcomes or courses without.
fn measured(number: Option<&String>, language: Language) -> String {
    let number = number.map(String::as_str).unwrap_or_default();
    match (number.contains('.'), language) {
        (true, Language::Chinese) => format!("{number} 学分"),
        (false, Language::Chinese) => format!("{number} 项（门）"),
        (true, Language::English) => format!("{number} credits"),
        (false, Language::English) => format!("{number} in number"),
    }
}

/// How much of what was asked was converted earlier, where anything was.
fn earlier(reason: &Reason, language: Language) -> String {
    match (&reason.earlier, language) {
        (None, _) => String::new(),
        (number, Language::Chinese) => format!("，其中此前已转换 {}", measured(number.as_ref(), language)),
        (number, Language::English) => format!(", of which {} were converted earlier", measured(number.as_ref(), language)),
    }
}

/// Whether what counts instead is used now or was converted earlier.
fn chosen(reason: &Reason, language: Language) -> &'static str {
    match (reason.earlier.is_some(), language) {
        (false, Language::Chinese) => "已采用",
        (true, Language::Chinese) => "此前已转换",
        (false, Language::English) => " is used",
        (true, Language::English) => " was converted earlier",
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
            Some(unmet) => format!("没有适用的条款；最接近的是{layer}{citation}，{}。", lacking_chinese(unmet)),
            None => "没有适用的条款。".to_owned(),
        },
        ReasonCode::Excluded => format!("{layer}{citation}规定不予转换。"),
        ReasonCode::ValueUnknown => format!("{layer}{citation}所依据的数值缺失，无法计算学分。"),
        ReasonCode::RoundsToNothing => format!("按{layer}{citation}取整后没有学分。"),
        ReasonCode::NoTarget => format!("{layer}{citation}所指的课程在本专业中没有。"),
        ReasonCode::TargetsTooLarge => format!("按{layer}{citation}的价值不足以覆盖任何课程，最小的课程为 {detail} 学分。"),
        ReasonCode::LimitReached => format!(
            "{amount} 学分未用：{layer}{citation}的限额为 {}，申请 {}{}。",
            measured(reason.allowed.as_ref(), Language::Chinese),
            measured(reason.asked.as_ref(), Language::Chinese),
            earlier(reason, Language::Chinese)
        ),
        ReasonCode::NotTheHighest => format!(
            "{amount} 学分未用：{layer}{citation}规定只取其中一项，{}“{detail}”。",
            chosen(reason, Language::Chinese)
        ),
        ReasonCode::Repeated => format!(
            "{amount} 学分未用：{layer}{citation}规定不得重复，{}“{detail}”。",
            chosen(reason, Language::Chinese)
        ),
        ReasonCode::AlreadyConverted if citation.is_empty() => "此前已在本专业转换，不能再用。".to_owned(),
        ReasonCode::AlreadyConverted => format!("此前已在本专业转换，按{layer}{citation}没有可以再用的余额。"),
        ReasonCode::CoveredEarlier => format!("{layer}{citation}所指的课程已由此前的转换覆盖。"),
        ReasonCode::TargetsTaken => format!("{amount} 学分未用：可用的课程已由其他成果覆盖。"),
        ReasonCode::RemainderForfeited => format!("剩余 {amount} 学分按{layer}{citation}作废。"),
        ReasonCode::RemainderKept => format!("剩余 {amount} 学分按{layer}{citation}保留。"),
        ReasonCode::LeftOut => "按学习者本人的选择，不用。".to_owned(),
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
                "No clause is for it; the nearest, {citation} of {layer}, {}.",
                lacking_english(unmet)
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
            "{amount} credits are not used: {citation} of {layer} allows {}, and {} were asked{}.",
            measured(reason.allowed.as_ref(), Language::English),
            measured(reason.asked.as_ref(), Language::English),
            earlier(reason, Language::English)
        ),
        ReasonCode::NotTheHighest => format!(
            "{amount} credits are not used: by {citation} of {layer} only one of them counts, and “{detail}”{}.",
            chosen(reason, Language::English)
        ),
        ReasonCode::Repeated => format!(
            "{amount} credits are not used: by {citation} of {layer} nothing counts twice, and “{detail}”{}.",
            chosen(reason, Language::English)
        ),
        ReasonCode::AlreadyConverted if citation.is_empty() => {
            "It was converted in this programme earlier and cannot be used again.".to_owned()
        }
        ReasonCode::AlreadyConverted => {
            format!("It was converted in this programme earlier, and {citation} of {layer} leaves nothing of it to use.")
        }
        ReasonCode::CoveredEarlier => format!("The courses of {citation} of {layer} were covered by earlier conversions."),
        ReasonCode::TargetsTaken => format!("{amount} credits are not used: other outcomes cover the courses that they could go to."),
        ReasonCode::RemainderForfeited => format!("The remaining {amount} credits are forfeited, by {citation} of {layer}."),
        ReasonCode::RemainderKept => format!("The remaining {amount} credits are kept, by {citation} of {layer}."),
        ReasonCode::LeftOut => "It was left out by choice.".to_owned(),
        ReasonCode::PinnedElsewhere => format!("{amount} credits are not used: the learner's other wishes leave no room."),
    }
}

fn lacking_chinese(unmet: Unmet) -> &'static str {
    match unmet {
        Unmet::Kind => "成果类型不符",
        Unmet::Issuer => "颁发机构不符",
        Unmet::Origin => "成果来源不符",
        Unmet::Achievement => "成果标准不符",
        Unmet::Family => "成果系列不符",
        Unmet::Rank => "等级不符",
        Unmet::Level => "资历等级不符",
        Unmet::EducationLevel => "学历层次不符",
        Unmet::Tag => "标签不符",
        Unmet::Verification => "核实状态不符",
        Unmet::TraineeGroup => "人员类别不符",
        Unmet::ContestScope => "竞赛级别不符",
        Unmet::ContestPlace => "竞赛名次不符",
        Unmet::TeamStanding => "个人或团体不符",
        Unmet::TeamPosition => "团队排名不符",
        Unmet::Score => "成绩未达到要求或未记录",
        Unmet::Grade => "等第未达到要求或未记录",
        Unmet::Hours => "学时未达到要求或未记录",
        Unmet::AwardDate => "取得日期不在规定期间",
        Unmet::TooLongAgo => "取得时间超过规定年限",
        Unmet::Enrolment => "取得时间与入学时间的先后",
        Unmet::NoLongerValid => "已过有效期",
        Unmet::Alternatives => "所列情形均不符合",
        Unmet::Excepted => "属于除外情形",
    }
}

fn lacking_english(unmet: Unmet) -> &'static str {
    match unmet {
        Unmet::Kind => "asks for another kind of outcome",
        Unmet::Issuer => "asks for another issuer",
        Unmet::Origin => "asks for another origin",
        Unmet::Achievement => "asks for another achievement",
        Unmet::Family => "asks for another family",
        Unmet::Rank => "asks for another rank",
        Unmet::Level => "asks for another level",
        Unmet::EducationLevel => "asks for another level of education",
        Unmet::Tag => "asks for other tags",
        Unmet::Verification => "asks for another state of verification",
        Unmet::TraineeGroup => "asks for another group of people",
        Unmet::ContestScope => "asks for a contest of another scope",
        Unmet::ContestPlace => "asks for another place in the contest",
        Unmet::TeamStanding => "asks for the other of an individual and a team result",
        Unmet::TeamPosition => "asks for another position in the team",
        Unmet::Score => "asks for a higher score, or for one that is recorded",
        Unmet::Grade => "asks for a higher grade, or for one that is recorded",
        Unmet::Hours => "asks for more hours, or for hours that are recorded",
        Unmet::AwardDate => "asks for another date of award",
        Unmet::TooLongAgo => "asks for a later award: this one is too long ago",
        Unmet::Enrolment => "asks for an award at another time, seen from the enrolment",
        Unmet::NoLongerValid => "asks for an outcome that is still valid",
        Unmet::Alternatives => "names cases of which none is this one",
        Unmet::Excepted => "excepts such an outcome",
    }
}
