//! How much waits in each queue, since when, and what was given up.

use diesel::prelude::*;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::schema::{imports, mails, outbox, simulations, statements, webhook_deliveries, webhooks};
use super::types::At;

/// A queue as it stands.
#[derive(Debug, Clone)]
pub struct QueueRow {
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub oldest: Option<At>,
}

fn queue((waiting, oldest): (i64, Option<At>)) -> QueueRow {
    QueueRow { waiting, oldest }
}

/// What is written and not published yet.
///
/// # Errors
/// When the database refuses.
pub fn events(conn: &mut Conn) -> Result<QueueRow, StoreError> {
    let waiting = outbox::table.count().get_result(conn)?;
    Ok(queue((
        waiting,
        outbox::table.select(outbox::at).order(outbox::at).first(conn).optional()?,
    )))
}

/// Deliveries that wait for their webhook.
///
/// # Errors
/// When the database refuses.
pub fn deliveries(conn: &mut Conn, status: &str) -> Result<QueueRow, StoreError> {
    let of = || webhook_deliveries::table.filter(webhook_deliveries::status.eq(status));
    let waiting = of().count().get_result(conn)?;
    Ok(queue((
        waiting,
        of().select(webhook_deliveries::created_at)
            .order(webhook_deliveries::created_at)
            .first(conn)
            .optional()?,
    )))
}

/// How many webhooks have a status.
///
/// # Errors
/// When the database refuses.
pub fn count_webhooks(conn: &mut Conn, status: &str) -> Result<i64, StoreError> {
    Ok(webhooks::table.filter(webhooks::status.eq(status)).count().get_result(conn)?)
}

/// Mails that are not sent yet.
///
/// # Errors
/// When the database refuses.
pub fn letters(conn: &mut Conn) -> Result<QueueRow, StoreError> {
    let waiting = mails::table.count().get_result(conn)?;
    Ok(queue((
        waiting,
        mails::table
            .select(mails::created_at)
            .order(mails::created_at)
            .first(conn)
            .optional()?,
    )))
}

/// Files of outcomes with one of these statuses.
///
/// # Errors
/// When the database refuses.
pub fn files(conn: &mut Conn, statuses: &[&str]) -> Result<QueueRow, StoreError> {
    each_back_end!(conn, c => {
        let of = || imports::table.filter(imports::status.eq_any(statuses));
        let waiting = of().count().get_result(c)?;
        Ok(queue((waiting, of().select(imports::created_at).order(imports::created_at).first(c).optional()?)))
    })
}

/// Simulations with one of these statuses.
///
/// # Errors
/// When the database refuses.
pub fn trials(conn: &mut Conn, statuses: &[&str]) -> Result<QueueRow, StoreError> {
    each_back_end!(conn, c => {
        let of = || simulations::table.filter(simulations::status.eq_any(statuses));
        let waiting = of().count().get_result(c)?;
        Ok(queue((waiting, of().select(simulations::created_at).order(simulations::created_at).first(c).optional()?)))
    })
}

/// Papers with one of these statuses.
///
/// # Errors
/// When the database refuses.
pub fn papers(conn: &mut Conn, statuses: &[&str]) -> Result<QueueRow, StoreError> {
    each_back_end!(conn, c => {
        let of = || statements::table.filter(statements::status.eq_any(statuses));
        let waiting = of().count().get_result(c)?;
        Ok(queue((waiting, of().select(statements::issued_at).order(statements::issued_at).first(c).optional()?)))
    })
}
