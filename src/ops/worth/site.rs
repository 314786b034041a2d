//! The programmes that a question is about, each with the rules that hold for it on the day.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::PROGRAMMES_MAX;
use crate::domain::agreement::Agreement;
use crate::domain::allocation::{Effort, Question};
use crate::domain::bilingual::Bilingual;
use crate::domain::list::ListPlace;
use crate::domain::programme::ProgrammeFilter;
use crate::domain::rejection::Rejection;
use crate::ops::agreements::accepted_by;
use crate::ops::error::OpError;
use crate::ops::facts::issuer_of;
use crate::ops::packs::in_force::packs_for;
use crate::ops::programmes::PublishedProgramme;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::institutions::{self, InstitutionRow};
use crate::store::programmes;

/// A programme in which outcomes are used, and the question about it, without outcomes.
pub(super) struct Site {
    pub(super) programme_id: Uuid,
    pub(super) programme_name: Bilingual,
    pub(super) institution_id: Uuid,
    pub(super) institution_name: String,
    pub(super) question: Question,
}

/// The programmes that are asked about; for some there may be no answer.
pub(super) struct Asked {
    pub(super) sites: Vec<(Uuid, Result<Site, Rejection>)>,
    pub(super) more_programmes: bool,
}

/// What programmes of one institution share.
type Hosts = HashMap<Uuid, (InstitutionRow, Vec<Agreement>)>;

/// One programme with the rules that hold for it on a day.
///
/// # Errors
/// `NotFound` for an unknown programme, `PackLayersInvalid`.
pub(super) fn site(conn: &mut Conn, programme_id: Uuid, day: NaiveDate) -> Result<Site, OpError> {
    load(conn, &mut Hosts::new(), programme_id, day)
}

fn load(conn: &mut Conn, hosts: &mut Hosts, programme_id: Uuid, day: NaiveDate) -> Result<Site, OpError> {
    let found = programmes::find(conn, programme_id)?.ok_or(Rejection::NotFound {})?;
    let published = PublishedProgramme::try_from(found)?;
    let (institution_id, programme) = (published.institution_id, published.programme);
    let host = match hosts.remove(&institution_id) {
        Some(host) => host,
        None => {
            let row = institutions::find(conn, institution_id)?;
            let row = row.ok_or_else(|| StoreError::Damaged(format!("programme {programme_id}")))?;
            let agreements = accepted_by(conn, &issuer_of(&row)?, day)?;
            (row, agreements)
        }
    };
    let (versions, above) = packs_for(conn, institution_id, &programme.code, day)?;
    let site = Site {
        programme_id,
        programme_name: programme.name.clone(),
        institution_id,
        institution_name: host.0.name.clone(),
        question: Question {
            institution: issuer_of(&host.0)?,
            agreements: host.1.clone(),
            programme,
            versions,
            above,
            outcomes: Vec::new(),
            decided_on: day,
            earlier: Vec::new(),
            enrolled_on: None,
            pins: Vec::new(),
            left_out: Vec::new(),
            effort: Effort::default(),
        },
    };
    hosts.insert(institution_id, host);
    Ok(site)
}

/// Some programmes, or all that are in force, as many as one question may be about.
///
/// # Errors
/// When the database is away.
pub(super) fn sites(conn: &mut Conn, programme_ids: &[Uuid], day: NaiveDate) -> Result<Asked, OpError> {
    let mut ids = programme_ids.to_vec();
    let mut more_programmes = false;
    if ids.is_empty() {
        let filter = ProgrammeFilter {
            in_force_on: Some(day),
            ..ProgrammeFilter::default()
        };
        let one_more = i64::try_from(PROGRAMMES_MAX + 1).unwrap_or(i64::MAX);
        let rows = programmes::list(conn, &filter, ListPlace::Oldest(None), one_more)?;
        more_programmes = rows.len() > PROGRAMMES_MAX;
        ids = rows.into_iter().take(PROGRAMMES_MAX).map(|row| row.programme_id.0).collect();
    }
    let mut hosts = Hosts::new();
    let mut sites = Vec::with_capacity(ids.len());
    for programme_id in ids {
        let site = match load(conn, &mut hosts, programme_id, day) {
            Ok(site) => Ok(site),
            Err(OpError::Rejected(rejection)) => Err(rejection),
            Err(failure) => return Err(failure),
        };
        sites.push((programme_id, site));
    }
    Ok(Asked { sites, more_programmes })
}
