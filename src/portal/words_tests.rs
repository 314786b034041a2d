//! Every word of the closed sets that pages show has a text.

use super::tests::all;

#[test]
fn every_word_of_a_set_has_a_text() {
    use crate::domain::claim::ClaimKind;
    use crate::domain::credential::{CredentialForm, CredentialKind, CredentialStatus};
    use crate::domain::portfolio::confirmation::ConfirmationState;
    use crate::domain::portfolio::share::{LookedWith, ShareState};
    use crate::domain::portfolio::timeline::{Grouping, ItemKind, Verification};
    use crate::domain::portfolio::view::{Audience, Disclosed};
    use crate::domain::statement::{StatementKind, StatementStatus, Validity};
    use crate::ops::statements::check::CheckedKind;

    let texts = all();
    let sets: [(&str, Vec<&str>); 19] = [
        ("browser", LookedWith::ALL.iter().map(|word| word.as_str()).collect()),
        ("item", ItemKind::ALL.iter().map(|word| word.as_str()).collect()),
        ("share-says", Verification::ALL.iter().map(|word| word.as_str()).collect()),
        ("check-verdict", Validity::ALL.iter().map(|word| word.as_str()).collect()),
        ("paper", CheckedKind::ALL.iter().map(|word| word.as_str()).collect()),
        ("folio-verification", Verification::ALL.iter().map(|word| word.as_str()).collect()),
        ("portfolio-group", Grouping::ALL.iter().map(|word| word.as_str()).collect()),
        ("portfolio-state", ConfirmationState::ALL.iter().map(|word| word.as_str()).collect()),
        ("sharing-audience", Audience::ALL.iter().map(|word| word.as_str()).collect()),
        ("sharing-needs", Audience::ALL.iter().map(|word| word.as_str()).collect()),
        ("sharing-field", Disclosed::ALL.iter().map(|word| word.as_str()).collect()),
        ("sharing-state", ShareState::ALL.iter().map(|word| word.as_str()).collect()),
        ("papers-kind", StatementKind::ALL.iter().map(|word| word.as_str()).collect()),
        ("papers-state", StatementStatus::ALL.iter().map(|word| word.as_str()).collect()),
        ("papers-claim-kind", ClaimKind::ALL.iter().map(|word| word.as_str()).collect()),
        ("credential-kind", CredentialKind::ALL.iter().map(|word| word.as_str()).collect()),
        ("credential-form", CredentialForm::ALL.iter().map(|word| word.as_str()).collect()),
        ("credential-state", CredentialStatus::ALL.iter().map(|word| word.as_str()).collect()),
        (
            "credential-state-about",
            CredentialStatus::ALL.iter().map(|word| word.as_str()).collect(),
        ),
    ];
    for (set, words) in sets {
        for word in words {
            let id = format!("{set}-{}", word.replace('_', "-"));
            assert!(texts.contains_key(&id), "{id}");
        }
    }
}

#[test]
fn every_word_of_those_who_decide_and_of_the_office_has_a_text() {
    use crate::domain::actor::{BankRole, MemberRole};
    use crate::domain::claim::clock::{DueKind, WaitsFor};
    use crate::domain::claim::{AppealDecision, ClaimKind, ClaimStatus, ObjectionAnswer, Verdict};
    use crate::domain::correction::CaseState;
    use crate::domain::correction::request::{CorrectionDue, RequestKind, RequestState, WrongPart};
    use crate::domain::institution::{InstitutionKind, InstitutionStatus, InstitutionStep};
    use crate::domain::likeness::{Strength, SuspicionStatus};
    use crate::domain::merge::{Alikeness, MergeState};
    use crate::ops::health::Queue;
    use crate::ops::mismatches::MismatchStatus;

    let texts = all();
    let there = |set: &str, words: &[&str]| {
        for word in words {
            let id = format!("{set}-{}", word.replace('_', "-"));
            assert!(texts.contains_key(&id), "{id}");
        }
    };
    macro_rules! words_of {
        ($($set:literal => $words:ty),+ $(,)?) => {
            $(there($set, &<$words>::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>());)+
        };
    }
    words_of! {
        "deciding-kind" => ClaimKind, "deciding-asked" => ClaimKind, "deciding-status" => ClaimStatus, "deciding-verdict" => Verdict,
        "deciding-choice" => Verdict, "deciding-choice" => AppealDecision, "deciding-choice" => ObjectionAnswer,
        "deciding-objection-answer" => ObjectionAnswer, "deciding-due" => DueKind, "deciding-waits-for" => WaitsFor,
        "office-role" => BankRole, "office-role-text" => BankRole, "office-member" => MemberRole,
        "office-institution" => InstitutionStatus, "office-institution-kind" => InstitutionKind, "office-step" => InstitutionStep,
        "office-step-text" => InstitutionStep, "office-request" => RequestState, "office-request-kind" => RequestKind,
        "office-due" => CorrectionDue, "office-part" => WrongPart, "office-case" => CaseState, "office-queue-of" => Queue,
        "office-queue-about" => Queue, "duplicates-status" => SuspicionStatus, "duplicates-strength" => Strength,
        "mismatches-status" => MismatchStatus, "merges-state" => MergeState, "merges-alike" => Alikeness,
    }
    let steps = [
        "take",
        "ask-information",
        "vote",
        "propose",
        "approve",
        "send-back",
        "decide-appeal",
        "recuse",
    ];
    there("deciding-do", &steps);
    there("deciding-about", &steps);
    there(
        "deciding-reason",
        &["ask-information", "vote", "propose", "send-back", "decide-appeal", "recuse"],
    );
    let further = [
        "submit",
        "give_information",
        "notice_ends",
        "object",
        "answer_objection",
        "appeal",
        "withdraw_appeal",
        "withdraw",
    ];
    there("deciding-event", &steps);
    there("deciding-event", &further);
    there("deciding-event", &["lapse", "close", "void"]);
    let of_merges = [
        "confirm",
        "decline",
        "withdraw",
        "propose-reversal",
        "confirm-reversal",
        "decline-reversal",
    ];
    there("merges-do", &of_merges);
    there("merges-about", &of_merges);
    there("merges-side", &["surviving", "absorbed"]);
    there(
        "office-overdue",
        &["claim", "request", "case", "more-claims", "more-requests", "more-cases"],
    );
    let waiting = [
        "institutions",
        "filings",
        "claims",
        "complaints",
        "suspicions",
        "merges",
        "elsewhere",
    ];
    there("office-queue", &waiting);
    there("office-about", &waiting);
    there("office-complaint", &["uphold", "overturn"]);
}

#[test]
fn every_word_of_the_desk_has_a_text() {
    use crate::domain::actor::{MemberRole, Scope};
    use crate::domain::correction::request::{CorrectionDue, RequestKind, RequestState, WrongPart};
    use crate::domain::correction::{CaseState, CaseVerdict, CorrectionKind, CorrectionState};
    use crate::domain::institution::InstitutionStatus;
    use crate::domain::outcome::{OutcomeFlag, TraineeGroup};
    use crate::domain::portfolio::confirmation::ConfirmationState;
    use crate::domain::webhook::{DeliveryStatus, WebhookStatus};

    let texts = all();
    let there = |set: &str, words: &[&str]| {
        for word in words {
            let id = format!("{set}-{}", word.replace(['_', ':'], "-"));
            assert!(texts.contains_key(&id), "{id}");
        }
    };
    macro_rules! words_of {
        ($($set:literal => $words:ty),+ $(,)?) => {
            $(there($set, &<$words>::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>());)+
        };
    }
    words_of! {
        "desk-status" => InstitutionStatus, "desk-lead" => InstitutionStatus, "desk-text" => InstitutionStatus, "desk-missing" => InstitutionStatus,
        "outcomes-flag" => OutcomeFlag, "outcomes-group" => TraineeGroup, "corrections-state" => CorrectionState,
        "corrections-kind" => CorrectionKind, "corrections-request" => RequestState, "corrections-request-kind" => RequestKind,
        "corrections-due" => CorrectionDue, "corrections-part" => WrongPart, "corrections-case" => CaseState,
        "corrections-verdict" => CaseVerdict, "confirmations-state" => ConfirmationState, "members-role" => MemberRole,
        "members-does" => MemberRole, "clients-scope" => Scope, "webhooks-status" => WebhookStatus, "webhooks-delivery" => DeliveryStatus,
    }
    let fields = [
        "certificate_number",
        "grade",
        "grading_scale",
        "score",
        "hours",
        "credits",
        "trainee_group",
        "event",
        "place",
        "team_position",
    ];
    there("outcomes-field", &fields);
    there("outcomes-hint", &fields);
    there("clients-status", &["active", "revoked"]);
    there("webhooks-why", &["failing", "gone", "client_revoked"]);
    there("webhooks-failure", &["address_refused", "timed_out", "no_connection"]);
    let about: Vec<&str> = crate::domain::event::published()
        .filter_map(|known| known.name.split('.').next())
        .collect();
    there("webhooks-about", &about);
    let queues = [
        "take",
        "information",
        "propose",
        "approve",
        "notice",
        "objection",
        "appeal-time",
        "appeal",
        "confirm",
        "answer",
        "correct",
    ];
    there("desk-queue", &queues);
    there(
        "desk-queue",
        &["complaint", "case", "previewed", "release", "checked", "flagged", "webhooks"],
    );
}

#[test]
fn every_word_of_files_and_of_the_catalogue_has_a_text() {
    use crate::domain::achievement::{AchievementStatus, ContestScope};
    use crate::domain::import::{ImportResult, ImportStatus};
    use crate::domain::institution::{InstitutionKind, InstitutionStatus};
    use crate::domain::outcome::OutcomeFlag;
    use crate::domain::pack::diff::ChangeKind;
    use crate::domain::recognition::NoCredit;
    use crate::ops::imports::Format;

    let texts = all();
    let sets: [(&str, Vec<&str>); 10] = [
        ("files-format", Format::ALL.iter().map(|word| word.as_str()).collect()),
        ("files-status", ImportStatus::ALL.iter().map(|word| word.as_str()).collect()),
        ("file-result", ImportResult::ALL.iter().map(|word| word.as_str()).collect()),
        ("file-flag", OutcomeFlag::ALL.iter().map(|word| word.as_str()).collect()),
        ("file-reason", NoCredit::ALL.iter().map(|word| word.as_str()).collect()),
        (
            "catalogue-status",
            AchievementStatus::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        ("catalogue-scope", ContestScope::ALL.iter().map(|word| word.as_str()).collect()),
        ("catalogue-change", ChangeKind::ALL.iter().map(|word| word.as_str()).collect()),
        ("institutions-kind", InstitutionKind::ALL.iter().map(|word| word.as_str()).collect()),
        (
            "institutions-status",
            InstitutionStatus::ALL.iter().map(|word| word.as_str()).collect(),
        ),
    ];
    for (set, words) in sets {
        for word in words {
            let id = format!("{set}-{}", word.replace('_', "-"));
            assert!(texts.contains_key(&id), "{id}");
        }
    }
}

#[test]
fn every_word_on_ones_own_pages_and_of_verdicts_has_a_text() {
    use crate::domain::actor::{BankRole, MemberRole};
    use crate::domain::claim::ObjectionAnswer;
    use crate::domain::notification::{MailLanguage, NotificationKind};
    use crate::domain::portfolio::consent::{ConsentState, DataCategory, LawfulBasis};
    use crate::domain::verdict::{CredentialStanding, StepOutcome, VerdictStep};
    use crate::ops::exports::ExportForm;

    let texts = all();
    let sets: [(&str, Vec<&str>); 13] = [
        (
            "notifications-kind",
            NotificationKind::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        ("mail-language", MailLanguage::ALL.iter().map(|word| word.as_str()).collect()),
        ("profile-role", MemberRole::ALL.iter().map(|word| word.as_str()).collect()),
        ("profile-role", BankRole::ALL.iter().map(|word| word.as_str()).collect()),
        ("consents-data", DataCategory::ALL.iter().map(|word| word.as_str()).collect()),
        ("consents-state", ConsentState::ALL.iter().map(|word| word.as_str()).collect()),
        ("consents-basis", LawfulBasis::ALL.iter().map(|word| word.as_str()).collect()),
        ("archive-form", ExportForm::ALL.iter().map(|word| word.as_str()).collect()),
        ("archive-form-about", ExportForm::ALL.iter().map(|word| word.as_str()).collect()),
        ("notices-answer", ObjectionAnswer::ALL.iter().map(|word| word.as_str()).collect()),
        (
            "verify-standing",
            CredentialStanding::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        ("verify-step", VerdictStep::ALL.iter().map(|word| word.as_str()).collect()),
        ("verify-outcome", StepOutcome::ALL.iter().map(|word| word.as_str()).collect()),
    ];
    for (set, words) in sets {
        for word in words {
            let id = format!("{set}-{}", word.replace('_', "-"));
            assert!(texts.contains_key(&id), "{id}");
        }
    }
}
