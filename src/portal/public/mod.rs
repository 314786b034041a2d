//! The pages for everybody, without a log-in.

mod agreements;
pub(in crate::portal) mod catalogue;
mod check;
mod institutions;
mod leading;
mod notices;
mod objected;
mod problems;
pub(in crate::portal) mod programmes;
pub(in crate::portal) mod rule_packs;
mod share;
pub(in crate::portal) mod share_view;
mod verify;
mod worth;
mod worth_wish;

use actix_web::web::ServiceConfig;

/// Puts the pages in their places.
pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(catalogue::list)
        .service(catalogue::download)
        .service(catalogue::read)
        .service(programmes::list)
        .service(programmes::download)
        .service(programmes::read)
        .service(rule_packs::list)
        .service(rule_packs::download)
        .service(rule_packs::diff)
        .service(rule_packs::read)
        .service(agreements::list)
        .service(agreements::download)
        .service(agreements::ways)
        .service(agreements::download_ways)
        .service(institutions::list)
        .service(institutions::download)
        .service(institutions::read);
    config
        .service(problems::show)
        .service(worth::show)
        .service(notices::list)
        .service(notices::download)
        .service(objected::list)
        .service(objected::download)
        .service(notices::show)
        .service(notices::object)
        .service(notices::appeal)
        .service(notices::take_back)
        .service(verify::show)
        .service(verify::verify)
        .service(check::ask)
        .service(check::show)
        .service(share::show)
        .service(share::open)
        .service(share::fetch);
}
