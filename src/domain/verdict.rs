//! What is said of a credential that somebody shows: step by step, and as a whole.

use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// What is looked at, in this order.
    pub enum VerdictStep {
        Format => "format",
        Proof => "proof",
        Key => "key",
        Dates => "dates",
        Status => "status",
        IssuerTrust => "issuer_trust",
    }
}

words! {
    /// What came of a step.
    pub enum StepOutcome {
        Passed => "passed",
        Failed => "failed",
        /// Its sentence says why.
        NotChecked => "not_checked",
    }
}

words! {
    /// What a credential is worth as a whole. Whether its issuer is one that the bank knows is a step of its own and no part of it.
    pub enum CredentialStanding {
        Valid => "valid",
        Suspended => "suspended",
        Revoked => "revoked",
        Expired => "expired",
        NotYetValid => "not_yet_valid",
        /// It is not what its issuer signed.
        Invalid => "invalid",
        /// Something of it could not be checked.
        Unknown => "unknown",
    }
}

/// What came of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StepVerdict {
    pub step: VerdictStep,
    pub outcome: StepOutcome,
    /// Stable, the same in every language.
    #[schema(example = "proof_fits")]
    pub code: String,
    #[schema(example = "签名与内容相符")]
    pub sentence_chinese: String,
    #[schema(example = "The signature fits the content")]
    pub sentence_english: String,
}

/// What is said of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CredentialVerdict {
    pub standing: CredentialStanding,
    /// As the credential says; of one that is not what its issuer signed, nobody vouches for it.
    pub credential_id: Option<String>,
    pub types: Vec<String>,
    pub name: Option<String>,
    pub issuer: Option<String>,
    /// By which the bank knows the issuer; absent where it does not.
    pub issuer_name: Option<String>,
    /// The cryptosuite of its proof, or the algorithm of its JWT.
    pub secured_by: Option<String>,
    pub steps: Vec<StepVerdict>,
    /// Those that it holds, each verified by itself: the signature around a record would still fit if two of them had swapped grades.
    #[schema(no_recursion)]
    pub credentials: Vec<CredentialVerdict>,
}

impl CredentialStanding {
    /// What the outcomes and codes of the steps come to.
    pub fn of_steps(steps: &[StepVerdict]) -> Self {
        let of = |step: VerdictStep| steps.iter().find(|found| found.step == step);
        let is = |step, outcome| of(step).is_some_and(|found| found.outcome == outcome);
        let says = |step, code: &str| of(step).is_some_and(|found| found.outcome == StepOutcome::Failed && found.code == code);
        let signed = [VerdictStep::Format, VerdictStep::Proof, VerdictStep::Key];
        if signed.into_iter().any(|step| is(step, StepOutcome::Failed)) {
            Self::Invalid
        } else if !signed.into_iter().all(|step| is(step, StepOutcome::Passed)) {
            Self::Unknown
        } else if says(VerdictStep::Status, "revoked") {
            Self::Revoked
        } else if says(VerdictStep::Dates, "expired") {
            Self::Expired
        } else if says(VerdictStep::Status, "suspended") {
            Self::Suspended
        } else if says(VerdictStep::Dates, "not_yet_valid") {
            Self::NotYetValid
        } else if is(VerdictStep::Dates, StepOutcome::Failed) {
            Self::Invalid
        } else if is(VerdictStep::Status, StepOutcome::Passed) {
            Self::Valid
        } else {
            Self::Unknown
        }
    }

    /// What a record comes to that holds others: it is no better than the worst of them, but for what ran out or is still to
    /// come, since a record tells what was earned.
    pub fn holding(self, inner: impl IntoIterator<Item = Self>) -> Self {
        let rank = |standing: Self| match standing {
            Self::Valid => 0,
            Self::NotYetValid => 1,
            Self::Unknown => 2,
            Self::Suspended => 3,
            Self::Expired => 4,
            Self::Revoked => 5,
            Self::Invalid => 6,
        };
        let counts = |standing: &Self| !matches!(standing, Self::Expired | Self::NotYetValid);
        inner
            .into_iter()
            .filter(counts)
            .fold(self, |worst, next| if rank(next) > rank(worst) { next } else { worst })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(outcomes: &[(VerdictStep, StepOutcome, &str)]) -> CredentialStanding {
        let all = VerdictStep::ALL.iter().map(|step| {
            let given = outcomes.iter().find(|(named, ..)| named == step);
            let (outcome, code) = given.map_or((StepOutcome::Passed, "fine"), |(_, outcome, code)| (*outcome, *code));
            StepVerdict {
                step: *step,
                outcome,
                code: code.to_owned(),
                sentence_chinese: String::new(),
                sentence_english: String::new(),
            }
        });
        CredentialStanding::of_steps(&all.collect::<Vec<_>>())
    }

    #[test]
    fn what_is_certainly_wrong_counts_before_what_is_not_known() {
        use StepOutcome::{Failed, NotChecked};
        use VerdictStep::{Dates, Format, IssuerTrust, Key, Proof, Status};
        type Steps = &'static [(VerdictStep, StepOutcome, &'static str)];
        let cases: [(Steps, CredentialStanding); 12] = [
            (&[], CredentialStanding::Valid),
            (&[(IssuerTrust, Failed, "issuer_not_registered")], CredentialStanding::Valid),
            (&[(Format, Failed, "x"), (Proof, NotChecked, "x")], CredentialStanding::Invalid),
            (&[(Format, NotChecked, "context_unknown")], CredentialStanding::Unknown),
            (&[(Proof, Failed, "x"), (Status, Failed, "revoked")], CredentialStanding::Invalid),
            (
                &[(Key, NotChecked, "x"), (Proof, NotChecked, "x"), (Dates, Failed, "expired")],
                CredentialStanding::Unknown,
            ),
            (
                &[(Status, Failed, "revoked"), (Dates, Failed, "expired")],
                CredentialStanding::Revoked,
            ),
            (
                &[(Status, Failed, "suspended"), (Dates, Failed, "expired")],
                CredentialStanding::Expired,
            ),
            (&[(Status, Failed, "suspended")], CredentialStanding::Suspended),
            (&[(Dates, Failed, "not_yet_valid")], CredentialStanding::NotYetValid),
            (&[(Dates, Failed, "not_a_credential")], CredentialStanding::Invalid),
            (&[(Status, NotChecked, "status_not_fetched")], CredentialStanding::Unknown),
        ];
        for (given, expected) in cases {
            assert_eq!(steps(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_record_is_no_better_than_what_it_holds() {
        use CredentialStanding::{Expired, Invalid, Revoked, Suspended, Unknown, Valid};
        assert_eq!(Valid.holding([Valid, Expired]), Valid);
        assert_eq!(Valid.holding([Suspended, Revoked, Unknown]), Revoked);
        assert_eq!(Revoked.holding([Valid, Invalid]), Invalid);
        assert_eq!(Expired.holding([Suspended]), Expired);
    }
}
