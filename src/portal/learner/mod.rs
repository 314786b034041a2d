//! The pages of a learner: what came in, what it is worth, where it went, and who may see it.

mod claims;
mod folio;
mod mine;
mod passbook;
mod plan;
mod records;

use actix_web::web::ServiceConfig;

/// Puts the pages in their places.
pub(super) fn register(config: &mut ServiceConfig) {
    folio::register(config);
    claims::register(config);
    mine::register(config);
    config
        .service(plan::show)
        .service(plan::kept::list)
        .service(plan::kept::download)
        .service(plan::kept::read)
        .service(plan::kept::work_out_again)
        .service(plan::programme::show)
        .service(plan::programme::keep)
        .service(plan::next::show)
        .service(passbook::show)
        .service(passbook::download)
        .service(records::list)
        .service(records::download)
        .service(records::read)
        .service(records::work_out_again)
        .service(records::ask_for_correction);
}
