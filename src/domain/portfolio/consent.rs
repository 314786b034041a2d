//! Consent receipts: who may see what until when, told in the terms of ISO/IEC TS 27560 (consent record information structure).

use serde::{Deserialize, Serialize};

use super::entry::OwnText;
use super::view::Disclosed;
use crate::domain::words::words;

/// The version of the structure.
pub const SCHEMA_VERSION: &str = "ISO/IEC TS 27560:2023";

words! {
    /// By what somebody sees something of the record.
    pub enum ConsentKind {
        /// Whoever has a link.
        Share => "share",
        /// An institution that is asked to confirm an entry, or did so.
        EntryConfirmation => "entry_confirmation",
        /// An institution that decides a claim.
        Claim => "claim",
        /// An institution that answers a request for a correction.
        CorrectionRequest => "correction_request",
        /// Mail about the account.
        Mail => "mail",
    }
}

words! {
    /// Where a consent stands.
    pub enum ConsentState as "ConsentEventState" {
        Given => "given",
        Withdrawn => "withdrawn",
        /// It ended by itself: by its day, its looks, or because what it was for is done.
        Ended => "ended",
    }
}

words! {
    /// What sort of personal information it is.
    pub enum DataCategory as "PiiType" {
        Name => "name",
        IdentityDocument => "identity_document",
        AccountNumber => "account_number",
        LearningOutcomes => "learning_outcomes",
        Marks => "marks",
        CertificateNumbers => "certificate_numbers",
        Credit => "credit",
        OwnEntries => "own_entries",
        Files => "files",
        TraineeGroup => "trainee_group",
        MailAddress => "mail_address",
    }
}

impl ConsentKind {
    /// What it is for, in both languages.
    pub fn purpose(self) -> OwnText {
        let (zh, en) = match self {
            Self::Share => ("向持有链接的人出示所选内容", "To show what was chosen to whoever has the link"),
            Self::EntryConfirmation => ("由机构核实本人填写的经历", "To have an institution confirm an entry of one's own"),
            Self::Claim => ("由机构审查认定或转换申请", "To have a claim decided"),
            Self::CorrectionRequest => ("由机构答复更正申请", "To have a request for a correction answered"),
            Self::Mail => ("通过邮件告知账户的变动", "To be told by mail what happens in the account"),
        };
        OwnText {
            zh: Some(zh.to_owned()),
            en: Some(en.to_owned()),
        }
    }

    /// How it is withdrawn, in both languages.
    pub fn withdrawal(self) -> OwnText {
        let (zh, en) = match self {
            Self::Share => (
                "关闭该分享，链接即刻失效",
                "The share is turned off, and the link opens nothing at once",
            ),
            Self::EntryConfirmation => (
                "撤回核实请求；已核实的，该条目恢复为本人自述",
                "The request is taken back; what was confirmed is one's own word again",
            ),
            Self::Claim => ("撤回申请", "The claim is withdrawn"),
            Self::CorrectionRequest => ("撤回更正申请", "The request is withdrawn"),
            Self::Mail => ("删除邮箱地址", "The address is removed"),
        };
        OwnText {
            zh: Some(zh.to_owned()),
            en: Some(en.to_owned()),
        }
    }
}

/// The categories that a view discloses, each once.
pub fn categories(fields: &[Disclosed]) -> Vec<DataCategory> {
    use DataCategory as C;
    let mut found = vec![C::LearningOutcomes];
    for field in fields {
        found.push(match field {
            Disclosed::HolderName => C::Name,
            Disclosed::AccountNumber => C::AccountNumber,
            Disclosed::IdentityDocument => C::IdentityDocument,
            Disclosed::Score => C::Marks,
            Disclosed::CertificateNumber => C::CertificateNumbers,
            Disclosed::Hours | Disclosed::OriginalCredits | Disclosed::BankCredit | Disclosed::CourseCredit => C::Credit,
            Disclosed::Level => C::LearningOutcomes,
            Disclosed::TraineeGroup => C::TraineeGroup,
            Disclosed::Text | Disclosed::Organisation | Disclosed::Skills | Disclosed::Links => C::OwnEntries,
            Disclosed::Artefacts => C::Files,
        });
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_it_is_for_and_how_it_ends_in_both_languages() {
        for kind in ConsentKind::ALL {
            for text in [kind.purpose(), kind.withdrawal()] {
                assert!(text.zh.is_some() && text.en.is_some() && text.zh != text.en, "{kind}");
            }
        }
    }

    #[test]
    fn a_view_is_told_by_the_categories_that_it_discloses() {
        let words = |fields: &[Disclosed]| -> Vec<&str> { categories(fields).into_iter().map(DataCategory::as_str).collect() };
        assert_eq!(words(&[]), ["learning_outcomes"]);
        assert_eq!(
            words(&[
                Disclosed::Score,
                Disclosed::HolderName,
                Disclosed::Level,
                Disclosed::Text,
                Disclosed::Skills
            ]),
            ["name", "learning_outcomes", "marks", "own_entries"]
        );
    }
}
