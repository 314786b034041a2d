//! Of what a learner wants mail, and where to: an address gets nothing but its code before the code came back.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::mailing::{Letter, post};
use crate::domain::language::Language;
use crate::domain::notification::{MailLanguage, NotificationKind, mailed_at_first};
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::access::{Whose, learner_of};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::outside::mail::is_address;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::notifications::{self as store, SettingsRow};
use crate::store::types::{At, Key};
use crate::vault::opaque;

/// How long a code is good, and how often it may be guessed.
const CODE_LIFE: TimeDelta = TimeDelta::hours(1);
const FAILURES_MAX: i64 = 5;

/// How long to wait for another code, and how many there are a day: somebody else's address is not flooded from here.
const CODE_PAUSE: TimeDelta = TimeDelta::minutes(1);
const CODES_MAX: i64 = 5;

/// What a learner wants by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "language": "zh", "mail": ["recognised", "claim_moved", "expiring"] }))]
pub struct MailWishes {
    pub language: MailLanguage,
    #[schema(max_items = 9)]
    pub mail: Vec<NotificationKind>,
}

/// What a learner wants by mail, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NotificationPreferences {
    /// 0 before anything was said.
    pub edition: i64,
    pub language: MailLanguage,
    pub mail: Vec<NotificationKind>,
    #[schema(example = "wang@example.com")]
    pub address: Option<String>,
    /// Whether its code came back; before that nothing else is sent there.
    pub confirmed: bool,
}

/// An address for mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailAddress {
    #[schema(min_length = 3, max_length = 254, example = "wang@example.com")]
    pub address: String,
    pub language: MailLanguage,
}

/// Where an address belongs; it opens nowhere else.
fn address_place(learner_id: Uuid) -> String {
    format!("notification_settings.address:{learner_id}")
}

/// The address of a learner in clear.
pub(super) fn address_of(bank: &Bank, row: &SettingsRow) -> Result<Option<String>, OpError> {
    let Some(sealed) = &row.address_sealed else { return Ok(None) };
    let plain = bank.sealer.open(sealed, &address_place(row.learner_id.0))?;
    let text = String::from_utf8(plain.to_vec()).map_err(|_| StoreError::Damaged("an address".to_owned()))?;
    Ok(Some(text))
}

pub(super) fn language_of(row: &SettingsRow) -> Result<MailLanguage, StoreError> {
    MailLanguage::parse(&row.language).ok_or_else(|| StoreError::Damaged("a language of mail".to_owned()))
}

fn preferences(bank: &Bank, row: &SettingsRow) -> Result<NotificationPreferences, OpError> {
    Ok(NotificationPreferences {
        edition: row.edition,
        language: language_of(row)?,
        mail: row
            .mail_kinds
            .split_ascii_whitespace()
            .filter_map(NotificationKind::parse)
            .collect(),
        address: address_of(bank, row)?,
        confirmed: row.confirmed_at.is_some(),
    })
}

fn listed(kinds: &[NotificationKind]) -> String {
    let all = NotificationKind::ALL.iter().filter(|kind| kinds.contains(kind));
    all.map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ")
}

/// What a learner wants, as it is before anything was said.
fn load(conn: &mut Conn, learner_id: Uuid) -> Result<SettingsRow, StoreError> {
    let unsaid = || SettingsRow {
        learner_id: Key(learner_id),
        edition: 0,
        language: MailLanguage::Chinese.to_string(),
        mail_kinds: listed(&mailed_at_first()),
        address_sealed: None,
        confirmed_at: None,
        code_digest: None,
        code_expires_at: None,
        code_failures: 0,
        codes_sent: 0,
        code_sent_at: None,
        mailed_at: None,
    };
    Ok(store::settings(conn, learner_id)?.unwrap_or_else(unsaid))
}

fn to_write(conn: &mut Conn, context: &Context) -> Result<SettingsRow, OpError> {
    let learner = learner_of(conn, context, Whose::Own, "notification_settings")?;
    let learner_id = learner.learner_id.0;
    context.authorised(conn, Action::WriteOwnSettings, Resource::Learner(learner_id))?;
    Ok(load(conn, learner_id)?)
}

/// Writes what a learner wants that still stands as it was read, and notes that it was written; not what it says.
fn write(conn: &mut Conn, context: &Context, row: SettingsRow) -> Result<SettingsRow, OpError> {
    let edition = row.edition;
    let row = SettingsRow {
        edition: edition + 1,
        ..row
    };
    if !store::write_settings(conn, &row, edition)? {
        return Err(StoreError::Stale.into());
    }
    let learner_id = row.learner_id.0;
    let told = context
        .told("write_settings", "notification_settings", learner_id)
        .of_learner(learner_id);
    tell(conn, &[told])?;
    Ok(row)
}

/// What the caller wants by mail.
///
/// # Errors
/// `NotFound` for somebody without a learning account, and what the policy answers.
pub fn read_notification_preferences(bank: &Bank, context: &Context) -> Result<NotificationPreferences, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "read_notification_preferences")?;
        preferences(bank, &load(conn, learner.learner_id.0)?)
    })
}

/// Says of what the caller wants mail.
///
/// # Errors
/// `NotFound`, `StaleEdition`, and what the policy answers.
pub fn put_notification_preferences(
    bank: &Bank,
    context: &Context,
    edition: i64,
    wishes: &MailWishes,
) -> Result<NotificationPreferences, OpError> {
    bank.store.write(|conn| {
        let row = to_write(conn, context)?;
        if row.edition != edition {
            return Err(Rejection::StaleEdition {}.into());
        }
        let row = SettingsRow {
            language: wishes.language.to_string(),
            mail_kinds: listed(&wishes.mail),
            ..row
        };
        preferences(bank, &write(conn, context, row)?)
    })
}

/// Gives an address for mail: it is sent a code, and whatever was there before is forgotten.
///
/// # Errors
/// `MailOff`, `InvalidBody`, `TooManyAttempts`, `NotFound`, and what the policy answers.
pub fn give_address(bank: &Bank, context: &Context, given: &MailAddress) -> Result<NotificationPreferences, OpError> {
    if !is_address(&given.address) {
        return Err(Rejection::field("/address", "must be an address for mail").into());
    }
    let code = format!("{:08}", opaque::random_number()? % 100_000_000);
    bank.store.write(|conn| {
        let row = to_write(conn, context)?;
        if bank.outside.mail_server.is_none() {
            return Err(Rejection::MailOff {}.into());
        }
        let codes_sent = codes_of_a_day(&row, context.now)?;
        let sealed = bank.sealer.seal(given.address.as_bytes(), &address_place(row.learner_id.0))?;
        let row = SettingsRow {
            language: given.language.to_string(),
            address_sealed: Some(sealed),
            confirmed_at: None,
            code_digest: Some(opaque::digest(&code)),
            code_expires_at: Some(At(context.now + CODE_LIFE)),
            code_failures: 0,
            codes_sent,
            code_sent_at: Some(At(context.now)),
            ..row
        };
        let row = write(conn, context, row)?;
        post(bank, conn, &code_letter(&given.address, &code, given.language.into()), context.now)?;
        preferences(bank, &row)
    })
}

/// How many codes were asked for within a day, this one among them.
fn codes_of_a_day(row: &SettingsRow, now: DateTime<Utc>) -> Result<i64, Rejection> {
    let Some(before) = row.code_sent_at.as_ref().map(|at| now - at.0) else {
        return Ok(1);
    };
    if before < CODE_PAUSE {
        return Err(Rejection::TooManyAttempts {});
    }
    let earlier = if before > TimeDelta::days(1) { 0 } else { row.codes_sent };
    if earlier >= CODES_MAX {
        return Err(Rejection::TooManyAttempts {});
    }
    Ok(earlier + 1)
}

fn code_letter(to: &str, code: &str, language: Language) -> Letter {
    let (subject, text) = match language {
        Language::Chinese => (
            "学分银行：邮箱验证",
            format!("验证码：{code}\n\n一小时内有效。如果您没有提供此邮箱，请忽略本邮件，不会再收到其他邮件。\n"),
        ),
        Language::English => (
            "Credit bank: confirm your address",
            format!(
                "Code: {code}\n\nIt is good for an hour. If you did not give this address, ignore this mail; nothing else will be sent here.\n"
            ),
        ),
    };
    Letter {
        to: to.to_owned(),
        subject: subject.to_owned(),
        text,
    }
}

/// Confirms the address by its code.
///
/// # Errors
/// `MailCodeWrong` whatever is not right, `NotFound`, and what the policy answers.
pub fn confirm_address(bank: &Bank, context: &Context, code: &str) -> Result<NotificationPreferences, OpError> {
    // A wrong guess is counted even though it is refused, so it commits and is refused after that.
    let confirmed = bank.store.write(|conn| -> Result<Option<NotificationPreferences>, OpError> {
        let row = to_write(conn, context)?;
        let is_open = row.code_failures < FAILURES_MAX && row.code_expires_at.as_ref().is_some_and(|at| at.0 > context.now);
        let Some(digest) = row.code_digest.clone().filter(|_| is_open) else {
            return Ok(None);
        };
        if !opaque::matches(code.trim(), &digest) {
            let row = SettingsRow {
                code_failures: row.code_failures + 1,
                ..row
            };
            write(conn, context, row)?;
            return Ok(None);
        }
        let row = SettingsRow {
            confirmed_at: Some(At(context.now)),
            code_digest: None,
            code_expires_at: None,
            codes_sent: 0,
            ..row
        };
        preferences(bank, &write(conn, context, row)?).map(Some)
    })?;
    Ok(confirmed.ok_or(Rejection::MailCodeWrong {})?)
}

/// Forgets the address; no mail is sent any more.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn remove_address(bank: &Bank, context: &Context) -> Result<NotificationPreferences, OpError> {
    bank.store.write(|conn| {
        let row = to_write(conn, context)?;
        let row = SettingsRow {
            address_sealed: None,
            confirmed_at: None,
            code_digest: None,
            code_expires_at: None,
            ..row
        };
        store::note_mailed(conn, row.learner_id.0)?;
        preferences(bank, &write(conn, context, row)?)
    })
}
