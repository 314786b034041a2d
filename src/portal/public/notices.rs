//! What is about to be granted, for everybody; objecting to it, and appealing against a grant to which one objected in vain.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::allocation::{Award, Destination};
use crate::domain::bilingual::Bilingual;
use crate::domain::claim::{ClaimEvent, ClaimKind};
use crate::domain::rejection::Rejection;
use crate::domain::working_days::Certainty;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::act::Act;
use crate::ops::claims::notice::{Notice, Objected, appeal_as_objector, list_notices, object_to_claim, read_notice, read_objected};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::read::list_own_evidence;
use crate::ops::evidence::{EvidenceFile, FILES_MAX};
use crate::ops::institutions::names_of;
use crate::portal::answer::{Refused, page, said, see_other};
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Nothing, Posted, SignedIn, Visit};

/// Notices on a page.
const NOTICES: usize = 20;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    institution_id: Option<Uuid>,
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "public/notices.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    notices: &'a [Notice],
    /// The institution whose notices they are, where only those are asked for.
    only: Option<(Uuid, String)>,
    /// What is asked for, as an address says it.
    asked: String,
    pager: Pager,
    is_first: bool,
}

#[derive(Template)]
#[template(path = "public/notice.html")]
struct Page<'a> {
    frame: &'a Frame,
    claim_id: Uuid,
    /// Absent where it is no longer on notice.
    notice: Option<&'a Notice>,
    /// Absent where the reader raised nothing.
    objected: Option<&'a Objected>,
    files: &'a [EvidenceFile],
    /// What was typed and chosen, where it was refused.
    reason: &'a str,
    chosen: &'a [Uuid],
    refused: Option<Refused>,
    done: Option<&'static str>,
}

/// What is claimed, and for whom.
pub(super) fn heading(frame: &Frame, kind: ClaimKind, name_masked: &str) -> Cow<'static, str> {
    let name = name_masked.to_owned();
    match kind {
        ClaimKind::Recognition => frame.t1("notices-recognition-of", "name", name),
        ClaimKind::Conversion => frame.t1("notices-conversion-of", "name", name),
    }
}

/// Who grants.
pub(super) fn institution<'a>(frame: &Frame, named: Option<&'a str>) -> Cow<'a, str> {
    named.map_or_else(|| frame.t("notices-the-bank"), Cow::Borrowed)
}

/// How much would be granted.
fn recognised(frame: &Frame, notice: &Notice) -> Option<Cow<'static, str>> {
    let amount = notice.recognised?.to_string();
    Some(match notice.kind {
        ClaimKind::Recognition => frame.t1("notices-bank-credit", "credit", amount),
        ClaimKind::Conversion => frame.t1("notices-course-credit", "credit", amount),
    })
}

impl ListPage<'_> {
    fn heading(&self, notice: &Notice) -> Cow<'static, str> {
        heading(self.frame, notice.kind, &notice.name_masked)
    }

    fn institution<'a>(&self, notice: &'a Notice) -> Cow<'a, str> {
        institution(self.frame, notice.institution_name.as_deref())
    }

    fn recognised(&self, notice: &Notice) -> Option<Cow<'static, str>> {
        recognised(self.frame, notice)
    }

    fn named<'b>(&self, programme: &'b Bilingual) -> Name<'b> {
        self.frame.name_of(programme)
    }

    /// Whether a link leads to the notices of this institution alone.
    fn narrows(&self, notice: &Notice) -> Option<Uuid> {
        notice.institution_id.filter(|_| self.only.is_none())
    }
}

impl Page<'_> {
    fn heading(&self) -> Cow<'static, str> {
        match (self.notice, self.objected) {
            (Some(notice), _) => heading(self.frame, notice.kind, &notice.name_masked),
            (None, Some(objected)) => heading(self.frame, objected.kind, &objected.name_masked),
            (None, None) => self.frame.t("nav-notices"),
        }
    }

    fn institution(&self) -> Cow<'_, str> {
        let of_notice = self.notice.and_then(|notice| notice.institution_name.as_deref());
        let of_objected = self.objected.and_then(|objected| objected.institution_name.as_deref());
        institution(self.frame, of_notice.or(of_objected))
    }

    fn recognised(&self, notice: &Notice) -> Option<Cow<'static, str>> {
        recognised(self.frame, notice)
    }

    fn named<'b>(&self, programme: &'b Bilingual) -> Name<'b> {
        self.frame.name_of(programme)
    }

    fn is_provisional(&self, notice: &Notice) -> bool {
        notice.certainty == Certainty::Provisional
    }

    /// What a part would be used for.
    fn destination<'b>(&self, award: &'b Award) -> Cow<'b, str> {
        match &award.destination {
            Destination::Course { name, .. } => Cow::Borrowed(name.text(self.frame.language)),
            Destination::FreeCredit { bucket } => self.frame.t1("notices-free-credit", "bucket", bucket.as_str()),
        }
    }

    fn is_chosen(&self, file: &EvidenceFile) -> bool {
        self.chosen.contains(&file.file_id)
    }

    /// The reader is signed in.
    fn is_somebody(&self) -> bool {
        self.frame.visitor.is_some()
    }
}

/// Lists what is on notice.
#[get("/notices")]
pub(super) async fn list(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Wish { institution_id, before } = wish.0;
    let limit = i64::try_from(NOTICES + 1).unwrap_or(i64::MAX);
    let (mut notices, only) = web
        .run(move |bank| {
            let only = match institution_id {
                None => None,
                Some(id) => Some((id, names_of(bank, &[id])?.remove(&id).ok_or(Rejection::NotFound {})?)),
            };
            Ok((list_notices(bank, institution_id, before, limit)?, only))
        })
        .await?;
    let language = visit.frame.language;
    let asked = query(&[("institution_id", &Chosen(institution_id).text())]);
    let here = format!("/notices?{asked}");
    let pager = Pager::cut(language, (&here, "before"), &before, &mut notices, NOTICES, |notice| {
        notice.claim_id
    });
    let shown = ListPage {
        frame: &visit.frame,
        asked,
        pager,
        is_first: before.is_first(),
        notices: &notices,
        only,
    };
    page(StatusCode::OK, &shown)
}

/// Sends what is on notice as a table for spreadsheets.
#[get("/notices.csv")]
pub(super) async fn download(web: web::Data<Web>, request: HttpRequest, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    // It is made of many decisions, and anybody may ask for it.
    web.question(&request)?;
    let (frame, institution_id) = (visit.frame, wish.0.institution_id);
    let notices = web
        .run(move |bank| {
            read_all(
                |before, limit| list_notices(bank, institution_id, before, limit),
                |notice| notice.claim_id,
            )
        })
        .await?;
    let columns = [
        "column-about",
        "column-institution",
        "notices-programme",
        "notices-recognised",
        "notices-since-day",
        "notices-last-day",
        "notices-objections",
        "column-id",
    ];
    let rows = notices.iter().map(|notice| {
        [
            heading(&frame, notice.kind, &notice.name_masked).into_owned(),
            institution(&frame, notice.institution_name.as_deref()).into_owned(),
            cell(notice.programme_name.as_ref().map(|name| name.text(frame.language))),
            cell(recognised(&frame, notice)),
            notice.since.to_string(),
            notice.last_day.to_string(),
            notice.open_objections.to_string(),
            notice.claim_id.to_string(),
        ]
    });
    Ok(table(&frame, "nav-notices", columns, rows))
}

/// What the reader may know of a claim.
struct Known {
    notice: Option<Notice>,
    objected: Option<Objected>,
    files: Vec<EvidenceFile>,
}

/// What there is, and nothing where there is nothing to know.
fn if_known<T>(found: Result<T, OpError>) -> Result<Option<T>, OpError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(OpError::Rejected(Rejection::NotFound {})) => Ok(None),
        Err(error) => Err(error),
    }
}

fn known(bank: &Bank, context: &Context, claim_id: Uuid, is_somebody: bool) -> Result<Known, OpError> {
    let notice = if_known(read_notice(bank, claim_id))?;
    let objected = match is_somebody {
        true => if_known(read_objected(bank, context, claim_id))?,
        false => None,
    };
    if notice.is_none() && objected.is_none() {
        return Err(Rejection::NotFound {}.into());
    }
    // Only somebody with a learning account has files.
    let files = match is_somebody && notice.is_some() {
        true => if_known(list_own_evidence(bank, context, None, FILES_MAX))?.unwrap_or_default(),
        false => Vec::new(),
    };
    Ok(Known { notice, objected, files })
}

/// What was typed and chosen.
#[derive(Default)]
struct Typed {
    reason: String,
    evidence: Vec<Uuid>,
}

/// The page, with what was refused above it.
async fn answer(
    web: &Web,
    visit: (Context, &Frame),
    claim_id: Uuid,
    refusal: Option<Refusal>,
    typed: &Typed,
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (context, frame) = visit;
    let (status, refused) = said(refusal, frame.language)?;
    let is_somebody = frame.visitor.is_some();
    let known = web.run(move |bank| known(bank, &context, claim_id, is_somebody)).await?;
    let shown = Page {
        frame,
        claim_id,
        notice: known.notice.as_ref(),
        objected: known.objected.as_ref(),
        files: &known.files,
        reason: &typed.reason,
        chosen: &typed.evidence,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows one, with what the reader objected.
#[get("/notices/{claim_id}")]
pub(super) async fn show(web: web::Data<Web>, visit: Visit, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.0.done.as_str() {
        "objected" => Some("notices-objected"),
        "appealed" => Some("notices-appealed"),
        "taken-back" => Some("notices-appeal-taken-back"),
        _ => None,
    };
    answer(&web, (visit.context, &visit.frame), id.0, None, &Typed::default(), done).await
}

/// What was typed, of a form in which one name stands as often as files are chosen.
fn typed_in(pairs: Vec<(String, String)>) -> Typed {
    let mut typed = Typed::default();
    for (name, value) in pairs {
        match name.as_str() {
            "reason" => typed.reason = value,
            "evidence" => typed.evidence.extend(Uuid::try_parse(&value)),
            _ => {}
        }
    }
    typed
}

/// Objects to what is on notice.
#[post("/notices/{claim_id}/objections")]
pub(super) async fn object(web: web::Data<Web>, id: Id, posted: Posted<Vec<(String, String)>>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let SignedIn { context, frame } = visit.signed_in()?;
    let (claim_id, typed) = (id.0, typed_in(form));
    let act = Act {
        reason: Some(typed.reason.clone()),
        evidence: typed.evidence.clone(),
        ..Act::default()
    };
    let raised = web
        .run(move |bank| object_to_claim(bank, &context, once.as_deref(), claim_id, &act))
        .await;
    match raised {
        Ok(_) => Ok(see_other(&format!("/notices/{claim_id}?done=objected"))),
        Err(refusal) => answer(&web, (context, &frame), claim_id, Some(refusal), &typed, None).await,
    }
}

#[derive(Deserialize)]
pub(super) struct Appealed {
    #[serde(default)]
    reason: String,
}

/// Appeals against a grant to which one objected in vain.
#[post("/notices/{claim_id}/appeal")]
pub(super) async fn appeal(web: web::Data<Web>, id: Id, posted: Posted<Appealed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let SignedIn { context, frame } = visit.signed_in()?;
    let claim_id = id.0;
    let act = Act {
        reason: Some(form.reason.clone()),
        ..Act::default()
    };
    let done = web
        .run(move |bank| appeal_as_objector(bank, &context, once.as_deref(), claim_id, ClaimEvent::Appeal, &act))
        .await;
    match done {
        Ok(_) => Ok(see_other(&format!("/notices/{claim_id}?done=appealed"))),
        Err(refusal) => {
            let typed = Typed {
                reason: form.reason,
                evidence: Vec::new(),
            };
            answer(&web, (context, &frame), claim_id, Some(refusal), &typed, None).await
        }
    }
}

/// Takes one's appeal back.
#[post("/notices/{claim_id}/appeal/withdraw")]
pub(super) async fn take_back(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let SignedIn { context, frame } = visit.signed_in()?;
    let claim_id = id.0;
    let event = ClaimEvent::WithdrawAppeal;
    let done = web
        .run(move |bank| appeal_as_objector(bank, &context, once.as_deref(), claim_id, event, &Act::default()))
        .await;
    match done {
        Ok(_) => Ok(see_other(&format!("/notices/{claim_id}?done=taken-back"))),
        Err(refusal) => answer(&web, (context, &frame), claim_id, Some(refusal), &Typed::default(), None).await,
    }
}
