//! From clauses to offers: what each outcome may bring under each clause that is for it, and where it may go.

use std::collections::BTreeMap;

use super::layers::Ruling;
use super::model::{Arc, Bound, Measure, Model, Offer, Place, PlaceKind, Purpose};
use super::{Layer, Question, ReasonCode};
use crate::domain::condition::Unmet;
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::limit::NameMatch;
use crate::domain::pack::names::{folded, near_form};
use crate::domain::pack::value::Worth;
use crate::domain::pack::{Clause, Coverage, Exclusion, RulePack, Target};
use crate::domain::programme::Course;

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
    fn new(code: ReasonCode) -> Self {
        Self {
            code,
            layer: None,
            rule: None,
            citation: None,
            detail: None,
        }
    }

    fn of_clause(code: ReasonCode, clause: &Clause, detail: Option<String>) -> Self {
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
    found
}

/// How much free credit of a bucket a clause gives in all; nothing where it gives none.
pub(super) fn free_credit(clause: &Clause, bucket: &str, minimum: CourseCredit) -> Option<i64> {
    clause.to.iter().find_map(|target| match target {
        Target::FreeCredit { bucket: code, up_to } if code == bucket => Some(up_to.unwrap_or(minimum).hundredths()),
        _ => None,
    })
}

fn places(question: &Question) -> Vec<Place> {
    let programme = &question.programme;
    let clauses = || question.versions.iter().flat_map(|version| &version.pack.clauses);
    let courses = programme.courses.iter().enumerate().map(|(number, course)| Place {
        kind: PlaceKind::Course(number),
        capacity: course.credits.hundredths(),
    });
    let buckets = programme.buckets.iter().enumerate().map(|(number, bucket)| Place {
        kind: PlaceKind::FreeCredit(number),
        capacity: clauses()
            .filter_map(|clause| free_credit(clause, &bucket.code, bucket.minimum))
            .max()
            .unwrap_or_default(),
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
    if let Some((ruling, exclusion)) = exclusions.iter().find(|(_, exclusion)| exclusion.courses.is_empty()) {
        return Err(Hindrance {
            code: ReasonCode::Excluded,
            layer: Some(ruling.layer),
            rule: Some(exclusion.id.clone()),
            citation: Some(exclusion.citation.clone()),
            detail: None,
        });
    }
    let place = version.ok_or_else(|| Hindrance::new(ReasonCode::NoPackInForce))?;
    let pack = question
        .versions
        .get(place)
        .map(|version| &version.pack)
        .ok_or_else(|| Hindrance::new(ReasonCode::NoPackInForce))?;
    let ceiling = ceiling(question, rulings, outcome);
    let mut nearest = Hindrance::new(ReasonCode::NoClauseMatches);
    let mut offered = false;
    for (clause_number, clause) in pack.clauses.iter().enumerate() {
        let site = Site {
            question,
            pack,
            clause,
            outcome,
            exclusions: &exclusions,
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
    if let Some((rule, citation, most)) = ceiling {
        let arcs = model
            .arcs
            .iter()
            .enumerate()
            .filter(|(_, arc)| arc.outcome == number)
            .map(|(arc, _)| arc);
        let arcs = arcs.collect();
        model.bounds.push(Bound {
            layer: Layer::Standard,
            purpose: Purpose::Limit,
            rule,
            citation,
            group: Some(outcome.key.clone()),
            measure: Measure::Amount,
            most,
            arcs,
        });
    }
    Ok(())
}

/// Of two hindrances the one that came further on the way to an offer.
fn nearer(one: Hindrance, other: Hindrance) -> Hindrance {
    let steps = |hindrance: &Hindrance| match hindrance.code {
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

/// The most that the packs above allow for an outcome: their clauses bound what they are for, they grant nothing.
fn ceiling(question: &Question, rulings: &[Ruling<'_>], outcome: &OutcomeFacts) -> Option<(String, String, i64)> {
    let mut lowest: Option<(String, String, i64)> = None;
    for ruling in rulings.iter().filter(|ruling| ruling.version.is_none()) {
        let mut highest: Option<(&Clause, i64)> = None;
        for clause in &ruling.pack.clauses {
            if !question.meets(ruling.pack, &clause.outcomes, outcome) {
                continue;
            }
            let worth = question.with_circumstances(ruling.pack, outcome, |circumstances| clause.value.worth(outcome, circumstances));
            let most = match worth {
                Worth::UpTo(most) => most,
                Worth::AsCourses => CourseCredit::MAX_HUNDREDTHS,
                Worth::Unknown => continue,
            };
            if highest.is_none_or(|(_, known)| most > known) {
                highest = Some((clause, most));
            }
        }
        if let Some((clause, most)) = highest.filter(|(_, most)| *most < CourseCredit::MAX_HUNDREDTHS)
            && lowest.as_ref().is_none_or(|(_, _, known)| most < *known)
        {
            lowest = Some((clause.id.clone(), clause.citation.clone(), most));
        }
    }
    lowest
}

/// A clause and an outcome that it may be for.
struct Site<'a> {
    question: &'a Question,
    pack: &'a RulePack,
    clause: &'a Clause,
    outcome: &'a OutcomeFacts,
    exclusions: &'a [(Ruling<'a>, &'a Exclusion)],
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
        let hindered = |code| Err(Hindrance::of_clause(code, clause, None));
        let budget = match worth {
            Worth::Unknown => return hindered(ReasonCode::ValueUnknown),
            Worth::UpTo(0) => return hindered(ReasonCode::RoundsToNothing),
            Worth::UpTo(most) => most,
            Worth::AsCourses => CourseCredit::MAX_HUNDREDTHS,
        };
        let offer_number = model.offers.len();
        let mut too_large = None;
        let mut arcs: Vec<Arc> = Vec::new();
        for (place_number, place) in model.places.iter().enumerate() {
            let Some(free_most) = self.takes(place) else { continue };
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
                Some(least) => Hindrance::of_clause(ReasonCode::TargetsTooLarge, clause, Some(least.to_string())),
                None => Hindrance::of_clause(ReasonCode::NoTarget, clause, None),
            });
        }
        model.arcs.extend(arcs);
        model.offers.push(Offer { budget, ..offer });
        Ok(())
    }

    fn unmatched(&self, unmet: Unmet) -> Hindrance {
        Hindrance::of_clause(ReasonCode::NoClauseMatches, self.clause, Some(unmet.to_string()))
    }

    /// Whether a place may take the outcome under the clause, and how much at most where the clause says so.
    fn takes(&self, place: &Place) -> Option<i64> {
        match place.kind {
            PlaceKind::Course(number) => {
                let course = self.question.programme.courses.get(number)?;
                let taken = self.clause.to.iter().any(|target| self.target_takes(target, course));
                (taken && !self.is_excluded(course)).then_some(i64::MAX)
            }
            PlaceKind::FreeCredit(number) => {
                let bucket = self.question.programme.buckets.get(number)?;
                let mut excluded = self
                    .exclusions
                    .iter()
                    .filter(|(_, exclusion)| !exclusion.courses.buckets.is_empty());
                if excluded.any(|(_, exclusion)| exclusion.courses.selects_free_credit(&bucket.code)) {
                    return None;
                }
                free_credit(self.clause, &bucket.code, bucket.minimum)
            }
        }
    }

    fn is_excluded(&self, course: &Course) -> bool {
        let mut own = self.exclusions.iter().filter(|(_, exclusion)| !exclusion.courses.is_empty());
        own.any(|(_, exclusion)| exclusion.courses.selects(course))
    }

    fn target_takes(&self, target: &Target, course: &Course) -> bool {
        let Target::Courses {
            select,
            name,
            minimum_overlap,
        } = target
        else {
            return false;
        };
        let named = name.is_none_or(|asked| match (asked, &self.pack.definitions.names) {
            (NameMatch::Near, Some(table)) => near_form(&course.name.zh, table) == near_form(&self.outcome.name, table),
            (NameMatch::Near | NameMatch::Same, _) => folded(&course.name.zh) == folded(&self.outcome.name),
        });
        let overlapping = minimum_overlap.is_none_or(|least| {
            let mut known = self.pack.definitions.overlaps.iter();
            known
                .any(|overlap| overlap.achievement == self.outcome.achievement && overlap.course == course.code && overlap.percent >= least)
        });
        select.selects(course) && named && overlapping
    }
}
