//! Evidence files: which types are taken, told by their content, and what they are called.

use file_format::FileFormat;
use serde::{Deserialize, Serialize};

use super::rejection::Rejection;
use super::words::words;

words! {
    /// The types of file that are taken as evidence.
    pub enum MediaType {
        Pdf => "application/pdf",
        Jpeg => "image/jpeg",
        Png => "image/png",
        Webp => "image/webp",
        Heic => "image/heic",
        /// A credential of others, which is imported rather than uploaded, since it is verified first.
        Credential => "application/vc",
        CredentialToken => "application/vc+jwt",
        /// A record of another bank, taken from an archive with the list that this bank signed.
        Record => "application/zip",
    }
}

impl MediaType {
    /// What a content is by its first bytes; `None` for what is not taken.
    pub fn of_content(content: &[u8]) -> Option<Self> {
        match FileFormat::from_bytes(content) {
            FileFormat::PortableDocumentFormat => Some(Self::Pdf),
            FileFormat::JointPhotographicExpertsGroup => Some(Self::Jpeg),
            FileFormat::PortableNetworkGraphics => Some(Self::Png),
            FileFormat::Webp => Some(Self::Webp),
            // Cameras write the second, of the same family, under the same name.
            FileFormat::HighEfficiencyImageCoding | FileFormat::HighEfficiencyImageFileFormat => Some(Self::Heic),
            _ => None,
        }
    }

    /// What a name of such a file may end in, the usual ending first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Heic => &["heic", "heif"],
            Self::Credential => &["json"],
            Self::CredentialToken => &["jwt"],
            Self::Record => &["zip"],
        }
    }
}

/// The most characters of a file's name.
const NAME_MAX: usize = 200;

/// What a file is called by whoever uploaded it: one line, and no place in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl TryFrom<String> for FileName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let name = text.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX {
            Err(format!("must have {} to {} characters", 1, NAME_MAX))
        } else if name.chars().any(char::is_control) {
            Err("must have no control characters".to_owned())
        } else if name.contains(['/', '\\']) {
            Err("must have no slash or backslash".to_owned())
        } else {
            Ok(Self(name.to_owned()))
        }
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

impl FileName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last dot, in small letters.
    fn ending(&self) -> Option<String> {
        self.0.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())
    }
}

/// Tells the type of a file by its content, and refuses a name or a declared type that says another one. A name without
/// an ending says nothing.
///
/// # Errors
/// `EvidenceEmpty`, `EvidenceTooLarge`, `EvidenceTypeUnknown`, `EvidenceTypeDiffers`.
pub fn judged(content: &[u8], bytes_max: usize, name: &FileName, declared: Option<MediaType>) -> Result<MediaType, Rejection> {
    if content.is_empty() {
        return Err(Rejection::EvidenceEmpty {});
    }
    if content.len() > bytes_max {
        return Err(Rejection::EvidenceTooLarge { bytes_max });
    }
    let found = MediaType::of_content(content).ok_or(Rejection::EvidenceTypeUnknown {})?;
    let other_type = declared.filter(|declared| *declared != found).map(|declared| declared.to_string());
    let other_ending = name
        .ending()
        .filter(|ending| !found.endings().contains(&ending.as_str()))
        .map(|ending| format!(".{ending}"));
    match other_type.or(other_ending) {
        None => Ok(found),
        Some(claimed) => Err(Rejection::EvidenceTypeDiffers {
            found: found.as_str(),
            claimed,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn name(text: &str) -> FileName {
        FileName::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn the_content_tells_the_type() {
        let cases: [(&[u8], Option<MediaType>); 11] = [
            (PDF, Some(MediaType::Pdf)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(MediaType::Jpeg)),
            (PNG, Some(MediaType::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(MediaType::Webp)),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Some(MediaType::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", Some(MediaType::Heic)),
            (b"<html>%PDF-1.7</html>", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"GIF89a", None),
            (b"MZ\x90\0", None),
            (b"%PD", None),
        ];
        for (content, expected) in cases {
            assert_eq!(MediaType::of_content(content), expected, "{content:?}");
        }
    }

    #[test]
    fn every_refusal_has_its_reason() {
        let differs = |found, claimed: &str| Rejection::EvidenceTypeDiffers {
            found,
            claimed: claimed.to_owned(),
        };
        let (pdf, png) = (MediaType::Pdf.as_str(), MediaType::Png.as_str());
        type Case<'a> = (&'a [u8], &'a str, Option<MediaType>, Result<MediaType, Rejection>);
        let cases: [Case; 8] = [
            (PDF, "毕业证书.PDF", Some(MediaType::Pdf), Ok(MediaType::Pdf)),
            (PNG, "scan", None, Ok(MediaType::Png)),
            (b"", "a.pdf", None, Err(Rejection::EvidenceEmpty {})),
            (&[b'%'; 65], "a.pdf", None, Err(Rejection::EvidenceTooLarge { bytes_max: 64 })),
            (b"plain text", "a.pdf", None, Err(Rejection::EvidenceTypeUnknown {})),
            (PNG, "a.pdf", None, Err(differs(png, ".pdf"))),
            (PDF, "a.pdf.exe", None, Err(differs(pdf, ".exe"))),
            (PDF, "a.pdf", Some(MediaType::Png), Err(differs(pdf, png))),
        ];
        for (content, called, declared, expected) in cases {
            assert_eq!(judged(content, 64, &name(called), declared), expected, "{called}");
        }
    }

    #[test]
    fn a_name_is_one_line_and_no_place() {
        for wrong in ["", "  ", "a\nb.pdf", "../a.pdf", "a\\b.pdf", &"a".repeat(201)] {
            assert!(FileName::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(name(" 证书.pdf ").as_str(), "证书.pdf");
    }
}
