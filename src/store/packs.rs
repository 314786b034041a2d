//! Rule packs: one row a version, with the text of its document as it was given.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::pattern::containing;
use super::schema::rule_packs;
use super::types::{At, Key};
use crate::domain::list::ListPlace;
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::life::PackStatus;

/// A version of a rule pack.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = rule_packs)]
pub struct PackRow {
    pub pack_id: Key,
    /// Absent for the bank's own standard.
    pub institution_id: Option<Key>,
    pub code: String,
    pub version: i64,
    /// As the last step of a person left it; the calendar is not in it.
    pub status: String,
    pub title_zh: String,
    pub title_en: Option<String>,
    /// Title, code and citations in small letters, to be searched.
    pub search_text: String,
    /// The codes of its programmes with a space before and after each; empty for all.
    pub programmes: String,
    /// Canonical JSON of the pack. Text on both back ends: it has to come back byte for byte.
    pub document: String,
    /// Its test cases, as JSON.
    pub cases: String,
    pub effective_from: NaiveDate,
    /// The last day in force: as published, or the day before the next version.
    pub effective_to: Option<NaiveDate>,
    pub edition: i64,
    pub created_at: At,
    pub created_by: String,
    pub filed_at: Option<At>,
    pub filed_by: Option<String>,
    pub decided_at: Option<At>,
    pub decided_by: Option<String>,
    pub decision_reason: Option<String>,
    pub notice_until: Option<NaiveDate>,
    /// When it was first accepted; from then on everybody may read it.
    pub published_at: Option<At>,
}

/// A version of a rule pack without its texts, which are long.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = rule_packs)]
pub struct PackHead {
    pub pack_id: Key,
    pub institution_id: Option<Key>,
    pub code: String,
    pub version: i64,
    pub status: String,
    pub title_zh: String,
    pub title_en: Option<String>,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    pub filed_at: Option<At>,
    pub notice_until: Option<NaiveDate>,
    pub published_at: Option<At>,
    pub edition: i64,
}

/// Adds a version; a taken one is [`super::error::Taken::RulePackVersion`].
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, pack: &PackRow) -> Result<(), StoreError> {
    diesel::insert_into(rule_packs::table).values(pack).execute(conn)?;
    Ok(())
}

/// Finds a version.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, pack_id: Uuid) -> Result<Option<PackRow>, StoreError> {
    Ok(rule_packs::table.find(Key(pack_id)).first(conn).optional()?)
}

/// Every version of a pack, from the oldest.
///
/// # Errors
/// When the database refuses.
pub fn versions(conn: &mut Conn, code: &str) -> Result<Vec<PackRow>, StoreError> {
    let query = rule_packs::table.filter(rule_packs::code.eq(code));
    Ok(query.order(rule_packs::version).load(conn)?)
}

/// The accepted versions of all packs of an institution, or of the bank, by code and from the oldest.
///
/// # Errors
/// When the database refuses.
pub fn accepted(conn: &mut Conn, institution_id: Option<Uuid>) -> Result<Vec<PackRow>, StoreError> {
    let mut query = rule_packs::table
        .filter(rule_packs::status.eq(PackStatus::OnNotice.as_str()))
        .into_boxed();
    query = match institution_id {
        Some(institution_id) => query.filter(rule_packs::institution_id.eq(Some(Key(institution_id)))),
        None => query.filter(rule_packs::institution_id.is_null()),
    };
    Ok(query.order((rule_packs::code, rule_packs::version)).load(conn)?)
}

/// Versions from a place in the order of their making, unpublished ones only where `unpublished` asks for them.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    filter: &PackFilter,
    unpublished: bool,
    today: NaiveDate,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<PackHead>, StoreError> {
    let accepted = || rule_packs::status.eq(PackStatus::OnNotice.as_str());
    each_back_end!(conn, c => {
        let mut query = rule_packs::table.into_boxed();
        if !unpublished {
            query = query.filter(rule_packs::published_at.is_not_null());
        }
        if let Some(institution_id) = filter.institution_id {
            query = query.filter(rule_packs::institution_id.eq(Some(Key(institution_id))));
        }
        if filter.of_bank {
            query = query.filter(rule_packs::institution_id.is_null());
        }
        if let Some(code) = &filter.code {
            query = query.filter(rule_packs::code.eq(code));
        }
        query = match filter.status {
            None => query,
            Some(PackStatus::OnNotice) => query.filter(accepted()).filter(rule_packs::effective_from.gt(today)),
            Some(PackStatus::InForce) => query
                .filter(accepted())
                .filter(rule_packs::effective_from.le(today))
                .filter(rule_packs::effective_to.is_null().or(rule_packs::effective_to.ge(today))),
            Some(PackStatus::Superseded) => query.filter(accepted()).filter(rule_packs::effective_to.lt(today)),
            Some(stored) => query.filter(rule_packs::status.eq(stored.as_str())),
        };
        if let Some(day) = filter.in_force_on {
            query = query
                .filter(accepted())
                .filter(rule_packs::effective_from.le(day))
                .filter(rule_packs::effective_to.is_null().or(rule_packs::effective_to.ge(day)));
        }
        if let Some(text) = &filter.text {
            query = query.filter(rule_packs::search_text.like(containing(&text.to_lowercase())).escape('\\'));
        }
        if let Some(programme) = &filter.programme {
            let named = rule_packs::programmes.like(containing(&format!(" {programme} "))).escape('\\');
            query = query.filter(rule_packs::programmes.eq("").or(named));
        }
        Ok(placed!(query, rule_packs::pack_id, place.map(Key)).limit(limit).select(PackHead::as_select()).load(c)?)
    })
}

/// Replaces document and cases in the edition that was read; false when it moved on, or is no longer to be changed.
///
/// # Errors
/// When the database refuses.
pub fn replace(conn: &mut Conn, row: &PackRow, edition: i64) -> Result<bool, StoreError> {
    let editable = rule_packs::status
        .eq(PackStatus::Draft.as_str())
        .or(rule_packs::status.eq(PackStatus::Returned.as_str()));
    let changed = diesel::update(rule_packs::table.find(&row.pack_id))
        .filter(editable)
        .filter(rule_packs::edition.eq(edition))
        .set((
            rule_packs::title_zh.eq(&row.title_zh),
            rule_packs::title_en.eq(&row.title_en),
            rule_packs::search_text.eq(&row.search_text),
            rule_packs::programmes.eq(&row.programmes),
            rule_packs::document.eq(&row.document),
            rule_packs::cases.eq(&row.cases),
            rule_packs::effective_from.eq(row.effective_from),
            rule_packs::effective_to.eq(row.effective_to),
            rule_packs::edition.eq(edition + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Saves a step in a version's life, in the edition that was read; document and cases stay.
///
/// # Errors
/// `Stale` when somebody else moved it.
pub fn step(conn: &mut Conn, row: &PackRow) -> Result<(), StoreError> {
    let changed = diesel::update(rule_packs::table.find(&row.pack_id))
        .filter(rule_packs::edition.eq(row.edition - 1))
        .set((
            rule_packs::status.eq(&row.status),
            rule_packs::edition.eq(row.edition),
            rule_packs::filed_at.eq(&row.filed_at),
            rule_packs::filed_by.eq(&row.filed_by),
            rule_packs::decided_at.eq(&row.decided_at),
            rule_packs::decided_by.eq(&row.decided_by),
            rule_packs::decision_reason.eq(&row.decision_reason),
            rule_packs::notice_until.eq(row.notice_until),
            rule_packs::published_at.eq(&row.published_at),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Says when a version ends, as the versions beside it make it. Its document and edition stay.
///
/// # Errors
/// When the database refuses.
pub fn end(conn: &mut Conn, pack_id: Uuid, effective_to: Option<NaiveDate>) -> Result<(), StoreError> {
    diesel::update(rule_packs::table.find(Key(pack_id)))
        .set(rule_packs::effective_to.eq(effective_to))
        .execute(conn)?;
    Ok(())
}
