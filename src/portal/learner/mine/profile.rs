//! What the bank knows of the person, and who looked at the record.

use std::borrow::Cow;
use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::identity_document::IdentityDocument;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::access::{Access, Whose, list_accesses};
use crate::ops::institutions::names_of;
use crate::ops::records::{Me, OwnIdentity, OwnRole, read_me};
use crate::portal::answer::page;
use crate::portal::download::{read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::SignedIn;

/// Looks on a page.
const LOOKS: usize = 25;

#[derive(Template)]
#[template(path = "learner/profile.html")]
struct Page<'a> {
    frame: &'a Frame,
    me: &'a Me,
    names: &'a HashMap<Uuid, String>,
    document_masked: String,
}

impl Page<'_> {
    fn document_kind(&self, identity: &OwnIdentity) -> &'static str {
        identity.document_kind.called(self.frame.language)
    }

    fn institution(&self, role: &OwnRole) -> &str {
        self.names.get(&role.institution_id).map_or("", String::as_str)
    }
}

/// Shows what the bank knows.
#[get("/profile")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (me, names) = web
        .run(move |bank| {
            let me = read_me(bank, &context)?;
            let ids: Vec<Uuid> = me.roles.iter().map(|role| role.institution_id).collect();
            let names = names_of(bank, &ids)?;
            Ok((me, names))
        })
        .await?;
    let document = me
        .learner
        .as_ref()
        .and_then(|identity| IdentityDocument::parse(identity.document_kind, &identity.document_number, web.bank.day(context.now)).ok());
    let shown = Page {
        frame: &frame,
        document_masked: document.map(|document| document.masked()).unwrap_or_default(),
        me: &me,
        names: &names,
    };
    page(StatusCode::OK, &shown)
}

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "learner/looks.html")]
struct LooksPage<'a> {
    frame: &'a Frame,
    looks: &'a [Access],
    names: &'a HashMap<Uuid, String>,
    pager: Pager,
}

impl LooksPage<'_> {
    fn who<'a>(&self, look: &'a Access) -> Cow<'a, str> {
        who(self.frame, look)
    }

    fn what(&self, look: &Access) -> Cow<'static, str> {
        self.frame.t(what(&look.operation))
    }

    fn institution(&self, look: &Access) -> &str {
        institution(self.names, look)
    }
}

/// Who looked: people and systems by their names, those without a log-in by what they had.
fn who<'a>(frame: &Frame, look: &'a Access) -> Cow<'a, str> {
    match look.operation.as_str() {
        "open_share" | "download_shared_file" => frame.t("looks-by-link"),
        "check_number" if look.actor_name == "anonymous" => frame.t("looks-by-number"),
        // What the clocks of the bank do.
        "notice_ends" | "lapse" | "close" | "void" => frame.t("consents-by-bank"),
        _ => Cow::Borrowed(look.actor_name.as_str()),
    }
}

/// What was looked at, by the operation; what has no word of its own is the record.
fn what(operation: &str) -> &'static str {
    match operation {
        "find_learner" => "looks-what-account",
        "read_account" | "list_movements" => "looks-what-passbook",
        "list_record_outcomes" | "list_outcomes" | "read_outcome" => "looks-what-outcomes",
        "read_decision" => "looks-what-decision",
        "list_claims" | "read_claim" | "read_letter" | "take" | "ask_information" | "vote" | "propose" | "approve" | "send_back"
        | "recuse" | "answer_objection" | "decide_appeal" | "object" | "notice_ends" | "lapse" | "close" | "void" => "looks-what-claim",
        "read_evidence" | "download_evidence" => "looks-what-file",
        "list_correction_items"
        | "list_cases"
        | "read_case"
        | "decide_case"
        | "list_correction_requests"
        | "read_correction_request"
        | "answer_correction_request"
        | "decide_complaint" => "looks-what-correction",
        "list_confirmations" | "read_confirmation" | "answer_confirmation" => "looks-what-entry",
        "open_share" => "looks-what-share",
        "download_shared_file" => "looks-what-shared-file",
        "check_number" => "looks-what-number",
        "list_mismatches" | "settle_mismatch" => "looks-what-identity",
        "list_suspicions" | "read_suspicion" | "dismiss_suspicion" | "list_merges" | "read_merge" | "propose_merge" => {
            "looks-what-duplicates"
        }
        "list_accesses" => "looks-what-looks",
        _ => "looks-what-record",
    }
}

fn institution<'a>(names: &'a HashMap<Uuid, String>, look: &Access) -> &'a str {
    look.institution_id
        .and_then(|institution_id| names.get(&institution_id))
        .map_or("", String::as_str)
}

/// The institutions for which somebody looked.
fn institutions(looks: &[Access]) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = looks.iter().filter_map(|look| look.institution_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Lists who looked at one's own record.
#[get("/profile/looks")]
pub(super) async fn list_looks(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let before = wish.0.before;
    let limit = i64::try_from(LOOKS + 1).unwrap_or(i64::MAX);
    let (mut looks, names) = web
        .run(move |bank| {
            let looks = list_accesses(bank, &context, Whose::Own, before, limit)?;
            let names = names_of(bank, &institutions(&looks))?;
            Ok((looks, names))
        })
        .await?;
    let pager = Pager::cut(frame.language, ("/profile/looks", "before"), &before, &mut looks, LOOKS, |one| {
        one.access_id
    });
    let shown = LooksPage {
        frame: &frame,
        pager,
        looks: &looks,
        names: &names,
    };
    page(StatusCode::OK, &shown)
}

/// Sends who looked as a table for spreadsheets.
#[get("/profile/looks.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (looks, names) = web
        .run(move |bank| {
            let looks = read_all(
                |before, limit| list_accesses(bank, &context, Whose::Own, before, limit),
                |look| look.access_id,
            )?;
            let names = names_of(bank, &institutions(&looks))?;
            Ok((looks, names))
        })
        .await?;
    let columns = ["looks-when", "looks-who", "looks-institution", "looks-what", "looks-request"];
    let rows = looks.iter().map(|look| {
        [
            frame.plain_moment(&look.at),
            who(&frame, look).into_owned(),
            institution(&names, look).to_owned(),
            frame.t(what(&look.operation)).into_owned(),
            look.request_id.to_string(),
        ]
    });
    Ok(table(&frame, "looks-title", columns, rows))
}
