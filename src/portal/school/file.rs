//! One file of outcomes: how far it is, what the dry run says, what became of each row, and what is to be done with it.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::actor::MemberRole;
use crate::domain::import::{ImportEvent, ImportResult, ImportStatus, ImportTotals};
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::import_rows::{DownloadedRows, sent_import};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::imports::act::{Commitment, cancel_import, check_import, commit_import, release_import};
use crate::ops::imports::profile::read_import_profile;
use crate::ops::imports::rows::{ImportedRow, RowFilter, list_import_rows};
use crate::ops::imports::{About, Answer, Field, Import, read_import};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::query;
use crate::portal::frame::{Frame, chosen_language};
use crate::portal::visit::{Posted, SignedIn};

/// Rows on a page.
const ROWS: usize = 25;

/// A row number that no file reaches.
const ROW_MAX: u64 = 1 << 40;

/// Which rows are looked at, and what was done just before.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    result: String,
    /// The row and the part with which the page begins.
    #[serde(default)]
    from: String,
    #[serde(default)]
    done: String,
    /// What was ticked in the form, where it was refused; no address says so.
    #[serde(skip)]
    even_if_changed: bool,
}

#[derive(Template)]
#[template(path = "school/file.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    import: &'a Import,
    rows: &'a [ImportedRow],
    next: Option<String>,
    wish: &'a Wish,
    needs_release: bool,
    done: Option<&'static str>,
    refused: Option<Refused>,
}

/// A line of the figures: what the dry run said, and what was deposited.
struct Figure {
    label: Cow<'static, str>,
    check: Option<String>,
    deposit: Option<String>,
}

impl Page<'_> {
    fn status(&self) -> ImportStatus {
        self.import.summary.status
    }

    fn is_running(&self) -> bool {
        self.status().is_for_the_bank() || self.status() == ImportStatus::Receiving
    }

    fn has(&self, role: MemberRole) -> bool {
        self.desk.roles.contains(&role)
    }

    fn can(&self, event: ImportEvent) -> bool {
        self.has(MemberRole::Registrar) && self.status().after(event).is_some()
    }

    fn may_commit(&self) -> bool {
        self.can(ImportEvent::Commit)
    }

    fn may_release(&self) -> bool {
        let roles = [MemberRole::Registrar, MemberRole::Approver, MemberRole::InstitutionAdmin];
        self.status() == ImportStatus::AwaitingRelease && roles.into_iter().any(|role| self.has(role))
    }

    fn may_cancel(&self) -> bool {
        self.can(ImportEvent::Cancel)
    }

    fn may_check(&self) -> bool {
        self.can(ImportEvent::Check) && self.import.file_kept && self.import.summary.sha256.is_some()
    }

    fn may_download(&self) -> bool {
        self.import.file_kept && self.import.summary.check.is_some() && !self.is_running()
    }

    fn has_refused(&self) -> bool {
        let totals = self.import.summary.deposit.as_ref().or(self.import.summary.check.as_ref());
        totals.is_some_and(|totals| totals.refused > 0)
    }

    /// How far it is, of how much: in rows where they are counted, else in bytes.
    fn measure(&self) -> (i64, i64) {
        let progress = &self.import.summary.progress;
        match progress.rows_in_all {
            Some(all) => (progress.rows_done, all.max(1)),
            None => (progress.bytes_read, progress.bytes.max(1)),
        }
    }

    fn percent(&self) -> i64 {
        let (done, all) = self.measure();
        (done.saturating_mul(100) / all).clamp(0, 100)
    }

    fn figures(&self) -> Vec<Figure> {
        let (check, deposit) = (self.import.summary.check.as_ref(), self.import.summary.deposit.as_ref());
        let of: [(&str, FigureOf); 7] = [
            ("file-figure-outcomes", |totals| totals.outcomes.to_string()),
            ("file-result-accepted", |totals| totals.accepted.to_string()),
            ("file-result-flagged", |totals| totals.flagged.to_string()),
            ("file-result-already-there", |totals| totals.already_there.to_string()),
            ("file-result-refused", |totals| totals.refused.to_string()),
            ("file-figure-accounts", |totals| totals.accounts_opened.to_string()),
            ("file-figure-credit", |totals| totals.credit.to_string()),
        ];
        let figures = of.into_iter().map(|(id, figure)| Figure {
            label: self.frame.t(id),
            check: check.map(figure),
            deposit: deposit.map(figure),
        });
        figures.collect()
    }

    fn results(&self) -> &'static [ImportResult] {
        ImportResult::ALL
    }

    fn is_asked(&self, result: &ImportResult) -> bool {
        self.wish.result == result.as_str()
    }

    fn field_name(&self, field: &Field) -> &'static str {
        field.label(self.frame.language)
    }

    fn notes(&self, about: &About) -> Vec<&'static str> {
        about.notes.iter().map(|note| note.sentence(self.frame.language)).collect()
    }

    /// What was, or is, the answer to a row.
    fn answered(&self, answer: Option<&Answer>) -> String {
        let Some(answer) = answer else {
            return self.frame.t("file-change-nothing").into_owned();
        };
        let result = self.frame.word("file-result", answer.result.as_str()).into_owned();
        match answer.credit {
            Some(credit) => self
                .frame
                .t2("file-change-credit", ("result", result), ("credit", credit.to_string()))
                .into_owned(),
            None => result,
        }
    }

    fn progress(&self) -> Cow<'static, str> {
        let rows = self.import.summary.progress.rows_done;
        self.frame.t2("file-progress-rows", ("rows", rows), ("percent", self.percent()))
    }

    fn row_called(&self, row: &ImportedRow) -> Cow<'static, str> {
        match row.part {
            0 => self.frame.t1("file-row", "row", row.row),
            part => self.frame.t2("file-row-part", ("row", row.row), ("part", part.saturating_add(1))),
        }
    }

    /// A link that puts a code into the profile.
    fn code_link(&self, own: &str, means: &str) -> String {
        let chosen = query(&[("own", own), ("means", means)]);
        format!("/desk/{}/files/profile?{chosen}", self.desk.institution_id)
    }

    fn code_meaning(&self, code: &str, name: &str) -> Cow<'static, str> {
        self.frame
            .t2("file-codes-means", ("code", code.to_owned()), ("name", name.to_owned()))
    }

    /// A link that puts a column into the profile.
    fn column_link(&self, column: &str, field: &Field) -> String {
        let chosen = query(&[("column", column), ("field", field.as_str())]);
        format!("/desk/{}/files/profile?{chosen}", self.desk.institution_id)
    }

    fn column_meaning(&self, column: &str, field: &Field) -> Cow<'static, str> {
        let field = self.field_name(field);
        self.frame
            .t2("file-columns-suggestion", ("name", column.to_owned()), ("field", field))
    }
}

/// The row and the part in an address.
fn place_in(text: &str) -> Option<(u64, u16)> {
    let (row, part) = text.split_once('.')?;
    Some((row.parse().ok().filter(|row| *row < ROW_MAX)?, part.parse().ok()?))
}

fn done_of(word: &str) -> Option<&'static str> {
    match word {
        "received" => Some("file-done-received"),
        "known" => Some("file-done-known"),
        "checking" => Some("file-done-checking"),
        "committed" => Some("file-done-committed"),
        "released" => Some("file-done-released"),
        "cancelled" => Some("file-done-cancelled"),
        _ => None,
    }
}

async fn shown(
    web: &Web,
    visit: &SignedIn,
    (institution_id, import_id): (Uuid, Uuid),
    wish: &Wish,
    answer: (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let (context, language) = (visit.context, visit.frame.language);
    let (from_row, from_part) = place_in(&wish.from).unwrap_or_default();
    let filter = RowFilter {
        result: ImportResult::parse(&wish.result),
        from_row,
        from_part,
    };
    let (import, needs_release, mut rows) = web
        .run(move |bank| {
            let import = read_import(bank, &context, import_id, language)?;
            if import.summary.institution_id != institution_id {
                return Err(Rejection::NotFound {}.into());
            }
            let needs_release = read_import_profile(bank, &context, institution_id)?.needs_release;
            let rows = list_import_rows(bank, &context, import_id, None, filter, ROWS + 1, language)?;
            Ok((import, needs_release, rows))
        })
        .await?;
    let next = rows.get(ROWS).map(|row| format!("{}.{}", row.row, row.part));
    rows.truncate(ROWS);
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        import: &import,
        rows: &rows,
        next,
        wish,
        needs_release,
        done: done_of(&wish.done),
        refused: answer.1,
    };
    page(answer.0, &shown)
}

/// Shows a file.
#[get("/desk/{institution_id}/files/{import_id}")]
pub(super) async fn read(
    web: web::Data<Web>,
    visit: SignedIn,
    institution: Id,
    import: Id<1>,
    wish: Query<Wish>,
) -> Result<HttpResponse, Refusal> {
    shown(&web, &visit, (institution.0, import.0), &wish.0, (StatusCode::OK, None)).await
}

/// One of the figures of a run.
type FigureOf = fn(&ImportTotals) -> String;

/// What is ticked in the form of a step; most have nothing to tick.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    even_if_changed: Option<String>,
}

async fn step(
    web: &Web,
    (institution_id, import_id): (Uuid, Uuid),
    posted: Posted<Wanted>,
    done: &str,
    step: impl FnOnce(&Bank, &Context, Option<&str>, Uuid, Language) -> Result<Import, OpError> + Send + 'static,
) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let (context, language) = (visit.context, visit.frame.language);
    let answer = web
        .run(move |bank| {
            if read_import(bank, &context, import_id, language)?.summary.institution_id != institution_id {
                return Err(Rejection::NotFound {}.into());
            }
            step(bank, &context, once.as_deref(), import_id, language)
        })
        .await;
    match answer {
        Ok(_) => Ok(see_other(&format!("/desk/{institution_id}/files/{import_id}?done={done}"))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, language)?;
            let place = (institution_id, import_id);
            let kept = Wish {
                even_if_changed: form.even_if_changed.is_some(),
                ..Wish::default()
            };
            shown(web, &visit, place, &kept, (status, Some(refused))).await
        }
    }
}

/// Looks through a file again.
#[post("/desk/{institution_id}/files/{import_id}/check")]
pub(super) async fn look_again(
    web: web::Data<Web>,
    institution: Id,
    import: Id<1>,
    posted: Posted<Wanted>,
) -> Result<HttpResponse, Refusal> {
    step(&web, (institution.0, import.0), posted, "checking", check_import).await
}

/// Has a file deposited.
#[post("/desk/{institution_id}/files/{import_id}/commit")]
pub(super) async fn have_deposited(
    web: web::Data<Web>,
    institution: Id,
    import: Id<1>,
    posted: Posted<Wanted>,
) -> Result<HttpResponse, Refusal> {
    let commitment = Commitment {
        even_if_changed: posted.form.even_if_changed.is_some(),
    };
    let commit = move |bank: &Bank, context: &Context, key: Option<&str>, import_id: Uuid, language: Language| {
        commit_import(bank, context, key, import_id, &commitment, language)
    };
    step(&web, (institution.0, import.0), posted, "committed", commit).await
}

/// Releases what somebody else wants deposited.
#[post("/desk/{institution_id}/files/{import_id}/release")]
pub(super) async fn release(web: web::Data<Web>, institution: Id, import: Id<1>, posted: Posted<Wanted>) -> Result<HttpResponse, Refusal> {
    step(&web, (institution.0, import.0), posted, "released", release_import).await
}

/// Stops a file.
#[post("/desk/{institution_id}/files/{import_id}/cancel")]
pub(super) async fn cancel(web: web::Data<Web>, institution: Id, import: Id<1>, posted: Posted<Wanted>) -> Result<HttpResponse, Refusal> {
    step(&web, (institution.0, import.0), posted, "cancelled", cancel_import).await
}

#[derive(Deserialize)]
pub(super) struct WhichRows {
    #[serde(default)]
    rows: DownloadedRows,
}

/// Sends the file with what became of each row.
#[get("/desk/{institution_id}/files/{import_id}/download")]
pub(super) async fn download(
    web: web::Data<Web>,
    request: HttpRequest,
    visit: SignedIn,
    institution: Id,
    import: Id<1>,
    which: Query<WhichRows>,
) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, institution.0).await?;
    sent_import(&web, visit.context, import.0, which.0.rows, chosen_language(&request)).await
}
