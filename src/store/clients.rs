//! API clients: other systems, each of one institution.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{api_clients, institutions};
use super::types::{At, Key};
use crate::domain::actor::{Actor, ScopeSet};
use crate::domain::institution::InstitutionStatus;
use crate::domain::list::ListPlace;

/// An API client; its secrets are kept as digests.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = api_clients)]
pub struct ClientRow {
    pub client_id: Key,
    pub institution_id: Key,
    pub name: String,
    pub scopes: String,
    pub secret_digest: Vec<u8>,
    pub previous_secret_digest: Option<Vec<u8>>,
    pub previous_secret_until: Option<At>,
    pub status: String,
    pub created_at: At,
    pub created_by: Key,
}

/// Adds a client.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, client: &ClientRow) -> Result<(), StoreError> {
    diesel::insert_into(api_clients::table).values(client).execute(conn)?;
    Ok(())
}

/// Finds a client.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, client_id: Uuid) -> Result<Option<ClientRow>, StoreError> {
    Ok(api_clients::table.find(Key(client_id)).first(conn).optional()?)
}

/// The clients of an institution, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, institution_id: Uuid, place: ListPlace, limit: i64) -> Result<Vec<ClientRow>, StoreError> {
    let query = api_clients::table
        .filter(api_clients::institution_id.eq(Key(institution_id)))
        .into_boxed();
    Ok(placed!(query, api_clients::client_id, place.map(Key)).limit(limit).load(conn)?)
}

/// Gives a client another secret; the one before stays good until `until`.
///
/// # Errors
/// When the database refuses.
pub fn rotate(conn: &mut Conn, client: &ClientRow, secret_digest: &[u8], until: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(api_clients::table.find(&client.client_id))
        .set((
            api_clients::secret_digest.eq(secret_digest),
            api_clients::previous_secret_digest.eq(Some(&client.secret_digest)),
            api_clients::previous_secret_until.eq(Some(At(until))),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends a client; false when it had ended before.
///
/// # Errors
/// When the database refuses.
pub fn revoke(conn: &mut Conn, client_id: Uuid) -> Result<bool, StoreError> {
    let changed = diesel::update(api_clients::table.find(Key(client_id)))
        .filter(api_clients::status.eq("active"))
        .set(api_clients::status.eq("revoked"))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Who a client is now, with those of the token's scopes that it still has; `None` when it was revoked.
///
/// # Errors
/// When the database refuses, or a stored word is unknown.
pub fn load_actor(conn: &mut Conn, client_id: Uuid, scopes: ScopeSet) -> Result<Option<Actor>, StoreError> {
    let found: Option<(String, Key, String, String)> = api_clients::table
        .inner_join(institutions::table.on(institutions::institution_id.eq(api_clients::institution_id)))
        .filter(api_clients::client_id.eq(Key(client_id)))
        .filter(api_clients::status.eq("active"))
        .select((
            api_clients::name,
            api_clients::institution_id,
            institutions::status,
            api_clients::scopes,
        ))
        .first(conn)
        .optional()?;
    let Some((name, institution_id, status, own)) = found else {
        return Ok(None);
    };
    let damaged = || StoreError::Damaged("an API client".to_owned());
    Ok(Some(Actor::Client {
        client_id,
        name,
        institution_id: institution_id.0,
        status: InstitutionStatus::parse(&status).ok_or_else(damaged)?,
        scopes: ScopeSet::parse(&own).ok_or_else(damaged)?.and(scopes),
    }))
}
