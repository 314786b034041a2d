//! Credentials on both back ends: asked for, signed by the thread's work, verified by what anybody can read of the bank, and ended with
//! the outcomes that they say.

use credit_bank::credentials::status::StatusBits;
use credit_bank::credentials::{Issuers, PublicKey, verify, verify_jwt};
use credit_bank::domain::credential::{CredentialStatus, QUEUED_MAX};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::context::Context;
use credit_bank::ops::corrections::requests::own::withdraw_correction_request;
use credit_bank::ops::credentials::issue::run_next;
use credit_bank::ops::credentials::issuers::{KeyRotation, read_bank_did, read_institution_did, rotate_issuer_key};
use credit_bank::ops::credentials::lists::read_status_list;
use credit_bank::ops::credentials::{
    Credential, download_own_credential, give_up_credential, list_own_credentials, read_own_credential, request_credential,
};
use credit_bank::ops::deposit::{DepositRequest, deposit_outcomes};
use credit_bank::ops::error::OpError;
use credit_bank::store::connection::Conn;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::{Learner, Office};
use super::common::{World, log_in, on_both};
use super::corrections::{apply, preview};
use super::packs::refused;
use super::requests::{answer, request};

pub(crate) fn ask(world: &World, context: &Context, scope: Value, form: &str) -> Result<Credential, OpError> {
    let new = serde_json::from_value(json!({ "scope": scope, "form": form })).unwrap();
    request_credential(&world.bank, context, None, &new)
}

/// Does what the thread does, until nothing is left to do.
pub(crate) fn work(world: &World, context: &Context) {
    let now = context.now;
    while run_next(&world.bank, &|| now).unwrap() {}
}

pub(crate) fn issued(world: &World, learner: &Learner, scope: Value, form: &str) -> Credential {
    let asked = ask(world, &learner.context, scope, form).unwrap();
    assert_eq!((asked.summary.status, &asked.document), (CredentialStatus::Queued, &None));
    work(world, &learner.context);
    read(world, learner, asked.summary.credential_id)
}

pub(crate) fn read(world: &World, learner: &Learner, credential_id: Uuid) -> Credential {
    read_own_credential(&world.bank, &learner.context, credential_id).unwrap()
}

pub(crate) fn status(world: &World, learner: &Learner, credential: &Credential) -> CredentialStatus {
    read(world, learner, credential.summary.credential_id).summary.status
}

pub(crate) fn one(outcome_id: Uuid) -> Value {
    json!({ "of": "outcome", "outcome_id": outcome_id })
}

/// The keys that anybody reads in the documents of the bank and of the school.
fn issuers(world: &World) -> Issuers {
    let mut issuers = Issuers::default();
    for document in [
        read_bank_did(&world.bank).unwrap(),
        read_institution_did(&world.bank, world.institution_id).unwrap(),
    ] {
        let did = document["id"].as_str().unwrap();
        for method in document["verificationMethod"].as_array().unwrap() {
            let key = match method["publicKeyMultibase"].as_str() {
                Some(text) => PublicKey::from_multibase(text),
                None => PublicKey::from_jwk(&method["publicKeyJwk"]),
            };
            issuers.register(did, key.unwrap());
        }
    }
    issuers
}

pub(crate) fn verified(world: &World, context: &Context, document: &Value) -> Result<Value, String> {
    let (issuers, today) = (issuers(world), world.bank.day(context.now));
    let found = match document.as_str() {
        Some(token) => verify_jwt(token, &issuers, today),
        None => verify(document, &issuers, today),
    };
    let found = found.map_err(|refusal| refusal.code().to_owned())?;
    Ok(Value::Object(found.credential))
}

/// Whether the list that a credential names has its bit set. The list itself is verified, in both forms.
fn is_set(world: &World, context: &Context, credential: &Value) -> bool {
    let entry = &credential["credentialStatus"];
    let list = entry["statusListCredential"].as_str().unwrap();
    let list = read_status_list(&world.bank, list.rsplit('/').next().unwrap().parse().unwrap()).unwrap();
    let document: Value = serde_json::from_str(&list.document).unwrap();
    let proven = verified(world, context, &document).unwrap();
    let told = verified(world, context, &Value::String(list.token)).unwrap();
    assert_eq!(proven["issuer"], credential["issuer"]["id"], "a list is its credentials' issuer's");
    assert_eq!(proven["credentialSubject"], told["credentialSubject"]);
    let bits = StatusBits::decode(proven["credentialSubject"]["encodedList"].as_str().unwrap()).unwrap();
    bits.get(entry["statusListIndex"].as_str().unwrap().parse().unwrap()).unwrap()
}

/// Several certificates of one person, who has an account.
pub(crate) fn learner_with(world: &World, office: &Office, count: usize) -> (Learner, Vec<Uuid>) {
    let requests: Vec<DepositRequest> = (0..count)
        .map(|number| {
            let mut outcome = world.outcome();
            outcome.certificate_number = Some(format!("S000441012345242{number:06}"));
            outcome.awarded_on = outcome.awarded_on - chrono::Days::new(u64::try_from(number).unwrap());
            DepositRequest {
                context: office.registrar,
                idempotency_key: None,
                outcome,
            }
        })
        .collect();
    let deposited: Vec<_> = deposit_outcomes(&world.bank, &requests)
        .unwrap()
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let ids = deposited.iter().map(|one| one.outcome_id).collect();
    (office.learner(world, &deposited[0], "learner"), ids)
}

#[test]
fn a_badge_is_signed_by_its_institution_in_either_form_and_stored_as_it_was_signed() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 1);
        let nothing = read_institution_did(&world.bank, world.institution_id).unwrap();
        assert_eq!(nothing["verificationMethod"], json!([]), "a key is made when it is needed");
        for form in ["data_integrity", "jwt"] {
            let credential = issued(world, &learner, one(ids[0]), form);
            assert_eq!(credential.summary.status, CredentialStatus::Issued);
            let document = credential.document.clone().unwrap();
            let said = verified(world, &learner.context, &document).unwrap();
            let school = format!("did:web:127.0.0.1%3A8080:institutions:{}", world.institution_id);
            assert_eq!(said["issuer"]["id"], school);
            assert_eq!(said["id"], format!("urn:uuid:{}", credential.summary.credential_id));
            assert_eq!(said["credentialSubject"]["creditsEarned"], 9);
            assert_eq!(said["credentialSubject"]["licenseNumber"], "S000441012345242000000");
            assert!(!said.to_string().contains(super::common::NUMBER), "no number of a document");
            assert!(!is_set(world, &learner.context, &said));
            let file = download_own_credential(&world.bank, &learner.context, credential.summary.credential_id).unwrap();
            let text = document.as_str().map_or_else(|| document.to_string(), str::to_owned);
            assert_eq!(file.text.len(), text.len());
        }
        let listed = list_own_credentials(&world.bank, &learner.context, None, 10).unwrap();
        assert_eq!(listed.len(), 2);
        // Others, also its issuer, find nothing.
        let foreign = read_own_credential(&world.bank, &office.registrar, listed[0].credential_id);
        assert_eq!(refused(foreign), Rejection::NotFound {});
    });
}

#[test]
fn a_record_is_the_banks_and_each_of_its_parts_stands_alone() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 3);
        let record = issued(world, &learner, json!({ "of": "record" }), "data_integrity");
        let document = record.document.unwrap();
        let said = verified(world, &learner.context, &document).unwrap();
        assert_eq!(said["issuer"]["id"], "did:web:127.0.0.1%3A8080");
        let parts = document["credentialSubject"]["verifiableCredential"].as_array().unwrap();
        assert_eq!(parts.len(), 3);
        let mut places = std::collections::BTreeSet::new();
        for part in parts {
            let part = verified(world, &learner.context, part).unwrap();
            assert!(places.insert(part["credentialStatus"]["statusListIndex"].as_str().unwrap().to_owned()));
        }
        let two = json!({ "of": "selection", "outcome_ids": ids[..2] });
        let token = issued(world, &learner, two, "jwt").document.unwrap();
        let said = verified(world, &learner.context, &token).unwrap();
        assert_eq!(said["credentialSubject"]["verifiableCredential"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn what_cannot_be_certified_is_refused() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 2);
        let ask = |scope: Value| refused(ask(world, &learner.context, scope, "jwt"));
        assert_eq!(ask(one(Uuid::now_v7())), Rejection::NotFound {});
        for ids in [json!([]), json!([ids[0], ids[0]])] {
            assert_eq!(ask(json!({ "of": "selection", "outcome_ids": ids })).code(), "invalid_body");
        }
        let withdrawn = preview(world, &office.registrar, &one(ids[0])).unwrap();
        apply(world, &office.approver, &withdrawn).unwrap();
        assert_eq!(ask(one(ids[0])), Rejection::OutcomeNotCertified { outcome_id: ids[0] });
        // Of the whole record it is simply left out.
        let record = issued(world, &learner, json!({ "of": "record" }), "jwt");
        assert_eq!(record.summary.outcome_ids, [ids[1]]);
        for _ in 0..QUEUED_MAX {
            super::credentials::ask(world, &learner.context, one(ids[1]), "jwt").unwrap();
        }
        assert_eq!(ask(one(ids[1])), Rejection::TooManyCredentials { queued_max: QUEUED_MAX });
        let strangers = super::credentials::ask(world, &office.reviewer, one(ids[1]), "jwt");
        assert_eq!(refused(strangers), Rejection::NotFound {});
    });
}

#[test]
fn a_correction_revokes_what_its_preview_names_and_nothing_else() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 3);
        let badge = issued(world, &learner, one(ids[0]), "jwt");
        let other = issued(world, &learner, one(ids[1]), "data_integrity");
        let previewed = preview(world, &office.registrar, &one(ids[0])).unwrap();
        assert_eq!(previewed.counts.credentials, 1);
        // One more since the preview is no longer what was previewed.
        let record = issued(world, &learner, json!({ "of": "record" }), "data_integrity");
        assert_eq!(refused(apply(world, &office.approver, &previewed)).code(), "correction_changed");
        let waiting = ask(world, &learner.context, one(ids[0]), "jwt").unwrap();
        let previewed = preview(world, &office.registrar, &one(ids[0])).unwrap();
        assert_eq!(previewed.counts.credentials, 2, "what is not issued cannot be shown to anybody");
        let before = |credential: &Credential| verified(world, &learner.context, credential.document.as_ref().unwrap()).unwrap();
        let (said, record_said, other_said) = (before(&badge), before(&record), before(&other));
        assert!(!is_set(world, &learner.context, &said));
        apply(world, &office.approver, &previewed).unwrap();
        work(world, &learner.context);
        for ended in [&badge, &record, &waiting] {
            assert_eq!(status(world, &learner, ended), CredentialStatus::Revoked);
        }
        assert_eq!(status(world, &learner, &other), CredentialStatus::Issued);
        let set = |credential: &Value| is_set(world, &learner.context, credential);
        assert!(set(&said) && set(&record_said) && !set(&other_said));
        // The parts of the record about other outcomes stay good when they are shown alone.
        let parts = record_said["credentialSubject"]["verifiableCredential"].as_array().unwrap();
        assert_eq!(parts.iter().filter(|part| set(part)).count(), 1);
        assert_eq!(
            told(world, "correction.apply_correction", "credentials"),
            [2, 2],
            "both sides are told"
        );
    });
}

#[test]
fn what_is_going_to_be_corrected_is_suspended_until_that_is_over() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 2);
        let badge = issued(world, &learner, one(ids[0]), "data_integrity");
        let record = issued(world, &learner, json!({ "of": "record" }), "jwt");
        let said = |credential: &Credential| verified(world, &learner.context, credential.document.as_ref().unwrap()).unwrap();
        let (badge_said, record_said) = (said(&badge), said(&record));
        let agree = |outcome_id: Uuid| {
            let request_id = request(world, &learner.context, outcome_id).unwrap().summary.request_id;
            assert_eq!(
                status(world, &learner, &record),
                status(world, &learner, &badge),
                "asking changes nothing"
            );
            let correction = preview(world, &office.registrar, &one(outcome_id)).unwrap();
            let reply = json!({ "answer": "accept", "correction_id": correction.correction_id });
            answer(world, &office.approver, request_id, reply).unwrap();
            (request_id, correction)
        };
        let (first, correction) = agree(ids[0]);
        work(world, &learner.context);
        for credential in [&badge, &record] {
            assert_eq!(status(world, &learner, credential), CredentialStatus::Suspended);
        }
        assert!(is_set(world, &learner.context, &badge_said) && is_set(world, &learner.context, &record_said));
        assert_eq!(
            refused(ask(world, &learner.context, one(ids[0]), "jwt")),
            Rejection::OutcomeInDoubt { outcome_id: ids[0] }
        );
        withdraw_correction_request(&world.bank, &learner.context, None, first).unwrap();
        work(world, &learner.context);
        for credential in [&badge, &record] {
            assert_eq!(status(world, &learner, credential), CredentialStatus::Issued);
        }
        assert!(!is_set(world, &learner.context, &badge_said) && !is_set(world, &learner.context, &record_said));
        // Two in doubt, of which one is cleared: the record is suspended as long as the other is not.
        let again = request(world, &learner.context, ids[0]).unwrap().summary.request_id;
        answer(
            world,
            &office.approver,
            again,
            json!({ "answer": "accept", "correction_id": correction.correction_id }),
        )
        .unwrap();
        let request_id = request(world, &learner.context, ids[1]).unwrap().summary.request_id;
        let second = preview(world, &office.registrar, &one(ids[1])).unwrap();
        answer(
            world,
            &office.approver,
            request_id,
            json!({ "answer": "accept", "correction_id": second.correction_id }),
        )
        .unwrap();
        withdraw_correction_request(&world.bank, &learner.context, None, again).unwrap();
        assert_eq!(status(world, &learner, &badge), CredentialStatus::Issued);
        assert_eq!(status(world, &learner, &record), CredentialStatus::Suspended);
        apply(world, &office.approver, &preview(world, &office.registrar, &one(ids[1])).unwrap()).unwrap();
        assert_eq!(status(world, &learner, &record), CredentialStatus::Revoked, "for ever");
    });
}

#[test]
fn a_new_key_signs_and_what_the_old_one_signed_stays_valid() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 1);
        let old = issued(world, &learner, one(ids[0]), "data_integrity").document.unwrap();
        let (_, administrator) = log_in(&world.bank, "admin");
        let of_school = KeyRotation {
            institution_id: Some(world.institution_id),
        };
        let rotate = |context: &Context, rotation: &KeyRotation| rotate_issuer_key(&world.bank, context, None, rotation);
        assert_eq!(refused(rotate(&office.reviewer, &of_school)), Rejection::Forbidden {});
        assert_eq!(
            refused(rotate(&world.registrar, &KeyRotation { institution_id: None })),
            Rejection::Forbidden {}
        );
        let made = rotate(&administrator, &of_school).unwrap();
        assert_eq!(made.number, 2);
        let new = issued(world, &learner, one(ids[0]), "data_integrity").document.unwrap();
        let method = |document: &Value| document["proof"]["verificationMethod"].as_str().unwrap().to_owned();
        assert!(method(&old).ends_with("#key-1"));
        assert_eq!(method(&new), made.verification_method);
        for document in [&old, &new] {
            verified(world, &learner.context, document).unwrap();
        }
        // The bank's own keys are its own: none was made yet, so this is its first.
        assert_eq!(rotate(&administrator, &KeyRotation { institution_id: None }).unwrap().number, 1);
    });
}

#[test]
fn what_is_given_up_is_forgotten_and_does_not_count_any_more() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 2);
        let record = issued(world, &learner, json!({ "of": "record" }), "data_integrity");
        let said = verified(world, &learner.context, record.document.as_ref().unwrap()).unwrap();
        let id = record.summary.credential_id;
        assert_eq!(
            refused(give_up_credential(&world.bank, &office.registrar, id)),
            Rejection::NotFound {}
        );
        for _ in 0..2 {
            give_up_credential(&world.bank, &learner.context, id).unwrap();
        }
        work(world, &learner.context);
        let now = read(world, &learner, id);
        assert_eq!((now.summary.status, now.document), (CredentialStatus::GivenUp, None));
        assert_eq!(
            refused(download_own_credential(&world.bank, &learner.context, id)),
            Rejection::NotFound {}
        );
        let parts = said["credentialSubject"]["verifiableCredential"].as_array().unwrap();
        assert!(parts.iter().chain([&said]).all(|one| is_set(world, &learner.context, one)));
        // One that waits is not signed at all.
        let waiting = ask(world, &learner.context, one(ids[0]), "jwt").unwrap();
        give_up_credential(&world.bank, &learner.context, waiting.summary.credential_id).unwrap();
        work(world, &learner.context);
        assert_eq!(status(world, &learner, &waiting), CredentialStatus::GivenUp);
    });
}

#[derive(QueryableByName)]
struct Payload {
    #[diesel(sql_type = diesel::sql_types::Text)]
    payload: String,
}

/// How long a list of the events of a type is, of each of them in order.
fn told(world: &World, event_type: &str, field: &str) -> Vec<usize> {
    let sql = format!("SELECT CAST(payload AS TEXT) AS payload FROM outbox WHERE event_type = '{event_type}' ORDER BY sequence");
    let read = |conn: &mut Conn| -> Result<Vec<Payload>, OpError> {
        let found = match conn {
            Conn::Postgres(conn) => diesel::sql_query(&sql).load(conn),
            Conn::Sqlite(conn) => diesel::sql_query(&sql).load(conn),
        };
        Ok(found.unwrap())
    };
    let rows = world.bank.store.read(read).unwrap();
    let length = |row: Payload| {
        let payload: Value = serde_json::from_str(&row.payload).unwrap();
        let details = payload.get("details").unwrap_or(&payload);
        details[field].as_array().unwrap().len()
    };
    rows.into_iter().map(length).collect()
}
