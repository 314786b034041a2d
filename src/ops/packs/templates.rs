//! Rule packs to begin from: the rules of real institutions that ship with the product, each with its worked cases.

use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

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

/// The same rules for another owner, or from another day on. The cases move by whole years, so that they are decided when the
/// pack is in force, and terms and anniversaries stay what they are.
///
/// # Errors
/// When a date leaves the calendar.
pub fn begun(
    document: &RulePack,
    cases: &[PackCase],
    owner: Option<&str>,
    effective_from: NaiveDate,
) -> Result<(RulePack, Vec<PackCase>), OpError> {
    let years = years_until(document.effective_from, effective_from);
    let change = |text: &str| -> Option<String> {
        let old = document.owner.as_deref();
        owner.filter(|_| old == Some(text)).map(str::to_owned)
    };
    let pack: RulePack = rewritten(document, &change)?;
    let cases = rewritten(&cases, &|text| change(text).or_else(|| moved(text, years)))?;
    let begun = RulePack {
        owner: owner.map(str::to_owned),
        effective_from,
        effective_to: None,
        ..pack
    };
    Ok((begun, cases))
}

/// How many whole years lie between, a begun one counting: so many later the first day is not before the second.
fn years_until(from: NaiveDate, to: NaiveDate) -> i32 {
    let years = to.year() - from.year();
    let is_short = (from.month(), from.day()) < (to.month(), to.day());
    (years + i32::from(is_short)).max(0)
}

/// A day so many years later; none where the text is no day.
fn moved(text: &str, years: i32) -> Option<String> {
    let day: NaiveDate = text.parse().ok().filter(|_| text.len() == 10)?;
    let months = u32::try_from(years).ok()?.checked_mul(12)?;
    Some(day.checked_add_months(Months::new(months))?.to_string())
}

/// A document in which texts were changed.
fn rewritten<T: serde::Serialize, R: DeserializeOwned>(document: &T, change: &dyn Fn(&str) -> Option<String>) -> Result<R, OpError> {
    let damaged = |error: serde_json::Error| StoreError::Damaged(format!("a rule pack: {error}"));
    let mut value = serde_json::to_value(document).map_err(damaged)?;
    rewrite(&mut value, change);
    Ok(serde_json::from_value(value).map_err(damaged)?)
}

fn rewrite(value: &mut Value, change: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(other) = change(text) {
                *text = other;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rewrite(field, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::allocation::{PackVersion, allocate};
    use crate::domain::facts::Issuer;
    use crate::domain::institution::InstitutionKind;
    use crate::domain::pack_case::check;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn years_are_counted_up_to_the_first_day() {
        for (from, to, years) in [
            ("2021-01-01", "2026-11-27", 6),
            ("2017-09-01", "2026-09-01", 9),
            ("2017-09-01", "2026-09-02", 10),
            ("2017-09-02", "2026-09-01", 9),
            ("2030-01-01", "2026-09-01", 0),
        ] {
            assert_eq!(years_until(day(from), day(to)), years, "{from} {to}");
        }
        assert_eq!(moved("2024-02-29", 1).as_deref(), Some("2025-02-28"));
        assert_eq!((moved("03-01", 1), moved("no day", 1)), (None, None));
    }

    #[test]
    fn every_template_is_begun_by_another_owner_with_cases_that_pass() {
        let own = "914403003429409755";
        let mut seen = 0;
        for template in list_pack_templates().unwrap() {
            let (pack, cases) = begun(&template.document, &template.cases, Some(own), day("2027-03-15")).unwrap();
            assert_eq!((pack.owner.as_deref(), pack.effective_from), (Some(own), day("2027-03-15")));
            assert_eq!(pack.clauses.len(), template.document.clauses.len());
            let institution = Issuer {
                credit_code: own.to_owned(),
                kind: InstitutionKind::VocationalCollege,
            };
            let version = PackVersion { version: 1, pack };
            for case in cases {
                let found = check(&case, &allocate(&case.question(&institution, &version, &[])).unwrap());
                assert_eq!(found, Vec::<String>::new(), "{}: {}", template.code, case.name);
                seen += 1;
            }
        }
        assert!(seen >= 10, "{seen}");
    }
}
