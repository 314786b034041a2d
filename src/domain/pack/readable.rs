//! A pack in plain Chinese and English, made from the document, so that the two never say different things. Every field of
//! the document is said; each structure is taken apart field by field, so that a new one cannot be forgotten.

mod claims;
mod clauses;
pub mod conditions;
mod courses;
mod definitions;
mod names;

use serde::{Deserialize, Serialize};

use super::{Exclusion, HighestBy, OnlyOne, RulePack, Within};
use crate::domain::admission::AdmissionWeighting;
use crate::domain::bilingual::Bilingual;
use crate::domain::language::Language;
use crate::domain::limit::{AtMost, CourseSelector, Limit, ShareOf};
use names::{counted, scope, selected_by};

/// A rule, or what the rules stand on, in sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Paragraph {
    /// By what it is known from version to version: its heading without the title. For comparing here, no part of the API.
    #[serde(skip)]
    pub key: String,
    pub heading: String,
    /// Where the published text says so.
    pub citation: Option<String>,
    pub sentences: Vec<String>,
}

/// The readable form of a pack in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Readable {
    pub title: String,
    pub paragraphs: Vec<Paragraph>,
}

/// A sentence in one of the languages, with what stands around filled in.
macro_rules! say {
    ($language:expr, $chinese:literal, $english:literal) => {
        match $language {
            crate::domain::language::Language::Chinese => format!($chinese),
            crate::domain::language::Language::English => format!($english),
        }
    };
}
use say;

/// The readable form.
pub fn readable(pack: &RulePack, language: Language) -> Readable {
    let RulePack {
        code: _,
        title,
        owner: _,
        legal_basis: _,
        effective_from: _,
        effective_to: _,
        selected_by: _,
        under: _,
        programmes: _,
        definitions: defined,
        clauses: rules,
        limits,
        highest_only,
        once_only,
        exclusions,
        admission,
        claims: deciding,
    } = pack;
    let mut paragraphs = vec![basis(pack, language)];
    paragraphs.extend(definitions::paragraphs(defined, language));
    paragraphs.extend(rules.iter().map(|rule| clauses::paragraph(rule, language)));
    paragraphs.extend(limits.iter().map(|rule| limit(rule, language)));
    paragraphs.extend(highest_only.iter().map(|rule| only_one(rule, OnlyWhich::Highest, language)));
    paragraphs.extend(once_only.iter().map(|rule| only_one(rule, OnlyWhich::Once, language)));
    paragraphs.extend(exclusions.iter().map(|rule| exclusion(rule, language)));
    paragraphs.extend(admission.iter().map(|weighting| admitted(weighting, language)));
    paragraphs.extend(deciding.iter().map(|rules| claims::paragraph(rules, language)));
    Readable {
        title: title.text(language).to_owned(),
        paragraphs,
    }
}

fn basis(pack: &RulePack, language: Language) -> Paragraph {
    let RulePack {
        code,
        owner,
        legal_basis,
        effective_from: from,
        effective_to,
        under,
        programmes,
        ..
    } = pack;
    let laws = list(language, legal_basis);
    let mut sentences = vec![say!(language, "转换规则编号为“{code}”。", "The code of the rule pack is “{code}”.")];
    sentences.push(match owner {
        Some(owner) => say!(
            language,
            "制定机构的统一社会信用代码为 {owner}。",
            "It belongs to the institution {owner}."
        ),
        None => say!(language, "这是学分银行自身的标准。", "It is the bank's own standard."),
    });
    sentences.push(say!(language, "依据：{laws}。", "It stands on: {laws}."));
    let from = language.day(*from);
    sentences.push(match effective_to.map(|to| language.day(to)) {
        Some(to) => say!(
            language,
            "自{from}起施行，至{to}止，首尾两日均在内。",
            "It is in force from {from} to {to}, both days included."
        ),
        None => say!(
            language,
            "自{from}起施行，当日在内。",
            "It is in force from {from} on, that day included."
        ),
    });
    sentences.push(match pack.selected_by {
        Some(by) => {
            let date = selected_by(by, language);
            say!(
                language,
                "以{date}确定适用的版本。",
                "The version that judges an outcome is chosen by {date}."
            )
        }
        None => say!(
            language,
            "尚未写明以哪个日期确定适用的版本。",
            "Which date chooses the version is not said yet."
        ),
    });
    if !under.is_empty() {
        let packs = list(language, under);
        sentences.push(say!(
            language,
            "同时遵守上级转换规则：{packs}。",
            "It stands under these rule packs: {packs}."
        ));
    }
    sentences.push(if programmes.is_empty() {
        say!(language, "适用于制定机构的全部专业。", "It is for all programmes of its owner.")
    } else {
        let codes = list(language, programmes);
        say!(language, "适用于以下专业：{codes}。", "It is for these programmes: {codes}.")
    });
    definitions::paragraph(say!(language, "依据与效力", "Basis and validity"), sentences)
}

fn limit(limit: &Limit, language: Language) -> Paragraph {
    let Limit {
        id,
        citation,
        title,
        outcomes,
        clauses,
        courses,
        per,
        calendar,
        at_most,
        inside,
        outside,
    } = limit;
    let each = scope(*per, language);
    let amount = match at_most {
        // In Chinese a number stands apart from the word before it.
        AtMost::Credit { credit } => say!(language, " {credit} 学分", "{credit} credits"),
        AtMost::Share { percent, of } => match of {
            ShareOf::RequiredCredit => say!(language, "毕业所需学分的 {percent}%", "{percent} % of the required credit"),
            ShareOf::SelectedCourses => say!(
                language,
                "所涉课程学分的 {percent}%",
                "{percent} % of the credit of the courses that it is about"
            ),
            ShareOf::BucketMinimum => say!(
                language,
                "课程模块最低学分的 {percent}%",
                "{percent} % of the minimum of the bucket"
            ),
        },
        AtMost::Count { count, of } => {
            let things = counted(*of, *count, language);
            say!(language, " {count} {things}", "{count} {things}")
        }
        AtMost::BankCredit {} => say!(language, "学分银行认定的学分", "what the bank recognised"),
    };
    let mut sentences = vec![say!(language, "每{each}最多转换{amount}。", "For each {each}, at most {amount}.")];
    if let Some(calendar) = calendar {
        sentences.push(say!(
            language,
            "按学期历“{calendar}”，以取得日期计算。",
            "Periods are those of the calendar “{calendar}”, by award date."
        ));
    }
    if !clauses.is_empty() {
        let ids = list(language, clauses);
        sentences.push(say!(
            language,
            "只计算以下条款所转换的：{ids}。",
            "Only what these clauses bring is counted: {ids}."
        ));
    }
    sentences.extend(about_outcomes(outcomes, language));
    sentences.extend(about_courses(courses, language));
    if !inside.is_empty() {
        let ids = list(language, inside);
        sentences.push(say!(
            language,
            "所计算的同时计入：{ids}。",
            "What it counts is inside these limits as well: {ids}."
        ));
    }
    if !outside.is_empty() {
        let ids = list(language, outside);
        sentences.push(say!(
            language,
            "所计算的不计入：{ids}。",
            "What it counts is outside of these limits: {ids}."
        ));
    }
    let label = say!(language, "限额", "Limit");
    rule(&label, id, citation, title.as_ref(), sentences, language)
}

#[derive(Clone, Copy)]
enum OnlyWhich {
    Highest,
    Once,
}

fn only_one(only: &OnlyOne, which: OnlyWhich, language: Language) -> Paragraph {
    let OnlyOne {
        id,
        citation,
        outcomes,
        within,
        by,
    } = only;
    let one = match within {
        Within::Achievement => say!(language, "同一学习成果标准", "one achievement"),
        Within::Family => say!(language, "同一系列", "one family"),
        Within::Event => say!(language, "同一赛事", "one event"),
        Within::Name => say!(language, "名称相近", "near names"),
    };
    let (label, sentence) = match which {
        OnlyWhich::Highest => (
            say!(language, "就高", "Highest only"),
            say!(
                language,
                "{one}的成果只用最高的一项。",
                "Of outcomes of {one}, only the highest is used."
            ),
        ),
        OnlyWhich::Once => (
            say!(language, "不重复", "Once only"),
            say!(language, "{one}的成果只用一次。", "Of outcomes of {one}, one is used and no other."),
        ),
    };
    let mut sentences = vec![sentence];
    sentences.extend(by.map(|by| match by {
        HighestBy::Rank => say!(
            language,
            "高低按等级（赛事按名次）区分：能用较高的一项时，较低的不计。",
            "The highest is that of the highest rank (of an event, the best place): where it could be used, a lower one is worth nothing."
        ),
        HighestBy::Value => say!(
            language,
            "高低按可转换的学分区分：采用转换学分最多的一项。",
            "The highest is the one that brings most in the conversion."
        ),
    }));
    sentences.extend(about_outcomes(outcomes, language));
    rule(&label, id, citation, None, sentences, language)
}

fn exclusion(exclusion: &Exclusion, language: Language) -> Paragraph {
    let Exclusion {
        id,
        citation,
        outcomes,
        courses,
    } = exclusion;
    let mut sentences = vec![say!(language, "以下不予转换。", "What follows is not converted.")];
    sentences.extend(about_outcomes(outcomes, language));
    sentences.extend(about_courses(courses, language));
    let label = say!(language, "排除", "Exclusion");
    rule(&label, id, citation, None, sentences, language)
}

fn admitted(weighting: &AdmissionWeighting, language: Language) -> Paragraph {
    let AdmissionWeighting { parts } = weighting;
    let sentences = parts.iter().map(|part| {
        let (name, weight) = (part.name.text(language), part.weight);
        if part.tests_skills {
            say!(
                language,
                "“{name}”考查职业技能，占 {weight}%。",
                "“{name}” tests vocational skills and weighs {weight} %."
            )
        } else {
            say!(
                language,
                "“{name}”考查文化素质，占 {weight}%。",
                "“{name}” tests culture and weighs {weight} %."
            )
        }
    });
    definitions::paragraph(say!(language, "招生成绩构成", "Admission"), sentences.collect())
}

fn about_outcomes(outcomes: &crate::domain::condition::Condition, language: Language) -> Option<String> {
    if outcomes.is_empty() {
        return None;
    }
    let asked = conditions::text(outcomes, language);
    Some(say!(language, "所涉成果：{asked}。", "Outcomes concerned: {asked}."))
}

fn about_courses(courses: &CourseSelector, language: Language) -> Option<String> {
    if courses.is_empty() {
        return None;
    }
    let asked = courses::selector(courses, language);
    Some(say!(language, "所涉课程：{asked}。", "Courses concerned: {asked}."))
}

fn rule(label: &str, id: &str, citation: &str, title: Option<&Bilingual>, sentences: Vec<String>, language: Language) -> Paragraph {
    let key = say!(language, "{label}“{id}”", "{label} “{id}”");
    let heading = match title.map(|title| title.text(language)) {
        Some(title) => say!(language, "{key}：{title}", "{key}: {title}"),
        None => key.clone(),
    };
    Paragraph {
        key,
        heading,
        citation: Some(citation.to_owned()),
        sentences,
    }
}

/// Words side by side.
fn list<T: std::fmt::Display>(language: Language, words: &[T]) -> String {
    let all: Vec<String> = words.iter().map(ToString::to_string).collect();
    all.join(say!(language, "、", ", ").as_str())
}

/// Properties that must all hold.
fn join(language: Language, parts: &[String]) -> String {
    parts.join(say!(language, "；", "; ").as_str())
}

#[cfg(test)]
mod tests;
