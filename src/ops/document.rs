//! The stored form of what is published as one document.

use serde::Serialize;
use serde_json::Value;

use super::error::OpError;
use crate::domain::rejection::Rejection;
use crate::store::error::StoreError;
use crate::store::types::Document;

/// Makes the document of what is at `pointer` in a request's body.
///
/// # Errors
/// `InvalidBody` where a text has the character U+0000, which PostgreSQL does not store.
pub(super) fn document_of(published: &impl Serialize, pointer: &str) -> Result<Document, OpError> {
    let value = serde_json::to_value(published).map_err(|error| StoreError::Damaged(error.to_string()))?;
    match nul_within(&value, pointer.to_owned()) {
        None => Ok(Document(value)),
        Some(pointer) => Err(Rejection::field(pointer, "has the character U+0000, which no text may have").into()),
    }
}

/// Where the first text with U+0000 stands. The names of fields are the bank's own.
fn nul_within(value: &Value, pointer: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(pointer),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(number, item)| nul_within(item, format!("{pointer}/{number}"))),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, field)| nul_within(field, format!("{pointer}/{name}"))),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_cannot_be_stored_is_named() {
        let published = serde_json::json!({ "stages": [{ "name": "a" }, { "name": "b\0" }] });
        match document_of(&published, "/pathway") {
            Err(OpError::Rejected(Rejection::InvalidBody { problems })) => assert_eq!(problems[0].pointer, "/pathway/stages/1/name"),
            other => panic!("{other:?}"),
        }
        assert!(document_of(&serde_json::json!({ "name": "b" }), "").is_ok());
    }
}
