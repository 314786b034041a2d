//! How an institution's files are read: what its columns mean, which achievements its codes mean, and whether what one person
//! brings is released by another. Saved once, used by every import from then on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::intake::field::Field;
use crate::intake::mapping::Mapping;
use crate::ops::context::{Bank, Context};
use crate::ops::document::document_of;
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::import_rows::{self as store, ProfileRow};
use crate::store::journal::tell;
use crate::store::standards;
use crate::store::types::{At, Key};

/// How many columns or codes a profile maps.
const ENTRIES_MAX: usize = 2_000;

/// How an institution's files are read, as it says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "columns": { "学员身份": "document_number" }, "codes": { "DG-4": "occ-elec-4" }, "needs_release": false }))]
pub struct NewImportProfile {
    /// What a column tells, by its header; this goes before the names that everybody uses.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Field>)]
    pub columns: BTreeMap<String, Field>,
    /// The achievement that is meant, by the institution's own code.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub codes: BTreeMap<String, String>,
    /// Whether what one person wants deposited is released by another.
    #[serde(default)]
    pub needs_release: bool,
}

/// How an institution's files are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportProfile {
    pub institution_id: Uuid,
    #[schema(value_type = BTreeMap<String, Field>)]
    pub columns: BTreeMap<String, Field>,
    #[schema(value_type = BTreeMap<String, String>)]
    pub codes: BTreeMap<String, String>,
    pub needs_release: bool,
    /// Goes into `If-Match`; 0 where nothing is saved yet.
    pub edition: i64,
}

impl ImportProfile {
    pub(super) fn mapping(&self) -> Mapping {
        Mapping {
            columns: self.columns.clone(),
        }
    }
}

pub(super) fn profile_of(conn: &mut Conn, institution_id: Uuid) -> Result<ImportProfile, OpError> {
    let Some(row) = store::profile(conn, institution_id)? else {
        return Ok(ImportProfile {
            institution_id,
            ..ImportProfile::default()
        });
    };
    let damaged = |_| StoreError::Damaged(format!("the import profile of {institution_id}"));
    Ok(ImportProfile {
        institution_id,
        columns: serde_json::from_value(row.column_names.0).map_err(damaged)?,
        codes: serde_json::from_value(row.codes.0).map_err(damaged)?,
        needs_release: row.needs_release,
        edition: row.edition,
    })
}

/// Reads how an institution's files are read.
///
/// # Errors
/// `NotFound`.
pub fn read_import_profile(bank: &Bank, context: &Context, institution_id: Uuid) -> Result<ImportProfile, OpError> {
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadImport, Resource::Institution(institution_id))?;
        profile_of(conn, institution_id)
    })
}

/// Saves how an institution's files are read, in place of what was saved before.
///
/// # Errors
/// `InvalidBody` with the entries that cannot be taken, `StaleEdition`, and what the policy answers; who may not edit the
/// institution does not change whether imports are released by another.
pub fn put_import_profile(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    edition: i64,
    new: &NewImportProfile,
) -> Result<ImportProfile, OpError> {
    bank.store.write(|conn| {
        let resource = Resource::Institution(institution_id);
        let actor = context.authorised(conn, Action::WriteImportProfile, resource)?;
        let before = profile_of(conn, institution_id)?;
        if before.edition != edition {
            return Err(Rejection::StaleEdition {}.into());
        }
        if before.needs_release != new.needs_release {
            policy::allowed(&actor, Action::EditInstitution, resource)?;
        }
        Rejection::any_of(problems(conn, institution_id, new)?)?;
        let row = ProfileRow {
            institution_id: Key(institution_id),
            column_names: document_of(&new.columns)?,
            codes: document_of(&new.codes)?,
            needs_release: new.needs_release,
            edition: edition + 1,
            updated_by: context.caller.label(),
            updated_at: At(context.now),
        };
        if !store::put_profile(conn, &row)? {
            return Err(Rejection::StaleEdition {}.into());
        }
        let told = context
            .told("put_import_profile", "institution", institution_id)
            .of_institution(institution_id)
            .with(serde_json::json!({ "columns": new.columns.len(), "codes": new.codes.len(), "needs_release": new.needs_release }));
        tell(conn, &[told])?;
        profile_of(conn, institution_id)
    })
}

/// A name as a JSON pointer holds it (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn problems(conn: &mut Conn, institution_id: Uuid, new: &NewImportProfile) -> Result<Vec<FieldProblem>, OpError> {
    let mut problems = Vec::new();
    for (pointer, entries) in [("/columns", new.columns.len()), ("/codes", new.codes.len())] {
        if entries > ENTRIES_MAX {
            problems.push(FieldProblem::new(pointer, format!("must have at most {} entries", ENTRIES_MAX)));
        }
    }
    for name in new.columns.keys().filter(|name| !is_line(name, 200)) {
        problems.push(FieldProblem::new(
            format!("/columns/{}", escaped(name)),
            "must have 1 to 200 characters",
        ));
    }
    let mut wanted: Vec<String> = new.codes.values().cloned().collect();
    wanted.sort_unstable();
    wanted.dedup();
    // A text with U+0000 is no code, and PostgreSQL takes none to compare with.
    wanted.retain(|code| !code.contains('\0'));
    let published: BTreeSet<String> = standards::achievements_by_code(conn, &wanted)?
        .into_iter()
        .filter(|row| row.institution_id.0 == institution_id)
        .map(|row| row.code)
        .collect();
    for (own, code) in &new.codes {
        let pointer = || format!("/codes/{}", escaped(own));
        if !is_line(own, 200) {
            problems.push(FieldProblem::new(pointer(), "must have 1 to 200 characters"));
        } else if !published.contains(code) {
            problems.push(FieldProblem::new(
                pointer(),
                "is not the code of a published achievement of this institution",
            ));
        }
    }
    Ok(problems)
}
