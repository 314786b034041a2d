//! The threads that carry events out: one that publishes, some that deliver to webhooks, and one that mails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::background::Clock;
use super::context::{Bank, Context};
use super::error::OpError;
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
pub struct Couriers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Couriers {
    /// Starts the threads.
    ///
    /// # Errors
    /// When TLS or the mail server's settings cannot be used.
    pub fn start(bank: &Arc<Bank>, clock: Clock) -> Result<Self, String> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        let of = |bank: &Arc<Bank>, stop: &Arc<AtomicBool>| (Arc::clone(bank), Arc::clone(stop));
        let (own, stopped) = of(bank, &stop);
        threads.push(std::thread::spawn(move || {
            // A full batch says that there is more; else the next write is waited for, so that a lone one is not followed by a
            // flush of its own for each of many.
            let batch = u64::try_from(BATCH).unwrap_or(u64::MAX);
            keep_on(&stopped, LOOK, "publishing", || {
                Ok(publish_events(&own, &Context::of(Caller::Bank, clock()))? >= batch)
            });
        }));
        let client = Arc::new(Client::new(bank.outside.reach).map_err(|error| error.to_string())?);
        for _ in 0..DELIVERING {
            let (own, stopped) = of(bank, &stop);
            let client = Arc::clone(&client);
            threads.push(std::thread::spawn(move || {
                let run = Run {
                    bank: &own,
                    client: &client,
                    clock: &clock,
                    stopped: &|| stopped.load(Ordering::Relaxed),
                };
                keep_on(&stopped, LOOK, "delivering", || deliver_next(&run));
            }));
        }
        if let Some(server) = &bank.outside.mail_server {
            let mailer = Mailer::open(server).map_err(|error| error.to_string())?;
            let (own, stopped) = of(bank, &stop);
            threads.push(std::thread::spawn(move || {
                keep_on(&stopped, LOOK, "mailing", || send_next(&own, &mailer, clock()));
            }));
            let (own, stopped) = of(bank, &stop);
            threads.push(std::thread::spawn(move || {
                keep_on(&stopped, DIGEST, "writing mail", || {
                    write_digests(&own, &Context::of(Caller::Bank, clock())).map(|_| false)
                });
            }));
        }
        Ok(Self { stop, threads })
    }

    /// Ends the threads; what is under way is finished first, within the time that an exchange may take.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in &self.threads {
            thread.thread().unpark();
        }
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a courier had ended by itself");
            }
        }
    }
}

/// Does work until it is to stop, and rests where there was none, or where it failed.
fn keep_on(stopped: &AtomicBool, rest: Duration, what: &str, work: impl Fn() -> Result<bool, OpError>) {
    while !stopped.load(Ordering::Relaxed) {
        match catch_unwind(AssertUnwindSafe(&work)) {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "{what} failed; it is tried again"),
            Err(_) => tracing::error!("{what} panicked; it is tried again"),
        }
        std::thread::park_timeout(rest);
    }
}
