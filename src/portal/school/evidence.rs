//! A file that came with what an institution judges, sent to be saved.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};

use super::around::Desk;
use crate::http::extract::Id;
use crate::http::file::saved;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::evidence::read::{Downloaded, download_evidence};
use crate::portal::visit::SignedIn;

/// Sends the file; the learner sees the look.
#[get("/desk/{institution_id}/evidence/{learner_id}/{file_id}")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, learner: Id<1>, file: Id<2>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let context = visit.context;
    let Downloaded { file, content } = web.run(move |bank| download_evidence(bank, &context, learner.0, file.0)).await?;
    Ok(saved(&file)?
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(content.to_vec()))
}
