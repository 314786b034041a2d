//! Credentials on their way into wallets: which configurations there are (OpenID for Verifiable Credential Issuance 1.0), and how
//! long an offer stands.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::credential::{CredentialForm, CredentialKind};
use super::words::words;

words! {
    /// What a wallet can ask for.
    pub enum WalletConfiguration {
        BadgeProof => "badge_ldp_vc",
        BadgeToken => "badge_jwt_vc_json",
        RecordProof => "record_ldp_vc",
        RecordToken => "record_jwt_vc_json",
    }
}

impl WalletConfiguration {
    /// The configuration of a credential of this kind and form.
    pub const fn of(kind: CredentialKind, form: CredentialForm) -> Self {
        match (kind, form) {
            (CredentialKind::Badge, CredentialForm::DataIntegrity) => Self::BadgeProof,
            (CredentialKind::Badge, CredentialForm::Jwt) => Self::BadgeToken,
            (CredentialKind::Record, CredentialForm::DataIntegrity) => Self::RecordProof,
            (CredentialKind::Record, CredentialForm::Jwt) => Self::RecordToken,
        }
    }

    /// What kind of credential it is.
    pub const fn kind(self) -> CredentialKind {
        match self {
            Self::BadgeProof | Self::BadgeToken => CredentialKind::Badge,
            Self::RecordProof | Self::RecordToken => CredentialKind::Record,
        }
    }

    /// How it is signed.
    pub const fn form(self) -> CredentialForm {
        match self {
            Self::BadgeProof | Self::RecordProof => CredentialForm::DataIntegrity,
            Self::BadgeToken | Self::RecordToken => CredentialForm::Jwt,
        }
    }
}

/// How long an offer can be taken up.
pub const OFFER_LIFE: TimeDelta = TimeDelta::minutes(10);

/// How long a wallet has to fetch what it took up.
pub const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(5);

/// How long a nonce is good.
pub const NONCE_LIFE: TimeDelta = TimeDelta::minutes(5);

/// After so many wrong codes an offer ends.
pub const FAILURES_MAX: i64 = 5;

/// So many offers of one learner stand at once.
pub const OFFERS_MAX: i64 = 20;

/// The digits of the code that the learner types into the wallet.
pub const CODE_DIGITS: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_form_has_its_configuration() {
        for configuration in WalletConfiguration::ALL {
            assert_eq!(WalletConfiguration::of(configuration.kind(), configuration.form()), *configuration);
        }
    }
}
