//! Credentials for wallets: an offer that the learner makes, the token and the nonce with which a wallet takes it up, and the copy that
//! is bound to the wallet's key.
//!
//! The copy is a credential of its own, signed for the key that the wallet proved to have, rather than the one that was offered: without
//! a holder in it, anybody who got hold of the file could show it as their own. Signing takes a few milliseconds, and has nothing to do
//! with the depositing of outcomes.

use std::time::{Duration, Instant};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, TimeDelta, Utc};
use qrcode::EcLevel;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::credentials::copies::{copy_for, copy_of, offered};
use super::error::OpError;
use super::once::once;
use super::square_code::picture_of;
use crate::credentials::possession;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::wallet::{CODE_DIGITS, FAILURES_MAX, NONCE_LIFE, OFFER_LIFE, OFFERS_MAX, TOKEN_LIFE, WalletConfiguration};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::offers::{self as store, OfferRow};
use crate::store::types::{At, Key};
use crate::vault::opaque;

/// An offer as the learner sees it, this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WalletOffer {
    pub offer_id: Uuid,
    /// For a wallet on this device; the QR code holds the same.
    #[schema(example = "openid-credential-offer://?credential_offer=%7B%7D")]
    pub offer_uri: String,
    /// For a wallet on another one.
    pub qr_svg: String,
    /// What the wallet asks the learner for.
    #[schema(pattern = "^[0-9]{6}$", example = "482913")]
    pub tx_code: String,
    pub configuration: WalletConfiguration,
    pub expires_at: DateTime<Utc>,
}

/// A token for the credential of one offer (RFC 6749, 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WalletToken {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
}

/// What a wallet asks for.
#[derive(Debug)]
pub struct AskedCredential<'a> {
    pub configuration: &'a str,
    pub proofs: &'a [String],
}

/// The index of a code, which is too short for a digest that anybody could work out.
fn code_index(bank: &Bank, offer_id: Uuid, code: &str) -> Vec<u8> {
    bank.sealer.index("credential_offers.code", &format!("{offer_id}:{code}"))
}

/// A secret with the id of what it belongs to in front.
fn named(id: Uuid, secret: &str) -> String {
    format!("{id}.{secret}")
}

fn parted(text: &str) -> Option<(Uuid, &str)> {
    let (id, secret) = text.split_once('.')?;
    Some((Uuid::try_parse(id).ok()?, secret))
}

fn six_digits() -> Result<String, OpError> {
    let most = 10_u64.pow(u32::try_from(CODE_DIGITS).unwrap_or_default());
    Ok(format!("{:0width$}", opaque::random_number()? % most, width = CODE_DIGITS))
}

/// The offer as an address for wallets.
fn uri_of(bank: &Bank, configuration: WalletConfiguration, code: &str) -> String {
    let offer = serde_json::json!({
        "credential_issuer": bank.outside.public_url,
        "credential_configuration_ids": [configuration],
        "grants": { "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
            "pre-authorized_code": code,
            "tx_code": { "input_mode": "numeric", "length": CODE_DIGITS },
        } },
    });
    let query: String = url::form_urlencoded::byte_serialize(offer.to_string().as_bytes()).collect();
    format!("openid-credential-offer://?credential_offer={}", query.replace('+', "%20"))
}

/// Offers a credential of the caller's own to a wallet.
///
/// # Errors
/// `NotFound`, `WrongState`, `TooManyOffers`.
pub fn offer_credential(bank: &Bank, context: &Context, key: Option<&str>, credential_id: Uuid) -> Result<WalletOffer, OpError> {
    let (secret, tx_code) = (opaque::random_token()?, six_digits()?);
    bank.store.write(|conn| {
        once(bank, context, conn, "offer_credential", key, &credential_id, |conn| {
            let learner_id = learner_of(conn, context, Whose::Own, "offer_credential")?.learner_id.0;
            context.authorised(conn, Action::WriteOwnCredential, Resource::Learner(learner_id))?;
            let configuration = offered(conn, learner_id, credential_id)?;
            if store::count_open(conn, learner_id, context.now)? >= OFFERS_MAX {
                return Err(Rejection::TooManyOffers { offers_max: OFFERS_MAX }.into());
            }
            let offer_id = Uuid::now_v7();
            let row = OfferRow {
                offer_id: Key(offer_id),
                learner_id: Key(learner_id),
                credential_id: Key(credential_id),
                configuration: configuration.to_string(),
                secret_digest: opaque::digest(&secret),
                code_index: code_index(bank, offer_id, &tx_code),
                failures: 0,
                created_at: At(context.now),
                expires_at: At(context.now + OFFER_LIFE),
                redeemed_at: None,
                token_digest: None,
                token_expires_at: None,
                issued_id: None,
            };
            store::insert(conn, &row)?;
            tell(
                conn,
                &[context.told("offer_credential", "credential", credential_id).of_learner(learner_id)],
            )?;
            let offer_uri = uri_of(bank, configuration, &named(offer_id, &secret));
            Ok(WalletOffer {
                offer_id,
                qr_svg: picture_of(&offer_uri, EcLevel::L)?,
                offer_uri,
                tx_code: tx_code.clone(),
                configuration,
                expires_at: row.expires_at.0,
            })
        })
    })
}

/// Takes an offer up: whoever has its code, and the one that the learner reads beside it, gets a token for its credential. Once.
///
/// # Errors
/// `InvalidGrant`, of which nothing more is said.
pub fn redeem_offer(bank: &Bank, context: &Context, code: &str, tx_code: &str) -> Result<WalletToken, OpError> {
    let refused = || OpError::Rejected(Rejection::InvalidGrant {});
    let (offer_id, secret) = parted(code).ok_or_else(refused)?;
    let token = opaque::random_token()?;
    let redeemed = bank.store.write(|conn| {
        let row = store::find(conn, offer_id)?.filter(|row| opaque::matches(secret, &row.secret_digest));
        let row = row.filter(|row| row.redeemed_at.is_none() && row.expires_at.0 > context.now && row.failures < FAILURES_MAX);
        let Some(row) = row else { return Ok(false) };
        if code_index(bank, offer_id, tx_code) != row.code_index {
            // Kept, although the wallet is refused.
            store::count_failure(conn, offer_id)?;
            return Ok(false);
        }
        let until = context.now + TOKEN_LIFE;
        if !store::redeem(conn, offer_id, context.now, &opaque::digest(&token), until)? {
            return Ok(false);
        }
        let told = context.told("redeem_offer", "credential", row.credential_id.0);
        tell(conn, &[told.of_learner(row.learner_id.0)])?;
        Ok::<_, OpError>(true)
    })?;
    if !redeemed {
        return Err(refused());
    }
    Ok(WalletToken {
        access_token: named(offer_id, &token),
        token_type: "Bearer",
        expires_in: TOKEN_LIFE.num_seconds(),
    })
}

/// A nonce that nobody has to keep: it says until when it is good, and that the bank made it.
///
/// # Errors
/// When there is no randomness.
pub fn new_nonce(bank: &Bank, now: DateTime<Utc>) -> Result<String, OpError> {
    let content = format!("{}.{}", (now + NONCE_LIFE).timestamp(), opaque::random_number()?);
    let seal = BASE64_URL_SAFE_NO_PAD.encode(bank.sealer.index("wallets.nonce", &content));
    Ok(format!("{content}.{seal}"))
}

fn is_nonce(bank: &Bank, nonce: &str, now: DateTime<Utc>) -> bool {
    let Some((content, seal)) = nonce.rsplit_once('.') else {
        return false;
    };
    let expected = BASE64_URL_SAFE_NO_PAD.encode(bank.sealer.index("wallets.nonce", content));
    let until = content.split('.').next().and_then(|until| until.parse::<i64>().ok());
    opaque::matches(seal, &opaque::digest(&expected)) && until.is_some_and(|until| until > now.timestamp())
}

/// The offer that a token is for.
fn of_token(conn: &mut Conn, token: &str, now: DateTime<Utc>) -> Result<OfferRow, OpError> {
    let refused = || OpError::Rejected(Rejection::InvalidToken {});
    let (offer_id, secret) = parted(token).ok_or_else(refused)?;
    let row = store::find(conn, offer_id)?.filter(|row| {
        let is_secret = row.token_digest.as_deref().is_some_and(|digest| opaque::matches(secret, digest));
        is_secret && row.token_expires_at.as_ref().is_some_and(|until| until.0 > now)
    });
    row.ok_or_else(refused)
}

/// The key for which a wallet wants its copy.
fn holder_of(bank: &Bank, asked: &AskedCredential<'_>, now: DateTime<Utc>) -> Result<String, Rejection> {
    let [proof] = asked.proofs else {
        return Err(Rejection::InvalidProof {});
    };
    let proved = possession(proof, &bank.outside.public_url, now).ok_or(Rejection::InvalidProof {})?;
    match proved.nonce {
        Some(nonce) if is_nonce(bank, &nonce, now) => Ok(proved.holder),
        _ => Err(Rejection::InvalidNonce {}),
    }
}

/// How long a copy is waited for; a longer record is fetched by asking again.
const WAIT_MAX: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(100);

/// Gives a wallet the copy for its key. Asked again with the same token, it is given the same copy.
///
/// # Errors
/// `InvalidToken`, `InvalidProof`, `InvalidNonce`, `UnknownCredentialConfiguration`, `CopyNotReady`, and why the credential cannot be
/// issued any more.
pub fn issue_credential(bank: &Bank, context: &Context, token: &str, asked: &AskedCredential<'_>) -> Result<Value, OpError> {
    let row = bank.store.read(|conn| of_token(conn, token, context.now))?;
    if row.configuration != asked.configuration {
        return Err(Rejection::UnknownCredentialConfiguration {}.into());
    }
    let holder = holder_of(bank, asked, context.now)?;
    let copy_id = match row.issued_id {
        Some(copy_id) => copy_id.0,
        None => bank.store.write(|conn| {
            let row = of_token(conn, token, context.now)?;
            let copy_id = copy_for(conn, context, (row.learner_id.0, row.credential_id.0), &holder)?;
            if !store::issue(conn, row.offer_id.0, copy_id)? {
                return Err(StoreError::Stale.into());
            }
            Ok::<_, OpError>(copy_id)
        })?,
    };
    let begun = Instant::now();
    loop {
        match copy_of(bank, row.learner_id.0, copy_id, &holder)? {
            Some(document) => return Ok(document),
            None if begun.elapsed() < WAIT_MAX => std::thread::sleep(LOOK),
            None => return Err(Rejection::CopyNotReady {}.into()),
        }
    }
}

/// Forgets offers that ended a day ago.
///
/// # Errors
/// When the database fails.
pub fn forget_offers(bank: &Bank, context: &Context) -> Result<usize, OpError> {
    bank.store.write(|conn| Ok(store::forget(conn, context.now - TimeDelta::days(1))?))
}
