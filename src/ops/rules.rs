//! What achievements are worth, by the bank: recognition rules, and the shapes of certificate numbers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::achievement::AchievementKind;
use crate::domain::actor::Caller;
use crate::domain::certificate_number::CertificatePattern;
use crate::domain::policy::{Action, Resource};
use crate::domain::recognition::{Method, RuleVersion, SelectedBy, Selector, Validity};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::store::error::{StoreError, Taken};
use crate::store::journal::tell;
use crate::store::standards::{self as store, PatternRow};
use crate::store::types::{At, Key};

/// A rule to be published, or its next version.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "电工四级证书认定标准", "citation": "安政〔2021〕55号（十八）", "selector": { "family": "occ-elec", "rank": 3 }, "method": { "method": "fixed", "credit": "12.00" }, "validity": { "years": 5, "boundary": "anniversary_included" }, "selected_by": "award_date", "effective_from": "2024-01-01" }))]
pub struct NewRule {
    /// The rule that this is the next version of; absent for a new rule.
    #[serde(default)]
    pub rule_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 200, example = "电工四级证书认定标准")]
    pub title: String,
    /// Where it was published.
    #[schema(min_length = 1, max_length = 500, example = "安政〔2021〕55号（十八）")]
    pub citation: String,
    pub selector: Selector,
    pub method: Method,
    #[serde(default)]
    pub validity: Option<Validity>,
    pub selected_by: SelectedBy,
    pub effective_from: NaiveDate,
    #[serde(default)]
    pub effective_to: Option<NaiveDate>,
}

/// A version of a rule as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rule {
    pub rule_id: Uuid,
    pub version: i64,
    pub title: String,
    pub citation: String,
    pub selector: Selector,
    pub method: Method,
    pub validity: Option<Validity>,
    pub selected_by: SelectedBy,
    pub effective_from: NaiveDate,
    /// The last day in force: as published, or the day before the next version.
    pub effective_to: Option<NaiveDate>,
}

impl From<RuleVersion> for Rule {
    fn from(rule: RuleVersion) -> Self {
        let RuleVersion {
            rule_id,
            version,
            title,
            citation,
            selector,
            method,
            validity,
            selected_by,
            effective_from,
            effective_to,
        } = rule;
        Self {
            rule_id,
            version,
            title,
            citation,
            selector,
            method,
            validity,
            selected_by,
            effective_from,
            effective_to,
        }
    }
}

/// Publishes a rule or its next version. Nothing that was recognised before changes.
///
/// # Errors
/// `RuleInvalid`, `RuleVersionOutOfOrder`, `NotFound`, and what the policy answers.
pub fn publish_recognition_rule(bank: &Bank, context: &Context, key: Option<&str>, new: &NewRule) -> Result<Rule, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "publish_recognition_rule", key, new, |conn| {
            context.authorised(conn, Action::WriteRecognitionRule, Resource::Bank)?;
            let latest = match new.rule_id {
                None => None,
                Some(rule_id) => Some(
                    store::rules(conn)?
                        .into_iter()
                        .rfind(|rule| rule.rule_id == rule_id)
                        .ok_or(Rejection::NotFound {})?,
                ),
            };
            let rule = RuleVersion {
                rule_id: latest.as_ref().map_or_else(Uuid::now_v7, |latest| latest.rule_id),
                version: latest.as_ref().map_or(1, |latest| latest.version + 1),
                title: new.title.clone(),
                citation: new.citation.clone(),
                selector: new.selector.clone(),
                method: new.method.clone(),
                validity: new.validity,
                selected_by: new.selected_by,
                effective_from: new.effective_from,
                effective_to: new.effective_to,
            };
            let mut problems = rule.problems();
            if latest.as_ref().is_some_and(|latest| latest.selected_by != rule.selected_by) {
                problems.push(FieldProblem::new("/selected_by", "is the same in all versions of a rule"));
            }
            if !problems.is_empty() {
                return Err(Rejection::RuleInvalid { problems }.into());
            }
            if let Some(latest) = latest.filter(|latest| latest.effective_from >= rule.effective_from) {
                return Err(Rejection::RuleVersionOutOfOrder {
                    effective_from: latest.effective_from,
                }
                .into());
            }
            let created_by = match context.caller {
                Caller::User { user_id, .. } => user_id,
                Caller::Anonymous | Caller::Client { .. } | Caller::Import { .. } | Caller::Bank => Uuid::nil(),
            };
            store::insert_rule(conn, &rule, created_by, context.now)?;
            let told = context
                .told("publish_recognition_rule", "recognition_rule", rule.rule_id)
                .with(serde_json::json!({ "version": rule.version, "effective_from": rule.effective_from }));
            tell(conn, &[told])?;
            Ok(rule.into())
        })
    })
}

/// Versions of rules in order of their ids, after `after`; they are public.
///
/// # Errors
/// When the database is away.
pub fn list_recognition_rules(bank: &Bank, after: Option<(Uuid, i64)>, limit: usize) -> Result<Vec<Rule>, OpError> {
    bank.store.read(|conn| {
        let rules = store::rules(conn)?.into_iter();
        let rest = rules.filter(|rule| after.is_none_or(|after| (rule.rule_id, rule.version) > after));
        Ok(rest.take(limit).map(Rule::from).collect())
    })
}

/// A shape that certificate numbers of one kind of achievement have.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "学历证书", "kind": "diploma", "pattern": "[0-9]{17,18}", "citation": "教学〔2001〕4号" }))]
pub struct NewPattern {
    #[schema(min_length = 1, max_length = 100, example = "职业技能等级证书")]
    pub name: String,
    pub kind: AchievementKind,
    /// Only numbers of this family have the shape; absent for all of the kind.
    #[serde(default)]
    #[schema(max_length = 40, example = "occ-elec")]
    pub family: Option<String>,
    /// A regular expression for the whole number, of at most 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub pattern: String,
    #[schema(min_length = 1, max_length = 500)]
    pub citation: String,
}

/// A pattern as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pattern {
    pub pattern_id: Uuid,
    pub name: String,
    pub kind: AchievementKind,
    pub family: Option<String>,
    pub pattern: String,
    pub citation: String,
}

impl TryFrom<PatternRow> for Pattern {
    type Error = StoreError;

    fn try_from(row: PatternRow) -> Result<Self, StoreError> {
        Ok(Self {
            pattern_id: row.pattern_id.0,
            name: row.name,
            kind: AchievementKind::parse(&row.kind).ok_or_else(|| StoreError::Damaged("a certificate pattern".to_owned()))?,
            family: row.family,
            pattern: row.pattern,
            citation: row.citation,
        })
    }
}

/// Publishes a pattern; later deposits whose number has none of its kind's shapes wait for a person.
///
/// # Errors
/// `PatternInvalid`, `NameTaken`, `InvalidBody`, and what the policy answers.
pub fn publish_certificate_pattern(bank: &Bank, context: &Context, key: Option<&str>, new: &NewPattern) -> Result<Pattern, OpError> {
    for (pointer, text, most) in [("/name", &new.name, 100), ("/citation", &new.citation, 500)] {
        if !is_line(text, most) {
            return Err(Rejection::field(pointer, format!("must have 1 to {most} characters")).into());
        }
    }
    if CertificatePattern::compile(&new.pattern).is_none() {
        return Err(Rejection::PatternInvalid {}.into());
    }
    bank.store.write(|conn| {
        once(bank, context, conn, "publish_certificate_pattern", key, new, |conn| {
            context.authorised(conn, Action::WriteCertificatePattern, Resource::Bank)?;
            let row = PatternRow {
                pattern_id: Key(Uuid::now_v7()),
                name: new.name.trim().to_owned(),
                kind: new.kind.as_str().to_owned(),
                family: new.family.clone(),
                pattern: new.pattern.clone(),
                citation: new.citation.trim().to_owned(),
                created_at: At(context.now),
            };
            store::insert_pattern(conn, &row).map_err(|error| match error.taken() {
                Some(Taken::CertificatePatternName) => Rejection::NameTaken {}.into(),
                _ => OpError::Store(error),
            })?;
            let pattern = Pattern::try_from(row)?;
            let told = context
                .told("publish_certificate_pattern", "certificate_pattern", pattern.pattern_id)
                .with(serde_json::json!({ "kind": pattern.kind }));
            tell(conn, &[told])?;
            Ok(pattern)
        })
    })
}

/// Every pattern; they are public, and few.
///
/// # Errors
/// When the database is away.
pub fn list_certificate_patterns(bank: &Bank) -> Result<Vec<Pattern>, OpError> {
    bank.store.read(|conn| {
        let rows = store::patterns(conn)?;
        Ok(rows.into_iter().map(Pattern::try_from).collect::<Result<_, StoreError>>()?)
    })
}
