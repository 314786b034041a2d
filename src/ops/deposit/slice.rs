//! Slices one after the other: while one is written, the next is read, parsed, indexed and sealed on another core.

use std::sync::mpsc::sync_channel;

use super::prepare::Prepared;
use super::{Answers, DepositRequest, Imagined, deposit_prepared, imagine_prepared, prepare_all};
use crate::domain::rejection::Rejection;
use crate::ops::context::Bank;
use crate::ops::error::OpError;
use crate::store::connection::Conn;

/// Requests of which everything that needs no database is done.
pub struct Slice {
    requests: Vec<DepositRequest>,
    prepared: Vec<Result<Prepared, Rejection>>,
}

impl Slice {
    /// Makes requests ready.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn prepare(bank: &Bank, requests: Vec<DepositRequest>) -> Result<Self, OpError> {
        let prepared = prepare_all(bank, &requests)?;
        Ok(Self { requests, prepared })
    }

    /// Deposits them as [`super::deposit_outcomes`] does, and does something more with the answers in the same transaction, such
    /// as moving the place of whoever works through a file. Like the rest of a write it may run again.
    ///
    /// # Errors
    /// When the database fails, or what `also` answers: then nothing of it happened.
    pub fn deposit_with<T>(
        &self,
        bank: &Bank,
        also: impl FnMut(&mut Conn, &Answers) -> Result<T, OpError>,
    ) -> Result<(Answers, T), OpError> {
        deposit_prepared(bank, &self.requests, &self.prepared, also)
    }

    /// What a deposit would answer now, were the slices before it deposited that `imagined` has seen; nothing is written.
    ///
    /// # Errors
    /// When the database fails.
    pub fn imagine(&self, bank: &Bank, imagined: &mut Imagined) -> Result<Answers, OpError> {
        imagine_prepared(bank, &self.requests, &self.prepared, imagined)
    }
}

/// Does `work` with each slice in order, while the next one is taken from `slices` and made ready. What comes with the
/// requests of a slice is handed on with it. It ends at the first error; at most three slices are held at a time.
///
/// # Errors
/// What `work` answers, or when a slice cannot be made ready.
pub fn each_in_turn<M: Send, E: From<OpError>>(
    bank: &Bank,
    slices: impl Iterator<Item = (M, Vec<DepositRequest>)> + Send,
    mut work: impl FnMut(M, Slice) -> Result<(), E>,
) -> Result<(), E> {
    std::thread::scope(|scope| {
        let (ready, waiting) = sync_channel(1);
        scope.spawn(move || {
            for (more, requests) in slices {
                // Nobody waits any more where the work ended.
                if ready.send((more, Slice::prepare(bank, requests))).is_err() {
                    return;
                }
            }
        });
        waiting.into_iter().try_for_each(|(more, slice)| work(more, slice?))
    })
}
