//! An outcome that was converted earlier, and how it may be used further: by the clause that began it, where that keeps what
//! is left over, and for no more than it was worth in all.

use super::earlier::EarlierAward;
use super::model::PlaceKind;
use super::offers::Hindrance;
use super::{Question, ReasonCode};
use crate::domain::credit::Credit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::pack::value::Worth;
use crate::domain::pack::{Clause, Remainder, RulePack};

/// What earlier decisions made of an outcome that may be used further.
pub(super) struct Further<'a> {
    question: &'a Question,
    awards: Vec<&'a EarlierAward>,
    /// The places of the version and of the clause.
    pub(super) clause: (usize, usize),
    /// Where it went.
    pub(super) places: Vec<PlaceKind>,
}

/// Finds it; nothing for an outcome that was never used in the programme.
///
/// # Errors
/// `AlreadyConverted` where the clause keeps no rest, or the bank has none left, or the clause is there no more, so that nothing
/// says that the rest was kept.
pub(super) fn of<'a>(question: &'a Question, outcome: &OutcomeFacts) -> Result<Option<Further<'a>>, Hindrance> {
    let mut awards = question.past();
    awards.retain(|award| award.outcome.key == outcome.key);
    let Some(first) = awards.first() else { return Ok(None) };
    let found = question.clause_of_award(first).and_then(|places| {
        let clause = question.versions.get(places.0)?.pack.clauses.get(places.1)?;
        Some((places, clause))
    });
    let had_credit = awards.iter().any(|award| award.outcome.bank_credit > Credit::ZERO);
    let is_spent = had_credit && outcome.bank_credit == Credit::ZERO;
    match found {
        None => Err(Hindrance::new(ReasonCode::AlreadyConverted)),
        Some((_, clause)) if is_spent || clause.rest() == Remainder::Forfeited => {
            Err(Hindrance::of_clause(ReasonCode::AlreadyConverted, clause, None))
        }
        Some((places, _)) => Ok(Some(Further {
            question,
            clause: places,
            places: awards.iter().map(|award| question.place_of_award(award)).collect(),
            awards,
        })),
    }
}

impl Further<'_> {
    /// What was used of it, in hundredths.
    pub(super) fn used(&self) -> i64 {
        self.awards.iter().map(|award| award.amount.hundredths()).sum()
    }

    /// What is left of a worth: in all it brings no more than it was ever worth by the clause.
    pub(super) fn left(&self, pack: &RulePack, clause: &Clause, worth: i64) -> i64 {
        let then = |award: &&EarlierAward| {
            let day = self.question.day_of(award);
            let worth = self.question.with_circumstances_on(day, pack, &award.outcome, |circumstances| {
                clause.value.worth(&award.outcome, circumstances)
            });
            match worth {
                Worth::UpTo(most) => most,
                Worth::AsCourses | Worth::Unknown => 0,
            }
        };
        let in_all = self.awards.iter().map(then).max().unwrap_or_default().max(worth);
        worth.min(in_all - self.used())
    }

    /// The outcome as it was when most of it was there.
    pub(super) fn at_first<'b>(&'b self, now: &'b OutcomeFacts) -> &'b OutcomeFacts {
        let known = self.awards.iter().map(|award| &award.outcome).chain([now]);
        known.max_by_key(|outcome| outcome.bank_credit).unwrap_or(now)
    }
}
