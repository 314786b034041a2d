//! Logging in and out, refreshing, and changing the password.

use actix_web::{HttpRequest, HttpResponse, delete, post, web};
use serde::Deserialize;

use super::extract::{Anyone, Asking, AtMost, Json};
use super::problem::Refusal;
use super::state::Web;
use crate::ops::sessions::{self, LogIn, NewUser};
use crate::ops::setup::{self, Administrator};

/// A name and a password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    #[schema(max_length = 100, example = "registrar-wang")]
    username: String,
    #[schema(max_length = 128, format = Password, example = "lantern-orbit-violin-42")]
    password: String,
    /// The code that the authenticator shows, or a recovery code, for a user with a second factor.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", example = "287082")]
    one_time_code: Option<AtMost<20>>,
}

/// A refresh token.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    #[schema(max_length = 200, example = "01985a3e-7c00-7000-8000-000000000001.c2VjcmV0")]
    refresh_token: String,
}

/// The present password and a new one.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    #[schema(max_length = 128, format = Password, example = "lantern-orbit-violin-42")]
    present_password: String,
    #[schema(min_length = 10, max_length = 128, format = Password, example = "marble-kettle-orchid-7")]
    new_password: String,
}

/// The secret of the set-up link, and the first administrator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    #[schema(max_length = 100, example = "q3Jx0bW5cY0w8m1f7bS3h2k9d4Lr6Tn5Vz1aPe8uGi0")]
    setup_token: String,
    user: NewUser,
}

/// Make the first administrator with the one-time link that the first start printed.
#[utoipa::path(tag = "sessions", operation_id = "set_up", request_body = SetUp, security(()),
    responses((status = 201, description = "The administrator was made", body = Administrator)),
    extensions(("x-problems" = json!(["already_set_up", "password_weak", "username_taken", "too_many_attempts"]))))]
#[post("/api/v1/setup")]
pub(crate) async fn set_up(web: web::Data<Web>, request: HttpRequest, asking: Anyone, body: Json<SetUp>) -> Result<HttpResponse, Refusal> {
    web.attempt(&request, "")?;
    let made = web
        .run(move |bank| setup::set_up(bank, &asking.0, &body.0.setup_token, &body.0.user))
        .await?;
    Ok(HttpResponse::Created().json(made))
}

/// Log in by name and password.
///
/// The access token is short-lived and goes into `Authorization: Bearer`. The refresh token is good once.
#[utoipa::path(tag = "sessions", operation_id = "log_in", request_body = Credentials, security(()),
    responses((status = 201, description = "Logged in", body = LogIn)),
    extensions(("x-problems" = json!(["wrong_credentials", "second_factor_needed", "second_factor_wrong", "second_factor_locked", "too_many_attempts"]))))]
#[post("/api/v1/sessions")]
pub(crate) async fn log_in(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    body: Json<Credentials>,
) -> Result<HttpResponse, Refusal> {
    let Credentials {
        username,
        password,
        one_time_code,
    } = body.0;
    web.attempt(&request, &username)?;
    let tokens = web
        .run(move |bank| {
            sessions::log_in(
                bank,
                &asking.0,
                &username,
                &password,
                one_time_code.as_ref().map(|code| code.0.as_str()),
            )
        })
        .await?;
    Ok(HttpResponse::Created().json(tokens))
}

/// Exchange a refresh token for new tokens.
///
/// A token that is shown a second time ends the log-in: somebody copied it.
#[utoipa::path(tag = "sessions", operation_id = "refresh_session", request_body = Refresh, security(()),
    responses((status = 201, description = "New tokens", body = LogIn)),
    extensions(("x-problems" = json!(["refresh_token_invalid", "too_many_attempts"]))))]
#[post("/api/v1/sessions/refresh")]
pub(crate) async fn refresh_session(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    body: Json<Refresh>,
) -> Result<HttpResponse, Refusal> {
    web.attempt(&request, "")?;
    let tokens = web
        .run(move |bank| sessions::refresh_session(bank, &asking.0, &body.0.refresh_token))
        .await?;
    Ok(HttpResponse::Created().json(tokens))
}

/// Log out: the access token and the refresh token end at once.
#[utoipa::path(tag = "sessions", operation_id = "log_out", responses((status = 204, description = "Logged out")))]
#[delete("/api/v1/sessions/current")]
pub(crate) async fn log_out(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| sessions::log_out(bank, &asking.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Change one's own password; every log-in of the user ends.
#[utoipa::path(tag = "sessions", operation_id = "change_password", request_body = PasswordChange,
    responses((status = 204, description = "Changed")),
    extensions(("x-problems" = json!(["wrong_credentials", "password_weak", "too_many_attempts"]))))]
#[post("/api/v1/me/password")]
pub(crate) async fn change_password(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    body: Json<PasswordChange>,
) -> Result<HttpResponse, Refusal> {
    web.attempt(&request, &asking.0.caller.label())?;
    web.run(move |bank| sessions::change_password(bank, &asking.0, &body.0.present_password, &body.0.new_password))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
