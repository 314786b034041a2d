//! Files that learners gave as evidence, for the bank's officers and auditors.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};

use super::around::Office;
use crate::http::extract::Id;
use crate::http::file::saved;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::evidence::read::{Downloaded, download_evidence};
use crate::portal::visit::SignedIn;

/// Sends a file; the learner sees the look.
#[get("/office/evidence/{learner_id}/{file_id}")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, learner: Id, file: Id<1>) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let (context, learner_id, file_id) = (visit.context, learner.0, file.0);
    let Downloaded { file, content } = web.run(move |bank| download_evidence(bank, &context, learner_id, file_id)).await?;
    Ok(saved(&file)?
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(content.to_vec()))
}
