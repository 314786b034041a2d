//! The pages of an institution: its desk, and all that its members do there. The institution is in the address: somebody may be a
//! member of several.

mod achievement_form;
pub(super) mod around;
mod cases;
mod catalogue;
mod clients;
mod confirmations;
mod correct;
mod correction;
mod corrections;
mod deposit;
mod desk;
mod disputes;
mod evidence;
mod file;
mod file_profile;
mod files;
mod given;
mod learners;
mod members;
mod mismatches;
mod offered;
mod outcome;
mod outcomes;
mod pointed;
mod programme_text;
mod programmes;
mod webhook;
mod webhooks;

use actix_web::web::ServiceConfig;

/// Puts the pages in their places.
pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(files::list)
        .service(files::download)
        .service(files::bring)
        .service(file_profile::show)
        .service(file_profile::save)
        .service(file::read)
        .service(file::look_again)
        .service(file::have_deposited)
        .service(file::release)
        .service(file::cancel)
        .service(file::download)
        .service(catalogue::list)
        .service(catalogue::download)
        .service(achievement_form::begin)
        .service(achievement_form::draft)
        .service(catalogue::read)
        .service(catalogue::publish)
        .service(catalogue::close)
        .service(achievement_form::reopen)
        .service(achievement_form::edit)
        .service(achievement_form::begin_version)
        .service(achievement_form::draft_version)
        .service(programmes::list)
        .service(programmes::download)
        .service(programmes::begin)
        .service(programmes::publish)
        .service(mismatches::list)
        .service(mismatches::download)
        .service(mismatches::settle)
        .service(desk::list)
        .service(desk::show)
        .service(outcomes::list)
        .service(outcomes::download)
        .service(deposit::show)
        .service(deposit::submit)
        .service(outcome::show)
        .service(corrections::list)
        .service(corrections::download)
        .service(correct::show)
        .service(correct::submit)
        .service(correction::download)
        .service(correction::read)
        .service(correction::apply)
        .service(correction::give_up)
        .service(disputes::list)
        .service(disputes::download)
        .service(disputes::read)
        .service(disputes::reply)
        .service(cases::list)
        .service(cases::download)
        .service(cases::read)
        .service(cases::decide)
        .service(evidence::download)
        .service(confirmations::list)
        .service(confirmations::download)
        .service(confirmations::read)
        .service(confirmations::answer)
        .service(learners::show)
        .service(learners::submit)
        .service(learners::hand_out)
        .service(members::show)
        .service(members::download)
        .service(members::add)
        .service(members::change)
        .service(members::remove)
        .service(clients::show)
        .service(clients::download)
        .service(clients::create)
        .service(clients::rotate)
        .service(clients::revoke)
        .service(webhooks::show)
        .service(webhooks::download)
        .service(webhooks::create)
        .service(webhook::read)
        .service(webhook::download)
        .service(webhook::edit)
        .service(webhook::pause)
        .service(webhook::resume)
        .service(webhook::test)
        .service(webhook::rotate)
        .service(webhook::remove)
        .service(webhook::replay);
}
