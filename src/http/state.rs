//! What every request has at hand: the bank, the depositor, and the counters of attempts.

use std::net::IpAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, web};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use metrics_exporter_prometheus::PrometheusHandle;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::problem::{Problem, Refusal};
use crate::config::Config;
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::depositor::Depositor;
use crate::ops::error::OpError;

/// The parts of the running server.
pub struct Web {
    pub bank: Arc<Bank>,
    pub depositor: Depositor,
    pub metrics: PrometheusHandle,
    pub public_url: String,
    pub(super) pages: Pages,
    behind_proxy: bool,
    /// Allocations take a core each, and no more of them run than there are.
    calculations: Semaphore,
    cores: u32,
    /// What may wait for others' servers, so that such do not hold up anything else.
    outward: Semaphore,
    /// Keyed by a digest, so that no name is kept.
    by_account: DefaultKeyedRateLimiter<[u8; 32]>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    questions: DefaultKeyedRateLimiter<IpAddr>,
    archives: DefaultKeyedRateLimiter<[u8; 32]>,
}

/// So many requests at once may wait for others' servers.
const OUTWARD_MAX: usize = 16;

/// How many cores a calculation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    One,
    All,
}

impl Width {
    /// One core for a single thing, all for several at once.
    pub fn of(single: bool) -> Self {
        if single { Self::One } else { Self::All }
    }
}

/// The pages that are served beside the API.
#[derive(Clone, Copy)]
pub struct Pages {
    pub register: fn(&mut ServiceConfig),
    /// What a person's browser is shown in the place of a problem document, in the language that the person chose.
    pub problem: fn(&HttpRequest, &dyn Fn(Language) -> Problem) -> Option<HttpResponse>,
}

/// How many attempts are let through.
#[derive(Debug, Clone, Copy)]
struct AttemptLimits {
    per_account: u32,
    per_address: u32,
    /// Questions without an account, which cost a calculation each.
    questions_per_address: u32,
}

fn per_minute(attempts: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN))
}

/// Nobody who holds such a place panics: a poisoned one holds what was put there.
fn put<T>(place: &Mutex<Option<T>>, answer: T) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
}

fn take<T>(place: &Mutex<Option<T>>) -> Option<T> {
    place.lock().unwrap_or_else(PoisonError::into_inner).take()
}

impl Web {
    pub(super) fn new(bank: Arc<Bank>, metrics: PrometheusHandle, config: &Config, pages: Pages) -> Self {
        let limits = AttemptLimits {
            per_account: config.log_in.attempts_per_account,
            per_address: config.log_in.attempts_per_address,
            questions_per_address: config.log_in.questions_per_address,
        };
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(1_024);
        Self {
            depositor: Depositor::start(Arc::clone(&bank)),
            bank,
            metrics,
            public_url: config.server.public_url.clone(),
            pages,
            behind_proxy: config.server.behind_proxy,
            calculations: Semaphore::new(cores),
            cores: u32::try_from(cores).unwrap_or(1),
            outward: Semaphore::new(OUTWARD_MAX),
            by_account: RateLimiter::keyed(per_minute(limits.per_account)),
            by_address: RateLimiter::keyed(per_minute(limits.per_address)),
            questions: RateLimiter::keyed(per_minute(limits.questions_per_address)),
            archives: RateLimiter::keyed(Quota::per_hour(config.archives_per_hour)),
        }
    }

    /// Runs a blocking operation off the async threads.
    ///
    /// # Errors
    /// What the operation answers.
    pub async fn run<T: Send + 'static>(&self, operation: impl FnOnce(&Bank) -> Result<T, OpError> + Send + 'static) -> Result<T, Refusal> {
        // Hundreds of operations come through here: what is around them is compiled once, and not once for each.
        let place = Arc::new(Mutex::new(None));
        let answer = Arc::clone(&place);
        self.run_apart(Box::new(move |bank| put(&answer, operation(bank)))).await?;
        let answer = take(&place);
        Ok(answer.ok_or(Refusal::INTERNAL)??)
    }

    async fn run_apart(&self, operation: Box<dyn FnOnce(&Bank) + Send>) -> Result<(), Refusal> {
        let bank = Arc::clone(&self.bank);
        let span = tracing::Span::current();
        Ok(web::block(move || span.in_scope(|| operation(&bank))).await?)
    }

    /// Runs a calculation, when there are cores for it.
    ///
    /// # Errors
    /// What the operation answers.
    pub async fn calculate<T: Send + 'static>(
        &self,
        width: Width,
        operation: impl FnOnce(&Bank) -> Result<T, OpError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let cores = match width {
            Width::One => 1,
            Width::All => self.cores,
        };
        // The semaphore is never closed; were it, the calculation would run all the same.
        let _cores = self.calculations.acquire_many(cores).await.ok();
        self.run(operation).await
    }

    /// Runs an operation that may wait for others' servers, or for a signature, a few at once.
    ///
    /// # Errors
    /// What the operation answers.
    pub async fn look_outside<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&Bank) -> Result<T, OpError> + Send + 'static,
    ) -> Result<T, Refusal> {
        // As above: never closed.
        let _place = self.outward.acquire().await.ok();
        self.run(operation).await
    }

    /// Counts an attempt to get in.
    ///
    /// # Errors
    /// `TooManyAttempts` for this account or from this address.
    pub fn attempt(&self, request: &HttpRequest, account: &str) -> Result<(), Rejection> {
        let digest = Sha256::digest(account.as_bytes()).into();
        let from_account = account.is_empty() || self.by_account.check_key(&digest).is_ok();
        let from_address = self
            .address(request)
            .is_none_or(|address| self.by_address.check_key(&address).is_ok());
        if from_account && from_address {
            Ok(())
        } else {
            Err(Rejection::TooManyAttempts {})
        }
    }

    /// Counts a question without an account.
    ///
    /// # Errors
    /// `TooManyQuestions` from this address.
    pub fn question(&self, request: &HttpRequest) -> Result<(), Rejection> {
        let address = self.address(request);
        if address.is_none_or(|address| self.questions.check_key(&address).is_ok()) {
            Ok(())
        } else {
            Err(Rejection::TooManyQuestions {})
        }
    }

    /// Counts an archive that somebody makes or brings: each takes up to a gibibyte of disk while it is under way.
    ///
    /// # Errors
    /// `TooManyArchives`.
    pub fn archive(&self, context: &Context) -> Result<(), Rejection> {
        let digest = Sha256::digest(context.caller.label().as_bytes()).into();
        self.archives.check_key(&digest).map_err(|_| Rejection::TooManyArchives {})
    }

    /// Forgets who has not tried for long.
    pub fn forget_attempts(&self) {
        self.by_account.retain_recent();
        self.by_address.retain_recent();
        self.questions.retain_recent();
        self.archives.retain_recent();
    }

    fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let forwarded = || {
            request
                .headers()
                .get("x-forwarded-for")?
                .to_str()
                .ok()?
                .rsplit(',')
                .next()?
                .trim()
                .parse()
                .ok()
        };
        let peer = || request.peer_addr().map(|peer| peer.ip());
        if self.behind_proxy { forwarded().or_else(peer) } else { peer() }
    }
}
