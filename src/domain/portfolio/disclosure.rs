//! What an audience sees of a portfolio: one function makes both what the learner previews and what others are shown.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::{EntryLink, OwnText};
use super::timeline::{Artefact, Figures, Grouping, Item, ItemKind, Verification, order};
use super::view::{Audience, Disclosed, Selection, ViewDefinition};
use crate::domain::credit::{CourseCredit, Credit};

/// Whose record it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub name: String,
    pub name_masked: String,
    pub account_number: String,
    pub document_masked: String,
}

/// Whose record it is, as far as the audience is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DisclosedHolder {
    /// Masked, unless the view shows the name.
    #[schema(example = "王芳")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,
    /// Always masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1101**********002X")]
    pub document_masked: Option<String>,
}

/// A file of an entry, as far as the audience is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DisclosedArtefact {
    /// Which file it is, for the bank alone.
    #[serde(skip)]
    pub file_id: Uuid,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub sha256: String,
    /// Where a link was opened, what fetches the file: `GET /api/v1/shares/{code}/files/{ticket}`, for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// An item as far as the audience is told; what is not shown is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DisclosedItem {
    pub kind: ItemKind,
    pub title: OwnText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<OwnText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OwnText>,
    /// As it is at this moment.
    pub verification: Verification,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_on: Option<NaiveDate>,
    /// The names of those who say so, or who confirm it.
    pub institutions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_credit: Option<Credit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course_credit: Option<CourseCredit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_number: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub skills: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub links: Vec<EntryLink>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub artefacts: Vec<DisclosedArtefact>,
}

/// What an audience sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Disclosure {
    pub audience: Audience,
    pub title: Option<OwnText>,
    pub holder: DisclosedHolder,
    /// The day on which all of this is so.
    pub as_of: NaiveDate,
    pub items: Vec<DisclosedItem>,
}

/// What the audience of a view sees of a record on a day. What is hidden, and what was never taken, is in no view; what was
/// revoked or corrected stays and says so, since whoever saw it before must learn of it.
pub fn disclosed(view: &ViewDefinition, holder: &Holder, items: &[Item], today: NaiveDate) -> Disclosure {
    let fields = view.shown();
    let shows = |field: Disclosed| fields.contains(&field);
    let showable = |item: &&Item| !item.hidden && item.verification != Verification::Refused;
    let chosen: Vec<Item> = match view.selection() {
        Selection::Items(ids) => {
            let find = |id| items.iter().filter(showable).find(|item| item.item_id == id).cloned();
            ids.into_iter().filter_map(find).collect()
        }
        Selection::Kinds(kinds) => {
            let mut chosen: Vec<Item> = items
                .iter()
                .filter(showable)
                .filter(|item| kinds.contains(&item.kind))
                .cloned()
                .collect();
            order(&mut chosen, Grouping::Timeline);
            chosen
        }
    };
    Disclosure {
        audience: view.audience,
        title: view.title.clone(),
        holder: DisclosedHolder {
            name: if shows(Disclosed::HolderName) {
                &holder.name
            } else {
                &holder.name_masked
            }
            .clone(),
            account_number: shows(Disclosed::AccountNumber).then(|| holder.account_number.clone()),
            document_masked: shows(Disclosed::IdentityDocument).then(|| holder.document_masked.clone()),
        },
        as_of: today,
        items: chosen.into_iter().map(|item| shown(item, &shows)).collect(),
    }
}

fn shown(item: Item, shows: &impl Fn(Disclosed) -> bool) -> DisclosedItem {
    let whole = DisclosedItem::from(item);
    // Of the learner's own words a place of work is shown where the view shows such; what institutions say names them anyway.
    DisclosedItem {
        text: whole.text.filter(|_| shows(Disclosed::Text)),
        organisation: whole.organisation.filter(|_| shows(Disclosed::Organisation)),
        figures: whole
            .figures
            .map(|figures| shown_figures(figures, shows))
            .filter(|figures| *figures != Figures::default()),
        bank_credit: whole.bank_credit.filter(|_| shows(Disclosed::BankCredit)),
        course_credit: whole.course_credit.filter(|_| shows(Disclosed::CourseCredit)),
        decision_number: whole.decision_number.filter(|_| shows(Disclosed::CourseCredit)),
        skills: if shows(Disclosed::Skills) { whole.skills } else { Vec::new() },
        links: if shows(Disclosed::Links) { whole.links } else { Vec::new() },
        artefacts: if shows(Disclosed::Artefacts) { whole.artefacts } else { Vec::new() },
        ..whole
    }
}

fn shown_figures(figures: Figures, shows: &impl Fn(Disclosed) -> bool) -> Figures {
    let score = shows(Disclosed::Score);
    Figures {
        grade: figures.grade.filter(|_| score),
        grading_scale: figures.grading_scale.filter(|_| score),
        score: figures.score.filter(|_| score),
        hours: figures.hours.filter(|_| shows(Disclosed::Hours)),
        credits: figures.credits.filter(|_| shows(Disclosed::OriginalCredits)),
        certificate_number: figures.certificate_number.filter(|_| shows(Disclosed::CertificateNumber)),
        level: figures.level.filter(|_| shows(Disclosed::Level)),
        trainee_group: figures.trainee_group.filter(|_| shows(Disclosed::TraineeGroup)),
    }
}

/// All of it, as its learner sees it.
impl From<Item> for DisclosedItem {
    fn from(item: Item) -> Self {
        Self {
            kind: item.kind,
            title: item.title,
            text: item.text,
            from: item.from,
            to: item.to,
            organisation: item.organisation,
            verification: item.verification,
            verified_on: item.verified_on,
            institutions: item.institutions.into_iter().map(|institution| institution.name).collect(),
            figures: item.figures,
            bank_credit: item.bank_credit,
            course_credit: item.course_credit,
            decision_number: item.decision_number,
            skills: item.skills,
            links: item.links,
            artefacts: item.artefacts.into_iter().map(DisclosedArtefact::from).collect(),
        }
    }
}

impl From<Artefact> for DisclosedArtefact {
    fn from(artefact: Artefact) -> Self {
        Self {
            file_id: artefact.file_id,
            name: artefact.name,
            media_type: artefact.media_type,
            bytes: artefact.bytes,
            sha256: artefact.sha256,
            ticket: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::timeline::tests::item;
    use super::*;
    use crate::domain::outcome::TraineeGroup;

    const SECRETS: [(&str, &str); 14] = [
        ("holder_name", "王芳芳"),
        ("account_number", "1234567890123494"),
        ("identity_document", "1101**********002X"),
        ("score", "八十六分"),
        ("score", "优秀等"),
        ("hours", "163.25"),
        ("original_credits", "7.75"),
        ("certificate_number", "S000441012345242000001"),
        ("trainee_group", "disabled_person"),
        ("bank_credit", "9.25"),
        ("text", "自述内容"),
        ("organisation", "某某工厂"),
        ("skills", "焊接技能"),
        ("links", "https://secret.example/"),
    ];

    fn holder() -> Holder {
        Holder {
            name: "王芳芳".to_owned(),
            name_masked: "王**".to_owned(),
            account_number: "1234567890123494".to_owned(),
            document_masked: "1101**********002X".to_owned(),
        }
    }

    /// An item that has everything.
    fn full() -> Item {
        Item {
            text: Some(OwnText::chinese("自述内容")),
            organisation: Some(OwnText::chinese("某某工厂")),
            figures: Some(Figures {
                grade: Some("优秀等".to_owned()),
                grading_scale: Some("五级制".to_owned()),
                score: Some("八十六分".to_owned()),
                hours: Some(serde_json::from_value(json!("163.25")).unwrap()),
                credits: Some("7.75".to_owned()),
                certificate_number: Some("S000441012345242000001".to_owned()),
                level: Some(4),
                trainee_group: Some(TraineeGroup::DisabledPerson),
            }),
            bank_credit: Some(serde_json::from_value(json!("9.25")).unwrap()),
            skills: vec!["焊接技能".to_owned()],
            links: vec![EntryLink {
                url: "https://secret.example/".to_owned(),
                label: None,
            }],
            ..item(1, ItemKind::Outcome, Some("2024-03-01"), None)
        }
    }

    fn seen(view: Value, items: &[Item]) -> (Disclosure, String) {
        let view: ViewDefinition = serde_json::from_value(view).unwrap();
        let seen = disclosed(&view, &holder(), items, "2026-11-24".parse().unwrap());
        let text = serde_json::to_string(&seen).unwrap();
        (seen, text)
    }

    /// Each field alone: what it names is there, and nothing of the others.
    #[test]
    fn a_field_discloses_what_it_names_and_nothing_else() {
        for field in Disclosed::ALL {
            let (_, text) = seen(
                json!({ "name": "a", "audience": "custom", "kinds": ["outcome"], "fields": [field] }),
                &[full()],
            );
            for (of, secret) in SECRETS {
                assert_eq!(text.contains(secret), of == field.as_str(), "{field} and {secret}: {text}");
            }
        }
        let (_, text) = seen(
            json!({ "name": "a", "audience": "custom", "kinds": ["outcome"], "fields": [] }),
            &[full()],
        );
        assert!(SECRETS.iter().all(|(_, secret)| !text.contains(secret)), "{text}");
        assert!(
            text.contains("王**") && text.contains("第1项") && !text.contains("figures"),
            "{text}"
        );
    }

    #[test]
    fn an_employer_sees_neither_numbers_of_persons_nor_marks_unless_they_are_chosen() {
        let (_, text) = seen(json!({ "name": "a", "audience": "employer" }), &[full()]);
        for secret in [
            "1234567890123494",
            "1101**********002X",
            "八十六分",
            "优秀等",
            "9.25",
            "disabled_person",
        ] {
            assert!(!text.contains(secret), "{secret}");
        }
        assert!(text.contains("王芳芳") && text.contains("S000441012345242000001"));
        let (_, text) = seen(json!({ "name": "a", "audience": "employer", "fields": ["score"] }), &[full()]);
        assert!(text.contains("八十六分"));
    }

    #[test]
    fn what_is_hidden_or_was_never_taken_is_in_no_view_and_what_was_revoked_says_so() {
        let hidden = Item {
            hidden: true,
            ..item(1, ItemKind::Work, Some("2020-01-01"), None)
        };
        let refused = Item {
            verification: Verification::Refused,
            ..item(2, ItemKind::Outcome, Some("2021-01-01"), None)
        };
        let revoked = Item {
            verification: Verification::Revoked,
            ..item(3, ItemKind::Outcome, Some("2022-01-01"), None)
        };
        let newer = item(4, ItemKind::Work, Some("2023-01-01"), None);
        let all = [hidden, refused, revoked, newer];
        let titles = |view: Value| -> Vec<String> {
            let (seen, _) = seen(view, &all);
            seen.items.into_iter().filter_map(|item| item.title.zh).collect()
        };
        assert_eq!(titles(json!({ "name": "a", "audience": "employer" })), ["第4项", "第3项"]);
        let ids: Vec<Uuid> = [3, 1, 2, 9, 4].map(Uuid::from_u128).to_vec();
        assert_eq!(
            titles(json!({ "name": "a", "audience": "employer", "items": ids })),
            ["第3项", "第4项"],
            "in the order of the view, without what is not there"
        );
        let (seen, _) = seen(json!({ "name": "a", "audience": "subsidy_office" }), &all);
        assert_eq!(seen.items.first().map(|item| item.verification), Some(Verification::Revoked));
    }
}
