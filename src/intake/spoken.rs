//! Kinds of documents and trainee groups in the words that institutions use for them.

use super::field::folded;
use super::problem::Reason;
use crate::domain::identity_document::DocumentKind;
use crate::domain::outcome::TraineeGroup;

const DOCUMENT_KINDS: [(DocumentKind, &[&str]); 5] = [
    (
        DocumentKind::ResidentIdentityCard,
        &[
            "居民身份证",
            "身份证",
            "二代身份证",
            "中华人民共和国居民身份证",
            "公民身份号码",
            "identity card",
            "id card",
            "resident id card",
            "id",
        ],
    ),
    (DocumentKind::Passport, &["护照", "外国护照", "中国护照", "普通护照", "passport"]),
    (
        DocumentKind::HongKongMacaoPermit,
        &[
            "港澳居民来往内地通行证",
            "港澳通行证",
            "港澳居民通行证",
            "回乡证",
            "港澳台居民来往内地通行证港澳",
        ],
    ),
    (DocumentKind::TaiwanPermit, &["台湾居民来往大陆通行证", "台湾通行证", "台胞证"]),
    (
        DocumentKind::ForeignPermanentResidentCard,
        &[
            "外国人永久居留身份证",
            "外国人永久居留证",
            "永久居留身份证",
            "永居证",
            "permanent resident card",
        ],
    ),
];

const TRAINEE_GROUPS: [(TraineeGroup, &[&str]); 7] = [
    (
        TraineeGroup::UnemployedGraduate,
        &["高校毕业生", "未就业高校毕业生", "失业高校毕业生", "离校未就业高校毕业生", "毕业生"],
    ),
    (TraineeGroup::Veteran, &["退役军人", "退伍军人", "复员军人", "复转军人"]),
    (
        TraineeGroup::MigrantWorker,
        &["农民工", "进城务工人员", "农村转移劳动力", "农村转移就业劳动者"],
    ),
    (
        TraineeGroup::SkilledFarmer,
        &["高素质农民", "新型职业农民", "职业农民", "技能型农民"],
    ),
    (TraineeGroup::DisabledPerson, &["残疾人", "残疾人士"]),
    (
        TraineeGroup::LaidOffWorker,
        &["下岗失业人员", "下岗职工", "下岗工人", "失业人员", "登记失业人员"],
    ),
    (
        TraineeGroup::EnterpriseEmployee,
        &["企业职工", "在职职工", "企业员工", "企业在职职工", "企业在岗职工"],
    ),
];

/// Which kind of document a text names.
///
/// # Errors
/// Where it names none.
pub(super) fn document_kind(text: &str) -> Result<DocumentKind, Reason> {
    let form = folded(text);
    let by_word = DocumentKind::ALL.iter().copied().find(|kind| folded(kind.as_str()) == form);
    by_word
        .or_else(|| spoken(&DOCUMENT_KINDS, &form))
        .ok_or(Reason::DocumentKindUnknown {})
}

/// Which trainee group a text names; `None` for those who are in none of them.
///
/// # Errors
/// Where it names none that is known.
pub(super) fn trainee_group(text: &str) -> Result<Option<TraineeGroup>, Reason> {
    let form = folded(text);
    if matches!(form.as_str(), "其他" | "其它" | "other" | "none") {
        return Ok(None);
    }
    let by_word = TraineeGroup::ALL.iter().copied().find(|group| folded(group.as_str()) == form);
    by_word
        .or_else(|| spoken(&TRAINEE_GROUPS, &form))
        .map(Some)
        .ok_or(Reason::TraineeGroupUnknown {})
}

fn spoken<T: Copy>(table: &[(T, &[&str])], form: &str) -> Option<T> {
    let named = |words: &[&str]| words.iter().any(|word| folded(word) == form);
    table.iter().find(|(_, words)| named(words)).map(|(meant, _)| *meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_kinds_and_groups() {
        assert_eq!(document_kind("护照"), Ok(DocumentKind::Passport));
        assert_eq!(document_kind("Resident_Identity_Card"), Ok(DocumentKind::ResidentIdentityCard));
        assert_eq!(document_kind("台胞证"), Ok(DocumentKind::TaiwanPermit));
        assert_eq!(document_kind("学生证"), Err(Reason::DocumentKindUnknown {}));
        assert_eq!(trainee_group("退役 军人"), Ok(Some(TraineeGroup::Veteran)));
        assert_eq!(trainee_group("migrant_worker"), Ok(Some(TraineeGroup::MigrantWorker)));
        assert_eq!(trainee_group("其他"), Ok(None));
        assert_eq!(trainee_group("学生"), Err(Reason::TraineeGroupUnknown {}));
    }
}
