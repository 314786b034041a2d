//! How an institution's files are read: what its own columns tell, which achievements its codes mean, and whether what one person
//! brings is released by another.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use super::pointed::refused_at;
use crate::domain::actor::MemberRole;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::imports::Field;
use crate::ops::imports::profile::{ImportProfile, NewImportProfile, put_import_profile, read_import_profile};
use crate::portal::answer::{Refused, page, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Posted, SignedIn};

/// What a page of a file suggests to put in, and what was done just before.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    own: String,
    #[serde(default)]
    means: String,
    #[serde(default)]
    column: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    done: String,
}

/// The form: headers by what they tell, a line each, and codes, a line each.
#[derive(Default)]
struct Typed {
    edition: i64,
    columns: BTreeMap<Field, String>,
    codes: String,
    needs_release: bool,
}

/// What a line of the form tells.
struct Line {
    field: Field,
    name: &'static str,
    required: bool,
    typed: String,
}

#[derive(Template)]
#[template(path = "school/file_profile.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    typed: &'a Typed,
    is_suggested: bool,
    done: Option<&'static str>,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn may_write(&self) -> bool {
        let roles = [MemberRole::Registrar, MemberRole::InstitutionAdmin];
        roles.iter().any(|role| self.desk.roles.contains(role))
    }

    fn may_decide_release(&self) -> bool {
        self.desk.roles.contains(&MemberRole::InstitutionAdmin)
    }

    fn lines(&self) -> Vec<Line> {
        let lines = Field::ALL.iter().map(|field| Line {
            field: *field,
            name: field.label(self.frame.language),
            required: Field::REQUIRED.contains(field),
            typed: self.typed.columns.get(field).cloned().unwrap_or_default(),
        });
        lines.collect()
    }

    /// Names by which everybody knows a field.
    fn known(&self, field: &Field) -> String {
        let names: Vec<&str> = field.names().skip(1).take(6).collect();
        names.join(&self.frame.t("list-separator"))
    }
}

impl Typed {
    fn of(profile: &ImportProfile) -> Self {
        let mut typed = Self {
            edition: profile.edition,
            needs_release: profile.needs_release,
            ..Self::default()
        };
        for (header, field) in &profile.columns {
            typed.add_column(*field, header);
        }
        for (own, code) in &profile.codes {
            typed.add_code(own, code);
        }
        typed
    }

    fn add_column(&mut self, field: Field, header: &str) {
        let headers = self.columns.entry(field).or_default();
        headers.push_str(header);
        headers.push('\n');
    }

    fn add_code(&mut self, own: &str, code: &str) {
        self.codes.push_str(&format!("{own} = {code}\n"));
    }

    fn sent(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "edition" => typed.edition = value.parse().unwrap_or_default(),
                "codes" => typed.codes = value,
                "needs_release" => typed.needs_release = true,
                other => {
                    if let Some(field) = other.strip_prefix("column-").and_then(Field::parse) {
                        typed.columns.insert(field, value);
                    }
                }
            }
        }
        typed
    }

    /// The profile that is typed, or what of it cannot be read, by the ids of the fields.
    fn read(&self, frame: &Frame) -> Result<NewImportProfile, Vec<(String, String)>> {
        let mut new = NewImportProfile {
            needs_release: self.needs_release,
            ..NewImportProfile::default()
        };
        let mut wrong = Vec::new();
        for (field, headers) in &self.columns {
            for header in headers.lines().map(str::trim).filter(|line| !line.is_empty()) {
                if new.columns.insert(header.to_owned(), *field).is_some() {
                    let said = frame.t1("file-profile-twice", "name", header.to_owned());
                    wrong.push((column_id(*field), said.into_owned()));
                }
            }
        }
        for (place, line) in self.codes.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let number = i64::try_from(place + 1).unwrap_or(i64::MAX);
            // A code of the bank has none of these letters, so that the last of them stands between the two.
            let Some((own, code)) = line.rsplit_once(['=', '\t', ',', '\u{ff0c}']) else {
                wrong.push(("codes".to_owned(), frame.t1("file-profile-unread", "line", number).into_owned()));
                continue;
            };
            let own = own.trim().to_owned();
            if let Some(other) = new.codes.insert(own.clone(), code.trim().to_owned())
                && other != code.trim()
            {
                wrong.push(("codes".to_owned(), frame.t1("file-profile-twice", "name", own).into_owned()));
            }
        }
        if wrong.is_empty() { Ok(new) } else { Err(wrong) }
    }

    /// Where a pointer into the profile is in the form, and the name that it is about.
    fn place(&self, new: &NewImportProfile, pointer: &str) -> (String, Option<String>) {
        let name = |rest: &str| rest.replace("~1", "/").replace("~0", "~");
        if let Some(header) = pointer.strip_prefix("/columns/").map(name) {
            let id = new
                .columns
                .get(&header)
                .map_or_else(|| "columns".to_owned(), |field| column_id(*field));
            return (id, Some(header));
        }
        match pointer.strip_prefix("/codes/") {
            Some(own) => ("codes".to_owned(), Some(name(own))),
            None => (pointer.trim_start_matches('/').to_owned(), None),
        }
    }
}

fn column_id(field: Field) -> String {
    format!("column-{field}")
}

/// Shows how files are read.
#[get("/desk/{institution_id}/files/profile")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let context = visit.context;
    let profile = web.run(move |bank| read_import_profile(bank, &context, id.0)).await?;
    let mut typed = Typed::of(&profile);
    let wish = wish.0;
    let column = Field::parse(&wish.field).filter(|_| !wish.column.is_empty() && !profile.columns.contains_key(&wish.column));
    if let Some(field) = column {
        typed.add_column(field, &wish.column);
    }
    let code = !wish.own.is_empty() && !wish.means.is_empty() && !profile.codes.contains_key(&wish.own);
    if code {
        typed.add_code(&wish.own, &wish.means);
    }
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        typed: &typed,
        is_suggested: code || column.is_some(),
        done: (wish.done == "saved").then_some("file-profile-saved"),
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

/// Saves how files are read.
#[post("/desk/{institution_id}/files/profile")]
pub(super) async fn save(web: web::Data<Web>, id: Id, posted: Posted<Vec<(String, String)>>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let desk = Desk::of(&web, &visit, id.0).await?;
    let typed = Typed::sent(posted.form);
    let (status, refused) = match typed.read(&visit.frame) {
        Err(fields) => {
            let sentence = visit.frame.t("file-profile-refused").into_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, Refused { sentence, fields })
        }
        Ok(new) => match saved(&web, &visit, id.0, typed.edition, new.clone()).await {
            Ok(()) => return Ok(see_other(&format!("/desk/{}/files/profile?done=saved", id.0))),
            Err(refusal) => refused_at(refusal, &visit.frame, |pointer| typed.place(&new, pointer))?,
        },
    };
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        typed: &typed,
        is_suggested: false,
        done: None,
        refused: Some(refused),
    };
    page(status, &shown)
}

async fn saved(web: &Web, visit: &SignedIn, institution_id: Uuid, edition: i64, new: NewImportProfile) -> Result<(), Refusal> {
    let context = visit.context;
    web.run(move |bank| put_import_profile(bank, &context, institution_id, edition, &new).map(|_| ()))
        .await
}
