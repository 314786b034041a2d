//! Learners' requests for corrections, on both back ends: who answers, what a refusal and a complaint need, and who comes second.

use std::sync::Barrier;

use credit_bank::domain::correction::CorrectionState;
use credit_bank::domain::correction::request::{OPEN_MAX, RequestFilter, RequestState};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::context::Context;
use credit_bank::ops::corrections::give_up::give_up_correction;
use credit_bank::ops::corrections::requests::answer::{
    answer_correction_request, decide_complaint, list_correction_requests, read_correction_request,
};
use credit_bank::ops::corrections::requests::own::{complain_of_refusal, request_correction, withdraw_correction_request};
use credit_bank::ops::corrections::requests::{Request, RequestSummary};
use credit_bank::ops::deposit::{DepositRequest, Deposited, deposit_outcomes};
use credit_bank::ops::error::OpError;
use credit_bank::ops::members;
use credit_bank::ops::outcomes::read_outcome;
use credit_bank::store::connection::Conn;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::{Learner, Office, TODAY};
use super::common::{World, log_in, on_both};
use super::corrections::{apply, preview};
use super::packs::{on, refused};

pub(crate) fn request(world: &World, context: &Context, outcome_id: Uuid) -> Result<Request, OpError> {
    let new = json!({ "outcome_id": outcome_id, "kind": "wrong", "reason": "成绩应为 96 分", "fields": [{ "part": "score", "should_be": "96" }] });
    request_correction(&world.bank, context, None, &serde_json::from_value(new).unwrap())
}

pub(crate) fn answer(world: &World, context: &Context, request_id: Uuid, reply: Value) -> Result<Request, OpError> {
    answer_correction_request(&world.bank, context, None, request_id, &serde_json::from_value(reply).unwrap())
}

fn refuse(world: &World, context: &Context, request_id: Uuid) -> Result<Request, OpError> {
    answer(
        world,
        context,
        request_id,
        json!({ "answer": "refuse", "reason": "与原始成绩单一致" }),
    )
}

fn complain(world: &World, context: &Context, request_id: Uuid) -> Result<Request, OpError> {
    let complaint = serde_json::from_value(json!({ "reason": "没有看证书原件" })).unwrap();
    complain_of_refusal(&world.bank, context, None, request_id, &complaint)
}

fn decide(world: &World, context: &Context, request_id: Uuid, decision: &str) -> Result<Request, OpError> {
    let decision = serde_json::from_value(json!({ "decision": decision, "reason": "经核对证书原件" })).unwrap();
    decide_complaint(&world.bank, context, None, request_id, &decision)
}

pub(crate) fn waiting(world: &World, context: &Context, filter: &RequestFilter) -> Vec<RequestSummary> {
    let filter = RequestFilter {
        institution_id: Some(world.institution_id),
        ..*filter
    };
    list_correction_requests(&world.bank, context, &filter, None, 100).unwrap()
}

/// The request because of which the learner sees an outcome disputed.
pub(crate) fn disputed_by(world: &World, learner: &Learner, outcome_id: Uuid) -> Option<Uuid> {
    let outcome = read_outcome(&world.bank, &learner.context, outcome_id).unwrap();
    outcome.dispute.map(|dispute| dispute.request_id)
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = diesel::sql_types::Text)]
    event_type: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    both: bool,
}

/// The events of requests in their order, each with whether it is of the learner and of the institution.
pub(crate) fn told(world: &World) -> Vec<(String, bool)> {
    let sql = "SELECT event_type, (learner_id IS NOT NULL AND institution_id IS NOT NULL) AS \"both\" FROM outbox \
        WHERE event_type LIKE 'correction_request.%' ORDER BY event_id";
    let read = |conn: &mut Conn| -> Result<Vec<Told>, OpError> {
        let found = match conn {
            Conn::Postgres(conn) => diesel::sql_query(sql).load(conn),
            Conn::Sqlite(conn) => diesel::sql_query(sql).load(conn),
        };
        Ok(found.unwrap())
    };
    let rows = world.bank.store.read(read).unwrap();
    let word = |row: Told| (row.event_type.trim_start_matches("correction_request.").to_owned(), row.both);
    rows.into_iter().map(word).collect()
}

#[test]
fn a_refusal_says_why_and_others_decide_on_a_complaint() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let request_id = request(world, &learner.context, deposited.outcome_id).unwrap().summary.request_id;
        for (reply, pointer) in [
            (json!({ "answer": "refuse" }), "/reason"),
            (json!({ "answer": "refuse", "reason": " " }), "/reason"),
            (
                json!({ "answer": "refuse", "reason": "不属实", "correction_id": request_id }),
                "/correction_id",
            ),
            (
                json!({ "answer": "accept", "reason": "属实", "correction_id": request_id }),
                "/reason",
            ),
        ] {
            let Rejection::InvalidBody { problems } = refused(answer(world, &office.approver, request_id, reply)) else {
                panic!()
            };
            assert_eq!((problems.len(), problems[0].pointer.as_str()), (1, pointer));
        }
        // The officer is among the school's people too, and so is the learner.
        for (name, role) in [("officer", "approver"), ("learner", "approver")] {
            let new = serde_json::from_value(json!({ "username": name, "roles": [role] })).unwrap();
            members::add_member(&world.bank, &world.registrar, None, world.institution_id, &new).unwrap();
        }
        assert_eq!(refused(refuse(world, &learner.context, request_id)), Rejection::OwnClaim {});
        refuse(world, &office.officer, request_id).unwrap();
        let own = read_correction_request(&world.bank, &learner.context, request_id).unwrap();
        assert_eq!((own.refusal.as_deref(), own.answered_by_name), (Some("与原始成绩单一致"), None));
        assert_eq!(disputed_by(world, &learner, deposited.outcome_id), None);
        // 2 to 4, 7 to 11, 14 and 15 December: ten working days.
        assert_eq!(own.summary.complaint_until, Some("2026-12-15".parse().unwrap()));
        let late = complain(world, &on(learner.context, "2026-12-16"), request_id);
        let last_day = "2026-12-15".parse().unwrap();
        assert_eq!(refused(late), Rejection::WindowOver { last_day });
        // Meanwhile another request about it is open: there is one at a time.
        let other = request(world, &learner.context, deposited.outcome_id).unwrap().summary.request_id;
        let again = complain(world, &learner.context, request_id);
        assert_eq!(refused(again), Rejection::CorrectionRequested { request_id: other });
        withdraw_correction_request(&world.bank, &learner.context, None, other).unwrap();
        complain(world, &on(learner.context, "2026-12-15"), request_id).unwrap();
        assert_eq!(disputed_by(world, &learner, deposited.outcome_id), Some(request_id));
        assert_eq!(
            refused(decide(world, &office.officer, request_id, "uphold")),
            Rejection::JudgedBefore {}
        );
        assert_eq!(
            refused(decide(world, &office.approver, request_id, "uphold")),
            Rejection::Forbidden {}
        );
        let new = json!({ "user": { "username": "second", "display_name": "second", "password": super::common::PASSWORD }, "bank_role": "officer" });
        let (_, administrator) = log_in(&world.bank, "admin");
        credit_bank::ops::users::create_user(&world.bank, &administrator, None, &serde_json::from_value(new).unwrap()).unwrap();
        let second = on(log_in(&world.bank, "second").1, "2026-12-15");
        let decided = decide(world, &second, request_id, "overturn").unwrap();
        assert_eq!(
            (decided.summary.state, decided.summary.correction_id),
            (RequestState::Accepted, None)
        );
        assert_eq!(decided.refusal.as_deref(), Some("与原始成绩单一致"), "what was said stays");
        assert_eq!(refused(complain(world, &learner.context, request_id)).code(), "wrong_state", "once");
        assert_eq!(
            refused(refuse(world, &office.approver, request_id)).code(),
            "wrong_state",
            "it is decided"
        );
        let scope = json!({ "of": "outcome", "outcome_id": deposited.outcome_id });
        let previewed = preview(world, &office.officer, &scope).unwrap();
        apply(world, &office.approver, &previewed).unwrap();
        let own = read_correction_request(&world.bank, &learner.context, request_id).unwrap();
        assert_eq!(
            (own.summary.state, own.summary.correction_id),
            (RequestState::Corrected, Some(previewed.correction_id))
        );

        // Upheld, the refusal stands.
        let deposited = office.deposit(world, 1..2, 1).remove(0);
        let request_id = request(world, &learner.context, deposited.outcome_id).unwrap().summary.request_id;
        refuse(world, &office.approver, request_id).unwrap();
        complain(world, &learner.context, request_id).unwrap();
        let upheld = decide(world, &second, request_id, "uphold").unwrap();
        assert_eq!(
            (upheld.summary.state, upheld.decision_reason.as_deref()),
            (RequestState::Upheld, Some("经核对证书原件"))
        );
        assert_eq!(disputed_by(world, &learner, deposited.outcome_id), None);
        assert!(told(world).iter().all(|(_, both)| *both));
    });
}

#[test]
fn a_learner_requests_for_what_is_his_and_so_much_at_once() {
    on_both(|world| {
        let office = Office::open(world);
        let most = usize::try_from(OPEN_MAX).unwrap();
        let requests: Vec<DepositRequest> = (0..=most)
            .map(|number| {
                let mut outcome = world.outcome();
                outcome.certificate_number = Some(format!("S000441012345242{number:06}"));
                DepositRequest {
                    context: on(office.registrar, "2026-11-24"),
                    idempotency_key: None,
                    outcome,
                }
            })
            .collect();
        let own: Vec<Deposited> = deposit_outcomes(&world.bank, &requests)
            .unwrap()
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let foreign = office.deposit(world, 2..3, 5).remove(0);
        let learner = office.learner(world, &own[0], "learner");
        let other = office.learner(world, &foreign, "other");
        assert_eq!(
            refused(request(world, &learner.context, foreign.outcome_id)),
            Rejection::NotFound {}
        );
        assert_eq!(
            refused(request(world, &office.registrar, foreign.outcome_id)),
            Rejection::NotFound {}
        );
        let requested: Vec<Uuid> = own[..most]
            .iter()
            .map(|one| request(world, &learner.context, one.outcome_id).unwrap().summary.request_id)
            .collect();
        let full = refused(request(world, &learner.context, own[most].outcome_id));
        assert_eq!(full, Rejection::TooManyCorrectionRequests { open_max: OPEN_MAX });
        for stranger in [&other.context, &office.reviewer] {
            let answer = withdraw_correction_request(&world.bank, stranger, None, requested[0]);
            assert!(matches!(refused(answer), Rejection::NotFound {} | Rejection::Forbidden {}));
        }
        assert_eq!(
            refused(read_correction_request(&world.bank, &other.context, requested[0])),
            Rejection::NotFound {}
        );
        let withdrawn = withdraw_correction_request(&world.bank, &learner.context, None, requested[0]).unwrap();
        assert_eq!(withdrawn.summary.state, RequestState::Withdrawn);
        assert_eq!(refused(refuse(world, &office.approver, requested[0])).code(), "wrong_state");
        request(world, &learner.context, own[most].outcome_id).unwrap();
        let open = RequestFilter {
            state: Some(RequestState::Requested),
            ..RequestFilter::default()
        };
        assert_eq!(waiting(world, &office.registrar, &open).len(), most);
    });
}

#[test]
fn of_two_who_answer_at_once_one_wins_and_the_other_is_told() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let request_id = request(world, &learner.context, deposited.outcome_id).unwrap().summary.request_id;
        let scope = json!({ "of": "outcome", "outcome_id": deposited.outcome_id });
        let previewed = preview(world, &office.registrar, &scope).unwrap();
        let barrier = Barrier::new(2);
        let accept = json!({ "answer": "accept", "correction_id": previewed.correction_id });
        let replies = [accept, json!({ "answer": "refuse", "reason": "不属实" })];
        let answers: Vec<_> = std::thread::scope(|scope| {
            let at_once = replies.map(|reply| {
                let (barrier, office) = (&barrier, &office);
                scope.spawn(move || {
                    barrier.wait();
                    answer(world, &office.approver, request_id, reply)
                })
            });
            at_once.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1));
        let state = won.into_iter().next().unwrap().unwrap().summary.state.to_string();
        for answer in lost {
            assert_eq!(refused(answer), Rejection::WrongState { state: state.clone() });
        }
        assert_eq!(told(world).len(), 2);
    });
}

#[test]
fn a_correction_that_is_given_up_is_not_applied_and_no_longer_promised() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let request_id = request(world, &learner.context, deposited.outcome_id).unwrap().summary.request_id;
        let scope = json!({ "of": "outcome", "outcome_id": deposited.outcome_id });
        let previewed = preview(world, &office.registrar, &scope).unwrap();
        let accept = json!({ "answer": "accept", "correction_id": previewed.correction_id });
        answer(world, &office.approver, request_id, accept.clone()).unwrap();
        let give_up = |context: &Context| give_up_correction(&world.bank, context, None, previewed.correction_id);
        assert_eq!(refused(give_up(&office.approver)), Rejection::Forbidden {});
        assert_eq!(refused(give_up(&learner.context)), Rejection::NotFound {});
        let given_up = give_up(&office.officer).unwrap();
        assert_eq!(
            (given_up.state, given_up.given_up_by_name.as_deref()),
            (CorrectionState::GivenUp, Some("officer"))
        );
        let state = "given_up".to_owned();
        assert_eq!(refused(give_up(&office.officer)), Rejection::WrongState { state: state.clone() });
        assert_eq!(refused(apply(world, &office.approver, &previewed)), Rejection::WrongState { state });
        let own = read_correction_request(&world.bank, &learner.context, request_id).unwrap();
        assert_eq!((own.summary.state, own.summary.correction_id), (RequestState::Accepted, None));
        assert_eq!(told(world).last().unwrap(), &("give_up_correction".to_owned(), true));
        assert_eq!(
            refused(answer(world, &office.approver, request_id, accept)),
            Rejection::CorrectionUnfit {}
        );
        let next = preview(world, &office.registrar, &scope).unwrap();
        let accept = json!({ "answer": "accept", "correction_id": next.correction_id });
        answer(world, &on(office.approver, "2026-12-08"), request_id, accept).unwrap();
        let own = read_correction_request(&world.bank, &learner.context, request_id).unwrap();
        assert_eq!(own.summary.since, TODAY.parse().unwrap(), "its clock runs on");
        apply(world, &office.approver, &next).unwrap();
        assert_eq!(
            refused(give_up_correction(&world.bank, &office.registrar, None, next.correction_id)).code(),
            "wrong_state"
        );
    });
}
