//! The two languages in which the bank speaks, and how days are said in them.

use chrono::NaiveDate;

/// A language of sentences; codes never depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    Chinese,
    English,
}

impl Language {
    /// Chooses by an `Accept-Language` value (RFC 9110, 12.5.4); Chinese where it asks for neither.
    pub fn from_accept_language(value: &str) -> Self {
        let mut best = (Self::Chinese, 0);
        for range in value.split(',').take(20) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let language = match tag.split('-').next() {
                Some("zh") => Self::Chinese,
                Some("en") => Self::English,
                _ => continue,
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=").map(thousandths))
                .unwrap_or(1000);
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }

    /// A day as people write it.
    pub fn day(self, day: NaiveDate) -> String {
        match self {
            Self::Chinese => day.format("%Y年%-m月%-d日").to_string(),
            Self::English => day.format("%-d %B %Y").to_string(),
        }
    }

    /// A day of every year, from its month and day such as `03-01`; the text itself where there is no such day.
    pub fn day_of_year(self, text: &str) -> String {
        // A leap year has every day.
        let Ok(day) = format!("2000-{text}").parse::<NaiveDate>() else {
            return text.to_owned();
        };
        match self {
            Self::Chinese => day.format("%-m月%-d日").to_string(),
            Self::English => day.format("%-d %B").to_string(),
        }
    }
}

/// `0.8` as 800; nonsense counts as nothing.
fn thousandths(text: &str) -> u32 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits: String = format!("{whole}{fraction:0<3}").chars().take(4).collect();
    digits.parse::<u32>().map_or(0, |weight| weight.min(1000))
}

#[cfg(test)]
mod tests {
    use super::Language::{self, Chinese, English};

    #[test]
    fn the_heaviest_known_language_wins() {
        let cases = [
            ("", Chinese),
            ("en", English),
            ("en-GB,zh;q=0.9", English),
            ("zh-CN,en;q=0.9", Chinese),
            ("en;q=0.3, zh;q=0.8", Chinese),
            ("fr, en;q=0.1", English),
            ("fr", Chinese),
            ("en;q=x", Chinese),
            ("en;q=0", Chinese),
        ];
        for (value, expected) in cases {
            assert_eq!(Language::from_accept_language(value), expected, "{value}");
        }
    }

    #[test]
    fn days_are_said_as_people_write_them() {
        let day = "2026-11-06".parse().unwrap();
        assert_eq!(Chinese.day(day), "2026年11月6日");
        assert_eq!(English.day(day), "6 November 2026");
        assert_eq!(Chinese.day_of_year("02-29"), "2月29日");
        assert_eq!(English.day_of_year("09-01"), "1 September");
        assert_eq!(English.day_of_year("13-40"), "13-40");
    }
}
