//! Dates as people and spreadsheets write them. What could be two days is refused, never guessed.

use chrono::{Days, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use super::problem::Reason;

/// Days since 1899-12-30, as spreadsheets count them; from 1954 to 2064, so that no year or number of another kind is taken for one.
const SERIAL: std::ops::RangeInclusive<u64> = 20_000..=59_999;

/// Reads a date: `2024-03-01`, `2024/3/1`, `2024.3.1`, `20240301`, `2024年3月1日`, `二〇二四年三月一日`, the days that spreadsheets
/// count; whatever time of the day follows is left aside.
///
/// # Errors
/// Why it is none, or which one cannot be told.
pub(super) fn date(text: &str) -> Result<NaiveDate, Reason> {
    let text: String = text.nfkc().collect();
    let text = without_time(text.trim());
    let numbers = numbers(text).ok_or(Reason::NotADate {})?;
    let digits = |number: &str| number.chars().count();
    match numbers.as_slice() {
        [only] if digits(only) == 8 => {
            let part = |range: std::ops::Range<usize>| only.get(range).unwrap_or_default();
            day(part(0..4), part(4..6), part(6..8))
        }
        [only] => match only.parse() {
            Ok(serial) if digits(only) == 5 && SERIAL.contains(&serial) => from_serial(serial).ok_or(Reason::NotADate {}),
            _ if digits(only) == 4 || digits(only) == 6 => Err(Reason::DateWithoutDay {}),
            _ => Err(Reason::NotADate {}),
        },
        [year, _] if digits(year) == 4 => Err(Reason::DateWithoutDay {}),
        [year, month, of_month] if digits(year) == 4 => day(year, month, of_month),
        [one, other, year] if digits(year) == 4 && digits(one) <= 2 && digits(other) <= 2 => year_last(one, other, year),
        [one, other, last] if [one, other, last].iter().all(|part| digits(part) <= 2) => Err(Reason::TwoDigitYear {}),
        _ => Err(Reason::NotADate {}),
    }
}

/// The day of so many days as spreadsheets count them from 1900.
pub(super) fn from_serial(serial: u64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(serial))
}

fn without_time(text: &str) -> &str {
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, ""));
    if time.contains(':') { date } else { text }
}

fn day(year: &str, month: &str, of_month: &str) -> Result<NaiveDate, Reason> {
    let number = |text: &str| text.parse::<u32>().map_err(|_| Reason::NotADate {});
    let year = year.parse::<i32>().map_err(|_| Reason::NotADate {})?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(of_month)?).ok_or(Reason::NoSuchDay {})
}

/// The year stands last: which of the others is the month can be told only where one of them cannot be it, or both are the same.
fn year_last(one: &str, other: &str, year: &str) -> Result<NaiveDate, Reason> {
    match (day(year, one, other), day(year, other, one)) {
        (Ok(first), Ok(second)) if first != second => Err(Reason::AmbiguousDate {}),
        (Ok(day), _) | (_, Ok(day)) => Ok(day),
        (Err(reason), Err(_)) => Err(reason),
    }
}

/// The numbers of a date, as digits; `None` where anything stands between them that does not in a date.
fn numbers(text: &str) -> Option<Vec<String>> {
    let mut numbers = vec![String::new()];
    for letter in text.chars() {
        match letter {
            '0'..='9' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '〇' | '零' | '○' => {
                numbers.last_mut()?.push(letter);
            }
            '-' | '/' | '.' | '年' | '月' | '日' | '号' | '、' | '\u{2010}'..='\u{2014}' | '\u{2212}' | ' ' => {
                numbers.push(String::new())
            }
            _ => return None,
        }
    }
    numbers.retain(|number| !number.is_empty());
    numbers.iter().map(|number| in_digits(number)).collect()
}

/// `三十一` as 31, `二〇二四` as 2024; digits as they are.
fn in_digits(number: &str) -> Option<String> {
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(number.to_owned());
    }
    let digit = |letter: char| "〇一二三四五六七八九".chars().position(|other| other == letter);
    let number = number.replace(['零', '○'], "〇");
    match number.split_once('十') {
        None => number.chars().map(|letter| digit(letter).map(|digit| digit.to_string())).collect(),
        Some((tens, ones)) => {
            let part = |text: &str, absent: usize| {
                let mut letters = text.chars();
                match (letters.next(), letters.next()) {
                    (None, _) => Some(absent),
                    (Some(letter), None) => digit(letter),
                    _ => None,
                }
            };
            Some((part(tens, 1)? * 10 + part(ones, 0)?).to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_what_is_none() {
        let cases = [
            ("2024-03-01", Ok("2024-03-01")),
            ("2024/3/1", Ok("2024-03-01")),
            ("2024.3.1", Ok("2024-03-01")),
            ("20240301", Ok("2024-03-01")),
            ("2024年3月1日", Ok("2024-03-01")),
            ("2024 年 3 月 1 日", Ok("2024-03-01")),
            ("二〇二四年三月一日", Ok("2024-03-01")),
            ("二零二四年十二月三十一日", Ok("2024-12-31")),
            ("二○二四年十月二十日", Ok("2024-10-20")),
            ("２０２４－０３－０１", Ok("2024-03-01")),
            (" 2024-03-01 00:00:00 ", Ok("2024-03-01")),
            ("2024-03-01T08:30:00+08:00", Ok("2024-03-01")),
            ("2024-03-01Z", Err("not_a_date")),
            ("45352", Ok("2024-03-01")),
            ("2024-02-29", Ok("2024-02-29")),
            ("2023-02-29", Err("no_such_day")),
            ("2024-13-01", Err("no_such_day")),
            ("03/04/2024", Err("ambiguous_date")),
            ("25/12/2024", Ok("2024-12-25")),
            ("12/25/2024", Ok("2024-12-25")),
            ("05/05/2024", Ok("2024-05-05")),
            ("31/31/2024", Err("no_such_day")),
            ("24-03-01", Err("two_digit_year")),
            ("24年3月1日", Err("two_digit_year")),
            ("2024-03", Err("date_without_day")),
            ("2024年3月", Err("date_without_day")),
            ("2024", Err("date_without_day")),
            ("yesterday", Err("not_a_date")),
            ("99999", Err("not_a_date")),
            ("999999999999999999999", Err("not_a_date")),
            ("2024-03-01-02", Err("not_a_date")),
            ("十十年三月一日", Err("not_a_date")),
            ("", Err("not_a_date")),
        ];
        for (text, expected) in cases {
            let read = date(text).map(|day| day.to_string());
            let read = read.as_deref().map_err(Reason::code);
            assert_eq!(read, expected, "{text:?}");
        }
    }
}
