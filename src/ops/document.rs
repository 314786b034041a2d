//! The stored form of what is published as one document.

use serde::Serialize;

use crate::store::error::StoreError;
use crate::store::types::Document;

/// Makes the document.
///
/// # Errors
/// `Damaged` for what JSON cannot say.
pub(super) fn document_of(published: &impl Serialize) -> Result<Document, StoreError> {
    let value = serde_json::to_value(published).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(Document(value))
}
