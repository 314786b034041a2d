//! How the bank is: whether its stores answer, what waits in its queues and since when, and what was given up.

use std::time::Instant;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::import::ImportStatus;
use crate::domain::policy::{Action, Resource};
use crate::domain::simulation::SimulationStatus;
use crate::domain::statement::StatementStatus;
use crate::domain::webhook::{DeliveryStatus, WebhookStatus};
use crate::domain::words::words;
use crate::files::Digest;
use crate::store::health::{self as store, QueueRow};

words! {
    /// A queue from which a background thread takes its work.
    pub enum Queue {
        /// What was written and has no place in the sequence of events yet.
        Events => "events",
        Deliveries => "deliveries",
        Mails => "mails",
        Imports => "imports",
        Simulations => "simulations",
        Papers => "papers",
    }
}

/// A queue as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueState {
    pub queue: Queue,
    pub waiting: u64,
    /// Since when the oldest of them waits.
    pub oldest: Option<DateTime<Utc>>,
}

/// How the bank is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub queues: Vec<QueueState>,
    /// Deliveries to webhooks that were given up, and since when the oldest stands there.
    pub dead_letters: u64,
    pub oldest_dead_letter: Option<DateTime<Utc>>,
    /// Webhooks that were switched off because they failed for too long.
    pub disabled_webhooks: u64,
    /// In how many milliseconds the database and the store of evidence answered; the latter is absent where it did not.
    pub database_milliseconds: u128,
    pub evidence_milliseconds: Option<u128>,
    pub connections_open: u32,
    pub connections_idle: u32,
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn state(queue: Queue, row: QueueRow) -> QueueState {
    QueueState {
        queue,
        waiting: whole(row.waiting),
        oldest: row.oldest.map(|at| at.0),
    }
}

/// Looks at everything.
///
/// # Errors
/// What the policy answers, and when the database is away.
pub fn read_health(bank: &Bank, context: &Context) -> Result<Health, OpError> {
    let began = Instant::now();
    bank.store
        .read(|conn| context.authorised(conn, Action::ReadHealth, Resource::Bank).map(|_| ()))?;
    let database_milliseconds = began.elapsed().as_millis();
    // Whether anything is there of that digest does not matter; whether the store answers does.
    let asked = Instant::now();
    let evidence = bank.files.has(Digest::of(b"credit-bank"));
    let evidence_milliseconds = match evidence {
        Ok(_) => Some(asked.elapsed().as_millis()),
        Err(error) => {
            tracing::warn!(%error, "the store of evidence does not answer");
            None
        }
    };
    let (connections_open, connections_idle) = bank.store.pool_state();
    bank.store.read(|conn| {
        let imports = [ImportStatus::Checking.as_str(), ImportStatus::Committing.as_str()];
        let simulations = [SimulationStatus::Queued.as_str(), SimulationStatus::Running.as_str()];
        let papers = [StatementStatus::Queued.as_str(), StatementStatus::Running.as_str()];
        let dead = store::deliveries(conn, DeliveryStatus::Dead.as_str())?;
        Ok(Health {
            queues: vec![
                state(Queue::Events, store::events(conn)?),
                state(Queue::Deliveries, store::deliveries(conn, DeliveryStatus::Pending.as_str())?),
                state(Queue::Mails, store::letters(conn)?),
                state(Queue::Imports, store::files(conn, &imports)?),
                state(Queue::Simulations, store::trials(conn, &simulations)?),
                state(Queue::Papers, store::papers(conn, &papers)?),
            ],
            dead_letters: whole(dead.waiting),
            oldest_dead_letter: dead.oldest.map(|at| at.0),
            disabled_webhooks: whole(store::count_webhooks(conn, WebhookStatus::Disabled.as_str())?),
            database_milliseconds,
            evidence_milliseconds,
            connections_open,
            connections_idle,
        })
    })
}
