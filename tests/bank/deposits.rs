//! The main job through the operations, on both back ends: deposit, recognition, lot, chain.

use std::sync::Arc;

use super::common::{NUMBER, World, on_both};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::deposit::slice::{Slice, each_in_turn};
use credit_bank::ops::deposit::{DepositRequest, Deposited, Imagined, NewOutcome, Novelty, deposit_outcomes};
use credit_bank::ops::error::OpError;
use credit_bank::ops::verify::verify;
use credit_bank::store::records::outcome;

fn deposit(world: &World, outcomes: &[NewOutcome]) -> Vec<Result<Deposited, Rejection>> {
    let requests: Vec<DepositRequest> = outcomes
        .iter()
        .map(|outcome| DepositRequest {
            context: world.registrar,
            idempotency_key: None,
            outcome: outcome.clone(),
        })
        .collect();
    deposit_outcomes(&world.bank, &requests).unwrap()
}

#[test]
fn an_outcome_becomes_credit_once() {
    on_both(|world| {
        let first = deposit(world, &[world.outcome()])[0].clone().unwrap();
        assert_eq!((first.novelty, first.credit.to_string().as_str()), (Novelty::Created, "9.00"));
        let again = deposit(world, &[world.outcome()])[0].clone().unwrap();
        assert_eq!((again.novelty, again.outcome_id), (Novelty::AlreadyThere, first.outcome_id));
        let differs = NewOutcome {
            score: Some("87".into()),
            ..world.outcome()
        };
        assert_eq!(
            deposit(world, &[differs])[0],
            Err(Rejection::CertificateDiffers { fields: "score".into() })
        );
        let checked = verify(&world.bank).unwrap();
        assert_eq!(
            (checked.learners, checked.lots, checked.movements, checked.findings),
            (1, 1, 1, vec![])
        );
    });
}

#[test]
fn what_is_done_with_the_answers_stands_or_falls_with_the_deposits() {
    on_both(|world| {
        let requests = [DepositRequest {
            context: world.registrar,
            idempotency_key: None,
            outcome: world.outcome(),
        }];
        let slice = Slice::prepare(&world.bank, requests.to_vec()).unwrap();
        let imagined = slice.imagine(&world.bank, &mut Imagined::default()).unwrap();
        assert_eq!(imagined[0].as_ref().unwrap().credit.to_string(), "9.00");
        assert_eq!(verify(&world.bank).unwrap().learners, 0);
        let refused = slice.deposit_with(&world.bank, |_, _| Err::<(), _>(Rejection::NotFound {}.into()));
        assert_eq!(refused.unwrap_err().to_string(), OpError::from(Rejection::NotFound {}).to_string());
        assert_eq!(verify(&world.bank).unwrap().learners, 0);
        let (answers, seen) = slice
            .deposit_with(&world.bank, |conn, answers| {
                let id = answers[0].as_ref().unwrap().outcome_id;
                Ok((id, outcome(conn, id)?.map(|row| row.outcome_id.0)))
            })
            .unwrap();
        let id = answers[0].as_ref().unwrap().outcome_id;
        assert_eq!(seen, (id, Some(id)));
        assert_eq!(
            slice.imagine(&world.bank, &mut Imagined::default()).unwrap()[0]
                .as_ref()
                .unwrap()
                .novelty,
            Novelty::AlreadyThere
        );
        assert_eq!(verify(&world.bank).unwrap().lots, 1);
    });
}

#[test]
fn slices_in_turn_keep_their_order_and_end_at_the_first_error() {
    on_both(|world| {
        let request = |number: u32| DepositRequest {
            context: world.registrar,
            idempotency_key: None,
            outcome: NewOutcome {
                certificate_number: Some(format!("S0004410123452421{number:05}")),
                ..world.outcome()
            },
        };
        let slices = (0..50).map(|slice| (slice, vec![request(slice * 2), request(slice * 2 + 1)]));
        let mut done = Vec::new();
        let ended = each_in_turn(&world.bank, slices, |number, slice| {
            if number == 3 {
                return Err(OpError::from(Rejection::NotFound {}));
            }
            let imagined = slice.imagine(&world.bank, &mut Imagined::default())?;
            let (answers, ()) = slice.deposit_with(&world.bank, |_, _| Ok(()))?;
            assert_eq!(imagined.len(), 2);
            done.push((number, answers.iter().filter(|answer| answer.is_ok()).count()));
            Ok(())
        });
        assert!(matches!(ended, Err(OpError::Rejected(Rejection::NotFound {}))), "{ended:?}");
        assert_eq!(done, [(0, 2), (1, 2), (2, 2)]);
        let checked = verify(&world.bank).unwrap();
        assert_eq!((checked.learners, checked.lots, checked.findings), (1, 6, vec![]));
    });
}

#[test]
fn each_row_is_judged_by_itself() {
    on_both(|world| {
        let base = world.outcome();
        let no_certificate = NewOutcome {
            certificate_number: None,
            ..base.clone()
        };
        let mut renamed = no_certificate.clone();
        renamed.learner.name = "李娜".into();
        let mut damaged = no_certificate.clone();
        damaged.learner.document_number = "1.10105E+17".into();
        let rows = [
            base.clone(),
            renamed,
            damaged,
            NewOutcome {
                awarded_on: "2099-01-01".parse().unwrap(),
                ..no_certificate.clone()
            },
            NewOutcome {
                achievement_code: "nothing".into(),
                ..no_certificate.clone()
            },
            NewOutcome {
                institution_id: uuid::Uuid::nil(),
                ..no_certificate.clone()
            },
            NewOutcome {
                certificate_number: Some("odd-shape".into()),
                ..base.clone()
            },
            NewOutcome {
                awarded_on: "2026-01-01".parse().unwrap(),
                certificate_number: None,
                ..base.clone()
            },
        ];
        let answers = deposit(world, &rows);
        let codes: Vec<String> = answers
            .iter()
            .map(|answer| match answer {
                Ok(deposited) => format!("{} {} {}", deposited.status, deposited.credit, deposited.flags.join(",")),
                Err(rejection) => rejection.code().to_owned(),
            })
            .collect();
        assert_eq!(
            codes,
            [
                "accepted 9.00 ",
                "identity_mismatch",
                "invalid_body",
                "awarded_in_the_future",
                "unknown_achievement",
                "forbidden",
                "flagged 0.00 certificate_number_pattern",
                "flagged 0.00 awarded_after_closure",
            ],
        );
        assert!(!format!("{answers:?}").contains(NUMBER));
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn a_repeated_key_answers_the_same_and_another_body_is_refused() {
    on_both(|world| {
        let request = |outcome: NewOutcome| DepositRequest {
            context: world.registrar,
            idempotency_key: Some("key-1".into()),
            outcome,
        };
        let no_certificate = NewOutcome {
            certificate_number: None,
            ..world.outcome()
        };
        let other = NewOutcome {
            score: Some("60".into()),
            ..no_certificate.clone()
        };
        let slice = [
            request(no_certificate.clone()),
            request(no_certificate.clone()),
            request(other.clone()),
        ];
        let answers = deposit_outcomes(&world.bank, &slice).unwrap();
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[2], Err(Rejection::IdempotencyKeyReused {}));
        let later = deposit_outcomes(&world.bank, &[request(no_certificate), request(other)]).unwrap();
        assert_eq!((&later[0], &later[1]), (&answers[0], &answers[2]));
        assert_eq!(verify(&world.bank).unwrap().lots, 1);
    });
}

#[test]
fn sixteen_depositors_for_one_learner_lose_nothing_and_double_nothing() {
    on_both(|world| {
        let world = Arc::clone(world);
        let threads: Vec<_> = (0..16)
            .map(|number: usize| {
                let world = Arc::clone(&world);
                std::thread::spawn(move || {
                    let same = world.outcome();
                    let own = NewOutcome {
                        certificate_number: Some(format!("S0004410123452421{number:05}")),
                        ..same.clone()
                    };
                    deposit(&world, &[same, own])
                })
            })
            .collect();
        let answers: Vec<_> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .map(Result::unwrap)
            .collect();
        let created = answers.iter().filter(|answer| answer.novelty == Novelty::Created).count();
        assert_eq!((answers.len(), created), (32, 17));
        let checked = verify(&world.bank).unwrap();
        assert_eq!((checked.learners, checked.lots, checked.findings), (1, 17, vec![]));
    });
}
