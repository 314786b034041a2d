//! Everything of a learner's record as items: what institutions say of it now, and what the learner says.

use std::collections::HashMap;

use uuid::Uuid;

use super::super::claims::view::Conversion;
use super::super::context::Bank;
use super::super::disputes::{Dispute, disputes};
use super::super::error::OpError;
use super::super::evidence::{EvidenceFile, of_kind};
use super::{ENTRY, opened_content};
use crate::domain::allocation::Destination;
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::domain::list::ListPlace;
use crate::domain::outcome::{OutcomeFilter, OutcomeStatus, TraineeGroup};
use crate::domain::portfolio::confirmation::{ConfirmationState, Said, confirmed_by};
use crate::domain::portfolio::entry::OwnText;
use crate::domain::portfolio::timeline::{Artefact, Figures, Item, ItemKind, NamedInstitution, Verification};
use crate::store::connection::Conn;
use crate::store::deposits::{LotRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::portfolio::{self as store, ConfirmationRow, EntryRow};
use crate::store::standards::{self, AchievementRow};
use crate::store::{conversions, institutions, records};

/// What belongs to what institutions say.
struct Around {
    names: HashMap<Uuid, String>,
    achievements: HashMap<Uuid, AchievementRow>,
    disputed: HashMap<Uuid, Dispute>,
}

impl Around {
    fn institution(&self, institution_id: Uuid) -> NamedInstitution {
        let name = self.names.get(&institution_id).cloned();
        NamedInstitution {
            institution_id,
            name: name.unwrap_or_default(),
        }
    }
}

/// An item that says nothing yet.
fn bare(item_id: Uuid, kind: ItemKind, title: OwnText, verification: Verification) -> Item {
    Item {
        item_id,
        kind,
        title,
        text: None,
        from: None,
        to: None,
        organisation: None,
        verification,
        verified_on: None,
        institutions: Vec::new(),
        figures: None,
        bank_credit: None,
        course_credit: None,
        decision_number: None,
        skills: Vec::new(),
        links: Vec::new(),
        artefacts: Vec::new(),
        edition: None,
        disputable_outcome_id: None,
        dispute_request_id: None,
        hidden: false,
        place: None,
    }
}

/// Every item of a learner's record, with that of accounts that it absorbed, as it is now; in no order.
///
/// # Errors
/// When something is damaged, or the database is away.
pub(in crate::ops) fn items_of(bank: &Bank, conn: &mut Conn, learner_id: Uuid) -> Result<Vec<Item>, OpError> {
    let accounts = records::with_absorbed(conn, learner_id)?;
    let filter = OutcomeFilter {
        learner_id: Some(learner_id),
        ..OutcomeFilter::default()
    };
    let outcomes = records::outcomes(conn, &filter, ListPlace::Newest(None), i64::MAX)?;
    let lots = records::lots_of(conn, learner_id)?;
    let bought: Vec<Conversion> = conversions::list(conn, learner_id, None)?
        .into_iter()
        .map(Conversion::try_from)
        .collect::<Result<_, StoreError>>()?;
    let entries = store::entries(conn, &accounts)?;
    let confirmations = store::confirmations(conn, &accounts)?;
    let files = of_kind(bank, conn, learner_id, ENTRY)?;
    let around = load_around(conn, learner_id, &outcomes, &bought, &confirmations)?;

    let mut items = Vec::with_capacity(outcomes.len() + lots.len() + bought.len() + entries.len());
    for row in &outcomes {
        items.push(of_outcome(bank, &around, row)?);
    }
    let by_id: HashMap<Uuid, &OutcomeRow> = outcomes.iter().map(|row| (row.outcome_id.0, row)).collect();
    for lot in &lots {
        // A lot whose outcome went to another account with a merge is there.
        if let Some(outcome) = by_id.get(&lot.outcome_id.0) {
            items.push(of_lot(bank, &around, lot, outcome)?);
        }
    }
    items.extend(bought.into_iter().map(|conversion| of_conversion(bank, &around, conversion)));
    for row in &entries {
        items.push(of_entry(bank, &around, row, &confirmations, &files)?);
    }
    let places = store::places(conn, &accounts)?;
    let places: HashMap<Uuid, _> = places.into_iter().map(|row| (row.item_id.0, row)).collect();
    for item in &mut items {
        if let Some(row) = places.get(&item.item_id) {
            item.hidden = row.hidden;
            item.place = row.place;
        }
    }
    Ok(items)
}

fn load_around(
    conn: &mut Conn,
    learner_id: Uuid,
    outcomes: &[OutcomeRow],
    bought: &[Conversion],
    confirmations: &[ConfirmationRow],
) -> Result<Around, StoreError> {
    let mut institution_ids: Vec<Uuid> = outcomes.iter().map(|row| row.institution_id.0).collect();
    institution_ids.extend(bought.iter().map(|conversion| conversion.institution_id));
    institution_ids.extend(confirmations.iter().map(|row| row.institution_id.0));
    institution_ids.sort_unstable();
    institution_ids.dedup();
    let achievement_ids: Vec<Uuid> = outcomes.iter().map(|row| row.achievement_id.0).collect();
    let outcome_ids: Vec<Uuid> = outcomes.iter().map(|row| row.outcome_id.0).collect();
    let named = institutions::by_ids(conn, &institution_ids)?;
    let achievements = standards::achievements(conn, &achievement_ids)?;
    Ok(Around {
        names: named.into_iter().map(|row| (row.institution_id.0, row.name)).collect(),
        achievements: achievements.into_iter().map(|row| (row.achievement_id.0, row)).collect(),
        disputed: disputes(conn, &[learner_id], &outcome_ids)?,
    })
}

fn title_of(around: &Around, row: &OutcomeRow) -> Result<(OwnText, Option<i16>), StoreError> {
    let damaged = || StoreError::Damaged(format!("outcome {}", row.outcome_id.0));
    let achievement = around.achievements.get(&row.achievement_id.0).ok_or_else(damaged)?;
    let title = OwnText {
        zh: Some(achievement.name_chinese.clone()),
        en: achievement.name_english.clone(),
    };
    Ok((title, achievement.level))
}

fn status_of(row: &OutcomeRow) -> Result<OutcomeStatus, StoreError> {
    OutcomeStatus::parse(&row.status).ok_or_else(|| StoreError::Damaged(format!("outcome {}", row.outcome_id.0)))
}

fn of_outcome(bank: &Bank, around: &Around, row: &OutcomeRow) -> Result<Item, OpError> {
    let outcome_id = row.outcome_id.0;
    let damaged = || StoreError::Damaged(format!("outcome {outcome_id}"));
    let (title, level) = title_of(around, row)?;
    let status = status_of(row)?;
    let hours = row.hours_hundredths.map(Hours::from_hundredths).transpose();
    Ok(Item {
        from: Some(row.awarded_on),
        to: Some(row.awarded_on),
        verified_on: row.ended_at.as_ref().map(|at| bank.day(at.0)),
        institutions: vec![around.institution(row.institution_id.0)],
        figures: Some(Figures {
            grade: row.grade.clone(),
            grading_scale: row.grading_scale.clone(),
            score: row.score.clone(),
            hours: hours.map_err(|_| damaged())?,
            credits: row.original_credits.clone(),
            certificate_number: row.certificate_number.clone(),
            level,
            trainee_group: row.trainee_group.as_deref().and_then(TraineeGroup::parse),
        }),
        disputable_outcome_id: status.stands().then_some(outcome_id),
        dispute_request_id: around.disputed.get(&outcome_id).map(|dispute| dispute.request_id),
        ..bare(outcome_id, ItemKind::Outcome, title, status.into())
    })
}

fn of_lot(bank: &Bank, around: &Around, lot: &LotRow, outcome: &OutcomeRow) -> Result<Item, OpError> {
    let (title, level) = title_of(around, outcome)?;
    let granted = Credit::from_hundredths(lot.granted_hundredths);
    let is_back = lot.reversed_hundredths > 0 && lot.reversed_hundredths == lot.granted_hundredths;
    let verification = match Verification::from(status_of(outcome)?) {
        Verification::Valid if is_back => Verification::Revoked,
        verification => verification,
    };
    let day = bank.day(lot.created_at.0);
    Ok(Item {
        from: Some(day),
        to: Some(day),
        institutions: vec![around.institution(outcome.institution_id.0)],
        figures: Some(Figures {
            level: lot.level.or(level),
            ..Figures::default()
        }),
        bank_credit: Some(granted.map_err(|_| StoreError::Damaged(format!("lot {}", lot.lot_id.0)))?),
        disputable_outcome_id: (verification == Verification::Valid).then_some(outcome.outcome_id.0),
        ..bare(lot.lot_id.0, ItemKind::Credit, title, verification)
    })
}

fn of_conversion(bank: &Bank, around: &Around, conversion: Conversion) -> Item {
    let verification = match conversion.ended_at {
        None => Verification::Valid,
        Some(_) => Verification::Revoked,
    };
    let title = match conversion.award.destination {
        Destination::Course { name, .. } => OwnText {
            zh: Some(name.zh),
            en: name.en,
        },
        Destination::FreeCredit { .. } => OwnText {
            zh: Some("自由学分".to_owned()),
            en: Some("Free credit".to_owned()),
        },
    };
    Item {
        from: Some(conversion.decided_on),
        to: Some(conversion.decided_on),
        verified_on: conversion.ended_at.map(|at| bank.day(at)),
        institutions: vec![around.institution(conversion.institution_id)],
        course_credit: Some(conversion.award.amount),
        decision_number: Some(conversion.decision_number),
        disputable_outcome_id: (verification == Verification::Valid).then_some(conversion.outcome_id),
        ..bare(conversion.conversion_id, ItemKind::Conversion, title, verification)
    }
}

/// What institutions said of an entry.
fn said_of(entry_id: Uuid, confirmations: &[ConfirmationRow]) -> Result<Vec<Said>, StoreError> {
    let own = confirmations.iter().filter(|row| row.entry_id.0 == entry_id);
    own.map(|row| {
        Ok(Said {
            institution_id: row.institution_id.0,
            entry_edition: row.entry_edition,
            state: ConfirmationState::parse(&row.state)
                .ok_or_else(|| StoreError::Damaged(format!("entry confirmation {}", row.confirmation_id.0)))?,
        })
    })
    .collect()
}

fn of_entry(
    bank: &Bank,
    around: &Around,
    row: &EntryRow,
    confirmations: &[ConfirmationRow],
    files: &[(Uuid, EvidenceFile)],
) -> Result<Item, OpError> {
    let entry_id = row.entry_id.0;
    let content = opened_content(bank, entry_id, row.content_sealed.as_deref().unwrap_or_default())?;
    let by = confirmed_by(row.edition, &said_of(entry_id, confirmations)?);
    let verification = match by.is_empty() {
        true => Verification::SelfDeclared,
        false => Verification::Confirmed,
    };
    let file = |file_id: &Uuid| {
        let own = files.iter().filter(|(subject_id, _)| *subject_id == entry_id);
        own.map(|(_, file)| file).find(|file| file.file_id == *file_id).map(artefact_of)
    };
    Ok(Item {
        text: content.text,
        from: content.from,
        to: content.to,
        organisation: content.organisation,
        institutions: by.into_iter().map(|institution_id| around.institution(institution_id)).collect(),
        skills: content.skills,
        links: content.links,
        artefacts: content.artefacts.iter().filter_map(file).collect(),
        edition: Some(row.edition),
        ..bare(entry_id, content.kind.into(), content.title, verification)
    })
}

fn artefact_of(file: &EvidenceFile) -> Artefact {
    Artefact {
        file_id: file.file_id,
        name: file.name.clone(),
        media_type: file.media_type.to_string(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
    }
}
