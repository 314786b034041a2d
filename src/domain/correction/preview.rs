//! What would follow from a correction: for every outcome what stands on it, and what becomes of that. No state is without an
//! answer, and the same facts give the same text, so that a digest tells one preview from another.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::CorrectionKind;
use crate::domain::claim::{ClaimStatus, Verdict};
use crate::domain::credit::{CourseCredit, Credit};
use crate::domain::lot::{LotBalance, Pocket};
use crate::domain::movement::{MovementKind, hex};
use crate::domain::outcome::OutcomeStatus;

/// An outcome with everything that stands on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    pub learner_id: Uuid,
    pub outcome_id: Uuid,
    pub certificate_number: Option<String>,
    pub awarded_on: NaiveDate,
    pub status: OutcomeStatus,
    pub lot: Option<(Uuid, LotBalance)>,
    /// By claims whose use of it stands.
    pub uses: Vec<AffectedUse>,
    /// The credentials that say it and count.
    pub credentials: Vec<Uuid>,
}

/// A claim that uses an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AffectedUse {
    pub claim_id: Uuid,
    /// Who decides; the bank itself where there is none.
    pub institution_id: Option<Uuid>,
    pub status: ClaimStatus,
    pub verdict: Option<Verdict>,
    /// How much of the outcome's lot.
    pub amount: Credit,
    /// What else it uses.
    pub others: Vec<Part>,
    pub decision_number: Option<String>,
    /// What it bought with the outcome, if it was granted.
    pub bought: Vec<Bought>,
}

/// A part of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = LotPart)]
pub struct Part {
    pub outcome_id: Uuid,
    pub lot_id: Uuid,
    pub amount: Credit,
}

/// What credit of an outcome bought in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Bought {
    pub conversion_id: Uuid,
    pub programme_id: Uuid,
    pub programme_code: String,
    /// The code of the course, or of the bucket where it is free credit.
    pub place: String,
    pub amount: CourseCredit,
}

/// A lot as a preview shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LotNow {
    pub lot_id: Uuid,
    pub granted: Credit,
    pub available: Credit,
    pub held: Credit,
    pub redeemed: Credit,
    /// Stays so: nobody can use it.
    pub expired: Credit,
    pub reversed: Credit,
}

impl LotNow {
    fn of(lot_id: Uuid, balance: &LotBalance) -> Self {
        Self {
            lot_id,
            granted: balance.granted_amount(),
            available: balance.pocket(Pocket::Available),
            held: balance.pocket(Pocket::Held),
            redeemed: balance.pocket(Pocket::Redeemed),
            expired: balance.pocket(Pocket::Expired),
            reversed: balance.pocket(Pocket::Reversed),
        }
    }
}

/// What follows for what stands on an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
#[schema(as = CorrectionConsequence)]
pub enum Consequence {
    /// The outcome does not stand any more: nothing is done.
    Nothing {},
    /// Available credit is reversed.
    Reverse { lot_id: Uuid, amount: Credit },
    /// A claim that waits for a verdict ends; what else it holds is available again. The learner may claim anew.
    VoidClaim {
        claim_id: Uuid,
        institution_id: Option<Uuid>,
        /// Absent where it holds an outcome without credit.
        lot_id: Option<Uuid>,
        /// Held credit of the outcome, which is reversed.
        amount: Credit,
        released: Vec<Part>,
    },
    /// Credit is used: the institution decides again. Until then everything stays as it is.
    Reopen {
        claim_id: Uuid,
        institution_id: Uuid,
        decision_number: Option<String>,
        amount: Credit,
        bought: Vec<Bought>,
    },
    /// Credentials that say it are revoked, with everything else that they say.
    RevokeCredentials { credential_ids: Vec<Uuid> },
    /// What the outcome that takes its place brings, by the rules in force.
    Replace { credit: Credit, reason: Option<String> },
}

/// An outcome of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PreviewItem {
    pub learner_id: Uuid,
    pub outcome_id: Uuid,
    pub certificate_number: Option<String>,
    pub awarded_on: NaiveDate,
    pub status: OutcomeStatus,
    pub lot: Option<LotNow>,
    pub consequences: Vec<Consequence>,
}

/// What follows in all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CorrectionCounts)]
pub struct Counts {
    /// Outcomes that end; those that ended before are not among them.
    pub outcomes: usize,
    pub learners: usize,
    /// Outcomes of which credit is held or used.
    pub in_use: usize,
    /// Bank credit that is reversed at once, available and held.
    #[schema(example = "18.00")]
    pub reversed: String,
    pub claims_voided: usize,
    pub cases: usize,
    /// Credentials that are revoked.
    pub credentials: usize,
    /// Those that are told: whose outcomes they are, and who decides or decided the claims.
    pub institutions: Vec<Uuid>,
}

/// A credit movement that a preview leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub lot_id: Uuid,
    pub kind: MovementKind,
    pub source: Pocket,
    pub target: Pocket,
    pub amount: Credit,
}

/// How a claim's use of credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Holds,
    Used,
    Over,
}

fn stage(status: ClaimStatus, verdict: Option<Verdict>) -> Stage {
    match (status, verdict) {
        (ClaimStatus::Appealed, Some(Verdict::Refuse)) => Stage::Holds,
        (ClaimStatus::Granted, _) | (ClaimStatus::Appealed | ClaimStatus::Closed, Some(Verdict::Grant)) => Stage::Used,
        (status, _) if status.is_open() => Stage::Holds,
        _ => Stage::Over,
    }
}

/// What follows for each of some outcomes, in the order of learners and outcomes. `replacement` is what the outcome that takes
/// the place of a corrected one would bring.
pub fn preview(affected: &[Affected], replacement: Option<&(Credit, Option<String>)>) -> Vec<PreviewItem> {
    let ending: BTreeSet<Uuid> = affected.iter().map(|one| one.outcome_id).collect();
    let mut items: Vec<PreviewItem> = affected
        .iter()
        .map(|one| PreviewItem {
            learner_id: one.learner_id,
            outcome_id: one.outcome_id,
            certificate_number: one.certificate_number.clone(),
            awarded_on: one.awarded_on,
            status: one.status,
            lot: one.lot.as_ref().map(|(lot_id, balance)| LotNow::of(*lot_id, balance)),
            consequences: consequences(one, &ending, replacement),
        })
        .collect();
    items.sort_by_key(|item| (item.learner_id, item.outcome_id));
    items
}

fn consequences(one: &Affected, ending: &BTreeSet<Uuid>, replacement: Option<&(Credit, Option<String>)>) -> Vec<Consequence> {
    if !one.status.may_be_corrected() {
        return vec![Consequence::Nothing {}];
    }
    let mut follows = Vec::new();
    if let Some((lot_id, balance)) = &one.lot {
        let amount = balance.pocket(Pocket::Available);
        if amount > Credit::ZERO {
            follows.push(Consequence::Reverse { lot_id: *lot_id, amount });
        }
    }
    let mut uses: Vec<&AffectedUse> = one.uses.iter().collect();
    uses.sort_by_key(|used| used.claim_id);
    for used in uses {
        match (stage(used.status, used.verdict), used.institution_id) {
            (Stage::Holds, institution_id) => {
                let mut released: Vec<Part> = used
                    .others
                    .iter()
                    .filter(|part| !ending.contains(&part.outcome_id))
                    .copied()
                    .collect();
                released.sort_by_key(|part| part.lot_id);
                follows.push(Consequence::VoidClaim {
                    claim_id: used.claim_id,
                    institution_id,
                    lot_id: one.lot.as_ref().map(|(lot_id, _)| *lot_id).filter(|_| used.amount > Credit::ZERO),
                    amount: used.amount,
                    released,
                });
            }
            (Stage::Used, Some(institution_id)) => {
                let mut bought = used.bought.clone();
                bought.sort_by_key(|one| one.conversion_id);
                follows.push(Consequence::Reopen {
                    claim_id: used.claim_id,
                    institution_id,
                    decision_number: used.decision_number.clone(),
                    amount: used.amount,
                    bought,
                });
            }
            // What the bank itself granted is the lot, which is reversed; what is over uses nothing.
            (Stage::Used, None) | (Stage::Over, _) => {}
        }
    }
    if !one.credentials.is_empty() {
        let mut credential_ids = one.credentials.clone();
        credential_ids.sort_unstable();
        follows.push(Consequence::RevokeCredentials { credential_ids });
    }
    follows.extend(replacement.map(|(credit, reason)| Consequence::Replace {
        credit: *credit,
        reason: reason.clone(),
    }));
    follows
}

impl PreviewItem {
    /// Its one text.
    pub fn canonical(&self) -> String {
        // A struct of words, numbers and ids always serialises; an empty text would only be another digest.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether an institution decides again on a claim because of it.
    pub fn reopens(&self, claim_id: Uuid) -> bool {
        let reopens = |consequence: &Consequence| matches!(consequence, Consequence::Reopen { claim_id: own, .. } if *own == claim_id);
        self.consequences.iter().any(reopens)
    }

    /// Whether the outcome ends by it.
    pub fn ends(&self) -> bool {
        self.status.may_be_corrected()
    }
}

/// What identifies a preview: SHA-256 in hexadecimal over what was asked for and the text of every item, a line each.
pub fn digest(kind: CorrectionKind, asked: &str, items: &[PreviewItem]) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("credit-bank/correction/v1\n{kind}\n{asked}\n"));
    for item in items {
        digest.update(item.canonical());
        digest.update("\n");
    }
    hex(&digest.finalize())
}

/// What follows in all, for outcomes of an institution.
pub fn counts(institution_id: Uuid, items: &[PreviewItem]) -> Counts {
    let (mut voided, mut cases, mut institutions) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::from([institution_id]));
    let mut credentials: BTreeSet<Uuid> = BTreeSet::new();
    let (mut reversed, mut in_use) = (0_i128, 0);
    for item in items {
        let mut uses = false;
        for consequence in &item.consequences {
            match consequence {
                Consequence::Nothing {} | Consequence::Replace { .. } => {}
                Consequence::RevokeCredentials { credential_ids } => credentials.extend(credential_ids),
                Consequence::Reverse { amount, .. } => reversed += i128::from(amount.hundredths()),
                Consequence::VoidClaim {
                    claim_id,
                    institution_id,
                    amount,
                    ..
                } => {
                    uses = true;
                    voided.insert(*claim_id);
                    institutions.extend(*institution_id);
                    reversed += i128::from(amount.hundredths());
                }
                Consequence::Reopen {
                    claim_id, institution_id, ..
                } => {
                    uses = true;
                    cases.insert(*claim_id);
                    institutions.insert(*institution_id);
                }
            }
        }
        in_use += usize::from(uses);
    }
    let ending = || items.iter().filter(|item| item.ends());
    Counts {
        outcomes: ending().count(),
        learners: ending().map(|item| item.learner_id).collect::<BTreeSet<_>>().len(),
        in_use,
        reversed: format!("{}.{:02}", reversed / 100, reversed % 100),
        claims_voided: voided.len(),
        cases: cases.len(),
        credentials: credentials.len(),
        institutions: institutions.into_iter().collect(),
    }
}

/// How credit moves at once: what is available or held of the outcomes is reversed, what else their claims hold is released.
pub fn moves(items: &[PreviewItem]) -> Vec<Move> {
    let mut moves = Vec::new();
    let mut released_by: BTreeSet<Uuid> = BTreeSet::new();
    let reverse = |lot_id, source, amount| Move {
        lot_id,
        kind: MovementKind::Reverse,
        source,
        target: Pocket::Reversed,
        amount,
    };
    for consequence in items.iter().flat_map(|item| &item.consequences) {
        match consequence {
            Consequence::Reverse { lot_id, amount } => moves.push(reverse(*lot_id, Pocket::Available, *amount)),
            Consequence::VoidClaim {
                claim_id,
                lot_id,
                amount,
                released,
                ..
            } => {
                moves.extend(lot_id.map(|lot_id| reverse(lot_id, Pocket::Held, *amount)));
                // Of two outcomes in one claim each names what else it holds; that is released once.
                if released_by.insert(*claim_id) {
                    moves.extend(released.iter().map(|part| Move {
                        lot_id: part.lot_id,
                        kind: MovementKind::Release,
                        source: Pocket::Held,
                        target: Pocket::Available,
                        amount: part.amount,
                    }));
                }
            }
            Consequence::Nothing {} | Consequence::Reopen { .. } | Consequence::RevokeCredentials { .. } | Consequence::Replace { .. } => {}
        }
    }
    moves
}
