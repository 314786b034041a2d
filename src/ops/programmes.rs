//! Programmes 专业, by their institutions: dated versions, never edited.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::document::document_of;
use super::error::OpError;
use super::once::once;
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::CourseCredit;
use crate::domain::dated::{last_day_in_force, out_of_order};
use crate::domain::list::ListPlace;
use crate::domain::pack::validate::limit_problems;
use crate::domain::policy::{Action, Resource};
use crate::domain::programme::{Programme, ProgrammeFilter};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::programmes::{self as store, ProgrammeRow};
use crate::store::types::{At, Document, Key};

/// A programme to be published, or its next version.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "institution_id": "01985a3e-7c00-7000-8000-000000000001", "programme": { "code": "elec-2024",
    "name": { "zh": "电气自动化技术", "en": "Electrical automation" }, "level": 4, "required_credit": "20", "residency_minimum": "8",
    "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "12" }, { "code": "elective", "name": { "zh": "选修课" }, "minimum": "4" }],
    "courses": [{ "code": "E101", "name": { "zh": "电工基础" }, "credits": "3.5", "tags": ["foundation"], "required": true, "bucket": "major" }],
    "effective_from": "2024-09-01" } }))]
pub struct NewProgramme {
    pub institution_id: Uuid,
    pub programme: Programme,
}

/// A version of a programme as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublishedProgramme {
    pub programme_id: Uuid,
    pub institution_id: Uuid,
    pub version: i64,
    /// As published, but for `effective_to`: the last day in force, which the next version may have brought forward.
    pub programme: Programme,
    pub published_at: DateTime<Utc>,
}

/// A version of a programme in a list, without its courses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProgrammeSummary {
    pub programme_id: Uuid,
    pub institution_id: Uuid,
    pub code: String,
    pub version: i64,
    pub name: Bilingual,
    pub level: Option<i16>,
    pub required_credit: CourseCredit,
    pub effective_from: NaiveDate,
    /// The last day in force: as published, or the day before the next version.
    pub effective_to: Option<NaiveDate>,
}

fn damaged(programme_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("programme {programme_id}"))
}

impl TryFrom<(ProgrammeRow, Document)> for PublishedProgramme {
    type Error = StoreError;

    fn try_from((row, document): (ProgrammeRow, Document)) -> Result<Self, StoreError> {
        let programme: Programme = serde_json::from_value(document.0).map_err(|_| damaged(row.programme_id.0))?;
        Ok(Self {
            programme_id: row.programme_id.0,
            institution_id: row.institution_id.0,
            version: row.version,
            programme: Programme {
                effective_to: last_day_in_force(row.effective_to, row.superseded_on),
                ..programme
            },
            published_at: row.created_at.0,
        })
    }
}

impl TryFrom<ProgrammeRow> for ProgrammeSummary {
    type Error = StoreError;

    fn try_from(row: ProgrammeRow) -> Result<Self, StoreError> {
        let required = CourseCredit::from_hundredths(row.required_credit_hundredths);
        Ok(Self {
            programme_id: row.programme_id.0,
            institution_id: row.institution_id.0,
            code: row.code,
            version: row.version,
            name: Bilingual {
                zh: row.name_chinese,
                en: row.name_english,
            },
            level: row.level,
            required_credit: required.map_err(|_| damaged(row.programme_id.0))?,
            effective_from: row.effective_from,
            effective_to: last_day_in_force(row.effective_to, row.superseded_on),
        })
    }
}

/// What an author must mend, by pointers into the body. What is asked of a programme is asked here and nowhere else.
fn problems(programme: &Programme) -> Vec<FieldProblem> {
    let within = |problem: FieldProblem| FieldProblem::new(format!("/programme{}", problem.pointer), problem.detail);
    let limits = limit_problems(&programme.limits, programme).into_iter();
    let limits = limits.map(|problem| FieldProblem::new(problem.pointer, problem.detail));
    programme.problems().into_iter().chain(limits).map(within).collect()
}

/// Publishes a programme; the same code again makes its next version, and the one before ends the day before.
///
/// # Errors
/// `InvalidBody`, and what the policy answers.
pub fn publish_programme(bank: &Bank, context: &Context, key: Option<&str>, new: &NewProgramme) -> Result<PublishedProgramme, OpError> {
    let programme = &new.programme;
    // Looked through before the write begins, though told only to somebody who may publish.
    let problems = problems(programme);
    let document = document_of(programme)?;
    bank.store.write(|conn| {
        once(bank, context, conn, "publish_programme", key, new, |conn| {
            context.authorised(conn, Action::WriteProgramme, Resource::Institution(new.institution_id))?;
            Rejection::any_of(problems.clone())?;
            let before = store::latest(conn, new.institution_id, &programme.code)?;
            let begun = before.as_ref().map(|before| before.effective_from);
            Rejection::any_of(
                out_of_order(begun, programme.effective_from, "/programme/effective_from")
                    .into_iter()
                    .collect(),
            )?;
            let row = ProgrammeRow {
                programme_id: Key(Uuid::now_v7()),
                institution_id: Key(new.institution_id),
                code: programme.code.clone(),
                version: before.as_ref().map_or(1, |before| before.version + 1),
                name_chinese: programme.name.zh.clone(),
                name_english: programme.name.en.clone(),
                level: programme.level,
                required_credit_hundredths: programme.required_credit.hundredths(),
                effective_from: programme.effective_from,
                effective_to: programme.effective_to,
                superseded_on: None,
                created_at: At(context.now),
                created_by: context.caller.label(),
            };
            store::insert(conn, &row, document.clone(), before.map(|before| before.programme_id.0))?;
            let told = context
                .told("publish_programme", "programme", row.programme_id.0)
                .of_institution(new.institution_id)
                .with(serde_json::json!({ "code": row.code, "version": row.version, "effective_from": row.effective_from }));
            tell(conn, &[told])?;
            Ok(PublishedProgramme::try_from((row, document.clone()))?)
        })
    })
}

/// Versions of programmes, from a place in the order of their publication; they are public.
///
/// # Errors
/// When the database is away.
pub fn list_programmes(
    bank: &Bank,
    filter: &ProgrammeFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<ProgrammeSummary>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let rows = store::list(conn, filter, place, limit)?;
        Ok(rows
            .into_iter()
            .map(ProgrammeSummary::try_from)
            .collect::<Result<_, StoreError>>()?)
    })
}

/// Programmes by their institution and their code: the newest version, and what it is called.
pub type NamedProgrammes = HashMap<(Uuid, String), (Uuid, Bilingual)>;

/// The programmes with some codes at some institutions; they are public.
///
/// # Errors
/// When the database is away.
pub fn programmes_by_code(bank: &Bank, institution_ids: &[Uuid], codes: &[String]) -> Result<NamedProgrammes, OpError> {
    bank.store.read(|conn| {
        let rows = store::newest_of(conn, institution_ids, codes)?.into_iter();
        let named = rows.map(|row| {
            let name = Bilingual {
                zh: row.name_chinese,
                en: row.name_english,
            };
            ((row.institution_id.0, row.code), (row.programme_id.0, name))
        });
        Ok(named.collect())
    })
}

/// Reads a version of a programme with its courses; it is public.
///
/// # Errors
/// `NotFound`.
pub fn read_programme(bank: &Bank, programme_id: Uuid) -> Result<PublishedProgramme, OpError> {
    bank.store.read(|conn| {
        let found = store::find(conn, programme_id)?.ok_or(Rejection::NotFound {})?;
        Ok(PublishedProgramme::try_from(found)?)
    })
}
