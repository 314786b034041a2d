//! The form of an achievement: a new one, a draft to be changed, or the next version of a published one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::around::Desk;
use super::catalogue::{may_write, of_desk};
use crate::domain::achievement::{AchievementKind, ContestScope};
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::http::extract::Id;
use crate::http::json::from_json;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::achievements::form::{Achievement, NewAchievement};
use crate::ops::achievements::{create_achievement, create_achievement_version, edit_achievement};
use crate::ops::frameworks::{Framework, Level, list_frameworks};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::public::catalogue::VERSIONS;
use crate::portal::visit::{Posted, SignedIn};

/// The form as it is filled in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    code: String,
    name_chinese: String,
    name_english: String,
    kind: String,
    family: String,
    rank: String,
    /// The framework and the level, with a slash between.
    level: String,
    hours: String,
    original_issuer: String,
    education_level: String,
    occupation: String,
    contest_scope: String,
    course_code: String,
    months_minimum: String,
    tags: String,
    valid_from: String,
    closed_on: String,
    edition: i64,
}

impl Typed {
    fn of(achievement: &Achievement) -> Self {
        fn text<T: ToString>(value: Option<&T>) -> String {
            value.map(ToString::to_string).unwrap_or_default()
        }
        let details = &achievement.details;
        let level = achievement.framework_id.zip(achievement.level);
        Self {
            code: achievement.code.clone(),
            name_chinese: achievement.name_chinese.clone(),
            name_english: text(achievement.name_english.as_ref()),
            kind: achievement.kind.clone(),
            family: text(achievement.family.as_ref()),
            rank: text(achievement.rank.as_ref()),
            level: level.map(|(framework, level)| format!("{framework}/{level}")).unwrap_or_default(),
            hours: text(achievement.hours.as_ref()),
            original_issuer: text(achievement.original_issuer.as_ref()),
            education_level: text(details.education_level.as_ref()),
            occupation: text(details.occupation.as_ref()),
            contest_scope: text(details.contest_scope.as_ref()),
            course_code: text(details.course_code.as_ref()),
            months_minimum: text(details.months_minimum.as_ref()),
            tags: details.tags.join(" "),
            valid_from: achievement.valid_from.to_string(),
            closed_on: text(achievement.closed_on.as_ref()),
            edition: achievement.edition,
        }
    }

    /// What the API is sent for the same: read as it reads it, so that the same is refused.
    fn read(&self, institution_id: Uuid) -> Result<NewAchievement, Rejection> {
        let mut sent = json!({ "institution_id": institution_id, "code": self.code.trim(), "name_chinese": self.name_chinese,
            "kind": self.kind, "valid_from": self.valid_from });
        let mut details = Map::new();
        put(&mut details, "education_level", &self.education_level);
        put(&mut details, "occupation", &self.occupation);
        put(&mut details, "contest_scope", &self.contest_scope);
        put(&mut details, "course_code", &self.course_code);
        put_number(&mut details, "months_minimum", &self.months_minimum);
        let tags = self.tags.split([' ', ',', '\u{3001}', '\u{ff0c}']);
        let tags: Vec<&str> = tags.map(str::trim).filter(|tag| !tag.is_empty()).collect();
        if !tags.is_empty() {
            details.insert("tags".to_owned(), json!(tags));
        }
        if let Value::Object(fields) = &mut sent {
            put(fields, "name_english", &self.name_english);
            put(fields, "family", &self.family);
            put_number(fields, "rank", &self.rank);
            put(fields, "hours", &self.hours);
            put(fields, "original_issuer", &self.original_issuer);
            put(fields, "closed_on", &self.closed_on);
            if let Some((framework, level)) = self.level.split_once('/') {
                put(fields, "framework_id", framework);
                put_number(fields, "level", level);
            }
            fields.insert("details".to_owned(), Value::Object(details));
        }
        from_json(sent.to_string().as_bytes())
    }
}

/// Puts a text in, unless it is empty.
pub(super) fn put(fields: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.trim().is_empty() {
        fields.insert(name.to_owned(), json!(text.trim()));
    }
}

/// Puts a number in; what is none is refused where it is read.
pub(super) fn put_number(fields: &mut Map<String, Value>, name: &str, text: &str) {
    match text.trim().parse::<i64>() {
        Ok(number) => {
            fields.insert(name.to_owned(), json!(number));
        }
        Err(_) => put(fields, name, text),
    }
}

/// What the form is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    New,
    Edit(Uuid),
    Version(Uuid),
}

impl Use {
    fn action(self, institution_id: Uuid) -> String {
        let at = format!("/desk/{institution_id}/catalogue/achievements");
        match self {
            Self::New => format!("{at}/new"),
            Self::Edit(id) => format!("{at}/{id}/edit"),
            Self::Version(id) => format!("{at}/{id}/versions"),
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::New => "catalogue-form-new",
            Self::Edit(_) => "catalogue-form-edit",
            Self::Version(_) => "catalogue-form-version",
        }
    }
}

#[derive(Template)]
#[template(path = "school/achievement_form.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    action: String,
    title: &'static str,
    is_new: bool,
    typed: &'a Typed,
    frameworks: &'a [Framework],
    refused: Option<Refused>,
}

impl Page<'_> {
    fn kinds(&self) -> &'static [AchievementKind] {
        AchievementKind::ALL
    }

    fn scopes(&self) -> &'static [ContestScope] {
        ContestScope::ALL
    }

    fn framework<'a>(&self, framework: &'a Framework) -> &'a str {
        match self.frame.language {
            Language::Chinese => &framework.name_chinese,
            Language::English => &framework.name_english,
        }
    }

    fn level<'a>(&self, level: &'a Level) -> &'a str {
        match self.frame.language {
            Language::Chinese => &level.name_chinese,
            Language::English => &level.name_english,
        }
    }

    fn place(&self, framework: &Framework, level: &Level) -> String {
        format!("{}/{}", framework.framework_id, level.level)
    }

    fn is_placed(&self, framework: &Framework, level: &Level) -> bool {
        self.typed.level == self.place(framework, level)
    }
}

async fn shown(
    web: &Web,
    visit: &SignedIn,
    desk: &Desk,
    form: (Use, &Typed),
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    // Whoever only reads has no form.
    if !may_write(desk) {
        return Err(Rejection::Forbidden {}.into());
    }
    let frameworks = web.run(move |bank| list_frameworks(bank, None, VERSIONS)).await?;
    let (used, typed) = form;
    let shown = Page {
        frame: &visit.frame,
        desk,
        action: used.action(desk.institution_id),
        title: used.title(),
        is_new: used == Use::New,
        typed,
        frameworks: &frameworks,
        refused,
    };
    page(status, &shown)
}

async fn sent(web: &Web, institution_id: Uuid, used: Use, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let desk = Desk::of(web, &visit, institution_id).await?;
    if let Use::Edit(id) | Use::Version(id) = used {
        of_desk(web, &visit, &desk, id).await?;
    }
    let (context, edition) = (visit.context, form.edition);
    let answer = match form.read(institution_id) {
        Err(rejection) => Err(rejection.into()),
        Ok(new) => {
            web.run(move |bank| match used {
                Use::New => create_achievement(bank, &context, once.as_deref(), &new),
                Use::Edit(id) => edit_achievement(bank, &context, id, edition, &new),
                Use::Version(id) => create_achievement_version(bank, &context, once.as_deref(), id, &new),
            })
            .await
        }
    };
    match answer {
        Ok(achievement) => Ok(see_other(&format!(
            "/desk/{institution_id}/catalogue/achievements/{}?done=drafted",
            achievement.achievement_id
        ))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            shown(web, &visit, &desk, (used, &form), (status, Some(refused))).await
        }
    }
}

/// The form of a new achievement.
#[get("/desk/{institution_id}/catalogue/achievements/new")]
pub(super) async fn begin(web: web::Data<Web>, visit: SignedIn, institution: Id) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, institution.0).await?;
    shown(&web, &visit, &desk, (Use::New, &Typed::default()), (StatusCode::OK, None)).await
}

/// Drafts an achievement.
#[post("/desk/{institution_id}/catalogue/achievements/new")]
pub(super) async fn draft(web: web::Data<Web>, institution: Id, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    sent(&web, institution.0, Use::New, posted).await
}

/// The form of a draft.
#[get("/desk/{institution_id}/catalogue/achievements/{achievement_id}/edit")]
pub(super) async fn reopen(web: web::Data<Web>, visit: SignedIn, institution: Id, achievement: Id<1>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, institution.0).await?;
    let found = of_desk(&web, &visit, &desk, achievement.0).await?;
    let form = (Use::Edit(achievement.0), &Typed::of(&found));
    shown(&web, &visit, &desk, form, (StatusCode::OK, None)).await
}

/// Changes a draft.
#[post("/desk/{institution_id}/catalogue/achievements/{achievement_id}/edit")]
pub(super) async fn edit(web: web::Data<Web>, institution: Id, achievement: Id<1>, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    sent(&web, institution.0, Use::Edit(achievement.0), posted).await
}

/// The form of the next version.
#[get("/desk/{institution_id}/catalogue/achievements/{achievement_id}/versions")]
pub(super) async fn begin_version(
    web: web::Data<Web>,
    visit: SignedIn,
    institution: Id,
    achievement: Id<1>,
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, institution.0).await?;
    let found = of_desk(&web, &visit, &desk, achievement.0).await?;
    let typed = Typed {
        valid_from: String::new(),
        closed_on: String::new(),
        ..Typed::of(&found)
    };
    let form = (Use::Version(achievement.0), &typed);
    shown(&web, &visit, &desk, form, (StatusCode::OK, None)).await
}

/// Drafts the next version.
#[post("/desk/{institution_id}/catalogue/achievements/{achievement_id}/versions")]
pub(super) async fn draft_version(
    web: web::Data<Web>,
    institution: Id,
    achievement: Id<1>,
    posted: Posted<Typed>,
) -> Result<HttpResponse, Refusal> {
    sent(&web, institution.0, Use::Version(achievement.0), posted).await
}
