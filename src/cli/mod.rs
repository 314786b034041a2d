//! The command line: it reads the configuration, puts the bank together, and runs one command.

mod admin;
pub mod demo;
mod import;
mod keys;
mod progress;
mod serve;
mod start;
mod verify_archive;
mod verify_credential;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError};
use crate::domain::language::Language;
use crate::files::FilesError;
use crate::http::server::ServerError;
use crate::ops::error::OpError;
use crate::ops::verify::verify;
use crate::store::error::StoreError;
use crate::vault::key_ring::KeyError;

/// A lifelong-learning credit bank (学分银行).
///
/// Without a command it serves. Settings are environment variables with the prefix CREDIT_BANK_;
/// `credit-bank config` lists them.
#[derive(Debug, Parser)]
#[command(name = "credit-bank", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the pages until SIGTERM (the default).
    Serve,
    /// Bring the database's schema up to date.
    Migrate,
    /// Fill an empty bank with institutions, rules, people and outcomes to look at.
    Demo(demo::DemoArguments),
    /// Look through a file of outcomes and deposit it: CSV, XLSX or NDJSON.
    Import(import::ImportArguments),
    /// Show every setting with its effective value; secrets are hidden.
    Config,
    /// Recompute every balance, lot and hash chain; exit 1 and name the first rows that differ.
    Verify,
    /// Say of a credential whether it is genuine and valid, step by step; exit 1 where it is not.
    VerifyCredential(verify_credential::VerifyCredentialArguments),
    /// Say of an archive whether it is genuine, and work everything in it out again; exit 1 where something is not good.
    VerifyArchive(verify_archive::VerifyArchiveArguments),
    /// Print the API's description (OpenAPI 3.1).
    Openapi,
    /// The bank's own administrators.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// The bank's keys.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the data directory {0} cannot be used: {1}")]
    DataDirectory(String, std::io::Error),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}", sentence(.0))]
    Operation(#[from] OpError),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("{0}")]
    Other(String),
    #[error("the intake: {0}")]
    Intake(#[from] demo::intake::IntakeError),
    #[error("{0} findings; the first are above")]
    Findings(usize),
}

fn sentence(error: &OpError) -> String {
    match error {
        OpError::Rejected(rejection) => {
            let mut text = rejection.sentence(Language::English);
            for problem in rejection.problems(Language::English) {
                text.push_str(&format!("\n  {} {}", problem.pointer, problem.detail));
            }
            text
        }
        other => other.to_string(),
    }
}

impl Arguments {
    /// Runs the command.
    ///
    /// # Errors
    /// Why it did not do its work.
    pub fn run(self) -> Result<(), CommandError> {
        let command = self.command.unwrap_or(Command::Serve);
        if matches!(command, Command::Openapi) {
            return print_openapi();
        }
        let config = Config::from_environment()?;
        start::log(&config)?;
        match command {
            Command::Serve => serve::serve(&config),
            Command::Migrate => migrate(&config),
            Command::Demo(arguments) => demo::run(&arguments, &config),
            Command::Import(arguments) => arguments.run(&config),
            Command::Config => {
                print_config(&config);
                Ok(())
            }
            Command::Verify => verify_bank(&config),
            Command::VerifyCredential(arguments) => arguments.run(&config),
            Command::VerifyArchive(arguments) => arguments.run(&config),
            Command::Openapi => print_openapi(),
            Command::Admin(command) => command.run(&config),
            Command::Keys(command) => command.run(&config),
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print_openapi() -> Result<(), CommandError> {
    let text = serde_json::to_string_pretty(&crate::http::openapi::document()).map_err(|error| CommandError::Other(error.to_string()))?;
    println!("{text}");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print_config(config: &Config) {
    for shown in &config.shown {
        let origin = if shown.is_default { " (default)" } else { "" };
        println!("{}={}{origin}\n    {}", shown.name, shown.value, shown.about);
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn migrate(config: &Config) -> Result<(), CommandError> {
    start::data_directory(config)?;
    let ran = start::open_store(config)?.migrate()?;
    println!("{ran} migrations ran; the schema is up to date.");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn verify_bank(config: &Config) -> Result<(), CommandError> {
    let bank = start::open_bank(config)?;
    let verification = verify(&bank)?;
    println!(
        "{} learners, {} lots, {} movements, {}.{:02} credits granted",
        verification.learners,
        verification.lots,
        verification.movements,
        verification.granted_hundredths / 100,
        verification.granted_hundredths % 100
    );
    for finding in &verification.findings {
        println!("{finding}");
    }
    match verification.findings.len() {
        0 => Ok(()),
        findings => Err(CommandError::Findings(findings)),
    }
}
