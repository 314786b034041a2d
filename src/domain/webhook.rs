//! Webhooks: where they stand, and when something that was not delivered is tried again.

use core::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// Where a webhook stands.
    pub enum WebhookStatus {
        Active => "active",
        /// Nothing is sent; what is to be sent waits, as far as there is room.
        Paused => "paused",
        /// As paused: its receiver said that it is gone, or its API client was ended.
        Disabled => "disabled",
    }
}

words! {
    /// Where a delivery stands.
    pub enum DeliveryStatus {
        /// It is tried again at `next_attempt_at`.
        Pending => "pending",
        Delivered => "delivered",
        /// It was given up. It can be replayed.
        Dead => "dead",
    }
}

/// Why a webhook is disabled whose API client was ended.
pub const CLIENT_REVOKED: &str = "client_revoked";

/// How often something is tried.
pub const ATTEMPTS_MAX: i64 = 15;

/// For how long something is tried, and a webhook may fail before it is paused.
pub const PATIENCE: TimeDelta = TimeDelta::days(3);

/// From 5 s on, three times as long each time and up to 12 h, with up to as much again by chance so that those that failed
/// together do not come back together: with all tries about three days and a half.
const BACKOFF: ExponentialBuilder = ExponentialBuilder::new()
    .with_jitter()
    .with_factor(3.0)
    .with_min_delay(Duration::from_secs(5))
    .with_max_delay(Duration::from_secs(12 * 3600))
    .without_max_times();

/// How long to wait after so many tries; `seed` is the chance in it.
pub fn delay(attempts: i64, seed: u64) -> TimeDelta {
    let nth = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(64);
    let waited = BACKOFF.with_jitter_seed(seed).build().nth(nth).unwrap_or_default();
    TimeDelta::from_std(waited).unwrap_or(PATIENCE)
}

/// When something that was made then, and was tried so often now, is tried again; `None` where it is given up.
pub fn next_attempt(created_at: DateTime<Utc>, attempts: i64, now: DateTime<Utc>, seed: u64) -> Option<DateTime<Utc>> {
    let patient = attempts < ATTEMPTS_MAX && now - created_at < PATIENCE;
    patient.then(|| now + delay(attempts, seed))
}

/// How long a webhook that fails since then is left alone: half as long as it has failed, from 5 s to an hour.
pub fn hold(failing_since: DateTime<Utc>, now: DateTime<Utc>) -> TimeDelta {
    ((now - failing_since) / 2).clamp(TimeDelta::seconds(5), TimeDelta::hours(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_spread_over_three_days_and_then_given_up() {
        let created: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
        for seed in 0..20 {
            let (mut now, mut attempts) = (created, 0);
            loop {
                attempts += 1;
                match next_attempt(created, attempts, now, seed) {
                    None => break,
                    Some(next) => {
                        let least = TimeDelta::seconds(5 * 3_i64.pow(u32::try_from(attempts - 1).unwrap().min(8)));
                        assert!(
                            next - now >= least && next - now <= TimeDelta::hours(24),
                            "{attempts}: {}",
                            next - now
                        );
                        now = next;
                    }
                }
            }
            assert!(
                now - created >= TimeDelta::days(2) && now - created <= TimeDelta::days(4),
                "{}",
                now - created
            );
            assert!((10..=ATTEMPTS_MAX).contains(&attempts), "{attempts}");
        }
        assert_ne!(delay(5, 1), delay(5, 2));
        assert_eq!(delay(5, 1), delay(5, 1));
    }

    #[test]
    fn the_longer_a_webhook_fails_the_longer_it_is_left_alone() {
        let since: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
        for (failed, held) in [(0, 5), (60, 30), (7200, 3600), (100_000, 3600)] {
            assert_eq!(hold(since, since + TimeDelta::seconds(failed)), TimeDelta::seconds(held));
        }
    }
}
