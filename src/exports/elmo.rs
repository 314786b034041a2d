//! ELMO, the form in which EMREX carries transcripts: one report for each institution, signed as a whole by the bank.

use chrono::SecondsFormat;

use super::Record;
use super::seal::{SealError, XmlKey, signature_of};
use super::xml::Xml;
use crate::domain::achievement::AchievementKind;
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::CourseCredit;
use crate::domain::record_line::RecordLine;

const ELMO: &str = "https://github.com/emrex-eu/elmo-schemas/tree/v1";

/// The name of the scheme of bank credit, which is a unit of its own.
const BANK_CREDIT: &str = "credit-bank";

/// The document, signed.
///
/// # Errors
/// When the key does not sign.
pub fn elmo(record: &Record, key: &XmlKey<'_>) -> Result<String, SealError> {
    let mut xml = Xml::new();
    xml.open("elmo", &[("xmlns", ELMO)]);
    let generated = record.generated_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    xml.text("generatedDate", &[], &generated);
    learner(&mut xml, record);
    for (place, line) in record.lines.iter().enumerate() {
        let of_same = |other: &&RecordLine| other.issuer.institution_id == line.issuer.institution_id;
        // The report of an institution comes where its first outcome is.
        if record.lines.iter().take(place).any(|earlier| of_same(&earlier)) {
            continue;
        }
        report(&mut xml, record, line, record.lines.iter().filter(of_same), &generated);
    }
    if record.lines.is_empty() {
        empty_report(&mut xml, record, &generated);
    }
    let mut whole = Xml::new();
    whole.raw(xml.as_str()).close("elmo");
    let signature = signature_of(whole.as_str(), key)?;
    xml.raw(&signature).close("elmo");
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", xml.as_str()))
}

fn learner(xml: &mut Xml, record: &Record) {
    // A whole name that cannot be told apart is the family name: the form has no place for it.
    let (family, given) = record
        .name_parts
        .as_ref()
        .map_or((record.name.as_str(), ""), |(family, given)| (family, given));
    xml.open("learner", &[])
        .text("identifier", &[("type", "credit-bank-account")], &record.account_number)
        .text("givenNames", &[], &token(given))
        .text("familyName", &[], &token(family));
    if let Some(born_on) = record.born_on {
        xml.text("bday", &[], &born_on.to_string());
    }
    xml.close("learner");
}

fn titles(xml: &mut Xml, text: &Bilingual) {
    xml.text("title", &[("xml:lang", "zh")], &token(&text.zh));
    if let Some(english) = &text.en {
        xml.text("title", &[("xml:lang", "en")], &token(english));
    }
}

fn report<'a>(xml: &mut Xml, record: &Record, first: &RecordLine, lines: impl Iterator<Item = &'a RecordLine>, generated: &str) {
    xml.open("report", &[])
        .open("issuer", &[])
        .text("country", &[], "CN")
        // 统一社会信用代码, the one number that every organisation in the country has.
        .text(
            "identifier",
            &[("type", "cn-unified-social-credit-code")],
            &first.issuer.credit_code,
        )
        .text("title", &[("xml:lang", "zh")], &token(&first.issuer.name))
        .text("url", &[], &record.bank_url)
        .close("issuer");
    for line in lines {
        specification(xml, line);
    }
    xml.text("issueDate", &[], generated).close("report");
}

/// A document has at least one report; that of the bank itself has nothing in it.
fn empty_report(xml: &mut Xml, record: &Record, generated: &str) {
    xml.open("report", &[])
        .open("issuer", &[])
        .text("country", &[], "CN")
        .text("identifier", &[("type", "url")], &record.bank_url);
    titles(xml, &record.bank);
    xml.text("url", &[], &record.bank_url)
        .close("issuer")
        .text("issueDate", &[], generated)
        .close("report");
}

fn specification(xml: &mut Xml, line: &RecordLine) {
    let element = "learningOpportunitySpecification";
    xml.open(element, &[])
        .text("identifier", &[("type", "local")], &token(&line.achievement_code));
    titles(xml, &line.name);
    match line.kind {
        AchievementKind::Diploma => {
            xml.text("type", &[], "Degree Programme");
        }
        AchievementKind::Course => {
            xml.text("type", &[], "Course");
        }
        // The form has a word for none of the others.
        _ => {}
    }
    xml.open("specifies", &[]).open("learningOpportunityInstance", &[]).text(
        "identifier",
        &[("type", "credit-bank")],
        &line.outcome_id.to_string(),
    );
    if let Some(number) = &line.certificate_number {
        xml.text("identifier", &[("type", "certificate-number")], &token(number));
    }
    xml.text("date", &[], &line.awarded_on.to_string()).text("status", &[], "passed");
    if let Some(result) = line.result() {
        xml.text("resultLabel", &[], &token(result));
    }
    // What the institution gave, where it is a number, and what the bank recognised, are two units.
    let original = line.original_credits.as_deref().filter(|text| text.parse::<CourseCredit>().is_ok());
    let credits = [
        ("institution", original.map(str::to_owned)),
        (BANK_CREDIT, line.credit.map(|credit| credit.to_string())),
    ];
    for (scheme, value) in credits {
        if let Some(value) = value {
            xml.open("credit", &[])
                .text("scheme", &[], scheme)
                .text("value", &[], &value)
                .close("credit");
        }
    }
    if let Some(level) = &line.level {
        xml.open("level", &[])
            .text("type", &[], &token(&level.framework_code))
            .text("description", &[("xml:lang", "zh")], &level.name.zh)
            .text("value", &[], &level.level.to_string())
            .close("level");
    }
    if let Some(hours) = line.hours {
        xml.text("engagementHours", &[], &hours.to_string());
    }
    xml.close("learningOpportunityInstance").close("specifies").close(element);
}

/// A text without spaces at its ends or in a row, as the form's tokens are.
fn token(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
