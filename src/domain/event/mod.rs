//! What the bank tells others: one table of all types of events, with what each of them says. Nothing personal is in one.

mod fields;
mod portfolio;
mod table;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::credit::Credit;

use portfolio::PORTFOLIO_TYPES;
use table::EVENT_TYPES;

/// For whom an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The institution that it concerns, where it names one, and the bank's officers.
    Published,
    /// Nobody: who logs in, and how the bank's keys are kept, is in the audit alone.
    AuditAlone,
}

/// What a field of an event holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Id,
    Ids,
    Text,
    Texts,
    Credit,
    Count,
    /// Yes or no.
    Flag,
    Day,
    /// The choice, credit, clauses and number of a step of a claim, as far as it has them.
    ClaimStep,
    /// The lots of which somebody is warned.
    ExpiringLots,
}

/// A field of the details of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub holds: Holds,
    /// Whether it may be null.
    pub nullable: bool,
}

/// A type of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// What it is about, a dot, and what was done to it.
    pub name: &'static str,
    pub audience: Audience,
    pub about: &'static str,
    /// All that its details can say; an event says nothing else.
    pub fields: &'static [Field],
}

/// The type of what a webhook gets when it is tried.
pub const TEST_EVENT: &str = "webhook.test";

/// What happened, and to what. Ids lead to the rest, for those who may read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventData {
    pub event_id: Uuid,
    pub institution_id: Option<Uuid>,
    pub learner_id: Option<Uuid>,
    /// The outcome, claim, correction or whatever the type begins with.
    pub subject_id: Uuid,
    /// By type; see `webhooks` of this description.
    #[schema(value_type = Object)]
    pub details: Value,
}

/// An event as it is sent to webhooks, in the form that Standard Webhooks recommends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Envelope {
    #[serde(rename = "type")]
    #[schema(example = "outcome.deposit_outcome")]
    pub event_type: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime, example = "2026-11-24T02:00:00Z")]
    pub timestamp: String,
    pub data: EventData,
}

/// The name of a type of events that others get; for the API's description.
#[derive(Debug, Clone, Copy)]
pub struct PublishedType;

impl utoipa::PartialSchema for PublishedType {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("The name of a type of events"))
            .enum_values(Some(published().map(|known| known.name)))
            .into()
    }
}

impl utoipa::ToSchema for PublishedType {}

/// Every type.
pub fn event_types() -> impl Iterator<Item = &'static EventType> {
    EVENT_TYPES.iter().chain(PORTFOLIO_TYPES)
}

/// Finds a type by its name.
pub fn event_type(name: &str) -> Option<&'static EventType> {
    event_types().find(|known| known.name == name)
}

/// The names of the types that others get.
pub fn published() -> impl Iterator<Item = &'static EventType> {
    event_types().filter(|known| known.audience == Audience::Published)
}

/// Whether somebody can be told of events of this type.
pub fn is_published(name: &str) -> bool {
    published().any(|known| known.name == name)
}

/// Reads a list of names of published types; `None` where one is not.
pub fn parse_types<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if !is_published(name) {
            return None;
        }
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    Some(found)
}

impl Envelope {
    /// The envelope of an event: of its details what its type documents, and nothing else.
    pub fn of(event_type_name: &str, at: DateTime<Utc>, data: EventData) -> Self {
        let known = event_type(event_type_name).map(|known| known.fields).unwrap_or_default();
        let mut details = Map::new();
        for field in known {
            if let Some(value) = data.details.get(field.name) {
                details.insert(field.name.to_owned(), value.clone());
            }
        }
        Self {
            event_type: event_type_name.to_owned(),
            timestamp: at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            data: EventData {
                details: Value::Object(details),
                ..data
            },
        }
    }
}

impl Holds {
    /// The JSON schema of such a value.
    pub fn schema(self) -> Value {
        match self {
            Self::Id => json!({ "type": "string", "format": "uuid" }),
            Self::Ids => json!({ "type": "array", "items": { "type": "string", "format": "uuid" } }),
            Self::Text => json!({ "type": "string" }),
            Self::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Credit => json!({ "type": "string", "pattern": "^[0-9]+[.][0-9]{2}$" }),
            Self::Count => json!({ "type": "integer", "minimum": 0 }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Day => json!({ "type": "string", "format": "date" }),
            Self::ClaimStep => json!({ "type": "object", "properties": {
                "choice": Self::Text.schema(), "credit": Self::Credit.schema(), "clauses": Self::Texts.schema(),
                "decision_number": Self::Text.schema(), "correction_id": Self::Id.schema() } }),
            Self::ExpiringLots => json!({ "type": "array", "items": { "type": "object", "properties": {
                "lot_id": Self::Id.schema(), "outcome_id": Self::Id.schema(), "category": Self::Text.schema(),
                "amount": Self::Credit.schema(), "warning_days": Self::Count.schema(), "days_left": Self::Count.schema(),
                "usable_until": Self::Day.schema() } } }),
        }
    }

    /// Whether a value is such a one; for objects, whether it is an object.
    fn is(self, value: &Value) -> bool {
        let texts = |of: fn(&str) -> bool| {
            value
                .as_array()
                .is_some_and(|all| all.iter().all(|one| one.as_str().is_some_and(of)))
        };
        match self {
            Self::Id => value.as_str().is_some_and(is_id),
            Self::Ids => texts(is_id),
            Self::Text => value.is_string(),
            Self::Texts => texts(|_| true),
            Self::Credit => serde_json::from_value::<Credit>(value.clone()).is_ok(),
            Self::Count => value.is_u64(),
            Self::Flag => value.is_boolean(),
            Self::Day => value.as_str().is_some_and(|text| text.parse::<chrono::NaiveDate>().is_ok()),
            Self::ClaimStep => value.is_object(),
            Self::ExpiringLots => value.as_array().is_some_and(|all| all.iter().all(Value::is_object)),
        }
    }
}

fn is_id(text: &str) -> bool {
    Uuid::parse_str(text).is_ok()
}

impl EventType {
    /// The JSON schema of the envelope of this type.
    pub fn schema(&self) -> Value {
        let mut properties = Map::new();
        for field in self.fields {
            let schema = field.holds.schema();
            let schema = if field.nullable {
                json!({ "oneOf": [{ "type": "null" }, schema] })
            } else {
                schema
            };
            properties.insert(field.name.to_owned(), schema);
        }
        let id = Holds::Id.schema();
        let some_id = json!({ "oneOf": [{ "type": "null" }, id] });
        json!({ "type": "object", "required": ["type", "timestamp", "data"], "properties": {
            "type": { "const": self.name },
            "timestamp": { "type": "string", "format": "date-time" },
            "data": { "type": "object", "required": ["event_id", "institution_id", "learner_id", "subject_id", "details"], "properties": {
                "event_id": id, "institution_id": some_id, "learner_id": some_id, "subject_id": id,
                "details": { "type": "object", "properties": properties, "additionalProperties": false } } } } })
    }

    /// What of some details is not as the table says; nothing where all is.
    pub fn faults(&self, details: &Value) -> Vec<String> {
        let wrong = |field: &&Field| {
            details
                .get(field.name)
                .is_some_and(|value| !(field.holds.is(value) || (field.nullable && value.is_null())))
        };
        self.fields
            .iter()
            .filter(wrong)
            .map(|field| format!("{}: {} is not {:?}", self.name, field.name, field.holds))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::institution::InstitutionStep;

    fn sources(directory: &str) -> Vec<String> {
        let mut open = vec![std::path::PathBuf::from(directory)];
        let mut found = Vec::new();
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(std::fs::read_to_string(&path).unwrap());
            }
        }
        found
    }

    /// The names that are told in one place with both words there.
    fn plainly_told() -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for text in sources("src/ops") {
            for rest in text.split(".told(").skip(1) {
                let words: Vec<&str> = rest.split(')').next().unwrap().split(',').map(str::trim).collect();
                let plain = |word: &str| word.strip_prefix('"').and_then(|word| word.strip_suffix('"')).map(str::to_owned);
                if let (Some(operation), Some(kind)) = (
                    words.first().and_then(|word| plain(word)),
                    words.get(1).and_then(|word| plain(word)),
                ) {
                    found.insert(format!("{kind}.{operation}"));
                }
            }
        }
        found
    }

    #[test]
    fn what_is_told_is_in_the_table() {
        let told = plainly_told();
        assert!(told.len() > 35, "{told:?}");
        let missing: Vec<&String> = told.iter().filter(|name| event_type(name).is_none()).collect();
        assert_eq!(missing, Vec::<&String>::new());
        let claims = std::fs::read_to_string("src/domain/claim/mod.rs").unwrap();
        let of_events = claims
            .split("impl ClaimEvent {")
            .nth(1)
            .unwrap()
            .split("pub fn parse")
            .next()
            .unwrap();
        let words: Vec<&str> = of_events
            .split("=> \"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert!(words.len() > 15, "{words:?}");
        // What voids a claim is told by the correction.
        for word in words.into_iter().filter(|word| *word != "void") {
            assert!(event_type(&format!("claim.{word}")).is_some(), "{word}");
        }
        for step in InstitutionStep::ALL {
            assert!(event_type(&format!("institution.{step}")).is_some(), "{step}");
        }
    }

    #[test]
    fn what_is_in_the_table_is_told() {
        let told = plainly_told();
        let all = [sources("src/ops"), sources("src/domain")].concat();
        // The table itself does not count.
        let all: Vec<String> = all
            .into_iter()
            .filter(|text| !text.contains("const EVENT_TYPES") && !text.contains("const PORTFOLIO_TYPES"))
            .collect();
        let mut names = BTreeSet::new();
        for known in event_types() {
            assert!(names.insert(known.name), "{} is there twice", known.name);
            let (kind, operation) = known.name.split_once('.').unwrap();
            // Where the words come together from two places, each of them is said somewhere.
            let said = |word: &str| all.iter().any(|text| text.contains(&format!("\"{word}\"")));
            assert!(
                told.contains(known.name) || (said(kind) && said(operation)),
                "nobody tells {}",
                known.name
            );
        }
    }

    #[test]
    fn an_envelope_says_what_is_documented_and_nothing_else() {
        let id = Uuid::nil();
        let data = EventData {
            event_id: id,
            institution_id: None,
            learner_id: Some(id),
            subject_id: id,
            details: json!({ "reason": "张三的材料", "status": "accepted", "credit": "9.00" }),
        };
        let at = "2026-11-24T02:00:00Z".parse().unwrap();
        let envelope = Envelope::of("outcome.deposit_outcome", at, data.clone());
        assert_eq!(
            serde_json::to_value(&envelope).unwrap(),
            json!({ "type": "outcome.deposit_outcome", "timestamp": "2026-11-24T02:00:00Z", "data": { "event_id": id, "institution_id": null,
                "learner_id": id, "subject_id": id, "details": { "credit": "9.00", "status": "accepted" } } })
        );
        assert_eq!(Envelope::of("outcome.refuse_outcome", at, data).data.details, json!({}));
    }

    #[test]
    fn details_that_are_not_as_documented_are_found() {
        let deposit = event_type("outcome.deposit_outcome").unwrap();
        assert_eq!(
            deposit.faults(&json!({ "credit": "9.00", "status": "accepted" })),
            Vec::<String>::new()
        );
        assert_eq!(deposit.faults(&json!({ "credit": 9, "status": null })).len(), 2);
        let simulation = event_type("simulation.finish_simulation").unwrap();
        assert_eq!(
            simulation.faults(&json!({ "status": "failed", "learners": null })),
            Vec::<String>::new()
        );
    }

    #[test]
    fn only_what_is_published_can_be_asked_for() {
        assert_eq!(
            parse_types(["claim.take", "claim.take", "outcome.deposit_outcome"]),
            Some(vec!["claim.take".to_owned(), "outcome.deposit_outcome".to_owned()])
        );
        for unknown in ["", "claim", "session.log_in", "webhook.test", "claim.take "] {
            assert_eq!(parse_types([unknown]), None, "{unknown}");
        }
    }
}
