//! What learners are told of their credentials, on both back ends: ready, not to be had, in doubt, good again, revoked.

use credit_bank::domain::language::Language;
use credit_bank::domain::notification::NotificationKind;
use credit_bank::ops::corrections::requests::own::withdraw_correction_request;
use credit_bank::ops::notifications::{list_notifications, mark_all_notifications};
use serde_json::json;

use super::bureau::{Learner, Office};
use super::common::{World, on_both};
use super::corrections::{apply, preview};
use super::credentials::{ask, issued, learner_with, one, work};
use super::events::publish_all;
use super::requests::{answer, request};

/// What the learner was told since this was asked before, of some kind, from the oldest.
fn news(world: &World, learner: &Learner, kind: NotificationKind, language: Language) -> Vec<String> {
    publish_all(world);
    let told = list_notifications(&world.bank, &learner.context, true, None, 100, language).unwrap();
    mark_all_notifications(&world.bank, &learner.context).unwrap();
    let of_kind = told.items.into_iter().rev().filter(|item| item.kind == kind);
    of_kind.map(|item| item.text).collect()
}

#[test]
fn a_learner_is_told_when_a_credential_is_ready_in_doubt_good_again_and_revoked() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 2);
        let told = |language| news(world, &learner, NotificationKind::Credential, language);
        issued(world, &learner, one(ids[0]), "data_integrity");
        issued(world, &learner, json!({ "of": "record" }), "jwt");
        assert_eq!(told(Language::English), ["A credential of yours is ready."; 2]);

        let request_id = request(world, &learner.context, ids[0]).unwrap().summary.request_id;
        let correction = preview(world, &office.registrar, &one(ids[0])).unwrap();
        let reply = json!({ "answer": "accept", "correction_id": correction.correction_id });
        answer(world, &office.approver, request_id, reply).unwrap();
        assert_eq!(
            told(Language::Chinese),
            ["您的一份电子凭证暂停有效：安阳职业技术学院同意更正其中的一项学习成果。"; 2],
            "of the badge and of the record"
        );
        withdraw_correction_request(&world.bank, &learner.context, None, request_id).unwrap();
        assert_eq!(
            told(Language::English),
            ["A credential of yours that was suspended is valid again."; 2]
        );

        // However much a correction ends, it is one message to each learner, and says how many credentials went with it.
        let correction = preview(world, &office.registrar, &one(ids[0])).unwrap();
        apply(world, &office.approver, &correction).unwrap();
        let corrected = news(world, &learner, NotificationKind::Correction, Language::English);
        assert_eq!(
            corrected,
            ["Outcomes corrected or withdrawn: 1; claims that ended with them: 0; credentials that were revoked: 2."]
        );
        assert_eq!(told(Language::English), Vec::<String>::new());
    });
}

#[test]
fn a_learner_is_told_that_a_credential_could_not_be_issued() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 2);
        ask(world, &learner.context, one(ids[0]), "jwt").unwrap();
        let request_id = request(world, &learner.context, ids[0]).unwrap().summary.request_id;
        let correction = preview(world, &office.registrar, &one(ids[0])).unwrap();
        let reply = json!({ "answer": "accept", "correction_id": correction.correction_id });
        answer(world, &office.approver, request_id, reply).unwrap();
        work(world, &learner.context);
        assert_eq!(
            news(world, &learner, NotificationKind::Credential, Language::English),
            ["A credential that you asked for could not be issued; what it was to say may have changed."]
        );
    });
}
