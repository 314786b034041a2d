//! The learner's own things: what one is told, who one is, who may see what, leaving with everything, and what was taken in.

mod archive;
mod consents;
mod hub;
mod mail;
mod notifications;
mod profile;
mod taken_in;

use actix_web::web::ServiceConfig;

/// Puts the pages in their places.
pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(hub::show)
        .service(notifications::show)
        .service(notifications::download)
        .service(mail::show)
        .service(mail::choose)
        .service(mail::give)
        .service(mail::confirm)
        .service(mail::remove)
        .service(notifications::mark_all)
        .service(notifications::mark)
        .service(profile::show)
        .service(profile::list_looks)
        .service(profile::download)
        .service(consents::show)
        .service(consents::download)
        .service(consents::withdraw)
        .service(archive::show)
        .service(archive::download)
        .service(archive::export)
        .service(archive::receive)
        .service(archive::import)
        .service(taken_in::show_record)
        .service(taken_in::verify_record)
        .service(taken_in::remove_record)
        .service(taken_in::show_credential)
        .service(taken_in::verify_credential)
        .service(taken_in::remove_credential);
}
