//! Names of people: kept as given, compared without what spreadsheets add. Never printed by accident.

use unicode_normalization::UnicodeNormalization;

/// The surnames of two letters that are met today.
const COMPOUND_SURNAMES: [&str; 14] = [
    "欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "端木", "歐陽",
];

/// A person's name of 1 to 100 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl std::fmt::Debug for PersonName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PersonName(*)")
    }
}

impl PersonName {
    /// Reads a name; `None` when it is empty, too long, or holds digits or control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.nfkc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        let acceptable = |character: char| !character.is_control() && !character.is_numeric();
        ((1..=100).contains(&name.chars().count()) && name.chars().all(acceptable)).then_some(Self(name))
    }

    /// The name as given, in half-width form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name for others' eyes: its first letter, and a star for each of the rest (at most three).
    pub fn masked(&self) -> String {
        let stars = self.0.chars().count().saturating_sub(1).clamp(1, 3);
        self.0.chars().take(1).chain(std::iter::repeat_n('*', stars)).collect()
    }

    /// The name as a public notice 公示 prints it, so that whoever knows the person may object and nobody else learns of it:
    /// of a Chinese name the first letter and, from three letters on, the last one, with a star for each between (at most
    /// three); of other names the first letter of each part, with three stars whatever its length.
    pub fn on_public_notice(&self) -> String {
        if !self.0.chars().any(is_han) {
            let parts = self.0.split([' ', '·', '•', '・', '‧', '.']).filter_map(|part| part.chars().next());
            return parts.map(|first| format!("{first}***")).collect::<Vec<_>>().join(" ");
        }
        let letters: Vec<char> = self.0.chars().filter(|letter| letter.is_alphabetic()).collect();
        match letters.as_slice() {
            [first, between @ .., last] if !between.is_empty() => {
                let stars = "*".repeat(between.len().min(3));
                format!("{first}{stars}{last}")
            }
            [first, ..] => format!("{first}*"),
            [] => self.masked(),
        }
    }

    /// Surname and given name, where it is certain which is which: of a name of two to four Chinese letters without a mark between.
    pub fn parts(&self) -> Option<(String, String)> {
        let letters: Vec<char> = self.0.chars().collect();
        if !(2..=4).contains(&letters.len()) || !letters.iter().copied().all(is_han) {
            return None;
        }
        let is_compound = letters.len() > 2 && COMPOUND_SURNAMES.iter().any(|surname| self.0.starts_with(surname));
        // Four letters without a compound surname may be anything, such as two surnames.
        if letters.len() == 4 && !is_compound {
            return None;
        }
        let (surname, given) = letters.split_at_checked(if is_compound { 2 } else { 1 })?;
        Some((surname.iter().collect(), given.iter().collect()))
    }

    /// What two spellings of one name share: no spaces, no middle dots, one letter case.
    pub fn matching_key(&self) -> String {
        let kept = |character: &char| !character.is_whitespace() && !matches!(character, '·' | '•' | '・' | '‧' | '.');
        self.0.chars().filter(kept).flat_map(char::to_lowercase).collect()
    }
}

/// Whether a letter is one of the Chinese script: CJK unified ideographs with extension A, and those beyond the first plane.
pub(super) fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::PersonName;

    #[test]
    fn a_name_is_taken_apart_only_where_that_is_certain() {
        for (name, parts) in [
            ("王芳", Some(("王", "芳"))),
            ("王小芳", Some(("王", "小芳"))),
            ("欧阳锋", Some(("欧阳", "锋"))),
            ("欧阳明月", Some(("欧阳", "明月"))),
            ("欧阳", Some(("欧", "阳"))),
            ("张王小芳", None),
            ("王", None),
            ("买买提·艾力", None),
            ("John Smith", None),
        ] {
            let found = PersonName::parse(name).unwrap().parts();
            assert_eq!(found, parts.map(|(one, other)| (one.to_owned(), other.to_owned())), "{name}");
        }
    }

    #[test]
    fn spellings_of_one_name_match() {
        let key = |text| PersonName::parse(text).unwrap().matching_key();
        assert_eq!(key("阿依古丽·买买提"), key("阿依古丽 • 买买提"));
        assert_eq!(key("王 芳"), key("王芳"));
        assert_eq!(key("Ｊohn Smith"), key("john  smith"));
        assert_ne!(key("王芳"), key("王方"));
        assert_eq!(PersonName::parse("欧阳明月").unwrap().masked(), "欧***");
        assert_eq!(PersonName::parse("王").unwrap().masked(), "王*");
        for text in ["", "  ", "王3", "a\u{0}b"] {
            assert!(PersonName::parse(text).is_none(), "{text:?}");
        }
    }
    #[test]
    fn a_public_notice_shows_enough_to_object_and_no_more() {
        let cases = [
            ("王", "王*"),
            ("张三", "张*"),
            ("张小三", "张*三"),
            ("欧阳修远", "欧**远"),
            ("王 芳", "王*"),
            ("阿依古丽·买买提", "阿***提"),
            ("John Smith", "J*** S***"),
            ("Maria da Silva Santos", "M*** d*** S*** S***"),
            ("J. Smith", "J*** S***"),
            ("Li", "L***"),
            ("Айгуль Серикова", "А*** С***"),
        ];
        for (name, expected) in cases {
            let name = PersonName::parse(name).unwrap();
            assert_eq!(name.on_public_notice(), expected);
            // What is told never is the name itself.
            assert_ne!(name.on_public_notice(), name.as_str());
        }
    }
}
