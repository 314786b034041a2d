//! Statements and certificates on both back ends: issued, printed, kept, checked by their number, and what becomes of them.

use chrono::{DateTime, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::language::Language;
use credit_bank::domain::rejection::Rejection;
use credit_bank::domain::statement::{STATEMENTS_A_DAY_MAX, StatementStatus, Validity};
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::context::Context;
use credit_bank::ops::credentials::download_own_credential;
use credit_bank::ops::credentials::issue::run_next;
use credit_bank::ops::error::OpError;
use credit_bank::ops::evidence::read::remove_evidence;
use credit_bank::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use credit_bank::ops::exports::{ExportForm, export_record};
use credit_bank::ops::statements::check::{CheckedKind, NumberCheck, check_number};
use credit_bank::ops::statements::worker::{SILENCE, print_next_statement};
use credit_bank::ops::statements::{Statement, download_statement, issue_statement, list_statements, read_statement, revoke_statement};
use credit_bank::ops::verify::verify;
use flate2::read::ZlibDecoder;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::{Learner, Office};
use super::common::{World, on_both};
use super::corrections::{apply, preview};
use super::credentials::verified;
use super::packs::refused;

fn issue(world: &World, context: &Context, key: Option<&str>, new: Value) -> Result<Statement, OpError> {
    issue_statement(&world.bank, context, key, &serde_json::from_value(new).unwrap())
}

/// Signs what is attached to papers.
fn sign_all(world: &World, now: DateTime<Utc>) {
    while run_next(&world.bank, &|| now).unwrap() {}
}

/// Prints whatever waits, and says how many that were.
fn print_all(world: &World, now: DateTime<Utc>) -> usize {
    sign_all(world, now);
    (0..).take_while(|_| print_next_statement(&world.bank, &|| now).unwrap()).count()
}

/// Issues and prints.
fn printed(world: &World, learner: &Learner, new: Value) -> Statement {
    let issued = issue(world, &learner.context, None, new).unwrap();
    assert_eq!((issued.status, &issued.sha256), (StatementStatus::Queued, &None));
    assert_eq!(print_all(world, learner.context.now), 1);
    let ready = read_statement(&world.bank, &learner.context, issued.statement_id).unwrap();
    assert_eq!(ready.status, StatementStatus::Ready);
    ready
}

fn anybody(learner: &Learner) -> Context {
    Context {
        caller: Caller::Anonymous,
        request_id: Uuid::now_v7(),
        ..learner.context
    }
}

fn check(world: &World, learner: &Learner, number: &str) -> Result<NumberCheck, OpError> {
    check_number(&world.bank, &anybody(learner), number)
}

#[test]
fn a_statement_is_printed_once_kept_and_checked_by_anybody_with_its_number() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let record = json!({ "kind": "record" });
        let issued = issue(world, &learner.context, Some("first"), record.clone()).unwrap();
        assert_eq!(issue(world, &learner.context, Some("first"), record.clone()).unwrap(), issued);
        let other = issue(
            world,
            &learner.context,
            Some("first"),
            json!({ "kind": "record", "language": "en" }),
        );
        assert_eq!(refused(other), Rejection::IdempotencyKeyReused {});
        assert_eq!(
            refused(check(world, &learner, &issued.number)),
            Rejection::NotFound {},
            "not printed yet"
        );
        assert_eq!(
            refused(download_statement(&world.bank, &learner.context, issued.statement_id)).code(),
            "wrong_state"
        );
        assert_eq!(print_all(world, learner.context.now), 1);
        let paper = download_statement(&world.bank, &learner.context, issued.statement_id).unwrap();
        assert!(paper.content.starts_with(b"%PDF-"));
        let ready = &paper.statement;
        assert_eq!(
            (ready.pages, ready.missing_characters.len(), &ready.outcome_ids),
            (Some(1), 0, &vec![deposited.outcome_id])
        );
        assert_eq!(ready.bytes, i64::try_from(paper.content.len()).ok());
        assert_eq!(print_all(world, learner.context.now), 0, "never again");
        let checked = check(world, &learner, &ready.number).unwrap();
        assert_eq!(checked, check(world, &learner, &ready.number.replace(' ', "")).unwrap());
        assert_eq!(
            (
                checked.kind,
                checked.validity,
                checked.name_masked.as_deref(),
                checked.outcomes,
                checked.since
            ),
            (CheckedKind::Statement, Validity::Valid, Some("王*"), 1, None)
        );
        assert_eq!(checked.sha256, ready.sha256);
        assert!(!serde_json::to_string(&checked).unwrap().contains("王芳"));
        // The learner sees that it was checked.
        let looks = list_accesses(&world.bank, &learner.context, Whose::Own, None, 10).unwrap();
        let checks = looks
            .iter()
            .filter(|look| look.operation == "check_number" && look.actor_name == "anonymous");
        assert_eq!(checks.count(), 2);
        check_number(&world.bank, &learner.context, &ready.number).unwrap();
        assert_eq!(
            list_accesses(&world.bank, &learner.context, Whose::Own, None, 10).unwrap().len(),
            looks.len()
        );
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
        let digest = credit_bank::files::Digest::of(&paper.content);
        world.bank.files.remove(digest).unwrap();
        let findings = verify(&world.bank).unwrap().findings;
        assert_eq!(findings, [format!("statement {}: its content is not there", issued.statement_id)]);
    });
}

#[test]
fn nobody_else_has_one_issued_or_reads_it() {
    on_both(|world| {
        let office = Office::open(world);
        let all = office.deposit(world, 1..3, 0);
        let learner = office.learner(world, &all[0], "learner");
        let other = office.learner(world, &all[1], "other");
        let ready = printed(world, &learner, json!({ "kind": "record" }));
        let id = ready.statement_id;
        for stranger in [&office.registrar, &office.officer, &other.context] {
            assert_eq!(refused(read_statement(&world.bank, stranger, id)), Rejection::NotFound {});
            assert_eq!(refused(download_statement(&world.bank, stranger, id)), Rejection::NotFound {});
            assert_eq!(refused(revoke_statement(&world.bank, stranger, None, id)), Rejection::NotFound {});
        }
        assert_eq!(
            refused(issue(world, &office.registrar, None, json!({ "kind": "record" }))),
            Rejection::NotFound {}
        );
        assert_eq!(
            refused(issue(world, &anybody(&learner), None, json!({ "kind": "record" }))),
            Rejection::Unauthenticated {}
        );
        let foreign = json!({ "kind": "outcomes", "outcome_ids": [all[0].outcome_id, all[1].outcome_id] });
        let Rejection::InvalidBody { problems } = refused(issue(world, &learner.context, None, foreign)) else {
            panic!()
        };
        assert_eq!(
            problems.iter().map(|problem| problem.pointer.as_str()).collect::<Vec<_>>(),
            ["/outcome_ids/1"]
        );
        assert_eq!(list_statements(&world.bank, &other.context, None, 10).unwrap(), []);
        assert_eq!(list_statements(&world.bank, &learner.context, None, 10).unwrap(), [ready]);
    });
}

#[test]
fn what_is_taken_back_or_corrected_is_told_to_whoever_checks() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let kept = office.deposit(world, 1..2, 1).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let about = |outcome_id: Uuid| json!({ "kind": "outcome", "outcome_ids": [outcome_id], "language": "en" });
        let (wrong, right) = (
            printed(world, &learner, about(deposited.outcome_id)),
            printed(world, &learner, about(kept.outcome_id)),
        );
        let checked = check(world, &learner, &wrong.number).unwrap();
        assert_eq!(
            (checked.kind, checked.institution.as_deref(), checked.outcome.as_deref()),
            (CheckedKind::OutcomeCertificate, Some("安阳职业技术学院"), Some("电工(四级/中级工)"))
        );
        let scope = json!({ "of": "outcome", "outcome_id": deposited.outcome_id });
        let correction = preview(world, &office.registrar, &scope).unwrap();
        apply(world, &office.approver, &correction).unwrap();
        let now = check(world, &learner, &wrong.number).unwrap();
        assert_eq!((now.validity, now.since), (Validity::Corrected, Some(office.approver.now)));
        assert_eq!(check(world, &learner, &right.number).unwrap().validity, Validity::Valid);
        // What stands no more is not certified again.
        assert_eq!(
            refused(issue(world, &learner.context, None, about(deposited.outcome_id))).code(),
            "invalid_body"
        );
        let revoked = revoke_statement(&world.bank, &learner.context, None, right.statement_id).unwrap();
        assert_eq!(
            (revoked.status, revoked.revoked_at),
            (StatementStatus::Revoked, Some(learner.context.now))
        );
        assert_eq!(
            refused(revoke_statement(&world.bank, &learner.context, None, right.statement_id)).code(),
            "wrong_state"
        );
        let now = check(world, &learner, &right.number).unwrap();
        assert_eq!((now.validity, now.since), (Validity::Withdrawn, Some(learner.context.now)));
        assert!(
            download_statement(&world.bank, &learner.context, right.statement_id).is_ok(),
            "the learner still has it"
        );
    });
}

#[test]
fn a_granted_decision_is_certified_and_checked_by_both_numbers() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let claim_id = office.claim(world, &learner, &[(deposited.outcome_id, "E101")]);
        let about = json!({ "kind": "decision", "claim_id": claim_id });
        assert_eq!(refused(issue(world, &learner.context, None, about.clone())).code(), "wrong_state");
        office.grant(world, claim_id);
        let ready = printed(world, &learner, about);
        assert_eq!(ready.credential_id, None, "a credential says outcomes, and nothing of decisions");
        let checked = check(world, &learner, &ready.number).unwrap();
        assert_eq!(
            (checked.kind, checked.validity, checked.outcomes),
            (CheckedKind::DecisionCertificate, Validity::Valid, 1)
        );
        let decision = check(world, &learner, "914403003429409755-2026-00001").unwrap();
        assert_eq!(
            (decision.kind, decision.validity, decision.name_masked, decision.sha256),
            (CheckedKind::Decision, Validity::Valid, None, None),
            "a number that can be guessed tells of nobody"
        );
        for wrong in [
            "914403003429409755-2026-00002",
            "",
            "0",
            "2026 0000 0000 0000 0000",
            "20260000000000000129",
        ] {
            assert_eq!(refused(check(world, &learner, wrong)), Rejection::NotFound {}, "{wrong}");
        }
        let scope = json!({ "of": "outcome", "outcome_id": deposited.outcome_id });
        let correction = preview(world, &office.registrar, &scope).unwrap();
        apply(world, &office.approver, &correction).unwrap();
        assert_eq!(check(world, &learner, &ready.number).unwrap().validity, Validity::Corrected);
    });
}

#[test]
fn a_printer_that_is_lost_is_followed_by_another_and_a_paper_that_ends_each_is_given_up() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let issued = issue(world, &learner.context, None, json!({ "kind": "record" })).unwrap();
        let lose = |at: DateTime<Utc>| {
            world.bank.store.write(|conn| {
                let since = at - SILENCE;
                let row = credit_bank::store::statements::waiting(conn, since, 1)?.remove(0);
                credit_bank::store::statements::take(conn, &row, Uuid::now_v7(), at, since)
            })
        };
        let mut now = learner.context.now;
        sign_all(world, now);
        assert!(lose(now).unwrap());
        assert_eq!(print_all(world, now), 0, "somebody is at it");
        now += SILENCE + chrono::TimeDelta::seconds(1);
        assert!(lose(now).unwrap());
        now += SILENCE + chrono::TimeDelta::seconds(1);
        assert!(lose(now).unwrap());
        now += SILENCE + chrono::TimeDelta::seconds(1);
        assert_eq!(print_all(world, now), 1);
        let failed = read_statement(&world.bank, &learner.context, issued.statement_id).unwrap();
        assert_eq!((failed.status, failed.finished_at), (StatementStatus::Failed, Some(now)));
        assert_eq!(refused(check(world, &learner, &issued.number)), Rejection::NotFound {});
        // One that is taken back while it waits is never printed.
        let issued = issue(world, &learner.context, None, json!({ "kind": "record" })).unwrap();
        revoke_statement(&world.bank, &learner.context, None, issued.statement_id).unwrap();
        assert_eq!(print_all(world, now), 0);
        assert_eq!(refused(check(world, &learner, &issued.number)), Rejection::NotFound {});
    });
}

#[test]
fn a_day_has_so_many_and_a_statement_that_is_evidence_too_outlives_it() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let ready = printed(
            world,
            &learner,
            json!({ "kind": "outcomes", "outcome_ids": [deposited.outcome_id] }),
        );
        let content = download_statement(&world.bank, &learner.context, ready.statement_id)
            .unwrap()
            .content
            .to_vec();
        let upload = Upload {
            name: "证明.pdf".to_owned().try_into().unwrap(),
            declared: None,
            content,
        };
        let (_, file) = upload_evidence(&world.bank, &learner.context, None, Uploader::Learner, &upload).unwrap();
        remove_evidence(&world.bank, &learner.context, learner.learner_id, file.file_id).unwrap();
        assert!(download_statement(&world.bank, &learner.context, ready.statement_id).is_ok());
        for _ in 1..STATEMENTS_A_DAY_MAX {
            issue(world, &learner.context, None, json!({ "kind": "record" })).unwrap();
        }
        let a_day = STATEMENTS_A_DAY_MAX;
        let one_more = |context: &Context| issue(world, context, None, json!({ "kind": "record" }));
        assert_eq!(refused(one_more(&learner.context)), Rejection::TooManyStatements { a_day });
        let tomorrow = Context {
            now: learner.context.now + chrono::TimeDelta::days(1),
            ..learner.context
        };
        one_more(&tomorrow).unwrap();
    });
}

#[test]
fn the_record_leaves_in_every_form_and_only_with_its_learner() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let withdrawn = office.deposit(world, 1..2, 1).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let scope = json!({ "of": "outcome", "outcome_id": withdrawn.outcome_id });
        let correction = preview(world, &office.registrar, &scope).unwrap();
        apply(world, &office.approver, &correction).unwrap();
        for form in ExportForm::ALL {
            let text = export_record(&world.bank, &learner.context, *form, Language::Chinese).unwrap();
            assert_eq!(
                text.matches("电工(四级/中级工)").count(),
                if *form == ExportForm::EuropeanLearningModel { 3 } else { 1 },
                "{form}"
            );
            assert!(
                text.contains("安阳职业技术学院") && !text.contains("E00000001"),
                "{form} has no number of a document"
            );
            assert_eq!(
                refused(export_record(&world.bank, &office.officer, *form, Language::Chinese)),
                Rejection::NotFound {}
            );
        }
        let elmo = export_record(&world.bank, &learner.context, ExportForm::Elmo, Language::Chinese).unwrap();
        let key_set = world.bank.tokens.key_set();
        let key_id = key_set["keys"][0]["kid"].as_str().unwrap();
        assert!(elmo.contains(&format!(
            "<ds:KeyName>http://127.0.0.1:8080/.well-known/jwks.json#{key_id}</ds:KeyName>"
        )));
    });
}

/// What the compressed streams of a PDF hold.
fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    let begins = (0..pdf.len()).filter(|place| pdf[*place..].starts_with(b"stream\n"));
    let all = begins.map(|place| {
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut ZlibDecoder::new(&pdf[place + 7..]), &mut content).map(|_| content)
    });
    all.flatten().collect()
}

#[test]
fn the_signed_credential_is_in_the_paper_and_is_given_up_with_it() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let other = office.deposit(world, 1..2, 1).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let both = json!({ "kind": "outcomes", "outcome_ids": [deposited.outcome_id, other.outcome_id] });
        let issued = issue(world, &learner.context, None, both).unwrap();
        let credential_id = issued.credential_id.unwrap();
        let print = || print_next_statement(&world.bank, &|| learner.context.now).unwrap();
        assert!(!print(), "it waits for its credential");
        sign_all(world, learner.context.now);
        assert!(print());
        let paper = download_statement(&world.bank, &learner.context, issued.statement_id).unwrap();
        let credential = download_own_credential(&world.bank, &learner.context, credential_id).unwrap();
        assert!(
            streams(&paper.content).iter().any(|content| *content == credential.text.as_bytes()),
            "byte for byte"
        );
        let verified = verified(world, &learner.context, &serde_json::from_str(&credential.text).unwrap()).unwrap();
        assert_eq!(verified["credentialSubject"]["verifiableCredential"].as_array().unwrap().len(), 2);
        revoke_statement(&world.bank, &learner.context, None, issued.statement_id).unwrap();
        assert_eq!(
            refused(download_own_credential(&world.bank, &learner.context, credential_id)),
            Rejection::NotFound {}
        );
    });
}
