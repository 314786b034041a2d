//! What API clients may do: each action by one scope, or not at all.

use super::{Action, Needs};
use crate::domain::actor::Scope;

/// The scope by which an API client has an action on what is its own institution's.
pub(super) fn scope_for(action: Action) -> Option<(Scope, Needs)> {
    use Action as A;
    match action {
        A::DepositOutcome => Some((Scope::OutcomesWrite, Needs::Approval)),
        A::ReadOutcome | A::ListOutcomes | A::ReplayDecision | A::ReadMismatches => Some((Scope::OutcomesRead, Needs::Belonging)),
        A::WriteAchievement => Some((Scope::AchievementsWrite, Needs::Approval)),
        A::WriteProgramme => Some((Scope::ProgrammesWrite, Needs::Approval)),
        A::ReadDraftAchievement => Some((Scope::AchievementsWrite, Needs::Belonging)),
        A::RegisterLearner | A::FindLearner | A::IssueClaimCode => Some((Scope::LearnersWrite, Needs::Approval)),
        A::WriteRulePack => Some((Scope::RulePacksWrite, Needs::Approval)),
        A::ReadDraftRulePack => Some((Scope::RulePacksWrite, Needs::Belonging)),
        A::DecideRulePack => None,
        A::RunSimulation => Some((Scope::RulePacksWrite, Needs::Approval)),
        A::ReadSimulation => Some((Scope::RulePacksWrite, Needs::Belonging)),
        A::UploadEvidence => Some((Scope::OutcomesWrite, Needs::Approval)),
        // Who brings files sees what became of them.
        A::ReadImport => Some((Scope::OutcomesWrite, Needs::Belonging)),
        A::WriteImportProfile => Some((Scope::OutcomesWrite, Needs::Approval)),
        A::ReadEvents => Some((Scope::EventsRead, Needs::Belonging)),
        A::ReadWebhooks => Some((Scope::WebhooksWrite, Needs::Belonging)),
        A::ManageWebhooks => Some((Scope::WebhooksWrite, Needs::Approval)),
        A::CreateUser
        | A::ReadUsers
        | A::ReadHealth
        | A::DecideInstitution
        | A::ReadInstitution
        | A::EditInstitution
        | A::ManageMembers
        | A::ReadMembers
        | A::ManageClients
        | A::ReadClients
        | A::CreateFramework
        | A::WriteRecognitionRule
        | A::WriteCertificatePattern
        | A::WriteAgreement
        | A::WritePathway
        | A::ReviewOutcome
        | A::SettleMismatch
        | A::ReadOwnRecord
        | A::ReadLearnerRecord
        | A::ReadAccessLog
        | A::ReadAudit
        | A::SubmitClaim
        | A::ReadClaim
        | A::ListClaims
        | A::ReviewClaim
        | A::ApproveClaim
        | A::ObjectToClaim
        | A::RunClaimClocks
        | A::WriteWorkingYear
        | A::PreviewCorrection
        | A::ApplyCorrection
        | A::ReadCorrection
        | A::ReadCase
        | A::DecideCase
        | A::RequestCorrection
        | A::ReadCorrectionRequest
        | A::AnswerCorrectionRequest
        | A::DecideComplaint
        | A::RunCorrectionClocks
        | A::WriteMerge
        | A::ReadMerge
        | A::FindDuplicates
        | A::ReadSuspicion
        | A::DismissSuspicion
        | A::ExpireLots
        | A::ReadEvidence
        | A::ReadUploadedEvidence
        | A::RemoveEvidence
        | A::ReleaseImport
        | A::CarryEventsOut
        | A::RegisterIssuer
        | A::WriteOwnCredential
        | A::RotateIssuerKey
        | A::WriteOwnSettings
        | A::WritePortfolio => None,
    }
}
