//! What can be earned: achievements, from draft over published to closed, and their versions.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::achievement::{AchievementFilter, AchievementKind, AchievementStatus, KindFields};
use crate::domain::hours::Hours;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::connection::Conn;
use crate::store::error::{StoreError, Taken};
use crate::store::frameworks;
use crate::store::journal::tell;
use crate::store::standards::{self as store, AchievementRow};
use crate::store::types::{At, Document, Key};

/// An achievement to be drafted.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAchievement {
    pub institution_id: Uuid,
    /// The institution's own code for it.
    #[schema(pattern = "^[a-z0-9][a-z0-9-]{0,39}$", example = "occ-elec-4")]
    pub code: String,
    #[schema(min_length = 1, max_length = 200, example = "电工(四级/中级工)")]
    pub name_chinese: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub name_english: Option<String>,
    pub kind: AchievementKind,
    /// An ordered series such as `occ-elec`.
    #[serde(default)]
    #[schema(max_length = 40, example = "occ-elec")]
    pub family: Option<String>,
    /// The rank within the family, 1 the lowest.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99, example = 2)]
    pub rank: Option<i16>,
    /// The framework that `level` is of.
    #[serde(default)]
    pub framework_id: Option<Uuid>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99, example = 4)]
    pub level: Option<i16>,
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Who issues the certificate, where that is not the institution itself.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub original_issuer: Option<String>,
    #[serde(default)]
    pub details: KindFields,
    pub valid_from: NaiveDate,
    /// The last day on which it can be earned.
    #[serde(default)]
    pub closed_on: Option<NaiveDate>,
}

/// An achievement as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Achievement {
    pub achievement_id: Uuid,
    /// The same for all versions.
    pub lineage_id: Uuid,
    pub version: i64,
    pub institution_id: Uuid,
    pub code: String,
    pub name_chinese: String,
    pub name_english: Option<String>,
    pub kind: String,
    pub family: Option<String>,
    pub rank: Option<i16>,
    pub framework_id: Option<Uuid>,
    pub level: Option<i16>,
    pub hours: Option<Hours>,
    pub original_issuer: Option<String>,
    pub details: KindFields,
    pub status: AchievementStatus,
    pub valid_from: NaiveDate,
    pub closed_on: Option<NaiveDate>,
    /// Changes with every change; goes into `If-Match`.
    pub edition: i64,
}

impl TryFrom<AchievementRow> for Achievement {
    type Error = StoreError;

    fn try_from(row: AchievementRow) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("an achievement".to_owned());
        Ok(Self {
            achievement_id: row.achievement_id.0,
            lineage_id: row.lineage_id.0,
            version: row.version,
            institution_id: row.institution_id.0,
            code: row.code,
            name_chinese: row.name_chinese,
            name_english: row.name_english,
            kind: row.kind,
            family: row.family,
            rank: row.rank,
            framework_id: row.framework_id.map(|key| key.0),
            level: row.level,
            hours: row
                .hours_hundredths
                .map(Hours::from_hundredths)
                .transpose()
                .map_err(|_| damaged())?,
            original_issuer: row.original_issuer,
            details: serde_json::from_value(row.details.0).map_err(|_| damaged())?,
            status: AchievementStatus::parse(&row.status).ok_or_else(damaged)?,
            valid_from: row.valid_from,
            closed_on: row.closed_on,
            edition: row.edition,
        })
    }
}

fn is_code(text: &str) -> bool {
    let spelled = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    spelled && (1..=40).contains(&text.len()) && !text.starts_with('-')
}

impl NewAchievement {
    fn check(&self) -> Result<(), Rejection> {
        let mut problems: Vec<FieldProblem> = self
            .details
            .problems(self.kind)
            .into_iter()
            .map(|(pointer, detail)| FieldProblem::new(pointer, detail))
            .collect();
        let mut refuse = |wrong: bool, pointer: &str, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        let bad_text = |text: &str| text.trim().is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control);
        refuse(!is_code(&self.code), "/code", "must have 1 to 40 of a-z, 0-9 and hyphen");
        refuse(bad_text(&self.name_chinese), "/name_chinese", "must have 1 to 200 characters");
        refuse(
            self.name_english.as_deref().is_some_and(bad_text),
            "/name_english",
            "must have 1 to 200 characters",
        );
        refuse(
            self.original_issuer.as_deref().is_some_and(bad_text),
            "/original_issuer",
            "must have 1 to 200 characters",
        );
        refuse(
            self.family.as_deref().is_some_and(|family| !is_code(family)),
            "/family",
            "must have 1 to 40 of a-z, 0-9 and hyphen",
        );
        refuse(
            self.rank.is_some() != self.family.is_some(),
            "/rank",
            "goes with a family, and a family with a rank",
        );
        refuse(self.rank.is_some_and(|rank| !(1..=99).contains(&rank)), "/rank", "must be 1 to 99");
        refuse(
            self.framework_id.is_some() != self.level.is_some(),
            "/level",
            "goes with a framework, and a framework with a level",
        );
        refuse(
            self.hours.is_some_and(|hours| hours.hundredths() == 0),
            "/hours",
            "must be more than nothing",
        );
        refuse(
            self.closed_on.is_some_and(|last| last < self.valid_from),
            "/closed_on",
            "is before valid_from",
        );
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Rejection::InvalidBody { problems })
        }
    }
}

/// The row of a draft.
fn draft_row(context: &Context, new: &NewAchievement, lineage_id: Uuid, version: i64) -> Result<AchievementRow, StoreError> {
    let details = serde_json::to_value(&new.details).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(AchievementRow {
        achievement_id: Key(Uuid::now_v7()),
        lineage_id: Key(lineage_id),
        version,
        institution_id: Key(new.institution_id),
        code: new.code.clone(),
        name_chinese: new.name_chinese.trim().to_owned(),
        name_english: new.name_english.as_deref().map(|name| name.trim().to_owned()),
        kind: new.kind.as_str().to_owned(),
        family: new.family.clone(),
        rank: new.rank,
        framework_id: new.framework_id.map(Key),
        level: new.level,
        hours_hundredths: new.hours.map(Hours::hundredths),
        original_issuer: new.original_issuer.clone(),
        details: Document(details),
        status: AchievementStatus::Draft.as_str().to_owned(),
        valid_from: new.valid_from,
        closed_on: new.closed_on,
        edition: 1,
        created_at: At(context.now),
        published_at: None,
    })
}

/// Refuses a level that its framework does not have.
fn check_level(conn: &mut Conn, new: &NewAchievement) -> Result<(), OpError> {
    let Some((framework_id, level)) = new.framework_id.zip(new.level) else {
        return Ok(());
    };
    let framework = frameworks::find(conn, framework_id)?.ok_or(Rejection::LevelUnknown {})?;
    if framework.has_level(level) {
        Ok(())
    } else {
        Err(Rejection::LevelUnknown {}.into())
    }
}

/// Drafts an achievement.
///
/// # Errors
/// `InvalidBody`, `CodeTaken`, `LevelUnknown`, and what the policy answers.
pub fn create_achievement(bank: &Bank, context: &Context, key: Option<&str>, new: &NewAchievement) -> Result<Achievement, OpError> {
    new.check()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "create_achievement", key, new, |conn| {
            context.authorised(conn, Action::WriteAchievement, Resource::Institution(new.institution_id))?;
            check_level(conn, new)?;
            insert_draft(conn, context, "create_achievement", draft_row(context, new, Uuid::now_v7(), 1)?)
        })
    })
}

fn insert_draft(conn: &mut Conn, context: &Context, operation: &'static str, row: AchievementRow) -> Result<Achievement, OpError> {
    store::insert_achievement(conn, &row).map_err(|error| match error.taken() {
        Some(Taken::AchievementCode | Taken::AchievementVersion) => Rejection::CodeTaken { code: row.code.clone() }.into(),
        _ => OpError::Store(error),
    })?;
    let achievement = Achievement::try_from(row)?;
    tell_of(conn, context, operation, &achievement)?;
    Ok(achievement)
}

/// Drafts the next version of a published achievement. The code and the institution stay.
///
/// # Errors
/// `InvalidBody`, `CodeTaken` where a next version is drafted already, `WrongState`, and what the policy answers.
pub fn create_achievement_version(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    achievement_id: Uuid,
    new: &NewAchievement,
) -> Result<Achievement, OpError> {
    new.check()?;
    bank.store.write(|conn| {
        once(
            bank,
            context,
            conn,
            "create_achievement_version",
            key,
            &(achievement_id, new),
            |conn| {
                let before = to_write(conn, context, achievement_id)?;
                if before.status == AchievementStatus::Draft {
                    return Err(Rejection::WrongState {
                        state: before.status.to_string(),
                    }
                    .into());
                }
                same_identity(&before, new)?;
                if new.valid_from <= before.valid_from {
                    let detail = format!("must be later than that of the version before, {}", before.valid_from);
                    return Err(Rejection::field("/valid_from", detail).into());
                }
                check_level(conn, new)?;
                let row = draft_row(context, new, before.lineage_id, before.version + 1)?;
                insert_draft(conn, context, "create_achievement_version", row)
            },
        )
    })
}

fn same_identity(before: &Achievement, new: &NewAchievement) -> Result<(), Rejection> {
    if new.code != before.code {
        return Err(Rejection::field("/code", format!("must stay {}", before.code)));
    }
    if new.institution_id != before.institution_id {
        return Err(Rejection::field("/institution_id", format!("must stay {}", before.institution_id)));
    }
    Ok(())
}

/// Changes a draft.
///
/// # Errors
/// `InvalidBody`, `WrongState` once it is published, `StaleEdition`, and what the policy answers.
pub fn edit_achievement(
    bank: &Bank,
    context: &Context,
    achievement_id: Uuid,
    edition: i64,
    new: &NewAchievement,
) -> Result<Achievement, OpError> {
    new.check()?;
    bank.store.write(|conn| {
        let before = to_write(conn, context, achievement_id)?;
        if before.status != AchievementStatus::Draft {
            return Err(Rejection::WrongState {
                state: before.status.to_string(),
            }
            .into());
        }
        same_identity(&before, new)?;
        check_level(conn, new)?;
        let row = AchievementRow {
            achievement_id: Key(achievement_id),
            edition: edition + 1,
            ..draft_row(context, new, before.lineage_id, before.version)?
        };
        if before.edition != edition || !store::replace_draft(conn, &row, edition)? {
            return Err(Rejection::StaleEdition {}.into());
        }
        let achievement = Achievement::try_from(row)?;
        tell_of(conn, context, "edit_achievement", &achievement)?;
        Ok(achievement)
    })
}

/// Loads an achievement that the caller may write; a draft of others is not there.
fn to_write(conn: &mut Conn, context: &Context, achievement_id: Uuid) -> Result<Achievement, OpError> {
    let actor = context.somebody(conn)?;
    let row = store::achievement(conn, achievement_id)?.ok_or(Rejection::NotFound {})?;
    let achievement = Achievement::try_from(row)?;
    let resource = Resource::Institution(achievement.institution_id);
    if achievement.status == AchievementStatus::Draft {
        policy::allowed(&actor, Action::ReadDraftAchievement, resource)?;
    }
    policy::allowed(&actor, Action::WriteAchievement, resource)?;
    Ok(achievement)
}

/// Publishes a draft; from then on it is never edited.
///
/// # Errors
/// `NotFound`, `WrongState`, and what the policy answers.
pub fn publish_achievement(bank: &Bank, context: &Context, achievement_id: Uuid) -> Result<Achievement, OpError> {
    bank.store.write(|conn| {
        let achievement = to_write(conn, context, achievement_id)?;
        if !store::publish_achievement(conn, achievement_id, context.now)? {
            return Err(Rejection::WrongState {
                state: achievement.status.to_string(),
            }
            .into());
        }
        let achievement = Achievement {
            status: AchievementStatus::Published,
            edition: achievement.edition + 1,
            ..achievement
        };
        tell_of(conn, context, "publish_achievement", &achievement)?;
        Ok(achievement)
    })
}

/// Closes a published achievement: what is awarded after `closed_on` waits for a person.
///
/// # Errors
/// `InvalidBody`, `WrongState`, and what the policy answers.
pub fn close_achievement(bank: &Bank, context: &Context, achievement_id: Uuid, closed_on: NaiveDate) -> Result<Achievement, OpError> {
    bank.store.write(|conn| {
        let achievement = to_write(conn, context, achievement_id)?;
        if closed_on < achievement.valid_from {
            return Err(Rejection::field("/closed_on", format!("is before valid_from, {}", achievement.valid_from)).into());
        }
        if !store::close_achievement(conn, achievement_id, closed_on)? {
            return Err(Rejection::WrongState {
                state: achievement.status.to_string(),
            }
            .into());
        }
        let achievement = Achievement {
            status: AchievementStatus::Closed,
            closed_on: Some(closed_on),
            edition: achievement.edition + 1,
            ..achievement
        };
        tell_of(conn, context, "close_achievement", &achievement)?;
        Ok(achievement)
    })
}

/// Reads an achievement; published ones are public, drafts are their institution's.
///
/// # Errors
/// `NotFound`.
pub fn read_achievement(bank: &Bank, context: &Context, achievement_id: Uuid) -> Result<Achievement, OpError> {
    bank.store.read(|conn| {
        let actor = context.actor(conn)?;
        let row = store::achievement(conn, achievement_id)?.ok_or(Rejection::NotFound {})?;
        let achievement = Achievement::try_from(row)?;
        let draft = achievement.status == AchievementStatus::Draft;
        let resource = Resource::Institution(achievement.institution_id);
        if draft && policy::allowed(&actor, Action::ReadDraftAchievement, resource).is_err() {
            return Err(Rejection::NotFound {}.into());
        }
        Ok(achievement)
    })
}

/// Lists achievements; the catalogue is public, and an institution sees its own drafts when it names itself.
///
/// # Errors
/// When the database is away.
pub fn list_achievements(
    bank: &Bank,
    context: &Context,
    filter: &AchievementFilter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Achievement>, OpError> {
    bank.store.read(|conn| {
        let actor = context.actor(conn)?;
        let own = |institution_id| policy::allowed(&actor, Action::ReadDraftAchievement, Resource::Institution(institution_id)).is_ok();
        let drafts = filter.institution_id.is_some_and(own);
        let rows = store::list_achievements(conn, filter, drafts, after, limit)?;
        Ok(rows.into_iter().map(Achievement::try_from).collect::<Result<_, StoreError>>()?)
    })
}

fn tell_of(conn: &mut Conn, context: &Context, operation: &'static str, achievement: &Achievement) -> Result<(), StoreError> {
    let told = context
        .told(operation, "achievement", achievement.achievement_id)
        .of_institution(achievement.institution_id)
        .with(serde_json::json!({ "code": achievement.code, "version": achievement.version }));
    tell(conn, &[told])
}
