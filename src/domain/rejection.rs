//! Every expected refusal: its stable code, its class, and its sentence in both languages. No HTTP here.

use chrono::NaiveDate;
use uuid::Uuid;

use super::language::Language;
use super::phrases::{in_chinese, in_english};

/// What sort of refusal it is; one place maps this to a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The request's shape is wrong.
    Malformed,
    /// No valid credential.
    Unauthenticated,
    /// The caller may know the thing but not do this.
    Forbidden,
    /// Not there, or not for the caller to know.
    Missing,
    /// A duplicate, a wrong state, or a key used for something else.
    Conflict,
    /// The caller's copy is out of date.
    Stale,
    /// A rule refuses.
    Rule,
    /// Too many attempts.
    TooMany,
    /// More bytes than are taken.
    TooLarge,
}

/// One field that is wrong: a JSON pointer into the body and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FieldProblem {
    pub pointer: String,
    pub detail: String,
}

impl FieldProblem {
    /// A problem at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }
}

/// What is said inside a sentence, in its language.
fn said(english: &str, language: Language) -> String {
    match language {
        Language::Chinese => in_chinese(english),
        Language::English => in_english(english),
    }
}

macro_rules! rejections {
    ($($(#[$doc:meta])* $variant:ident { $($field:ident : $type:ty),* } = $code:literal, $class:ident, $chinese:literal, $english:literal;)+) => {
        /// An expected refusal with its data.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Rejection {
            $($(#[$doc])* $variant { $($field: $type),* }),+
        }

        impl Rejection {
            /// Every code with its class, for the published table.
            pub const TABLE: &'static [(&'static str, Class, &'static str, &'static str)] =
                &[$(($code, Class::$class, $chinese, $english)),+];

            /// The stable code; it never changes and never depends on the language.
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }

            /// What sort of refusal it is.
            pub fn class(&self) -> Class {
                match self { $(Self::$variant { .. } => Class::$class),+ }
            }

            /// The sentence with its data as it is.
            fn filled_in(&self, language: Language) -> String {
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

rejections! {
    /// The body is not of the documented shape.
    MalformedBody { problems: Vec<FieldProblem> } = "malformed_body", Malformed, "请求内容的格式不正确，见 errors。", "The request body does not have the documented shape; see “errors”.";
    /// The body has the right shape and values that cannot be taken; each is named.
    InvalidBody { problems: Vec<FieldProblem> } = "invalid_body", Rule, "请求内容有误，见 errors。", "The request body has values that cannot be taken; see “errors”.";
    InvalidQuery { name: String, detail: String } = "invalid_query", Malformed, "查询参数 {name} 无效：{detail}。", "The query parameter “{name}” is not valid: {detail}.";
    InvalidHeader { name: &'static str } = "invalid_header", Malformed, "请求头 {name} 无效。", "The header “{name}” is not valid.";
    AsOfInTheFuture {} = "as_of_in_the_future", Rule, "截至日期不能晚于今天。", "The day cannot be later than today.";
    Unauthenticated {} = "unauthenticated", Unauthenticated, "需要有效的访问令牌。", "A valid access token is needed.";
    WrongCredentials {} = "wrong_credentials", Unauthenticated, "用户名或密码不正确。", "The user name or the password is not right.";
    SecondFactorNeeded {} = "second_factor_needed", Unauthenticated, "此账号已启用两步验证，还需要验证器上的验证码。", "This user has a second factor: the code of the authenticator is needed too.";
    SecondFactorWrong {} = "second_factor_wrong", Unauthenticated, "验证码不正确、已过期或已用过。请等验证器显示下一个验证码，或使用恢复码。", "The code is not right, is over or was used before. Wait for the next one, or use a recovery code.";
    SecondFactorLocked {} = "second_factor_locked", Unauthenticated, "验证码连续输错次数过多，请使用恢复码；没有恢复码时请联系管理员。", "Too many wrong codes in a row: use a recovery code, or ask an administrator if there is none.";
    SecondFactorSet {} = "second_factor_set", Conflict, "已启用两步验证。", "A second factor is set up already.";
    PasskeyRefused {} = "passkey_refused", Unauthenticated, "通行密钥没有通过验证，请再试一次。", "The passkey was not accepted; try it again.";
    PasskeyTaken {} = "passkey_taken", Conflict, "该通行密钥已登记。", "This passkey is registered already.";
    PasskeysUnavailable {} = "passkeys_unavailable", Conflict, "须先启用两步验证，且本站须以域名访问，才能添加通行密钥。", "A passkey can be added once a second factor is set up, and where the bank has a domain name.";
    PasskeysFull { most: usize } = "passkeys_full", Conflict, "最多登记 {most} 个通行密钥，请先移除不用的。", "There are at most {most} passkeys; remove one that is not used.";
    FormNotOurs {} = "form_not_ours", Forbidden, "表单不是从本站的页面提交的，或页面打开后您已重新登录。请返回上一页，刷新后再提交。", "The form was not sent from a page of this site, or you have signed in again since. Go back, reload the page and send it again.";
    RefreshTokenInvalid {} = "refresh_token_invalid", Unauthenticated, "刷新令牌无效、已过期或已被使用，请重新登录。", "The refresh token is not valid, has expired or was used before; log in again.";
    Forbidden {} = "forbidden", Forbidden, "您无权进行此操作。", "You may not do this.";
    ScopeMissing { scope: &'static str } = "scope_missing", Forbidden, "访问令牌缺少权限范围 {scope}。", "The access token lacks the scope “{scope}”.";
    InstitutionNotApproved {} = "institution_not_approved", Forbidden, "机构尚未获得批准或已被暂停，不能写入。", "The institution is not approved, or is suspended, and cannot write.";
    NotFound {} = "not_found", Missing, "没有找到，或您无权得知其存在。", "Not found, or not for you to know.";
    IdempotencyKeyReused {} = "idempotency_key_reused", Conflict, "该幂等键已用于内容不同的请求。", "This idempotency key was used for a different request.";
    UsernameTaken {} = "username_taken", Conflict, "该用户名已被使用。", "This user name is taken.";
    CreditCodeTaken {} = "credit_code_taken", Conflict, "该统一社会信用代码已登记。", "An institution with this unified social credit code is registered already.";
    CodeTaken { code: String } = "code_taken", Conflict, "代码 {code} 已被使用。", "The code “{code}” is taken.";
    NameTaken {} = "name_taken", Conflict, "该名称已被使用。", "This name is taken.";
    WrongState { state: String } = "wrong_state", Conflict, "以目前的状态不能进行此操作。", "This cannot be done in its present state.";
    AlreadySetUp {} = "already_set_up", Conflict, "系统已完成初始设置，或设置链接已失效。", "The bank is set up already, or the set-up link is not valid.";
    AccountAlreadyClaimed {} = "account_already_claimed", Conflict, "该账户已被领取。", "This account has been claimed already.";
    CertificateDiffers { fields: String } = "certificate_differs", Conflict, "该证书编号已存入，但以下内容不同：{fields}。", "This certificate number is deposited already, with different content in: {fields}.";
    StaleEdition {} = "stale_edition", Stale, "您的副本已过期，请重新读取后再修改。", "Your copy is out of date; read it again before changing it.";
    PreconditionNeeded {} = "precondition_needed", Malformed, "修改时必须带 If-Match 请求头。", "A change needs the “If-Match” header.";
    IdentityMismatch {} = "identity_mismatch", Rule, "姓名与该证件登记的姓名不一致，未存入；已列入机构待核实清单。", "The name does not match the one held for this document; nothing was deposited, and the case is on your institution's list.";
    UnknownAchievement { code: String } = "unknown_achievement", Rule, "没有已发布的学习成果标准 {code}。", "There is no published achievement “{code}”.";
    ForeignAchievement { code: String } = "foreign_achievement", Rule, "学习成果标准 {code} 属于其他机构。", "The achievement “{code}” belongs to another institution.";
    AwardedInTheFuture { awarded_on: NaiveDate, today: NaiveDate } = "awarded_in_the_future", Rule, "取得日期 {awarded_on} 晚于今天 {today}。", "The award date {awarded_on} is later than today, {today}.";
    AwardedTooLongAgo { awarded_on: NaiveDate } = "awarded_too_long_ago", Rule, "取得日期 {awarded_on} 早于一百年前。", "The award date {awarded_on} is more than a century ago.";
    HoursAbsurd { hours: String } = "hours_absurd", Rule, "学时 {hours} 不合理：必须大于 0 且不超过 20000。", "{hours} hours cannot be right: more than 0 and at most 20000 are accepted.";
    PasswordWeak { pointer: String, reason: String } = "password_weak", Rule, "密码不符合要求：{reason}。", "The password cannot be used: {reason}.";
    ClaimCodeWrong {} = "claim_code_wrong", Rule, "账户号码或领取码不正确，或领取码已过期。", "The account number or the one-time code is not right, or the code has expired.";
    LearnerNotKnown {} = "learner_not_known", Rule, "贵机构尚未为该学习者存入过成果，不能发放领取码。", "Your institution does not know this learner and cannot hand out a one-time code.";
    RuleInvalid { problems: Vec<FieldProblem> } = "rule_invalid", Rule, "认定标准无效，见 errors。", "The recognition rule is not valid; see “errors”.";
    RuleVersionOutOfOrder { effective_from: NaiveDate } = "rule_version_out_of_order", Rule, "新版本必须晚于现行版本的生效日期 {effective_from}。", "A new version must take effect after the present one does, {effective_from}.";
    PatternInvalid {} = "pattern_invalid", Rule, "证书编号格式不是有效的正则表达式，或过长。", "The certificate pattern is not a valid regular expression, or is too long.";
    LevelUnknown {} = "level_unknown", Rule, "资历框架中没有该等级。", "The framework has no such level.";
    BatchTooLarge { rows_max: usize } = "batch_too_large", Rule, "每批最多 {rows_max} 行。", "A batch has at most {rows_max} rows.";
    BatchEmpty {} = "batch_empty", Rule, "批次不能为空。", "A batch has at least one row.";
    ClientUnknown {} = "invalid_client", Unauthenticated, "接入系统的编号或密钥不正确，或已停用。", "The client's id or secret is not right, or the client is revoked.";
    GrantUnsupported {} = "unsupported_grant_type", Malformed, "只支持 client_credentials 授权方式。", "Only the grant type “client_credentials” is supported.";
    ScopeInvalid { scope: String } = "invalid_scope", Malformed, "接入系统没有权限范围 {scope}。", "The client does not have the scope “{scope}”.";
    UnknownUser { username: String } = "unknown_user", Rule, "没有用户 {username}。", "There is no user “{username}”.";
    LastAdministrator {} = "last_institution_admin", Rule, "机构至少要有一名机构管理员。", "An institution keeps at least one institution admin.";
    MembershipExists {} = "membership_exists", Conflict, "该用户在本机构已有此角色。", "The user has this role here already.";
    AlreadyALearner {} = "already_a_learner", Conflict, "该用户已有学习账户。", "This user has a learning account already.";
    /// Each thing that the author must mend, by its place in the document.
    PackNotValid { problems: Vec<FieldProblem> } = "pack_not_valid", Rule, "转换规则未通过校验，见 errors。", "The rule pack is not valid; see “errors”.";
    PackWithoutCases {} = "pack_without_cases", Rule, "备案前，转换规则至少要有一个测试案例。", "A rule pack has at least one test case before it is filed.";
    /// The first case that fails, and what is different in each that does.
    PackCasesFail { case: String, difference: String, problems: Vec<FieldProblem> } = "pack_cases_fail", Rule, "测试案例“{case}”未通过：{difference}", "The test case “{case}” fails: {difference}";
    PackVersionOpen { version: i64, state: String } = "pack_version_open", Conflict, "转换规则第 {version} 版尚未完成备案，请先修改该版本。", "Version {version} of this rule pack is not accepted yet; change that one.";
    PackOverlaps { code: String } = "pack_overlaps", Rule, "本机构的转换规则 {code} 在同一时期适用于相同的专业。", "The institution's rule pack “{code}” is for the same programmes on the same days.";
    PackLayersInvalid { code: String, packs_max: usize } = "pack_layers_invalid", Rule, "转换规则 {code} 所依据的上级转换规则形成循环，或超过 {packs_max} 个。", "The rule packs that “{code}” stands under lead back to it, or are more than {packs_max}.";
    NoticeTooShort { effective_from: NaiveDate, first_day: NaiveDate } = "notice_too_short", Rule, "生效日期 {effective_from} 早于公示期满，最早可为 {first_day}。", "The rule pack would take effect on {effective_from}, before its public notice is over; the first possible day is {first_day}.";
    SimulationOpen { status: String } = "simulation_open", Conflict, "该机构已有一个转换规则的模拟尚未完成，请等待其完成或先取消。", "A simulation of a pack of this institution is not done yet; wait for it, or cancel it.";
    TooManySimulations { open_max: i64 } = "too_many_simulations", TooMany, "全行已有 {open_max} 个模拟在等待或运行，请稍后再试。", "The bank has {open_max} simulations waiting or running, which is the most; try again later.";
    FourEyes {} = "four_eyes", Forbidden, "提交备案的人不能自行决定。", "The person who filed it cannot decide on it.";
    CreditHeld { claim_id: Uuid, outcome_id: Uuid } = "credit_held", Conflict, "成果 {outcome_id} 的学分已由申请 {claim_id} 冻结或使用。", "The credit of the outcome {outcome_id} is held or used by the claim {claim_id}.";
    CreditGone { outcome_id: Uuid } = "credit_gone", Conflict, "成果 {outcome_id} 的可用学分不足。", "The outcome {outcome_id} no longer has enough available credit.";
    CreditInUse { outcome_id: Uuid } = "credit_in_use", Conflict, "成果 {outcome_id} 的学分已被冻结或使用，须通过更正处理。", "Credit of the outcome {outcome_id} is held or used; only a correction can take it back.";
    OutcomeInClaim {} = "outcome_in_claim", Conflict, "其中的成果已在另一申请中。", "One of the outcomes is in another claim already.";
    WorthOutdated {} = "worth_outdated", Conflict, "保存的结果已不符合当前的记录、规则或日期，请重新计算并保存。", "The kept answer no longer fits the record, the rules or the day; ask again and keep the new one.";
    NothingToConvert {} = "nothing_to_convert", Rule, "保存的结果没有可转换的学分。", "The kept answer converts nothing.";
    AlreadyRecognised {} = "already_recognised", Conflict, "该成果已有学分。", "The outcome has brought credit already.";
    TooManyClaims { claims_max: i64 } = "too_many_claims", Rule, "每人最多有 {claims_max} 个未决申请。", "One learner has at most {claims_max} claims that wait for a verdict.";
    OwnClaim {} = "own_claim", Forbidden, "不能处理本人的申请。", "You cannot act on a claim of your own.";
    NotTheClaimant {} = "not_the_claimant", Forbidden, "只有申请人本人可以这样做。", "Only the claimant may do this.";
    NotAnObjector {} = "not_an_objector", Forbidden, "只有公示期内提出过异议的人可以对准予的结论申诉。", "Only a person who objected during the notice may appeal against a grant.";
    NotTheAppellant {} = "not_the_appellant", Forbidden, "只有提出申诉的人可以撤回申诉。", "Only the person who appealed can take the appeal back.";
    ObjectorJudges {} = "objector_judges", Forbidden, "提出过异议的人不能处理该申请。", "A person who objected to a claim has no part in deciding it.";
    Recused {} = "recused", Forbidden, "您已回避该申请。", "You have stepped back from this claim.";
    OwnProposal {} = "own_proposal", Forbidden, "提出处理意见的人不能自行批准，也不能答复对它的异议。", "The person who proposed it can neither approve it nor answer objections to it.";
    JudgedBefore {} = "judged_before", Forbidden, "参与过原结论的人不能决定申诉。", "An appeal is decided by people who had no hand in the verdict.";
    VotedAlready {} = "voted_already", Conflict, "您在本轮已经投票。", "You have voted in this round already.";
    PanelFull { size: u8 } = "panel_full", Conflict, "评审组的 {size} 票已全部投出。", "All {size} votes of the panel are cast.";
    RecusalTooLate {} = "recusal_too_late", Conflict, "处理意见以您的意见或投票为基础，须先退回审查才能回避。", "The proposal stands on your vote or is yours; it has to be sent back before you step back.";
    NoMajority { votes: usize, needed: usize } = "no_majority", Rule, "该结论得 {votes} 票，需要评审组的 {needed} 票。", "Votes of the panel for this verdict: {votes}; it needs {needed}.";
    ObjectionsOpen { open: u8 } = "objections_open", Conflict, "还有 {open} 项异议没有答复。", "Objections without an answer: {open}.";
    TooManyObjections { most: u8 } = "too_many_objections", TooMany, "已有 {most} 项异议等待答复，请稍后再试。", "{most} objections wait for an answer already; try again later.";
    NothingLapses {} = "nothing_lapses", Rule, "适用的规则没有规定逾期未补充即失效，须由人员决定。", "The rules do not say that a claim lapses; people decide it.";
    WindowOpen { last_day: NaiveDate } = "window_open", Rule, "期限到 {last_day} 为止，次日起才能这样做。", "The time for it runs until {last_day}; this can be done from the day after.";
    WindowOver { last_day: NaiveDate } = "window_over", Rule, "期限已于 {last_day} 届满。", "The time for it was over on {last_day}.";
    NothingToCorrect {} = "nothing_to_correct", Rule, "范围内没有可更正的成果。", "There is no outcome in the scope that a correction could change.";
    CorrectionTooLarge { outcomes_max: usize } = "correction_too_large", Rule, "每次更正最多涉及 {outcomes_max} 项成果，请缩小范围。", "One correction is about at most {outcomes_max} outcomes; narrow the scope.";
    /// What is no longer as it was previewed, by outcome.
    CorrectionChanged { problems: Vec<FieldProblem> } = "correction_changed", Conflict, "预览之后情况有变，未作更正，见 errors；请重新预览。", "Something changed since the preview, and nothing was done; see “errors” and preview again.";
    OwnPreview {} = "own_preview", Forbidden, "预览更正的人不能自行执行。", "The person who previewed a correction cannot apply it.";
    CorrectionRequested { request_id: Uuid } = "correction_requested", Conflict, "该成果已有未办结的更正申请 {request_id}。", "A request to correct this outcome is open already: {request_id}.";
    TooManyCorrectionRequests { open_max: i64 } = "too_many_correction_requests", Rule, "每人最多有 {open_max} 个未办结的更正申请。", "One learner has at most {open_max} open requests for corrections.";
    CorrectionUnfit {} = "correction_unfit", Rule, "接受更正申请须指明一项涉及该成果、已预览且尚未执行或放弃的更正。", "What is accepted names a correction of this outcome that is previewed, and neither applied nor given up.";
    ReplacementUnfit {} = "replacement_unfit", Rule, "替代申请必须是该学习者在复核开始后提出、并已获准的同一专业转换申请。", "What takes its place is a granted conversion claim of the same learner at the same programme, submitted since the case was opened.";
    PlaceClaimed { claim_id: Uuid } = "place_claimed", Conflict, "学习者此后以申请 {claim_id} 申请了同一课程，不能再确认原转换。", "The learner has claimed the same course since, by the claim {claim_id}; what was bought before cannot be confirmed beside it.";
    MergeOfOne {} = "merge_of_one", Rule, "两个账户是同一个账户。", "The two accounts are one already.";
    AlreadyMerged { learner_id: Uuid } = "already_merged", Conflict, "账户 {learner_id} 已并入另一账户。", "The account {learner_id} is merged into another already.";
    HoldsMerged { learner_id: Uuid } = "holds_merged", Conflict, "已有账户并入账户 {learner_id}，它只能作为保留的账户。", "Another account is merged into the account {learner_id}, so it can only be the one that stays.";
    MergeOpen { merge_id: Uuid } = "merge_open", Conflict, "其中一个账户的合并 {merge_id} 尚待决定。", "The merge {merge_id} of one of the two waits for a decision.";
    OwnMergeProposal {} = "own_merge_proposal", Forbidden, "提出的人不能自行决定。", "The person who proposed it cannot decide on it.";
    NotTheProposer {} = "not_the_proposer", Forbidden, "只有提出的人可以撤回。", "Only the person who proposed it can take it back.";
    OwnAccount {} = "own_account", Forbidden, "不能处理本人账户的合并。", "You cannot act on a merge of an account of your own.";
    CreditOfBoth { claim_ids: String } = "credit_of_both", Conflict, "已获准的申请 {claim_ids} 使用了两个账户的学分，须先由人员决定。", "The granted claims {claim_ids} stand on credit of both accounts; people have to decide on them first.";
    EffectiveOnInTheFuture {} = "effective_on_in_the_future", Rule, "effective_on 不能晚于今天。", "“effective_on” cannot be later than today.";
    WishUnknown {} = "wish_unknown", Rule, "指定或排除的成果不存在，请核对。", "A pin or an exclusion names an outcome that is not there.";
    /// Which of the pins it is, from nought.
    WishCourseUnknown { pin: usize, course: String } = "wish_course_unknown", Rule, "该专业没有课程 {course}。", "This programme has no course {course}.";
    WishNeedsProgramme {} = "wish_needs_programme", Rule, "指定课程或列出等值分配时，必须只问一个专业。", "A pin to a course, and equal allocations, can be asked of one programme only.";
    WorthsFull { worths_max: i64 } = "worths_full", Rule, "每人最多保存 {worths_max} 个结果。", "One learner keeps at most {worths_max} answers.";
    TooManyQuestions {} = "too_many_questions", TooMany, "提问过于频繁，请稍后再试。", "Too many questions; ask again later.";
    WishesImpossible {} = "wishes_impossible", Rule, "没有任何合规的分配能满足全部指定。", "No lawful allocation keeps every pin.";
    Unsolvable {} = "unsolvable", Rule, "该问题超出了求解能力，请减少成果或专业后再试。", "This question is beyond what can be solved; ask with fewer outcomes or programmes.";
    EvidenceEmpty {} = "evidence_empty", Rule, "文件是空的。", "The file is empty.";
    EvidenceTooLarge { bytes_max: usize } = "evidence_too_large", TooLarge, "文件过大：最多 {bytes_max} 字节。", "The file is too large: at most {bytes_max} bytes are taken.";
    EvidenceTypeUnknown {} = "evidence_type_unknown", Rule, "文件内容不是 PDF、JPEG、PNG、WebP 或 HEIC。", "The file is not a PDF, JPEG, PNG, WebP or HEIC.";
    EvidenceTypeDiffers { found: &'static str, claimed: String } = "evidence_type_differs", Rule, "文件内容是 {found}，而文件名或 Content-Type 称其为 {claimed}。", "The file's content is {found}, while its name or Content-Type calls it {claimed}.";
    EvidenceFull { files_max: i64 } = "evidence_full", Rule, "同一学习者最多保存 {files_max} 个佐证文件，请先删除不用的文件。", "There are at most {files_max} evidence files of one learner; remove one that is not used first.";
    EvidenceOfSubjectFull { files_max: usize } = "evidence_of_subject_full", Rule, "每个事项最多附 {files_max} 个佐证文件。", "One case has at most {files_max} evidence files.";
    EvidenceInUse {} = "evidence_in_use", Conflict, "该文件正作为佐证使用，不能删除。", "This file is evidence for something, and cannot be removed.";
    ImportEmpty {} = "import_empty", Rule, "文件是空的。", "The file is empty.";
    ImportTooLarge { bytes_max: u64 } = "import_too_large", TooLarge, "文件过大：最多 {bytes_max} 字节，请拆分后上传。", "The file is too large: at most {bytes_max} bytes are taken; split it.";
    TooManyImports { open_max: i64 } = "too_many_imports", Conflict, "每个机构最多同时有 {open_max} 个未结束的导入，请先完成或取消其中之一。", "One institution has at most {open_max} open imports; end or cancel one first.";
    ImportFileGone {} = "import_file_gone", Conflict, "该导入的文件已删除，请重新上传。", "The file of this import was removed; upload it again.";
    FileOfAnotherImport { import_id: Uuid } = "file_of_another_import", Conflict, "该文件已由另一个导入 {import_id} 上传。", "This file was brought again since, by the import {import_id}.";
    OwnImport {} = "own_import", Forbidden, "上传或提交的人不能自行放行。", "The person who uploaded or committed an import cannot release it.";
    CursorUnknown {} = "cursor_unknown", Rule, "游标不是本行给出的。", "The cursor is not a place that the feed named.";
    EventsGone { oldest: i64 } = "events_gone", Conflict, "游标之后的部分事件已按保留期限删除，最早可从 {oldest} 之后读取。", "Some of the events after this cursor are older than what is kept; the oldest that can be read is after {oldest}.";
    TooManyWebhooks { webhooks_max: i64 } = "too_many_webhooks", Rule, "每个机构最多有 {webhooks_max} 个 webhook。", "An institution has at most {webhooks_max} webhooks.";
    TooManyDeliveries { most: i64 } = "too_many_deliveries", Rule, "一次最多重发 {most} 个事件，且等待投递的不得超过此数，请缩小时段。", "At most {most} events are delivered again at once, and no more than that may wait; narrow the period.";
    TooManyOffers { offers_max: i64 } = "too_many_offers", Rule, "同时最多可有 {offers_max} 个待领取的凭证。", "At most {offers_max} offers stand at once.";
    InvalidGrant {} = "invalid_grant", Malformed, "领取码不正确、已过期或已被使用。", "The code of the offer is not right, has expired or was used before.";
    InvalidToken {} = "invalid_token", Unauthenticated, "领取凭证的令牌无效或已过期。", "The token for the credential is not valid, or has expired.";
    InvalidProof {} = "invalid_proof", Malformed, "密钥持有证明无效。", "The proof of the wallet's key is not valid.";
    InvalidNonce {} = "invalid_nonce", Malformed, "密钥持有证明的随机数无效或已过期。", "The nonce of the proof is not valid, or has expired.";
    UnknownCredentialConfiguration {} = "unknown_credential_configuration", Malformed, "该领取码不对应此类凭证。", "The offer is not for this configuration.";
    CopyNotReady {} = "copy_not_ready", TooMany, "凭证正在签发，请稍后再取。", "The credential is still being signed; ask again.";
    IssuerRegistered {} = "issuer_registered", Conflict, "该签发者已经登记。", "This issuer is registered already.";
    CredentialNotGenuine { reason_chinese: String, reason_english: String } = "credential_not_genuine", Rule, "凭证不真实：{reason_chinese}", "The credential is not genuine: {reason_english}";
    ArchiveUnreadable { reason_chinese: String, reason_english: String } = "archive_unreadable", Rule, "这不是学习档案：{reason_chinese}", "This is no archive of a record: {reason_english}";
    ArchiveNotGenuine { reason_chinese: String, reason_english: String } = "archive_not_genuine", Rule, "档案不真实：{reason_chinese}", "The archive is not genuine: {reason_english}";
    ArchiveTooLarge { bytes_max: u64 } = "archive_too_large", TooLarge, "档案过大，最多 {bytes_max} 字节。", "The archive is too large; at most {bytes_max} bytes are taken.";
    ArchiveOfAnother {} = "archive_of_another", Rule, "档案中的证件与本账户的不同，只能导入本人的档案。", "The identity document in the archive is not that of this account; only one's own archive is taken in.";
    MailOff {} = "mail_off", Rule, "本行没有设置邮件服务。", "The bank sends no mail.";
    MailCodeWrong {} = "mail_code_wrong", Rule, "验证码不正确、已过期或已失效。", "The code is not right, or no longer good.";
    StatementsOff {} = "statements_off", Rule, "学分银行目前不打印证明。", "This bank does not print papers at present: it was built without what prints them.";
    StatementTooLong { rows_max: usize } = "statement_too_long", Rule, "一份证明最多列出 {rows_max} 项成果，请选择其中一部分。", "A statement has at most {rows_max} outcomes; choose some.";
    TooManyStatements { a_day: i64 } = "too_many_statements", TooMany, "一天最多签发 {a_day} 份证明，请明天再试。", "At most {a_day} papers are issued a day; ask again tomorrow.";
    OutcomeNotCertified { outcome_id: Uuid } = "outcome_not_certified", Rule, "成果 {outcome_id} 尚未认可或已失效，不能出具凭证。", "The outcome {outcome_id} does not stand, so that no credential is issued of it.";
    OutcomeInDoubt { outcome_id: Uuid } = "outcome_in_doubt", Conflict, "成果 {outcome_id} 有待更正，更正之后才能出具凭证。", "The outcome {outcome_id} is going to be corrected; ask again after that.";
    NothingToCertify {} = "nothing_to_certify", Rule, "没有可以出具凭证的成果。", "There is no outcome of which a credential could be issued.";
    RecordTooLarge { outcomes_max: usize } = "record_too_large", Rule, "一份记录最多包含 {outcomes_max} 项成果，请分成几份。", "One record has at most {outcomes_max} outcomes; ask for several.";
    TooManyCredentials { queued_max: i64 } = "too_many_credentials", TooMany, "每人最多有 {queued_max} 份凭证等待签发，请稍后再试。", "At most {queued_max} credentials of one learner wait to be signed; try again later.";
    CredentialsFull { kept_max: i64 } = "credentials_full", Rule, "每人最多保存 {kept_max} 份凭证，请先放弃不用的凭证。", "One learner keeps at most {kept_max} credentials; give one up first that is not used.";
    /// The same for a code that is none, a wrong PIN, and a share that is off or over: whoever asks learns nothing.
    ShareClosed {} = "share_closed", Missing, "链接或访问码不正确，或该分享已失效。", "The link or its PIN is not right, or the share is over.";
    ConsentNotWithdrawable {} = "consent_not_withdrawable", Conflict, "此项查看不以本人同意为依据，不能撤回；可以怎么做，见该项的 withdrawal_method。", "This does not rest on consent and cannot be withdrawn; its “withdrawal_method” says what can be done.";
    EntriesFull { entries_max: i64 } = "entries_full", Rule, "每人最多有 {entries_max} 个自填条目。", "One learner has at most {entries_max} entries.";
    ConfirmationOpen { confirmation_id: Uuid } = "confirmation_open", Conflict, "已请该机构核实此条目，请求 {confirmation_id} 尚待答复。", "The institution has been asked to confirm this entry already; the request {confirmation_id} waits for an answer.";
    TooManyConfirmations { open_max: i64 } = "too_many_confirmations", Rule, "每人最多有 {open_max} 个待答复的核实请求。", "One learner has at most {open_max} requests to confirm entries that wait for an answer.";
    ViewsFull { views_max: i64 } = "views_full", Rule, "每人最多有 {views_max} 个视图。", "One learner has at most {views_max} views.";
    SharesFull { open_max: i64 } = "shares_full", Rule, "每人最多有 {open_max} 个有效的分享，请先关闭不用的分享。", "One learner has at most {open_max} open shares; turn one off first.";
    TooManyArchives {} = "too_many_archives", TooMany, "制作或导入档案过于频繁，请一小时后再试。", "Too many archives were made or brought within the hour; try again in an hour.";
    TooManyAttempts {} = "too_many_attempts", TooMany, "尝试次数过多，请稍后再试。", "Too many attempts; try again later.";
}

impl Rejection {
    /// The fields that are wrong, if the refusal is about some, each with a sentence.
    pub fn problems(&self, language: Language) -> Vec<FieldProblem> {
        let one = |pointer: &str| vec![FieldProblem::new(pointer, self.sentence(language))];
        match self {
            Self::MalformedBody { problems }
            | Self::InvalidBody { problems }
            | Self::RuleInvalid { problems }
            | Self::CorrectionChanged { problems }
            | Self::PackNotValid { problems }
            | Self::PackCasesFail { problems, .. } => problems
                .iter()
                .map(|problem| FieldProblem::new(problem.pointer.clone(), said(&problem.detail, language)))
                .collect(),
            Self::AwardedInTheFuture { .. } | Self::AwardedTooLongAgo { .. } => one("/awarded_on"),
            Self::HoursAbsurd { .. } => one("/hours"),
            Self::UnknownAchievement { .. } | Self::ForeignAchievement { .. } => one("/achievement_code"),
            Self::IdentityMismatch {} => one("/learner/name"),
            Self::CertificateDiffers { fields } => fields.split(", ").flat_map(|field| one(&format!("/{field}"))).collect(),
            Self::LevelUnknown {} => one("/level"),
            Self::PasswordWeak { pointer, .. } => one(pointer),
            Self::WishCourseUnknown { pin, .. } => one(&format!("/pins/{pin}/course")),
            Self::PatternInvalid {} => one("/pattern"),
            Self::UnknownUser { .. } => one("/username"),
            Self::RuleVersionOutOfOrder { .. } => one("/effective_from"),
            _ => Vec::new(),
        }
    }

    /// The public sentence.
    pub fn sentence(&self, language: Language) -> String {
        match self {
            Self::PasswordWeak { pointer, reason } => Self::PasswordWeak {
                pointer: pointer.clone(),
                reason: said(reason, language),
            }
            .filled_in(language),
            Self::InvalidQuery { name, detail } => Self::InvalidQuery {
                name: name.clone(),
                detail: said(detail, language),
            }
            .filled_in(language),
            other => other.filled_in(language),
        }
    }

    /// A refusal of one field.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::InvalidBody {
            problems: vec![FieldProblem::new(pointer, detail)],
        }
    }

    /// Refuses a body where any of its fields is wrong.
    ///
    /// # Errors
    /// `InvalidBody`.
    pub fn any_of(problems: Vec<FieldProblem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self::InvalidBody { problems })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_snake_case_words() {
        let mut codes: Vec<_> = Rejection::TABLE.iter().map(|row| row.0).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(codes.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
    }

    #[test]
    fn sentences_carry_their_data_in_both_languages() {
        let rejection = Rejection::CertificateDiffers {
            fields: "score, hours".into(),
        };
        assert!(rejection.sentence(Language::Chinese).contains("score, hours"));
        assert!(rejection.sentence(Language::English).contains("score, hours"));
    }

    #[test]
    fn no_sentence_for_people_has_a_backtick() {
        for (code, _, chinese, english) in Rejection::TABLE {
            assert!(!chinese.contains('`') && !english.contains('`'), "{code}");
        }
        let query = Rejection::InvalidQuery {
            name: "order".into(),
            detail: "unknown variant `up`, expected `newest` or `oldest`".into(),
        };
        assert_eq!(
            query.sentence(Language::Chinese),
            "查询参数 order 无效：没有取值“up”，应为“newest”或“oldest”。"
        );
        assert_eq!(
            query.sentence(Language::English),
            "The query parameter “order” is not valid: unknown variant “up”, expected “newest” or “oldest”."
        );
    }

    #[test]
    fn a_weak_password_is_said_at_its_field() {
        let weak = Rejection::PasswordWeak {
            pointer: "/new_password".into(),
            reason: "it has fewer than 10 characters".into(),
        };
        let said = FieldProblem::new("/new_password", "密码不符合要求：少于 10 个字符。");
        assert_eq!(weak.problems(Language::Chinese), [said]);
    }
}
