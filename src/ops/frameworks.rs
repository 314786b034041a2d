//! Frameworks 资历框架 and their levels, by the bank.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::store::error::{StoreError, Taken};
use crate::store::frameworks::{self as store, FrameworkRow};
use crate::store::journal::tell;
use crate::store::types::{At, Document, Key};

/// A level of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    #[schema(minimum = 1, maximum = 99, example = 4)]
    pub level: i16,
    #[schema(min_length = 1, max_length = 100, example = "四级")]
    pub name_chinese: String,
    #[schema(min_length = 1, max_length = 100, example = "Level 4")]
    pub name_english: String,
}

/// A framework to be published.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFramework {
    #[schema(min_length = 1, max_length = 40, example = "cn-skill-levels")]
    pub code: String,
    #[schema(min_length = 1, max_length = 100, example = "国家职业技能等级")]
    pub name_chinese: String,
    #[schema(min_length = 1, max_length = 100, example = "National vocational skill levels")]
    pub name_english: String,
    #[schema(min_items = 1, max_items = 50)]
    pub levels: Vec<Level>,
}

/// A framework as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Framework {
    pub framework_id: Uuid,
    pub code: String,
    pub name_chinese: String,
    pub name_english: String,
    pub levels: Vec<Level>,
}

impl TryFrom<FrameworkRow> for Framework {
    type Error = StoreError;

    fn try_from(row: FrameworkRow) -> Result<Self, StoreError> {
        Ok(Self {
            framework_id: row.framework_id.0,
            code: row.code,
            name_chinese: row.name_chinese,
            name_english: row.name_english,
            levels: serde_json::from_value(row.levels.0).map_err(|_| StoreError::Damaged("a framework".to_owned()))?,
        })
    }
}

impl NewFramework {
    fn check(&self) -> Result<(), Rejection> {
        let mut problems = Vec::new();
        let mut text = |pointer: String, text: &str, most: usize| {
            if !is_line(text, most) {
                problems.push(FieldProblem::new(pointer, format!("must have 1 to {most} characters")));
            }
        };
        text("/code".to_owned(), &self.code, 40);
        text("/name_chinese".to_owned(), &self.name_chinese, 100);
        text("/name_english".to_owned(), &self.name_english, 100);
        for (number, level) in self.levels.iter().enumerate() {
            text(format!("/levels/{number}/name_chinese"), &level.name_chinese, 100);
            text(format!("/levels/{number}/name_english"), &level.name_english, 100);
        }
        if !(1..=50).contains(&self.levels.len()) {
            problems.push(FieldProblem::new("/levels", "must have 1 to 50 levels"));
        }
        for (number, level) in self.levels.iter().enumerate() {
            if !(1..=99).contains(&level.level) {
                problems.push(FieldProblem::new(format!("/levels/{number}/level"), "must be 1 to 99"));
            }
            if self.levels.iter().take(number).any(|earlier| earlier.level == level.level) {
                problems.push(FieldProblem::new(format!("/levels/{number}/level"), "is named twice"));
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Rejection::InvalidBody { problems })
        }
    }
}

/// Publishes a framework.
///
/// # Errors
/// `InvalidBody`, `CodeTaken`, and what the policy answers.
pub fn create_framework(bank: &Bank, context: &Context, key: Option<&str>, new: &NewFramework) -> Result<Framework, OpError> {
    new.check()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "create_framework", key, new, |conn| {
            context.authorised(conn, Action::CreateFramework, Resource::Bank)?;
            let row = FrameworkRow {
                framework_id: Key(Uuid::now_v7()),
                code: new.code.clone(),
                name_chinese: new.name_chinese.clone(),
                name_english: new.name_english.clone(),
                levels: Document(serde_json::to_value(&new.levels).map_err(|error| StoreError::Damaged(error.to_string()))?),
                created_at: At(context.now),
            };
            store::insert(conn, &row).map_err(|error| match error.taken() {
                Some(Taken::FrameworkCode) => Rejection::CodeTaken { code: new.code.clone() }.into(),
                _ => OpError::Store(error),
            })?;
            let framework = Framework::try_from(row)?;
            let told = context.told("create_framework", "framework", framework.framework_id);
            tell(conn, &[told.with(serde_json::json!({ "code": framework.code }))])?;
            Ok(framework)
        })
    })
}

/// Lists frameworks; they are public.
///
/// # Errors
/// When the database is away.
pub fn list_frameworks(bank: &Bank, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<Framework>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let rows = store::list(conn, place, limit)?;
        Ok(rows.into_iter().map(Framework::try_from).collect::<Result<_, StoreError>>()?)
    })
}
