//! Accounts that may be one person's: the suspicions, and one of them with both accounts side by side.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Office;
use crate::domain::actor::BankRole;
use crate::domain::likeness::{Strength, SuspicionStatus};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::identity::MaskedLearner;
use crate::ops::merges::{MergeParty, NewMerge, propose_merge};
use crate::ops::suspicions::{SuspectedAccount, Suspicion, SuspicionDetails, dismiss_suspicion, list_suspicions, read_suspicion};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Posted, SignedIn};

/// Suspicions on a page.
const SUSPICIONS: usize = 25;

/// What is looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    /// A status, or `all`; those that are open where it is empty.
    #[serde(default)]
    status: String,
    #[serde(default)]
    strength: Chosen<Strength>,
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "office/duplicates.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    suspicions: &'a [Suspicion],
    wish: &'a Wish,
    pager: Pager,
}

impl Wish {
    fn status(&self) -> Option<SuspicionStatus> {
        match self.status.as_str() {
            "" => Some(SuspicionStatus::Open),
            word => SuspicionStatus::parse(word),
        }
    }

    fn query(&self) -> String {
        query(&[("status", &self.status), ("strength", &self.strength.text())])
    }
}

impl ListPage<'_> {
    fn statuses(&self) -> &'static [SuspicionStatus] {
        SuspicionStatus::ALL
    }

    fn strengths(&self) -> &'static [Strength] {
        Strength::ALL
    }

    fn is_chosen(&self, status: &SuspicionStatus) -> bool {
        self.wish.status() == Some(*status)
    }
}

/// Lists the suspicions.
#[get("/office/duplicates")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, language, wish) = (visit.context, visit.frame.language, wish.0);
    let (asked, before) = ((wish.status(), wish.strength.0), wish.before);
    let limit = i64::try_from(SUSPICIONS + 1).unwrap_or(i64::MAX);
    let mut suspicions = web
        .run(move |bank| list_suspicions(bank, &context, asked, before, limit, language))
        .await?;
    let pager = Pager::cut(
        language,
        (&format!("/office/duplicates?{}", wish.query()), "before"),
        &before,
        &mut suspicions,
        SUSPICIONS,
        |one| one.suspicion_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        office: &office,
        pager,
        suspicions: &suspicions,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the suspicions as a table for spreadsheets.
#[get("/office/duplicates.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let (asked, language) = ((wish.0.status(), wish.0.strength.0), frame.language);
    let suspicions = web
        .run(move |bank| list_suspicions(bank, &context, asked, None, ROWS_MAX, language))
        .await?;
    let columns = [
        "column-found",
        "duplicates-strength",
        "column-first-learner",
        "column-first-account",
        "column-second-learner",
        "column-second-account",
        "column-status",
        "column-grounds",
        "column-reason",
        "column-id",
    ];
    let rows = suspicions.iter().map(|suspicion| {
        let grounds: Vec<&str> = suspicion.grounds.iter().map(|ground| ground.sentence.as_str()).collect();
        [
            frame.plain_moment(&suspicion.found_at),
            frame.word("duplicates-strength", suspicion.strength.as_str()).into_owned(),
            suspicion.first.name_masked.clone(),
            suspicion.first.account_number.clone(),
            suspicion.second.name_masked.clone(),
            suspicion.second.account_number.clone(),
            frame.word("duplicates-status", suspicion.status.as_str()).into_owned(),
            grounds.join(" "),
            cell(suspicion.reason.as_ref()),
            suspicion.suspicion_id.to_string(),
        ]
    });
    Ok(table(&frame, "office-nav-duplicates", columns, rows))
}

/// What is typed into one of the two forms.
#[derive(Default, Deserialize)]
pub(super) struct Typed {
    /// The account number of the account that stays.
    #[serde(default)]
    surviving: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    citation: String,
}

/// Which form was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Dismiss,
    Merge,
}

#[derive(Template)]
#[template(path = "office/duplicate.html")]
struct OnePage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    details: &'a SuspicionDetails,
    may_decide: bool,
    form: Option<Form>,
    typed: &'a Typed,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl OnePage<'_> {
    /// Both accounts, the older one first.
    fn both(&self) -> Vec<(&MaskedLearner, &SuspectedAccount)> {
        let suspicion = &self.details.suspicion;
        [&suspicion.first, &suspicion.second]
            .into_iter()
            .zip(&self.details.accounts)
            .collect()
    }

    fn is_dismissing(&self) -> bool {
        self.form == Some(Form::Dismiss)
    }

    fn is_merging(&self) -> bool {
        self.form == Some(Form::Merge)
    }

    fn stays(&self, learner: &MaskedLearner) -> bool {
        match self.is_merging() {
            true => self.typed.surviving == learner.account_number,
            false => self.details.suspicion.first.account_number == learner.account_number,
        }
    }
}

async fn one(
    web: &Web,
    visit: &SignedIn,
    suspicion_id: Uuid,
    status: StatusCode,
    (form, typed, refused): (Option<Form>, &Typed, Option<Refused>),
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let office = Office::of(visit)?;
    let (context, language) = (visit.context, visit.frame.language);
    let details = web.run(move |bank| read_suspicion(bank, &context, suspicion_id, language)).await?;
    let shown = OnePage {
        frame: &visit.frame,
        may_decide: office.role == BankRole::Officer && details.suspicion.status == SuspicionStatus::Open,
        office: &office,
        details: &details,
        form,
        typed,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows a suspicion.
#[get("/office/duplicates/{suspicion_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = (done.0.done == "dismissed").then_some("duplicates-dismissed");
    one(&web, &visit, id.0, StatusCode::OK, (None, &Typed::default(), None), done).await
}

/// Dismisses it: they are two persons.
#[post("/office/duplicates/{suspicion_id}/dismiss")]
pub(super) async fn dismiss(web: web::Data<Web>, id: Id, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    Office::of(&visit)?;
    let (context, language, suspicion_id, reason) = (visit.context, visit.frame.language, id.0, form.reason.clone());
    let dismissed = web
        .run(move |bank| dismiss_suspicion(bank, &context, once.as_deref(), suspicion_id, &reason, language))
        .await;
    match dismissed {
        Ok(_) => Ok(see_other(&format!("/office/duplicates/{suspicion_id}?done=dismissed"))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, language)?;
            one(
                &web,
                &visit,
                suspicion_id,
                status,
                (Some(Form::Dismiss), &form, Some(refused)),
                None,
            )
            .await
        }
    }
}

/// Proposes to merge the two.
#[post("/office/duplicates/{suspicion_id}/merge")]
pub(super) async fn propose(web: web::Data<Web>, id: Id, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    Office::of(&visit)?;
    let (context, language, suspicion_id) = (visit.context, visit.frame.language, id.0);
    let (surviving, reason, citation) = (form.surviving.clone(), form.reason.clone(), form.citation.clone());
    let proposed = web
        .run(move |bank| {
            let suspicion = read_suspicion(bank, &context, suspicion_id, language)?.suspicion;
            let (first, second) = (&suspicion.first, &suspicion.second);
            let (surviving, absorbed) = match [first, second].map(|learner| learner.account_number == surviving) {
                [true, _] => (first, second),
                [_, true] => (second, first),
                _ => return Err(Rejection::field("/surviving", "must be given").into()),
            };
            let party = |learner: &MaskedLearner| MergeParty {
                learner_id: Some(learner.learner_id),
                account_number: None,
            };
            let new = NewMerge {
                surviving: party(surviving),
                absorbed: party(absorbed),
                reason,
                citation,
                evidence: Vec::new(),
            };
            propose_merge(bank, &context, once.as_deref(), &new)
        })
        .await;
    match proposed {
        Ok(proposed) => Ok(see_other(&format!("/office/merges/{}?done=proposed", proposed.merge.merge_id))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, language)?;
            one(&web, &visit, suspicion_id, status, (Some(Form::Merge), &form, Some(refused)), None).await
        }
    }
}
