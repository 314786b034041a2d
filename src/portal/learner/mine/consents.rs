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

    /// Who sees it.
    fn recipient<'b>(&self, receipt: &'b ConsentReceipt) -> Cow<'b, str> {
        let named = receipt.recipient.institution.as_ref().map(|institution| institution.name.as_str());
        match (receipt.kind, named.or(receipt.recipient.description.as_deref())) {
            (_, Some(name)) if !name.is_empty() => Cow::Borrowed(name),
            (ConsentKind::Share, _) => self.frame.t("consents-by-link"),
            (ConsentKind::Mail, _) => self.frame.t("consents-by-mail"),
            _ => self.frame.t("consents-by-bank"),
        }
    }

    /// What they see, in words.
    fn seen(&self, receipt: &ConsentReceipt) -> String {
        let words = receipt
            .pii_information
            .iter()
            .map(|category| self.frame.word("consents-data", category.as_str()));
        words.collect::<Vec<_>>().join(&self.frame.t("list-separator"))
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
