//! Issuers of credentials whom the bank believes: registered by its people with a reason, ended rather than removed, and listed
//! for everybody.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::credentials::{Issuers, PublicKey, Sources as _, keys_of, web_address};
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::{is_line, is_prose};
use crate::store::connection::Conn;
use crate::store::error::{StoreError, Taken};
use crate::store::institutions;
use crate::store::issuers::{self as store, IssuerRow};
use crate::store::journal::tell;
use crate::store::types::{At, Document, Key};

const IDENTIFIER_CHARACTERS_MAX: usize = 500;
const NAME_CHARACTERS_MAX: usize = 200;
const REASON_CHARACTERS_MAX: usize = 500;
const KEYS_MAX: usize = 16;
const JWK_BYTES_MAX: usize = 4_000;

/// A public key of an issuer, in one of the two ways of writing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "multibase": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2" }))]
pub struct TrustedKey {
    /// As Multikey writes it: Ed25519 or P-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub multibase: Option<String>,
    /// A JSON Web Key (RFC 7517): Ed25519, P-256 or RSA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub jwk: Option<Value>,
}

impl TrustedKey {
    fn key(&self) -> Option<PublicKey> {
        match (&self.multibase, &self.jwk) {
            (Some(text), None) => PublicKey::from_multibase(text),
            // A private key is not ours to know.
            (None, Some(jwk)) if jwk.get("d").is_none() && jwk.to_string().len() <= JWK_BYTES_MAX => PublicKey::from_jwk(jwk),
            _ => None,
        }
    }
}

/// An issuer to be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIssuer {
    /// `did:web`, `did:key`, `did:jwk`, or an https address, as its credentials name it.
    #[schema(min_length = 1, max_length = 500, example = "did:web:college.example")]
    pub identifier: String,
    #[schema(min_length = 1, max_length = 200, example = "示范职业学院")]
    pub name: String,
    /// Needed for an https address, which leads to no keys. Where there are some, no others are taken from the network.
    #[serde(default)]
    #[schema(max_items = 16)]
    pub keys: Vec<TrustedKey>,
    /// Whose own id it is, so that what the institution uploads may be signed by it.
    #[serde(default)]
    pub institution_id: Option<Uuid>,
    /// Why the bank believes it.
    #[schema(min_length = 1, max_length = 500, example = "省教育厅公布的签发机构名单")]
    pub reason: String,
}

/// A registered issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TrustedIssuer {
    pub issuer_id: Uuid,
    pub identifier: String,
    pub name: String,
    pub keys: Vec<TrustedKey>,
    pub institution_id: Option<Uuid>,
    pub reason: String,
    pub registered_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub end_reason: Option<String>,
}

impl NewIssuer {
    fn check(&self) -> Result<(), Rejection> {
        let mut problems = Vec::new();
        let needs_key = match is_identifier(&self.identifier) {
            Some(needs_key) => needs_key,
            None => {
                problems.push(FieldProblem::new(
                    "/identifier",
                    "must be did:web, did:key, did:jwk or an https:// address",
                ));
                false
            }
        };
        if !is_line(&self.name, NAME_CHARACTERS_MAX) {
            problems.push(FieldProblem::new("/name", "must have 1 to 200 characters"));
        }
        if !is_prose(&self.reason, REASON_CHARACTERS_MAX) {
            problems.push(FieldProblem::new("/reason", "must have 1 to 500 characters"));
        }
        if self.keys.len() > KEYS_MAX {
            problems.push(FieldProblem::new("/keys", "must have at most 16 items"));
        } else if needs_key && self.keys.is_empty() {
            problems.push(FieldProblem::new("/keys", "is needed for an https:// address"));
        }
        for (place, key) in self.keys.iter().take(KEYS_MAX).enumerate() {
            if key.key().is_none() {
                let detail = "must be one public key of Ed25519, P-256 or RSA, as multibase or as a JWK";
                problems.push(FieldProblem::new(format!("/keys/{place}"), detail));
            }
        }
        Rejection::any_of(problems)
    }
}

/// Whether a text can name an issuer, and if so, whether it leads to no key by itself.
fn is_identifier(text: &str) -> Option<bool> {
    if !is_line(text, IDENTIFIER_CHARACTERS_MAX) || text.contains(char::is_whitespace) {
        return None;
    }
    if text.starts_with("did:web:") {
        return web_address(text).map(|_| false);
    }
    if text.starts_with("did:key:") || text.starts_with("did:jwk:") {
        return key_in(text).map(|_| false);
    }
    let url = url::Url::parse(text).ok()?;
    (url.scheme() == "https" && url.host().is_some() && url.fragment().is_none()).then_some(true)
}

fn key_in(did: &str) -> Option<PublicKey> {
    Issuers::default().keys(did, None).ok()?.pop()
}

impl TryFrom<IssuerRow> for TrustedIssuer {
    type Error = StoreError;

    fn try_from(row: IssuerRow) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged(format!("trusted issuer {}", row.issuer_id.0));
        Ok(Self {
            issuer_id: row.issuer_id.0,
            keys: serde_json::from_value(row.keys.0).map_err(|_| damaged())?,
            identifier: row.identifier,
            name: row.name,
            institution_id: row.institution_id.map(|key| key.0),
            reason: row.reason,
            registered_at: row.registered_at.0,
            ended_at: row.ended_at.map(|at| at.0),
            end_reason: row.end_reason,
        })
    }
}

impl TrustedIssuer {
    /// The keys that were registered with it.
    pub(super) fn public_keys(&self) -> Vec<PublicKey> {
        self.keys.iter().filter_map(TrustedKey::key).collect()
    }
}

fn told(conn: &mut Conn, context: &Context, operation: &'static str, issuer: &TrustedIssuer) -> Result<(), StoreError> {
    let mut told = context.told(operation, "trusted_issuer", issuer.issuer_id);
    if let Some(institution_id) = issuer.institution_id {
        told = told.of_institution(institution_id);
    }
    tell(conn, &[told.with(serde_json::json!({ "identifier": issuer.identifier }))])
}

/// Registers an issuer.
///
/// # Errors
/// `InvalidBody`, `IssuerRegistered`, and what the policy answers.
pub fn register_issuer(bank: &Bank, context: &Context, key: Option<&str>, new: &NewIssuer) -> Result<TrustedIssuer, OpError> {
    new.check()?;
    bank.store.write(|conn| {
        context.authorised(conn, Action::RegisterIssuer, Resource::Bank)?;
        once(bank, context, conn, "register_issuer", key, new, |conn| {
            if let Some(institution_id) = new.institution_id
                && institutions::find(conn, institution_id)?.is_none()
            {
                return Err(Rejection::field("/institution_id", "is no institution").into());
            }
            let row = IssuerRow {
                issuer_id: Key(Uuid::now_v7()),
                identifier: new.identifier.clone(),
                name: new.name.trim().to_owned(),
                keys: Document(serde_json::to_value(&new.keys).map_err(|error| StoreError::Damaged(error.to_string()))?),
                institution_id: new.institution_id.map(Key),
                reason: new.reason.trim().to_owned(),
                registered_at: At(context.now),
                registered_by: context.caller.label(),
                ended_at: None,
                ended_by: None,
                end_reason: None,
            };
            store::insert(conn, &row).map_err(|error| match error.taken() {
                Some(Taken::TrustedIssuer) => Rejection::IssuerRegistered {}.into(),
                _ => OpError::Store(error),
            })?;
            let issuer = TrustedIssuer::try_from(row)?;
            told(conn, context, "register_issuer", &issuer)?;
            Ok(issuer)
        })
    })
}

/// Ends the registration of an issuer: what it signed is no longer believed because of it.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, and what the policy answers.
pub fn end_issuer(bank: &Bank, context: &Context, key: Option<&str>, issuer_id: Uuid, reason: &str) -> Result<TrustedIssuer, OpError> {
    if !is_prose(reason, REASON_CHARACTERS_MAX) {
        return Err(Rejection::field("/reason", "must have 1 to 500 characters").into());
    }
    bank.store.write(|conn| {
        context.authorised(conn, Action::RegisterIssuer, Resource::Bank)?;
        once(bank, context, conn, "end_issuer", key, &(issuer_id, reason), |conn| {
            store::find(conn, issuer_id)?.ok_or(Rejection::NotFound {})?;
            if !store::end(conn, issuer_id, At(context.now), &context.caller.label(), reason.trim())? {
                return Err(Rejection::WrongState { state: "ended".to_owned() }.into());
            }
            let row = store::find(conn, issuer_id)?.ok_or(Rejection::NotFound {})?;
            let issuer = TrustedIssuer::try_from(row)?;
            told(conn, context, "end_issuer", &issuer)?;
            Ok(issuer)
        })
    })
}

/// Registered issuers, also those that have ended, for anybody.
///
/// # Errors
/// When the database is away.
pub fn list_issuers(bank: &Bank, identifier: Option<&str>, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<TrustedIssuer>, OpError> {
    let place = place.into();
    let rows = bank.store.read(|conn| store::list(conn, identifier, place, limit))?;
    Ok(rows.into_iter().map(TrustedIssuer::try_from).collect::<Result<_, _>>()?)
}

/// The newest registration of an issuer.
///
/// # Errors
/// When the database refuses.
pub(super) fn registration(conn: &mut Conn, identifier: &str) -> Result<Option<TrustedIssuer>, StoreError> {
    let newest = store::by_identifier(conn, identifier)?.into_iter().next();
    newest.map(TrustedIssuer::try_from).transpose()
}

/// Whose keys are known when an institution's files are read.
///
/// # Errors
/// When the database is away.
pub(super) fn known_to(bank: &Bank, institution_id: Uuid, now: DateTime<Utc>) -> Result<Issuers, OpError> {
    let rows = bank.store.read(|conn| store::for_institution(conn, institution_id))?;
    let mut issuers = Issuers::default();
    for row in rows {
        let issuer = TrustedIssuer::try_from(row)?;
        let mut keys = issuer.public_keys();
        // Of its own, so that a file does not wait for the servers of everybody who is registered.
        if keys.is_empty() && issuer.institution_id.is_some() {
            keys = published_keys(bank, &issuer.identifier, now);
        }
        for key in keys {
            issuers.register(issuer.identifier.clone(), key);
        }
    }
    Ok(issuers)
}

/// The keys that a `did:web` publishes; none where they cannot be had.
fn published_keys(bank: &Bank, did: &str, now: DateTime<Utc>) -> Vec<PublicKey> {
    let text = web_address(did).and_then(|address| bank.fetcher.get(&address).ok());
    let document = text.and_then(|text| serde_json::from_str(&text).ok());
    document
        .and_then(|document: Value| keys_of(&document, did, None, now).ok())
        .unwrap_or_default()
}
