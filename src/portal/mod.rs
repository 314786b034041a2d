//! The pages: server-rendered, calling the same operations as the API. No rules, no SQL.

mod answer;
mod assets;
mod chart;
mod chosen;
mod claim_account;
mod cookies;
mod deciding;
mod difference;
mod download;
mod frame;
mod home;
mod kept_form;
mod learner;
mod names;
mod office;
mod outcome;
mod packs;
mod pager;
mod passkeys;
mod places;
mod problem;
mod public;
mod school;
mod security;
mod setup;
mod signing;
mod standing;
mod summary;
mod texts;
mod upload;
mod verdict;
mod visit;

use actix_web::web::ServiceConfig;

use crate::http::state::Pages;

/// The pages, and what a browser is shown of a problem.
pub const PAGES: Pages = Pages {
    register,
    problem: problem::shown,
};

/// Puts every page in its place.
fn register(config: &mut ServiceConfig) {
    learner::register(config);
    public::register(config);
    school::register(config);
    office::register(config);
    packs::register(config);
    deciding::register(config);
    config
        .service(home::show)
        .service(signing::show)
        .service(signing::submit)
        .service(signing::show_code)
        .service(signing::submit_code)
        .service(signing::sign_out)
        .service(signing::choose_language)
        .service(claim_account::show)
        .service(claim_account::submit)
        .service(security::show)
        .service(security::change_password)
        .service(security::end_session)
        .service(security::show_factor)
        .service(security::confirm_factor)
        .service(security::renew_codes)
        .service(security::remove_factor)
        .service(passkeys::begin)
        .service(passkeys::add)
        .service(passkeys::remove)
        .service(passkeys::ask)
        .service(passkeys::sign_in)
        .service(setup::show)
        .service(setup::submit)
        .service(assets::send);
}
