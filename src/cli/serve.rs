//! `credit-bank serve`.

use std::sync::Arc;

use super::{CommandError, start};
use crate::config::Config;
use crate::domain::actor::Caller;
use crate::http::server::Application;
use crate::ops::context::Context;
use crate::ops::setup::issue_setup_token;
use crate::portal;

/// The program itself, asking now.
pub(super) fn as_the_bank() -> Context {
    Context::of(Caller::Bank, crate::clock::now())
}

/// Migrates, says where the bank is, and answers until it is stopped.
///
/// # Errors
/// Why it cannot start, or failed.
pub(super) fn serve(config: &Config) -> Result<(), CommandError> {
    let bank = Arc::new(start::open_bank(config)?);
    bank.store.migrate()?;
    let token = issue_setup_token(&bank, &as_the_bank())?;
    let application = Application::build(config, Arc::clone(&bank), portal::PAGES)?;
    announce(config, &application, token.as_deref());
    drop(bank);
    actix_web::rt::System::new().block_on(application.run_until_stopped())?;
    tracing::info!("stopped");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "whoever starts the bank needs its address and the one-time link")]
fn announce(config: &Config, application: &Application, token: Option<&str>) {
    println!("credit-bank listens on http://{}", application.address());
    if let Some(token) = token {
        println!(
            "Make the first administrator (this link works once): {}/setup?token={token}",
            config.server.public_url
        );
    }
    println!("Its API is described at {}/docs/", config.server.public_url);
}
