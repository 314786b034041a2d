//! Invented learners and outcomes, the same for the same numbers: nobody real is among them.

use chrono::{Days, NaiveDate};

use super::intake::{IntakeAchievement, Row};

const DIVISIONS: [&str; 9] = [
    "410502", "410503", "410505", "410506", "410522", "410523", "410526", "410527", "410581",
];
const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: [&str; 12] = ["芳", "敏", "静", "磊", "洋", "艳", "杰", "娟", "超", "霞", "桂英", "建国"];
const GROUPS: [&str; 6] = ["", "", "", "unemployed_graduate", "veteran", "migrant_worker"];

/// The weights of the first 17 digits (GB 11643-1999).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

struct Person {
    identity_number: String,
    name: String,
    trainee_group: &'static str,
}

fn choose<'a, T>(random: &mut fastrand::Rng, from: &'a [T]) -> Option<&'a T> {
    from.get(random.usize(0..from.len().max(1)))
}

/// The person with a number; always the same.
fn person(number: u64) -> Person {
    let mut random = fastrand::Rng::with_seed(number);
    let day = |days| NaiveDate::from_ymd_opt(1962, 1, 1).and_then(|first| first.checked_add_days(Days::new(days)));
    let born = day(random.u64(0..16_000)).unwrap_or_default();
    let division = choose(&mut random, &DIVISIONS).copied().unwrap_or_default();
    // The serial holds the number, so that no two of a thousand share one on the same birthday.
    let body = format!("{division}{}{:03}", born.format("%Y%m%d"), number % 1000);
    let given = choose(&mut random, &GIVEN).copied().unwrap_or_default();
    let surname = choose(&mut random, &SURNAMES).copied().unwrap_or_default();
    Person {
        identity_number: format!("{body}{}", check_character(&body)),
        name: format!("{surname}{given}"),
        trainee_group: choose(&mut random, &GROUPS).copied().unwrap_or_default(),
    }
}

fn check_character(body: &str) -> char {
    let sum: u32 = body
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    "10X98765432"
        .chars()
        .nth(usize::try_from(sum % 11).unwrap_or_default())
        .unwrap_or('X')
}

/// The rows of the institution in a place; `outcomes` are shared out evenly over all of them.
pub(super) fn rows(outcomes: usize, institutions: usize, place: usize, achievements: &[IntakeAchievement]) -> Vec<Row> {
    let mut random = fastrand::Rng::with_seed(u64::try_from(place).unwrap_or_default() + 2024);
    let people = u64::try_from(outcomes / 2).unwrap_or_default().max(1);
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
    (0..outcomes)
        .filter(|number| number % institutions.max(1) == place)
        .filter_map(|number| {
            let person = person(random.u64(0..people));
            let achievement = choose(&mut random, achievements)?;
            let awarded_on = first.checked_add_days(Days::new(random.u64(0..366)))?;
            Some(Row {
                identity_number: person.identity_number,
                name: person.name,
                trainee_group: person.trainee_group.to_owned(),
                achievement: achievement.code.clone(),
                awarded_on,
                certificate_number: certificate_number(achievement, awarded_on, number),
                hours: achievement.hours.to_string(),
                score: random.u32(60..=100).to_string(),
            })
        })
        .collect()
}

/// In the shape of its kind; trainings have none.
fn certificate_number(achievement: &IntakeAchievement, awarded_on: NaiveDate, serial: usize) -> String {
    match achievement.kind.as_str() {
        "occupational_certificate" => format!("S000441012345{}{}{serial:06}", awarded_on.format("%y"), achievement.rank),
        "skill_certificate" => format!("X{}{serial:08}", awarded_on.format("%Y")),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity_document::{DocumentKind, IdentityDocument};
    use std::collections::HashSet;

    #[test]
    fn invented_people_have_valid_numbers_that_no_two_share() {
        let today = "2026-11-24".parse().unwrap();
        let numbers: HashSet<String> = (0..1000).map(|number| person(number).identity_number).collect();
        assert_eq!(numbers.len(), 1000);
        for number in numbers {
            IdentityDocument::parse(DocumentKind::ResidentIdentityCard, &number, today).unwrap_or_else(|error| panic!("{number}: {error}"));
        }
    }
}
