//! A programme as people write it in a form: its buckets and its courses as lines, which may come out of a spreadsheet.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::achievement_form::{put, put_number};
use crate::domain::language::Language;
use crate::domain::limit::Limit;
use crate::domain::programme::Programme;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::http::json::from_json;
use crate::ops::programmes::NewProgramme;
use crate::portal::frame::Frame;
use crate::portal::texts::text;

/// The form as it is filled in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) code: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) level: String,
    pub(super) required_credit: String,
    pub(super) residency_minimum: String,
    pub(super) effective_from: String,
    pub(super) effective_to: String,
    pub(super) buckets: String,
    pub(super) courses: String,
    pub(super) limits: String,
}

const REQUIRED: &str = "catalogue-course-required";
const CHOSEN: &str = "catalogue-course-chosen";

/// The parts of a line: between tabs, as spreadsheets have them, else between commas.
fn parts(line: &str) -> Vec<&str> {
    let parts: Vec<&str> = match line.contains('\t') {
        true => line.split('\t').collect(),
        false => line.split([',', '\u{ff0c}']).collect(),
    };
    parts.into_iter().map(str::trim).collect()
}

/// The lines that say something, each with its number as people count.
fn lines(typed: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = typed.lines().enumerate().map(|(place, line)| (place + 1, line));
    numbered.filter(|(_, line)| !line.trim().is_empty())
}

/// Whether a word is that text in one of the languages.
fn is_said(word: &str, id: &str) -> bool {
    let languages = [Language::Chinese, Language::English];
    languages
        .into_iter()
        .any(|language| text(language, id, None).eq_ignore_ascii_case(word))
}

fn name(chinese: &str, english: Option<&&str>) -> Value {
    let mut name = Map::new();
    name.insert("zh".to_owned(), json!(chinese));
    put(&mut name, "en", english.copied().unwrap_or_default());
    Value::Object(name)
}

fn bucket(line: &str) -> Value {
    let parts = parts(line);
    let part = |place: usize| parts.get(place).copied().unwrap_or_default();
    json!({ "code": part(0), "name": name(part(1), parts.get(3)), "minimum": part(2) })
}

fn course(line: &str) -> Value {
    let parts = parts(line);
    let part = |place: usize| parts.get(place).copied().unwrap_or_default();
    let required = match part(4) {
        word if is_said(word, REQUIRED) => json!(true),
        word if word.is_empty() || is_said(word, CHOSEN) => json!(false),
        // Neither: refused where it is read.
        other => json!(other),
    };
    let tags: Vec<&str> = part(5).split_whitespace().collect();
    json!({ "code": part(0), "name": name(part(1), parts.get(6)), "credits": part(2), "bucket": part(3), "required": required, "tags": tags })
}

impl Typed {
    /// The form of the version after one.
    pub(super) fn next_after(frame: &Frame, programme: &Programme) -> Self {
        let buckets = programme.buckets.iter().map(|bucket| {
            let minimum = bucket.minimum.to_string();
            [
                &bucket.code,
                &bucket.name.zh,
                &minimum,
                bucket.name.en.as_ref().unwrap_or(&String::new()),
            ]
            .map(String::as_str)
            .join("\t")
        });
        let courses = programme.courses.iter().map(|course| {
            let required = frame.t(if course.required { REQUIRED } else { CHOSEN });
            [
                course.code.clone(),
                course.name.zh.clone(),
                course.credits.to_string(),
                course.bucket.clone(),
                required.into_owned(),
                course.tags.join(" "),
                course.name.en.clone().unwrap_or_default(),
            ]
            .join("\t")
        });
        let limits = match programme.limits.is_empty() {
            true => String::new(),
            false => serde_json::to_string_pretty(&programme.limits).unwrap_or_default(),
        };
        Self {
            code: programme.code.clone(),
            name_zh: programme.name.zh.clone(),
            name_en: programme.name.en.clone().unwrap_or_default(),
            level: programme.level.map(|level| level.to_string()).unwrap_or_default(),
            required_credit: programme.required_credit.to_string(),
            residency_minimum: programme.residency_minimum.map(|credit| credit.to_string()).unwrap_or_default(),
            effective_from: String::new(),
            effective_to: String::new(),
            buckets: buckets.collect::<Vec<_>>().join("\n"),
            courses: courses.collect::<Vec<_>>().join("\n"),
            limits,
        }
    }

    /// What the API is sent for the same: read as it reads it, so that the same is refused.
    ///
    /// # Errors
    /// `MalformedBody` or `InvalidBody` with pointers, which [`place`](Self::place) leads to the form.
    pub(super) fn read(&self, institution_id: Uuid) -> Result<NewProgramme, Rejection> {
        let mut fields = Map::new();
        fields.insert("code".to_owned(), json!(self.code.trim()));
        fields.insert("name".to_owned(), name(self.name_zh.trim(), Some(&self.name_en.trim())));
        fields.insert("required_credit".to_owned(), json!(self.required_credit.trim()));
        fields.insert("effective_from".to_owned(), json!(self.effective_from));
        put_number(&mut fields, "level", &self.level);
        put(&mut fields, "residency_minimum", &self.residency_minimum);
        put(&mut fields, "effective_to", &self.effective_to);
        let buckets: Vec<Value> = lines(&self.buckets).map(|(_, line)| bucket(line)).collect();
        let courses: Vec<Value> = lines(&self.courses).map(|(_, line)| course(line)).collect();
        fields.insert("buckets".to_owned(), Value::Array(buckets));
        fields.insert("courses".to_owned(), Value::Array(courses));
        if !self.limits.trim().is_empty() {
            let limits: Vec<Limit> = from_json(self.limits.as_bytes()).map_err(inside_limits)?;
            fields.insert("limits".to_owned(), serde_json::to_value(limits).unwrap_or_default());
        }
        let sent = json!({ "institution_id": institution_id, "programme": fields });
        from_json(sent.to_string().as_bytes())
    }

    /// The field of the form that a pointer is about, and the line of it.
    pub(super) fn place(&self, frame: &Frame, pointer: &str) -> (String, Option<String>) {
        let inside = pointer.strip_prefix("/programme").unwrap_or(pointer);
        let mut steps = inside.trim_start_matches('/').split('/');
        let field = steps.next().unwrap_or_default();
        let line_of = |typed: &str, place: Option<&str>| {
            let place: usize = place?.parse().ok()?;
            let (number, _) = lines(typed).nth(place)?;
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            Some(frame.t1("catalogue-programme-line", "line", number).into_owned())
        };
        match field {
            "buckets" => ("buckets".to_owned(), line_of(&self.buckets, steps.next())),
            "courses" => ("courses".to_owned(), line_of(&self.courses, steps.next())),
            "name" => (if steps.next() == Some("en") { "name_en" } else { "name_zh" }.to_owned(), None),
            other => (other.to_owned(), None),
        }
    }
}

/// What is wrong with the list of limits, as a part of the programme.
fn inside_limits(rejection: Rejection) -> Rejection {
    let within = |problems: Vec<FieldProblem>| {
        let problems = problems.into_iter();
        let moved = problems.map(|problem| FieldProblem::new(format!("/programme/limits{}", problem.pointer), problem.detail));
        moved.collect()
    };
    match rejection {
        Rejection::MalformedBody { problems } => Rejection::MalformedBody {
            problems: within(problems),
        },
        Rejection::InvalidBody { problems } => Rejection::InvalidBody {
            problems: within(problems),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_spreadsheet_and_lines_with_commas_are_the_same_programme() {
        let typed = |courses: &str| Typed {
            code: "elec-2024".to_owned(),
            name_zh: "电气自动化技术".to_owned(),
            required_credit: "20".to_owned(),
            effective_from: "2024-09-01".to_owned(),
            buckets: "major，专业课，12\n\nelective, 选修课, 4, Electives".to_owned(),
            courses: courses.to_owned(),
            ..Typed::default()
        };
        let commas = typed("E101, 电工基础, 3.5, major, 必修, foundation core\nE102, 选修, 2, elective, elective, , Reading");
        let tabs = typed("E101\t电工基础\t3.5\tmajor\tRequired\tfoundation core\nE102\t选修\t2\telective\t\t\tReading");
        let one = commas.read(Uuid::nil()).unwrap();
        assert_eq!(one.programme, tabs.read(Uuid::nil()).unwrap().programme);
        assert_eq!(one.programme.buckets.len(), 2);
        assert!(one.programme.courses[0].required && !one.programme.courses[1].required);
        assert_eq!(one.programme.courses[0].tags, ["foundation", "core"]);
        assert_eq!(one.programme.courses[1].name.en.as_deref(), Some("Reading"));
        let wrong = typed("E101, 电工基础, many, major, 必修").read(Uuid::nil()).unwrap_err();
        assert_eq!(wrong.problems(Language::English)[0].pointer, "/programme/courses/0/credits");
        let wrong = Typed {
            limits: "[{}]".to_owned(),
            ..typed("")
        };
        let wrong = wrong.read(Uuid::nil()).unwrap_err();
        assert!(wrong.problems(Language::English)[0].pointer.starts_with("/programme/limits"));
    }
}
