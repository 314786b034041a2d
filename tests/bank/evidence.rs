//! Evidence that something uses, through the operations on both back ends: who reads it because of the use, and that it
//! stays.

use std::sync::Arc;

use credit_bank::domain::rejection::Rejection;
use credit_bank::files::Digest;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::context::Context;
use credit_bank::ops::error::OpError;
use credit_bank::ops::evidence::read::{download_evidence, read_evidence, remove_evidence};
use credit_bank::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use credit_bank::ops::evidence::{EvidenceFile, OF_SUBJECT_MAX, attach, of_subject};
use credit_bank::ops::learners;
use credit_bank::ops::verify::verify;
use serde_json::json;
use uuid::Uuid;

use super::common::{NUMBER, PASSWORD, World, log_in, on_both};

fn user(name: &str) -> serde_json::Value {
    json!({ "username": name, "display_name": name, "password": PASSWORD })
}

/// Registers a learner with a log-in at the school.
pub(crate) fn learner(world: &World, username: &str, kind: &str, number: &str) -> (Uuid, Context) {
    let new = json!({ "institution_id": world.institution_id, "user": user(username),
        "learner": { "document_kind": kind, "document_number": number, "name": "王芳" } });
    let new = serde_json::from_value(new).unwrap();
    let learner_id = learners::register_learner(&world.bank, &world.registrar, None, &new)
        .unwrap()
        .learner_id;
    (learner_id, log_in(&world.bank, username).1)
}

fn upload(world: &World, context: &Context, more: &str) -> EvidenceFile {
    let upload = Upload {
        name: "scan.pdf".to_owned().try_into().unwrap(),
        declared: None,
        content: format!("%PDF-1.7\n{more}").into_bytes(),
    };
    upload_evidence(&world.bank, context, None, Uploader::Learner, &upload).unwrap().1
}

fn use_them(world: &World, context: &Context, learner_id: Uuid, file_ids: &[Uuid], subject_id: Uuid) -> Result<(), OpError> {
    let store = &world.bank.store;
    store.write(|conn| attach(conn, context, learner_id, file_ids, "claim", subject_id, Some(world.institution_id)))
}

fn rejection<T>(answer: Result<T, OpError>) -> Rejection {
    match answer {
        Err(OpError::Rejected(rejection)) => rejection,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[test]
fn those_who_judge_read_what_a_subject_uses_and_the_learner_sees_it() {
    on_both(|world| {
        let bank = &world.bank;
        let (learner_id, own) = learner(world, "wangfang", "resident_identity_card", NUMBER);
        let reviewer = world.member("reviewer", "reviewer");
        let registrar_only = world.member("clerk", "registrar");
        let file = upload(world, &own, "");
        let download = |context: &Context| download_evidence(bank, context, learner_id, file.file_id);
        assert_eq!(rejection(download(&reviewer)), Rejection::NotFound {});
        let subject_id = Uuid::now_v7();
        use_them(world, &own, learner_id, &[file.file_id], subject_id).unwrap();
        use_them(world, &own, learner_id, &[file.file_id, file.file_id], subject_id).unwrap();
        assert_eq!(download(&reviewer).unwrap().content.as_slice(), b"%PDF-1.7\n");
        assert!(read_evidence(bank, &reviewer, learner_id, file.file_id).unwrap().in_use);
        assert_eq!(
            rejection(download(&registrar_only)),
            Rejection::NotFound {},
            "a registrar does not judge"
        );
        let listed = bank
            .store
            .read(|conn| of_subject(bank, conn, learner_id, "claim", subject_id))
            .unwrap();
        assert_eq!(listed.iter().map(|file| file.file_id).collect::<Vec<_>>(), [file.file_id]);
        let others = |kind: &str, subject: Uuid| bank.store.read(|conn| of_subject(bank, conn, learner_id, kind, subject)).unwrap();
        assert_eq!((others("objection", subject_id), others("claim", Uuid::now_v7())), (vec![], vec![]));
        let looks = list_accesses(bank, &own, Whose::Own, None, 10).unwrap();
        let looks: Vec<_> = looks.iter().map(|look| (look.operation.as_str(), look.institution_id)).collect();
        let school = Some(world.institution_id);
        assert_eq!(looks, [("read_evidence", school), ("download_evidence", school)]);
        assert_eq!(
            rejection(remove_evidence(bank, &own, learner_id, file.file_id)),
            Rejection::EvidenceInUse {}
        );
        assert_eq!(verify(bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn only_what_the_caller_may_read_can_be_used_and_only_so_many() {
    on_both(|world| {
        let (learner_id, own) = learner(world, "wangfang", "resident_identity_card", NUMBER);
        let (other_id, other) = learner(world, "john", "passport", "E12345678");
        let mine = upload(world, &own, "");
        let others = upload(world, &other, "");
        let subject_id = Uuid::now_v7();
        let problems = |context: &Context, file_ids: &[Uuid]| match rejection(use_them(world, context, learner_id, file_ids, subject_id)) {
            Rejection::InvalidBody { problems } => problems.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let unknown = Uuid::now_v7();
        assert_eq!(
            problems(&own, &[mine.file_id, others.file_id, unknown]),
            ["/evidence/1", "/evidence/2"]
        );
        // Nobody opens a file by guessing at it.
        assert_eq!(problems(&world.registrar, &[mine.file_id]), ["/evidence/0"]);
        assert_eq!(problems(&other, &[mine.file_id]), ["/evidence/0"]);
        remove_evidence(&world.bank, &own, learner_id, mine.file_id).unwrap();
        assert_eq!(problems(&own, &[mine.file_id]), ["/evidence/0"]);
        download_evidence(&world.bank, &other, other_id, others.file_id).unwrap();

        let many: Vec<Uuid> = (0..=OF_SUBJECT_MAX)
            .map(|number| upload(world, &own, &number.to_string()).file_id)
            .collect();
        let (some, last) = many.split_at(OF_SUBJECT_MAX);
        use_them(world, &own, learner_id, some, subject_id).unwrap();
        let full = Rejection::EvidenceOfSubjectFull { files_max: OF_SUBJECT_MAX };
        assert_eq!(rejection(use_them(world, &own, learner_id, last, subject_id)), full);
        assert_eq!(
            rejection(use_them(world, &own, learner_id, &many, Uuid::now_v7())),
            Rejection::EvidenceOfSubjectFull { files_max: OF_SUBJECT_MAX }
        );
        use_them(world, &own, learner_id, some, subject_id).unwrap();
    });
}

#[test]
fn a_file_that_is_used_and_removed_at_once_is_one_or_the_other() {
    on_both(|world| {
        let (learner_id, own) = learner(world, "wangfang", "resident_identity_card", NUMBER);
        for number in 0..10 {
            let file_id = upload(world, &own, &number.to_string()).file_id;
            let using = {
                let world = Arc::clone(world);
                std::thread::spawn(move || use_them(&world, &own, learner_id, &[file_id], Uuid::now_v7()).is_ok())
            };
            let removed = remove_evidence(&world.bank, &own, learner_id, file_id).is_ok();
            assert_ne!(using.join().unwrap(), removed);
        }
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn the_same_content_uploaded_and_removed_at_once_stays_with_whoever_has_it() {
    on_both(|world| {
        let (learner_id, own) = learner(world, "wangfang", "resident_identity_card", NUMBER);
        let (_, other) = learner(world, "john", "passport", "E12345678");
        for number in 0..10 {
            let more = number.to_string();
            let file_id = upload(world, &own, &more).file_id;
            let uploading = {
                let (world, more) = (Arc::clone(world), more.clone());
                std::thread::spawn(move || upload(&world, &other, &more))
            };
            remove_evidence(&world.bank, &own, learner_id, file_id).unwrap();
            uploading.join().unwrap();
        }
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn a_content_that_is_gone_or_changed_is_found() {
    on_both(|world| {
        let (_, own) = learner(world, "wangfang", "resident_identity_card", NUMBER);
        let file = upload(world, &own, "");
        let digest = Digest::of(b"%PDF-1.7\n");
        assert_eq!(file.sha256, digest.to_string());
        let found = |what: &str| {
            let findings = verify(&world.bank).unwrap().findings;
            assert_eq!(findings, [format!("evidence file {}: its content is {what}", file.file_id)]);
        };
        let mut sealed = world.bank.files.get(digest).unwrap().unwrap();
        *sealed.last_mut().unwrap() ^= 1;
        world.bank.files.put(digest, sealed).unwrap();
        found("damaged");
        world.bank.files.remove(digest).unwrap();
        found("not there");
    });
}
