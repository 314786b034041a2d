//! API clients: other systems of an institution, their secrets, and the tokens that they get (RFC 6749, 4.4).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::actor::{Caller, Scope, ScopeSet};
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::text::is_line;
use crate::domain::webhook::CLIENT_REVOKED;
use crate::store::clients::{self as store, ClientRow};
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::types::{At, Key};
use crate::store::webhooks;
use crate::vault::opaque;
use crate::vault::tokens::AccessClaims;

/// A client to be made.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    #[schema(min_length = 1, max_length = 100, example = "教务系统")]
    pub name: String,
    #[schema(min_items = 1, max_items = 8)]
    pub scopes: Vec<Scope>,
}

/// A client as shown; never with a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Client {
    pub client_id: Uuid,
    pub institution_id: Uuid,
    pub name: String,
    pub scopes: Vec<Scope>,
    /// `active` or `revoked`.
    #[schema(example = "active")]
    pub status: String,
    pub created_at: DateTime<Utc>,
    /// Until when the secret before the present one is good too.
    pub previous_secret_until: Option<DateTime<Utc>>,
}

/// A client with a secret that is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IssuedClient {
    pub client: Client,
    #[schema(example = "q3Jx0bW5cY0w8m1f7bS3h2k9d4Lr6Tn5Vz1aPe8uGi0")]
    pub client_secret: String,
}

/// How long the present secret stays good beside the new one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    #[schema(minimum = 0, maximum = 720, example = 24)]
    pub overlap_hours: u16,
}

impl Rotation {
    /// Refuses an overlap that is longer than 30 days.
    ///
    /// # Errors
    /// `InvalidBody`.
    pub(super) fn check(self) -> Result<(), Rejection> {
        if self.overlap_hours > 720 {
            return Err(Rejection::field("/overlap_hours", "must be 0 to 720"));
        }
        Ok(())
    }
}

/// What the token endpoint answers (RFC 6749, 5.1).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct TokenAnswer {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
    #[schema(example = "outcomes:write outcomes:read")]
    pub scope: String,
}

impl TryFrom<&ClientRow> for Client {
    type Error = StoreError;

    fn try_from(row: &ClientRow) -> Result<Self, StoreError> {
        let scopes = ScopeSet::parse(&row.scopes).ok_or_else(|| StoreError::Damaged("a client's scopes".to_owned()))?;
        Ok(Self {
            client_id: row.client_id.0,
            institution_id: row.institution_id.0,
            name: row.name.clone(),
            scopes: scopes.iter().collect(),
            status: row.status.clone(),
            created_at: row.created_at.0,
            previous_secret_until: row.previous_secret_until.as_ref().map(|at| at.0),
        })
    }
}

/// Makes a client; its secret is in the answer and nowhere else.
///
/// # Errors
/// `InvalidBody`, and what the policy answers.
pub fn create_client(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    institution_id: Uuid,
    new: &NewClient,
) -> Result<IssuedClient, OpError> {
    if !is_line(&new.name, 100) {
        return Err(Rejection::field("/name", "must have 1 to 100 characters").into());
    }
    if new.scopes.is_empty() {
        return Err(Rejection::field("/scopes", "must name at least one scope").into());
    }
    let client_secret = opaque::random_token()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "create_client", key, &(institution_id, new), |conn| {
            context.authorised(conn, Action::ManageClients, Resource::Institution(institution_id))?;
            let created_by = match context.caller {
                Caller::User { user_id, .. } => user_id,
                Caller::Anonymous | Caller::Client { .. } | Caller::Import { .. } | Caller::Bank => Uuid::nil(),
            };
            let row = ClientRow {
                client_id: Key(Uuid::now_v7()),
                institution_id: Key(institution_id),
                name: new.name.trim().to_owned(),
                scopes: new.scopes.iter().copied().collect::<ScopeSet>().to_string(),
                secret_digest: opaque::digest(&client_secret),
                previous_secret_digest: None,
                previous_secret_until: None,
                status: "active".to_owned(),
                created_at: At(context.now),
                created_by: Key(created_by),
            };
            store::insert(conn, &row)?;
            let client = Client::try_from(&row)?;
            let told = context.told("create_client", "api_client", client.client_id);
            tell(
                conn,
                &[told
                    .of_institution(institution_id)
                    .with(serde_json::json!({ "scopes": client.scopes }))],
            )?;
            Ok(IssuedClient {
                client,
                client_secret: client_secret.clone(),
            })
        })
    })
}

/// Lists the clients of an institution.
///
/// # Errors
/// What the policy answers.
pub fn list_clients(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Client>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadClients, Resource::Institution(institution_id))?;
        let rows = store::list(conn, institution_id, place, limit)?;
        Ok(rows.iter().map(Client::try_from).collect::<Result<_, _>>()?)
    })
}

fn own(row: Option<ClientRow>, institution_id: Uuid) -> Result<ClientRow, Rejection> {
    row.filter(|row| row.institution_id.0 == institution_id)
        .ok_or(Rejection::NotFound {})
}

/// Gives a client another secret; the present one stays good for some hours, so that nothing stands still meanwhile.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState` for a revoked one, and what the policy answers.
pub fn rotate_client_secret(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    client_id: Uuid,
    rotation: Rotation,
) -> Result<IssuedClient, OpError> {
    rotation.check()?;
    let client_secret = opaque::random_token()?;
    bank.store.write(|conn| {
        context.authorised(conn, Action::ManageClients, Resource::Institution(institution_id))?;
        let row = own(store::find(conn, client_id)?, institution_id)?;
        if row.status != "active" {
            return Err(Rejection::WrongState { state: row.status }.into());
        }
        let until = context.now + TimeDelta::hours(rotation.overlap_hours.into());
        store::rotate(conn, &row, &opaque::digest(&client_secret), until)?;
        let told = context.told("rotate_client_secret", "api_client", client_id);
        tell(
            conn,
            &[told
                .of_institution(institution_id)
                .with(serde_json::json!({ "previous_until": until }))],
        )?;
        let client = Client {
            previous_secret_until: Some(until),
            ..Client::try_from(&row)?
        };
        Ok(IssuedClient {
            client,
            client_secret: client_secret.clone(),
        })
    })
}

/// Ends a client; its tokens are good for nothing at once.
///
/// # Errors
/// `NotFound`, `WrongState`, and what the policy answers.
pub fn revoke_client(bank: &Bank, context: &Context, institution_id: Uuid, client_id: Uuid) -> Result<Client, OpError> {
    bank.store.write(|conn| {
        context.authorised(conn, Action::ManageClients, Resource::Institution(institution_id))?;
        let row = own(store::find(conn, client_id)?, institution_id)?;
        if !store::revoke(conn, client_id)? {
            return Err(Rejection::WrongState { state: row.status }.into());
        }
        let told = context
            .told("revoke_client", "api_client", client_id)
            .of_institution(institution_id);
        tell(conn, &[told])?;
        webhooks::disable_of_client(conn, client_id, CLIENT_REVOKED)?;
        Ok(Client {
            status: "revoked".to_owned(),
            ..Client::try_from(&row)?
        })
    })
}

/// Gives a client an access token for some of its scopes; for all of them when none is named.
///
/// # Errors
/// `ClientUnknown`, `ScopeInvalid`.
pub fn issue_token(bank: &Bank, context: &Context, client_id: &str, secret: &str, scope: Option<&str>) -> Result<TokenAnswer, OpError> {
    let client_id: Uuid = client_id.parse().map_err(|_| Rejection::ClientUnknown {})?;
    let row = bank.store.read(|conn| store::find(conn, client_id))?;
    let row = row
        .filter(|row| row.status == "active" && is_secret(row, secret, context.now))
        .ok_or(Rejection::ClientUnknown {})?;
    let own = ScopeSet::parse(&row.scopes).unwrap_or_default();
    let scopes = match scope.map(str::trim).filter(|scope| !scope.is_empty()) {
        None => own,
        Some(asked) => ScopeSet::parse(asked)
            .filter(|asked| asked.and(own) == *asked)
            .ok_or_else(|| Rejection::ScopeInvalid {
                scope: asked.chars().take(200).collect(),
            })?,
    };
    let issued_at = context.now.timestamp();
    let claims = AccessClaims {
        iss: bank.tokens.issuer().to_owned(),
        aud: bank.tokens.issuer().to_owned(),
        sub: client_id,
        client_id: client_id.to_string(),
        jti: Uuid::now_v7(),
        iat: issued_at,
        exp: issued_at + bank.access_token_life.num_seconds(),
        sid: None,
        scope: Some(scopes.to_string()),
    };
    let access_token = bank.tokens.sign(&claims);
    Ok(TokenAnswer {
        access_token: access_token.ok_or_else(|| OpError::Secret("a token could not be signed".to_owned()))?,
        token_type: "Bearer",
        expires_in: bank.access_token_life.num_seconds(),
        scope: scopes.to_string(),
    })
}

fn is_secret(row: &ClientRow, secret: &str, now: DateTime<Utc>) -> bool {
    let previous = row.previous_secret_digest.as_deref().zip(row.previous_secret_until.as_ref());
    opaque::matches(secret, &row.secret_digest) || previous.is_some_and(|(digest, until)| now < until.0 && opaque::matches(secret, digest))
}
