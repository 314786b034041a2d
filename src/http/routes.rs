//! The one table of operations: each line is a route and, by its attribute, an operation of the API's description.

use actix_web::web::ServiceConfig;
use utoipa::OpenApi;

use super::{achievements, health, institutions, outcomes, rules, sessions};

macro_rules! operations {
    ($($module:ident :: $handler:ident),+ $(,)?) => {
        /// Puts every operation in its place.
        pub(super) fn register(config: &mut ServiceConfig) {
            $(config.service($module::$handler);)+
        }

        #[derive(OpenApi)]
        #[openapi(paths($($module::$handler),+))]
        pub(super) struct Operations;
    };
}

operations! {
    sessions::set_up,
    sessions::log_in,
    sessions::refresh_session,
    sessions::log_out,
    sessions::change_password,
    institutions::register_institution,
    institutions::list_institutions,
    institutions::read_institution,
    institutions::edit_institution,
    institutions::approve_institution,
    institutions::refuse_institution,
    institutions::suspend_institution,
    institutions::reinstate_institution,
    achievements::create_framework,
    achievements::list_frameworks,
    achievements::create_achievement,
    achievements::list_achievements,
    achievements::read_achievement,
    achievements::edit_achievement,
    achievements::publish_achievement,
    achievements::close_achievement,
    achievements::create_achievement_version,
    rules::publish_recognition_rule,
    rules::list_recognition_rules,
    rules::publish_certificate_pattern,
    rules::list_certificate_patterns,
    outcomes::deposit_outcome,
    outcomes::deposit_batch,
    health::read_key_set,
    health::read_liveness,
    health::read_readiness,
    health::read_metrics,
}
