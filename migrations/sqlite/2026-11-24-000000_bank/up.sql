-- Any organisation on the bank. Reference table.
CREATE TABLE institutions (
    institution_id BLOB NOT NULL CONSTRAINT institutions_institution_id_is_uuid CHECK (length(institution_id) = 16),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    credit_code TEXT NOT NULL,
    credit_code_suspect BOOLEAN NOT NULL,
    division_code TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    edition BIGINT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT institutions_pk PRIMARY KEY (institution_id),
    CONSTRAINT institutions_credit_code_unique UNIQUE (credit_code),
    CONSTRAINT institutions_kind_known CHECK (kind IN ('secondary_vocational_school', 'special_education_school', 'vocational_college', 'university', 'training_provider', 'assessment_body', 'enterprise', 'community_college', 'elderly_education_centre')),
    CONSTRAINT institutions_status_known CHECK (status IN ('pending', 'approved', 'suspended', 'refused'))
);

-- Named scales of levels. Reference table.
CREATE TABLE frameworks (
    framework_id BLOB NOT NULL CONSTRAINT frameworks_framework_id_is_uuid CHECK (length(framework_id) = 16),
    code TEXT NOT NULL,
    name_chinese TEXT NOT NULL,
    name_english TEXT NOT NULL,
    levels TEXT NOT NULL CONSTRAINT frameworks_levels_is_json CHECK (json_valid(levels)),
    created_at INTEGER NOT NULL,
    CONSTRAINT frameworks_pk PRIMARY KEY (framework_id),
    CONSTRAINT frameworks_code_unique UNIQUE (code)
);

-- What can be earned: one row a version, never edited once published. Reference table.
CREATE TABLE achievements (
    achievement_id BLOB NOT NULL CONSTRAINT achievements_achievement_id_is_uuid CHECK (length(achievement_id) = 16),
    lineage_id BLOB NOT NULL CONSTRAINT achievements_lineage_id_is_uuid CHECK (length(lineage_id) = 16),
    version BIGINT NOT NULL,
    institution_id BLOB NOT NULL CONSTRAINT achievements_institution_id_is_uuid CHECK (length(institution_id) = 16),
    code TEXT NOT NULL,
    name_chinese TEXT NOT NULL,
    name_english TEXT,
    kind TEXT NOT NULL,
    family TEXT,
    rank SMALLINT,
    framework_id BLOB CONSTRAINT achievements_framework_id_is_uuid CHECK (length(framework_id) = 16),
    level SMALLINT,
    hours_hundredths BIGINT,
    original_issuer TEXT,
    details TEXT NOT NULL CONSTRAINT achievements_details_is_json CHECK (json_valid(details)),
    status TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    closed_on TEXT,
    edition BIGINT NOT NULL,
    created_at INTEGER NOT NULL,
    published_at INTEGER,
    CONSTRAINT achievements_pk PRIMARY KEY (achievement_id),
    CONSTRAINT achievements_version_unique UNIQUE (lineage_id, version),
    CONSTRAINT achievements_code_unique UNIQUE (institution_id, code, version),
    CONSTRAINT achievements_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT achievements_framework FOREIGN KEY (framework_id) REFERENCES frameworks (framework_id),
    CONSTRAINT achievements_kind_known CHECK (kind IN ('diploma', 'skill_certificate', 'occupational_certificate', 'training', 'course', 'contest', 'work_experience', 'other')),
    CONSTRAINT achievements_status_known CHECK (status IN ('draft', 'published', 'closed')),
    CONSTRAINT achievements_version_positive CHECK (version > 0)
);

-- The shapes of certificate numbers, by kind of achievement. Reference table.
CREATE TABLE certificate_patterns (
    pattern_id BLOB NOT NULL CONSTRAINT certificate_patterns_pattern_id_is_uuid CHECK (length(pattern_id) = 16),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    family TEXT,
    pattern TEXT NOT NULL,
    citation TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT certificate_patterns_pk PRIMARY KEY (pattern_id),
    CONSTRAINT certificate_patterns_name_unique UNIQUE (name)
);

-- What bank credit an outcome gets: one row a dated version, never edited. Reference table.
CREATE TABLE recognition_rules (
    rule_id BLOB NOT NULL CONSTRAINT recognition_rules_rule_id_is_uuid CHECK (length(rule_id) = 16),
    version BIGINT NOT NULL,
    effective_from TEXT NOT NULL,
    effective_to TEXT,
    document TEXT NOT NULL CONSTRAINT recognition_rules_document_is_json CHECK (json_valid(document)),
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL CONSTRAINT recognition_rules_created_by_is_uuid CHECK (length(created_by) = 16),
    CONSTRAINT recognition_rules_pk PRIMARY KEY (rule_id, version),
    CONSTRAINT recognition_rules_dates_ordered CHECK (effective_to IS NULL OR effective_to >= effective_from)
);

-- Somebody who logs in. Distributed by its own key.
CREATE TABLE users (
    user_id BLOB NOT NULL CONSTRAINT users_user_id_is_uuid CHECK (length(user_id) = 16),
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    bank_role TEXT,
    learner_id BLOB CONSTRAINT users_learner_id_is_uuid CHECK (length(learner_id) = 16),
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    password_changed_at INTEGER NOT NULL,
    CONSTRAINT users_pk PRIMARY KEY (user_id),
    CONSTRAINT users_bank_role_known CHECK (bank_role IN ('administrator', 'officer', 'auditor')),
    CONSTRAINT users_status_known CHECK (status IN ('active', 'disabled'))
);

-- Keeps log-in names unique. Distributed by its own key.
CREATE TABLE usernames (
    username TEXT NOT NULL,
    user_id BLOB NOT NULL CONSTRAINT usernames_user_id_is_uuid CHECK (length(user_id) = 16),
    CONSTRAINT usernames_pk PRIMARY KEY (username)
);

-- The roles of a user at institutions. Distributed by user_id.
CREATE TABLE memberships (
    user_id BLOB NOT NULL CONSTRAINT memberships_user_id_is_uuid CHECK (length(user_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT memberships_institution_id_is_uuid CHECK (length(institution_id) = 16),
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT memberships_pk PRIMARY KEY (user_id, institution_id, role),
    CONSTRAINT memberships_user FOREIGN KEY (user_id) REFERENCES users (user_id),
    CONSTRAINT memberships_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT memberships_role_known CHECK (role IN ('registrar', 'reviewer', 'approver', 'institution_admin'))
);
CREATE INDEX memberships_by_institution ON memberships (institution_id);

-- A log-in: of a program with its rotating refresh token (one family, one row), or of a browser with the secret of its cookie.
-- `browser` is what sort of browser it is; a program has none. `ceremony` is what the bank remembers between the two requests with
-- which a passkey is made or shown. Distributed by its own key.
CREATE TABLE sessions (
    session_id BLOB NOT NULL CONSTRAINT sessions_session_id_is_uuid CHECK (length(session_id) = 16),
    user_id BLOB NOT NULL CONSTRAINT sessions_user_id_is_uuid CHECK (length(user_id) = 16),
    refresh_digest BLOB NOT NULL,
    browser TEXT,
    awaits_code BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL,
    refreshed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_because TEXT,
    ceremony TEXT,
    CONSTRAINT sessions_pk PRIMARY KEY (session_id)
);
CREATE INDEX sessions_open_by_user ON sessions (user_id) WHERE ended_at IS NULL;

-- The secret of an authenticator (RFC 6238), the last step whose code was taken, and how many wrong ones were shown since.
-- Distributed by its own key.
CREATE TABLE second_factors (
    user_id BLOB NOT NULL CONSTRAINT second_factors_user_id_is_uuid CHECK (length(user_id) = 16),
    secret_sealed BLOB NOT NULL,
    last_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    CONSTRAINT second_factors_pk PRIMARY KEY (user_id)
);

-- Codes for whoever has lost the authenticator, each good once. Distributed by its own key.
CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL CONSTRAINT recovery_codes_user_id_is_uuid CHECK (length(user_id) = 16),
    code_digest BLOB NOT NULL,
    used_at INTEGER,
    CONSTRAINT recovery_codes_pk PRIMARY KEY (user_id, code_digest)
);

-- Passkeys (WebAuthn), which are shown in the place of an authenticator's code. An id is one user's. Distributed by its own key.
CREATE TABLE passkeys (
    credential_id BLOB NOT NULL,
    user_id BLOB NOT NULL CONSTRAINT passkeys_user_id_is_uuid CHECK (length(user_id) = 16),
    name TEXT NOT NULL,
    public_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    CONSTRAINT passkeys_pk PRIMARY KEY (credential_id)
);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- The one-time link of the first administrator. Distributed by its own key.
CREATE TABLE setup_tokens (
    token_digest BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    CONSTRAINT setup_tokens_pk PRIMARY KEY (token_digest)
);

-- Other systems, each of one institution. Distributed by its own key.
CREATE TABLE api_clients (
    client_id BLOB NOT NULL CONSTRAINT api_clients_client_id_is_uuid CHECK (length(client_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT api_clients_institution_id_is_uuid CHECK (length(institution_id) = 16),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secret_digest BLOB NOT NULL,
    previous_secret_digest BLOB,
    previous_secret_until INTEGER,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL CONSTRAINT api_clients_created_by_is_uuid CHECK (length(created_by) = 16),
    CONSTRAINT api_clients_pk PRIMARY KEY (client_id),
    CONSTRAINT api_clients_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT api_clients_status_known CHECK (status IN ('active', 'revoked'))
);
CREATE INDEX api_clients_by_institution ON api_clients (institution_id);

-- A person with exactly one account for life, and the head of the movement chain.
CREATE TABLE learners (
    learner_id BLOB NOT NULL CONSTRAINT learners_learner_id_is_uuid CHECK (length(learner_id) = 16),
    account_number TEXT NOT NULL,
    document_kind TEXT NOT NULL,
    document_sealed BLOB NOT NULL,
    name_sealed BLOB NOT NULL,
    name_key BLOB NOT NULL,
    user_id BLOB CONSTRAINT learners_user_id_is_uuid CHECK (length(user_id) = 16),
    opened_by BLOB NOT NULL CONSTRAINT learners_opened_by_is_uuid CHECK (length(opened_by) = 16),
    opened_at INTEGER NOT NULL,
    head_sequence BIGINT NOT NULL,
    head_hash BLOB NOT NULL,
    available_hundredths BIGINT NOT NULL,
    merged_into BLOB CONSTRAINT learners_merged_into_is_uuid CHECK (length(merged_into) = 16),
    CONSTRAINT learners_pk PRIMARY KEY (learner_id),
    CONSTRAINT learners_opened_by FOREIGN KEY (opened_by) REFERENCES institutions (institution_id),
    CONSTRAINT learners_available_not_negative CHECK (available_hundredths >= 0),
    CONSTRAINT learners_head_not_negative CHECK (head_sequence >= 0),
    CONSTRAINT learners_merged_into_another CHECK (merged_into <> learner_id)
);
CREATE INDEX learners_by_merged_into ON learners (merged_into) WHERE merged_into IS NOT NULL;

-- Finds a learner by account number. Distributed by its own key.
CREATE TABLE account_numbers (
    account_number TEXT NOT NULL,
    learner_id BLOB NOT NULL CONSTRAINT account_numbers_learner_id_is_uuid CHECK (length(learner_id) = 16),
    CONSTRAINT account_numbers_pk PRIMARY KEY (account_number)
);

-- Finds a learner by the keyed index of an identity document. Distributed by its own key.
CREATE TABLE identity_index (
    document_index BLOB NOT NULL,
    learner_id BLOB NOT NULL CONSTRAINT identity_index_learner_id_is_uuid CHECK (length(learner_id) = 16),
    CONSTRAINT identity_index_pk PRIMARY KEY (document_index)
);

-- Which institutions know a learner.
CREATE TABLE learner_institutions (
    learner_id BLOB NOT NULL CONSTRAINT learner_institutions_learner_id_is_uuid CHECK (length(learner_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT learner_institutions_institution_id_is_uuid CHECK (length(institution_id) = 16),
    since INTEGER NOT NULL,
    CONSTRAINT learner_institutions_pk PRIMARY KEY (learner_id, institution_id),
    CONSTRAINT learner_institutions_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT learner_institutions_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id)
);
CREATE INDEX learner_institutions_by_since ON learner_institutions (since, learner_id, institution_id);

-- One-time codes by which a learner claims an account.
CREATE TABLE claim_codes (
    learner_id BLOB NOT NULL CONSTRAINT claim_codes_learner_id_is_uuid CHECK (length(learner_id) = 16),
    claim_code_id BLOB NOT NULL CONSTRAINT claim_codes_claim_code_id_is_uuid CHECK (length(claim_code_id) = 16),
    code_digest BLOB NOT NULL,
    institution_id BLOB NOT NULL CONSTRAINT claim_codes_institution_id_is_uuid CHECK (length(institution_id) = 16),
    created_by BLOB NOT NULL CONSTRAINT claim_codes_created_by_is_uuid CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    failures BIGINT NOT NULL,
    used_at INTEGER,
    CONSTRAINT claim_codes_pk PRIMARY KEY (learner_id, claim_code_id),
    CONSTRAINT claim_codes_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT claim_codes_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id)
);

-- That one learner earned one achievement on one date, as one institution says.
CREATE TABLE outcomes (
    learner_id BLOB NOT NULL CONSTRAINT outcomes_learner_id_is_uuid CHECK (length(learner_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT outcomes_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT outcomes_institution_id_is_uuid CHECK (length(institution_id) = 16),
    achievement_id BLOB NOT NULL CONSTRAINT outcomes_achievement_id_is_uuid CHECK (length(achievement_id) = 16),
    certificate_number TEXT,
    issuer_key TEXT NOT NULL,
    awarded_on TEXT NOT NULL,
    grade TEXT,
    grading_scale TEXT,
    score TEXT,
    hours_hundredths BIGINT,
    original_credits TEXT,
    trainee_group TEXT,
    contest TEXT CONSTRAINT outcomes_contest_is_json CHECK (json_valid(contest)),
    content_digest BLOB NOT NULL,
    status TEXT NOT NULL,
    flags TEXT NOT NULL,
    doubles TEXT CONSTRAINT outcomes_doubles_is_json CHECK (json_valid(doubles)),
    deposited_by TEXT NOT NULL,
    deposited_at INTEGER NOT NULL,
    reviewed_at INTEGER,
    review_reason TEXT,
    ended_at INTEGER,
    ended_by BLOB CONSTRAINT outcomes_ended_by_is_uuid CHECK (length(ended_by) = 16),
    corrected_by BLOB CONSTRAINT outcomes_corrected_by_is_uuid CHECK (length(corrected_by) = 16),
    replaces BLOB CONSTRAINT outcomes_replaces_is_uuid CHECK (length(replaces) = 16),
    left_by BLOB CONSTRAINT outcomes_left_by_is_uuid CHECK (length(left_by) = 16),
    CONSTRAINT outcomes_pk PRIMARY KEY (learner_id, outcome_id),
    CONSTRAINT outcomes_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT outcomes_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT outcomes_achievement FOREIGN KEY (achievement_id) REFERENCES achievements (achievement_id),
    CONSTRAINT outcomes_status_known CHECK (status IN ('accepted', 'flagged', 'released', 'refused', 'withdrawn', 'corrected')),
    CONSTRAINT outcomes_end_has_cause CHECK ((status IN ('withdrawn', 'corrected')) = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT outcomes_corrected_by_another CHECK ((status = 'corrected') = (corrected_by IS NOT NULL))
);
CREATE INDEX outcomes_by_id ON outcomes (outcome_id);
CREATE INDEX outcomes_by_institution ON outcomes (institution_id, outcome_id);
-- What waits for a person: few among many.
CREATE INDEX outcomes_flagged ON outcomes (outcome_id) WHERE status = 'flagged';
CREATE INDEX outcomes_flagged_by_institution ON outcomes (institution_id, outcome_id) WHERE status = 'flagged';

-- A certificate number of one issuer is deposited once. Distributed by its own key.
CREATE TABLE certificate_numbers (
    certificate_number TEXT NOT NULL,
    issuer_key TEXT NOT NULL,
    learner_id BLOB NOT NULL CONSTRAINT certificate_numbers_learner_id_is_uuid CHECK (length(learner_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT certificate_numbers_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    CONSTRAINT certificate_numbers_pk PRIMARY KEY (certificate_number, issuer_key)
);

-- What an outcome was found worth, with inputs and trace; never changed.
CREATE TABLE decisions (
    learner_id BLOB NOT NULL CONSTRAINT decisions_learner_id_is_uuid CHECK (length(learner_id) = 16),
    decision_id BLOB NOT NULL CONSTRAINT decisions_decision_id_is_uuid CHECK (length(decision_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT decisions_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    result TEXT NOT NULL,
    credit_hundredths BIGINT NOT NULL,
    rule_id BLOB CONSTRAINT decisions_rule_id_is_uuid CHECK (length(rule_id) = 16),
    rule_version BIGINT,
    inputs TEXT NOT NULL,
    rules TEXT NOT NULL,
    recognition TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    CONSTRAINT decisions_pk PRIMARY KEY (learner_id, decision_id),
    CONSTRAINT decisions_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id),
    CONSTRAINT decisions_rule FOREIGN KEY (rule_id, rule_version) REFERENCES recognition_rules (rule_id, version)
);
CREATE INDEX decisions_by_id ON decisions (decision_id);
CREATE INDEX decisions_by_outcome ON decisions (learner_id, outcome_id);
CREATE TRIGGER decisions_refuse_update BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'decisions are never changed or deleted');
END;
CREATE TRIGGER decisions_refuse_delete BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'decisions are never changed or deleted');
END;

-- The credit that one outcome brought: granted, where it is now, and the last warning of its expiry.
CREATE TABLE lots (
    learner_id BLOB NOT NULL CONSTRAINT lots_learner_id_is_uuid CHECK (length(learner_id) = 16),
    lot_id BLOB NOT NULL CONSTRAINT lots_lot_id_is_uuid CHECK (length(lot_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT lots_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    decision_id BLOB NOT NULL CONSTRAINT lots_decision_id_is_uuid CHECK (length(decision_id) = 16),
    category TEXT NOT NULL,
    level SMALLINT,
    usable_until TEXT,
    granted_hundredths BIGINT NOT NULL,
    available_hundredths BIGINT NOT NULL,
    held_hundredths BIGINT NOT NULL,
    redeemed_hundredths BIGINT NOT NULL,
    expired_hundredths BIGINT NOT NULL,
    reversed_hundredths BIGINT NOT NULL,
    created_at INTEGER NOT NULL,
    warned_days SMALLINT,
    CONSTRAINT lots_pk PRIMARY KEY (learner_id, lot_id),
    CONSTRAINT lots_once_per_outcome UNIQUE (learner_id, outcome_id),
    CONSTRAINT lots_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id),
    CONSTRAINT lots_decision FOREIGN KEY (learner_id, decision_id) REFERENCES decisions (learner_id, decision_id),
    CONSTRAINT lots_conserved CHECK (granted_hundredths = available_hundredths + held_hundredths + redeemed_hundredths + expired_hundredths + reversed_hundredths),
    CONSTRAINT lots_pockets_not_negative CHECK (granted_hundredths > 0 AND available_hundredths >= 0 AND held_hundredths >= 0 AND redeemed_hundredths >= 0 AND expired_hundredths >= 0 AND reversed_hundredths >= 0),
    CONSTRAINT lots_warning_known CHECK (warned_days IN (90, 30, 7))
);
CREATE INDEX lots_expiring ON lots (usable_until) WHERE usable_until IS NOT NULL AND available_hundredths > 0;

-- The ledger: an amount of one lot from a source to a target; never changed.
CREATE TABLE movements (
    learner_id BLOB NOT NULL CONSTRAINT movements_learner_id_is_uuid CHECK (length(learner_id) = 16),
    sequence BIGINT NOT NULL,
    movement_id BLOB NOT NULL CONSTRAINT movements_movement_id_is_uuid CHECK (length(movement_id) = 16),
    lot_id BLOB NOT NULL CONSTRAINT movements_lot_id_is_uuid CHECK (length(lot_id) = 16),
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    amount_hundredths BIGINT NOT NULL,
    available_after_hundredths BIGINT NOT NULL,
    effective_on TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    cause_kind TEXT NOT NULL,
    cause_id BLOB NOT NULL CONSTRAINT movements_cause_id_is_uuid CHECK (length(cause_id) = 16),
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT movements_pk PRIMARY KEY (learner_id, sequence),
    CONSTRAINT movements_lot FOREIGN KEY (learner_id, lot_id) REFERENCES lots (learner_id, lot_id),
    CONSTRAINT movements_amount_positive CHECK (amount_hundredths > 0),
    CONSTRAINT movements_available_not_negative CHECK (available_after_hundredths >= 0),
    CONSTRAINT movements_sides_differ CHECK (source <> target)
);
CREATE TRIGGER movements_refuse_update BEFORE UPDATE ON movements
BEGIN
    SELECT RAISE(ABORT, 'movements are never changed or deleted');
END;
CREATE TRIGGER movements_refuse_delete BEFORE DELETE ON movements
BEGIN
    SELECT RAISE(ABORT, 'movements are never changed or deleted');
END;

-- Every look at a learner's record by somebody else.
CREATE TABLE access_log (
    learner_id BLOB NOT NULL CONSTRAINT access_log_learner_id_is_uuid CHECK (length(learner_id) = 16),
    access_id BLOB NOT NULL CONSTRAINT access_log_access_id_is_uuid CHECK (length(access_id) = 16),
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    institution_id BLOB CONSTRAINT access_log_institution_id_is_uuid CHECK (length(institution_id) = 16),
    operation TEXT NOT NULL,
    request_id BLOB NOT NULL CONSTRAINT access_log_request_id_is_uuid CHECK (length(request_id) = 16),
    at INTEGER NOT NULL,
    CONSTRAINT access_log_pk PRIMARY KEY (learner_id, access_id),
    CONSTRAINT access_log_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id)
);

-- Deposits refused because the name does not match the document.
CREATE TABLE identity_mismatches (
    learner_id BLOB NOT NULL CONSTRAINT identity_mismatches_learner_id_is_uuid CHECK (length(learner_id) = 16),
    mismatch_id BLOB NOT NULL CONSTRAINT identity_mismatches_mismatch_id_is_uuid CHECK (length(mismatch_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT identity_mismatches_institution_id_is_uuid CHECK (length(institution_id) = 16),
    given_name_key BLOB NOT NULL,
    given_name_sealed BLOB NOT NULL,
    achievement_code TEXT NOT NULL,
    certificate_number TEXT,
    awarded_on TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    settled_at INTEGER,
    settled_by TEXT,
    note TEXT,
    CONSTRAINT identity_mismatches_pk PRIMARY KEY (learner_id, mismatch_id),
    CONSTRAINT identity_mismatches_once UNIQUE (learner_id, institution_id, given_name_key),
    CONSTRAINT identity_mismatches_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT identity_mismatches_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT identity_mismatches_status_known CHECK (status IN ('open', 'settled'))
);
CREATE INDEX identity_mismatches_by_institution ON identity_mismatches (institution_id, mismatch_id);

-- The saved answer of every write, sealed. Distributed by its own key.
CREATE TABLE idempotency_keys (
    idempotency_key TEXT NOT NULL,
    owner TEXT NOT NULL,
    operation TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    answer_sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (idempotency_key, owner)
);

-- Who did what; one row a write. Distributed by its own key.
CREATE TABLE audit_log (
    audit_id BLOB NOT NULL CONSTRAINT audit_log_audit_id_is_uuid CHECK (length(audit_id) = 16),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    institution_id BLOB CONSTRAINT audit_log_institution_id_is_uuid CHECK (length(institution_id) = 16),
    operation TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL CONSTRAINT audit_log_subject_id_is_uuid CHECK (length(subject_id) = 16),
    request_id BLOB NOT NULL CONSTRAINT audit_log_request_id_is_uuid CHECK (length(request_id) = 16),
    details TEXT NOT NULL CONSTRAINT audit_log_details_is_json CHECK (json_valid(details)),
    CONSTRAINT audit_log_pk PRIMARY KEY (audit_id)
);
CREATE INDEX audit_log_by_subject ON audit_log (subject_id, audit_id);

-- What is to be told to others, in the order of writing. A queue, kept on the coordinator: the publisher empties it.
CREATE TABLE outbox (
    sequence INTEGER NOT NULL,
    event_id BLOB NOT NULL CONSTRAINT outbox_event_id_is_uuid CHECK (length(event_id) = 16),
    at INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    learner_id BLOB CONSTRAINT outbox_learner_id_is_uuid CHECK (length(learner_id) = 16),
    institution_id BLOB CONSTRAINT outbox_institution_id_is_uuid CHECK (length(institution_id) = 16),
    subject_id BLOB NOT NULL CONSTRAINT outbox_subject_id_is_uuid CHECK (length(subject_id) = 16),
    payload TEXT NOT NULL CONSTRAINT outbox_payload_is_json CHECK (json_valid(payload)),
    CONSTRAINT outbox_pk PRIMARY KEY (sequence)
);

-- Conversion: what outcomes are converted into, between whom, along which ways. A document is never edited; the row
-- notes when the next version begins (superseded_on). Reference tables.

-- The programmes of institutions: one row a dated version. Reference table.
CREATE TABLE programmes (
    programme_id BLOB NOT NULL CONSTRAINT programmes_programme_id_is_uuid CHECK (length(programme_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT programmes_institution_id_is_uuid CHECK (length(institution_id) = 16),
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    name_chinese TEXT NOT NULL,
    name_english TEXT,
    level SMALLINT,
    required_credit_hundredths BIGINT NOT NULL,
    effective_from TEXT NOT NULL,
    effective_to TEXT,
    superseded_on TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    document TEXT NOT NULL CONSTRAINT programmes_document_is_json CHECK (json_valid(document)),
    CONSTRAINT programmes_pk PRIMARY KEY (programme_id),
    CONSTRAINT programmes_version_unique UNIQUE (institution_id, code, version),
    CONSTRAINT programmes_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT programmes_version_positive CHECK (version > 0),
    CONSTRAINT programmes_dates_ordered CHECK (effective_to IS NULL OR effective_to >= effective_from),
    CONSTRAINT programmes_superseded_later CHECK (superseded_on IS NULL OR superseded_on > effective_from)
);

-- Who accepts whose outcomes: one row a dated version. Each side is one institution or all of a kind. Reference table.
CREATE TABLE agreements (
    agreement_id BLOB NOT NULL CONSTRAINT agreements_agreement_id_is_uuid CHECK (length(agreement_id) = 16),
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    from_credit_code TEXT,
    from_kind TEXT,
    to_credit_code TEXT,
    to_kind TEXT,
    effective_from TEXT NOT NULL,
    effective_to TEXT,
    superseded_on TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    document TEXT NOT NULL CONSTRAINT agreements_document_is_json CHECK (json_valid(document)),
    CONSTRAINT agreements_pk PRIMARY KEY (agreement_id),
    CONSTRAINT agreements_version_unique UNIQUE (code, version),
    CONSTRAINT agreements_from_is_one CHECK ((from_credit_code IS NULL) <> (from_kind IS NULL)),
    CONSTRAINT agreements_to_is_one CHECK ((to_credit_code IS NULL) <> (to_kind IS NULL)),
    CONSTRAINT agreements_version_positive CHECK (version > 0),
    CONSTRAINT agreements_dates_ordered CHECK (effective_to IS NULL OR effective_to >= effective_from),
    CONSTRAINT agreements_superseded_later CHECK (superseded_on IS NULL OR superseded_on > effective_from)
);

-- Stages of several institutions one after the other: one row a dated version. Reference table.
CREATE TABLE pathways (
    pathway_id BLOB NOT NULL CONSTRAINT pathways_pathway_id_is_uuid CHECK (length(pathway_id) = 16),
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    effective_from TEXT NOT NULL,
    effective_to TEXT,
    superseded_on TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    document TEXT NOT NULL CONSTRAINT pathways_document_is_json CHECK (json_valid(document)),
    CONSTRAINT pathways_pk PRIMARY KEY (pathway_id),
    CONSTRAINT pathways_version_unique UNIQUE (code, version),
    CONSTRAINT pathways_version_positive CHECK (version > 0),
    CONSTRAINT pathways_dates_ordered CHECK (effective_to IS NULL OR effective_to >= effective_from),
    CONSTRAINT pathways_superseded_later CHECK (superseded_on IS NULL OR superseded_on > effective_from)
);

-- Rule packs: one row a version, never edited once the authority accepted it. Reference table.
CREATE TABLE rule_packs (
    pack_id BLOB NOT NULL CONSTRAINT rule_packs_pack_id_is_uuid CHECK (length(pack_id) = 16),
    institution_id BLOB CONSTRAINT rule_packs_institution_id_is_uuid CHECK (length(institution_id) = 16),
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    title_zh TEXT NOT NULL,
    title_en TEXT,
    search_text TEXT NOT NULL,
    programmes TEXT NOT NULL,
    document TEXT NOT NULL CONSTRAINT rule_packs_document_is_json CHECK (json_valid(document)),
    cases TEXT NOT NULL CONSTRAINT rule_packs_cases_is_json CHECK (json_valid(cases)),
    effective_from TEXT NOT NULL,
    effective_to TEXT,
    edition BIGINT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    filed_at INTEGER,
    filed_by TEXT,
    decided_at INTEGER,
    decided_by TEXT,
    decision_reason TEXT,
    notice_until TEXT,
    published_at INTEGER,
    CONSTRAINT rule_packs_pk PRIMARY KEY (pack_id),
    CONSTRAINT rule_packs_version_unique UNIQUE (code, version),
    CONSTRAINT rule_packs_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT rule_packs_status_known CHECK (status IN ('draft', 'filed', 'returned', 'on_notice', 'withdrawn')),
    CONSTRAINT rule_packs_version_positive CHECK (version > 0),
    CONSTRAINT rule_packs_notice_before_force CHECK (status <> 'on_notice' OR notice_until IS NULL OR notice_until < effective_from)
);
CREATE INDEX rule_packs_by_institution ON rule_packs (institution_id, code);

-- Answers to what a record is worth, kept by learners with all that they were made of; never changed.
CREATE TABLE worths (
    learner_id BLOB NOT NULL CONSTRAINT worths_learner_id_is_uuid CHECK (length(learner_id) = 16),
    worth_id BLOB NOT NULL CONSTRAINT worths_worth_id_is_uuid CHECK (length(worth_id) = 16),
    programme_id BLOB NOT NULL CONSTRAINT worths_programme_id_is_uuid CHECK (length(programme_id) = 16),
    programme_name_chinese TEXT NOT NULL,
    programme_name_english TEXT,
    recognised_hundredths BIGINT NOT NULL,
    alternative BIGINT NOT NULL,
    kept_at INTEGER NOT NULL,
    question TEXT NOT NULL CONSTRAINT worths_question_is_json CHECK (json_valid(question)),
    allocation TEXT NOT NULL CONSTRAINT worths_allocation_is_json CHECK (json_valid(allocation)),
    left_by BLOB CONSTRAINT worths_left_by_is_uuid CHECK (length(left_by) = 16),
    CONSTRAINT worths_pk PRIMARY KEY (learner_id, worth_id),
    CONSTRAINT worths_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT worths_programme FOREIGN KEY (programme_id) REFERENCES programmes (programme_id),
    CONSTRAINT worths_recognised_not_negative CHECK (recognised_hundredths >= 0)
);
-- A merge marks what left its learner; the answer itself never changes.
CREATE TRIGGER worths_refuse_update BEFORE UPDATE OF learner_id, worth_id, programme_id, programme_name_chinese, programme_name_english, recognised_hundredths, alternative,
    kept_at, question, allocation ON worths
BEGIN
    SELECT RAISE(ABORT, 'kept answers are never changed or deleted');
END;
CREATE TRIGGER worths_refuse_delete BEFORE DELETE ON worths
BEGIN
    SELECT RAISE(ABORT, 'kept answers are never changed or deleted');
END;

-- Simulations of drafts: a queue of jobs, kept on the coordinator. An open one has one of a few places, and no two open
-- ones are of packs of the same institution; the bank's own have no owner.
CREATE TABLE simulations (
    simulation_id BLOB NOT NULL CONSTRAINT simulations_simulation_id_is_uuid CHECK (length(simulation_id) = 16),
    pack_id BLOB NOT NULL CONSTRAINT simulations_pack_id_is_uuid CHECK (length(pack_id) = 16),
    pack_edition BIGINT NOT NULL,
    programme_id BLOB NOT NULL CONSTRAINT simulations_programme_id_is_uuid CHECK (length(programme_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT simulations_institution_id_is_uuid CHECK (length(institution_id) = 16),
    owner_id BLOB CONSTRAINT simulations_owner_id_is_uuid CHECK (length(owner_id) = 16),
    status TEXT NOT NULL,
    place BIGINT NOT NULL,
    comparison TEXT NOT NULL CONSTRAINT simulations_comparison_is_json CHECK (json_valid(comparison)),
    learners_done BIGINT NOT NULL,
    learners_in_all BIGINT NOT NULL,
    report TEXT CONSTRAINT simulations_report_is_json CHECK (json_valid(report)),
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    attempts BIGINT NOT NULL,
    runner BLOB CONSTRAINT simulations_runner_is_uuid CHECK (length(runner) = 16),
    heartbeat INTEGER,
    CONSTRAINT simulations_pk PRIMARY KEY (simulation_id),
    CONSTRAINT simulations_status_known CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT simulations_done_has_report CHECK ((status = 'done') = (report IS NOT NULL)),
    CONSTRAINT simulations_running_has_runner CHECK (status <> 'running' OR (runner IS NOT NULL AND heartbeat IS NOT NULL AND started_at IS NOT NULL))
);
CREATE UNIQUE INDEX simulations_open_place ON simulations (place) WHERE status IN ('queued', 'running');
CREATE UNIQUE INDEX simulations_open_owner ON simulations (owner_id) WHERE status IN ('queued', 'running');
CREATE INDEX simulations_by_pack ON simulations (pack_id, simulation_id);

-- Claims of learners, with where they stand. What was decided about, and by which rules, is never changed.
CREATE TABLE claims (
    learner_id BLOB NOT NULL CONSTRAINT claims_learner_id_is_uuid CHECK (length(learner_id) = 16),
    claim_id BLOB NOT NULL CONSTRAINT claims_claim_id_is_uuid CHECK (length(claim_id) = 16),
    kind TEXT NOT NULL,
    institution_id BLOB CONSTRAINT claims_institution_id_is_uuid CHECK (length(institution_id) = 16),
    programme_id BLOB CONSTRAINT claims_programme_id_is_uuid CHECK (length(programme_id) = 16),
    outcome_id BLOB CONSTRAINT claims_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    status TEXT NOT NULL,
    verdict TEXT,
    standing TEXT NOT NULL CONSTRAINT claims_standing_is_json CHECK (json_valid(standing)),
    edition BIGINT NOT NULL,
    since TEXT NOT NULL,
    due_on TEXT,
    due TEXT,
    submitted_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    rules TEXT NOT NULL CONSTRAINT claims_rules_is_json CHECK (json_valid(rules)),
    subject TEXT NOT NULL CONSTRAINT claims_subject_is_json CHECK (json_valid(subject)),
    worth_id BLOB CONSTRAINT claims_worth_id_is_uuid CHECK (length(worth_id) = 16),
    recognised_hundredths BIGINT,
    decision_number TEXT,
    decided_on TEXT,
    escalated_edition BIGINT NOT NULL,
    left_by BLOB CONSTRAINT claims_left_by_is_uuid CHECK (length(left_by) = 16),
    CONSTRAINT claims_pk PRIMARY KEY (learner_id, claim_id),
    CONSTRAINT claims_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT claims_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT claims_programme FOREIGN KEY (programme_id) REFERENCES programmes (programme_id),
    CONSTRAINT claims_worth FOREIGN KEY (learner_id, worth_id) REFERENCES worths (learner_id, worth_id),
    CONSTRAINT claims_kind_known CHECK (kind IN ('recognition', 'conversion')),
    CONSTRAINT claims_status_known CHECK (status IN ('submitted', 'in_review', 'information_asked', 'proposed', 'on_notice', 'granted', 'refused', 'appealed', 'closed', 'withdrawn', 'lapsed', 'voided')),
    CONSTRAINT claims_conversion_has_worth CHECK ((kind = 'conversion') = (worth_id IS NOT NULL)),
    CONSTRAINT claims_decision_is_dated CHECK ((decision_number IS NULL) = (decided_on IS NULL))
);
CREATE INDEX claims_by_decision_number ON claims (decision_number) WHERE decision_number IS NOT NULL;
CREATE INDEX claims_by_id ON claims (claim_id);
CREATE INDEX claims_by_institution ON claims (institution_id, status, claim_id);
CREATE INDEX claims_due ON claims (due_on) WHERE due_on IS NOT NULL;

-- What happened to a claim, in order; never changed.
CREATE TABLE claim_steps (
    learner_id BLOB NOT NULL CONSTRAINT claim_steps_learner_id_is_uuid CHECK (length(learner_id) = 16),
    claim_id BLOB NOT NULL CONSTRAINT claim_steps_claim_id_is_uuid CHECK (length(claim_id) = 16),
    sequence BIGINT NOT NULL,
    event TEXT NOT NULL,
    verdict TEXT,
    status TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    reason_sealed BLOB,
    details TEXT NOT NULL CONSTRAINT claim_steps_details_is_json CHECK (json_valid(details)),
    on_day TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT claim_steps_pk PRIMARY KEY (learner_id, claim_id, sequence),
    CONSTRAINT claim_steps_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id)
);
CREATE TRIGGER claim_steps_refuse_update BEFORE UPDATE ON claim_steps
BEGIN
    SELECT RAISE(ABORT, 'steps of a claim are never changed or deleted');
END;
CREATE TRIGGER claim_steps_refuse_delete BEFORE DELETE ON claim_steps
BEGIN
    SELECT RAISE(ABORT, 'steps of a claim are never changed or deleted');
END;

-- The outcomes that a claim uses, and what it holds or held of their lots. One that is used as a whole is in one claim only.
CREATE TABLE claim_uses (
    learner_id BLOB NOT NULL CONSTRAINT claim_uses_learner_id_is_uuid CHECK (length(learner_id) = 16),
    claim_id BLOB NOT NULL CONSTRAINT claim_uses_claim_id_is_uuid CHECK (length(claim_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT claim_uses_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    lot_id BLOB CONSTRAINT claim_uses_lot_id_is_uuid CHECK (length(lot_id) = 16),
    amount_hundredths BIGINT NOT NULL,
    whole BOOLEAN NOT NULL,
    standing BOOLEAN NOT NULL,
    CONSTRAINT claim_uses_pk PRIMARY KEY (learner_id, claim_id, outcome_id),
    CONSTRAINT claim_uses_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id),
    CONSTRAINT claim_uses_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id),
    CONSTRAINT claim_uses_lot FOREIGN KEY (learner_id, lot_id) REFERENCES lots (learner_id, lot_id),
    CONSTRAINT claim_uses_amount_of_lot CHECK ((amount_hundredths > 0) = (lot_id IS NOT NULL))
);
CREATE UNIQUE INDEX claim_uses_whole_once ON claim_uses (learner_id, outcome_id) WHERE whole AND standing;
CREATE INDEX claim_uses_by_outcome ON claim_uses (learner_id, outcome_id);

-- What a granted claim bought: one row a part of an outcome's credit in a course or bucket. Taken back is noted, never deleted.
CREATE TABLE conversions (
    learner_id BLOB NOT NULL CONSTRAINT conversions_learner_id_is_uuid CHECK (length(learner_id) = 16),
    conversion_id BLOB NOT NULL CONSTRAINT conversions_conversion_id_is_uuid CHECK (length(conversion_id) = 16),
    claim_id BLOB NOT NULL CONSTRAINT conversions_claim_id_is_uuid CHECK (length(claim_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT conversions_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT conversions_institution_id_is_uuid CHECK (length(institution_id) = 16),
    programme_id BLOB NOT NULL CONSTRAINT conversions_programme_id_is_uuid CHECK (length(programme_id) = 16),
    programme_code TEXT NOT NULL,
    award TEXT NOT NULL CONSTRAINT conversions_award_is_json CHECK (json_valid(award)),
    facts TEXT NOT NULL CONSTRAINT conversions_facts_is_json CHECK (json_valid(facts)),
    original TEXT NOT NULL CONSTRAINT conversions_original_is_json CHECK (json_valid(original)),
    amount_hundredths BIGINT NOT NULL,
    decision_number TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_because TEXT,
    ended_by BLOB CONSTRAINT conversions_ended_by_is_uuid CHECK (length(ended_by) = 16),
    CONSTRAINT conversions_pk PRIMARY KEY (learner_id, conversion_id),
    CONSTRAINT conversions_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id),
    CONSTRAINT conversions_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id),
    CONSTRAINT conversions_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT conversions_programme FOREIGN KEY (programme_id) REFERENCES programmes (programme_id),
    CONSTRAINT conversions_amount_positive CHECK (amount_hundredths > 0),
    CONSTRAINT conversions_end_has_cause CHECK ((ended_at IS NULL) = (ended_because IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX conversions_by_claim ON conversions (learner_id, claim_id);
CREATE INDEX conversions_by_institution ON conversions (institution_id, conversion_id);

-- Objections to what is on public notice, and their answers.
CREATE TABLE objections (
    learner_id BLOB NOT NULL CONSTRAINT objections_learner_id_is_uuid CHECK (length(learner_id) = 16),
    claim_id BLOB NOT NULL CONSTRAINT objections_claim_id_is_uuid CHECK (length(claim_id) = 16),
    objection_id BLOB NOT NULL CONSTRAINT objections_objection_id_is_uuid CHECK (length(objection_id) = 16),
    raised_by TEXT NOT NULL,
    raised_by_name TEXT NOT NULL,
    raised_by_learner_id BLOB CONSTRAINT objections_raised_by_learner_id_is_uuid CHECK (length(raised_by_learner_id) = 16),
    text_sealed BLOB NOT NULL,
    raised_on TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    answer TEXT,
    answer_reason TEXT,
    answered_by TEXT,
    answered_at INTEGER,
    CONSTRAINT objections_pk PRIMARY KEY (learner_id, claim_id, objection_id),
    CONSTRAINT objections_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id),
    CONSTRAINT objections_answer_known CHECK (answer IN ('upheld', 'dismissed')),
    CONSTRAINT objections_answer_complete CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answer_reason IS NULL))
);

CREATE INDEX objections_by_raiser ON objections (raised_by, claim_id);

-- The last number of a decision letter, by institution and year; the bank's own have no institution's key. Distributed by its own key.
CREATE TABLE decision_numbers (
    issuer TEXT NOT NULL,
    year SMALLINT NOT NULL,
    last BIGINT NOT NULL,
    CONSTRAINT decision_numbers_pk PRIMARY KEY (issuer, year)
);

-- Public holidays and make-up working days, one document a year. Reference table.
CREATE TABLE working_years (
    year SMALLINT NOT NULL,
    document TEXT NOT NULL CONSTRAINT working_years_document_is_json CHECK (json_valid(document)),
    edition BIGINT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    CONSTRAINT working_years_pk PRIMARY KEY (year)
);

-- Evidence files: what learners and institutions uploaded. The content lies elsewhere, by its digest; a file that something
-- uses is held, and only one that nothing holds can be removed.
CREATE TABLE evidence_files (
    learner_id BLOB NOT NULL CONSTRAINT evidence_files_learner_id_is_uuid CHECK (length(learner_id) = 16),
    file_id BLOB NOT NULL CONSTRAINT evidence_files_file_id_is_uuid CHECK (length(file_id) = 16),
    digest BLOB NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    name_sealed BLOB NOT NULL,
    uploaded_by TEXT NOT NULL,
    institution_id BLOB CONSTRAINT evidence_files_institution_id_is_uuid CHECK (length(institution_id) = 16),
    uploaded_at INTEGER NOT NULL,
    held BOOLEAN NOT NULL,
    removed_at INTEGER,
    brought_by BLOB CONSTRAINT evidence_files_brought_by_is_uuid CHECK (length(brought_by) = 16),
    verdict_sealed BLOB,
    CONSTRAINT evidence_files_pk PRIMARY KEY (learner_id, file_id),
    CONSTRAINT evidence_files_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT evidence_files_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT evidence_files_digest_is_sha256 CHECK (length(digest) = 32),
    CONSTRAINT evidence_files_bytes_positive CHECK (bytes > 0),
    CONSTRAINT evidence_files_held_stays CHECK (NOT held OR removed_at IS NULL)
);
CREATE UNIQUE INDEX evidence_files_own ON evidence_files (learner_id, digest) WHERE removed_at IS NULL AND institution_id IS NULL AND brought_by IS NULL;
CREATE UNIQUE INDEX evidence_files_of_institution ON evidence_files (learner_id, digest, institution_id) WHERE removed_at IS NULL AND institution_id IS NOT NULL AND brought_by IS NULL;
CREATE INDEX evidence_files_by_digest ON evidence_files (digest) WHERE removed_at IS NULL;

-- What uses a file, and the institution that may read the file because of it.
CREATE TABLE evidence_uses (
    learner_id BLOB NOT NULL CONSTRAINT evidence_uses_learner_id_is_uuid CHECK (length(learner_id) = 16),
    file_id BLOB NOT NULL CONSTRAINT evidence_uses_file_id_is_uuid CHECK (length(file_id) = 16),
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL CONSTRAINT evidence_uses_subject_id_is_uuid CHECK (length(subject_id) = 16),
    institution_id BLOB CONSTRAINT evidence_uses_institution_id_is_uuid CHECK (length(institution_id) = 16),
    attached_at INTEGER NOT NULL,
    CONSTRAINT evidence_uses_pk PRIMARY KEY (learner_id, file_id, subject_kind, subject_id),
    CONSTRAINT evidence_uses_file FOREIGN KEY (learner_id, file_id) REFERENCES evidence_files (learner_id, file_id),
    CONSTRAINT evidence_uses_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id)
);
CREATE INDEX evidence_uses_by_subject ON evidence_uses (learner_id, subject_kind, subject_id);

-- Corrections 更正: what is withdrawn or corrected, what was previewed, and who applied it. Distributed by its own key.
CREATE TABLE corrections (
    correction_id BLOB NOT NULL CONSTRAINT corrections_correction_id_is_uuid CHECK (length(correction_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT corrections_institution_id_is_uuid CHECK (length(institution_id) = 16),
    kind TEXT NOT NULL,
    scope TEXT NOT NULL CONSTRAINT corrections_scope_is_json CHECK (json_valid(scope)),
    corrected TEXT CONSTRAINT corrections_corrected_is_json CHECK (json_valid(corrected)),
    reason TEXT NOT NULL,
    citation TEXT NOT NULL,
    digest TEXT NOT NULL,
    counts TEXT NOT NULL CONSTRAINT corrections_counts_is_json CHECK (json_valid(counts)),
    state TEXT NOT NULL,
    previewed_by TEXT NOT NULL,
    previewed_by_name TEXT NOT NULL,
    previewed_at INTEGER NOT NULL,
    applied_by TEXT,
    applied_by_name TEXT,
    applied_at INTEGER,
    given_up_by TEXT,
    given_up_by_name TEXT,
    given_up_at INTEGER,
    CONSTRAINT corrections_pk PRIMARY KEY (correction_id),
    CONSTRAINT corrections_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT corrections_kind_known CHECK (kind IN ('withdraw', 'correct')),
    CONSTRAINT corrections_corrected_of_kind CHECK ((kind = 'correct') = (corrected IS NOT NULL)),
    CONSTRAINT corrections_state_known CHECK (state IN ('previewed', 'applied', 'given_up')),
    CONSTRAINT corrections_applied_by_somebody CHECK ((state = 'applied') = (applied_at IS NOT NULL) AND (applied_at IS NULL) = (applied_by IS NULL)),
    CONSTRAINT corrections_given_up_by_somebody CHECK ((state = 'given_up') = (given_up_at IS NOT NULL) AND (given_up_at IS NULL) = (given_up_by IS NULL))
);
CREATE INDEX corrections_by_institution ON corrections (institution_id, correction_id);

-- What a correction does to each outcome, as it was previewed.
CREATE TABLE correction_items (
    learner_id BLOB NOT NULL CONSTRAINT correction_items_learner_id_is_uuid CHECK (length(learner_id) = 16),
    correction_id BLOB NOT NULL CONSTRAINT correction_items_correction_id_is_uuid CHECK (length(correction_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT correction_items_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    item TEXT NOT NULL CONSTRAINT correction_items_item_is_json CHECK (json_valid(item)),
    offers TEXT NOT NULL CONSTRAINT correction_items_offers_is_json CHECK (json_valid(offers)),
    applied BOOLEAN NOT NULL,
    CONSTRAINT correction_items_pk PRIMARY KEY (learner_id, correction_id, outcome_id),
    CONSTRAINT correction_items_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id)
);
CREATE INDEX correction_items_by_correction ON correction_items (correction_id, learner_id, outcome_id);

-- Credit that turned out wrong and is used: the institution that used it decides again.
CREATE TABLE correction_cases (
    learner_id BLOB NOT NULL CONSTRAINT correction_cases_learner_id_is_uuid CHECK (length(learner_id) = 16),
    case_id BLOB NOT NULL CONSTRAINT correction_cases_case_id_is_uuid CHECK (length(case_id) = 16),
    correction_id BLOB NOT NULL CONSTRAINT correction_cases_correction_id_is_uuid CHECK (length(correction_id) = 16),
    claim_id BLOB NOT NULL CONSTRAINT correction_cases_claim_id_is_uuid CHECK (length(claim_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT correction_cases_institution_id_is_uuid CHECK (length(institution_id) = 16),
    outcome_ids TEXT NOT NULL CONSTRAINT correction_cases_outcome_ids_is_json CHECK (json_valid(outcome_ids)),
    conversion_ids TEXT NOT NULL CONSTRAINT correction_cases_conversion_ids_is_json CHECK (json_valid(conversion_ids)),
    offer TEXT CONSTRAINT correction_cases_offer_is_json CHECK (json_valid(offer)),
    state TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    decided_by TEXT,
    decided_by_name TEXT,
    decided_at INTEGER,
    reason TEXT,
    replaced_by BLOB CONSTRAINT correction_cases_replaced_by_is_uuid CHECK (length(replaced_by) = 16),
    escalated_at INTEGER,
    CONSTRAINT correction_cases_pk PRIMARY KEY (learner_id, case_id),
    CONSTRAINT correction_cases_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id),
    CONSTRAINT correction_cases_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT correction_cases_once UNIQUE (learner_id, correction_id, claim_id),
    CONSTRAINT correction_cases_state_known CHECK (state IN ('open', 'confirmed', 'cancelled', 'replaced')),
    CONSTRAINT correction_cases_decided_by_somebody CHECK ((state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (reason IS NULL)),
    CONSTRAINT correction_cases_replaced_by_claim CHECK ((state = 'replaced') = (replaced_by IS NOT NULL))
);
CREATE INDEX correction_cases_by_institution ON correction_cases (institution_id, case_id);
CREATE INDEX correction_cases_by_id ON correction_cases (case_id);

-- Keyed indexes of what variants of one person share: the sound of a name, with a date of birth or an institution. Distributed by
-- its own key.
CREATE TABLE likenesses (
    likeness BLOB NOT NULL,
    learner_id BLOB NOT NULL CONSTRAINT likenesses_learner_id_is_uuid CHECK (length(learner_id) = 16),
    CONSTRAINT likenesses_pk PRIMARY KEY (likeness, learner_id)
);

-- Pairs of learners who may be one person. Distributed by its own key.
CREATE TABLE duplicate_suspicions (
    suspicion_id BLOB NOT NULL CONSTRAINT duplicate_suspicions_suspicion_id_is_uuid CHECK (length(suspicion_id) = 16),
    first_learner_id BLOB NOT NULL CONSTRAINT duplicate_suspicions_first_learner_id_is_uuid CHECK (length(first_learner_id) = 16),
    second_learner_id BLOB NOT NULL CONSTRAINT duplicate_suspicions_second_learner_id_is_uuid CHECK (length(second_learner_id) = 16),
    grounds TEXT NOT NULL CONSTRAINT duplicate_suspicions_grounds_is_json CHECK (json_valid(grounds)),
    strength TEXT NOT NULL,
    status TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    dismissed_at INTEGER,
    dismissed_by TEXT,
    dismissed_by_name TEXT,
    reason TEXT,
    CONSTRAINT duplicate_suspicions_pk PRIMARY KEY (first_learner_id, second_learner_id),
    CONSTRAINT duplicate_suspicions_in_order CHECK (first_learner_id < second_learner_id),
    CONSTRAINT duplicate_suspicions_strength_known CHECK (strength IN ('strong', 'weak')),
    CONSTRAINT duplicate_suspicions_status_known CHECK (status IN ('open', 'dismissed', 'merged')),
    CONSTRAINT duplicate_suspicions_dismissed_by_somebody CHECK ((status <> 'dismissed' OR dismissed_at IS NOT NULL) AND (dismissed_at IS NULL) = (dismissed_by IS NULL) AND (dismissed_at IS NULL) = (reason IS NULL))
);
CREATE INDEX duplicate_suspicions_by_id ON duplicate_suspicions (suspicion_id);

-- How far a walk over what institutions know of learners has come. Distributed by its own key.
CREATE TABLE walks (
    walk TEXT NOT NULL,
    since INTEGER NOT NULL,
    learner_id BLOB NOT NULL CONSTRAINT walks_learner_id_is_uuid CHECK (length(learner_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT walks_institution_id_is_uuid CHECK (length(institution_id) = 16),
    CONSTRAINT walks_pk PRIMARY KEY (walk)
);

-- What a learner says is wrong of an outcome; the institution that deposited it answers. While it is open the outcome is disputed.
CREATE TABLE correction_requests (
    learner_id BLOB NOT NULL CONSTRAINT correction_requests_learner_id_is_uuid CHECK (length(learner_id) = 16),
    request_id BLOB NOT NULL CONSTRAINT correction_requests_request_id_is_uuid CHECK (length(request_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT correction_requests_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT correction_requests_institution_id_is_uuid CHECK (length(institution_id) = 16),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    edition BIGINT NOT NULL,
    since TEXT NOT NULL,
    due TEXT,
    due_on TEXT,
    escalated_at INTEGER,
    requested_at INTEGER NOT NULL,
    words_sealed BLOB NOT NULL,
    correction_id BLOB CONSTRAINT correction_requests_correction_id_is_uuid CHECK (length(correction_id) = 16),
    answered_by TEXT,
    answered_by_name TEXT,
    answered_at INTEGER,
    refusal_sealed BLOB,
    complained_at INTEGER,
    complaint_sealed BLOB,
    decision TEXT,
    decided_by TEXT,
    decided_by_name TEXT,
    decided_at INTEGER,
    decision_sealed BLOB,
    CONSTRAINT correction_requests_pk PRIMARY KEY (learner_id, request_id),
    CONSTRAINT correction_requests_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id),
    CONSTRAINT correction_requests_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT correction_requests_kind_known CHECK (kind IN ('wrong', 'not_mine')),
    CONSTRAINT correction_requests_state_known CHECK (state IN ('requested', 'accepted', 'refused', 'complained', 'corrected', 'upheld', 'withdrawn')),
    CONSTRAINT correction_requests_open_by_state CHECK (is_open = (state IN ('requested', 'accepted', 'complained'))),
    CONSTRAINT correction_requests_due_while_open CHECK (is_open = (due IS NOT NULL) AND is_open = (due_on IS NOT NULL)),
    CONSTRAINT correction_requests_answered_by_somebody CHECK ((answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NOT NULL OR refusal_sealed IS NULL)),
    CONSTRAINT correction_requests_refused_for_reason CHECK (state NOT IN ('refused', 'complained', 'upheld') OR refusal_sealed IS NOT NULL),
    CONSTRAINT correction_requests_complaint_says_why CHECK ((complained_at IS NULL) = (complaint_sealed IS NULL)),
    CONSTRAINT correction_requests_decided_for_reason CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decision_sealed IS NULL))
);
CREATE UNIQUE INDEX correction_requests_open_once ON correction_requests (learner_id, outcome_id) WHERE is_open;
CREATE INDEX correction_requests_by_institution ON correction_requests (institution_id, request_id);
CREATE INDEX correction_requests_by_id ON correction_requests (request_id);

-- Merges of two accounts that turned out to be one person's: proposed by one, confirmed by another, and so taken back.
-- Distributed by its own key.
CREATE TABLE merges (
    merge_id BLOB NOT NULL CONSTRAINT merges_merge_id_is_uuid CHECK (length(merge_id) = 16),
    surviving_id BLOB NOT NULL CONSTRAINT merges_surviving_id_is_uuid CHECK (length(surviving_id) = 16),
    absorbed_id BLOB NOT NULL CONSTRAINT merges_absorbed_id_is_uuid CHECK (length(absorbed_id) = 16),
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    citation TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_by_name TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    decided_by TEXT,
    decided_by_name TEXT,
    decided_at INTEGER,
    decision_reason TEXT,
    merged_at INTEGER,
    came_to_know TEXT NOT NULL,
    reversal_reason TEXT,
    reversal_outcomes TEXT NOT NULL,
    reversal_proposed_by TEXT,
    reversal_proposed_by_name TEXT,
    reversal_proposed_at INTEGER,
    reversal_decided_by TEXT,
    reversal_decided_by_name TEXT,
    reversal_decided_at INTEGER,
    reversal_decision_reason TEXT,
    CONSTRAINT merges_pk PRIMARY KEY (merge_id),
    CONSTRAINT merges_of_two CHECK (surviving_id <> absorbed_id),
    CONSTRAINT merges_state_known CHECK (state IN ('proposed', 'merged', 'declined', 'withdrawn', 'reversal_proposed', 'reversed')),
    CONSTRAINT merges_decided_by_somebody CHECK ((state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT merges_merged_has_day CHECK ((state IN ('merged', 'reversal_proposed', 'reversed')) = (merged_at IS NOT NULL)),
    CONSTRAINT merges_reversal_has_reason CHECK (state NOT IN ('reversal_proposed', 'reversed') OR (reversal_reason IS NOT NULL AND reversal_proposed_by IS NOT NULL))
);
CREATE INDEX merges_by_surviving ON merges (surviving_id, merge_id);
CREATE INDEX merges_by_absorbed ON merges (absorbed_id, merge_id);

-- How an institution's files are read: its names of columns, its codes of achievements, and whether somebody else releases.
CREATE TABLE import_profiles (
    institution_id BLOB NOT NULL CONSTRAINT import_profiles_institution_id_is_uuid CHECK (length(institution_id) = 16),
    column_names TEXT NOT NULL CONSTRAINT import_profiles_column_names_is_json CHECK (json_valid(column_names)),
    codes TEXT NOT NULL CONSTRAINT import_profiles_codes_is_json CHECK (json_valid(codes)),
    needs_release BOOLEAN NOT NULL,
    edition BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT import_profiles_pk PRIMARY KEY (institution_id)
);

-- Imports of files: a queue of jobs, kept on the coordinator. An open one has one of its institution's few places, and a file
-- whose import is open or done is not taken again.
CREATE TABLE imports (
    import_id BLOB NOT NULL CONSTRAINT imports_import_id_is_uuid CHECK (length(import_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT imports_institution_id_is_uuid CHECK (length(institution_id) = 16),
    file_name_sealed BLOB NOT NULL,
    digest BLOB,
    bytes BIGINT NOT NULL,
    options TEXT NOT NULL CONSTRAINT imports_options_is_json CHECK (json_valid(options)),
    status TEXT NOT NULL,
    place BIGINT NOT NULL,
    about TEXT CONSTRAINT imports_about_is_json CHECK (json_valid(about)),
    even_if_changed BOOLEAN NOT NULL,
    bytes_read BIGINT NOT NULL,
    rows_done BIGINT NOT NULL,
    rows_in_all BIGINT NOT NULL,
    check_totals TEXT CONSTRAINT imports_check_totals_is_json CHECK (json_valid(check_totals)),
    commit_totals TEXT CONSTRAINT imports_commit_totals_is_json CHECK (json_valid(commit_totals)),
    unknown_codes TEXT CONSTRAINT imports_unknown_codes_is_json CHECK (json_valid(unknown_codes)),
    changes TEXT CONSTRAINT imports_changes_is_json CHECK (json_valid(changes)),
    problem TEXT CONSTRAINT imports_problem_is_json CHECK (json_valid(problem)),
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    committed_by TEXT,
    committed_at INTEGER,
    released_by TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    file_removed_at INTEGER,
    attempts BIGINT NOT NULL,
    runner BLOB CONSTRAINT imports_runner_is_uuid CHECK (length(runner) = 16),
    heartbeat INTEGER,
    CONSTRAINT imports_pk PRIMARY KEY (import_id),
    CONSTRAINT imports_digest_is_sha256 CHECK (length(digest) = 32),
    CONSTRAINT imports_status_known CHECK (status IN ('receiving', 'checking', 'checked', 'awaiting_release', 'committing', 'stale', 'done', 'cancelled', 'failed')),
    CONSTRAINT imports_arrived_has_digest CHECK (status IN ('receiving', 'cancelled', 'failed') OR digest IS NOT NULL),
    CONSTRAINT imports_runner_beats CHECK (runner IS NULL OR heartbeat IS NOT NULL)
);
CREATE UNIQUE INDEX imports_open_place ON imports (institution_id, place) WHERE status NOT IN ('done', 'cancelled', 'failed');
CREATE UNIQUE INDEX imports_file ON imports (institution_id, digest) WHERE status NOT IN ('receiving', 'cancelled', 'failed') AND file_removed_at IS NULL;
CREATE INDEX imports_by_institution ON imports (institution_id, import_id);

-- The file of an import, in pieces that are sealed and stored like evidence.
CREATE TABLE import_pieces (
    import_id BLOB NOT NULL CONSTRAINT import_pieces_import_id_is_uuid CHECK (length(import_id) = 16),
    number BIGINT NOT NULL,
    digest BLOB NOT NULL,
    bytes BIGINT NOT NULL,
    CONSTRAINT import_pieces_pk PRIMARY KEY (import_id, number),
    CONSTRAINT import_pieces_digest_is_sha256 CHECK (length(digest) = 32)
);

-- What became of the rows of an import, some hundred outcomes at once: written with them in one transaction.
CREATE TABLE import_chunks (
    import_id BLOB NOT NULL CONSTRAINT import_chunks_import_id_is_uuid CHECK (length(import_id) = 16),
    is_commit BOOLEAN NOT NULL,
    number BIGINT NOT NULL,
    first_row BIGINT NOT NULL,
    last_row BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    already_there BIGINT NOT NULL,
    flagged BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    rows_sealed BLOB NOT NULL,
    CONSTRAINT import_chunks_pk PRIMARY KEY (import_id, is_commit, number),
    CONSTRAINT import_chunks_rows_in_order CHECK (first_row <= last_row)
);

-- What was told, at its place for ever: no number is ever given out behind one that could be read. Kept on the coordinator,
-- like the queues beside it.
CREATE TABLE events (
    position BIGINT NOT NULL,
    event_id BLOB NOT NULL CONSTRAINT events_event_id_is_uuid CHECK (length(event_id) = 16),
    at INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    learner_id BLOB CONSTRAINT events_learner_id_is_uuid CHECK (length(learner_id) = 16),
    institution_id BLOB CONSTRAINT events_institution_id_is_uuid CHECK (length(institution_id) = 16),
    subject_id BLOB NOT NULL CONSTRAINT events_subject_id_is_uuid CHECK (length(subject_id) = 16),
    payload TEXT NOT NULL CONSTRAINT events_payload_is_json CHECK (json_valid(payload)),
    CONSTRAINT events_pk PRIMARY KEY (position)
);
CREATE INDEX events_by_institution ON events (institution_id, position) WHERE institution_id IS NOT NULL;

-- How far the events are numbered, and how far the old ones are gone. One row.
CREATE TABLE event_heads (
    head TEXT NOT NULL,
    published_to BIGINT NOT NULL,
    pruned_to BIGINT NOT NULL,
    CONSTRAINT event_heads_pk PRIMARY KEY (head)
);

-- Who signs credentials that the bank believes: by an id, and by keys where the id alone leads to none. Ended, never removed.
CREATE TABLE trusted_issuers (
    issuer_id BLOB NOT NULL CONSTRAINT trusted_issuers_issuer_id_is_uuid CHECK (length(issuer_id) = 16),
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    keys TEXT NOT NULL CONSTRAINT trusted_issuers_keys_is_json CHECK (json_valid(keys)),
    institution_id BLOB CONSTRAINT trusted_issuers_institution_id_is_uuid CHECK (length(institution_id) = 16),
    reason TEXT NOT NULL,
    registered_at INTEGER NOT NULL,
    registered_by TEXT NOT NULL,
    ended_at INTEGER,
    ended_by TEXT,
    end_reason TEXT,
    CONSTRAINT trusted_issuers_pk PRIMARY KEY (issuer_id),
    CONSTRAINT trusted_issuers_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT trusted_issuers_end_whole CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX trusted_issuers_identifier_unique ON trusted_issuers (identifier) WHERE ended_at IS NULL;
CREATE INDEX trusted_issuers_by_identifier ON trusted_issuers (identifier);

-- Offers of credentials to wallets. Distributed by its own key, which is in front of every secret of it.
CREATE TABLE credential_offers (
    offer_id BLOB NOT NULL CONSTRAINT credential_offers_offer_id_is_uuid CHECK (length(offer_id) = 16),
    learner_id BLOB NOT NULL CONSTRAINT credential_offers_learner_id_is_uuid CHECK (length(learner_id) = 16),
    credential_id BLOB NOT NULL CONSTRAINT credential_offers_credential_id_is_uuid CHECK (length(credential_id) = 16),
    configuration TEXT NOT NULL,
    secret_digest BLOB NOT NULL,
    code_index BLOB NOT NULL,
    failures BIGINT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    redeemed_at INTEGER,
    token_digest BLOB,
    token_expires_at INTEGER,
    issued_id BLOB CONSTRAINT credential_offers_issued_id_is_uuid CHECK (length(issued_id) = 16),
    CONSTRAINT credential_offers_pk PRIMARY KEY (offer_id),
    CONSTRAINT credential_offers_token_when_redeemed CHECK ((redeemed_at IS NULL) = (token_digest IS NULL) AND (redeemed_at IS NULL) = (token_expires_at IS NULL))
);
CREATE INDEX credential_offers_by_learner ON credential_offers (learner_id);
CREATE INDEX credential_offers_by_end ON credential_offers (expires_at);

-- Where institutions' systems are told of events.
CREATE TABLE webhooks (
    webhook_id BLOB NOT NULL CONSTRAINT webhooks_webhook_id_is_uuid CHECK (length(webhook_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT webhooks_institution_id_is_uuid CHECK (length(institution_id) = 16),
    client_id BLOB CONSTRAINT webhooks_client_id_is_uuid CHECK (length(client_id) = 16),
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    event_types TEXT NOT NULL,
    secret_sealed BLOB NOT NULL,
    previous_secret_sealed BLOB,
    previous_secret_until INTEGER,
    status TEXT NOT NULL,
    status_reason TEXT,
    edition BIGINT NOT NULL,
    fanned_to BIGINT NOT NULL,
    failing_since INTEGER,
    due_at INTEGER,
    lease_holder BLOB CONSTRAINT webhooks_lease_holder_is_uuid CHECK (length(lease_holder) = 16),
    lease_until INTEGER,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    CONSTRAINT webhooks_pk PRIMARY KEY (webhook_id),
    CONSTRAINT webhooks_status_known CHECK (status IN ('active', 'paused', 'disabled'))
);
CREATE INDEX webhooks_by_institution ON webhooks (institution_id, webhook_id);

-- What a webhook is sent, and what came of it.
CREATE TABLE webhook_deliveries (
    delivery_id BLOB NOT NULL CONSTRAINT webhook_deliveries_delivery_id_is_uuid CHECK (length(delivery_id) = 16),
    webhook_id BLOB NOT NULL CONSTRAINT webhook_deliveries_webhook_id_is_uuid CHECK (length(webhook_id) = 16),
    event_id BLOB NOT NULL CONSTRAINT webhook_deliveries_event_id_is_uuid CHECK (length(event_id) = 16),
    position BIGINT,
    event_type TEXT NOT NULL,
    learner_id BLOB CONSTRAINT webhook_deliveries_learner_id_is_uuid CHECK (length(learner_id) = 16),
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at INTEGER NOT NULL,
    next_attempt_at INTEGER,
    last_attempt_at INTEGER,
    response_status SMALLINT,
    response_excerpt TEXT,
    failure TEXT,
    duration_ms BIGINT,
    CONSTRAINT webhook_deliveries_pk PRIMARY KEY (delivery_id),
    CONSTRAINT webhook_deliveries_status_known CHECK (status IN ('pending', 'delivered', 'dead')),
    CONSTRAINT webhook_deliveries_pending_has_time CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, delivery_id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id) WHERE status = 'pending';

-- What a learner is told in the account. `to_mail` is what waits to be told by mail too.
CREATE TABLE notifications (
    learner_id BLOB NOT NULL CONSTRAINT notifications_learner_id_is_uuid CHECK (length(learner_id) = 16),
    notification_id BLOB NOT NULL CONSTRAINT notifications_notification_id_is_uuid CHECK (length(notification_id) = 16),
    kind TEXT NOT NULL,
    event_type TEXT NOT NULL,
    subject_id BLOB NOT NULL CONSTRAINT notifications_subject_id_is_uuid CHECK (length(subject_id) = 16),
    institution_id BLOB CONSTRAINT notifications_institution_id_is_uuid CHECK (length(institution_id) = 16),
    details TEXT NOT NULL CONSTRAINT notifications_details_is_json CHECK (json_valid(details)),
    at INTEGER NOT NULL,
    read_at INTEGER,
    to_mail BOOLEAN NOT NULL,
    CONSTRAINT notifications_pk PRIMARY KEY (learner_id, notification_id),
    CONSTRAINT notifications_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id)
);
CREATE INDEX notifications_unread ON notifications (learner_id) WHERE read_at IS NULL;
CREATE INDEX notifications_to_mail ON notifications (learner_id) WHERE to_mail;

-- Of what a learner wants mail, and where to; the address is sealed, and good once its code came back.
CREATE TABLE notification_settings (
    learner_id BLOB NOT NULL CONSTRAINT notification_settings_learner_id_is_uuid CHECK (length(learner_id) = 16),
    edition BIGINT NOT NULL,
    language TEXT NOT NULL,
    mail_kinds TEXT NOT NULL,
    address_sealed BLOB,
    confirmed_at INTEGER,
    code_digest BLOB,
    code_expires_at INTEGER,
    code_failures BIGINT NOT NULL,
    codes_sent BIGINT NOT NULL,
    code_sent_at INTEGER,
    mailed_at INTEGER,
    CONSTRAINT notification_settings_pk PRIMARY KEY (learner_id),
    CONSTRAINT notification_settings_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT notification_settings_confirmed_has_address CHECK (confirmed_at IS NULL OR address_sealed IS NOT NULL)
);

-- What learners write into their portfolios; the words are sealed, and gone once an entry is removed.
CREATE TABLE portfolio_entries (
    learner_id BLOB NOT NULL CONSTRAINT portfolio_entries_learner_id_is_uuid CHECK (length(learner_id) = 16),
    entry_id BLOB NOT NULL CONSTRAINT portfolio_entries_entry_id_is_uuid CHECK (length(entry_id) = 16),
    edition BIGINT NOT NULL,
    content_sealed BLOB,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    removed_at INTEGER,
    CONSTRAINT portfolio_entries_pk PRIMARY KEY (learner_id, entry_id),
    CONSTRAINT portfolio_entries_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT portfolio_entries_content_until_removed CHECK ((removed_at IS NULL) = (content_sealed IS NOT NULL))
);

-- Institutions are asked to confirm entries; each request has the entry as it was then.
CREATE TABLE entry_confirmations (
    learner_id BLOB NOT NULL CONSTRAINT entry_confirmations_learner_id_is_uuid CHECK (length(learner_id) = 16),
    confirmation_id BLOB NOT NULL CONSTRAINT entry_confirmations_confirmation_id_is_uuid CHECK (length(confirmation_id) = 16),
    entry_id BLOB NOT NULL CONSTRAINT entry_confirmations_entry_id_is_uuid CHECK (length(entry_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT entry_confirmations_institution_id_is_uuid CHECK (length(institution_id) = 16),
    entry_edition BIGINT NOT NULL,
    edition BIGINT NOT NULL,
    state TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    content_sealed BLOB,
    note_sealed BLOB,
    requested_at INTEGER NOT NULL,
    answered_by TEXT,
    answered_by_name TEXT,
    answered_at INTEGER,
    reason_sealed BLOB,
    closed_at INTEGER,
    CONSTRAINT entry_confirmations_pk PRIMARY KEY (learner_id, confirmation_id),
    CONSTRAINT entry_confirmations_entry FOREIGN KEY (learner_id, entry_id) REFERENCES portfolio_entries (learner_id, entry_id),
    CONSTRAINT entry_confirmations_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT entry_confirmations_state_known CHECK (state IN ('requested', 'confirmed', 'declined', 'withdrawn', 'outdated', 'revoked')),
    CONSTRAINT entry_confirmations_open_by_state CHECK (is_open = (state = 'requested')),
    CONSTRAINT entry_confirmations_answered_by_somebody CHECK ((answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answered_by_name IS NULL)),
    CONSTRAINT entry_confirmations_no_for_a_reason CHECK (state NOT IN ('declined', 'revoked') OR reason_sealed IS NOT NULL)
);
CREATE UNIQUE INDEX entry_confirmations_open_once ON entry_confirmations (learner_id, entry_id, institution_id) WHERE is_open;
CREATE INDEX entry_confirmations_by_institution ON entry_confirmations (institution_id, confirmation_id);
CREATE INDEX entry_confirmations_by_id ON entry_confirmations (confirmation_id);

-- Where learners place what is in their portfolios, and what they hide; of whatever sort it is.
CREATE TABLE portfolio_places (
    learner_id BLOB NOT NULL CONSTRAINT portfolio_places_learner_id_is_uuid CHECK (length(learner_id) = 16),
    item_id BLOB NOT NULL CONSTRAINT portfolio_places_item_id_is_uuid CHECK (length(item_id) = 16),
    hidden BOOLEAN NOT NULL,
    place SMALLINT,
    CONSTRAINT portfolio_places_pk PRIMARY KEY (learner_id, item_id),
    CONSTRAINT portfolio_places_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT portfolio_places_says_something CHECK (hidden OR place IS NOT NULL),
    CONSTRAINT portfolio_places_place_positive CHECK (place IS NULL OR place > 0)
);

-- Selections of a portfolio for an audience; what they say is sealed, since it names what somebody is after.
CREATE TABLE portfolio_views (
    learner_id BLOB NOT NULL CONSTRAINT portfolio_views_learner_id_is_uuid CHECK (length(learner_id) = 16),
    view_id BLOB NOT NULL CONSTRAINT portfolio_views_view_id_is_uuid CHECK (length(view_id) = 16),
    edition BIGINT NOT NULL,
    definition_sealed BLOB,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    removed_at INTEGER,
    CONSTRAINT portfolio_views_pk PRIMARY KEY (learner_id, view_id),
    CONSTRAINT portfolio_views_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT portfolio_views_definition_until_removed CHECK ((removed_at IS NULL) = (definition_sealed IS NOT NULL))
);

-- Links to views. The code is sealed, for the learner; the PIN is kept as a keyed digest.
CREATE TABLE shares (
    learner_id BLOB NOT NULL CONSTRAINT shares_learner_id_is_uuid CHECK (length(learner_id) = 16),
    share_id BLOB NOT NULL CONSTRAINT shares_share_id_is_uuid CHECK (length(share_id) = 16),
    view_id BLOB NOT NULL CONSTRAINT shares_view_id_is_uuid CHECK (length(view_id) = 16),
    recipient_sealed BLOB,
    code_sealed BLOB NOT NULL,
    pin_digest BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    looks BIGINT NOT NULL,
    looks_max BIGINT NOT NULL,
    wrong_pins BIGINT NOT NULL,
    off_at INTEGER,
    CONSTRAINT shares_pk PRIMARY KEY (learner_id, share_id),
    CONSTRAINT shares_view FOREIGN KEY (learner_id, view_id) REFERENCES portfolio_views (learner_id, view_id),
    CONSTRAINT shares_pin_is_sha256 CHECK (pin_digest IS NULL OR length(pin_digest) = 32),
    CONSTRAINT shares_looked_at_as_often_as_may_be CHECK (looks >= 0 AND looks <= looks_max),
    CONSTRAINT shares_wrong_pins_not_negative CHECK (wrong_pins >= 0)
);

-- By the keyed digest of a code, whose share it is. Distributed by its own key.
CREATE TABLE share_codes (
    code_index BLOB NOT NULL,
    learner_id BLOB NOT NULL CONSTRAINT share_codes_learner_id_is_uuid CHECK (length(learner_id) = 16),
    share_id BLOB NOT NULL CONSTRAINT share_codes_share_id_is_uuid CHECK (length(share_id) = 16),
    CONSTRAINT share_codes_pk PRIMARY KEY (code_index),
    CONSTRAINT share_codes_index_is_sha256 CHECK (length(code_index) = 32)
);

-- Each look through a link: when, and with what family of browsers; neither who nor from where.
CREATE TABLE share_looks (
    learner_id BLOB NOT NULL CONSTRAINT share_looks_learner_id_is_uuid CHECK (length(learner_id) = 16),
    look_id BLOB NOT NULL CONSTRAINT share_looks_look_id_is_uuid CHECK (length(look_id) = 16),
    share_id BLOB NOT NULL CONSTRAINT share_looks_share_id_is_uuid CHECK (length(share_id) = 16),
    at INTEGER NOT NULL,
    looked_with TEXT NOT NULL,
    CONSTRAINT share_looks_pk PRIMARY KEY (learner_id, look_id),
    CONSTRAINT share_looks_share FOREIGN KEY (learner_id, share_id) REFERENCES shares (learner_id, share_id)
);
CREATE INDEX share_looks_by_share ON share_looks (learner_id, share_id, look_id);

-- Which files were fetched in a look, each once. The file itself may be gone since.
CREATE TABLE share_downloads (
    learner_id BLOB NOT NULL CONSTRAINT share_downloads_learner_id_is_uuid CHECK (length(learner_id) = 16),
    look_id BLOB NOT NULL CONSTRAINT share_downloads_look_id_is_uuid CHECK (length(look_id) = 16),
    file_id BLOB NOT NULL CONSTRAINT share_downloads_file_id_is_uuid CHECK (length(file_id) = 16),
    at INTEGER NOT NULL,
    CONSTRAINT share_downloads_pk PRIMARY KEY (learner_id, look_id, file_id),
    CONSTRAINT share_downloads_look FOREIGN KEY (learner_id, look_id) REFERENCES share_looks (learner_id, look_id)
);

-- Mail on its way; whom to, and what is in it, are sealed. A queue, kept on the coordinator.
CREATE TABLE mails (
    mail_id BLOB NOT NULL CONSTRAINT mails_mail_id_is_uuid CHECK (length(mail_id) = 16),
    letter_sealed BLOB NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT mails_pk PRIMARY KEY (mail_id)
);
CREATE INDEX mails_by_time ON mails (next_attempt_at);

-- Keys that the bank signs credentials with, its own and those of institutions; a retired one signs no more. Reference table.
CREATE TABLE issuer_keys (
    key_id BLOB NOT NULL CONSTRAINT issuer_keys_key_id_is_uuid CHECK (length(key_id) = 16),
    institution_id BLOB CONSTRAINT issuer_keys_institution_id_is_uuid CHECK (length(institution_id) = 16),
    number BIGINT NOT NULL,
    seed_sealed BLOB NOT NULL,
    public_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    CONSTRAINT issuer_keys_pk PRIMARY KEY (key_id),
    CONSTRAINT issuer_keys_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT issuer_keys_number_positive CHECK (number > 0)
);
CREATE UNIQUE INDEX issuer_keys_of_bank ON issuer_keys (number) WHERE institution_id IS NULL;
CREATE UNIQUE INDEX issuer_keys_of_institution ON issuer_keys (institution_id, number) WHERE institution_id IS NOT NULL;

-- Lists of the status of credentials, one issuer's each, as they were last signed. Distributed by its own key.
CREATE TABLE status_lists (
    list_id BLOB NOT NULL CONSTRAINT status_lists_list_id_is_uuid CHECK (length(list_id) = 16),
    institution_id BLOB CONSTRAINT status_lists_institution_id_is_uuid CHECK (length(institution_id) = 16),
    entries BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    signed_revision BIGINT NOT NULL,
    signed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    token TEXT NOT NULL,
    CONSTRAINT status_lists_pk PRIMARY KEY (list_id),
    CONSTRAINT status_lists_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT status_lists_signed_what_was CHECK (signed_revision <= revision)
);
CREATE INDEX status_lists_to_sign ON status_lists (list_id) WHERE signed_revision < revision;

-- The status of every credential that was issued, at a place of a list that nobody can guess. Distributed with the lists.
CREATE TABLE status_entries (
    list_id BLOB NOT NULL CONSTRAINT status_entries_list_id_is_uuid CHECK (length(list_id) = 16),
    list_index BIGINT NOT NULL,
    document_id BLOB NOT NULL CONSTRAINT status_entries_document_id_is_uuid CHECK (length(document_id) = 16),
    state TEXT NOT NULL,
    CONSTRAINT status_entries_pk PRIMARY KEY (list_id, list_index),
    CONSTRAINT status_entries_list FOREIGN KEY (list_id) REFERENCES status_lists (list_id),
    CONSTRAINT status_entries_within_list CHECK (list_index BETWEEN 0 AND 131071),
    CONSTRAINT status_entries_state_known CHECK (state IN ('valid', 'suspended', 'revoked'))
);
CREATE INDEX status_entries_by_document ON status_entries (document_id);
CREATE INDEX status_entries_set ON status_entries (list_id) WHERE state <> 'valid';

-- Credentials that learners asked for; the signed document is stored, and never made again.
CREATE TABLE credentials (
    learner_id BLOB NOT NULL CONSTRAINT credentials_learner_id_is_uuid CHECK (length(learner_id) = 16),
    credential_id BLOB NOT NULL CONSTRAINT credentials_credential_id_is_uuid CHECK (length(credential_id) = 16),
    kind TEXT NOT NULL,
    form TEXT NOT NULL,
    status TEXT NOT NULL,
    holder TEXT,
    document_sealed BLOB,
    requested_at INTEGER NOT NULL,
    issued_at INTEGER,
    ended_at INTEGER,
    ended_by BLOB CONSTRAINT credentials_ended_by_is_uuid CHECK (length(ended_by) = 16),
    CONSTRAINT credentials_pk PRIMARY KEY (learner_id, credential_id),
    CONSTRAINT credentials_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT credentials_kind_known CHECK (kind IN ('badge', 'record')),
    CONSTRAINT credentials_form_known CHECK (form IN ('data_integrity', 'jwt')),
    CONSTRAINT credentials_status_known CHECK (status IN ('queued', 'issued', 'suspended', 'revoked', 'given_up', 'failed')),
    CONSTRAINT credentials_issued_has_document CHECK (status NOT IN ('issued', 'suspended') OR (document_sealed IS NOT NULL AND issued_at IS NOT NULL)),
    CONSTRAINT credentials_given_up_has_none CHECK (status <> 'given_up' OR document_sealed IS NULL)
);
CREATE INDEX credentials_queued ON credentials (learner_id) WHERE status = 'queued';

-- The outcomes of a credential, with the document that says each: in a record one of its own.
CREATE TABLE credential_parts (
    learner_id BLOB NOT NULL CONSTRAINT credential_parts_learner_id_is_uuid CHECK (length(learner_id) = 16),
    credential_id BLOB NOT NULL CONSTRAINT credential_parts_credential_id_is_uuid CHECK (length(credential_id) = 16),
    outcome_id BLOB NOT NULL CONSTRAINT credential_parts_outcome_id_is_uuid CHECK (length(outcome_id) = 16),
    institution_id BLOB NOT NULL CONSTRAINT credential_parts_institution_id_is_uuid CHECK (length(institution_id) = 16),
    document_id BLOB NOT NULL CONSTRAINT credential_parts_document_id_is_uuid CHECK (length(document_id) = 16),
    CONSTRAINT credential_parts_pk PRIMARY KEY (learner_id, credential_id, outcome_id),
    CONSTRAINT credential_parts_credential FOREIGN KEY (learner_id, credential_id) REFERENCES credentials (learner_id, credential_id),
    CONSTRAINT credential_parts_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id),
    CONSTRAINT credential_parts_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id)
);
CREATE INDEX credential_parts_by_outcome ON credential_parts (outcome_id, learner_id);

-- Credentials that wait to be signed. A queue, kept on the coordinator.
CREATE TABLE credential_jobs (
    credential_id BLOB NOT NULL CONSTRAINT credential_jobs_credential_id_is_uuid CHECK (length(credential_id) = 16),
    learner_id BLOB NOT NULL CONSTRAINT credential_jobs_learner_id_is_uuid CHECK (length(learner_id) = 16),
    attempts BIGINT NOT NULL,
    runner BLOB CONSTRAINT credential_jobs_runner_is_uuid CHECK (length(runner) = 16),
    heartbeat INTEGER,
    CONSTRAINT credential_jobs_pk PRIMARY KEY (credential_id)
);

-- Statements and certificates 证明: what was asked for, and what was printed. The content lies elsewhere, by its digest, and is never
-- made again; what is to be printed is kept sealed until it is.
CREATE TABLE statements (
    learner_id BLOB NOT NULL CONSTRAINT statements_learner_id_is_uuid CHECK (length(learner_id) = 16),
    statement_id BLOB NOT NULL CONSTRAINT statements_statement_id_is_uuid CHECK (length(statement_id) = 16),
    paper_number TEXT NOT NULL,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    outcome_ids TEXT NOT NULL CONSTRAINT statements_outcome_ids_is_json CHECK (json_valid(outcome_ids)),
    claim_id BLOB CONSTRAINT statements_claim_id_is_uuid CHECK (length(claim_id) = 16),
    institution_id BLOB CONSTRAINT statements_institution_id_is_uuid CHECK (length(institution_id) = 16),
    credential_id BLOB CONSTRAINT statements_credential_id_is_uuid CHECK (length(credential_id) = 16),
    content_sealed BLOB,
    issued_by TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    attempts BIGINT NOT NULL,
    runner BLOB CONSTRAINT statements_runner_is_uuid CHECK (length(runner) = 16),
    heartbeat INTEGER,
    digest BLOB,
    bytes BIGINT,
    pages BIGINT,
    missing TEXT NOT NULL,
    finished_at INTEGER,
    revoked_at INTEGER,
    CONSTRAINT statements_pk PRIMARY KEY (learner_id, statement_id),
    CONSTRAINT statements_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT statements_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT statements_credential FOREIGN KEY (learner_id, credential_id) REFERENCES credentials (learner_id, credential_id),
    CONSTRAINT statements_kind_known CHECK (kind IN ('record', 'outcomes', 'outcome', 'decision')),
    CONSTRAINT statements_language_known CHECK (language IN ('zh', 'en')),
    CONSTRAINT statements_status_known CHECK (status IN ('queued', 'running', 'ready', 'failed', 'revoked')),
    CONSTRAINT statements_decision_has_claim CHECK ((kind = 'decision') = (claim_id IS NOT NULL)),
    CONSTRAINT statements_waiting_has_content CHECK (status NOT IN ('queued', 'running') OR content_sealed IS NOT NULL),
    CONSTRAINT statements_ready_has_digest CHECK (status <> 'ready' OR digest IS NOT NULL),
    CONSTRAINT statements_digest_is_whole CHECK (digest IS NULL OR (length(digest) = 32 AND bytes > 0 AND pages > 0)),
    CONSTRAINT statements_revoked_is_dated CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
);
CREATE INDEX statements_waiting ON statements (statement_id) WHERE status IN ('queued', 'running');
CREATE INDEX statements_by_digest ON statements (digest) WHERE digest IS NOT NULL;

-- Whose a paper's number is.
CREATE TABLE paper_numbers (
    paper_number TEXT NOT NULL,
    learner_id BLOB NOT NULL CONSTRAINT paper_numbers_learner_id_is_uuid CHECK (length(learner_id) = 16),
    statement_id BLOB NOT NULL CONSTRAINT paper_numbers_statement_id_is_uuid CHECK (length(statement_id) = 16),
    CONSTRAINT paper_numbers_pk PRIMARY KEY (paper_number)
);
