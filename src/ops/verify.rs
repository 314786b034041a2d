//! Recomputes every lot, balance and hash chain from the rows, and every digest from the content of evidence files and statements,
//! and names what differs.

use uuid::Uuid;

use super::context::Bank;
use super::error::OpError;
use super::evidence::content_problem;
use crate::domain::ledger::lot_problem;
use crate::domain::list::ListPlace;
use crate::domain::movement::{ChainHead, Movement, verify_chain};
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::{evidence, merges, records, statements};

/// How many learners are read at a time.
const PAGE: i64 = 500;

/// How many findings are named at most.
const FINDINGS_MAX: usize = 20;

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    pub learners: u64,
    pub lots: u64,
    pub movements: u64,
    /// All credit that was ever granted, in hundredths.
    pub granted_hundredths: i128,
    pub findings: Vec<String>,
}

/// Looks at every learner; stops after the first findings.
///
/// # Errors
/// When the database fails.
pub fn verify(bank: &Bank) -> Result<Verification, OpError> {
    let mut verification = Verification::default();
    let mut after: Option<Uuid> = None;
    loop {
        let (page, contents) = bank.store.read(|conn| -> Result<(Vec<LearnerRow>, Vec<Content>), OpError> {
            let learners = records::learners_after(conn, after, PAGE)?;
            let mut contents = Vec::new();
            for learner in &learners {
                verify_learner(conn, learner, &mut verification)?;
                contents.extend(contents_of(conn, learner.learner_id.0)?);
            }
            Ok((learners, contents))
        })?;
        for content in &contents {
            if let Some(what) = content_problem(bank, &content.digest)? {
                verification.findings.push(format!("{}: {what}", content.of));
            }
        }
        match page.last() {
            Some(last) if verification.findings.len() < FINDINGS_MAX => after = Some(last.learner_id.0),
            _ => return Ok(verification),
        }
    }
}

/// A content that a row names.
struct Content {
    of: String,
    digest: Vec<u8>,
}

fn contents_of(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<Content>, StoreError> {
    let files = evidence::list(conn, learner_id, ListPlace::Newest(None), i64::MAX)?
        .into_iter()
        .map(|row| Content {
            of: format!("evidence file {}", row.file_id.0),
            digest: row.digest,
        });
    let papers = statements::list(conn, &[learner_id], ListPlace::Newest(None), i64::MAX)?;
    let papers = papers.into_iter().filter_map(|row| {
        Some(Content {
            of: format!("statement {}", row.statement_id.0),
            digest: row.digest?,
        })
    });
    Ok(files.chain(papers).collect())
}

fn verify_learner(conn: &mut Conn, learner: &LearnerRow, verification: &mut Verification) -> Result<(), OpError> {
    let learner_id = learner.learner_id.0;
    let lots = records::lots_of(conn, learner_id)?;
    let rows = records::movements_in_order(conn, learner_id, None)?;
    verification.learners += 1;
    verification.lots += lots.iter().map(|_| 1).sum::<u64>();
    verification.movements += rows.iter().map(|_| 1).sum::<u64>();
    verification.granted_hundredths += lots.iter().map(|lot| i128::from(lot.granted_hundredths)).sum::<i128>();
    let mut find = |what: String| verification.findings.push(format!("learner {learner_id}: {what}"));
    let movements = match rows.iter().map(|row| row.movement()).collect::<Result<Vec<Movement>, _>>() {
        Ok(movements) => movements,
        Err(error) => {
            find(error.to_string());
            return Ok(());
        }
    };
    match verify_chain(learner_id, &movements) {
        Err(error) => find(error.to_string()),
        Ok(head) if !is_head(learner, &head) => find("the head of the chain is not its last movement".to_owned()),
        Ok(_) => {}
    }
    if learner.merged_into.is_some() {
        for what in merges::left_behind(conn, learner_id)? {
            find(format!("{what} stayed behind when it was merged"));
        }
    }
    for lot in &lots {
        let what = match lot.balance() {
            Ok(stored) => lot_problem(lot.lot_id.0, &stored, &movements),
            Err(_) => Some("its pockets do not add up"),
        };
        if let Some(what) = what {
            find(format!("lot {}: {what}", lot.lot_id.0));
        }
    }
    if movements
        .iter()
        .any(|movement| lots.iter().all(|lot| lot.lot_id.0 != movement.content.lot_id))
    {
        find("a movement names a lot that is not there".to_owned());
    }
    Ok(())
}

fn is_head(learner: &LearnerRow, head: &ChainHead) -> bool {
    learner.head_sequence == head.sequence && learner.head_hash == head.hash && learner.available_hundredths == head.available.hundredths()
}
