//! Requests to confirm entries of portfolios on both back ends: who sees what, for how long, and what an edit makes of a yes.

use credit_bank::domain::portfolio::confirmation::{ConfirmationFilter, ConfirmationState};
use credit_bank::domain::portfolio::timeline::Verification;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::context::Context;
use credit_bank::ops::evidence::read::{download_evidence, remove_evidence};
use credit_bank::ops::members;
use credit_bank::ops::portfolio::answers::{list_confirmations, read_confirmation};
use credit_bank::ops::portfolio::confirmations::{request_confirmation, withdraw_confirmation};
use credit_bank::ops::portfolio::entries::{edit_entry, read_entry, remove_entry};
use serde_json::json;
use uuid::Uuid;

use super::bureau::TODAY;
use super::common::on_both;
use super::packs::{on, refused};
use super::portfolio::{answer, ask, content, items, office_with_learner, upload, write};

#[test]
fn an_institution_confirms_what_it_read_and_an_edit_makes_it_the_learners_word_again() {
    on_both(|world| {
        let (office, learner, _) = office_with_learner(world);
        let bank = &world.bank;
        let file = upload(world, &learner.context);
        let entry = write(world, &learner.context, json!({ "artefacts": [file.file_id] }));
        let download = |context: &Context| download_evidence(bank, context, learner.learner_id, file.file_id);
        assert_eq!(refused(download(&office.reviewer)), Rejection::NotFound {});
        let asked = ask(world, &learner.context, entry.entry_id).unwrap().summary.confirmation_id;
        let again = refused(ask(world, &learner.context, entry.entry_id));
        assert_eq!(again, Rejection::ConfirmationOpen { confirmation_id: asked });
        let nobody = json!({ "institution_id": Uuid::now_v7() });
        let nobody = request_confirmation(
            bank,
            &learner.context,
            None,
            entry.entry_id,
            &serde_json::from_value(nobody).unwrap(),
        );
        assert_eq!(refused(nobody).code(), "invalid_body");

        // Those who judge claims see it, with the files; registrars and others do not.
        let listed = |context: &Context| {
            let filter = ConfirmationFilter {
                institution_id: Some(world.institution_id),
                state: Some(ConfirmationState::Requested),
            };
            list_confirmations(bank, context, &filter, None, 10)
        };
        // Who only deposits does not judge.
        let clerk = on(world.member("clerk", "registrar"), TODAY);
        assert_eq!(listed(&office.reviewer).unwrap().len(), 1);
        assert_eq!(refused(listed(&clerk)), Rejection::Forbidden {});
        let read = read_confirmation(bank, &office.reviewer, asked).unwrap();
        assert_eq!(read.content.unwrap().title.zh.as_deref(), Some("社区养老志愿服务"));
        assert_eq!(
            (read.note.as_deref(), read.summary.learner.unwrap().name_masked),
            (Some("在实训中心任助教"), "王*".to_owned())
        );
        assert!(download(&office.reviewer).is_ok());
        assert_eq!(refused(read_confirmation(bank, &clerk, asked)), Rejection::Forbidden {});
        let looks = list_accesses(bank, &learner.context, Whose::Own, None, 10).unwrap();
        let looks: Vec<&str> = looks.iter().map(|look| look.operation.as_str()).collect();
        assert_eq!(looks, ["download_evidence", "read_confirmation", "list_confirmations"]);

        // A no has a reason; nobody answers himself.
        for reply in [json!({ "answer": "decline" }), json!({ "answer": "confirm", "reason": "属实" })] {
            assert_eq!(refused(answer(world, &office.reviewer, asked, reply)).code(), "invalid_body");
        }
        let new = serde_json::from_value(json!({ "username": "learner", "roles": ["approver"] })).unwrap();
        members::add_member(bank, &world.registrar, None, world.institution_id, &new).unwrap();
        let yes = || json!({ "answer": "confirm" });
        assert_eq!(refused(answer(world, &learner.context, asked, yes())), Rejection::OwnClaim {});
        answer(world, &office.reviewer, asked, yes()).unwrap();
        assert_eq!(refused(answer(world, &office.approver, asked, yes())).code(), "wrong_state");
        let item = |entry_id: Uuid| {
            items(world, &learner.context)
                .into_iter()
                .find(|item| item.item_id == entry_id)
                .unwrap()
        };
        let confirmed = item(entry.entry_id);
        assert_eq!((confirmed.verification, confirmed.institutions.len()), (Verification::Confirmed, 1));

        // Edited, it is the learner's word; what was confirmed is still on record, as it was.
        let edited = edit_entry(
            bank,
            &learner.context,
            entry.entry_id,
            1,
            &content(json!({ "title": { "zh": "志愿服务队队长" } })),
        )
        .unwrap();
        assert_eq!((edited.edition, edited.verification), (2, Verification::SelfDeclared));
        let kept = edited.confirmations[0].content.as_ref().unwrap();
        assert_eq!(
            (kept.title.zh.as_deref(), edited.confirmations[0].answered_by_name.as_ref()),
            (Some("社区养老志愿服务"), None)
        );
        assert_eq!(item(entry.entry_id).verification, Verification::SelfDeclared);

        // What is open when it is edited again is outdated, and no longer seen.
        let second = ask(world, &learner.context, entry.entry_id).unwrap().summary.confirmation_id;
        edit_entry(
            bank,
            &learner.context,
            entry.entry_id,
            2,
            &content(json!({ "title": { "zh": "队员" } })),
        )
        .unwrap();
        let read = read_confirmation(bank, &office.reviewer, second).unwrap();
        assert_eq!(
            (read.summary.state, read.content, read.note),
            (ConfirmationState::Outdated, None, None)
        );
        assert_eq!(refused(answer(world, &office.reviewer, second, yes())).code(), "wrong_state");
    });
}

#[test]
fn a_confirmation_is_declined_taken_back_and_withdrawn() {
    on_both(|world| {
        let (office, learner, _) = office_with_learner(world);
        let bank = &world.bank;
        let file = upload(world, &learner.context);
        let entry = write(world, &learner.context, json!({ "artefacts": [file.file_id] }));
        let ask = || ask(world, &learner.context, entry.entry_id).unwrap().summary.confirmation_id;
        let verification = || read_entry(bank, &learner.context, entry.entry_id).unwrap().verification;
        let sees = |asked| {
            let read = read_confirmation(bank, &office.approver, asked).unwrap();
            let downloads = download_evidence(bank, &office.approver, learner.learner_id, file.file_id).is_ok();
            assert_eq!(read.content.is_some(), downloads, "words and files together");
            downloads
        };
        let declined = ask();
        assert!(sees(declined));
        answer(
            world,
            &office.reviewer,
            declined,
            json!({ "answer": "decline", "reason": "查无此人" }),
        )
        .unwrap();
        assert!(!sees(declined));
        let own = read_entry(bank, &learner.context, entry.entry_id).unwrap();
        assert_eq!(own.confirmations[0].reason.as_deref(), Some("查无此人"));
        let revoked = ask();
        answer(world, &office.reviewer, revoked, json!({ "answer": "confirm" })).unwrap();
        assert_eq!((verification(), sees(revoked)), (Verification::Confirmed, true));
        answer(world, &office.approver, revoked, json!({ "answer": "revoke", "reason": "误认" })).unwrap();
        assert_eq!((verification(), sees(revoked)), (Verification::SelfDeclared, false));
        let withdrawn = ask();
        answer(world, &office.reviewer, withdrawn, json!({ "answer": "confirm" })).unwrap();
        let stranger = withdraw_confirmation(bank, &office.approver, None, withdrawn);
        assert!(matches!(refused(stranger), Rejection::Forbidden {} | Rejection::NotFound {}));
        withdraw_confirmation(bank, &learner.context, None, withdrawn).unwrap();
        assert_eq!((verification(), sees(withdrawn)), (Verification::SelfDeclared, false));
        assert_eq!(
            refused(withdraw_confirmation(bank, &learner.context, None, withdrawn)).code(),
            "wrong_state"
        );
        // Removed, what the institution was sent is gone too.
        let last = ask();
        answer(world, &office.reviewer, last, json!({ "answer": "confirm" })).unwrap();
        remove_entry(bank, &learner.context, entry.entry_id).unwrap();
        let read = read_confirmation(bank, &office.approver, last).unwrap();
        assert_eq!((read.summary.state, read.content), (ConfirmationState::Confirmed, None));
        remove_evidence(bank, &learner.context, learner.learner_id, file.file_id).unwrap();
    });
}
