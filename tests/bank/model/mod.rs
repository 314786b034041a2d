//! Random sequences of everything that people do with credit, beside a book that is kept by hand: after every step the bank
//! has what the book has. A sequence is its seed, so that what fails is found again, and says in words what was done.
//!
//! `CREDIT_BANK_TEST_SEQUENCES` says how many sequences there are, for a longer look; `CREDIT_BANK_TEST_SEED` with which they
//! begin. So many as `EVERYWHERE` must have come everywhere that matters.

mod amending;
mod book;
mod choosing;
mod claims;
mod compare;
mod correcting;
mod deciding;
mod merging;
mod town;
mod weeks;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use credit_bank::store::connection::DatabaseAddress;

use super::common::{World, postgres_database};
use weeks::Weeks;

const STEPS: usize = 160;

/// After so many steps the chain is verified; and at the end.
const VERIFIED_EVERY: usize = 40;

/// How many sequences together must have met everything that matters.
const EVERYWHERE: usize = 24;

/// What was done, what was refused, and where claims and cases ended.
#[derive(Default)]
struct Met {
    sequences: usize,
    done: BTreeSet<String>,
    refused: BTreeSet<String>,
    ends: BTreeSet<String>,
}

fn asked<T: std::str::FromStr>(variable: &str) -> Option<T> {
    std::env::var(variable).ok()?.parse().ok()
}

fn live(address: impl Fn(&Path) -> DatabaseAddress, first: u64, sequences: u64) -> Met {
    let mut met = Met::default();
    let first = asked("CREDIT_BANK_TEST_SEED").unwrap_or(first);
    let sequences = asked("CREDIT_BANK_TEST_SEQUENCES").unwrap_or(sequences);
    for seed in first..first + sequences {
        let directory = tempfile::tempdir().unwrap();
        let world = World::new(address(directory.path()), directory.path().join("evidence"));
        let mut weeks = Weeks::begin(&world, seed);
        let lived = catch_unwind(AssertUnwindSafe(|| {
            for step in 1..=STEPS {
                weeks.step();
                if step % VERIFIED_EVERY == 0 {
                    weeks.town.verified();
                }
            }
        }));
        assert!(
            lived.is_ok(),
            "seed {seed}, step {}; what was done:\n{}",
            weeks.story.len(),
            weeks.story.join("\n")
        );
        met.sequences += 1;
        met.ends.extend(weeks.book.claims.iter().map(|claim| format!("{:?}", claim.stands)));
        met.ends.extend(weeks.book.cases.iter().map(|case| case.state.to_owned()));
        met.done.extend(weeks.done);
        met.refused.extend(weeks.refused);
    }
    met
}

/// Fails where many weeks did not come everywhere that matters.
fn came_everywhere(met: &Met) {
    if met.sequences < EVERYWHERE {
        return;
    }
    let all = |noted: &BTreeSet<String>, wanted: &[&str]| {
        for word in wanted {
            assert!(noted.contains(*word), "{word} is not among {noted:?}");
        }
    };
    all(
        &met.done,
        &[
            "deposit accepted",
            "deposit flagged",
            "deposit again",
            "review, release true",
            "review, release false",
            "convert",
            "recognise outcome",
            "recognise declared",
            "expire",
            "granted",
            "closed",
            "lapsed",
            "escalated",
            "preview",
            "apply None",
            "apply Some(\"corrected\")",
            "case confirm",
            "case cancel",
            "case replace",
            "merge",
            "Recuse Reviewed",
            "Object Noticed",
            "Answer Noticed",
            "SendBack Noticed",
            "Appeal Refused",
            "Appeal Granted",
            "Decide RefusalAppealed",
            "Decide GrantAppealed",
            "TakeAppealBack RefusalAppealed",
        ],
    );
    all(
        &met.refused,
        &[
            "apply",
            "apply what changed",
            "preview",
            "case confirm",
            "case replace",
            "convert",
            "deposit again",
            "recognise outcome",
            "Appeal Refused",
            "Decide RefusalAppealed",
            "Recuse ProposedGrant",
            "Vote Reviewed",
        ],
    );
    all(
        &met.ends,
        &[
            "ClosedGranted",
            "ClosedRefused",
            "Withdrawn",
            "Lapsed",
            "Voided",
            "confirmed",
            "cancelled",
            "replaced",
        ],
    );
}

#[test]
fn random_weeks_on_sqlite_leave_what_the_book_has() {
    came_everywhere(&live(|directory| DatabaseAddress::Sqlite(directory.join("bank.sqlite")), 0, 6));
}

#[test]
fn random_weeks_on_postgresql_leave_what_the_book_has() {
    came_everywhere(&live(|_| DatabaseAddress::Postgres(postgres_database()), 1000, 2));
}
