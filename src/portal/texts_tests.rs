//! Tests of the texts of the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

use super::*;

fn variables_of(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => inline_variable(inline, found),
                Expression::Select { selector, variants } => {
                    inline_variable(selector, found);
                    for variant in variants {
                        variables_of(&variant.value, found);
                    }
                }
            }
        }
    }
}

fn inline_variable(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        found.insert(id.name.to_owned());
    }
}

/// Every text of a file with the variables that it fills in.
fn texts(file: &str, content: &str) -> BTreeMap<String, BTreeSet<String>> {
    let read = parse(content).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
    let messages = read.body.into_iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        Entry::Junk { content } => panic!("{file}: {content}"),
        _ => None,
    });
    let mut found = BTreeMap::new();
    for message in messages {
        let mut variables = BTreeSet::new();
        variables_of(&message.value.unwrap(), &mut variables);
        assert!(
            found.insert(message.id.name.to_owned(), variables).is_none(),
            "{file}: {}",
            message.id.name
        );
    }
    found
}

fn all() -> BTreeMap<String, BTreeSet<String>> {
    FILES.iter().flat_map(|(name, chinese, _)| texts(name, chinese)).collect()
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_things_to_fill_in() {
    for (name, chinese, english) in FILES {
        assert_eq!(texts(name, chinese), texts(name, english), "{name}");
    }
    let count: usize = FILES.iter().map(|(name, chinese, _)| texts(name, chinese).len()).sum();
    assert_eq!(all().len(), count, "a text stands in two files");
}

#[test]
fn every_message_file_is_read() {
    for language in ["zh-CN", "en"] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
        let there: BTreeSet<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let read: BTreeSet<String> = FILES.iter().map(|(name, _, _)| (*name).to_owned()).collect();
        assert_eq!(there, read, "{language}");
    }
}

/// What stands between quotes after a word in a text.
fn named_after<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn sources(directory: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn code_of(text: &str) -> &str {
    text.split("\n#[cfg(test)]").next().unwrap().split("\n#[test]").next().unwrap()
}

#[test]
fn no_page_asks_for_a_text_that_is_missing_and_none_is_there_for_nothing() {
    let texts = all();
    let mut asked = BTreeSet::new();
    let mut sets = BTreeSet::new();
    let mut quoted = BTreeSet::new();
    for (file, text) in sources("templates", "html").into_iter().chain(sources("src/portal", "rs")) {
        for before in ["frame.t(\"", "frame.t1(\"", "frame.t2(\"", "self.t(\""] {
            for id in named_after(&text, before) {
                assert!(texts.contains_key(id), "{file} asks for {id}");
                asked.insert(id.to_owned());
            }
        }
        for set in named_after(&text, "frame.word(\"") {
            sets.insert(format!("{set}-"));
        }
        quoted.extend(code_of(&text).split('"').map(str::to_owned));
    }
    // Texts whose names are put together from a word.
    let put_together = [
        "claims-column-",
        "deciding-column-",
        "office-overdue-column-",
        "audit-column-",
        "outcomes-column-",
        "share-says-",
        "passbook-column-",
        "portfolio-column-",
    ];
    for id in texts.keys() {
        let is_asked = asked.contains(id) || quoted.contains(id) || put_together.iter().any(|start| id.starts_with(start));
        assert!(is_asked || sets.iter().any(|set| id.starts_with(set)), "nobody asks for {id}");
    }
}

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
fn no_chinese_text_stands_in_the_pages_or_their_code() {
    let is_chinese = |letter: char| matches!(letter, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let mut looked_at = 0;
    for (file, text) in sources("templates", "html").into_iter().chain(sources("src/portal", "rs")) {
        // Read without the bank, by whoever unpacks an archive: it has both languages beside each other.
        if file.ends_with("archive.html") {
            continue;
        }
        looked_at += 1;
        for line in code_of(&text).lines().filter(|line| !line.trim_start().starts_with("//")) {
            assert!(!line.contains(is_chinese), "{file}: {line}");
        }
    }
    assert!(looked_at > 20, "{looked_at}");
}

#[test]
fn numbers_and_days_are_said_as_people_say_them() {
    let filled = |language, id, name, value: i64| {
        let arguments: FluentArgs<'_> = [(name, value)].into_iter().collect();
        text(language, id, Some(&arguments)).into_owned()
    };
    assert_eq!(filled(Language::English, "home-expiring-left", "days", 0), "today is the last day");
    assert_eq!(filled(Language::English, "home-expiring-left", "days", 1), "one day left");
    assert_eq!(filled(Language::English, "home-expiring-left", "days", 21), "21 days left");
    assert_eq!(filled(Language::Chinese, "home-expiring-left", "days", 1), "还有 1 天");
    let mut day = FluentArgs::new();
    day.set("year", "2026");
    day.set("month", 11);
    day.set("day", 6);
    assert_eq!(text(Language::English, "day", Some(&day)), "6 November 2026");
    assert_eq!(text(Language::Chinese, "day", Some(&day)), "2026年11月6日");
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
