//! What a simulation of a draft compares: the rules that are in force today, and the same with the draft in its place.

use chrono::NaiveDate;

use super::check::{not_valid, validation};
use super::form::{document_of, status_of};
use super::in_force::packs_for;
use super::owner_of;
use crate::domain::allocation::PackVersion;
use crate::domain::pack::RulePack;
use crate::domain::rejection::Rejection;
use crate::domain::simulation::{Comparison, EFFORT, Rules};
use crate::ops::agreements::accepted_by;
use crate::ops::error::OpError;
use crate::ops::facts::issuer_of;
use crate::ops::programmes::PublishedProgramme;
use crate::store::connection::Conn;
use crate::store::institutions;
use crate::store::packs::PackRow;

/// The comparison of a version that is on its way with what is in force today for a programme. An institution's draft takes
/// the place of the pack that the programme has; the bank's draft takes its own place above that pack.
///
/// # Errors
/// `WrongState` of a version that was decided, `InvalidBody` of a programme that it is not for, `PackNotValid`, and
/// `PackLayersInvalid` of the rules in force.
pub(in crate::ops) fn comparison(
    conn: &mut Conn,
    row: &PackRow,
    programme: PublishedProgramme,
    today: NaiveDate,
) -> Result<Comparison, OpError> {
    let status = status_of(row, today)?;
    if !status.is_open() {
        return Err(Rejection::WrongState { state: status.to_string() }.into());
    }
    let document = document_of(row)?;
    let owner = owner_of(conn, row.institution_id.as_ref().map(|key| key.0))?;
    if owner
        .as_ref()
        .is_some_and(|owner| owner.institution_id.0 != programme.institution_id)
    {
        return Err(Rejection::field("/programme_id", "is not a programme of the pack's owner").into());
    }
    if !document.is_for(&programme.programme.code) {
        return Err(Rejection::field("/programme_id", "is not one of the programmes that the pack is for").into());
    }
    let (validation, layers) = validation(conn, owner.as_ref(), &document, today)?;
    if !validation.problems.is_empty() {
        return Err(not_valid(&validation.problems).into());
    }
    let institution = institutions::find(conn, programme.institution_id)?.ok_or(Rejection::NotFound {})?;
    let institution = issuer_of(&institution)?;
    let (versions, above) = packs_for(conn, programme.institution_id, &programme.programme.code, today)?;
    let before = Rules { versions, above };
    let draft = PackVersion {
        version: row.version,
        pack: of_all_days(document),
    };
    let after = match owner {
        Some(_) => Rules {
            versions: vec![draft],
            above: layers.packs,
        },
        None => Rules {
            versions: before.versions.clone(),
            above: with_standard(&before.above, draft, layers.packs),
        },
    };
    Ok(Comparison {
        agreements: accepted_by(conn, &institution, today)?,
        institution,
        programme: programme.programme,
        before,
        after,
        decided_on: today,
        effort: EFFORT,
    })
}

/// The draft as if it had always been in force: what it says is tried on all that learners have, also where its own dates
/// would leave what they earned before to an earlier version.
fn of_all_days(document: RulePack) -> RulePack {
    let first_day = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(document.effective_from);
    RulePack {
        effective_from: first_day,
        effective_to: None,
        ..document
    }
}

/// The packs above with a standard in the place of its present version, or before the others, and those that it names.
fn with_standard(above: &[PackVersion], draft: PackVersion, layers: Vec<PackVersion>) -> Vec<PackVersion> {
    let mut packs = vec![draft];
    for pack in above.iter().cloned().chain(layers) {
        if packs.iter().all(|known| known.pack.code != pack.pack.code) {
            packs.push(pack);
        }
    }
    packs
}
