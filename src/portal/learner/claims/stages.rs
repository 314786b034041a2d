//! The way of a claim: what is done, where it is, and what comes next, each with its length in working days.

use crate::domain::claim::ClaimStatus;
use crate::domain::claim::rules::ClaimRules;
use crate::ops::claims::view::ClaimView;
use crate::portal::frame::Frame;

/// How a stage stands to where the claim is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Done,
    Here,
    ToCome,
}

/// A stage of the way.
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) about: String,
    standing: Standing,
}

impl Stage {
    /// The class that shows how it stands.
    pub(super) fn class(&self) -> &'static str {
        match self.standing {
            Standing::Done => "past",
            Standing::Here => "here",
            Standing::ToCome => "later",
        }
    }

    /// The text that says how it stands.
    pub(super) fn said(&self) -> &'static str {
        match self.standing {
            Standing::Done => "claims-stage-past",
            Standing::Here => "claims-stage-here",
            Standing::ToCome => "claims-stage-later",
        }
    }

    pub(super) fn is_here(&self) -> bool {
        self.standing == Standing::Here
    }
}

/// The stages in their order, with their lengths.
fn stages(rules: &ClaimRules) -> Vec<(&'static str, u8)> {
    let mut stages = vec![
        ("submitted", 0),
        ("taken", rules.take_working_days),
        ("reviewed", rules.review_working_days),
        ("approved", rules.approval_working_days),
    ];
    if rules.gives_notice() {
        stages.push(("notice", rules.notice_working_days));
    }
    stages.extend([("decided", 0), ("appeal", rules.appeal_working_days)]);
    stages
}

/// The stage in which a claim is; nothing where it left the way.
fn stage_of(status: ClaimStatus) -> Option<&'static str> {
    match status {
        ClaimStatus::Submitted => Some("taken"),
        ClaimStatus::InReview | ClaimStatus::InformationAsked => Some("reviewed"),
        ClaimStatus::Proposed => Some("approved"),
        ClaimStatus::OnNotice => Some("notice"),
        ClaimStatus::Granted | ClaimStatus::Refused | ClaimStatus::Appealed => Some("appeal"),
        ClaimStatus::Closed | ClaimStatus::Withdrawn | ClaimStatus::Lapsed | ClaimStatus::Voided => None,
    }
}

/// Whether a stage is on the way of a claim that came through these states: once it is decided, a notice that did not take place is
/// not, for what is refused has none.
fn is_on_way(stage: &str, status: ClaimStatus, past: &[ClaimStatus]) -> bool {
    stage != "notice" || status.is_open() || past.contains(&ClaimStatus::OnNotice)
}

/// The way of a claim, where it is still on it.
pub(super) fn way_of(frame: &Frame, claim: &ClaimView) -> Vec<Stage> {
    let Some(here) = stage_of(claim.summary.status) else {
        return Vec::new();
    };
    let past: Vec<ClaimStatus> = claim.steps.iter().map(|step| step.status).collect();
    let mut standing = Standing::Done;
    let mut way = Vec::new();
    for (stage, days) in stages(&claim.rules) {
        if !is_on_way(stage, claim.summary.status, &past) {
            continue;
        }
        standing = match standing {
            Standing::Done if stage == here => Standing::Here,
            Standing::Here => Standing::ToCome,
            other => other,
        };
        way.push(Stage {
            name: frame.word("claims-stage-name", stage).into_owned(),
            about: match days {
                0 => String::new(),
                days => frame.t1("claims-stage-days", "days", days).into_owned(),
            },
            standing,
        });
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_on_its_way_is_in_one_of_the_stages() {
        let rules = ClaimRules::default();
        let names: Vec<&str> = stages(&rules).into_iter().map(|(name, _)| name).collect();
        for status in ClaimStatus::ALL {
            let stage = stage_of(*status);
            assert_eq!(stage.is_none(), status.is_final(), "{status}");
            assert!(stage.is_none_or(|stage| names.contains(&stage)), "{status}");
        }
        let quick = ClaimRules {
            notice_working_days: 0,
            ..rules
        };
        assert!(stages(&quick).iter().all(|(name, _)| *name != "notice"));
    }

    #[test]
    fn a_notice_that_did_not_take_place_is_not_told() {
        use ClaimStatus as S;
        let noticed = |status, past: &[S]| is_on_way("notice", status, past);
        // What is proposed is not told before it is decided.
        assert!(noticed(S::Proposed, &[S::Submitted, S::InReview, S::Proposed]));
        assert!(noticed(S::Granted, &[S::OnNotice, S::Granted]));
        assert!(!noticed(S::Refused, &[S::Proposed, S::Refused]));
        // An objection was upheld.
        assert!(noticed(S::Refused, &[S::OnNotice, S::InReview, S::Refused]));
        assert!(!noticed(S::Appealed, &[S::Refused, S::Appealed]));
        assert!(is_on_way("appeal", S::Refused, &[]));
    }
}
