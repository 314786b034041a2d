//! The pages: server-rendered, calling the same operations as the API. No rules, no SQL.

mod answer;
mod assets;
mod chart;
mod check;
mod claim_account;
mod cookies;
mod frame;
mod home;
mod passbook;
mod problem;
mod problems;
mod records;
mod security;
mod setup;
mod share;
mod share_view;
mod signing;
mod texts;
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
        .service(passbook::show)
        .service(passbook::download)
        .service(records::list)
        .service(records::read)
        .service(records::work_out_again)
        .service(records::ask_for_correction)
        .service(security::show)
        .service(security::change_password)
        .service(security::end_session)
        .service(security::show_factor)
        .service(security::confirm_factor)
        .service(security::renew_codes)
        .service(security::remove_factor)
        .service(setup::show)
        .service(setup::submit)
        .service(problems::show)
        .service(check::ask)
        .service(check::show)
        .service(share::show)
        .service(share::open)
        .service(share::fetch)
        .service(assets::send);
}
