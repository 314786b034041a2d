//! Merges of two accounts that are one person's: proposed by one, confirmed by another, and so taken back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Office;
use crate::domain::actor::BankRole;
use crate::domain::merge::{MergeEvent, MergeFilter, MergeState};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::identity::MaskedLearner;
use crate::ops::merges::decide::{MergeDecision, confirm_merge, decline_merge, withdraw_merge};
use crate::ops::merges::preview::AccountContents;
use crate::ops::merges::reading::{MergeLine, MergeView, list_merges, list_merges_with_accounts, read_merge};
use crate::ops::merges::reversal::{NewReversal, confirm_merge_reversal, decline_merge_reversal, propose_merge_reversal};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Posted, SignedIn};

/// Merges on a page.
const MERGES: usize = 25;

/// What people do with a merge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Confirm,
    Decline,
    Withdraw,
    ProposeReversal,
    ConfirmReversal,
    DeclineReversal,
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Step {
    const ALL: [Self; 6] = [
        Self::Confirm,
        Self::Decline,
        Self::Withdraw,
        Self::ProposeReversal,
        Self::ConfirmReversal,
        Self::DeclineReversal,
    ];

    /// As it stands in the address of its form.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
            Self::ProposeReversal => "propose-reversal",
            Self::ConfirmReversal => "confirm-reversal",
            Self::DeclineReversal => "decline-reversal",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }

    const fn event(self) -> MergeEvent {
        match self {
            Self::Confirm => MergeEvent::Confirm,
            Self::Decline => MergeEvent::Decline,
            Self::Withdraw => MergeEvent::Withdraw,
            Self::ProposeReversal => MergeEvent::ProposeReversal,
            Self::ConfirmReversal => MergeEvent::ConfirmReversal,
            Self::DeclineReversal => MergeEvent::DeclineReversal,
        }
    }

    /// Those that the machine lets somebody do; `own` says whether the open proposal is the same person's.
    fn of(state: MergeState, own: bool) -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|step| state.after(step.event(), own).is_ok()).collect()
    }

    fn done(self) -> &'static str {
        match self {
            Self::Confirm => "merges-done-confirm",
            Self::Decline => "merges-done-decline",
            Self::Withdraw => "merges-done-withdraw",
            Self::ProposeReversal => "merges-done-propose-reversal",
            Self::ConfirmReversal => "merges-done-confirm-reversal",
            Self::DeclineReversal => "merges-done-decline-reversal",
        }
    }

    fn carry_out(
        self,
        bank: &Bank,
        context: &Context,
        key: Option<&str>,
        merge_id: Uuid,
        (reason, outcome_ids): (String, Vec<Uuid>),
    ) -> Result<MergeView, OpError> {
        let decide = match self {
            Self::Confirm => confirm_merge,
            Self::Decline => decline_merge,
            Self::Withdraw => withdraw_merge,
            Self::ConfirmReversal => confirm_merge_reversal,
            Self::DeclineReversal => decline_merge_reversal,
            Self::ProposeReversal => {
                return propose_merge_reversal(bank, context, key, merge_id, &NewReversal { reason, outcome_ids });
            }
        };
        decide(bank, context, key, merge_id, &MergeDecision { reason })
    }
}

/// What is looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    state: Chosen<MergeState>,
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "office/merges.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    merges: &'a [MergeLine],
    wish: &'a Wish,
    pager: Pager,
}

impl Wish {
    fn filter(&self) -> MergeFilter {
        MergeFilter {
            state: self.state.0,
            learner_id: None,
        }
    }

    fn query(&self) -> String {
        query(&[("state", &self.state.text())])
    }
}

impl ListPage<'_> {
    fn states(&self) -> &'static [MergeState] {
        MergeState::ALL
    }

    fn may_propose(&self) -> bool {
        self.office.role == BankRole::Officer
    }
}

/// Lists merges.
#[get("/office/merges")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, wish) = (visit.context, wish.0);
    let filter = wish.filter();
    let (before, limit) = (wish.before, i64::try_from(MERGES + 1).unwrap_or(i64::MAX));
    let mut merges = web
        .run(move |bank| list_merges_with_accounts(bank, &context, &filter, before, limit))
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (&format!("/office/merges?{}", wish.query()), "before"),
        &before,
        &mut merges,
        MERGES,
        |one| one.merge.merge_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        office: &office,
        pager,
        merges: &merges,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends merges as a table for spreadsheets.
#[get("/office/merges.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter();
    let merges = web.run(move |bank| list_merges(bank, &context, &filter, None, ROWS_MAX)).await?;
    let columns = [
        "column-status",
        "column-citation",
        "column-reason",
        "column-proposed-by",
        "column-proposed-at",
        "column-decided-by",
        "column-decided-at",
        "column-id",
    ];
    let rows = merges.iter().map(|merge| {
        [
            frame.word("merges-state", merge.state.as_str()).into_owned(),
            merge.citation.clone(),
            merge.reason.clone(),
            merge.proposed_by_name.clone(),
            frame.plain_moment(&merge.proposed_at),
            cell(merge.decided_by_name.as_ref()),
            frame.plain_moment_if(merge.decided_at.as_ref()),
            merge.merge_id.to_string(),
        ]
    });
    Ok(table(&frame, "duplicates-merges", columns, rows))
}

/// What is typed into the form of a step.
#[derive(Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    reason: String,
    /// The outcomes that go along with the absorbed account, one id in each line.
    #[serde(default)]
    outcome_ids: String,
}

#[derive(Template)]
#[template(path = "office/merge.html")]
struct OnePage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    merge: &'a MergeView,
    steps: Vec<Step>,
    step: Option<Step>,
    typed: &'a Typed,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl OnePage<'_> {
    fn is_refused(&self, step: &Step) -> bool {
        self.refused.is_some() && self.step == Some(*step)
    }

    fn names_outcomes(&self, step: &Step) -> bool {
        *step == Step::ProposeReversal
    }

    fn is_grave(&self, step: &Step) -> bool {
        !matches!(step, Step::Confirm | Step::ConfirmReversal)
    }

    /// The two accounts, the one that stays first, with what each has.
    fn both(&self) -> [(&'static str, &MaskedLearner, Option<&AccountContents>); 2] {
        let preview = self.merge.preview.as_ref();
        [
            ("surviving", &self.merge.surviving, preview.map(|preview| &preview.surviving)),
            ("absorbed", &self.merge.absorbed, preview.map(|preview| &preview.absorbed)),
        ]
    }
}

async fn one(
    web: &Web,
    visit: &SignedIn,
    merge_id: Uuid,
    status: StatusCode,
    (step, typed, refused): (Option<Step>, &Typed, Option<Refused>),
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let office = Office::of(visit)?;
    let context = visit.context;
    let merge = web.run(move |bank| read_merge(bank, &context, merge_id)).await?;
    let proposer = merge.merge.open_proposal_by();
    let own = proposer.is_some_and(|label| visit.frame.is_visitor(label));
    let shown = OnePage {
        frame: &visit.frame,
        steps: match office.role {
            BankRole::Officer => Step::of(merge.merge.state, own),
            BankRole::Administrator | BankRole::Auditor => Vec::new(),
        },
        office: &office,
        merge: &merge,
        step,
        typed,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows a merge.
#[get("/office/merges/{merge_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let word = done.0.done;
    let done = Step::parse(&word)
        .map(Step::done)
        .or((word == "proposed").then_some("merges-done-proposed"));
    one(&web, &visit, id.0, StatusCode::OK, (None, &Typed::default(), None), done).await
}

/// The outcomes that are named, one in each line.
fn outcomes_in(text: &str) -> Result<Vec<Uuid>, Rejection> {
    let ids = text.split_whitespace().map(Uuid::try_parse).collect::<Result<Vec<_>, _>>();
    ids.map_err(|_| Rejection::field("/outcome_ids", "is not an outcome deposited here since the merge"))
}

/// Does a step.
#[post("/office/merges/{merge_id}/{step}")]
pub(super) async fn act(web: web::Data<Web>, request: HttpRequest, id: Id, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    Office::of(&visit)?;
    let step = request
        .match_info()
        .get("step")
        .and_then(Step::parse)
        .ok_or(Rejection::NotFound {})?;
    let (context, merge_id, reason) = (visit.context, id.0, form.reason.clone());
    let done = match outcomes_in(&form.outcome_ids) {
        Ok(outcome_ids) => {
            web.run(move |bank| step.carry_out(bank, &context, once.as_deref(), merge_id, (reason, outcome_ids)))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/office/merges/{merge_id}?done={step}"))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            one(&web, &visit, merge_id, status, (Some(step), &form, Some(refused)), None).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_offered_what_is_theirs_to_do() {
        let offered = |state, own| Step::of(state, own).into_iter().map(Step::as_str).collect::<Vec<_>>();
        assert_eq!(offered(MergeState::Proposed, false), ["confirm", "decline"]);
        assert_eq!(offered(MergeState::Proposed, true), ["withdraw"]);
        assert_eq!(offered(MergeState::Merged, false), ["propose-reversal"]);
        assert_eq!(
            offered(MergeState::ReversalProposed, false),
            ["confirm-reversal", "decline-reversal"]
        );
        // Who proposed a reversal takes it back by declining it.
        assert_eq!(offered(MergeState::ReversalProposed, true), ["decline-reversal"]);
        assert_eq!(offered(MergeState::Declined, false), [""; 0]);
    }
}
