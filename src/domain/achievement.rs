//! What can be earned: kinds, versions, and the fields that each kind brings.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::language::Language;
use super::words::words;

words! {
    /// What sort of thing an achievement is (paragraphs 16 to 18 of the city's plan).
    pub enum AchievementKind {
        Diploma => "diploma",
        SkillCertificate => "skill_certificate",
        OccupationalCertificate => "occupational_certificate",
        Training => "training",
        Course => "course",
        Contest => "contest",
        WorkExperience => "work_experience",
        Other => "other",
    }
}

impl AchievementKind {
    /// What people call it.
    pub const fn called(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::Diploma => ("学历证书", "diploma"),
            Self::SkillCertificate => ("技能证书", "skill certificate"),
            Self::OccupationalCertificate => ("职业资格或职业技能等级证书", "occupational certificate"),
            Self::Training => ("培训", "training"),
            Self::Course => ("课程", "course"),
            Self::Contest => ("竞赛", "contest"),
            Self::WorkExperience => ("职业经历", "work experience"),
            Self::Other => ("其他成果", "other"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

words! {
    /// Where a version of an achievement stands.
    pub enum AchievementStatus {
        Draft => "draft",
        Published => "published",
        Closed => "closed",
    }
}

words! {
    /// How far a contest reaches.
    pub enum ContestScope {
        National => "national",
        Provincial => "provincial",
        Municipal => "municipal",
        County => "county",
    }
}

/// The fields that belong to one kind of achievement only, and tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct KindFields {
    /// Diploma: education level by GB/T 4658-2006, two digits ("41" is 中专).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[1-9][0-9]$", example = "41")]
    pub education_level: Option<String>,
    /// Occupational or skill certificate: the occupation's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "电工")]
    pub occupation: Option<String>,
    /// Contest: how far it reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contest_scope: Option<ContestScope>,
    /// Course: its code at the institution.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "ENG101")]
    pub course_code: Option<String>,
    /// Work experience: the least months that count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 600)]
    pub months_minimum: Option<u16>,
    /// What rules tell achievements of any kind apart by, such as `mooc` or `self-study-exam`: words of a-z, 0-9 and hyphen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20, example = json!(["mooc"]))]
    pub tags: Vec<String>,
}

fn is_tag(text: &str) -> bool {
    let spelled = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(spelled)
}

impl KindFields {
    /// Names the fields that do not belong to `kind`, and those that have no lawful value.
    pub fn problems(&self, kind: AchievementKind) -> Vec<(&'static str, &'static str)> {
        use AchievementKind as Kind;
        let mut problems = Vec::new();
        let mut only_for = |present: bool, kinds: &[Kind], pointer| {
            if present && !kinds.contains(&kind) {
                problems.push((pointer, "does not belong to this kind of achievement"));
            }
        };
        only_for(self.education_level.is_some(), &[Kind::Diploma], "/details/education_level");
        only_for(
            self.occupation.is_some(),
            &[Kind::SkillCertificate, Kind::OccupationalCertificate],
            "/details/occupation",
        );
        only_for(self.contest_scope.is_some(), &[Kind::Contest], "/details/contest_scope");
        only_for(self.course_code.is_some(), &[Kind::Course], "/details/course_code");
        only_for(self.months_minimum.is_some(), &[Kind::WorkExperience], "/details/months_minimum");
        let known_level = |code: &str| {
            matches!(
                code,
                "10" | "20" | "21" | "22" | "23" | "30" | "31" | "32" | "33" | "40" | "41" | "44" | "47" | "60" | "61" | "70" | "80" | "90"
            )
        };
        if self.education_level.as_deref().is_some_and(|code| !known_level(code)) {
            problems.push(("/details/education_level", "is not a code of GB/T 4658-2006"));
        }
        if self
            .occupation
            .as_deref()
            .is_some_and(|text| text.is_empty() || text.chars().count() > 100)
        {
            problems.push(("/details/occupation", "must have 1 to 100 characters"));
        }
        if self
            .course_code
            .as_deref()
            .is_some_and(|text| text.is_empty() || text.chars().count() > 40)
        {
            problems.push(("/details/course_code", "must have 1 to 40 characters"));
        }
        if self.months_minimum.is_some_and(|months| !(1..=600).contains(&months)) {
            problems.push(("/details/months_minimum", "must be 1 to 600"));
        }
        if self.tags.len() > 20 || !self.tags.iter().all(|tag| is_tag(tag)) {
            problems.push(("/details/tags", "must be at most 20 tags of a-z, 0-9 and hyphen"));
        }
        problems
    }
}

/// Which achievements to list.
#[derive(Debug, Clone, Default)]
pub struct AchievementFilter {
    pub institution_id: Option<Uuid>,
    pub kind: Option<AchievementKind>,
    pub family: Option<String>,
    pub code: Option<String>,
    /// A part of the name in either language, in whichever case.
    pub name_contains: Option<String>,
    /// Only the newest published version of each.
    pub newest: bool,
}

/// The dates between which a version may be earned; `closed_on` is the last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    pub valid_from: NaiveDate,
    pub closed_on: Option<NaiveDate>,
}

/// How an award date stands to a version's dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwardTiming {
    BeforeValid,
    Current,
    AfterClosure,
}

impl Currency {
    /// Places an award date; both boundary days are inside.
    pub fn timing(self, awarded_on: NaiveDate) -> AwardTiming {
        if awarded_on < self.valid_from {
            AwardTiming::BeforeValid
        } else if self.closed_on.is_some_and(|last| awarded_on > last) {
            AwardTiming::AfterClosure
        } else {
            AwardTiming::Current
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x_certificates_closed_at_the_end_of_2025() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let currency = Currency {
            valid_from: day("2019-01-01"),
            closed_on: Some(day("2025-12-31")),
        };
        let cases = [
            ("2018-12-31", AwardTiming::BeforeValid),
            ("2019-01-01", AwardTiming::Current),
            ("2025-12-31", AwardTiming::Current),
            ("2026-01-01", AwardTiming::AfterClosure),
        ];
        for (awarded_on, expected) in cases {
            assert_eq!(currency.timing(day(awarded_on)), expected, "{awarded_on}");
        }
    }

    #[test]
    fn tags_are_words_for_every_kind() {
        let with = |tags: &[&str]| KindFields {
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..KindFields::default()
        };
        for kind in AchievementKind::ALL {
            assert_eq!(with(&["mooc", "self-study-exam"]).problems(*kind), []);
        }
        for tags in [&["MOOC"][..], &[""], &["a b"], &["a"; 21]] {
            assert_eq!(with(tags).problems(AchievementKind::Course)[0].0, "/details/tags", "{tags:?}");
        }
    }

    #[test]
    fn fields_of_another_kind_are_named() {
        let fields = KindFields {
            contest_scope: Some(ContestScope::National),
            education_level: Some("01".into()),
            ..KindFields::default()
        };
        assert_eq!(
            fields.problems(AchievementKind::Diploma),
            [
                ("/details/contest_scope", "does not belong to this kind of achievement"),
                ("/details/education_level", "is not a code of GB/T 4658-2006"),
            ],
        );
    }
}
