//! The one thread that signs: it takes the oldest credential that waits, reads what it says and takes places in the status lists in
//! one transaction, signs outside of any, and saves what it signed in another one. What happens to an outcome in between has ended
//! the credential by then, because its places are taken before it is signed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::issuers::signer;
use super::lists::{places, sign_lists, unsigned};
use super::said::{Around, bank_profile};
use super::{damaged, document_place, in_doubt};
use crate::credentials::Signer;
use crate::credentials::badge::Badge;
use crate::credentials::record::Record;
use crate::credentials::status::StatusEntry;
use crate::domain::actor::Caller;
use crate::domain::credential::{CredentialForm, CredentialKind, CredentialStatus, EntryState};
use crate::domain::outcome::OutcomeStatus;
use crate::ops::background::{Background, Clock};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::identity::name_of;
use crate::ops::parallel::each;
use crate::store::connection::Conn;
use crate::store::credentials::{self as store, CredentialRow, JobRow, PartRow};
use crate::store::journal::tell;
use crate::store::{records, status_lists};

/// After how long without a sign of life a job is taken from its runner. The longest record takes far less.
pub const SILENCE: TimeDelta = TimeDelta::minutes(10);

/// How often a job is begun before it is given up.
const ATTEMPTS_MAX: i64 = 3;

/// How often the queue, and the status lists, are looked at while nothing is to be signed.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the thread that signs.
pub fn start_issuer(bank: Arc<Bank>, clock: Clock) -> Background {
    Background::start("credentials", LOOK, move |_| run_next(&bank, &clock))
}

/// Issues the credential that has waited longest, and signs the status lists of which something moved; false when there was neither.
///
/// # Errors
/// When the database fails; the job is then taken again after the silence.
pub fn run_next(bank: &Bank, clock: &impl Fn() -> DateTime<Utc>) -> Result<bool, OpError> {
    let context = Context::of(Caller::Bank, clock());
    let issued = issue_next(bank, &context)?;
    let signed = sign_lists(bank, &context)?;
    Ok(issued || signed > 0)
}

/// A credential with all that is needed to sign it.
struct Prepared {
    row: CredentialRow,
    kind: CredentialKind,
    form: CredentialForm,
    learner_name: String,
    badges: Vec<(Badge, Arc<Signer>)>,
    /// For a record: the bank, and where the record's own status is.
    record: Option<(Signer, StatusEntry)>,
}

fn issue_next(bank: &Bank, context: &Context) -> Result<bool, OpError> {
    let runner = Uuid::now_v7();
    let silent_since = context.now - SILENCE;
    let Some(job) = bank.store.read(|conn| store::next_job(conn, silent_since))? else {
        return Ok(false);
    };
    if !bank.store.write(|conn| store::take_job(conn, &job, runner, context.now))? {
        return Ok(true);
    }
    let prepared = bank.store.write(|conn| prepare(bank, context, conn, &job, runner))?;
    let Some(prepared) = prepared else { return Ok(true) };
    // A list that is new is there before anybody has a credential that names it.
    sign_lists(bank, context)?;
    let text = sign(bank, context, &prepared)?;
    let sealed = bank.sealer.seal(text.as_bytes(), &document_place(prepared.row.credential_id.0))?;
    bank.store.write(|conn| finish(context, conn, &prepared.row, runner, &sealed))?;
    Ok(true)
}

/// Reads what a credential says and takes its places; `None` where it ended, or cannot be issued.
fn prepare(bank: &Bank, context: &Context, conn: &mut Conn, job: &JobRow, runner: Uuid) -> Result<Option<Prepared>, OpError> {
    let credential_id = job.credential_id.0;
    let row = store::find(conn, &[job.learner_id.0], credential_id)?;
    let Some(row) = row.filter(|row| row.status == CredentialStatus::Queued.as_str()) else {
        store::end_job(conn, credential_id, runner)?;
        return Ok(None);
    };
    let parts = store::parts(conn, std::slice::from_ref(&row))?;
    // Whoever was merged meanwhile is the one that absorbed him, who has the outcomes now.
    let learner = records::learner(conn, job.learner_id.0)?.ok_or_else(|| damaged(&row))?;
    let learner_id = learner.learner_id.0;
    records::lock_learner(conn, learner_id)?;
    let outcome_ids: Vec<Uuid> = parts.iter().map(|part| part.outcome_id.0).collect();
    let outcomes = store::outcomes_of(conn, learner_id, &outcome_ids)?;
    let all_stand = outcomes
        .iter()
        .all(|row| OutcomeStatus::parse(&row.status).is_some_and(OutcomeStatus::stands));
    let lawful = outcomes.len() == parts.len() && all_stand && in_doubt(conn, learner_id, &outcomes)?.is_none();
    if !lawful || job.attempts >= ATTEMPTS_MAX {
        fail(context, conn, &row, &parts)?;
        store::end_job(conn, credential_id, runner)?;
        return Ok(None);
    }
    let kind = CredentialKind::parse(&row.kind).ok_or_else(|| damaged(&row))?;
    let (signers, entries) = issuers(bank, context, conn, &parts)?;
    let around = Around::load(conn, learner_id, &outcomes)?;
    let learner_name = name_of(bank, &learner)?.as_str().to_owned();
    let mut badges = Vec::with_capacity(parts.len());
    // Both are in the order of outcomes.
    for (part, outcome) in parts.iter().zip(&outcomes) {
        let status = entries.get(&part.document_id.0).cloned().ok_or_else(|| damaged(&row))?;
        let signer = signers.get(&part.institution_id.0).cloned().ok_or_else(|| damaged(&row))?;
        let to = (learner_name.as_str(), row.holder.as_ref());
        badges.push((around.badge(bank, context, outcome, part.document_id.0, to, status)?, signer));
    }
    let record = match kind {
        CredentialKind::Badge => None,
        CredentialKind::Record => {
            let own = signer(bank, context, conn, None)?;
            let mut place = places(bank, context, conn, None, &[credential_id])?;
            Some((own, place.remove(&credential_id).ok_or_else(|| damaged(&row))?))
        }
    };
    Ok(Some(Prepared {
        kind,
        form: CredentialForm::parse(&row.form).ok_or_else(|| damaged(&row))?,
        learner_name,
        badges,
        record,
        row,
    }))
}

type Issuers = (HashMap<Uuid, Arc<Signer>>, HashMap<Uuid, StatusEntry>);

/// The signers of the parts, and the places of what they say; institutions in one order, so that two who take places do not wait for
/// each other.
fn issuers(bank: &Bank, context: &Context, conn: &mut Conn, parts: &[PartRow]) -> Result<Issuers, OpError> {
    let mut documents: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for part in parts {
        documents.entry(part.institution_id.0).or_default().push(part.document_id.0);
    }
    let (mut signers, mut taken) = (HashMap::new(), HashMap::new());
    for (institution_id, documents) in documents {
        signers.insert(institution_id, Arc::new(signer(bank, context, conn, Some(institution_id))?));
        taken.extend(places(bank, context, conn, Some(institution_id), &documents)?);
    }
    Ok((signers, taken))
}

/// The signed document. In a record every credential is signed by a proof of its own, in whatever form the record is.
fn sign(bank: &Bank, context: &Context, prepared: &Prepared) -> Result<String, OpError> {
    let refused = |refusal| unsigned(&refusal);
    match (prepared.kind, &prepared.record, prepared.badges.as_slice()) {
        (CredentialKind::Badge, _, [(badge, signer)]) => match prepared.form {
            CredentialForm::Jwt => signer.token(&badge.document()).map_err(refused),
            CredentialForm::DataIntegrity => {
                let secured = signer.secure(badge.document(), context.now).map_err(refused)?;
                Ok(Value::Object(secured).to_string())
            }
        },
        (CredentialKind::Record, Some((signer, status)), badges) => {
            let secured = each(badges, |(badge, signer)| signer.secure(badge.document(), context.now));
            let record = Record {
                id: prepared.row.credential_id.0,
                issuer: bank_profile(bank)?,
                valid_from: context.now,
                holder: prepared.row.holder.clone(),
                learner_name: prepared.learner_name.clone(),
                badges: secured
                    .into_iter()
                    .map(|badge| badge.map(Value::Object).map_err(refused))
                    .collect::<Result<_, _>>()?,
                status: status.clone(),
            }
            .document();
            match prepared.form {
                CredentialForm::Jwt => signer.token(&record).map_err(refused),
                CredentialForm::DataIntegrity => Ok(Value::Object(signer.secure(record, context.now).map_err(refused)?).to_string()),
            }
        }
        _ => Err(damaged(&prepared.row).into()),
    }
}

/// Saves what was signed, unless the credential ended meanwhile.
fn finish(context: &Context, conn: &mut Conn, row: &CredentialRow, runner: Uuid, sealed: &[u8]) -> Result<(), OpError> {
    let credential_id = row.credential_id.0;
    let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(|| damaged(row))?;
    records::lock_learner(conn, learner.learner_id.0)?;
    if !store::end_job(conn, credential_id, runner)? {
        return Ok(());
    }
    let is_suspended = status_lists::entries(conn, &[credential_id])?
        .iter()
        .any(|entry| entry.state == EntryState::Suspended.as_str());
    let status = if is_suspended {
        CredentialStatus::Suspended
    } else {
        CredentialStatus::Issued
    };
    if !store::issue(conn, row, status, sealed, context.now)? {
        return Ok(());
    }
    let told = context
        .told("issue_credential", "credential", credential_id)
        .of_learner(learner.learner_id.0)
        .with(serde_json::json!({ "kind": row.kind, "form": row.form, "for_wallet": row.holder.is_some() }));
    Ok(tell(conn, &[told])?)
}

/// Gives a credential up that cannot be issued: an outcome of it does not stand any more, or signing it failed several times.
fn fail(context: &Context, conn: &mut Conn, row: &CredentialRow, parts: &[PartRow]) -> Result<(), OpError> {
    let credential_id = row.credential_id.0;
    let mut documents: Vec<Uuid> = parts.iter().map(|part| part.document_id.0).collect();
    documents.push(credential_id);
    status_lists::revoke(conn, &documents)?;
    store::end(
        conn,
        &[row.learner_id.0],
        &[credential_id],
        CredentialStatus::Failed,
        None,
        context.now,
    )?;
    let told = context
        .told("fail_credential", "credential", credential_id)
        .of_learner(row.learner_id.0)
        .with(serde_json::json!({ "kind": row.kind, "form": row.form }));
    Ok(tell(conn, &[told])?)
}
