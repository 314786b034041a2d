//! Who issues: the bank for records, an institution for the badges of its own outcomes, each by a `did:web` under the bank's public
//! address and with keys that the bank keeps. A badge is what its institution says, so its institution is the issuer; the bank signs
//! for it as its host.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::credentials::did::{self, NamedKey};
use crate::credentials::{PublicKey, SEED_BYTES, Signer};
use crate::domain::institution::InstitutionStatus;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::once::once;
use crate::ops::reseal::seed_place;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::institutions;
use crate::store::issuer_keys::{self as store, IssuerKeyRow};
use crate::store::journal::tell;
use crate::store::types::{At, Key};

/// An issuer's present key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IssuerKey {
    /// The issuer's name.
    #[schema(example = "did:web:bank.example")]
    pub issuer: String,
    /// What proofs of this key are named by.
    #[schema(example = "did:web:bank.example#key-2")]
    pub verification_method: String,
    #[schema(example = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")]
    pub public_key: String,
    /// Counted from 1 for each issuer.
    #[schema(minimum = 1)]
    pub number: i64,
}

/// Whose key is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "institution_id": "01985a3e-7c00-7000-8000-000000000001" }))]
pub struct KeyRotation {
    /// The institution; the bank itself, when left out.
    #[serde(default)]
    pub institution_id: Option<Uuid>,
}

fn fragment(number: i64) -> String {
    format!("key-{number}")
}

/// The name of an issuer: of an institution, or of the bank itself.
///
/// # Errors
/// Where the bank's public address is none, which the configuration does not let through.
pub fn issuer_of(bank: &Bank, institution_id: Option<Uuid>) -> Result<String, OpError> {
    let id = institution_id.map(|id| id.to_string());
    let segments: Vec<&str> = id.iter().flat_map(|id| ["institutions", id.as_str()]).collect();
    let named = did::did_web(&bank.outside.public_url, &segments);
    named.ok_or_else(|| OpError::Secret("the public address is no web address".to_owned()))
}

fn damaged(row: &IssuerKeyRow) -> StoreError {
    StoreError::Damaged(format!("issuer key {}", row.key_id.0))
}

fn signer_of(bank: &Bank, issuer: &str, row: &IssuerKeyRow) -> Result<Signer, OpError> {
    let seed = bank.sealer.open(&row.seed_sealed, &seed_place(row.key_id.0))?;
    let seed: &[u8; SEED_BYTES] = seed.as_slice().try_into().map_err(|_| damaged(row))?;
    Ok(Signer::new(seed, issuer, &fragment(row.number)).ok_or_else(|| damaged(row))?)
}

/// A new key of an issuer, which is its present one from now on.
fn new_key(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    institution_id: Option<Uuid>,
    before: Option<&IssuerKeyRow>,
) -> Result<IssuerKeyRow, OpError> {
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    getrandom::fill(seed.as_mut_slice())?;
    let (key_id, number) = (Uuid::now_v7(), before.map_or(1, |before| before.number + 1));
    let issuer = issuer_of(bank, institution_id)?;
    let signer = Signer::new(&seed, &issuer, &fragment(number)).ok_or_else(|| OpError::Secret("no key could be made".to_owned()))?;
    let row = IssuerKeyRow {
        key_id: Key(key_id),
        institution_id: institution_id.map(Key),
        number,
        seed_sealed: bank.sealer.seal(seed.as_slice(), &seed_place(key_id))?,
        public_key: signer
            .public_key()
            .to_multibase()
            .ok_or_else(|| OpError::Secret("no key could be made".to_owned()))?,
        created_at: At(context.now),
        retired_at: None,
    };
    if let Some(before) = before {
        store::retire(conn, before.key_id.0, context.now)?;
    }
    store::insert(conn, &row)?;
    Ok(row)
}

/// What an issuer signs with now; its first key is made when it is needed.
///
/// # Errors
/// When a key does not open, or the database fails.
pub(super) fn signer(bank: &Bank, context: &Context, conn: &mut Conn, institution_id: Option<Uuid>) -> Result<Signer, OpError> {
    let row = match store::of_issuer(conn, institution_id)?.pop() {
        Some(row) => row,
        None => new_key(bank, context, conn, institution_id, None)?,
    };
    signer_of(bank, &issuer_of(bank, institution_id)?, &row)
}

/// What the bank itself signs with now.
///
/// # Errors
/// As [`signer`].
pub(in crate::ops) fn bank_signer(bank: &Bank, context: &Context) -> Result<Signer, OpError> {
    bank.store.write(|conn| signer(bank, context, conn, None))
}

/// What an issuer signs with now; `None` where it has no key yet.
///
/// # Errors
/// When a key does not open, or the database fails.
pub(super) fn present_signer(bank: &Bank, conn: &mut Conn, institution_id: Option<Uuid>) -> Result<Option<Signer>, OpError> {
    let row = store::of_issuer(conn, institution_id)?.pop();
    let issuer = issuer_of(bank, institution_id)?;
    row.map(|row| signer_of(bank, &issuer, &row)).transpose()
}

fn document(bank: &Bank, conn: &mut Conn, institution_id: Option<Uuid>) -> Result<Value, OpError> {
    let mut keys = Vec::new();
    for row in store::of_issuer(conn, institution_id)? {
        let key = PublicKey::from_multibase(&row.public_key).ok_or_else(|| damaged(&row))?;
        keys.push(NamedKey {
            fragment: fragment(row.number),
            key,
        });
    }
    Ok(did::document(&issuer_of(bank, institution_id)?, &keys))
}

/// The bank's own document, with its keys: those that are retired stay in it, for what they signed. Anybody may read it.
///
/// # Errors
/// When the database fails.
pub fn read_bank_did(bank: &Bank) -> Result<Value, OpError> {
    bank.store.read(|conn| document(bank, conn, None))
}

/// The document of an institution that is or was approved. Anybody may read it.
///
/// # Errors
/// `NotFound`.
pub fn read_institution_did(bank: &Bank, institution_id: Uuid) -> Result<Value, OpError> {
    bank.store.read(|conn| {
        let found = institutions::find(conn, institution_id)?;
        let status = found.and_then(|row| InstitutionStatus::parse(&row.status));
        match status {
            Some(InstitutionStatus::Approved | InstitutionStatus::Suspended) => document(bank, conn, Some(institution_id)),
            _ => Err(Rejection::NotFound {}.into()),
        }
    })
}

/// Makes a new key for an issuer. The one before signs no more, and stays in the issuer's document.
///
/// # Errors
/// What the policy answers.
pub fn rotate_issuer_key(bank: &Bank, context: &Context, key: Option<&str>, rotation: &KeyRotation) -> Result<IssuerKey, OpError> {
    let institution_id = rotation.institution_id;
    let resource = institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.write(|conn| {
        once(bank, context, conn, "rotate_issuer_key", key, rotation, |conn| {
            context.authorised(conn, Action::RotateIssuerKey, resource)?;
            if let Some(institution_id) = institution_id {
                institutions::find(conn, institution_id)?.ok_or(Rejection::NotFound {})?;
            }
            let before = store::of_issuer(conn, institution_id)?.pop();
            let row = new_key(bank, context, conn, institution_id, before.as_ref())?;
            let told = context
                .told("rotate_issuer_key", "issuer_key", row.key_id.0)
                .with(serde_json::json!({ "number": row.number, "public_key": row.public_key }));
            let told = match institution_id {
                Some(institution_id) => told.of_institution(institution_id),
                None => told,
            };
            tell(conn, &[told])?;
            let issuer = issuer_of(bank, institution_id)?;
            Ok(IssuerKey {
                verification_method: format!("{issuer}#{}", fragment(row.number)),
                issuer,
                public_key: row.public_key,
                number: row.number,
            })
        })
    })
}
