//! Views 视图: a named selection of the portfolio for an audience, and which fields of it the audience is shown. A preset shows
//! no more than its audience needs (个人信息保护法 第六条: 限于实现处理目的的最小范围).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::OwnText;
use super::timeline::ItemKind;
use crate::domain::rejection::FieldProblem;
use crate::domain::text::is_line;
use crate::domain::words::words;

/// The most views of one learner.
pub const VIEWS_MAX: i64 = 50;

/// The most items that a view names.
pub const ITEMS_MAX: usize = 200;

const NAME_CHARACTERS_MAX: usize = 100;

words! {
    /// For whom a view is.
    pub enum Audience as "ViewAudience" {
        SchoolAdmission => "school_admission",
        Employer => "employer",
        SubsidyOffice => "subsidy_office",
        /// Somebody else: the learner says what is shown.
        Custom => "custom",
    }
}

words! {
    /// What an audience may be shown beside the title, the dates, who says so and whether that stands.
    pub enum Disclosed as "DisclosedField" {
        /// The whole name; without it the first letter is shown.
        HolderName => "holder_name",
        AccountNumber => "account_number",
        /// The number of the identity document with most of it masked; in full nobody is shown it.
        IdentityDocument => "identity_document",
        /// Grade, grading scale and score.
        Score => "score",
        Hours => "hours",
        /// Credits of the institution's own.
        OriginalCredits => "original_credits",
        CertificateNumber => "certificate_number",
        Level => "level",
        /// Which group of trainees the learner was of: about disability, service and the like, so that no preset has it.
        TraineeGroup => "trainee_group",
        BankCredit => "bank_credit",
        CourseCredit => "course_credit",
        Text => "text",
        Organisation => "organisation",
        Skills => "skills",
        Links => "links",
        Artefacts => "artefacts",
    }
}

/// What a view says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "应聘电工", "audience": "employer", "title": { "zh": "王芳的技能与经历", "en": "Skills and experience" } }))]
pub struct ViewDefinition {
    /// For the learner alone.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub audience: Audience,
    /// What the audience reads above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<OwnText>,
    /// Everything of these kinds, also what comes later; those of the preset, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub kinds: Option<Vec<ItemKind>>,
    /// These items in this order, and nothing that comes later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub items: Option<Vec<Uuid>>,
    /// What of them is shown; what the preset says, where nothing is said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 16)]
    pub fields: Option<Vec<Disclosed>>,
}

/// Which items a view shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    Kinds(Vec<ItemKind>),
    Items(Vec<Uuid>),
}

impl Audience {
    /// The kinds that it needs.
    pub fn kinds(self) -> &'static [ItemKind] {
        use ItemKind as K;
        match self {
            Self::SchoolAdmission => &[K::Outcome, K::Credit, K::Conversion, K::Education, K::Award],
            Self::Employer => &[K::Outcome, K::Education, K::Work, K::Project, K::Volunteering, K::Award],
            // 职业技能提升补贴 is paid for certificates.
            Self::SubsidyOffice => &[K::Outcome],
            Self::Custom => &[],
        }
    }

    /// The fields that it needs.
    pub fn fields(self) -> &'static [Disclosed] {
        use Disclosed as D;
        match self {
            // What was learnt and with what result; it has the applicant's identity from the application.
            Self::SchoolAdmission => &[
                D::HolderName,
                D::AccountNumber,
                D::Score,
                D::Hours,
                D::OriginalCredits,
                D::CertificateNumber,
                D::Level,
                D::BankCredit,
                D::CourseCredit,
                D::Organisation,
            ],
            // What somebody can do, and that it is true; neither numbers of persons and accounts nor marks.
            Self::Employer => &[
                D::HolderName,
                D::CertificateNumber,
                D::Level,
                D::Text,
                D::Organisation,
                D::Skills,
                D::Links,
            ],
            // That this person has this certificate of this level.
            Self::SubsidyOffice => &[D::HolderName, D::IdentityDocument, D::CertificateNumber, D::Level, D::Hours],
            Self::Custom => &[],
        }
    }
}

impl ViewDefinition {
    /// What must be mended.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, pointer: String, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        refuse(
            !is_line(&self.name, NAME_CHARACTERS_MAX),
            "/name".to_owned(),
            "must have 1 to 100 visible characters",
        );
        let both = self.kinds.is_some() && self.items.is_some();
        refuse(both, "/items".to_owned(), "goes without “kinds”");
        let chosen = self.kinds.is_some() || self.items.is_some();
        let custom = self.audience == Audience::Custom;
        refuse(custom && !chosen, "/kinds".to_owned(), "must be given");
        refuse(custom && self.fields.is_none(), "/fields".to_owned(), "must be given");
        refuse(
            self.kinds.as_ref().is_some_and(Vec::is_empty),
            "/kinds".to_owned(),
            "must name at least one kind",
        );
        let many = self.items.as_ref().is_some_and(|items| items.is_empty() || items.len() > ITEMS_MAX);
        refuse(many, "/items".to_owned(), "must have 1 to 200 entries");
        for (list, numbers) in [
            ("kinds", repeated(self.kinds.as_deref().unwrap_or_default())),
            ("items", repeated(self.items.as_deref().unwrap_or_default())),
            ("fields", repeated(self.fields.as_deref().unwrap_or_default())),
        ] {
            for number in numbers {
                refuse(true, format!("/{list}/{number}"), "is named twice");
            }
        }
        if let Some(title) = &self.title {
            problems.extend(title.line_problem("/title"));
        }
        problems
    }

    /// Which items it shows.
    pub fn selection(&self) -> Selection {
        match (&self.items, &self.kinds) {
            (Some(items), _) => Selection::Items(items.clone()),
            (None, Some(kinds)) => Selection::Kinds(kinds.clone()),
            (None, None) => Selection::Kinds(self.audience.kinds().to_vec()),
        }
    }

    /// Which fields it shows.
    pub fn shown(&self) -> Vec<Disclosed> {
        self.fields.clone().unwrap_or_else(|| self.audience.fields().to_vec())
    }
}

/// The places of what is in a list a second time.
fn repeated<T: PartialEq>(list: &[T]) -> Vec<usize> {
    let again = |(number, one): &(usize, &T)| list.iter().take(*number).any(|other| other == *one);
    list.iter()
        .take(ITEMS_MAX)
        .enumerate()
        .filter(again)
        .map(|(number, _)| number)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn view(changed: Value) -> ViewDefinition {
        let mut view = json!({ "name": "应聘", "audience": "employer" });
        for (name, value) in changed.as_object().unwrap() {
            view[name] = value.clone();
        }
        serde_json::from_value(view).unwrap()
    }

    #[test]
    fn what_must_be_mended_is_named() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for (changed, expected) in [
            (json!({}), vec![]),
            (json!({ "items": [two, one] }), vec![]),
            (json!({ "audience": "custom", "kinds": ["work"], "fields": [] }), vec![]),
            (json!({ "name": "" }), vec!["/name"]),
            (json!({ "kinds": ["work"], "items": [one] }), vec!["/items"]),
            (json!({ "audience": "custom" }), vec!["/kinds", "/fields"]),
            (json!({ "kinds": [] }), vec!["/kinds"]),
            (json!({ "items": [] }), vec!["/items"]),
            (json!({ "items": [one, two, one] }), vec!["/items/2"]),
            (
                json!({ "fields": ["score", "score"], "kinds": ["goal", "goal"] }),
                vec!["/kinds/1", "/fields/1"],
            ),
            (json!({ "title": {} }), vec!["/title"]),
        ] {
            let found: Vec<String> = view(changed.clone())
                .problems()
                .into_iter()
                .map(|problem| problem.pointer)
                .collect();
            assert_eq!(found, expected, "{changed}");
        }
    }

    /// What each preset shows, in a table that a change of it has to change.
    #[test]
    fn a_preset_shows_what_its_audience_needs_and_no_more() {
        let words = |audience: Audience| {
            let kinds: Vec<&str> = audience.kinds().iter().map(|kind| kind.as_str()).collect();
            let fields: Vec<&str> = audience.fields().iter().map(|field| field.as_str()).collect();
            (kinds.join(" "), fields.join(" "))
        };
        let expected = [
            (
                "outcome credit conversion education award",
                "holder_name account_number score hours original_credits certificate_number level bank_credit course_credit organisation",
            ),
            (
                "outcome education work project volunteering award",
                "holder_name certificate_number level text organisation skills links",
            ),
            ("outcome", "holder_name identity_document certificate_number level hours"),
            ("", ""),
        ];
        for (audience, (kinds, fields)) in Audience::ALL.iter().zip(expected) {
            assert_eq!(words(*audience), (kinds.to_owned(), fields.to_owned()), "{audience}");
            assert!(!audience.fields().contains(&Disclosed::TraineeGroup), "{audience}");
            assert!(
                !audience
                    .kinds()
                    .iter()
                    .any(|kind| matches!(kind, ItemKind::Reflection | ItemKind::Goal))
            );
        }
    }

    #[test]
    fn what_the_learner_says_takes_the_place_of_the_preset() {
        let preset = view(json!({}));
        assert_eq!(preset.selection(), Selection::Kinds(Audience::Employer.kinds().to_vec()));
        assert_eq!(preset.shown(), Audience::Employer.fields());
        let own = view(json!({ "items": [Uuid::from_u128(7)], "fields": ["score"] }));
        assert_eq!(own.selection(), Selection::Items(vec![Uuid::from_u128(7)]));
        assert_eq!(own.shown(), [Disclosed::Score]);
    }
}
