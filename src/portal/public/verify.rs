//! Verifying what somebody shows: a number, a credential that is pasted or chosen as a file, a picture of a code, or a paper as PDF; for
//! everybody, and nothing is kept.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::check::{ShownNumber, found};
use super::leading::page_behind;
use crate::domain::paper_number::PaperNumber;
use crate::domain::rejection::Rejection;
use crate::domain::verdict::CredentialVerdict;
use crate::http::extract::anonymous;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::Context;
use crate::ops::statements::check::{NumberCheck, check_number};
use crate::ops::verification::given::{Given, GivenPaper};
use crate::ops::verification::lookup::Reaching;
use crate::ops::verification::{Presented, verify_credential};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::upload::{Behind, received};
use crate::portal::verdict::{ShownVerdict, given, shown};
use crate::portal::visit::{Posted, Visit};

/// The most characters that are shown of what a code says.
const SAID_MAX: usize = 1_000;

#[derive(Template)]
#[template(path = "public/verify.html")]
struct Page<'a> {
    frame: &'a Frame,
    verdict: Option<ShownVerdict>,
    paper: Option<ShownPaper>,
    /// What the codes in a picture say, where they are not of this bank.
    said: Vec<String>,
    /// What was pasted.
    pasted: &'a str,
    refused: Option<Refused>,
}

/// What is said of a paper, beside its credential.
struct ShownPaper {
    number: Option<ShownNumber>,
    /// Whether the file is the one that this bank issued under its number, byte for byte; nothing is said where it issued none.
    is_original: Option<bool>,
}

/// What came of looking into what was given.
#[derive(Default)]
struct Found {
    /// The page of this bank that says it.
    page: Option<String>,
    verdict: Option<CredentialVerdict>,
    paper: Option<CheckedPaper>,
    said: Vec<String>,
    refusal: Option<Refusal>,
}

struct CheckedPaper {
    /// The number that it says it has.
    number: String,
    /// `None` for a number that is not of this bank.
    check: Option<NumberCheck>,
    sha256: String,
    has_credential: bool,
}

impl From<Refusal> for Found {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal: Some(refusal),
            ..Self::default()
        }
    }
}

/// Shows the page.
#[get("/verify")]
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refusal> {
    answer(&visit.frame, "", Found::default())
}

#[derive(Deserialize)]
pub(super) struct Pasted {
    #[serde(default)]
    credential: String,
}

/// Says what there is to say of what was given, or leads to the page that does.
#[post("/verify")]
pub(super) async fn verify(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let (Posted { visit, form, .. }, behind) = received::<Pasted>(&request, payload).await?;
    let looked = match looked_into(&web, &request, &form.credential, behind).await {
        Ok(given) => found_in(&web, &request, visit.context, given).await,
        Err(refusal) => Err(refusal),
    };
    let found = looked.unwrap_or_else(Found::from);
    match &found.page {
        Some(path) => Ok(see_other(path)),
        None => answer(&visit.frame, &form.credential, found),
    }
}

/// Looks into what was given, as often as anybody may; a file is not even read more often.
async fn looked_into(web: &Web, request: &HttpRequest, pasted: &str, behind: Behind) -> Result<Given, Refusal> {
    web.question(request)?;
    given(web, pasted, behind.taken_as_evidence(web).await?).await
}

async fn found_in(web: &Web, request: &HttpRequest, context: Context, given: Given) -> Result<Found, Refusal> {
    Ok(match given {
        Given::Credential(presented) => Found {
            verdict: Some(verdict_of(web, context, presented).await?),
            ..Found::default()
        },
        Given::Paper(paper) => checked(web, request, context, paper).await?,
        Given::Codes(said) => match said.iter().find_map(|said| page_behind(said, &web.public_url)) {
            Some(path) => Found {
                page: Some(path),
                ..Found::default()
            },
            None => Found {
                said,
                refusal: Some(Rejection::field("/file", "The picture has a QR code that leads to nothing that this bank checks.").into()),
                ..Found::default()
            },
        },
    })
}

/// What is said of a paper: of its number, where that is of this bank, and of what is attached to it.
async fn checked(web: &Web, request: &HttpRequest, context: Context, paper: GivenPaper) -> Result<Found, Refusal> {
    let GivenPaper {
        credential,
        number,
        sha256,
    } = paper;
    let has_credential = credential.is_some();
    let verdict = match credential {
        Some(presented) => Some(verdict_of(web, context, presented).await?),
        None => None,
    };
    let said = number.as_ref().map(PaperNumber::spaced).unwrap_or_default();
    let check = match number {
        Some(number) => check_of(web, anonymous(request), number).await?,
        None => None,
    };
    Ok(Found {
        verdict,
        paper: Some(CheckedPaper {
            number: said,
            check,
            sha256,
            has_credential,
        }),
        ..Found::default()
    })
}

/// Checks a number as its own page does, for nobody in particular; `None` where it is not of this bank.
async fn check_of(web: &Web, nobody: Context, number: PaperNumber) -> Result<Option<NumberCheck>, Refusal> {
    match web.run(move |bank| check_number(bank, &nobody, number.as_str())).await {
        Ok(check) => Ok(Some(check)),
        Err(Refusal::Rejected(Rejection::NotFound {})) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

async fn verdict_of(web: &Web, context: Context, presented: Presented) -> Result<CredentialVerdict, Refusal> {
    web.look_outside(move |bank| verify_credential(bank, &context, Reaching::Network, &presented))
        .await
}

/// What is shown of a checked paper. A number that is not of this bank is spoken of only where there is no credential to speak for itself:
/// other banks number their papers alike.
fn shown_paper(paper: CheckedPaper, frame: &Frame) -> ShownPaper {
    let is_original = paper.check.as_ref().and_then(|check| Some(*check.sha256.as_ref()? == paper.sha256));
    let number = match paper.check {
        Some(check) => Some(found(check, frame)),
        None => (!paper.has_credential).then(|| ShownNumber::unknown(&paper.number, frame)),
    };
    ShownPaper { number, is_original }
}

/// What a code says, to be read and not to be obeyed: nothing of it hides or turns other letters.
fn plain(said: &str) -> String {
    let is_plain = |letter: char| {
        !letter.is_control() && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let mut shown: String = said
        .chars()
        .take(SAID_MAX)
        .map(|letter| if is_plain(letter) { letter } else { '\u{fffd}' })
        .collect();
    if said.chars().nth(SAID_MAX).is_some() {
        shown.push('…');
    }
    shown
}

fn answer(frame: &Frame, pasted: &str, found: Found) -> Result<HttpResponse, Refusal> {
    let (status, refused) = match found.refusal {
        Some(refusal) => {
            let (status, refused) = refused(refusal, frame.language)?;
            (status, Some(refused))
        }
        None => (StatusCode::OK, None),
    };
    let shown = Page {
        frame,
        verdict: found.verdict.map(|verdict| shown(&verdict, frame)),
        paper: found.paper.map(|paper| shown_paper(paper, frame)),
        said: found.said.iter().map(|said| plain(said)).collect(),
        pasted,
        refused,
    };
    page(status, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_code_says_hides_and_turns_nothing() {
        assert_eq!(plain("https://evil.example/a?b=1 学分"), "https://evil.example/a?b=1 学分");
        assert_eq!(plain("a\u{202e}b\u{200b}\n\u{2066}c"), "a\u{fffd}b\u{fffd}\u{fffd}\u{fffd}c");
        let long = plain(&"x".repeat(SAID_MAX + 1));
        assert_eq!(long, format!("{}…", "x".repeat(SAID_MAX)));
        assert_eq!(plain(&"x".repeat(SAID_MAX)), "x".repeat(SAID_MAX));
    }
}
