//! Claims to decide: at the desk of an institution, and at the bank's office for those that no institution decides. The pages are the
//! same, but for whose they are.

mod claim;
mod list;
mod steps;

use actix_web::HttpRequest;
use actix_web::web::ServiceConfig;
use uuid::Uuid;

use super::frame::Frame;
use super::names::Name;
use super::office::around::Office;
use super::school::around::Desk;
use super::visit::SignedIn;
use crate::domain::rejection::Rejection;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::view::ClaimSummary;

/// Puts the pages in their places.
pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(list::show)
        .service(list::download)
        .service(claim::show)
        .service(steps::submit)
        .service(steps::settle_objection);
}

/// Who decides, as the address says.
enum Decider {
    School(Box<Desk>),
    Bank(Office),
}

/// The identifier in an address by its name.
fn id_in(request: &HttpRequest, name: &str) -> Result<Uuid, Refusal> {
    let found = request.match_info().get(name).and_then(|text| Uuid::try_parse(text).ok());
    found.ok_or_else(|| Rejection::NotFound {}.into())
}

/// The programme of a conversion, the achievement of a recognition.
fn about<'a>(frame: &Frame, claim: &'a ClaimSummary) -> Name<'a> {
    let name = claim.programme_name.as_ref().or(claim.achievement_name.as_ref());
    name.map_or_else(|| Name::plain(""), |name| frame.name_of(name))
}

impl Decider {
    /// Who decides by the address of a request: the institution in it, or the bank.
    ///
    /// # Errors
    /// `NotFound` for whoever is not of those.
    async fn of(web: &Web, visit: &SignedIn, request: &HttpRequest) -> Result<Self, Refusal> {
        if request.match_info().get("institution_id").is_none() {
            return Office::of(visit).map(Self::Bank);
        }
        let institution_id = id_in(request, "institution_id")?;
        Desk::of(web, visit, institution_id).await.map(|desk| Self::School(Box::new(desk)))
    }

    fn desk(&self) -> Option<&Desk> {
        match self {
            Self::School(desk) => Some(desk),
            Self::Bank(_) => None,
        }
    }

    fn office(&self) -> Option<&Office> {
        match self {
            Self::School(_) => None,
            Self::Bank(office) => Some(office),
        }
    }

    fn institution_id(&self) -> Option<Uuid> {
        self.desk().map(|desk| desk.institution_id)
    }

    /// The address under which its pages are.
    fn base(&self) -> String {
        match self.institution_id() {
            Some(institution_id) => format!("/desk/{institution_id}"),
            None => "/office".to_owned(),
        }
    }
}
