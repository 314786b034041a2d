//! What people write: how long it may be, and that nothing hides in it.

/// Whether a text is a line: 1 to `most` characters, some of them visible, none a control character.
pub fn is_line(text: &str, most: usize) -> bool {
    fits(text, most) && !text.chars().any(char::is_control)
}

/// As [`is_line`], over several lines.
pub fn is_prose(text: &str, most: usize) -> bool {
    fits(text, most) && !text.chars().any(|letter| letter.is_control() && letter != '\n')
}

/// How alike two texts are, in thousandths: by the letters that would have to be changed, put in, left out or swapped.
pub fn alike(one: &str, other: &str) -> u32 {
    let longest = one.chars().count().max(other.chars().count());
    if longest == 0 {
        return 1_000;
    }
    let distance = strsim::osa_distance(one, other);
    let same = longest.saturating_sub(distance).saturating_mul(1_000) / longest;
    u32::try_from(same).unwrap_or(0)
}

/// A number as people read it: in groups of four.
pub fn in_fours(digits: &str) -> String {
    let mut spaced = String::with_capacity(digits.len() + digits.len() / 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    spaced
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
    #[test]
    fn likeness_counts_the_letters_that_would_change() {
        assert_eq!(alike("occ-elec-4", "occ-elec-4"), 1_000);
        assert_eq!(alike("occ_elec_4", "occ-elec-4"), 800);
        assert_eq!(alike("养老护理员", "养老护理"), 800);
        assert_eq!(alike("焊接", "养老护理"), 0);
        assert_eq!(alike("", ""), 1_000);
    }
}
