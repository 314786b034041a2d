//! Learners: found by their document, registered, and given a code with which they claim the account. A document's number never
//! stands in an address.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::identity_document::DocumentKind;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::Id;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::identity::{LearnerIdentity, MaskedLearner};
use crate::ops::learners::{ClaimCode, ClaimCodeRequest, LearnerSearch, NewLearner, find_learner, issue_claim_code, register_learner};
use crate::portal::answer::{Refused, page, refused};
use crate::portal::frame::Frame;
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// Who is looked for, or registered.
#[derive(Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    document_kind: String,
    #[serde(default)]
    document_number: String,
    #[serde(default)]
    name: String,
    /// Which of the two buttons.
    #[serde(default)]
    to: String,
}

/// What came of it.
enum Came {
    Nothing,
    Found(MaskedLearner),
    Registered(MaskedLearner),
    /// The institution does not know anybody with this document.
    Unknown,
}

#[derive(Template)]
#[template(path = "school/learners.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    filled: &'a Filled,
    came: Came,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn document_kinds(&self) -> &'static [DocumentKind] {
        DocumentKind::ALL
    }

    fn is_document(&self, kind: &DocumentKind) -> bool {
        self.filled.document_kind == kind.as_str()
    }

    fn document_name(&self, kind: &DocumentKind) -> &'static str {
        kind.called(self.frame.language)
    }

    fn learner(&self) -> Option<&MaskedLearner> {
        match &self.came {
            Came::Found(learner) | Came::Registered(learner) => Some(learner),
            Came::Nothing | Came::Unknown => None,
        }
    }

    fn is_unknown(&self) -> bool {
        matches!(self.came, Came::Unknown)
    }

    fn is_registered(&self) -> bool {
        matches!(self.came, Came::Registered(_))
    }
}

#[derive(Template)]
#[template(path = "school/claim_code.html")]
struct CodePage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    code: &'a ClaimCode,
}

/// Shows the form.
#[get("/desk/{institution_id}/learners")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    desk.needs(Action::FindLearner)?;
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        filled: &Filled::default(),
        came: Came::Nothing,
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

async fn found(web: &Web, visit: &SignedIn, institution_id: Uuid, once: Option<String>, filled: &Filled) -> Result<Came, Refusal> {
    let Some(document_kind) = DocumentKind::parse(&filled.document_kind) else {
        return Err(Rejection::field("/document_kind", "is required").into());
    };
    let context = visit.context;
    let document_number = filled.document_number.trim().to_owned();
    if filled.to == "register" {
        let new = NewLearner {
            institution_id,
            learner: LearnerIdentity {
                document_kind,
                document_number,
                name: filled.name.trim().to_owned(),
            },
            user: None,
        };
        let learner = web.run(move |bank| register_learner(bank, &context, once.as_deref(), &new)).await?;
        return Ok(Came::Registered(learner));
    }
    let search = LearnerSearch {
        institution_id: Some(institution_id),
        document_kind,
        document_number,
    };
    match web.run(move |bank| find_learner(bank, &context, &search)).await {
        Ok(learner) => Ok(Came::Found(learner)),
        Err(Refusal::Rejected(Rejection::NotFound {})) => Ok(Came::Unknown),
        Err(refusal) => Err(refusal),
    }
}

/// Finds somebody by the document, or registers the person.
#[post("/desk/{institution_id}/learners")]
pub(super) async fn submit(web: web::Data<Web>, id: Id, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: filled } = posted;
    let visit = visit.signed_in()?;
    let desk = Desk::of(&web, &visit, id.0).await?;
    let (came, status, refused) = match found(&web, &visit, id.0, once, &filled).await {
        Ok(came) => (came, StatusCode::OK, None),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            (Came::Nothing, status, Some(refused))
        }
    };
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        filled: &filled,
        came,
        refused,
    };
    page(status, &shown)
}

/// Hands out a code, and shows it, this once.
#[post("/desk/{institution_id}/learners/{learner_id}/claim-code")]
pub(super) async fn hand_out(web: web::Data<Web>, id: Id, learner: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let visit = visit.signed_in()?;
    let desk = Desk::of(&web, &visit, id.0).await?;
    let (context, learner_id) = (visit.context, learner.0);
    let request = ClaimCodeRequest { institution_id: id.0 };
    let handed = web
        .run(move |bank| issue_claim_code(bank, &context, once.as_deref(), learner_id, request))
        .await;
    match handed {
        Ok(code) => {
            let shown = CodePage {
                frame: &visit.frame,
                desk: &desk,
                code: &code,
            };
            page(StatusCode::OK, &shown)
        }
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            let shown = Page {
                frame: &visit.frame,
                desk: &desk,
                filled: &Filled::default(),
                came: Came::Nothing,
                refused: Some(refused),
            };
            page(status, &shown)
        }
    }
}
