//! Views of a portfolio for an audience: made, edited, previewed. What the learner previews and what others are shown is made by
//! the same function.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::error::OpError;
use super::identity::{document_of, name_of};
use super::once::once;
use super::portfolio::{items_of, own_to_write};
use crate::domain::portfolio::disclosure::{Disclosure, Holder, disclosed};
use crate::domain::portfolio::view::{Disclosed, VIEWS_MAX, ViewDefinition};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::shares::{self as store, ViewRow};
use crate::store::types::{At, Key};

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct View {
    pub view_id: Uuid,
    pub edition: i64,
    pub definition: ViewDefinition,
    /// What is shown of the items, the preset's or the learner's own choice.
    pub fields: Vec<Disclosed>,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

fn place(view_id: Uuid) -> String {
    format!("portfolio_views.definition:{view_id}")
}

fn damaged(view_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("portfolio view {view_id}"))
}

fn sealed(bank: &Bank, view_id: Uuid, definition: &ViewDefinition) -> Result<Vec<u8>, OpError> {
    let plain = serde_json::to_vec(definition).map_err(|_| damaged(view_id))?;
    Ok(bank.sealer.seal(&plain, &place(view_id))?)
}

/// What a view says.
///
/// # Errors
/// When it does not open.
pub(super) fn definition_of(bank: &Bank, row: &ViewRow) -> Result<ViewDefinition, OpError> {
    let view_id = row.view_id.0;
    let sealed = row.definition_sealed.as_deref().unwrap_or_default();
    let plain = bank.sealer.open(sealed, &place(view_id))?;
    Ok(serde_json::from_slice(&plain).map_err(|_| damaged(view_id))?)
}

fn view_of(bank: &Bank, row: &ViewRow) -> Result<View, OpError> {
    let definition = definition_of(bank, row)?;
    Ok(View {
        view_id: row.view_id.0,
        edition: row.edition,
        fields: definition.shown(),
        definition,
        created_at: row.created_at.0,
        changed_at: row.changed_at.0,
    })
}

/// What the audience of a view sees of a learner's record at this moment.
///
/// # Errors
/// When something does not open, or the database is away.
pub(super) fn disclosure_of(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    learner: &LearnerRow,
    row: &ViewRow,
) -> Result<Disclosure, OpError> {
    let name = name_of(bank, learner)?;
    let holder = Holder {
        name: name.as_str().to_owned(),
        name_masked: name.masked(),
        account_number: learner.account_number.clone(),
        document_masked: document_of(bank, learner)?.masked(),
    };
    let items = items_of(bank, conn, learner.learner_id.0)?;
    Ok(disclosed(&definition_of(bank, row)?, &holder, &items, bank.day(context.now)))
}

/// Refuses a view that names what is not in the portfolio.
fn known(bank: &Bank, conn: &mut Conn, learner_id: Uuid, definition: &ViewDefinition) -> Result<(), OpError> {
    let Some(chosen) = &definition.items else { return Ok(()) };
    let items = items_of(bank, conn, learner_id)?;
    let unknown = |(_, item_id): &(usize, &Uuid)| !items.iter().any(|item| item.item_id == **item_id);
    let problems = chosen.iter().enumerate().filter(unknown);
    let problems = problems.map(|(number, _)| FieldProblem::new(format!("/items/{number}"), "is not something of this portfolio"));
    Ok(Rejection::any_of(problems.collect())?)
}

/// Makes a view.
///
/// # Errors
/// `InvalidBody`, `ViewsFull`, `NotFound` for somebody without a learning account, and what the policy answers.
pub fn create_view(bank: &Bank, context: &Context, key: Option<&str>, definition: &ViewDefinition) -> Result<View, OpError> {
    Rejection::any_of(definition.problems())?;
    bank.store.write(|conn| {
        once(bank, context, conn, "create_view", key, definition, |conn| {
            let learner = own_to_write(conn, context, "create_view")?;
            let learner_id = learner.learner_id.0;
            let there = store::views(conn, learner_id)?.len();
            if i64::try_from(there).is_ok_and(|there| there >= VIEWS_MAX) {
                return Err(Rejection::ViewsFull { views_max: VIEWS_MAX }.into());
            }
            known(bank, conn, learner_id, definition)?;
            let view_id = Uuid::now_v7();
            let row = ViewRow {
                learner_id: learner.learner_id,
                view_id: Key(view_id),
                edition: 1,
                definition_sealed: Some(sealed(bank, view_id, definition)?),
                created_at: At(context.now),
                changed_at: At(context.now),
                removed_at: None,
            };
            store::insert_view(conn, &row)?;
            tell(
                conn,
                &[context.told("create_view", "portfolio_view", view_id).of_learner(learner_id)],
            )?;
            view_of(bank, &row)
        })
    })
}

/// The caller's views, from the newest.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_views(bank: &Bank, context: &Context) -> Result<Vec<View>, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_views")?;
        let rows = store::views(conn, learner.learner_id.0)?;
        rows.iter().map(|row| view_of(bank, row)).collect()
    })
}

fn found(conn: &mut Conn, learner_id: Uuid, view_id: Uuid) -> Result<ViewRow, OpError> {
    Ok(store::view(conn, learner_id, view_id)?.ok_or(Rejection::NotFound {})?)
}

/// Reads a view of the caller's.
///
/// # Errors
/// `NotFound`.
pub fn read_view(bank: &Bank, context: &Context, view_id: Uuid) -> Result<View, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "read_view")?;
        view_of(bank, &found(conn, learner.learner_id.0, view_id)?)
    })
}

/// Edits a view; whoever has a link to it sees the new choice from now on.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `StaleEdition`, and what the policy answers.
pub fn edit_view(bank: &Bank, context: &Context, view_id: Uuid, edition: i64, definition: &ViewDefinition) -> Result<View, OpError> {
    Rejection::any_of(definition.problems())?;
    bank.store.write(|conn| {
        let learner_id = own_to_write(conn, context, "edit_view")?.learner_id.0;
        let row = found(conn, learner_id, view_id)?;
        if row.edition != edition {
            return Err(Rejection::StaleEdition {}.into());
        }
        known(bank, conn, learner_id, definition)?;
        let edited = ViewRow {
            edition: edition + 1,
            definition_sealed: Some(sealed(bank, view_id, definition)?),
            changed_at: At(context.now),
            ..row
        };
        if !store::update_view(conn, &edited, edition)? {
            return Err(StoreError::Stale.into());
        }
        tell(conn, &[context.told("edit_view", "portfolio_view", view_id).of_learner(learner_id)])?;
        view_of(bank, &edited)
    })
}

/// Removes a view; links to it are off from now on.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn remove_view(bank: &Bank, context: &Context, view_id: Uuid) -> Result<(), OpError> {
    bank.store.write(|conn| {
        let learner_id = own_to_write(conn, context, "remove_view")?.learner_id.0;
        let row = found(conn, learner_id, view_id)?;
        let edition = row.edition;
        let removed = ViewRow {
            edition: edition + 1,
            definition_sealed: None,
            changed_at: At(context.now),
            removed_at: Some(At(context.now)),
            ..row
        };
        if !store::update_view(conn, &removed, edition)? {
            return Err(StoreError::Stale.into());
        }
        let mut all = vec![context.told("remove_view", "portfolio_view", view_id).of_learner(learner_id)];
        for share_id in store::turn_off_of_view(conn, learner_id, view_id, context.now)? {
            all.push(context.told("turn_off_share", "share", share_id).of_learner(learner_id));
        }
        Ok(tell(conn, &all)?)
    })
}

/// What the audience of a view sees, exactly.
///
/// # Errors
/// `NotFound`.
pub fn preview_view(bank: &Bank, context: &Context, view_id: Uuid) -> Result<Disclosure, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "preview_view")?;
        let row = found(conn, learner.learner_id.0, view_id)?;
        disclosure_of(bank, context, conn, &learner, &row)
    })
}
