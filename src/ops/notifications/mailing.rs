//! Mail to learners: a digest of what waits, no more often than the settings say, and the queue of what is on its way.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::settings::{address_of, language_of};
use crate::domain::language::Language;
use crate::domain::notification::{NotificationKind, line};
use crate::domain::policy::{Action, Resource};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::news::kind_of;
use crate::outside::mail::{MailError, Mailer};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::mails::{self, MailRow};
use crate::store::notifications::{self as store, NotificationRow, SettingsRow};
use crate::store::records;
use crate::store::types::{At, Key};

/// A mail in clear; it is sealed wherever it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Letter {
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) text: String,
}

/// How many learners are looked at in one go.
const PAGE: i64 = 100;

/// How often a mail is tried: with its delays for about two days.
const ATTEMPTS_MAX: i64 = 8;

fn letter_place(mail_id: Uuid) -> String {
    format!("mails.letter:{mail_id}")
}

/// Puts a mail on its way.
pub(super) fn post(bank: &Bank, conn: &mut Conn, letter: &Letter, now: DateTime<Utc>) -> Result<(), OpError> {
    let mail_id = Uuid::now_v7();
    let plain = Zeroizing::new(serde_json::to_vec(letter).map_err(|error| OpError::Secret(error.to_string()))?);
    let row = MailRow {
        mail_id: Key(mail_id),
        letter_sealed: bank.sealer.seal(&plain, &letter_place(mail_id))?,
        attempts: 0,
        next_attempt_at: At(now),
        created_at: At(now),
    };
    Ok(mails::insert(conn, &row)?)
}

/// Writes one mail for each learner for whom something waits and who had none for a while, and says how many that were. Run twice
/// it writes nothing more.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn write_digests(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    let (mut written, mut after) = (0, Uuid::nil());
    loop {
        let learner_ids = bank.store.read(|conn| {
            context.authorised(conn, Action::CarryEventsOut, Resource::Bank)?;
            Ok::<_, OpError>(store::learners_to_mail(conn, after, PAGE)?)
        })?;
        let Some(last) = learner_ids.last() else { return Ok(written) };
        after = *last;
        for learner_id in learner_ids {
            written += u64::from(write_digest(bank, context, learner_id)?);
        }
    }
}

fn write_digest(bank: &Bank, context: &Context, learner_id: Uuid) -> Result<bool, OpError> {
    bank.store.write(|conn| {
        // Of an account that was merged since, what waits is read in the account that stays.
        let is_itself = records::present(conn, &[learner_id])? == [learner_id];
        let settings = store::settings(conn, learner_id)?.filter(|row| is_itself && row.confirmed_at.is_some());
        let Some(settings) = settings else {
            store::note_mailed(conn, learner_id)?;
            return Ok(false);
        };
        let is_soon = settings
            .mailed_at
            .as_ref()
            .is_some_and(|at| context.now - at.0 < bank.outside.mail_pause);
        let Some(to) = address_of(bank, &settings)?.filter(|_| !is_soon) else {
            return Ok(false);
        };
        records::lock_learner(conn, learner_id)?;
        let rows = store::to_mail(conn, learner_id)?;
        if rows.is_empty() {
            return Ok(false);
        }
        post(bank, conn, &digest(bank, to, &rows, language_of(&settings)?.into())?, context.now)?;
        store::note_mailed(conn, learner_id)?;
        let edition = settings.edition;
        let mailed = SettingsRow {
            mailed_at: Some(At(context.now)),
            ..settings
        };
        if !store::write_settings(conn, &mailed, edition)? {
            return Err(StoreError::Stale.into());
        }
        Ok(true)
    })
}

/// A line for each kind, however much there is of it; what it is in particular is read in the account.
fn digest(bank: &Bank, to: String, rows: &[NotificationRow], language: Language) -> Result<Letter, StoreError> {
    let mut numbers: BTreeMap<NotificationKind, usize> = BTreeMap::new();
    for row in rows {
        *numbers.entry(kind_of(row)?).or_default() += 1;
    }
    let lines: Vec<String> = numbers.into_iter().map(|(kind, number)| line(kind, number, language)).collect();
    let (subject, ending) = match language {
        Language::Chinese => ("学分银行：您的账户有新消息", "请登录查看"),
        Language::English => ("Credit bank: news of your account", "Log in to read it"),
    };
    Ok(Letter {
        to,
        subject: subject.to_owned(),
        text: format!("{}\n\n{ending}: {}\n", lines.join("\n"), bank.outside.public_url),
    })
}

/// When a mail is tried again: after a minute, and three times as long each time.
fn next_try(attempts: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let times = u32::try_from(attempts).unwrap_or(0).min(8);
    now + TimeDelta::minutes(3_i64.pow(times))
}

/// Sends the mail that has been due for longest; false when there is none.
///
/// # Errors
/// When the database fails; the mail is tried again then.
pub fn send_next(bank: &Bank, mailer: &Mailer, now: DateTime<Utc>) -> Result<bool, OpError> {
    let Some(row) = bank.store.read(|conn| mails::next_due(conn, now))? else {
        return Ok(false);
    };
    let mail_id = row.mail_id.0;
    let is_taken = bank.store.write(|conn| {
        Context::of(crate::domain::actor::Caller::Bank, now).authorised(conn, Action::CarryEventsOut, Resource::Bank)?;
        Ok::<_, OpError>(mails::take(conn, &row, next_try(row.attempts, now))?)
    })?;
    if !is_taken {
        return Ok(true);
    }
    let plain = bank.sealer.open(&row.letter_sealed, &letter_place(mail_id))?;
    let letter: Letter = serde_json::from_slice(&plain).map_err(|error| OpError::Secret(error.to_string()))?;
    let outcome = match mailer.send(&letter.to, &letter.subject, &letter.text) {
        Ok(()) => "sent",
        Err(MailError::Later) if row.attempts + 1 < ATTEMPTS_MAX => "later",
        Err(_) => "given_up",
    };
    if outcome != "later" {
        bank.store.write(|conn| mails::delete(conn, mail_id))?;
    }
    // Not to whom, and not what the server said of it: that may name the address.
    if outcome != "sent" {
        tracing::warn!(%mail_id, outcome, "a mail was not taken");
    }
    metrics::counter!("credit_bank_mails_total", "outcome" => outcome).increment(1);
    Ok(true)
}
