//! Conditions in words: every property that is asked, in the order of the document.

use super::names::{boundary, contest_scope, institution, kind, origin, standing, trainee_group, verification};
use super::{join, list, say};
use crate::domain::condition::{AwardedWithin, Condition, Enrolment, MinimumGrade, Range};
use crate::domain::language::Language;

/// A condition; deeper ones than are lawful are left out, which only a pack that is refused has.
pub fn text(condition: &Condition, language: Language) -> String {
    nested(condition, language, 1)
}

fn nested(condition: &Condition, language: Language, depth: usize) -> String {
    let Condition {
        kinds: _,
        issuers: _,
        issuer_kinds: _,
        origin: _,
        achievements: _,
        families: _,
        ranks: _,
        levels: _,
        education_levels: _,
        tags_any: _,
        tags_all: _,
        tags_none: _,
        verification: _,
        trainee_groups: _,
        contest_scopes: _,
        contest_places: _,
        standing: _,
        team_positions: _,
        minimum_score: _,
        minimum_grade: _,
        minimum_hours: _,
        awarded_from: _,
        awarded_to: _,
        awarded_within: _,
        enrolment: _,
        still_valid: _,
        any_of,
        none_of,
    } = condition;
    let mut parts = nature(condition, language);
    parts.extend(contest(condition, language));
    parts.extend(quality(condition, language));
    let inner = |others: &[Condition]| -> String {
        let all: Vec<String> = others
            .iter()
            .filter(|_| depth <= Condition::DEPTH_MAX)
            .map(|other| format!("（{}）", nested(other, language, depth + 1)))
            .collect();
        list(language, &all)
    };
    if !any_of.is_empty() {
        let others = inner(any_of);
        parts.push(say!(language, "且符合以下之一：{others}", "and one of these as well: {others}"));
    }
    if !none_of.is_empty() {
        let others = inner(none_of);
        parts.push(say!(language, "但以下除外：{others}", "but none of these: {others}"));
    }
    if parts.is_empty() {
        parts.push(say!(language, "全部", "any"));
    }
    join(language, &parts)
}

/// From the least to the most, after the name of what has bounds.
fn range(range: Range, language: Language) -> String {
    match (range.least, range.most) {
        (Some(least), Some(most)) if least == most => say!(language, "为 {least}", "{least}"),
        (Some(least), Some(most)) => say!(language, "为 {least} 至 {most}", "{least} to {most}"),
        (Some(least), None) => say!(language, "不低于 {least}", "at least {least}"),
        (None, Some(most)) => say!(language, "不高于 {most}", "at most {most}"),
        (None, None) => say!(language, "不限", "any"),
    }
}

fn words<T>(items: &[T], name: impl Fn(&T) -> String, language: Language) -> Option<String> {
    let all: Vec<String> = items.iter().map(name).collect();
    (!all.is_empty()).then(|| list(language, &all))
}

/// Tags of which one has to be there, of which all have to be, and of which none may be.
pub(super) fn tagged(any: &[String], all: &[String], none: &[String], language: Language) -> Vec<String> {
    let with = |tag: &str| say!(language, "带有标签 {tag}", "with the tag {tag}");
    let without = |tag: &str| say!(language, "不带标签 {tag}", "without the tag {tag}");
    let with_any = |tags: &str| say!(language, "带有标签 {tags} 之一", "with one of the tags {tags}");
    let with_all = |tags: &str| say!(language, "带有全部标签 {tags}", "with all of the tags {tags}");
    let with_none = |tags: &str| say!(language, "不带标签 {tags}", "with none of the tags {tags}");
    let any = one_or_several(any, language, with, with_any);
    let all = one_or_several(all, language, with, with_all);
    let none = one_or_several(none, language, without, with_none);
    [any, all, none].into_iter().flatten().collect()
}

fn one_or_several(tags: &[String], language: Language, one: impl Fn(&str) -> String, several: impl Fn(&str) -> String) -> Option<String> {
    match tags {
        [] => None,
        [tag] => Some(one(tag)),
        tags => Some(several(&list(language, tags))),
    }
}

fn nature(condition: &Condition, language: Language) -> Vec<String> {
    let said = |items: &[String]| words(items, String::clone, language);
    let what = [
        words(&condition.kinds, |item| kind(*item, language), language).map(|all| say!(language, "类型为{all}", "of kind {all}")),
        said(&condition.issuers).map(|all| say!(language, "发证机构为 {all}", "issued by {all}")),
        words(&condition.issuer_kinds, |item| institution(*item, language), language)
            .map(|all| say!(language, "发证机构类型为{all}", "issued by an institution of kind {all}")),
        condition.origin.map(|item| origin(item, language)),
        said(&condition.achievements).map(|all| say!(language, "学习成果标准为 {all}", "of the achievement {all}")),
        said(&condition.families).map(|all| say!(language, "属于系列 {all}", "of the family {all}")),
        condition.ranks.map(|item| {
            let bounds = range(item, language);
            say!(language, "级别{bounds}", "of rank {bounds}")
        }),
        condition.levels.map(|item| {
            let bounds = range(item, language);
            say!(language, "资历等级{bounds}", "of level {bounds}")
        }),
        said(&condition.education_levels).map(|all| {
            say!(
                language,
                "学历代码为 {all}（GB/T 4658-2006）",
                "of education level {all} (GB/T 4658-2006)"
            )
        }),
    ];
    let of_whom = [
        condition.verification.map(|item| verification(item, language)),
        words(&condition.trainee_groups, |item| trainee_group(*item, language), language)
            .map(|all| say!(language, "学习者属于{all}", "of a learner of this group: {all}")),
    ];
    let tags = tagged(&condition.tags_any, &condition.tags_all, &condition.tags_none, language);
    what.into_iter()
        .flatten()
        .chain(tags)
        .chain(of_whom.into_iter().flatten())
        .collect()
}

fn contest(condition: &Condition, language: Language) -> Vec<String> {
    let parts = [
        words(&condition.contest_scopes, |item| contest_scope(*item, language), language)
            .map(|all| say!(language, "竞赛级别为{all}", "of a contest that is {all}")),
        condition.contest_places.map(|item| {
            let bounds = range(item, language);
            say!(language, "名次或奖项等次{bounds}", "of place {bounds}")
        }),
        condition.standing.map(|item| standing(item, language)),
        condition.team_positions.map(|item| {
            let bounds = range(item, language);
            say!(language, "团队排名{bounds}", "of position {bounds} in the team's list")
        }),
    ];
    parts.into_iter().flatten().collect()
}

fn quality(condition: &Condition, language: Language) -> Vec<String> {
    let parts = [
        condition
            .minimum_score
            .map(|score| say!(language, "分数不低于 {score}", "with a score of at least {score}")),
        condition.minimum_grade.as_ref().map(|MinimumGrade { scale, grade }| {
            say!(
                language,
                "按等级制“{scale}”不低于“{grade}”",
                "with a grade of at least “{grade}” of the scale “{scale}”"
            )
        }),
        condition
            .minimum_hours
            .map(|hours| say!(language, "学时不少于 {hours}", "of at least {hours} hours")),
        condition
            .awarded_from
            .map(|day| language.day(day))
            .map(|day| say!(language, "{day}或以后取得", "awarded on {day} or later")),
        condition
            .awarded_to
            .map(|day| language.day(day))
            .map(|day| say!(language, "{day}或以前取得", "awarded on {day} or earlier")),
        condition.awarded_within.map(|AwardedWithin { years, boundary: chosen }| {
            let edge = match chosen {
                Some(chosen) => boundary(chosen, language),
                None => say!(
                    language,
                    "期满当日是否在内尚未写明",
                    "whether the anniversary counts is not said yet"
                ),
            };
            say!(
                language,
                "认定前 {years} 年内取得，{edge}",
                "awarded within {years} years before the decision, {edge}"
            )
        }),
        condition.enrolment.map(|item| match item {
            Enrolment::Before => say!(language, "入学前取得", "awarded before the enrolment"),
            Enrolment::Since => say!(language, "入学当日或以后取得", "awarded on the day of the enrolment or later"),
        }),
        condition
            .still_valid
            .then(|| say!(language, "认定时仍在有效期内", "still valid on the day of the decision")),
    ];
    parts.into_iter().flatten().collect()
}
