//! Asking for a credential of one's own outcomes.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::parts::{Pairs, ids, standing_outcomes, value};
use crate::domain::credential::{CredentialForm, CredentialScope};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::credentials::{NewCredential, request_credential};
use crate::ops::outcomes::OutcomeView;
use crate::portal::answer::{Refused, page, refused_form, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::{Posted, SignedIn};

/// What the credential is to be about.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    outcome: Option<Uuid>,
}

/// A credential as it is filled in.
struct Typed {
    /// Chosen outcomes, rather than all that stand.
    by_outcomes: bool,
    outcome_ids: Vec<Uuid>,
    form: CredentialForm,
}

#[derive(Template)]
#[template(path = "learner/credential_form.html")]
struct Page<'a> {
    frame: &'a Frame,
    outcomes: &'a [OutcomeView],
    typed: &'a Typed,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn has_outcome(&self, outcome: &OutcomeView) -> bool {
        self.typed.outcome_ids.contains(&outcome.outcome_id)
    }

    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    fn is_token(&self) -> bool {
        self.typed.form == CredentialForm::Jwt
    }
}

impl Typed {
    fn read(pairs: &Pairs) -> Self {
        Self {
            by_outcomes: value(pairs, "scope") == "outcomes",
            outcome_ids: ids(pairs, "outcome"),
            form: CredentialForm::parse(value(pairs, "form")).unwrap_or(CredentialForm::DataIntegrity),
        }
    }

    /// What is asked for: of one outcome a badge, of several a record.
    fn credential(&self) -> NewCredential {
        let scope = match (self.by_outcomes, self.outcome_ids.as_slice()) {
            (false, _) => CredentialScope::Record {},
            (true, [outcome_id]) => CredentialScope::Outcome { outcome_id: *outcome_id },
            (true, outcome_ids) => CredentialScope::Selection {
                outcome_ids: outcome_ids.to_vec(),
            },
        };
        NewCredential { scope, form: self.form }
    }
}

async fn form_page(
    web: &Web,
    visit: &SignedIn,
    typed: &Typed,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let outcomes = standing_outcomes(web, visit.context).await?;
    let shown = Page {
        frame: &visit.frame,
        outcomes: &outcomes,
        typed,
        refused,
    };
    page(status, &shown)
}

/// Shows the form.
#[get("/credentials/new")]
pub(super) async fn show_new(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let typed = Typed {
        by_outcomes: wish.0.outcome.is_some(),
        outcome_ids: wish.0.outcome.into_iter().collect(),
        form: CredentialForm::DataIntegrity,
    };
    form_page(&web, &visit, &typed, (StatusCode::OK, None)).await
}

/// Asks for a credential.
#[post("/credentials/new")]
pub(super) async fn request(web: web::Data<Web>, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let context = visit.context;
    let typed = Typed::read(&form);
    let new = typed.credential();
    match web.run(move |bank| request_credential(bank, &context, once.as_deref(), &new)).await {
        Ok(credential) => Ok(see_other(&format!(
            "/credentials/{}?done=requested",
            credential.summary.credential_id
        ))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            form_page(&web, &visit, &typed, (status, Some(refused))).await
        }
    }
}
