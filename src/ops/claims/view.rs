//! A claim as it is shown to those who may see it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::conversion::kept;
use super::recognition::RecognitionSubject;
use super::{Claim, OBJECTION, SUBJECT, calendar, damaged, objection_place, reason_place};
use crate::domain::actor::Actor;
use crate::domain::allocation::{Allocation, Award};
use crate::domain::bilingual::Bilingual;
use crate::domain::claim::clock::Due;
use crate::domain::claim::rules::ClaimRules;
use crate::domain::claim::{ClaimKind, ClaimStatus, ObjectionAnswer, Verdict};
use crate::domain::credit::{CourseCredit, Credit};
use crate::ops::context::{Bank, Context};
use crate::ops::disputes::{Dispute, disputes};
use crate::ops::error::OpError;
use crate::ops::evidence::{EvidenceFile, of_subject};
use crate::ops::identity::{MaskedLearner, masked};
use crate::ops::names::{Ids, NamedOutcome, Names};
use crate::store::claims::{self as store, ClaimRow, StepRow};
use crate::store::connection::Conn;
use crate::store::conversions::{self, ConversionRow};
use crate::store::error::StoreError;
use crate::store::objections::{self, ObjectionRow};
use crate::store::records;

/// Something that happened to a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimStep {
    pub sequence: i64,
    /// What was done.
    #[schema(example = "propose")]
    pub event: String,
    pub status: ClaimStatus,
    pub verdict: Option<Verdict>,
    /// Who did it; not told to the claimant, who deals with the institution.
    pub actor_name: Option<String>,
    pub reason: Option<String>,
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
    pub on: NaiveDate,
    pub at: DateTime<Utc>,
}

/// An outcome that a claim uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimUse {
    pub outcome_id: Uuid,
    pub lot_id: Option<Uuid>,
    /// How much of the lot it holds, or used.
    pub amount: Credit,
    /// Whether it holds it now, or has used it.
    pub standing: bool,
    /// The learner's open request to correct the outcome; those who decide see it, and it blocks nothing.
    pub dispute: Option<Dispute>,
}

/// What a granted claim bought, beside the original values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Conversion {
    pub conversion_id: Uuid,
    pub claim_id: Uuid,
    pub institution_id: Uuid,
    pub programme_id: Uuid,
    pub outcome_id: Uuid,
    /// The course or bucket, the amount, the clause, what is recorded.
    pub award: Award,
    /// Grade, scale, score, hours, credits and certificate as they were given.
    #[schema(value_type = Object)]
    pub original: serde_json::Value,
    pub decision_number: String,
    pub decided_on: NaiveDate,
    /// When it was taken back, if it was.
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_because: Option<String>,
}

/// An objection to what is on public notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Objection {
    pub objection_id: Uuid,
    pub claim_id: Uuid,
    pub raised_on: NaiveDate,
    pub text: String,
    /// Told to those who decide.
    pub raised_by_name: Option<String>,
    pub answer: Option<ObjectionAnswer>,
    pub answer_reason: Option<String>,
    /// The files that came with it, for those who decide and whoever raised it.
    pub evidence: Vec<EvidenceFile>,
}

/// Where the votes of the present round stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PanelView {
    pub size: u8,
    pub for_grant: usize,
    pub for_refusal: usize,
}

/// A claim in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimSummary {
    pub claim_id: Uuid,
    pub learner_id: Uuid,
    pub kind: ClaimKind,
    /// Who decides; the bank itself where it is absent.
    pub institution_id: Option<Uuid>,
    pub institution_name: Option<String>,
    pub programme_id: Option<Uuid>,
    pub programme_name: Option<Bilingual>,
    /// What the outcome is called that is to be recognised.
    pub achievement_name: Option<Bilingual>,
    pub status: ClaimStatus,
    pub verdict: Option<Verdict>,
    pub edition: i64,
    /// The day on which it came to its status.
    pub since: NaiveDate,
    pub due: Option<Due>,
    /// How many working days are left, with the last one.
    pub left_working_days: u32,
    /// By how many working days it is overdue.
    pub overdue_working_days: u32,
    pub submitted_at: DateTime<Utc>,
    /// Course credit of a conversion, bank credit of a recognition.
    #[schema(value_type = Option<String>, example = "8.00")]
    pub recognised: Option<CourseCredit>,
    pub decision_number: Option<String>,
    pub decided_on: Option<NaiveDate>,
}

/// A claim with everything that it stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimView {
    #[serde(flatten)]
    pub summary: ClaimSummary,
    pub learner: MaskedLearner,
    pub rules: ClaimRules,
    pub panel: PanelView,
    pub subject: Option<RecognitionSubject>,
    pub outcome_id: Option<Uuid>,
    /// The kept answer that a conversion claims.
    pub worth_id: Option<Uuid>,
    pub judged_by: Vec<super::super::worth::JudgedBy>,
    pub allocation: Option<Allocation>,
    /// What the outcomes are called that it names.
    pub outcomes: Vec<NamedOutcome>,
    pub uses: Vec<ClaimUse>,
    pub conversions: Vec<Conversion>,
    pub objections: Vec<Objection>,
    /// The files that came with it.
    pub evidence: Vec<EvidenceFile>,
    pub steps: Vec<ClaimStep>,
}

/// What is named in lists of claims.
pub(super) struct ClaimNames {
    names: Names,
}

impl ClaimNames {
    /// The names that some claims need, and those of further outcomes.
    pub(super) fn load(conn: &mut Conn, claims: &[Claim], outcome_ids: Vec<Uuid>) -> Result<Self, StoreError> {
        let rows = || claims.iter().map(|claim| &claim.row);
        let mut ids = Ids {
            institutions: rows().filter_map(|row| row.institution_id.as_ref()).map(|key| key.0).collect(),
            programmes: rows().filter_map(|row| row.programme_id.as_ref()).map(|key| key.0).collect(),
            achievements: Vec::new(),
            outcomes: outcome_ids,
        };
        ids.outcomes
            .extend(rows().filter_map(|row| row.outcome_id.as_ref()).map(|key| key.0));
        for claim in claims {
            if let Some(RecognitionSubject::Declared(declared)) = claim.recognition()? {
                ids.achievements.push(declared.achievement_id);
            }
        }
        Ok(Self {
            names: Names::load(conn, &ids)?,
        })
    }

    /// What the outcome is called that a claim is about.
    fn achievement(&self, claim: &Claim) -> Result<Option<Bilingual>, StoreError> {
        Ok(match claim.recognition()? {
            None => None,
            Some(RecognitionSubject::Outcome { outcome_id }) => self.names.outcome(outcome_id),
            Some(RecognitionSubject::Declared(declared)) => self.names.achievement(declared.achievement_id),
        })
    }
}

/// A claim in a list, on a day.
pub(super) fn summary_of(
    claim: &Claim,
    names: &ClaimNames,
    today: NaiveDate,
    working_days: &crate::domain::working_days::WorkingDays,
) -> Result<ClaimSummary, StoreError> {
    let row = &claim.row;
    let due = claim.case.state.due(claim.case.since, &claim.rules, working_days);
    let recognised = row.recognised_hundredths.map(CourseCredit::from_hundredths).transpose();
    Ok(ClaimSummary {
        claim_id: row.claim_id.0,
        learner_id: row.learner_id.0,
        kind: claim.case.kind,
        institution_id: row.institution_id.as_ref().map(|key| key.0),
        institution_name: row.institution_id.as_ref().and_then(|key| names.names.institution(key.0)),
        programme_id: row.programme_id.as_ref().map(|key| key.0),
        programme_name: row.programme_id.as_ref().and_then(|key| names.names.programme(key.0)),
        achievement_name: names.achievement(claim)?,
        status: claim.case.state.status(),
        verdict: claim.case.state.verdict(),
        edition: row.edition,
        since: claim.case.since,
        due,
        left_working_days: due.map_or(0, |due| working_days.count_between(today, due.on).days),
        overdue_working_days: due.map_or(0, |due| due.overdue_working_days(today, working_days)),
        submitted_at: row.submitted_at.0,
        recognised: recognised.map_err(|_| damaged(row.claim_id.0))?,
        decision_number: row.decision_number.clone(),
        decided_on: row.decided_on,
    })
}

/// The whole claim, for the claimant or for those who decide.
pub(super) fn view_of(bank: &Bank, context: &Context, conn: &mut Conn, actor: &Actor, claim: &Claim) -> Result<ClaimView, OpError> {
    let row = &claim.row;
    let broken = || damaged(row.claim_id.0);
    let own = actor.learner_id() == Some(row.learner_id.0);
    let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(broken)?;
    let (mut allocation, mut judged_by) = (None, Vec::new());
    if let Some(worth_id) = &row.worth_id {
        let (_, question, found) = kept(conn, row.learner_id.0, worth_id.0)?;
        judged_by = question.versions.iter().map(super::super::worth::JudgedBy::from).collect();
        allocation = Some(found);
    }
    let uses = store::uses(conn, row)?;
    let outcome_ids: Vec<Uuid> = uses.iter().map(|used| used.outcome_id.0).collect();
    let disputed = disputes(conn, &[row.learner_id.0], &outcome_ids)?;
    let uses = uses.into_iter().map(|used| {
        Ok(ClaimUse {
            outcome_id: used.outcome_id.0,
            lot_id: used.lot_id.map(|key| key.0),
            amount: Credit::from_hundredths(used.amount_hundredths).map_err(|_| broken())?,
            standing: used.standing,
            dispute: disputed.get(&used.outcome_id.0).copied(),
        })
    });
    let uses = uses.collect::<Result<_, StoreError>>()?;
    let bought = conversions::list(conn, row.learner_id.0, None)?;
    let bought = bought.into_iter().filter(|bought| bought.claim_id == row.claim_id);
    let steps = store::steps(conn, row)?;
    let verdicts = allocation.iter().flat_map(|allocation| &allocation.verdicts);
    let mut named: Vec<Uuid> = verdicts.filter_map(|verdict| Uuid::parse_str(&verdict.outcome).ok()).collect();
    named.extend(row.outcome_id.as_ref().map(|key| key.0));
    named.extend(
        outcome_ids
            .iter()
            .copied()
            .filter(|outcome_id| !named.contains(outcome_id))
            .collect::<Vec<_>>(),
    );
    let names = ClaimNames::load(conn, std::slice::from_ref(claim), named.clone())?;
    let objections = objections::list(conn, row)?;
    let votes = |verdict| claim.case.panel.votes_for(verdict);
    Ok(ClaimView {
        summary: summary_of(claim, &names, bank.day(context.now), &calendar(conn)?)?,
        learner: masked(bank, &learner)?,
        rules: claim.rules,
        panel: PanelView {
            size: claim.case.panel.size,
            for_grant: votes(Verdict::Grant),
            for_refusal: votes(Verdict::Refuse),
        },
        subject: claim.recognition()?,
        outcome_id: row.outcome_id.as_ref().map(|key| key.0),
        worth_id: row.worth_id.as_ref().map(|key| key.0),
        judged_by,
        allocation,
        outcomes: names.names.of_outcomes(&named),
        uses,
        conversions: bought.map(Conversion::try_from).collect::<Result<_, StoreError>>()?,
        objections: objections
            .iter()
            .map(|row| objection_of(bank, conn, row, !own))
            .collect::<Result<_, OpError>>()?,
        evidence: of_subject(bank, conn, row.learner_id.0, SUBJECT, row.claim_id.0)?,
        steps: steps.iter().map(|step| step_of(bank, step, !own)).collect::<Result<_, OpError>>()?,
    })
}

pub(super) fn step_of(bank: &Bank, row: &StepRow, names: bool) -> Result<ClaimStep, OpError> {
    let broken = || damaged(row.claim_id.0);
    let open = |sealed: &Vec<u8>| -> Result<String, OpError> {
        let plain = bank.sealer.open(sealed, &reason_place(row.claim_id.0, row.sequence))?;
        Ok(std::str::from_utf8(&plain).map_err(|_| broken())?.to_owned())
    };
    Ok(ClaimStep {
        sequence: row.sequence,
        event: row.event.clone(),
        status: ClaimStatus::parse(&row.status).ok_or_else(broken)?,
        verdict: row.verdict.as_deref().and_then(Verdict::parse),
        actor_name: names.then(|| row.actor_name.clone()),
        reason: row.reason_sealed.as_ref().map(open).transpose()?,
        details: serde_json::from_str(&row.details).map_err(|_| broken())?,
        on: row.on_day,
        at: row.at.0,
    })
}

pub(super) fn objection_of(bank: &Bank, conn: &mut Conn, row: &ObjectionRow, names: bool) -> Result<Objection, OpError> {
    let plain = bank.sealer.open(&row.text_sealed, &objection_place(row.objection_id.0))?;
    Ok(Objection {
        objection_id: row.objection_id.0,
        claim_id: row.claim_id.0,
        raised_on: row.raised_on,
        text: std::str::from_utf8(&plain).map_err(|_| damaged(row.claim_id.0))?.to_owned(),
        raised_by_name: names.then(|| row.raised_by_name.clone()),
        answer: row.answer.as_deref().and_then(ObjectionAnswer::parse),
        answer_reason: row.answer_reason.clone(),
        evidence: match row.raised_by_learner_id.as_ref().filter(|_| names) {
            Some(learner_id) => {
                // The files went along where the objector was merged into another since.
                let owner = records::learner(conn, learner_id.0)?.ok_or_else(|| damaged(row.claim_id.0))?;
                of_subject(bank, conn, owner.learner_id.0, OBJECTION, row.objection_id.0)?
            }
            None => Vec::new(),
        },
    })
}

impl TryFrom<ConversionRow> for Conversion {
    type Error = StoreError;

    fn try_from(row: ConversionRow) -> Result<Self, StoreError> {
        let broken = |_| damaged(row.claim_id.0);
        Ok(Self {
            conversion_id: row.conversion_id.0,
            claim_id: row.claim_id.0,
            institution_id: row.institution_id.0,
            programme_id: row.programme_id.0,
            outcome_id: row.outcome_id.0,
            award: serde_json::from_str(&row.award).map_err(broken)?,
            original: serde_json::from_str(&row.original).map_err(broken)?,
            decision_number: row.decision_number,
            decided_on: row.decided_on,
            ended_at: row.ended_at.map(|at| at.0),
            ended_because: row.ended_because,
        })
    }
}

impl Claim {
    /// Reads a row for a list.
    pub(super) fn read(row: ClaimRow) -> Result<Self, OpError> {
        Ok(Self::of(row)?)
    }

    /// What it asks to have recognised; nothing where it asks for a conversion.
    fn recognition(&self) -> Result<Option<RecognitionSubject>, StoreError> {
        match self.case.kind {
            ClaimKind::Recognition => Ok(Some(
                serde_json::from_str(&self.row.subject).map_err(|_| damaged(self.row.claim_id.0))?,
            )),
            ClaimKind::Conversion => Ok(None),
        }
    }
}
