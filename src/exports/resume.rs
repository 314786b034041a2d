//! JSON Resume, version 1.0.0: what people put on their own pages.

use serde_json::{Value, json};

use super::Record;
use crate::domain::achievement::AchievementKind;
use crate::domain::language::Language;
use crate::domain::record_line::RecordLine;

const SCHEMA: &str = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json";

/// The document.
pub fn resume(record: &Record, language: Language) -> Value {
    let of = |kinds: &[AchievementKind], entry: &dyn Fn(&RecordLine) -> Value| -> Vec<Value> {
        // The newest first, as readers of such pages expect.
        let lines = record.lines.iter().rev().filter(|line| kinds.contains(&line.kind));
        lines.map(entry).collect()
    };
    use AchievementKind as K;
    let name = |line: &RecordLine| line.name.text(language).to_owned();
    let date = |line: &RecordLine| line.awarded_on.to_string();
    let education = of(&[K::Diploma, K::Course], &|line| {
        without_nulls(
            json!({ "institution": line.issuer.name, "area": name(line), "studyType": line.kind.called(language),
            "endDate": date(line), "score": line.result() }),
        )
    });
    let certificates = of(
        &[K::SkillCertificate, K::OccupationalCertificate, K::Training, K::Other],
        &|line| json!({ "name": name(line), "date": date(line), "issuer": line.issuer.name }),
    );
    let awards = of(&[K::Contest], &|line| {
        without_nulls(json!({ "title": name(line), "date": date(line), "awarder": line.issuer.name, "summary": line.result() }))
    });
    let work = of(
        &[K::WorkExperience],
        &|line| json!({ "name": line.issuer.name, "position": name(line), "endDate": date(line) }),
    );
    json!({
        "$schema": SCHEMA,
        "basics": { "name": record.name },
        "work": work,
        "education": education,
        "awards": awards,
        "certificates": certificates,
        "meta": { "canonical": record.bank_url, "lastModified": record.generated_at.format("%Y-%m-%dT%H:%M:%S").to_string() },
    })
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_null());
    }
    value
}
