//! A page about a decision on a claim that was granted: what it brought, in both languages.

use uuid::Uuid;

use super::super::claims::letter::granted;
use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::content::{Content, Gathered};
use crate::domain::claim::{ClaimKind, ClaimStatus, Verdict};
use crate::domain::credit::Credit;
use crate::domain::language::Language;
use crate::domain::statement::Validity;
use crate::paper::data::{Both, CertificateData, Fact, Head};
use crate::store::claims::ClaimRow;
use crate::store::connection::Conn;
use crate::store::conversions;
use crate::store::error::StoreError;

/// Gathers what the page says.
///
/// # Errors
/// `NotFound`, and `WrongState` of a claim that was not granted or stands no more.
pub(super) fn gather(bank: &Bank, context: &Context, conn: &mut Conn, head: Head, claim_id: Uuid) -> Result<Gathered, OpError> {
    let granted = granted(context, conn, claim_id)?;
    let kind = |language| match (granted.kind, language) {
        (ClaimKind::Conversion, Language::Chinese) => "学分转换",
        (ClaimKind::Conversion, Language::English) => "conversion of credit",
        (ClaimKind::Recognition, Language::Chinese) => "学习成果认定",
        (ClaimKind::Recognition, Language::English) => "recognition of a learning outcome",
    };
    let institution = granted.institution.as_ref();
    let fact = |zh: &str, en: &str, value: Both| Fact {
        label: Both::of(zh, en),
        value,
    };
    let mut facts = vec![
        fact("结论", "Decision", Both::of("准予", "granted")),
        fact("结论书编号", "Number of the decision", Both::same(&granted.decision_number)),
        fact("作出日期", "Decided on", Both::same(granted.decided_on.to_string())),
        fact(
            "作出机构",
            "Decided by",
            institution.map_or_else(|| bank.name.clone().into(), |row| Both::same(&row.name)),
        ),
    ];
    if let Some(hundredths) = granted.recognised_hundredths {
        let credit = Credit::from_hundredths(hundredths).map_err(|_| StoreError::Damaged(format!("claim {claim_id}")))?;
        let (zh, en) = match granted.kind {
            ClaimKind::Conversion => ("课程学分", "Course credit"),
            ClaimKind::Recognition => ("学分银行学分", "Bank credit"),
        };
        facts.push(fact(zh, en, Both::same(credit.to_string())));
    }
    let name = &head.learner.name;
    let mut paragraphs = vec![Both::of(
        format!("兹证明 {name} 的{}申请获得准予。", kind(Language::Chinese)),
        format!(
            "This certifies that the claim of {name} for {} was granted.",
            kind(Language::English)
        ),
    )];
    paragraphs.extend(granted.sentences.into_iter().map(Both::from));
    Ok(Gathered {
        content: Content::Certificate(CertificateData {
            title: match granted.kind {
                ClaimKind::Conversion => Both::of("学分转换结论证明", "Certificate of a Conversion of Credit"),
                ClaimKind::Recognition => Both::of("学习成果认定结论证明", "Certificate of a Recognition"),
            },
            head,
            paragraphs,
            facts,
        }),
        outcome_ids: granted.outcome_ids,
        institution_id: institution.map(|row| row.institution_id.0),
    })
}

/// What became of a decision since; `None` where none was granted.
///
/// # Errors
/// When the database refuses.
pub(super) fn validity(conn: &mut Conn, row: &ClaimRow) -> Result<Option<Validity>, StoreError> {
    let status = ClaimStatus::parse(&row.status);
    let is_granted = row.verdict.as_deref() == Some(Verdict::Grant.as_str());
    Ok(match status {
        Some(ClaimStatus::Granted | ClaimStatus::Closed) if is_granted => {
            let conversions = conversions::list(conn, row.learner_id.0, None)?;
            let mut own = conversions.iter().filter(|conversion| conversion.claim_id == row.claim_id);
            let ended = own.any(|conversion| conversion.ended_at.is_some());
            Some(if ended { Validity::Corrected } else { Validity::Valid })
        }
        // What it stood on was taken away after it was decided.
        Some(ClaimStatus::Voided) if is_granted => Some(Validity::Withdrawn),
        _ => None,
    })
}
