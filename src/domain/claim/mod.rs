//! Claims 认定/转换申请: where one stands, what may happen to it there, and what that does to credit. One machine, and every
//! event has an answer in every state; `api-spec/claims.txt` prints all of them.

pub mod case;
pub mod clock;
mod machine;
#[cfg(test)]
mod matrix;
pub mod people;
pub mod rules;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::language::Language;
use super::list::ListPlace;
use super::words::words;

words! {
    /// What is claimed.
    pub enum ClaimKind {
        /// Bank credit for an outcome that the automatic rules did not value, or that the learner declares.
        Recognition => "recognition",
        /// Course credit of a programme for credit that the learner has.
        Conversion => "conversion",
    }
}

words! {
    /// What a claim is answered with.
    pub enum Verdict as "ClaimVerdict" {
        Grant => "grant",
        Refuse => "refuse",
    }
}

words! {
    /// Where a claim stands.
    pub enum ClaimStatus {
        Submitted => "submitted",
        InReview => "in_review",
        /// The learner was asked for more.
        InformationAsked => "information_asked",
        /// Somebody proposed a verdict; somebody else approves it or sends it back.
        Proposed => "proposed",
        /// A grant is on public notice 公示.
        OnNotice => "on_notice",
        Granted => "granted",
        Refused => "refused",
        Appealed => "appealed",
        /// The verdict stands: nothing can be said against it here any more.
        Closed => "closed",
        /// The learner took it back.
        Withdrawn => "withdrawn",
        /// What was asked for never came, and the rules say that it ends by this.
        Lapsed => "lapsed",
        /// A correction took away what it stood on.
        Voided => "voided",
    }
}

words! {
    /// What becomes of an objection.
    pub enum ObjectionAnswer {
        /// It is right: the claim goes back into review.
        Upheld => "upheld",
        Dismissed => "dismissed",
    }
}

words! {
    /// What becomes of the verdict that was appealed against.
    pub enum AppealDecision {
        /// The verdict stands.
        Uphold => "uphold",
        /// The other verdict takes its place.
        Overturn => "overturn",
    }
}

words! {
    /// What a step does to credit: the first four to the lots that a conversion uses, the others to what a recognition brings.
    pub enum CreditEffect {
        /// Available credit is held for the claim. Where it is no longer available, the step is not possible.
        Hold => "hold",
        /// Held credit is available again.
        Release => "release",
        /// Held credit is used.
        Redeem => "redeem",
        /// Used credit is available again, because the grant was overturned.
        Restore => "restore",
        /// The outcome brings its lot.
        Award => "award",
        /// The lot is reversed, because the grant was overturned.
        Revoke => "revoke",
    }
}

/// Which claims to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClaimFilter {
    pub learner_id: Option<Uuid>,
    pub institution_id: Option<Uuid>,
    /// Only those that the bank itself decides.
    pub of_the_bank: bool,
    pub kind: Option<ClaimKind>,
    pub status: Option<ClaimStatus>,
    /// Only those on which something was due before this day.
    pub due_before: Option<NaiveDate>,
}

/// In which order to list claims, and after which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimPlace {
    /// By when they were submitted.
    Submitted(ListPlace),
    /// Those on which something is due, from the earliest day, after this one.
    Due(Option<(NaiveDate, Uuid)>),
}

/// Where a claim stands, with what matters there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClaimState {
    Submitted,
    InReview,
    InformationAsked,
    Proposed { verdict: Verdict },
    OnNotice { open_objections: u8 },
    Granted,
    Refused,
    Appealed { against: Verdict },
    Closed { verdict: Verdict },
    Withdrawn,
    Lapsed,
    Voided,
}

/// What somebody does with a claim, or what a clock brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClaimEvent {
    /// A reviewer begins; or goes on without the information that never came.
    Take,
    AskInformation,
    GiveInformation,
    Propose {
        verdict: Verdict,
    },
    Vote {
        verdict: Verdict,
    },
    Recuse,
    Approve,
    SendBack,
    NoticeEnds,
    Object,
    AnswerObjection {
        answer: ObjectionAnswer,
    },
    Appeal,
    DecideAppeal {
        decision: AppealDecision,
    },
    WithdrawAppeal,
    Withdraw,
    Lapse,
    Close,
    /// An outcome that it uses was withdrawn or corrected.
    Void,
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    pub state: ClaimState,
    /// What is done to credit in the same transaction, if anything. No step does two things.
    pub effect: Option<CreditEffect>,
}

impl ClaimStatus {
    /// What its learner is told.
    pub const fn called(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::Submitted => ("已提交", "submitted"),
            Self::InReview => ("审查中", "in review"),
            Self::InformationAsked => ("需要您补充材料", "waiting for information from you"),
            Self::Proposed => ("已有处理意见", "waiting for approval"),
            Self::OnNotice => ("公示中", "on public notice"),
            Self::Granted => ("已准予", "granted"),
            Self::Refused => ("未获准予", "refused"),
            Self::Appealed => ("申诉办理中", "under appeal"),
            Self::Closed => ("已办结", "closed"),
            Self::Withdrawn => ("已撤回", "withdrawn"),
            Self::Lapsed => ("逾期失效", "lapsed"),
            Self::Voided => ("因更正作废", "voided by a correction"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    /// Whether the claim still waits for a verdict.
    pub fn is_open(self) -> bool {
        match self {
            Self::Submitted | Self::InReview | Self::InformationAsked | Self::Proposed | Self::OnNotice => true,
            Self::Granted | Self::Refused | Self::Appealed | Self::Closed | Self::Withdrawn | Self::Lapsed | Self::Voided => false,
        }
    }

    /// Whether nothing can happen to it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn | Self::Lapsed | Self::Voided)
    }
}

impl ClaimState {
    /// The most objections that wait for an answer at once.
    pub const OPEN_OBJECTIONS_MAX: u8 = 99;

    /// Rebuilds a stored state; `None` when the parts do not belong together.
    pub fn from_parts(status: ClaimStatus, verdict: Option<Verdict>, open_objections: u8) -> Option<Self> {
        let state = match (status, verdict) {
            (ClaimStatus::Submitted, None) => Self::Submitted,
            (ClaimStatus::InReview, None) => Self::InReview,
            (ClaimStatus::InformationAsked, None) => Self::InformationAsked,
            (ClaimStatus::Proposed, Some(verdict)) => Self::Proposed { verdict },
            (ClaimStatus::OnNotice, Some(Verdict::Grant)) => Self::OnNotice { open_objections },
            (ClaimStatus::Granted, Some(Verdict::Grant)) => Self::Granted,
            (ClaimStatus::Refused, Some(Verdict::Refuse)) => Self::Refused,
            (ClaimStatus::Appealed, Some(against)) => Self::Appealed { against },
            (ClaimStatus::Closed, Some(verdict)) => Self::Closed { verdict },
            (ClaimStatus::Withdrawn, None) => Self::Withdrawn,
            (ClaimStatus::Lapsed, None) => Self::Lapsed,
            (ClaimStatus::Voided, None) => Self::Voided,
            _ => return None,
        };
        let lawful = open_objections == state.open_objections() && open_objections <= Self::OPEN_OBJECTIONS_MAX;
        lawful.then_some(state)
    }

    /// Its word.
    pub fn status(self) -> ClaimStatus {
        match self {
            Self::Submitted => ClaimStatus::Submitted,
            Self::InReview => ClaimStatus::InReview,
            Self::InformationAsked => ClaimStatus::InformationAsked,
            Self::Proposed { .. } => ClaimStatus::Proposed,
            Self::OnNotice { .. } => ClaimStatus::OnNotice,
            Self::Granted => ClaimStatus::Granted,
            Self::Refused => ClaimStatus::Refused,
            Self::Appealed { .. } => ClaimStatus::Appealed,
            Self::Closed { .. } => ClaimStatus::Closed,
            Self::Withdrawn => ClaimStatus::Withdrawn,
            Self::Lapsed => ClaimStatus::Lapsed,
            Self::Voided => ClaimStatus::Voided,
        }
    }

    /// The verdict that is proposed, on notice, given, appealed against or final.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Submitted | Self::InReview | Self::InformationAsked | Self::Withdrawn | Self::Lapsed | Self::Voided => None,
            Self::Proposed { verdict } | Self::Appealed { against: verdict } | Self::Closed { verdict } => Some(verdict),
            Self::OnNotice { .. } | Self::Granted => Some(Verdict::Grant),
            Self::Refused => Some(Verdict::Refuse),
        }
    }

    /// How many objections wait for an answer.
    pub fn open_objections(self) -> u8 {
        match self {
            Self::OnNotice { open_objections } => open_objections,
            _ => 0,
        }
    }
}

impl ClaimEvent {
    /// The most characters of a reason.
    pub const REASON_CHARACTERS_MAX: usize = 2000;

    /// Its word, as in the API and the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::AskInformation => "ask_information",
            Self::GiveInformation => "give_information",
            Self::Propose { .. } => "propose",
            Self::Vote { .. } => "vote",
            Self::Recuse => "recuse",
            Self::Approve => "approve",
            Self::SendBack => "send_back",
            Self::NoticeEnds => "notice_ends",
            Self::Object => "object",
            Self::AnswerObjection { .. } => "answer_objection",
            Self::Appeal => "appeal",
            Self::DecideAppeal { .. } => "decide_appeal",
            Self::WithdrawAppeal => "withdraw_appeal",
            Self::Withdraw => "withdraw",
            Self::Lapse => "lapse",
            Self::Close => "close",
            Self::Void => "void",
        }
    }

    /// Reads the word, with the choice that some events have; `None` where they do not belong together.
    pub fn parse(word: &str, choice: Option<&str>) -> Option<Self> {
        let event = match (word, choice) {
            ("propose", Some(choice)) => Self::Propose {
                verdict: Verdict::parse(choice)?,
            },
            ("vote", Some(choice)) => Self::Vote {
                verdict: Verdict::parse(choice)?,
            },
            ("answer_objection", Some(choice)) => Self::AnswerObjection {
                answer: ObjectionAnswer::parse(choice)?,
            },
            ("decide_appeal", Some(choice)) => Self::DecideAppeal {
                decision: AppealDecision::parse(choice)?,
            },
            (word, None) => {
                let plain = [
                    Self::Take,
                    Self::AskInformation,
                    Self::GiveInformation,
                    Self::Recuse,
                    Self::Approve,
                    Self::SendBack,
                    Self::NoticeEnds,
                    Self::Object,
                    Self::Appeal,
                    Self::WithdrawAppeal,
                    Self::Withdraw,
                    Self::Lapse,
                    Self::Close,
                    Self::Void,
                ];
                plain.into_iter().find(|event| event.as_str() == word)?
            }
            _ => return None,
        };
        Some(event)
    }

    /// Whether whoever does it says why, in 1 to [`Self::REASON_CHARACTERS_MAX`] characters that are kept with it.
    pub fn needs_reason(self) -> bool {
        match self {
            Self::AskInformation
            | Self::GiveInformation
            | Self::Propose { .. }
            | Self::Vote { .. }
            | Self::Recuse
            | Self::SendBack
            | Self::Object
            | Self::AnswerObjection { .. }
            | Self::Appeal
            | Self::DecideAppeal { .. } => true,
            Self::Take
            | Self::Approve
            | Self::NoticeEnds
            | Self::WithdrawAppeal
            | Self::Withdraw
            | Self::Lapse
            | Self::Close
            | Self::Void => false,
        }
    }
}

#[cfg(test)]
mod tests;
