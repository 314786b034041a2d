//! What a learner writes into the portfolio: it is the learner's own word, until an institution confirms it.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::language::Language;
use crate::domain::rejection::FieldProblem;
use crate::domain::text::{is_line, is_prose};
use crate::domain::words::words;

/// The most entries of one learner.
pub const ENTRIES_MAX: i64 = 500;

const TITLE_CHARACTERS_MAX: usize = 200;
const TEXT_CHARACTERS_MAX: usize = 4_000;
const SKILL_CHARACTERS_MAX: usize = 60;
const SKILLS_MAX: usize = 30;
const LINKS_MAX: usize = 10;
const ARTEFACTS_MAX: usize = 20;
const ADDRESS_CHARACTERS_MAX: usize = 500;

/// The years that a date of somebody's life can be in.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

words! {
    /// What an entry of the learner's own is about.
    pub enum EntryKind {
        Education => "education",
        Work => "work",
        Project => "project",
        Volunteering => "volunteering",
        Award => "award",
        Reflection => "reflection",
        Goal => "goal",
    }
}

/// A text in Chinese, in English, or in both; one of the two is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 4000, example = "社区养老志愿服务")]
    pub zh: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 4000, example = "Volunteering with the elderly")]
    pub en: Option<String>,
}

/// An address on the open web.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryLink {
    #[schema(min_length = 1, max_length = 500, example = "https://example.com/project")]
    pub url: String,
    /// What is there; the address itself where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<OwnText>,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "volunteering", "title": { "zh": "社区养老志愿服务", "en": "Volunteering with the elderly" }, "organisation": { "zh": "文峰区社区服务中心" }, "from": "2023-03-01", "to": "2024-06-30", "skills": ["养老护理"], "links": [{ "url": "https://example.com/project" }] }))]
pub struct EntryContent {
    pub kind: EntryKind,
    pub title: OwnText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<OwnText>,
    /// Where it was, or who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OwnText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// The last day; absent where it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    #[serde(default)]
    #[schema(max_items = 30)]
    pub skills: Vec<String>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub links: Vec<EntryLink>,
    /// Files that the learner uploaded (`POST /api/v1/me/evidence`).
    #[serde(default)]
    #[schema(max_items = 20)]
    pub artefacts: Vec<Uuid>,
}

impl OwnText {
    /// The same text for both languages, of something that has one.
    pub fn chinese(zh: impl Into<String>) -> Self {
        Self {
            zh: Some(zh.into()),
            en: None,
        }
    }

    /// The text in a language, or in the other where there is none.
    pub fn text(&self, language: Language) -> &str {
        let (first, second) = match language {
            Language::Chinese => (&self.zh, &self.en),
            Language::English => (&self.en, &self.zh),
        };
        first.as_deref().or(second.as_deref()).unwrap_or_default()
    }

    fn problem(&self, pointer: &str, is_readable: fn(&str, usize) -> bool, most: usize) -> Option<FieldProblem> {
        let texts: Vec<&String> = self.zh.iter().chain(&self.en).collect();
        let detail = if texts.is_empty() {
            "must be given in Chinese or in English".to_owned()
        } else if texts.into_iter().all(|text| is_readable(text, most)) {
            return None;
        } else {
            format!("must have 1 to {most} visible characters")
        };
        Some(FieldProblem::new(pointer, detail))
    }

    /// What is wrong with a text of one line, if anything is.
    pub fn line_problem(&self, pointer: &str) -> Option<FieldProblem> {
        self.problem(pointer, is_line, TITLE_CHARACTERS_MAX)
    }
}

impl EntryContent {
    /// What must be mended.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> = self.title.line_problem("/title").into_iter().collect();
        if let Some(text) = &self.text {
            problems.extend(text.problem("/text", is_prose, TEXT_CHARACTERS_MAX));
        }
        if let Some(organisation) = &self.organisation {
            problems.extend(organisation.line_problem("/organisation"));
        }
        let mut refuse = |wrong: bool, pointer: String, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        for (day, pointer) in [(self.from, "/from"), (self.to, "/to")] {
            let absurd = day.is_some_and(|day| !YEARS.contains(&day.year()));
            refuse(absurd, pointer.to_owned(), "must be a day of the years 1900 to 2200");
        }
        let ends_first = matches!((self.from, self.to), (Some(from), Some(to)) if to < from);
        refuse(ends_first, "/to".to_owned(), "is before the first day");
        refuse(self.skills.len() > SKILLS_MAX, "/skills".to_owned(), "must have at most 30 entries");
        for (number, skill) in self.skills.iter().enumerate().take(SKILLS_MAX) {
            let pointer = format!("/skills/{number}");
            refuse(
                !is_line(skill, SKILL_CHARACTERS_MAX),
                pointer.clone(),
                "must have 1 to 60 visible characters",
            );
            let again = self.skills.iter().take(number).any(|other| other.trim() == skill.trim());
            refuse(again, pointer, "is named twice");
        }
        refuse(self.links.len() > LINKS_MAX, "/links".to_owned(), "must have at most 10 entries");
        for (number, link) in self.links.iter().enumerate().take(LINKS_MAX) {
            refuse(
                !is_open_address(&link.url),
                format!("/links/{number}/url"),
                "must be an https:// address",
            );
        }
        let artefacts = &self.artefacts;
        refuse(
            artefacts.len() > ARTEFACTS_MAX,
            "/artefacts".to_owned(),
            "must have at most 20 entries",
        );
        for (number, file_id) in artefacts.iter().enumerate().take(ARTEFACTS_MAX) {
            let again = artefacts.iter().take(number).any(|other| other == file_id);
            refuse(again, format!("/artefacts/{number}"), "is named twice");
        }
        for (number, label) in self
            .links
            .iter()
            .enumerate()
            .filter_map(|(number, link)| Some((number, link.label.as_ref()?)))
        {
            problems.extend(label.line_problem(&format!("/links/{number}/label")));
        }
        problems
    }
}

/// Whether an address is one of the open web that a page may lead to: `https`, a host, and no name or password in it.
fn is_open_address(text: &str) -> bool {
    let plain = text.chars().count() <= ADDRESS_CHARACTERS_MAX && !text.chars().any(|letter| letter.is_control() || letter.is_whitespace());
    let address = url::Url::parse(text).ok().filter(|_| plain);
    address.is_some_and(|url| url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn entry(changed: Value) -> EntryContent {
        let mut entry = json!({ "kind": "work", "title": { "zh": "电工" }, "from": "2020-01-01", "to": "2021-01-01" });
        for (name, value) in changed.as_object().unwrap() {
            entry[name] = value.clone();
        }
        serde_json::from_value(entry).unwrap()
    }

    fn pointers(changed: Value) -> Vec<String> {
        entry(changed).problems().into_iter().map(|problem| problem.pointer).collect()
    }

    #[test]
    fn what_must_be_mended_is_named() {
        assert_eq!(pointers(json!({})), Vec::<String>::new());
        let many: Vec<String> = (0..31).map(|number| format!("技能{number}")).collect();
        for (changed, expected) in [
            (json!({ "title": {} }), "/title"),
            (json!({ "title": { "en": " " } }), "/title"),
            (json!({ "title": { "zh": "电工", "en": "一\n二" } }), "/title"),
            (json!({ "text": { "zh": "长".repeat(4_001) } }), "/text"),
            (json!({ "organisation": {} }), "/organisation"),
            (json!({ "from": "1899-12-31" }), "/from"),
            (json!({ "to": "2019-12-31" }), "/to"),
            (json!({ "skills": ["焊接", " 焊接"] }), "/skills/1"),
            (json!({ "skills": [""] }), "/skills/0"),
            (json!({ "skills": many }), "/skills"),
            (json!({ "links": [{ "url": "https://a.example", "label": {} }] }), "/links/0/label"),
            (json!({ "artefacts": [Uuid::nil(), Uuid::nil()] }), "/artefacts/1"),
        ] {
            assert_eq!(pointers(changed.clone()), [expected], "{changed}");
        }
    }

    #[test]
    fn links_lead_to_the_open_web_only() {
        for (url, taken) in [
            ("https://example.com/a?b=c#d", true),
            ("https://例子.中国/", true),
            ("http://example.com/", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("https://name:word@example.com/", false),
            ("https:///nowhere", true),
            ("https://", false),
            ("//example.com/", false),
            ("https://example.com/\u{0}", false),
            ("https://example.com/a b", false),
        ] {
            let found = pointers(json!({ "links": [{ "url": url }] }));
            assert_eq!(found.is_empty(), taken, "{url}");
        }
        assert_eq!(
            pointers(json!({ "links": [{ "url": format!("https://a.example/{}", "a".repeat(500)) }] })),
            ["/links/0/url"]
        );
    }

    #[test]
    fn a_text_is_shown_in_the_other_language_where_it_has_one_only() {
        let chinese = OwnText::chinese("电工");
        assert_eq!((chinese.text(Language::English), chinese.text(Language::Chinese)), ("电工", "电工"));
        let both = OwnText {
            zh: Some("电工".to_owned()),
            en: Some("Electrician".to_owned()),
        };
        assert_eq!(
            (both.text(Language::English), both.text(Language::Chinese)),
            ("Electrician", "电工")
        );
    }
}
