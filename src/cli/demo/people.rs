//! The people of the demonstration, who log in as anybody does.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::CommandError;
use super::super::serve::as_the_bank;
use super::intake::IntakeInstitution;
use crate::domain::actor::{BankRole, Caller, MemberRole};
use crate::domain::institution::InstitutionStep;
use crate::ops::context::{Bank, Context};
use crate::ops::{institutions, learners, members, sessions, setup, users};
use crate::vault::opaque;

/// How many log-ins each role gets.
pub(super) const OF_EACH: usize = 3;

/// Somebody with the password of the run, who can log in again whenever the token is old.
pub(super) struct Person {
    username: String,
    password: String,
}

/// A password for one run, not easily guessed.
pub(super) fn password() -> Result<String, CommandError> {
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

impl Person {
    pub(super) fn new(username: &str, password: &str) -> Self {
        Self {
            username: username.to_owned(),
            password: password.to_owned(),
        }
    }

    /// Logs in, and asks as the access token says.
    pub(super) fn log_in(&self, bank: &Bank) -> Result<Context, CommandError> {
        let now = crate::clock::now();
        let tokens = sessions::log_in(bank, &Context::of(Caller::Anonymous, now), &self.username, &self.password)?;
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

/// The bank's and the authority's people: three of each role.
pub(super) fn staff(bank: &Bank, password: &str) -> Result<Vec<(String, Vec<String>)>, CommandError> {
    let first = request(user("administrator-1", "管理员一", password))?;
    setup::create_administrator(bank, &as_the_bank(), &first)?;
    let administrator = Person::new("administrator-1", password).log_in(bank)?;
    let mut log_ins = Vec::new();
    for role in BankRole::ALL {
        let names: Vec<String> = (1..=OF_EACH).map(|number| format!("{role}-{number}")).collect();
        for name in names.iter().filter(|name| *name != "administrator-1") {
            let new = request(json!({ "user": user(name, name, password), "bank_role": role }))?;
            users::create_user(bank, &administrator, None, &new)?;
        }
        log_ins.push((role.to_string(), names));
    }
    Ok(log_ins)
}

/// Registers and approves an institution; its first member is `<code>-admin`.
pub(super) fn institution(bank: &Bank, officer: &Context, of: &IntakeInstitution, password: &str) -> Result<(Uuid, Person), CommandError> {
    let username = format!("{}-admin", of.code);
    let new = request(json!({
        "name": of.name, "kind": of.kind, "credit_code": of.credit_code, "division_code": of.division,
        "member": user(&username, &of.name, password),
    }))?;
    let anonymous = Context::of(Caller::Anonymous, crate::clock::now());
    let registered = institutions::register_institution(bank, &anonymous, None, &new)?;
    let institution_id = registered.institution_id;
    institutions::decide_institution(bank, officer, institution_id, InstitutionStep::Approve, "演示")?;
    Ok((institution_id, Person::new(&username, password)))
}

/// Three members of each role at an institution.
pub(super) fn team(bank: &Bank, admin: &Context, institution_id: Uuid, password: &str) -> Result<Vec<(String, Vec<String>)>, CommandError> {
    let mut log_ins = Vec::new();
    for role in MemberRole::ALL {
        let names: Vec<String> = (1..=OF_EACH)
            .map(|number| format!("{}-{number}", role.as_str().replace('_', "-")))
            .collect();
        for name in &names {
            let new = request(json!({ "user": user(name, name, password), "roles": [role] }))?;
            members::add_member(bank, admin, None, institution_id, &new)?;
        }
        log_ins.push((role.to_string(), names));
    }
    Ok(log_ins)
}

/// Learners claim their accounts with the codes that their institution hands out.
pub(super) fn learners(
    bank: &Bank,
    registrar: &Context,
    institution_id: Uuid,
    learner_ids: &[Uuid],
    password: &str,
) -> Result<(String, Vec<String>), CommandError> {
    let mut names = Vec::new();
    for (number, learner_id) in learner_ids.iter().enumerate() {
        let name = format!("learner-{}", number + 1);
        let code = learners::issue_claim_code(
            bank,
            registrar,
            None,
            *learner_id,
            request(json!({ "institution_id": institution_id }))?,
        )?;
        let claim = request(json!({
            "account_number": code.account_number, "claim_code": code.claim_code, "user": user(&name, &name, password),
        }))?;
        learners::claim_account(bank, &Context::of(Caller::Anonymous, crate::clock::now()), &claim)?;
        names.push(name);
    }
    Ok(("learner".to_owned(), names))
}
