//! Validation of a pack: what its author left open, what contradicts, what refers to nothing, what can never match.

mod clauses;
mod conditions;
mod definitions;
mod known;
mod limits;
mod report;
mod selectors;
mod values;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{OnlyOne, RulePack, Within};
use crate::domain::bilingual::Bilingual;
use crate::domain::credit_code::CreditCode;
use crate::domain::limit::{Limit, Scope};
use crate::domain::programme::{Programme, is_code};
use crate::domain::words::words;
use conditions::Purpose;
use known::Known;
use report::Report;

words! {
    /// What is wrong with a pack.
    pub enum PackFault {
        /// The published text leaves it open and the author has to choose.
        Ambiguous => "ambiguous",
        /// It refers to something that is not there.
        Dangling => "dangling",
        /// It cannot be true together with another rule of the pack.
        Contradiction => "contradiction",
        /// No outcome or course can ever meet it.
        NeverMatches => "never_matches",
        /// It is more, deeper or longer than is taken.
        TooLarge => "too_large",
        /// Not a lawful value.
        Invalid => "invalid",
        /// The law forbids it.
        Unlawful => "unlawful",
        /// The packs that it stands under lead back to it.
        Cycle => "cycle",
    }
}

/// One thing that the author must mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackProblem {
    /// Where, as a JSON pointer into the document.
    #[schema(example = "/clauses/2/targets")]
    pub pointer: String,
    pub fault: PackFault,
    /// The clause, limit or exclusion, by its id.
    pub rule: Option<String>,
    /// What, in a sentence.
    pub detail: String,
}

impl PackProblem {
    /// The most problems that are told of one pack; one more then says that there are others.
    pub const MOST: usize = 200;
}

/// How many packs may stand above each other.
const LAYERS_MAX: usize = 5;

/// What the author must mend before the pack can be filed. `programmes` are those of the owner, `above` the packs that
/// it stands under, as far as they exist.
pub fn problems(pack: &RulePack, programmes: &[Programme], above: &[RulePack]) -> Vec<PackProblem> {
    let mut report = Report::default();
    let known = Known::of_pack(pack, programmes);
    sizes(pack, &mut report);
    document(pack, programmes, &mut report);
    layers(pack, above, &mut report);
    definitions::examine(pack, &known, &mut report);
    identities(pack, &mut report);
    clauses::examine(pack, &known, &mut report);
    limits::examine(&pack.limits, &known, &mut report);
    only_ones("highest_only", &pack.highest_only, &known, &mut report);
    only_ones("once_only", &pack.once_only, &known, &mut report);
    clauses::exclusions(pack, &known, &mut report);
    report.finish()
}

/// What is wrong with a programme's own limits: they stand by themselves, so that they know no clauses and no
/// definitions, and are inside and outside each other only.
pub fn limit_problems(limits: &[Limit], programme: &Programme) -> Vec<PackProblem> {
    let mut report = Report::default();
    let known = Known::of_programme(programme);
    let mut ids = BTreeSet::new();
    for (number, limit) in limits.iter().enumerate().take(Programme::LIMITS_MAX) {
        report.about(&limit.id);
        if !ids.insert(&limit.id) {
            let detail = format!("is the id of another rule as well: {}", limit.id);
            report.add(PackFault::Contradiction, format!("/limits/{number}/id"), detail);
        }
    }
    report.about_all();
    limits::examine(limits, &known, &mut report);
    report.finish()
}

/// Lists that are too long are told before all that may be wrong in them.
fn sizes(pack: &RulePack, report: &mut Report) {
    let lists = [
        ("/clauses", pack.clauses.len(), 200),
        ("/limits", pack.limits.len(), 100),
        ("/highest_only", pack.highest_only.len(), 50),
        ("/once_only", pack.once_only.len(), 50),
        ("/exclusions", pack.exclusions.len(), 50),
    ];
    for (at, items, most) in lists {
        report.size(items, 0, most, || at.to_owned());
    }
}

fn document(pack: &RulePack, programmes: &[Programme], report: &mut Report) {
    use PackFault::{Ambiguous, Contradiction, Dangling, Invalid, Unlawful};
    report.code(&pack.code, || "/code".to_owned());
    bilingual(&pack.title, "/title", report);
    if pack.owner.as_deref().is_some_and(|owner| CreditCode::parse(owner).is_none()) {
        report.add(Invalid, "/owner", "must have the 18 characters of a unified social credit code");
    }
    report.size(pack.legal_basis.len(), 1, 20, || "/legal_basis".to_owned());
    for (number, basis) in pack.legal_basis.iter().enumerate().take(20) {
        report.text(basis, 200, || format!("/legal_basis/{number}"));
    }
    if pack.effective_to.is_some_and(|last| last < pack.effective_from) {
        report.add(Invalid, "/effective_to", "is before effective_from");
    }
    if pack.selected_by.is_none() {
        let detail = "must say which date selects the version that judges an outcome: award_date or decision_date";
        report.add(Ambiguous, "/selected_by", detail);
    }
    report.size(pack.programmes.len(), 0, 200, || "/programmes".to_owned());
    let given: BTreeSet<&str> = programmes.iter().map(|programme| programme.code.as_str()).collect();
    let mut named = BTreeSet::new();
    for (number, code) in pack.programmes.iter().enumerate().take(200) {
        if !named.insert(code) {
            report.add(Contradiction, format!("/programmes/{number}"), "is named twice");
        } else if !given.is_empty() && !given.contains(code.as_str()) {
            let detail = format!("is not a programme of the owner: {code}");
            report.add(Dangling, format!("/programmes/{number}"), detail);
        }
    }
    if pack.clauses.is_empty()
        && pack.limits.is_empty()
        && pack.highest_only.is_empty()
        && pack.once_only.is_empty()
        && pack.exclusions.is_empty()
    {
        report.add(
            Invalid,
            "/clauses",
            "must have a rule: neither clauses nor limits, highest_only, once_only or exclusions are there",
        );
    }
    for problem in pack.admission.iter().flat_map(|admission| admission.problems("/admission")) {
        let skills = problem.detail.contains("skills");
        report.add(if skills { Unlawful } else { Invalid }, problem.pointer, problem.detail);
    }
    for problem in pack.claims.iter().flat_map(|rules| rules.problems("/claims")) {
        report.add(Invalid, problem.pointer, problem.detail);
    }
}

/// The packs above: each is there, none leads back, and there are not too many.
fn layers(pack: &RulePack, above: &[RulePack], report: &mut Report) {
    report.size(pack.under.len(), 0, 5, || "/under".to_owned());
    for (number, code) in pack.under.iter().enumerate().take(5) {
        let at = format!("/under/{number}");
        if pack.under.iter().take(number).any(|earlier| earlier == code) {
            report.add(PackFault::Contradiction, at, "is named twice");
            continue;
        }
        if *code != pack.code && !above.iter().any(|other| other.code == *code) {
            report.add(PackFault::Dangling, at, format!("is not a pack that is there: {code}"));
            continue;
        }
        let mut level = BTreeSet::from([code.as_str()]);
        let mut height = 0;
        while !level.is_empty() && height < LAYERS_MAX && !level.contains(pack.code.as_str()) {
            height += 1;
            let named = above.iter().filter(|other| level.contains(other.code.as_str()));
            level = named.flat_map(|other| other.under.iter().map(String::as_str)).collect();
        }
        if level.contains(pack.code.as_str()) {
            report.add(
                PackFault::Cycle,
                at,
                format!("leads back to this pack through the packs above it: {code}"),
            );
        } else if !level.is_empty() {
            report.add(
                PackFault::Cycle,
                at,
                format!("has more than {LAYERS_MAX} packs above each other, or a circle among them: {code}"),
            );
        }
    }
}

/// No two rules have one id: reasons name rules by it.
fn identities(pack: &RulePack, report: &mut Report) {
    let clauses = pack.clauses.iter().map(|rule| &rule.id).enumerate().take(200);
    let limits = pack.limits.iter().map(|rule| &rule.id).enumerate().take(100);
    let highest = pack.highest_only.iter().map(|rule| &rule.id).enumerate().take(50);
    let once = pack.once_only.iter().map(|rule| &rule.id).enumerate().take(50);
    let exclusions = pack.exclusions.iter().map(|rule| &rule.id).enumerate().take(50);
    let mut seen = BTreeSet::new();
    let all = clauses
        .map(|(number, id)| ("clauses", number, id))
        .chain(limits.map(|(number, id)| ("limits", number, id)))
        .chain(highest.map(|(number, id)| ("highest_only", number, id)))
        .chain(once.map(|(number, id)| ("once_only", number, id)))
        .chain(exclusions.map(|(number, id)| ("exclusions", number, id)));
    for (list, number, id) in all {
        report.about(id);
        if !seen.insert(id) {
            let detail = format!("is the id of another rule as well: {id}");
            report.add(PackFault::Contradiction, format!("/{list}/{number}/id"), detail);
        }
    }
    report.about_all();
}

fn only_ones(list: &str, rules: &[OnlyOne], known: &Known<'_>, report: &mut Report) {
    for (number, rule) in rules.iter().enumerate().take(50) {
        let at = format!("/{list}/{number}");
        report.about(&rule.id);
        report.code(&rule.id, || format!("{at}/id"));
        report.text(&rule.citation, 200, || format!("{at}/citation"));
        conditions::examine(&rule.outcomes, &format!("{at}/outcomes"), Purpose::Other, known, report);
        match rule.within {
            Within::Name if !known.has_names() => {
                let detail = "needs the table of names, definitions.names, which is not there";
                report.add(PackFault::Dangling, format!("{at}/within"), detail);
            }
            Within::Event => conditions::only_contests(&rule.outcomes, Scope::Event, &format!("{at}/within"), report),
            _ => {}
        }
        match (list, rule.by) {
            ("highest_only", None) => report.add(
                PackFault::Ambiguous,
                format!("{at}/by"),
                "must say whether the highest is that of the highest rank or the one that brings most",
            ),
            ("once_only", Some(_)) => report.add(
                PackFault::Invalid,
                format!("{at}/by"),
                "means nothing here: of what counts once any one may be used",
            ),
            _ => {}
        }
    }
    report.about_all();
}

/// A text in both languages.
fn bilingual(text: &Bilingual, at: &str, report: &mut Report) {
    report.text(&text.zh, Bilingual::CHARACTERS_MAX, || format!("{at}/zh"));
    if let Some(english) = &text.en {
        report.text(english, Bilingual::CHARACTERS_MAX, || format!("{at}/en"));
    }
}

/// Whether a code has the shape of codes; the same as everywhere.
fn shaped(code: &str) -> bool {
    is_code(code)
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
