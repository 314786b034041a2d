//! What somebody shows as a file: a credential, a picture with a square code, or a paper as PDF with the credential that is attached to
//! it. Nothing of it is kept, and no address in it is followed.

use sha2::{Digest, Sha256};

use super::Presented;
use crate::domain::evidence::MediaType;
use crate::domain::movement::hex;
use crate::domain::paper_number::PaperNumber;
use crate::domain::rejection::Rejection;
use crate::paper::attached::{attachments, is_whole, number_of};
use crate::paper::seen::{PictureKind, PictureProblem, codes_in};

/// What is in a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    Credential(Presented),
    /// What the codes in a picture say; none of them is a credential.
    Codes(Vec<String>),
    Paper(GivenPaper),
}

/// A paper as PDF: it has a credential, or a number, or both.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenPaper {
    pub credential: Option<Presented>,
    /// The number that it says it has; that is not to say that it is of this bank.
    pub number: Option<PaperNumber>,
    /// Of the file, hexadecimal, to be compared with that of what was issued.
    pub sha256: String,
}

/// Looks into a file. Takes a core for up to some seconds, so it belongs where calculations wait for one.
///
/// # Errors
/// `InvalidBody` that says what is wrong with the field `file`, and what can be done.
pub fn given(content: &[u8], attached_bytes_max: usize) -> Result<Given, Rejection> {
    match MediaType::of_content(content) {
        Some(MediaType::Png) => picture(content, PictureKind::Png),
        Some(MediaType::Jpeg) => picture(content, PictureKind::Jpeg),
        Some(MediaType::Pdf) => paper(content, attached_bytes_max),
        Some(_) => Err(of_file("The picture is of another kind: save it as PNG or JPEG.")),
        None => {
            let presented = std::str::from_utf8(content).ok().and_then(Presented::parse);
            let none = "The file is neither a credential (JSON or JWT) nor a picture (PNG or JPEG) nor a PDF.";
            presented.map(Given::Credential).ok_or_else(|| of_file(none))
        }
    }
}

fn of_file(detail: &str) -> Rejection {
    Rejection::field("/file", detail)
}

fn picture(content: &[u8], kind: PictureKind) -> Result<Given, Rejection> {
    let codes = codes_in(content, kind).map_err(|problem| {
        of_file(match problem {
            PictureProblem::Damaged => "The picture is damaged and cannot be read.",
            PictureProblem::TooLarge => "The picture has more than 25 million pixels: make it smaller, or cut the code out of it.",
            PictureProblem::NoCode => {
                "The picture has no QR code that can be read: take it from straight above, in good light, so that the code is sharp and fills most of it."
            }
        })
    })?;
    let credential = codes.iter().find_map(|code| Presented::parse(code));
    Ok(credential.map_or(Given::Codes(codes), Given::Credential))
}

fn paper(content: &[u8], attached_bytes_max: usize) -> Result<Given, Rejection> {
    if !is_whole(content) {
        return Err(of_file("The PDF was cut off or is damaged."));
    }
    let attached = attachments(content, attached_bytes_max);
    let credential = attached
        .filter_map(|content| String::from_utf8(content).ok())
        .find_map(|text| Presented::parse(&text));
    let number = number_of(content);
    if credential.is_none() && number.is_none() {
        return Err(of_file(
            "The PDF has neither a credential nor the number of a paper in it: type the number that is printed at its head and at the foot of every page, or save the attachment credential.json with a PDF reader and choose that.",
        ));
    }
    Ok(Given::Paper(GivenPaper {
        credential,
        number,
        sha256: hex(&Sha256::digest(content)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn refused(content: &[u8]) -> String {
        let problems = given(content, 1_000).unwrap_err().problems(Language::English);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].pointer, "/file");
        problems[0].detail.clone()
    }

    fn pdf(between: &str) -> Vec<u8> {
        format!("%PDF-1.7\n{between}\n%%EOF\n").into_bytes()
    }

    #[test]
    fn a_file_is_what_its_content_is() {
        assert!(matches!(
            given(b" {\"a\":1}\n", 1_000),
            Ok(Given::Credential(Presented::Document(_)))
        ));
        assert!(matches!(given(b"eyJh.eyJi.c", 1_000), Ok(Given::Credential(Presented::Token(_)))));
        let cases: [(&[u8], &str); 7] = [
            (b"", "The file is neither"),
            (b"\xff\xfe nonsense", "The file is neither"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "The picture is of another kind"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0d", "The picture is damaged"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "The picture is damaged"),
            (b"%PDF-1.7\n1 0 obj", "The PDF was cut off"),
            (b"%PDF-1.7\nnothing\n%%EOF\n", "The PDF has neither"),
        ];
        for (content, begins) in cases {
            let said = refused(content);
            assert!(said.starts_with(begins), "{said}");
        }
    }

    #[test]
    fn a_paper_has_what_is_attached_or_a_number_or_both() {
        let number = PaperNumber::from_entropy(2026, 1).unwrap();
        let attached = "1 0 obj\n<</Type/EmbeddedFile>>\nstream\n{\"id\":\"a\"}\nendstream\nendobj";
        let other = "1 0 obj\n<</Type/EmbeddedFile>>\nstream\nno credential\nendstream\nendobj";
        let of = |text: &str| match given(&pdf(text), 1_000).unwrap() {
            Given::Paper(paper) => paper,
            given => panic!("{given:?}"),
        };
        let both = of(&format!("{other}\n{}\n{attached}", number.spaced()));
        assert_eq!(both.number.as_ref(), Some(&number));
        assert!(matches!(both.credential, Some(Presented::Document(_))));
        assert_eq!(both.sha256.len(), 64);
        let credential = of(attached);
        assert!(credential.number.is_none() && credential.credential.is_some());
        let numbered = of(&format!("{other} {}", number.spaced()));
        assert!(numbered.credential.is_none() && numbered.number.is_some());
        assert!(refused(&pdf(other)).starts_with("The PDF has neither"));
    }
}
