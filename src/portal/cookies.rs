//! The two cookies of the pages: the secret of a log-in, and the language that somebody chose.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::texts::tag;
use crate::domain::language::Language;

/// The cookie of a log-in. The prefix has browsers keep it to this host alone, and send it over TLS only (or to the own machine).
pub(super) const SESSION_NAME: &str = "__Host-session";

/// The cookie that keeps the language which somebody chose.
pub(super) const LANGUAGE_NAME: &str = "language";

/// The cookie of a log-in; it ends with the browser at the latest, and earlier at the bank.
pub(super) fn session_cookie(value: String) -> Cookie<'static> {
    Cookie::build(SESSION_NAME, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

/// What takes the cookie away.
pub(super) fn no_session_cookie() -> Cookie<'static> {
    let mut cookie = session_cookie(String::new());
    cookie.make_removal();
    cookie
}

/// The cookie that keeps the language, for a year.
pub(super) fn language_cookie(language: Language) -> Cookie<'static> {
    Cookie::build(LANGUAGE_NAME, tag(language))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish()
}
