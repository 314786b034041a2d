//! What learners are told of their own accounts: which events, and in which words.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::claim::ClaimStatus;
use super::language::Language;
use super::words::words;

words! {
    /// What a notification is about.
    pub enum NotificationKind {
        /// An outcome was deposited, and brought no credit yet.
        Deposited => "deposited",
        /// An outcome brought credit.
        Recognised => "recognised",
        ClaimMoved => "claim_moved",
        /// An outcome was corrected or withdrawn, or an institution decided what follows from that.
        Correction => "correction",
        /// One's own request for a correction was answered.
        CorrectionRequest => "correction_request",
        /// Credit expires soon, or has expired.
        Expiring => "expiring",
        /// Somebody looked at the record.
        Looked => "looked",
        /// Two accounts became one, or two again.
        Merge => "merge",
        /// An institution answered a request to confirm an entry of the portfolio.
        Confirmation => "confirmation",
        /// A credential is ready or could not be issued, or does not count any more, or counts again.
        Credential => "credential",
    }
}

words! {
    /// The language of mail.
    pub enum MailLanguage {
        Chinese => "zh",
        English => "en",
    }
}

impl From<MailLanguage> for Language {
    fn from(language: MailLanguage) -> Self {
        match language {
            MailLanguage::Chinese => Self::Chinese,
            MailLanguage::English => Self::English,
        }
    }
}

/// What a learner gets by mail who never said otherwise: everything but looks, which may be many.
pub fn mailed_at_first() -> Vec<NotificationKind> {
    let all = NotificationKind::ALL.iter().copied();
    all.filter(|kind| *kind != NotificationKind::Looked).collect()
}

/// Whether events of this type may be told to their learner: not what the learner did.
pub fn may_tell(event_type: &str) -> bool {
    kind_of(event_type, &Value::Null).is_some()
}

/// What an event is to its learner.
pub fn kind_of(event_type: &str, details: &Value) -> Option<NotificationKind> {
    use NotificationKind as K;
    Some(match event_type {
        "outcome.deposit_outcome" if brought_credit(details) => K::Recognised,
        "outcome.deposit_outcome" | "outcome.refuse_outcome" => K::Deposited,
        "outcome.release_outcome" => K::Recognised,
        "claim.take"
        | "claim.ask_information"
        | "claim.approve"
        | "claim.send_back"
        | "claim.notice_ends"
        | "claim.object"
        | "claim.answer_objection"
        | "claim.decide_appeal"
        | "claim.lapse"
        | "claim.close" => K::ClaimMoved,
        "correction.apply_correction" | "case.decide_case" => K::Correction,
        "correction_request.answer_correction_request" | "correction_request.decide_complaint" => K::CorrectionRequest,
        "lot.expire_lots" | "learner.warn_of_expiry" => K::Expiring,
        "entry_confirmation.answer_confirmation" => K::Confirmation,
        "merge.confirm_merge" | "merge.confirm_merge_reversal" => K::Merge,
        // What a correction revokes is told with the correction.
        "credential.issue_credential"
        | "credential.fail_credential"
        | "credential.suspend_credential"
        | "credential.resume_credential"
        | "credential.revoke_credential" => K::Credential,
        _ => return None,
    })
}

fn brought_credit(details: &Value) -> bool {
    details.get("credit").and_then(Value::as_str).is_some_and(|credit| credit != "0.00")
}

/// The states of a claim, in words.
fn status_in(status: &str, language: Language) -> &str {
    ClaimStatus::parse(status).map_or(status, |known| known.called(language))
}

/// What an institution said of an entry, in words.
fn confirmed_in(state: &str, language: Language) -> &'static str {
    let (chinese, english) = match state {
        "confirmed" => ("已核实您填写的一项经历", "confirmed an entry of your portfolio"),
        "revoked" => (
            "撤销了对您一项经历的核实",
            "took back the confirmation of an entry of your portfolio",
        ),
        _ => (
            "未核实您填写的一项经历，理由见该请求",
            "declined to confirm an entry of your portfolio; see why",
        ),
    };
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

/// What a correction did, in words.
fn corrected_in(details: &Value, language: Language) -> String {
    let count = |name: &str| details.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    let (outcomes, claims, credentials) = (count("outcomes"), count("claims_voided"), count("credentials"));
    match (language, credentials) {
        (Language::Chinese, 0) => format!("{outcomes} 项学习成果已被更正或撤回，{claims} 个申请因此终止。"),
        (Language::Chinese, _) => {
            format!("{outcomes} 项学习成果已被更正或撤回，{claims} 个申请因此终止，{credentials} 份电子凭证因此吊销。")
        }
        (Language::English, 0) => format!("Outcomes corrected or withdrawn: {outcomes}; claims that ended with them: {claims}."),
        (Language::English, _) => format!(
            "Outcomes corrected or withdrawn: {outcomes}; claims that ended with them: {claims}; credentials that were revoked: {credentials}."
        ),
    }
}

/// What became of a credential, in words.
fn credential_in(event_type: &str, details: &Value, by: &str, language: Language) -> String {
    let for_wallet = details.get("for_wallet").and_then(Value::as_bool) == Some(true);
    match (event_type, language) {
        ("credential.issue_credential", Language::Chinese) if for_wallet => "您的一份电子凭证的副本已签发到钱包。".to_owned(),
        ("credential.issue_credential", Language::English) if for_wallet => {
            "A copy of a credential of yours was issued to a wallet.".to_owned()
        }
        ("credential.issue_credential", Language::Chinese) => "您的一份电子凭证已签发，可以下载。".to_owned(),
        ("credential.issue_credential", Language::English) => "A credential of yours is ready.".to_owned(),
        ("credential.suspend_credential", Language::Chinese) => {
            format!("您的一份电子凭证暂停有效：{by}同意更正其中的一项学习成果。")
        }
        ("credential.suspend_credential", Language::English) => {
            format!("A credential of yours is suspended: {by} agreed that an outcome in it has to be corrected.")
        }
        ("credential.resume_credential", Language::Chinese) => "您的一份暂停的电子凭证恢复有效。".to_owned(),
        ("credential.resume_credential", Language::English) => "A credential of yours that was suspended is valid again.".to_owned(),
        ("credential.revoke_credential", Language::Chinese) => {
            format!("您的一份电子凭证已吊销：其中{by}存入的学习成果属于另一个账户。")
        }
        ("credential.revoke_credential", Language::English) => {
            format!("A credential of yours was revoked: what {by} deposited of it belongs to another account.")
        }
        (_, Language::Chinese) => "您申请的一份电子凭证未能签发：其中的学习成果可能已有变动。".to_owned(),
        (_, Language::English) => "A credential that you asked for could not be issued; what it was to say may have changed.".to_owned(),
    }
}

/// The sentence of a notification. `by` is the name of the institution that it comes from.
pub fn sentence(kind: NotificationKind, event_type: &str, details: &Value, by: Option<&str>, language: Language) -> String {
    use NotificationKind as K;
    let chinese = language == Language::Chinese;
    let by = by.unwrap_or(if chinese { "学分银行" } else { "The bank" });
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    match (kind, event_type, chinese) {
        (K::Recognised, "outcome.deposit_outcome", true) => format!("{by}存入了一项学习成果，认定 {} 学分。", text("credit")),
        (K::Recognised, "outcome.deposit_outcome", false) => format!("{by} deposited an outcome; it brought {} credits.", text("credit")),
        (K::Recognised, _, true) => "一项经审查的学习成果已放行并认定。".to_owned(),
        (K::Recognised, _, false) => "An outcome that was looked into was released and recognised.".to_owned(),
        (K::Deposited, "outcome.refuse_outcome", true) => "一项学习成果经审查未予接受。".to_owned(),
        (K::Deposited, "outcome.refuse_outcome", false) => "An outcome that was looked into was refused.".to_owned(),
        (K::Deposited, _, true) => format!("{by}存入了一项学习成果，暂未认定学分。"),
        (K::Deposited, _, false) => format!("{by} deposited an outcome; it has brought no credit yet."),
        (K::ClaimMoved, _, true) => format!("您的申请有了进展：{}。", status_in(text("status"), language)),
        (K::ClaimMoved, _, false) => format!("Your claim has moved: it is {}.", status_in(text("status"), language)),
        (K::Correction, "case.decide_case", true) => format!("{by}已决定如何处理因更正受影响的转换。"),
        (K::Correction, "case.decide_case", false) => format!("{by} decided what becomes of a conversion that a correction concerned."),
        (K::Correction, _, _) => corrected_in(details, language),
        (K::Credential, _, _) => credential_in(event_type, details, by, language),
        (K::CorrectionRequest, _, true) => "您的更正申请已有答复。".to_owned(),
        (K::CorrectionRequest, _, false) => "Your request for a correction was answered.".to_owned(),
        (K::Expiring, "lot.expire_lots", true) => format!("{} 学分已过期。", text("amount")),
        (K::Expiring, "lot.expire_lots", false) => format!("{} credits have expired.", text("amount")),
        (K::Expiring, _, true) => format!("{} 学分即将过期。", text("amount")),
        (K::Expiring, _, false) => format!("{} credits expire soon.", text("amount")),
        (K::Looked, "open_share", true) => "有人通过您的分享链接查看了您选定的内容，详见该分享的查看记录。".to_owned(),
        (K::Looked, "open_share", false) => "Somebody looked at what you shared by a link; see the looks of the share.".to_owned(),
        (K::Looked, "download_shared_file", true) => "有人通过您的分享链接下载了一个文件，详见该分享的查看记录。".to_owned(),
        (K::Looked, "download_shared_file", false) => {
            "Somebody downloaded a file of what you shared by a link; see the looks of the share.".to_owned()
        }
        (K::Looked, "lock_share", true) => "您的一个分享因访问码多次输入错误已被锁定，链接不再有效。".to_owned(),
        (K::Looked, "lock_share", false) => {
            "A share of yours is locked after too many wrong PINs; its link opens nothing any more.".to_owned()
        }
        (K::Confirmation, _, true) => format!("{by}{}。", confirmed_in(text("state"), language)),
        (K::Confirmation, _, false) => format!("{by} {}.", confirmed_in(text("state"), language)),
        (K::Looked, _, true) => format!("{by}查看了您的记录，详见查阅记录。"),
        (K::Looked, _, false) => format!("{by} looked at your record; see the access log."),
        (K::Merge, "merge.confirm_merge", true) => "您的两个账户已合并为一个。".to_owned(),
        (K::Merge, "merge.confirm_merge", false) => "Two accounts of yours became one.".to_owned(),
        (K::Merge, _, true) => "账户的合并已撤销。".to_owned(),
        (K::Merge, _, false) => "The merge of two accounts was taken back.".to_owned(),
    }
}

/// How a kind is named in mail, which says how many there are and no more: mail is read by others on its way.
pub fn line(kind: NotificationKind, number: usize, language: Language) -> String {
    use NotificationKind as K;
    let (chinese, english) = match kind {
        K::Deposited => ("新存入、尚未认定的学习成果", "Outcomes deposited, without credit yet"),
        K::Recognised => ("新认定学分的学习成果", "Outcomes that brought credit"),
        K::ClaimMoved => ("申请的进展", "News of claims"),
        K::Correction => ("更正", "Corrections"),
        K::CorrectionRequest => ("更正申请的答复", "Answers to requests for corrections"),
        K::Expiring => ("学分到期提醒", "Warnings that credit expires"),
        K::Looked => ("他人查看您的记录", "Looks at your record"),
        K::Merge => ("账户合并", "Merges of accounts"),
        K::Confirmation => ("对所填经历的核实", "Answers to requests to confirm entries"),
        K::Credential => ("电子凭证的变化", "News of credentials"),
    };
    match language {
        Language::Chinese => format!("{chinese}：{number}"),
        Language::English => format!("{english}: {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::event_types;

    #[test]
    fn what_is_told_is_an_event_and_has_a_sentence_in_both_languages() {
        let mut told = 0;
        for known in event_types().filter(|known| may_tell(known.name)) {
            told += 1;
            let details = serde_json::json!({ "status": "granted", "credit": "9.00", "amount": "9.00" });
            let kind = kind_of(known.name, &details).unwrap();
            let say = |language| sentence(kind, known.name, &details, Some("School"), language);
            assert_ne!(say(Language::Chinese), say(Language::English), "{}", known.name);
        }
        assert_eq!(told, 27);
        for kind in NotificationKind::ALL {
            assert_ne!(line(*kind, 2, Language::Chinese), line(*kind, 2, Language::English));
        }
    }

    #[test]
    fn a_correction_says_how_many_credentials_it_revoked_and_a_copy_for_a_wallet_is_told_as_one() {
        let say = |event_type: &str, details: Value| {
            let kind = kind_of(event_type, &details).unwrap();
            sentence(kind, event_type, &details, None, Language::English)
        };
        let id = uuid::Uuid::nil();
        let of = |credentials: Value| {
            say(
                "correction.apply_correction",
                serde_json::json!({ "outcomes": [id], "credentials": credentials }),
            )
        };
        assert!(of(serde_json::json!([id, id])).ends_with("credentials that were revoked: 2."));
        assert!(!of(serde_json::json!([])).contains("credential"));
        let issued = |for_wallet: bool| say("credential.issue_credential", serde_json::json!({ "for_wallet": for_wallet }));
        assert_eq!(issued(false), "A credential of yours is ready.");
        assert!(issued(true).contains("wallet"));
    }

    #[test]
    fn a_deposit_is_told_by_what_it_brought() {
        let of = |credit: Value| kind_of("outcome.deposit_outcome", &serde_json::json!({ "credit": credit }));
        assert_eq!(of("9.00".into()), Some(NotificationKind::Recognised));
        assert_eq!(of("0.00".into()), Some(NotificationKind::Deposited));
        assert_eq!(kind_of("claim.submit_claim", &Value::Null), None, "what one did oneself");
    }
}
