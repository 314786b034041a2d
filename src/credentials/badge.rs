//! One outcome as an Open Badge (1EdTech, Open Badges 3.0, `OpenBadgeCredential`), in the terms of the standard alone.
//!
//! What the standard has no term for (the scheme, the level and the exact decimal of credit, hours, the decision's number) is told
//! as results of types of our own, which the standard allows with the prefix `ext:`; `api-spec/credit-in-credentials.md` says what
//! they mean. A context of our own would say it with terms of our own, but verifiers that know the standard's contexts only, and
//! fetch nothing, refuse whatever names another one.

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, TimeZone, Utc};
use serde_json::{Map, Number, Value, json};
use uuid::Uuid;

use super::contexts::{CREDENTIALS, OPEN_BADGES};
use super::status::StatusEntry;
use crate::domain::achievement::AchievementKind;
use crate::domain::credit::Credit;

/// An organisation: an issuer, or whose standard an achievement is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub id: String,
    pub name: String,
    /// Where it is read about.
    pub url: Option<String>,
}

/// A level of a framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    pub framework: String,
    pub code: String,
    pub name: String,
    /// What identifies it.
    pub url: String,
}

/// What was earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Achievement {
    /// What identifies this version of it: an address.
    pub id: String,
    pub code: String,
    pub version: i64,
    pub kind: AchievementKind,
    pub name: String,
    /// What has to be done for it.
    pub criteria: String,
    pub creator: Profile,
    pub level: Option<Level>,
}

/// What the institution gave, as it gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Original {
    pub grade: Option<String>,
    pub grading_scale: Option<String>,
    pub score: Option<String>,
    pub hours: Option<String>,
    pub credits: Option<String>,
}

/// What the bank recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    pub credit: Credit,
    /// The unit that it is counted in.
    pub scheme: Scheme,
    /// The decision's number.
    pub decision: String,
}

/// A unit of credit, and what identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    pub name: String,
    pub url: String,
}

/// An outcome of a learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    pub id: Uuid,
    pub issuer: Profile,
    pub valid_from: DateTime<Utc>,
    /// The bank's own clock, by which days are told.
    pub offset: FixedOffset,
    pub awarded_on: NaiveDate,
    pub certificate_number: Option<String>,
    /// The key that a wallet proved to have, as its `did`; without one the subject has an id that nobody else is named by.
    pub holder: Option<String>,
    pub learner_name: String,
    pub achievement: Achievement,
    pub original: Original,
    pub recognised: Option<Recognised>,
    pub status: StatusEntry,
}

/// The id of a credential.
pub(super) fn urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}

/// Who is spoken of: a holder, or somebody who is named in this credential only, so that two credentials are not told to be of one
/// person by their ids.
pub(super) fn subject_id(id: Uuid, holder: Option<&String>) -> String {
    holder.cloned().unwrap_or_else(|| format!("{}#subject", urn(id)))
}

pub(super) fn moment(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// The name of a learner, as the standards have it; no number of any document.
pub(super) fn identity(name: &str) -> Value {
    json!({ "type": "IdentityObject", "hashed": false, "identityHash": name, "identityType": "name" })
}

impl Profile {
    pub(super) fn document(&self) -> Value {
        let mut profile = Map::from_iter([
            ("id".to_owned(), json!(self.id)),
            ("type".to_owned(), json!(["Profile"])),
            ("name".to_owned(), json!(self.name)),
        ]);
        if let Some(url) = &self.url {
            profile.insert("url".to_owned(), json!(url));
        }
        Value::Object(profile)
    }
}

/// A result that a credential may tell: its name after the achievement's id, its type, what it is called, and its value.
struct Told<'a> {
    name: &'static str,
    kind: &'static str,
    title: &'static str,
    value: &'a str,
}

impl Badge {
    /// The credential, not signed yet.
    pub fn document(&self) -> Map<String, Value> {
        let mut subject = Map::from_iter([
            ("id".to_owned(), json!(subject_id(self.id, self.holder.as_ref()))),
            ("type".to_owned(), json!(["AchievementSubject"])),
            ("identifier".to_owned(), json!([identity(&self.learner_name)])),
            ("activityEndDate".to_owned(), self.day(self.awarded_on)),
        ]);
        if let Some(number) = &self.certificate_number {
            subject.insert("licenseNumber".to_owned(), json!(number));
        }
        if let Some(recognised) = &self.recognised {
            subject.insert("creditsEarned".to_owned(), Value::Number(float(recognised.credit)));
        }
        let credit = self.recognised.as_ref().map(|recognised| recognised.credit.to_string());
        let told = self.told(credit.as_deref());
        subject.insert("achievement".to_owned(), self.achievement_with(&told));
        if !told.is_empty() {
            subject.insert("result".to_owned(), told.iter().map(|one| self.result(one)).collect());
        }
        Map::from_iter([
            ("@context".to_owned(), json!([CREDENTIALS, OPEN_BADGES])),
            ("id".to_owned(), json!(urn(self.id))),
            ("type".to_owned(), json!(["VerifiableCredential", "OpenBadgeCredential"])),
            ("name".to_owned(), json!(self.achievement.name)),
            ("issuer".to_owned(), self.issuer.document()),
            ("validFrom".to_owned(), moment(self.valid_from)),
            ("awardedDate".to_owned(), self.day(self.awarded_on)),
            ("credentialSubject".to_owned(), Value::Object(subject)),
            ("credentialStatus".to_owned(), self.status.document()),
        ])
    }

    /// A day as the standard wants all of them: with the time at which it begins at the bank.
    fn day(&self, day: NaiveDate) -> Value {
        let begin = day.and_time(chrono::NaiveTime::MIN);
        let begin = self.offset.from_local_datetime(&begin).single();
        json!(begin.map_or_else(
            || format!("{day}T00:00:00Z"),
            |begin| begin.to_rfc3339_opts(SecondsFormat::Secs, true)
        ))
    }

    /// What there is to tell beside the credit as a float: both what the institution gave and what was recognised.
    fn told<'a>(&'a self, credit: Option<&'a str>) -> Vec<Told<'a>> {
        let recognised = self.recognised.as_ref();
        let original = &self.original;
        let all = [
            ("grade", "Result", "成绩 Grade", original.grade.as_deref()),
            (
                "grading-scale",
                "ext:creditBank.gradingScale",
                "成绩等级制 Grading scale",
                original.grading_scale.as_deref(),
            ),
            ("score", "RawScore", "分数 Score", original.score.as_deref()),
            ("hours", "ext:creditBank.hours", "学时 Hours", original.hours.as_deref()),
            (
                "original-credit",
                "ext:creditBank.originalCredit",
                "原学分 Credit as the institution counts it",
                original.credits.as_deref(),
            ),
            (
                "recognised-credit",
                "ext:creditBank.recognisedCredit",
                "认定学分 Recognised credit",
                credit,
            ),
            (
                "decision",
                "ext:creditBank.decision",
                "认定结论编号 Number of the decision",
                recognised.map(|recognised| recognised.decision.as_str()),
            ),
        ];
        let told = all.into_iter().filter_map(|(name, kind, title, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(Told { name, kind, title, value })
        });
        told.collect()
    }

    fn result(&self, told: &Told<'_>) -> Value {
        let mut result = Map::from_iter([
            ("id".to_owned(), json!(format!("{}#{}", urn(self.id), told.name))),
            ("type".to_owned(), json!(["Result"])),
            (
                "resultDescription".to_owned(),
                json!(format!("{}#{}", self.achievement.id, told.name)),
            ),
            ("value".to_owned(), json!(told.value)),
        ]);
        if let Some(recognised) = self.recognised.as_ref().filter(|_| told.name == "recognised-credit") {
            let scheme = alignment(
                &format!("{}#scheme", urn(self.id)),
                "ext:creditBank.scheme",
                &recognised.scheme.name,
                &recognised.scheme.url,
            );
            let level = self.achievement.level.as_ref().map(|level| level.alignment());
            let alignments: Vec<Value> = std::iter::once(Value::Object(scheme)).chain(level).collect();
            result.insert("alignment".to_owned(), json!(alignments));
        }
        Value::Object(result)
    }

    fn achievement_with(&self, told: &[Told<'_>]) -> Value {
        let achievement = &self.achievement;
        let mut document = Map::from_iter([
            ("id".to_owned(), json!(achievement.id)),
            ("type".to_owned(), json!(["Achievement"])),
            ("achievementType".to_owned(), json!(achievement_type(achievement.kind))),
            ("name".to_owned(), json!(achievement.name)),
            ("description".to_owned(), json!(achievement.criteria)),
            (
                "criteria".to_owned(),
                json!({ "id": format!("{}#criteria", achievement.id), "narrative": achievement.criteria }),
            ),
            ("humanCode".to_owned(), json!(achievement.code)),
            ("version".to_owned(), json!(achievement.version.to_string())),
            ("creator".to_owned(), achievement.creator.document()),
        ]);
        if let Some(level) = &achievement.level {
            document.insert("alignment".to_owned(), json!([level.alignment()]));
        }
        if !told.is_empty() {
            let descriptions = told.iter().map(|one| {
                json!({
                    "id": format!("{}#{}", achievement.id, one.name), "type": ["ResultDescription"], "name": one.title, "resultType": one.kind
                })
            });
            document.insert("resultDescription".to_owned(), descriptions.collect());
        }
        Value::Object(document)
    }
}

impl Level {
    fn alignment(&self) -> Value {
        let mut aligned = alignment(&self.url, "ext:creditBank.level", &self.name, &self.url);
        aligned.insert("targetFramework".to_owned(), json!(self.framework));
        aligned.insert("targetCode".to_owned(), json!(self.code));
        Value::Object(aligned)
    }
}

fn alignment(id: &str, kind: &str, name: &str, url: &str) -> Map<String, Value> {
    Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("type".to_owned(), json!(["Alignment"])),
        ("targetType".to_owned(), json!(kind)),
        ("targetName".to_owned(), json!(name)),
        ("targetUrl".to_owned(), json!(url)),
    ])
}

/// The number that the standard has for credit, a float; two decimals are told alike by everybody. The exact decimal stands beside it.
fn float(credit: Credit) -> Number {
    let text = credit.to_string();
    let text = text.trim_end_matches('0').trim_end_matches('.');
    // Every credit's text is a number.
    serde_json::from_str(text).unwrap_or_else(|_| Number::from(0))
}

const fn achievement_type(kind: AchievementKind) -> &'static str {
    match kind {
        AchievementKind::Diploma => "Diploma",
        AchievementKind::SkillCertificate => "Certificate",
        AchievementKind::OccupationalCertificate => "Certification",
        AchievementKind::Training => "CertificateOfCompletion",
        AchievementKind::Course => "Course",
        AchievementKind::Contest => "Award",
        AchievementKind::WorkExperience => "ext:creditBank.workExperience",
        AchievementKind::Other => "Achievement",
    }
}
