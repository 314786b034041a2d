//! What the own record is worth, bucket by bucket, and how one stands on the pathways.

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::advice::{TRIES_MAX, imagined};
use super::site::{Site, site, sites};
use super::{Wishes, Worths, refused, worths};
use crate::domain::allocation::advice::{Addition, additions};
use crate::domain::allocation::{Effort, Question, allocate};
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::CourseCredit;
use crate::domain::language::Language;
use crate::domain::list::ListPlace;
use crate::domain::pathway::StageStanding;
use crate::ops::access::{Whose, learner_of};
use crate::ops::context::{Bank, Context};
use crate::ops::earlier::earlier_in;
use crate::ops::error::OpError;
use crate::ops::facts::{earned, facts_of};
use crate::ops::pathways::PublishedPathway;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::pathways;

/// The most pathways that are shown.
const PATHWAYS_MAX: i64 = 100;

/// The most achievements that could fill a bucket and are named.
const FILLERS_MAX: usize = 10;

/// A bucket of a programme, for a learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BucketAudit {
    pub bucket: String,
    pub name: Bilingual,
    pub minimum: CourseCredit,
    /// What was converted to it earlier, and what the record brings.
    pub has: CourseCredit,
    pub missing: CourseCredit,
    /// Required courses that are not covered.
    pub missing_courses: Vec<String>,
    /// Achievements whose award would bring more to the programme by this bucket, the best for their hours first.
    pub could_fill: Vec<Addition>,
}

/// A programme, for a learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Audit {
    pub programme_id: Uuid,
    pub programme_name: Bilingual,
    pub required_credit: CourseCredit,
    pub has: CourseCredit,
    pub missing: CourseCredit,
    /// Whether every bucket has its minimum and the total is met.
    pub complete: bool,
    pub buckets: Vec<BucketAudit>,
}

/// A pathway, for a learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OwnPathway {
    pub pathway_id: Uuid,
    pub code: String,
    pub name: Bilingual,
    pub citation: String,
    pub stages: Vec<StageStanding>,
}

/// Which programme, and since when the caller is enrolled in it.
#[derive(Debug, Clone, Copy)]
pub struct OwnProgramme {
    pub programme_id: Uuid,
    pub enrolled_on: Option<NaiveDate>,
}

/// Puts a learner's record into the question.
fn fill(conn: &mut Conn, site: &mut Site, learner_id: Uuid, own: OwnProgramme) -> Result<(), OpError> {
    site.question.enrolled_on = own.enrolled_on;
    site.question.outcomes = facts_of(conn, learner_id, site.question.decided_on)?;
    site.question.earlier = earlier_in(conn, learner_id, site.institution_id, &site.question.programme.code)?;
    Ok(())
}

/// The own facts and the site of one programme.
pub(super) fn own_site(bank: &Bank, context: &Context, conn: &mut Conn, own: OwnProgramme, operation: &str) -> Result<Site, OpError> {
    let learner = learner_of(conn, context, Whose::Own, operation)?;
    let mut site = site(conn, own.programme_id, bank.day(context.now))?;
    fill(conn, &mut site, learner.learner_id.0, own)?;
    Ok(site)
}

/// The question about a learner's record in a programme, as it is today.
///
/// # Errors
/// `NotFound`, `PackLayersInvalid`.
pub fn own_question(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    learner_id: Uuid,
    own: OwnProgramme,
) -> Result<(Uuid, Question), OpError> {
    let mut site = site(conn, own.programme_id, bank.day(context.now))?;
    fill(conn, &mut site, learner_id, own)?;
    Ok((site.institution_id, site.question))
}

/// Says what the own record is worth at a programme, or at every programme in force, from the most to the least.
///
/// # Errors
/// `NotFound` for somebody without a learning account, `WishNeedsProgramme`, and of one programme alone `NotFound` and what
/// the allocation refuses.
pub fn read_own_worth(
    bank: &Bank,
    context: &Context,
    programme_id: Option<Uuid>,
    wishes: &Wishes,
    language: Language,
) -> Result<Worths, OpError> {
    let day = bank.day(context.now);
    let (asked, outcomes) = bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "read_own_worth")?;
        let ids: Vec<Uuid> = programme_id.into_iter().collect();
        let mut asked = sites(conn, &ids, day)?;
        for (_, site) in &mut asked.sites {
            if let Ok(site) = site {
                let code = &site.question.programme.code;
                site.question.earlier = earlier_in(conn, learner.learner_id.0, site.institution_id, code)?;
            }
        }
        Ok::<_, OpError>((asked, facts_of(conn, learner.learner_id.0, day)?))
    })?;
    worths(asked, &outcomes, wishes, language)
}

/// Says how a programme stands for the caller, bucket by bucket: what the record brings, what is missing, what could fill it.
///
/// # Errors
/// `NotFound`, and what the allocation refuses.
pub fn read_own_audit(bank: &Bank, context: &Context, own: OwnProgramme) -> Result<Audit, OpError> {
    let (site, awards) = bank.store.read(|conn| {
        let site = own_site(bank, context, conn, own, "read_own_audit")?;
        let awards = imagined(conn, bank.day(context.now))?;
        Ok::<_, OpError>((site, awards))
    })?;
    let question = &site.question;
    let allocation = allocate(question).map_err(|why| refused(why, question))?;
    let glance = Question {
        effort: Effort::glance(),
        ..question.clone()
    };
    let gains = additions(&glance, &awards, TRIES_MAX).map_err(|why| refused(why, question))?.items;
    let (has, missing) = (allocation.converted(), allocation.missing());
    let complete = missing == CourseCredit::ZERO && allocation.buckets.iter().all(|bucket| bucket.missing == CourseCredit::ZERO);
    let buckets = allocation.buckets.into_iter().map(|standing| {
        let fills = gains.iter().filter(|gain| gain.buckets.contains(&standing.bucket));
        BucketAudit {
            could_fill: fills.take(FILLERS_MAX).cloned().collect(),
            bucket: standing.bucket,
            name: standing.name,
            minimum: standing.minimum,
            has: standing.converted,
            missing: standing.missing,
            missing_courses: standing.missing_courses,
        }
    });
    Ok(Audit {
        programme_id: own.programme_id,
        programme_name: site.programme_name.clone(),
        required_credit: question.programme.required_credit,
        has,
        missing,
        complete,
        buckets: buckets.collect(),
    })
}

/// Says how the caller stands at every stage of the pathways in force.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_own_pathways(bank: &Bank, context: &Context) -> Result<Vec<OwnPathway>, OpError> {
    let day = bank.day(context.now);
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_pathways")?;
        let outcomes = earned(conn, learner.learner_id.0)?;
        let rows = pathways::list(conn, None, Some(day), ListPlace::Oldest(None), PATHWAYS_MAX)?;
        let published = rows
            .into_iter()
            .map(PublishedPathway::try_from)
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok(published
            .into_iter()
            .map(|published| OwnPathway {
                pathway_id: published.pathway_id,
                stages: published.pathway.standing(&outcomes, day),
                code: published.pathway.code,
                name: published.pathway.name,
                citation: published.pathway.citation,
            })
            .collect())
    })
}
