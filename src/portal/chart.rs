//! Pictures of figures: bars as inline SVG. The figures stand in a table beside each of them.

use crate::domain::credit::Credit;

/// The width that the longest bar has, in the pictures' own units.
const WIDTH: i64 = 1_000;

/// A part of a bar.
pub(super) struct Part {
    /// The class that gives it its pattern and colour.
    pub(super) class: &'static str,
    pub(super) from: i64,
    pub(super) width: i64,
}

/// A bar with its label.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) said: String,
    pub(super) parts: Vec<Part>,
}

/// What a bar is made of.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) said: String,
    pub(super) parts: Vec<(&'static str, Credit)>,
}

/// Lays bars out, each as long as its share of the longest one. What is there is seen: no part of more than nothing is shorter than 4.
pub(super) fn bars(rows: Vec<Row>) -> Vec<Bar> {
    let sum = |row: &Row| row.parts.iter().map(|(_, credit)| credit.hundredths()).sum::<i64>();
    let longest = rows.iter().map(sum).max().unwrap_or(0).max(1);
    let bars = rows.into_iter().map(|row| {
        let mut from = 0;
        let mut parts = Vec::new();
        for (class, credit) in row.parts {
            if credit == Credit::ZERO {
                continue;
            }
            let width = (credit.hundredths() * WIDTH / longest).max(4);
            parts.push(Part { class, from, width });
            from += width;
        }
        Bar {
            label: row.label,
            said: row.said,
            parts,
        }
    });
    bars.collect()
}

/// Lays out parts of a whole: what they do not fill is missing. What is there is seen, and more than the whole fills it.
pub(super) fn filled(parts: &[(&'static str, i64)], whole: i64) -> Vec<Part> {
    let mut from = 0;
    let mut drawn = Vec::new();
    for (class, amount) in parts.iter().filter(|(_, amount)| *amount > 0) {
        let width = (amount * WIDTH / whole.max(1)).clamp(4, WIDTH).min(WIDTH - from);
        drawn.push(Part { class, from, width });
        from += width;
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_their_whole_and_no_more() {
        let widths = |parts: &[(&'static str, i64)], whole| -> Vec<(i64, i64)> {
            filled(parts, whole).iter().map(|part| (part.from, part.width)).collect()
        };
        assert_eq!(widths(&[("redeemed", 2_000), ("available", 3_000)], 10_000), [(0, 200), (200, 300)]);
        assert_eq!(widths(&[("redeemed", 0), ("available", 1)], 14_000), [(0, 4)]);
        assert_eq!(widths(&[("redeemed", 9_000), ("available", 9_000)], 10_000), [(0, 900), (900, 100)]);
        assert_eq!(widths(&[("available", 100)], 0), [(0, 1_000)]);
        assert!(widths(&[], 100).is_empty());
    }

    #[test]
    fn bars_are_as_long_as_their_share_and_nothing_that_is_there_is_hidden() {
        let row = |parts: &[(&'static str, &str)]| Row {
            label: String::new(),
            said: String::new(),
            parts: parts.iter().map(|(class, credit)| (*class, credit.parse().unwrap())).collect(),
        };
        let drawn = bars(vec![
            row(&[("available", "30.00"), ("redeemed", "10.00")]),
            row(&[("available", "0.01"), ("held", "0.00"), ("redeemed", "20.00")]),
            row(&[]),
        ]);
        let widths: Vec<Vec<(&str, i64, i64)>> = drawn
            .iter()
            .map(|bar| bar.parts.iter().map(|part| (part.class, part.from, part.width)).collect())
            .collect();
        assert_eq!(
            widths,
            [
                vec![("available", 0, 750), ("redeemed", 750, 250)],
                vec![("available", 0, 4), ("redeemed", 4, 500)],
                vec![],
            ]
        );
        assert!(bars(Vec::new()).is_empty());
    }
}
