//! Courses in words: every property that is asked.

use super::conditions::tagged;
use super::{join, list, say};
use crate::domain::language::Language;
use crate::domain::limit::{CourseSelector, NameMatch};

/// Courses in words.
pub(super) fn selector(select: &CourseSelector, language: Language) -> String {
    let CourseSelector {
        codes,
        tags_any,
        tags_all,
        tags_none,
        buckets,
        required,
    } = select;
    let code = match codes.as_slice() {
        [] => None,
        [code] => Some(say!(language, "课程代码为 {code}", "with the code {code}")),
        codes => {
            let all = list(language, codes);
            Some(say!(language, "课程代码为 {all} 之一", "with one of the codes {all}"))
        }
    };
    let bucket = match buckets.as_slice() {
        [] => None,
        [bucket] => Some(say!(language, "属于课程模块 {bucket}", "in the bucket {bucket}")),
        buckets => {
            let all = list(language, buckets);
            Some(say!(language, "属于课程模块 {all} 之一", "in one of the buckets {all}"))
        }
    };
    let mut parts: Vec<String> = code.into_iter().chain(tagged(tags_any, tags_all, tags_none, language)).collect();
    parts.extend(bucket);
    match required {
        Some(true) => parts.push(say!(language, "必修", "required")),
        Some(false) => parts.push(say!(language, "非必修", "not required")),
        None => {}
    }
    join(language, &parts)
}

/// How a course is to be called.
pub(super) fn name_match(name: NameMatch, language: Language) -> String {
    match name {
        NameMatch::Same => say!(language, "名称相同", "of the same name"),
        NameMatch::Near => say!(language, "名称相同或相近", "of the same or a near name"),
    }
}
