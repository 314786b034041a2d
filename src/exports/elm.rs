//! The European Learning Model, version 3, as JSON-LD: the person and what the person achieved. A document of its own, since its terms and
//! those of the Verifiable Credentials data model exclude each other. It names no level of the European Qualifications Framework: no
//! framework of the bank says what it would be there.

use serde_json::{Value, json};

use super::Record;
use crate::domain::bilingual::Bilingual;
use crate::domain::hours::Hours;
use crate::domain::record_line::RecordLine;

const CONTEXT: &str = "http://data.europa.eu/snb/model/context/edc-ap";

/// The document.
pub fn elm(record: &Record) -> Value {
    let mut person = json!({
        "@context": CONTEXT,
        "id": "urn:epass:person:1",
        "type": "Person",
        "fullName": { "zh": [record.name] },
        "identifier": [{ "id": "urn:epass:identifier:1", "type": "Identifier", "notation": record.account_number,
            "schemeName": record.bank_url }],
        "hasClaim": record.lines.iter().map(claim).collect::<Vec<_>>(),
    });
    if let (Some(fields), Some((family, given))) = (person.as_object_mut(), &record.name_parts) {
        fields.insert("familyName".to_owned(), json!({ "zh": [family] }));
        fields.insert("givenName".to_owned(), json!({ "zh": [given] }));
    }
    if let (Some(fields), Some(born_on)) = (person.as_object_mut(), record.born_on) {
        fields.insert("dateOfBirth".to_owned(), json!(format!("{born_on}T00:00:00Z")));
    }
    person
}

/// A text by language; each has a list of values.
fn texts(text: &Bilingual) -> Value {
    match &text.en {
        Some(english) => json!({ "zh": [text.zh], "en": [english] }),
        None => json!({ "zh": [text.zh] }),
    }
}

fn claim(line: &RecordLine) -> Value {
    let id = |what: &str| format!("urn:epass:{what}:{}", line.outcome_id);
    let mut achievement = json!({
        "id": format!("urn:uuid:{}", line.outcome_id),
        "type": "LearningAchievement",
        "title": texts(&line.name),
        "awardedBy": {
            "id": id("awardingProcess"),
            "type": "AwardingProcess",
            "awardingDate": format!("{}T00:00:00Z", line.awarded_on),
            "awardingBody": [{
                "id": format!("urn:uuid:{}", line.issuer.institution_id),
                "type": "Organisation",
                "legalName": { "zh": [line.issuer.name] },
                "registration": { "id": id("registration"), "type": "LegalIdentifier", "notation": line.issuer.credit_code,
                    "schemeName": "统一社会信用代码" },
            }],
        },
        "specifiedBy": specification(line),
    });
    if let (Some(fields), Some(result)) = (achievement.as_object_mut(), line.result()) {
        let assessment = json!([{ "id": id("assessment"), "type": "LearningAssessment", "title": texts(&line.name),
            "grade": { "id": id("grade"), "type": "Note", "noteLiteral": { "zh": [result] } } }]);
        fields.insert("provenBy".to_owned(), assessment);
    }
    achievement
}

fn specification(line: &RecordLine) -> Value {
    let id = |what: &str| format!("urn:epass:{what}:{}", line.outcome_id);
    let mut specification = json!({ "id": id("specification"), "type": "LearningAchievementSpecification", "title": texts(&line.name) });
    let Some(fields) = specification.as_object_mut() else {
        return specification;
    };
    if let Some(hours) = line.hours {
        fields.insert("volumeOfLearning".to_owned(), json!(duration(hours)));
    }
    if let Some(credit) = line.credit {
        let scheme = json!({ "id": "urn:credit-bank:scheme", "type": "Concept",
            "prefLabel": { "zh": ["学分银行学分"], "en": ["Bank credit"] } });
        let point = json!([{ "id": id("creditPoint"), "type": "CreditPoint", "framework": scheme, "point": credit.to_string() }]);
        fields.insert("creditPoint".to_owned(), point);
    }
    if let Some(level) = &line.level {
        let framework = json!({ "id": format!("urn:credit-bank:framework:{}:{}", level.framework_code, level.level), "type": "Concept",
            "prefLabel": texts(&level.name) });
        fields.insert("educationLevel".to_owned(), json!([framework]));
    }
    specification
}

/// Hours as ISO 8601 says a duration, exact to a hundredth of an hour.
fn duration(hours: Hours) -> String {
    let seconds = hours.hundredths() * 36;
    let (whole, minutes, rest) = (seconds / 3_600, seconds % 3_600 / 60, seconds % 60);
    let mut text = format!("PT{whole}H");
    if minutes > 0 {
        text.push_str(&format!("{minutes}M"));
    }
    if rest > 0 {
        text.push_str(&format!("{rest}S"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_a_duration() {
        for (hundredths, text) in [(16_000, "PT160H"), (12_050, "PT120H30M"), (1, "PT0H36S"), (125, "PT1H15M")] {
            assert_eq!(duration(Hours::from_hundredths(hundredths).unwrap()), text);
        }
    }
}
