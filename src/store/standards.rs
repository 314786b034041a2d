//! Reference data of recognition: achievements, certificate patterns and the bank's rules.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::pattern::{containing, lower};
use super::schema::{achievements, certificate_patterns, recognition_rules};
use super::types::{At, Document, Key};
use crate::domain::achievement::AchievementFilter;
use crate::domain::list::ListPlace;
use crate::domain::recognition::RuleVersion;

/// A version of an achievement.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = achievements)]
pub struct AchievementRow {
    pub achievement_id: Key,
    pub lineage_id: Key,
    pub version: i64,
    pub institution_id: Key,
    pub code: String,
    pub name_chinese: String,
    pub name_english: Option<String>,
    pub kind: String,
    pub family: Option<String>,
    pub rank: Option<i16>,
    pub framework_id: Option<Key>,
    pub level: Option<i16>,
    pub hours_hundredths: Option<i64>,
    pub original_issuer: Option<String>,
    pub details: Document,
    pub status: String,
    pub valid_from: chrono::NaiveDate,
    pub closed_on: Option<chrono::NaiveDate>,
    pub edition: i64,
    pub created_at: At,
    pub published_at: Option<At>,
}

impl AchievementRow {
    /// Whose certificate numbers these are: the original issuer's, else the institution's.
    pub fn issuer_key(&self) -> String {
        self.original_issuer.clone().unwrap_or_else(|| self.institution_id.0.to_string())
    }
}

/// Adds a version; a taken code is [`super::error::Taken::AchievementCode`].
///
/// # Errors
/// When the database refuses.
pub fn insert_achievement(conn: &mut Conn, achievement: &AchievementRow) -> Result<(), StoreError> {
    diesel::insert_into(achievements::table).values(achievement).execute(conn)?;
    Ok(())
}

/// Finds a version.
///
/// # Errors
/// When the database refuses.
pub fn achievement(conn: &mut Conn, achievement_id: Uuid) -> Result<Option<AchievementRow>, StoreError> {
    Ok(achievements::table.find(Key(achievement_id)).first(conn).optional()?)
}

/// Some versions.
///
/// # Errors
/// When the database refuses.
pub fn achievements(conn: &mut Conn, achievement_ids: &[Uuid]) -> Result<Vec<AchievementRow>, StoreError> {
    let ids: Vec<Key> = achievement_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => achievements::table.filter(achievements::achievement_id.eq_any(&ids)).load(c))?)
}

/// Publishes a draft; false when it is none any more.
///
/// # Errors
/// When the database refuses.
pub fn publish_achievement(conn: &mut Conn, achievement_id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(achievements::table.find(Key(achievement_id)))
        .filter(achievements::status.eq("draft"))
        .set((
            achievements::status.eq("published"),
            achievements::published_at.eq(Some(At(now))),
            achievements::edition.eq(achievements::edition + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Published and closed versions with these codes, of any institution.
///
/// # Errors
/// When the database refuses.
pub fn achievements_by_code(conn: &mut Conn, codes: &[String]) -> Result<Vec<AchievementRow>, StoreError> {
    Ok(each_back_end!(conn, c => achievements::table
        .filter(achievements::code.eq_any(codes))
        .filter(achievements::status.ne("draft"))
        .load::<AchievementRow>(c))?)
}

/// The published achievements of an institution, in the order of their codes.
///
/// # Errors
/// When the database refuses.
pub fn published_of(conn: &mut Conn, institution_id: Uuid) -> Result<Vec<AchievementRow>, StoreError> {
    Ok(achievements::table
        .filter(achievements::institution_id.eq(Key(institution_id)))
        .filter(achievements::status.ne("draft"))
        .order((achievements::code, achievements::version))
        .load(conn)?)
}

/// Versions from a place in their list, drafts only where asked for.
///
/// # Errors
/// When the database refuses.
pub fn list_achievements(
    conn: &mut Conn,
    filter: &AchievementFilter,
    drafts: bool,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<AchievementRow>, StoreError> {
    let later = diesel::alias!(achievements as later_achievements);
    let mut query = achievements::table.into_boxed();
    if !drafts {
        query = query.filter(achievements::status.ne("draft"));
    }
    if let Some(institution_id) = filter.institution_id {
        query = query.filter(achievements::institution_id.eq(Key(institution_id)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(achievements::kind.eq(kind.as_str()));
    }
    if let Some(family) = &filter.family {
        query = query.filter(achievements::family.eq(Some(family.clone())));
    }
    if let Some(code) = &filter.code {
        query = query.filter(achievements::code.eq(code.clone()));
    }
    if let Some(part) = &filter.name_contains {
        let pattern = containing(&part.to_ascii_lowercase());
        let chinese = lower(achievements::name_chinese.nullable()).like(pattern.clone()).escape('\\');
        let english = lower(achievements::name_english).like(pattern).escape('\\');
        query = query.filter(chinese.or(english));
    }
    if filter.newest {
        let of_same = later.field(achievements::lineage_id).eq(achievements::lineage_id);
        let is_later = later.field(achievements::version).gt(achievements::version);
        let published = later.field(achievements::status).ne("draft");
        query = query.filter(diesel::dsl::not(diesel::dsl::exists(
            later.filter(of_same.and(is_later).and(published)),
        )));
    }
    Ok(placed!(query, achievements::achievement_id, place.map(Key))
        .limit(limit)
        .load(conn)?)
}

/// Replaces a draft of the edition that was read; false when it moved on.
///
/// # Errors
/// When the database refuses.
pub fn replace_draft(conn: &mut Conn, row: &AchievementRow, edition: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(achievements::table.find(&row.achievement_id))
        .filter(achievements::status.eq("draft"))
        .filter(achievements::edition.eq(edition))
        .set((
            achievements::name_chinese.eq(&row.name_chinese),
            achievements::name_english.eq(&row.name_english),
            achievements::kind.eq(&row.kind),
            achievements::family.eq(&row.family),
            achievements::rank.eq(row.rank),
            achievements::framework_id.eq(&row.framework_id),
            achievements::level.eq(row.level),
            achievements::hours_hundredths.eq(row.hours_hundredths),
            achievements::original_issuer.eq(&row.original_issuer),
            achievements::details.eq(&row.details),
            achievements::valid_from.eq(row.valid_from),
            achievements::closed_on.eq(row.closed_on),
            achievements::edition.eq(edition + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Closes a published version; false when it is none.
///
/// # Errors
/// When the database refuses.
pub fn close_achievement(conn: &mut Conn, achievement_id: Uuid, closed_on: chrono::NaiveDate) -> Result<bool, StoreError> {
    let changed = diesel::update(achievements::table.find(Key(achievement_id)))
        .filter(achievements::status.eq("published"))
        .set((
            achievements::status.eq("closed"),
            achievements::closed_on.eq(Some(closed_on)),
            achievements::edition.eq(achievements::edition + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// A shape of certificate numbers.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = certificate_patterns)]
pub struct PatternRow {
    pub pattern_id: Key,
    pub name: String,
    pub kind: String,
    pub family: Option<String>,
    pub pattern: String,
    pub citation: String,
    pub created_at: At,
}

/// The shapes of certificate numbers; few, so all at once.
///
/// # Errors
/// When the database refuses.
pub fn patterns(conn: &mut Conn) -> Result<Vec<PatternRow>, StoreError> {
    Ok(certificate_patterns::table.order(certificate_patterns::pattern_id).load(conn)?)
}

/// Adds a pattern; a taken name is [`super::error::Taken::CertificatePatternName`].
///
/// # Errors
/// When the database refuses.
pub fn insert_pattern(conn: &mut Conn, pattern: &PatternRow) -> Result<(), StoreError> {
    diesel::insert_into(certificate_patterns::table).values(pattern).execute(conn)?;
    Ok(())
}

/// Adds a version of a rule; a taken number is [`super::error::Taken::RuleVersion`].
///
/// # Errors
/// When the database refuses.
pub fn insert_rule(conn: &mut Conn, rule: &RuleVersion, created_by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let document = serde_json::to_value(rule).map_err(|error| StoreError::Damaged(error.to_string()))?;
    diesel::insert_into(recognition_rules::table)
        .values((
            recognition_rules::rule_id.eq(Key(rule.rule_id)),
            recognition_rules::version.eq(rule.version),
            recognition_rules::effective_from.eq(rule.effective_from),
            recognition_rules::effective_to.eq(rule.effective_to),
            recognition_rules::document.eq(Document(document)),
            recognition_rules::created_at.eq(At(now)),
            recognition_rules::created_by.eq(Key(created_by)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Every version of every rule, oldest first. Of consecutive versions, each is in force until the next begins.
///
/// # Errors
/// When the database refuses, or a stored rule does not parse.
pub fn rules(conn: &mut Conn) -> Result<Vec<RuleVersion>, StoreError> {
    let rows: Vec<Document> = recognition_rules::table
        .order((recognition_rules::rule_id, recognition_rules::version))
        .select(recognition_rules::document)
        .load(conn)?;
    let mut rules = Vec::<RuleVersion>::with_capacity(rows.len());
    for row in rows {
        let rule: RuleVersion = serde_json::from_value(row.0).map_err(|error| StoreError::Damaged(format!("a rule: {error}")))?;
        if let Some(earlier) = rules.last_mut().filter(|earlier| earlier.rule_id == rule.rule_id) {
            let last_day = rule.effective_from.pred_opt();
            earlier.effective_to = earlier.effective_to.min(last_day).or(last_day);
        }
        rules.push(rule);
    }
    Ok(rules)
}
