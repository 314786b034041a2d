//! Webhooks: where an institution's systems are told of events; made, edited, paused, tried, and their secrets.

pub mod courier;
pub mod deliveries;
pub mod form;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::clients::Rotation;
use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::actor::{Actor, Caller};
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::webhook::{CLIENT_REVOKED, WebhookStatus};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::types::{At, Key};
use crate::store::webhooks::{self as store, WebhookRow};
use crate::store::{deliveries as log, events};
use crate::vault::signatures;
use form::WebhookForm;

/// How many webhooks an institution has at most.
const WEBHOOKS_MAX: i64 = 20;

/// A webhook as shown; never with a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Webhook {
    pub webhook_id: Uuid,
    pub institution_id: Uuid,
    /// The API client that made it.
    pub client_id: Option<Uuid>,
    pub url: String,
    pub description: String,
    pub event_types: Vec<String>,
    pub status: WebhookStatus,
    /// Why it does not run, where nobody paused it: `failing`, `gone` (its receiver answered 410) or `client_revoked`.
    pub status_reason: Option<String>,
    pub edition: i64,
    /// Since when nothing was delivered in spite of tries.
    pub failing_since: Option<DateTime<Utc>>,
    /// Until when messages are signed with the secret before the present one too.
    pub previous_secret_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A webhook with its secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IssuedWebhook {
    pub webhook: Webhook,
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwq3Jx0bW5cY0=")]
    pub secret: String,
}

fn damaged(webhook_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("webhook {webhook_id}"))
}

impl TryFrom<&WebhookRow> for Webhook {
    type Error = StoreError;

    fn try_from(row: &WebhookRow) -> Result<Self, StoreError> {
        let moment = |at: &Option<At>| at.as_ref().map(|at| at.0);
        Ok(Self {
            webhook_id: row.webhook_id.0,
            institution_id: row.institution_id.0,
            client_id: row.client_id.as_ref().map(|key| key.0),
            url: row.url.clone(),
            description: row.description.clone(),
            event_types: types_of(row),
            status: WebhookStatus::parse(&row.status).ok_or_else(|| damaged(row.webhook_id.0))?,
            status_reason: row.status_reason.clone(),
            edition: row.edition,
            failing_since: moment(&row.failing_since),
            previous_secret_until: moment(&row.previous_secret_until),
            created_at: row.created_at.0,
        })
    }
}

/// The types that a webhook wants; all when empty.
fn types_of(row: &WebhookRow) -> Vec<String> {
    row.event_types.split_ascii_whitespace().map(str::to_owned).collect()
}

/// Where the secrets of a webhook belong; they open nowhere else.
fn secret_place(webhook_id: Uuid) -> String {
    format!("webhooks.secret:{webhook_id}")
}

fn told(conn: &mut Conn, context: &Context, operation: &'static str, row: &WebhookRow) -> Result<(), StoreError> {
    let told = context
        .told(operation, "webhook", row.webhook_id.0)
        .of_institution(row.institution_id.0)
        .with(serde_json::json!({ "status": row.status }));
    tell(conn, &[told])
}

/// Makes a webhook; it is told of what happens from now on. Its secret is in the answer and nowhere else.
///
/// # Errors
/// `InvalidBody`, `TooManyWebhooks`, and what the policy answers.
pub fn create_webhook(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    institution_id: Uuid,
    form: &WebhookForm,
) -> Result<IssuedWebhook, OpError> {
    form.check(bank)?;
    let secret = signatures::new_secret()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "create_webhook", key, &(institution_id, form), |conn| {
            context.authorised(conn, Action::ManageWebhooks, Resource::Institution(institution_id))?;
            if store::count(conn, institution_id)? >= WEBHOOKS_MAX {
                return Err(Rejection::TooManyWebhooks {
                    webhooks_max: WEBHOOKS_MAX,
                }
                .into());
            }
            let webhook_id = Uuid::now_v7();
            let row = WebhookRow {
                webhook_id: Key(webhook_id),
                institution_id: Key(institution_id),
                client_id: match context.caller {
                    Caller::Client { client_id, .. } => Some(Key(client_id)),
                    Caller::User { .. } | Caller::Anonymous | Caller::Import { .. } | Caller::Bank => None,
                },
                url: form.url.clone(),
                description: form.description.trim().to_owned(),
                event_types: form.types(),
                secret_sealed: bank.sealer.seal(secret.as_bytes(), &secret_place(webhook_id))?,
                previous_secret_sealed: None,
                previous_secret_until: None,
                status: WebhookStatus::Active.to_string(),
                status_reason: None,
                edition: 1,
                fanned_to: events::head(conn)?.published_to,
                failing_since: None,
                due_at: None,
                lease_holder: None,
                lease_until: None,
                created_at: At(context.now),
                created_by: context.caller.label(),
            };
            store::insert(conn, &row)?;
            told(conn, context, "create_webhook", &row)?;
            Ok(IssuedWebhook {
                webhook: Webhook::try_from(&row)?,
                secret: secret.to_string(),
            })
        })
    })
}

/// Lists the webhooks of an institution; an API client's own.
///
/// # Errors
/// What the policy answers.
pub fn list_webhooks(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Webhook>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let actor = context.authorised(conn, Action::ReadWebhooks, Resource::Institution(institution_id))?;
        let rows = store::list(conn, institution_id, client_of(&actor), place, limit)?;
        Ok(rows.iter().map(Webhook::try_from).collect::<Result<_, _>>()?)
    })
}

fn client_of(actor: &Actor) -> Option<Uuid> {
    match actor {
        Actor::Client { client_id, .. } => Some(*client_id),
        Actor::Anonymous | Actor::User { .. } | Actor::Bank => None,
    }
}

/// Loads a webhook of an institution for something that the caller may do to it.
///
/// # Errors
/// `NotFound`, also of another client's, and what the policy answers.
fn load(conn: &mut Conn, context: &Context, institution_id: Uuid, webhook_id: Uuid, action: Action) -> Result<WebhookRow, OpError> {
    let actor = context.authorised(conn, action, Resource::Institution(institution_id))?;
    let row = store::find(conn, webhook_id)?.filter(|row| row.institution_id.0 == institution_id);
    let row = row.ok_or(Rejection::NotFound {})?;
    match client_of(&actor) {
        Some(client_id) if row.client_id.as_ref().map(|key| key.0) != Some(client_id) => Err(Rejection::NotFound {}.into()),
        _ => Ok(row),
    }
}

/// Reads a webhook.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_webhook(bank: &Bank, context: &Context, institution_id: Uuid, webhook_id: Uuid) -> Result<Webhook, OpError> {
    bank.store.read(|conn| {
        let row = load(conn, context, institution_id, webhook_id, Action::ReadWebhooks)?;
        Ok(Webhook::try_from(&row)?)
    })
}

/// Writes a webhook that still stands as it was read, and tells of it.
fn write(conn: &mut Conn, context: &Context, operation: &'static str, row: WebhookRow) -> Result<WebhookRow, OpError> {
    let edition = row.edition;
    let row = WebhookRow {
        edition: edition + 1,
        ..row
    };
    if !store::update(conn, &row, edition)? {
        return Err(StoreError::Stale.into());
    }
    told(conn, context, operation, &row)?;
    Ok(row)
}

/// Edits a webhook; what waits goes to the new address.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `StaleEdition`, and what the policy answers.
pub fn edit_webhook(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    webhook_id: Uuid,
    edition: i64,
    form: &WebhookForm,
) -> Result<Webhook, OpError> {
    form.check(bank)?;
    bank.store.write(|conn| {
        let row = load(conn, context, institution_id, webhook_id, Action::ManageWebhooks)?;
        if row.edition != edition {
            return Err(Rejection::StaleEdition {}.into());
        }
        let row = WebhookRow {
            url: form.url.clone(),
            description: form.description.trim().to_owned(),
            event_types: form.types(),
            ..row
        };
        Ok(Webhook::try_from(&write(conn, context, "edit_webhook", row)?)?)
    })
}

/// Pauses a webhook: nothing is sent, and what happens meanwhile waits as far as there is room, then in the feed.
///
/// # Errors
/// `NotFound`, `WrongState`, and what the policy answers.
pub fn pause_webhook(bank: &Bank, context: &Context, institution_id: Uuid, webhook_id: Uuid) -> Result<Webhook, OpError> {
    bank.store.write(|conn| {
        let row = load(conn, context, institution_id, webhook_id, Action::ManageWebhooks)?;
        if row.status != WebhookStatus::Active.as_str() {
            return Err(Rejection::WrongState { state: row.status }.into());
        }
        let row = WebhookRow {
            status: WebhookStatus::Paused.to_string(),
            status_reason: None,
            ..row
        };
        Ok(Webhook::try_from(&write(conn, context, "pause_webhook", row)?)?)
    })
}

/// Lets a webhook run again; what waits is due at once.
///
/// # Errors
/// `NotFound`, `WrongState` where it runs, and what the policy answers.
pub fn resume_webhook(bank: &Bank, context: &Context, institution_id: Uuid, webhook_id: Uuid) -> Result<Webhook, OpError> {
    bank.store.write(|conn| {
        let row = load(conn, context, institution_id, webhook_id, Action::ManageWebhooks)?;
        let is_ended = row.status_reason.as_deref() == Some(CLIENT_REVOKED);
        if row.status == WebhookStatus::Active.as_str() || is_ended {
            return Err(Rejection::WrongState { state: row.status }.into());
        }
        let row = WebhookRow {
            status: WebhookStatus::Active.to_string(),
            status_reason: None,
            failing_since: None,
            ..row
        };
        let row = write(conn, context, "resume_webhook", row)?;
        log::hurry(conn, webhook_id, context.now)?;
        store::wake(conn, webhook_id, context.now)?;
        Ok(Webhook::try_from(&row)?)
    })
}

/// Removes a webhook, with everything that was or is to be sent to it.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn remove_webhook(bank: &Bank, context: &Context, institution_id: Uuid, webhook_id: Uuid) -> Result<(), OpError> {
    bank.store.write(|conn| {
        let row = load(conn, context, institution_id, webhook_id, Action::ManageWebhooks)?;
        log::delete_of(conn, webhook_id)?;
        store::delete(conn, webhook_id)?;
        Ok(told(conn, context, "remove_webhook", &row)?)
    })
}

/// Gives a webhook another secret. For some hours messages are signed with both, so that the receiver takes them before and after it
/// has the new one.
///
/// # Errors
/// `InvalidBody`, `NotFound`, and what the policy answers.
pub fn rotate_webhook_secret(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    webhook_id: Uuid,
    rotation: Rotation,
) -> Result<IssuedWebhook, OpError> {
    rotation.check()?;
    let secret = signatures::new_secret()?;
    bank.store.write(|conn| {
        let row = load(conn, context, institution_id, webhook_id, Action::ManageWebhooks)?;
        let until = context.now + TimeDelta::hours(rotation.overlap_hours.into());
        let row = WebhookRow {
            secret_sealed: bank.sealer.seal(secret.as_bytes(), &secret_place(webhook_id))?,
            previous_secret_sealed: Some(row.secret_sealed.clone()),
            previous_secret_until: Some(At(until)),
            ..row
        };
        let row = write(conn, context, "rotate_webhook_secret", row)?;
        Ok(IssuedWebhook {
            webhook: Webhook::try_from(&row)?,
            secret: secret.to_string(),
        })
    })
}

/// The secrets with which messages are signed at a moment, the present one first.
fn secrets(bank: &Bank, row: &WebhookRow, now: DateTime<Utc>) -> Result<Vec<Zeroizing<String>>, OpError> {
    let open = |sealed: &[u8]| -> Result<Zeroizing<String>, OpError> {
        let plain = bank.sealer.open(sealed, &secret_place(row.webhook_id.0))?;
        let text = String::from_utf8(plain.to_vec()).map_err(|_| damaged(row.webhook_id.0))?;
        Ok(Zeroizing::new(text))
    };
    let mut found = vec![open(&row.secret_sealed)?];
    let is_good = row.previous_secret_until.as_ref().is_some_and(|until| until.0 > now);
    if let Some(previous) = row.previous_secret_sealed.as_deref().filter(|_| is_good) {
        found.push(open(previous)?);
    }
    Ok(found)
}
