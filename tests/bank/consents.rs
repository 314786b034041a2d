//! Who sees something of a record without the learner's consent, on both back ends: listed beside the consents, and not to be withdrawn.

use std::collections::BTreeMap;

use credit_bank::domain::portfolio::consent::{ConsentKind, ConsentState, DataCategory, LawfulBasis};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::claims::reading::read_claim;
use credit_bank::ops::consents::{ConsentReceipt, list_consents, withdraw_consent};
use credit_bank::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use credit_bank::ops::outcomes::read_outcome;
use serde_json::json;
use uuid::Uuid;

use super::bureau::{Learner, Office};
use super::common::{NUMBER, World, on_both};
use super::evidence;
use super::packs::{on, refused};
use super::requests::{answer, request};
use super::shares::learner_of;

/// The receipts that do not rest on consent, by kind.
fn standing(world: &World, learner: &Learner) -> BTreeMap<ConsentKind, ConsentReceipt> {
    let all = list_consents(&world.bank, &learner.context).unwrap();
    let without = all.into_iter().filter(|receipt| receipt.lawful_basis != LawfulBasis::Consent);
    without.map(|receipt| (receipt.kind, receipt)).collect()
}

#[test]
fn what_institutions_see_without_consent_is_listed_and_cannot_be_withdrawn() {
    on_both(|world| {
        let bank = &world.bank;
        let (office, learner, outcome_id) = learner_of(world);
        let kinds = || -> Vec<ConsentKind> { standing(world, &learner).into_keys().collect() };
        assert_eq!(kinds(), [ConsentKind::DepositedOutcomes, ConsentKind::Bank]);

        // An open claim and an open request rest on consent; once they are closed, what was decided does not.
        let claim_id = office.claim(world, &learner, &[(outcome_id, "E101")]);
        let request_id = request(world, &learner.context, outcome_id).unwrap().summary.request_id;
        assert_eq!(kinds().len(), 2);
        withdraw_consent(bank, &learner.context, claim_id).unwrap();
        let refusal = json!({ "answer": "refuse", "reason": "与原始记录一致" });
        answer(world, &office.approver, request_id, refusal).unwrap();
        let upload = Upload {
            name: "scan.pdf".to_owned().try_into().unwrap(),
            declared: None,
            content: b"%PDF-1.7\n".to_vec(),
        };
        let (institution_id, learner_id) = (world.institution_id, learner.learner_id);
        let uploader = Uploader::Institution {
            institution_id,
            learner_id,
        };
        upload_evidence(bank, &office.registrar, None, uploader, &upload).unwrap();
        let receipts = standing(world, &learner);
        assert_eq!(
            receipts.keys().copied().collect::<Vec<_>>(),
            [
                ConsentKind::DepositedOutcomes,
                ConsentKind::ClosedClaims,
                ConsentKind::ClosedRequests,
                ConsentKind::UploadedFiles,
                ConsentKind::Bank
            ]
        );
        // The list says what is so: they are read still.
        read_outcome(bank, &office.reviewer, outcome_id).unwrap();
        read_claim(bank, &office.reviewer, claim_id).unwrap();

        for (kind, receipt) in &receipts {
            assert_eq!((receipt.event_state, receipt.valid_until), (ConsentState::Given, None), "{kind}");
            let institution = receipt.recipient.institution.as_ref().map(|institution| institution.institution_id);
            let of_the_bank = *kind == ConsentKind::Bank;
            assert_eq!(institution, (!of_the_bank).then_some(institution_id), "{kind}");
            assert_eq!(receipt.record_id, institution.unwrap_or_default());
            assert!(receipt.withdrawal_method.en.as_ref().unwrap().starts_with("It cannot be withdrawn"));
            assert_eq!(
                refused(withdraw_consent(bank, &learner.context, receipt.record_id)),
                Rejection::ConsentNotWithdrawable {}
            );
        }
        let deposited = &receipts[&ConsentKind::DepositedOutcomes];
        assert_eq!(deposited.lawful_basis, LawfulBasis::LegalObligation);
        assert_eq!(deposited.event_time, on(office.registrar, "2026-11-24").now);
        assert!(deposited.pii_information.contains(&DataCategory::Marks));
        assert!(!deposited.pii_information.contains(&DataCategory::OwnEntries));
        let unknown = withdraw_consent(bank, &learner.context, Uuid::now_v7());
        assert_eq!(refused(unknown), Rejection::NotFound {});
    });
}

#[test]
fn who_registered_a_learner_and_deposited_nothing_is_listed_as_that() {
    on_both(|world| {
        let _ = Office::open(world);
        let (learner_id, context) = evidence::learner(world, "wangfang", "resident_identity_card", NUMBER);
        let learner = Learner { context, learner_id };
        let receipts = standing(world, &learner);
        let kinds: Vec<ConsentKind> = receipts.keys().copied().collect();
        assert_eq!(kinds, [ConsentKind::KnownAccount, ConsentKind::Bank]);
        let known = &receipts[&ConsentKind::KnownAccount];
        assert_eq!(
            known.pii_information,
            [DataCategory::Name, DataCategory::IdentityDocument, DataCategory::AccountNumber]
        );
    });
}
