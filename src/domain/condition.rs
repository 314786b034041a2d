//! Which outcomes a clause, a limit or an exclusion is about: conditions, and why an outcome does not meet one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::achievement::{AchievementKind, ContestScope};
use super::credit::Score;
use super::facts::{OutcomeFacts, Verification};
use super::hours::Hours;
use super::institution::InstitutionKind;
use super::outcome::TraineeGroup;
use super::recognition::{Boundary, Validity, usable_until};
use super::words::words;

words! {
    /// From where an outcome comes, seen from the institution that owns the pack.
    pub enum Origin {
        Own => "own",
        Other => "other",
        /// From an institution whose outcomes an agreement in force makes acceptable.
        UnderAgreement => "under_agreement",
    }
}

words! {
    /// How an award stands to the learner's enrolment in the programme.
    pub enum Enrolment {
        Before => "before",
        /// On the day of the enrolment or later.
        Since => "since",
    }
}

words! {
    /// Alone or in a team.
    pub enum Standing {
        Individual => "individual",
        Team => "team",
    }
}

words! {
    /// The first property of a condition that an outcome does not have.
    pub enum Unmet {
        Kind => "kind",
        Issuer => "issuer",
        Origin => "origin",
        Achievement => "achievement",
        Family => "family",
        Rank => "rank",
        Level => "level",
        EducationLevel => "education_level",
        Tag => "tag",
        Verification => "verification",
        TraineeGroup => "trainee_group",
        ContestScope => "contest_scope",
        ContestPlace => "contest_place",
        TeamStanding => "team_standing",
        TeamPosition => "team_position",
        Score => "score",
        Grade => "grade",
        Hours => "hours",
        AwardDate => "award_date",
        TooLongAgo => "too_long_ago",
        Enrolment => "enrolment",
        NoLongerValid => "no_longer_valid",
        Alternatives => "alternatives",
        Excepted => "excepted",
    }
}

/// From the least to the most, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 999)]
    pub least: Option<i16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 999)]
    pub most: Option<i16>,
}

impl Range {
    /// Whether a number is inside.
    pub fn contains(self, number: i16) -> bool {
        self.least.is_none_or(|least| least <= number) && self.most.is_none_or(|most| number <= most)
    }
}

/// Awarded not longer ago than so many years; the author says whether the anniversary itself is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardedWithin {
    #[schema(minimum = 1, maximum = 99)]
    pub years: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Boundary>,
}

/// At least this grade of a scale that the pack defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MinimumGrade {
    #[schema(min_length = 1, max_length = 40, example = "five-grades")]
    pub scale: String,
    #[schema(min_length = 1, max_length = 40, example = "良好")]
    pub grade: String,
}

/// What an outcome must be; every property that is named must hold, of a list one suffices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<AchievementKind>,
    /// Unified social credit codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issuer_kinds: Vec<InstitutionKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub achievements: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub families: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranks: Option<Range>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<Range>,
    /// GB/T 4658-2006.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub education_levels: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_any: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_all: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_none: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// Only where a law or decree allows it; the clause names it as its legal basis.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trainee_groups: Vec<TraineeGroup>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contest_scopes: Vec<ContestScope>,
    /// Places or classes of prize, 1 the highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contest_places: Option<Range>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_positions: Option<Range>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_score: Option<Score>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_grade: Option<MinimumGrade>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_hours: Option<Hours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded_from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded_to: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded_within: Option<AwardedWithin>,
    /// Awarded before the learner was enrolled in the programme, or since; where that day is not known, neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<Enrolment>,
    /// Usable on the day of the decision.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub still_valid: bool,
    /// At least one of these as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub any_of: Vec<Condition>,
    /// None of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub none_of: Vec<Condition>,
}

/// What a condition is judged by beside the outcome.
pub struct Circumstances<'a> {
    pub decided_on: NaiveDate,
    /// The day on which the learner was enrolled in the programme, where it is known.
    pub enrolled_on: Option<NaiveDate>,
    /// The credit code of the institution that owns the pack.
    pub owner: Option<&'a str>,
    /// Whether an agreement in force makes the outcome acceptable there.
    pub under_agreement: bool,
    /// The grades of a scale from the lowest, if the pack defines it.
    pub grades: &'a dyn Fn(&str) -> Option<&'a [String]>,
}

impl Condition {
    /// How deep conditions may stand within each other.
    pub const DEPTH_MAX: usize = 4;

    /// Whether it asks nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same without what an outcome of the sort may still lack: how good, how recent, how well attested it is.
    pub fn sort(&self) -> Self {
        Self {
            levels: None,
            verification: None,
            contest_places: None,
            standing: None,
            team_positions: None,
            minimum_score: None,
            minimum_grade: None,
            minimum_hours: None,
            awarded_from: None,
            awarded_to: None,
            awarded_within: None,
            enrolment: None,
            still_valid: false,
            any_of: self.any_of.iter().map(Self::sort).collect(),
            ..self.clone()
        }
    }

    /// The first property that the outcome does not have; `None` when it meets the condition.
    pub fn unmet(&self, outcome: &OutcomeFacts, circumstances: &Circumstances<'_>) -> Option<Unmet> {
        self.unmet_nature(outcome, circumstances)
            .or_else(|| self.unmet_contest(outcome))
            .or_else(|| self.unmet_quality(outcome, circumstances))
            .or_else(|| self.unmet_dates(outcome, circumstances))
            .or_else(|| {
                let meets = |other: &Condition| other.unmet(outcome, circumstances).is_none();
                first([
                    (self.any_of.is_empty() || self.any_of.iter().any(meets), Unmet::Alternatives),
                    (!self.none_of.iter().any(meets), Unmet::Excepted),
                ])
            })
    }

    /// Whether the outcome meets the condition.
    pub fn holds(&self, outcome: &OutcomeFacts, circumstances: &Circumstances<'_>) -> bool {
        self.unmet(outcome, circumstances).is_none()
    }

    fn unmet_nature(&self, outcome: &OutcomeFacts, circumstances: &Circumstances<'_>) -> Option<Unmet> {
        let has = |tag: &String| outcome.tags.contains(tag);
        let own = circumstances.owner == Some(outcome.issuer.credit_code.as_str());
        let origin = self.origin.is_none_or(|origin| match origin {
            Origin::Own => own,
            Origin::Other => !own,
            Origin::UnderAgreement => circumstances.under_agreement,
        });
        first([
            (among(&self.kinds, Some(&outcome.kind)), Unmet::Kind),
            (
                among(&self.issuers, Some(&outcome.issuer.credit_code)) && among(&self.issuer_kinds, Some(&outcome.issuer.kind)),
                Unmet::Issuer,
            ),
            (origin, Unmet::Origin),
            (among(&self.achievements, Some(&outcome.achievement)), Unmet::Achievement),
            (among(&self.families, outcome.family.as_ref()), Unmet::Family),
            (inside(self.ranks, outcome.rank), Unmet::Rank),
            (inside(self.levels, outcome.level), Unmet::Level),
            (
                among(&self.education_levels, outcome.education_level.as_ref()),
                Unmet::EducationLevel,
            ),
            (
                (self.tags_any.is_empty() || self.tags_any.iter().any(has))
                    && self.tags_all.iter().all(has)
                    && !self.tags_none.iter().any(has),
                Unmet::Tag,
            ),
            (
                self.verification.is_none_or(|asked| asked == outcome.verification),
                Unmet::Verification,
            ),
            (among(&self.trainee_groups, outcome.trainee_group.as_ref()), Unmet::TraineeGroup),
        ])
    }

    fn unmet_contest(&self, outcome: &OutcomeFacts) -> Option<Unmet> {
        let result = outcome.contest.as_ref();
        let number = |of: Option<u16>| of.and_then(|number| i16::try_from(number).ok());
        let position = result.and_then(|result| result.team_position);
        let standing = if position.is_some() { Standing::Team } else { Standing::Individual };
        first([
            (among(&self.contest_scopes, outcome.contest_scope.as_ref()), Unmet::ContestScope),
            (
                inside(self.contest_places, number(result.and_then(|result| result.place))),
                Unmet::ContestPlace,
            ),
            (
                self.standing.is_none_or(|asked| result.is_some() && asked == standing),
                Unmet::TeamStanding,
            ),
            (inside(self.team_positions, number(position)), Unmet::TeamPosition),
        ])
    }

    fn unmet_quality(&self, outcome: &OutcomeFacts, circumstances: &Circumstances<'_>) -> Option<Unmet> {
        let at_least = |asked: &MinimumGrade| {
            let grades = (circumstances.grades)(&asked.scale)?;
            let place = |grade: &String| grades.iter().position(|other| other == grade);
            Some(place(outcome.grade.as_ref()?)? >= place(&asked.grade)?)
        };
        first([
            (self.minimum_score.is_none_or(|least| outcome.score >= Some(least)), Unmet::Score),
            (
                self.minimum_grade.as_ref().is_none_or(|asked| at_least(asked) == Some(true)),
                Unmet::Grade,
            ),
            (self.minimum_hours.is_none_or(|least| outcome.hours >= Some(least)), Unmet::Hours),
        ])
    }

    fn unmet_dates(&self, outcome: &OutcomeFacts, circumstances: &Circumstances<'_>) -> Option<Unmet> {
        let decided_on = circumstances.decided_on;
        let enrolled = |asked: Enrolment| {
            circumstances.enrolled_on.is_some_and(|day| match asked {
                Enrolment::Before => outcome.awarded_on < day,
                Enrolment::Since => day <= outcome.awarded_on,
            })
        };
        let recent = |within: &AwardedWithin| {
            let validity = Validity {
                years: within.years,
                // Validation asks for the choice; without it the narrower reading holds.
                boundary: within.boundary.unwrap_or(Boundary::AnniversaryExcluded),
            };
            decided_on <= usable_until(outcome.awarded_on, validity)
        };
        first([
            (
                self.awarded_from.is_none_or(|from| from <= outcome.awarded_on)
                    && self.awarded_to.is_none_or(|to| outcome.awarded_on <= to),
                Unmet::AwardDate,
            ),
            (self.awarded_within.as_ref().is_none_or(recent), Unmet::TooLongAgo),
            (self.enrolment.is_none_or(enrolled), Unmet::Enrolment),
            (
                !self.still_valid || outcome.usable_until.is_none_or(|last| decided_on <= last),
                Unmet::NoLongerValid,
            ),
        ])
    }
}

/// The first of these that does not hold.
fn first<const N: usize>(properties: [(bool, Unmet); N]) -> Option<Unmet> {
    properties.into_iter().find(|(holds, _)| !holds).map(|(_, unmet)| unmet)
}

fn among<T: PartialEq>(asked: &[T], has: Option<&T>) -> bool {
    asked.is_empty() || has.is_some_and(|has| asked.contains(has))
}

fn inside(asked: Option<Range>, has: Option<i16>) -> bool {
    asked.is_none_or(|range| has.is_some_and(|number| range.contains(number)))
}
