//! Runs the command line.

use std::process::ExitCode;

use clap::Parser;
use credit_bank::cli::Arguments;

#[expect(clippy::print_stderr, reason = "whoever runs a command reads here why it failed")]
fn main() -> ExitCode {
    match Arguments::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("credit-bank: {error}");
            ExitCode::FAILURE
        }
    }
}
