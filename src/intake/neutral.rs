//! Texts that a spreadsheet would take for a formula: an apostrophe before them on the way out, and off again on the way in.

use std::borrow::Cow;

/// Whether a spreadsheet would take a text for a formula, or for a command of its host.
pub(super) fn is_dangerous(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// The text as it can be written into delimited text.
pub(crate) fn neutralised(text: &str) -> Cow<'_, str> {
    if is_dangerous(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without the apostrophe that was put before it.
pub(super) fn taken_off(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_dangerous(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_neutralised() {
        assert_eq!(neutralised("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
        assert_eq!(neutralised("＝1"), "'＝1");
        assert_eq!(neutralised("王芳"), "王芳");
        assert_eq!(taken_off("'=1"), "=1");
        assert_eq!(taken_off("'tis"), "'tis");
        assert_eq!(taken_off("''=1"), "''=1");
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_again(text in "['=+@\ta-z]{0,5}") {
            let read = taken_off(&text);
            let written = neutralised(read).into_owned();
            prop_assert_eq!(taken_off(&written), read);
            prop_assert!(!is_dangerous(&written));
        }
    }
}
