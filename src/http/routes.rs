//! The one table of operations: each line is a route and, by its attribute, an operation of the API's description.

use actix_web::web::ServiceConfig;
use utoipa::OpenApi;

use super::{
    achievements, agreements, clients, health, institutions, learners, me, members, outcomes, packs, pathways, programmes, review, rules,
    sessions, simulations,
};

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
    members::create_user,
    members::list_users,
    institutions::register_institution,
    institutions::list_institutions,
    institutions::read_institution,
    institutions::edit_institution,
    institutions::approve_institution,
    institutions::refuse_institution,
    institutions::suspend_institution,
    institutions::reinstate_institution,
    members::add_member,
    members::list_members,
    members::set_member_roles,
    members::remove_member,
    clients::create_client,
    clients::list_clients,
    clients::rotate_client_secret,
    clients::revoke_client,
    clients::issue_token,
    clients::read_authorization_server,
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
    programmes::publish_programme,
    programmes::list_programmes,
    programmes::read_programme,
    agreements::publish_agreement,
    agreements::list_agreements,
    agreements::read_agreement,
    pathways::publish_pathway,
    pathways::list_pathways,
    pathways::read_pathway,
    outcomes::deposit_outcome,
    outcomes::deposit_batch,
    review::list_outcomes,
    review::read_outcome,
    review::release_outcome,
    review::refuse_outcome,
    review::read_decision,
    review::replay_decision,
    review::list_mismatches,
    review::settle_mismatch,
    review::list_audit,
    learners::register_learner,
    learners::find_learner,
    learners::issue_claim_code,
    learners::claim_account,
    learners::read_learner_account,
    learners::list_learner_movements,
    learners::list_learner_outcomes,
    learners::list_learner_accesses,
    me::read_me,
    me::read_account,
    me::list_movements,
    me::list_own_outcomes,
    me::list_accesses,
    health::read_key_set,
    health::read_liveness,
    health::read_readiness,
    health::read_metrics,
    packs::create_rule_pack,
    packs::list_rule_packs,
    packs::validate_rule_pack,
    packs::read_rule_pack_schema,
    packs::read_rule_pack,
    packs::edit_rule_pack,
    packs::validate_rule_pack_version,
    packs::test_rule_pack,
    packs::file_rule_pack,
    packs::decide_filing,
    packs::withdraw_rule_pack,
    packs::diff_rule_packs,
    packs::read_rule_pack_text,
    simulations::start_simulation,
    simulations::list_simulations,
    simulations::read_simulation,
    simulations::cancel_simulation,
}
