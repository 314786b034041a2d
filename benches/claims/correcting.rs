//! (b) A withdrawal of 10,000 outcomes, of which some are held and some used: its preview, its list, its application. Each is done
//! by a process of its own, so that its memory is its own.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use credit_bank::domain::correction::OUTCOMES_MAX;
use credit_bank::ops::corrections::apply::apply_correction;
use credit_bank::ops::corrections::preview_correction;
use credit_bank::ops::corrections::reading::list_correction_items;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::bare_correction as bare;
use crate::deciding::processor_seconds;
use crate::place::Place;
use crate::school::{AWARDED, CERTIFICATES, Panel, School};

const LEARNERS: usize = OUTCOMES_MAX / CERTIFICATES.len();

/// Whose certificates are held by a claim that waits, and whose are used by one that was granted.
const HELD: usize = 300;
const USED: usize = 300;

/// The most items of a page over HTTP.
pub(crate) const PAGE: i64 = 200;

/// What a process is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum What {
    Preview,
    List,
    Apply,
    BareReading,
    BarePreview,
    BareList,
    BareApply,
}

/// What a process is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Errand {
    what: What,
    place: Place,
    /// Where the bank was before, for baselines.
    before: Place,
    school: School,
    correction: Option<(Uuid, String)>,
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
struct Done {
    seconds: f64,
    /// Of the processors, by that process.
    processor: f64,
    /// The most memory that it ever held.
    peak_mib: u64,
    correction: Option<(Uuid, String)>,
}

/// The most memory that this process ever held.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

impl Errand {
    /// Does it, in the process that was started for it.
    pub(crate) fn run(&self) {
        let mut correction = self.correction.clone();
        let id = || self.correction.clone().unwrap().0;
        let (mut seconds, mut processor) = (0.0, 0.0);
        let mut timed = |work: &mut dyn FnMut()| {
            let (began, used) = (Instant::now(), processor_seconds());
            work();
            seconds = began.elapsed().as_secs_f64();
            processor = processor_seconds() - used;
        };
        match self.what {
            What::Preview => {
                let bank = self.place.open();
                let scope = json!({ "of": "period", "by": "awarded", "from": AWARDED, "to": AWARDED });
                let new = json!({ "institution_id": self.school.institution_id, "kind": "withdraw", "scope": scope, "reason": "评价过程违规", "citation": "公告" });
                let new = serde_json::from_value(new).unwrap();
                timed(&mut || {
                    let previewed = preview_correction(&bank, &self.school.registrar.asks(), None, &new).unwrap();
                    let counts = &previewed.counts;
                    assert_eq!((counts.outcomes, counts.learners), (OUTCOMES_MAX, LEARNERS));
                    assert_eq!((counts.claims_voided, counts.cases), (HELD, USED));
                    correction = Some((previewed.correction_id, previewed.digest));
                });
            }
            What::List => {
                let bank = self.place.open();
                timed(&mut || {
                    let (mut listed, mut after) = (0, None);
                    loop {
                        let page = list_correction_items(&bank, &self.school.registrar.asks(), id(), after, PAGE).unwrap();
                        let Some(last) = page.last() else { break };
                        after = Some((last.item.learner_id, last.item.outcome_id));
                        listed += page.len();
                    }
                    assert_eq!(listed, OUTCOMES_MAX);
                });
            }
            What::Apply => {
                let bank = self.place.open();
                let (id, digest) = self.correction.clone().unwrap();
                timed(&mut || {
                    apply_correction(&bank, &self.school.approver.asks(), None, id, &digest).unwrap();
                });
            }
            What::BareReading => {
                let mut conn = self.before.connect();
                timed(&mut || assert_eq!(bare::read(&mut conn), OUTCOMES_MAX));
            }
            What::BarePreview => {
                let rows = bare::Kept::read(&mut self.place.connect(), id());
                let mut conn = self.before.connect();
                timed(&mut || {
                    bare::read(&mut conn);
                    rows.write(&mut conn);
                });
            }
            What::BareList => {
                let looks = bare::looks(&mut self.place.connect());
                let mut conn = self.before.connect();
                timed(&mut || assert_eq!(bare::list(&mut conn, id(), &looks), OUTCOMES_MAX));
            }
            What::BareApply => {
                let mut conn = self.before.connect();
                let rows = bare::Applied::read(&mut self.place.connect(), &mut conn, id());
                timed(&mut || rows.write(&mut conn));
            }
        }
        let done = Done {
            seconds,
            processor,
            peak_mib: peak_mib(),
            correction,
        };
        println!("{}", serde_json::to_string(&done).unwrap());
    }

    /// Lets another process do it.
    fn sent(&mut self, what: What) -> Done {
        self.what = what;
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = command.arg(serde_json::to_string(self).unwrap()).output().unwrap();
        assert!(output.status.success(), "{what:?}: {}", String::from_utf8_lossy(&output.stderr));
        let done: Done = serde_json::from_slice(&output.stdout).unwrap();
        self.correction.clone_from(&done.correction);
        done
    }
}

/// Fills a bank and measures.
pub(crate) fn measure(name: &str, parent: &Path, server: Option<&str>) {
    let place = Place::new(parent, server, "correcting");
    let bank = place.open();
    let school = School::open(&bank);
    for code in CERTIFICATES {
        school.deposit(&bank, code, 0..LEARNERS);
    }
    let candidates = school.candidates(&bank, 0..HELD + USED, Panel::One);
    for (number, candidate) in candidates.into_iter().enumerate() {
        let claim_id = school.submit(&bank, candidate);
        // Those who wait and those who got it are mixed.
        if number % 2 == 0 {
            school.grant(&bank, candidate.learner_id, claim_id, Panel::One, |_, act| act());
        }
    }
    drop(bank);
    place.analyse();
    let mut errand = Errand {
        before: place.copy("correcting_bare"),
        what: What::Preview,
        place,
        school,
        correction: None,
    };
    println!(
        "(b) {name}: a withdrawal of {OUTCOMES_MAX} outcomes of {LEARNERS} learners, of {HELD} of whom they are held and of {USED} used"
    );
    let previewed = errand.sent(What::Preview);
    let reading = errand.sent(What::BareReading);
    let bare = errand.sent(What::BarePreview);
    let said = |what: &str, done: &Done, bare: &Done| {
        println!(
            "    {what}: {:.2} s ({:.2} s of the processors), {} MiB at most; bare: {:.2} s ({:.2} s), {} MiB; ratio {:.2}",
            done.seconds,
            done.processor,
            done.peak_mib,
            bare.seconds,
            bare.processor,
            bare.peak_mib,
            bare.seconds / done.seconds
        );
    };
    said("preview", &previewed, &bare);
    println!("        of the bare: {:.2} s for reading alone", reading.seconds);
    let listed = errand.sent(What::List);
    let bare = errand.sent(What::BareList);
    said("its list, page by page", &listed, &bare);
    let applied = errand.sent(What::Apply);
    let bare = errand.sent(What::BareApply);
    said("apply", &applied, &bare);
}
