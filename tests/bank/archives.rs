//! Leaving with everything, between two banks on each back end: what is taken along, what comes of it at the other bank and back
//! again, and what is refused.

use std::io::Cursor;

use base64::prelude::{BASE64_STANDARD, Engine};
use credit_bank::credentials::Signer;
use credit_bank::credentials::badge::Profile;
use credit_bank::credentials::manifest::manifest;
use credit_bank::domain::archive::ListedFile;
use credit_bank::domain::portfolio::timeline::Verification;
use credit_bank::domain::rejection::Rejection;
use credit_bank::domain::verdict::CredentialStanding;
use credit_bank::ops::archive::examine::verify_archive;
use credit_bank::ops::archive::make_archive;
use credit_bank::ops::archive::received::{Reception, list_received_records, read_received_record, verify_received_record};
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::Novelty;
use credit_bank::ops::evidence::read::{download_evidence, list_own_evidence, remove_evidence};
use credit_bank::ops::foreign::{import_credential, list_foreign_credentials};
use credit_bank::ops::verification::Presented;
use credit_bank::ops::verification::lookup::Reaching;
use credit_bank::ops::verify::verify as verify_all;
use credit_bank::ops::views::list_views;
use serde_json::{Value, json};
use sha2::{Digest, Sha384};
use uuid::Uuid;

use super::common::World;
use super::packs::refused;
use super::portfolio::items;
use super::two_banks::{Files, archive, arrival, files, introduce, packed, receive, record, two_banks};

/// What somebody wrote and has, without ids.
fn own_words(world: &World, context: &Context) -> Value {
    let mut said: Vec<Value> = items(world, context)
        .iter()
        .filter(|item| item.edition.is_some())
        .map(|item| {
            let artefacts: Vec<&str> = item.artefacts.iter().map(|file| file.sha256.as_str()).collect();
            json!([
                item.kind,
                item.title,
                item.text,
                item.from,
                item.to,
                item.skills,
                item.links,
                item.hidden,
                item.place,
                artefacts
            ])
        })
        .collect();
    said.sort_by_key(Value::to_string);
    Value::Array(said)
}

#[test]
fn a_record_that_is_taken_along_is_the_same_at_the_other_bank_and_back_again() {
    two_banks(|here, there| {
        let learner = record(here);
        let taken = archive(here, &learner.context);
        let inside = files(&taken);
        let kinds: Vec<&str> = inside.keys().map(|path| path.split('/').next().unwrap()).collect();
        assert_eq!(
            kinds,
            [
                "credentials",
                "credentials",
                "evidence",
                "index.html",
                "manifest.json",
                "record.json"
            ]
        );
        let page = String::from_utf8(inside["index.html"].clone()).unwrap();
        assert!(
            page.contains("王芳")
                && page.contains("安阳职业技术学院")
                && page.contains("证明.pdf")
                && page.contains("已认可")
                && page.contains("社区养老志愿服务"),
            "{page}"
        );
        let signed: Value = serde_json::from_slice(&inside["manifest.json"]).unwrap();
        assert_eq!(signed["relatedResource"].as_array().unwrap().len(), 5);
        assert_eq!(signed["proof"]["cryptosuite"], "eddsa-rdfc-2022");

        introduce(here, there);
        let arrived = arrival(there, here, &learner);
        let (novelty, reception) = receive(there, &arrived, &taken).unwrap();
        let Reception {
            received,
            restored,
            left_out,
        } = reception;
        assert_eq!(novelty, Novelty::Created);
        let verdict = &received.verdict;
        assert_eq!(verdict.signature.standing, CredentialStanding::Valid, "{verdict:?}");
        assert_eq!((verdict.problems.as_slice(), verdict.is_good()), (&[][..], true));
        assert!(
            verdict.movements >= 3 && verdict.decisions == 1 && verdict.answers == 1,
            "{verdict:?}"
        );
        assert_eq!(
            (restored.files, restored.credentials, restored.entries, restored.views),
            (1, 2, 2, 2)
        );
        let refused_parts: Vec<&str> = left_out.iter().map(|part| part.what.split('/').next().unwrap()).collect();
        assert_eq!(refused_parts, ["views"], "the view of what only the other bank has: {left_out:?}");

        // The record is as it was written, the learner's words are the same, and are the learner's own word again.
        let read = read_received_record(&there.bank, &arrived, received.file.file_id).unwrap();
        let written: Value = serde_json::from_slice(&inside["record.json"]).unwrap();
        assert_eq!(read.record, written);
        assert_eq!(written["ledger"]["decisions"].as_array().unwrap().len(), 1);
        assert_eq!(own_words(there, &arrived), own_words(here, &learner.context));
        let own = items(there, &arrived);
        assert!(own.iter().all(|item| item.verification == Verification::SelfDeclared), "{own:?}");
        let views: Vec<(String, usize)> = list_views(&there.bank, &arrived)
            .unwrap()
            .into_iter()
            .map(|view| (view.definition.name, view.definition.items.map_or(0, |items| items.len())))
            .collect();
        assert_eq!(views, [("所选".to_owned(), 2), ("应聘".to_owned(), 0)]);
        let credentials = list_foreign_credentials(&there.bank, &arrived, None, 10).unwrap();
        assert_eq!(credentials.len(), 2);
        assert!(credentials.iter().all(|kept| kept.verdict.standing != CredentialStanding::Invalid));
        assert!(verify_all(&there.bank).unwrap().findings.is_empty());

        // The same again changes nothing; and what comes back home is there already.
        let (novelty, again) = receive(there, &arrived, &taken).unwrap();
        assert_eq!((novelty, again.restored), (Novelty::AlreadyThere, Default::default()));
        let back = archive(there, &arrived);
        introduce(there, here);
        let before = own_words(here, &learner.context);
        let (novelty, home) = receive(here, &learner.context, &back).unwrap();
        assert_eq!(novelty, Novelty::Created, "the record of the other bank");
        // The first bank's record, which the other one had kept, and the two credentials that it had as a stranger's.
        assert_eq!(
            (
                home.restored.files,
                home.restored.credentials,
                home.restored.entries,
                home.restored.views
            ),
            (3, 0, 0, 0),
            "{:?}",
            home.left_out
        );
        assert_eq!((home.left_out.as_slice(), own_words(here, &learner.context)), (&[][..], before));
        let listed = list_received_records(&here.bank, &learner.context, None, 10).unwrap();
        let banks: Vec<&str> = listed.iter().map(|kept| kept.verdict.bank.as_str()).collect();
        assert_eq!(banks, ["did:web:here.example", "did:web:there.example"]);
    });
}

#[test]
fn an_archive_that_is_not_what_its_bank_signed_or_somebody_elses_is_refused() {
    two_banks(|here, there| {
        let learner = record(here);
        let taken = archive(here, &learner.context);
        introduce(here, there);
        let arrived = arrival(there, here, &learner);
        let with = |change: &dyn Fn(&mut Files)| {
            let mut changed = files(&taken);
            change(&mut changed);
            refused(receive(there, &arrived, &packed(&changed)))
        };
        let edit = |files: &mut Files, path: &str, from: &str, to: &str| {
            let text = String::from_utf8(files[path].clone()).unwrap();
            assert!(text.contains(from), "{path} has no {from}");
            files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
        };
        let evidence = files(&taken).into_keys().find(|path| path.starts_with("evidence/")).unwrap();
        let not_genuine = |refusal: Rejection, begins: &str| match refusal {
            Rejection::ArchiveNotGenuine { reason_english, .. } => assert!(reason_english.starts_with(begins), "{reason_english}"),
            other => panic!("{other:?}"),
        };
        not_genuine(
            with(&|files| edit(files, "record.json", "\"9.00\"", "\"99.0\"")),
            "record.json is not what was signed",
        );
        not_genuine(
            with(&|files| drop(files.remove(&evidence))),
            &format!("{evidence} is in the signed list"),
        );
        not_genuine(
            with(&|files| drop(files.insert("evidence/more.pdf".to_owned(), Vec::new()))),
            "evidence/more.pdf is not in the signed list",
        );
        not_genuine(with(&|files| edit(files, "manifest.json", "sha384-", "sha384-A")), "The signature");
        let unreadable = [
            refused(receive(there, &arrived, b"PK")),
            with(&|files| drop(files.remove("record.json"))),
            with(&|files| drop(files.insert("manifest.json".to_owned(), b"[]".to_vec()))),
            with(&|files| drop(files.insert("manifest.json".to_owned(), b"{}".to_vec()))),
        ];
        for refusal in unreadable {
            assert!(matches!(refusal, Rejection::ArchiveUnreadable { .. }), "{refusal:?}");
        }
        let (_, other) = super::evidence::learner(there, "other", "passport", "E76543210");
        assert_eq!(refused(receive(there, &other, &taken)), Rejection::ArchiveOfAnother {});
        assert_eq!(refused(receive(there, &there.registrar, &taken)), Rejection::NotFound {});
        // Of all that nothing was kept.
        for context in [&arrived, &other] {
            assert_eq!(list_own_evidence(&there.bank, context, None, 10).unwrap(), []);
            assert_eq!(own_words(there, context), json!([]));
        }
        assert_eq!(refused(make_archive(&there.bank, &there.registrar)), Rejection::NotFound {});
    });
}

/// Signs the files of an archive again, as somebody who is named by the key.
fn signed_anew(mut files: Files, context: &Context) -> Vec<u8> {
    let signer = Signer::of_did_key(&[7; 32]).unwrap();
    let mut record: Value = serde_json::from_slice(&files["record.json"]).unwrap();
    record["bank"] = json!(signer.issuer());
    files.insert("record.json".to_owned(), record.to_string().into_bytes());
    files.remove("manifest.json");
    let listed: Vec<ListedFile> = files
        .iter()
        .map(|(path, content)| ListedFile {
            path: path.clone(),
            media_type: "application/octet-stream".to_owned(),
            digest: format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(content))),
        })
        .collect();
    let issuer = Profile {
        id: signer.issuer().to_owned(),
        name: "某行".to_owned(),
        url: None,
    };
    let list = manifest(Uuid::from_u128(1), &issuer, "档案", context.now, &listed);
    let signed = signer.secure(list, context.now).unwrap();
    files.insert("manifest.json".to_owned(), Value::Object(signed).to_string().into_bytes());
    packed(&files)
}

#[test]
fn what_does_not_come_out_again_is_named_and_the_bank_is_told_to_be_unknown() {
    two_banks(|here, there| {
        let learner = record(here);
        let taken = files(&archive(here, &learner.context));
        let verdict = |change: &dyn Fn(&mut Value)| {
            let mut changed = taken.clone();
            let mut record: Value = serde_json::from_slice(&changed["record.json"]).unwrap();
            change(&mut record["ledger"]);
            changed.insert("record.json".to_owned(), record.to_string().into_bytes());
            let archive = signed_anew(changed, &learner.context);
            verify_archive(&there.bank, &learner.context, Reaching::Offline, Cursor::new(archive)).unwrap()
        };
        let good = verdict(&|_| {});
        assert_eq!(good.problems, []);
        let steps: Vec<&str> = good.signature.steps.iter().map(|step| step.code.as_str()).collect();
        assert!(steps.contains(&"issuer_not_registered"), "{steps:?}");
        type Case<'a> = (&'a dyn Fn(&mut Value), &'a str, &'a str);
        let cases: [Case<'_>; 8] = [
            (
                &|ledger| ledger["movements"][0]["amount"] = json!("99.00"),
                "movement 1",
                "running balance",
            ),
            (
                &|ledger| ledger["movements"][0]["effective_on"] = json!("2020-01-01"),
                "movement 1",
                "was edited",
            ),
            (
                &|ledger| drop(ledger["movements"].as_array_mut().unwrap().remove(1)),
                "movement 3",
                "not the next",
            ),
            (
                &|ledger| ledger["movements"][0]["hash"] = json!("zz"),
                "movement 1",
                "its hashes are none",
            ),
            (
                &|ledger| ledger["lots"][0]["available"] = json!("99.00"),
                "lot ",
                "its pockets do not add up",
            ),
            (&|ledger| ledger["lots"] = json!([]), "movement 1", "a lot that is not there"),
            (
                &|ledger| ledger["decisions"][0]["credit"] = json!("99.00"),
                "decision ",
                "recomputed it is another",
            ),
            (
                &|ledger| ledger["answers"][0]["recognised"] = json!("99.0"),
                "answer ",
                "recomputed it is another",
            ),
        ];
        for (change, about, what) in cases {
            let found = verdict(change);
            let named = found.problems.iter().any(|problem| {
                problem.about.starts_with(about)
                    && problem.reason_english.contains(what)
                    && problem.reason_chinese != problem.reason_english
            });
            assert!(named && !found.is_good(), "{about} {what}: {:?}", found.problems);
        }
    });
}

#[test]
fn a_received_record_is_evidence_and_verified_again_when_its_bank_becomes_known() {
    two_banks(|here, there| {
        let learner = record(here);
        let taken = archive(here, &learner.context);
        let arrived = arrival(there, here, &learner);
        let (_, reception) = receive(there, &arrived, &taken).unwrap();
        let file = reception.received.file;
        assert_eq!(reception.received.verdict.signature.standing, CredentialStanding::Unknown);
        introduce(here, there);
        let known = verify_received_record(&there.bank, &arrived, file.file_id).unwrap();
        assert!(known.verdict.is_good(), "{known:?}");
        assert_eq!(list_received_records(&there.bank, &arrived, None, 10).unwrap(), [known]);
        // It is a file of evidence as others are, and no credential.
        let content = download_evidence(&there.bank, &arrived, file.learner_id, file.file_id)
            .unwrap()
            .content;
        assert_eq!(files(&content).into_keys().collect::<Vec<_>>(), ["manifest.json", "record.json"]);
        let credential = list_foreign_credentials(&there.bank, &arrived, None, 10).unwrap().remove(0);
        let not_a_record = read_received_record(&there.bank, &arrived, credential.file.file_id);
        assert_eq!(refused(not_a_record), Rejection::NotFound {});
        let list: Value = serde_json::from_slice(&files(&taken)["manifest.json"]).unwrap();
        let list = Presented::Document(list.as_object().unwrap().clone());
        assert!(
            import_credential(&there.bank, &arrived, None, &list).is_ok(),
            "a list is a credential by itself"
        );
        remove_evidence(&there.bank, &arrived, file.learner_id, file.file_id).unwrap();
        assert_eq!(list_received_records(&there.bank, &arrived, None, 10).unwrap(), []);
    });
}
