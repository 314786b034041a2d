//! The two people of the bank who merge accounts, and what is looked at afterwards.

use credit_bank::ops::context::Context;
use credit_bank::ops::error::OpError;
use credit_bank::ops::merges::decide::{MergeDecision, confirm_merge};
use credit_bank::ops::merges::reading::MergeView;
use credit_bank::ops::merges::reversal::{NewReversal, confirm_merge_reversal, propose_merge_reversal};
use credit_bank::ops::merges::{NewMerge, propose_merge};
use credit_bank::ops::users;
use credit_bank::ops::verify::verify;
use serde_json::json;
use uuid::Uuid;

use super::common::{PASSWORD, World, log_in};
use super::packs::on;

/// The day on which accounts are merged, unless another is named.
pub(crate) const MERGED: &str = "2026-12-21";

pub(crate) struct Registry<'a> {
    pub(crate) world: &'a World,
    pub(crate) one: Context,
    pub(crate) two: Context,
}

/// Somebody of the bank.
pub(crate) fn officer(world: &World, name: &str) -> Context {
    let (_, administrator) = log_in(&world.bank, "admin");
    let new = json!({ "user": { "username": name, "display_name": name, "password": PASSWORD }, "bank_role": "officer" });
    users::create_user(&world.bank, &administrator, None, &serde_json::from_value(new).unwrap()).unwrap();
    on(log_in(&world.bank, name).1, MERGED)
}

pub(crate) fn decision() -> MergeDecision {
    serde_json::from_value(json!({ "reason": "户籍证明已核对" })).unwrap()
}

impl<'a> Registry<'a> {
    pub(crate) fn open(world: &'a World) -> Self {
        let [one, two] = ["merger-1", "merger-2"].map(|name| officer(world, name));
        Self { world, one, two }
    }

    pub(crate) fn propose(&self, surviving: Uuid, absorbed: Uuid, evidence: &[Uuid]) -> Result<MergeView, OpError> {
        let new = json!({ "surviving": { "learner_id": surviving }, "absorbed": { "learner_id": absorbed }, "reason": "同一人",
            "citation": "户籍证明", "evidence": evidence });
        let new: NewMerge = serde_json::from_value(new).unwrap();
        propose_merge(&self.world.bank, &self.one, None, &new)
    }

    /// Proposed by one, confirmed by the other; the books are right.
    pub(crate) fn merge(&self, surviving: Uuid, absorbed: Uuid) -> MergeView {
        let proposed = self.propose(surviving, absorbed, &[]).unwrap();
        let merged = confirm_merge(&self.world.bank, &self.two, None, proposed.merge.merge_id, &decision()).unwrap();
        self.clean();
        merged
    }

    pub(crate) fn propose_reversal(&self, merge_id: Uuid, outcome_ids: &[Uuid]) -> Result<MergeView, OpError> {
        let new = json!({ "reason": "两个人", "outcome_ids": outcome_ids });
        let new: NewReversal = serde_json::from_value(new).unwrap();
        propose_merge_reversal(&self.world.bank, &self.two, None, merge_id, &new)
    }

    pub(crate) fn reverse(&self, merge_id: Uuid, outcome_ids: &[Uuid]) -> MergeView {
        self.propose_reversal(merge_id, outcome_ids).unwrap();
        let reversed = confirm_merge_reversal(&self.world.bank, &self.one, None, merge_id, &decision()).unwrap();
        self.clean();
        reversed
    }

    #[track_caller]
    pub(crate) fn clean(&self) {
        assert_eq!(verify(&self.world.bank).unwrap().findings, Vec::<String>::new());
    }
}
