//! The people of the demonstration, who log in as anybody does.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::CommandError;
use super::intake::IntakeInstitution;
use crate::domain::actor::{BankRole, Caller, MemberRole};
use crate::domain::institution::InstitutionStep;
use crate::ops::context::{Bank, Context};
use crate::ops::{institutions, learners, members, sessions, setup, users};
use crate::vault::opaque;

/// How many log-ins each role gets.
pub(super) const OF_EACH: usize = 3;

/// The password of the run, and the moment at which people are at work: the demonstration begins weeks ago, so that what
/// takes weeks has happened by today.
pub(super) struct Stage {
    pub password: String,
    today: DateTime<Utc>,
    days_ago: i64,
}

impl Stage {
    /// A stage with a password of its own, so many days ago.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub(super) fn new(days_ago: i64) -> Result<Self, CommandError> {
        Ok(Self {
            password: password()?,
            today: crate::clock::now(),
            days_ago,
        })
    }

    /// The same people on another day.
    pub(super) fn days_ago(&self, days_ago: i64) -> Self {
        Self {
            password: self.password.clone(),
            today: self.today,
            days_ago,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.today - TimeDelta::days(self.days_ago)
    }

    /// Somebody who logs in on that day, and asks as the access token says.
    ///
    /// # Errors
    /// When the log-in is refused.
    pub(super) fn log_in(&self, bank: &Bank, username: &str) -> Result<Context, CommandError> {
        let now = self.now();
        let tokens = sessions::log_in(bank, &Context::of(Caller::Anonymous, now), username, &self.password, None)?;
        let claims = bank.tokens.verify(&tokens.access_token, now.timestamp());
        let caller = claims.and_then(|claims| {
            Some(Caller::User {
                user_id: claims.sub,
                session_id: claims.sid?,
            })
        });
        let caller = caller.ok_or_else(|| CommandError::Other("a token that was just signed does not verify".to_owned()))?;
        Ok(Context::of(caller, now))
    }
}

/// A password for one run, not easily guessed.
fn password() -> Result<String, CommandError> {
    let token = opaque::random_token().map_err(|error| CommandError::Other(error.to_string()))?;
    Ok(token.chars().filter(char::is_ascii_alphanumeric).take(16).collect())
}

/// Reads a value as an operation's request.
pub(super) fn request<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, CommandError> {
    serde_json::from_value(value).map_err(|error| CommandError::Other(error.to_string()))
}

fn user(username: &str, display_name: &str, password: &str) -> Value {
    json!({ "username": username, "display_name": display_name, "password": password })
}

/// The bank's and the authority's people: three of each role.
pub(super) fn staff(bank: &Bank, stage: &Stage) -> Result<Vec<(String, Vec<String>)>, CommandError> {
    let first = request(user("administrator-1", "管理员一", &stage.password))?;
    setup::create_administrator(bank, &Context::of(Caller::Bank, stage.now()), &first)?;
    let administrator = stage.log_in(bank, "administrator-1")?;
    let mut log_ins = Vec::new();
    for role in BankRole::ALL {
        let names: Vec<String> = (1..=OF_EACH).map(|number| format!("{role}-{number}")).collect();
        for name in names.iter().filter(|name| *name != "administrator-1") {
            let new = request(json!({ "user": user(name, name, &stage.password), "bank_role": role }))?;
            users::create_user(bank, &administrator, None, &new)?;
        }
        log_ins.push((role.to_string(), names));
    }
    Ok(log_ins)
}

/// Registers and approves an institution; its first member is `<code>-admin`.
pub(super) fn institution(bank: &Bank, stage: &Stage, of: &IntakeInstitution) -> Result<(Uuid, String), CommandError> {
    let username = format!("{}-admin", of.code);
    let new = request(json!({
        "name": of.name, "kind": of.kind, "credit_code": of.credit_code, "division_code": of.division,
        "member": user(&username, &of.name, &stage.password),
    }))?;
    let anonymous = Context::of(Caller::Anonymous, stage.now());
    let registered = institutions::register_institution(bank, &anonymous, None, &new)?;
    let institution_id = registered.institution_id;
    institutions::decide_institution(
        bank,
        &stage.log_in(bank, "officer-1")?,
        institution_id,
        InstitutionStep::Approve,
        "演示",
    )?;
    Ok((institution_id, username))
}

/// Three members of each role at an institution.
pub(super) fn team(bank: &Bank, stage: &Stage, admin: &str, institution_id: Uuid) -> Result<Vec<(String, Vec<String>)>, CommandError> {
    let admin = stage.log_in(bank, admin)?;
    let mut log_ins = Vec::new();
    for role in MemberRole::ALL {
        let names: Vec<String> = (1..=OF_EACH)
            .map(|number| format!("{}-{number}", role.as_str().replace('_', "-")))
            .collect();
        for name in &names {
            let new = request(json!({ "user": user(name, name, &stage.password), "roles": [role] }))?;
            members::add_member(bank, &admin, None, institution_id, &new)?;
        }
        log_ins.push((role.to_string(), names));
    }
    Ok(log_ins)
}

/// A learner claims the account with the code that an institution hands out.
///
/// # Errors
/// When an operation refuses.
pub(super) fn claims_account(
    bank: &Bank,
    stage: &Stage,
    (registrar, institution_id): (&str, Uuid),
    learner_id: Uuid,
    username: &str,
) -> Result<(), CommandError> {
    let registrar = stage.log_in(bank, registrar)?;
    let asked = request(json!({ "institution_id": institution_id }))?;
    let code = learners::issue_claim_code(bank, &registrar, None, learner_id, asked)?;
    let claim = request(json!({
        "account_number": code.account_number, "claim_code": code.claim_code, "user": user(username, username, &stage.password),
    }))?;
    learners::claim_account(bank, &Context::of(Caller::Anonymous, stage.now()), &claim)?;
    Ok(())
}
