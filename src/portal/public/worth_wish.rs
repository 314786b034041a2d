//! What is asked on the page of worth, as its address says it: outcomes one after the other, programmes, and the step that was taken.
//! Addresses can be kept and sent to others, so each question has one.

use std::str::FromStr;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::ops::worth::PROGRAMMES_MAX;
use crate::ops::worth::ask::OUTCOMES_MAX;
use crate::ops::worth::imagine::Imagine;

/// The most characters of what is typed in a field.
const CHARACTERS_MAX: usize = 100;

/// The most characters of a grade, as everywhere.
const GRADE_CHARACTERS_MAX: usize = 40;

/// An outcome, with what was typed beside it.
#[derive(Default)]
pub(super) struct Row {
    pub(super) achievement_id: Uuid,
    pub(super) awarded_on: String,
    pub(super) hours: String,
    pub(super) grade: String,
    pub(super) score: String,
    pub(super) place: String,
}

/// What was pressed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Look,
    Add(Uuid),
    Remove(usize),
    Show,
}

/// Everything that is asked.
pub(super) struct Wish {
    pub(super) rows: Vec<Row>,
    pub(super) programme_ids: Vec<Uuid>,
    pub(super) enrolled_on: String,
    /// What is looked for in the catalogue; empty where nothing is.
    pub(super) words: String,
    /// What the programmes' names are asked to contain.
    pub(super) within: String,
    step: Step,
}

/// A field that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The place of the outcome whose field it is, from nought; none for what is asked of all.
    pub(super) row: Option<usize>,
    field: &'static str,
    /// The id of the text by which it is called.
    pub(super) called: &'static str,
    /// The id of the text that says what can be read there.
    pub(super) says: &'static str,
}

impl Wrong {
    /// The id of the field on the page.
    pub(super) fn id(&self) -> String {
        match self.row {
            Some(row) => format!("{}-{row}", self.field),
            None => self.field.to_owned(),
        }
    }
}

fn typed(text: &str) -> String {
    let visible = text.trim().chars().filter(|letter| !letter.is_control());
    visible.take(CHARACTERS_MAX).collect()
}

/// What a field says; nothing where it is empty.
fn read<T: FromStr>(text: &str, otherwise: Wrong, wrong: &mut Vec<Wrong>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let value = text.parse().ok();
    if value.is_none() {
        wrong.push(otherwise);
    }
    value
}

impl Wish {
    /// Reads an address. What cannot be named in one is left out.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let mut wish = Self {
            rows: Vec::new(),
            programme_ids: Vec::new(),
            enrolled_on: String::new(),
            words: String::new(),
            within: String::new(),
            step: Step::Look,
        };
        // What stands behind an outcome that is none, or one too many, belongs to nothing.
        let mut is_row = false;
        for (name, value) in &pairs {
            let id = || Uuid::try_parse(value).ok();
            match name.as_str() {
                "outcome" => {
                    is_row = id().is_some() && wish.rows.len() < OUTCOMES_MAX;
                    wish.rows.extend(id().filter(|_| is_row).map(Row::of));
                }
                "programme" => wish.choose(id()),
                "enrolled_on" => wish.enrolled_on = typed(value),
                "q" => wish.words = typed(value),
                "in" => wish.within = typed(value),
                "add" => wish.step = id().map_or(Step::Look, Step::Add),
                "remove" => wish.step = value.parse().map_or(Step::Look, Step::Remove),
                "show" => wish.step = Step::Show,
                field => {
                    if let Some(row) = wish.rows.last_mut().filter(|_| is_row) {
                        row.take(field, value);
                    }
                }
            }
        }
        wish
    }

    fn choose(&mut self, programme_id: Option<Uuid>) {
        let new = programme_id.filter(|id| !self.programme_ids.contains(id));
        self.programme_ids.extend(new.filter(|_| self.programme_ids.len() < PROGRAMMES_MAX));
    }

    /// Where a step leads, if one was taken.
    pub(super) fn next(&mut self) -> Option<String> {
        let part = match self.step {
            Step::Look => return None,
            Step::Add(id) => {
                if self.rows.len() < OUTCOMES_MAX {
                    self.rows.push(Row::of(id));
                }
                "have"
            }
            Step::Remove(number) => {
                if number < self.rows.len() {
                    self.rows.remove(number);
                }
                "have"
            }
            Step::Show => "result",
        };
        Some(format!("{}#{part}", self.address()))
    }

    /// The address of the question, by which it can be asked again.
    pub(super) fn address(&self) -> String {
        let query = self.query(&self.programme_ids, &self.within);
        if query.is_empty() {
            "/worth".to_owned()
        } else {
            format!("/worth?{query}")
        }
    }

    fn query(&self, programme_ids: &[Uuid], within: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let mut put = |name: &str, value: &str| {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        };
        for row in &self.rows {
            put("outcome", &row.achievement_id.to_string());
            for (name, value) in row.fields() {
                put(name, value);
            }
        }
        for programme_id in programme_ids {
            put("programme", &programme_id.to_string());
        }
        put("enrolled_on", &self.enrolled_on);
        put("in", within);
        query.finish()
    }

    /// The address of the same question about one programme.
    pub(super) fn address_at(&self, programme_id: &Uuid) -> String {
        let query = self.query(&[*programme_id], "");
        format!("/worth?{query}#result")
    }

    /// The awards that are imagined, and the day of the enrolment; what cannot be read is left out of them, and named.
    pub(super) fn asked(&self) -> (Vec<Imagine>, Option<NaiveDate>, Vec<Wrong>) {
        let mut wrong = Vec::new();
        let awards = self.rows.iter().enumerate().map(|(number, row)| row.asked(number, &mut wrong));
        let awards = awards.collect();
        let no_day = Wrong {
            row: None,
            field: "enrolled_on",
            called: "worth-enrolled-on",
            says: "worth-wrong-day",
        };
        let enrolled_on = read(&self.enrolled_on, no_day, &mut wrong);
        (awards, enrolled_on, wrong)
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= OUTCOMES_MAX
    }
}

impl Row {
    fn of(achievement_id: Uuid) -> Self {
        Self {
            achievement_id,
            ..Self::default()
        }
    }

    fn take(&mut self, field: &str, value: &str) {
        let value = typed(value);
        match field {
            "awarded_on" => self.awarded_on = value,
            "hours" => self.hours = value,
            "grade" => self.grade = value,
            "score" => self.score = value,
            "place" => self.place = value,
            _ => {}
        }
    }

    fn fields(&self) -> [(&'static str, &str); 5] {
        [
            ("awarded_on", &self.awarded_on),
            ("hours", &self.hours),
            ("grade", &self.grade),
            ("score", &self.score),
            ("place", &self.place),
        ]
    }

    /// Whether anything was typed beside it.
    pub(super) fn has_more(&self) -> bool {
        self.fields().iter().any(|(_, value)| !value.is_empty())
    }

    fn asked(&self, number: usize, wrong: &mut Vec<Wrong>) -> Imagine {
        let at = |field, called, says| Wrong {
            row: Some(number),
            field,
            called,
            says,
        };
        let is_long = self.grade.chars().count() > GRADE_CHARACTERS_MAX;
        if is_long {
            wrong.push(at("grade", "worth-grade", "worth-wrong-grade"));
        }
        Imagine {
            achievement_id: self.achievement_id,
            awarded_on: read(&self.awarded_on, at("awarded_on", "worth-awarded-on", "worth-wrong-day"), wrong),
            hours: read(&self.hours, at("hours", "worth-hours", "worth-wrong-number"), wrong),
            score: read(&self.score, at("score", "worth-score", "worth-wrong-number"), wrong),
            grade: Some(self.grade.clone()).filter(|grade| !grade.is_empty() && !is_long),
            place: read::<u16>(&self.place, at("place", "worth-place", "worth-wrong-place"), wrong)
                .filter(|place| (1..=999).contains(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str = "01985a3e-7c00-7000-8000-000000000001";
    const TRAINING: &str = "01985a3e-7c00-7000-8000-000000000002";

    fn wish(query: &str) -> Wish {
        Wish::of(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    #[test]
    fn an_address_says_what_is_asked_and_is_the_same_again() {
        let query = format!(
            "outcome={CERTIFICATE}&grade=%E8%89%AF%E5%A5%BD&outcome={TRAINING}&hours=40&programme={TRAINING}&enrolled_on=2026-09-01"
        );
        let read = wish(&query);
        assert_eq!(read.address(), format!("/worth?{query}"));
        assert_eq!((read.rows[0].grade.as_str(), read.rows[1].hours.as_str()), ("良好", "40"));
        let (awards, enrolled_on, wrong) = read.asked();
        assert_eq!((awards[1].hours.map(|hours| hours.hundredths()), wrong), (Some(4_000), Vec::new()));
        assert_eq!(enrolled_on, NaiveDate::from_ymd_opt(2026, 9, 1));
        assert_eq!(wish("").address(), "/worth");
    }

    #[test]
    fn a_step_leads_to_the_address_of_the_question_after_it() {
        let mut added = wish(&format!("q=x&hours=7&outcome=&grade=x&outcome={CERTIFICATE}&hours=&add={TRAINING}"));
        assert_eq!(
            added.next().unwrap(),
            format!("/worth?outcome={CERTIFICATE}&outcome={TRAINING}#have")
        );
        let mut removed = wish(&format!("outcome={CERTIFICATE}&outcome={TRAINING}&score=86&remove=0"));
        assert_eq!(removed.next().unwrap(), format!("/worth?outcome={TRAINING}&score=86#have"));
        let mut beyond = wish(&format!("outcome={CERTIFICATE}&remove=7"));
        assert_eq!(beyond.next().unwrap(), format!("/worth?outcome={CERTIFICATE}#have"));
        let mut shown = wish(&format!("q=weld&outcome={CERTIFICATE}&show=1"));
        assert_eq!(shown.next().unwrap(), format!("/worth?outcome={CERTIFICATE}#result"));
        assert_eq!(wish("q=weld").next(), None);
        let full = format!("{}add={TRAINING}", format!("outcome={CERTIFICATE}&").repeat(70));
        let mut full = wish(&full);
        assert!(full.next().is_some() && full.is_full() && full.rows.len() == OUTCOMES_MAX);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_field() {
        let read = wish(&format!(
            "outcome={CERTIFICATE}&hours=many&awarded_on=yesterday&score=86.5&place=x&enrolled_on=soon"
        ));
        let (awards, enrolled_on, wrong) = read.asked();
        let fields: Vec<String> = wrong.iter().map(Wrong::id).collect();
        assert_eq!(fields, ["awarded_on-0", "hours-0", "place-0", "enrolled_on"]);
        assert!(awards[0].hours.is_none() && awards[0].score.is_some() && enrolled_on.is_none());
    }
}
