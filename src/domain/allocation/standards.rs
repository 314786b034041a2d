//! What the packs above say of an outcome. Their clauses grant nothing; where one is for outcomes of a sort, an outcome of
//! that sort must meet one of them, goes only where they let it go, and brings no more than they give. So the stricter wins.

use super::layers::Ruling;
use super::model::{Bound, Measure, Past, Place, Purpose};
use super::offers::Hindrance;
use super::targets::clause_takes;
use super::{Layer, Question, ReasonCode};
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::pack::value::Worth;
use crate::domain::pack::{Clause, RulePack};

/// A pack above that speaks of an outcome, and its clauses that the outcome meets: one at least.
struct Standard<'a> {
    pack: &'a RulePack,
    met: Vec<&'a Clause>,
}

/// Every pack above that speaks of an outcome.
pub(super) struct Standards<'a>(Vec<Standard<'a>>);

fn hindrance(code: ReasonCode, clause: &Clause, detail: Option<String>) -> Hindrance {
    Hindrance {
        layer: Some(Layer::Standard),
        rule: Some(clause.id.clone()),
        citation: Some(clause.citation.clone()),
        detail,
        ..Hindrance::new(code)
    }
}

/// Finds them.
///
/// # Errors
/// Where a pack above is for outcomes of this sort and the outcome meets none of its clauses: what the first of them asks.
pub(super) fn of<'a>(question: &Question, rulings: &[Ruling<'a>], outcome: &OutcomeFacts) -> Result<Standards<'a>, Hindrance> {
    let mut found = Vec::new();
    for ruling in rulings.iter().filter(|ruling| ruling.version.is_none()) {
        let pack = ruling.pack;
        let is_for_the_sort = |clause: &&Clause| question.meets(pack, &clause.outcomes.sort(), outcome);
        let clauses: Vec<&Clause> = pack.clauses.iter().filter(is_for_the_sort).collect();
        let Some(first) = clauses.first() else { continue };
        let met: Vec<&Clause> = clauses
            .iter()
            .copied()
            .filter(|clause| question.meets(pack, &clause.outcomes, outcome))
            .collect();
        if met.is_empty() {
            let unmet = question.with_circumstances(pack, outcome, |circumstances| first.outcomes.unmet(outcome, circumstances));
            return Err(hindrance(ReasonCode::NoClauseMatches, first, unmet.map(|unmet| unmet.to_string())));
        }
        found.push(Standard { pack, met });
    }
    Ok(Standards(found))
}

impl Standards<'_> {
    /// Why a place may not take the outcome although the institution lets it: a pack above does not.
    pub(super) fn barring(&self, question: &Question, outcome: &OutcomeFacts, place: &Place) -> Option<Hindrance> {
        let takes = |standard: &Standard<'_>, clause: &Clause| clause_takes(question, standard.pack, clause, outcome, place).is_some();
        let barring = |standard: &&Standard<'_>| !standard.met.iter().any(|clause| takes(standard, clause));
        let clause = self.0.iter().find(barring)?.met.first()?;
        Some(hindrance(ReasonCode::NoTarget, clause, None))
    }

    /// The bounds on what the outcome may bring by these arcs, one of each pack that has one.
    pub(super) fn ceiling(&self, question: &Question, outcome: &OutcomeFacts, arcs: Vec<usize>) -> Vec<Bound> {
        let bound_of = |standard: &Standard<'_>| {
            let worth = |clause: &&Clause| {
                let worth = question.with_circumstances(standard.pack, outcome, |circumstances| clause.value.worth(outcome, circumstances));
                match worth {
                    Worth::UpTo(most) => most,
                    Worth::AsCourses => CourseCredit::MAX_HUNDREDTHS,
                    // Without the number that the value is made of, there is none.
                    Worth::Unknown => 0,
                }
            };
            let highest = standard.met.iter().max_by_key(|clause| worth(clause))?;
            let most = worth(highest);
            (most < CourseCredit::MAX_HUNDREDTHS).then(|| Bound {
                layer: Layer::Standard,
                purpose: Purpose::Limit,
                rule: highest.id.clone(),
                citation: highest.citation.clone(),
                group: Some(outcome.key.clone()),
                measure: Measure::Amount,
                most,
                arcs: arcs.clone(),
                past: Past::default(),
            })
        };
        self.0.iter().filter_map(bound_of).collect()
    }
}
