//! What the own record is worth, bucket by bucket, and how one stands on the pathways.

use serde::Serialize;
use uuid::Uuid;

use super::advice::imagined;
use super::{Site, Wishes, Worth, agreements_on, refused, site, sites, worths};
use crate::domain::allocation::advice::{Addition, additions};
use crate::domain::allocation::{Allocation, Destination, Effort, allocate};
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::language::Language;
use crate::domain::pathway::StageStanding;
use crate::domain::rejection::Rejection;
use crate::ops::access::{Whose, learner_of};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::facts::facts_of;
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
    /// What the record brings to it.
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

/// The own facts and the site of one programme.
pub(super) fn own_site(bank: &Bank, context: &Context, conn: &mut Conn, programme_id: Uuid, operation: &str) -> Result<Site, OpError> {
    let learner = learner_of(conn, context, Whose::Own, operation)?;
    let day = bank.day(context.now);
    let agreements = agreements_on(conn, day)?;
    let mut site = site(conn, programme_id, &agreements, day)?;
    site.question.outcomes = facts_of(conn, learner.learner_id.0)?;
    Ok(site)
}

/// Says what the own record is worth at a programme, or at every programme in force, from the most to the least.
///
/// # Errors
/// `NotFound` for somebody without a learning account or an unknown programme, and what the allocation refuses.
pub fn read_own_worth(
    bank: &Bank,
    context: &Context,
    programme_id: Option<Uuid>,
    wishes: &Wishes,
    language: Language,
) -> Result<Vec<Worth>, OpError> {
    let day = bank.day(context.now);
    let (sites, outcomes) = bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "read_own_worth")?;
        let ids: Vec<Uuid> = programme_id.into_iter().collect();
        Ok::<_, OpError>((sites(conn, &ids, day)?, facts_of(conn, learner.learner_id.0)?))
    })?;
    worths(sites, &outcomes, wishes, language)
}

/// Says how a programme stands for the caller, bucket by bucket: what the record brings, what is missing, what could fill it.
///
/// # Errors
/// `NotFound`, and what the allocation refuses.
pub fn read_own_audit(bank: &Bank, context: &Context, programme_id: Uuid) -> Result<Audit, OpError> {
    let (site, awards) = bank.store.read(|conn| {
        let site = own_site(bank, context, conn, programme_id, "read_own_audit")?;
        let awards = imagined(conn, bank.day(context.now))?;
        Ok::<_, OpError>((site, awards))
    })?;
    let question = &site.question;
    let allocation = allocate(question).map_err(refused)?;
    let glance = crate::domain::allocation::Question {
        effort: Effort::glance(),
        ..question.clone()
    };
    let gains = additions(&glance, &awards).map_err(refused)?;
    let mut by_bucket = Vec::new();
    for gain in gains.into_iter().take(4 * FILLERS_MAX) {
        let Some(award) = awards.iter().find(|award| award.key == gain.key) else {
            continue;
        };
        by_bucket.push((buckets_with(&glance, award)?, gain));
    }
    let complete = allocation.recognised >= question.programme.required_credit
        && allocation.buckets.iter().all(|bucket| bucket.missing == CourseCredit::ZERO);
    let buckets = allocation.buckets.into_iter().map(|standing| {
        let fills = by_bucket.iter().filter(|(buckets, _)| buckets.contains(&standing.bucket));
        BucketAudit {
            could_fill: fills.map(|(_, gain)| gain.clone()).take(FILLERS_MAX).collect(),
            bucket: standing.bucket,
            name: standing.name,
            minimum: standing.minimum,
            has: standing.converted,
            missing: standing.missing,
            missing_courses: standing.missing_courses,
        }
    });
    Ok(Audit {
        programme_id,
        programme_name: site.programme_name.clone(),
        required_credit: question.programme.required_credit,
        has: allocation.recognised,
        missing: question
            .programme
            .required_credit
            .checked_sub(allocation.recognised)
            .unwrap_or_default(),
        complete,
        buckets: buckets.collect(),
    })
}

/// The buckets to which an imagined award goes when it is added.
fn buckets_with(question: &crate::domain::allocation::Question, award: &OutcomeFacts) -> Result<Vec<String>, OpError> {
    let mut more = question.clone();
    more.outcomes.push(award.clone());
    let Allocation { awards, .. } = allocate(&more).map_err(refused)?;
    let own = awards.into_iter().filter(|used| used.outcome == award.key);
    Ok(own
        .map(|used| match used.destination {
            Destination::Course { bucket, .. } | Destination::FreeCredit { bucket } => bucket,
        })
        .collect())
}

/// Says how the caller stands at every stage of the pathways in force.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_own_pathways(bank: &Bank, context: &Context) -> Result<Vec<OwnPathway>, OpError> {
    let day = bank.day(context.now);
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_pathways")?;
        let outcomes = facts_of(conn, learner.learner_id.0)?;
        let rows = pathways::list(conn, None, Some(day), None, PATHWAYS_MAX)?;
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

/// A wish that is written in a query: an outcome, or an outcome and a course with a colon between.
///
/// # Errors
/// `WishUnknown` for what can be no key.
pub fn pin_of(text: &str) -> Result<crate::domain::allocation::Pin, Rejection> {
    let (outcome, course) = text
        .split_once(':')
        .map_or((text, None), |(outcome, course)| (outcome, Some(course)));
    let lawful = |text: &str| (1..=64).contains(&text.chars().count());
    if !lawful(outcome) || !course.is_none_or(lawful) {
        return Err(Rejection::WishUnknown { what: "outcome" });
    }
    Ok(crate::domain::allocation::Pin {
        outcome: outcome.to_owned(),
        course: course.map(str::to_owned),
    })
}
