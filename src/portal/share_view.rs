//! What a view shows, as it is said on the page behind a link.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::frame::Frame;
use crate::domain::language::Language;
use crate::domain::portfolio::disclosure::{DisclosedArtefact, DisclosedItem, Disclosure};
use crate::domain::portfolio::timeline::{Figures, Verification};
use crate::ops::shares::open::Opened;

/// A link as it is shown.
pub(super) struct ShownLink {
    pub(super) url: String,
    pub(super) label: String,
}

/// A file as it is shown.
pub(super) struct ShownFile {
    pub(super) name: String,
    pub(super) size: String,
    /// By which a copy is recognised.
    pub(super) sha256: String,
    /// Where it is fetched, from the page's own address.
    pub(super) address: String,
}

/// An item as it is shown.
pub(super) struct ShownItem {
    pub(super) kind: Cow<'static, str>,
    pub(super) title: String,
    pub(super) when: String,
    /// The word that the style sheet knows.
    pub(super) verification: &'static str,
    pub(super) says: Cow<'static, str>,
    pub(super) organisation: Option<String>,
    pub(super) text: Option<String>,
    pub(super) figures: Vec<(Cow<'static, str>, String)>,
    pub(super) skills: Vec<String>,
    pub(super) links: Vec<ShownLink>,
    pub(super) files: Vec<ShownFile>,
}

/// What a view shows.
pub(super) struct Shown {
    pub(super) title: Option<String>,
    pub(super) name: String,
    pub(super) account_number: Option<String>,
    pub(super) document: Option<String>,
    pub(super) as_of: Cow<'static, str>,
    pub(super) items: Vec<ShownItem>,
}

/// How a link names a language.
pub(super) fn word_of(language: Language) -> &'static str {
    match language {
        Language::Chinese => "zh",
        Language::English => "en",
    }
}

/// Who stands by it, in a sentence.
fn says(item: &DisclosedItem, frame: &Frame) -> Cow<'static, str> {
    let by = item.institutions.join(&frame.t("list-separator"));
    let on = item.verified_on.map(|day| frame.day(&day).into_owned()).unwrap_or_default();
    match item.verification {
        Verification::SelfDeclared => frame.t("share-says-self-declared"),
        Verification::Revoked | Verification::Corrected => {
            let id = format!("share-says-{}", item.verification.as_str());
            frame.t2(&id, ("by", by), ("on", on))
        }
        other => frame.t1(&format!("share-says-{}", other.as_str()), "by", by),
    }
}

fn when(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    match (from, to) {
        (None, None) => String::new(),
        (Some(from), Some(to)) if from == to => from.to_string(),
        (from, to) => {
            let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            format!("{} – {}", day(from), day(to)).trim().to_owned()
        }
    }
}

fn figures(item: &DisclosedItem, frame: &Frame) -> Vec<(Cow<'static, str>, String)> {
    let mut found = Vec::new();
    let mut say = |id, value: Option<String>| found.extend(value.map(|value| (frame.t(id), value)));
    if let Some(figures) = &item.figures {
        let Figures {
            grade,
            grading_scale,
            score,
            hours,
            credits,
            certificate_number,
            level,
            trainee_group,
        } = figures;
        say("record-certificate-number", certificate_number.clone());
        say("record-level", level.map(|level| level.to_string()));
        say("record-score", score.clone());
        say("record-grade", grade.clone());
        say("record-grading-scale", grading_scale.clone());
        say("record-hours", hours.map(|hours| hours.to_string()));
        say("record-original-credits", credits.clone());
        say("record-trainee-group", trainee_group.map(|group| group.to_string()));
    }
    say("share-bank-credit", item.bank_credit.map(|credit| credit.to_string()));
    say("share-course-credit", item.course_credit.map(|credit| credit.to_string()));
    say("share-decision", item.decision_number.clone());
    found
}

/// How large a file is, as people say it.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

fn file(file: &DisclosedArtefact, code: &str, frame: &Frame) -> ShownFile {
    let ticket = file.ticket.as_deref().unwrap_or_default();
    ShownFile {
        name: file.name.clone(),
        size: size(file.bytes),
        sha256: file.sha256.clone(),
        address: format!("{code}/files/{ticket}?lang={}", word_of(frame.language)),
    }
}

fn item(item: &DisclosedItem, code: &str, frame: &Frame) -> ShownItem {
    let language = frame.language;
    let links = item.links.iter().map(|link| ShownLink {
        label: link
            .label
            .as_ref()
            .map_or(link.url.as_str(), |label| label.text(language))
            .to_owned(),
        url: link.url.clone(),
    });
    ShownItem {
        kind: frame.word("item", item.kind.as_str()),
        title: item.title.text(language).to_owned(),
        when: when(item.from, item.to),
        verification: item.verification.as_str(),
        says: says(item, frame),
        organisation: item.organisation.as_ref().map(|text| text.text(language).to_owned()),
        text: item.text.as_ref().map(|text| text.text(language).to_owned()),
        figures: figures(item, frame),
        skills: item.skills.clone(),
        links: links.collect(),
        files: item.artefacts.iter().map(|one| file(one, code, frame)).collect(),
    }
}

/// What a view shows behind a code.
pub(super) fn shown(opened: &Opened, code: &str, frame: &Frame) -> Shown {
    let Disclosure {
        title,
        holder,
        as_of,
        items,
        ..
    } = &opened.record;
    Shown {
        title: title.as_ref().map(|title| title.text(frame.language).to_owned()),
        name: holder.name.clone(),
        account_number: holder.account_number.clone(),
        document: holder.document_masked.clone(),
        as_of: frame.t2(
            "share-as-of",
            ("day", frame.day(as_of).into_owned()),
            ("until", frame.moment(&opened.expires_at).into_owned()),
        ),
        items: items.iter().map(|one| item(one, code, frame)).collect(),
    }
}
