//! `credit-bank demo`: fills an empty bank through the operations that the API calls, as people who logged in.

mod conversion;
mod export;
mod fill;
pub mod intake;
mod invented;
mod people;
mod scenes;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::serve::as_the_bank;
use super::{CommandError, start};
use crate::config::Config;
use crate::domain::credit::Credit;
use crate::domain::institution::InstitutionFilter;
use crate::ops::institutions::list_institutions;
use crate::ops::verify::verify;
use fill::Filled;
use intake::Intake;

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// A directory with institutions.json, achievements.json and outcomes-*.csv; without it, a small set is invented.
    #[arg(long)]
    intake: Option<PathBuf>,
    /// How many outcomes are invented, where no directory is named.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(12..=1_000_000))]
    outcomes: u32,
    /// Write the intake as files into this directory and leave the bank alone.
    #[arg(long)]
    export: Option<PathBuf>,
}

/// Fills the bank and says what to try next.
///
/// # Errors
/// When the bank is not empty, the intake is wrong, or an operation refuses.
pub(super) fn run(arguments: &DemoArguments, config: &Config) -> Result<(), CommandError> {
    let intake = match &arguments.intake {
        Some(directory) => Intake::of_directory(directory)?,
        None => Intake::invented(usize::try_from(arguments.outcomes).unwrap_or(600))?,
    };
    if let Some(directory) = &arguments.export {
        return Ok(export::export(&intake, directory)?);
    }
    let mut bank = start::open_bank(config)?;
    // The demonstration's pack is to be in force today: its public notice is imagined to be over.
    bank.pack_notice_days = 0;
    bank.store.migrate()?;
    if !list_institutions(&bank, &as_the_bank(), &InstitutionFilter::default(), None, 1)?.is_empty() {
        return Err(CommandError::Other(
            "this bank has institutions already; the demonstration fills an empty one (name another CREDIT_BANK_DATA_DIR)".to_owned(),
        ));
    }
    let filled = fill::fill(&bank, &intake)?;
    let verification = verify(&bank)?;
    report(&filled, config);
    match verification.findings.as_slice() {
        [] => Ok(()),
        findings => Err(CommandError::Findings(findings.len())),
    }
}

/// What one institution brought.
#[derive(Debug, Clone, Copy, Default)]
struct Brought {
    outcomes: u64,
    credit: Credit,
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn report(filled: &Filled, config: &Config) {
    let base = format!("http://{}", config.server.listen);
    for (code, brought) in &filled.by_institution {
        println!("{code} {} outcomes {} credits", brought.outcomes, brought.credit);
    }
    let total = total(&filled.by_institution);
    println!("total {} outcomes {} credits", total.outcomes, total.credit);
    println!("{} waited for a person, {} were refused", filled.flagged, filled.refused);
    println!("\nLog-ins (password {}):", filled.password);
    for (role, names) in &filled.log_ins {
        println!("  {role}: {}", names.join(", "));
    }
    println!("\nTry next: run `credit-bank serve`, and in another terminal:\n");
    let token = |name: &str| {
        format!(
            "TOKEN=$(curl -s {base}/api/v1/sessions -H 'Content-Type: application/json' -d '{{\"username\":\"{name}\",\"password\":\"{}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')",
            filled.password
        )
    };
    println!("{}", token("learner-1"));
    println!("curl -s {base}/api/v1/me/account -H \"Authorization: Bearer $TOKEN\"");
    println!("curl -s '{base}/api/v1/me/movements?limit=3' -H \"Authorization: Bearer $TOKEN\"");
    println!(
        "curl -s '{base}/api/v1/me/worth?programme={}' -H \"Authorization: Bearer $TOKEN\"",
        filled.programme_id
    );
    println!(
        "curl -s {base}/api/v1/worth -H 'Content-Type: application/json' -H 'Accept-Language: zh-CN' -d '{}'",
        filled.worth_example
    );
    println!("{}", token("registrar-1"));
    println!(
        "curl -s {base}/api/v1/outcomes -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -H 'Idempotency-Key: try-1' -d '{}'",
        filled.example
    );
    for scene in &filled.scenes {
        println!("\n# {}", scene.title);
        let mut before: Option<&str> = None;
        for look in &scene.looks {
            let who = look.who.as_deref();
            if let Some(name) = who.filter(|_| who != before) {
                println!("{}", token(name));
            }
            before = who;
            let asking = who.map_or("", |_| " -H \"Authorization: Bearer $TOKEN\"");
            println!("curl -s '{base}/api/v1/{}'{asking}", look.path);
        }
    }
}

fn total(by_institution: &BTreeMap<String, Brought>) -> Brought {
    by_institution.values().fold(Brought::default(), |sum, brought| Brought {
        outcomes: sum.outcomes + brought.outcomes,
        credit: sum.credit.checked_add(brought.credit).unwrap_or(sum.credit),
    })
}
