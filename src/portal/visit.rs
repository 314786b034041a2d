//! Who visits: found by the cookie of a log-in, or nobody. What is sent by a form is taken only from a page of this site.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::cookies::SESSION_NAME;
use super::frame::Frame;
use super::kept_form::KeptForm;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Form, anonymous, form_from_pairs, is_idempotency_key};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::browser::{self, form_token};
use crate::ops::context::Context;

/// Anybody who visits.
pub(super) struct Visit {
    pub(super) context: Context,
    pub(super) frame: Frame,
}

/// Somebody who is signed in; nobody else is shown the way to sign in.
pub(super) struct SignedIn {
    pub(super) context: Context,
    pub(super) frame: Frame,
}

/// What somebody sent by a form of a page of this site.
pub(super) struct Posted<T> {
    pub(super) visit: Visit,
    /// The key of this sending; the same again is the same sending.
    pub(super) once: Option<String>,
    pub(super) form: T,
}

/// What was done just before, as the address says it in a word; each page knows the words to which it has something to say.
#[derive(Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    pub(super) done: String,
}

/// A form in which nothing is asked.
#[derive(Deserialize)]
pub(super) struct Nothing {}

type Coming<T> = Pin<Box<dyn Future<Output = Result<T, Refusal>>>>;

impl FromRequest for Visit {
    type Error = Refusal;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { visit(&request).await })
    }
}

impl FromRequest for SignedIn {
    type Error = Refusal;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { visit(&request).await?.signed_in() })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Posted<T> {
    type Error = Refusal;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = read(request, payload);
        Box::pin(async move {
            let Sent { visit, once, pairs } = sent.await?;
            let form = form_from_pairs(pairs)?;
            Ok(Self { visit, once, form })
        })
    }
}

impl<T: DeserializeOwned> Posted<T> {
    /// The form that these pairs of names and values are, from a request that came from this site.
    ///
    /// # Errors
    /// `FormNotOurs` where it is not of a page that this browser was given; `MalformedBody`.
    pub(super) async fn of(request: &HttpRequest, pairs: Vec<(String, String)>) -> Result<Self, Refusal> {
        let Sent { visit, once, pairs } = sent(request, pairs).await?;
        Ok(Self {
            visit,
            once,
            form: form_from_pairs(pairs)?,
        })
    }
}

fn read(request: &HttpRequest, payload: &mut Payload) -> Coming<Sent> {
    let pairs = Form::<Vec<(String, String)>>::from_request(request, payload);
    let request = request.clone();
    Box::pin(async move {
        if !is_from_this_site(&request) {
            return Err(Rejection::FormNotOurs {}.into());
        }
        sent(&request, pairs.await?.0).await
    })
}

/// A form of this site, whatever is asked in it.
struct Sent {
    visit: Visit,
    once: Option<String>,
    pairs: Vec<(String, String)>,
}

async fn sent(request: &HttpRequest, mut pairs: Vec<(String, String)>) -> Result<Sent, Refusal> {
    let mut taken = |name: &str| {
        let place = pairs.iter().position(|(key, _)| key == name)?;
        Some(pairs.remove(place).1)
    };
    let (token, once) = (taken("form_token"), taken("once"));
    let visit = visit(request).await?;
    if visit.frame.visitor.is_some() {
        let expected = request.cookie(SESSION_NAME).map(|cookie| form_token(cookie.value()));
        if token.is_none() || token != expected {
            return Err(Rejection::FormNotOurs {}.into());
        }
    } else if token.is_some_and(|token| !token.is_empty()) {
        // Of a page that somebody was given who was signed in then: shown again by whoever says that they are not now.
        if let Some(kept) = KeptForm::of(request.path(), pairs.clone()) {
            request.extensions_mut().insert(kept);
        }
    }
    Ok(Sent {
        visit,
        once: once.filter(|key| is_idempotency_key(key)),
        pairs,
    })
}

impl Visit {
    /// Whoever is signed in.
    ///
    /// # Errors
    /// `Unauthenticated` for nobody.
    pub(super) fn signed_in(self) -> Result<SignedIn, Refusal> {
        let Self { context, frame } = self;
        match frame.visitor {
            Some(_) => Ok(SignedIn { context, frame }),
            None => Err(Rejection::Unauthenticated {}.into()),
        }
    }
}

impl SignedIn {
    /// The learner who somebody is.
    ///
    /// # Errors
    /// `NotFound` for whoever has no learning account.
    pub(super) fn learner_id(&self) -> Result<Uuid, Refusal> {
        let visitor = self.frame.visitor.as_ref();
        let learner_id = visitor.and_then(|visitor| visitor.actor.learner_id());
        learner_id.ok_or_else(|| Rejection::NotFound {}.into())
    }
}

/// Every browser says where a form comes from, by one of these headers or the other.
pub(super) fn is_from_this_site(request: &HttpRequest) -> bool {
    let said = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return site == "same-origin";
    }
    let own = said(header::HOST.as_str()).unwrap_or_default();
    said(header::ORIGIN.as_str()).is_some_and(|origin| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        host.is_some_and(|host| !own.is_empty() && host == own)
    })
}

/// Who visits.
///
/// # Errors
/// When the database fails.
pub(super) async fn visit(request: &HttpRequest) -> Result<Visit, Refusal> {
    let web = request.app_data::<web::Data<Web>>().ok_or(Refusal::INTERNAL)?;
    let context = anonymous(request);
    let visitor = match request.cookie(SESSION_NAME) {
        None => None,
        Some(cookie) => {
            let kept = cookie.value().to_owned();
            web.run(move |bank| browser::visitor(bank, &context, &kept)).await?
        }
    };
    let caller = visitor.as_ref().map_or(context.caller, |visitor| visitor.caller);
    if let Some(visitor) = &visitor {
        // The page of a refusal has it from here: it asks no database.
        request.extensions_mut().insert(visitor.clone());
    }
    Ok(Visit {
        context: Context { caller, ..context },
        frame: Frame::new(web, request, visitor),
    })
}
