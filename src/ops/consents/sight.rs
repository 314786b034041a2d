//! Who sees something of a learner's record without the learner's consent: as the operations allow it, and not as somebody promises.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::claim::{ClaimFilter, ClaimStatus};
use crate::domain::correction::request::RequestFilter;
use crate::domain::list::ListPlace;
use crate::domain::outcome::OutcomeFilter;
use crate::domain::portfolio::consent::ConsentKind;
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::{claims, evidence, identities, records, requests};

/// A standing sight of an institution, or of the bank itself.
pub(super) struct Sight {
    pub(super) kind: ConsentKind,
    /// None for the bank.
    pub(super) institution_id: Option<Uuid>,
    /// Since the first thing of its kind.
    pub(super) since: DateTime<Utc>,
}

impl Sight {
    /// By what a receipt names it: the institution, or zeros for the bank.
    pub(super) fn record_id(&self) -> Uuid {
        self.institution_id.unwrap_or_default()
    }
}

#[derive(Default)]
struct Sights(BTreeMap<(ConsentKind, Uuid), DateTime<Utc>>);

impl Sights {
    fn add(&mut self, kind: ConsentKind, institution_id: Uuid, since: DateTime<Utc>) {
        let first = self.0.entry((kind, institution_id)).or_insert(since);
        *first = since.min(*first);
    }
}

/// The standing sights of a learner's record.
///
/// # Errors
/// When the database refuses.
pub(super) fn standing(conn: &mut Conn, learner: &LearnerRow) -> Result<Vec<Sight>, StoreError> {
    let learner_id = learner.learner_id.0;
    let mut sights = Sights::default();
    let filter = OutcomeFilter {
        learner_id: Some(learner_id),
        ..OutcomeFilter::default()
    };
    for row in records::outcomes(conn, &filter, ListPlace::Newest(None), i64::MAX)? {
        sights.add(ConsentKind::DepositedOutcomes, row.institution_id.0, row.deposited_at.0);
    }
    for (institution_id, since) in identities::knowing(conn, learner_id)? {
        if !sights.0.contains_key(&(ConsentKind::DepositedOutcomes, institution_id)) {
            sights.add(ConsentKind::KnownAccount, institution_id, since);
        }
    }
    let filter = ClaimFilter {
        learner_id: Some(learner_id),
        ..ClaimFilter::default()
    };
    for row in claims::list(conn, &filter, ListPlace::Newest(None), i64::MAX)? {
        let is_open = ClaimStatus::parse(&row.status).is_some_and(ClaimStatus::is_open);
        // What the bank decides is the bank's to see anyway.
        if let (false, Some(institution_id)) = (is_open, row.institution_id) {
            sights.add(ConsentKind::ClosedClaims, institution_id.0, row.submitted_at.0);
        }
    }
    let filter = RequestFilter {
        learner_id: Some(learner_id),
        ..RequestFilter::default()
    };
    for row in requests::list(conn, &filter, ListPlace::Newest(None), i64::MAX)? {
        if !row.is_open {
            sights.add(ConsentKind::ClosedRequests, row.institution_id.0, row.requested_at.0);
        }
    }
    for row in evidence::list(conn, learner_id, ListPlace::Newest(None), i64::MAX)? {
        if let Some(institution_id) = row.institution_id {
            sights.add(ConsentKind::UploadedFiles, institution_id.0, row.uploaded_at.0);
        }
    }
    let bank = Sight {
        kind: ConsentKind::Bank,
        institution_id: None,
        since: learner.opened_at.0,
    };
    let of_institutions = sights.0.into_iter().map(|((kind, institution_id), since)| Sight {
        kind,
        institution_id: Some(institution_id),
        since,
    });
    Ok(std::iter::once(bank).chain(of_institutions).collect())
}
