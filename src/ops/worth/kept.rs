//! Answers that a learner keeps: with the question, the rules and the allocation as they were, so that they replay byte for
//! byte. A claim begins from one.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::own::{OwnProgramme, own_site};
use super::{ALTERNATIVES_MAX, JudgedBy, Said, WISHES_MAX, refused, said, wish_problems};
use crate::domain::allocation::{Allocation, Pin, Question, nth};
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::CourseCredit;
use crate::domain::language::Language;
use crate::domain::list::ListPlace;
use crate::domain::programme::Programme;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::access::{Whose, learner_of};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::institutions::names_of;
use crate::ops::once::once;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::programmes;
use crate::store::records;
use crate::store::types::{At, Key};
use crate::store::worths::{self as store, WorthHead, WorthRow};
use crate::vault::opaque::digest;

/// The most answers that one learner keeps: they are never deleted.
const KEPT_MAX: i64 = 200;

/// A question about the own record, whose answer is kept.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "programme_id": "01985a3e-7c00-7000-8000-000000000001" }))]
pub struct KeepWorth {
    pub programme_id: Uuid,
    #[serde(default)]
    #[schema(max_items = 100)]
    pub pins: Vec<Pin>,
    /// Keys of outcomes that must not be used.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub left_out: Vec<String>,
    /// The day of the enrolment in the programme, for rules that ask whether an award came before it.
    #[serde(default)]
    pub enrolled_on: Option<NaiveDate>,
    /// Which of the equal allocations to keep: 0 for the first, as `alternatives` lists them.
    #[serde(default)]
    #[schema(maximum = 20)]
    pub alternative: u8,
}

/// An answer that is kept, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KeptSummary {
    pub worth_id: Uuid,
    pub programme_id: Uuid,
    pub programme_name: Bilingual,
    pub recognised: CourseCredit,
    pub kept_at: DateTime<Utc>,
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KeptWorth {
    pub worth_id: Uuid,
    pub programme_id: Uuid,
    pub programme_name: Bilingual,
    pub recognised: CourseCredit,
    pub kept_at: DateTime<Utc>,
    pub allocation: Allocation,
}

/// An answer that is kept, with what was asked and the reasons in words.
#[derive(Debug, Clone)]
pub struct KeptAnswer {
    pub kept: KeptWorth,
    /// The unified social credit code of the institution whose programme it is.
    pub institution: String,
    /// As it was then.
    pub programme: Programme,
    pub decided_on: NaiveDate,
    pub enrolled_on: Option<NaiveDate>,
    pub judged_by: Option<JudgedBy>,
    pub pins: Vec<Pin>,
    pub left_out: Vec<String>,
    pub said: Vec<Said>,
}

/// What came of answering a kept question again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WorthReplay {
    pub worth_id: Uuid,
    /// Whether the new answer is the kept one, byte for byte.
    pub equal: bool,
    pub kept: CourseCredit,
    pub recomputed: CourseCredit,
    /// SHA-256 of both texts, hexadecimal.
    pub kept_digest: String,
    pub recomputed_digest: String,
}

fn damaged(worth_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("worth {worth_id}"))
}

impl TryFrom<WorthHead> for KeptSummary {
    type Error = StoreError;

    fn try_from(head: WorthHead) -> Result<Self, StoreError> {
        let recognised = CourseCredit::from_hundredths(head.recognised_hundredths);
        Ok(Self {
            worth_id: head.worth_id.0,
            programme_id: head.programme_id.0,
            programme_name: Bilingual {
                zh: head.programme_name_chinese,
                en: head.programme_name_english,
            },
            recognised: recognised.map_err(|_| damaged(head.worth_id.0))?,
            kept_at: head.kept_at.0,
        })
    }
}

impl TryFrom<WorthRow> for KeptWorth {
    type Error = StoreError;

    fn try_from(row: WorthRow) -> Result<Self, StoreError> {
        let allocation = serde_json::from_str(&row.allocation).map_err(|_| damaged(row.head.worth_id.0))?;
        let KeptSummary {
            worth_id,
            programme_id,
            programme_name,
            recognised,
            kept_at,
        } = row.head.try_into()?;
        Ok(Self {
            worth_id,
            programme_id,
            programme_name,
            recognised,
            kept_at,
            allocation,
        })
    }
}

/// Answers a question about the own record and keeps the answer with everything that it was made of.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WorthsFull`, and what the allocation refuses.
pub fn keep_worth(bank: &Bank, context: &Context, key: Option<&str>, keep: &KeepWorth) -> Result<KeptWorth, OpError> {
    let mut problems = wish_problems(&keep.pins, &keep.left_out);
    for (count, pointer) in [(keep.pins.len(), "/pins"), (keep.left_out.len(), "/left_out")] {
        if count > WISHES_MAX {
            problems.push(FieldProblem::new(pointer, format!("must have 0 to {WISHES_MAX} items")));
        }
    }
    if usize::from(keep.alternative) > ALTERNATIVES_MAX {
        problems.push(FieldProblem::new("/alternative", "must be 0 to 20"));
    }
    if !problems.is_empty() {
        return Err(Rejection::InvalidBody { problems }.into());
    }
    // Solved before the write begins: others must not wait for it.
    let own = OwnProgramme {
        programme_id: keep.programme_id,
        enrolled_on: keep.enrolled_on,
    };
    let site = bank.store.read(|conn| own_site(bank, context, conn, own, "keep_worth"))?;
    let question = Question {
        pins: keep.pins.clone(),
        left_out: keep.left_out.clone(),
        ..site.question
    };
    let allocation = nth(&question, usize::from(keep.alternative)).map_err(|why| refused(why, &question))?;
    let no_such = || Rejection::field("/alternative", "names no equal allocation");
    let allocation = allocation.ok_or_else(no_such)?;
    bank.store.write(|conn| {
        once(bank, context, conn, "keep_worth", key, keep, |conn| {
            let learner = learner_of(conn, context, Whose::Own, "keep_worth")?;
            records::lock_learner(conn, learner.learner_id.0)?;
            if store::count(conn, learner.learner_id.0)? >= KEPT_MAX {
                return Err(Rejection::WorthsFull { worths_max: KEPT_MAX }.into());
            }
            let worth_id = Uuid::now_v7();
            let row = WorthRow {
                head: WorthHead {
                    learner_id: Key(learner.learner_id.0),
                    worth_id: Key(worth_id),
                    programme_id: Key(keep.programme_id),
                    programme_name_chinese: question.programme.name.zh.clone(),
                    programme_name_english: question.programme.name.en.clone(),
                    recognised_hundredths: allocation.recognised.hundredths(),
                    alternative: i64::from(keep.alternative),
                    kept_at: At(context.now),
                },
                question: serde_json::to_string(&question).map_err(|_| damaged(worth_id))?,
                allocation: serde_json::to_string(&allocation).map_err(|_| damaged(worth_id))?,
            };
            store::insert(conn, &row)?;
            let told = context
                .told("keep_worth", "worth", worth_id)
                .of_learner(learner.learner_id.0)
                .with(serde_json::json!({ "programme_id": keep.programme_id }));
            tell(conn, &[told])?;
            Ok(KeptWorth::try_from(row)?)
        })
    })
}

/// The answers that the caller kept, from a place in their list.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_kept_worths(bank: &Bank, context: &Context, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<KeptSummary>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_kept_worths")?;
        let rows = store::list(conn, learner.learner_id.0, place, limit)?;
        Ok(rows.into_iter().map(KeptSummary::try_from).collect::<Result<_, StoreError>>()?)
    })
}

/// What the institutions are called about whose programmes some answers are, by the programmes.
///
/// # Errors
/// When the database is away.
pub fn institutions_of_kept(bank: &Bank, kept: &[KeptSummary]) -> Result<HashMap<Uuid, String>, OpError> {
    let programme_ids: Vec<Uuid> = kept.iter().map(|one| one.programme_id).collect();
    let rows = bank.store.read(|conn| programmes::by_ids(conn, &programme_ids))?;
    let institution_ids: Vec<Uuid> = rows.iter().map(|row| row.institution_id.0).collect();
    let names = names_of(bank, &institution_ids)?;
    let named = rows
        .iter()
        .filter_map(|row| Some((row.programme_id.0, names.get(&row.institution_id.0)?.clone())));
    Ok(named.collect())
}

/// Reads one of them.
///
/// # Errors
/// `NotFound`.
pub fn read_kept_worth(bank: &Bank, context: &Context, worth_id: Uuid) -> Result<KeptWorth, OpError> {
    let row = load(bank, context, worth_id, "read_kept_worth")?;
    Ok(KeptWorth::try_from(row)?)
}

/// Reads one of them with what was asked, and why the answer is so.
///
/// # Errors
/// `NotFound`.
pub fn explain_kept_worth(bank: &Bank, context: &Context, worth_id: Uuid, language: Language) -> Result<KeptAnswer, OpError> {
    let row = load(bank, context, worth_id, "explain_kept_worth")?;
    let question: Question = serde_json::from_str(&row.question).map_err(|_| damaged(worth_id))?;
    let kept = KeptWorth::try_from(row)?;
    Ok(KeptAnswer {
        said: said(&kept.allocation, &question, language),
        kept,
        judged_by: question.versions.last().map(JudgedBy::from),
        institution: question.institution.credit_code,
        programme: question.programme,
        decided_on: question.decided_on,
        enrolled_on: question.enrolled_on,
        pins: question.pins,
        left_out: question.left_out,
    })
}

fn load(bank: &Bank, context: &Context, worth_id: Uuid, operation: &str) -> Result<WorthRow, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, operation)?;
        if !store::is_here(conn, learner.learner_id.0, worth_id)? {
            return Err(Rejection::NotFound {}.into());
        }
        Ok(store::find(conn, learner.learner_id.0, worth_id)?.ok_or(Rejection::NotFound {})?)
    })
}

/// Answers a kept question again, from what was kept alone.
///
/// # Errors
/// `NotFound`.
pub fn replay_worth(bank: &Bank, context: &Context, worth_id: Uuid) -> Result<WorthReplay, OpError> {
    let row = load(bank, context, worth_id, "replay_worth")?;
    let question: Question = serde_json::from_str(&row.question).map_err(|_| damaged(worth_id))?;
    let number = usize::try_from(row.head.alternative).map_err(|_| damaged(worth_id))?;
    let again = nth(&question, number).map_err(|why| refused(why, &question))?;
    let again = again.ok_or_else(|| damaged(worth_id))?;
    let text = serde_json::to_string(&again).map_err(|_| damaged(worth_id))?;
    let hex = |text: &str| crate::domain::movement::hex(&digest(text));
    Ok(WorthReplay {
        worth_id,
        equal: text == row.allocation,
        kept: CourseCredit::from_hundredths(row.head.recognised_hundredths).map_err(|_| damaged(worth_id))?,
        recomputed: again.recognised,
        kept_digest: hex(&row.allocation),
        recomputed_digest: hex(&text),
    })
}
