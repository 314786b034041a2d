//! Which packs speak on a day: an institution's pack for a programme in all its versions, and the packs above it.

use std::collections::{BTreeSet, VecDeque};

use chrono::NaiveDate;
use uuid::Uuid;

use super::form::document_of;
use crate::domain::allocation::PackVersion;
use crate::domain::pack::RulePack;
use crate::domain::pack::life::{PackStatus, Term};
use crate::domain::rejection::Rejection;
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::packs::{self as store, PackRow};

/// The most packs that one may stand under, directly and by way of others.
pub const ABOVE_MAX: usize = 20;

/// A version whose last day is the one that the versions beside it make.
fn version_of(row: &PackRow) -> Result<PackVersion, StoreError> {
    let pack = RulePack {
        effective_to: row.effective_to,
        ..document_of(row)?
    };
    Ok(PackVersion {
        version: row.version,
        pack,
    })
}

fn term_of(row: &PackRow) -> Term {
    Term {
        effective_from: row.effective_from,
        effective_to: row.effective_to,
    }
}

fn is_in_force(row: &PackRow, day: NaiveDate) -> bool {
    let stored = PackStatus::parse(&row.status);
    stored.is_some_and(|stored| term_of(row).status_on(stored, day) == PackStatus::InForce)
}

/// Whether a pack is for a programme, by the column that says so.
fn is_for(row: &PackRow, programme_code: &str) -> bool {
    row.programmes.is_empty() || row.programmes.contains(&format!(" {programme_code} "))
}

/// The versions of the institution's pack for a programme that had begun by a day, from the oldest, and the packs above
/// the newest of them: the bank's standards first, then those that it names. A pack that is in force goes before one that has
/// ended, and then one that names the programme before one that is for all.
///
/// # Errors
/// `PackLayersInvalid` where the packs above lead back to the pack.
pub fn packs_for(
    conn: &mut Conn,
    institution_id: Uuid,
    programme_code: &str,
    day: NaiveDate,
) -> Result<(Vec<PackVersion>, Vec<PackVersion>), OpError> {
    let rows: Vec<PackRow> = store::accepted(conn, Some(institution_id))?
        .into_iter()
        .filter(|row| row.effective_from <= day && is_for(row, programme_code))
        .collect();
    // Packs that are equally specific have no day in common: filing refuses it.
    let weight = |row: &&PackRow| (is_in_force(row, day), !row.programmes.is_empty(), row.effective_from);
    let Some(code) = rows.iter().max_by_key(weight).map(|row| row.code.clone()) else {
        return Ok((Vec::new(), above(conn, None, day)?.packs));
    };
    let versions: Vec<PackVersion> = rows
        .iter()
        .filter(|row| row.code == code)
        .map(version_of)
        .collect::<Result<_, StoreError>>()?;
    let layers = above(conn, versions.last().map(|newest| &newest.pack), day)?;
    if layers.leads_back || layers.too_many {
        return Err(Rejection::PackLayersInvalid {
            code,
            packs_max: ABOVE_MAX,
        }
        .into());
    }
    Ok((versions, layers.packs))
}

/// What a pack stands under.
#[derive(Debug)]
pub(super) struct Layers {
    /// The bank's standards, then those that the pack names, then those that these name.
    pub(super) packs: Vec<PackVersion>,
    /// One of them names the pack itself, or stands under itself.
    pub(super) leads_back: bool,
    /// There are more than [`ABOVE_MAX`]; the rest is left out.
    pub(super) too_many: bool,
}

/// The packs above one, as they are in force on a day. What it names and is not in force is left out: validation says so.
///
/// # Errors
/// When the database refuses.
pub(super) fn above(conn: &mut Conn, pack: Option<&RulePack>, day: NaiveDate) -> Result<Layers, StoreError> {
    let own_code = pack.map(|pack| pack.code.as_str()).unwrap_or_default();
    let mut layers = Layers {
        packs: Vec::new(),
        leads_back: false,
        too_many: false,
    };
    let is_standard = pack.is_some_and(|pack| pack.owner.is_none());
    let mut seen = BTreeSet::from([own_code.to_owned()]);
    let mut open = VecDeque::new();
    // Each waiting code comes with the codes on the way to it.
    let wait = |open: &mut VecDeque<(String, Vec<String>)>, pack: &RulePack, way: &[String]| {
        let way: Vec<String> = way.iter().chain([&pack.code]).cloned().collect();
        open.extend(pack.under.iter().map(|code| (code.clone(), way.clone())));
    };
    if !is_standard {
        for row in store::accepted(conn, None)?.iter().filter(|row| is_in_force(row, day)) {
            if seen.insert(row.code.clone()) {
                let standard = version_of(row)?;
                wait(&mut open, &standard.pack, &[]);
                layers.packs.push(standard);
            }
        }
    }
    if let Some(pack) = pack {
        wait(&mut open, pack, &[]);
    }
    while let Some((code, way)) = open.pop_front() {
        if way.contains(&code) {
            layers.leads_back = true;
            continue;
        }
        if !seen.insert(code.clone()) {
            continue;
        }
        if layers.packs.len() >= ABOVE_MAX {
            layers.too_many = true;
            break;
        }
        let rows = store::versions(conn, &code)?;
        let Some(row) = rows.iter().find(|row| is_in_force(row, day)) else {
            continue;
        };
        let found = version_of(row)?;
        wait(&mut open, &found.pack, &way);
        layers.packs.push(found);
    }
    Ok(layers)
}

/// The code of another accepted pack of the institution that is for the same programmes on a common day, so that nobody
/// could say which of them holds. A pack that names its programmes goes before one that is for all, and is no such pack.
///
/// # Errors
/// When the database refuses.
pub(super) fn overlapping(conn: &mut Conn, row: &PackRow) -> Result<Option<String>, StoreError> {
    let Some(institution_id) = &row.institution_id else {
        return Ok(None);
    };
    let own: BTreeSet<&str> = row.programmes.split_whitespace().collect();
    let others = store::accepted(conn, Some(institution_id.0))?;
    let is_rival = |other: &&PackRow| {
        let same = if own.is_empty() {
            other.programmes.is_empty()
        } else {
            other.programmes.split_whitespace().any(|code| own.contains(code))
        };
        other.code != row.code && same && term_of(other).overlaps(term_of(row))
    };
    Ok(others.iter().find(is_rival).map(|other| other.code.clone()))
}
