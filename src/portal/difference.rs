//! What changed between two versions of something that is said line by line.

use std::borrow::Cow;
use std::collections::HashMap;

/// A line: what it is about, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) about: String,
    pub(super) says: String,
}

/// A line that is not the same in both; absent where one of them does not have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) about: String,
    pub(super) before: Option<String>,
    pub(super) now: Option<String>,
}

impl Said {
    pub(super) fn new(about: impl Into<Cow<'static, str>>, says: impl Into<String>) -> Self {
        Self {
            about: about.into().into_owned(),
            says: says.into(),
        }
    }
}

/// The lines with a number where several are about the same.
fn numbered(lines: &[Said]) -> Vec<((&str, usize), &str)> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let numbered = lines.iter().map(|line| {
        let count = seen.entry(line.about.as_str()).or_default();
        *count += 1;
        ((line.about.as_str(), *count), line.says.as_str())
    });
    numbered.collect()
}

/// What differs, in the order of the later one; what it no longer has stands at the end.
pub(super) fn differences(before: &[Said], now: &[Said]) -> Vec<Difference> {
    let (before, now) = (numbered(before), numbered(now));
    let was: HashMap<(&str, usize), &str> = before.iter().copied().collect();
    let is: HashMap<(&str, usize), &str> = now.iter().copied().collect();
    let changed = now.iter().filter(|(about, says)| was.get(about) != Some(says));
    let changed = changed.map(|(about, says)| Difference {
        about: about.0.to_owned(),
        before: was.get(about).map(|says| (*says).to_owned()),
        now: Some((*says).to_owned()),
    });
    let gone = before.iter().filter(|(about, _)| !is.contains_key(about));
    let gone = gone.map(|(about, says)| Difference {
        about: about.0.to_owned(),
        before: Some((*says).to_owned()),
        now: None,
    });
    changed.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_came_and_went_is_named_once() {
        let said = |lines: &[(&'static str, &str)]| -> Vec<Said> { lines.iter().map(|(about, says)| Said::new(*about, *says)).collect() };
        let before = said(&[("name", "a"), ("hours", "8"), ("rule", "x"), ("rule", "y")]);
        let now = said(&[("name", "a"), ("level", "4"), ("rule", "x"), ("rule", "z")]);
        let found = differences(&before, &now);
        let found: Vec<(&str, Option<&str>, Option<&str>)> = found
            .iter()
            .map(|one| (one.about.as_str(), one.before.as_deref(), one.now.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                ("level", None, Some("4")),
                ("rule", Some("y"), Some("z")),
                ("hours", Some("8"), None)
            ]
        );
        assert!(differences(&now, &now).is_empty());
    }
}
