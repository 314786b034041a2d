//! Hours, places and damaged numbers as people and spreadsheets write them.

use unicode_normalization::UnicodeNormalization;

use super::problem::Reason;
use crate::domain::decimal::DecimalError;
use crate::domain::hours::Hours;

/// Words after a number of hours that say nothing more.
const UNITS: [&str; 9] = ["个学时", "学时", "课时", "小时", "hours", "hour", "hrs", "hr", "h"];

/// Reads hours: full-width digits, a unit behind, zeros at the end and separated thousands are forgiven.
///
/// # Errors
/// Why it is none.
pub(super) fn hours(text: &str) -> Result<Hours, Reason> {
    let text: String = text.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    let text = text.to_lowercase();
    let number = UNITS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(&text);
    let number = without_thousands(number)?;
    if let Some(rest) = number.strip_prefix(['-', '−']) {
        let is_number = rest.bytes().any(|byte| byte.is_ascii_digit());
        return Err(if is_number { Reason::NegativeHours {} } else { Reason::NotHours {} });
    }
    let short = match number.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => {
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() {
                whole.to_owned()
            } else {
                format!("{whole}.{fraction}")
            }
        }
        _ => number,
    };
    short.parse::<Hours>().map_err(|error| match error {
        DecimalError::TooLarge => Reason::TooManyHours {},
        DecimalError::Negative => Reason::NegativeHours {},
        DecimalError::NotDecimal => Reason::NotHours {},
    })
}

/// `1,200` as 1200. Three digits behind every comma can only be thousands, because hours have two decimals at most; else
/// the comma may be a decimal one.
fn without_thousands(number: &str) -> Result<String, Reason> {
    if !number.contains(',') {
        return Ok(number.to_owned());
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let thousands = (1..=3).contains(&first.len()) && digits(first) && groups.all(|group| group.len() == 3 && digits(group));
    if !thousands {
        return Err(Reason::AmbiguousNumber {});
    }
    let whole = whole.replace(',', "");
    Ok(if fraction.is_empty() {
        whole
    } else {
        format!("{whole}.{fraction}")
    })
}

/// Reads a place: `1`, `第一名`, `二等奖`, `冠军`.
///
/// # Errors
/// Where it is no whole number from 1 to `most`.
pub(super) fn place(text: &str, most: u16) -> Result<u16, Reason> {
    let text: String = text.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    let number = text.strip_prefix('第').unwrap_or(&text);
    let number = ["等奖", "名", "位"]
        .iter()
        .find_map(|unit| number.strip_suffix(unit))
        .unwrap_or(number);
    let place = match number {
        "一" | "冠军" | "金奖" => Some(1),
        "二" | "亚军" | "银奖" => Some(2),
        "三" | "季军" | "铜奖" => Some(3),
        "四" => Some(4),
        "五" => Some(5),
        "六" => Some(6),
        "七" => Some(7),
        "八" => Some(8),
        "九" => Some(9),
        "十" => Some(10),
        digits => digits.strip_suffix(".0").unwrap_or(digits).parse().ok(),
    };
    place
        .filter(|place| (1..=most).contains(place))
        .ok_or(Reason::NotAWholeNumber { most })
}

/// Whether a text is a number in scientific notation, as spreadsheets show numbers that are too long for them.
pub(super) fn is_scientific(text: &str) -> bool {
    let text: String = text.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_is_number = exponent.strip_prefix('+').is_some_and(digits);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    exponent_is_number && whole.len() == 1 && digits(whole) && digits(fraction)
}

/// Whether a number of 18 digits lost its last three to a spreadsheet, which keeps 15. One whose check digit is right is left:
/// there are such numbers.
pub(super) fn is_rounded(number: &str, check_digit_is_wrong: impl FnOnce() -> bool) -> bool {
    let digits: String = number.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    digits.len() == 18 && digits.ends_with("000") && digits.bytes().all(|byte| byte.is_ascii_digit()) && check_digit_is_wrong()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_what_is_none() {
        let cases = [
            ("32", Ok(3200)),
            ("32.5", Ok(3250)),
            ("32.500", Ok(3250)),
            ("32.0", Ok(3200)),
            ("３２", Ok(3200)),
            ("32学时", Ok(3200)),
            ("32 小时", Ok(3200)),
            ("32 hours", Ok(3200)),
            ("1,200", Ok(120_000)),
            ("1,200.5", Ok(120_050)),
            ("0", Ok(0)),
            ("32,5", Err("ambiguous_number")),
            ("1200,000", Err("ambiguous_number")),
            ("32.333", Err("not_hours")),
            ("-5", Err("negative_hours")),
            ("-", Err("not_hours")),
            ("NaN", Err("not_hours")),
            ("inf", Err("not_hours")),
            ("32天", Err("not_hours")),
            ("5.", Err("not_hours")),
            ("1e3", Err("not_hours")),
            ("9999999999", Err("too_many_hours")),
            ("", Err("not_hours")),
        ];
        for (text, expected) in cases {
            let read = hours(text).map(Hours::hundredths);
            assert_eq!(read.as_ref().copied().map_err(Reason::code), expected, "{text:?}");
        }
    }

    #[test]
    fn places() {
        for (text, expected) in [
            ("1", Some(1)),
            ("第三名", Some(3)),
            ("二等奖", Some(2)),
            ("冠军", Some(1)),
            ("第12名", Some(12)),
            ("2.0", Some(2)),
            ("0", None),
            ("1000", None),
            ("特等奖", None),
            ("1.5", None),
        ] {
            assert_eq!(place(text, 999).ok(), expected, "{text}");
        }
    }

    #[test]
    fn damaged_numbers() {
        for (text, expected) in [
            ("4.1E+17", true),
            ("4.10526E+17", true),
            ("4e+17", true),
            ("４.1E+17", true),
            ("E12345678", false),
            ("4E17", false),
            ("1E+", false),
            ("110105194912310021", false),
        ] {
            assert_eq!(is_scientific(text), expected, "{text}");
        }
        assert!(is_rounded("410526198907157000", || true));
        assert!(!is_rounded("410526198907157000", || false));
        assert!(!is_rounded("41052619890715735X", || true));
    }
}
