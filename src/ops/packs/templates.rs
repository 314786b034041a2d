//! Rule packs to begin from: the rules of real institutions that ship with the product, each with its worked cases.

use serde::Serialize;

use crate::domain::pack::RulePack;
use crate::domain::pack::shipped;
use crate::domain::pack_case::PackCase;
use crate::ops::error::OpError;
use crate::store::error::StoreError;

/// A pack to begin from; its owner and dates are to be replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PackTemplate {
    pub code: &'static str,
    pub document: RulePack,
    pub cases: Vec<PackCase>,
}

/// All of them, by code.
///
/// # Errors
/// When one that ships is damaged, which a test refuses.
pub fn list_pack_templates() -> Result<Vec<PackTemplate>, OpError> {
    let damaged = |_| StoreError::Damaged("a pack that ships".to_owned());
    let read = |shipped: &shipped::Shipped| {
        Ok(PackTemplate {
            code: shipped.code,
            document: serde_json::from_str(shipped.document).map_err(damaged)?,
            cases: serde_json::from_str(shipped.cases).map_err(damaged)?,
        })
    };
    shipped::ALL.iter().map(read).collect()
}
