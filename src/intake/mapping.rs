//! Which column tells what: the institution's own mapping first, then the names that everybody uses, and a suggestion for near misses.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::field::{Field, folded, is_added_by_the_bank};
use super::file_problem::FileProblem;
use super::problem::shortened;

/// What an institution's columns mean, by their headers; it goes before the names that everybody uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FileMapping, example = json!({ "columns": { "学员身份": "document_number", "班次代码": "achievement_code" } }))]
pub struct Mapping {
    #[serde(default)]
    pub columns: BTreeMap<String, Field>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FileColumn)]
pub struct Column {
    pub name: String,
    /// What it tells; absent where it is not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// What it may tell, where its name is nearly one that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Field>,
}

static KNOWN: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let names = Field::ALL.iter().flat_map(|field| field.names().map(|name| (folded(name), *field)));
    names.collect()
});

/// How alike a header must be to a known name for a suggestion, in thousandths.
const LIKENESS_LEAST: f64 = 0.8;

impl Mapping {
    /// What a header tells, by the mapping or by the names that everybody uses.
    pub fn field_of(&self, header: &str) -> Option<Field> {
        if is_added_by_the_bank(header) {
            return None;
        }
        let form = folded(header);
        let mapped = self.columns.iter().find(|(name, _)| folded(name) == form).map(|(_, field)| *field);
        mapped.or_else(|| KNOWN.get(&form).copied())
    }

    fn suggestion_for(header: &str) -> Option<Field> {
        let form = folded(header);
        if form.is_empty() || form.chars().count() > 40 || is_added_by_the_bank(header) {
            return None;
        }
        let likeness = |name: &str| strsim::jaro_winkler(name, &form);
        let near = KNOWN.iter().map(|(name, field)| (likeness(name), name, field));
        let best = near.filter(|(likeness, ..)| *likeness >= LIKENESS_LEAST);
        let best = best.max_by(|one, other| one.0.total_cmp(&other.0).then_with(|| other.1.cmp(one.1)));
        best.map(|(_, _, field)| *field)
    }

    /// How many different things the cells of a row would tell, were it the header.
    pub(super) fn recognised(&self, cells: &[String]) -> usize {
        let mut fields: Vec<Field> = cells.iter().filter_map(|cell| self.field_of(cell)).collect();
        fields.sort_unstable();
        fields.dedup();
        fields.len()
    }

    /// The columns of a header.
    ///
    /// # Errors
    /// Where a header is there twice, two columns tell the same, or one that is needed is missing.
    pub(super) fn columns_of(&self, header: &[String], required: &[Field]) -> Result<Vec<Column>, FileProblem> {
        let mut columns = Vec::with_capacity(header.len());
        let mut by_form: HashMap<String, &str> = HashMap::new();
        let mut by_field: BTreeMap<Field, Vec<String>> = BTreeMap::new();
        for name in header {
            let field = self.field_of(name);
            let form = folded(name);
            if !form.is_empty() && by_form.insert(form, name).is_some() {
                return Err(FileProblem::HeaderRepeated { column: shortened(name) });
            }
            if let Some(field) = field {
                by_field.entry(field).or_default().push(shortened(name));
            }
            columns.push(Column {
                name: name.clone(),
                field,
                suggestion: None,
            });
        }
        // What the institution's mapping names goes before what only has a name that everybody uses.
        for (field, names) in by_field.iter_mut().filter(|(_, names)| names.len() > 1) {
            let mapped = |name: &str| self.columns.keys().any(|key| folded(key) == folded(name));
            if names.iter().filter(|name| mapped(name)).count() != 1 {
                return Err(FileProblem::FieldRepeated {
                    field: *field,
                    columns: names.clone(),
                });
            }
            for column in columns.iter_mut().filter(|column| column.field == Some(*field)) {
                if !mapped(&column.name) {
                    column.field = None;
                }
            }
        }
        let missing: Vec<Field> = required.iter().copied().filter(|field| !by_field.contains_key(field)).collect();
        if !missing.is_empty() {
            return Err(FileProblem::ColumnsMissing {
                missing,
                found: header
                    .iter()
                    .filter(|name| !name.trim().is_empty())
                    .map(|name| shortened(name))
                    .collect(),
            });
        }
        for column in columns.iter_mut().filter(|column| column.field.is_none()) {
            column.suggestion = Self::suggestion_for(&column.name).filter(|field| !by_field.contains_key(field));
        }
        Ok(columns)
    }
}

/// The names of the columns by what they tell, for the outcomes of all rows.
pub(super) fn names_by_field(columns: &[Column]) -> Arc<BTreeMap<Field, String>> {
    let named = columns.iter().filter_map(|column| Some((column.field?, column.name.clone())));
    Arc::new(named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    fn fields(mapping: &Mapping, text: &str) -> Vec<Option<Field>> {
        let columns = mapping.columns_of(&header(text), &[]).unwrap();
        columns.iter().map(|column| column.field).collect()
    }

    #[test]
    fn an_institutions_mapping_goes_before_the_names_of_all() {
        let mapping = Mapping {
            columns: BTreeMap::from([("班次代码 ".to_owned(), Field::AchievementCode)]),
        };
        assert_eq!(
            fields(&mapping, "姓名,班次代码,课程代码"),
            [Some(Field::Name), Some(Field::AchievementCode), None]
        );
    }

    #[test]
    fn what_is_there_twice_is_refused_and_what_is_missing_is_named() {
        let columns = |text: &str| Mapping::default().columns_of(&header(text), &Field::REQUIRED).unwrap_err();
        assert_eq!(columns("姓名,姓 名").code(), "header_repeated");
        assert_eq!(columns("身份证号,证件号码").code(), "field_repeated");
        let FileProblem::ColumnsMissing { missing, .. } = columns("姓名,身份证号,备注") else {
            panic!()
        };
        assert_eq!(missing, [Field::AchievementCode, Field::AwardedOn]);
    }

    #[test]
    fn near_misses_are_suggested_and_not_taken() {
        let columns = Mapping::default()
            .columns_of(&header("achievment code,身份证号吗,备注"), &[])
            .unwrap();
        let suggestions: Vec<_> = columns.iter().map(|column| (column.field, column.suggestion)).collect();
        assert_eq!(
            suggestions,
            [
                (None, Some(Field::AchievementCode)),
                (None, Some(Field::DocumentNumber)),
                (None, None)
            ]
        );
    }
}
