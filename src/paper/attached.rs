//! What is attached to a PDF that somebody shows, and the number that it says it has.
//!
//! No library reads it: of those that there are, one unpacks without a limit, another reads every object whether it is asked for or not,
//! so that a small file with a long table of contents keeps it busy for hours. What is looked for needs none of it. The content of an
//! attached file is always a stream of its own in the file, never inside another one, and what packs it says itself where it ends. So the
//! file is looked through once, from its first byte to its last. Which attachment is the right one is no question of trust: a credential
//! is believed for its signature, wherever it was found.

use std::io::Read;

use flate2::bufread::ZlibDecoder;

use crate::domain::paper_number::PaperNumber;

/// The most attachments that are looked at.
const ATTACHMENTS_MAX: usize = 8;

/// The most bytes of what a PDF says of a stream, before and behind the word by which an attachment is known.
const HEAD_BYTES_MAX: usize = 4_096;

/// In so many of its last bytes a whole PDF says that it ends.
const TAIL_BYTES: usize = 1_024;

/// The digits of a number as a paper says it: five times four, and four spaces.
const NUMBER_LENGTH: usize = 24;

/// Whether a PDF has its end: one that was cut off has lost its table of contents, and may have lost anything else.
pub fn is_whole(pdf: &[u8]) -> bool {
    let tail = pdf.get(pdf.len().saturating_sub(TAIL_BYTES)..).unwrap_or(pdf);
    find(tail, b"%%EOF").is_some()
}

/// What is attached to a PDF, in the order in which it stands there: whatever is packed as PDFs usually are or not at all, and has no
/// more than so many bytes. Each is unpacked when it is asked for.
pub fn attachments(pdf: &[u8], bytes_max: usize) -> impl Iterator<Item = Vec<u8>> {
    let word = b"/EmbeddedFile";
    let ends_there = move |place: &usize| pdf.get(place + word.len()).is_some_and(|byte| !byte.is_ascii_alphanumeric());
    let places = places_of(pdf, word).filter(ends_there).take(ATTACHMENTS_MAX);
    places.filter_map(move |place| content_at(pdf, place, bytes_max))
}

/// The number that a paper says it has: such as its title says it, which is never packed, so that programs find it.
pub fn number_of(pdf: &[u8]) -> Option<PaperNumber> {
    let mut is_inside = false;
    pdf.windows(NUMBER_LENGTH).find_map(|letters| {
        let begins = letters.first().is_some_and(u8::is_ascii_digit) && !is_inside;
        is_inside = letters.first().is_some_and(u8::is_ascii_digit);
        let in_fours = |(place, letter): (usize, &u8)| match place % 5 {
            4 => *letter == b' ',
            _ => letter.is_ascii_digit(),
        };
        if !begins || !letters.iter().enumerate().all(in_fours) {
            return None;
        }
        PaperNumber::parse(std::str::from_utf8(letters).ok()?)
    })
}

/// The content of the attachment whose description has a word at this place.
fn content_at(pdf: &[u8], place: usize, bytes_max: usize) -> Option<Vec<u8>> {
    let before = pdf.get(place.saturating_sub(HEAD_BYTES_MAX)..place)?;
    let begins = place - before.len() + rfind(before, b" obj")?;
    let behind = pdf.get(place..pdf.len().min(place + HEAD_BYTES_MAX))?;
    let said_until = place + places_of(behind, b"stream").find(|place| begins_a_stream(behind, *place))?;
    let said = pdf.get(begins..said_until)?;
    // An object that ends before any stream begins is none.
    if find(said, b"endobj").is_some() {
        return None;
    }
    let behind = pdf.get(said_until + b"stream".len()..)?;
    let packed = behind.strip_prefix(b"\r\n").or_else(|| behind.strip_prefix(b"\n"))?;
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut content = Vec::new();
    if find(said, b"/Filter").is_none() {
        let lines = packed.get(..find(packed, b"endstream")?)?;
        // The end of the line before the word is not of the content.
        let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
        content.extend(lines.strip_suffix(b"\r").unwrap_or(lines).iter().take(bytes_max.saturating_add(1)));
    } else if find(said, b"/FlateDecode").is_some() {
        ZlibDecoder::new(packed).take(limit).read_to_end(&mut content).ok()?;
    } else {
        return None;
    }
    (content.len() <= bytes_max).then_some(content)
}

/// Whether the word at this place begins a stream: it stands by itself and its line ends there. The names of types have it in them too.
fn begins_a_stream(bytes: &[u8], place: usize) -> bool {
    let stands_alone = place
        .checked_sub(1)
        .and_then(|before| bytes.get(before))
        .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
    let behind = bytes.get(place + b"stream".len()..).unwrap_or_default();
    stands_alone && (behind.starts_with(b"\n") || behind.starts_with(b"\r\n"))
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

fn rfind(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}

fn places_of<'a>(bytes: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let windows = bytes.windows(word.len()).enumerate();
    windows.filter(move |(_, window)| *window == word).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    const CREDENTIAL: &[u8] = b"{\"id\":\"urn:test\"}\n";

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    /// A file with attachments, each as it is described and as it lies there.
    fn pdf(attached: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Names << /EmbeddedFiles 9 0 R >> >>\nendobj\n".to_vec();
        for (said, content) in attached {
            bytes.extend(format!("2 0 obj\n<<\n  /Type /EmbeddedFile\n  {said}\n>>\nstream\n").into_bytes());
            bytes.extend(*content);
            bytes.extend(b"\nendstream\nendobj\n");
        }
        bytes.extend(b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n");
        bytes
    }

    fn taken(pdf: &[u8]) -> Vec<Vec<u8>> {
        attachments(pdf, 1_000).collect()
    }

    #[test]
    fn what_is_attached_is_taken_out() {
        let packed = packed(CREDENTIAL);
        let several = pdf(&[
            ("/Subtype /application#2Fjson /Filter /FlateDecode", &packed),
            ("/Subtype /text#2Fplain", b"plain"),
            ("/Filter [/FlateDecode]", &packed),
            ("/Filter /FlateDecode\n  /Subtype /application#2Foctet-stream", &packed),
        ]);
        let credential = CREDENTIAL.to_vec();
        assert_eq!(
            taken(&several),
            [credential.clone(), b"plain".to_vec(), credential.clone(), credential]
        );
        assert!(is_whole(&several));
        assert_eq!(taken(&pdf(&[])), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn what_is_too_much_or_not_whole_is_left_out() {
        let bomb = packed(&[0; 100_000]);
        let right = packed(CREDENTIAL);
        let cut = right.get(..right.len() - 6).unwrap();
        let cases: [(&str, &[u8]); 5] = [
            ("/Filter /FlateDecode", &bomb),
            ("", &[b'a'; 1_001]),
            ("/Filter /FlateDecode", b"nonsense"),
            ("/Filter /ASCIIHexDecode", b"7b7d>"),
            ("/Filter /FlateDecode /Length 99", cut),
        ];
        for case in cases {
            assert_eq!(taken(&pdf(&[case])), Vec::<Vec<u8>>::new(), "{}", case.0);
        }
        let many = vec![("/Filter /FlateDecode", &right[..]); 50];
        assert_eq!(taken(&pdf(&many)).len(), ATTACHMENTS_MAX);
    }

    #[test]
    fn odd_files_have_nothing_and_cost_nothing() {
        let whole = pdf(&[("/Filter /FlateDecode", &packed(CREDENTIAL))]);
        for length in 0..whole.len() {
            let cut = whole.get(..length).unwrap();
            assert!(!is_whole(cut) || length + 1 >= whole.len(), "{length}");
            assert!(taken(cut).len() <= 1);
        }
        let words = b" obj/EmbeddedFile stream\r\n".repeat(20_000);
        assert_eq!(taken(&words), Vec::<Vec<u8>>::new());
        let unended = b" obj/EmbeddedFile ".repeat(50_000);
        assert_eq!(taken(&unended), Vec::<Vec<u8>>::new());
        assert_eq!(number_of(&b"1".repeat(1_000_000)), None);
        assert!(!is_whole(b""));
    }

    #[test]
    fn the_number_is_found_where_the_title_says_it() {
        let number = PaperNumber::from_entropy(2026, 48_372_910_556_612).unwrap();
        let said = |text: String| number_of(format!("%PDF-1.7 <dc:title>{text}</dc:title>").as_bytes());
        assert_eq!(said(format!("学习成果 Statement {}", number.spaced())), Some(number.clone()));
        assert_eq!(said(format!("2026 0000 0000 0000 0000, {}", number.spaced())), Some(number.clone()));
        assert_eq!(said(format!("1{}", number.spaced())), None, "the end of another number");
        assert_eq!(said(number.as_str().to_owned()), None, "digits without spaces may be anything");
    }
}
