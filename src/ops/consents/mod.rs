//! Consents: who may see what of the caller's record until when, in one list, each with one switch that really ends it; and who sees
//! something without a consent, which has no switch and says why. Receipts name their fields as ISO/IEC TS 27560 does.

mod sight;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::access::{Whose, learner_of};
use super::claims::act::{Act, act_on_claim};
use super::context::{Bank, Context};
use super::corrections::requests::own::withdraw_correction_request;
use super::error::OpError;
use super::notifications::settings::remove_address;
use super::portfolio::confirmations::withdraw_confirmation;
use super::shares::{limits_of, recipient_of, turn_off_share};
use super::views::definition_of;
use crate::domain::claim::{ClaimEvent, ClaimFilter, ClaimStatus};
use crate::domain::correction::request::RequestFilter;
use crate::domain::list::ListPlace;
use crate::domain::portfolio::confirmation::ConfirmationState;
use crate::domain::portfolio::consent::{ConsentKind, ConsentState, DataCategory, LawfulBasis, SCHEMA_VERSION, categories};
use crate::domain::portfolio::entry::OwnText;
use crate::domain::portfolio::share::ShareState;
use crate::domain::portfolio::timeline::NamedInstitution;
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::{claims, institutions, notifications, portfolio, records, requests, shares};
use sight::standing;

/// Who may see something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ConsentRecipient {
    /// The institution, where it is one.
    pub institution: Option<NamedInstitution>,
    /// Whom the learner named, where it is a link.
    pub description: Option<String>,
}

/// A consent, as a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ConsentReceipt {
    #[schema(example = "ISO/IEC TS 27560:2023")]
    pub schema_version: String,
    /// The share, request or claim by which it was given; of mail, the learner. Of what does not rest on consent the institution, and
    /// zeros for the bank.
    pub record_id: Uuid,
    pub pii_principal_id: Uuid,
    pub kind: ConsentKind,
    pub purpose: OwnText,
    pub lawful_basis: LawfulBasis,
    pub pii_information: Vec<DataCategory>,
    pub recipient: ConsentRecipient,
    pub event_state: ConsentState,
    /// Since when.
    pub event_time: DateTime<Utc>,
    /// Until when, where that is known.
    pub valid_until: Option<DateTime<Utc>>,
    /// When it was withdrawn, where it was.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// What `DELETE /api/v1/me/consents/{record_id}` does, or why it cannot be withdrawn and what can be done instead.
    pub withdrawal_method: OwnText,
}

/// The receipts of one learner while they are written.
struct Receipts {
    learner_id: Uuid,
    names: HashMap<Uuid, String>,
    written: Vec<ConsentReceipt>,
}

impl Receipts {
    fn write(&mut self, kind: ConsentKind, record_id: Uuid, since: DateTime<Utc>, seen: Vec<DataCategory>) -> Option<&mut ConsentReceipt> {
        self.written.push(ConsentReceipt {
            schema_version: SCHEMA_VERSION.to_owned(),
            record_id,
            pii_principal_id: self.learner_id,
            kind,
            purpose: kind.purpose(),
            lawful_basis: kind.lawful_basis(),
            pii_information: seen,
            recipient: ConsentRecipient {
                institution: None,
                description: None,
            },
            event_state: ConsentState::Given,
            event_time: since,
            valid_until: None,
            withdrawn_at: None,
            withdrawal_method: kind.withdrawal(),
        });
        self.written.last_mut()
    }

    fn write_of_institution(
        &mut self,
        conn: &mut Conn,
        kind: ConsentKind,
        record_id: Uuid,
        since: DateTime<Utc>,
        institution_id: Option<Uuid>,
    ) -> Result<(), StoreError> {
        let institution = match institution_id {
            None => None,
            Some(institution_id) => Some(NamedInstitution {
                institution_id,
                name: self.name(conn, institution_id)?,
            }),
        };
        if let Some(receipt) = self.write(kind, record_id, since, kind.seen().to_vec()) {
            receipt.recipient.institution = institution;
        }
        Ok(())
    }

    fn name(&mut self, conn: &mut Conn, institution_id: Uuid) -> Result<String, StoreError> {
        if let Some(name) = self.names.get(&institution_id) {
            return Ok(name.clone());
        }
        let name = institutions::find(conn, institution_id)?.map(|row| row.name).unwrap_or_default();
        self.names.insert(institution_id, name.clone());
        Ok(name)
    }
}

/// Every consent of the caller that stands, the shares and confirmations that ended, and whatever is seen without consent, from the
/// newest.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_consents(bank: &Bank, context: &Context) -> Result<Vec<ConsentReceipt>, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_consents")?;
        let mut receipts = Receipts {
            learner_id: learner.learner_id.0,
            names: HashMap::new(),
            written: Vec::new(),
        };
        of_shares(bank, context, conn, &mut receipts)?;
        of_confirmations(conn, &mut receipts)?;
        of_claims(conn, &mut receipts)?;
        of_requests(conn, &mut receipts)?;
        of_mail(conn, &mut receipts)?;
        for sight in standing(conn, &learner)? {
            receipts.write_of_institution(conn, sight.kind, sight.record_id(), sight.since, sight.institution_id)?;
        }
        let mut written = receipts.written;
        written.sort_by_key(|receipt| std::cmp::Reverse((receipt.event_time, receipt.record_id)));
        Ok(written)
    })
}

fn of_shares(bank: &Bank, context: &Context, conn: &mut Conn, receipts: &mut Receipts) -> Result<(), OpError> {
    for row in shares::list_shares(conn, receipts.learner_id, ListPlace::Newest(None), i64::MAX)? {
        // What a view showed that is removed is no longer known.
        let seen = match shares::view(conn, receipts.learner_id, row.view_id.0)? {
            Some(view) => categories(&definition_of(bank, &view)?.shown()),
            None => Vec::new(),
        };
        let description = recipient_of(bank, &row)?;
        if let Some(receipt) = receipts.write(ConsentKind::Share, row.share_id.0, row.created_at.0, seen) {
            receipt.recipient.description = description;
            receipt.valid_until = Some(row.expires_at.0);
            receipt.withdrawn_at = row.off_at.as_ref().map(|at| at.0);
            receipt.event_state = match limits_of(&row).state(context.now) {
                ShareState::Open => ConsentState::Given,
                ShareState::Off => ConsentState::Withdrawn,
                ShareState::Expired | ShareState::UsedUp | ShareState::Locked => ConsentState::Ended,
            };
        }
    }
    Ok(())
}

fn of_confirmations(conn: &mut Conn, receipts: &mut Receipts) -> Result<(), StoreError> {
    let accounts = records::with_absorbed(conn, receipts.learner_id)?;
    for row in portfolio::confirmations(conn, &accounts)? {
        let (record_id, institution_id) = (row.confirmation_id.0, Some(row.institution_id.0));
        let kind = ConsentKind::EntryConfirmation;
        receipts.write_of_institution(conn, kind, record_id, row.requested_at.0, institution_id)?;
        let state = ConfirmationState::parse(&row.state);
        if let Some(receipt) = receipts.written.last_mut() {
            receipt.event_state = match state {
                Some(state) if state.shows_content() => ConsentState::Given,
                Some(ConfirmationState::Withdrawn) => ConsentState::Withdrawn,
                _ => ConsentState::Ended,
            };
            receipt.withdrawn_at = row.closed_at.as_ref().map(|at| at.0);
        }
    }
    Ok(())
}

fn of_claims(conn: &mut Conn, receipts: &mut Receipts) -> Result<(), StoreError> {
    let filter = ClaimFilter {
        learner_id: Some(receipts.learner_id),
        ..ClaimFilter::default()
    };
    for row in claims::list(conn, &filter, ListPlace::Newest(None), i64::MAX)? {
        if ClaimStatus::parse(&row.status).is_some_and(ClaimStatus::is_open) {
            let institution_id = row.institution_id.as_ref().map(|key| key.0);
            receipts.write_of_institution(conn, ConsentKind::Claim, row.claim_id.0, row.submitted_at.0, institution_id)?;
        }
    }
    Ok(())
}

fn of_requests(conn: &mut Conn, receipts: &mut Receipts) -> Result<(), StoreError> {
    let filter = RequestFilter {
        learner_id: Some(receipts.learner_id),
        ..RequestFilter::default()
    };
    for row in requests::list(conn, &filter, ListPlace::Newest(None), i64::MAX)? {
        if row.is_open {
            let (record_id, institution_id) = (row.request_id.0, Some(row.institution_id.0));
            let kind = ConsentKind::CorrectionRequest;
            receipts.write_of_institution(conn, kind, record_id, row.requested_at.0, institution_id)?;
        }
    }
    Ok(())
}

fn of_mail(conn: &mut Conn, receipts: &mut Receipts) -> Result<(), StoreError> {
    let settings = notifications::settings(conn, receipts.learner_id)?;
    if let Some(confirmed_at) = settings.and_then(|row| row.confirmed_at) {
        let record_id = receipts.learner_id;
        receipts.write(ConsentKind::Mail, record_id, confirmed_at.0, ConsentKind::Mail.seen().to_vec());
    }
    Ok(())
}

/// Withdraws a consent: the share is turned off, the request or claim is withdrawn, the address is removed.
///
/// # Errors
/// `NotFound`, `WrongState` where it ended already, `ConsentNotWithdrawable` of what does not rest on consent, and what the policy
/// answers.
pub fn withdraw_consent(bank: &Bank, context: &Context, record_id: Uuid) -> Result<(), OpError> {
    let kind = bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "withdraw_consent")?;
        Ok::<_, OpError>(kind_of(conn, &learner, record_id)?)
    })?;
    match kind {
        Some(ConsentKind::Share) => turn_off_share(bank, context, record_id),
        Some(ConsentKind::EntryConfirmation) => withdraw_confirmation(bank, context, None, record_id).map(drop),
        Some(ConsentKind::Claim) => act_on_claim(bank, context, None, record_id, ClaimEvent::Withdraw, &Act::default()).map(drop),
        Some(ConsentKind::CorrectionRequest) => withdraw_correction_request(bank, context, None, record_id).map(drop),
        Some(ConsentKind::Mail) => remove_address(bank, context).map(drop),
        Some(_) => Err(Rejection::ConsentNotWithdrawable {}.into()),
        None => Err(Rejection::NotFound {}.into()),
    }
}

/// By what somebody sees what an id names, of a learner's record.
fn kind_of(conn: &mut Conn, learner: &LearnerRow, record_id: Uuid) -> Result<Option<ConsentKind>, StoreError> {
    let learner_id = learner.learner_id.0;
    if shares::share(conn, learner_id, record_id)?.is_some() {
        return Ok(Some(ConsentKind::Share));
    }
    let accounts = records::with_absorbed(conn, learner_id)?;
    if portfolio::confirmation(conn, record_id)?.is_some_and(|row| accounts.contains(&row.learner_id.0)) {
        return Ok(Some(ConsentKind::EntryConfirmation));
    }
    if claims::find(conn, record_id)?.is_some_and(|row| row.learner_id.0 == learner_id) {
        return Ok(Some(ConsentKind::Claim));
    }
    if requests::find(conn, record_id)?.is_some_and(|row| row.learner_id.0 == learner_id) {
        return Ok(Some(ConsentKind::CorrectionRequest));
    }
    if record_id == learner_id && notifications::settings(conn, learner_id)?.is_some() {
        return Ok(Some(ConsentKind::Mail));
    }
    let named = standing(conn, learner)?.into_iter().find(|sight| sight.record_id() == record_id);
    Ok(named.map(|sight| sight.kind))
}
