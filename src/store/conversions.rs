//! What granted claims bought, and the numbers of decisions.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::claims::ClaimRow;
use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::schema::{conversions, decision_numbers};
use super::types::{At, Key};

/// What a granted claim bought with one outcome in one place.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = conversions)]
pub struct ConversionRow {
    pub learner_id: Key,
    pub conversion_id: Key,
    pub claim_id: Key,
    pub outcome_id: Key,
    pub institution_id: Key,
    pub programme_id: Key,
    pub programme_code: String,
    pub award: String,
    pub facts: String,
    pub original: String,
    pub amount_hundredths: i64,
    pub decision_number: String,
    pub decided_on: NaiveDate,
    pub recorded_at: At,
    pub ended_at: Option<At>,
    pub ended_because: Option<String>,
    pub ended_by: Option<Key>,
}

/// Adds what a claim bought.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, rows: &[ConversionRow]) -> Result<(), StoreError> {
    for row in rows {
        diesel::insert_into(conversions::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// What a learner's credit bought, in order; at one institution's programme of a code, if these are named.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, learner_id: Uuid, at: Option<(Uuid, &str)>) -> Result<Vec<ConversionRow>, StoreError> {
    let mut query = conversions::table.filter(conversions::learner_id.eq(Key(learner_id))).into_boxed();
    if let Some((institution_id, programme_code)) = at {
        query = query
            .filter(conversions::institution_id.eq(Key(institution_id)))
            .filter(conversions::programme_code.eq(programme_code.to_owned()));
    }
    Ok(query.order(conversions::conversion_id).load(conn)?)
}

/// Notes that what a claim bought was taken back.
///
/// # Errors
/// When the database refuses.
pub fn end(conn: &mut Conn, row: &ClaimRow, at: At, because: &str, by: Uuid) -> Result<(), StoreError> {
    let own = conversions::table
        .filter(conversions::learner_id.eq(&row.learner_id))
        .filter(conversions::claim_id.eq(&row.claim_id))
        .filter(conversions::ended_at.is_null());
    diesel::update(own)
        .set((
            conversions::ended_at.eq(Some(at)),
            conversions::ended_because.eq(Some(because)),
            conversions::ended_by.eq(Some(Key(by))),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes the next number of an issuer of decisions in a year: without gaps, since it comes with the decision or not at all.
///
/// # Errors
/// When the database refuses.
pub fn next_decision_number(conn: &mut Conn, issuer: &str, year: i16) -> Result<i64, StoreError> {
    let first = (
        decision_numbers::issuer.eq(issuer),
        decision_numbers::year.eq(year),
        decision_numbers::last.eq(1),
    );
    Ok(each_back_end!(conn, c => diesel::insert_into(decision_numbers::table)
        .values(first)
        .on_conflict((decision_numbers::issuer, decision_numbers::year))
        .do_update()
        .set(decision_numbers::last.eq(decision_numbers::last + 1))
        .returning(decision_numbers::last)
        .get_result(c))?)
}
