//! One claim with everything that is needed to decide it, and what may be done with it now.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, routes, web};
use askama::Template;
use uuid::Uuid;

use super::steps::{Step, Typed};
use super::{Decider, about, id_in};
use crate::domain::allocation::{Award, Destination};
use crate::domain::claim::ClaimEvent;
use crate::domain::pack::Exemption;
use crate::domain::rejection::Rejection;
use crate::domain::working_days::Certainty;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::deciding::{ClaimToDecide, ClaimedOutcome, read_claim_to_decide};
use crate::ops::claims::recognition::RecognitionSubject;
use crate::ops::claims::view::{ClaimStep, ClaimView, Objection};
use crate::ops::evidence::EvidenceFile;
use crate::portal::answer::{Refused, page};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::office::around::Office;
use crate::portal::school::around::Desk;
use crate::portal::upload::size;
use crate::portal::visit::{Done, SignedIn};

/// A step that can be taken on the page, with its form.
struct StepForm {
    step: Step,
    /// What its fields' names begin with, so that none stands twice; nothing for the form that was refused.
    prefix: String,
    is_refused: bool,
    /// The verdicts, or what may become of an appeal, that are open to this person.
    choices: Vec<Choice>,
}

struct Choice {
    word: &'static str,
    /// Why it is not possible.
    hindrance: Option<String>,
}

#[derive(Template)]
#[template(path = "deciding/claim.html")]
struct Page<'a> {
    frame: &'a Frame,
    decider: &'a Decider,
    base: String,
    found: &'a ClaimToDecide,
    claim: &'a ClaimView,
    forms: Vec<StepForm>,
    /// Steps that are not for this person, or not now, and why.
    hindered: Vec<(Step, String)>,
    /// Whether objections can be answered by this person, or why not.
    answering: Option<Result<(), String>>,
    refused: Option<Refused>,
    typed: &'a Typed,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn desk(&self) -> Option<&Desk> {
        self.decider.desk()
    }

    fn office(&self) -> Option<&Office> {
        self.decider.office()
    }

    fn about(&self) -> Name<'_> {
        about(self.frame, &self.claim.summary)
    }

    fn awards(&self) -> &[Award] {
        self.claim.allocation.as_ref().map_or(&[], |allocation| &allocation.awards)
    }

    fn outcome_name(&self, key: &str) -> Name<'_> {
        let found = self.found.outcomes.iter().find(|one| one.outcome.outcome_id.to_string() == key);
        found.map_or_else(|| Name::plain(""), |one| self.frame.name_of(&one.outcome))
    }

    fn destination(&self, award: &Award) -> String {
        match &award.destination {
            Destination::Course { code, name, .. } => {
                let name = name.text(self.frame.language).to_owned();
                self.frame
                    .t2("claims-to-course", ("name", name), ("code", code.clone()))
                    .into_owned()
            }
            Destination::FreeCredit { bucket } => {
                let allocation = self.claim.allocation.as_ref();
                let bucket_name = allocation.and_then(|found| found.buckets.iter().find(|one| one.bucket == *bucket));
                let called = bucket_name.map_or(bucket.as_str(), |one| one.name.text(self.frame.language));
                self.frame.t1("deciding-free-credit", "bucket", called).into_owned()
            }
        }
    }

    fn waives_only_classes(&self, award: &Award) -> bool {
        award.exempt_from == Some(Exemption::Class)
    }

    /// The outcome that the learner declares.
    fn declared(&self) -> Option<&crate::ops::claims::recognition::Declared> {
        match &self.claim.subject {
            Some(RecognitionSubject::Declared(declared)) => Some(declared),
            _ => None,
        }
    }

    /// What the claimant said with the claim.
    fn statement(&self) -> Option<&str> {
        self.claim.steps.first().and_then(|step| step.reason.as_deref())
    }

    fn rules(&self) -> Vec<String> {
        let said = self.claim.judged_by.iter().map(|rules| {
            let title = rules.title.text(self.frame.language);
            self.frame
                .t2("deciding-rules-version", ("title", title), ("version", rules.version))
                .into_owned()
        });
        said.collect()
    }

    fn votes(&self) -> String {
        let (grant, refuse) = (self.claim.panel.for_grant, self.claim.panel.for_refusal);
        self.frame
            .t2("deciding-panel-votes", ("grant", grant), ("refuse", refuse))
            .into_owned()
    }

    fn deposited(&self, one: &ClaimedOutcome) -> String {
        let moment = self.frame.moment(&one.outcome.deposited_at).into_owned();
        let institution = one.outcome.institution_name.as_str();
        self.frame
            .t2("deciding-verified-by", ("institution", institution), ("moment", moment))
            .into_owned()
    }

    fn declared_name(&self) -> &str {
        self.found
            .declared
            .as_ref()
            .map_or("", |declared| declared.name.text(self.frame.language))
    }

    fn size(&self, file: &EvidenceFile) -> String {
        size(file.bytes)
    }

    fn is_provisional(&self) -> bool {
        self.claim.summary.due.is_some_and(|due| due.certainty == Certainty::Provisional)
    }

    /// Whether the name of a step says already how the claim stands after it.
    fn says_status(&self, step: &ClaimStep) -> bool {
        matches!(step.event.as_str(), "submit" | "withdraw" | "lapse" | "close" | "void")
    }

    /// What was chosen in a step of the past, where there was a choice.
    fn choice_of<'b>(&self, step: &'b ClaimStep) -> Option<&'b str> {
        step.details.get("choice").and_then(serde_json::Value::as_str)
    }

    fn credit_of<'b>(&self, step: &'b ClaimStep) -> Option<&'b str> {
        step.details.get("credit").and_then(serde_json::Value::as_str)
    }

    /// The clauses that a proposal of the past named, as the rules call them.
    fn clauses_of(&self, step: &ClaimStep) -> Vec<String> {
        let ids = step.details.get("clauses").and_then(serde_json::Value::as_array);
        let ids = ids.into_iter().flatten().filter_map(serde_json::Value::as_str);
        ids.map(|id| {
            let known = self.found.clauses.iter().find(|clause| clause.id == id);
            known.map_or_else(|| id.to_owned(), |clause| clause.citation.clone())
        })
        .collect()
    }

    /// What begins the names of the fields of the answer to an objection.
    fn objection_prefix(&self, objection: &Objection) -> String {
        match self.is_refused_answer(objection) {
            true => String::new(),
            false => format!("{}-", objection.objection_id),
        }
    }

    fn is_refused_answer(&self, objection: &Objection) -> bool {
        self.refused.is_some() && self.typed.objection_id == Some(objection.objection_id)
    }

    fn needs_credit(&self, form: &StepForm) -> bool {
        form.step == Step::Propose && self.found.needs_credit
    }

    fn cites(&self, form: &StepForm) -> bool {
        form.step == Step::Propose && !self.found.clauses.is_empty()
    }

    fn typed_in(&self, form: &StepForm) -> &str {
        if form.is_refused { &self.typed.reason } else { "" }
    }

    fn credit_in(&self, form: &StepForm) -> &str {
        if form.is_refused { &self.typed.credit } else { "" }
    }

    fn is_chosen(&self, form: &StepForm, choice: &Choice) -> bool {
        match form.is_refused && !self.typed.choice.is_empty() {
            true => self.typed.choice == choice.word,
            false => form
                .choices
                .iter()
                .find(|one| one.hindrance.is_none())
                .is_some_and(|one| one.word == choice.word),
        }
    }

    fn is_cited(&self, form: &StepForm, clause: &str) -> bool {
        match form.is_refused {
            true => self.typed.clauses.iter().any(|id| id == clause),
            false => self.awards().iter().any(|award| award.clause == clause),
        }
    }

    /// Whether a step stands open: the one that was refused; else the one that is due, or the first.
    fn is_open(&self, form: &StepForm) -> bool {
        if self.refused.is_some() {
            return form.is_refused;
        }
        let due = self.claim.summary.due.map(|due| due.what.as_str());
        let open = self
            .forms
            .iter()
            .find(|form| Some(form.step.as_str()) == due)
            .or(self.forms.first());
        open.is_some_and(|open| open.step == form.step)
    }

    /// Whether the page says why nothing can be done.
    fn is_at_rest(&self) -> bool {
        self.forms.is_empty() && self.hindered.is_empty() && self.answering.is_none()
    }
}

/// What stands in the forms: one for every step of which something is possible.
fn forms_of(frame: &Frame, found: &ClaimToDecide, typed: &Typed, is_refused: bool) -> (Vec<StepForm>, Vec<(Step, String)>) {
    let (mut forms, mut hindered): (Vec<StepForm>, Vec<(Step, String)>) = (Vec::new(), Vec::new());
    for step in Step::ALL {
        let of_step: Vec<_> = found
            .steps
            .iter()
            .filter(|possible| Step::of(possible.event) == Some(step))
            .collect();
        let said = |rejection: &Option<Rejection>| rejection.as_ref().map(|rejection| rejection.sentence(frame.language));
        if of_step.iter().any(|possible| possible.hindrance.is_none()) {
            let is_refused = is_refused && typed.step == Some(step);
            forms.push(StepForm {
                step,
                prefix: if is_refused { String::new() } else { format!("{}-", step.as_str()) },
                is_refused,
                choices: of_step
                    .iter()
                    .filter_map(|possible| {
                        Some(Choice {
                            word: choice_word(possible.event)?,
                            hindrance: said(&possible.hindrance),
                        })
                    })
                    .collect(),
            });
        } else if let Some(why) = of_step.iter().find_map(|possible| said(&possible.hindrance)) {
            hindered.push((step, why));
        }
    }
    (forms, hindered)
}

fn choice_word(event: ClaimEvent) -> Option<&'static str> {
    match event {
        ClaimEvent::Vote { verdict } | ClaimEvent::Propose { verdict } => Some(verdict.as_str()),
        ClaimEvent::DecideAppeal { decision } => Some(decision.as_str()),
        _ => None,
    }
}

/// Whether this person may answer objections, as far as the claim has a place for it.
fn answering_of(frame: &Frame, found: &ClaimToDecide) -> Option<Result<(), String>> {
    let answers = |event: ClaimEvent| matches!(event, ClaimEvent::AnswerObjection { .. });
    let possible = found.steps.iter().find(|possible| answers(possible.event))?;
    Some(match &possible.hindrance {
        None => Ok(()),
        Some(rejection) => Err(rejection.sentence(frame.language)),
    })
}

/// Sends the page of a claim, with what was typed and refused.
pub(super) async fn answer(
    web: &Web,
    visit: &SignedIn,
    decider: &Decider,
    claim_id: Uuid,
    status: StatusCode,
    (refused, typed, done): (Option<Refused>, &Typed, Option<&'static str>),
) -> Result<HttpResponse, Refusal> {
    let (context, language) = (visit.context, visit.frame.language);
    let found = web
        .run(move |bank| read_claim_to_decide(bank, &context, claim_id, language))
        .await?;
    // At a desk only its own; the bank's people see all.
    if decider.desk().is_some() && found.claim.summary.institution_id != decider.institution_id() {
        return Err(Rejection::NotFound {}.into());
    }
    let (forms, hindered) = forms_of(&visit.frame, &found, typed, refused.is_some());
    let shown = Page {
        frame: &visit.frame,
        base: decider.base(),
        decider,
        forms,
        hindered,
        answering: answering_of(&visit.frame, &found),
        claim: &found.claim,
        found: &found,
        refused,
        typed,
        done,
    };
    page(status, &shown)
}

/// Shows a claim.
#[routes]
#[get("/desk/{institution_id}/claims/{claim_id}")]
#[get("/office/claims/{claim_id}")]
pub(super) async fn show(web: web::Data<Web>, request: HttpRequest, visit: SignedIn, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let decider = Decider::of(&web, &visit, &request).await?;
    let claim_id = id_in(&request, "claim_id")?;
    let done = Step::parse(&done.0.done)
        .map(Step::done)
        .or((done.0.done == "answered").then_some("deciding-done-answered"));
    answer(&web, &visit, &decider, claim_id, StatusCode::OK, (None, &Typed::default(), done)).await
}
