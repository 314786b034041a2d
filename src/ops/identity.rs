//! Learners' identities: as given, as stored under seal, and masked for others' eyes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::reseal::{document_place, name_place};
use crate::domain::account_number::AccountNumber;
use crate::domain::identity_document::{DocumentKind, IdentityDocument};
use crate::domain::movement::ChainHead;
use crate::domain::person_name::PersonName;
use crate::store::deposits::{AccountNumberRow, IdentityRow, LearnerRow};
use crate::store::error::StoreError;
use crate::store::types::{At, Key};
use crate::vault::opaque;

/// The person who earned it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearnerIdentity {
    pub document_kind: DocumentKind,
    #[schema(min_length = 5, max_length = 40, example = "11010519491231002X")]
    pub document_number: String,
    #[schema(min_length = 1, max_length = 100, example = "王芳")]
    pub name: String,
}

/// A learner for others' eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MaskedLearner {
    pub learner_id: Uuid,
    #[schema(example = "1234567890123494")]
    pub account_number: String,
    #[schema(example = "王*")]
    pub name_masked: String,
    #[schema(example = "1101**********002X")]
    pub document_masked: String,
    /// Whether the learner logs in to the account already.
    pub claimed: bool,
}

/// Opens a learner's sealed document.
///
/// # Errors
/// When the key is gone or the value is damaged.
pub(super) fn document_of(bank: &Bank, row: &LearnerRow) -> Result<IdentityDocument, OpError> {
    let damaged = || StoreError::Damaged("a learner's document".to_owned());
    let kind = DocumentKind::parse(&row.document_kind).ok_or_else(damaged)?;
    let number = bank.sealer.open(&row.document_sealed, &document_place(row.learner_id.0))?;
    let number = std::str::from_utf8(&number).map_err(|_| damaged())?;
    // The day only tells a birth date in the future, and this number was taken before.
    Ok(IdentityDocument::parse(kind, number, chrono::NaiveDate::MAX).map_err(|_| damaged())?)
}

/// Opens a learner's sealed name.
///
/// # Errors
/// When the key is gone or the value is damaged.
pub(super) fn name_of(bank: &Bank, row: &LearnerRow) -> Result<PersonName, OpError> {
    let name = bank.sealer.open(&row.name_sealed, &name_place(row.learner_id.0))?;
    let name = std::str::from_utf8(&name).ok().and_then(PersonName::parse);
    Ok(name.ok_or_else(|| StoreError::Damaged("a learner's name".to_owned()))?)
}

/// A learner for others' eyes.
///
/// # Errors
/// When a sealed value does not open.
pub(super) fn masked(bank: &Bank, row: &LearnerRow) -> Result<MaskedLearner, OpError> {
    Ok(MaskedLearner {
        learner_id: row.learner_id.0,
        account_number: row.account_number.clone(),
        name_masked: name_of(bank, row)?.masked(),
        document_masked: document_of(bank, row)?.masked(),
        claimed: row.user_id.is_some(),
    })
}

/// The rows of a new, unclaimed account.
///
/// # Errors
/// When there is no randomness.
pub(super) fn opened(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    document: &IdentityDocument,
    name: &PersonName,
) -> Result<(LearnerRow, IdentityRow, AccountNumberRow), OpError> {
    let learner_id = Uuid::now_v7();
    let head = ChainHead::genesis(learner_id);
    let account_number = AccountNumber::from_entropy(opaque::random_number()?);
    let row = LearnerRow {
        learner_id: Key(learner_id),
        account_number: account_number.as_str().to_owned(),
        document_kind: document.kind().as_str().to_owned(),
        document_sealed: bank.sealer.seal(document.number().as_bytes(), &document_place(learner_id))?,
        name_sealed: bank.sealer.seal(name.as_str().as_bytes(), &name_place(learner_id))?,
        name_key: bank.sealer.index("name", &name.matching_key()),
        user_id: None,
        opened_by: Key(institution_id),
        opened_at: At(context.now),
        head_sequence: 0,
        head_hash: head.hash.to_vec(),
        available_hundredths: 0,
        merged_into: None,
    };
    let identity = IdentityRow {
        document_index: document_index(bank, document),
        learner_id: Key(learner_id),
    };
    let number = AccountNumberRow {
        account_number: row.account_number.clone(),
        learner_id: Key(learner_id),
    };
    Ok((row, identity, number))
}

/// The keyed index by which a document is found.
pub(super) fn document_index(bank: &Bank, document: &IdentityDocument) -> Vec<u8> {
    bank.sealer.index("document", &document.canonical())
}
