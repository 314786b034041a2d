//! Claims that are decided, and a correction of 10,000 outcomes, beside raw baselines in the same run; ratios are what counts.
//!
//!     cargo bench --bench claims [-- deciding | correcting]
//!
//! (a) claims from their submission to their grant, through the operations, for a panel of one and of three, one after the other
//! and eight at once, against the very rows that they write, by prepared statements in as many transactions; (b) the preview of a
//! withdrawal of 10,000 outcomes, of which some are held and some used, its list, and its application, each in a process of its
//! own, against the bare reading and writing of the same rows. Both on SQLite and on a throw-away PostgreSQL. Through the
//! operations and not over HTTP, since what HTTP adds is what `--bench load` measures.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measurement stops by panicking, and its figures are no credit"
)]

mod bare;
mod bare_correction;
#[path = "../load/cluster.rs"]
mod cluster;
mod correcting;
mod deciding;
mod place;
mod school;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some(errand) = asked.iter().find(|argument| argument.starts_with('{')) {
        serde_json::from_str::<correcting::Errand>(errand).unwrap().run();
        return;
    }
    let is_asked = |part: &str| asked.is_empty() || asked.iter().any(|argument| argument == part);
    let cluster = cluster::Cluster::start(|_| {});
    for (name, server) in [("SQLite", None), ("PostgreSQL", Some(cluster.url.as_str()))] {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        if is_asked("deciding") {
            deciding::measure(name, directory.path(), server);
        }
        if is_asked("correcting") {
            correcting::measure(name, directory.path(), server);
        }
    }
}
