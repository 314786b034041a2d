//! The timeline: everything of a learner's record as items of one kind, in an order, in groups.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::{EntryKind, EntryLink, OwnText};
use crate::domain::credit::{CourseCredit, Credit};
use crate::domain::hours::Hours;
use crate::domain::outcome::{OutcomeStatus, TraineeGroup};
use crate::domain::words::words;

/// The last place that a learner can give an item.
pub const PLACE_MAX: i16 = 10_000;

words! {
    /// What an item of the portfolio is: what institutions say, and what the learner says.
    pub enum ItemKind {
        Outcome => "outcome",
        /// Bank credit that an outcome brought.
        Credit => "credit",
        /// What credit bought at an institution.
        Conversion => "conversion",
        Education => "education",
        Work => "work",
        Project => "project",
        Volunteering => "volunteering",
        Award => "award",
        Reflection => "reflection",
        Goal => "goal",
    }
}

words! {
    /// Who stands by an item now.
    pub enum Verification as "ItemVerification" {
        /// The institution that is named says so.
        Valid => "valid",
        /// It is being looked into.
        Suspended => "suspended",
        /// It was taken back.
        Revoked => "revoked",
        /// It was corrected since, and another took its place.
        Corrected => "corrected",
        /// It was never taken: only the learner sees it.
        Refused => "refused",
        /// The learner says so, and an institution confirms it.
        Confirmed => "confirmed",
        /// The learner says so.
        SelfDeclared => "self_declared",
    }
}

words! {
    /// How the timeline is grouped.
    pub enum Grouping {
        /// As the learner placed things, then from the newest.
        Timeline => "timeline",
        Kind => "kind",
        Year => "year",
    }
}

/// An institution by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NamedInstitution {
    pub institution_id: Uuid,
    #[schema(example = "安阳职业技术学院")]
    pub name: String,
}

/// A file of an entry, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Artefact {
    pub file_id: Uuid,
    #[schema(example = "作品.pdf")]
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    /// The digest of the content, hexadecimal: whoever gets the file can compare it.
    pub sha256: String,
}

/// Grade, score and the like of an outcome, as the institution gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Figures {
    pub grade: Option<String>,
    pub grading_scale: Option<String>,
    pub score: Option<String>,
    pub hours: Option<Hours>,
    /// Credits of the institution's own.
    pub credits: Option<String>,
    pub certificate_number: Option<String>,
    pub level: Option<i16>,
    pub trainee_group: Option<TraineeGroup>,
}

/// Something of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PortfolioItem)]
pub struct Item {
    /// The outcome, lot, conversion or entry.
    pub item_id: Uuid,
    pub kind: ItemKind,
    pub title: OwnText,
    pub text: Option<OwnText>,
    /// The first and the last day, where there are such; of what institutions say the day of the award or decision is both.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Where it was, in the learner's words.
    pub organisation: Option<OwnText>,
    pub verification: Verification,
    /// The day on which it came to be revoked or corrected.
    pub verified_on: Option<NaiveDate>,
    /// Who says so, or who confirms it.
    pub institutions: Vec<NamedInstitution>,
    pub figures: Option<Figures>,
    /// Bank credit that was granted.
    pub bank_credit: Option<Credit>,
    /// Course credit that was bought, and by which decision.
    pub course_credit: Option<CourseCredit>,
    pub decision_number: Option<String>,
    pub skills: Vec<String>,
    pub links: Vec<EntryLink>,
    pub artefacts: Vec<Artefact>,
    /// The edition of an entry, for `If-Match`; what institutions say cannot be edited.
    pub edition: Option<i64>,
    /// The outcome of which a correction can be requested (`POST /api/v1/me/correction-requests`), of what institutions say.
    pub disputable_outcome_id: Option<Uuid>,
    /// The request to correct it that is open.
    pub dispute_request_id: Option<Uuid>,
    /// Left out of every view.
    pub hidden: bool,
    /// Where the learner placed it; placed items come first.
    pub place: Option<i16>,
}

/// Which items to list.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    pub kinds: Vec<ItemKind>,
    pub year: Option<i32>,
    pub skill: Option<String>,
    pub hidden: Option<bool>,
    pub verification: Option<Verification>,
}

/// How many items something has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ItemCount {
    /// The kind, the year or the skill; absent for what has no date.
    pub of: Option<String>,
    pub items: usize,
}

impl From<EntryKind> for ItemKind {
    fn from(kind: EntryKind) -> Self {
        match kind {
            EntryKind::Education => Self::Education,
            EntryKind::Work => Self::Work,
            EntryKind::Project => Self::Project,
            EntryKind::Volunteering => Self::Volunteering,
            EntryKind::Award => Self::Award,
            EntryKind::Reflection => Self::Reflection,
            EntryKind::Goal => Self::Goal,
        }
    }
}

impl From<OutcomeStatus> for Verification {
    fn from(status: OutcomeStatus) -> Self {
        match status {
            OutcomeStatus::Accepted | OutcomeStatus::Released => Self::Valid,
            OutcomeStatus::Flagged => Self::Suspended,
            OutcomeStatus::Withdrawn => Self::Revoked,
            OutcomeStatus::Corrected => Self::Corrected,
            OutcomeStatus::Refused => Self::Refused,
        }
    }
}

impl Item {
    /// The day by which it is placed in time: the last, or the first where it goes on.
    pub fn day(&self) -> Option<NaiveDate> {
        self.to.or(self.from)
    }

    fn year(&self) -> Option<i32> {
        self.day().map(|day| day.year())
    }

    fn has_skill(&self, skill: &str) -> bool {
        self.skills.iter().any(|own| own.trim() == skill.trim())
    }
}

impl ItemFilter {
    /// Whether an item is one of those that are asked for.
    pub fn takes(&self, item: &Item) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&item.kind))
            && self.year.is_none_or(|year| item.year() == Some(year))
            && self.skill.as_deref().is_none_or(|skill| item.has_skill(skill))
            && self.hidden.is_none_or(|hidden| item.hidden == hidden)
            && self.verification.is_none_or(|verification| item.verification == verification)
    }
}

/// Orders items: by group, then as the learner placed them, then from the newest; what has no date comes last.
pub fn order(items: &mut [Item], grouping: Grouping) {
    items.sort_by_cached_key(|item| {
        let group = match grouping {
            Grouping::Timeline => (None, None),
            Grouping::Kind => (Some(item.kind), None),
            Grouping::Year => (None, Some((item.year().is_none(), Reverse(item.year())))),
        };
        let place = (item.place.is_none(), item.place);
        (group, place, item.day().is_none(), Reverse(item.day()), Reverse(item.item_id))
    });
}

/// How many items there are of each kind, of each year from the newest, and of each skill from the most.
pub fn counts(items: &[Item]) -> [Vec<ItemCount>; 3] {
    let mut kinds: BTreeMap<ItemKind, usize> = BTreeMap::new();
    let mut years: BTreeMap<Reverse<Option<i32>>, usize> = BTreeMap::new();
    let mut skills: BTreeMap<&str, usize> = BTreeMap::new();
    for item in items {
        *kinds.entry(item.kind).or_default() += 1;
        *years.entry(Reverse(item.year())).or_default() += 1;
        for skill in &item.skills {
            *skills.entry(skill.trim()).or_default() += 1;
        }
    }
    let count = |of: Option<String>, items| ItemCount { of, items };
    let mut skills: Vec<ItemCount> = skills
        .into_iter()
        .map(|(skill, items)| count(Some(skill.to_owned()), items))
        .collect();
    skills.sort_by_key(|skill| Reverse(skill.items));
    [
        kinds
            .into_iter()
            .map(|(kind, items)| count(Some(kind.to_string()), items))
            .collect(),
        years
            .into_iter()
            .map(|(Reverse(year), items)| count(year.map(|year| year.to_string()), items))
            .collect(),
        skills,
    ]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An entry of the learner's own.
    pub(in super::super) fn item(number: u128, kind: ItemKind, to: Option<&str>, place: Option<i16>) -> Item {
        Item {
            item_id: Uuid::from_u128(number),
            kind,
            title: OwnText::chinese(format!("第{number}项")),
            text: None,
            from: None,
            to: to.map(|day| day.parse().unwrap()),
            organisation: None,
            verification: Verification::SelfDeclared,
            verified_on: None,
            institutions: Vec::new(),
            figures: None,
            bank_credit: None,
            course_credit: None,
            decision_number: None,
            skills: Vec::new(),
            links: Vec::new(),
            artefacts: Vec::new(),
            edition: Some(1),
            disputable_outcome_id: None,
            dispute_request_id: None,
            hidden: false,
            place,
        }
    }

    fn some() -> Vec<Item> {
        vec![
            item(1, ItemKind::Work, Some("2020-05-01"), None),
            item(2, ItemKind::Award, None, None),
            item(3, ItemKind::Work, Some("2024-05-01"), None),
            item(4, ItemKind::Goal, Some("2022-05-01"), Some(2)),
            item(5, ItemKind::Award, Some("2020-06-01"), Some(1)),
        ]
    }

    #[test]
    fn items_come_as_they_are_placed_then_from_the_newest() {
        for (grouping, expected) in [
            (Grouping::Timeline, [5, 4, 3, 1, 2]),
            (Grouping::Kind, [3, 1, 5, 2, 4]),
            (Grouping::Year, [3, 4, 5, 1, 2]),
        ] {
            let mut items = some();
            order(&mut items, grouping);
            let found: Vec<u128> = items.iter().map(|item| item.item_id.as_u128()).collect();
            assert_eq!(found, expected, "{grouping}");
        }
    }

    #[test]
    fn groups_are_counted_and_filters_take_what_they_name() {
        let mut items = some();
        items[0].skills = vec!["焊接".to_owned(), "制图".to_owned()];
        items[2].skills = vec!["焊接 ".to_owned()];
        items[2].hidden = true;
        let of = |counts: &[ItemCount]| -> Vec<String> {
            let text = |count: &ItemCount| format!("{} {}", count.of.as_deref().unwrap_or("-"), count.items);
            counts.iter().map(text).collect()
        };
        let [kinds, years, skills] = counts(&items);
        assert_eq!(of(&kinds), ["work 2", "award 2", "goal 1"]);
        assert_eq!(of(&years), ["2024 1", "2022 1", "2020 2", "- 1"]);
        assert_eq!(of(&skills), ["焊接 2", "制图 1"]);
        let taken = |filter: ItemFilter| -> Vec<u128> {
            let found = items.iter().filter(|item| filter.takes(item));
            found.map(|item| item.item_id.as_u128()).collect()
        };
        let none = ItemFilter::default;
        assert_eq!(taken(none()), [1, 2, 3, 4, 5]);
        assert_eq!(
            taken(ItemFilter {
                year: Some(2020),
                ..none()
            }),
            [1, 5]
        );
        assert_eq!(
            taken(ItemFilter {
                hidden: Some(true),
                ..none()
            }),
            [3]
        );
        assert_eq!(
            taken(ItemFilter {
                skill: Some("焊接".to_owned()),
                hidden: Some(false),
                ..none()
            }),
            [1]
        );
        assert_eq!(
            taken(ItemFilter {
                kinds: vec![ItemKind::Award, ItemKind::Goal],
                ..none()
            }),
            [2, 4, 5]
        );
        assert_eq!(
            taken(ItemFilter {
                verification: Some(Verification::Valid),
                ..none()
            }),
            [0; 0]
        );
    }

    #[test]
    fn an_outcome_is_worth_what_its_status_says() {
        let words: Vec<&str> = OutcomeStatus::ALL
            .iter()
            .map(|status| Verification::from(*status).as_str())
            .collect();
        assert_eq!(words, ["valid", "suspended", "valid", "refused", "revoked", "corrected"]);
    }
}
