//! What a file tells, as deposits: the institution's codes become achievements' codes, and some hundred outcomes are judged
//! together.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::rows::{KeptRow, Phase};
use crate::domain::import::{CHUNK_OUTCOMES, SuggestedCode, UNKNOWN_CODES_MAX, UnknownCode};
use crate::domain::rejection::Rejection;
use crate::domain::text::alike;
use crate::intake::Reading;
use crate::intake::file_problem::FileProblem;
use crate::intake::problem::CellProblem;
use crate::intake::told::ToldOutcome;
use crate::ops::context::Context;
use crate::ops::deposit::{Answers, DepositRequest, NewOutcome};
use crate::ops::identity::LearnerIdentity;
use crate::store::standards::AchievementRow;

/// How many achievements are named for a code that none has.
const SUGGESTIONS_MAX: usize = 3;

/// Some rows of a file that are judged together.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) rows: u64,
    pub(super) first_row: u64,
    pub(super) last_row: u64,
    outcomes: Vec<(u64, Result<ToldOutcome, Vec<CellProblem>>)>,
}

impl Chunk {
    /// Reads rows until there are some hundred outcomes, or up to a certain row; `None` at the end of the file.
    ///
    /// # Errors
    /// Where the file cannot be read any further.
    pub(super) fn read(reading: &mut Reading, up_to: Option<u64>) -> Result<Option<Self>, FileProblem> {
        let mut chunk = Self::default();
        while up_to.map_or(chunk.outcomes.len() < CHUNK_OUTCOMES, |last| chunk.last_row < last) {
            let Some(read) = reading.next_row()? else { break };
            if chunk.rows == 0 {
                chunk.first_row = read.row;
            }
            chunk.last_row = read.row;
            chunk.rows += 1;
            chunk.outcomes.extend(read.outcomes.into_iter().map(|outcome| (read.row, outcome)));
        }
        Ok((chunk.rows > 0).then_some(chunk))
    }

    /// The deposits that are told.
    pub(super) fn requests(&self, context: Context, institution_id: Uuid, codes: &BTreeMap<String, String>) -> Vec<DepositRequest> {
        let told = self.outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok());
        told.map(|told| DepositRequest {
            context,
            // The place in the file is kept in the same transaction, which is all that a key would do.
            idempotency_key: None,
            outcome: deposit_of(told, institution_id, codes),
        })
        .collect()
    }

    /// What became of each outcome, with what was answered to the deposits.
    pub(super) fn kept(&self, answers: &Answers, phase: Phase) -> Vec<KeptRow> {
        let mut answers = answers.iter();
        let mut kept = Vec::with_capacity(self.outcomes.len());
        for (part, (row, outcome)) in self.outcomes.iter().enumerate() {
            kept.push(match outcome {
                Ok(told) => match answers.next() {
                    Some(answer) => KeptRow::answered(*row, told, answer, phase),
                    None => KeptRow::answered(*row, told, &Err(Rejection::NotFound {}), phase),
                },
                Err(problems) => KeptRow::untold(*row, self.part(part, *row), problems.clone()),
            });
        }
        kept
    }

    /// The place of an outcome among those of its row.
    fn part(&self, place: usize, row: u64) -> u16 {
        let before = self.outcomes.iter().take(place).rev().take_while(|(other, _)| *other == row);
        u16::try_from(before.count()).unwrap_or(u16::MAX)
    }

    /// The codes that no achievement has, as the file writes them.
    pub(super) fn unknown_codes<'a>(&'a self, answers: &'a Answers) -> impl Iterator<Item = &'a str> {
        let told = self.outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok());
        told.zip(answers).filter_map(|(told, answer)| match answer {
            Err(Rejection::UnknownAchievement { .. } | Rejection::ForeignAchievement { .. }) => Some(told.achievement_code.as_str()),
            _ => None,
        })
    }
}

fn deposit_of(told: &ToldOutcome, institution_id: Uuid, codes: &BTreeMap<String, String>) -> NewOutcome {
    let code = codes.get(&told.achievement_code).unwrap_or(&told.achievement_code);
    NewOutcome {
        institution_id,
        learner: LearnerIdentity {
            document_kind: told.document_kind,
            document_number: told.document_number.clone(),
            name: told.name.clone(),
        },
        achievement_code: code.clone(),
        awarded_on: told.awarded_on,
        certificate_number: told.certificate_number.clone(),
        grade: told.grade.clone(),
        grading_scale: told.grading_scale.clone(),
        score: told.score.clone(),
        hours: told.hours,
        credits: told.credits.clone(),
        trainee_group: told.trainee_group,
        contest: told.contest.clone(),
    }
}

/// The codes of a file that no achievement has.
#[derive(Debug, Default)]
pub(super) struct UnknownCodes(BTreeMap<String, u64>);

impl UnknownCodes {
    pub(super) fn add(&mut self, code: &str) {
        if let Some(outcomes) = self.0.get_mut(code) {
            *outcomes += 1;
        } else if self.0.len() < UNKNOWN_CODES_MAX {
            self.0.insert(code.to_owned(), 1);
        }
    }

    /// The codes with the achievements that they may mean: those that are likest by code or by name.
    pub(super) fn suggested(self, achievements: &[AchievementRow]) -> Vec<UnknownCode> {
        let suggested = self.0.into_iter().map(|(code, outcomes)| UnknownCode {
            suggestions: suggestions(&code, achievements),
            code,
            outcomes,
        });
        suggested.collect()
    }
}

/// How alike a code must be to a code or a name to be taken for it, in thousandths.
const LIKENESS_LEAST: u32 = 600;

fn suggestions(code: &str, achievements: &[AchievementRow]) -> Vec<SuggestedCode> {
    let wanted = code.to_lowercase();
    let mut found: Vec<(u32, &AchievementRow)> = achievements
        .iter()
        .map(|row| {
            let by_code = alike(&wanted, &row.code.to_lowercase());
            (by_code.max(alike(&wanted, &row.name_chinese.to_lowercase())), row)
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_LEAST)
        .collect();
    found.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.code.cmp(&other.1.code)));
    found.dedup_by(|one, other| one.1.code == other.1.code);
    let named = found.into_iter().take(SUGGESTIONS_MAX).map(|(_, row)| SuggestedCode {
        code: row.code.clone(),
        name: row.name_chinese.clone(),
    });
    named.collect()
}
