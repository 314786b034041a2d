//! Reference data of recognition: achievements, certificate patterns and the bank's rules.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::schema::{achievements, certificate_patterns, recognition_rules};
use super::types::{At, Document, Key};
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

/// Published versions after `after`; of one institution, if one is named.
///
/// # Errors
/// When the database refuses.
pub fn list_achievements(
    conn: &mut Conn,
    institution_id: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AchievementRow>, StoreError> {
    let mut query = achievements::table.filter(achievements::status.ne("draft")).into_boxed();
    if let Some(institution_id) = institution_id {
        query = query.filter(achievements::institution_id.eq(Key(institution_id)));
    }
    if let Some(after) = after {
        query = query.filter(achievements::achievement_id.gt(Key(after)));
    }
    Ok(query.order(achievements::achievement_id).limit(limit).load(conn)?)
}

/// The patterns of certificate numbers: kind, family, pattern.
///
/// # Errors
/// When the database refuses.
pub fn patterns(conn: &mut Conn) -> Result<Vec<(String, Option<String>, String)>, StoreError> {
    Ok(certificate_patterns::table
        .select((
            certificate_patterns::kind,
            certificate_patterns::family,
            certificate_patterns::pattern,
        ))
        .load(conn)?)
}

/// Adds a pattern.
///
/// # Errors
/// When the database refuses.
pub fn insert_pattern(
    conn: &mut Conn,
    pattern_id: Uuid,
    name: &str,
    kind: &str,
    pattern: &str,
    citation: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(certificate_patterns::table)
        .values((
            certificate_patterns::pattern_id.eq(Key(pattern_id)),
            certificate_patterns::name.eq(name),
            certificate_patterns::kind.eq(kind),
            certificate_patterns::pattern.eq(pattern),
            certificate_patterns::citation.eq(citation),
            certificate_patterns::created_at.eq(At(now)),
        ))
        .execute(conn)?;
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
