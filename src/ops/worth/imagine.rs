//! What somebody imagines to have earned: found in the catalogue by its name, and made facts that rules judge, with the bank
//! credit that it would bring.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Worths;
use super::ask::{AskWorth, OUTCOMES_MAX, ask_worth};
use crate::domain::achievement::{AchievementFilter, AchievementKind};
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::Score;
use crate::domain::explanation::explain;
use crate::domain::facts::OutcomeFacts;
use crate::domain::hours::Hours;
use crate::domain::language::Language;
use crate::domain::list::ListPlace;
use crate::domain::outcome::ContestResult;
use crate::domain::rejection::Rejection;
use crate::domain::text::is_line;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::facts::{facts_of_achievement, issuer_of};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::institutions::{self, InstitutionRow};
use crate::store::standards::{self, AchievementRow};

/// The most achievements that one search finds.
pub const FOUND_MAX: usize = 20;

/// The most characters of what is looked for.
const WORDS_MAX: usize = 100;

/// The most rows that are read to find them: the same certificate is awarded by many institutions.
const READ_MAX: i64 = 1_000;

/// The most institutions among which one may choose for one achievement.
const ISSUERS_MAX: usize = 200;

/// An achievement of the catalogue, whoever awards it.
#[derive(Debug, Clone)]
pub struct Imaginable {
    /// As the first of the institutions awards it.
    pub achievement_id: Uuid,
    pub name: Bilingual,
    pub kind: AchievementKind,
    pub hours: Option<Hours>,
    /// How many institutions award it.
    pub institutions: usize,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Found {
    pub items: Vec<Imaginable>,
    /// Whether there are others with these words.
    pub more: bool,
}

/// An award that somebody imagines.
#[derive(Debug, Clone, Default)]
pub struct Imagine {
    pub achievement_id: Uuid,
    pub awarded_on: Option<NaiveDate>,
    pub hours: Option<Hours>,
    pub grade: Option<String>,
    pub score: Option<Score>,
    /// Of a contest: the place, or the class of prize.
    pub place: Option<u16>,
}

/// The same, as the catalogue and the bank's rules have it.
#[derive(Debug, Clone)]
pub struct Imagined {
    pub achievement_id: Uuid,
    pub name: Bilingual,
    pub institution_name: String,
    /// The institutions that award the same, with their achievements.
    pub awarded_by: Vec<(Uuid, String)>,
    /// With the bank credit that it would bring. Its key is its place among those that were imagined.
    pub facts: OutcomeFacts,
    /// Whether its credit could still be used today.
    pub is_usable: bool,
    /// How its bank credit comes about.
    pub said: Vec<String>,
}

fn kind_of(row: &AchievementRow) -> Result<AchievementKind, StoreError> {
    AchievementKind::parse(&row.kind).ok_or_else(|| StoreError::Damaged(format!("achievement {}", row.achievement_id.0)))
}

fn name_of(row: &AchievementRow) -> Bilingual {
    Bilingual {
        zh: row.name_chinese.clone(),
        en: row.name_english.clone(),
    }
}

/// Whether two institutions award the same.
fn are_alike(one: &AchievementRow, other: &AchievementRow) -> bool {
    (&one.code, &one.name_chinese, &one.kind, one.hours_hundredths)
        == (&other.code, &other.name_chinese, &other.kind, other.hours_hundredths)
}

/// Whether it can be awarded on a day.
fn is_awarded(row: &AchievementRow, day: NaiveDate) -> bool {
    row.valid_from <= day && row.closed_on.is_none_or(|last| day <= last)
}

/// Finds achievements of the catalogue by a part of their names, in either language.
///
/// # Errors
/// `InvalidQuery` for words that are none, or too many.
pub fn find_imaginable(bank: &Bank, context: &Context, words: &str) -> Result<Found, OpError> {
    if !is_line(words, WORDS_MAX) {
        return Err(Rejection::InvalidQuery {
            name: "q".to_owned(),
            detail: format!("must have 1 to {WORDS_MAX} characters"),
        }
        .into());
    }
    let day = bank.day(context.now);
    let filter = AchievementFilter {
        name_contains: Some(words.to_owned()),
        newest: true,
        ..AchievementFilter::default()
    };
    let rows = bank.store.read(|conn| {
        Ok::<_, OpError>(standards::list_achievements(
            conn,
            &filter,
            false,
            ListPlace::Oldest(None),
            READ_MAX,
        )?)
    })?;
    let mut kinds: Vec<(&AchievementRow, usize)> = Vec::new();
    for row in rows.iter().filter(|row| is_awarded(row, day)) {
        match kinds.iter_mut().find(|(other, _)| are_alike(other, row)) {
            Some((_, institutions)) => *institutions += 1,
            None => kinds.push((row, 1)),
        }
    }
    let more = kinds.len() > FOUND_MAX;
    let items = kinds.into_iter().take(FOUND_MAX).map(|(row, institutions)| {
        Ok(Imaginable {
            achievement_id: row.achievement_id.0,
            name: name_of(row),
            kind: kind_of(row)?,
            hours: row.hours_hundredths.map(Hours::from_hundredths).transpose().unwrap_or_default(),
            institutions,
        })
    });
    Ok(Found {
        items: items.collect::<Result<_, StoreError>>()?,
        more,
    })
}

/// Says what imagined awards are to the bank's rules. What the catalogue does not have is left out.
///
/// # Errors
/// `InvalidBody` for more than may be imagined at once.
pub fn imagine(bank: &Bank, context: &Context, awards: &[Imagine], language: Language) -> Result<Vec<Imagined>, OpError> {
    if awards.len() > OUTCOMES_MAX {
        return Err(Rejection::field("/outcomes", format!("must have 1 to {OUTCOMES_MAX} items")).into());
    }
    let today = bank.day(context.now);
    bank.store.read(|conn| {
        let ids: Vec<Uuid> = awards.iter().map(|award| award.achievement_id).collect();
        let mut rows = standards::achievements(conn, &ids)?;
        rows.retain(|row| row.status != "draft");
        let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
        let mut others = standards::achievements_by_code(conn, &codes)?;
        others.retain(|row| row.status != "draft" && is_awarded(row, today));
        let issuers = issuers_of(conn, rows.iter().chain(&others))?;
        let rules = standards::rules(conn)?;
        let mut found = Vec::with_capacity(awards.len());
        for (number, award) in awards.iter().enumerate() {
            let Some(row) = rows.iter().find(|row| row.achievement_id.0 == award.achievement_id) else {
                continue;
            };
            let damaged = || StoreError::Damaged(format!("achievement {}", award.achievement_id));
            let issuer = issuers
                .iter()
                .find(|issuer| issuer.institution_id == row.institution_id)
                .ok_or_else(damaged)?;
            let awarded_on = award.awarded_on.unwrap_or(today);
            let (facts, recognition) = facts_of_achievement(row, issuer_of(issuer)?, &rules, awarded_on, award.hours, today)?;
            found.push(Imagined {
                achievement_id: award.achievement_id,
                name: name_of(row),
                institution_name: issuer.name.clone(),
                awarded_by: awarded_by(row, &others, &issuers),
                is_usable: facts.usable_until.is_none_or(|last| today <= last),
                said: explain(&recognition, language),
                facts: OutcomeFacts {
                    key: (number + 1).to_string(),
                    grade: award.grade.clone(),
                    score: award.score,
                    contest: award.place.map(|place| ContestResult {
                        place: Some(place),
                        ..ContestResult::default()
                    }),
                    ..facts
                },
            });
        }
        Ok(found)
    })
}

fn issuers_of<'a>(conn: &mut Conn, rows: impl Iterator<Item = &'a AchievementRow>) -> Result<Vec<InstitutionRow>, StoreError> {
    let mut ids: Vec<Uuid> = rows.map(|row| row.institution_id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    institutions::by_ids(conn, &ids)
}

/// Who awards the same, by name; the one that was chosen is among them, whatever its version.
fn awarded_by(chosen: &AchievementRow, others: &[AchievementRow], issuers: &[InstitutionRow]) -> Vec<(Uuid, String)> {
    let named = |row: &AchievementRow| {
        let issuer = issuers.iter().find(|issuer| issuer.institution_id == row.institution_id)?;
        Some((row.achievement_id.0, issuer.name.clone()))
    };
    let by_name = |(_, one): &(Uuid, String), (_, other): &(Uuid, String)| one.cmp(other);
    let alike = others
        .iter()
        .filter(|row| are_alike(row, chosen) && row.institution_id != chosen.institution_id);
    let mut found: Vec<(Uuid, String)> = alike.take(ISSUERS_MAX).filter_map(named).collect();
    found.sort_by(by_name);
    // Of an institution with several versions one is enough.
    found.dedup_by(|(_, one), (_, other)| one == other);
    found.extend(named(chosen));
    found.sort_by(by_name);
    found
}

/// Says what imagined awards are worth, programme by programme; those whose credit could not be used any more are not asked about.
///
/// # Errors
/// As [`ask_worth`].
pub fn worth_of_imagined(
    bank: &Bank,
    context: &Context,
    imagined: &[Imagined],
    programme_ids: &[Uuid],
    enrolled_on: Option<NaiveDate>,
    language: Language,
) -> Result<Worths, OpError> {
    let usable = imagined.iter().filter(|award| award.is_usable);
    let outcomes: Vec<OutcomeFacts> = usable.map(|award| award.facts.clone()).collect();
    if outcomes.is_empty() {
        return Ok(Worths {
            items: Vec::new(),
            not_answered: Vec::new(),
            more_programmes: false,
        });
    }
    let ask = AskWorth {
        programme_ids: programme_ids.to_vec(),
        outcomes,
        pins: Vec::new(),
        left_out: Vec::new(),
        alternatives: 0,
        enrolled_on,
    };
    ask_worth(bank, context, &ask, language)
}
