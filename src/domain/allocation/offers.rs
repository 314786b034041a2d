//! From clauses to offers: what each outcome may bring under each clause that is for it, and where it may go.

use std::collections::{BTreeMap, BTreeSet};

use super::further::{self, Further};
use super::layers::Ruling;
use super::model::{Arc, Bound, Model, Offer, Place, PlaceKind};
use super::standards::{self, Standards};
use super::targets::{clause_takes, free_credit};
use super::{Layer, Question, ReasonCode};
use crate::domain::condition::Unmet;
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::pack::value::Worth;
use crate::domain::pack::{Clause, Coverage, Exclusion, HighestBy, NameTable, OnlyOne, RulePack, Targets};

/// Why an outcome has no offer, or one without a target.
#[derive(Debug, Clone)]
pub(super) struct Hindrance {
    pub(super) code: ReasonCode,
    pub(super) layer: Option<Layer>,
    pub(super) rule: Option<String>,
    pub(super) citation: Option<String>,
    pub(super) detail: Option<String>,
}

impl Hindrance {
    pub(super) fn new(code: ReasonCode) -> Self {
        Self {
            code,
            layer: None,
            rule: None,
            citation: None,
            detail: None,
        }
    }

    pub(super) fn of_clause(code: ReasonCode, clause: &Clause, detail: Option<String>) -> Self {
        Self {
            code,
            layer: Some(Layer::Institution),
            rule: Some(clause.id.clone()),
            citation: Some(clause.citation.clone()),
            detail,
        }
    }
}

/// The offers, places and arcs of a question, and why some outcomes have none.
pub(super) struct Offers {
    pub(super) model: Model,
    pub(super) hindrances: BTreeMap<usize, Hindrance>,
}

/// Makes them.
pub(super) fn offers(question: &Question, rulings: &[Ruling<'_>]) -> Offers {
    let mut found = Offers {
        model: Model {
            outcomes: question.outcomes.len(),
            places: places(question),
            ..Model::default()
        },
        hindrances: BTreeMap::new(),
    };
    for (number, outcome) in question.outcomes.iter().enumerate() {
        if let Err(hindrance) = offer_all(question, rulings, &mut found.model, number, outcome) {
            found.hindrances.insert(number, hindrance);
        }
    }
    only_the_highest_rank(question, rulings, &mut found);
    found
}

fn places(question: &Question) -> Vec<Place> {
    let programme = &question.programme;
    let clauses = || question.versions.iter().flat_map(|version| &version.pack.clauses);
    let taken = question.taken_earlier();
    let place = |kind: PlaceKind, whole: i64| {
        let taken = taken.get(&kind);
        Place {
            begun: taken.is_some(),
            capacity: taken.map_or(whole, |taken| if taken.is_full { 0 } else { (whole - taken.amount).max(0) }),
            kind,
        }
    };
    let courses = programme.courses.iter().enumerate();
    let courses = courses.map(|(number, course)| place(PlaceKind::Course(number), course.credits.hundredths()));
    let buckets = programme.buckets.iter().enumerate().map(|(number, bucket)| {
        let most = clauses()
            .filter_map(|clause| free_credit(clause, &bucket.code, bucket.minimum))
            .max();
        place(PlaceKind::FreeCredit(number), most.unwrap_or_default())
    });
    courses.chain(buckets).collect()
}

fn offer_all(
    question: &Question,
    rulings: &[Ruling<'_>],
    model: &mut Model,
    number: usize,
    outcome: &OutcomeFacts,
) -> Result<(), Hindrance> {
    if question.left_out.contains(&outcome.key) {
        return Err(Hindrance {
            layer: Some(Layer::Learner),
            ..Hindrance::new(ReasonCode::LeftOut)
        });
    }
    let version = question.version_for(outcome);
    let exclusions = exclusions_for(question, rulings, version, outcome);
    let is_total = |(_, exclusion): &&(Ruling<'_>, &Exclusion)| exclusion.courses.is_empty();
    if let Some((ruling, exclusion)) = exclusions.iter().find(is_total) {
        return Err(Hindrance {
            layer: Some(ruling.layer),
            rule: Some(exclusion.id.clone()),
            citation: Some(exclusion.citation.clone()),
            ..Hindrance::new(ReasonCode::Excluded)
        });
    }
    let judging = version.and_then(|place| Some((place, &question.versions.get(place)?.pack)));
    let (place, pack) = judging.ok_or_else(|| Hindrance::new(ReasonCode::NoPackInForce))?;
    let further = further::of(question, outcome)?;
    let standards = standards::of(question, rulings, outcome)?;
    let mut nearest = Hindrance::new(ReasonCode::NoClauseMatches);
    let mut offered = false;
    for (clause_number, clause) in pack.clauses.iter().enumerate() {
        // An outcome is used by one clause, also over several decisions.
        if further.as_ref().is_some_and(|further| further.clause != (place, clause_number)) {
            continue;
        }
        let site = Site {
            question,
            pack,
            clause,
            outcome,
            exclusions: &exclusions,
            standards: &standards,
            further: further.as_ref(),
        };
        let offer = Offer {
            outcome: number,
            version: place,
            clause: clause_number,
            budget: 0,
            spread: clause.spread(),
            coverage: clause.covering(),
            rest: clause.rest(),
        };
        match site.offer(model, offer) {
            Ok(()) => offered = true,
            Err(hindrance) => nearest = nearer(nearest, hindrance),
        }
    }
    if !offered {
        return Err(nearest);
    }
    let own = model.arcs.iter().enumerate().filter(|(_, arc)| arc.outcome == number);
    let arcs = own.map(|(arc, _)| arc).collect();
    model.bounds.extend(ceiling(question, &standards, further.as_ref(), outcome, arcs));
    Ok(())
}

/// What packs above let the outcome bring, less what of it was used.
fn ceiling(
    question: &Question,
    standards: &Standards<'_>,
    further: Option<&Further<'_>>,
    outcome: &OutcomeFacts,
    arcs: Vec<usize>,
) -> Vec<Bound> {
    let first = further.map_or(outcome, |further| further.at_first(outcome));
    let mut bounds = standards.ceiling(question, first, arcs);
    if let Some(further) = further {
        bounds
            .iter_mut()
            .for_each(|bound| bound.use_up(further.used(), vec![outcome.key.clone()]));
    }
    bounds
}

/// Takes out what is lower in rank than another of its group, where the rule says so and the higher one has an offer.
fn only_the_highest_rank(question: &Question, rulings: &[Ruling<'_>], found: &mut Offers) {
    for ruling in rulings {
        for rule in ruling.pack.highest_only.iter().filter(|rule| rule.by == Some(HighestBy::Rank)) {
            let names = ruling.pack.definitions.names.clone().unwrap_or_default();
            let past = used_groups(question, *ruling, rule, &names);
            let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (number, outcome) in question.outcomes.iter().enumerate() {
                let offered = found.model.arcs.iter().any(|arc| arc.outcome == number);
                if offered && question.meets(ruling.pack, &rule.outcomes, outcome) {
                    let group = rule.within.group(outcome, &names);
                    group.into_iter().for_each(|group| groups.entry(group).or_default().push(number));
                }
            }
            // Where one was used earlier, that one it is: the bound keeps the others out, higher or lower.
            groups.retain(|group, _| !past.contains(group));
            for members in groups.into_values() {
                let height = |number: &usize| question.outcomes.get(*number).map(|outcome| rule.within.height(outcome));
                let Some(highest) = members
                    .iter()
                    .copied()
                    .max_by_key(|number| (height(number), std::cmp::Reverse(*number)))
                else {
                    continue;
                };
                let lower: Vec<usize> = members.into_iter().filter(|number| height(number) < height(&highest)).collect();
                for number in &lower {
                    let hindrance = Hindrance {
                        code: ReasonCode::NotTheHighest,
                        layer: Some(ruling.layer),
                        rule: Some(rule.id.clone()),
                        citation: Some(rule.citation.clone()),
                        detail: question.outcomes.get(highest).map(|outcome| outcome.key.clone()),
                    };
                    found.hindrances.insert(*number, hindrance);
                }
                let arcs = found.model.arcs.iter().enumerate();
                let kept: Vec<usize> = arcs
                    .filter(|(_, arc)| !lower.contains(&arc.outcome))
                    .map(|(number, _)| number)
                    .collect();
                found.model = found.model.only(&kept);
            }
        }
    }
}

/// The groups of a rule of which an outcome was used earlier.
fn used_groups(question: &Question, ruling: Ruling<'_>, rule: &OnlyOne, names: &NameTable) -> BTreeSet<String> {
    let mut past = question.past();
    past.retain(|award| question.meets_on(question.day_of(award), ruling.pack, &rule.outcomes, &award.outcome));
    past.iter().filter_map(|award| rule.within.group(&award.outcome, names)).collect()
}

/// Of two hindrances the one that came further on the way to an offer.
fn nearer(one: Hindrance, other: Hindrance) -> Hindrance {
    let steps = |hindrance: &Hindrance| match hindrance.code {
        ReasonCode::AlreadyConverted => 7,
        ReasonCode::CoveredEarlier => 6,
        ReasonCode::TargetsTooLarge => 5,
        ReasonCode::RoundsToNothing => 4,
        ReasonCode::NoTarget => 3,
        ReasonCode::ValueUnknown => 2,
        // A clause that lacks something of the outcome comes nearer than one of another kind.
        ReasonCode::NoClauseMatches => match hindrance.detail.as_deref() {
            None | Some("kind") => 0,
            Some(_) => 1,
        },
        _ => 0,
    };
    if steps(&other) > steps(&one) { other } else { one }
}

/// The exclusions of the packs above, and of the version that judges the outcome.
fn exclusions_for<'a>(
    question: &'a Question,
    rulings: &[Ruling<'a>],
    version: Option<usize>,
    outcome: &OutcomeFacts,
) -> Vec<(Ruling<'a>, &'a Exclusion)> {
    let above = rulings.iter().copied().filter(|ruling| ruling.version.is_none());
    let all = above
        .chain(version.and_then(|place| question.own_ruling(place)))
        .flat_map(|ruling| ruling.pack.exclusions.iter().map(move |exclusion| (ruling, exclusion)));
    all.filter(|(ruling, exclusion)| question.meets(ruling.pack, &exclusion.outcomes, outcome))
        .collect()
}

/// A clause and an outcome that it may be for.
struct Site<'a> {
    question: &'a Question,
    pack: &'a RulePack,
    clause: &'a Clause,
    outcome: &'a OutcomeFacts,
    exclusions: &'a [(Ruling<'a>, &'a Exclusion)],
    standards: &'a Standards<'a>,
    further: Option<&'a Further<'a>>,
}

impl Site<'_> {
    /// Adds the offer with its arcs.
    fn offer(&self, model: &mut Model, offer: Offer) -> Result<(), Hindrance> {
        let (clause, outcome) = (self.clause, self.outcome);
        let (unmet, worth) = self.question.with_circumstances(self.pack, outcome, |circumstances| {
            (
                clause.outcomes.unmet(outcome, circumstances),
                clause.value.worth(outcome, circumstances),
            )
        });
        if let Some(unmet) = unmet {
            return Err(self.unmatched(unmet));
        }
        let budget = self.budget(worth)?;
        let offer_number = model.offers.len();
        let (mut too_large, mut barred, mut taken) = (None, None, None);
        let mut arcs: Vec<Arc> = Vec::new();
        for (place_number, place) in model.places.iter().enumerate() {
            let Some(free_most) = self.takes(place) else { continue };
            if let Some(standard) = self.standards.barring(self.question, outcome, place) {
                barred = Some(standard);
                continue;
            }
            if let Some(code) = self.used_before(place, &offer) {
                taken = Some(code);
                continue;
            }
            let whole = matches!(place.kind, PlaceKind::Course(_)) && offer.coverage == Coverage::WholeByOne;
            if whole && budget < place.capacity {
                too_large = Some(too_large.map_or(place.capacity, |least: i64| least.min(place.capacity)));
                continue;
            }
            let most = if whole {
                place.capacity
            } else {
                budget.min(place.capacity).min(free_most)
            };
            if most > 0 {
                arcs.push(Arc {
                    offer: offer_number,
                    outcome: offer.outcome,
                    place: place_number,
                    most,
                    whole,
                });
            }
        }
        if arcs.is_empty() {
            let smallest = too_large.and_then(|least| CourseCredit::from_hundredths(least).ok());
            return Err(match smallest {
                _ if taken.is_some() => Hindrance::of_clause(taken.unwrap_or(ReasonCode::CoveredEarlier), clause, None),
                // What would be taken here and is barred from above is not taken for that reason.
                None if barred.is_some() => barred.unwrap_or_else(|| Hindrance::new(ReasonCode::NoTarget)),
                Some(least) => Hindrance::of_clause(ReasonCode::TargetsTooLarge, clause, Some(least.to_string())),
                None => Hindrance::of_clause(ReasonCode::NoTarget, clause, None),
            });
        }
        model.arcs.extend(arcs);
        model.offers.push(Offer { budget, ..offer });
        Ok(())
    }

    /// Why earlier conversions keep the offer from a place.
    fn used_before(&self, place: &Place, offer: &Offer) -> Option<ReasonCode> {
        let is_course = matches!(place.kind, PlaceKind::Course(_));
        // What is covered in part can be covered further in parts only.
        if place.begun && (place.capacity == 0 || (is_course && offer.coverage != Coverage::Part)) {
            return Some(ReasonCode::CoveredEarlier);
        }
        let elsewhere = |further: &&Further<'_>| offer.spread == Targets::One && !further.places.contains(&place.kind);
        self.further.filter(elsewhere).map(|_| ReasonCode::AlreadyConverted)
    }

    /// The most that the outcome may bring by its worth.
    fn budget(&self, worth: Worth) -> Result<i64, Hindrance> {
        let hindered = |code| Err(Hindrance::of_clause(code, self.clause, None));
        match (worth, self.further) {
            (Worth::Unknown, _) => hindered(ReasonCode::ValueUnknown),
            (Worth::UpTo(0), None) => hindered(ReasonCode::RoundsToNothing),
            (Worth::UpTo(most), None) => Ok(most),
            (Worth::UpTo(most), Some(further)) => match further.left(self.pack, self.clause, most) {
                left if left > 0 => Ok(left),
                _ => hindered(ReasonCode::AlreadyConverted),
            },
            (Worth::AsCourses, _) => Ok(CourseCredit::MAX_HUNDREDTHS),
        }
    }

    fn unmatched(&self, unmet: Unmet) -> Hindrance {
        Hindrance::of_clause(ReasonCode::NoClauseMatches, self.clause, Some(unmet.to_string()))
    }

    /// Whether a place may take the outcome under the clause, and how much at most where the clause says so.
    fn takes(&self, place: &Place) -> Option<i64> {
        let most = clause_takes(self.question, self.pack, self.clause, self.outcome, place)?;
        (!self.is_excluded(place)).then_some(most)
    }

    fn is_excluded(&self, place: &Place) -> bool {
        let programme = &self.question.programme;
        let mut to_places = self.exclusions.iter().filter(|(_, exclusion)| !exclusion.courses.is_empty());
        to_places.any(|(_, exclusion)| match place.kind {
            PlaceKind::Course(number) => {
                let course = programme.courses.get(number);
                course.is_some_and(|course| exclusion.courses.selects(course))
            }
            PlaceKind::FreeCredit(number) => {
                let bucket = programme.buckets.get(number).filter(|_| !exclusion.courses.buckets.is_empty());
                bucket.is_some_and(|bucket| exclusion.courses.selects_free_credit(&bucket.code))
            }
            PlaceKind::Former { .. } => false,
        })
    }
}
