//! A simulation's run on both back ends, through cancelling, stopping and crashing.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::TimeDelta;
use credit_bank::domain::simulation::SimulationStatus;
use credit_bank::ops::audit;
use credit_bank::ops::simulation::cancel_simulation;
use credit_bank::ops::simulation::worker::{SILENCE, run_next};

use super::common::{log_in, on_both};
use super::simulations::{Stage, clock, deposit, fill, moment};

#[test]
fn a_job_whose_runner_crashed_is_run_again_to_the_same_report() {
    on_both(|world| {
        let stage = Stage::set(world);
        fill(world);
        deposit(world, 100..=350, "contest");
        let whole = stage.start(world, None);
        assert!(run_next(&world.bank, &clock(), &|| false).unwrap());
        let whole = stage.read(world, &whole).report.unwrap();
        assert_eq!(whole.gained.learners, Some(256));
        let job = stage.start(world, None);
        let pages = Cell::new(0);
        let crash = || {
            pages.set(pages.get() + 1);
            assert!(pages.get() < 2, "the runner crashes between two pages");
            false
        };
        assert!(catch_unwind(AssertUnwindSafe(|| run_next(&world.bank, &clock(), &crash))).is_err());
        let running = stage.read(world, &job).summary;
        assert_eq!(running.status, SimulationStatus::Running);
        assert_eq!((running.progress.learners_done, running.progress.learners_in_all), (200, 273));
        let at = |after: TimeDelta| move || moment() + after;
        assert!(!run_next(&world.bank, &at(SILENCE), &|| false).unwrap(), "it may be running still");
        let later = SILENCE + TimeDelta::seconds(10);
        assert!(run_next(&world.bank, &at(later), &|| false).unwrap());
        assert_eq!(stage.read(world, &job).report.unwrap(), whole);
        // Stopped with its server, a job waits for the next one, and that is no crash.
        let job = stage.start(world, None);
        for _ in 0..5 {
            assert!(run_next(&world.bank, &clock(), &|| true).unwrap());
            assert_eq!(stage.read(world, &job).summary.status, SimulationStatus::Queued);
        }
        // One that ends its runner each time is given up.
        let crash = || panic!("the runner crashes");
        for times in 1..=3 {
            let late = at(later * times);
            assert!(catch_unwind(AssertUnwindSafe(|| run_next(&world.bank, &late, &crash))).is_err());
        }
        assert!(run_next(&world.bank, &at(later * 4), &crash).unwrap());
        assert_eq!(stage.read(world, &job).summary.status, SimulationStatus::Failed);
    });
}

#[test]
fn a_runner_looks_up_within_a_page() {
    on_both(|world| {
        let stage = Stage::set(world);
        // Forty who are all different to the rules, in one page.
        for learner in 1..=40 {
            deposit(world, std::iter::repeat_n(learner, learner / 7 + 1), "contest");
            deposit(world, std::iter::repeat_n(learner, learner % 7), "mooc");
        }
        let job = stage.start(world, None);
        let looks = Cell::new(0);
        let count = || {
            looks.set(looks.get() + 1);
            false
        };
        assert!(run_next(&world.bank, &clock(), &count).unwrap());
        assert_eq!(stage.read(world, &job).summary.status, SimulationStatus::Done);
        // Before each of its two pages, of which one is empty, and between 16 and 16 of 40 cases.
        assert_eq!(looks.get(), 4);
        let job = stage.start(world, None);
        let looks = Cell::new(0);
        let cancel_in_the_page = || {
            looks.set(looks.get() + 1);
            if looks.get() == 2 {
                cancel_simulation(&world.bank, &stage.registrar, None, job.summary.simulation_id).unwrap();
            }
            false
        };
        assert!(run_next(&world.bank, &clock(), &cancel_in_the_page).unwrap());
        assert_eq!(looks.get(), 2, "it is noticed before the page is done");
        assert_eq!(stage.read(world, &job).summary.status, SimulationStatus::Cancelled);
    });
}

#[test]
fn a_second_runner_takes_over_and_the_first_writes_nothing_more() {
    on_both(|world| {
        let stage = Stage::set(world);
        fill(world);
        let job = stage.start(world, None);
        let taken = Cell::new(false);
        let meanwhile = || {
            if !taken.replace(true) {
                // To this one the first has been silent for long.
                let later = || moment() + SILENCE * 2;
                assert!(run_next(&world.bank, &later, &|| false).unwrap());
                assert_eq!(stage.read(world, &job).summary.status, SimulationStatus::Done);
            }
            false
        };
        assert!(run_next(&world.bank, &clock(), &meanwhile).unwrap());
        let (_, administrator) = log_in(&world.bank, "admin");
        let filter = audit::AuditFilter {
            subject_id: Some(job.summary.simulation_id),
            ..audit::AuditFilter::default()
        };
        let told = audit::list_audit(&world.bank, &administrator, &filter, None, 10).unwrap();
        assert_eq!(told.len(), 2, "it is finished once");
    });
}
