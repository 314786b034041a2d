//! Who may see what of one's own record: one list, each with one switch, and why something has none.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

use crate::domain::portfolio::consent::{ConsentKind, ConsentState, LawfulBasis};
use crate::domain::portfolio::entry::OwnText;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::consents::{ConsentReceipt, list_consents, withdraw_consent};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::table;
use crate::portal::frame::Frame;
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

#[derive(Template)]
#[template(path = "learner/consents.html")]
struct Page<'a> {
    frame: &'a Frame,
    /// Given, and still good.
    given: Vec<&'a ConsentReceipt>,
    /// Seen without a consent.
    standing: Vec<&'a ConsentReceipt>,
    /// Withdrawn, or ended by themselves.
    past: Vec<&'a ConsentReceipt>,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn text<'b>(&self, text: &'b OwnText) -> &'b str {
        text.text(self.frame.language)
    }

    fn recipient<'b>(&self, receipt: &'b ConsentReceipt) -> Cow<'b, str> {
        recipient(self.frame, receipt)
    }

    fn seen(&self, receipt: &ConsentReceipt) -> String {
        seen(self.frame, receipt)
    }

    /// Where more of it is.
    fn leads_to(&self, receipt: &ConsentReceipt) -> Option<String> {
        let id = receipt.record_id;
        match receipt.kind {
            ConsentKind::Share => Some(format!("/shares/{id}")),
            ConsentKind::Claim => Some(format!("/claims/{id}")),
            ConsentKind::CorrectionRequest => Some("/claims/disputes".to_owned()),
            ConsentKind::Mail => Some("/notifications/mail".to_owned()),
            _ => None,
        }
    }

    /// The words of the switch.
    fn switch(&self, receipt: &ConsentReceipt) -> Cow<'static, str> {
        self.frame.t(match receipt.kind {
            ConsentKind::Share => "consents-turn-off",
            ConsentKind::Mail => "consents-remove-address",
            ConsentKind::Claim => "consents-withdraw-claim",
            _ => "consents-withdraw",
        })
    }
}

/// Who sees it.
fn recipient<'a>(frame: &Frame, receipt: &'a ConsentReceipt) -> Cow<'a, str> {
    let named = receipt.recipient.institution.as_ref().map(|institution| institution.name.as_str());
    match (receipt.kind, named.or(receipt.recipient.description.as_deref())) {
        (_, Some(name)) if !name.is_empty() => Cow::Borrowed(name),
        (ConsentKind::Share, _) => frame.t("consents-by-link"),
        (ConsentKind::Mail, _) => frame.t("consents-by-mail"),
        _ => frame.t("consents-by-bank"),
    }
}

/// What they see, in words.
fn seen(frame: &Frame, receipt: &ConsentReceipt) -> String {
    let categories = receipt.pii_information.iter();
    let words = categories.map(|category| frame.word("consents-data", category.as_str()));
    words.collect::<Vec<_>>().join(&frame.t("list-separator"))
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    status: StatusCode,
    refused: Option<Refused>,
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let receipts = web.run(move |bank| list_consents(bank, &context)).await?;
    let (rests_on_consent, standing): (Vec<_>, Vec<_>) = receipts.iter().partition(|receipt| receipt.lawful_basis == LawfulBasis::Consent);
    let (given, past) = rests_on_consent
        .into_iter()
        .partition(|receipt| receipt.event_state == ConsentState::Given);
    let shown = Page {
        frame: &visit.frame,
        given,
        standing,
        past,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows the list.
#[get("/consents")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = (done.0.done == "withdrawn").then_some("consents-withdrawn");
    answer(&web, &visit, StatusCode::OK, None, done).await
}

/// Sends the list as a table for spreadsheets.
#[get("/consents.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let receipts = web.run(move |bank| list_consents(bank, &context)).await?;
    let columns = [
        "column-recipient",
        "column-purpose",
        "column-seen",
        "column-basis",
        "column-status",
        "column-since",
        "column-expires",
        "column-withdrawn",
        "column-id",
    ];
    let rows = receipts.iter().map(|receipt| {
        [
            recipient(&frame, receipt).into_owned(),
            receipt.purpose.text(frame.language).to_owned(),
            seen(&frame, receipt),
            frame.word("consents-basis", receipt.lawful_basis.as_str()).into_owned(),
            frame.word("consents-state", receipt.event_state.as_str()).into_owned(),
            frame.plain_moment(&receipt.event_time),
            frame.plain_moment_if(receipt.valid_until.as_ref()),
            frame.plain_moment_if(receipt.withdrawn_at.as_ref()),
            receipt.record_id.to_string(),
        ]
    });
    Ok(table(&frame, "consents-title", columns, rows))
}

/// Withdraws one.
#[post("/consents/{record_id}/withdraw")]
pub(super) async fn withdraw(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    match web.run(move |bank| withdraw_consent(bank, &context, id.0)).await {
        Ok(()) => Ok(see_other("/consents?done=withdrawn")),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            answer(&web, &visit, status, Some(refused), None).await
        }
    }
}
