//! Statements of the Experience API 1.0.3 and 2.0: what somebody completed, passed or earned. Statements of other verbs, and
//! those that were voided, are passed over.
//!
//! The actor is an account: its `homePage` ends with the word of a kind of document (`https://bank.example/passport`), its
//! `name` is the document's number. The activity's id is the achievement's code, the statement's id the certificate number,
//! so that a statement that comes twice is deposited once. The duration counts as hours of learning.

use std::collections::HashSet;

use serde_json::Value;

use super::{Adapter, Found, Frame, Told, record, refused};
use crate::intake::about::PassedOver;
use crate::intake::cell::{Cell, Content};
use crate::intake::field::Field;
use crate::intake::json;
use crate::intake::problem::{CellProblem, Reason};

/// The verbs that end something with success.
const VERBS: [&str; 4] = [
    "http://adlnet.gov/expapi/verbs/completed",
    "http://adlnet.gov/expapi/verbs/passed",
    "http://id.tincanapi.com/verb/earned",
    "http://specification.openbadges.org/xapi/verbs/earned.json",
];

/// The verb that takes another statement back.
pub(in crate::intake) const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

/// Statements.
pub(in crate::intake) struct Xapi {
    voided: HashSet<String>,
    frame: Frame,
}

/// Whether a record is a statement.
pub(in crate::intake) fn recognises(record: &Value) -> bool {
    ["actor", "verb", "object"]
        .iter()
        .all(|name| record.get(name).is_some_and(Value::is_object))
}

/// The id that a statement takes back, if it is one that does.
pub(in crate::intake) fn takes_back(text: &str, depth_max: usize) -> Option<String> {
    // Most statements are not, and are not read twice.
    if !text.contains("verbs/voided") && !text.contains("verbs\\/voided") {
        return None;
    }
    let statement = json::parse(text, depth_max).ok()?;
    let voids = statement.pointer("/verb/id")? == VOIDED;
    let id = statement.pointer("/object/id").and_then(Value::as_str).filter(|_| voids)?;
    Some(id.to_lowercase())
}

impl Xapi {
    pub(in crate::intake) fn new(voided: HashSet<String>, frame: Frame) -> Self {
        Self { voided, frame }
    }
}

fn unfit(column: &str, detail: &str) -> CellProblem {
    let detail = detail.to_owned();
    CellProblem {
        column: Some(column.to_owned()),
        ..CellProblem::of_row(Reason::StatementUnfit { detail })
    }
}

impl Adapter for Xapi {
    fn tell(&mut self, content: &Content, passed_over: &mut PassedOver) -> Option<Vec<Told>> {
        let statement = match json::parse(record(content), self.frame.limits.json_depth_max) {
            Ok(statement) => statement,
            Err(reason) => return refused(CellProblem::of_row(reason)),
        };
        let text = |pointer: &str| statement.pointer(pointer).and_then(Value::as_str);
        let Some(verb) = text("/verb/id") else {
            return refused(unfit("verb.id", "verb.id"));
        };
        let id = text("/id");
        let is_voided = id.is_some_and(|id| self.voided.contains(&id.to_lowercase()));
        if is_voided || !VERBS.contains(&verb) {
            passed_over.statements += 1;
            return None;
        }
        for (pointer, column) in [("/result/success", "result.success"), ("/result/completion", "result.completion")] {
            if statement.pointer(pointer) == Some(&Value::Bool(false)) {
                let status = format!("{column}: false");
                return refused(CellProblem {
                    column: Some(column.to_owned()),
                    ..CellProblem::of_row(Reason::NotPassed { status })
                });
            }
        }
        let Some(home) = text("/actor/account/homePage") else {
            return refused(unfit("actor.account", "actor.account.homePage"));
        };
        let mut found = Found::default();
        let kind = home.trim_end_matches('/').rsplit(['/', ':', '#', '=']).next();
        found.put_text(Field::DocumentKind, "actor.account.homePage", kind);
        // A number that is no text may have lost digits.
        let number = statement.pointer("/actor/account/name").map(json::cell_of);
        found.put(Field::DocumentNumber, "actor.account.name", number.unwrap_or(Cell::Empty));
        found.put_text(Field::Name, "actor.name", text("/actor/name"));
        found.put_text(Field::AchievementCode, "object.id", text("/object/id"));
        found.put_text(Field::AchievementName, "object.definition.name", name_of(&statement));
        found.put_text(Field::AwardedOn, "timestamp", text("/timestamp").or_else(|| text("/stored")));
        found.put_text(Field::CertificateNumber, "id", id);
        if let Some(duration) = text("/result/duration") {
            match hours_of(duration) {
                Some(hours) => found.put(Field::Hours, "result.duration", Cell::Text(hours)),
                None => {
                    let reason = Reason::NotHours {};
                    return refused(CellProblem::of_cell(Some("result.duration"), Some(Field::Hours), duration, reason));
                }
            }
        }
        match (statement.pointer("/result/score/raw"), statement.pointer("/result/score/scaled")) {
            (Some(raw), _) => found.put(Field::Score, "result.score.raw", json::cell_of(raw)),
            (None, Some(scaled)) => {
                found.put(Field::Score, "result.score.scaled", json::cell_of(scaled));
                found.put_text(Field::GradingScale, "result.score.scaled", Some("xAPI scaled, -1 to 1"));
            }
            (None, None) => {}
        }
        Some(vec![found.tell(0, &self.frame)])
    }
}

/// The activity's name, in Chinese or in English where it has one, else in whatever language.
fn name_of(statement: &Value) -> Option<&str> {
    let names = statement.pointer("/object/definition/name")?.as_object()?;
    let in_language = |start: &str| names.iter().find(|(language, _)| language.to_lowercase().starts_with(start));
    let (_, name) = in_language("zh").or_else(|| in_language("en")).or_else(|| names.iter().next())?;
    name.as_str()
}

/// A duration of ISO 8601 in hours, of whole hundredths rounded down; months and years have no number of hours.
fn hours_of(duration: &str) -> Option<String> {
    let rest = duration.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut milliseconds = 0_u64;
    let mut add = |part: &str, units: &[(char, u64)]| -> Option<()> {
        let mut number = String::new();
        for letter in part.chars() {
            if letter.is_ascii_digit() || letter == '.' {
                number.push(letter);
                continue;
            }
            let (_, unit) = units.iter().find(|(unit, _)| *unit == letter)?;
            let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
            let thousandths: String = format!("{fraction:0<3}").chars().take(3).collect();
            let whole = whole.parse::<u64>().ok()?.checked_mul(*unit)?;
            let parts = thousandths.parse::<u64>().ok()?.checked_mul(*unit)? / 1000;
            milliseconds = milliseconds.checked_add(whole)?.checked_add(parts)?;
            number.clear();
        }
        number.is_empty().then_some(())
    };
    const HOUR: u64 = 3_600_000;
    add(days, &[('D', 24 * HOUR), ('W', 7 * 24 * HOUR)])?;
    add(time, &[('H', HOUR), ('M', HOUR / 60), ('S', 1000)])?;
    let is_empty = days.is_empty() && time.is_empty();
    let hundredths = milliseconds / (HOUR / 100);
    (!is_empty).then(|| format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_hours() {
        for (duration, expected) in [
            ("PT1H30M", Some("1.50")),
            ("PT45M", Some("0.75")),
            ("PT20M", Some("0.33")),
            ("PT16559.14S", Some("4.59")),
            ("P1DT2H", Some("26.00")),
            ("P4W", Some("672.00")),
            ("PT1.5H", Some("1.50")),
            ("P1M", None),
            ("P1Y", None),
            ("P", None),
            ("PT", None),
            ("PT5", None),
            ("1 hour", None),
            ("PT99999999999999999999H", None),
        ] {
            assert_eq!(hours_of(duration).as_deref(), expected, "{duration}");
        }
    }
}
