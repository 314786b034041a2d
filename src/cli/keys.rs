//! `credit-bank keys`: new keys in place of the present ones.

use clap::Subcommand;
use uuid::Uuid;

use super::serve::as_the_bank;
use super::{CommandError, start};
use crate::config::Config;
use crate::ops::credentials::issuers::{KeyRotation, rotate_issuer_key};
use crate::ops::reseal::reseal;
use crate::vault::key_ring::KeyRing;

#[derive(Debug, Subcommand)]
#[expect(clippy::enum_variant_names, reason = "as they are typed: `keys rotate-signing`")]
pub(super) enum KeysCommand {
    /// Sign new tokens with a new key; tokens of the old ones stay good until they expire. Restart the server after it.
    RotateSigning,
    /// Seal personal data with a new key, and seal anew what is stored. Stop the server first.
    RotateSealing,
    /// Sign credentials with a new key; what the old ones signed stays valid.
    RotateIssuer {
        /// The institution whose key it is; the bank's own, when left out.
        #[arg(long)]
        institution: Option<Uuid>,
    },
}

impl KeysCommand {
    #[expect(clippy::print_stdout, reason = "this is what the command is for")]
    pub(super) fn run(self, config: &Config) -> Result<(), CommandError> {
        start::data_directory(config)?;
        let path = config.key_file();
        let mut ring = KeyRing::load(&path)?;
        match self {
            Self::RotateSigning => {
                ring.rotate_signing()?;
                ring.save(&path)?;
                println!("New tokens are signed with a new key once the server is restarted.");
            }
            Self::RotateSealing => {
                ring.rotate_sealing()?;
                ring.save(&path)?;
                let bank = start::open_bank(config)?;
                let resealed = reseal(&bank, &as_the_bank())?;
                println!("A new key seals; {resealed} records were sealed anew.");
            }
            Self::RotateIssuer { institution } => {
                let bank = start::open_bank(config)?;
                let rotation = KeyRotation {
                    institution_id: institution,
                };
                let made = rotate_issuer_key(&bank, &as_the_bank(), None, &rotation)?;
                println!("Credentials are signed by {} from now on.", made.verification_method);
            }
        }
        Ok(())
    }
}
