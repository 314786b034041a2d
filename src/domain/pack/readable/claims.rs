//! In words, how claims are decided.

use super::{Paragraph, definitions, say};
use crate::domain::claim::rules::{ClaimRules, Unanswered};
use crate::domain::language::Language;

pub(super) fn paragraph(rules: &ClaimRules, language: Language) -> Paragraph {
    let ClaimRules {
        panel,
        take_working_days: take,
        review_working_days: review,
        information_working_days: information,
        unanswered,
        approval_working_days: approval,
        notice_working_days: notice,
        objection_working_days: objection,
        appeal_working_days: appeal,
        appeal_decision_working_days: decision,
    } = rules;
    let sentences = vec![
        say!(
            language,
            "申请由 {panel} 人组成的评审组投票，过半数通过；成熟条目由一人评审。",
            "A panel of {panel} votes on claims, and more than half of it decides; of mature clauses, one person."
        ),
        say!(
            language,
            "{take} 个工作日内开始审查，此后 {review} 个工作日内提出处理意见。",
            "A review begins within {take} working days, and ends with a proposal within {review} working days more."
        ),
        match unanswered {
            Unanswered::Waits => say!(
                language,
                "需要补充材料的，学习者应在 {information} 个工作日内补充；逾期未补充的，按现有材料继续审查。",
                "A learner who is asked for more gives it within {information} working days; after that the review goes on without it."
            ),
            Unanswered::Lapses => say!(
                language,
                "需要补充材料的，学习者应在 {information} 个工作日内补充；逾期未补充的，申请失效。",
                "A learner who is asked for more gives it within {information} working days; after that the claim lapses."
            ),
        },
        say!(
            language,
            "处理意见由另一人在 {approval} 个工作日内批准或退回。",
            "Somebody else approves the proposal or sends it back within {approval} working days."
        ),
        if rules.gives_notice() {
            say!(
                language,
                "拟准予的公示 {notice} 个工作日；异议在 {objection} 个工作日内答复。",
                "A grant is on public notice for {notice} working days; an objection is answered within {objection} working days."
            )
        } else {
            say!(
                language,
                "拟准予的不公示，批准后即生效。",
                "A grant is not put on public notice, and takes effect when it is approved."
            )
        },
        say!(
            language,
            "对结论不服的，可在 {appeal} 个工作日内申诉；申诉在 {decision} 个工作日内决定。",
            "An appeal is possible within {appeal} working days, and is decided within {decision} working days."
        ),
    ];
    definitions::paragraph(say!(language, "申请的审查", "Deciding claims"), sentences)
}
