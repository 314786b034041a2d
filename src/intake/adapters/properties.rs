//! Records with properties of the same names as columns have; those of a deposit's body too, with the learner and the contest inside.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Adapter, Found, Frame, Told, record, refused};
use crate::intake::about::PassedOver;
use crate::intake::cell::Content;
use crate::intake::field::Field;
use crate::intake::json;
use crate::intake::mapping::Mapping;
use crate::intake::problem::{CellProblem, Reason};

/// So many different names are remembered; records with more are read more slowly.
const NAMES_MAX: usize = 1000;

/// Flat records.
pub(in crate::intake) struct Properties {
    mapping: Mapping,
    known: HashMap<String, Option<Field>>,
    frame: Frame,
}

/// The properties of a record, those inside `learner` and `contest` too, by their full names.
pub(in crate::intake) fn flat(record: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut properties = Vec::new();
    for (name, value) in record {
        match (name.as_str(), value) {
            ("learner" | "contest", Value::Object(inner)) => {
                properties.extend(inner.iter().map(|(inner, value)| (format!("{name}.{inner}"), value)));
            }
            _ => properties.push((name.clone(), value)),
        }
    }
    properties
}

/// What a property tells, by its full name.
pub(in crate::intake) fn field_of(mapping: &Mapping, name: &str) -> Option<Field> {
    match name.split_once('.') {
        None => mapping.field_of(name),
        Some(("learner", inner)) => mapping.field_of(inner),
        Some(("contest", "event")) => Some(Field::ContestEvent),
        Some(("contest", "place")) => Some(Field::ContestPlace),
        Some(("contest", "team_position")) => Some(Field::ContestTeamPosition),
        Some(_) => mapping.field_of(name),
    }
}

impl Properties {
    pub(in crate::intake) fn new(mapping: Mapping, frame: Frame) -> Self {
        Self {
            mapping,
            known: HashMap::new(),
            frame,
        }
    }

    fn field(&mut self, name: &str) -> Option<Field> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let field = field_of(&self.mapping, name);
        if self.known.len() < NAMES_MAX {
            self.known.insert(name.to_owned(), field);
        }
        field
    }
}

impl Adapter for Properties {
    fn tell(&mut self, content: &Content, _: &mut PassedOver) -> Option<Vec<Told>> {
        let value = match json::parse(record(content), self.frame.limits.json_depth_max) {
            Ok(Value::Object(record)) => record,
            Ok(_) => return refused(CellProblem::of_row(Reason::NotText {})),
            Err(reason) => return refused(CellProblem::of_row(reason)),
        };
        let mut found = Found::default();
        let mut by_field: HashMap<Field, String> = HashMap::new();
        for (name, value) in flat(&value) {
            let Some(field) = self.field(&name).filter(|_| !value.is_null()) else {
                continue;
            };
            if by_field.insert(field, name.clone()).is_some() {
                return refused(CellProblem::of_row(Reason::RepeatedProperty { name }));
            }
            found.put(field, &name, json::cell_of(value));
        }
        Some(vec![found.tell(0, &self.frame)])
    }
}
