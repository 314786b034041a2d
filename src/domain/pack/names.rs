//! Near-duplicate names of courses: width, letter case, punctuation, the number of a series' first part, synonyms. The
//! table is the pack's; the way of folding follows the practice of the Korean credit bank and its Chinese equivalents.

use unicode_normalization::UnicodeNormalization;

use super::{NameTable, Within};
use crate::domain::facts::OutcomeFacts;

/// How the parts of a series are numbered; the place in the list is the number less one.
const ORDINALS: [&[&str]; 4] = [
    &["i", "1", "一", "上"],
    &["ii", "2", "二", "下"],
    &["iii", "3", "三"],
    &["iv", "4", "四"],
];

/// A name without what makes no difference: width, letter case, spaces, punctuation, brackets.
pub fn folded(name: &str) -> String {
    name.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// A name under a table: folded, its ordinal written one way, each synonym written as the first of its group.
pub fn near_form(name: &str, table: &NameTable) -> String {
    let mut form = with_one_ordinal(folded(name), table.first_ordinal_optional);
    for group in &table.synonyms {
        let words: Vec<String> = group.iter().map(|word| folded(word)).collect();
        let Some((first, others)) = words.split_first() else { continue };
        let found = others.iter().filter(|word| !word.is_empty() && form.contains(word.as_str()));
        // The longest first: a synonym may be a part of another.
        if let Some(word) = found.max_by_key(|word| word.len()).filter(|_| !form.contains(first.as_str())) {
            form = form.replace(word.as_str(), first);
        }
    }
    form
}

impl Within {
    /// The group of an outcome, if it has one.
    pub fn group(self, outcome: &OutcomeFacts, names: &NameTable) -> Option<String> {
        match self {
            Self::Achievement => Some(outcome.achievement.clone()),
            Self::Family => outcome.family.clone(),
            Self::Event => outcome.contest.as_ref()?.event.clone(),
            Self::Name => Some(near_form(&outcome.name, names)),
        }
    }

    /// How high an outcome stands in its group: by place in an event, else by rank; one without a number stands lowest.
    pub fn height(self, outcome: &OutcomeFacts) -> Option<i32> {
        match self {
            Self::Event => outcome.contest.as_ref()?.place.map(|place| -i32::from(place)),
            Self::Achievement | Self::Family | Self::Name => outcome.rank.map(i32::from),
        }
    }
}

fn with_one_ordinal(name: String, first_optional: bool) -> String {
    for (number, spellings) in ORDINALS.iter().enumerate().rev() {
        for spelling in *spellings {
            let Some(stem) = name.strip_suffix(spelling) else { continue };
            // A letter before a Roman numeral makes it a part of a word, a digit before a digit a part of a number.
            let before = stem.chars().next_back();
            let inside = before.is_none_or(|letter| letter.is_ascii_alphanumeric());
            if inside || stem.chars().count() < 2 {
                continue;
            }
            return if number == 0 && first_optional {
                stem.to_owned()
            } else {
                format!("{stem}{}", number + 1)
            };
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> NameTable {
        let words = |group: &[&str]| group.iter().map(|word| (*word).to_owned()).collect();
        NameTable {
            first_ordinal_optional: true,
            synonyms: vec![words(&["基础", "概论", "导论"])],
            near_names: None,
        }
    }

    #[test]
    fn names_that_are_near_and_names_that_are_not() {
        let cases = [
            ("高等数学", "高等数学（一）", true),
            ("高等数学Ⅰ", "高等数学 1", true),
            ("高等数学上", "高等数学I", true),
            ("高等数学(上)", "高等数学(下)", false),
            ("高等数学Ⅱ", "高等数学（二）", true),
            ("ＷＥＢ前端", "web 前端", true),
            ("会计学基础", "会计学导论", true),
            ("会计学概论", "会计学原理", false),
            ("电工技术", "电子技术", false),
            ("Web2", "Web", false),
        ];
        for (one, other, near) in cases {
            assert_eq!(near_form(one, &table()) == near_form(other, &table()), near, "{one} and {other}");
        }
    }

    #[test]
    fn the_first_of_a_series_keeps_its_number_unless_the_table_says_otherwise() {
        let strict = NameTable::default();
        assert_ne!(near_form("高等数学", &strict), near_form("高等数学(一)", &strict));
        assert_eq!(near_form("高等数学Ⅰ", &strict), near_form("高等数学(一)", &strict));
    }
}
