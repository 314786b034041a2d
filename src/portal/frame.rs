//! What is around every page: in which language, for whom, and where the reader is; and how days, moments and amounts are written.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::{Method, header};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Timelike, Utc};
use fluent_bundle::{FluentArgs, FluentValue};

use super::assets;
use super::cookies::{LANGUAGE_NAME, SESSION_NAME};
use super::places::{self, Place};
use super::texts::{tag, text};
use crate::domain::achievement::AchievementKind;
use crate::domain::language::Language;
use crate::domain::outcome::OutcomeStatus;
use crate::http::render::language_of;
use crate::http::state::Web;
use crate::ops::browser::{Visitor, form_token};

/// What is around a page.
pub(super) struct Frame {
    pub(super) language: Language,
    pub(super) visitor: Option<Visitor>,
    offset: FixedOffset,
    bank_name: String,
    contact: Option<String>,
    /// The path of the page, without its query.
    path: String,
    /// Path and query, to come back to.
    here: String,
    form_token: String,
    /// There is a cookie of a log-in, which a page of an error does not look up.
    may_be_somebody: bool,
}

/// The language that somebody chose, or that the browser asks for.
pub(super) fn chosen_language(request: &HttpRequest) -> Language {
    match request.cookie(LANGUAGE_NAME).as_ref().map(actix_web::cookie::Cookie::value) {
        Some("zh-CN") => Language::Chinese,
        Some("en") => Language::English,
        _ => language_of(request),
    }
}

/// The page that is read: of an answer to a form, the page on which the form was.
fn page_of(request: &HttpRequest) -> String {
    if request.method() == Method::GET {
        return request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    }
    let from = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    let from = from.and_then(|address| url::Url::parse(address).ok());
    let path = from.map(|url| url[url::Position::BeforePath..url::Position::AfterQuery].to_owned());
    path.unwrap_or_else(|| "/".to_owned())
}

/// A name and what is filled in there. Templates give it by reference.
pub(super) trait Filling<'a> {
    fn filling(self) -> (&'a str, FluentValue<'a>);
}

impl<'a, V: Into<FluentValue<'a>>> Filling<'a> for (&'a str, V) {
    fn filling(self) -> (&'a str, FluentValue<'a>) {
        (self.0, self.1.into())
    }
}

impl<'a, V: Clone + Into<FluentValue<'a>>> Filling<'a> for &(&'a str, V) {
    fn filling(self) -> (&'a str, FluentValue<'a>) {
        (self.0, self.1.clone().into())
    }
}

impl Frame {
    /// The frame of a page for somebody.
    pub(super) fn new(web: &Web, request: &HttpRequest, visitor: Option<Visitor>) -> Self {
        let language = chosen_language(request);
        let cookie = request.cookie(SESSION_NAME);
        Self {
            language,
            form_token: cookie
                .as_ref()
                .filter(|_| visitor.is_some())
                .map_or_else(String::new, |cookie| form_token(cookie.value())),
            visitor,
            offset: web.bank.offset,
            bank_name: web.bank.name.text(language).to_owned(),
            contact: web.bank.contact.as_ref().map(|contact| contact.text(language).to_owned()),
            path: request.path().to_owned(),
            here: page_of(request),
            may_be_somebody: cookie.is_some(),
        }
    }

    /// The same in a language.
    pub(super) fn speaking(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The language's tag.
    pub(super) fn tag(&self) -> &'static str {
        tag(self.language)
    }

    /// What the bank is called.
    pub(super) fn bank_name(&self) -> &str {
        &self.bank_name
    }

    /// Where people reach whoever runs the bank.
    pub(super) fn contact(&self) -> Option<&str> {
        self.contact.as_deref()
    }

    /// Where one comes back to after another language was chosen.
    pub(super) fn here(&self) -> &str {
        &self.here
    }

    /// The last part of the address of the page.
    pub(super) fn last_part(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// What shows that a form is of a page that this browser was given.
    pub(super) fn form_token(&self) -> &str {
        &self.form_token
    }

    /// The key that makes a form that is sent twice do nothing twice.
    pub(super) fn once(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }

    /// The name of whoever is signed in.
    pub(super) fn visitor_name(&self) -> Option<&str> {
        self.visitor.as_ref().map(|visitor| visitor.actor.display_name())
    }

    /// Whether a label, as the audit names people, is that of whoever is signed in.
    pub(super) fn is_visitor(&self, label: &str) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.caller.label() == label)
    }

    /// Whether whoever is signed in has a learning account.
    pub(super) fn is_learner(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.actor.learner_id().is_some())
    }

    /// The main menu. Of a page of an error it is not known whose it is.
    pub(super) fn places(&self) -> Vec<Place> {
        let mut entries = places::main_menu(self.visitor.as_ref().map(|visitor| &visitor.actor));
        if self.visitor.is_none() && self.may_be_somebody {
            entries.truncate(1);
        }
        self.menu(entries)
    }

    /// What everybody may read, for the foot of every page.
    pub(super) fn public_places(&self) -> Vec<Place> {
        self.menu(places::PUBLIC)
    }

    /// A menu of these paths and the ids of their texts.
    pub(super) fn menu<P: Into<Cow<'static, str>>>(&self, entries: impl IntoIterator<Item = (P, &'static str)>) -> Vec<Place> {
        places::menu(&self.path, entries.into_iter().map(|(path, id)| (path.into(), self.t(id))))
    }

    /// The address of the style sheet.
    pub(super) fn style(&self) -> &'static str {
        assets::address("portal.css")
    }

    /// The address of the script.
    pub(super) fn script(&self) -> &'static str {
        assets::address("portal.js")
    }

    /// The address of the mark.
    pub(super) fn mark(&self) -> &'static str {
        assets::address("mark.svg")
    }

    /// A text.
    pub(super) fn t(&self, id: &str) -> Cow<'static, str> {
        text(self.language, id, None)
    }

    /// A text in which one thing is filled in.
    pub(super) fn t1<'a>(&self, id: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> Cow<'static, str> {
        let arguments: FluentArgs<'a> = [(name, value.into())].into_iter().collect();
        text(self.language, id, Some(&arguments))
    }

    /// A text in which two things are filled in, each a name and a value.
    pub(super) fn t2<'a>(&self, id: &str, first: impl Filling<'a>, second: impl Filling<'a>) -> Cow<'static, str> {
        let arguments: FluentArgs<'a> = [first.filling(), second.filling()].into_iter().collect();
        text(self.language, id, Some(&arguments))
    }

    /// A word of one of the closed sets: `movement-grant`.
    pub(super) fn word(&self, set: &str, word: &str) -> Cow<'static, str> {
        self.t(&format!("{set}-{}", word.replace('_', "-")))
    }

    /// What people call a kind of achievement.
    pub(super) fn kind_name(&self, kind: &AchievementKind) -> &'static str {
        kind.called(self.language)
    }

    /// How people say where an outcome stands.
    pub(super) fn status_name(&self, status: &OutcomeStatus) -> &'static str {
        status.called(self.language)
    }

    /// A day as people write it.
    pub(super) fn day(&self, day: &NaiveDate) -> Cow<'static, str> {
        Cow::Owned(self.language.day(*day))
    }

    /// A moment as people write it, by the bank's clock.
    pub(super) fn moment(&self, moment: &DateTime<Utc>) -> Cow<'static, str> {
        let local = moment.with_timezone(&self.offset);
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        let day = self.day(&local.date_naive()).into_owned();
        self.t2("moment", ("day", day), ("time", time))
    }

    /// Until when something lasts: what ends at midnight ends with the day before, as it was chosen.
    pub(super) fn until(&self, moment: &DateTime<Utc>) -> Cow<'static, str> {
        let local = moment.with_timezone(&self.offset).naive_local();
        match local.date().pred_opt().filter(|_| local.time() == NaiveTime::MIN) {
            Some(day) => self.t1("end-of-day", "day", self.day(&day).into_owned()),
            None => self.moment(moment),
        }
    }

    /// A moment as spreadsheets read it, by the bank's clock.
    pub(super) fn plain_moment(&self, moment: &DateTime<Utc>) -> String {
        moment.with_timezone(&self.offset).format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The same of one that may not have come.
    pub(super) fn plain_moment_if(&self, moment: Option<&DateTime<Utc>>) -> String {
        moment.map(|moment| self.plain_moment(moment)).unwrap_or_default()
    }
}
