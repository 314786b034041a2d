//! The learner's portfolio, and what leaves the bank: views and links to them, papers, and credentials.

mod confirmations;
mod credential_form;
mod credentials;
mod entries;
mod entry_files;
mod entry_form;
mod parts;
mod portfolio;
mod share_form;
mod shares;
mod statement_form;
mod statements;
mod view_form;
mod views;

use actix_web::web::ServiceConfig;

/// Puts the pages in their places.
pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(portfolio::list)
        .service(portfolio::download)
        .service(portfolio::show_place)
        .service(portfolio::set_place)
        .service(entry_form::show_new)
        .service(entry_form::create)
        .service(entry_form::show_edit)
        .service(entry_form::edit)
        .service(entries::read)
        .service(entries::ask_to_remove)
        .service(entries::remove)
        .service(entry_files::add)
        .service(entry_files::fetch)
        .service(entry_files::take_off)
        .service(confirmations::show)
        .service(confirmations::send)
        .service(confirmations::ask_to_withdraw)
        .service(confirmations::withdraw)
        .service(views::list)
        .service(views::download)
        .service(view_form::show_new)
        .service(view_form::create)
        .service(view_form::show_edit)
        .service(view_form::edit)
        .service(views::preview)
        .service(views::ask_to_remove)
        .service(views::remove)
        .service(shares::list)
        .service(shares::download)
        .service(shares::download_looks)
        .service(share_form::show_new)
        .service(share_form::create)
        .service(shares::read)
        .service(shares::ask_to_turn_off)
        .service(shares::turn_off)
        .service(statements::list)
        .service(statements::download)
        .service(statement_form::show_new)
        .service(statement_form::issue)
        .service(statements::read)
        .service(statements::fetch)
        .service(statements::ask_to_revoke)
        .service(statements::revoke)
        .service(credentials::list)
        .service(credentials::download)
        .service(credential_form::show_new)
        .service(credential_form::request)
        .service(credentials::read)
        .service(credentials::fetch)
        .service(credentials::show_wallet)
        .service(credentials::make_offer)
        .service(credentials::ask_to_give_up)
        .service(credentials::give_up);
}
