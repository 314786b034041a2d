//! Rule packs for those who write them and those who decide them: at an institution's desk, among the bank's own, and in the office where
//! what was filed is decided. The pages are the same wherever a pack stands; `room` says where that is.

mod cases;
mod compare;
mod edit;
mod filings;
mod list;
mod problems;
mod read;
mod reader;
mod room;
mod sheet;
mod simulation;
mod simulations;
mod spot;
mod written;

use actix_web::web::ServiceConfig;

/// Puts the pages in their places. What is no id stands before what may be one.
pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(list::list)
        .service(list::download)
        .service(list::show_new)
        .service(list::begin)
        .service(filings::list)
        .service(filings::download)
        .service(read::show)
        .service(read::file)
        .service(read::withdraw)
        .service(read::go_on)
        .service(read::decide)
        .service(edit::show)
        .service(edit::submit)
        .service(cases::show)
        .service(cases::show_form)
        .service(cases::submit)
        .service(compare::show)
        .service(simulations::list)
        .service(simulations::download)
        .service(simulations::start)
        .service(simulation::show)
        .service(simulation::cancel);
}

#[cfg(test)]
mod tests {
    use super::problems::{CASES, LISTS, PARTS};
    use crate::domain::allocation::ReasonCode;
    use crate::domain::language::Language;
    use crate::domain::pack::diff::ChangeKind;
    use crate::domain::pack::life::{FilingDecision, PackStatus};
    use crate::domain::recognition::SelectedBy;
    use crate::domain::simulation::SimulationStatus;
    use crate::portal::texts::text;

    #[test]
    fn every_word_has_a_text() {
        let lists = || LISTS.into_iter().chain([CASES]);
        let fields = [
            "code",
            "title_zh",
            "title_en",
            "document",
            "legal_basis",
            "effective_from",
            "effective_to",
        ];
        let more = ["selected_by", "under", "programmes"];
        let sets: [(&str, Vec<&str>); 12] = [
            ("packs-status", PackStatus::ALL.iter().map(|word| word.as_str()).collect()),
            ("packs-selected-by", SelectedBy::ALL.iter().map(|word| word.as_str()).collect()),
            ("packs-decision", FilingDecision::ALL.iter().map(|word| word.as_str()).collect()),
            ("packs-change", ChangeKind::ALL.iter().map(|word| word.as_str()).collect()),
            ("packs-reason", ReasonCode::ALL.iter().map(|word| word.as_str()).collect()),
            (
                "simulations-status",
                SimulationStatus::ALL.iter().map(|word| word.as_str()).collect(),
            ),
            ("packs-field", fields.into_iter().chain(more).chain(PARTS).collect()),
            ("packs-hint", PARTS.to_vec()),
            ("packs-list", lists().collect()),
            ("packs-list-hint", lists().collect()),
            ("packs-rule", lists().collect()),
            ("packs-add", lists().collect()),
        ];
        for (set, words) in sets {
            for word in words {
                let id = format!("{set}-{}", word.replace('_', "-"));
                assert_ne!(text(Language::Chinese, &id, None), id);
            }
        }
    }
}
