//! Why a credential is not taken for what its issuer signed.

use chrono::NaiveDate;

use crate::domain::language::Language;

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident { $($field:ident : $type:ty),* } = $code:literal, $chinese:literal, $english:literal;)+) => {
        /// Why a credential is refused.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $variant { $($field: $type),* }),+
        }

        impl Refusal {
            /// The stable code.
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }

            /// What is wrong, as a clause without a full stop.
            pub fn clause(&self, language: Language) -> String {
                match self {
                    $(Self::$variant { $($field),* } => {
                        $(let _ = $field;)*
                        match language {
                            Language::Chinese => format!($chinese),
                            Language::English => format!($english),
                        }
                    })+
                }
            }
        }
    };
}

refusals! {
    NotACredential { part: String } = "not_a_credential", "不是可验证凭证：{part}", "it is no verifiable credential: {part}";
    NoProof {} = "no_proof", "没有签名", "it is not signed";
    ProofUnknown { what: String } = "proof_unknown", "不支持的签名方式 {what}", "it is signed in a way that is not supported: {what}";
    /// The signature belongs to other content, or to another key.
    SignatureWrong {} = "signature_wrong", "签名与内容不符", "the signature does not fit the content";
    /// The key is somebody else's than the issuer's.
    KeyOfAnother {} = "key_of_another", "签名所用的公钥不属于签发者", "the key that signed it is not its issuer's";
    IssuerUnknown { issuer: String } = "issuer_unknown", "没有登记签发者 {issuer} 的公钥", "no key of the issuer {issuer} is registered";
    IssuerNeedsNetwork { issuer: String } = "issuer_needs_network", "签发者 {issuer} 的公钥只能从网络取得，本行不从网络取用，请登记其公钥", "the key of the issuer {issuer} could only be fetched from the network, which is not done; register it";
    ContextUnknown { context: String } = "context_unknown", "凭证引用了未收录的词汇表 {context}", "it names a context that is not carried: {context}";
    /// What has no meaning in the contexts is not covered by the signature.
    NotCovered { what: String } = "not_covered", "内容 {what} 不在签名范围之内", "its content `{what}` is not covered by the signature";
    TooComplex {} = "too_complex", "凭证过于复杂，无法验证", "it is too complex to be verified";
    NotYetValid { from: NaiveDate } = "not_yet_valid", "凭证自 {from} 起才有效", "it is valid from {from} only";
    Expired { on: NaiveDate } = "expired", "凭证已于 {on} 失效", "it expired on {on}";
}
