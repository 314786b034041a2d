//! Telling learners in their accounts: those who have a log-in, and by mail what they want by mail.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::domain::notification::NotificationKind;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::notifications::{self as store, NotificationRow};

/// Keeps what those of its learners are told who have a log-in, and says how many notifications that are. The learners are named as
/// who they are now.
///
/// # Errors
/// When the database refuses.
pub(super) fn tell_learners(conn: &mut Conn, claimed: &[Uuid], news: Vec<NotificationRow>) -> Result<usize, StoreError> {
    let claimed: HashSet<Uuid> = claimed.iter().copied().collect();
    let mut news: Vec<NotificationRow> = news.into_iter().filter(|row| claimed.contains(&row.learner_id.0)).collect();
    let mut learner_ids: Vec<Uuid> = news.iter().map(|row| row.learner_id.0).collect();
    learner_ids.sort_unstable();
    learner_ids.dedup();
    let wanted: HashMap<Uuid, String> = store::with_mail(conn, &learner_ids)?.into_iter().collect();
    for row in &mut news {
        let kinds = wanted.get(&row.learner_id.0).map(String::as_str).unwrap_or_default();
        row.to_mail = kinds.split(' ').any(|kind| kind == row.kind);
    }
    store::insert(conn, &news)?;
    Ok(news.len())
}

/// What a kind is stored as.
pub(super) fn kind_of(row: &NotificationRow) -> Result<NotificationKind, StoreError> {
    NotificationKind::parse(&row.kind).ok_or_else(|| StoreError::Damaged(format!("notification {}", row.notification_id.0)))
}
