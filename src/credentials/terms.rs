//! Contexts without what a document has no use for. The contexts of the standards define hundreds of terms, most of them again for each
//! type, and processing them is nearly all of the work of a signature; a definition that nothing in a document names has no part in
//! what the document means.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde_json::{Map, Value};

use super::contexts::all_bundled;

/// So many contexts are kept; credentials of one shape want the same.
const KEPT_MAX: usize = 256;

/// The contexts that are carried, and which of their terms may matter to a document that does not name them.
struct Known {
    contexts: HashMap<&'static str, Value>,
    terms: HashSet<String>,
    /// Those by which other definitions are written: prefixes, and what they name as a whole.
    always: BTreeSet<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let contexts: HashMap<&str, Value> = all_bundled()
        .map(|(address, text)| (address, serde_json::from_str(text).unwrap_or_default()))
        .collect();
    let (mut terms, mut texts) = (HashSet::new(), Vec::new());
    contexts.values().for_each(|context| gather(context, &mut terms, &mut texts));
    let always = texts.iter().flat_map(|text| words_of(text)).filter(|word| terms.contains(*word));
    Known {
        always: always.map(str::to_owned).collect(),
        terms,
        contexts,
    }
});

type Kept = HashMap<(&'static str, Arc<BTreeSet<&'static str>>), Arc<[u8]>>;

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

/// The names of everything in contexts, and all texts.
fn gather(value: &Value, names: &mut HashSet<String>, texts: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                names.insert(name.clone());
                gather(member, names, texts);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, names, texts)),
        Value::String(text) => texts.push(text.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What a text may name: a term, and one before a colon as a prefix.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    std::iter::once(text).chain(text.split_once(':').map(|(prefix, _)| prefix))
}

/// The terms of contexts that a document names anywhere: as a name, as a text, or as the prefix of either.
pub(super) fn terms_of(document: &Map<String, Value>) -> Arc<BTreeSet<&'static str>> {
    let known = &*KNOWN;
    let mut found: BTreeSet<&str> = known.always.iter().map(String::as_str).collect();
    let mut note = |text: &str| found.extend(words_of(text).filter_map(|word| known.terms.get(word)).map(String::as_str));
    let mut waiting: Vec<&Value> = Vec::new();
    for (name, member) in document {
        note(name);
        waiting.push(member);
    }
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    note(name);
                    waiting.push(member);
                }
            }
            Value::Array(items) => waiting.extend(items),
            Value::String(text) => note(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    Arc::new(found)
}

/// A context with the definitions of some terms only; `None` for one that is not carried.
pub(super) fn with_terms(address: &str, terms: &Arc<BTreeSet<&'static str>>) -> Option<Arc<[u8]>> {
    let (address, context) = KNOWN.contexts.get_key_value(address)?;
    let key = (*address, Arc::clone(terms));
    // Nothing is left half done by who panicked with it.
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = kept().get(&key) {
        return Some(Arc::clone(found));
    }
    let pruned: Arc<[u8]> = pruned(context, terms).to_string().into_bytes().into();
    let mut kept = kept();
    if kept.len() >= KEPT_MAX {
        kept.clear();
    }
    kept.insert(key, Arc::clone(&pruned));
    Some(pruned)
}

/// A context, or a document of one, in which terms are defined only if they are among some.
fn pruned(context: &Value, terms: &BTreeSet<&'static str>) -> Value {
    match context {
        Value::Array(contexts) => contexts.iter().map(|context| pruned(context, terms)).collect(),
        Value::Object(definitions) => {
            let wanted = definitions
                .iter()
                .filter(|(name, _)| name.starts_with('@') || terms.contains(name.as_str()));
            let definition = |value: &Value| match value {
                Value::Object(parts) => {
                    let part = |(name, part): (&String, &Value)| match name.as_str() {
                        "@context" => (name.clone(), pruned(part, terms)),
                        _ => (name.clone(), part.clone()),
                    };
                    Value::Object(parts.iter().map(part).collect())
                }
                other => other.clone(),
            };
            Value::Object(
                wanted
                    .map(|(name, value)| match name.as_str() {
                        "@context" => (name.clone(), pruned(value, terms)),
                        _ => (name.clone(), definition(value)),
                    })
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_named_is_kept_with_what_it_is_written_by() {
        let document = json!({ "name": "x", "type": ["Achievement"], "id": "ceterms:y" });
        let terms = terms_of(document.as_object().unwrap());
        for word in ["name", "type", "Achievement", "id", "ceterms"] {
            let known = KNOWN.terms.contains(word);
            assert_eq!(terms.contains(word), known, "{word}");
        }
        assert!(!terms.contains("AchievementSubject"));
        let badges = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
        let text = with_terms(badges, &terms).unwrap();
        let small: Value = serde_json::from_slice(&text).unwrap();
        let whole = &KNOWN.contexts[badges];
        assert!(small["@context"].get("AchievementSubject").is_none());
        assert_eq!(small["@context"]["Achievement"]["@id"], whole["@context"]["Achievement"]["@id"]);
        assert!(text.len() * 4 < whole.to_string().len(), "{} bytes", text.len());
        assert!(with_terms("https://example.com/", &terms).is_none());
    }
}
