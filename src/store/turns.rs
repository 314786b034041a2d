//! Turns of this process's writers, in the order in which they came. SQLite lets those who wait for its lock try again after
//! pauses that grow, so that who comes last may well be next, and who came first waits for seconds.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::error::StoreError;

/// Who writes, and who waits to.
#[derive(Debug)]
pub(super) struct Turns {
    waiting: Mutex<Waiting>,
    moved: Condvar,
    wait_max: Duration,
}

#[derive(Debug, Default)]
struct Waiting {
    is_taken: bool,
    /// The numbers of those who wait, and the next one to be given.
    numbers: VecDeque<u64>,
    next: u64,
}

impl Waiting {
    fn is_turn_of(&self, number: u64) -> bool {
        !self.is_taken && self.numbers.front() == Some(&number)
    }
}

/// A turn; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a>(&'a Turns);

impl Turns {
    /// Nobody waits longer than `wait_max`.
    pub(super) fn new(wait_max: Duration) -> Self {
        Self {
            waiting: Mutex::default(),
            moved: Condvar::new(),
            wait_max,
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// `Busy` when it does not come in time.
    pub(super) fn take(&self) -> Result<Turn<'_>, StoreError> {
        let mut waiting = self.waiting();
        let number = waiting.next;
        waiting.next += 1;
        waiting.numbers.push_back(number);
        let (mut waiting, _) = self
            .moved
            .wait_timeout_while(waiting, self.wait_max, |waiting| !waiting.is_turn_of(number))
            .unwrap_or_else(PoisonError::into_inner);
        let is_come = waiting.is_turn_of(number);
        waiting.numbers.retain(|other| *other != number);
        if !is_come {
            // Whoever is behind may be the first now.
            self.moved.notify_all();
            return Err(StoreError::Busy);
        }
        waiting.is_taken = true;
        Ok(Turn(self))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Nothing in here can be left half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.waiting().is_taken = false;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(turns: &Turns, waiting: usize) {
        while turns.waiting().numbers.len() < waiting {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn who_came_first_is_first() {
        let turns = Turns::new(Duration::from_secs(60));
        let order = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            let first = turns.take().unwrap();
            for number in 0..8 {
                let (turns, order) = (&turns, &order);
                scope.spawn(move || {
                    let _turn = turns.take().unwrap();
                    order.lock().unwrap().push(number);
                });
                until(turns, number + 1);
            }
            drop(first);
        });
        assert_eq!(order.into_inner().unwrap(), (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn who_waits_too_long_is_told_so_and_keeps_nobody_back() {
        let turns = Turns::new(Duration::from_millis(20));
        let first = turns.take().unwrap();
        assert!(matches!(turns.take(), Err(StoreError::Busy)));
        drop(first);
        assert!(turns.take().is_ok());
    }
}
