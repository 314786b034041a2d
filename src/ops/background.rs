//! A thread of the running server that takes one job after the other from a queue in the database.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::error::OpError;

/// Says what moment it is; this floor has no clock of its own.
pub type Clock = fn() -> DateTime<Utc>;

/// The same, for a job and the threads that it starts.
pub type SharedClock<'a> = &'a (dyn Fn() -> DateTime<Utc> + Sync);

/// The running thread.
pub struct Background {
    what: &'static str,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Background {
    /// Starts the thread. `run_next` runs a job and answers whether there was one; it ends early when what it is given says that
    /// the thread is being stopped. While there is none it is asked again after each `rest`.
    pub fn start(
        what: &'static str,
        rest: Duration,
        run_next: impl Fn(&dyn Fn() -> bool) -> Result<bool, OpError> + Send + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let run = || run_next(&|| stopped.load(Ordering::Relaxed));
                match catch_unwind(AssertUnwindSafe(run)) {
                    Ok(Ok(true)) => continue,
                    Ok(Ok(false)) => {}
                    Ok(Err(error)) => tracing::warn!(what, %error, "a job broke off; it is begun again"),
                    // What did it is met again; after a few attempts its job is given up, and others run.
                    Err(_) => tracing::error!(what, "a job ended its run; it is begun again"),
                }
                std::thread::park_timeout(rest);
            }
        });
        Self { what, stop, thread }
    }

    /// Asks the thread to end, and does not wait.
    pub fn ask_to_stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
    }

    /// Ends the thread; what it runs is put back into its queue, or finished.
    pub fn stop(self) {
        self.ask_to_stop();
        if self.thread.join().is_err() {
            tracing::error!(what = self.what, "the thread had ended by itself");
        }
    }
}
