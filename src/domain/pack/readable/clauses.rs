//! Clauses in words: which outcomes, to which targets, at what value, and what is recorded.

use super::courses::{name_match, selector};
use super::names::table_key;
use super::{Paragraph, about_outcomes, conditions, rule, say};
use crate::domain::language::Language;
use crate::domain::pack::value::{Addend, Base, ClauseValue, RatioOf, Sign, TableEntry};
use crate::domain::pack::{Clause, Coverage, Exemption, GradeStep, Recorded, Remainder, Target, Targets};

pub(super) fn paragraph(clause: &Clause, language: Language) -> Paragraph {
    let Clause {
        id,
        citation,
        title,
        legal_basis,
        outcomes,
        to,
        value,
        targets,
        remainder,
        coverage,
        recorded,
        exempt_from,
        mature,
    } = clause;
    let mut sentences =
        vec![about_outcomes(outcomes, language).unwrap_or_else(|| say!(language, "适用于全部成果。", "It is for all outcomes."))];
    if let Some(basis) = legal_basis {
        sentences.push(say!(language, "法律依据：{basis}。", "Its legal basis: {basis}."));
    }
    sentences.extend(to.iter().map(|target| destination(target, language)));
    sentences.extend(worth(value, language));
    sentences.extend(choices(*targets, *remainder, *coverage, language));
    sentences.extend(recorded.iter().flat_map(|recorded| record(recorded, language)));
    sentences.extend(exempt_from.map(|exemption| match exemption {
        Exemption::Class => say!(
            language,
            "免修，但不免考。",
            "The learner is exempt from class, but not from the examination."
        ),
        Exemption::ClassAndExamination => say!(language, "免修免考。", "The learner is exempt from class and examination."),
    }));
    if *mature {
        sentences.push(say!(
            language,
            "属于成熟条目：依据它的申请由一人评审。",
            "It is mature: one person decides claims under it."
        ));
    }
    let label = say!(language, "条款", "Clause");
    rule(&label, id, citation, title.as_ref(), sentences, language)
}

fn destination(target: &Target, language: Language) -> String {
    match target {
        Target::Courses {
            select,
            name,
            minimum_overlap,
        } => {
            let mut parts = Vec::new();
            if !select.is_empty() {
                parts.push(selector(select, language));
            }
            parts.extend(name.map(|name| name_match(name, language)));
            parts.extend(minimum_overlap.map(|least| say!(language, "内容重合度不低于 {least}%", "of an overlap of at least {least} %")));
            if parts.is_empty() {
                return say!(language, "可转换为任何课程。", "It may go to any course.");
            }
            let asked = super::join(language, &parts);
            say!(language, "可转换为以下课程：{asked}。", "It may go to these courses: {asked}.")
        }
        Target::FreeCredit { bucket, up_to } => match up_to {
            Some(most) => say!(
                language,
                "可作为课程模块“{bucket}”的学分，合计不超过 {most}。",
                "It may be credit of the bucket “{bucket}”, up to {most} in all."
            ),
            None => say!(
                language,
                "可作为课程模块“{bucket}”的学分，合计不超过该模块的最低学分。",
                "It may be credit of the bucket “{bucket}”, up to the minimum of the bucket."
            ),
        },
    }
}

fn worth(value: &ClauseValue, language: Language) -> Vec<String> {
    let ClauseValue { of, addends, step, cap } = value;
    let mut sentences = vec![base(of, language)];
    sentences.extend(addends.iter().map(|Addend { when, sign, credit }| {
        let asked = conditions::text(when, language);
        match sign {
            Sign::Plus => say!(
                language,
                "符合“{asked}”的，加 {credit} 学分。",
                "{credit} credits more for these outcomes: {asked}."
            ),
            Sign::Minus => say!(
                language,
                "符合“{asked}”的，减 {credit} 学分。",
                "{credit} credits less for these outcomes: {asked}."
            ),
        }
    }));
    sentences.extend(match step {
        Some(step) => Some(say!(
            language,
            "以 {step} 学分为单位向下取整。",
            "The value is rounded down to a multiple of {step} credits."
        )),
        // What the courses have is a sum of credits and needs no rounding.
        None if *of == (Base::CourseCredit {}) => None,
        None => Some(say!(
            language,
            "向下取整到百分之一学分。",
            "The value is rounded down to a hundredth of a credit."
        )),
    });
    sentences.extend(cap.map(|cap| say!(language, "最多 {cap} 学分。", "The value is at most {cap} credits.")));
    sentences
}

fn base(base: &Base, language: Language) -> String {
    match base {
        Base::BankCredit {} => say!(
            language,
            "按学分银行认定的学分计算。",
            "The value is the credit that the bank recognised."
        ),
        Base::Fixed { credit } => say!(language, "每项计 {credit} 学分。", "The value is {credit} credits."),
        Base::Ratio {
            of,
            numerator,
            denominator,
        } => {
            let amount = match of {
                RatioOf::BankCredit => say!(language, "学分银行认定学分", "the credit that the bank recognised"),
                RatioOf::OriginalCredit => say!(language, "原学分", "the credit that it carried where it was earned"),
            };
            say!(
                language,
                "按{amount}的 {numerator}/{denominator} 计算。",
                "The value is {numerator}/{denominator} of {amount}."
            )
        }
        Base::Hours { per_credit } => say!(
            language,
            "每 {per_credit} 学时计 1 学分。",
            "The value is one credit for every {per_credit} hours."
        ),
        Base::CourseCredit {} => say!(
            language,
            "按所转换课程的学分计算。",
            "The value is the credit of the courses that it goes to."
        ),
        Base::Table { by, entries } => {
            let key = table_key(*by, language);
            let lines: Vec<String> = entries
                .iter()
                .map(|TableEntry { when, credit }| say!(language, "“{when}”计 {credit} 学分", "“{when}” is {credit} credits"))
                .collect();
            let table = super::join(language, &lines);
            say!(language, "按{key}计算：{table}。", "The value is by {key}: {table}.")
        }
    }
}

fn choices(targets: Option<Targets>, remainder: Option<Remainder>, coverage: Option<Coverage>, language: Language) -> Vec<String> {
    let chosen = [
        targets.map(|targets| match targets {
            Targets::One => say!(language, "一项成果只转换为一门课程。", "One outcome goes to one target."),
            Targets::Many => say!(
                language,
                "一项成果可以分到多门课程。",
                "One outcome may be spread over many targets."
            ),
        }),
        remainder.map(|remainder| match remainder {
            Remainder::Forfeited => say!(language, "没有转换去向的剩余学分作废。", "Credit that finds no target is lost."),
            Remainder::Kept => say!(
                language,
                "没有转换去向的剩余学分保留可用。",
                "Credit that finds no target stays usable."
            ),
        }),
        coverage.map(|coverage| match coverage {
            Coverage::WholeByOne => say!(
                language,
                "课程须由一项成果整门覆盖。",
                "A course is covered wholly, by one outcome."
            ),
            Coverage::WholeTogether => say!(
                language,
                "课程须整门覆盖，可由多项成果合并。",
                "A course is covered wholly; several outcomes may do so together."
            ),
            Coverage::Part => say!(language, "课程可以部分覆盖。", "A course may be covered in part."),
        }),
    ];
    chosen.into_iter().flatten().collect()
}

fn record(recorded: &Recorded, language: Language) -> Vec<String> {
    match recorded {
        Recorded::Original {} => vec![say!(
            language,
            "课程成绩按成果原成绩记载。",
            "The course is recorded with the outcome's own grade or score."
        )],
        Recorded::Fixed { value } => vec![say!(
            language,
            "课程成绩一律记为“{value}”。",
            "The course is recorded with “{value}”."
        )],
        Recorded::Passed {} => vec![say!(
            language,
            "课程记为通过，不记成绩。",
            "The course is recorded as passed, without a grade."
        )],
        Recorded::Mapped { steps } => steps
            .iter()
            .map(|GradeStep { least_score, grade }| {
                say!(
                    language,
                    "分数达到 {least_score} 的，课程成绩记为“{grade}”。",
                    "From a score of {least_score} the course is recorded with “{grade}”."
                )
            })
            .collect(),
    }
}
