//! Imports that stop before their end: broken off, no longer true, or stopped by somebody.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use chrono::TimeDelta;
use credit_bank::domain::import::{ImportResult, ImportStatus};
use credit_bank::domain::language::Language;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::deposit::Novelty;
use credit_bank::ops::imports::act::{Commitment, cancel_import, check_import, commit_import};
use credit_bank::ops::imports::worker::run_next_import;
use credit_bank::ops::verify::verify;

use super::common::on_both;
use super::imports::{checked, commit, counts, file, now, read, refused, row, rows, upload, work};

#[test]
fn a_deposit_that_breaks_off_anywhere_ten_times_goes_on_exactly_where_it_was() {
    on_both(|world| {
        let content = file(&(0..5_500).map(row).collect::<Vec<_>>());
        let import = checked(world, &content);
        commit_import(
            &world.bank,
            &world.registrar,
            None,
            import.summary.import_id,
            &Commitment::default(),
            Language::English,
        )
        .unwrap();
        let mut breaks = 0;
        let late = Mutex::new(now());
        for attempt in 0..40 {
            // The runner ends without a word after one or two chunks more, as a process does that is killed.
            let looks = Cell::new(0);
            let ends_after = 1 + attempt % 2;
            let run = || {
                run_next_import(&world.bank, None, &|| *late.lock().unwrap(), &|| {
                    looks.set(looks.get() + 1);
                    assert!(looks.get() <= ends_after || breaks >= 10, "killed");
                    false
                })
            };
            let ended = catch_unwind(AssertUnwindSafe(run));
            match ended {
                Err(_) => {
                    breaks += 1;
                    // Before the silence nobody takes it.
                    assert!(!run_next_import(&world.bank, None, &|| *late.lock().unwrap(), &|| false).unwrap());
                    *late.lock().unwrap() += TimeDelta::seconds(31);
                }
                Ok(ran) => {
                    if !ran.unwrap() {
                        break;
                    }
                }
            }
        }
        assert_eq!(breaks, 10);
        let done = read(world, &import);
        assert_eq!(done.summary.status, ImportStatus::Done);
        assert_eq!(done.summary.deposit, done.summary.check);
        let verified = verify(&world.bank).unwrap();
        assert_eq!((verified.learners, verified.lots, verified.findings.len()), (5_500, 5_500, 0));
        let all = rows(world, &done, None);
        assert_eq!(
            all.iter().map(|row| row.row).collect::<Vec<_>>(),
            (2..5_502).collect::<Vec<u64>>(),
            "every row has one answer"
        );
    });
}

#[test]
fn a_dry_run_that_is_no_longer_true_stops_before_the_row_and_says_what_changed() {
    on_both(|world| {
        let content = file(&(0..600).map(row).collect::<Vec<_>>());
        let import = checked(world, &content);
        // Meanwhile somebody deposits one of them, with another score.
        let other = file(&[row(550).replace(",86", ",87")]);
        let other = checked(world, &other);
        commit(world, &other);
        let stale = commit(world, &import);
        assert_eq!(stale.summary.status, ImportStatus::Stale);
        assert_eq!(stale.summary.deposit.as_ref().unwrap().accepted, 500);
        assert_eq!(stale.changes.len(), 1);
        let change = &stale.changes[0];
        assert_eq!(change.row, 552);
        assert_eq!(change.before.as_ref().unwrap().result, ImportResult::Accepted);
        let is_now = change.now.as_ref().unwrap();
        assert_eq!(
            (is_now.result, is_now.problems[0].as_str()),
            (ImportResult::Refused, "certificate_differs")
        );
        // Looked through again it says what is so now, and goes on.
        check_import(&world.bank, &world.registrar, None, import.summary.import_id, Language::English).unwrap();
        work(&world.bank);
        let again = read(world, &import);
        assert_eq!(counts(again.summary.check.as_ref()), (99, 500, 0, 1));
        let done = commit(world, &import);
        assert_eq!(done.summary.status, ImportStatus::Done);
        assert_eq!(counts(done.summary.deposit.as_ref()), (99, 500, 0, 1));
        assert_eq!(verify(&world.bank).unwrap().lots, 600);
    });
}

#[test]
fn what_changed_is_deposited_all_the_same_where_that_was_asked_for() {
    on_both(|world| {
        let import = checked(world, &file(&[row(0), row(1)]));
        let other = checked(world, &file(&[row(1)]));
        commit(world, &other);
        let commitment = Commitment { even_if_changed: true };
        commit_import(
            &world.bank,
            &world.registrar,
            None,
            import.summary.import_id,
            &commitment,
            Language::English,
        )
        .unwrap();
        work(&world.bank);
        let done = read(world, &import);
        assert_eq!(done.summary.status, ImportStatus::Done);
        assert_eq!(counts(done.summary.deposit.as_ref()), (1, 1, 0, 0));
    });
}

#[test]
fn what_was_deposited_stays_when_an_import_is_stopped() {
    on_both(|world| {
        let import = checked(world, &file(&(0..1_200).map(row).collect::<Vec<_>>()));
        let import_id = import.summary.import_id;
        commit_import(
            &world.bank,
            &world.registrar,
            None,
            import_id,
            &Commitment::default(),
            Language::English,
        )
        .unwrap();
        let looks = Cell::new(0);
        run_next_import(&world.bank, None, &now, &|| {
            looks.set(looks.get() + 1);
            if looks.get() == 2 {
                cancel_import(&world.bank, &world.registrar, None, import_id, Language::English).unwrap();
            }
            false
        })
        .unwrap();
        let stopped = read(world, &import);
        assert_eq!(stopped.summary.status, ImportStatus::Cancelled);
        assert_eq!(counts(stopped.summary.deposit.as_ref()), (250, 0, 0, 0));
        assert_eq!(verify(&world.bank).unwrap().learners, 250);
        let again = commit_import(
            &world.bank,
            &world.registrar,
            None,
            import_id,
            &Commitment::default(),
            Language::English,
        );
        assert_eq!(refused(again.unwrap_err()), Rejection::WrongState { state: "cancelled".into() });
        // The same file may be brought again: the rest comes, and nothing twice.
        let (novelty, _) = upload(world, &file(&(0..1_200).map(row).collect::<Vec<_>>())).unwrap();
        assert_eq!(novelty, Novelty::Created);
        work(&world.bank);
        let stopped_one = check_import(&world.bank, &world.registrar, None, import_id, Language::English).unwrap_err();
        assert!(matches!(refused(stopped_one), Rejection::FileOfAnotherImport { .. }));
    });
}
