//! A pack as everybody reads it, what was done with it, and what its owner may do next: file it, withdraw it, draft the next version.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, routes, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::list::first_day;
use super::room::{Open, PackId, Shelf, may};
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::life::{FilingDecision, PackStatus, PackStep};
use crate::domain::pack::readable::Readable;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::packs::form::{NewRulePack, Pack, PackSummary};
use crate::ops::packs::reading::{list_rule_packs, read_rule_pack_text};
use crate::ops::packs::templates::begun;
use crate::ops::packs::{create_rule_pack, filing};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// The most versions of a pack that are shown beside it.
const VERSIONS: i64 = 100;

#[derive(Template)]
#[template(path = "packs/read.html")]
struct Page<'a> {
    frame: &'a Frame,
    open: &'a Open,
    part: &'a str,
    text: Readable,
    versions: Vec<PackSummary>,
    first_day: NaiveDate,
    today: NaiveDate,
    /// How many days it is with the authority.
    days_filed: i64,
    refused: Option<Refused>,
    done: Option<&'static str>,
    form: &'a Answer,
}

impl Page<'_> {
    fn may_file(&self) -> bool {
        self.open.may_edit(self.frame)
    }

    fn may_withdraw(&self) -> bool {
        self.open.may_write(self.frame) && self.open.pack.status.after(PackStep::Withdraw).is_some()
    }

    fn may_decide(&self) -> bool {
        self.open.may_decide(self.frame)
    }

    /// The next version is drafted when none is on its way.
    fn may_go_on(&self) -> bool {
        self.open.may_write(self.frame) && !self.versions.iter().any(|version| version.status.is_open())
    }

    fn to_mend(&self) -> i64 {
        let problems = self.open.pack.validation.as_ref().map_or(0, |validation| validation.problems.len());
        i64::try_from(problems).unwrap_or(i64::MAX)
    }

    fn cases(&self) -> i64 {
        i64::try_from(self.open.pack.cases.len()).unwrap_or(i64::MAX)
    }

    fn is_filed(&self) -> bool {
        self.open.pack.status == PackStatus::Filed
    }

    fn is_on_notice(&self) -> bool {
        self.open.pack.status == PackStatus::OnNotice
    }

    fn days_until(&self, day: &NaiveDate) -> i64 {
        (*day - self.today).num_days().max(0)
    }

    /// Whether it could still be accepted as it is.
    fn is_too_soon(&self) -> bool {
        self.open.pack.status.is_open() && self.open.pack.effective_from < self.first_day
    }

    fn decisions(&self) -> &'static [FilingDecision] {
        FilingDecision::ALL
    }

    fn is_decision(&self, decision: &FilingDecision) -> bool {
        self.form.decision == decision.as_str()
    }

    fn is_this(&self, version: &PackSummary) -> bool {
        version.pack_id == self.open.pack.pack_id
    }
}

/// What was done, in words.
fn done_of(word: &str) -> Option<&'static str> {
    match word {
        "filed" => Some("packs-done-filed"),
        "withdrawn" => Some("packs-done-withdrawn"),
        "accepted" => Some("packs-done-accepted"),
        "returned" => Some("packs-done-returned"),
        _ => None,
    }
}

async fn shown(
    web: &Web,
    visit: &SignedIn,
    open: &Open,
    (status, refused): (StatusCode, Option<Refused>),
    done: Option<&'static str>,
    form: &Answer,
) -> Result<HttpResponse, Refusal> {
    let (context, language) = (visit.context, visit.frame.language);
    let pack_id = open.pack.pack_id;
    let filter = PackFilter {
        institution_id: open.pack.institution_id,
        of_bank: open.pack.institution_id.is_none(),
        code: Some(open.pack.code.clone()),
        ..PackFilter::default()
    };
    let (text, versions) = web
        .run(move |bank| {
            let text = read_rule_pack_text(bank, &context, pack_id, language)?;
            Ok((text, list_rule_packs(bank, &context, &filter, None, VERSIONS)?))
        })
        .await?;
    let today = web.bank.day(visit.context.now);
    let shown = Page {
        frame: &visit.frame,
        open,
        part: "",
        text,
        versions,
        first_day: first_day(web, visit),
        days_filed: open.pack.filed_at.map_or(0, |at| (today - web.bank.day(at)).num_days().max(0)),
        today,
        refused,
        done,
        form,
    };
    page(status, &shown)
}

/// Shows a pack.
#[routes]
#[get("/desk/{institution_id}/packs/{pack_id}")]
#[get("/office/packs/{pack_id}")]
#[get("/office/filings/{pack_id}")]
pub(super) async fn show(
    web: web::Data<Web>,
    visit: SignedIn,
    shelf: Shelf,
    id: PackId,
    done: Query<Done>,
) -> Result<HttpResponse, Refusal> {
    let open = Open::of(&web, &visit, shelf, id.0).await?;
    let done = done_of(&done.0.done);
    shown(&web, &visit, &open, (StatusCode::OK, None), done, &Answer::default()).await
}

/// Shows the pack again with why something was refused.
async fn again(web: &Web, visit: &SignedIn, open: &Open, refusal: Refusal, form: &Answer) -> Result<HttpResponse, Refusal> {
    let (status, mut refused) = refused(refusal, visit.frame.language)?;
    // What is wrong with a pack stands in its editor and beside its cases.
    refused.fields.retain(|(field, _)| field == "reason");
    shown(web, visit, open, (status, Some(refused)), None, form).await
}

async fn to_change(web: &Web, visit: &SignedIn, shelf: Shelf, pack_id: Uuid) -> Result<Open, Refusal> {
    let open = Open::of(web, visit, shelf, pack_id).await?;
    if open.may_write(&visit.frame) {
        Ok(open)
    } else {
        Err(Rejection::Forbidden {}.into())
    }
}

/// Files a version with the authority.
#[routes]
#[post("/desk/{institution_id}/packs/{pack_id}/file")]
#[post("/office/packs/{pack_id}/file")]
pub(super) async fn file(web: web::Data<Web>, shelf: Shelf, id: PackId, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let visit = visit.signed_in()?;
    let open = to_change(&web, &visit, shelf, id.0).await?;
    let (context, pack_id) = (visit.context, id.0);
    let answer = web
        .calculate(Width::One, move |bank| {
            filing::file_rule_pack(bank, &context, once.as_deref(), pack_id)
        })
        .await;
    match answer {
        Ok(_) => Ok(see_other(&format!("{}?done=filed", open.path))),
        Err(refusal) => again(&web, &visit, &open, refusal, &Answer::default()).await,
    }
}

/// Whether somebody is sure.
#[derive(Default, Deserialize)]
pub(super) struct Sure {
    #[serde(default)]
    sure: String,
}

/// Withdraws a version.
#[routes]
#[post("/desk/{institution_id}/packs/{pack_id}/withdraw")]
#[post("/office/packs/{pack_id}/withdraw")]
pub(super) async fn withdraw(web: web::Data<Web>, shelf: Shelf, id: PackId, posted: Posted<Sure>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let open = to_change(&web, &visit, shelf, id.0).await?;
    if form.sure != "yes" {
        let refused = Refused {
            sentence: visit.frame.t("refused-fields").into_owned(),
            fields: vec![("sure".to_owned(), visit.frame.t("packs-withdraw-unsure").into_owned())],
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return shown(&web, &visit, &open, (status, Some(refused)), None, &Answer::default()).await;
    }
    let (context, pack_id) = (visit.context, id.0);
    let answer = web
        .run(move |bank| filing::withdraw_rule_pack(bank, &context, once.as_deref(), pack_id))
        .await;
    match answer {
        Ok(_) => Ok(see_other(&format!("{}?done=withdrawn", open.path))),
        Err(refusal) => again(&web, &visit, &open, refusal, &Answer::default()).await,
    }
}

/// The next version of a pack, to be in force from a day on.
fn following(pack: &Pack, effective_from: NaiveDate) -> Result<NewRulePack, Refusal> {
    let (document, cases) = begun(&pack.document, &pack.cases, pack.document.owner.as_deref(), effective_from)?;
    Ok(NewRulePack {
        institution_id: pack.institution_id,
        document,
        cases,
    })
}

/// Drafts the next version, and leads to its editor.
#[routes]
#[post("/desk/{institution_id}/packs/{pack_id}/next")]
#[post("/office/packs/{pack_id}/next")]
pub(super) async fn go_on(web: web::Data<Web>, shelf: Shelf, id: PackId, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let visit = visit.signed_in()?;
    let open = to_change(&web, &visit, shelf, id.0).await?;
    let after = open.pack.effective_from.succ_opt().unwrap_or(open.pack.effective_from);
    let new = following(&open.pack, first_day(&web, &visit).max(after))?;
    let context = visit.context;
    let answer = web
        .calculate(Width::One, move |bank| create_rule_pack(bank, &context, once.as_deref(), &new))
        .await;
    match answer {
        Ok(pack) => Ok(see_other(&format!("{}/{}/edit?done=begun", open.room.path, pack.pack_id))),
        Err(refusal) => again(&web, &visit, &open, refusal, &Answer::default()).await,
    }
}

/// What the authority answers.
#[derive(Default, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    edition: i64,
}

/// Decides what was filed.
#[post("/office/filings/{pack_id}/decide")]
pub(super) async fn decide(web: web::Data<Web>, shelf: Shelf, id: PackId, posted: Posted<Answer>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let open = Open::of(&web, &visit, shelf, id.0).await?;
    if !may(&visit.frame, Action::DecideRulePack, open.pack.institution_id) {
        return Err(Rejection::Forbidden {}.into());
    }
    let Some(decision) = FilingDecision::parse(&form.decision) else {
        let refusal = Rejection::field("/decision", "is required").into();
        let (status, refused) = refused(refusal, visit.frame.language)?;
        return shown(&web, &visit, &open, (status, Some(refused)), None, &form).await;
    };
    let (context, pack_id, edition, reason) = (visit.context, id.0, form.edition, form.reason.clone());
    let answer = web
        .run(move |bank| filing::decide_filing(bank, &context, once.as_deref(), pack_id, edition, decision, &reason))
        .await;
    let word = match decision {
        FilingDecision::Accept => "accepted",
        FilingDecision::Return => "returned",
    };
    match answer {
        Ok(_) => Ok(see_other(&format!("{}?done={word}", open.path))),
        Err(refusal) => again(&web, &visit, &open, refusal, &form).await,
    }
}
