//! `credit-bank admin`: what nobody does over the network.

use std::io::BufRead;

use clap::Subcommand;

use super::serve::as_the_bank;
use super::{CommandError, start};
use crate::config::Config;
use crate::ops::second_factor::take_second_factor_away;
use crate::ops::sessions::{NewUser, set_password_of};
use crate::ops::setup::create_administrator;

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Make an administrator; the password is read from standard input, one line.
    Create {
        /// The log-in name: 3 to 40 of a-z, 0-9, dot, hyphen, underscore.
        username: String,
        /// The name that others see.
        #[arg(long, default_value = "Administrator")]
        display_name: String,
    },
    /// Give another password to somebody who has forgotten it; it is read from standard input, one line, and every log-in of theirs ends.
    SetPassword {
        /// The log-in name.
        username: String,
    },
    /// Remove the second factor of somebody who has lost the authenticator and the recovery codes; every log-in of theirs ends.
    RemoveSecondFactor {
        /// The log-in name.
        username: String,
    },
}

fn read_password() -> Result<String, CommandError> {
    let mut password = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut password)
        .map_err(|error| CommandError::Other(format!("the password cannot be read: {error}")))?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}

impl AdminCommand {
    #[expect(clippy::print_stdout, reason = "this is what the command is for")]
    pub(super) fn run(self, config: &Config) -> Result<(), CommandError> {
        let bank = start::open_bank(config)?;
        bank.store.migrate()?;
        match self {
            Self::Create { username, display_name } => {
                let user = NewUser {
                    username,
                    display_name,
                    password: read_password()?,
                };
                let made = create_administrator(&bank, &as_the_bank(), &user)?;
                println!("Administrator {} ({})", user.username, made.user_id);
            }
            Self::SetPassword { username } => {
                set_password_of(&bank, &as_the_bank(), &username, &read_password()?)?;
                println!("{username} signs in with the new password");
            }
            Self::RemoveSecondFactor { username } => {
                take_second_factor_away(&bank, &as_the_bank(), &username)?;
                println!("{username} signs in with the password alone");
            }
        }
        Ok(())
    }
}
