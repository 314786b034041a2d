//! Definitions in words.

use super::{Paragraph, list, say};
use crate::domain::language::Language;
use crate::domain::pack::calendar::{Calendar, Period};
use crate::domain::pack::{Definitions, Family, FamilyRank, GradeScale, NameTable, NearNames, Overlap};

pub(super) fn paragraphs(definitions: &Definitions, language: Language) -> Vec<Paragraph> {
    let Definitions {
        families,
        grade_scales,
        calendars,
        names,
        overlaps,
    } = definitions;
    let mut all: Vec<Paragraph> = families.iter().map(|family| self::family(family, language)).collect();
    all.extend(grade_scales.iter().map(|scale| grades(scale, language)));
    all.extend(calendars.iter().map(|calendar| periods(calendar, language)));
    all.extend(names.iter().map(|table| near(table, language)));
    if !overlaps.is_empty() {
        let heading = say!(language, "内容重合度", "Overlaps of content");
        all.push(paragraph(heading, overlaps.iter().map(|line| overlap(line, language)).collect()));
    }
    all
}

/// One whose heading has no title.
pub(super) fn paragraph(heading: String, sentences: Vec<String>) -> Paragraph {
    Paragraph {
        key: heading.clone(),
        heading,
        citation: None,
        sentences,
    }
}

fn family(family: &Family, language: Language) -> Paragraph {
    let Family { code, name, ranks } = family;
    let name = name.text(language);
    let sentences = ranks.iter().map(|FamilyRank { rank, name }| {
        let name = name.text(language);
        say!(language, "级别 {rank} 为{name}。", "Rank {rank}: {name}.")
    });
    let key = say!(language, "系列“{code}”", "Family “{code}”");
    let heading = say!(language, "{key}：{name}", "{key}: {name}");
    Paragraph {
        key,
        ..paragraph(heading, sentences.collect())
    }
}

fn grades(scale: &GradeScale, language: Language) -> Paragraph {
    let GradeScale { code, grades } = scale;
    let all = list(language, grades);
    let heading = say!(language, "等级制“{code}”", "Scale “{code}”");
    paragraph(heading, vec![say!(language, "从低到高：{all}。", "From the lowest: {all}.")])
}

fn periods(calendar: &Calendar, language: Language) -> Paragraph {
    let Calendar { code, periods } = calendar;
    let sentences = periods.iter().map(|Period { code, first_day, last_day }| {
        let (first, last) = (language.day_of_year(first_day), language.day_of_year(last_day));
        say!(
            language,
            "期间“{code}”为每年{first}至{last}。",
            "The period “{code}” lasts from {first} to {last}."
        )
    });
    let heading = say!(language, "学期历“{code}”", "Calendar “{code}”");
    paragraph(heading, sentences.collect())
}

fn near(table: &NameTable, language: Language) -> Paragraph {
    let NameTable {
        first_ordinal_optional,
        synonyms,
        near_names,
    } = table;
    let mut sentences = vec![if *first_ordinal_optional {
        say!(
            language,
            "系列课程第一部分带不带序号（一、1、I、上）视为相同。",
            "The first of a series is the same with and without its number (I, 1, 一, 上)."
        )
    } else {
        say!(
            language,
            "系列课程第一部分带序号与不带序号视为不同。",
            "The first of a series with its number is another than without it."
        )
    }];
    sentences.extend(synonyms.iter().map(|group| {
        let words = list(language, group);
        say!(
            language,
            "以下用词视为相同：{words}。",
            "These words stand for each other: {words}."
        )
    }));
    sentences.extend(near_names.map(|chosen| match chosen {
        NearNames::Same => say!(
            language,
            "名称相近的课程视为同一课程，只计一次。",
            "Courses with near names are the same course: only one of them counts."
        ),
        NearNames::Substitutes => say!(
            language,
            "名称相近的课程视为可替代课程，分别计算，但只有一门可作为必修课。",
            "Courses with near names are substitutes: each counts, but only one of them for a required course."
        ),
    }));
    paragraph(say!(language, "名称对照", "Names"), sentences)
}

fn overlap(overlap: &Overlap, language: Language) -> String {
    let Overlap {
        achievement,
        course,
        percent,
    } = overlap;
    say!(
        language,
        "学习成果标准“{achievement}”与课程“{course}”的内容重合度为 {percent}%。",
        "The achievement “{achievement}” covers {percent} % of the content of the course “{course}”."
    )
}
