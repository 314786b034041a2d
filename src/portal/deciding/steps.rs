//! What those who decide do with a claim.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, routes, web};
use uuid::Uuid;

use super::claim::answer as claim_page;
use super::{Decider, id_in};
use crate::domain::claim::{AppealDecision, ClaimEvent, ObjectionAnswer, Verdict};
use crate::domain::credit::Credit;
use crate::domain::rejection::Rejection;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::act::{Act, act_on_claim};
use crate::ops::claims::notice::answer_objection;
use crate::portal::answer::{refused, see_other};
use crate::portal::visit::{Posted, SignedIn};

/// A step of those who decide.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Take,
    AskInformation,
    Vote,
    Propose,
    Approve,
    SendBack,
    DecideAppeal,
    Recuse,
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Step {
    /// In the order of the page.
    pub(super) const ALL: [Self; 8] = [
        Self::Take,
        Self::AskInformation,
        Self::Vote,
        Self::Propose,
        Self::Approve,
        Self::SendBack,
        Self::DecideAppeal,
        Self::Recuse,
    ];

    /// As it stands in the address of its form.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::AskInformation => "ask-information",
            Self::Vote => "vote",
            Self::Propose => "propose",
            Self::Approve => "approve",
            Self::SendBack => "send-back",
            Self::DecideAppeal => "decide-appeal",
            Self::Recuse => "recuse",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }

    /// The step that an event is.
    pub(super) fn of(event: ClaimEvent) -> Option<Self> {
        match event {
            ClaimEvent::Take => Some(Self::Take),
            ClaimEvent::AskInformation => Some(Self::AskInformation),
            ClaimEvent::Vote { .. } => Some(Self::Vote),
            ClaimEvent::Propose { .. } => Some(Self::Propose),
            ClaimEvent::Approve => Some(Self::Approve),
            ClaimEvent::SendBack => Some(Self::SendBack),
            ClaimEvent::DecideAppeal { .. } => Some(Self::DecideAppeal),
            ClaimEvent::Recuse => Some(Self::Recuse),
            _ => None,
        }
    }

    /// Whether whoever does it says why.
    pub(super) fn needs_reason(self) -> bool {
        !matches!(self, Self::Take | Self::Approve)
    }

    /// The field in which something is chosen.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::DecideAppeal => "decision",
            _ => "verdict",
        }
    }

    /// What the page says once it is done.
    pub(super) fn done(self) -> &'static str {
        match self {
            Self::Take => "deciding-done-take",
            Self::AskInformation => "deciding-done-ask-information",
            Self::Vote => "deciding-done-vote",
            Self::Propose => "deciding-done-propose",
            Self::Approve => "deciding-done-approve",
            Self::SendBack => "deciding-done-send-back",
            Self::DecideAppeal => "deciding-done-decide-appeal",
            Self::Recuse => "deciding-done-recuse",
        }
    }

    /// The event that it is, with what was chosen.
    fn event(self, choice: &str) -> Result<ClaimEvent, Rejection> {
        let verdict = || Verdict::parse(choice).ok_or_else(|| Rejection::field("/verdict", "must be given"));
        Ok(match self {
            Self::Take => ClaimEvent::Take,
            Self::AskInformation => ClaimEvent::AskInformation,
            Self::Vote => ClaimEvent::Vote { verdict: verdict()? },
            Self::Propose => ClaimEvent::Propose { verdict: verdict()? },
            Self::Approve => ClaimEvent::Approve,
            Self::SendBack => ClaimEvent::SendBack,
            Self::DecideAppeal => ClaimEvent::DecideAppeal {
                decision: AppealDecision::parse(choice).ok_or_else(|| Rejection::field("/decision", "must be given"))?,
            },
            Self::Recuse => ClaimEvent::Recuse,
        })
    }
}

/// What was typed into the form of a step, or of an answer to an objection.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) step: Option<Step>,
    pub(super) objection_id: Option<Uuid>,
    /// A verdict, what becomes of an appeal, or of an objection.
    pub(super) choice: String,
    pub(super) reason: String,
    pub(super) credit: String,
    pub(super) clauses: Vec<String>,
    edition: Option<i64>,
}

impl Typed {
    fn of(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "verdict" | "decision" | "answer" => typed.choice = value,
                "reason" => typed.reason = value,
                "credit" => typed.credit = value,
                "clause" => typed.clauses.push(value),
                "edition" => typed.edition = value.parse().ok(),
                _ => {}
            }
        }
        typed
    }

    /// What the operation is given. Credit belongs to a proposal to grant, and a form that asks for it is filled in for a refusal too.
    fn act(&self, event: ClaimEvent) -> Result<Act, Rejection> {
        let grants = event == ClaimEvent::Propose { verdict: Verdict::Grant };
        let credit = match self.credit.trim() {
            text if text.is_empty() || !grants => None,
            text => Some(
                text.parse::<Credit>()
                    .map_err(|_| Rejection::field("/credit", "must be a number such as 56 or 2.50, with at most two decimals"))?,
            ),
        };
        Ok(Act {
            reason: Some(self.reason.trim().to_owned()).filter(|reason| !reason.is_empty()),
            edition: self.edition,
            credit,
            clauses: if matches!(event, ClaimEvent::Propose { .. }) {
                self.clauses.clone()
            } else {
                Vec::new()
            },
            evidence: Vec::new(),
        })
    }
}

/// The page of the claim again, with what was typed.
async fn refuse(
    web: &Web,
    visit: &SignedIn,
    decider: &Decider,
    claim_id: Uuid,
    typed: &Typed,
    refusal: Refusal,
) -> Result<HttpResponse, Refusal> {
    let (status, refused): (StatusCode, _) = refused(refusal, visit.frame.language)?;
    claim_page(web, visit, decider, claim_id, status, (Some(refused), typed, None)).await
}

/// Does a step.
#[routes]
#[post("/desk/{institution_id}/claims/{claim_id}/steps/{step}")]
#[post("/office/claims/{claim_id}/steps/{step}")]
pub(super) async fn submit(
    web: web::Data<Web>,
    request: HttpRequest,
    posted: Posted<Vec<(String, String)>>,
) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let decider = Decider::of(&web, &visit, &request).await?;
    let claim_id = id_in(&request, "claim_id")?;
    let step = request
        .match_info()
        .get("step")
        .and_then(Step::parse)
        .ok_or(Rejection::NotFound {})?;
    let typed = Typed {
        step: Some(step),
        ..Typed::of(form)
    };
    let asked = step.event(&typed.choice).and_then(|event| Ok((event, typed.act(event)?)));
    let (event, act) = match asked {
        Ok(asked) => asked,
        Err(rejection) => return refuse(&web, &visit, &decider, claim_id, &typed, rejection.into()).await,
    };
    let context = visit.context;
    let done = web
        .run(move |bank| act_on_claim(bank, &context, once.as_deref(), claim_id, event, &act))
        .await;
    match done {
        Ok(_) => Ok(see_other(&format!("{}/claims/{claim_id}?done={step}", decider.base()))),
        Err(refusal) => refuse(&web, &visit, &decider, claim_id, &typed, refusal).await,
    }
}

/// Answers an objection.
#[routes]
#[post("/desk/{institution_id}/claims/{claim_id}/objections/{objection_id}")]
#[post("/office/claims/{claim_id}/objections/{objection_id}")]
pub(super) async fn settle_objection(
    web: web::Data<Web>,
    request: HttpRequest,
    posted: Posted<Vec<(String, String)>>,
) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let decider = Decider::of(&web, &visit, &request).await?;
    let (claim_id, objection_id) = (id_in(&request, "claim_id")?, id_in(&request, "objection_id")?);
    let typed = Typed {
        objection_id: Some(objection_id),
        ..Typed::of(form)
    };
    let Some(answer) = ObjectionAnswer::parse(&typed.choice) else {
        let refusal = Rejection::field("/answer", "must be given").into();
        return refuse(&web, &visit, &decider, claim_id, &typed, refusal).await;
    };
    let context = visit.context;
    let answered = match typed.act(ClaimEvent::AnswerObjection { answer }) {
        Ok(act) => {
            web.run(move |bank| answer_objection(bank, &context, once.as_deref(), (claim_id, objection_id), answer, &act))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match answered {
        Ok(_) => Ok(see_other(&format!("{}/claims/{claim_id}?done=answered", decider.base()))),
        Err(refusal) => refuse(&web, &visit, &decider, claim_id, &typed, refusal).await,
    }
}
