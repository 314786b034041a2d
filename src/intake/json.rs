//! JSON as it is uploaded: nothing there twice, not nested deeply, and its values as cells.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::cell::Cell;
use super::problem::{Reason, shortened};

/// The mark by which a repeated property is found again in the parser's error.
const REPEATED: &str = "repeated property: ";

/// Reads one value.
///
/// # Errors
/// Where it is no JSON, nested too deeply, or has a property twice.
pub(super) fn parse(text: &str, depth_max: usize) -> Result<Value, Reason> {
    if depth_of(text) > depth_max {
        return Err(Reason::TooDeep {});
    }
    let mut parser = serde_json::Deserializer::from_str(text);
    let value = Strict.deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    value.map_err(|error| {
        let said = error.to_string();
        match said.split_once(REPEATED) {
            Some((_, rest)) => Reason::RepeatedProperty {
                name: shortened(rest.rsplit_once(" at line ").map_or(rest, |(name, _)| name)),
            },
            // What the parser says may quote the text, so only the place is told.
            None => Reason::BrokenJson {
                detail: format!("{}:{}", error.line(), error.column()),
            },
        }
    })
}

/// How deeply brackets are nested, outside of texts.
fn depth_of(text: &str) -> usize {
    let (mut depth, mut deepest, mut inside, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b'{' | b'[' if !inside => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !inside => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Builds values, and refuses objects with a property twice.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut properties: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = properties.next_key::<String>()? {
            let value = properties.next_value_seed(Self)?;
            if read.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format_args!("{REPEATED}{name}")));
            }
        }
        Ok(Value::Object(read))
    }
}

/// The value of a property as a cell.
pub(super) fn cell_of(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::String(text) => Cell::Text(super::neutral::taken_off(text).to_owned()),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => Cell::Number {
                text: whole.to_string(),
                rounded: whole >= 1_000_000_000_000_000,
            },
            (None, Some(float)) => Cell::of_float(float),
            (None, None) => Cell::Nested,
        },
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Cell::Nested,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused() {
        let code = |text: &str| parse(text, 3).map_err(|reason| reason.code());
        assert!(code(r#"{"a": [[1]], "b": "{[{["}"#).is_ok());
        assert_eq!(code(r#"{"a": [[[1]]]}"#), Err("too_deep"));
        assert_eq!(code(r#"{"a": 1, "a": 1}"#), Err("repeated_property"));
        assert_eq!(code(r#"{"a": {"b": 1, "b": 2}}"#), Err("repeated_property"));
        assert_eq!(code(r#"{"a": 1"#), Err("broken_json"));
        assert_eq!(code(r#"{"a": NaN}"#), Err("broken_json"));
        assert_eq!(code(r#"{"a": 1} x"#), Err("broken_json"));
        assert_eq!(code(&"[".repeat(100_000)), Err("too_deep"));
        let Err(reason) = parse(r#"{"姓名": 1, "姓名": 2}"#, 3) else {
            panic!()
        };
        assert_eq!(reason, Reason::RepeatedProperty { name: "姓名".to_owned() });
    }
}
