//! What is found out about a credential: why it is not taken for what its issuer signed, or cannot be, and what was found good.

use chrono::NaiveDate;

use crate::domain::language::Language;
use crate::domain::verdict::{StepOutcome, VerdictStep};

macro_rules! findings {
    ($(#[$about:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident { $($field:ident : $type:ty),* } = $step:ident $outcome:ident, $code:literal, $chinese:literal, $english:literal;)+) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant { $($field: $type),* }),+
        }

        impl $name {
            /// The stable code.
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }

            /// Which step of the verification it belongs to.
            pub const fn step(&self) -> VerdictStep {
                match self { $(Self::$variant { .. } => VerdictStep::$step),+ }
            }

            /// Whether it is certain, or only could not be found out.
            pub const fn outcome(&self) -> StepOutcome {
                match self { $(Self::$variant { .. } => StepOutcome::$outcome),+ }
            }

            /// What was found, as a clause without a full stop.
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

findings! {
    /// Why a credential is refused, or why something of it is not known.
    Refusal:
    NotACredential { part: String } = Format Failed, "not_a_credential", "不是可验证凭证：{part}", "it is no verifiable credential: {part}";
    ContextUnknown { context: String } = Format NotChecked, "context_unknown", "凭证引用了未收录的词汇表 {context}", "it names a context that is not carried: {context}";
    NoProof {} = Proof Failed, "no_proof", "没有签名", "it is not signed";
    ProofUnknown { what: String } = Proof NotChecked, "proof_unknown", "不支持的签名方式 {what}", "it is signed in a way that is not supported: {what}";
    /// The signature belongs to other content, or to another key.
    SignatureWrong {} = Proof Failed, "signature_wrong", "签名与内容不符", "the signature does not fit the content";
    /// What has no meaning in the contexts is not covered by the signature.
    NotCovered { what: String } = Proof Failed, "not_covered", "内容 {what} 不在签名范围之内", "its content “{what}” is not covered by the signature";
    TooComplex {} = Proof NotChecked, "too_complex", "凭证过于复杂，无法验证", "it is too complex to be verified";
    ProofNotReached {} = Proof NotChecked, "proof_not_reached", "因前述问题未能验证签名", "the signature was not looked at, because of the above";
    ProofNeedsKey {} = Proof NotChecked, "proof_needs_key", "没有可用的公钥，未能验证签名", "the signature was not looked at, because there is no key for it";
    /// The key is somebody else's than the issuer's.
    KeyOfAnother {} = Key Failed, "key_of_another", "签名所用的公钥不属于签发者", "the key that signed it is not its issuer's";
    /// The issuer's document does not list the key, or not for this purpose, or as ended.
    KeyNotListed { method: String } = Key Failed, "key_not_listed", "签发者的公钥清单中没有 {method}", "the issuer's document does not list the key {method} for signing credentials";
    IssuerUnknown { issuer: String } = Key NotChecked, "issuer_unknown", "没有登记签发者 {issuer} 的公钥", "no key of the issuer {issuer} is registered";
    IssuerNeedsNetwork { issuer: String } = Key NotChecked, "issuer_needs_network", "签发者 {issuer} 的公钥只能从网络取得，此处不从网络取用，请登记其公钥", "the key of the issuer {issuer} could only be fetched from the network, which is not done; register it";
    KeyUnreachable { issuer: String } = Key NotChecked, "key_unreachable", "未能从网络取得签发者 {issuer} 的公钥", "the key of the issuer {issuer} could not be fetched";
    KeyNotReached {} = Key NotChecked, "key_not_reached", "因前述问题未能核对公钥", "the key was not looked at, because of the above";
    NotYetValid { from: NaiveDate } = Dates Failed, "not_yet_valid", "凭证自 {from} 起才有效", "it is valid from {from} only";
    Expired { on: NaiveDate } = Dates Failed, "expired", "凭证已于 {on} 失效", "it expired on {on}";
    DateUnreadable { part: String } = Dates Failed, "date_unreadable", "日期 {part} 无法读取", "its date “{part}” cannot be read";
    DatesNotReached {} = Dates NotChecked, "dates_not_reached", "因前述问题未能核对日期", "the dates were not looked at, because of the above";
    Revoked {} = Status Failed, "revoked", "凭证已被签发者吊销", "its issuer revoked it";
    Suspended {} = Status Failed, "suspended", "凭证已被签发者暂停", "its issuer suspended it";
    StatusUnknown { what: String } = Status NotChecked, "status_unknown", "不支持的状态查询方式 {what}", "its status is told in a way that is not supported: {what}";
    StatusNotFetched {} = Status NotChecked, "status_not_fetched", "状态列表只能从网络取得，此处不从网络取用", "its status list could only be fetched from the network, which is not done";
    StatusUnreachable {} = Status NotChecked, "status_unreachable", "未能从网络取得状态列表", "its status list could not be fetched";
    /// The list is not one that can be believed.
    StatusListWrong { part: String } = Status NotChecked, "status_list_wrong", "状态列表不可信：{part}", "its status list cannot be believed: {part}";
    StatusNotReached {} = Status NotChecked, "status_not_reached", "因前述问题未能查询状态", "its status was not looked at, because of the above";
}

findings! {
    /// What was found good.
    Note:
    Readable { what: &'static str } = Format Passed, "readable", "是可验证凭证（{what}）", "it is a verifiable credential ({what})";
    ProofFits { how: String } = Proof Passed, "proof_fits", "签名（{how}）与内容相符", "the signature ({how}) fits the content";
    KeyIsIssuers { issuer: String } = Key Passed, "key_is_issuers", "公钥属于签发者 {issuer}", "the key is that of the issuer {issuer}";
    WithinDates {} = Dates Passed, "within_dates", "在有效期内", "it is valid today";
    NoEnd {} = Dates Passed, "no_end", "已生效，长期有效", "it is valid today, and has no end";
    NotRevoked {} = Status Passed, "not_revoked", "未被吊销或暂停", "it is neither revoked nor suspended";
    NoStatus {} = Status Passed, "no_status", "签发者没有为它设吊销状态，没有可查的吊销记录", "its issuer gives it no status of revocation, so that there is none to look up";
    /// What the issuer has to say of it.
    Message { message: String } = Status Passed, "message", "未被吊销或暂停；签发者说明：{message}", "it is neither revoked nor suspended; its issuer says: {message}";
}

/// At most so many characters of what somebody wrote are told.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(120).collect()
}
