//! A learner's own record in the forms that other systems read.

use serde::{Deserialize, Serialize};

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::error::OpError;
use super::identity::{document_of, name_of};
use super::record_lines::{lines_of, standing_outcomes};
use crate::domain::language::Language;
use crate::domain::words::words;
use crate::exports::elm::elm;
use crate::exports::elmo::elmo;
use crate::exports::resume::resume;
pub use crate::exports::table::delimited;
use crate::exports::table::table;
use crate::exports::{Record, XmlKey};

words! {
    /// The form of an export.
    pub enum ExportForm {
        /// ELMO of EMREX, signed.
        Elmo => "elmo",
        /// The European Learning Model, as JSON-LD.
        EuropeanLearningModel => "elm",
        JsonResume => "json-resume",
        /// The outcomes, for a spreadsheet.
        Csv => "csv",
    }
}

impl ExportForm {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Elmo => "application/xml",
            Self::EuropeanLearningModel => "application/ld+json",
            Self::JsonResume => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// How the names of such files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Elmo => "xml",
            Self::EuropeanLearningModel => "jsonld",
            Self::JsonResume => "json",
            Self::Csv => "csv",
        }
    }
}

/// The caller's own record in a form: the outcomes that stand.
///
/// # Errors
/// `NotFound` for a caller without a learning account.
pub fn export_record(bank: &Bank, context: &Context, form: ExportForm, language: Language) -> Result<String, OpError> {
    let record = bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "export_record")?;
        let name = name_of(bank, &learner)?;
        let rows = standing_outcomes(conn, learner.learner_id.0)?;
        Ok::<_, OpError>(Record {
            generated_at: context.now,
            bank: bank.name.clone(),
            bank_url: bank.outside.public_url.clone(),
            account_number: learner.account_number.clone(),
            name: name.as_str().to_owned(),
            name_parts: name.parts(),
            born_on: document_of(bank, &learner)?.birth_date(),
            lines: lines_of(conn, rows)?,
        })
    })?;
    Ok(match form {
        ExportForm::Elmo => {
            let (key_id, public) = bank.tokens.present_key();
            let key = XmlKey {
                name: &format!("{}/.well-known/jwks.json#{key_id}", bank.tokens.issuer()),
                public,
                sign: &|xml| bank.tokens.sign_xml(xml),
            };
            elmo(&record, &key).map_err(|error| OpError::Secret(error.to_string()))?
        }
        ExportForm::EuropeanLearningModel => elm(&record).to_string(),
        ExportForm::JsonResume => resume(&record, language).to_string(),
        ExportForm::Csv => table(&record, language),
    })
}
