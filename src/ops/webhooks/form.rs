//! What people say of a webhook.

use serde::{Deserialize, Serialize};

use crate::domain::event::{PublishedType, parse_types};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::ops::context::Bank;
use crate::outside::target;

/// What people say of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "url": "https://hooks.example.com/credit-bank", "description": "教务系统", "event_types": ["outcome.deposit_outcome"] }))]
pub struct WebhookForm {
    /// By https, of a host that is named by its name.
    #[schema(min_length = 1, max_length = 500, example = "https://hooks.example.com/credit-bank")]
    pub url: String,
    #[serde(default)]
    #[schema(max_length = 100)]
    pub description: String,
    /// All when empty.
    #[serde(default)]
    #[schema(max_items = 100, value_type = Vec<PublishedType>)]
    pub event_types: Vec<String>,
}

impl WebhookForm {
    /// Names every field that cannot be used.
    pub(super) fn check(&self, bank: &Bank) -> Result<(), Rejection> {
        let mut problems = Vec::new();
        if let Err(detail) = target::parse(&self.url, bank.outside.reach) {
            problems.push(FieldProblem::new("/url", detail));
        }
        if !self.description.is_empty() && !is_line(&self.description, 100) {
            problems.push(FieldProblem::new("/description", "must have 1 to 100 characters"));
        }
        if self.event_types.len() > 100 {
            problems.push(FieldProblem::new("/event_types", "must have at most 100 items"));
        }
        for (place, name) in self.event_types.iter().enumerate().take(100) {
            if parse_types([name.as_str()]).is_none() {
                problems.push(FieldProblem::new(
                    format!("/event_types/{place}"),
                    "is not the name of a type of events",
                ));
            }
        }
        Rejection::any_of(problems)
    }

    /// The types as they are stored, each once.
    pub(super) fn types(&self) -> String {
        parse_types(self.event_types.iter().map(String::as_str))
            .unwrap_or_default()
            .join(" ")
    }
}
