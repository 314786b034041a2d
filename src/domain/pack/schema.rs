//! The JSON Schema of a rule pack, self-contained, from the same types that read packs.

use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::RulePack;

/// A schema of draft 2020-12; everything that it refers to is in its own `$defs`.
pub fn json_schema() -> Value {
    let mut parts = Vec::new();
    RulePack::schemas(&mut parts);
    let definitions: serde_json::Map<String, Value> = parts
        .into_iter()
        // A schema of strings and numbers always serialises; a missing one would be seen by the drift test.
        .map(|(name, part)| (name, rewritten(serde_json::to_value(part).unwrap_or_default())))
        .collect();
    let mut sorted: Vec<(String, Value)> = definitions.into_iter().collect();
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rule pack",
    });
    let own = rewritten(serde_json::to_value(RulePack::schema()).unwrap_or_default());
    if let (Value::Object(schema), Value::Object(own)) = (&mut schema, own) {
        schema.extend(own);
        schema.insert("$defs".to_owned(), Value::Object(sorted.into_iter().collect()));
    }
    schema
}

/// References into a description of an API become references into the schema itself.
fn rewritten(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(rewritten).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| match (name.as_str(), value) {
                ("$ref", Value::String(place)) => (name, Value::String(place.replacen("#/components/schemas/", "#/$defs/", 1))),
                // Examples are OpenAPI's, one for each; the draft has a list of them.
                ("example", value) => ("examples".to_owned(), json!([value])),
                (_, value) => (name, rewritten(value)),
            })
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const PATH: &str = "api-spec/rule-pack.schema.json";

    /// With `CREDIT_BANK_TEST_UPDATE=1` the committed schema is written anew.
    #[test]
    fn the_committed_schema_is_the_generated_one() {
        let generated = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
        if std::env::var("CREDIT_BANK_TEST_UPDATE").is_ok() {
            std::fs::write(PATH, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(PATH).unwrap_or_default();
        assert!(generated == committed, "run this test with CREDIT_BANK_TEST_UPDATE=1");
    }

    #[test]
    fn the_schema_refers_to_itself_only() {
        let schema = json_schema();
        let defined: BTreeSet<&String> = schema["$defs"].as_object().unwrap().keys().collect();
        let mut used = BTreeSet::new();
        references(&schema, &mut used);
        assert!(used.len() > 20, "{used:?}");
        for place in &used {
            let name = place.strip_prefix("#/$defs/").unwrap_or_else(|| panic!("{place}"));
            assert!(defined.contains(&name.to_owned()), "{place}");
        }
    }

    fn references(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| references(item, into)),
            Value::Object(fields) => {
                into.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|item| references(item, into));
            }
            _ => {}
        }
    }
}
