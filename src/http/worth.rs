//! What a record is worth: for anybody with invented outcomes, and for a learner with the own record.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Anyone, Asking, AtMost, Id, Json, Key, Query};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::render::language_of;
use super::state::{Web, Width};
use crate::domain::allocation::Pin;
use crate::domain::allocation::advice::Additions;
use crate::domain::list::ListPlace;
use crate::domain::rejection::Rejection;
use crate::ops::worth::advice::{self, ProgrammeWay};
use crate::ops::worth::ask::{self, AskWorth};
use crate::ops::worth::kept::{self, KeepWorth, KeptSummary, KeptWorth, WorthReplay};
use crate::ops::worth::own::{self, Audit, OwnPathway, OwnProgramme};
use crate::ops::worth::{ALTERNATIVES_MAX, Wishes, Worths, wish_problems};

/// At which programme, and what is wished.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorthQuery {
    /// A version of a programme; every programme in force, when left out.
    programme: Option<Uuid>,
    /// Outcomes that must be used, with commas between: their keys, and after a colon the course's code that each must go to.
    #[param(value_type = Option<String>, max_length = 1000, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", example = "certificate:E101")]
    pin: Option<AtMost<1000>>,
    /// Keys of outcomes that must not be used, with commas between.
    #[param(value_type = Option<String>, max_length = 1000, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    leave_out: Option<AtMost<1000>>,
    /// The day of the enrolment in the programme, for rules that ask whether an award came before it.
    enrolled_on: Option<NaiveDate>,
    /// How many equal allocations to show beside the best, of one programme.
    #[param(minimum = 0, maximum = 20)]
    #[serde(default)]
    alternatives: u8,
}

/// At which programme.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgrammeChoice {
    /// A version of a programme.
    programme: Uuid,
    /// The day of the enrolment in it, for rules that ask whether an award came before it.
    enrolled_on: Option<NaiveDate>,
}

impl From<ProgrammeChoice> for OwnProgramme {
    fn from(choice: ProgrammeChoice) -> Self {
        Self {
            programme_id: choice.programme,
            enrolled_on: choice.enrolled_on,
        }
    }
}

/// The parts of a text with commas between.
fn listed(text: Option<&AtMost<1000>>) -> Vec<String> {
    let parts = text.map(|text| text.0.split(',')).into_iter().flatten();
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// An outcome's key, and after a colon the code of a course.
fn pin_of(text: &str) -> Pin {
    let (outcome, course) = text
        .split_once(':')
        .map_or((text, None), |(outcome, course)| (outcome, Some(course)));
    Pin {
        outcome: outcome.to_owned(),
        course: course.map(str::to_owned),
    }
}

impl WorthQuery {
    fn wishes(&self) -> Result<Wishes, Rejection> {
        let alternatives = usize::from(self.alternatives);
        if alternatives > ALTERNATIVES_MAX {
            return Err(Rejection::InvalidQuery {
                name: "alternatives".to_owned(),
                detail: "must be 0 to 20".to_owned(),
            });
        }
        let pins: Vec<Pin> = listed(self.pin.as_ref()).iter().map(|text| pin_of(text)).collect();
        let left_out = listed(self.leave_out.as_ref());
        // What can be no key names nothing that is there.
        if !wish_problems(&pins, &left_out).is_empty() {
            return Err(Rejection::WishUnknown {});
        }
        Ok(Wishes {
            pins,
            left_out,
            alternatives,
            enrolled_on: self.enrolled_on,
        })
    }
}

/// Ask what invented outcomes are worth.
///
/// Nobody needs an account for it, and nothing is kept. The programmes come from the most credit to the least.
#[utoipa::path(tag = "worth", operation_id = "ask_worth", request_body = AskWorth, security(()),
    responses((status = 200, description = "What they are worth, programme by programme", body = Worths)),
    extensions(("x-problems" = json!(["not_found", "wish_unknown", "wish_course_unknown", "wishes_impossible", "unsolvable", "pack_layers_invalid", "wish_needs_programme", "too_many_questions"]))))]
#[post("/api/v1/worth")]
pub(crate) async fn ask_worth(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    body: Json<AskWorth>,
) -> Result<HttpResponse, Refusal> {
    web.question(&request)?;
    let language = language_of(&request);
    let width = Width::of(body.0.programme_ids.len() == 1);
    let worths = web
        .calculate(width, move |bank| ask::ask_worth(bank, &asking.0, &body.0, language))
        .await?;
    Ok(HttpResponse::Ok().json(worths))
}

/// Read what the own record is worth.
///
/// The best lawful use at each programme, with a reason for every outcome, used or not; from the most credit to the least.
#[utoipa::path(tag = "me", operation_id = "read_own_worth", params(WorthQuery),
    responses((status = 200, description = "What it is worth, programme by programme", body = Worths)),
    extensions(("x-problems" = json!(["not_found", "wish_unknown", "wish_course_unknown", "wishes_impossible", "wish_needs_programme", "unsolvable", "pack_layers_invalid"]))))]
#[get("/api/v1/me/worth")]
pub(crate) async fn read_own_worth(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<WorthQuery>,
) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let (programme, wishes) = (query.0.programme, query.0.wishes()?);
    let worths = web
        .calculate(Width::of(programme.is_some()), move |bank| {
            own::read_own_worth(bank, &asking.0, programme, &wishes, language)
        })
        .await?;
    Ok(HttpResponse::Ok().json(worths))
}

/// Read how a programme stands for oneself, bucket by bucket.
#[utoipa::path(tag = "me", operation_id = "read_own_audit", params(ProgrammeChoice),
    responses((status = 200, description = "What the record brings, what is missing, and what could fill it", body = Audit)),
    extensions(("x-problems" = json!(["not_found", "unsolvable", "pack_layers_invalid"]))))]
#[get("/api/v1/me/audit")]
pub(crate) async fn read_own_audit(web: web::Data<Web>, asking: Asking, query: Query<ProgrammeChoice>) -> Result<HttpResponse, Refusal> {
    let programme = query.0.into();
    let audit = web
        .calculate(Width::One, move |bank| own::read_own_audit(bank, &asking.0, programme))
        .await?;
    Ok(HttpResponse::Ok().json(audit))
}

/// List what each achievement of the catalogue would add in a programme.
///
/// Each as one more award to the own record, the best for its hours first. Of a large catalogue the first that the rules
/// tell apart are tried; `all_tried` says whether these were all.
#[utoipa::path(tag = "me", operation_id = "list_own_additions", params(ProgrammeChoice),
    responses((status = 200, description = "Those that add something", body = Additions)),
    extensions(("x-problems" = json!(["not_found", "unsolvable", "pack_layers_invalid"]))))]
#[get("/api/v1/me/additions")]
pub(crate) async fn list_own_additions(
    web: web::Data<Web>,
    asking: Asking,
    query: Query<ProgrammeChoice>,
) -> Result<HttpResponse, Refusal> {
    let programme = query.0.into();
    let additions = web
        .calculate(Width::One, move |bank| advice::list_own_additions(bank, &asking.0, programme))
        .await?;
    Ok(HttpResponse::Ok().json(additions))
}

/// Read the shortest way to the most credit in a programme.
///
/// The further achievements with which most is recognised, at the fewest hours.
#[utoipa::path(tag = "me", operation_id = "read_shortest_way", params(ProgrammeChoice),
    responses((status = 200, description = "The steps", body = ProgrammeWay)),
    extensions(("x-problems" = json!(["not_found", "unsolvable", "pack_layers_invalid"]))))]
#[get("/api/v1/me/shortest-way")]
pub(crate) async fn read_shortest_way(web: web::Data<Web>, asking: Asking, query: Query<ProgrammeChoice>) -> Result<HttpResponse, Refusal> {
    let programme = query.0.into();
    let way = web
        .calculate(Width::One, move |bank| advice::read_shortest_way(bank, &asking.0, programme))
        .await?;
    Ok(HttpResponse::Ok().json(way))
}

/// List how one stands on the pathways in force.
#[utoipa::path(tag = "me", operation_id = "list_own_pathways",
    responses((status = 200, description = "Each with its stages", body = Listed<OwnPathway>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/pathways")]
pub(crate) async fn list_own_pathways(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    let items = web.run(move |bank| own::list_own_pathways(bank, &asking.0)).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// Keep what the own record is worth at a programme.
///
/// The answer is kept with the question and the rules, so that it replays byte for byte.
#[utoipa::path(tag = "me", operation_id = "keep_worth", request_body = KeepWorth,
    params(Key),
    responses((status = 201, description = "Kept", body = KeptWorth)),
    extensions(("x-problems" = json!(["not_found", "wish_unknown", "wish_course_unknown", "wishes_impossible", "unsolvable", "pack_layers_invalid", "worths_full"]))))]
#[post("/api/v1/me/worths")]
pub(crate) async fn keep_worth(web: web::Data<Web>, asking: Asking, key: Key, body: Json<KeepWorth>) -> Result<HttpResponse, Refusal> {
    let kept = web
        .calculate(Width::One, move |bank| kept::keep_worth(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(kept))
}

/// List the answers that one kept.
#[utoipa::path(tag = "me", operation_id = "list_kept_worths", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<KeptSummary>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/worths")]
pub(crate) async fn list_kept_worths(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| kept::list_kept_worths(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.worth_id.to_string()))
}

/// Read an answer that one kept.
#[utoipa::path(tag = "me", operation_id = "read_kept_worth", params(("worth_id" = Uuid, Path)),
    responses((status = 200, description = "The answer", body = KeptWorth)))]
#[get("/api/v1/me/worths/{worth_id}")]
pub(crate) async fn read_kept_worth(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let kept = web.run(move |bank| kept::read_kept_worth(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(kept))
}

/// Answer a kept question again, and say whether the answer is the kept one, byte for byte.
#[utoipa::path(tag = "me", operation_id = "replay_worth", params(("worth_id" = Uuid, Path)),
    responses((status = 200, description = "Equal or not", body = WorthReplay)), extensions(("x-problems" = json!(["unsolvable"]))))]
#[post("/api/v1/me/worths/{worth_id}/replay")]
pub(crate) async fn replay_worth(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let replay = web
        .calculate(Width::One, move |bank| kept::replay_worth(bank, &asking.0, id.0))
        .await?;
    Ok(HttpResponse::Ok().json(replay))
}
