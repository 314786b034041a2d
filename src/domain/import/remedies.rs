//! What to do about a row that was refused: for the person who corrects the file.

/// What to do about a refusal with a code, in English; its Chinese is among the phrases.
pub fn remedy(code: &str) -> &'static str {
    match code {
        "identity_mismatch" => "Compare the name and the number with the document, and settle the mismatch in the list.",
        "unknown_achievement" => "Publish the achievement, or map this code to one under “How files are read”.",
        "foreign_achievement" => "Use a code of your own institution, or map this one under “How files are read”.",
        "awarded_in_the_future" | "awarded_too_long_ago" => "Put in the day on which it was awarded.",
        "hours_absurd" => "Put in the hours of the whole training.",
        "certificate_differs" => "Correct the row, or correct the outcome that is in the bank.",
        "institution_not_approved" => "Wait for the approval of the institution.",
        _ => "Correct the value and upload the file again.",
    }
}

#[cfg(test)]
mod tests {
    use super::remedy;
    use crate::domain::phrases::in_chinese;
    use crate::domain::rejection::Rejection;

    #[test]
    fn every_remedy_is_said_in_both_languages() {
        for (code, ..) in Rejection::TABLE {
            let english = remedy(code);
            assert_ne!(in_chinese(english), english, "{code}");
        }
    }
}
