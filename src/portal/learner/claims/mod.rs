//! Claims of a learner: put together, submitted with evidence, followed to their end, and appealed against; and what the learner
//! said against records.

mod around;
mod choose;
mod compose;
mod disputes;
mod evidence;
mod letter;
mod list;
mod recognise;
mod show;
mod stages;
mod submit;

use actix_web::web::ServiceConfig;

/// Puts the pages in their places. What has a name of its own stands before what has an id.
pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(list::show)
        .service(list::download)
        .service(choose::show)
        .service(submit::submit)
        .service(compose::show)
        .service(compose::keep)
        .service(recognise::show_outcome)
        .service(recognise::submit_outcome)
        .service(recognise::show_declared)
        .service(recognise::submit_declared)
        .service(evidence::list)
        .service(evidence::download_list)
        .service(evidence::upload)
        .service(evidence::download)
        .service(evidence::remove)
        .service(disputes::list)
        .service(disputes::download)
        .service(disputes::download_cases)
        .service(disputes::read)
        .service(disputes::withdraw)
        .service(disputes::complain)
        .service(letter::show)
        .service(letter::download)
        .service(show::show)
        .service(show::give_information)
        .service(show::withdraw)
        .service(show::appeal)
        .service(show::withdraw_appeal)
        .service(show::work_out_again);
}

#[cfg(test)]
mod tests {
    use crate::domain::claim::clock::DueKind;
    use crate::domain::claim::{AppealDecision, ClaimKind, ClaimStatus, ObjectionAnswer, Verdict};
    use crate::domain::correction::CaseState;
    use crate::domain::correction::request::{CorrectionDue, RequestKind, RequestState, WrongPart};
    use crate::domain::language::Language;
    use crate::portal::texts::text;

    #[test]
    fn every_word_of_claims_and_disputes_has_a_text() {
        macro_rules! words {
            ($($set:literal: $kind:ty),+ $(,)?) => {
                [$(($set, <$kind>::ALL.iter().map(|word| word.as_str().to_owned()).collect::<Vec<_>>())),+]
            };
        }
        let plain = [
            "submit",
            "take",
            "ask_information",
            "give_information",
            "recuse",
            "approve",
            "send_back",
            "notice_ends",
            "object",
            "appeal",
            "withdraw_appeal",
            "withdraw",
            "lapse",
            "close",
            "void",
        ];
        let mut sets: Vec<(&str, Vec<String>)> = words![
            "claims-kind": ClaimKind, "claims-due": DueKind, "claims-objection": ObjectionAnswer, "claims-now": ClaimStatus,
            "claims-event-propose": Verdict, "claims-event-vote": Verdict, "claims-event-answer-objection": ObjectionAnswer,
            "claims-event-decide-appeal": AppealDecision, "disputes-kind": RequestKind, "disputes-state": RequestState,
            "disputes-now": RequestState, "disputes-due": CorrectionDue, "disputes-part": WrongPart,
            "disputes-decision": AppealDecision, "disputes-case-state": CaseState,
        ]
        .into();
        sets.push(("claims-event", plain.map(str::to_owned).into()));
        sets.push((
            "claims-now",
            ["closed_grant", "closed_refuse", "appealed_grant"].map(str::to_owned).into(),
        ));
        for (set, words) in sets {
            for word in words {
                // Closed is said with its verdict; and a case is nobody's request.
                if ["claims-now closed", "disputes-due decide_case"].contains(&format!("{set} {word}").as_str()) {
                    continue;
                }
                let id = format!("{set}-{}", word.replace('_', "-"));
                assert_ne!(text(Language::English, &id, None), id);
            }
        }
    }
}
