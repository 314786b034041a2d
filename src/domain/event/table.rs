//! The one table of types of events. `Context::told` refuses in tests what is not in it, and the tests beside it what nobody
//! tells.

use super::Audience::{self, AuditAlone, Published};
use super::Holds::{self, ClaimStep, Count, Credit, Day, ExpiringLots, Flag, Id, Ids, Text, Texts};
use super::{EventType, Field};

pub(super) const fn some(name: &'static str, holds: Holds) -> Field {
    Field {
        name,
        holds,
        nullable: false,
    }
}

const fn maybe(name: &'static str, holds: Holds) -> Field {
    Field {
        name,
        holds,
        nullable: true,
    }
}

pub(super) const fn of(name: &'static str, audience: Audience, about: &'static str, fields: &'static [Field]) -> EventType {
    EventType {
        name,
        audience,
        about,
        fields,
    }
}

const CODE_AND_VERSION: &[Field] = &[some("code", Text), some("version", Count)];
const DATED: &[Field] = &[some("code", Text), some("version", Count), some("effective_from", Day)];
const PACK: &[Field] = &[some("code", Text), some("version", Count), some("status", Text)];
const STATUS: &[Field] = &[some("status", Text)];
const ROLES: &[Field] = &[some("roles", Texts)];
const STEP: &[Field] = &[some("status", Text), some("step", ClaimStep)];
const OVERDUE: &[Field] = &[some("due", Text), some("due_on", Day)];
const REQUEST: &[Field] = &[some("outcome_id", Id), some("state", Text), maybe("correction_id", Id)];
const MERGED: &[Field] = &[some("surviving_id", Id), some("absorbed_id", Id)];
const IMPORTED: &[Field] = &[
    some("rows", Count),
    some("accepted", Count),
    some("already_there", Count),
    some("flagged", Count),
    some("refused", Count),
    some("accounts_opened", Count),
    some("credit", Text),
];
const WEBHOOK: &[Field] = &[some("status", Text)];

/// Every type, in the order of what it is about.
pub(super) const EVENT_TYPES: &[EventType] = &[
    of(
        "outcome.deposit_outcome",
        Published,
        "An outcome was deposited; `credit` is what it brought at once",
        &[some("credit", Credit), some("status", Text)],
    ),
    of(
        "outcome.release_outcome",
        Published,
        "A flagged outcome was released, and is recognised",
        &[],
    ),
    of("outcome.refuse_outcome", Published, "A flagged outcome was refused", &[]),
    of(
        "import.upload_import",
        Published,
        "A file of outcomes arrived",
        &[some("bytes", Count)],
    ),
    of("import.check_import", Published, "A file is looked through again", &[]),
    of("import.end_check", Published, "What a file would bring is known", IMPORTED),
    of("import.commit_import", Published, "Somebody wants a file deposited", &[]),
    of("import.release_import", Published, "Somebody else released a file", &[]),
    of(
        "import.stop_import",
        Published,
        "A deposit stopped before rows that are not what the dry run said",
        &[some("before_row", Count)],
    ),
    of("import.end_import", Published, "A file is deposited", IMPORTED),
    of("import.cancel_import", Published, "An import was stopped", &[]),
    of("import.fail_import", Published, "A file cannot be read", &[some("code", Text)]),
    of(
        "institution.put_import_profile",
        Published,
        "How an institution's files are read was saved",
        &[some("columns", Count), some("codes", Count), some("needs_release", Flag)],
    ),
    of(
        "claim.submit_claim",
        Published,
        "A learner submitted a claim",
        &[some("kind", Text)],
    ),
    of("claim.take", Published, "A reviewer took a claim", STEP),
    of("claim.ask_information", Published, "The claimant was asked for information", STEP),
    of("claim.give_information", Published, "The claimant gave information", STEP),
    of("claim.propose", Published, "A verdict was proposed", STEP),
    of("claim.vote", Published, "A vote was cast", STEP),
    of("claim.recuse", Published, "Somebody stepped back from a claim", STEP),
    of("claim.approve", Published, "A proposal was approved", STEP),
    of("claim.send_back", Published, "A proposal was sent back", STEP),
    of("claim.notice_ends", Published, "The public notice of a grant is over", STEP),
    of("claim.object", Published, "Somebody objected during a notice", STEP),
    of("claim.answer_objection", Published, "An objection was answered", STEP),
    of("claim.appeal", Published, "Somebody appealed against a verdict", STEP),
    of("claim.decide_appeal", Published, "An appeal was decided", STEP),
    of("claim.withdraw_appeal", Published, "An appeal was taken back", STEP),
    of("claim.withdraw", Published, "The claimant withdrew a claim", STEP),
    of("claim.lapse", Published, "A claim lapsed without an answer", STEP),
    of("claim.close", Published, "A verdict can no longer be appealed against", STEP),
    of(
        "claim.escalate_claim",
        Published,
        "Something of a claim is overdue; told once",
        OVERDUE,
    ),
    of(
        "correction.preview_correction",
        Published,
        "A correction was previewed; nothing changed",
        &[some("kind", Text), some("outcomes", Count), some("digest", Text)],
    ),
    of(
        "correction.apply_correction",
        Published,
        "A correction was applied; each learner and each institution concerned gets one such event, with the claims that were voided, \
            the cases that were opened and the requests that were settled",
        &[
            some("kind", Text),
            some("claims_voided", Ids),
            some("cases", Ids),
            some("requests", Ids),
        ],
    ),
    of("correction.give_up_correction", Published, "A preview was given up", &[]),
    of(
        "case.decide_case",
        Published,
        "An institution decided what becomes of what a corrected outcome had bought",
        &[some("verdict", Text), some("claim_id", Id), some("correction_id", Id)],
    ),
    of("case.escalate_case", Published, "A case is overdue; told once", OVERDUE),
    of(
        "correction_request.request_correction",
        Published,
        "A learner says that a record is wrong",
        REQUEST,
    ),
    of(
        "correction_request.answer_correction_request",
        Published,
        "An institution answered a request",
        REQUEST,
    ),
    of(
        "correction_request.withdraw_correction_request",
        Published,
        "A learner took a request back",
        REQUEST,
    ),
    of(
        "correction_request.complain_of_refusal",
        Published,
        "A learner complained of a refusal to the bank",
        REQUEST,
    ),
    of(
        "correction_request.decide_complaint",
        Published,
        "The bank decided a complaint",
        REQUEST,
    ),
    of(
        "correction_request.give_up_correction",
        Published,
        "The correction that was promised was given up; the request waits for another",
        REQUEST,
    ),
    of(
        "correction_request.escalate_correction_request",
        Published,
        "A request is overdue; told once",
        OVERDUE,
    ),
    of("merge.propose_merge", Published, "A merge of two accounts was proposed", MERGED),
    of(
        "merge.confirm_merge",
        Published,
        "Two accounts were merged; each institution that knows either gets one such event",
        MERGED,
    ),
    of("merge.decline_merge", Published, "A merge was declined", &[]),
    of("merge.withdraw_merge", Published, "A proposal to merge was taken back", &[]),
    of(
        "merge.propose_merge_reversal",
        Published,
        "The reversal of a merge was proposed",
        &[],
    ),
    of("merge.confirm_merge_reversal", Published, "A merge was taken back", MERGED),
    of(
        "merge.decline_merge_reversal",
        Published,
        "The reversal of a merge was declined",
        &[],
    ),
    of("lot.expire_lots", Published, "Credit expired", &[some("amount", Credit)]),
    of(
        "learner.warn_of_expiry",
        Published,
        "Credit expires soon; told 90, 30 and 7 days before",
        &[some("amount", Credit), some("lots", ExpiringLots)],
    ),
    of("learner.register_learner", Published, "An account was opened", &[]),
    of("learner.claim_account", Published, "A learner claimed an account", &[]),
    of("learner.refuse_claim", Published, "A wrong code was given for an account", &[]),
    of(
        "claim_code.issue_claim_code",
        Published,
        "A code to claim an account was handed out",
        &[],
    ),
    of(
        "identity_mismatch.settle_mismatch",
        Published,
        "A deposit under another name was settled",
        &[],
    ),
    of(
        "duplicate_suspicion.find_duplicates",
        Published,
        "Two accounts may be one person's",
        &[some("grounds", Texts), some("strength", Text)],
    ),
    of("duplicate_suspicion.dismiss_suspicion", Published, "A suspicion was dismissed", &[]),
    of(
        "evidence_file.upload_evidence",
        Published,
        "An evidence file was uploaded",
        &[some("media_type", Text), some("bytes", Count)],
    ),
    of("evidence_file.remove_evidence", Published, "An evidence file was removed", &[]),
    of(
        "worth.keep_worth",
        Published,
        "A learner kept an answer",
        &[some("programme_id", Id)],
    ),
    of("institution.register_institution", Published, "An institution registered", STATUS),
    of("institution.edit_institution", Published, "An institution was edited", STATUS),
    of("institution.approve", Published, "An institution was approved", STATUS),
    of("institution.refuse", Published, "An institution was refused", STATUS),
    of("institution.suspend", Published, "An institution was suspended", STATUS),
    of("institution.reinstate", Published, "An institution was reinstated", STATUS),
    of("member.add_member", Published, "Somebody became a member", ROLES),
    of("member.set_member_roles", Published, "A member's roles changed", ROLES),
    of("member.remove_member", Published, "A member left", ROLES),
    of(
        "api_client.create_client",
        Published,
        "An API client was made",
        &[some("scopes", Texts)],
    ),
    of(
        "api_client.rotate_client_secret",
        Published,
        "An API client got another secret",
        &[],
    ),
    of("api_client.revoke_client", Published, "An API client was ended", &[]),
    of("webhook.create_webhook", Published, "A webhook was made", WEBHOOK),
    of("webhook.edit_webhook", Published, "A webhook was edited", WEBHOOK),
    of("webhook.pause_webhook", Published, "A webhook was paused by somebody", WEBHOOK),
    of("webhook.resume_webhook", Published, "A webhook runs again", WEBHOOK),
    of("webhook.remove_webhook", Published, "A webhook was removed", WEBHOOK),
    of("webhook.rotate_webhook_secret", Published, "A webhook got another secret", WEBHOOK),
    of("webhook.test_webhook", Published, "A webhook was tried", WEBHOOK),
    of("webhook.replay_delivery", Published, "A delivery was asked for again", WEBHOOK),
    of(
        "webhook.replay_webhook",
        Published,
        "The events of a period were asked for again",
        WEBHOOK,
    ),
    of(
        "webhook.give_up_webhook",
        Published,
        "A webhook was paused because it failed for long, or disabled because its receiver said that it is gone (410)",
        WEBHOOK,
    ),
    of(
        "achievement.create_achievement",
        Published,
        "A standard was drafted",
        CODE_AND_VERSION,
    ),
    of(
        "achievement.create_achievement_version",
        Published,
        "A version of a standard was drafted",
        CODE_AND_VERSION,
    ),
    of("achievement.edit_achievement", Published, "A draft was edited", CODE_AND_VERSION),
    of(
        "achievement.publish_achievement",
        Published,
        "A standard was published",
        CODE_AND_VERSION,
    ),
    of(
        "achievement.close_achievement",
        Published,
        "A standard was closed",
        CODE_AND_VERSION,
    ),
    of("programme.publish_programme", Published, "A programme was published", DATED),
    of("agreement.publish_agreement", Published, "An agreement was published", DATED),
    of("pathway.publish_pathway", Published, "A pathway was published", DATED),
    of("rule_pack.create_rule_pack", Published, "A rule pack was drafted", PACK),
    of("rule_pack.edit_rule_pack", Published, "A rule pack was edited", PACK),
    of("rule_pack.file_rule_pack", Published, "A rule pack was filed", PACK),
    of("rule_pack.accept_rule_pack", Published, "A filed rule pack was accepted", PACK),
    of("rule_pack.return_rule_pack", Published, "A filed rule pack was returned", PACK),
    of("rule_pack.withdraw_rule_pack", Published, "A rule pack was withdrawn", PACK),
    of(
        "simulation.start_simulation",
        Published,
        "A simulation was asked for",
        &[
            some("code", Text),
            some("version", Count),
            some("edition", Count),
            some("programme_id", Id),
        ],
    ),
    of(
        "simulation.finish_simulation",
        Published,
        "A simulation ended",
        &[some("status", Text), maybe("learners", Count)],
    ),
    of("simulation.cancel_simulation", Published, "A simulation was cancelled", &[]),
    of(
        "framework.create_framework",
        Published,
        "A framework was published",
        &[some("code", Text)],
    ),
    of(
        "recognition_rule.publish_recognition_rule",
        Published,
        "A recognition rule was published",
        &[some("version", Count), some("effective_from", Day)],
    ),
    of(
        "certificate_pattern.publish_certificate_pattern",
        Published,
        "A shape of certificate numbers was published",
        &[some("kind", Text)],
    ),
    of(
        "working_year.put_working_year",
        Published,
        "The calendar of a year was written",
        &[some("year", Count), some("edition", Count)],
    ),
    of(
        "notification_settings.write_settings",
        AuditAlone,
        "A learner's wishes for mail",
        &[],
    ),
    of("user.create_user", AuditAlone, "Somebody of the bank", &[]),
    of("user.set_up", AuditAlone, "The first administrator", &[]),
    of("user.create_administrator", AuditAlone, "An administrator", &[]),
    of("user.change_password", AuditAlone, "A password", &[]),
    of("session.log_in", AuditAlone, "A log-in", &[]),
    of("session.refresh_session", AuditAlone, "A log-in", &[]),
    of("session.end_copied_session", AuditAlone, "A log-in", &[]),
    of("session.log_out", AuditAlone, "A log-in", &[]),
    of("bank.issue_setup_token", AuditAlone, "The set-up", &[]),
    of("bank.reseal", AuditAlone, "The keys", &[]),
];
