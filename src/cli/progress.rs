//! How far it is: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// Rows or bytes done, their rate, and the time left.
pub(super) struct Progress {
    bar: ProgressBar,
    plain: bool,
    what: &'static str,
    total: u64,
    began: Instant,
    said: Instant,
}

impl Progress {
    /// Begins for a number of rows or bytes.
    pub(super) fn begin(total: u64, what: &'static str) -> Self {
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {per_sec}, {eta} left") {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self {
            bar,
            plain: !std::io::stderr().is_terminal(),
            what,
            total,
            began: Instant::now(),
            said: Instant::now(),
        }
    }

    /// Some more are done.
    pub(super) fn advance(&mut self, more: u64) {
        self.reach(self.bar.position().saturating_add(more));
    }

    /// So many are done by now.
    pub(super) fn reach(&mut self, done: u64) {
        self.bar.set_position(done);
        if self.plain && (self.said.elapsed() > Duration::from_secs(2) || self.bar.position() == self.total) {
            self.said = Instant::now();
            self.say();
        }
    }

    #[expect(clippy::print_stderr, reason = "progress is for whoever waits")]
    fn say(&self) {
        let done = self.bar.position();
        let milliseconds = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = done.saturating_mul(1000) / milliseconds;
        let left = Duration::from_secs(self.total.saturating_sub(done) / rate.max(1));
        eprintln!("{done}/{} {}, {rate}/s, {} left", self.total, self.what, HumanDuration(left));
    }

    /// All are done.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
