//! Passkeys (W3C WebAuthn): what a browser is asked, and whether its answer is right. Texts in and out are JSON; what is remembered
//! between the two is for the bank's own eyes.

use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Webauthn,
    WebauthnBuilder,
};

/// The site that passkeys are made for: they are good at no other.
pub struct Site {
    webauthn: Webauthn,
}

/// What has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// For the browser (`PublicKeyCredentialCreationOptions` or `PublicKeyCredentialRequestOptions` in their JSON form).
    pub options: String,
    /// What the answer is compared with.
    pub ceremony: String,
}

/// A passkey as it is kept: its public half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub credential_id: Vec<u8>,
    pub public_key: String,
}

fn kept(passkey: &Passkey) -> Option<Kept> {
    Some(Kept {
        credential_id: passkey.cred_id().to_vec(),
        public_key: serde_json::to_string(passkey).ok()?,
    })
}

impl Site {
    /// The site at an address. There are no passkeys for an address that is a number.
    pub fn new(public_url: &str, name: &str) -> Option<Self> {
        let origin = Url::parse(public_url).ok()?;
        let domain = origin.domain()?;
        let builder = WebauthnBuilder::new(domain, &origin).ok()?;
        let webauthn = builder.rp_name(name).build().ok()?;
        Some(Self { webauthn })
    }

    /// Asks a browser for a new passkey, which is none of those that are known.
    pub fn begin_making(&self, user_id: Uuid, username: &str, display_name: &str, known: &[Vec<u8>]) -> Option<Begun> {
        let known: Vec<CredentialID> = known.iter().map(|id| CredentialID::from(id.clone())).collect();
        let begun = self
            .webauthn
            .start_passkey_registration(user_id, username, display_name, Some(known));
        let (options, ceremony) = begun.ok()?;
        Some(Begun {
            options: serde_json::to_string(&options.public_key).ok()?,
            ceremony: serde_json::to_string(&ceremony).ok()?,
        })
    }

    /// The passkey that a browser made, where it is what was asked for.
    pub fn finish_making(&self, ceremony: &str, answer: &str) -> Option<Kept> {
        let ceremony: PasskeyRegistration = serde_json::from_str(ceremony).ok()?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        kept(&self.webauthn.finish_passkey_registration(&answer, &ceremony).ok()?)
    }

    /// Asks a browser to show one of these passkeys.
    pub fn begin_showing(&self, public_keys: &[String]) -> Option<Begun> {
        let passkeys: Option<Vec<Passkey>> = public_keys.iter().map(|key| serde_json::from_str(key).ok()).collect();
        let (options, ceremony) = self.webauthn.start_passkey_authentication(&passkeys?).ok()?;
        Some(Begun {
            options: serde_json::to_string(&options.public_key).ok()?,
            ceremony: serde_json::to_string(&ceremony).ok()?,
        })
    }

    /// The passkey that was shown, to be kept as it is now, where it is one of these and what was asked for.
    pub fn finish_showing(&self, ceremony: &str, answer: &str, public_keys: &[String]) -> Option<Kept> {
        let ceremony: PasskeyAuthentication = serde_json::from_str(ceremony).ok()?;
        let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
        let shown = self.webauthn.finish_passkey_authentication(&answer, &ceremony).ok()?;
        let passkeys = public_keys.iter().filter_map(|key| serde_json::from_str::<Passkey>(key).ok());
        let mut passkey = passkeys.into_iter().find(|passkey| passkey.cred_id() == shown.cred_id())?;
        passkey.update_credential(&shown)?;
        kept(&passkey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_passkeys_where_there_is_a_domain() {
        for address in ["https://bank.example", "http://localhost:8080"] {
            assert!(Site::new(address, "Credit Bank").is_some(), "{address}");
        }
        for address in ["http://127.0.0.1:8080", "https://[::1]", "nothing"] {
            assert!(Site::new(address, "Credit Bank").is_none(), "{address}");
        }
    }

    #[test]
    fn what_is_asked_names_the_site_and_what_is_known_and_another_answer_is_none() {
        let site = Site::new("https://bank.example", "Credit Bank").unwrap();
        let begun = site.begin_making(Uuid::from_u128(7), "wangfang", "王芳", &[vec![1, 2, 3]]).unwrap();
        let options: serde_json::Value = serde_json::from_str(&begun.options).unwrap();
        assert_eq!(options["rp"]["id"], "bank.example");
        assert_eq!(options["excludeCredentials"][0]["id"], "AQID");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        for answer in ["", "{}", "null", "[]"] {
            assert_eq!(site.finish_making(&begun.ceremony, answer), None, "{answer}");
            assert_eq!(site.finish_showing(&begun.ceremony, answer, &[]), None, "{answer}");
        }
        assert_eq!(site.begin_showing(&["not a key".to_owned()]), None);
    }
}
