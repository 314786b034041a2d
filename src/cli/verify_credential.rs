//! `credit-bank verify-credential`: what is said of a credential in a file. Those of the bank itself need no network.

use std::path::PathBuf;

use clap::Args;

use super::serve::as_the_bank;
use super::{CommandError, start};
use crate::config::Config;
use crate::domain::verdict::{CredentialStanding, CredentialVerdict};
use crate::ops::verification::lookup::Reaching;
use crate::ops::verification::{Presented, verify_credential};

/// A longer file is not read.
const BYTES_MAX: u64 = 8 << 20;

/// What to verify.
#[derive(Debug, Args)]
pub(super) struct VerifyCredentialArguments {
    /// A credential as JSON, or as a compact JWT.
    file: PathBuf,
    /// Fetch nothing: keys of other issuers and their status lists are told as not checked.
    #[arg(long)]
    offline: bool,
    /// Print the verdict as JSON.
    #[arg(long)]
    json: bool,
}

impl VerifyCredentialArguments {
    /// Verifies the file; an end with 1 for whatever is not valid.
    ///
    /// # Errors
    /// Where it cannot be read, or is not valid.
    #[expect(clippy::print_stdout, reason = "this is what the command is for")]
    pub(super) fn run(&self, config: &Config) -> Result<(), CommandError> {
        let name = self.file.display();
        let failed = |error: std::io::Error| CommandError::Other(format!("{name}: {error}"));
        if std::fs::metadata(&self.file).map_err(failed)?.len() > BYTES_MAX {
            return Err(CommandError::Other(format!("{name} has more than {BYTES_MAX} bytes")));
        }
        let text = std::fs::read_to_string(&self.file).map_err(failed)?;
        let presented = Presented::parse(&text).ok_or_else(|| CommandError::Other(format!("{name} is neither JSON nor a JWT")))?;
        let bank = start::open_bank(config)?;
        let reaching = if self.offline { Reaching::Offline } else { Reaching::Network };
        let verdict = verify_credential(&bank, &as_the_bank(), reaching, &presented)?;
        if self.json {
            let text = serde_json::to_string_pretty(&verdict).map_err(|error| CommandError::Other(error.to_string()))?;
            println!("{text}");
        } else {
            print_steps(&verdict, "");
        }
        match verdict.standing {
            CredentialStanding::Valid => Ok(()),
            other => Err(CommandError::Other(format!("{name} is {other}"))),
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub(super) fn print_steps(verdict: &CredentialVerdict, indent: &str) {
    let what = verdict.name.as_deref().or(verdict.credential_id.as_deref()).unwrap_or("credential");
    println!("{indent}{}: {what}", verdict.standing);
    for step in &verdict.steps {
        println!(
            "{indent}  {:<13} {:<12} {} {}",
            step.step.as_str(),
            step.outcome.as_str(),
            step.sentence_chinese,
            step.sentence_english
        );
    }
    for held in &verdict.credentials {
        print_steps(held, &format!("{indent}  "));
    }
}
