//! A learner's request to correct an outcome 更正申请: where it stands, what each event makes of it, and what is due. While it is
//! open the outcome is disputed 有异议. It changes nothing by itself: a correction does, and that ends it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::claim::AppealDecision;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::words::words;
use crate::domain::working_days::{Certainty, WorkingDays};

/// The working days in which the institution answers. 征信业管理条例 (国务院令第631号) 第二十五条 is the model of the whole: whoever
/// gave a record marks it as disputed and answers within 20 days. All clocks of the bank run in working days, and so does this.
pub const ANSWER_WORKING_DAYS: u16 = 20;

/// The working days in which what was accepted is corrected.
pub const CORRECT_WORKING_DAYS: u16 = 20;

/// The working days for a complaint against a refusal, as for an appeal against a verdict.
pub const COMPLAINT_WORKING_DAYS: u16 = 10;

/// The working days in which the bank's officers decide on it, as institutions on an appeal.
pub const COMPLAINT_DECISION_WORKING_DAYS: u16 = 30;

/// The most open requests of one learner.
pub const OPEN_MAX: i64 = 20;

/// The most characters of what a field should be.
pub const SHOULD_BE_CHARACTERS_MAX: usize = 200;

words! {
    /// What a learner says of an outcome.
    pub enum RequestKind as "CorrectionRequestKind" {
        /// Something in it is wrong.
        Wrong => "wrong",
        /// It is somebody else's.
        NotMine => "not_mine",
    }
}

words! {
    /// A part of an outcome that a learner may call wrong.
    pub enum WrongPart {
        Achievement => "achievement",
        AwardedOn => "awarded_on",
        CertificateNumber => "certificate_number",
        Grade => "grade",
        GradingScale => "grading_scale",
        Score => "score",
        Hours => "hours",
        Credits => "credits",
        TraineeGroup => "trainee_group",
        Contest => "contest",
    }
}

words! {
    /// Where a request stands.
    pub enum RequestState as "CorrectionRequestState" {
        /// The institution has not answered.
        Requested => "requested",
        /// The institution, or the bank in its place, agrees; the correction is still to be applied.
        Accepted => "accepted",
        /// The learner may complain for a while.
        Refused => "refused",
        /// The bank's officers have not decided on the complaint.
        Complained => "complained",
        /// A correction ended the outcome.
        Corrected => "corrected",
        /// The refusal stands after a complaint.
        Upheld => "upheld",
        Withdrawn => "withdrawn",
    }
}

words! {
    /// What an institution answers.
    pub enum RequestAnswer as "CorrectionRequestAnswer" {
        Accept => "accept",
        Refuse => "refuse",
    }
}

words! {
    /// What is due on corrections.
    pub enum CorrectionDue {
        /// The institution answers a request.
        AnswerRequest => "answer_request",
        /// The institution applies a correction that it agreed to.
        Correct => "correct",
        /// The bank's officers decide on a complaint.
        DecideComplaint => "decide_complaint",
        /// The institution decides a case.
        DecideCase => "decide_case",
    }
}

/// What a field should be instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrongField {
    pub part: WrongPart,
    #[schema(min_length = 1, max_length = 200, example = "68")]
    pub should_be: String,
}

/// What somebody does with a request, or what happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestEvent {
    /// A previewed correction is named; another may be named later.
    Accept,
    Refuse,
    Complain,
    DecideComplaint {
        decision: AppealDecision,
    },
    Withdraw,
    /// The correction that was named is given up.
    GiveUp,
    /// A correction, whichever, ended the outcome.
    Correct,
}

/// What is due on a request, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CorrectionRequestDue)]
pub struct RequestDue {
    pub what: CorrectionDue,
    /// The last day on which it is in time.
    pub on: NaiveDate,
    pub certainty: Certainty,
}

/// Which requests to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestFilter {
    pub institution_id: Option<Uuid>,
    pub learner_id: Option<Uuid>,
    pub outcome_id: Option<Uuid>,
    pub state: Option<RequestState>,
    /// Only those on which something was due before this day.
    pub due_before: Option<NaiveDate>,
}

impl RequestState {
    /// Whether the outcome is disputed because of it.
    pub fn is_open(self) -> bool {
        match self {
            Self::Requested | Self::Accepted | Self::Complained => true,
            Self::Refused | Self::Corrected | Self::Upheld | Self::Withdrawn => false,
        }
    }

    /// What an event makes of the state.
    ///
    /// # Errors
    /// `WrongState` where the event has no meaning, which also is the answer to whoever comes second.
    pub fn after(self, event: RequestEvent) -> Result<Self, Rejection> {
        use RequestEvent as E;
        match (self, event) {
            // What was accepted is not refused later; another correction may be named.
            (Self::Requested | Self::Accepted, E::Accept) => Ok(Self::Accepted),
            (Self::Requested, E::Refuse) => Ok(Self::Refused),
            (Self::Refused, E::Complain) => Ok(Self::Complained),
            (Self::Complained, E::DecideComplaint { decision }) => Ok(match decision {
                AppealDecision::Uphold => Self::Upheld,
                AppealDecision::Overturn => Self::Accepted,
            }),
            (Self::Requested | Self::Accepted | Self::Complained, E::Withdraw) => Ok(Self::Withdrawn),
            (Self::Accepted, E::GiveUp) => Ok(Self::Accepted),
            (Self::Requested | Self::Accepted | Self::Complained, E::Correct) => Ok(Self::Corrected),
            _ => Err(Rejection::WrongState { state: self.to_string() }),
        }
    }

    /// What is due on a request that entered the state on `since`; nothing where it is closed.
    pub fn due(self, since: NaiveDate, working_days: &WorkingDays) -> Option<RequestDue> {
        let (what, length) = match self {
            Self::Requested => (CorrectionDue::AnswerRequest, ANSWER_WORKING_DAYS),
            Self::Accepted => (CorrectionDue::Correct, CORRECT_WORKING_DAYS),
            Self::Complained => (CorrectionDue::DecideComplaint, COMPLAINT_DECISION_WORKING_DAYS),
            Self::Refused | Self::Corrected | Self::Upheld | Self::Withdrawn => return None,
        };
        let window = working_days.add(since, length);
        Some(RequestDue {
            what,
            on: window.last_day,
            certainty: window.certainty,
        })
    }

    /// The last day for a complaint against a refusal of `since`; nothing where none was refused.
    pub fn complaint_until(self, since: NaiveDate, working_days: &WorkingDays) -> Option<NaiveDate> {
        (self == Self::Refused).then(|| working_days.add(since, COMPLAINT_WORKING_DAYS).last_day)
    }
}

/// What must be mended of the fields that a learner calls wrong.
pub fn field_problems(kind: RequestKind, fields: &[WrongField]) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if kind == RequestKind::NotMine && !fields.is_empty() {
        problems.push(FieldProblem::new("/fields", "has no meaning here"));
    }
    if fields.len() > WrongPart::ALL.len() {
        problems.push(FieldProblem::new("/fields", "must have 0 to 10 items"));
    }
    for (number, field) in fields.iter().enumerate().take(WrongPart::ALL.len()) {
        let text = field.should_be.trim();
        if !(1..=SHOULD_BE_CHARACTERS_MAX).contains(&text.chars().count()) || text.chars().any(char::is_control) {
            problems.push(FieldProblem::new(
                format!("/fields/{number}/should_be"),
                "must have 1 to 200 visible characters",
            ));
        }
        if fields.iter().take(number).any(|other| other.part == field.part) {
            problems.push(FieldProblem::new(format!("/fields/{number}/part"), "is named twice"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::working_days::shipped;

    const EVENTS: [RequestEvent; 8] = [
        RequestEvent::Accept,
        RequestEvent::Refuse,
        RequestEvent::Complain,
        RequestEvent::DecideComplaint {
            decision: AppealDecision::Uphold,
        },
        RequestEvent::DecideComplaint {
            decision: AppealDecision::Overturn,
        },
        RequestEvent::Withdraw,
        RequestEvent::GiveUp,
        RequestEvent::Correct,
    ];

    /// Every event in every state: accept, refuse, complain, uphold, overturn, withdraw, give up, correct.
    #[test]
    fn every_event_has_an_answer_in_every_state() {
        use RequestState as S;
        let no = None;
        let table: [(S, [Option<S>; 8]); 7] = [
            (
                S::Requested,
                [
                    Some(S::Accepted),
                    Some(S::Refused),
                    no,
                    no,
                    no,
                    Some(S::Withdrawn),
                    no,
                    Some(S::Corrected),
                ],
            ),
            (
                S::Accepted,
                [
                    Some(S::Accepted),
                    no,
                    no,
                    no,
                    no,
                    Some(S::Withdrawn),
                    Some(S::Accepted),
                    Some(S::Corrected),
                ],
            ),
            (S::Refused, [no, no, Some(S::Complained), no, no, no, no, no]),
            (
                S::Complained,
                [
                    no,
                    no,
                    no,
                    Some(S::Upheld),
                    Some(S::Accepted),
                    Some(S::Withdrawn),
                    no,
                    Some(S::Corrected),
                ],
            ),
            (S::Corrected, [no; 8]),
            (S::Upheld, [no; 8]),
            (S::Withdrawn, [no; 8]),
        ];
        assert_eq!(table.map(|(state, _)| state).as_slice(), RequestState::ALL);
        for (state, answers) in table {
            for (event, expected) in EVENTS.into_iter().zip(answers) {
                let answer = state.after(event);
                match expected {
                    Some(next) => assert_eq!(answer, Ok(next), "{event:?} in {state}"),
                    None => assert_eq!(
                        answer,
                        Err(Rejection::WrongState { state: state.to_string() }),
                        "{event:?} in {state}"
                    ),
                }
            }
        }
    }

    /// Nothing leads back from where it is closed, but a complaint from a refusal, once.
    #[test]
    fn a_learner_complains_once() {
        let once = RequestState::Refused.after(RequestEvent::Complain).unwrap();
        for decision in [AppealDecision::Uphold, AppealDecision::Overturn] {
            let decided = once.after(RequestEvent::DecideComplaint { decision }).unwrap();
            assert!(decided.after(RequestEvent::Refuse).is_err() && decided.after(RequestEvent::Complain).is_err());
        }
    }

    /// National Day 2025: off from 1 to 8 October; 28 September and 11 October are worked.
    #[test]
    fn what_is_due_is_counted_over_a_national_holiday() {
        use RequestState as S;
        let working_days = WorkingDays::of_years(&shipped::years());
        let since: NaiveDate = "2025-09-25".parse().unwrap();
        let cases = [
            (S::Requested, Some((CorrectionDue::AnswerRequest, "2025-10-29"))),
            (S::Accepted, Some((CorrectionDue::Correct, "2025-10-29"))),
            (S::Complained, Some((CorrectionDue::DecideComplaint, "2025-11-12"))),
            (S::Refused, None),
            (S::Corrected, None),
            (S::Upheld, None),
            (S::Withdrawn, None),
        ];
        for (state, expected) in cases {
            let due = state.due(since, &working_days).map(|due| (due.what, due.on));
            assert_eq!(due, expected.map(|(what, on)| (what, on.parse().unwrap())), "{state}");
            assert_eq!(due.is_some(), state.is_open(), "{state}");
        }
        let until = S::Refused.complaint_until(since, &working_days);
        assert_eq!(until, Some("2025-10-15".parse().unwrap()));
        assert_eq!(S::Upheld.complaint_until(since, &working_days), None);
    }

    #[test]
    fn fields_are_named_once_and_say_what_they_should_be() {
        let field = |part, should_be: &str| WrongField {
            part,
            should_be: should_be.to_owned(),
        };
        let pointers = |kind, fields: &[WrongField]| {
            let problems = field_problems(kind, fields);
            problems.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
        };
        let score = field(WrongPart::Score, "96");
        assert_eq!(pointers(RequestKind::Wrong, std::slice::from_ref(&score)), Vec::<String>::new());
        assert_eq!(pointers(RequestKind::NotMine, std::slice::from_ref(&score)), ["/fields"]);
        let wrong = [
            field(WrongPart::Grade, " "),
            score.clone(),
            score,
            field(WrongPart::Hours, &"9".repeat(201)),
        ];
        assert_eq!(
            pointers(RequestKind::Wrong, &wrong),
            ["/fields/0/should_be", "/fields/2/part", "/fields/3/should_be"]
        );
    }
}
