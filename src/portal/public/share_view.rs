//! What a view shows, as it is said on the page behind a link.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::domain::language::Language;
use crate::domain::portfolio::disclosure::{DisclosedArtefact, DisclosedItem, Disclosure};
use crate::domain::portfolio::timeline::{Figures, Verification};
use crate::ops::shares::open::Opened;
use crate::portal::frame::Frame;
use crate::portal::upload::size;

/// A link as it is shown.
pub(in crate::portal) struct ShownLink {
    pub(in crate::portal) url: String,
    pub(in crate::portal) label: String,
}

/// A file as it is shown.
pub(in crate::portal) struct ShownFile {
    pub(in crate::portal) name: String,
    pub(in crate::portal) size: String,
    /// By which a copy is recognised.
    pub(in crate::portal) sha256: String,
    /// Where it is fetched; in a preview it is named only.
    pub(in crate::portal) address: Option<String>,
}

/// An item as it is shown.
pub(in crate::portal) struct ShownItem {
    pub(in crate::portal) kind: Cow<'static, str>,
    pub(in crate::portal) title: String,
    pub(in crate::portal) when: String,
    /// The word that the style sheet knows.
    pub(in crate::portal) verification: &'static str,
    pub(in crate::portal) says: Cow<'static, str>,
    pub(in crate::portal) organisation: Option<String>,
    pub(in crate::portal) text: Option<String>,
    pub(in crate::portal) figures: Vec<(Cow<'static, str>, String)>,
    pub(in crate::portal) skills: Vec<String>,
    pub(in crate::portal) links: Vec<ShownLink>,
    pub(in crate::portal) files: Vec<ShownFile>,
}

/// What a view shows.
pub(in crate::portal) struct Shown {
    pub(in crate::portal) title: Option<String>,
    pub(in crate::portal) name: String,
    pub(in crate::portal) account_number: Option<String>,
    pub(in crate::portal) document: Option<String>,
    pub(in crate::portal) as_of: Cow<'static, str>,
    pub(in crate::portal) items: Vec<ShownItem>,
}

/// How a link names a language.
pub(in crate::portal) fn word_of(language: Language) -> &'static str {
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

/// When it was, or since when it is.
fn when(frame: &Frame, from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    let day = |day: NaiveDate| frame.day(&day).into_owned();
    match (from, to) {
        (None, None) => String::new(),
        (Some(from), Some(to)) if from == to => day(from),
        (Some(from), Some(to)) => frame.t2("share-when", ("from", day(from)), ("to", day(to))).into_owned(),
        (Some(from), None) => frame.t1("share-when-since", "from", day(from)).into_owned(),
        (None, Some(to)) => frame.t1("share-when-until", "to", day(to)).into_owned(),
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
        say(
            "record-level",
            level.map(|level| frame.t1("share-level", "level", level).into_owned()),
        );
        say("record-score", score.clone());
        say("record-grade", grade.clone());
        say("record-grading-scale", grading_scale.clone());
        say("record-hours", hours.map(|hours| hours.to_string()));
        say("record-original-credits", credits.clone());
        say(
            "record-trainee-group",
            trainee_group.map(|group| frame.word("outcomes-group", group.as_str()).into_owned()),
        );
    }
    say("share-bank-credit", item.bank_credit.map(|credit| credit.to_string()));
    say("share-course-credit", item.course_credit.map(|credit| credit.to_string()));
    say("share-decision", item.decision_number.clone());
    found
}

fn file(file: &DisclosedArtefact, address: Option<String>) -> ShownFile {
    ShownFile {
        name: file.name.clone(),
        size: size(file.bytes),
        sha256: file.sha256.clone(),
        address,
    }
}

/// An item as it is said, with its files where they are fetched.
pub(in crate::portal) fn shown_item(
    item: &DisclosedItem,
    frame: &Frame,
    address: &impl Fn(&DisclosedArtefact) -> Option<String>,
) -> ShownItem {
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
        when: when(frame, item.from, item.to),
        verification: item.verification.as_str(),
        says: says(item, frame),
        organisation: item.organisation.as_ref().map(|text| text.text(language).to_owned()),
        text: item.text.as_ref().map(|text| text.text(language).to_owned()),
        figures: figures(item, frame),
        skills: item.skills.clone(),
        links: links.collect(),
        files: item.artefacts.iter().map(|one| file(one, address(one))).collect(),
    }
}

/// What a view shows, with its files where they are fetched, and until when it is shown.
fn shown(record: &Disclosure, frame: &Frame, as_of: Cow<'static, str>, address: &impl Fn(&DisclosedArtefact) -> Option<String>) -> Shown {
    Shown {
        title: record.title.as_ref().map(|title| title.text(frame.language).to_owned()),
        name: record.holder.name.clone(),
        account_number: record.holder.account_number.clone(),
        document: record.holder.document_masked.clone(),
        as_of,
        items: record.items.iter().map(|one| shown_item(one, frame, address)).collect(),
    }
}

/// What a view shows behind a code.
pub(in crate::portal) fn shown_behind(opened: &Opened, code: &str, frame: &Frame) -> Shown {
    let as_of = frame.t2(
        "share-as-of",
        ("day", frame.day(&opened.record.as_of).into_owned()),
        ("until", frame.until(&opened.expires_at).into_owned()),
    );
    let language = word_of(frame.language);
    shown(&opened.record, frame, as_of, &|file| {
        let ticket = file.ticket.as_deref().unwrap_or_default();
        Some(format!("{code}/files/{ticket}?lang={language}"))
    })
}

/// What a view would show to whoever opened a link to it now.
pub(in crate::portal) fn previewed(record: &Disclosure, frame: &Frame) -> Shown {
    let as_of = frame.t1("sharing-preview-as-of", "day", frame.day(&record.as_of).into_owned());
    shown(record, frame, as_of, &|_| None)
}
