//! Where the bank looks up what a credential names: in its own records, among the registered issuers, and then in the network.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::super::context::Bank;
use super::super::error::OpError;
use super::super::issuers::{self, TrustedIssuer};
use crate::credentials::{Issuers, PublicKey, Refusal, Sources, keys_of, web_address};

/// Whether what is not known here may be asked of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaching {
    Network,
    Offline,
}

/// So many documents are fetched for one credential, whatever it holds.
const FETCHES_MAX: u32 = 8;

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
    pub(super) fn registration(&self, issuer: &str) -> Result<Option<TrustedIssuer>, OpError> {
        if let Some(found) = self.registered.borrow().get(issuer) {
            return Ok(found.clone());
        }
        let found = self.bank.store.read(|conn| issuers::registration(conn, issuer))?;
        self.registered.borrow_mut().insert(issuer.to_owned(), found.clone());
        Ok(found)
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
        if self.reaching == Reaching::Offline {
            return Err(Refusal::StatusNotFetched {});
        }
        self.document(address).ok_or(Refusal::StatusUnreachable {})
    }
}
