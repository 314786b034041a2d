//! Credentials of learners, the outcomes that they say, and the queue of those that wait to be signed. Every step of a job is
//! guarded by who runs it, so that of two servers on one database only one issues it.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::insert::insert_rows;
use super::listing::placed;
use super::schema::{credential_jobs, credential_parts, credentials, learners, outcomes};
use super::types::{At, Id, Key};
use crate::domain::credential::CredentialStatus;
use crate::domain::list::ListPlace;

/// A credential without its document, which may be long.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = credentials)]
pub struct CredentialRow {
    pub learner_id: Key,
    pub credential_id: Key,
    pub kind: String,
    pub form: String,
    pub status: String,
    /// The key of a wallet that it is bound to, as its `did`.
    pub holder: Option<String>,
    pub requested_at: At,
    pub issued_at: Option<At>,
    pub ended_at: Option<At>,
    /// The correction or the merge that ended it; none where the learner gave it up.
    pub ended_by: Option<Key>,
}

/// An outcome of a credential.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = credential_parts)]
pub struct PartRow {
    pub learner_id: Key,
    pub credential_id: Key,
    pub outcome_id: Key,
    /// Whose outcome it is.
    pub institution_id: Key,
    /// The document that says it: in a record one of its own, else the credential.
    pub document_id: Key,
}

/// A credential that waits to be signed, or is being signed.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = credential_jobs)]
pub struct JobRow {
    pub credential_id: Key,
    pub learner_id: Key,
    /// How often it was begun without being ended.
    pub attempts: i64,
    pub runner: Option<Key>,
    /// When the runner began.
    pub heartbeat: Option<At>,
}

const QUEUED: &str = CredentialStatus::Queued.as_str();

fn keys(ids: &[Uuid]) -> Vec<Key> {
    ids.iter().copied().map(Key).collect()
}

/// Adds a credential with its outcomes, and queues it.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &CredentialRow, parts: &[PartRow]) -> Result<(), StoreError> {
    diesel::insert_into(credentials::table).values(row).execute(conn)?;
    insert_rows!(conn, credential_parts, parts, {
        learner_id: Id, credential_id: Id, outcome_id: Id, institution_id: Id, document_id: Id,
    });
    let job = JobRow {
        credential_id: row.credential_id.clone(),
        learner_id: row.learner_id.clone(),
        attempts: 0,
        runner: None,
        heartbeat: None,
    };
    diesel::insert_into(credential_jobs::table).values(&job).execute(conn)?;
    Ok(())
}

/// Finds a credential of some accounts.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, accounts: &[Uuid], credential_id: Uuid) -> Result<Option<CredentialRow>, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => credentials::table
        .filter(credentials::learner_id.eq_any(&accounts))
        .filter(credentials::credential_id.eq(Key(credential_id)))
        .select(CredentialRow::as_select())
        .first(c)
        .optional())?)
}

/// The sealed document of a credential; `None` where it is not issued, or was given up.
///
/// # Errors
/// When the database refuses.
pub fn document(conn: &mut Conn, row: &CredentialRow) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(credentials::table
        .find((row.learner_id.clone(), row.credential_id.clone()))
        .select(credentials::document_sealed)
        .first(conn)?)
}

/// The credentials of some accounts, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, accounts: &[Uuid], place: ListPlace, limit: i64) -> Result<Vec<CredentialRow>, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => {
        let query = credentials::table
            .filter(credentials::learner_id.eq_any(&accounts))
            .select(CredentialRow::as_select())
            .into_boxed();
        placed!(query, credentials::credential_id, place.map(Key)).limit(limit).load(c)
    })?)
}

/// The outcomes of some credentials, in the order of credentials and outcomes.
///
/// # Errors
/// When the database refuses.
pub fn parts(conn: &mut Conn, rows: &[CredentialRow]) -> Result<Vec<PartRow>, StoreError> {
    let (accounts, ids): (Vec<&Key>, Vec<&Key>) = rows.iter().map(|row| (&row.learner_id, &row.credential_id)).unzip();
    Ok(each_back_end!(conn, c => credential_parts::table
        .filter(credential_parts::learner_id.eq_any(&accounts))
        .filter(credential_parts::credential_id.eq_any(&ids))
        .order((credential_parts::credential_id, credential_parts::outcome_id))
        .load(c))?)
}

/// How many credentials of some accounts have one of these states.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, accounts: &[Uuid], statuses: &[CredentialStatus]) -> Result<i64, StoreError> {
    let accounts = keys(accounts);
    let statuses: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
    Ok(each_back_end!(conn, c => credentials::table
        .filter(credentials::learner_id.eq_any(&accounts))
        .filter(credentials::status.eq_any(&statuses))
        .select(count_star())
        .first(c))?)
}

/// The parts that say some outcomes, of credentials in one of these states, in the order of credentials and outcomes. An outcome
/// that a merge brought is looked for at all accounts of its learner.
///
/// # Errors
/// When the database refuses.
pub fn saying(
    conn: &mut Conn,
    learner_ids: &[Uuid],
    outcome_ids: &[Uuid],
    statuses: &[CredentialStatus],
) -> Result<Vec<(CredentialRow, PartRow)>, StoreError> {
    let (ids, said) = (keys(learner_ids), keys(outcome_ids));
    let some_ids: Vec<Option<Key>> = ids.iter().cloned().map(Some).collect();
    let statuses: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
    let accounts: Vec<Key> = each_back_end!(conn, c => learners::table
        .filter(learners::learner_id.eq_any(&ids).or(learners::merged_into.eq_any(&some_ids).assume_not_null()))
        .select(learners::learner_id)
        .load(c))?;
    let own = credentials::learner_id
        .eq(credential_parts::learner_id)
        .and(credentials::credential_id.eq(credential_parts::credential_id));
    Ok(each_back_end!(conn, c => credential_parts::table
        .inner_join(credentials::table.on(own))
        .filter(credential_parts::learner_id.eq_any(&accounts))
        .filter(credential_parts::outcome_id.eq_any(&said))
        .filter(credentials::status.eq_any(&statuses))
        .order((credential_parts::credential_id, credential_parts::outcome_id))
        .select((CredentialRow::as_select(), credential_parts::all_columns))
        .load(c))?)
}

/// The outcomes of a learner that have one of these ids; those that left the learner are not among them.
///
/// # Errors
/// When the database refuses.
pub fn outcomes_of(conn: &mut Conn, learner_id: Uuid, outcome_ids: &[Uuid]) -> Result<Vec<super::deposits::OutcomeRow>, StoreError> {
    let ids = keys(outcome_ids);
    Ok(each_back_end!(conn, c => outcomes::table
        .filter(outcomes::learner_id.eq(Key(learner_id)))
        .filter(outcomes::outcome_id.eq_any(&ids))
        .filter(outcomes::left_by.is_null())
        .order(outcomes::outcome_id)
        .load(c))?)
}

/// The oldest job that waits, or whose runner gave no sign of life since `silent_since`.
///
/// # Errors
/// When the database refuses.
pub fn next_job(conn: &mut Conn, silent_since: DateTime<Utc>) -> Result<Option<JobRow>, StoreError> {
    let silent = credential_jobs::heartbeat.lt(Some(At(silent_since))).assume_not_null();
    Ok(credential_jobs::table
        .filter(credential_jobs::runner.is_null().or(silent))
        .order(credential_jobs::credential_id)
        .first(conn)
        .optional()?)
}

/// Takes a job; false when somebody else was quicker.
///
/// # Errors
/// When the database refuses.
pub fn take_job(conn: &mut Conn, job: &JobRow, runner: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let taken = diesel::update(credential_jobs::table.find(job.credential_id.clone()))
        .filter(credential_jobs::attempts.eq(job.attempts))
        .set((
            credential_jobs::runner.eq(Some(Key(runner))),
            credential_jobs::attempts.eq(job.attempts + 1),
            credential_jobs::heartbeat.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Ends a job that is the runner's own; false when it is no longer.
///
/// # Errors
/// When the database refuses.
pub fn end_job(conn: &mut Conn, credential_id: Uuid, runner: Uuid) -> Result<bool, StoreError> {
    let ended = diesel::delete(credential_jobs::table.find(Key(credential_id)))
        .filter(credential_jobs::runner.eq(Some(Key(runner))))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Saves what was signed; false where the credential waits no more.
///
/// # Errors
/// When the database refuses.
pub fn issue(
    conn: &mut Conn,
    row: &CredentialRow,
    status: CredentialStatus,
    document_sealed: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let issued = diesel::update(credentials::table.find((row.learner_id.clone(), row.credential_id.clone())))
        .filter(credentials::status.eq(QUEUED))
        .set((
            credentials::status.eq(status.as_str()),
            credentials::document_sealed.eq(Some(document_sealed)),
            credentials::issued_at.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(issued == 1)
}

/// Moves some credentials of an account from one state to another; says how many.
///
/// # Errors
/// When the database refuses.
pub fn move_to(
    conn: &mut Conn,
    account: Uuid,
    credential_ids: &[Uuid],
    from: CredentialStatus,
    to: CredentialStatus,
) -> Result<usize, StoreError> {
    let ids = keys(credential_ids);
    Ok(each_back_end!(conn, c => diesel::update(credentials::table)
        .filter(credentials::learner_id.eq(Key(account)))
        .filter(credentials::credential_id.eq_any(&ids))
        .filter(credentials::status.eq(from.as_str()))
        .set(credentials::status.eq(to.as_str()))
        .execute(c))?)
}

/// Ends some credentials of some accounts, with what ended them where that has an id.
///
/// # Errors
/// When the database refuses.
pub fn end(
    conn: &mut Conn,
    accounts: &[Uuid],
    credential_ids: &[Uuid],
    to: CredentialStatus,
    ended_by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (accounts, ids) = (keys(accounts), keys(credential_ids));
    let open: Vec<&str> = CredentialStatus::OPEN.iter().map(|status| status.as_str()).collect();
    each_back_end!(conn, c => diesel::update(credentials::table)
        .filter(credentials::learner_id.eq_any(&accounts))
        .filter(credentials::credential_id.eq_any(&ids))
        .filter(credentials::status.eq_any(&open))
        .set((
            credentials::status.eq(to.as_str()),
            credentials::ended_at.eq(Some(At(now))),
            credentials::ended_by.eq(ended_by.map(Key)),
        ))
        .execute(c))?;
    Ok(())
}

/// Gives a credential up, with its document; false where it has ended already.
///
/// # Errors
/// When the database refuses.
pub fn give_up(conn: &mut Conn, row: &CredentialRow, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let [queued, issued, suspended] = CredentialStatus::OPEN.map(CredentialStatus::as_str);
    let open = credentials::status
        .eq(queued)
        .or(credentials::status.eq(issued))
        .or(credentials::status.eq(suspended));
    let given_up = diesel::update(credentials::table.find((row.learner_id.clone(), row.credential_id.clone())))
        .filter(open)
        .set((
            credentials::status.eq(CredentialStatus::GivenUp.as_str()),
            credentials::document_sealed.eq(None::<Vec<u8>>),
            credentials::ended_at.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(given_up == 1)
}
