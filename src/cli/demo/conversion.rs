//! What conversion needs: a programme of the first institution, and its rule pack, drafted with a worked case, filed and
//! accepted as people do.

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::CommandError;
use super::intake::IntakeInstitution;
use super::people::{Stage, request};
use crate::domain::pack::life::FilingDecision;
use crate::ops::context::Bank;
use crate::ops::packs::create_rule_pack;
use crate::ops::packs::filing::{decide_filing, file_rule_pack};
use crate::ops::programmes::publish_programme;

const PROGRAMME: &str = include_str!("programme.json");
const PACK: &str = include_str!("pack.json");

fn read(text: &str) -> Result<Value, CommandError> {
    serde_json::from_str(text).map_err(|error| CommandError::Other(error.to_string()))
}

/// A senior electrician's twelve credits: eight of them at most.
fn case(programme: &Value, day: NaiveDate) -> Value {
    json!({
        "name": "电工高级工证书 12 学分，至多转换 8 学分", "decided_on": day, "programme": programme,
        "outcomes": [{ "key": "senior", "name": "电工(三级/高级工)", "achievement": "occ-elec-3", "kind": "occupational_certificate", "family": "occ-elec",
            "rank": 3, "issuer": { "credit_code": "914403003429409755", "kind": "assessment_body" }, "bank_credit": "12.00", "awarded_on": "2024-05-10" }],
        "expected": { "recognised": "8", "used": { "senior": "8" } },
    })
}

/// Publishes the programme and puts the pack in force; answers the programme's id.
///
/// # Errors
/// When an operation refuses.
pub(super) fn prepare(
    bank: &Bank,
    stage: &Stage,
    institution: &IntakeInstitution,
    institution_id: Uuid,
    admin: &str,
) -> Result<Uuid, CommandError> {
    let context = stage.log_in(bank, admin)?;
    let day = bank.day(context.now);
    let programme = read(PROGRAMME)?;
    let published = publish_programme(
        bank,
        &context,
        None,
        &request(json!({ "institution_id": institution_id, "programme": programme }))?,
    )?;
    let mut document = read(PACK)?;
    if let Some(fields) = document.as_object_mut() {
        fields.insert("owner".to_owned(), json!(institution.credit_code));
        fields.insert("effective_from".to_owned(), json!(day));
    }
    let new = json!({ "institution_id": institution_id, "document": document, "cases": [case(&programme, day)] });
    let draft = create_rule_pack(bank, &context, None, &request(new)?)?;
    let filed = file_rule_pack(bank, &context, None, draft.pack_id)?;
    let officer = stage.log_in(bank, "officer-1")?;
    decide_filing(
        bank,
        &officer,
        None,
        draft.pack_id,
        filed.edition,
        FilingDecision::Accept,
        "符合要求，予以备案",
    )?;
    Ok(published.programme_id)
}
