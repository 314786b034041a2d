//! What people write: how long it may be, and that nothing hides in it.

/// Whether a text is a line: 1 to `most` characters, some of them visible, none a control character.
pub fn is_line(text: &str, most: usize) -> bool {
    fits(text, most) && !text.chars().any(char::is_control)
}

/// As [`is_line`], over several lines.
pub fn is_prose(text: &str, most: usize) -> bool {
    fits(text, most) && !text.chars().any(|letter| letter.is_control() && letter != '\n')
}

fn fits(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_length_and_hides_nothing() {
        for (text, line, prose) in [
            ("经核验属实", true, true),
            ("七个字的一句话", false, false),
            ("", false, false),
            (" \u{3000}", false, false),
            ("一\n二", false, true),
            ("一\r\n二", false, false),
            ("一\t二", false, false),
            ("一\u{0}二", false, false),
        ] {
            assert_eq!(is_line(text, 6), line, "{text:?}");
            assert_eq!(is_prose(text, 6), prose, "{text:?}");
        }
    }
}
