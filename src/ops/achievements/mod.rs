//! What can be earned: achievements, from draft over published to closed, and their versions.

pub mod form;

use chrono::NaiveDate;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::achievement::{AchievementFilter, AchievementStatus};
use crate::domain::hours::Hours;
use crate::domain::list::ListPlace;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::error::{StoreError, Taken};
use crate::store::frameworks;
use crate::store::journal::tell;
use crate::store::standards::{self as store, AchievementRow};
use crate::store::types::{At, Document, Key};
use form::{Achievement, NewAchievement};

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
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Achievement>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let actor = context.actor(conn)?;
        let own = |institution_id| policy::allowed(&actor, Action::ReadDraftAchievement, Resource::Institution(institution_id)).is_ok();
        let drafts = filter.institution_id.is_some_and(own);
        let rows = store::list_achievements(conn, filter, drafts, place, limit)?;
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
