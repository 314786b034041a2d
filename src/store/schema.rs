//! The tables as diesel sees them; `tests/migrations.rs` compares them with both catalogues.

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{Id, Moment};

    credential_offers (offer_id) {
        offer_id -> Id,
        learner_id -> Id,
        credential_id -> Id,
        configuration -> Text,
        secret_digest -> Binary,
        code_index -> Binary,
        failures -> BigInt,
        created_at -> Moment,
        expires_at -> Moment,
        redeemed_at -> Nullable<Moment>,
        token_digest -> Nullable<Binary>,
        token_expires_at -> Nullable<Moment>,
        issued_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    trusted_issuers (issuer_id) {
        issuer_id -> Id,
        identifier -> Text,
        name -> Text,
        keys -> Json,
        institution_id -> Nullable<Id>,
        reason -> Text,
        registered_at -> Moment,
        registered_by -> Text,
        ended_at -> Nullable<Moment>,
        ended_by -> Nullable<Text>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::store::types::{Id, Moment};

    institutions (institution_id) {
        institution_id -> Id,
        name -> Text,
        kind -> Text,
        credit_code -> Text,
        credit_code_suspect -> Bool,
        division_code -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        edition -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{Id, Json, Moment};

    frameworks (framework_id) {
        framework_id -> Id,
        code -> Text,
        name_chinese -> Text,
        name_english -> Text,
        levels -> Json,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable, SmallInt, Text};
    use crate::store::types::{Id, Json, Moment};

    achievements (achievement_id) {
        achievement_id -> Id,
        lineage_id -> Id,
        version -> BigInt,
        institution_id -> Id,
        code -> Text,
        name_chinese -> Text,
        name_english -> Nullable<Text>,
        kind -> Text,
        family -> Nullable<Text>,
        rank -> Nullable<SmallInt>,
        framework_id -> Nullable<Id>,
        level -> Nullable<SmallInt>,
        hours_hundredths -> Nullable<BigInt>,
        original_issuer -> Nullable<Text>,
        details -> Json,
        status -> Text,
        valid_from -> Date,
        closed_on -> Nullable<Date>,
        edition -> BigInt,
        created_at -> Moment,
        published_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Moment};

    certificate_patterns (pattern_id) {
        pattern_id -> Id,
        name -> Text,
        kind -> Text,
        family -> Nullable<Text>,
        pattern -> Text,
        citation -> Text,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable};
    use crate::store::types::{Id, Json, Moment};

    recognition_rules (rule_id, version) {
        rule_id -> Id,
        version -> BigInt,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        document -> Json,
        created_at -> Moment,
        created_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Moment};

    users (user_id) {
        user_id -> Id,
        username -> Text,
        display_name -> Text,
        password_hash -> Text,
        bank_role -> Nullable<Text>,
        learner_id -> Nullable<Id>,
        status -> Text,
        created_at -> Moment,
        password_changed_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{Id};

    usernames (username) {
        username -> Text,
        user_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{Id, Moment};

    memberships (user_id, institution_id, role) {
        user_id -> Id,
        institution_id -> Id,
        role -> Text,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Nullable, Text};
    use crate::store::types::{Id, Moment};

    sessions (session_id) {
        session_id -> Id,
        user_id -> Id,
        refresh_digest -> Binary,
        browser -> Nullable<Text>,
        awaits_code -> Bool,
        created_at -> Moment,
        refreshed_at -> Moment,
        expires_at -> Moment,
        ended_at -> Nullable<Moment>,
        ended_because -> Nullable<Text>,
        ceremony -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::store::types::{Id, Moment};

    second_factors (user_id) {
        user_id -> Id,
        secret_sealed -> Binary,
        last_step -> BigInt,
        failures -> BigInt,
        created_at -> Moment,
        confirmed_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::store::types::{Id, Moment};

    recovery_codes (user_id, code_digest) {
        user_id -> Id,
        code_digest -> Binary,
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::store::types::{Id, Moment};

    passkeys (credential_id) {
        credential_id -> Binary,
        user_id -> Id,
        name -> Text,
        public_key -> Text,
        created_at -> Moment,
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::store::types::{Moment};

    setup_tokens (token_digest) {
        token_digest -> Binary,
        created_at -> Moment,
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::store::types::{Id, Moment};

    api_clients (client_id) {
        client_id -> Id,
        institution_id -> Id,
        name -> Text,
        scopes -> Text,
        secret_digest -> Binary,
        previous_secret_digest -> Nullable<Binary>,
        previous_secret_until -> Nullable<Moment>,
        status -> Text,
        created_at -> Moment,
        created_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{Id, Moment};

    learners (learner_id) {
        learner_id -> Id,
        account_number -> Text,
        document_kind -> Text,
        document_sealed -> Binary,
        name_sealed -> Binary,
        name_key -> Binary,
        user_id -> Nullable<Id>,
        opened_by -> Id,
        opened_at -> Moment,
        head_sequence -> BigInt,
        head_hash -> Binary,
        available_hundredths -> BigInt,
        merged_into -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{Id};

    account_numbers (account_number) {
        account_number -> Text,
        learner_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary};
    use crate::store::types::{Id};

    identity_index (document_index) {
        document_index -> Binary,
        learner_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{};
    use crate::store::types::{Id, Moment};

    learner_institutions (learner_id, institution_id) {
        learner_id -> Id,
        institution_id -> Id,
        since -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::store::types::{Id, Moment};

    claim_codes (learner_id, claim_code_id) {
        learner_id -> Id,
        claim_code_id -> Id,
        code_digest -> Binary,
        institution_id -> Id,
        created_by -> Id,
        created_at -> Moment,
        expires_at -> Moment,
        failures -> BigInt,
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Date, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    outcomes (learner_id, outcome_id) {
        learner_id -> Id,
        outcome_id -> Id,
        institution_id -> Id,
        achievement_id -> Id,
        certificate_number -> Nullable<Text>,
        issuer_key -> Text,
        awarded_on -> Date,
        grade -> Nullable<Text>,
        grading_scale -> Nullable<Text>,
        score -> Nullable<Text>,
        hours_hundredths -> Nullable<BigInt>,
        original_credits -> Nullable<Text>,
        trainee_group -> Nullable<Text>,
        contest -> Nullable<Json>,
        content_digest -> Binary,
        status -> Text,
        flags -> Text,
        doubles -> Nullable<Json>,
        deposited_by -> Text,
        deposited_at -> Moment,
        reviewed_at -> Nullable<Moment>,
        review_reason -> Nullable<Text>,
        ended_at -> Nullable<Moment>,
        ended_by -> Nullable<Id>,
        corrected_by -> Nullable<Id>,
        replaces -> Nullable<Id>,
        left_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{Id};

    certificate_numbers (certificate_number, issuer_key) {
        certificate_number -> Text,
        issuer_key -> Text,
        learner_id -> Id,
        outcome_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{Id, Moment};

    decisions (learner_id, decision_id) {
        learner_id -> Id,
        decision_id -> Id,
        outcome_id -> Id,
        result -> Text,
        credit_hundredths -> BigInt,
        rule_id -> Nullable<Id>,
        rule_version -> Nullable<BigInt>,
        inputs -> Text,
        rules -> Text,
        recognition -> Text,
        decided_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable, SmallInt, Text};
    use crate::store::types::{Id, Moment};

    lots (learner_id, lot_id) {
        learner_id -> Id,
        lot_id -> Id,
        outcome_id -> Id,
        decision_id -> Id,
        category -> Text,
        level -> Nullable<SmallInt>,
        usable_until -> Nullable<Date>,
        granted_hundredths -> BigInt,
        available_hundredths -> BigInt,
        held_hundredths -> BigInt,
        redeemed_hundredths -> BigInt,
        expired_hundredths -> BigInt,
        reversed_hundredths -> BigInt,
        created_at -> Moment,
        warned_days -> Nullable<SmallInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Date, Text};
    use crate::store::types::{Id, Moment};

    movements (learner_id, sequence) {
        learner_id -> Id,
        sequence -> BigInt,
        movement_id -> Id,
        lot_id -> Id,
        kind -> Text,
        source -> Text,
        target -> Text,
        amount_hundredths -> BigInt,
        available_after_hundredths -> BigInt,
        effective_on -> Date,
        recorded_at -> Moment,
        cause_kind -> Text,
        cause_id -> Id,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Moment};

    access_log (learner_id, access_id) {
        learner_id -> Id,
        access_id -> Id,
        actor -> Text,
        actor_name -> Text,
        institution_id -> Nullable<Id>,
        operation -> Text,
        request_id -> Id,
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Date, Nullable, Text};
    use crate::store::types::{Id, Moment};

    identity_mismatches (learner_id, mismatch_id) {
        learner_id -> Id,
        mismatch_id -> Id,
        institution_id -> Id,
        given_name_key -> Binary,
        given_name_sealed -> Binary,
        achievement_code -> Text,
        certificate_number -> Nullable<Text>,
        awarded_on -> Date,
        status -> Text,
        created_at -> Moment,
        settled_at -> Nullable<Moment>,
        settled_by -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::store::types::{Moment};

    idempotency_keys (idempotency_key, owner) {
        idempotency_key -> Text,
        owner -> Text,
        operation -> Text,
        request_digest -> Binary,
        answer_sealed -> Binary,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    audit_log (audit_id) {
        audit_id -> Id,
        at -> Moment,
        actor -> Text,
        institution_id -> Nullable<Id>,
        operation -> Text,
        subject_kind -> Text,
        subject_id -> Id,
        request_id -> Id,
        details -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    outbox (sequence) {
        sequence -> BigInt,
        event_id -> Id,
        at -> Moment,
        event_type -> Text,
        learner_id -> Nullable<Id>,
        institution_id -> Nullable<Id>,
        subject_id -> Id,
        payload -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable, SmallInt, Text};
    use crate::store::types::{Id, Json, Moment};

    programmes (programme_id) {
        programme_id -> Id,
        institution_id -> Id,
        code -> Text,
        version -> BigInt,
        name_chinese -> Text,
        name_english -> Nullable<Text>,
        level -> Nullable<SmallInt>,
        required_credit_hundredths -> BigInt,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        superseded_on -> Nullable<Date>,
        created_at -> Moment,
        created_by -> Text,
        document -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    agreements (agreement_id) {
        agreement_id -> Id,
        code -> Text,
        version -> BigInt,
        from_credit_code -> Nullable<Text>,
        from_kind -> Nullable<Text>,
        to_credit_code -> Nullable<Text>,
        to_kind -> Nullable<Text>,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        superseded_on -> Nullable<Date>,
        created_at -> Moment,
        created_by -> Text,
        document -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    pathways (pathway_id) {
        pathway_id -> Id,
        code -> Text,
        version -> BigInt,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        superseded_on -> Nullable<Date>,
        created_at -> Moment,
        created_by -> Text,
        document -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable, Text};
    use crate::store::types::{Id, Moment};

    rule_packs (pack_id) {
        pack_id -> Id,
        institution_id -> Nullable<Id>,
        code -> Text,
        version -> BigInt,
        status -> Text,
        title_zh -> Text,
        title_en -> Nullable<Text>,
        search_text -> Text,
        programmes -> Text,
        document -> Text,
        cases -> Text,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        edition -> BigInt,
        created_at -> Moment,
        created_by -> Text,
        filed_at -> Nullable<Moment>,
        filed_by -> Nullable<Text>,
        decided_at -> Nullable<Moment>,
        decided_by -> Nullable<Text>,
        decision_reason -> Nullable<Text>,
        notice_until -> Nullable<Date>,
        published_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{Id, Moment};

    worths (learner_id, worth_id) {
        learner_id -> Id,
        worth_id -> Id,
        programme_id -> Id,
        programme_name_chinese -> Text,
        programme_name_english -> Nullable<Text>,
        recognised_hundredths -> BigInt,
        alternative -> BigInt,
        kept_at -> Moment,
        question -> Text,
        allocation -> Text,
        left_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    simulations (simulation_id) {
        simulation_id -> Id,
        pack_id -> Id,
        pack_edition -> BigInt,
        programme_id -> Id,
        institution_id -> Id,
        owner_id -> Nullable<Id>,
        status -> Text,
        place -> BigInt,
        comparison -> Text,
        learners_done -> BigInt,
        learners_in_all -> BigInt,
        report -> Nullable<Json>,
        requested_by -> Text,
        created_at -> Moment,
        started_at -> Nullable<Moment>,
        finished_at -> Nullable<Moment>,
        attempts -> BigInt,
        runner -> Nullable<Id>,
        heartbeat -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable, Text};
    use crate::store::types::{Id, Moment};

    claims (learner_id, claim_id) {
        learner_id -> Id,
        claim_id -> Id,
        kind -> Text,
        institution_id -> Nullable<Id>,
        programme_id -> Nullable<Id>,
        outcome_id -> Nullable<Id>,
        status -> Text,
        verdict -> Nullable<Text>,
        standing -> Text,
        edition -> BigInt,
        since -> Date,
        due_on -> Nullable<Date>,
        due -> Nullable<Text>,
        submitted_at -> Moment,
        changed_at -> Moment,
        rules -> Text,
        subject -> Text,
        worth_id -> Nullable<Id>,
        recognised_hundredths -> Nullable<BigInt>,
        decision_number -> Nullable<Text>,
        decided_on -> Nullable<Date>,
        escalated_edition -> BigInt,
        left_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Date, Nullable, Text};
    use crate::store::types::{Id, Moment};

    claim_steps (learner_id, claim_id, sequence) {
        learner_id -> Id,
        claim_id -> Id,
        sequence -> BigInt,
        event -> Text,
        verdict -> Nullable<Text>,
        status -> Text,
        actor -> Text,
        actor_name -> Text,
        reason_sealed -> Nullable<Binary>,
        details -> Text,
        on_day -> Date,
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable};
    use crate::store::types::Id;

    claim_uses (learner_id, claim_id, outcome_id) {
        learner_id -> Id,
        claim_id -> Id,
        outcome_id -> Id,
        lot_id -> Nullable<Id>,
        amount_hundredths -> BigInt,
        whole -> Bool,
        standing -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable, Text};
    use crate::store::types::{Id, Moment};

    conversions (learner_id, conversion_id) {
        learner_id -> Id,
        conversion_id -> Id,
        claim_id -> Id,
        outcome_id -> Id,
        institution_id -> Id,
        programme_id -> Id,
        programme_code -> Text,
        award -> Text,
        facts -> Text,
        original -> Text,
        amount_hundredths -> BigInt,
        decision_number -> Text,
        decided_on -> Date,
        recorded_at -> Moment,
        ended_at -> Nullable<Moment>,
        ended_because -> Nullable<Text>,
        ended_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Date, Nullable, Text};
    use crate::store::types::{Id, Moment};

    objections (learner_id, claim_id, objection_id) {
        learner_id -> Id,
        claim_id -> Id,
        objection_id -> Id,
        raised_by -> Text,
        raised_by_name -> Text,
        raised_by_learner_id -> Nullable<Id>,
        text_sealed -> Binary,
        raised_on -> Date,
        raised_at -> Moment,
        answer -> Nullable<Text>,
        answer_reason -> Nullable<Text>,
        answered_by -> Nullable<Text>,
        answered_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, SmallInt, Text};

    decision_numbers (issuer, year) {
        issuer -> Text,
        year -> SmallInt,
        last -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, SmallInt, Text};
    use crate::store::types::Moment;

    working_years (year) {
        year -> SmallInt,
        document -> Text,
        edition -> BigInt,
        changed_at -> Moment,
        changed_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::store::types::{Id, Moment};

    evidence_files (learner_id, file_id) {
        learner_id -> Id,
        file_id -> Id,
        digest -> Binary,
        media_type -> Text,
        bytes -> BigInt,
        name_sealed -> Binary,
        uploaded_by -> Text,
        institution_id -> Nullable<Id>,
        uploaded_at -> Moment,
        held -> Bool,
        removed_at -> Nullable<Moment>,
        brought_by -> Nullable<Id>,
        verdict_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Moment};

    evidence_uses (learner_id, file_id, subject_kind, subject_id) {
        learner_id -> Id,
        file_id -> Id,
        subject_kind -> Text,
        subject_id -> Id,
        institution_id -> Nullable<Id>,
        attached_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    statements (learner_id, statement_id) {
        learner_id -> Id,
        statement_id -> Id,
        paper_number -> Text,
        kind -> Text,
        language -> Text,
        status -> Text,
        outcome_ids -> Json,
        claim_id -> Nullable<Id>,
        institution_id -> Nullable<Id>,
        credential_id -> Nullable<Id>,
        content_sealed -> Nullable<Binary>,
        issued_by -> Text,
        issued_at -> Moment,
        attempts -> BigInt,
        runner -> Nullable<Id>,
        heartbeat -> Nullable<Moment>,
        digest -> Nullable<Binary>,
        bytes -> Nullable<BigInt>,
        pages -> Nullable<BigInt>,
        missing -> Text,
        finished_at -> Nullable<Moment>,
        revoked_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{Id};

    paper_numbers (paper_number) {
        paper_number -> Text,
        learner_id -> Id,
        statement_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Moment};

    corrections (correction_id) {
        correction_id -> Id,
        institution_id -> Id,
        kind -> Text,
        scope -> Text,
        corrected -> Nullable<Text>,
        reason -> Text,
        citation -> Text,
        digest -> Text,
        counts -> Text,
        state -> Text,
        previewed_by -> Text,
        previewed_by_name -> Text,
        previewed_at -> Moment,
        applied_by -> Nullable<Text>,
        applied_by_name -> Nullable<Text>,
        applied_at -> Nullable<Moment>,
        given_up_by -> Nullable<Text>,
        given_up_by_name -> Nullable<Text>,
        given_up_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Text};
    use crate::store::types::Id;

    correction_items (learner_id, correction_id, outcome_id) {
        learner_id -> Id,
        correction_id -> Id,
        outcome_id -> Id,
        item -> Text,
        offers -> Text,
        applied -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Nullable, Text};
    use crate::store::types::{Id, Moment};

    correction_cases (learner_id, case_id) {
        learner_id -> Id,
        case_id -> Id,
        correction_id -> Id,
        claim_id -> Id,
        institution_id -> Id,
        outcome_ids -> Text,
        conversion_ids -> Text,
        offer -> Nullable<Text>,
        state -> Text,
        opened_on -> Date,
        due_on -> Date,
        opened_at -> Moment,
        decided_by -> Nullable<Text>,
        decided_by_name -> Nullable<Text>,
        decided_at -> Nullable<Moment>,
        reason -> Nullable<Text>,
        replaced_by -> Nullable<Id>,
        escalated_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Date, Nullable, Text};
    use crate::store::types::{Id, Moment};

    correction_requests (learner_id, request_id) {
        learner_id -> Id,
        request_id -> Id,
        outcome_id -> Id,
        institution_id -> Id,
        kind -> Text,
        state -> Text,
        is_open -> Bool,
        edition -> BigInt,
        since -> Date,
        due -> Nullable<Text>,
        due_on -> Nullable<Date>,
        escalated_at -> Nullable<Moment>,
        requested_at -> Moment,
        words_sealed -> Binary,
        correction_id -> Nullable<Id>,
        answered_by -> Nullable<Text>,
        answered_by_name -> Nullable<Text>,
        answered_at -> Nullable<Moment>,
        refusal_sealed -> Nullable<Binary>,
        complained_at -> Nullable<Moment>,
        complaint_sealed -> Nullable<Binary>,
        decision -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_by_name -> Nullable<Text>,
        decided_at -> Nullable<Moment>,
        decision_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::store::types::Id;

    likenesses (likeness, learner_id) {
        likeness -> Binary,
        learner_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Moment};

    duplicate_suspicions (first_learner_id, second_learner_id) {
        suspicion_id -> Id,
        first_learner_id -> Id,
        second_learner_id -> Id,
        grounds -> Text,
        strength -> Text,
        status -> Text,
        found_at -> Moment,
        changed_at -> Moment,
        dismissed_at -> Nullable<Moment>,
        dismissed_by -> Nullable<Text>,
        dismissed_by_name -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::types::{Id, Moment};

    walks (walk) {
        walk -> Text,
        since -> Moment,
        learner_id -> Id,
        institution_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{Id, Moment};

    merges (merge_id) {
        merge_id -> Id,
        surviving_id -> Id,
        absorbed_id -> Id,
        state -> Text,
        reason -> Text,
        citation -> Text,
        proposed_by -> Text,
        proposed_by_name -> Text,
        proposed_at -> Moment,
        decided_by -> Nullable<Text>,
        decided_by_name -> Nullable<Text>,
        decided_at -> Nullable<Moment>,
        decision_reason -> Nullable<Text>,
        merged_at -> Nullable<Moment>,
        came_to_know -> Text,
        reversal_reason -> Nullable<Text>,
        reversal_outcomes -> Text,
        reversal_proposed_by -> Nullable<Text>,
        reversal_proposed_by_name -> Nullable<Text>,
        reversal_proposed_at -> Nullable<Moment>,
        reversal_decided_by -> Nullable<Text>,
        reversal_decided_by_name -> Nullable<Text>,
        reversal_decided_at -> Nullable<Moment>,
        reversal_decision_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    events (position) {
        position -> BigInt,
        event_id -> Id,
        at -> Moment,
        event_type -> Text,
        learner_id -> Nullable<Id>,
        institution_id -> Nullable<Id>,
        subject_id -> Id,
        payload -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    event_heads (head) {
        head -> Text,
        published_to -> BigInt,
        pruned_to -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{Id, Moment};

    webhooks (webhook_id) {
        webhook_id -> Id,
        institution_id -> Id,
        client_id -> Nullable<Id>,
        url -> Text,
        description -> Text,
        event_types -> Text,
        secret_sealed -> Binary,
        previous_secret_sealed -> Nullable<Binary>,
        previous_secret_until -> Nullable<Moment>,
        status -> Text,
        status_reason -> Nullable<Text>,
        edition -> BigInt,
        fanned_to -> BigInt,
        failing_since -> Nullable<Moment>,
        due_at -> Nullable<Moment>,
        lease_holder -> Nullable<Id>,
        lease_until -> Nullable<Moment>,
        created_at -> Moment,
        created_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
    use crate::store::types::{Id, Moment};

    webhook_deliveries (delivery_id) {
        delivery_id -> Id,
        webhook_id -> Id,
        event_id -> Id,
        position -> Nullable<BigInt>,
        event_type -> Text,
        learner_id -> Nullable<Id>,
        body -> Text,
        status -> Text,
        attempts -> BigInt,
        created_at -> Moment,
        next_attempt_at -> Nullable<Moment>,
        last_attempt_at -> Nullable<Moment>,
        response_status -> Nullable<SmallInt>,
        response_excerpt -> Nullable<Text>,
        failure -> Nullable<Text>,
        duration_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    notifications (learner_id, notification_id) {
        learner_id -> Id,
        notification_id -> Id,
        kind -> Text,
        event_type -> Text,
        subject_id -> Id,
        institution_id -> Nullable<Id>,
        details -> Json,
        at -> Moment,
        read_at -> Nullable<Moment>,
        to_mail -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{Id, Moment};

    notification_settings (learner_id) {
        learner_id -> Id,
        edition -> BigInt,
        language -> Text,
        mail_kinds -> Text,
        address_sealed -> Nullable<Binary>,
        confirmed_at -> Nullable<Moment>,
        code_digest -> Nullable<Binary>,
        code_expires_at -> Nullable<Moment>,
        code_failures -> BigInt,
        codes_sent -> BigInt,
        code_sent_at -> Nullable<Moment>,
        mailed_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::store::types::{Id, Moment};

    mails (mail_id) {
        mail_id -> Id,
        letter_sealed -> Binary,
        attempts -> BigInt,
        next_attempt_at -> Moment,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Text};
    use crate::store::types::{Id, Json, Moment};

    import_profiles (institution_id) {
        institution_id -> Id,
        column_names -> Json,
        codes -> Json,
        needs_release -> Bool,
        edition -> BigInt,
        updated_by -> Text,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::store::types::{Id, Json, Moment};

    imports (import_id) {
        import_id -> Id,
        institution_id -> Id,
        file_name_sealed -> Binary,
        digest -> Nullable<Binary>,
        bytes -> BigInt,
        options -> Json,
        status -> Text,
        place -> BigInt,
        about -> Nullable<Json>,
        even_if_changed -> Bool,
        bytes_read -> BigInt,
        rows_done -> BigInt,
        rows_in_all -> BigInt,
        check_totals -> Nullable<Json>,
        commit_totals -> Nullable<Json>,
        unknown_codes -> Nullable<Json>,
        changes -> Nullable<Json>,
        problem -> Nullable<Json>,
        requested_by -> Text,
        created_at -> Moment,
        committed_by -> Nullable<Text>,
        committed_at -> Nullable<Moment>,
        released_by -> Nullable<Text>,
        started_at -> Nullable<Moment>,
        finished_at -> Nullable<Moment>,
        file_removed_at -> Nullable<Moment>,
        attempts -> BigInt,
        runner -> Nullable<Id>,
        heartbeat -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::store::types::Id;

    import_pieces (import_id, number) {
        import_id -> Id,
        number -> BigInt,
        digest -> Binary,
        bytes -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool};
    use crate::store::types::Id;

    import_chunks (import_id, is_commit, number) {
        import_id -> Id,
        is_commit -> Bool,
        number -> BigInt,
        first_row -> BigInt,
        last_row -> BigInt,
        accepted -> BigInt,
        already_there -> BigInt,
        flagged -> BigInt,
        refused -> BigInt,
        rows_sealed -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{Id, Moment};

    issuer_keys (key_id) {
        key_id -> Id,
        institution_id -> Nullable<Id>,
        number -> BigInt,
        seed_sealed -> Binary,
        public_key -> Text,
        created_at -> Moment,
        retired_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{Id, Moment};

    status_lists (list_id) {
        list_id -> Id,
        institution_id -> Nullable<Id>,
        entries -> BigInt,
        revision -> BigInt,
        signed_revision -> BigInt,
        signed_at -> Moment,
        expires_at -> Moment,
        document -> Text,
        token -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::store::types::Id;

    status_entries (list_id, list_index) {
        list_id -> Id,
        list_index -> BigInt,
        document_id -> Id,
        state -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::store::types::{Id, Moment};

    credentials (learner_id, credential_id) {
        learner_id -> Id,
        credential_id -> Id,
        kind -> Text,
        form -> Text,
        status -> Text,
        holder -> Nullable<Text>,
        document_sealed -> Nullable<Binary>,
        requested_at -> Moment,
        issued_at -> Nullable<Moment>,
        ended_at -> Nullable<Moment>,
        ended_by -> Nullable<Id>,
    }
}

diesel::table! {
    use crate::store::types::Id;

    credential_parts (learner_id, credential_id, outcome_id) {
        learner_id -> Id,
        credential_id -> Id,
        outcome_id -> Id,
        institution_id -> Id,
        document_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable};
    use crate::store::types::{Id, Moment};

    credential_jobs (credential_id) {
        credential_id -> Id,
        learner_id -> Id,
        attempts -> BigInt,
        runner -> Nullable<Id>,
        heartbeat -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::store::types::{Id, Moment};

    portfolio_entries (learner_id, entry_id) {
        learner_id -> Id,
        entry_id -> Id,
        edition -> BigInt,
        content_sealed -> Nullable<Binary>,
        created_at -> Moment,
        changed_at -> Moment,
        removed_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::store::types::{Id, Moment};

    entry_confirmations (learner_id, confirmation_id) {
        learner_id -> Id,
        confirmation_id -> Id,
        entry_id -> Id,
        institution_id -> Id,
        entry_edition -> BigInt,
        edition -> BigInt,
        state -> Text,
        is_open -> Bool,
        content_sealed -> Nullable<Binary>,
        note_sealed -> Nullable<Binary>,
        requested_at -> Moment,
        answered_by -> Nullable<Text>,
        answered_by_name -> Nullable<Text>,
        answered_at -> Nullable<Moment>,
        reason_sealed -> Nullable<Binary>,
        closed_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, SmallInt};
    use crate::store::types::Id;

    portfolio_places (learner_id, item_id) {
        learner_id -> Id,
        item_id -> Id,
        hidden -> Bool,
        place -> Nullable<SmallInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::store::types::{Id, Moment};

    portfolio_views (learner_id, view_id) {
        learner_id -> Id,
        view_id -> Id,
        edition -> BigInt,
        definition_sealed -> Nullable<Binary>,
        created_at -> Moment,
        changed_at -> Moment,
        removed_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::store::types::{Id, Moment};

    shares (learner_id, share_id) {
        learner_id -> Id,
        share_id -> Id,
        view_id -> Id,
        recipient_sealed -> Nullable<Binary>,
        code_sealed -> Binary,
        pin_digest -> Nullable<Binary>,
        created_at -> Moment,
        expires_at -> Moment,
        looks -> BigInt,
        looks_max -> BigInt,
        wrong_pins -> BigInt,
        off_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::store::types::Id;

    share_codes (code_index) {
        code_index -> Binary,
        learner_id -> Id,
        share_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::types::{Id, Moment};

    share_looks (learner_id, look_id) {
        learner_id -> Id,
        look_id -> Id,
        share_id -> Id,
        at -> Moment,
        looked_with -> Text,
    }
}

diesel::table! {
    use crate::store::types::{Id, Moment};

    share_downloads (learner_id, look_id, file_id) {
        learner_id -> Id,
        look_id -> Id,
        file_id -> Id,
        at -> Moment,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    institutions,
    frameworks,
    achievements,
    certificate_patterns,
    recognition_rules,
    users,
    usernames,
    memberships,
    sessions,
    second_factors,
    recovery_codes,
    passkeys,
    setup_tokens,
    api_clients,
    learners,
    account_numbers,
    identity_index,
    learner_institutions,
    claim_codes,
    outcomes,
    certificate_numbers,
    decisions,
    lots,
    movements,
    access_log,
    identity_mismatches,
    idempotency_keys,
    audit_log,
    outbox,
    programmes,
    agreements,
    pathways,
    rule_packs,
    worths,
    simulations,
    claims,
    claim_steps,
    claim_uses,
    conversions,
    objections,
    decision_numbers,
    working_years,
    evidence_files,
    evidence_uses,
    statements,
    paper_numbers,
    corrections,
    correction_items,
    correction_cases,
    likenesses,
    duplicate_suspicions,
    walks,
    correction_requests,
    merges,
    events,
    event_heads,
    webhooks,
    webhook_deliveries,
    notifications,
    notification_settings,
    mails,
    import_profiles,
    imports,
    import_pieces,
    import_chunks,
    issuer_keys,
    status_lists,
    status_entries,
    credentials,
    credential_parts,
    credential_jobs,
    portfolio_entries,
    entry_confirmations,
    portfolio_places,
    portfolio_views,
    shares,
    share_codes,
    share_looks,
    share_downloads,
);
