//! Of what a learner wants mail, and where to.

use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::language::Language;
use crate::domain::notification::{MailLanguage, NotificationKind};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::notifications::settings::{
    MailAddress, MailWishes, NotificationPreferences, confirm_address, give_address, put_notification_preferences,
    read_notification_preferences, remove_address,
};
use crate::portal::answer::{Refused, page, said, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// What was typed or ticked in one of the forms, where it was refused.
#[derive(Clone, Copy, Default)]
struct Typed<'a> {
    address: &'a str,
    wishes: Option<&'a MailWishes>,
}

#[derive(Template)]
#[template(path = "learner/mail.html")]
struct Page<'a> {
    frame: &'a Frame,
    preferences: &'a NotificationPreferences,
    /// The bank sends no mail at all.
    is_off: bool,
    typed: Typed<'a>,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn kinds(&self) -> &'static [NotificationKind] {
        NotificationKind::ALL
    }

    fn is_mailed(&self, kind: &NotificationKind) -> bool {
        self.typed
            .wishes
            .map_or(&self.preferences.mail, |wishes| &wishes.mail)
            .contains(kind)
    }

    fn languages(&self) -> &'static [MailLanguage] {
        MailLanguage::ALL
    }

    fn is_written(&self, language: &MailLanguage) -> bool {
        self.typed.wishes.map_or(self.preferences.language, |wishes| wishes.language) == *language
    }
}

/// The page, with what was refused above it.
async fn answer(
    web: &Web,
    visit: &SignedIn,
    refusal: Option<Refusal>,
    typed: Typed<'_>,
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (status, refused) = said(refusal, visit.frame.language)?;
    let context = visit.context;
    let preferences = web.run(move |bank| read_notification_preferences(bank, &context)).await?;
    let shown = Page {
        frame: &visit.frame,
        preferences: &preferences,
        is_off: web.bank.outside.mail_server.is_none(),
        typed,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows the page.
#[get("/notifications/mail")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.0.done.as_str() {
        "sent" => Some("mail-sent"),
        "confirmed" => Some("mail-confirmed"),
        "removed" => Some("mail-removed"),
        "saved" => Some("mail-saved"),
        _ => None,
    };
    answer(&web, &visit, None, Typed::default(), done).await
}

#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    address: String,
}

/// Takes an address, to which a code is sent in the language that is read.
#[post("/notifications/mail/address")]
pub(super) async fn give(web: web::Data<Web>, posted: Posted<Given>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    let given = MailAddress {
        address: posted.form.address.trim().to_owned(),
        language: match visit.frame.language {
            Language::Chinese => MailLanguage::Chinese,
            Language::English => MailLanguage::English,
        },
    };
    match web.run(move |bank| give_address(bank, &context, &given)).await {
        Ok(_) => Ok(see_other("/notifications/mail?done=sent")),
        Err(refusal) => {
            let typed = Typed {
                address: &posted.form.address,
                ..Typed::default()
            };
            answer(&web, &visit, Some(refusal), typed, None).await
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    code: String,
}

/// Confirms the address by the code that it was sent.
#[post("/notifications/mail/confirm")]
pub(super) async fn confirm(web: web::Data<Web>, posted: Posted<Shown>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, code) = (visit.context, posted.form.code);
    match web.run(move |bank| confirm_address(bank, &context, &code)).await {
        Ok(_) => Ok(see_other("/notifications/mail?done=confirmed")),
        Err(refusal) => answer(&web, &visit, Some(refusal), Typed::default(), None).await,
    }
}

/// Forgets the address.
#[post("/notifications/mail/remove")]
pub(super) async fn remove(web: web::Data<Web>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    web.run(move |bank| remove_address(bank, &context)).await?;
    Ok(see_other("/notifications/mail?done=removed"))
}

/// What is wanted, of a form in which one name stands as often as boxes are ticked.
fn wishes_of(pairs: &[(String, String)]) -> (i64, MailWishes) {
    let first = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let ticked = pairs.iter().filter(|(name, _)| name == "mail");
    let wishes = MailWishes {
        language: first("language").and_then(MailLanguage::parse).unwrap_or(MailLanguage::Chinese),
        mail: ticked.filter_map(|(_, kind)| NotificationKind::parse(kind)).collect(),
    };
    (
        first("edition").and_then(|edition| edition.parse().ok()).unwrap_or_default(),
        wishes,
    )
}

/// Keeps of what the learner wants mail.
#[post("/notifications/mail")]
pub(super) async fn choose(web: web::Data<Web>, posted: Posted<Vec<(String, String)>>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    let (edition, wishes) = wishes_of(&posted.form);
    let wished = wishes.clone();
    match web
        .run(move |bank| put_notification_preferences(bank, &context, edition, &wished))
        .await
    {
        Ok(_) => Ok(see_other("/notifications/mail?done=saved")),
        Err(refusal) => {
            let typed = Typed {
                wishes: Some(&wishes),
                ..Typed::default()
            };
            answer(&web, &visit, Some(refusal), typed, None).await
        }
    }
}
