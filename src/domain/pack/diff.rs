//! What changed between two versions of a pack: rule by rule, by their ids, and the rest of the document field by field.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RulePack;
use crate::domain::words::words;

words! {
    /// What became of a rule or a field.
    pub enum ChangeKind {
        Added => "added",
        Removed => "removed",
        Changed => "changed",
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackChange {
    pub change: ChangeKind,
    /// Where: in the new document, or in the old one for what was removed.
    #[schema(example = "/limits/0/at_most/percent")]
    pub pointer: String,
    /// The clause, limit, exclusion or definition by its id or code; absent for the document's own fields.
    pub rule: Option<String>,
    #[schema(value_type = Object)]
    pub before: Option<Value>,
    #[schema(value_type = Object)]
    pub after: Option<Value>,
}

/// The differences in the order of the document; what was removed from a list stands after the rest of it. Rules that only
/// changed their places are the same.
pub fn differences(before: &RulePack, after: &RulePack) -> Vec<PackChange> {
    // Both serialise, for they are texts, numbers and lists of these.
    let value = |pack: &RulePack| serde_json::to_value(pack).unwrap_or_default();
    let mut changes = Vec::new();
    compare(Some(&value(before)), Some(&value(after)), Place::default(), &mut changes);
    changes
}

/// Where both stand: the pointers differ where a rule changed its place.
#[derive(Debug, Clone, Default)]
struct Place {
    before: String,
    after: String,
    rule: Option<String>,
}

impl Place {
    fn step(&self, before: &str, after: &str) -> Self {
        Self {
            before: format!("{}/{before}", self.before),
            after: format!("{}/{after}", self.after),
            rule: self.rule.clone(),
        }
    }
}

fn compare(before: Option<&Value>, after: Option<&Value>, place: Place, changes: &mut Vec<PackChange>) {
    let change = match (before, after) {
        _ if before == after => return,
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let fields = new.keys().chain(old.keys().filter(|field| !new.contains_key(*field)));
            for field in fields {
                compare(old.get(field), new.get(field), place.step(field, field), changes);
            }
            return;
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if named(old) && named(new) => return lists(old, new, &place, changes),
        (None, Some(Value::Array(new))) if named(new) => return lists(&[], new, &place, changes),
        (Some(Value::Array(old)), None) if named(old) => return lists(old, &[], &place, changes),
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        (Some(_), Some(_)) => ChangeKind::Changed,
    };
    changes.push(PackChange {
        change,
        pointer: if change == ChangeKind::Removed { place.before } else { place.after },
        rule: place.rule,
        before: before.cloned(),
        after: after.cloned(),
    });
}

/// By what an item of a list is known: a rule's id, a definition's code.
fn name(item: &Value) -> Option<&str> {
    item.get("id").or_else(|| item.get("code"))?.as_str()
}

/// Whether every item has a name of its own. Others are compared as a whole.
fn named(items: &[Value]) -> bool {
    let names: BTreeSet<&str> = items.iter().filter_map(name).collect();
    names.len() == items.len()
}

fn lists(old: &[Value], new: &[Value], place: &Place, changes: &mut Vec<PackChange>) {
    let find = |items: &[Value], wanted: Option<&str>| items.iter().position(|item| name(item) == wanted);
    let at = |before: usize, after: usize, item: &Value| Place {
        rule: name(item).map(str::to_owned),
        ..place.step(&before.to_string(), &after.to_string())
    };
    for (number, item) in new.iter().enumerate() {
        let was = find(old, name(item));
        let before = was.and_then(|was| old.get(was));
        compare(before, Some(item), at(was.unwrap_or_default(), number, item), changes);
    }
    for (number, item) in old.iter().enumerate() {
        if find(new, name(item)).is_none() {
            compare(Some(item), None, at(number, number, item), changes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn everything() -> Value {
        serde_json::from_str(include_str!("everything.json")).unwrap()
    }

    fn pack(document: &Value) -> RulePack {
        serde_json::from_value(document.clone()).unwrap()
    }

    #[test]
    fn rules_are_known_by_their_ids_wherever_they_stand() {
        let before = everything();
        let mut after = everything();
        after["title"]["zh"] = json!("新");
        after["limits"][0]["at_most"]["percent"] = json!("40");
        after["limits"].as_array_mut().unwrap().swap(0, 1);
        after["clauses"].as_array_mut().unwrap().remove(4);
        after["clauses"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "new", "citation": "x", "to": [], "value": { "of": { "base": "bank_credit" } } }));
        after.as_object_mut().unwrap().remove("exclusions");
        after["definitions"]["families"][0]["ranks"] = json!([]);
        let found: Vec<(String, &str, Option<String>)> = differences(&pack(&before), &pack(&after))
            .into_iter()
            .map(|change| (change.pointer, change.change.as_str(), change.rule))
            .collect();
        let rule = |id: &str| Some(id.to_owned());
        let mut expected = vec![
            ("/title/zh".to_owned(), "changed", None),
            ("/definitions/families/0/ranks".to_owned(), "changed", rule("occ-elec")),
            ("/clauses/5".to_owned(), "added", rule("new")),
            ("/clauses/4".to_owned(), "removed", rule("diploma")),
            ("/limits/1/at_most/percent".to_owned(), "changed", rule("total")),
            ("/exclusions/0".to_owned(), "removed", rule("politics")),
        ];
        let mut sorted = found.clone();
        sorted.sort();
        expected.sort();
        assert_eq!(sorted, expected);
        assert_eq!(differences(&pack(&before), &pack(&before)), Vec::new());
    }

    #[test]
    fn what_was_and_what_is_are_told() {
        let mut after = everything();
        after["limits"][0]["at_most"]["percent"] = json!("40");
        let [change] = &differences(&pack(&everything()), &pack(&after))[..] else {
            panic!()
        };
        assert_eq!((&change.before, &change.after), (&Some(json!("50.00")), &Some(json!("40.00"))));
    }
}
