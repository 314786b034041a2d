//! From limits to bounds: which arcs each limit counts, in which groups, and how much it allows there.

mod agreements;
mod only_ones;
mod past;
mod versions;

use std::collections::{BTreeMap, BTreeSet};

use super::earlier::{EarlierAward, with_past};
use super::layers::Ruling;
use super::model::{Arc, Bound, Measure, Model, Past, PlaceKind, Purpose, Wish};
use super::targets::free_credit;
use super::{Layer, Question, Unanswerable};
use crate::domain::condition::Condition;
use crate::domain::credit::{CourseCredit, Percent};
use crate::domain::facts::OutcomeFacts;
use crate::domain::limit::{AtMost, Counted, CourseSelector, Limit, Scope, ShareOf};
use crate::domain::pack::RulePack;
use crate::domain::pack::calendar::Calendar;

/// Adds every bound and wish to the model.
///
/// # Errors
/// `UnknownOutcome` and `UnknownCourse` for pins of what is not there.
pub(super) fn add(question: &Question, rulings: &[Ruling<'_>], model: &mut Model) -> Result<(), Unanswerable> {
    let mut bounds = Vec::new();
    {
        let past = question.past();
        let whole = with_past(question, model, &past);
        let bounding = Bounding {
            question,
            model: &whole,
            outcomes: question.outcomes.iter().chain(past.iter().map(|award| &award.outcome)).collect(),
            past,
        };
        for ruling in rulings {
            bounding.limits(*ruling, ruling.layer, &ruling.pack.limits, &mut bounds);
            bounding.only_ones(*ruling, &mut bounds);
            bounding.near_names(*ruling, &mut bounds);
        }
        if let Some(own) = rulings.iter().find(|ruling| ruling.version.is_some()) {
            bounding.limits(
                Ruling { version: None, ..*own },
                Layer::Programme,
                &question.programme.limits,
                &mut bounds,
            );
        }
        bounding.of_other_versions(rulings, &mut bounds);
        bounding.residency(&mut bounds);
        bounding.agreements(&mut bounds);
        bounding.free_credit(&mut bounds);
        bounds.iter_mut().for_each(|bound| bounding.use_up(bound));
    }
    model.bounds.extend(bounds.into_iter().filter(|bound| !bound.arcs.is_empty()));
    model.wishes = wishes(question, model)?;
    Ok(())
}

struct Bounding<'a> {
    question: &'a Question,
    /// With the earlier awards behind what is asked about.
    model: &'a Model,
    /// Those of the question, then one for each earlier award.
    outcomes: Vec<&'a OutcomeFacts>,
    past: Vec<&'a EarlierAward>,
}

/// A share of an amount, rounded down.
fn share(percent: Percent, of: i64) -> i64 {
    let exact = i128::from(percent.hundredths()) * i128::from(of) / i128::from(Percent::MAX_HUNDREDTHS);
    i64::try_from(exact).unwrap_or(i64::MAX)
}

impl<'a> Bounding<'a> {
    fn outcome(&self, arc: &Arc) -> Option<&'a OutcomeFacts> {
        self.outcomes.get(arc.outcome).copied()
    }

    /// The earlier award that an arc stands for.
    fn award(&self, arc: &Arc) -> Option<&'a EarlierAward> {
        self.past.get(arc.outcome.checked_sub(self.question.outcomes.len())?).copied()
    }

    /// Whether the outcome of an arc meets a condition: an earlier one as on the day of its decision.
    fn meets(&self, pack: &RulePack, condition: &Condition, arc: &Arc) -> bool {
        let day = self
            .award(arc)
            .map_or(self.question.decided_on, |award| self.question.day_of(award));
        let outcome = self.outcome(arc);
        outcome.is_some_and(|outcome| self.question.meets_on(day, pack, condition, outcome))
    }

    fn bucket(&self, arc: &Arc) -> Option<&'a str> {
        let programme = &self.question.programme;
        match self.model.places.get(arc.place)?.kind {
            PlaceKind::Course(number) => programme.courses.get(number).map(|course| course.bucket.as_str()),
            PlaceKind::FreeCredit(number) => programme.buckets.get(number).map(|bucket| bucket.code.as_str()),
            PlaceKind::Former { bucket, .. } => programme.buckets.get(bucket?).map(|bucket| bucket.code.as_str()),
        }
    }

    fn selected(&self, selector: &CourseSelector, arc: &Arc) -> bool {
        let programme = &self.question.programme;
        match self.model.places.get(arc.place).map(|place| &place.kind) {
            Some(PlaceKind::Course(number)) => programme.courses.get(*number).is_some_and(|course| selector.selects(course)),
            // Of a course that is no more nothing is known but its bucket.
            Some(PlaceKind::FreeCredit(_) | PlaceKind::Former { .. }) => selector.selects_free_credit(self.bucket(arc).unwrap_or_default()),
            None => false,
        }
    }

    fn clause_id(&self, arc: &Arc) -> Option<&'a str> {
        if let Some(award) = self.award(arc) {
            return Some(award.clause.as_str());
        }
        let offer = self.model.offers.get(arc.offer)?;
        let clause = self.question.versions.get(offer.version)?.pack.clauses.get(offer.clause)?;
        Some(clause.id.as_str())
    }

    /// The arcs of the outcomes that meet a condition.
    fn arcs_of(&self, pack: &RulePack, condition: &Condition) -> Vec<usize> {
        let mut met: BTreeMap<usize, bool> = BTreeMap::new();
        self.where_arcs(|arc| *met.entry(arc.outcome).or_insert_with(|| self.meets(pack, condition, arc)))
    }

    fn limits(&self, ruling: Ruling<'_>, layer: Layer, limits: &[Limit], bounds: &mut Vec<Bound>) {
        let pack = ruling.pack;
        let counted: Vec<BTreeSet<usize>> = limits.iter().map(|limit| self.counted(layer, pack, limit)).collect();
        for (limit, own) in limits.iter().zip(&counted) {
            let mut arcs = own.clone();
            for (other, others) in limits.iter().zip(&counted) {
                if other.outside.contains(&limit.id) {
                    arcs = arcs.difference(others).copied().collect();
                }
            }
            if let Some(version) = ruling.version.filter(|_| limit.per == Scope::Outcome) {
                arcs.retain(|arc| self.is_of_version(*arc, version));
            }
            // Free credit is credit, and no course.
            if matches!(limit.at_most, AtMost::Count { of: Counted::Courses, .. }) {
                arcs.retain(|arc| self.is_of_course(*arc));
            }
            for (group, arcs) in self.groups(pack, limit, &arcs) {
                let Some((measure, most)) = self.allowance(limit, &group) else {
                    continue;
                };
                bounds.push(Bound {
                    layer,
                    purpose: Purpose::Limit,
                    rule: limit.id.clone(),
                    citation: limit.citation.clone(),
                    group: (limit.per != Scope::Programme).then_some(group),
                    measure,
                    most,
                    arcs,
                    past: Past::default(),
                });
            }
        }
    }

    /// The arcs that a limit counts. A pack above grants nothing, so that what its clauses bring is what others bring for
    /// the outcomes that its clauses are for.
    fn counted(&self, layer: Layer, pack: &RulePack, limit: &Limit) -> BTreeSet<usize> {
        let named = |id: &str| limit.clauses.iter().any(|known| known == id);
        let arcs = self.arcs_of(pack, &limit.outcomes).into_iter();
        arcs.filter(|number| {
            self.model.arcs.get(*number).is_some_and(|arc| {
                let by_clause = || match layer {
                    Layer::Standard => {
                        let mut clauses = pack.clauses.iter().filter(|clause| named(&clause.id));
                        clauses.any(|clause| self.meets(pack, &clause.outcomes, arc))
                    }
                    _ => self.clause_id(arc).is_some_and(named),
                };
                (limit.clauses.is_empty() || by_clause()) && self.selected(&limit.courses, arc)
            })
        })
        .collect()
    }

    /// The arcs in the groups that the limit counts separately, by name; what has no group is not counted.
    fn groups(&self, pack: &RulePack, limit: &Limit, arcs: &BTreeSet<usize>) -> BTreeMap<String, Vec<usize>> {
        let calendar = limit
            .calendar
            .as_ref()
            .and_then(|code| pack.definitions.calendars.iter().find(|calendar| calendar.code == *code));
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for number in arcs {
            let Some(arc) = self.model.arcs.get(*number) else { continue };
            if let Some(group) = self.group(limit.per, calendar, arc) {
                groups.entry(group).or_default().push(*number);
            }
        }
        groups
    }

    fn group(&self, per: Scope, calendar: Option<&Calendar>, arc: &Arc) -> Option<String> {
        let outcome = self.outcome(arc)?;
        match per {
            Scope::Programme => Some(String::new()),
            Scope::Outcome => Some(outcome.key.clone()),
            Scope::Achievement => Some(outcome.achievement.clone()),
            Scope::Family => outcome.family.clone(),
            Scope::Event => outcome.contest.as_ref()?.event.clone(),
            Scope::Kind => Some(outcome.kind.to_string()),
            Scope::Issuer => Some(outcome.issuer.credit_code.clone()),
            Scope::Bucket => self.bucket(arc).map(str::to_owned),
            Scope::Period => calendar?.period_of(outcome.awarded_on),
            Scope::Course => match self.model.places.get(arc.place)?.kind {
                PlaceKind::Course(number) => self.question.programme.courses.get(number).map(|course| course.code.clone()),
                PlaceKind::FreeCredit(_) | PlaceKind::Former { .. } => None,
            },
        }
    }

    fn allowance(&self, limit: &Limit, group: &str) -> Option<(Measure, i64)> {
        let programme = &self.question.programme;
        match limit.at_most {
            AtMost::Credit { credit } => Some((Measure::Amount, credit.hundredths())),
            AtMost::Count { count, of } => {
                let measure = match of {
                    Counted::Outcomes => Measure::Outcomes,
                    Counted::Courses => Measure::Places,
                };
                Some((measure, i64::from(count)))
            }
            AtMost::BankCredit {} => {
                // Of one that was used in part, what the bank recognised at first.
                let own = self.outcomes.iter().filter(|outcome| outcome.key == group);
                Some((Measure::Amount, own.map(|outcome| outcome.bank_credit.hundredths()).max()?))
            }
            AtMost::Share { percent, of } => {
                let base = match of {
                    ShareOf::RequiredCredit => programme.required_credit.hundredths(),
                    ShareOf::SelectedCourses => {
                        let selected = programme.courses.iter().filter(|course| limit.courses.selects(course));
                        selected.map(|course| course.credits.hundredths()).sum()
                    }
                    ShareOf::BucketMinimum => programme.buckets.iter().find(|bucket| bucket.code == group)?.minimum.hundredths(),
                };
                Some((Measure::Amount, share(percent, base)))
            }
        }
    }

    /// What must be earned at the institution itself leaves so much for outcomes of others.
    fn residency(&self, bounds: &mut Vec<Bound>) {
        let programme = &self.question.programme;
        let Some(minimum) = programme.residency_minimum else { return };
        let most = programme.required_credit.checked_sub(minimum).unwrap_or(CourseCredit::ZERO);
        let own = &self.question.institution.credit_code;
        let foreign = |arc: &Arc| self.outcome(arc).is_some_and(|outcome| outcome.issuer.credit_code != *own);
        bounds.push(Bound {
            layer: Layer::Programme,
            purpose: Purpose::Limit,
            rule: "residency-minimum".to_owned(),
            citation: programme.name.zh.clone(),
            group: None,
            measure: Measure::Amount,
            most: most.hundredths(),
            arcs: self.where_arcs(foreign),
            past: Past::default(),
        });
    }

    /// A clause gives no more free credit of a bucket than it says.
    fn free_credit(&self, bounds: &mut Vec<Bound>) {
        let mut clauses: BTreeMap<(usize, usize, usize), Vec<usize>> = BTreeMap::new();
        for (number, arc) in self.model.arcs.iter().enumerate() {
            let place = self.model.places.get(arc.place).map(|place| &place.kind);
            if let (Some(PlaceKind::FreeCredit(bucket)), Some(offer)) = (place, self.model.offers.get(arc.offer)) {
                clauses.entry((offer.version, offer.clause, *bucket)).or_default().push(number);
            }
        }
        for ((version, clause, bucket), arcs) in clauses {
            let question = self.question;
            let found = question.versions.get(version).and_then(|version| version.pack.clauses.get(clause));
            let (Some(clause), Some(bucket)) = (found, question.programme.buckets.get(bucket)) else {
                continue;
            };
            bounds.push(Bound {
                layer: Layer::Institution,
                purpose: Purpose::Limit,
                rule: clause.id.clone(),
                citation: clause.citation.clone(),
                group: Some(bucket.code.clone()),
                measure: Measure::Amount,
                most: free_credit(clause, &bucket.code, bucket.minimum).unwrap_or_default(),
                arcs,
                past: Past::default(),
            });
        }
    }

    fn where_arcs(&self, mut keep: impl FnMut(&Arc) -> bool) -> Vec<usize> {
        let arcs = self.model.arcs.iter().enumerate();
        arcs.filter(|(_, arc)| keep(arc)).map(|(number, _)| number).collect()
    }
}

fn wishes(question: &Question, model: &Model) -> Result<Vec<Wish>, Unanswerable> {
    let mut wishes = Vec::new();
    for key in &question.left_out {
        if !question.outcomes.iter().any(|outcome| outcome.key == *key) {
            return Err(Unanswerable::UnknownOutcome);
        }
    }
    for pin in &question.pins {
        let outcome = question.outcomes.iter().position(|outcome| outcome.key == pin.outcome);
        let outcome = outcome.ok_or(Unanswerable::UnknownOutcome)?;
        let course = match &pin.course {
            None => None,
            Some(code) => {
                let place = question.programme.courses.iter().position(|course| course.code == *code);
                Some(PlaceKind::Course(place.ok_or(Unanswerable::UnknownCourse)?))
            }
        };
        let arcs = model.arcs.iter().enumerate().filter(|(_, arc)| {
            let place = model.places.get(arc.place).map(|place| &place.kind);
            arc.outcome == outcome && (course.is_none() || place == course.as_ref())
        });
        wishes.push(Wish {
            arcs: arcs.map(|(number, _)| number).collect(),
        });
    }
    Ok(wishes)
}
