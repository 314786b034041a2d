//! Where the bank looks up what a credential names: in its own records, among the registered issuers, and then in the network.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::super::context::Bank;
use super::super::credentials::issuers::{issuer_of, read_bank_did, read_institution_did};
use super::super::credentials::lists::read_status_list;
use super::super::error::OpError;
use super::super::issuers::{self, TrustedIssuer};
use crate::credentials::{Issuers, PublicKey, Refusal, Sources, keys_of, web_address};
use crate::domain::credential::EntryState;
use crate::domain::rejection::Rejection;
use crate::store::{institutions, status_lists};

/// Whether what is not known here may be asked of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaching {
    Network,
    Offline,
}

/// So many documents are fetched for one credential, whatever it holds.
const FETCHES_MAX: u32 = 8;

/// An issuer whom the bank knows.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// The bank itself, or an institution for which it signs.
    Own {
        name: String,
    },
    Registered(TrustedIssuer),
}

/// One of the bank's own issuers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    Bank,
    Institution(Uuid),
}

/// One verification's look-ups.
pub(super) struct Lookup<'a> {
    bank: &'a Bank,
    now: DateTime<Utc>,
    reaching: Reaching,
    fetches: Cell<u32>,
    registered: RefCell<HashMap<String, Option<TrustedIssuer>>>,
    failure: RefCell<Option<OpError>>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(bank: &'a Bank, now: DateTime<Utc>, reaching: Reaching) -> Self {
        Self {
            bank,
            now,
            reaching,
            fetches: Cell::new(0),
            registered: RefCell::default(),
            failure: RefCell::default(),
        }
    }

    /// The newest registration of an issuer, also one that has ended.
    ///
    /// # Errors
    /// When the database is away.
    fn registration(&self, issuer: &str) -> Result<Option<TrustedIssuer>, OpError> {
        if let Some(found) = self.registered.borrow().get(issuer) {
            return Ok(found.clone());
        }
        let found = self.bank.store.read(|conn| issuers::registration(conn, issuer))?;
        self.registered.borrow_mut().insert(issuer.to_owned(), found.clone());
        Ok(found)
    }

    /// Which of the bank's own issuers somebody is, if one.
    fn own(&self, issuer: &str) -> Result<Option<Own>, OpError> {
        let bank = issuer_of(self.bank, None)?;
        if issuer == bank {
            return Ok(Some(Own::Bank));
        }
        let rest = issuer.strip_prefix(&bank).and_then(|rest| rest.strip_prefix(":institutions:"));
        Ok(rest.and_then(|id| Uuid::try_parse(id).ok()).map(Own::Institution))
    }

    /// The document of one of the bank's own issuers, without any network.
    fn own_document(&self, issuer: &str) -> Result<Option<Value>, OpError> {
        let read = match self.own(issuer)? {
            None => return Ok(None),
            Some(Own::Bank) => read_bank_did(self.bank),
            Some(Own::Institution(institution_id)) => read_institution_did(self.bank, institution_id),
        };
        match read {
            Err(OpError::Rejected(Rejection::NotFound {})) => Ok(None),
            read => read.map(Some),
        }
    }

    /// How the bank knows an issuer.
    ///
    /// # Errors
    /// When the database is away.
    pub(super) fn known(&self, issuer: &str) -> Result<Option<Known>, OpError> {
        let name = match self.own(issuer)? {
            Some(Own::Bank) => Some("学分银行".to_owned()),
            Some(Own::Institution(institution_id)) => {
                let found = self
                    .bank
                    .store
                    .read(|conn| institutions::find(conn, institution_id).map_err(OpError::from))?;
                found.map(|institution| institution.name)
            }
            None => None,
        };
        match name {
            Some(name) => Ok(Some(Known::Own { name })),
            None => Ok(self.registration(issuer)?.map(Known::Registered)),
        }
    }

    /// What the bank itself says of a credential of its own now. Its lists have one bit for both, and are signed a moment later.
    ///
    /// # Errors
    /// When the database is away.
    pub(super) fn own_state(&self, issuer: &str, credential_id: &str) -> Result<Option<EntryState>, OpError> {
        let id = credential_id.strip_prefix("urn:uuid:").and_then(|id| Uuid::try_parse(id).ok());
        let (Some(id), Some(_)) = (id, self.own(issuer)?) else {
            return Ok(None);
        };
        let entries = self
            .bank
            .store
            .read(|conn| status_lists::entries(conn, &[id]).map_err(OpError::from))?;
        Ok(entries.first().and_then(|entry| EntryState::parse(&entry.state)))
    }

    /// A list of the bank's own, as it is published.
    fn own_list(&self, address: &str) -> Result<Option<Value>, OpError> {
        let place = format!("{}/api/v1/status-lists/", self.bank.outside.public_url);
        let Some(list_id) = address.strip_prefix(&place).and_then(|id| Uuid::try_parse(id).ok()) else {
            return Ok(None);
        };
        match read_status_list(self.bank, list_id) {
            Err(OpError::Rejected(Rejection::NotFound {})) => Ok(None),
            read => Ok(serde_json::from_str(&read?.document).ok()),
        }
    }

    /// What went wrong inside while something was looked up.
    pub(super) fn failure(self) -> Option<OpError> {
        self.failure.into_inner()
    }

    /// Notes a failure of the bank's own, of which a verdict must not be made.
    fn or_failed<T>(&self, looked_up: Result<T, OpError>, refusal: Refusal) -> Result<T, Refusal> {
        looked_up.map_err(|error| {
            self.failure.borrow_mut().get_or_insert(error);
            refusal
        })
    }

    /// A document of JSON from the network, or what is kept of it.
    fn document(&self, address: &str) -> Option<Value> {
        let fetched = match self.bank.fetcher.kept(address) {
            Some(kept) => kept,
            None => {
                self.fetches.set(self.fetches.get().saturating_add(1));
                if self.fetches.get() > FETCHES_MAX {
                    return None;
                }
                self.bank.fetcher.get(address)
            }
        };
        let text = fetched.ok()?;
        // A JWT is a text that is no JSON.
        Some(serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text.trim())))
    }
}

impl Sources for Lookup<'_> {
    fn keys(&self, issuer: &str, method: Option<&str>) -> Result<Vec<PublicKey>, Refusal> {
        let unreachable = || Refusal::KeyUnreachable {
            issuer: issuer.chars().take(120).collect(),
        };
        if let Some(document) = self.or_failed(self.own_document(issuer), unreachable())? {
            return keys_of(&document, issuer, method, self.now);
        }
        let registered = self.or_failed(self.registration(issuer), unreachable())?;
        let registered = registered.filter(|issuer| issuer.ended_at.is_none());
        let keys = registered.map(|issuer| issuer.public_keys()).unwrap_or_default();
        if !keys.is_empty() {
            return Ok(keys);
        }
        match web_address(issuer).filter(|_| self.reaching == Reaching::Network) {
            Some(address) => keys_of(&self.document(&address).ok_or_else(unreachable)?, issuer, method, self.now),
            None => Issuers::default().keys(issuer, method),
        }
    }

    fn status_list(&self, address: &str) -> Result<Value, Refusal> {
        if let Some(list) = self.or_failed(self.own_list(address), Refusal::StatusUnreachable {})? {
            return Ok(list);
        }
        if self.reaching == Reaching::Offline {
            return Err(Refusal::StatusNotFetched {});
        }
        self.document(address).ok_or(Refusal::StatusUnreachable {})
    }
}
