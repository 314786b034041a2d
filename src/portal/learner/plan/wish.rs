//! What a learner wishes of the use of the own outcomes in a programme, as the address says it: for each outcome whether it must be used,
//! and for which course, or must not be.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::allocation::Pin;
use crate::domain::rejection::Rejection;
use crate::ops::worth::Wishes;

/// How many equal uses are shown where they are asked for.
const ALTERNATIVES: usize = 3;

/// The most outcomes for which something is wished, as many as may be pinned and left out.
const CHOICES_MAX: usize = 200;

/// The most characters of a course's code.
const CODE_CHARACTERS_MAX: usize = 40;

/// What is wished of one outcome.
#[derive(Default)]
pub(super) struct Choice {
    pub(super) outcome: String,
    /// `use`, `leave`, or nothing.
    pub(super) wish: String,
    /// For which course; empty for any.
    pub(super) course: String,
}

/// Everything that is wished.
#[derive(Default)]
pub(super) struct Wish {
    choices: Vec<Choice>,
    pub(super) enrolled_on: String,
    /// Whether other uses of the same value are shown.
    pub(super) others: bool,
}

fn typed(text: &str, most: usize) -> String {
    text.trim().chars().filter(|letter| !letter.is_control()).take(most).collect()
}

impl Wish {
    /// Reads the pairs of an address.
    pub(super) fn of(pairs: &[(String, String)]) -> Self {
        let mut wish = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "outcome" if wish.choices.len() < CHOICES_MAX => wish.choices.push(Choice {
                    outcome: typed(value, 64),
                    ..Choice::default()
                }),
                "wish" => {
                    if let Some(choice) = wish.choices.last_mut() {
                        choice.wish = typed(value, 10);
                    }
                }
                "course" => {
                    if let Some(choice) = wish.choices.last_mut() {
                        choice.course = typed(value, CODE_CHARACTERS_MAX);
                    }
                }
                "enrolled_on" => wish.enrolled_on = typed(value, 10),
                "others" => wish.others = value == "1",
                _ => {}
            }
        }
        wish
    }

    /// The same, as an address has it behind its mark.
    pub(super) fn of_query(query: &str) -> Self {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self::of(&pairs)
    }

    /// What is wished of one outcome.
    pub(super) fn of_outcome(&self, outcome: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.outcome == outcome)
    }

    /// Whether anything is wished of any outcome.
    pub(super) fn is_wished(&self) -> bool {
        self.choices.iter().any(Choice::is_wished)
    }

    /// What is wished, as an address has it; whether others are shown is not part of it.
    pub(super) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for choice in self.choices.iter().filter(|choice| choice.is_wished()) {
            query.append_pair("outcome", &choice.outcome).append_pair("wish", &choice.wish);
            if choice.is_used() && !choice.course.is_empty() {
                query.append_pair("course", &choice.course);
            }
        }
        if !self.enrolled_on.is_empty() {
            query.append_pair("enrolled_on", &self.enrolled_on);
        }
        query.finish()
    }

    /// The address of a programme's page with this wish.
    pub(super) fn address(&self, programme_id: &Uuid, others: bool) -> String {
        let query = self.query();
        match (query.is_empty(), others) {
            (true, false) => format!("/plan/{programme_id}"),
            (false, false) => format!("/plan/{programme_id}?{query}"),
            (true, true) => format!("/plan/{programme_id}?others=1#others"),
            (false, true) => format!("/plan/{programme_id}?{query}&others=1#others"),
        }
    }

    /// The day of the enrolment.
    ///
    /// # Errors
    /// `InvalidQuery` for what is no day.
    pub(super) fn enrolled_on(&self) -> Result<Option<NaiveDate>, Rejection> {
        if self.enrolled_on.is_empty() {
            return Ok(None);
        }
        self.enrolled_on.parse().map(Some).map_err(|_| Rejection::InvalidQuery {
            name: "enrolled_on".to_owned(),
            detail: "must be a date such as 2026-06-30".to_owned(),
        })
    }

    /// What the operations take.
    ///
    /// # Errors
    /// `InvalidQuery` for a day that is none.
    pub(super) fn wishes(&self) -> Result<Wishes, Rejection> {
        let used = self.choices.iter().filter(|choice| choice.is_used());
        let left = self.choices.iter().filter(|choice| choice.is_left());
        Ok(Wishes {
            pins: used
                .map(|choice| Pin {
                    outcome: choice.outcome.clone(),
                    course: Some(choice.course.clone()).filter(|course| !course.is_empty()),
                })
                .collect(),
            left_out: left.map(|choice| choice.outcome.clone()).collect(),
            alternatives: if self.others { ALTERNATIVES } else { 0 },
            enrolled_on: self.enrolled_on()?,
        })
    }
}

impl Choice {
    pub(super) fn is_used(&self) -> bool {
        self.wish == "use"
    }

    pub(super) fn is_left(&self) -> bool {
        self.wish == "leave"
    }

    fn is_wished(&self) -> bool {
        self.is_used() || self.is_left()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wished_of_each_outcome_is_read_from_the_address() {
        let wish = Wish::of_query(
            "outcome=one&wish=use&course=E101&outcome=two&wish=leave&course=E102&outcome=three&wish=&course=&enrolled_on=2026-09-01&others=1",
        );
        let wishes = wish.wishes().unwrap();
        let pins: Vec<(&str, Option<&str>)> = wishes
            .pins
            .iter()
            .map(|pin| (pin.outcome.as_str(), pin.course.as_deref()))
            .collect();
        assert_eq!(pins, [("one", Some("E101"))]);
        assert_eq!(wishes.left_out, ["two"]);
        assert_eq!((wishes.alternatives, wishes.enrolled_on), (3, NaiveDate::from_ymd_opt(2026, 9, 1)));
        assert!(wish.is_wished() && wish.of_outcome("three").is_some_and(|choice| !choice.is_used()));
        assert_eq!(
            wish.query(),
            "outcome=one&wish=use&course=E101&outcome=two&wish=leave&enrolled_on=2026-09-01"
        );
        assert_eq!(Wish::of_query(&wish.query()).query(), wish.query());
        assert!(Wish::of_query("enrolled_on=soon").wishes().is_err());
        assert!(!Wish::of_query("").is_wished());
    }
}
