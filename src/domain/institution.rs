//! An organisation on the bank, and the states that the authority moves it through.

use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// What sort of organisation an institution is.
    pub enum InstitutionKind {
        SecondaryVocationalSchool => "secondary_vocational_school",
        SpecialEducationSchool => "special_education_school",
        VocationalCollege => "vocational_college",
        University => "university",
        TrainingProvider => "training_provider",
        AssessmentBody => "assessment_body",
        Enterprise => "enterprise",
        CommunityCollege => "community_college",
        ElderlyEducationCentre => "elderly_education_centre",
    }
}

words! {
    /// Where an institution stands with the authority.
    pub enum InstitutionStatus {
        Pending => "pending",
        Approved => "approved",
        Suspended => "suspended",
        Refused => "refused",
    }
}

words! {
    /// What the authority does with an institution.
    pub enum InstitutionStep {
        Approve => "approve",
        Refuse => "refuse",
        Suspend => "suspend",
        Reinstate => "reinstate",
    }
}

/// Which institutions to list.
#[derive(Debug, Clone, Default)]
pub struct InstitutionFilter {
    pub status: Option<InstitutionStatus>,
    pub kind: Option<InstitutionKind>,
    /// A part of the name, in whichever case.
    pub name_contains: Option<String>,
}

impl InstitutionStatus {
    /// The status after a step, or `None` when the step has no meaning there.
    pub fn after(self, step: InstitutionStep) -> Option<Self> {
        match (self, step) {
            (Self::Pending, InstitutionStep::Approve) | (Self::Suspended, InstitutionStep::Reinstate) => Some(Self::Approved),
            (Self::Pending, InstitutionStep::Refuse) => Some(Self::Refused),
            (Self::Approved, InstitutionStep::Suspend) => Some(Self::Suspended),
            _ => None,
        }
    }

    /// Only an approved institution writes; a suspended one may still read what is its own.
    pub fn may_deposit(self) -> bool {
        self == Self::Approved
    }
}

#[cfg(test)]
mod tests {
    use super::{InstitutionStatus as S, InstitutionStep as T};

    #[test]
    fn every_step_in_every_status_has_an_answer() {
        let cases = [
            (S::Pending, T::Approve, Some(S::Approved)),
            (S::Pending, T::Refuse, Some(S::Refused)),
            (S::Pending, T::Suspend, None),
            (S::Pending, T::Reinstate, None),
            (S::Approved, T::Approve, None),
            (S::Approved, T::Refuse, None),
            (S::Approved, T::Suspend, Some(S::Suspended)),
            (S::Approved, T::Reinstate, None),
            (S::Suspended, T::Approve, None),
            (S::Suspended, T::Refuse, None),
            (S::Suspended, T::Suspend, None),
            (S::Suspended, T::Reinstate, Some(S::Approved)),
            (S::Refused, T::Approve, None),
            (S::Refused, T::Refuse, None),
            (S::Refused, T::Suspend, None),
            (S::Refused, T::Reinstate, None),
        ];
        assert_eq!(cases.len(), S::ALL.len() * T::ALL.len());
        for (status, step, expected) in cases {
            assert_eq!(status.after(step), expected, "{status:?} {step:?}");
        }
    }
}
