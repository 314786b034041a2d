//! The threads that carry events out: one that publishes, some that deliver to webhooks, and one that mails.

use std::sync::Arc;
use std::time::Duration;

use super::background::{Background, Clock};
use super::context::{Bank, Context};
use super::events::publisher::{BATCH, publish_events};
use super::notifications::mailing::{send_next, write_digests};
use super::webhooks::courier::{Run, deliver_next};
use crate::domain::actor::Caller;
use crate::outside::client::Client;
use crate::outside::mail::Mailer;

/// How many webhooks are served at once: one that answers slowly holds up nobody but itself, as long as there are not more of its kind.
const DELIVERING: usize = 4;

/// How often the queues are looked at while they are empty.
const LOOK: Duration = Duration::from_millis(500);

/// How often it is looked for learners to mail.
const DIGEST: Duration = Duration::from_secs(5);

/// The running threads.
pub struct Couriers(Vec<Background>);

impl Couriers {
    /// Starts the threads.
    ///
    /// # Errors
    /// When TLS or the mail server's settings cannot be used.
    pub fn start(bank: &Arc<Bank>, clock: Clock) -> Result<Self, String> {
        let mut threads = Vec::new();
        let own = Arc::clone(bank);
        threads.push(Background::start("publishing", LOOK, move |_| {
            // A full batch says that there is more; else the next write is waited for, so that a lone one is not followed by a
            // flush of its own for each of many.
            let batch = u64::try_from(BATCH).unwrap_or(u64::MAX);
            Ok(publish_events(&own, &Context::of(Caller::Bank, clock()))? >= batch)
        }));
        let client = Arc::new(Client::new(bank.outside.reach).map_err(|error| error.to_string())?);
        for _ in 0..DELIVERING {
            let (own, client) = (Arc::clone(bank), Arc::clone(&client));
            threads.push(Background::start("delivering", LOOK, move |stopped| {
                deliver_next(&Run {
                    bank: &own,
                    client: &client,
                    clock: &clock,
                    stopped: &|| stopped(),
                })
            }));
        }
        if let Some(server) = &bank.outside.mail_server {
            let mailer = Mailer::open(server).map_err(|error| error.to_string())?;
            let own = Arc::clone(bank);
            threads.push(Background::start("mailing", LOOK, move |_| send_next(&own, &mailer, clock())));
            let own = Arc::clone(bank);
            threads.push(Background::start("writing mail", DIGEST, move |_| {
                write_digests(&own, &Context::of(Caller::Bank, clock())).map(|_| false)
            }));
        }
        Ok(Self(threads))
    }

    /// Ends the threads; what is under way is finished first, within the time that an exchange may take.
    pub fn stop(self) {
        // All are asked before one is waited for.
        self.0.iter().for_each(Background::ask_to_stop);
        self.0.into_iter().for_each(Background::stop);
    }
}
