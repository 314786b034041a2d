//! Submitting: the learner claims, and in the same transaction exactly the lots concerned are held.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::view::{ClaimView, view_of};
use super::{Claim, SUBJECT, Step, calendar, conversion, damaged, effect, note_step, recognition, standing_of};
use crate::domain::claim::case::{ClaimCase, Stepped};
use crate::domain::claim::rules::ClaimRules;
use crate::domain::claim::{ClaimEvent, ClaimKind, ClaimStatus};
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::text::is_prose;
use crate::ops::access::{Whose, learner_of};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::attach;
use crate::ops::once::once;
use crate::store::claims::{self as store, ClaimRow, UseRow};
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::Taken;
use crate::store::journal::tell;
use crate::store::records;
use crate::store::types::{At, Key};

pub use super::recognition::{Declared, RecognitionSubject};

/// The most claims of one learner that wait for a verdict.
const WAITING_MAX: i64 = 50;

/// A claim of the caller.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(example = json!({ "kind": "conversion", "worth_id": "01985a3e-7c00-7000-8000-000000000001", "statement": "申请以证书转换专业核心课程" }))]
pub enum NewClaim {
    /// Course credit at a programme: what an answer says that was kept today.
    Conversion {
        worth_id: Uuid,
        #[serde(default)]
        #[schema(max_length = 2000)]
        statement: Option<String>,
        /// Files that the learner uploaded.
        #[serde(default)]
        #[schema(max_items = 20)]
        evidence: Vec<Uuid>,
    },
    /// Bank credit for an outcome that no rule valued, or that the learner declares.
    Recognition {
        subject: RecognitionSubject,
        #[schema(min_length = 1, max_length = 2000)]
        statement: String,
        /// Files that the learner uploaded; what is declared needs some.
        #[serde(default)]
        #[schema(max_items = 20)]
        evidence: Vec<Uuid>,
    },
}

impl NewClaim {
    fn kind(&self) -> ClaimKind {
        match self {
            Self::Conversion { .. } => ClaimKind::Conversion,
            Self::Recognition { .. } => ClaimKind::Recognition,
        }
    }

    fn statement(&self) -> Option<&str> {
        match self {
            Self::Conversion { statement, .. } => statement.as_deref(),
            Self::Recognition { statement, .. } => Some(statement),
        }
    }

    fn evidence(&self) -> &[Uuid] {
        match self {
            Self::Conversion { evidence, .. } | Self::Recognition { evidence, .. } => evidence,
        }
    }

    fn check(&self) -> Result<(), Rejection> {
        let lawful = |statement: &str| is_prose(statement, ClaimEvent::REASON_CHARACTERS_MAX);
        if !self.statement().is_none_or(lawful) {
            return Err(Rejection::field("/statement", "must have 1 to 2000 visible characters"));
        }
        match self {
            Self::Recognition {
                subject: RecognitionSubject::Declared(_),
                evidence,
                ..
            } if evidence.is_empty() => Err(Rejection::field("/evidence", "must be given")),
            Self::Recognition { subject, .. } => subject.check(),
            Self::Conversion { .. } => Ok(()),
        }
    }
}

/// What a claim uses of one outcome.
pub(super) struct Used {
    pub(super) outcome_id: Uuid,
    /// Absent where the outcome has no credit to hold.
    pub(super) lot_id: Option<Uuid>,
    pub(super) amount_hundredths: i64,
    /// Whether it is in this claim only. What has a lot is divided by the lot.
    pub(super) whole: bool,
}

/// What a new claim is about, as it is stored.
pub(super) struct Subject {
    pub(super) institution_id: Option<Uuid>,
    pub(super) programme_id: Option<Uuid>,
    pub(super) outcome_id: Option<Uuid>,
    pub(super) worth_id: Option<Uuid>,
    pub(super) recognised_hundredths: Option<i64>,
    pub(super) rules: ClaimRules,
    pub(super) panel: u8,
    pub(super) subject: String,
    pub(super) uses: Vec<Used>,
}

/// Submits a claim. What a conversion uses is held by it from now on.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `TooManyClaims`, `CreditHeld`, `WorthOutdated`, `NothingToConvert`, and what the policy answers.
pub fn submit_claim(bank: &Bank, context: &Context, key: Option<&str>, new: &NewClaim) -> Result<ClaimView, OpError> {
    new.check()?;
    let submitted = bank.store.write(|conn| {
        once(bank, context, conn, "submit_claim", key, new, |conn| {
            let learner = learner_of(conn, context, Whose::Own, "submit_claim")?;
            let actor = context.somebody(conn)?;
            policy::allowed(&actor, Action::SubmitClaim, Resource::Learner(learner.learner_id.0))?;
            // Of two at once the second finds the credit held, and by which claim.
            records::lock_learner(conn, learner.learner_id.0)?;
            let waiting: Vec<&str> = ClaimStatus::ALL
                .iter()
                .filter(|status| status.is_open())
                .map(|status| status.as_str())
                .collect();
            if store::count_waiting(conn, learner.learner_id.0, &waiting)? >= WAITING_MAX {
                return Err(Rejection::TooManyClaims { claims_max: WAITING_MAX }.into());
            }
            let subject = match new {
                NewClaim::Conversion { worth_id, .. } => conversion::subject(bank, context, conn, &learner, *worth_id)?,
                NewClaim::Recognition { subject, .. } => recognition::subject(bank, context, conn, &learner, subject)?,
            };
            let claim = inserted(bank, context, conn, &learner, new, subject)?;
            let institution_id = claim.row.institution_id.as_ref().map(|key| key.0);
            let claim_id = claim.row.claim_id.0;
            attach(
                conn,
                context,
                learner.learner_id.0,
                new.evidence(),
                SUBJECT,
                claim_id,
                institution_id,
            )?;
            let step = Step {
                event: "submit",
                actor: &actor,
                reason: new.statement(),
                details: serde_json::json!({}),
            };
            note_step(bank, context, conn, &claim.row, &step, bank.day(context.now))?;
            let mut told = context
                .told("submit_claim", "claim", claim.row.claim_id.0)
                .of_learner(learner.learner_id.0)
                .with(serde_json::json!({ "kind": new.kind() }));
            told.institution_id = institution_id;
            tell(conn, &[told])?;
            view_of(bank, context, conn, &actor, &claim)
        })
    });
    submitted.map_err(|error| match &error {
        // Somebody else's write came between: the next reading tells which claim it is.
        OpError::Store(failure) if failure.taken() == Some(Taken::OutcomeInClaim) => Rejection::OutcomeInClaim {}.into(),
        _ => error,
    })
}

fn inserted(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    learner: &LearnerRow,
    new: &NewClaim,
    subject: Subject,
) -> Result<Claim, OpError> {
    let (claim_id, today) = (Uuid::now_v7(), bank.day(context.now));
    let learner_id = learner.learner_id.0;
    let Stepped { case, effect } = ClaimCase::submitted(new.kind(), learner_id, subject.panel, today);
    let due = case.state.due(case.since, &subject.rules, &calendar(conn)?);
    let row = ClaimRow {
        learner_id: Key(learner_id),
        claim_id: Key(claim_id),
        kind: new.kind().to_string(),
        institution_id: subject.institution_id.map(Key),
        programme_id: subject.programme_id.map(Key),
        outcome_id: subject.outcome_id.map(Key),
        status: case.state.status().to_string(),
        verdict: None,
        standing: standing_of(claim_id, &case)?,
        edition: 1,
        since: case.since,
        due_on: due.map(|due| due.on),
        due: due.map(|due| due.what.to_string()),
        submitted_at: At(context.now),
        changed_at: At(context.now),
        rules: serde_json::to_string(&subject.rules).map_err(|_| damaged(claim_id))?,
        subject: subject.subject,
        worth_id: subject.worth_id.map(Key),
        recognised_hundredths: subject.recognised_hundredths,
        decision_number: None,
        decided_on: None,
        escalated_edition: 0,
        left_by: None,
    };
    let uses: Vec<UseRow> = subject
        .uses
        .into_iter()
        .map(|used| UseRow {
            learner_id: Key(learner_id),
            claim_id: Key(claim_id),
            outcome_id: Key(used.outcome_id),
            lot_id: used.lot_id.map(Key),
            amount_hundredths: used.amount_hundredths,
            whole: used.whole,
            standing: true,
        })
        .collect();
    store::insert(conn, &row, &uses)?;
    let claim = Claim {
        row,
        case,
        rules: subject.rules,
    };
    if let Some(effect) = effect {
        effect::apply(bank, context, conn, &claim, effect)?;
    }
    Ok(claim)
}

/// Why a use cannot be begun: the claim that has it, if another has.
pub(super) fn refuse_held(
    conn: &mut Conn,
    learner_id: Uuid,
    outcome_ids: &[Uuid],
    needed: impl Fn(&UseRow) -> bool,
) -> Result<(), OpError> {
    let standing = store::standing_uses(conn, learner_id, outcome_ids)?;
    match standing.into_iter().find(needed) {
        Some(held) => Err(Rejection::CreditHeld {
            claim_id: held.claim_id.0,
            outcome_id: held.outcome_id.0,
        }
        .into()),
        None => Ok(()),
    }
}
