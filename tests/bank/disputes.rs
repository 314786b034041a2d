//! What is disputed says so wherever it is shown, from the learner's request until a correction ends it, on both back ends.

use credit_bank::domain::correction::request::{RequestFilter, RequestState};
use credit_bank::domain::language::Language;
use credit_bank::domain::outcome::OutcomeFilter;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::claims::reading::read_claim;
use credit_bank::ops::context::Context;
use credit_bank::ops::corrections::reading::list_correction_items;
use credit_bank::ops::corrections::requests::answer::read_correction_request;
use credit_bank::ops::corrections::requests::own::{list_own_correction_requests, request_correction};
use credit_bank::ops::decisions::read_decision;
use credit_bank::ops::evidence::read::read_evidence;
use credit_bank::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use credit_bank::ops::outcomes::{OutcomeView, list_outcomes, list_record_outcomes};
use credit_bank::ops::verify::verify;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::{Office, TODAY};
use super::common::on_both;
use super::corrections::{apply, preview};
use super::packs::refused;
use super::requests::{answer, disputed_by, request, told, waiting};

#[test]
fn a_wrong_record_is_disputed_until_it_is_corrected() {
    on_both(|world| {
        let bank = &world.bank;
        let office = Office::open(world);
        let wrong = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &wrong, "learner");
        let claim_id = office.claim(world, &learner, &[]);
        let upload = Upload {
            name: "成绩单.pdf".to_owned().try_into().unwrap(),
            declared: None,
            content: b"%PDF-1.7\n".to_vec(),
        };
        let file_id = upload_evidence(bank, &learner.context, None, Uploader::Learner, &upload)
            .unwrap()
            .1
            .file_id;
        let new = json!({ "outcome_id": wrong.outcome_id, "kind": "wrong", "reason": " 成绩应为 96 分\n见附件 ",
            "fields": [{ "part": "score", "should_be": "96" }], "evidence": [file_id] });
        let request_new = |new: &Value| request_correction(bank, &learner.context, None, &serde_json::from_value(new.clone()).unwrap());
        let requested = request_new(&new).unwrap();
        let request_id = requested.summary.request_id;
        assert_eq!((requested.reason.as_str(), requested.evidence.len()), ("成绩应为 96 分\n见附件", 1));
        assert_eq!(refused(request_new(&new)), Rejection::CorrectionRequested { request_id });

        // It shows wherever the outcome does, and blocks nothing.
        assert_eq!(disputed_by(world, &learner, wrong.outcome_id), Some(request_id));
        let of = |outcomes: Vec<OutcomeView>| outcomes[0].dispute.map(|dispute| dispute.request_id);
        let day = |text: &str| Some(text.parse().unwrap());
        let record = |whose, context: &Context, day| of(list_record_outcomes(bank, context, whose, day, None, 10).unwrap());
        assert_eq!(record(Whose::Own, &learner.context, None), Some(request_id));
        assert_eq!(
            record(Whose::Learner(learner.learner_id), &office.officer, day(TODAY)),
            Some(request_id)
        );
        assert_eq!(record(Whose::Own, &learner.context, day("2026-11-30")), None, "it was not then");
        let filter = OutcomeFilter {
            institution_id: Some(world.institution_id),
            ..Default::default()
        };
        assert_eq!(
            of(list_outcomes(bank, &office.registrar, &filter, None, 10).unwrap()),
            Some(request_id)
        );
        let language = Language::Chinese;
        let decision = read_decision(bank, &learner.context, wrong.decision_id.unwrap(), language).unwrap();
        assert_eq!(decision.dispute.map(|dispute| dispute.request_id), Some(request_id));
        let claim = read_claim(bank, &office.reviewer, claim_id).unwrap();
        assert_eq!(claim.uses[0].dispute.map(|dispute| dispute.state), Some(RequestState::Requested));
        office.grant(world, claim_id);

        // Those who answer read it and what came with it; those who judge claims, and the person himself on the other side, do not.
        assert_eq!(
            refused(read_correction_request(bank, &office.reviewer, request_id)),
            Rejection::Forbidden {}
        );
        assert_eq!(
            refused(read_evidence(bank, &office.reviewer, learner.learner_id, file_id)),
            Rejection::NotFound {}
        );
        assert_eq!(
            read_evidence(bank, &office.registrar, learner.learner_id, file_id).unwrap().file_id,
            file_id
        );
        let read = read_correction_request(bank, &office.registrar, request_id).unwrap();
        assert_eq!(read.summary.learner.unwrap().name_masked, "王*");
        let listed = waiting(world, &office.approver, &RequestFilter::default());
        let masked = listed[0].learner.as_ref().map(|learner| learner.name_masked.as_str());
        assert_eq!((listed.len(), masked), (1, Some("王*")), "others are told whose it is");
        let looks = list_accesses(bank, &learner.context, Whose::Own, None, 3).unwrap();
        let looks: Vec<&str> = looks.iter().map(|look| look.operation.as_str()).collect();
        assert_eq!(looks, ["list_correction_requests", "read_correction_request", "read_evidence"]);

        // Accepting names a correction of the outcome that is previewed; who only judges claims does not answer.
        let previewed = preview(
            world,
            &office.registrar,
            &json!({ "of": "outcome", "outcome_id": wrong.outcome_id }),
        )
        .unwrap();
        let items = list_correction_items(bank, &office.registrar, previewed.correction_id, None, 10).unwrap();
        assert_eq!(items[0].dispute.map(|dispute| dispute.request_id), Some(request_id));
        let accept = |correction_id: Option<Uuid>| json!({ "answer": "accept", "correction_id": correction_id });
        assert_eq!(
            refused(answer(world, &office.approver, request_id, accept(None))).code(),
            "invalid_body"
        );
        let unknown = answer(world, &office.approver, request_id, accept(Some(Uuid::now_v7())));
        assert_eq!(refused(unknown), Rejection::CorrectionUnfit {});
        let accept = accept(Some(previewed.correction_id));
        assert_eq!(
            refused(answer(world, &office.reviewer, request_id, accept.clone())),
            Rejection::Forbidden {}
        );
        let accepted = answer(world, &office.approver, request_id, accept).unwrap();
        assert_eq!(
            (accepted.summary.state, accepted.answered_by_name.as_deref()),
            (RequestState::Accepted, Some("approver"))
        );
        assert_eq!(
            disputed_by(world, &learner, wrong.outcome_id),
            Some(request_id),
            "it is not done yet"
        );
        apply(world, &office.approver, &previewed).unwrap();
        let [done] = &list_own_correction_requests(bank, &learner.context, None, 10).unwrap()[..] else {
            panic!()
        };
        assert_eq!(
            (done.state, done.correction_id, done.due),
            (RequestState::Corrected, Some(previewed.correction_id), None)
        );
        assert_eq!(disputed_by(world, &learner, wrong.outcome_id), None);
        assert_eq!(refused(request(world, &learner.context, wrong.outcome_id)).code(), "wrong_state");
        // The last step is told with the correction.
        let expected = ["request_correction", "answer_correction_request"].map(|word| (word.to_owned(), true));
        assert_eq!(told(world), expected);
        assert_eq!(verify(bank).unwrap().findings, Vec::<String>::new());
    });
}
