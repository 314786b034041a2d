//! Lists come in pages: `?limit=&cursor=`, and `Link: rel="next"` where there is more (RFC 8288).

use crate::domain::list::ListOrder;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many items a page has: 1 to 200.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u16")]
pub struct PageSize(u16);

impl Default for PageSize {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u16> for PageSize {
    type Error = &'static str;

    fn try_from(size: u16) -> Result<Self, Self::Error> {
        if (1..=200).contains(&size) {
            Ok(Self(size))
        } else {
            Err("must be 1 to 200")
        }
    }
}

impl PageSize {
    /// One more than fits, so that it shows whether there is a next page.
    pub fn and_one(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl utoipa::PartialSchema for PageSize {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .minimum(Some(1))
            .maximum(Some(200))
            .default(Some(serde_json::json!(50)))
            .examples([serde_json::json!(50)])
            .into()
    }
}

impl utoipa::ToSchema for PageSize {}

/// Which page of a list that can be read from either end.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `newest` first, or `oldest` first.
    pub order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    pub limit: PageSize,
    /// From the `Link` of the page before.
    pub cursor: Option<Uuid>,
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Listed<T> {
    pub items: Vec<T>,
}

/// Answers a page of what was read with [`PageSize::and_one`]; `cursor_of` names the last item shown.
pub fn page<T: Serialize>(request: &HttpRequest, size: PageSize, mut items: Vec<T>, cursor_of: impl Fn(&T) -> String) -> HttpResponse {
    let mut answer = begin_page(request, size, &mut items, cursor_of);
    answer.json(Listed { items })
}

/// Leaves of what was read what fits, and begins the answer with the `Link` to the rest.
pub fn begin_page<T>(request: &HttpRequest, size: PageSize, items: &mut Vec<T>, cursor_of: impl Fn(&T) -> String) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    if items.len() > usize::from(size.0) {
        items.truncate(usize::from(size.0));
        if let Some(last) = items.last() {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(url::form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor"));
            query.append_pair("cursor", &cursor_of(last));
            answer.insert_header((header::LINK, format!("<{}?{}>; rel=\"next\"", request.path(), query.finish())));
        }
    }
    answer
}
