//! One claim: where it stands, what comes next, what it uses and buys, what was said, and what its learner may do about it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use super::around::{Clock, FileLine, Written, clock_of, decider_of, file_lines, name_among, own_files, title_of, written};
use super::compose::destination_of;
use super::evidence::largest;
use super::stages::{Stage, way_of};
use crate::domain::allocation::Award;
use crate::domain::claim::clock::DueKind;
use crate::domain::claim::{ClaimEvent, ClaimKind, ClaimStatus, Verdict};
use crate::domain::working_days::Certainty;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::claims::act::{Act, act_on_claim};
use crate::ops::claims::letter::{ClaimReplay, replay_claim};
use crate::ops::claims::reading::read_own_claim;
use crate::ops::claims::recognition::{Declared, RecognitionSubject};
use crate::ops::claims::view::{ClaimStep, ClaimUse, ClaimView};
use crate::ops::evidence::EvidenceFile;
use crate::ops::worth::Said;
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// What somebody typed, where it was refused.
#[derive(Default)]
struct Typed {
    reason: String,
    evidence: Vec<Uuid>,
}

/// What is shown beside the claim.
#[derive(Default)]
struct Beside {
    refused: Option<Refused>,
    typed: Typed,
    done: Option<&'static str>,
    replay: Option<ClaimReplay>,
}

/// What the page is made of.
struct Loaded {
    claim: ClaimView,
    said: Vec<Said>,
    files: Vec<EvidenceFile>,
}

#[derive(Template)]
#[template(path = "learner/claim.html")]
struct Page<'a> {
    frame: &'a Frame,
    claim: &'a ClaimView,
    said: &'a [Said],
    title: Name<'a>,
    decider: String,
    clock: Option<Clock>,
    way: Vec<Stage>,
    /// One's own files, which can be attached.
    files: Vec<FileLine>,
    /// Those that are attached already.
    attached: Vec<FileLine>,
    largest: String,
    refused: Option<Refused>,
    typed: Typed,
    done: Option<&'static str>,
    replay: Option<ClaimReplay>,
    is_in_time: bool,
}

impl Page<'_> {
    fn name(&self, outcome_id: &Uuid) -> Name<'_> {
        name_among(self.frame, &self.claim.outcomes, *outcome_id)
    }

    fn name_of<'b>(&'b self, key: &'b str) -> Name<'b> {
        Uuid::try_parse(key).map_or_else(|_| Name::plain(key), |outcome_id| self.name(&outcome_id))
    }

    fn status(&self) -> &'static str {
        self.claim.summary.status.called(self.frame.language)
    }

    /// What a claim has of an outcome's credit now.
    fn use_state(&self, used: &ClaimUse) -> &'static str {
        let granted = matches!(
            (self.claim.summary.status, self.claim.summary.verdict),
            (ClaimStatus::Granted, _) | (ClaimStatus::Appealed | ClaimStatus::Closed, Some(Verdict::Grant))
        );
        match (used.standing, granted) {
            (true, true) => "claims-use-redeemed",
            (true, false) => "claims-use-held",
            (false, _) => "claims-use-released",
        }
    }

    fn is_conversion(&self) -> bool {
        self.claim.summary.kind == ClaimKind::Conversion
    }

    fn destination(&self, award: &Award) -> String {
        destination_of(self.frame, award, self.claim.allocation.as_ref())
    }

    fn declared(&self) -> Option<&Declared> {
        match &self.claim.subject {
            Some(RecognitionSubject::Declared(declared)) => Some(declared),
            _ => None,
        }
    }

    /// The outcome on record that it is about, or that a grant brought.
    fn outcome_id(&self) -> Option<Uuid> {
        self.claim.outcome_id
    }

    /// What was asked for, where something is.
    fn asked(&self) -> Option<&str> {
        let asked = self.claim.summary.status == ClaimStatus::InformationAsked;
        let step = self.claim.steps.iter().rfind(|step| step.event == "ask_information");
        step.filter(|_| asked).and_then(|step| step.reason.as_deref())
    }

    fn statement(&self) -> Option<&str> {
        self.claim.steps.first().and_then(|step| step.reason.as_deref())
    }

    fn may_withdraw(&self) -> bool {
        self.claim.summary.status.is_open()
    }

    fn may_appeal(&self) -> bool {
        self.claim.summary.status == ClaimStatus::Refused && self.is_in_time
    }

    fn may_withdraw_appeal(&self) -> bool {
        self.claim.summary.status == ClaimStatus::Appealed && self.claim.summary.verdict == Some(Verdict::Refuse)
    }

    fn has_letter(&self) -> bool {
        let status = self.claim.summary.status;
        let decided = matches!(
            status,
            ClaimStatus::Granted | ClaimStatus::Refused | ClaimStatus::Appealed | ClaimStatus::Closed
        );
        decided && self.claim.summary.decision_number.is_some()
    }

    fn is_provisional(&self) -> bool {
        self.claim.summary.due.is_some_and(|due| due.certainty == Certainty::Provisional)
    }

    /// Where it stands, in a sentence.
    fn now(&self) -> String {
        let summary = &self.claim.summary;
        let word = match (summary.status, summary.verdict) {
            (ClaimStatus::Closed, Some(Verdict::Grant)) => "closed_grant",
            (ClaimStatus::Closed, _) => "closed_refuse",
            (ClaimStatus::Appealed, Some(Verdict::Grant)) => "appealed_grant",
            (status, _) => status.as_str(),
        };
        self.frame.word("claims-now", word).into_owned()
    }

    fn event(&self, step: &ClaimStep) -> String {
        let choice = step.details.get("choice").and_then(serde_json::Value::as_str);
        match choice {
            Some(choice) => self.frame.word("claims-event", &format!("{}-{choice}", step.event)),
            None => self.frame.word("claims-event", &step.event),
        }
        .into_owned()
    }

    fn history(&self) -> impl Iterator<Item = &ClaimStep> {
        self.claim.steps.iter().rev()
    }
}

async fn loaded(web: &Web, visit: &SignedIn, claim_id: Uuid) -> Result<Loaded, Refusal> {
    let (context, language) = (visit.context, visit.frame.language);
    web.run(move |bank| {
        let (claim, said) = read_own_claim(bank, &context, claim_id, language)?;
        let takes_files = matches!(claim.summary.status, ClaimStatus::InformationAsked | ClaimStatus::Refused);
        let files = if takes_files { own_files(bank, &context)? } else { Vec::new() };
        Ok(Loaded { claim, said, files })
    })
    .await
}

async fn answer(web: &Web, visit: &SignedIn, claim_id: Uuid, status: StatusCode, beside: Beside) -> Result<HttpResponse, Refusal> {
    let Loaded { claim, said, mut files } = loaded(web, visit, claim_id).await?;
    let frame = &visit.frame;
    files.retain(|file| claim.evidence.iter().all(|attached| attached.file_id != file.file_id));
    let Beside {
        refused,
        typed,
        done,
        replay,
    } = beside;
    let today = web.bank.day(visit.context.now);
    let ends = claim.summary.due.filter(|due| due.what == DueKind::AppealEnds);
    let shown = Page {
        title: title_of(frame, &claim.summary),
        decider: decider_of(frame, &claim.summary),
        clock: clock_of(frame, &claim.summary),
        way: way_of(frame, &claim),
        files: file_lines(&files, &typed.evidence),
        attached: file_lines(&claim.evidence, &[]),
        largest: largest(web),
        is_in_time: ends.is_some_and(|due| today <= due.on),
        claim: &claim,
        said: &said,
        frame,
        refused,
        typed,
        done,
        replay,
    };
    page(status, &shown)
}

/// Shows the claim.
#[get("/claims/{claim_id}")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let beside = Beside {
        done: match done.0.done.as_str() {
            "submitted" => Some("claims-done-submitted"),
            "informed" => Some("claims-done-informed"),
            "appealed" => Some("claims-done-appealed"),
            "appeal-withdrawn" => Some("claims-done-appeal-withdrawn"),
            _ => None,
        },
        ..Beside::default()
    };
    answer(&web, &visit, id.0, StatusCode::OK, beside).await
}

/// Does what a form asks; where it is refused, the page is shown again with what was typed.
async fn acted(
    web: &Web,
    visit: &SignedIn,
    claim_id: Uuid,
    event: ClaimEvent,
    once: Option<String>,
    act: Act,
    to: &str,
) -> Result<HttpResponse, Refusal> {
    let (context, sent) = (visit.context, act.clone());
    let answered = web
        .run(move |bank| act_on_claim(bank, &context, once.as_deref(), claim_id, event, &sent))
        .await;
    match answered {
        Ok(_) => Ok(see_other(to)),
        Err(refusal) => refuse(web, visit, claim_id, refusal, act).await,
    }
}

async fn refuse(web: &Web, visit: &SignedIn, claim_id: Uuid, refusal: Refusal, act: Act) -> Result<HttpResponse, Refusal> {
    let (status, refused) = refused(refusal, visit.frame.language)?;
    let beside = Beside {
        refused: Some(refused),
        typed: Typed {
            reason: act.reason.unwrap_or_default(),
            evidence: act.evidence,
        },
        ..Beside::default()
    };
    answer(web, visit, claim_id, status, beside).await
}

/// The same with a text and files.
async fn said(web: &Web, id: Id, mut form: Written, event: ClaimEvent, done: &str) -> Result<HttpResponse, Refusal> {
    let act = Act {
        reason: form.given("reason"),
        evidence: std::mem::take(&mut form.evidence),
        ..Act::default()
    };
    if let Some(refusal) = form.refusal {
        return refuse(web, &form.visit, id.0, refusal, act).await;
    }
    let to = format!("/claims/{}?done={done}", id.0);
    acted(web, &form.visit, id.0, event, form.once, act, &to).await
}

/// Gives what was asked for.
#[post("/claims/{claim_id}/information")]
pub(super) async fn give_information(
    web: web::Data<Web>,
    id: Id,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let form = written(&web, &request, payload).await?;
    said(&web, id, form, ClaimEvent::GiveInformation, "informed").await
}

/// Appeals against a refusal.
#[post("/claims/{claim_id}/appeal")]
pub(super) async fn appeal(web: web::Data<Web>, id: Id, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let form = written(&web, &request, payload).await?;
    said(&web, id, form, ClaimEvent::Appeal, "appealed").await
}

/// Takes the claim back.
#[post("/claims/{claim_id}/withdraw")]
pub(super) async fn withdraw(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let to = "/claims?done=withdrawn";
    acted(&web, &visit, id.0, ClaimEvent::Withdraw, posted.once, Act::default(), to).await
}

/// Takes the appeal back.
#[post("/claims/{claim_id}/withdraw-appeal")]
pub(super) async fn withdraw_appeal(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let to = format!("/claims/{}?done=appeal-withdrawn", id.0);
    acted(&web, &visit, id.0, ClaimEvent::WithdrawAppeal, posted.once, Act::default(), &to).await
}

/// Judges the claim again from what is kept, and shows what came of it.
#[post("/claims/{claim_id}/replay")]
pub(super) async fn work_out_again(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    let answered = web.calculate(Width::One, move |bank| replay_claim(bank, &context, id.0)).await;
    match answered {
        Ok(replay) => {
            let beside = Beside {
                replay: Some(replay),
                ..Beside::default()
            };
            answer(&web, &visit, id.0, StatusCode::OK, beside).await
        }
        Err(refusal) => refuse(&web, &visit, id.0, refusal, Act::default()).await,
    }
}
