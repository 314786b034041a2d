//! The contexts that credentials may name. Others are refused, because what their terms mean is not known and nothing is fetched.

/// The context of W3C's data model 2.0, which comes first in every credential.
pub(super) const CREDENTIALS: &str = "https://www.w3.org/ns/credentials/v2";

/// The context of Open Badges, in the edition that is issued.
pub(super) const OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// The context of Comprehensive Learner Records.
pub(super) const RECORDS: &str = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";

const BUNDLED: [(&str, &str); 8] = [
    (CREDENTIALS, include_str!("contexts/credentials-v2.json")),
    (OPEN_BADGES, include_str!("contexts/open-badges-3.0.3.json")),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        include_str!("contexts/open-badges-3.0.2.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        include_str!("contexts/open-badges-3.0.1.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        include_str!("contexts/open-badges-extensions.json"),
    ),
    (RECORDS, include_str!("contexts/clr-2.0.1.json")),
    (
        "https://w3id.org/security/data-integrity/v2",
        include_str!("contexts/data-integrity-v2.json"),
    ),
    ("https://w3id.org/security/multikey/v1", include_str!("contexts/multikey-v1.json")),
];

/// The text of a context; `None` for one that is not carried.
pub(super) fn bundled(address: &str) -> Option<&'static str> {
    BUNDLED.iter().find(|(known, _)| *known == address).map(|(_, text)| *text)
}

/// All that are carried, each with its text.
pub(super) fn all_bundled() -> impl Iterator<Item = (&'static str, &'static str)> {
    BUNDLED.into_iter()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn contexts_are_as_published() {
        let hex = |text: &str| -> String { Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect() };
        let digests: Vec<String> = BUNDLED.iter().map(|(_, text)| hex(text)[..16].to_owned()).collect();
        assert_eq!(
            digests,
            [
                "59955ced6697d61e",
                "3d34f4d4ef1bce69",
                "00666ad080ba4076",
                "5f3d9dd6288ef437",
                "87c06c81bc231766",
                "880f1902d4158f2f",
                "67f21e6e33a6c14e",
                "ba2c182de2d92f7e",
            ]
        );
    }
}
