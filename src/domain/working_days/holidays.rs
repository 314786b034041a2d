//! The public holidays of one year, and the weekend days that are worked to make up for them, as a document.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::domain::bilingual::Bilingual;
use crate::domain::rejection::FieldProblem;

/// By what the holidays were published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayNotice {
    #[schema(min_length = 1, max_length = 200, example = "国务院办公厅关于2026年部分节假日安排的通知")]
    pub title: String,
    #[schema(min_length = 1, max_length = 100, example = "国办发明电〔2025〕7号")]
    pub number: String,
    pub issued_on: NaiveDate,
}

/// Days on which nobody works, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub name: Bilingual,
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// The holidays of one year. Days that a notice names of the year before belong into that year's document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "year": 2026,
    "notices": [{ "title": "国务院办公厅关于2026年部分节假日安排的通知", "number": "国办发明电〔2025〕7号", "issued_on": "2025-11-04" }],
    "holidays": [{ "name": { "zh": "元旦", "en": "New Year's Day" }, "from": "2026-01-01", "to": "2026-01-03" }], "make_up_days": ["2026-01-04"] }))]
pub struct HolidayYear {
    #[schema(minimum = 2000, maximum = 2199)]
    pub year: i32,
    /// The notice, and those that changed it.
    #[schema(min_items = 1, max_items = 5)]
    pub notices: Vec<HolidayNotice>,
    #[schema(min_items = 1, max_items = 20)]
    pub holidays: Vec<Holiday>,
    /// Saturdays and Sundays that are worked 调休上班.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub make_up_days: Vec<NaiveDate>,
}

impl HolidayYear {
    /// The most notices, holidays and days that make up for them, and the most days of one holiday.
    const NOTICES_MAX: usize = 5;
    const HOLIDAYS_MAX: usize = 20;
    const MAKE_UP_DAYS_MAX: usize = 30;
    const DAYS_OF_A_HOLIDAY_MAX: i64 = 30;

    /// What must be mended before it can be used.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, pointer: String, detail: String| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
            !wrong
        };
        let among = |items: usize, least: usize, most: usize| !(least..=most).contains(&items);
        refuse(
            !(2000..=2199).contains(&self.year),
            "/year".to_owned(),
            "must be 2000 to 2199".to_owned(),
        );
        let sizes = [
            ("/notices", self.notices.len(), 1, Self::NOTICES_MAX),
            ("/holidays", self.holidays.len(), 1, Self::HOLIDAYS_MAX),
            ("/make_up_days", self.make_up_days.len(), 0, Self::MAKE_UP_DAYS_MAX),
        ];
        for (at, items, least, most) in sizes {
            let detail = format!("must have {least} to {most} items");
            if !refuse(among(items, least, most), at.to_owned(), detail) {
                return problems;
            }
        }
        problems.extend(self.notices.iter().enumerate().flat_map(|(number, notice)| notice.problems(number)));
        problems.extend((0..self.holidays.len()).filter_map(|number| self.holiday_problem(number)));
        problems.extend((0..self.make_up_days.len()).filter_map(|number| self.make_up_problem(number)));
        problems
    }

    fn holiday_problem(&self, number: usize) -> Option<FieldProblem> {
        let holiday = self.holidays.get(number)?;
        let at = |field: &str| format!("/holidays/{number}/{field}");
        let earlier = self.holidays.iter().take(number);
        let overlapped = earlier
            .into_iter()
            .find(|other| other.from <= holiday.to && holiday.from <= other.to);
        let (field, detail) = if !holiday.name.is_readable() {
            ("name", "must have 1 to 200 characters".to_owned())
        } else if holiday.from.year() != self.year {
            ("from", format!("must be a day of the year {}", self.year))
        } else if holiday.to.year() != self.year {
            ("to", format!("must be a day of the year {}", self.year))
        } else if holiday.to < holiday.from {
            ("to", "is before from".to_owned())
        } else if (holiday.to - holiday.from).num_days() >= Self::DAYS_OF_A_HOLIDAY_MAX {
            ("to", format!("makes a holiday of more than {} days", Self::DAYS_OF_A_HOLIDAY_MAX))
        } else {
            let other = overlapped?;
            ("from", format!("is in the holiday {} as well", other.name.zh))
        };
        Some(FieldProblem::new(at(field), detail))
    }

    fn make_up_problem(&self, number: usize) -> Option<FieldProblem> {
        let day = *self.make_up_days.get(number)?;
        let off = |holiday: &&Holiday| holiday.from <= day && day <= holiday.to;
        let detail = if day.year() != self.year {
            format!("must be a day of the year {}", self.year)
        } else if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            "must be a Saturday or a Sunday: other days are worked anyway".to_owned()
        } else if let Some(holiday) = self.holidays.iter().find(off) {
            format!("is in the holiday {} as well", holiday.name.zh)
        } else if self.make_up_days.iter().take(number).any(|earlier| *earlier == day) {
            "is there twice".to_owned()
        } else {
            return None;
        };
        Some(FieldProblem::new(format!("/make_up_days/{number}"), detail))
    }
}

impl HolidayNotice {
    fn problems(&self, number: usize) -> Vec<FieldProblem> {
        let texts = [("title", &self.title, 200), ("number", &self.number, 100)];
        let wrong = |(field, text, most): (&str, &String, usize)| {
            let lawful = !text.trim().is_empty() && text.chars().count() <= most;
            let detail = format!("must have 1 to {most} characters");
            (!lawful).then(|| FieldProblem::new(format!("/notices/{number}/{field}"), detail))
        };
        texts.into_iter().filter_map(wrong).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::working_days::shipped;
    use serde_json::{Value, json};

    #[test]
    fn each_fault_is_told_by_its_place() {
        let cases: [(&str, Value, &str, &str); 14] = [
            ("/year", json!(1999), "/year", "must be 2000 to 2199"),
            ("/notices", json!([]), "/notices", "must have 1 to 5 items"),
            ("/holidays", json!([]), "/holidays", "must have 1 to 20 items"),
            (
                "/make_up_days",
                json!(vec!["2026-01-04"; 31]),
                "/make_up_days",
                "must have 0 to 30 items",
            ),
            (
                "/notices/0/number",
                json!(" "),
                "/notices/0/number",
                "must have 1 to 100 characters",
            ),
            (
                "/holidays/0/name/zh",
                json!(""),
                "/holidays/0/name",
                "must have 1 to 200 characters",
            ),
            (
                "/holidays/0/from",
                json!("2025-12-31"),
                "/holidays/0/from",
                "must be a day of the year 2026",
            ),
            (
                "/holidays/6/to",
                json!("2027-01-01"),
                "/holidays/6/to",
                "must be a day of the year 2026",
            ),
            ("/holidays/1/to", json!("2026-02-14"), "/holidays/1/to", "is before from"),
            (
                "/holidays/6/to",
                json!("2026-10-31"),
                "/holidays/6/to",
                "makes a holiday of more than 30 days",
            ),
            ("/holidays/2/from", json!("2026-03-31"), "", ""),
            (
                "/make_up_days/0",
                json!("2026-01-05"),
                "/make_up_days/0",
                "must be a Saturday or a Sunday: other days are worked anyway",
            ),
            (
                "/make_up_days/0",
                json!("2026-01-03"),
                "/make_up_days/0",
                "is in the holiday 元旦 as well",
            ),
            ("/make_up_days/1", json!("2026-01-04"), "/make_up_days/1", "is there twice"),
        ];
        let [.., shipped] = &shipped::years()[..] else { panic!() };
        for (place, value, pointer, detail) in cases {
            let mut document = serde_json::to_value(shipped).unwrap();
            *document.pointer_mut(place).unwrap() = value;
            let year: HolidayYear = serde_json::from_value(document).unwrap();
            let found = year.problems();
            let first = found.first().map(|problem| (problem.pointer.as_str(), problem.detail.as_str()));
            let expected = Some((pointer, detail)).filter(|_| !pointer.is_empty());
            assert_eq!(first, expected, "{place}: {found:?}");
        }
    }

    #[test]
    fn holidays_do_not_overlap_and_days_are_worked_in_their_year() {
        let mut year = shipped::years().pop().unwrap();
        year.holidays[1].from = "2026-01-03".parse().unwrap();
        year.holidays[1].to = "2026-01-05".parse().unwrap();
        year.make_up_days.push("2027-01-02".parse().unwrap());
        let found: Vec<(String, String)> = year.problems().into_iter().map(|one| (one.pointer, one.detail)).collect();
        let expected = [
            ("/holidays/1/from", "is in the holiday 元旦 as well"),
            ("/make_up_days/0", "is in the holiday 春节 as well"),
            ("/make_up_days/6", "must be a day of the year 2026"),
        ];
        assert_eq!(found, expected.map(|(pointer, detail)| (pointer.to_owned(), detail.to_owned())));
    }
}
