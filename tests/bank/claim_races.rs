//! A thousand who use the same credit at once, on both back ends: one wins, and every other is told exactly why not. What
//! clients saw is a history that some order of single steps explains.

use std::collections::BTreeMap;
use std::sync::{Barrier, Mutex};

use credit_bank::domain::claim::{ClaimEvent, ClaimStatus, Verdict};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::claims::reading::list_own_conversions;
use credit_bank::ops::error::OpError;
use credit_bank::ops::verify::verify;
use serde_json::json;
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};
use uuid::Uuid;

use super::common::on_both;
use super::office::{IN_FORCE, Learner, Office, rules};

const COURSES: [(&str, &str); 2] = [("E101", "3.5"), ("E102", "4.5")];
const DATE: &str = "2026-09-10";
const THREADS: usize = 32;
const TRIES: usize = 32;

/// Everything of the one certificate, in hundredths: available, held, redeemed.
fn lot(office: &Office, learner: &Learner) -> [i64; 3] {
    let [(_, [available, held, redeemed, 0, 0])] = office.lots(learner)[..] else {
        panic!()
    };
    [available, held, redeemed]
}

/// Runs something in all threads at once, so often in each, and collects the answers.
fn at_once<T: Send>(tries: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(THREADS);
    let (barrier, work) = (&barrier, &work);
    std::thread::scope(|scope| {
        let run = |thread: usize| {
            move || {
                barrier.wait();
                (0..tries).map(|_| work(thread)).collect::<Vec<T>>()
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(run(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_a_thousand_who_claim_the_same_credit_one_wins() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({ "notice_working_days": 0 })), &COURSES);
        let learner = office.learner(1, &["2024-03-01"]);
        // Two kept answers about one certificate: whichever is claimed first, the others find it held.
        let kept = [(); 2].map(|()| office.keep(&learner, DATE, json!({})).unwrap().worth_id);
        let answers = at_once(TRIES, |thread| office.submit(&learner, DATE, kept[thread % 2]));
        assert_eq!(answers.len(), 1024);
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        let winner = won.into_iter().next().unwrap().unwrap().summary.claim_id;
        for answer in lost {
            let Err(OpError::Rejected(rejection)) = answer else {
                panic!("{answer:?}")
            };
            let outcome_id = learner.outcomes[0];
            assert_eq!(
                rejection,
                Rejection::CreditHeld {
                    claim_id: winner,
                    outcome_id
                }
            );
        }
        assert_eq!(lot(&office, &learner), [0, 900, 0]);

        // A thousand approvals by three: the credit is used once, the courses are bought once, under one number.
        office.propose(DATE, winner, Verdict::Grant);
        let answers = at_once(TRIES, |thread| {
            office.act(office.approvers[thread % 3], DATE, winner, ClaimEvent::Approve)
        });
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        let number = won[0].as_ref().unwrap().summary.decision_number.clone().unwrap();
        for answer in lost {
            let Err(OpError::Rejected(rejection)) = answer else {
                panic!("{answer:?}")
            };
            let state = ClaimStatus::Granted.to_string();
            assert_eq!(rejection, Rejection::WrongState { state });
        }
        assert_eq!(lot(&office, &learner), [0, 0, 900]);
        let bought = list_own_conversions(&world.bank, &learner.context).unwrap();
        assert_eq!(bought.len(), 2);
        assert!(bought.iter().all(|bought| bought.decision_number == number), "{number}");
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn of_those_who_withdraw_and_those_who_approve_at_once_one_wins() {
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({ "notice_working_days": 0 })), &COURSES);
        for number in 1..=4 {
            let learner = office.learner(number, &["2024-03-01"]);
            let claim = office.keep_and_submit(&learner, DATE, json!({})).summary.claim_id;
            office.propose(DATE, claim, Verdict::Grant);
            let answers = at_once(1, |thread| match thread % 4 {
                0 => office.act(learner.context, DATE, claim, ClaimEvent::Withdraw),
                approver => office.act(office.approvers[approver - 1], DATE, claim, ClaimEvent::Approve),
            });
            let won: Vec<ClaimStatus> = answers.iter().flatten().map(|view| view.summary.status).collect();
            let [status] = won[..] else { panic!("{won:?}") };
            for answer in answers.into_iter().filter(Result::is_err) {
                let Err(OpError::Rejected(rejection)) = answer else {
                    panic!("{answer:?}")
                };
                let state = status.to_string();
                assert_eq!(rejection, Rejection::WrongState { state });
            }
            let expected = if status == ClaimStatus::Withdrawn {
                [900, 0, 0]
            } else {
                [0, 0, 900]
            };
            assert_eq!(lot(&office, &learner), expected);
        }
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

/// The certificate as one who does one thing at a time would see it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Certificate {
    Free,
    /// Held by a claim that came so far: submitted, taken, voted on, proposed.
    Held(Uuid, usize),
    Used(Uuid),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    /// Holds it for a new claim.
    Submit,
    /// Withdrawn it is released, approved it is redeemed.
    Act(Uuid, ClaimEvent),
    Look,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Submitted(Uuid),
    HeldBy(Uuid),
    Done,
    Refused,
    /// Available, held and redeemed.
    Pockets([i64; 3]),
}

const GRANT: Verdict = Verdict::Grant;
const STEPS: [ClaimEvent; 4] = [
    ClaimEvent::Take,
    ClaimEvent::Vote { verdict: GRANT },
    ClaimEvent::Propose { verdict: GRANT },
    ClaimEvent::Approve,
];

impl SequentialSpec for Certificate {
    type Op = Deed;
    type Ret = Seen;

    fn invoke(&mut self, _: &Deed) -> Seen {
        unreachable!("the bank names a new claim, so that answers are judged and not foretold")
    }

    fn is_valid_step(&mut self, deed: &Deed, seen: &Seen) -> bool {
        let after = match (&*self, deed, seen) {
            (Self::Free, Deed::Submit, Seen::Submitted(claim)) => Self::Held(*claim, 0),
            (Self::Held(has, _) | Self::Used(has), Deed::Submit, Seen::HeldBy(claim)) => return has == claim,
            (Self::Free, Deed::Look, Seen::Pockets(pockets)) => return *pockets == [900, 0, 0],
            (Self::Held(..), Deed::Look, Seen::Pockets(pockets)) => return *pockets == [0, 900, 0],
            (Self::Used(_), Deed::Look, Seen::Pockets(pockets)) => return *pockets == [0, 0, 900],
            (Self::Held(has, stage), Deed::Act(claim, event), seen) if has == claim => {
                let possible = *event == ClaimEvent::Withdraw || *event == STEPS[*stage];
                if possible != (*seen == Seen::Done) {
                    return false;
                }
                match event {
                    _ if !possible => return true,
                    ClaimEvent::Withdraw => Self::Free,
                    ClaimEvent::Approve => Self::Used(*has),
                    _ => Self::Held(*has, stage + 1),
                }
            }
            // Every other claim was withdrawn, or has used it.
            (_, Deed::Act(..), seen) => return *seen == Seen::Refused,
            _ => return false,
        };
        *self = after;
        true
    }
}

fn seen(office: &Office, learner: &Learner, deed: &Deed, worth_id: Uuid) -> Seen {
    let answer = match deed {
        Deed::Look => return Seen::Pockets(lot(office, learner)),
        Deed::Submit => office.submit(learner, DATE, worth_id),
        Deed::Act(claim, event) => {
            let who = match event {
                ClaimEvent::Withdraw => learner.context,
                ClaimEvent::Approve => office.approvers[0],
                _ => office.reviewers[0],
            };
            office.act(who, DATE, *claim, *event)
        }
    };
    match (deed, answer) {
        (Deed::Submit, Ok(view)) => Seen::Submitted(view.summary.claim_id),
        (_, Ok(_)) => Seen::Done,
        (_, Err(OpError::Rejected(Rejection::CreditHeld { claim_id, .. }))) => Seen::HeldBy(claim_id),
        (_, Err(OpError::Rejected(rejection))) => {
            let known = ["wrong_state", "voted_already", "panel_full", "no_majority"];
            assert!(known.contains(&rejection.code()), "{deed:?}: {rejection:?}");
            Seen::Refused
        }
        (_, Err(error)) => panic!("{deed:?}: {error:?}"),
    }
}

#[test]
fn what_clients_saw_of_a_certificate_is_linearizable() {
    const CLIENTS: usize = 5;
    on_both(|world| {
        let office = Office::open(world, &rules(IN_FORCE, json!({ "notice_working_days": 0 })), &COURSES);
        let mut reached = BTreeMap::new();
        for round in 0..12 {
            let learner = office.learner(round, &["2024-03-01"]);
            let worth_id = office.keep(&learner, DATE, json!({})).unwrap().worth_id;
            let history = Mutex::new(LinearizabilityTester::new(Certificate::Free));
            let latest = Mutex::new(Uuid::nil());
            let client = |number: usize| {
                let mut chance = fastrand::Rng::with_seed((round * CLIENTS + number).try_into().unwrap());
                for _ in 0..10 {
                    let claim = *latest.lock().unwrap();
                    let deed = match chance.usize(0..12) {
                        _ if claim.is_nil() => Deed::Submit,
                        0..3 => Deed::Submit,
                        3..5 => Deed::Look,
                        5 => Deed::Act(claim, ClaimEvent::Withdraw),
                        step => Deed::Act(claim, STEPS[step % 4]),
                    };
                    history.lock().unwrap().on_invoke(number, deed.clone()).unwrap();
                    let seen = seen(&office, &learner, &deed, worth_id);
                    history.lock().unwrap().on_return(number, seen.clone()).unwrap();
                    if let Seen::Submitted(claim) = seen {
                        *latest.lock().unwrap() = claim;
                    }
                }
            };
            std::thread::scope(|scope| {
                for number in 0..CLIENTS {
                    let client = &client;
                    scope.spawn(move || client(number));
                }
            });
            let history = history.into_inner().unwrap();
            assert_eq!(history.len(), CLIENTS * 10);
            assert!(history.is_consistent(), "{history:?}");
            *reached.entry(lot(&office, &learner)).or_insert(0) += 1;
        }
        assert!(reached.len() > 1, "not all histories end alike: {reached:?}");
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

/// The checker does not say yes to everything: credit that two claims hold at once is no history of one certificate.
#[test]
fn credit_that_is_used_twice_is_no_linearizable_history() {
    let mut history = LinearizabilityTester::new(Certificate::Free);
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    history.on_invoke(1, Deed::Submit).unwrap();
    history.on_invoke(2, Deed::Submit).unwrap();
    history.on_return(1, Seen::Submitted(one)).unwrap();
    let mut refused = history.clone();
    assert!(refused.on_return(2, Seen::HeldBy(one)).unwrap().is_consistent());
    assert!(!history.on_return(2, Seen::Submitted(other)).unwrap().is_consistent());
}
