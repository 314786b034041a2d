//! The desk of an institution: what waits there, what of it is overdue, and what can be done.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::around::{Desk, institutions_of};
use crate::domain::achievement::{AchievementFilter, AchievementStatus};
use crate::domain::claim::clock::DueKind;
use crate::domain::correction::CorrectionState;
use crate::domain::correction::request::CorrectionDue;
use crate::domain::import::ImportStatus;
use crate::domain::institution::InstitutionStatus;
use crate::domain::policy::Action;
use crate::domain::webhook::WebhookStatus;
use crate::http::extract::Id;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::achievements::list_achievements;
use crate::ops::claims::clocks::count_due_claims;
use crate::ops::context::{Bank, Context};
use crate::ops::corrections::clocks::count_due_corrections;
use crate::ops::corrections::reading::list_corrections;
use crate::ops::error::OpError;
use crate::ops::imports::list_imports;
use crate::ops::institutions::{Institution, read_institution};
use crate::ops::outcomes::count_waiting_outcomes;
use crate::ops::portfolio::answers::count_open_confirmations;
use crate::ops::webhooks::list_webhooks;
use crate::portal::answer::{page, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::SignedIn;

/// How many of a list are counted; more are said to be so many and more.
const COUNTED: u64 = 50;

/// Something that waits.
struct Queue {
    /// Which, as the texts name it.
    word: &'static str,
    /// Where it is dealt with, under the desk.
    path: &'static str,
    count: u64,
    overdue: u64,
}

impl Queue {
    fn is_more(&self) -> bool {
        self.count > COUNTED && matches!(self.word, "release" | "checked" | "previewed")
    }

    fn counted(&self) -> u64 {
        if self.is_more() { COUNTED } else { self.count }
    }
}

#[derive(Template)]
#[template(path = "school/desks.html")]
struct DesksPage<'a> {
    frame: &'a Frame,
    institutions: &'a [Institution],
    lacks_second_factor: bool,
}

#[derive(Template)]
#[template(path = "school/desk.html")]
struct DeskPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    queues: &'a [Queue],
    /// There is nothing yet that a learner can earn here.
    has_no_catalogue: bool,
}

impl DeskPage<'_> {
    fn is_approved(&self) -> bool {
        self.desk.institution.status == InstitutionStatus::Approved
    }

    fn may_deposit(&self) -> bool {
        self.desk.may(Action::DepositOutcome)
    }

    fn may_correct(&self) -> bool {
        self.desk.may(Action::PreviewCorrection)
    }

    fn may_publish(&self) -> bool {
        self.desk.may(Action::WriteAchievement)
    }
}

/// Leads to the only desk of the visitor, or lists them.
#[get("/desk")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let institution_ids = institutions_of(&visit);
    if let [only] = institution_ids.as_slice() {
        return Ok(see_other(&format!("/desk/{only}")));
    }
    let context = visit.context;
    let institutions = web
        .run(move |bank| {
            let each = institution_ids
                .iter()
                .map(|institution_id| read_institution(bank, &context, *institution_id));
            each.collect::<Result<Vec<Institution>, OpError>>()
        })
        .await?;
    let shown = DesksPage {
        frame: &visit.frame,
        institutions: &institutions,
        lacks_second_factor: visit.frame.visitor.as_ref().is_some_and(|visitor| visitor.lacks_second_factor),
    };
    page(StatusCode::OK, &shown)
}

/// Shows a desk.
#[get("/desk/{institution_id}")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let asked = [
        Action::ListClaims,
        Action::ReadCorrection,
        Action::ReadImport,
        Action::ListOutcomes,
        Action::ReadWebhooks,
    ];
    let rights: Vec<Action> = asked.into_iter().filter(|action| desk.may(*action)).collect();
    // Corrections are read by others than the cases that they lead to.
    let reads_cases = desk.may(Action::ReadCase);
    let (context, institution_id) = (visit.context, id.0);
    let (queues, has_no_catalogue) = web
        .run(move |bank| {
            let mut queues = Vec::new();
            for right in rights {
                queues.extend(queues_of(bank, &context, institution_id, right)?);
            }
            queues.retain(|queue| queue.count > 0 && (reads_cases || queue.word != "case"));
            let filter = AchievementFilter {
                institution_id: Some(institution_id),
                ..AchievementFilter::default()
            };
            let achievements = list_achievements(bank, &context, &filter, None, at_most(COUNTED))?;
            let none = achievements
                .iter()
                .all(|achievement| achievement.status == AchievementStatus::Draft);
            Ok((queues, none))
        })
        .await?;
    let shown = DeskPage {
        frame: &visit.frame,
        desk: &desk,
        queues: &queues,
        has_no_catalogue,
    };
    page(StatusCode::OK, &shown)
}

fn at_most(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// What waits of that which somebody with a right may see.
fn queues_of(bank: &Bank, context: &Context, institution_id: uuid::Uuid, right: Action) -> Result<Vec<Queue>, OpError> {
    let queue = |word, path, count| Queue {
        word,
        path,
        count,
        overdue: 0,
    };
    Ok(match right {
        Action::ListClaims => {
            let due = count_due_claims(bank, context, Some(institution_id))?.into_iter();
            let mut queues: Vec<Queue> = due
                .map(|due| Queue {
                    overdue: due.overdue,
                    ..queue(claim_word(due.due), "/claims", due.waiting)
                })
                .collect();
            let confirmations = count_open_confirmations(bank, context, institution_id)?;
            queues.push(queue("confirm", "/confirmations?state=requested", confirmations));
            queues
        }
        Action::ReadCorrection => {
            let due = count_due_corrections(bank, context, Some(institution_id))?.into_iter();
            let mut queues: Vec<Queue> = due
                .map(|due| {
                    let (word, path) = correction_place(due.due);
                    Queue {
                        overdue: due.overdue,
                        ..queue(word, path, due.waiting)
                    }
                })
                .collect();
            let state = Some(CorrectionState::Previewed);
            let previewed = list_corrections(bank, context, Some(institution_id), state, None, at_most(COUNTED + 1))?;
            queues.push(queue("previewed", "/corrections?state=previewed", number(previewed.len())));
            queues
        }
        Action::ReadImport => {
            let mut queues = Vec::new();
            for (word, status) in [("release", ImportStatus::AwaitingRelease), ("checked", ImportStatus::Checked)] {
                let imports = list_imports(bank, context, institution_id, Some(status), None, at_most(COUNTED + 1))?;
                queues.push(queue(word, "/files", number(imports.len())));
            }
            queues
        }
        Action::ListOutcomes => {
            let waiting = count_waiting_outcomes(bank, context, institution_id)?;
            vec![queue("flagged", "/outcomes?status=flagged", waiting)]
        }
        Action::ReadWebhooks => {
            let webhooks = list_webhooks(bank, context, institution_id, None, at_most(COUNTED))?;
            let ill = |status: WebhookStatus, since: bool| status == WebhookStatus::Disabled || since;
            let failing = webhooks
                .iter()
                .filter(|webhook| ill(webhook.status, webhook.failing_since.is_some()))
                .count();
            vec![queue("webhooks", "/webhooks", number(failing))]
        }
        _ => Vec::new(),
    })
}

fn claim_word(due: DueKind) -> &'static str {
    match due {
        DueKind::Take => "take",
        DueKind::GiveInformation => "information",
        DueKind::Propose => "propose",
        DueKind::Approve => "approve",
        DueKind::NoticeEnds => "notice",
        DueKind::AnswerObjection => "objection",
        DueKind::AppealEnds => "appeal-time",
        DueKind::DecideAppeal => "appeal",
    }
}

fn correction_place(due: CorrectionDue) -> (&'static str, &'static str) {
    match due {
        CorrectionDue::AnswerRequest => ("answer", "/disputes?state=requested"),
        CorrectionDue::Correct => ("correct", "/disputes?state=accepted"),
        CorrectionDue::DecideComplaint => ("complaint", "/disputes?state=complained"),
        CorrectionDue::DecideCase => ("case", "/cases?state=open"),
    }
}
