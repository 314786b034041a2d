//! Single deposits share commits: one writer takes whatever waits, with no timer, and answers each by itself.
//! An idle bank answers at once; under load a flush to disk is paid once for many.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::context::Bank;
use super::deposit::{Answers, DepositRequest, Deposited, deposit_outcomes};
use super::error::OpError;
use crate::domain::rejection::Rejection;
use crate::store::error::StoreError;

/// How many deposits share a commit at most: with more, the last of a group would wait too long.
const GROUP_MAX: usize = 256;

/// How many deposits may wait; more are told to come again.
const QUEUE_MAX: usize = 4096;

struct Waiting {
    request: DepositRequest,
    answer: oneshot::Sender<Result<Deposited, OpError>>,
}

/// The door to the writer. The writer ends when the last door is dropped.
#[derive(Clone)]
pub struct Depositor {
    queue: SyncSender<Waiting>,
}

fn unavailable(what: &str) -> OpError {
    StoreError::Pool(what.to_owned()).into()
}

impl Depositor {
    /// Starts the writer.
    pub fn start(bank: Arc<Bank>) -> Self {
        let (queue, waiting) = sync_channel(QUEUE_MAX);
        std::thread::spawn(move || write(&bank, &waiting));
        Self { queue }
    }

    /// Deposits one outcome together with whatever else waits; the answer comes after the shared commit.
    ///
    /// # Errors
    /// The refusal of this one, or that the database failed.
    pub async fn deposit(&self, request: DepositRequest) -> Result<Deposited, OpError> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { request, answer }).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too many deposits wait"),
            TrySendError::Disconnected(_) => unavailable("the depositor has ended"),
        })?;
        answered.await.map_err(|_| unavailable("the depositor broke off"))?
    }
}

fn write(bank: &Bank, waiting: &Receiver<Waiting>) {
    while let Ok(first) = waiting.recv() {
        let (requests, answers): (Vec<DepositRequest>, Vec<_>) = std::iter::once(first)
            .chain(waiting.try_iter().take(GROUP_MAX - 1))
            .map(|waiting| (waiting.request, waiting.answer))
            .unzip();
        metrics::histogram!("credit_bank_deposits_per_commit").record(u32::try_from(requests.len()).unwrap_or(u32::MAX));
        for (result, answer) in together(bank, &requests).into_iter().zip(answers) {
            // Whoever asked may have gone away; the deposit stands all the same.
            drop(answer.send(result));
        }
    }
}

/// One commit for all; where that fails, each by itself, so that one that breaks the database's rules fails alone.
fn together(bank: &Bank, requests: &[DepositRequest]) -> Vec<Result<Deposited, OpError>> {
    let each = |answers: Answers| answers.into_iter().map(|answer| answer.map_err(OpError::Rejected)).collect();
    match deposit_outcomes(bank, requests) {
        Ok(answers) => each(answers),
        Err(error) if requests.len() > 1 && !is_outage(&error) => requests.iter().map(|request| alone(bank, request)).collect(),
        Err(error) => {
            let message = error.to_string();
            requests.iter().map(|_| Err(unavailable(&message))).collect()
        }
    }
}

fn alone(bank: &Bank, request: &DepositRequest) -> Result<Deposited, OpError> {
    let mut answers = deposit_outcomes(bank, std::slice::from_ref(request))?;
    answers.pop().unwrap_or(Err(Rejection::NotFound {})).map_err(OpError::Rejected)
}

fn is_outage(error: &OpError) -> bool {
    matches!(error, OpError::Store(error) if error.is_outage())
}
