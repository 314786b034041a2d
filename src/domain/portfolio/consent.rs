//! Consent receipts: who may see what until when, told in the terms of ISO/IEC TS 27560 (consent record information structure).

use serde::{Deserialize, Serialize};

use super::entry::OwnText;
use super::view::Disclosed;
use crate::domain::words::words;

/// The version of the structure.
pub const SCHEMA_VERSION: &str = "ISO/IEC TS 27560:2023";

words! {
    /// On what it rests that somebody sees something.
    pub enum LawfulBasis {
        Consent => "consent",
        /// Who awards something has to keep it.
        LegalObligation => "legal_obligation",
        /// Who decides by public authority answers for it.
        PublicTask => "public_task",
    }
}

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
        /// An institution that deposited outcomes: those.
        DepositedOutcomes => "deposited_outcomes",
        /// An institution that registered the learner, or to whose learners a merge added this one, and that deposited nothing.
        KnownAccount => "known_account",
        /// An institution that decided claims that are closed: those.
        ClosedClaims => "closed_claims",
        /// An institution that answered requests for corrections that are closed: those.
        ClosedRequests => "closed_requests",
        /// An institution that uploaded files: those.
        UploadedFiles => "uploaded_files",
        /// The officers and auditors of the bank itself.
        Bank => "bank",
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
            Self::DepositedOutcomes => ("由机构管理其存入的学习成果", "To answer for the outcomes that it deposited"),
            Self::KnownAccount => ("由机构识别其登记的学习者", "To know again a learner whom it registered"),
            Self::ClosedClaims => ("由机构留存其已办结的申请", "To keep the claims that it closed"),
            Self::ClosedRequests => (
                "由机构留存其已办结的更正申请",
                "To keep the requests for corrections that it closed",
            ),
            Self::UploadedFiles => ("由机构管理其上传的材料", "To answer for the files that it uploaded"),
            Self::Bank => ("由学分银行管理账户并接受审计", "To keep the account, and to be audited"),
        };
        OwnText {
            zh: Some(zh.to_owned()),
            en: Some(en.to_owned()),
        }
    }

    /// On what it rests. What does not rest on consent cannot be withdrawn.
    pub fn lawful_basis(self) -> LawfulBasis {
        match self {
            Self::Share | Self::EntryConfirmation | Self::Claim | Self::CorrectionRequest | Self::Mail => LawfulBasis::Consent,
            Self::DepositedOutcomes | Self::KnownAccount | Self::UploadedFiles => LawfulBasis::LegalObligation,
            Self::ClosedClaims | Self::ClosedRequests | Self::Bank => LawfulBasis::PublicTask,
        }
    }

    /// What is seen, of what is not chosen by the learner; names and documents are masked.
    pub fn seen(self) -> &'static [DataCategory] {
        use DataCategory as C;
        match self {
            // What the view shows.
            Self::Share => &[],
            Self::EntryConfirmation => &[C::Name, C::AccountNumber, C::OwnEntries, C::Files],
            Self::Claim | Self::ClosedClaims => &[
                C::Name,
                C::IdentityDocument,
                C::AccountNumber,
                C::LearningOutcomes,
                C::Marks,
                C::Credit,
                C::Files,
            ],
            Self::CorrectionRequest | Self::ClosedRequests => {
                &[C::Name, C::IdentityDocument, C::AccountNumber, C::LearningOutcomes, C::Files]
            }
            Self::Mail => &[C::MailAddress],
            Self::DepositedOutcomes => &[
                C::Name,
                C::IdentityDocument,
                C::AccountNumber,
                C::LearningOutcomes,
                C::Marks,
                C::CertificateNumbers,
                C::Credit,
                C::TraineeGroup,
            ],
            Self::KnownAccount => &[C::Name, C::IdentityDocument, C::AccountNumber],
            Self::UploadedFiles => &[C::Files],
            // Neither what the learner writes nor where mail goes.
            Self::Bank => &[
                C::Name,
                C::IdentityDocument,
                C::AccountNumber,
                C::LearningOutcomes,
                C::Marks,
                C::CertificateNumbers,
                C::Credit,
                C::Files,
                C::TraineeGroup,
            ],
        }
    }

    /// How it is withdrawn, or why it cannot be and what can be done instead, in both languages.
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
            Self::DepositedOutcomes => (
                "不能撤回：机构须保存其颁发的成果；内容有误的，可申请更正",
                "It cannot be withdrawn: who awards something has to keep it. What is wrong can be disputed by a request for a correction",
            ),
            Self::KnownAccount => (
                "不能撤回：机构须能识别其登记的学习者；姓名或证件有误的，请该机构更正",
                "It cannot be withdrawn: who registers somebody has to know the person again. What is wrong is for that institution to correct",
            ),
            Self::ClosedClaims => (
                "不能撤回：处理决定须留存备查；对决定有异议的，可在期限内申请复核",
                "It cannot be withdrawn: what was decided is answered for. A decision can be appealed in its time",
            ),
            Self::ClosedRequests => (
                "不能撤回：答复须留存备查；对答复不服的，可向学分银行申诉",
                "It cannot be withdrawn: what was answered is answered for. An answer can be complained of to the bank",
            ),
            Self::UploadedFiles => (
                "不能撤回：材料由机构上传并负责；未被使用的，可请该机构删除",
                "It cannot be withdrawn: the institution answers for what it uploaded. It can remove a file that nothing uses; ask for that",
            ),
            Self::Bank => (
                "不能撤回：学分银行依职责管理账户；每次查看都记入查阅记录",
                "It cannot be withdrawn: keeping the account is the bank's task. Every look is in the access log",
            ),
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
            let refuses = kind.withdrawal().en.is_some_and(|text| text.starts_with("It cannot be withdrawn"));
            assert_eq!(refuses, kind.lawful_basis() != LawfulBasis::Consent, "{kind}");
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
