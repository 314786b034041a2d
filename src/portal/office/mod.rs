//! The pages of the bank itself and of the authority: what waits to be decided, what is overdue, and how the bank is.

pub(super) mod around;
mod audit;
mod calendar;
mod cases;
mod corrections;
mod desk;
mod evidence;
mod health;
mod institutions;
mod merge_form;
mod merges;
mod outcomes;
mod overdue;
mod people;
mod suspicions;

use actix_web::web::ServiceConfig;

/// Puts the pages in their places.
pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(desk::show)
        .service(institutions::begin)
        .service(institutions::list)
        .service(institutions::download)
        .service(institutions::register)
        .service(institutions::read)
        .service(institutions::decide)
        .service(cases::list)
        .service(cases::download)
        .service(corrections::list)
        .service(corrections::download)
        .service(corrections::read)
        .service(corrections::decide)
        .service(suspicions::list)
        .service(suspicions::download)
        .service(suspicions::read)
        .service(suspicions::dismiss)
        .service(suspicions::propose)
        .service(merge_form::begin)
        .service(merges::list)
        .service(merges::download)
        .service(merge_form::propose)
        .service(merges::read)
        .service(merges::act)
        .service(overdue::show)
        .service(overdue::download)
        .service(audit::show)
        .service(audit::download)
        .service(people::list)
        .service(people::download)
        .service(people::create)
        .service(health::show)
        .service(calendar::show)
        .service(calendar::put)
        .service(evidence::download);
    config
        .service(outcomes::list)
        .service(outcomes::download)
        .service(outcomes::show)
        .service(outcomes::review);
}
