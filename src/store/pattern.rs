//! Patterns of `LIKE`, whose escape is a backslash.

use diesel::sql_types::{Nullable, Text};

diesel::define_sql_function! {
    /// Lower case of the letters a to z, on both back ends.
    fn lower(text: Nullable<Text>) -> Nullable<Text>;
}

/// The pattern of texts that contain a part, whose own wildcards stand for themselves.
pub(super) fn containing(part: &str) -> String {
    let literal: String = part
        .chars()
        .flat_map(|letter| matches!(letter, '%' | '_' | '\\').then_some('\\').into_iter().chain([letter]))
        .collect();
    format!("%{literal}%")
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn wildcards_in_a_part_stand_for_themselves() {
        assert_eq!(containing(r"5%_\证"), r"%5\%\_\\证%");
    }
}
