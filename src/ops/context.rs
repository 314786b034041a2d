//! What every operation gets: the bank's parts, and who asks, when, and in which request.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::error::OpError;
use crate::domain::actor::{Actor, Caller};
use crate::domain::bilingual::Bilingual;
use crate::domain::event::event_type;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::files::Files;
use crate::outside::fetch::Fetcher;
use crate::outside::mail::MailServer;
use crate::outside::target::Reach;
use crate::paper::Paper;
use crate::store::Store;
use crate::store::connection::Conn;
use crate::store::journal::Told;
use crate::vault::passwords::Passwords;
use crate::vault::seal::Sealer;
use crate::vault::tokens::Tokens;

/// The parts of a running bank.
pub struct Bank {
    pub store: Store,
    pub sealer: Sealer,
    pub passwords: Passwords,
    pub tokens: Tokens,
    /// The bank's own clock offset: it says which day it is.
    pub offset: FixedOffset,
    pub access_token_life: TimeDelta,
    pub refresh_token_life: TimeDelta,
    /// How long a browser's log-in lasts without being used.
    pub browser_idle: TimeDelta,
    /// How long it lasts at the most.
    pub browser_life: TimeDelta,
    /// How long a code to claim an account is good.
    pub claim_code_life: TimeDelta,
    /// How many calendar days an accepted rule pack is on public notice.
    pub pack_notice_days: u16,
    /// Where the content of evidence files lies.
    pub files: Files,
    /// The most bytes of an evidence file.
    pub evidence_bytes_max: usize,
    /// The most bytes of a file of outcomes.
    pub import_bytes_max: u64,
    /// For how many days the file of an import is kept after the import has ended.
    pub import_files_days: u16,
    /// After how long without a sign of life an import is taken from its runner. A chunk takes far less.
    pub import_silence: TimeDelta,
    pub outside: Outside,
    /// Fetches what credentials of others name.
    pub fetcher: Fetcher,
    /// What the bank is called.
    pub name: Bilingual,
    /// Where people reach whoever runs it.
    pub contact: Option<Bilingual>,
    /// Prints statements and certificates.
    pub paper: Paper,
}

/// How events leave the bank.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Whom webhooks may lead to.
    pub reach: Reach,
    /// How long events can be read.
    pub event_life: TimeDelta,
    /// Where mail is sent by; without it there is none.
    pub mail_server: Option<MailServer>,
    /// How long a learner gets no further mail after one.
    pub mail_pause: TimeDelta,
    /// Where the bank is read, for mail.
    pub public_url: String,
}

/// Who asks, when, in which request.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    pub caller: Caller,
    /// Cut to microseconds: both back ends keep no more.
    pub now: DateTime<Utc>,
    pub request_id: Uuid,
}

impl Bank {
    /// The day at the bank at a moment.
    pub fn day(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.offset).date_naive()
    }

    /// The moment at which a day at the bank is over.
    pub fn end_of_day(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let next = day.succ_opt()?.and_hms_opt(0, 0, 0)?;
        next.and_local_timezone(self.offset).single().map(|moment| moment.to_utc())
    }
}

impl Context {
    /// Somebody who asks now, in a request of its own.
    pub fn of(caller: Caller, now: DateTime<Utc>) -> Self {
        Self {
            caller,
            now,
            request_id: Uuid::now_v7(),
        }
    }

    /// Who the caller is now. A log-in that ended is nobody.
    ///
    /// # Errors
    /// `Unauthenticated` when the token's log-in or user is no longer good.
    pub fn actor(&self, conn: &mut Conn) -> Result<Actor, OpError> {
        let found = match self.caller {
            Caller::Anonymous => Some(Actor::Anonymous),
            Caller::Bank | Caller::Import { .. } => Some(Actor::Bank),
            Caller::User { user_id, session_id } => crate::store::people::load_actor(conn, user_id, session_id)?,
            Caller::Client { client_id, scopes } => crate::store::clients::load_actor(conn, client_id, scopes)?,
        };
        found.ok_or(OpError::Rejected(Rejection::Unauthenticated {}))
    }

    /// Who the caller is now, if anybody.
    ///
    /// # Errors
    /// `Unauthenticated` for nobody.
    pub fn somebody(&self, conn: &mut Conn) -> Result<Actor, OpError> {
        match self.actor(conn)? {
            Actor::Anonymous => Err(Rejection::Unauthenticated {}.into()),
            actor => Ok(actor),
        }
    }

    /// Refuses nobody before a batch is looked at.
    ///
    /// # Errors
    /// `Unauthenticated` for nobody.
    pub fn somebody_now(&self, bank: &Bank) -> Result<(), OpError> {
        bank.store.read(|conn| self.somebody(conn).map(|_| ()))
    }

    /// Begins what is told of a write; it is one of the types in the table.
    pub fn told(&self, operation: &'static str, subject_kind: &'static str, subject_id: Uuid) -> Told {
        debug_assert!(
            event_type(&format!("{subject_kind}.{operation}")).is_some(),
            "{subject_kind}.{operation} is not in domain/event/table.rs"
        );
        Told {
            actor: self.caller.label(),
            at: self.now,
            request_id: self.request_id,
            operation,
            subject_kind,
            subject_id,
            learner_id: None,
            institution_id: None,
            details: serde_json::Value::Object(serde_json::Map::new()),
        }
    }

    /// Loads the caller and asks the policy.
    ///
    /// # Errors
    /// What the policy answers.
    pub fn authorised(&self, conn: &mut Conn, action: Action, resource: Resource) -> Result<Actor, OpError> {
        let actor = self.actor(conn)?;
        policy::allowed(&actor, action, resource)?;
        Ok(actor)
    }
}
