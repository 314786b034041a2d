//! What can be earned and what it is worth: achievements and the bank's recognition rules.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::achievement::{AchievementKind, AchievementStatus, KindFields};
use crate::domain::actor::{Actor, Caller};
use crate::domain::hours::Hours;
use crate::domain::policy::{Action, Resource};
use crate::domain::recognition::{Method, RuleVersion, SelectedBy, Selector, Validity};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::error::{StoreError, Taken};
use crate::store::journal::{Told, tell};
use crate::store::standards::{self as store, AchievementRow};
use crate::store::types::{At, Document, Key};

/// An achievement to be drafted.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAchievement {
    pub institution_id: Uuid,
    /// The institution's own code for it.
    #[schema(pattern = "^[a-z0-9][a-z0-9-]{0,39}$", example = "occ-elec-4")]
    pub code: String,
    #[schema(min_length = 1, max_length = 200, example = "电工(四级/中级工)")]
    pub name_chinese: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub name_english: Option<String>,
    pub kind: AchievementKind,
    /// An ordered series such as `occ-elec`.
    #[serde(default)]
    #[schema(max_length = 40, example = "occ-elec")]
    pub family: Option<String>,
    /// The rank within the family, 1 the lowest.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99, example = 2)]
    pub rank: Option<i16>,
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Who issues the certificate, where that is not the institution itself.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub original_issuer: Option<String>,
    #[serde(default)]
    pub details: KindFields,
    pub valid_from: NaiveDate,
    /// The last day on which it can be earned.
    #[serde(default)]
    pub closed_on: Option<NaiveDate>,
}

/// An achievement as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Achievement {
    pub achievement_id: Uuid,
    /// The same for all versions.
    pub lineage_id: Uuid,
    pub version: i64,
    pub institution_id: Uuid,
    pub code: String,
    pub name_chinese: String,
    pub name_english: Option<String>,
    pub kind: String,
    pub family: Option<String>,
    pub rank: Option<i16>,
    pub hours: Option<Hours>,
    pub original_issuer: Option<String>,
    pub details: KindFields,
    pub status: AchievementStatus,
    pub valid_from: NaiveDate,
    pub closed_on: Option<NaiveDate>,
}

impl TryFrom<AchievementRow> for Achievement {
    type Error = StoreError;

    fn try_from(row: AchievementRow) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("an achievement".to_owned());
        Ok(Self {
            achievement_id: row.achievement_id.0,
            lineage_id: row.lineage_id.0,
            version: row.version,
            institution_id: row.institution_id.0,
            code: row.code,
            name_chinese: row.name_chinese,
            name_english: row.name_english,
            kind: row.kind,
            family: row.family,
            rank: row.rank,
            hours: row
                .hours_hundredths
                .map(Hours::from_hundredths)
                .transpose()
                .map_err(|_| damaged())?,
            original_issuer: row.original_issuer,
            details: serde_json::from_value(row.details.0).map_err(|_| damaged())?,
            status: AchievementStatus::parse(&row.status).ok_or_else(damaged)?,
            valid_from: row.valid_from,
            closed_on: row.closed_on,
        })
    }
}

fn is_code(text: &str) -> bool {
    let spelled = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    spelled && (1..=40).contains(&text.len()) && !text.starts_with('-')
}

impl NewAchievement {
    fn check(&self) -> Result<(), Rejection> {
        let mut problems: Vec<FieldProblem> = self
            .details
            .problems(self.kind)
            .into_iter()
            .map(|(pointer, detail)| FieldProblem::new(pointer, detail))
            .collect();
        let mut refuse = |wrong: bool, pointer: &str, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        let bad_text = |text: &str| text.trim().is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control);
        refuse(!is_code(&self.code), "/code", "must have 1 to 40 of a-z, 0-9 and hyphen");
        refuse(bad_text(&self.name_chinese), "/name_chinese", "must have 1 to 200 characters");
        refuse(
            self.name_english.as_deref().is_some_and(bad_text),
            "/name_english",
            "must have 1 to 200 characters",
        );
        refuse(
            self.original_issuer.as_deref().is_some_and(bad_text),
            "/original_issuer",
            "must have 1 to 200 characters",
        );
        refuse(
            self.family.as_deref().is_some_and(|family| !is_code(family)),
            "/family",
            "must have 1 to 40 of a-z, 0-9 and hyphen",
        );
        refuse(
            self.rank.is_some() != self.family.is_some(),
            "/rank",
            "goes with a family, and a family with a rank",
        );
        refuse(self.rank.is_some_and(|rank| !(1..=99).contains(&rank)), "/rank", "must be 1 to 99");
        refuse(
            self.hours.is_some_and(|hours| hours.hundredths() == 0),
            "/hours",
            "must be more than nothing",
        );
        refuse(
            self.closed_on.is_some_and(|last| last < self.valid_from),
            "/closed_on",
            "is before valid_from",
        );
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Rejection::InvalidBody { problems })
        }
    }
}

/// Drafts an achievement.
///
/// # Errors
/// `InvalidBody`, `CodeTaken`, and what the policy answers.
pub fn create_achievement(bank: &Bank, context: &Context, key: Option<&str>, new: &NewAchievement) -> Result<Achievement, OpError> {
    new.check()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "create_achievement", key, new, |conn| {
            context.authorised(conn, Action::WriteAchievement, Resource::Institution(new.institution_id))?;
            let details = serde_json::to_value(&new.details).map_err(|error| StoreError::Damaged(error.to_string()))?;
            let row = AchievementRow {
                achievement_id: Key(Uuid::now_v7()),
                lineage_id: Key(Uuid::now_v7()),
                version: 1,
                institution_id: Key(new.institution_id),
                code: new.code.clone(),
                name_chinese: new.name_chinese.trim().to_owned(),
                name_english: new.name_english.clone(),
                kind: new.kind.as_str().to_owned(),
                family: new.family.clone(),
                rank: new.rank,
                framework_id: None,
                level: None,
                hours_hundredths: new.hours.map(Hours::hundredths),
                original_issuer: new.original_issuer.clone(),
                details: Document(details),
                status: AchievementStatus::Draft.as_str().to_owned(),
                valid_from: new.valid_from,
                closed_on: new.closed_on,
                edition: 1,
                created_at: At(context.now),
                published_at: None,
            };
            store::insert_achievement(conn, &row).map_err(|error| match error.taken() {
                Some(Taken::AchievementCode) => Rejection::CodeTaken { code: new.code.clone() }.into(),
                _ => OpError::Store(error),
            })?;
            let achievement = Achievement::try_from(row)?;
            tell_of(conn, context, "create_achievement", &achievement)?;
            Ok(achievement)
        })
    })
}

/// Publishes a draft; from then on it is never edited.
///
/// # Errors
/// `NotFound`, `WrongState`, and what the policy answers.
pub fn publish_achievement(bank: &Bank, context: &Context, achievement_id: Uuid) -> Result<Achievement, OpError> {
    bank.store.write(|conn| {
        let actor = context.actor(conn)?;
        if actor == Actor::Anonymous {
            return Err(Rejection::Unauthenticated {}.into());
        }
        let row = store::achievement(conn, achievement_id)?.ok_or(Rejection::NotFound {})?;
        crate::domain::policy::allowed(&actor, Action::WriteAchievement, Resource::Institution(row.institution_id.0))?;
        let achievement = Achievement::try_from(row)?;
        if !store::publish_achievement(conn, achievement_id, context.now)? {
            return Err(Rejection::WrongState {
                state: achievement.status.to_string(),
            }
            .into());
        }
        let achievement = Achievement {
            status: AchievementStatus::Published,
            ..achievement
        };
        tell_of(conn, context, "publish_achievement", &achievement)?;
        Ok(achievement)
    })
}

/// Lists published achievements; the catalogue is public.
///
/// # Errors
/// When the database is away.
pub fn list_achievements(bank: &Bank, institution_id: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<Achievement>, OpError> {
    bank.store.read(|conn| {
        let rows = store::list_achievements(conn, institution_id, after, limit)?;
        Ok(rows.into_iter().map(Achievement::try_from).collect::<Result<_, StoreError>>()?)
    })
}

fn tell_of(
    conn: &mut crate::store::connection::Conn,
    context: &Context,
    operation: &str,
    achievement: &Achievement,
) -> Result<(), StoreError> {
    let told = Told {
        operation,
        subject_kind: "achievement",
        subject_id: achievement.achievement_id,
        learner_id: None,
        institution_id: Some(achievement.institution_id),
        details: serde_json::json!({ "code": achievement.code, "version": achievement.version }),
    };
    tell(conn, &context.caller.label(), context.request_id, context.now, &[told])
}

/// A rule to be published, or its next version.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
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
                Caller::Anonymous | Caller::Bank => Uuid::nil(),
            };
            store::insert_rule(conn, &rule, created_by, context.now)?;
            let told = Told {
                operation: "publish_recognition_rule",
                subject_kind: "recognition_rule",
                subject_id: rule.rule_id,
                learner_id: None,
                institution_id: None,
                details: serde_json::json!({ "version": rule.version, "effective_from": rule.effective_from }),
            };
            tell(conn, &context.caller.label(), context.request_id, context.now, &[told])?;
            Ok(rule.into())
        })
    })
}

/// Every version of every rule; they are public.
///
/// # Errors
/// When the database is away.
pub fn list_recognition_rules(bank: &Bank) -> Result<Vec<Rule>, OpError> {
    bank.store
        .read(|conn| Ok(store::rules(conn)?.into_iter().map(Rule::from).collect()))
}

/// A shape that certificate numbers of one kind of achievement have.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPattern {
    #[schema(min_length = 1, max_length = 100, example = "职业技能等级证书")]
    pub name: String,
    pub kind: AchievementKind,
    /// A regular expression for the whole number, of at most 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub pattern: String,
    #[schema(min_length = 1, max_length = 500)]
    pub citation: String,
}

/// Publishes a pattern; later deposits whose number has none of its kind's shapes wait for a person.
///
/// # Errors
/// `PatternInvalid`, `NameTaken`, `InvalidBody`, and what the policy answers.
pub fn publish_certificate_pattern(bank: &Bank, context: &Context, new: &NewPattern) -> Result<(), OpError> {
    for (pointer, text, most) in [("/name", &new.name, 100), ("/citation", &new.citation, 500)] {
        if text.trim().is_empty() || text.chars().count() > most {
            return Err(Rejection::field(pointer, format!("must have 1 to {most} characters")).into());
        }
    }
    if crate::domain::certificate_number::CertificatePattern::compile(&new.pattern).is_none() {
        return Err(Rejection::PatternInvalid {}.into());
    }
    bank.store.write(|conn| {
        context.authorised(conn, Action::WriteCertificatePattern, Resource::Bank)?;
        let pattern_id = Uuid::now_v7();
        store::insert_pattern(
            conn,
            pattern_id,
            &new.name,
            new.kind.as_str(),
            &new.pattern,
            &new.citation,
            context.now,
        )
        .map_err(|error| match error.taken() {
            Some(Taken::CertificatePatternName) => Rejection::NameTaken {}.into(),
            _ => OpError::Store(error),
        })?;
        let told = Told {
            operation: "publish_certificate_pattern",
            subject_kind: "certificate_pattern",
            subject_id: pattern_id,
            learner_id: None,
            institution_id: None,
            details: serde_json::json!({ "kind": new.kind }),
        };
        Ok(tell(conn, &context.caller.label(), context.request_id, context.now, &[told])?)
    })
}
