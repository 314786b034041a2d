//! The canonical form of a document (JSON-LD to RDF, RDFC-1.0), and the refusal of everything that it would leave out.
//!
//! What a context does not define vanishes from the RDF, and so from the signature; a node whose id is no IRI loses all that
//! is said of it. A document with any such thing is refused, because it could be altered unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{RefUnwindSafe, UnwindSafe};

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::dataset::CanonicalizationHashAlgorithm;
use oxrdf::{Dataset, GraphName, NamedOrBlankNode, Quad, Term};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::contexts::{CREDENTIALS, bundled};
use super::refusal::Refusal;
use super::terms::{terms_of, with_terms};

/// Terms that no context defines become IRIs of this beginning.
const UNDEFINED: &str = "urn:x-undefined-term:";

/// A record of 300 courses has 30,000.
const QUADS_MAX: usize = 100_000;
const BLANK_NODES_MAX: usize = 4096;
/// So many blank nodes may look alike by what is said of each: the work grows with the factorial of it.
const ALIKE_MAX: usize = 6;
const DEPTH_MAX: usize = 64;

/// SHA-256 of the canonical form of a document.
///
/// # Errors
/// Where something of it would not be in that form, or it is too complex.
pub(super) fn digest(document: &Map<String, Value>) -> Result<[u8; 32], Refusal> {
    let contexts = contexts_of(document)?;
    let mut leaves = BTreeSet::new();
    for (name, value) in document.iter().filter(|(name, _)| *name != "@context") {
        lawful(name, value, 0, &mut leaves)?;
    }
    let mut marked = document.clone();
    let first = json!({ "@vocab": UNDEFINED });
    marked.insert("@context".to_owned(), std::iter::once(first).chain(contexts).collect());
    let terms = terms_of(document);
    let quads = quads_of(&Value::Object(marked), move |address| with_terms(address, &terms))?;
    covered(&quads, &leaves)?;
    guard(&quads)?;
    let mut dataset: Dataset = quads.into_iter().collect();
    dataset.canonicalize(oxrdf::dataset::CanonicalizationAlgorithm::Rdfc10 {
        hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
    });
    let mut lines: Vec<String> = dataset.iter().map(|quad| format!("{quad} .\n")).collect();
    lines.sort_unstable();
    Ok(Sha256::digest(lines.concat()).into())
}

/// The contexts of a document: names of such as are carried, the first of them that of the data model.
fn contexts_of(document: &Map<String, Value>) -> Result<Vec<Value>, Refusal> {
    let contexts = match document.get("@context") {
        Some(Value::Array(contexts)) => contexts.clone(),
        Some(context) => vec![context.clone()],
        None => Vec::new(),
    };
    for context in &contexts {
        if context.as_str().is_none_or(|context| bundled(context).is_none()) {
            let named = context.as_str().unwrap_or("{…}");
            return Err(Refusal::ContextUnknown {
                context: named.chars().take(120).collect(),
            });
        }
    }
    if contexts.first().is_none_or(|context| context != CREDENTIALS) {
        return Err(Refusal::NotACredential {
            part: "@context".to_owned(),
        });
    }
    Ok(contexts)
}

fn not_covered(what: &str) -> Refusal {
    Refusal::NotCovered {
        what: what.chars().take(60).collect(),
    }
}

/// Whether a value consists of what is told alike by everybody, and its texts.
fn lawful<'a>(name: &'a str, value: &'a Value, depth: usize, leaves: &mut BTreeSet<&'a str>) -> Result<(), Refusal> {
    if depth > DEPTH_MAX {
        return Err(Refusal::TooComplex {});
    }
    if name.starts_with('@') && !matches!(name, "@value" | "@language" | "@context") {
        return Err(not_covered(name));
    }
    match value {
        // A context inside would change what the terms mean there.
        _ if name == "@context" && depth > 0 => match value {
            Value::Array(contexts) if contexts.iter().all(|context| context.as_str().and_then(bundled).is_some()) => Ok(()),
            Value::String(context) if bundled(context).is_some() => Ok(()),
            _ => Err(Refusal::ContextUnknown {
                context: "{…}".to_owned()
            }),
        },
        Value::Null => Err(not_covered(name)),
        Value::Array(items) if items.is_empty() => Err(not_covered(name)),
        Value::Array(items) => items.iter().try_for_each(|item| lawful(name, item, depth + 1, leaves)),
        Value::Object(properties) if properties.is_empty() => Err(not_covered(name)),
        Value::Object(properties) => properties
            .iter()
            .try_for_each(|(name, value)| lawful(name, value, depth + 1, leaves)),
        // What a type is called need not be how its IRI ends (`Alignment`); one that no context defines is found in the RDF by its
        // IRI, as long as it makes one.
        Value::String(text) if name == "type" && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Ok(()),
        Value::String(text) => {
            leaves.insert(text);
            Ok(())
        }
        // Numbers of more than 15 digits are not told alike by everybody.
        Value::Number(number) if number.to_string().len() > 15 => Err(not_covered(name)),
        Value::Number(_) | Value::Bool(_) => Ok(()),
    }
}

fn quads_of<T: AsRef<[u8]>>(
    document: &Value,
    context: impl Fn(&str) -> Option<T> + Send + Sync + UnwindSafe + RefUnwindSafe + 'static,
) -> Result<Vec<Quad>, Refusal> {
    let text = document.to_string();
    let parser = JsonLdParser::new().for_slice(&text).with_load_document_callback(move |address, _| {
        let text = context(address).ok_or("not carried")?;
        Ok(JsonLdRemoteDocument {
            document: text.as_ref().to_vec(),
            document_url: address.to_owned(),
        })
    });
    let mut quads = Vec::new();
    for quad in parser {
        quads.push(quad.map_err(|_| Refusal::NotACredential {
            part: "JSON-LD".to_owned(),
        })?);
        if quads.len() > QUADS_MAX {
            return Err(Refusal::TooComplex {});
        }
    }
    Ok(quads)
}

/// Refuses what no context defines, and texts that are not found again.
fn covered(quads: &[Quad], leaves: &BTreeSet<&str>) -> Result<(), Refusal> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let names = |name: &str| -> Result<(), Refusal> { name.strip_prefix(UNDEFINED).map_or(Ok(()), |term| Err(not_covered(term))) };
    for quad in quads {
        names(quad.predicate.as_str())?;
        found.insert(quad.predicate.as_str());
        if let NamedOrBlankNode::NamedNode(node) = &quad.subject {
            names(node.as_str())?;
            found.insert(node.as_str());
        }
        match &quad.object {
            Term::NamedNode(node) => {
                names(node.as_str())?;
                found.insert(node.as_str());
            }
            Term::Literal(literal) => {
                found.insert(literal.value());
                found.extend(literal.language());
            }
            Term::BlankNode(_) => {}
        }
    }
    // Types and words of closed lists stand in the RDF as IRIs that end with them.
    let ends: BTreeSet<&str> = found.iter().filter_map(|name| name.rsplit(['#', '/', ':']).next()).collect();
    match leaves.iter().find(|leaf| !found.contains(**leaf) && !ends.contains(**leaf)) {
        Some(leaf) => Err(not_covered(leaf)),
        None => Ok(()),
    }
}

/// Refuses what would take too long to put into canonical form.
fn guard(quads: &[Quad]) -> Result<(), Refusal> {
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for quad in quads {
        let mut mentioned = BTreeSet::new();
        if let NamedOrBlankNode::BlankNode(node) = &quad.subject {
            mentioned.insert(node.as_str().to_owned());
        }
        if let Term::BlankNode(node) = &quad.object {
            mentioned.insert(node.as_str().to_owned());
        }
        if let GraphName::BlankNode(node) = &quad.graph_name {
            mentioned.insert(node.as_str().to_owned());
        }
        for node in &mentioned {
            let line = as_seen_by(quad, node);
            said.entry(node.clone()).or_default().push(line);
        }
    }
    if said.len() > BLANK_NODES_MAX {
        return Err(Refusal::TooComplex {});
    }
    let mut alike: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for (_, mut lines) in said {
        lines.sort_unstable();
        let count = alike.entry(lines).or_default();
        *count += 1;
        if *count > ALIKE_MAX {
            return Err(Refusal::TooComplex {});
        }
    }
    Ok(())
}

/// A quad with one blank node named, and every other one called the same.
fn as_seen_by(quad: &Quad, own: &str) -> String {
    let name = |node: &str| if node == own { "a" } else { "z" };
    let subject = match &quad.subject {
        NamedOrBlankNode::BlankNode(node) => name(node.as_str()).to_owned(),
        other @ NamedOrBlankNode::NamedNode(_) => other.to_string(),
    };
    let object = match &quad.object {
        Term::BlankNode(node) => name(node.as_str()).to_owned(),
        other => other.to_string(),
    };
    let graph = match &quad.graph_name {
        GraphName::BlankNode(node) => name(node.as_str()).to_owned(),
        other => other.to_string(),
    };
    format!("{subject} {} {object} {graph}", quad.predicate)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a document means, in canonical form; `None` where its contexts contradict each other.
    fn meaning(quads: Result<Vec<Quad>, Refusal>) -> Option<BTreeSet<String>> {
        let mut dataset: Dataset = quads.ok()?.into_iter().collect();
        dataset.canonicalize(oxrdf::dataset::CanonicalizationAlgorithm::Rdfc10 {
            hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
        });
        Some(dataset.iter().map(|quad| quad.to_string()).collect())
    }

    #[test]
    fn a_document_means_the_same_by_contexts_without_what_it_does_not_name() {
        let mut compared = 0;
        for document in super::super::tests::documents() {
            let terms = terms_of(document.as_object().unwrap());
            let Some(whole) = meaning(quads_of(&document, bundled)) else {
                continue;
            };
            let lean = meaning(quads_of(&document, move |address| with_terms(address, &terms)));
            assert_eq!(lean.unwrap(), whole, "{document}");
            compared += 1;
        }
        assert!(compared >= 8, "only {compared} documents were compared");
    }
}
