//! What invented outcomes are worth: for anybody, without an account.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::site::sites;
use super::{ALTERNATIVES_MAX, PROGRAMMES_MAX, Wishes, Worths, wish_problems, worths};
use crate::domain::allocation::Pin;
use crate::domain::facts::OutcomeFacts;
use crate::domain::language::Language;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;

/// The most outcomes that somebody without an account may invent.
pub const OUTCOMES_MAX: usize = 60;

/// Invented outcomes, and where they would be used.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "programme_ids": ["01985a3e-7c00-7000-8000-000000000001"], "outcomes": [
    { "key": "certificate", "name": "电工(三级/高级工)", "achievement": "occ-elec-3", "kind": "occupational_certificate", "family": "occ-elec", "rank": 3,
      "issuer": { "credit_code": "914403003429409755", "kind": "assessment_body" }, "bank_credit": "12.00", "awarded_on": "2024-05-10" }] }))]
pub struct AskWorth {
    /// Versions of programmes; all in force where none is named.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub programme_ids: Vec<Uuid>,
    #[schema(min_items = 1, max_items = 60)]
    pub outcomes: Vec<OutcomeFacts>,
    /// Outcomes that must be used.
    #[serde(default)]
    #[schema(max_items = 60)]
    pub pins: Vec<Pin>,
    /// Keys of outcomes that must not be used.
    #[serde(default)]
    #[schema(max_items = 60)]
    pub left_out: Vec<String>,
    /// How many equal allocations to show beside the best, of one programme.
    #[serde(default)]
    #[schema(maximum = 20)]
    pub alternatives: u8,
    /// The day of the enrolment in the programme, for rules that ask whether an award came before it.
    #[serde(default)]
    pub enrolled_on: Option<NaiveDate>,
}

impl AskWorth {
    fn check(&self) -> Result<(), Rejection> {
        let mut problems = Vec::new();
        let mut items = |count: usize, least: usize, most: usize, pointer: &str| {
            if !(least..=most).contains(&count) {
                problems.push(FieldProblem::new(pointer, format!("must have {least} to {most} items")));
            }
        };
        items(self.programme_ids.len(), 0, PROGRAMMES_MAX, "/programme_ids");
        items(self.outcomes.len(), 1, OUTCOMES_MAX, "/outcomes");
        items(self.pins.len(), 0, OUTCOMES_MAX, "/pins");
        items(self.left_out.len(), 0, OUTCOMES_MAX, "/left_out");
        if usize::from(self.alternatives) > ALTERNATIVES_MAX {
            problems.push(FieldProblem::new("/alternatives", "must be 0 to 20"));
        }
        for (number, outcome) in self.outcomes.iter().enumerate().take(OUTCOMES_MAX) {
            problems.extend(outcome.problems(&format!("/outcomes/{number}")));
        }
        problems.extend(wish_problems(&self.pins, &self.left_out));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Rejection::InvalidBody { problems })
        }
    }
}

/// Says what invented outcomes are worth, programme by programme, from the most to the least. Nothing is kept.
///
/// # Errors
/// `InvalidBody`, and of one programme alone `NotFound` and what the allocation refuses.
pub fn ask_worth(bank: &Bank, context: &Context, ask: &AskWorth, language: Language) -> Result<Worths, OpError> {
    ask.check()?;
    let day = bank.day(context.now);
    let asked = bank.store.read(|conn| sites(conn, &ask.programme_ids, day))?;
    let wishes = Wishes {
        pins: ask.pins.clone(),
        left_out: ask.left_out.clone(),
        alternatives: usize::from(ask.alternatives),
        enrolled_on: ask.enrolled_on,
    };
    worths(asked, &ask.outcomes, &wishes, language)
}
