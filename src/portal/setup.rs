//! The page of the one-time set-up link, where the first administrator is made.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::CONTENT_SECURITY_POLICY;
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Form, Query, anonymous};
use crate::http::problem::{Refusal, status_of};
use crate::http::render::language_of;
use crate::http::state::Web;
use crate::ops::sessions::NewUser;
use crate::ops::setup::set_up;

struct Text {
    title: &'static str,
    lead: &'static str,
    username: &'static str,
    username_hint: &'static str,
    display_name: &'static str,
    password: &'static str,
    password_hint: &'static str,
    submit: &'static str,
    done: &'static str,
    next: &'static str,
}

const CHINESE: Text = Text {
    title: "设置第一位管理员",
    lead: "此链接只能使用一次。",
    username: "用户名",
    username_hint: "3 至 40 个字符：小写字母、数字、点、连字符、下划线。",
    display_name: "显示名称",
    password: "密码",
    password_hint: "10 至 128 个字符，不易被猜到。",
    submit: "创建管理员",
    done: "管理员已创建，可以登录了。",
    next: "查看接口文档",
};

const ENGLISH: Text = Text {
    title: "Make the first administrator",
    lead: "This link works once.",
    username: "User name",
    username_hint: "3 to 40 of a-z, 0-9, dot, hyphen and underscore.",
    display_name: "Display name",
    password: "Password",
    password_hint: "10 to 128 characters, not easily guessed.",
    submit: "Make the administrator",
    done: "The administrator was made and can log in.",
    next: "See the API's documentation",
};

struct ShownRefusal {
    sentence: String,
    /// The field's id and what is wrong with it.
    fields: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Page {
    language: &'static str,
    text: &'static Text,
    setup_token: String,
    username: String,
    display_name: String,
    refusal: Option<ShownRefusal>,
    done: bool,
}

/// The link's secret.
#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// The form as filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filled {
    setup_token: String,
    username: String,
    display_name: String,
    password: String,
}

fn page(request: &HttpRequest, setup_token: String) -> Page {
    let (language, text) = match language_of(request) {
        Language::Chinese => ("zh-CN", &CHINESE),
        Language::English => ("en", &ENGLISH),
    };
    Page {
        language,
        text,
        setup_token,
        username: String::new(),
        display_name: String::new(),
        refusal: None,
        done: false,
    }
}

fn answer(status: StatusCode, page: &Page) -> Result<HttpResponse, Refusal> {
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be made");
        Refusal::INTERNAL
    })?;
    Ok(HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .body(html))
}

/// Shows the form.
#[get("/setup")]
pub(super) async fn show(request: HttpRequest, link: Query<Link>) -> Result<HttpResponse, Refusal> {
    answer(StatusCode::OK, &page(&request, link.0.token))
}

/// Makes the administrator, or says beside the form why not.
#[post("/setup")]
pub(super) async fn submit(web: web::Data<Web>, request: HttpRequest, form: Form<Filled>) -> Result<HttpResponse, Refusal> {
    let Filled {
        setup_token,
        username,
        display_name,
        password,
    } = form.0;
    let mut page = page(&request, setup_token.clone());
    page.username.clone_from(&username);
    page.display_name.clone_from(&display_name);
    let user = NewUser {
        username,
        display_name,
        password,
    };
    let context = anonymous(&request);
    let made = match web.attempt(&request, "") {
        Ok(()) => web.run(move |bank| set_up(bank, &context, &setup_token, &user)).await.map(|_| ()),
        Err(rejection) => Err(rejection.into()),
    };
    match made {
        Ok(()) => {
            page.done = true;
            answer(StatusCode::CREATED, &page)
        }
        Err(Refusal::Rejected(rejection)) => {
            page.refusal = Some(shown(&rejection, language_of(&request)));
            answer(status_of(rejection.class()), &page)
        }
        Err(fault) => Err(fault),
    }
}

fn shown(rejection: &Rejection, language: Language) -> ShownRefusal {
    let fields = rejection.problems(language).into_iter();
    ShownRefusal {
        sentence: rejection.sentence(language),
        fields: fields
            .map(|problem| (problem.pointer.trim_start_matches('/').to_owned(), problem.detail))
            .collect(),
    }
}
