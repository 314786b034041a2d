//! The machine as a table, so that a change of it is a readable difference of `api-spec/claims.txt`.

use super::rules::{ClaimRules, Unanswered};
use super::{AppealDecision, ClaimEvent, ClaimKind, ClaimState, Next, ObjectionAnswer, Verdict};

const PATH: &str = "api-spec/claims.txt";

/// Every state, those with a number once for each sort of it.
pub(super) fn states() -> Vec<ClaimState> {
    use ClaimState as S;
    let mut states = vec![S::Submitted, S::InReview, S::InformationAsked];
    states.extend(Verdict::ALL.iter().map(|verdict| S::Proposed { verdict: *verdict }));
    states.extend([0, 1, 2, S::OPEN_OBJECTIONS_MAX].map(|open_objections| S::OnNotice { open_objections }));
    states.extend([S::Granted, S::Refused]);
    states.extend(Verdict::ALL.iter().map(|verdict| S::Appealed { against: *verdict }));
    states.extend(Verdict::ALL.iter().map(|verdict| S::Closed { verdict: *verdict }));
    states.extend([S::Withdrawn, S::Lapsed, S::Voided]);
    states
}

/// Every event.
pub(super) fn events() -> Vec<ClaimEvent> {
    use ClaimEvent as E;
    let mut events = vec![E::Take, E::AskInformation, E::GiveInformation];
    events.extend(Verdict::ALL.iter().map(|verdict| E::Vote { verdict: *verdict }));
    events.push(E::Recuse);
    events.extend(Verdict::ALL.iter().map(|verdict| E::Propose { verdict: *verdict }));
    events.extend([E::Approve, E::SendBack, E::NoticeEnds, E::Object]);
    events.extend(ObjectionAnswer::ALL.iter().map(|answer| E::AnswerObjection { answer: *answer }));
    events.push(E::Appeal);
    events.extend(AppealDecision::ALL.iter().map(|decision| E::DecideAppeal { decision: *decision }));
    events.extend([E::WithdrawAppeal, E::Withdraw, E::Lapse, E::Close, E::Void]);
    events
}

/// The rules that make a difference, by name.
fn rules() -> [(&'static str, ClaimRules); 3] {
    let usual = ClaimRules::default();
    [
        ("", usual),
        (
            "without notice",
            ClaimRules {
                notice_working_days: 0,
                ..usual
            },
        ),
        (
            "where claims lapse",
            ClaimRules {
                unanswered: Unanswered::Lapses,
                ..usual
            },
        ),
    ]
}

fn state_words(state: ClaimState) -> String {
    match state {
        ClaimState::Proposed { verdict } | ClaimState::Closed { verdict } => format!("{} ({verdict})", state.status()),
        ClaimState::OnNotice { open_objections } => format!("{} ({open_objections} objections)", state.status()),
        ClaimState::Appealed { against } => format!("{} (against {against})", state.status()),
        _ => state.status().to_string(),
    }
}

fn event_words(event: ClaimEvent) -> String {
    match event {
        ClaimEvent::Propose { verdict } | ClaimEvent::Vote { verdict } => format!("{} {verdict}", event.as_str()),
        ClaimEvent::AnswerObjection { answer } => format!("{} {answer}", event.as_str()),
        ClaimEvent::DecideAppeal { decision } => format!("{} {decision}", event.as_str()),
        _ => event.as_str().to_owned(),
    }
}

fn effect_words(next: [Next; 2]) -> String {
    let words = next.map(|next| next.effect.map_or("nothing", |effect| effect.as_str()));
    match words {
        ["nothing", "nothing"] => String::new(),
        [conversion, recognition] => format!("; conversion: {conversion}, recognition: {recognition}"),
    }
}

fn answer(state: ClaimState, event: ClaimEvent, rules: &ClaimRules) -> String {
    let of = |kind| state.after(event, kind, rules);
    match (of(ClaimKind::Conversion), of(ClaimKind::Recognition)) {
        (Ok(conversion), Ok(recognition)) => {
            assert_eq!(conversion.state, recognition.state);
            let state = if conversion.state == state {
                "stays".to_owned()
            } else {
                state_words(conversion.state)
            };
            format!("{state}{}", effect_words([conversion, recognition]))
        }
        (conversion, recognition) => {
            assert_eq!(conversion, recognition);
            format!("refused: {}", conversion.unwrap_err().code())
        }
    }
}

fn matrix() -> String {
    let mut text = String::from("What each event makes of a claim in each state, printed from src/domain/claim/machine.rs by a test.\n");
    let begun = effect_words([ClaimKind::Conversion, ClaimKind::Recognition].map(ClaimKind::submitted));
    text.push_str(&format!("\nA new claim: submitted{begun}\n"));
    for state in states() {
        text.push_str(&format!("\n{}\n", state_words(state)));
        let mut meaningless = Vec::new();
        for event in events() {
            let [(_, usual), others @ ..] = rules();
            let usually = answer(state, event, &usual);
            if usually == "refused: wrong_state" {
                meaningless.push(event_words(event));
            } else {
                text.push_str(&format!("  {:28} {usually}\n", event_words(event)));
            }
            for (name, rules) in others {
                let other = answer(state, event, &rules);
                if other != usually {
                    text.push_str(&format!("  {:28} {other}\n", format!("{}, {name}", event_words(event))));
                }
            }
        }
        let all = if meaningless.len() == events().len() {
            "everything".to_owned()
        } else {
            meaningless.join(", ")
        };
        text.push_str(&format!("  refused: wrong_state         {all}\n"));
    }
    text
}

/// With `CREDIT_BANK_TEST_UPDATE=1` the committed table is written anew.
#[test]
fn the_committed_table_is_the_machine() {
    let printed = matrix();
    if std::env::var("CREDIT_BANK_TEST_UPDATE").is_ok() {
        std::fs::write(PATH, &printed).unwrap();
    }
    let committed = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(printed == committed, "run this test with CREDIT_BANK_TEST_UPDATE=1");
}
