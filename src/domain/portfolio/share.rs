//! Shares 分享: a link to a view, until when it is good, how often it opens, and behind which PIN.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::rejection::FieldProblem;
use crate::domain::words::words;

/// The longest life of a share.
pub const DAYS_MAX: i64 = 366;

/// The most looks of a share, and how many it has where nobody says.
pub const LOOKS_MAX: i64 = 1_000;
pub const LOOKS_AT_FIRST: i64 = 100;

/// After so many wrong PINs nobody opens a share any more: of a million PINs of six digits that is one in 20,000, however
/// many servers there are and however long somebody tries.
pub const WRONG_PINS_MAX: i64 = 50;

/// The most shares of one learner that can be opened.
pub const OPEN_MAX: i64 = 100;

/// How long after a look the files that it showed can be fetched.
pub const FILES_LIFE: TimeDelta = TimeDelta::hours(1);

/// The digits of a PIN.
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 6..=12;

/// Letters and digits of a code that are not mistaken for each other: 32 of them, so that each holds five bits.
pub const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The letters of a code: 100 bits.
pub const CODE_LETTERS: usize = 20;

/// How many letters stand together where people read a code.
const GROUP: usize = 5;

words! {
    /// Whether a share opens.
    pub enum ShareState {
        Open => "open",
        /// The learner turned it off.
        Off => "off",
        Expired => "expired",
        /// It was looked at as often as it may be.
        UsedUp => "used_up",
        /// Too many wrong PINs were tried.
        Locked => "locked",
    }
}

words! {
    /// With what somebody looked: the family of a browser, or a program.
    pub enum LookedWith {
        Wechat => "wechat",
        Edge => "edge",
        Firefox => "firefox",
        Chrome => "chrome",
        Safari => "safari",
        Other => "other",
        /// The interface for programs.
        Program => "program",
    }
}

/// What decides whether a share opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub expires_at: DateTime<Utc>,
    pub is_off: bool,
    pub looks: i64,
    pub looks_max: i64,
    pub wrong_pins: i64,
}

impl Limits {
    /// Whether files of a look that was counted can be fetched at a moment. That it was the last look does not matter.
    pub fn gives_files(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state(now), ShareState::Open | ShareState::UsedUp)
    }

    /// Whether it opens at a moment; whichever reason is the learner's own comes first.
    pub fn state(&self, now: DateTime<Utc>) -> ShareState {
        if self.is_off {
            ShareState::Off
        } else if self.wrong_pins >= WRONG_PINS_MAX {
            ShareState::Locked
        } else if self.expires_at <= now {
            ShareState::Expired
        } else if self.looks >= self.looks_max {
            ShareState::UsedUp
        } else {
            ShareState::Open
        }
    }
}

impl LookedWith {
    /// The family by what a browser calls itself; most of them also name those that they are like.
    pub fn of_user_agent(text: &str) -> Self {
        let families = [
            ("MicroMessenger", Self::Wechat),
            ("Edg", Self::Edge),
            ("Firefox", Self::Firefox),
            ("Chrome", Self::Chrome),
            ("Safari", Self::Safari),
        ];
        let found = families.into_iter().find(|(word, _)| text.contains(word));
        found.map_or(Self::Other, |(_, family)| family)
    }
}

/// What must be mended of a new share.
pub fn problems(now: DateTime<Utc>, expires_at: DateTime<Utc>, looks_max: i64, pin: Option<&str>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if expires_at <= now || expires_at > now + TimeDelta::days(DAYS_MAX) {
        problems.push(FieldProblem::new(
            "/expires_at",
            "must be later than now, and at most 366 days later",
        ));
    }
    if !(1..=LOOKS_MAX).contains(&looks_max) {
        problems.push(FieldProblem::new("/looks_max", "must be 1 to 1000"));
    }
    if pin.is_some_and(|pin| !is_pin(pin)) {
        problems.push(FieldProblem::new("/pin", "must have 6 to 12 digits"));
    }
    problems
}

/// Whether a text can be a PIN.
pub fn is_pin(text: &str) -> bool {
    PIN_DIGITS.contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// The code of some random bits, of which a hundred count.
pub fn code_of(bits: u128) -> String {
    let mut rest = bits;
    let mut code = String::with_capacity(CODE_LETTERS);
    for _ in 0..CODE_LETTERS {
        let letter = usize::try_from(rest & 31).ok().and_then(|index| ALPHABET.get(index));
        code.push(char::from(letter.copied().unwrap_or(b'2')));
        rest >>= 5;
    }
    code
}

/// A code as people read it, in groups.
pub fn grouped(code: &str) -> String {
    let mut text = String::with_capacity(code.len() + code.len() / GROUP);
    for (place, letter) in code.chars().enumerate() {
        if place > 0 && place % GROUP == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

/// A code as it was given out, of what somebody typed; `None` where it cannot be one.
pub fn code_in(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let code: String = text
        .chars()
        .filter(|letter| !matches!(letter, '-' | ' '))
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let known = code.len() == CODE_LETTERS && code.bytes().all(|letter| ALPHABET.contains(&letter));
    known.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_share_opens_until_one_of_its_limits() {
        let open = Limits {
            expires_at: moment("2026-12-01T00:00:00Z"),
            is_off: false,
            looks: 1,
            looks_max: 2,
            wrong_pins: WRONG_PINS_MAX - 1,
        };
        let before = moment("2026-11-30T23:59:59Z");
        assert_eq!(open.state(before), ShareState::Open);
        assert_eq!(open.state(open.expires_at), ShareState::Expired, "on the very moment");
        let used_up = Limits { looks: 2, ..open };
        assert_eq!(used_up.state(before), ShareState::UsedUp);
        assert!(used_up.gives_files(before) && open.gives_files(before));
        assert!(!used_up.gives_files(open.expires_at));
        assert_eq!(
            Limits {
                wrong_pins: WRONG_PINS_MAX,
                ..open
            }
            .state(before),
            ShareState::Locked
        );
        let off = Limits { is_off: true, ..open };
        assert_eq!(off.state(open.expires_at), ShareState::Off);
        assert!(!off.gives_files(before));
    }

    #[test]
    fn a_code_is_read_as_it_was_given_out_and_holds_a_hundred_bits() {
        let code = code_of(u128::MAX);
        assert_eq!(code, "Z".repeat(20));
        assert_eq!(grouped(&code), "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ");
        assert_ne!(code_of(1 << 99), code_of(0));
        assert_eq!(code_of(1 << 100), code_of(0), "what is beyond does not count");
        let code = code_of(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        for typed in [code.clone(), grouped(&code), grouped(&code).to_lowercase(), format!(" {code} ")] {
            assert_eq!(code_in(&typed).as_deref(), Some(code.as_str()), "{typed}");
        }
        for wrong in [
            "",
            "2222",
            &"I".repeat(20),
            &"2".repeat(21),
            &"2".repeat(1_000),
            "２２２２２２２２２２２２２２２２２２２２",
        ] {
            assert_eq!(code_in(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_share_has_an_end_and_a_pin_is_of_digits() {
        let now = moment("2026-11-24T00:00:00Z");
        let pointers = |expires_at: &str, looks_max, pin| {
            let found = problems(now, moment(expires_at), looks_max, pin);
            found.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
        };
        assert_eq!(pointers("2026-11-25T00:00:00Z", 1, Some("012345")), Vec::<String>::new());
        assert_eq!(pointers("2027-11-25T00:00:00Z", 1_000, None), Vec::<String>::new());
        assert_eq!(
            pointers("2027-11-25T00:00:01Z", 0, Some("12345")),
            ["/expires_at", "/looks_max", "/pin"]
        );
        assert_eq!(
            pointers("2026-11-24T00:00:00Z", 1_001, Some("１２３４５６")),
            ["/expires_at", "/looks_max", "/pin"]
        );
    }

    #[test]
    fn a_browser_is_known_by_its_family() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                LookedWith::Firefox,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
                LookedWith::Chrome,
            ),
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                LookedWith::Edge,
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0",
                LookedWith::Wechat,
            ),
            ("curl/8.0", LookedWith::Other),
        ];
        for (text, family) in cases {
            assert_eq!(LookedWith::of_user_agent(text), family, "{text}");
        }
    }
}
