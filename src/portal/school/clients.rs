//! The institution's own systems that use the API: made, given another secret, ended. A secret is shown once.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::actor::Scope;
use crate::domain::policy::Action;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::typed::Typed;
use crate::ops::clients::{Client, IssuedClient, NewClient, Rotation, create_client, list_clients, revoke_client, rotate_client_secret};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::{read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// Clients on a page.
const CLIENTS: usize = 50;

/// The hours for which the present secret stays good beside a new one, where nothing else is wished.
pub(super) const OVERLAP_HOURS: &str = "24";

/// Which of them, and what was done just before.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    after: Leaf,
    #[serde(default)]
    done: String,
}

/// The form as filled in.
#[derive(Default)]
struct Filled {
    name: String,
    scopes: Vec<Scope>,
    /// The one whose secret was to be another, and the hours that were typed.
    rotated: Option<(Uuid, String)>,
}

#[derive(Template)]
#[template(path = "school/clients.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    clients: &'a [Client],
    pager: Pager,
    filled: &'a Filled,
    refused: Option<Refused>,
    is_done: bool,
    now: chrono::DateTime<chrono::Utc>,
}

impl Page<'_> {
    fn may_manage(&self) -> bool {
        self.desk.may(Action::ManageClients)
    }

    fn scopes(&self) -> &'static [Scope] {
        Scope::ALL
    }

    fn is_chosen(&self, scope: &Scope) -> bool {
        self.filled.scopes.contains(scope)
    }

    fn word(&self, scope: &Scope) -> String {
        scope.as_str().replace(':', "-")
    }

    fn is_rotated(&self, client: &Client) -> bool {
        self.filled
            .rotated
            .as_ref()
            .is_some_and(|(client_id, _)| *client_id == client.client_id)
    }

    fn overlap(&self, client: &Client) -> &str {
        let typed = self.filled.rotated.as_ref().filter(|(client_id, _)| *client_id == client.client_id);
        typed.map_or(OVERLAP_HOURS, |(_, hours)| hours.as_str())
    }

    fn is_active(&self, client: &Client) -> bool {
        client.status == "active"
    }

    fn is_overlapping(&self, client: &Client) -> bool {
        client.previous_secret_until.is_some_and(|until| until > self.now)
    }
}

#[derive(Template)]
#[template(path = "school/client_secret.html")]
struct SecretPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    issued: &'a IssuedClient,
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    institution_id: Uuid,
    (wish, filled): (&Wish, &Filled),
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let (context, after) = (visit.context, wish.after);
    let limit = i64::try_from(CLIENTS + 1).unwrap_or(i64::MAX);
    let mut clients = web
        .run(move |bank| list_clients(bank, &context, institution_id, after, limit))
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (&format!("/desk/{}/clients", desk.institution_id), "after"),
        &after,
        &mut clients,
        CLIENTS,
        |one| one.client_id,
    );
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        pager,
        clients: &clients,
        filled,
        refused,
        is_done: wish.done == "revoked",
        now: context.now,
    };
    page(status, &shown)
}

async fn secret(web: &Web, visit: &SignedIn, institution_id: Uuid, issued: &IssuedClient) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let shown = SecretPage {
        frame: &visit.frame,
        desk: &desk,
        issued,
    };
    page(StatusCode::OK, &shown)
}

/// Lists them.
#[get("/desk/{institution_id}/clients")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    answer(&web, &visit, id.0, (&wish.0, &Filled::default()), (StatusCode::OK, None)).await
}

/// Sends them as a table for spreadsheets.
#[get("/desk/{institution_id}/clients.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let clients = web
        .run(move |bank| {
            read_all(
                |after, limit| list_clients(bank, &context, id.0, after, limit),
                |client| client.client_id,
            )
        })
        .await?;
    let rows = clients.iter().map(|client| {
        let scopes: Vec<&str> = client.scopes.iter().map(|scope| scope.as_str()).collect();
        [
            client.name.clone(),
            frame.word("clients-status", &client.status).into_owned(),
            scopes.join(" "),
            frame.plain_moment(&client.created_at),
            client.client_id.to_string(),
        ]
    });
    let columns = ["column-name", "column-status", "clients-scopes", "column-created", "clients-id"];
    Ok(table(&frame, "desk-nav-clients", columns, rows))
}

/// Makes one, and shows its secret, this once.
#[post("/desk/{institution_id}/clients")]
pub(super) async fn create(web: web::Data<Web>, id: Id, posted: Posted<Vec<(String, String)>>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: pairs } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let name = pairs.iter().find(|(key, _)| key == "name");
    let scopes = pairs.iter().filter(|(key, _)| key == "scopes");
    let filled = Filled {
        name: name.map(|(_, value)| value.clone()).unwrap_or_default(),
        scopes: scopes.filter_map(|(_, value)| Scope::parse(value)).collect(),
        rotated: None,
    };
    let new = NewClient {
        name: filled.name.trim().to_owned(),
        scopes: filled.scopes.clone(),
    };
    let (context, institution_id) = (visit.context, id.0);
    let made = web
        .run(move |bank| create_client(bank, &context, once.as_deref(), institution_id, &new))
        .await;
    match made {
        Ok(issued) => secret(&web, &visit, institution_id, &issued).await,
        Err(refusal) => again(&web, &visit, institution_id, &filled, refusal).await,
    }
}

/// How long the present secret stays good.
#[derive(Deserialize)]
pub(super) struct Rotated {
    #[serde(default)]
    overlap_hours: String,
}

/// Gives one another secret, and shows it, this once.
#[post("/desk/{institution_id}/clients/{client_id}/rotate")]
pub(super) async fn rotate(web: web::Data<Web>, id: Id, client: Id<1>, posted: Posted<Rotated>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, institution_id) = (visit.context, id.0);
    let rotated = match overlap(&posted.form.overlap_hours) {
        Ok(rotation) => {
            web.run(move |bank| rotate_client_secret(bank, &context, institution_id, client.0, rotation))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match rotated {
        Ok(issued) => secret(&web, &visit, institution_id, &issued).await,
        Err(refusal) => {
            let filled = Filled {
                rotated: Some((client.0, posted.form.overlap_hours)),
                ..Filled::default()
            };
            again(&web, &visit, institution_id, &filled, refusal).await
        }
    }
}

/// The hours that were typed.
///
/// # Errors
/// `InvalidBody`.
pub(super) fn overlap(hours: &str) -> Result<Rotation, Refusal> {
    let mut typed = Typed::default();
    let overlap_hours = typed.number("/overlap_hours", if hours.trim().is_empty() { OVERLAP_HOURS } else { hours });
    typed.check()?;
    Ok(Rotation {
        overlap_hours: overlap_hours.unwrap_or_default(),
    })
}

async fn again(web: &Web, visit: &SignedIn, institution_id: Uuid, filled: &Filled, refusal: Refusal) -> Result<HttpResponse, Refusal> {
    let (status, refused) = refused(refusal, visit.frame.language)?;
    answer(web, visit, institution_id, (&Wish::default(), filled), (status, Some(refused))).await
}

/// Ends one.
#[post("/desk/{institution_id}/clients/{client_id}/revoke")]
pub(super) async fn revoke(web: web::Data<Web>, id: Id, client: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, institution_id) = (visit.context, id.0);
    match web.run(move |bank| revoke_client(bank, &context, institution_id, client.0)).await {
        Ok(_) => Ok(see_other(&format!("/desk/{institution_id}/clients?done=revoked"))),
        Err(refusal) => again(&web, &visit, institution_id, &Filled::default(), refusal).await,
    }
}
