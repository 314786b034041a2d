//! Making a view for an audience, and changing what it shows.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::parts::{Pairs, given, ids, value, values};
use crate::domain::portfolio::entry::OwnText;
use crate::domain::portfolio::timeline::{Grouping, Item, ItemFilter, ItemKind};
use crate::domain::portfolio::view::{Audience, Disclosed, ITEMS_MAX, Selection, ViewDefinition};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::portfolio::list_portfolio;
use crate::ops::views::{create_view, edit_view, read_view};
use crate::portal::answer::{Refused, page, refused_form, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Posted, SignedIn};

/// For whom a new view is to be.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    audience: String,
}

/// A view as it is filled in.
struct Typed {
    audience: Audience,
    name: String,
    title: String,
    title_en: String,
    /// Chosen items, and nothing that comes later.
    by_items: bool,
    kinds: Vec<ItemKind>,
    items: Vec<Uuid>,
    fields: Vec<Disclosed>,
    edition: i64,
}

#[derive(Template)]
#[template(path = "learner/view_form.html")]
struct Page<'a> {
    frame: &'a Frame,
    /// The view that is edited; none for a new one.
    view_id: Option<Uuid>,
    view_name: &'a str,
    typed: &'a Typed,
    items: &'a [Item],
    refused: Option<Refused>,
}

impl Page<'_> {
    fn audiences(&self) -> &'static [Audience] {
        Audience::ALL
    }

    fn kinds(&self) -> &'static [ItemKind] {
        ItemKind::ALL
    }

    fn fields(&self) -> &'static [Disclosed] {
        Disclosed::ALL
    }

    fn is_for(&self, audience: &Audience) -> bool {
        self.typed.audience == *audience
    }

    fn has_kind(&self, kind: &ItemKind) -> bool {
        self.typed.kinds.contains(kind)
    }

    fn has_item(&self, item: &Item) -> bool {
        self.typed.items.contains(&item.item_id)
    }

    fn has_field(&self, field: &Disclosed) -> bool {
        self.typed.fields.contains(field)
    }

    fn title_of<'b>(&self, item: &'b Item) -> &'b str {
        item.title.text(self.frame.language)
    }

    /// When it was, or where it has no end, since when it is.
    fn day_of(&self, item: &Item) -> Option<Cow<'static, str>> {
        item.to.or(item.from).map(|day| self.frame.day(&day))
    }

    fn action(&self) -> String {
        match self.view_id {
            Some(view_id) => format!("/views/{view_id}"),
            None => "/views/new".to_owned(),
        }
    }
}

impl Typed {
    /// What an audience needs, and no more.
    fn preset(audience: Audience) -> Self {
        Self {
            audience,
            name: String::new(),
            title: String::new(),
            title_en: String::new(),
            by_items: false,
            kinds: audience.kinds().to_vec(),
            items: Vec::new(),
            fields: audience.fields().to_vec(),
            edition: 0,
        }
    }

    fn of(definition: &ViewDefinition, edition: i64) -> Self {
        let title = definition.title.clone().unwrap_or_default();
        let (by_items, kinds, items) = match definition.selection() {
            Selection::Kinds(kinds) => (false, kinds, Vec::new()),
            Selection::Items(items) => (true, definition.audience.kinds().to_vec(), items),
        };
        Self {
            audience: definition.audience,
            name: definition.name.clone(),
            title: title.zh.unwrap_or_default(),
            title_en: title.en.unwrap_or_default(),
            by_items,
            kinds,
            items,
            fields: definition.shown().to_vec(),
            edition,
        }
    }

    fn read(pairs: &Pairs) -> Self {
        Self {
            audience: Audience::parse(value(pairs, "audience")).unwrap_or(Audience::Custom),
            name: value(pairs, "name").to_owned(),
            title: value(pairs, "title").to_owned(),
            title_en: value(pairs, "title_en").to_owned(),
            by_items: value(pairs, "selection") == "items",
            kinds: values(pairs, "kind").filter_map(ItemKind::parse).collect(),
            items: ids(pairs, "item"),
            fields: values(pairs, "field").filter_map(Disclosed::parse).collect(),
            edition: value(pairs, "edition").parse().unwrap_or_default(),
        }
    }

    /// The view that this is. What is as the preset says is left to the preset.
    fn definition(&self) -> ViewDefinition {
        let audience = self.audience;
        let is_custom = audience == Audience::Custom;
        let title = OwnText {
            zh: given(&self.title),
            en: given(&self.title_en),
        };
        let as_preset = !is_custom && is_same(&self.kinds, audience.kinds());
        let fields_as_preset = !is_custom && is_same(&self.fields, audience.fields());
        ViewDefinition {
            name: self.name.trim().to_owned(),
            audience,
            title: (title != OwnText::default()).then_some(title),
            kinds: (!self.by_items && !as_preset).then(|| self.kinds.clone()),
            items: self.by_items.then(|| self.items.clone()),
            fields: (!fields_as_preset).then(|| self.fields.clone()),
        }
    }
}

/// Whether two choices are the same, in whatever order.
fn is_same<T: PartialEq>(chosen: &[T], preset: &[T]) -> bool {
    chosen.len() == preset.len() && preset.iter().all(|one| chosen.contains(one))
}

async fn form_page(
    web: &Web,
    visit: &SignedIn,
    (view_id, view_name): (Option<Uuid>, &str),
    typed: &Typed,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let everything = ItemFilter::default();
    let mut portfolio = web
        .run(move |bank| list_portfolio(bank, &context, Grouping::Timeline, &everything, None, usize::MAX))
        .await?;
    // Of many items the first; and what is chosen already stays chosen.
    let mut seen = 0_usize;
    portfolio.items.retain(|item| {
        seen = seen.saturating_add(1);
        seen <= ITEMS_MAX || typed.items.contains(&item.item_id)
    });
    let shown = Page {
        frame: &visit.frame,
        view_id,
        view_name,
        typed,
        items: &portfolio.items,
        refused,
    };
    page(status, &shown)
}

/// Shows the form for a new view, filled in as the audience needs it.
#[get("/views/new")]
pub(super) async fn show_new(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let audience = Audience::parse(&wish.0.audience).unwrap_or(Audience::Employer);
    form_page(&web, &visit, (None, ""), &Typed::preset(audience), (StatusCode::OK, None)).await
}

/// Makes a view.
#[post("/views/new")]
pub(super) async fn create(web: web::Data<Web>, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let context = visit.context;
    let typed = Typed::read(&form);
    let definition = typed.definition();
    match web.run(move |bank| create_view(bank, &context, once.as_deref(), &definition)).await {
        Ok(view) => Ok(see_other(&format!("/views/{}/preview?done=created", view.view_id))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            form_page(&web, &visit, (None, ""), &typed, (status, Some(refused))).await
        }
    }
}

/// Shows what a view shows, to be changed.
#[get("/views/{view_id}")]
pub(super) async fn show_edit(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let view = web.run(move |bank| read_view(bank, &context, id.0)).await?;
    let typed = Typed::of(&view.definition, view.edition);
    form_page(&web, &visit, (Some(id.0), &view.definition.name), &typed, (StatusCode::OK, None)).await
}

/// Changes a view; whoever has a link to it sees the new choice from now on.
#[post("/views/{view_id}")]
pub(super) async fn edit(web: web::Data<Web>, id: Id, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, view_id) = (visit.context, id.0);
    let view = web.run(move |bank| read_view(bank, &context, view_id)).await?;
    let typed = Typed::read(&posted.form);
    let (definition, edition) = (typed.definition(), typed.edition);
    let edited = match definition == view.definition {
        // It says so already: nothing was changed, or the form was sent twice.
        true => Ok(()),
        false => web
            .run(move |bank| edit_view(bank, &context, view_id, edition, &definition))
            .await
            .map(|_| ()),
    };
    match edited {
        Ok(()) => Ok(see_other(&format!("/views/{view_id}/preview?done=edited"))),
        Err(Refusal::Rejected(Rejection::NotFound {})) => Err(Rejection::NotFound {}.into()),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            let of = (Some(view_id), view.definition.name.as_str());
            form_page(&web, &visit, of, &typed, (status, Some(refused))).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(given: &[(&str, &str)]) -> Pairs {
        given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// What is sent where nothing of the preset is changed.
    fn sent(audience: Audience) -> Pairs {
        let mut sent = pairs(&[("audience", audience.as_str()), ("name", "应聘"), ("selection", "kinds")]);
        sent.extend(audience.kinds().iter().map(|kind| ("kind".to_owned(), kind.to_string())));
        sent.extend(audience.fields().iter().rev().map(|field| ("field".to_owned(), field.to_string())));
        sent
    }

    #[test]
    fn what_is_as_the_preset_says_is_left_to_it() {
        for audience in [Audience::SchoolAdmission, Audience::Employer, Audience::SubsidyOffice] {
            let definition = Typed::read(&sent(audience)).definition();
            assert_eq!((&definition.kinds, &definition.items, &definition.fields), (&None, &None, &None));
            assert_eq!(definition.problems(), []);
            assert_eq!(Typed::of(&definition, 1).definition(), definition);
        }
        let mut more = sent(Audience::Employer);
        more.push(("field".to_owned(), "score".to_owned()));
        let definition = Typed::read(&more).definition();
        assert!(definition.fields.is_some_and(|fields| fields.contains(&Disclosed::Score)));
        let custom = Typed::read(&sent(Audience::Custom)).definition();
        assert!(
            !custom.problems().is_empty(),
            "somebody else is shown what is chosen, so something has to be"
        );
    }

    #[test]
    fn chosen_items_take_the_place_of_kinds() {
        let mut chosen = sent(Audience::Employer);
        let item = Uuid::nil().to_string();
        chosen.retain(|(name, _)| name != "selection");
        chosen.extend(pairs(&[("selection", "items"), ("item", &item), ("item", "none")]));
        let definition = Typed::read(&chosen).definition();
        assert_eq!((&definition.kinds, &definition.items), (&None, &Some(vec![Uuid::nil()])));
        assert_eq!(Typed::of(&definition, 1).definition(), definition);
    }
}
