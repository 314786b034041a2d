//! What can be earned at an institution, for the forms in which one of them is chosen.

use uuid::Uuid;

use crate::domain::achievement::{AchievementFilter, AchievementKind, AchievementStatus};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::achievements::form::Achievement;
use crate::ops::achievements::list_achievements;
use crate::portal::download::read_on;
use crate::portal::visit::SignedIn;

/// The most versions that are offered.
const OFFERED_MAX: i64 = 600;

/// The versions of an institution's achievements that were published, by their names.
///
/// # Errors
/// When the database fails.
pub(super) async fn offered(web: &Web, visit: &SignedIn, institution_id: Uuid) -> Result<Vec<Achievement>, Refusal> {
    let context = visit.context;
    let filter = AchievementFilter {
        institution_id: Some(institution_id),
        ..AchievementFilter::default()
    };
    let mut found: Vec<Achievement> = web
        .run(move |bank| {
            read_on(
                OFFERED_MAX,
                |after, limit| list_achievements(bank, &context, &filter, after, limit),
                |last| last.achievement_id,
            )
        })
        .await?;
    found.retain(|achievement| achievement.status != AchievementStatus::Draft);
    found.sort_by(|one, other| (&one.name_chinese, &one.code, other.version).cmp(&(&other.name_chinese, &other.code, one.version)));
    Ok(found)
}

/// The newest version of each, as it is deposited by its code.
pub(super) fn newest(mut offered: Vec<Achievement>) -> Vec<Achievement> {
    offered.dedup_by(|later, kept| later.code == kept.code);
    offered
}

/// Its kind.
pub(super) fn kind_of(achievement: &Achievement) -> AchievementKind {
    AchievementKind::parse(&achievement.kind).unwrap_or(AchievementKind::Other)
}
