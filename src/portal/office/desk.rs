//! The office's desk: what waits to be decided, and what of it is overdue.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::around::Office;
use crate::domain::claim::clock::WaitsFor;
use crate::domain::correction::request::CorrectionDue;
use crate::domain::institution::{InstitutionFilter, InstitutionStatus};
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::life::PackStatus;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::clocks::{count_due_claims, count_overdue_claims};
use crate::ops::context::{Bank, Context};
use crate::ops::corrections::clocks::count_due_corrections;
use crate::ops::error::OpError;
use crate::ops::institutions::list_institutions;
use crate::ops::merges::reading::count_duplicates;
use crate::ops::packs::reading::list_rule_packs;
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::visit::SignedIn;

/// How many of a list are counted; of more it is said that there are more.
const COUNTED: usize = 50;

/// Something that may wait.
struct Line {
    /// Which, as the texts name it.
    word: &'static str,
    path: &'static str,
    waiting: u64,
    overdue: u64,
    is_more: bool,
}

#[derive(Template)]
#[template(path = "office/desk.html")]
struct Page<'a> {
    frame: &'a Frame,
    office: &'a Office,
    lines: Vec<Line>,
}

impl Page<'_> {
    fn nothing_waits(&self) -> bool {
        self.lines.iter().all(|line| line.waiting == 0 && line.overdue == 0)
    }
}

/// A list that was read for one more than is counted.
fn listed(word: &'static str, path: &'static str, found: usize) -> Line {
    Line {
        word,
        path,
        waiting: u64::try_from(found.min(COUNTED)).unwrap_or_default(),
        overdue: 0,
        is_more: found > COUNTED,
    }
}

/// What the bank's people see, whatever their role.
fn of_everybody(bank: &Bank, context: &Context) -> Result<Vec<Line>, OpError> {
    let limit = i64::try_from(COUNTED + 1).unwrap_or(i64::MAX);
    let pending = InstitutionFilter {
        status: Some(InstitutionStatus::Pending),
        ..InstitutionFilter::default()
    };
    let filed = PackFilter {
        status: Some(PackStatus::Filed),
        ..PackFilter::default()
    };
    let institutions = list_institutions(bank, context, &pending, None, limit)?.len();
    let packs = list_rule_packs(bank, context, &filed, None, limit)?.len();
    Ok(vec![
        listed("institutions", "/office/institutions?status=pending", institutions),
        listed("filings", "/office/filings", packs),
    ])
}

/// What officers and auditors see.
fn of_cases(bank: &Bank, context: &Context) -> Result<Vec<Line>, OpError> {
    let mut claims = counted("claims", "/office/claims");
    for due in count_due_claims(bank, context, None)? {
        if due.due.waits_for() == WaitsFor::Institution {
            claims.waiting += due.waiting;
            claims.overdue += due.overdue;
        }
    }
    let (mut complaints, mut elsewhere) = (
        counted("complaints", "/office/corrections"),
        counted("elsewhere", "/office/overdue"),
    );
    elsewhere.overdue = count_overdue_claims(bank, context)?;
    for due in count_due_corrections(bank, context, None)? {
        elsewhere.overdue += due.overdue;
        if due.due == CorrectionDue::DecideComplaint {
            complaints.waiting = due.waiting;
            complaints.overdue = due.overdue;
        }
    }
    let duplicates = count_duplicates(bank, context)?;
    Ok(vec![
        claims,
        complaints,
        Line {
            waiting: duplicates.suspicions,
            ..counted("suspicions", "/office/duplicates")
        },
        Line {
            waiting: duplicates.merges,
            ..counted("merges", "/office/merges")
        },
        elsewhere,
    ])
}

fn counted(word: &'static str, path: &'static str) -> Line {
    Line {
        word,
        path,
        waiting: 0,
        overdue: 0,
        is_more: false,
    }
}

/// Shows the desk.
#[get("/office")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, sees_cases) = (visit.context, office.sees_cases());
    let lines = web
        .run(move |bank| {
            let mut lines = of_everybody(bank, &context)?;
            if sees_cases {
                lines.extend(of_cases(bank, &context)?);
            }
            Ok(lines)
        })
        .await?;
    let shown = Page {
        frame: &visit.frame,
        office: &office,
        lines,
    };
    page(StatusCode::OK, &shown)
}
