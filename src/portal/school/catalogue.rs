//! What an institution awards: its achievements, drafts among them, and what is done with each.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::achievement::{AchievementFilter, AchievementKind, AchievementStatus};
use crate::domain::actor::MemberRole;
use crate::domain::rejection::Rejection;
use crate::http::extract::{AtMost, Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::achievements::form::Achievement;
use crate::ops::achievements::{close_achievement, list_achievements, publish_achievement, read_achievement};
use crate::ops::frameworks::list_frameworks;
use crate::ops::institutions::read_institution;
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::{Chosen, query};
use crate::portal::difference::Said;
use crate::portal::download::read_all;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::public::catalogue::{VERSIONS, facts, kind_called, table_of};
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// Achievements on a page.
const ACHIEVEMENTS: usize = 20;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    q: Chosen<AtMost<100>>,
    #[serde(default)]
    kind: Chosen<AchievementKind>,
    #[serde(default)]
    after: Leaf,
}

impl Wish {
    fn part(&self) -> Option<&str> {
        self.q.0.as_ref().map(|part| part.0.as_str())
    }

    fn filter(&self, institution_id: Uuid) -> AchievementFilter {
        AchievementFilter {
            institution_id: Some(institution_id),
            kind: self.kind.0,
            name_contains: self.part().map(str::to_owned),
            ..AchievementFilter::default()
        }
    }

    fn link(&self, desk: &Desk, path: &str) -> String {
        let chosen = query(&[("q", self.part().unwrap_or_default()), ("kind", &self.kind.text())]);
        format!("/desk/{}/{path}?{chosen}", desk.institution_id)
    }
}

/// Whether somebody writes the institution's catalogue.
pub(super) fn may_write(desk: &Desk) -> bool {
    let roles = [MemberRole::Registrar, MemberRole::InstitutionAdmin];
    roles.iter().any(|role| desk.roles.contains(role))
}

#[derive(Template)]
#[template(path = "school/catalogue.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    credit_code: &'a str,
    achievements: &'a [Achievement],
    pager: Pager,
    wish: &'a Wish,
}

impl ListPage<'_> {
    fn may_write(&self) -> bool {
        may_write(self.desk)
    }

    fn kinds(&self) -> &'static [AchievementKind] {
        AchievementKind::ALL
    }

    fn name<'a>(&self, achievement: &'a Achievement) -> Name<'a> {
        self.frame.name_of(achievement)
    }

    fn kind<'a>(&self, achievement: &'a Achievement) -> &'a str {
        kind_called(self.frame.language, &achievement.kind)
    }

    fn link(&self, path: &str) -> String {
        self.wish.link(self.desk, path)
    }
}

/// Lists every version.
#[get("/desk/{institution_id}/catalogue")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let wish = wish.0;
    let (filter, after) = (wish.filter(id.0), wish.after);
    let (credit_code, mut achievements) = web
        .run(move |bank| {
            let limit = i64::try_from(ACHIEVEMENTS + 1).unwrap_or(i64::MAX);
            let institution = read_institution(bank, &context, id.0)?;
            let found = list_achievements(bank, &context, &filter, after, limit)?;
            Ok((institution.credit_code, found))
        })
        .await?;
    let pager = Pager::cut(
        frame.language,
        (&wish.link(&desk, "catalogue"), "after"),
        &after,
        &mut achievements,
        ACHIEVEMENTS,
        |one| one.achievement_id,
    );
    let shown = ListPage {
        frame: &frame,
        desk: &desk,
        credit_code: &credit_code,
        pager,
        achievements: &achievements,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends every version as a table for spreadsheets.
#[get("/desk/{institution_id}/catalogue.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter(id.0);
    let achievements = web
        .run(move |bank| {
            read_all(
                |after, limit| list_achievements(bank, &context, &filter, after, limit),
                |achievement| achievement.achievement_id,
            )
        })
        .await?;
    Ok(table_of(&frame, &achievements, &HashMap::from([(id.0, desk.name)])))
}

#[derive(Template)]
#[template(path = "school/achievement.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    achievement: &'a Achievement,
    facts: Vec<Said>,
    closed_on: &'a str,
    done: Option<&'static str>,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn name(&self) -> Name<'_> {
        self.frame.name_of(self.achievement)
    }

    fn is_draft(&self) -> bool {
        self.achievement.status == AchievementStatus::Draft
    }

    fn may_close(&self) -> bool {
        self.achievement.status == AchievementStatus::Published
    }

    fn may_write(&self) -> bool {
        may_write(self.desk)
    }
}

/// An achievement of an institution.
///
/// # Errors
/// `NotFound` for one of another institution as well.
pub(super) async fn of_desk(web: &Web, visit: &SignedIn, desk: &Desk, achievement_id: Uuid) -> Result<Achievement, Refusal> {
    let context = visit.context;
    let found = web.run(move |bank| read_achievement(bank, &context, achievement_id)).await?;
    match found.institution_id == desk.institution_id {
        true => Ok(found),
        false => Err(Rejection::NotFound {}.into()),
    }
}

async fn shown(
    web: &Web,
    visit: &SignedIn,
    desk: &Desk,
    achievement_id: Uuid,
    (status, refused, closed_on, done): (StatusCode, Option<Refused>, &str, Option<&'static str>),
) -> Result<HttpResponse, Refusal> {
    let achievement = of_desk(web, visit, desk, achievement_id).await?;
    let frameworks = web.run(move |bank| list_frameworks(bank, None, VERSIONS)).await?;
    let shown = Page {
        frame: &visit.frame,
        desk,
        facts: facts(&visit.frame, &achievement, &frameworks),
        achievement: &achievement,
        closed_on,
        done,
        refused,
    };
    page(status, &shown)
}

/// Shows a version with what is to be done with it.
#[get("/desk/{institution_id}/catalogue/achievements/{achievement_id}")]
pub(super) async fn read(
    web: web::Data<Web>,
    visit: SignedIn,
    institution: Id,
    achievement: Id<1>,
    done: Query<Done>,
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, institution.0).await?;
    let done = match done.0.done.as_str() {
        "drafted" => Some("catalogue-desk-drafted"),
        "published" => Some("catalogue-desk-published"),
        "closed" => Some("catalogue-desk-closed"),
        _ => None,
    };
    shown(&web, &visit, &desk, achievement.0, (StatusCode::OK, None, "", done)).await
}

/// Publishes a draft.
#[post("/desk/{institution_id}/catalogue/achievements/{achievement_id}/publish")]
pub(super) async fn publish(
    web: web::Data<Web>,
    institution: Id,
    achievement: Id<1>,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let desk = Desk::of(&web, &visit, institution.0).await?;
    let id = of_desk(&web, &visit, &desk, achievement.0).await?.achievement_id;
    let context = visit.context;
    match web.run(move |bank| publish_achievement(bank, &context, id)).await {
        Ok(_) => Ok(see_other(&format!(
            "/desk/{}/catalogue/achievements/{id}?done=published",
            institution.0
        ))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            shown(&web, &visit, &desk, id, (status, Some(refused), "", None)).await
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Closing {
    #[serde(default)]
    closed_on: String,
}

/// Sets the last day of a published version.
#[post("/desk/{institution_id}/catalogue/achievements/{achievement_id}/close")]
pub(super) async fn close(
    web: web::Data<Web>,
    institution: Id,
    achievement: Id<1>,
    posted: Posted<Closing>,
) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let desk = Desk::of(&web, &visit, institution.0).await?;
    let id = of_desk(&web, &visit, &desk, achievement.0).await?.achievement_id;
    let (context, typed) = (visit.context, posted.form.closed_on);
    let answer = match typed.parse::<NaiveDate>() {
        Err(_) => Err(Rejection::field("/closed_on", "must be a date such as 2026-06-30").into()),
        Ok(day) => web.run(move |bank| close_achievement(bank, &context, id, day)).await,
    };
    match answer {
        Ok(_) => Ok(see_other(&format!(
            "/desk/{}/catalogue/achievements/{id}?done=closed",
            institution.0
        ))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            shown(&web, &visit, &desk, id, (status, Some(refused), &typed, None)).await
        }
    }
}
