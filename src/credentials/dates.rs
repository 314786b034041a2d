//! When a credential is valid.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::refusal::{Note, Refusal};

/// The moment, or the day, for which a credential is looked at; on a day it is valid if it is at any moment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    earliest: DateTime<Utc>,
    latest: DateTime<Utc>,
}

impl When {
    /// A moment.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            earliest: now,
            latest: now,
        }
    }

    /// A day.
    pub fn on(day: NaiveDate) -> Self {
        let earliest = day.and_time(NaiveTime::MIN).and_utc();
        Self {
            earliest,
            latest: earliest.checked_add_signed(last_of_day()).unwrap_or(earliest),
        }
    }

    /// The last moment that is looked at.
    pub fn latest(self) -> DateTime<Utc> {
        self.latest
    }
}

fn last_of_day() -> TimeDelta {
    TimeDelta::days(1) - TimeDelta::microseconds(1)
}

/// A moment as credentials write it, or a day, of which the first or the last moment counts.
fn moment(text: &str, of_day: TimeDelta) -> Option<DateTime<Utc>> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc());
    }
    // The zone may be missing; XML Schema allows it.
    if let Ok(moment) = text.parse::<chrono::NaiveDateTime>() {
        return Some(moment.and_utc());
    }
    text.parse::<NaiveDate>()
        .ok()?
        .and_time(NaiveTime::MIN)
        .and_utc()
        .checked_add_signed(of_day)
}

/// Whether a credential is valid; `begins` and `expires` are what a JWT around it says, in seconds since 1970.
pub(super) fn check(credential: &Map<String, Value>, begins: Option<i64>, expires: Option<i64>, when: When) -> Result<Note, Refusal> {
    let read = |name: &str, of_day: TimeDelta| -> Result<Option<DateTime<Utc>>, Refusal> {
        let Some(value) = credential.get(name) else { return Ok(None) };
        let read = value.as_str().and_then(|text| moment(text, of_day));
        read.map(Some).ok_or_else(|| Refusal::DateUnreadable { part: name.to_owned() })
    };
    let of_seconds = |seconds: Option<i64>| seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    // The names of the data model 2.0, and those of 1.1.
    let starts = [
        read("validFrom", TimeDelta::zero())?,
        read("issuanceDate", TimeDelta::zero())?,
        of_seconds(begins),
    ];
    let ends = [
        read("validUntil", last_of_day())?,
        read("expirationDate", last_of_day())?,
        of_seconds(expires),
    ];
    if let Some(on) = ends.into_iter().flatten().find(|end| *end < when.earliest) {
        return Err(Refusal::Expired { on: on.date_naive() });
    }
    if let Some(from) = starts.into_iter().flatten().find(|start| *start > when.latest) {
        return Err(Refusal::NotYetValid { from: from.date_naive() });
    }
    let has_end = ends.into_iter().flatten().next().is_some();
    Ok(if has_end { Note::WithinDates {} } else { Note::NoEnd {} })
}
