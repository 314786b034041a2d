//! Lists as tables for spreadsheets: read to their end, and sent as a file.

use actix_web::HttpResponse;
use actix_web::http::header;

use super::frame::Frame;
use crate::http::file::attachment;
use crate::ops::error::OpError;
use crate::ops::exports::delimited;

/// Rows that are read at once.
const PIECE: i64 = 500;

/// The most rows of a table. The text of the link to one says so. A list that notes a look at every learner in it is asked for all of
/// them at once, since a download is one look.
pub(super) const ROWS_MAX: i64 = 10_000;

/// Reads a list piece by piece, to its end or to so many rows; each piece begins behind the last row of the one before.
///
/// # Errors
/// What the list answers.
pub(super) fn read_on<T, P>(
    most: i64,
    piece: impl Fn(Option<P>, i64) -> Result<Vec<T>, OpError>,
    behind: impl Fn(&T) -> P,
) -> Result<Vec<T>, OpError> {
    let mut rows: Vec<T> = Vec::new();
    let mut left = most;
    while left > 0 {
        let found = piece(rows.last().map(&behind), left.min(PIECE))?;
        if found.is_empty() {
            break;
        }
        left = left.saturating_sub(i64::try_from(found.len()).unwrap_or(i64::MAX));
        rows.extend(found);
    }
    Ok(rows)
}

/// The same for a table.
///
/// # Errors
/// What the list answers.
pub(super) fn read_all<T, P>(
    piece: impl Fn(Option<P>, i64) -> Result<Vec<T>, OpError>,
    behind: impl Fn(&T) -> P,
) -> Result<Vec<T>, OpError> {
    read_on(ROWS_MAX, piece, behind)
}

/// Sends a table: what it is called, its columns, and its rows. Its plain name is the last part of its address.
pub(super) fn table<const N: usize>(
    frame: &Frame,
    title: &str,
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> HttpResponse {
    let head = columns.map(|column| frame.t(column).into_owned());
    let name = format!("{}.csv", frame.t(title));
    // Some lists have several rows for one thing.
    let rows = rows.take(usize::try_from(ROWS_MAX).unwrap_or(usize::MAX));
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(attachment(frame.last_part(), &name))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(delimited(std::iter::once(head).chain(rows)))
}

/// What a cell has of something that may be absent.
pub(super) fn cell(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::portal::texts::text;

    #[test]
    fn a_list_is_read_to_its_end_and_no_further_than_is_wanted() {
        let list: Vec<usize> = (1..=1_201).collect();
        let piece = |after: Option<usize>, limit: i64| {
            let (after, limit) = (after.unwrap_or(0), usize::try_from(limit).unwrap());
            Ok(list.iter().copied().filter(|row| *row > after).take(limit).collect())
        };
        assert_eq!(read_all(piece, |last| *last).unwrap(), list);
        let first = read_on(700, piece, |last| *last).unwrap();
        assert_eq!((first.len(), first.last()), (700, Some(&700)));
    }

    #[test]
    fn the_link_says_how_many_rows_there_are_at_most() {
        for (language, most) in [(Language::Chinese, "10000"), (Language::English, "10,000")] {
            let said = text(language, "table-download", None);
            assert!(said.contains(most) && ROWS_MAX == 10_000, "{said}");
        }
    }
}
