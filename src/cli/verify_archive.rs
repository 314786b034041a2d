//! `credit-bank verify-archive`: what is said of an archive in a file, and whether everything in it comes out again.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::Args;

use super::serve::as_the_bank;
use super::verify_credential::print_steps;
use super::{CommandError, start};
use crate::config::Config;
use crate::ops::archive::examine::verify_archive;
use crate::ops::verification::lookup::Reaching;

/// What to verify.
#[derive(Debug, Args)]
pub(super) struct VerifyArchiveArguments {
    /// An archive, as `GET /api/v1/me/archive` answers it.
    file: PathBuf,
    /// Fetch nothing: keys of a bank that is not registered here are told as not checked.
    #[arg(long)]
    offline: bool,
    /// Print the verdict as JSON.
    #[arg(long)]
    json: bool,
}

impl VerifyArchiveArguments {
    /// Verifies the file; an end with 1 for whatever is not good.
    ///
    /// # Errors
    /// Where it cannot be read, is not genuine, or does not come out again.
    #[expect(clippy::print_stdout, reason = "this is what the command is for")]
    pub(super) fn run(&self, config: &Config) -> Result<(), CommandError> {
        let name = self.file.display();
        let content = File::open(&self.file).map_err(|error| CommandError::Other(format!("{name}: {error}")))?;
        let bank = start::open_bank(config)?;
        let reaching = if self.offline { Reaching::Offline } else { Reaching::Network };
        let verdict = verify_archive(&bank, &as_the_bank(), reaching, BufReader::new(content))?;
        if self.json {
            let text = serde_json::to_string_pretty(&verdict).map_err(|error| CommandError::Other(error.to_string()))?;
            println!("{text}");
        } else {
            print_steps(&verdict.signature, "");
            println!(
                "account {} at {}, {}: {} movements, {} decisions and {} answers worked out again",
                verdict.account_number, verdict.bank, verdict.made_at, verdict.movements, verdict.decisions, verdict.answers
            );
            for problem in &verdict.problems {
                println!("  {}: {} {}", problem.about, problem.reason_chinese, problem.reason_english);
            }
        }
        match (verdict.is_good(), verdict.problems.len()) {
            (true, _) => Ok(()),
            (false, 0) => Err(CommandError::Other(format!("{name} is {}", verdict.signature.standing))),
            (false, problems) => Err(CommandError::Findings(problems)),
        }
    }
}
