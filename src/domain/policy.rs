//! Who may do what: one exhaustive match. A test prints it as a matrix into `api-spec/permissions.txt`.

mod action;
mod scopes;

use uuid::Uuid;

use super::actor::{Actor, BankRole, MemberRole, Membership};
use super::rejection::Rejection;
pub use action::Action;
use scopes::scope_for;

/// What it is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// The bank as a whole.
    Bank,
    /// Something that belongs to an institution.
    Institution(Uuid),
    /// A learner's record.
    Learner(Uuid),
    /// An outcome: of a learner, deposited by an institution.
    Outcome { learner_id: Uuid, institution_id: Uuid },
    /// A claim of a learner, decided by an institution, or by the bank where there is none.
    Claim { learner_id: Uuid, institution_id: Option<Uuid> },
}

impl Resource {
    fn institution_id(self) -> Option<Uuid> {
        match self {
            Self::Institution(institution_id) | Self::Outcome { institution_id, .. } => Some(institution_id),
            Self::Claim { institution_id, .. } => institution_id,
            Self::Bank | Self::Learner(_) => None,
        }
    }

    fn learner_id(self) -> Option<Uuid> {
        match self {
            Self::Learner(learner_id) | Self::Outcome { learner_id, .. } | Self::Claim { learner_id, .. } => Some(learner_id),
            Self::Bank | Self::Institution(_) => None,
        }
    }
}

/// How far a right at one's own institution depends on where that institution stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Reading stays possible when suspended.
    Belonging,
    /// Writing needs an approved institution.
    Approval,
}

/// Says whether `actor` may do `action` to `resource`.
///
/// # Errors
/// `Unauthenticated` for nobody; `NotFound` where even the existence is not for the actor to know; else
/// `Forbidden`, `ScopeMissing` or `InstitutionNotApproved`.
pub fn allowed(actor: &Actor, action: Action, resource: Resource) -> Result<(), Rejection> {
    match actor {
        Actor::Anonymous => Err(Rejection::Unauthenticated {}),
        Actor::Bank => Ok(()),
        Actor::User {
            bank_role,
            learner_id,
            memberships,
            ..
        } => {
            if bank_may(*bank_role, action, resource) || learner_may(*learner_id, action, resource) {
                return Ok(());
            }
            members_may(memberships, action, resource)
        }
        Actor::Client {
            institution_id,
            status,
            scopes,
            ..
        } => {
            let (needed, needs) = scope_for(action).ok_or_else(|| hidden(action))?;
            if resource.institution_id() != Some(*institution_id) {
                return Err(hidden(action));
            }
            if !scopes.contains(needed) {
                return Err(Rejection::ScopeMissing { scope: needed.as_str() });
            }
            if needs == Needs::Approval && !status.may_deposit() {
                return Err(Rejection::InstitutionNotApproved {});
            }
            Ok(())
        }
    }
}

fn bank_may(role: Option<BankRole>, action: Action, resource: Resource) -> bool {
    use Action as A;
    let Some(role) = role else { return false };
    match action {
        A::CreateUser
        | A::CreateFramework
        | A::WriteRecognitionRule
        | A::WriteCertificatePattern
        | A::WriteWorkingYear
        | A::RotateIssuerKey => role == BankRole::Administrator,
        A::DecideInstitution | A::ReviewOutcome | A::WriteAgreement | A::WritePathway | A::RegisterIssuer => {
            matches!(role, BankRole::Administrator | BankRole::Officer)
        }
        A::ReadUsers | A::ReadAudit => matches!(role, BankRole::Administrator | BankRole::Auditor),
        A::ReadInstitution | A::ReadMembers | A::ReadDraftAchievement | A::ReadHealth => true,
        A::PreviewCorrection | A::ApplyCorrection | A::DecideComplaint | A::DismissSuspicion | A::WriteMerge => role == BankRole::Officer,
        A::ReadCorrection | A::ReadCase | A::ReadCorrectionRequest | A::ReadSuspicion | A::ReadMerge => {
            matches!(role, BankRole::Officer | BankRole::Auditor)
        }
        // The bank's own packs; those of institutions are theirs.
        A::WriteRulePack => role == BankRole::Administrator && resource == Resource::Bank,
        A::ReadDraftRulePack => true,
        A::DecideRulePack => role == BankRole::Officer,
        A::ReadClaim | A::ListClaims => matches!(role, BankRole::Officer | BankRole::Auditor),
        // Those that no institution decides.
        A::ReviewClaim | A::ApproveClaim => role == BankRole::Officer && resource.institution_id().is_none(),
        A::ObjectToClaim => true,
        // Its owner's people, and those who judge it.
        A::RunSimulation => role == BankRole::Officer || (role == BankRole::Administrator && resource == Resource::Bank),
        A::ReadSimulation => role == BankRole::Auditor || bank_may(Some(role), A::RunSimulation, resource),
        A::FindLearner
        | A::ReadOutcome
        | A::ListOutcomes
        | A::ReadLearnerRecord
        | A::ReadAccessLog
        | A::ReplayDecision
        | A::ReadMismatches
        | A::ReadImport
        | A::ReadEvidence
        | A::ReadEvents
        | A::ReadWebhooks => {
            matches!(role, BankRole::Officer | BankRole::Auditor)
        }
        A::EditInstitution
        | A::ManageMembers
        | A::ManageClients
        | A::ReadClients
        | A::WriteAchievement
        | A::WriteProgramme
        | A::RegisterLearner
        | A::IssueClaimCode
        | A::DepositOutcome
        | A::SettleMismatch
        | A::ReadOwnRecord
        | A::SubmitClaim
        | A::RunClaimClocks
        | A::DecideCase
        | A::RequestCorrection
        | A::AnswerCorrectionRequest
        | A::RunCorrectionClocks
        | A::ExpireLots
        | A::FindDuplicates
        | A::UploadEvidence
        | A::ReadUploadedEvidence
        | A::RemoveEvidence
        | A::WriteImportProfile
        | A::ReleaseImport
        | A::ManageWebhooks
        | A::CarryEventsOut
        | A::WriteOwnCredential
        | A::WriteOwnSettings
        | A::WritePortfolio => false,
    }
}

fn learner_may(own: Option<Uuid>, action: Action, resource: Resource) -> bool {
    // Everybody with a name in the bank may object to what is on public notice.
    if action == Action::ObjectToClaim {
        return own.is_some();
    }
    own.is_some()
        && own == resource.learner_id()
        && matches!(
            action,
            Action::ReadOwnRecord
                | Action::ReadOutcome
                | Action::ReadAccessLog
                | Action::ReplayDecision
                | Action::SubmitClaim
                | Action::ReadClaim
                | Action::ReadCase
                | Action::RequestCorrection
                | Action::ReadCorrectionRequest
                | Action::UploadEvidence
                | Action::ReadEvidence
                | Action::RemoveEvidence
                | Action::WriteOwnSettings
                | Action::WriteOwnCredential
                | Action::WritePortfolio
        )
}

fn members_may(memberships: &[Membership], action: Action, resource: Resource) -> Result<(), Rejection> {
    // As anybody else with a name in the bank.
    if action == Action::ObjectToClaim && !memberships.is_empty() {
        return Ok(());
    }
    let mut roles = memberships
        .iter()
        .filter(|membership| Some(membership.institution_id) == resource.institution_id())
        .peekable();
    if roles.peek().is_none() {
        return Err(hidden(action));
    }
    let (needed, needs) = roles_for(action);
    match roles.find(|membership| needed.contains(&membership.role)) {
        None => Err(Rejection::Forbidden {}),
        Some(membership) if needs == Needs::Approval && !membership.status.may_deposit() => Err(Rejection::InstitutionNotApproved {}),
        Some(_) => Ok(()),
    }
}

/// The roles of an institution that have an action on what is their own institution's.
fn roles_for(action: Action) -> (&'static [MemberRole], Needs) {
    use Action as A;
    use MemberRole::{Approver, InstitutionAdmin, Registrar, Reviewer};
    match action {
        A::ReadInstitution | A::ReadMembers | A::ReadDraftAchievement | A::ReadOutcome | A::ListOutcomes | A::ReplayDecision => {
            (MemberRole::ALL, Needs::Belonging)
        }
        A::EditInstitution | A::ManageMembers | A::ReadClients | A::ReadWebhooks => (&[InstitutionAdmin], Needs::Belonging),
        A::ManageClients | A::ManageWebhooks | A::WriteAgreement | A::RotateIssuerKey => (&[InstitutionAdmin], Needs::Approval),
        A::WriteAchievement | A::WriteProgramme => (&[Registrar, InstitutionAdmin], Needs::Approval),
        A::RegisterLearner | A::IssueClaimCode | A::DepositOutcome | A::SettleMismatch | A::FindLearner => (&[Registrar], Needs::Approval),
        A::ReadImport => (&[Registrar, Approver, InstitutionAdmin], Needs::Belonging),
        A::WriteImportProfile => (&[Registrar, InstitutionAdmin], Needs::Approval),
        A::ReleaseImport => (&[Registrar, Approver, InstitutionAdmin], Needs::Approval),
        A::ReadMismatches | A::ReadEvents => (&[Registrar, InstitutionAdmin], Needs::Belonging),
        A::WriteRulePack => (&[Registrar, InstitutionAdmin], Needs::Approval),
        A::ReadDraftRulePack => (MemberRole::ALL, Needs::Belonging),
        A::DecideRulePack => (&[], Needs::Belonging),
        A::RunSimulation => (&[Registrar, InstitutionAdmin], Needs::Approval),
        A::ReadSimulation => (&[Registrar, InstitutionAdmin], Needs::Belonging),
        A::ReadClaim | A::ListClaims => (&[Reviewer, Approver], Needs::Belonging),
        // Also entries of portfolios that an institution is asked to confirm.
        A::ReviewClaim => (&[Reviewer, Approver], Needs::Approval),
        A::ApproveClaim => (&[Approver], Needs::Approval),
        A::PreviewCorrection => (&[Registrar, InstitutionAdmin], Needs::Approval),
        A::ApplyCorrection => (&[Approver, InstitutionAdmin], Needs::Approval),
        A::ReadCorrection => (&[Registrar, Approver, InstitutionAdmin], Needs::Belonging),
        // Those who preview and apply what an answer promises; what an answer says, those who apply.
        A::ReadCorrectionRequest => (&[Registrar, Approver, InstitutionAdmin], Needs::Belonging),
        A::AnswerCorrectionRequest => (&[Approver, InstitutionAdmin], Needs::Approval),
        A::ReadCase => (&[Reviewer, Approver], Needs::Belonging),
        A::DecideCase => (&[Approver], Needs::Approval),
        // Of an institution for which a file is evidence, those who judge by it.
        A::ReadEvidence => (&[Reviewer, Approver], Needs::Belonging),
        A::ReadUploadedEvidence => (&[Registrar], Needs::Belonging),
        A::UploadEvidence | A::RemoveEvidence => (&[Registrar], Needs::Approval),
        A::CreateUser
        | A::ReadUsers
        | A::ReadHealth
        | A::DecideInstitution
        | A::CreateFramework
        | A::WriteRecognitionRule
        | A::WriteCertificatePattern
        | A::WritePathway
        | A::ReviewOutcome
        | A::ReadOwnRecord
        | A::ReadLearnerRecord
        | A::ReadAccessLog
        | A::ReadAudit
        | A::SubmitClaim
        | A::ObjectToClaim
        | A::RunClaimClocks
        | A::WriteWorkingYear
        | A::RequestCorrection
        | A::DecideComplaint
        | A::RunCorrectionClocks
        | A::WriteMerge
        | A::ReadMerge
        | A::ExpireLots
        | A::FindDuplicates
        | A::ReadSuspicion
        | A::DismissSuspicion
        | A::CarryEventsOut
        | A::RegisterIssuer
        | A::WriteOwnCredential
        | A::WriteOwnSettings
        | A::WritePortfolio => (&[], Needs::Belonging),
    }
}

/// What somebody without a right is told: that a personal or unpublished thing is not there, or plainly no.
fn hidden(action: Action) -> Rejection {
    use Action as A;
    match action {
        A::ReadOutcome
        | A::ReviewOutcome
        | A::ReadLearnerRecord
        | A::ReadAccessLog
        | A::ReplayDecision
        | A::ReadDraftAchievement
        | A::ReadDraftRulePack
        | A::ReadSimulation
        | A::IssueClaimCode
        | A::ReadMismatches
        | A::ReadImport
        | A::SettleMismatch
        | A::SubmitClaim
        | A::ReadClaim
        | A::ReviewClaim
        | A::ApproveClaim
        | A::ApplyCorrection
        | A::ReadCorrection
        | A::ReadCase
        | A::DecideCase
        | A::RequestCorrection
        | A::ReadCorrectionRequest
        | A::AnswerCorrectionRequest
        | A::DecideComplaint
        | A::ReadMerge
        | A::ReadEvidence
        | A::ReadUploadedEvidence
        | A::RemoveEvidence
        | A::WritePortfolio => Rejection::NotFound {},
        _ => Rejection::Forbidden {},
    }
}
