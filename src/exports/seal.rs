//! An enveloped XML signature over a whole document, as ELMO asks for: one reference with an empty address, Exclusive XML
//! Canonicalization, SHA-256, and ECDSA on P-256.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::xml::Xml;

const SIGNATURES: &str = "http://www.w3.org/2000/09/xmldsig#";
const SIGNATURES_1_1: &str = "http://www.w3.org/2009/xmldsig11#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// The key that signs.
pub struct XmlKey<'a> {
    /// By which name it is published.
    pub name: &'a str,
    /// The public point, uncompressed: 65 bytes.
    pub public: &'a [u8],
    /// Signs by ECDSA with SHA-256; the answer is both numbers, 32 bytes each.
    pub sign: &'a dyn Fn(&[u8]) -> Option<Vec<u8>>,
}

/// Why a document cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key does not sign")]
pub struct SealError;

/// The signature of a document, which is given in its canonical form; it belongs before the end of the root element.
pub(super) fn signature_of(canonical: &str, key: &XmlKey<'_>) -> Result<String, SealError> {
    let digest = STANDARD.encode(Sha256::digest(canonical.as_bytes()));
    let mut inner = Xml::new();
    inner
        .open("ds:CanonicalizationMethod", &[("Algorithm", EXCLUSIVE)])
        .close("ds:CanonicalizationMethod")
        .open(
            "ds:SignatureMethod",
            &[("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256")],
        )
        .close("ds:SignatureMethod")
        .open("ds:Reference", &[("URI", "")])
        .open("ds:Transforms", &[]);
    for transform in ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", EXCLUSIVE] {
        inner.open("ds:Transform", &[("Algorithm", transform)]).close("ds:Transform");
    }
    inner
        .close("ds:Transforms")
        .open("ds:DigestMethod", &[("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha256")])
        .close("ds:DigestMethod")
        .text("ds:DigestValue", &[], &digest)
        .close("ds:Reference");
    // By itself it declares the one namespace that it uses; inside of the signature that is declared already.
    let mut signed = Xml::new();
    signed
        .open("ds:SignedInfo", &[("xmlns:ds", SIGNATURES)])
        .raw(inner.as_str())
        .close("ds:SignedInfo");
    let value = (key.sign)(signed.as_str().as_bytes()).ok_or(SealError)?;
    let mut signature = Xml::new();
    signature
        .open("ds:Signature", &[("xmlns:ds", SIGNATURES)])
        .open("ds:SignedInfo", &[])
        .raw(inner.as_str())
        .close("ds:SignedInfo")
        .text("ds:SignatureValue", &[], &STANDARD.encode(value))
        .open("ds:KeyInfo", &[])
        .text("ds:KeyName", &[], key.name)
        .open("ds:KeyValue", &[])
        .open("dsig11:ECKeyValue", &[("xmlns:dsig11", SIGNATURES_1_1)])
        .open("dsig11:NamedCurve", &[("URI", "urn:oid:1.2.840.10045.3.1.7")])
        .close("dsig11:NamedCurve")
        .text("dsig11:PublicKey", &[], &STANDARD.encode(key.public))
        .close("dsig11:ECKeyValue")
        .close("ds:KeyValue")
        .close("ds:KeyInfo")
        .close("ds:Signature");
    Ok(signature.as_str().to_owned())
}
