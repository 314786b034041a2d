-- Movements and decisions are history: a correction is a new row (invariant 3).
CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- Any organisation on the bank. Reference table.
CREATE TABLE institutions (
    institution_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    credit_code text NOT NULL,
    credit_code_suspect boolean NOT NULL,
    division_code text NOT NULL,
    status text NOT NULL,
    status_reason text,
    edition bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT institutions_pk PRIMARY KEY (institution_id),
    CONSTRAINT institutions_credit_code_unique UNIQUE (credit_code),
    CONSTRAINT institutions_kind_known CHECK (kind IN ('secondary_vocational_school', 'special_education_school', 'vocational_college', 'university', 'training_provider', 'assessment_body', 'enterprise', 'community_college', 'elderly_education_centre')),
    CONSTRAINT institutions_status_known CHECK (status IN ('pending', 'approved', 'suspended', 'refused'))
);

-- Named scales of levels. Reference table.
CREATE TABLE frameworks (
    framework_id uuid NOT NULL,
    code text NOT NULL,
    name_chinese text NOT NULL,
    name_english text NOT NULL,
    levels jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT frameworks_pk PRIMARY KEY (framework_id),
    CONSTRAINT frameworks_code_unique UNIQUE (code)
);

-- What can be earned: one row a version, never edited once published. Reference table.
CREATE TABLE achievements (
    achievement_id uuid NOT NULL,
    lineage_id uuid NOT NULL,
    version bigint NOT NULL,
    institution_id uuid NOT NULL,
    code text NOT NULL,
    name_chinese text NOT NULL,
    name_english text,
    kind text NOT NULL,
    family text,
    rank smallint,
    framework_id uuid,
    level smallint,
    hours_hundredths bigint,
    original_issuer text,
    details jsonb NOT NULL,
    status text NOT NULL,
    valid_from date NOT NULL,
    closed_on date,
    edition bigint NOT NULL,
    created_at timestamptz NOT NULL,
    published_at timestamptz,
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
    pattern_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    family text,
    pattern text NOT NULL,
    citation text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT certificate_patterns_pk PRIMARY KEY (pattern_id),
    CONSTRAINT certificate_patterns_name_unique UNIQUE (name)
);

-- What bank credit an outcome gets: one row a dated version, never edited. Reference table.
CREATE TABLE recognition_rules (
    rule_id uuid NOT NULL,
    version bigint NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    CONSTRAINT recognition_rules_pk PRIMARY KEY (rule_id, version),
    CONSTRAINT recognition_rules_dates_ordered CHECK (effective_to IS NULL OR effective_to >= effective_from)
);

-- Somebody who logs in. Distributed by its own key.
CREATE TABLE users (
    user_id uuid NOT NULL,
    username text NOT NULL,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    bank_role text,
    learner_id uuid,
    status text NOT NULL,
    created_at timestamptz NOT NULL,
    password_changed_at timestamptz NOT NULL,
    CONSTRAINT users_pk PRIMARY KEY (user_id),
    CONSTRAINT users_bank_role_known CHECK (bank_role IN ('administrator', 'officer', 'auditor')),
    CONSTRAINT users_status_known CHECK (status IN ('active', 'disabled'))
);

-- Keeps log-in names unique. Distributed by its own key.
CREATE TABLE usernames (
    username text NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT usernames_pk PRIMARY KEY (username)
);

-- The roles of a user at institutions. Distributed by user_id.
CREATE TABLE memberships (
    user_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamptz NOT NULL,
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
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    refresh_digest bytea NOT NULL,
    browser text,
    awaits_code boolean NOT NULL,
    created_at timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_because text,
    ceremony text,
    CONSTRAINT sessions_pk PRIMARY KEY (session_id)
);
CREATE INDEX sessions_open_by_user ON sessions (user_id) WHERE ended_at IS NULL;

-- The secret of an authenticator (RFC 6238), the last step whose code was taken, and how many wrong ones were shown since.
-- Distributed by its own key.
CREATE TABLE second_factors (
    user_id uuid NOT NULL,
    secret_sealed bytea NOT NULL,
    last_step bigint NOT NULL,
    failures bigint NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    CONSTRAINT second_factors_pk PRIMARY KEY (user_id)
);

-- Codes for whoever has lost the authenticator, each good once. Distributed by its own key.
CREATE TABLE recovery_codes (
    user_id uuid NOT NULL,
    code_digest bytea NOT NULL,
    used_at timestamptz,
    CONSTRAINT recovery_codes_pk PRIMARY KEY (user_id, code_digest)
);

-- Passkeys (WebAuthn), which are shown in the place of an authenticator's code. An id is one user's. Distributed by its own key.
CREATE TABLE passkeys (
    credential_id bytea NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    public_key text NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT passkeys_pk PRIMARY KEY (credential_id)
);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- The one-time link of the first administrator. Distributed by its own key.
CREATE TABLE setup_tokens (
    token_digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT setup_tokens_pk PRIMARY KEY (token_digest)
);

-- Other systems, each of one institution. Distributed by its own key.
CREATE TABLE api_clients (
    client_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    name text NOT NULL,
    scopes text NOT NULL,
    secret_digest bytea NOT NULL,
    previous_secret_digest bytea,
    previous_secret_until timestamptz,
    status text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    CONSTRAINT api_clients_pk PRIMARY KEY (client_id),
    CONSTRAINT api_clients_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT api_clients_status_known CHECK (status IN ('active', 'revoked'))
);
CREATE INDEX api_clients_by_institution ON api_clients (institution_id);

-- A person with exactly one account for life, and the head of the movement chain.
CREATE TABLE learners (
    learner_id uuid NOT NULL,
    account_number text NOT NULL,
    document_kind text NOT NULL,
    document_sealed bytea NOT NULL,
    name_sealed bytea NOT NULL,
    name_key bytea NOT NULL,
    user_id uuid,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    head_sequence bigint NOT NULL,
    head_hash bytea NOT NULL,
    available_hundredths bigint NOT NULL,
    merged_into uuid,
    CONSTRAINT learners_pk PRIMARY KEY (learner_id),
    CONSTRAINT learners_opened_by FOREIGN KEY (opened_by) REFERENCES institutions (institution_id),
    CONSTRAINT learners_available_not_negative CHECK (available_hundredths >= 0),
    CONSTRAINT learners_head_not_negative CHECK (head_sequence >= 0),
    CONSTRAINT learners_merged_into_another CHECK (merged_into <> learner_id)
);
CREATE INDEX learners_by_merged_into ON learners (merged_into) WHERE merged_into IS NOT NULL;

-- Finds a learner by account number. Distributed by its own key.
CREATE TABLE account_numbers (
    account_number text NOT NULL,
    learner_id uuid NOT NULL,
    CONSTRAINT account_numbers_pk PRIMARY KEY (account_number)
);

-- Finds a learner by the keyed index of an identity document. Distributed by its own key.
CREATE TABLE identity_index (
    document_index bytea NOT NULL,
    learner_id uuid NOT NULL,
    CONSTRAINT identity_index_pk PRIMARY KEY (document_index)
);

-- Which institutions know a learner.
CREATE TABLE learner_institutions (
    learner_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT learner_institutions_pk PRIMARY KEY (learner_id, institution_id),
    CONSTRAINT learner_institutions_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT learner_institutions_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id)
);
CREATE INDEX learner_institutions_by_since ON learner_institutions (since, learner_id, institution_id);

-- One-time codes by which a learner claims an account.
CREATE TABLE claim_codes (
    learner_id uuid NOT NULL,
    claim_code_id uuid NOT NULL,
    code_digest bytea NOT NULL,
    institution_id uuid NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    failures bigint NOT NULL,
    used_at timestamptz,
    CONSTRAINT claim_codes_pk PRIMARY KEY (learner_id, claim_code_id),
    CONSTRAINT claim_codes_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT claim_codes_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id)
);

-- That one learner earned one achievement on one date, as one institution says.
CREATE TABLE outcomes (
    learner_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    achievement_id uuid NOT NULL,
    certificate_number text,
    issuer_key text NOT NULL,
    awarded_on date NOT NULL,
    grade text,
    grading_scale text,
    score text,
    hours_hundredths bigint,
    original_credits text,
    trainee_group text,
    contest jsonb,
    content_digest bytea NOT NULL,
    status text NOT NULL,
    flags text NOT NULL,
    doubles jsonb,
    deposited_by text NOT NULL,
    deposited_at timestamptz NOT NULL,
    reviewed_at timestamptz,
    review_reason text,
    ended_at timestamptz,
    ended_by uuid,
    corrected_by uuid,
    replaces uuid,
    left_by uuid,
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
    certificate_number text NOT NULL,
    issuer_key text NOT NULL,
    learner_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    CONSTRAINT certificate_numbers_pk PRIMARY KEY (certificate_number, issuer_key)
);

-- What an outcome was found worth, with inputs and trace; never changed.
CREATE TABLE decisions (
    learner_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    result text NOT NULL,
    credit_hundredths bigint NOT NULL,
    rule_id uuid,
    rule_version bigint,
    inputs text NOT NULL,
    rules text NOT NULL,
    recognition text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT decisions_pk PRIMARY KEY (learner_id, decision_id),
    CONSTRAINT decisions_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id),
    CONSTRAINT decisions_rule FOREIGN KEY (rule_id, rule_version) REFERENCES recognition_rules (rule_id, version)
);
CREATE INDEX decisions_by_id ON decisions (decision_id);
CREATE INDEX decisions_by_outcome ON decisions (learner_id, outcome_id);
CREATE TRIGGER decisions_refuse_update BEFORE UPDATE ON decisions
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER decisions_refuse_delete BEFORE DELETE ON decisions
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER decisions_refuse_truncate BEFORE TRUNCATE ON decisions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();

-- The credit that one outcome brought: granted, where it is now, and the last warning of its expiry.
CREATE TABLE lots (
    learner_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    category text NOT NULL,
    level smallint,
    usable_until date,
    granted_hundredths bigint NOT NULL,
    available_hundredths bigint NOT NULL,
    held_hundredths bigint NOT NULL,
    redeemed_hundredths bigint NOT NULL,
    expired_hundredths bigint NOT NULL,
    reversed_hundredths bigint NOT NULL,
    created_at timestamptz NOT NULL,
    warned_days smallint,
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
    learner_id uuid NOT NULL,
    sequence bigint NOT NULL,
    movement_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    target text NOT NULL,
    amount_hundredths bigint NOT NULL,
    available_after_hundredths bigint NOT NULL,
    effective_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    cause_kind text NOT NULL,
    cause_id uuid NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT movements_pk PRIMARY KEY (learner_id, sequence),
    CONSTRAINT movements_lot FOREIGN KEY (learner_id, lot_id) REFERENCES lots (learner_id, lot_id),
    CONSTRAINT movements_amount_positive CHECK (amount_hundredths > 0),
    CONSTRAINT movements_available_not_negative CHECK (available_after_hundredths >= 0),
    CONSTRAINT movements_sides_differ CHECK (source <> target)
);
CREATE TRIGGER movements_refuse_update BEFORE UPDATE ON movements
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER movements_refuse_delete BEFORE DELETE ON movements
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER movements_refuse_truncate BEFORE TRUNCATE ON movements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();

-- Every look at a learner's record by somebody else.
CREATE TABLE access_log (
    learner_id uuid NOT NULL,
    access_id uuid NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    institution_id uuid,
    operation text NOT NULL,
    request_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT access_log_pk PRIMARY KEY (learner_id, access_id),
    CONSTRAINT access_log_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id)
);

-- Deposits refused because the name does not match the document.
CREATE TABLE identity_mismatches (
    learner_id uuid NOT NULL,
    mismatch_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    given_name_key bytea NOT NULL,
    given_name_sealed bytea NOT NULL,
    achievement_code text NOT NULL,
    certificate_number text,
    awarded_on date NOT NULL,
    status text NOT NULL,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by text,
    note text,
    CONSTRAINT identity_mismatches_pk PRIMARY KEY (learner_id, mismatch_id),
    CONSTRAINT identity_mismatches_once UNIQUE (learner_id, institution_id, given_name_key),
    CONSTRAINT identity_mismatches_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT identity_mismatches_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT identity_mismatches_status_known CHECK (status IN ('open', 'settled'))
);
CREATE INDEX identity_mismatches_by_institution ON identity_mismatches (institution_id, mismatch_id);

-- The saved answer of every write, sealed. Distributed by its own key.
CREATE TABLE idempotency_keys (
    idempotency_key text NOT NULL,
    owner text NOT NULL,
    operation text NOT NULL,
    request_digest bytea NOT NULL,
    answer_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (idempotency_key, owner)
);

-- Who did what; one row a write. Distributed by its own key.
CREATE TABLE audit_log (
    audit_id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    institution_id uuid,
    operation text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    request_id uuid NOT NULL,
    details jsonb NOT NULL,
    CONSTRAINT audit_log_pk PRIMARY KEY (audit_id)
);
CREATE INDEX audit_log_by_subject ON audit_log (subject_id, audit_id);

-- What is to be told to others, in the order of writing. A queue, kept on the coordinator: the publisher empties it.
CREATE TABLE outbox (
    sequence bigint GENERATED BY DEFAULT AS IDENTITY,
    event_id uuid NOT NULL,
    at timestamptz NOT NULL,
    event_type text NOT NULL,
    learner_id uuid,
    institution_id uuid,
    subject_id uuid NOT NULL,
    payload jsonb NOT NULL,
    CONSTRAINT outbox_pk PRIMARY KEY (sequence)
);

-- Conversion: what outcomes are converted into, between whom, along which ways. A document is never edited; the row
-- notes when the next version begins (superseded_on). Reference tables.

-- The programmes of institutions: one row a dated version. Reference table.
CREATE TABLE programmes (
    programme_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    code text NOT NULL,
    version bigint NOT NULL,
    name_chinese text NOT NULL,
    name_english text,
    level smallint,
    required_credit_hundredths bigint NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    superseded_on date,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT programmes_pk PRIMARY KEY (programme_id),
    CONSTRAINT programmes_version_unique UNIQUE (institution_id, code, version),
    CONSTRAINT programmes_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT programmes_version_positive CHECK (version > 0),
    CONSTRAINT programmes_dates_ordered CHECK (effective_to IS NULL OR effective_to >= effective_from),
    CONSTRAINT programmes_superseded_later CHECK (superseded_on IS NULL OR superseded_on > effective_from)
);

-- Who accepts whose outcomes: one row a dated version. Each side is one institution or all of a kind. Reference table.
CREATE TABLE agreements (
    agreement_id uuid NOT NULL,
    code text NOT NULL,
    version bigint NOT NULL,
    from_credit_code text,
    from_kind text,
    to_credit_code text,
    to_kind text,
    effective_from date NOT NULL,
    effective_to date,
    superseded_on date,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    document jsonb NOT NULL,
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
    pathway_id uuid NOT NULL,
    code text NOT NULL,
    version bigint NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    superseded_on date,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT pathways_pk PRIMARY KEY (pathway_id),
    CONSTRAINT pathways_version_unique UNIQUE (code, version),
    CONSTRAINT pathways_version_positive CHECK (version > 0),
    CONSTRAINT pathways_dates_ordered CHECK (effective_to IS NULL OR effective_to >= effective_from),
    CONSTRAINT pathways_superseded_later CHECK (superseded_on IS NULL OR superseded_on > effective_from)
);

-- Rule packs: one row a version, never edited once the authority accepted it. Reference table.
CREATE TABLE rule_packs (
    pack_id uuid NOT NULL,
    institution_id uuid,
    code text NOT NULL,
    version bigint NOT NULL,
    status text NOT NULL,
    title_zh text NOT NULL,
    title_en text,
    search_text text NOT NULL,
    programmes text NOT NULL,
    document text NOT NULL,
    cases text NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    edition bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    filed_at timestamptz,
    filed_by text,
    decided_at timestamptz,
    decided_by text,
    decision_reason text,
    notice_until date,
    published_at timestamptz,
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
    learner_id uuid NOT NULL,
    worth_id uuid NOT NULL,
    programme_id uuid NOT NULL,
    programme_name_chinese text NOT NULL,
    programme_name_english text,
    recognised_hundredths bigint NOT NULL,
    alternative bigint NOT NULL,
    kept_at timestamptz NOT NULL,
    question text NOT NULL,
    allocation text NOT NULL,
    left_by uuid,
    CONSTRAINT worths_pk PRIMARY KEY (learner_id, worth_id),
    CONSTRAINT worths_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT worths_programme FOREIGN KEY (programme_id) REFERENCES programmes (programme_id),
    CONSTRAINT worths_recognised_not_negative CHECK (recognised_hundredths >= 0)
);
-- A merge marks what left its learner; the answer itself never changes.
CREATE TRIGGER worths_refuse_update BEFORE UPDATE OF learner_id, worth_id, programme_id, programme_name_chinese, programme_name_english, recognised_hundredths, alternative,
    kept_at, question, allocation ON worths
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER worths_refuse_delete BEFORE DELETE ON worths
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER worths_refuse_truncate BEFORE TRUNCATE ON worths
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();

-- Simulations of drafts: a queue of jobs, kept on the coordinator. An open one has one of a few places, and no two open
-- ones are of packs of the same institution; the bank's own have no owner.
CREATE TABLE simulations (
    simulation_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    pack_edition bigint NOT NULL,
    programme_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    owner_id uuid,
    status text NOT NULL,
    place bigint NOT NULL,
    comparison text NOT NULL,
    learners_done bigint NOT NULL,
    learners_in_all bigint NOT NULL,
    report jsonb,
    requested_by text NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    attempts bigint NOT NULL,
    runner uuid,
    heartbeat timestamptz,
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
    learner_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    kind text NOT NULL,
    institution_id uuid,
    programme_id uuid,
    outcome_id uuid,
    status text NOT NULL,
    verdict text,
    standing text NOT NULL,
    edition bigint NOT NULL,
    since date NOT NULL,
    due_on date,
    due text,
    submitted_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    rules text NOT NULL,
    subject text NOT NULL,
    worth_id uuid,
    recognised_hundredths bigint,
    decision_number text,
    decided_on date,
    escalated_edition bigint NOT NULL,
    left_by uuid,
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
    learner_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    sequence bigint NOT NULL,
    event text NOT NULL,
    verdict text,
    status text NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    reason_sealed bytea,
    details text NOT NULL,
    on_day date NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT claim_steps_pk PRIMARY KEY (learner_id, claim_id, sequence),
    CONSTRAINT claim_steps_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id)
);
CREATE TRIGGER claim_steps_refuse_update BEFORE UPDATE ON claim_steps
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER claim_steps_refuse_delete BEFORE DELETE ON claim_steps
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER claim_steps_refuse_truncate BEFORE TRUNCATE ON claim_steps
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();

-- The outcomes that a claim uses, and what it holds or held of their lots. One that is used as a whole is in one claim only.
CREATE TABLE claim_uses (
    learner_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    lot_id uuid,
    amount_hundredths bigint NOT NULL,
    whole boolean NOT NULL,
    standing boolean NOT NULL,
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
    learner_id uuid NOT NULL,
    conversion_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    programme_id uuid NOT NULL,
    programme_code text NOT NULL,
    award text NOT NULL,
    facts text NOT NULL,
    original text NOT NULL,
    amount_hundredths bigint NOT NULL,
    decision_number text NOT NULL,
    decided_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_because text,
    ended_by uuid,
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
    learner_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    objection_id uuid NOT NULL,
    raised_by text NOT NULL,
    raised_by_name text NOT NULL,
    raised_by_learner_id uuid,
    text_sealed bytea NOT NULL,
    raised_on date NOT NULL,
    raised_at timestamptz NOT NULL,
    answer text,
    answer_reason text,
    answered_by text,
    answered_at timestamptz,
    CONSTRAINT objections_pk PRIMARY KEY (learner_id, claim_id, objection_id),
    CONSTRAINT objections_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id),
    CONSTRAINT objections_answer_known CHECK (answer IN ('upheld', 'dismissed')),
    CONSTRAINT objections_answer_complete CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answer_reason IS NULL))
);

CREATE INDEX objections_by_raiser ON objections (raised_by, claim_id);

-- The last number of a decision letter, by institution and year; the bank's own have no institution's key. Distributed by its own key.
CREATE TABLE decision_numbers (
    issuer text NOT NULL,
    year smallint NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT decision_numbers_pk PRIMARY KEY (issuer, year)
);

-- Public holidays and make-up working days, one document a year. Reference table.
CREATE TABLE working_years (
    year smallint NOT NULL,
    document text NOT NULL,
    edition bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT working_years_pk PRIMARY KEY (year)
);

-- Evidence files: what learners and institutions uploaded. The content lies elsewhere, by its digest; a file that something
-- uses is held, and only one that nothing holds can be removed.
CREATE TABLE evidence_files (
    learner_id uuid NOT NULL,
    file_id uuid NOT NULL,
    digest bytea NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL,
    name_sealed bytea NOT NULL,
    uploaded_by text NOT NULL,
    institution_id uuid,
    uploaded_at timestamptz NOT NULL,
    held boolean NOT NULL,
    removed_at timestamptz,
    brought_by uuid,
    verdict_sealed bytea,
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
    learner_id uuid NOT NULL,
    file_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    institution_id uuid,
    attached_at timestamptz NOT NULL,
    CONSTRAINT evidence_uses_pk PRIMARY KEY (learner_id, file_id, subject_kind, subject_id),
    CONSTRAINT evidence_uses_file FOREIGN KEY (learner_id, file_id) REFERENCES evidence_files (learner_id, file_id),
    CONSTRAINT evidence_uses_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id)
);
CREATE INDEX evidence_uses_by_subject ON evidence_uses (learner_id, subject_kind, subject_id);

-- Corrections 更正: what is withdrawn or corrected, what was previewed, and who applied it. Distributed by its own key.
CREATE TABLE corrections (
    correction_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    kind text NOT NULL,
    scope text NOT NULL,
    corrected text,
    reason text NOT NULL,
    citation text NOT NULL,
    digest text NOT NULL,
    counts text NOT NULL,
    state text NOT NULL,
    previewed_by text NOT NULL,
    previewed_by_name text NOT NULL,
    previewed_at timestamptz NOT NULL,
    applied_by text,
    applied_by_name text,
    applied_at timestamptz,
    given_up_by text,
    given_up_by_name text,
    given_up_at timestamptz,
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
    learner_id uuid NOT NULL,
    correction_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    item text NOT NULL,
    offers text NOT NULL,
    applied boolean NOT NULL,
    CONSTRAINT correction_items_pk PRIMARY KEY (learner_id, correction_id, outcome_id),
    CONSTRAINT correction_items_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id)
);
CREATE INDEX correction_items_by_correction ON correction_items (correction_id, learner_id, outcome_id);

-- Credit that turned out wrong and is used: the institution that used it decides again.
CREATE TABLE correction_cases (
    learner_id uuid NOT NULL,
    case_id uuid NOT NULL,
    correction_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    outcome_ids text NOT NULL,
    conversion_ids text NOT NULL,
    offer text,
    state text NOT NULL,
    opened_on date NOT NULL,
    due_on date NOT NULL,
    opened_at timestamptz NOT NULL,
    decided_by text,
    decided_by_name text,
    decided_at timestamptz,
    reason text,
    replaced_by uuid,
    escalated_at timestamptz,
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
    likeness bytea NOT NULL,
    learner_id uuid NOT NULL,
    CONSTRAINT likenesses_pk PRIMARY KEY (likeness, learner_id)
);

-- Pairs of learners who may be one person. Distributed by its own key.
CREATE TABLE duplicate_suspicions (
    suspicion_id uuid NOT NULL,
    first_learner_id uuid NOT NULL,
    second_learner_id uuid NOT NULL,
    grounds text NOT NULL,
    strength text NOT NULL,
    status text NOT NULL,
    found_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    dismissed_at timestamptz,
    dismissed_by text,
    dismissed_by_name text,
    reason text,
    CONSTRAINT duplicate_suspicions_pk PRIMARY KEY (first_learner_id, second_learner_id),
    CONSTRAINT duplicate_suspicions_in_order CHECK (first_learner_id < second_learner_id),
    CONSTRAINT duplicate_suspicions_strength_known CHECK (strength IN ('strong', 'weak')),
    CONSTRAINT duplicate_suspicions_status_known CHECK (status IN ('open', 'dismissed', 'merged')),
    CONSTRAINT duplicate_suspicions_dismissed_by_somebody CHECK ((status <> 'dismissed' OR dismissed_at IS NOT NULL) AND (dismissed_at IS NULL) = (dismissed_by IS NULL) AND (dismissed_at IS NULL) = (reason IS NULL))
);
CREATE INDEX duplicate_suspicions_by_id ON duplicate_suspicions (suspicion_id);

-- How far a walk over what institutions know of learners has come. Distributed by its own key.
CREATE TABLE walks (
    walk text NOT NULL,
    since timestamptz NOT NULL,
    learner_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    CONSTRAINT walks_pk PRIMARY KEY (walk)
);

-- What a learner says is wrong of an outcome; the institution that deposited it answers. While it is open the outcome is disputed.
CREATE TABLE correction_requests (
    learner_id uuid NOT NULL,
    request_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    is_open boolean NOT NULL,
    edition bigint NOT NULL,
    since date NOT NULL,
    due text,
    due_on date,
    escalated_at timestamptz,
    requested_at timestamptz NOT NULL,
    words_sealed bytea NOT NULL,
    correction_id uuid,
    answered_by text,
    answered_by_name text,
    answered_at timestamptz,
    refusal_sealed bytea,
    complained_at timestamptz,
    complaint_sealed bytea,
    decision text,
    decided_by text,
    decided_by_name text,
    decided_at timestamptz,
    decision_sealed bytea,
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
    merge_id uuid NOT NULL,
    surviving_id uuid NOT NULL,
    absorbed_id uuid NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    citation text NOT NULL,
    proposed_by text NOT NULL,
    proposed_by_name text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by text,
    decided_by_name text,
    decided_at timestamptz,
    decision_reason text,
    merged_at timestamptz,
    came_to_know text NOT NULL,
    reversal_reason text,
    reversal_outcomes text NOT NULL,
    reversal_proposed_by text,
    reversal_proposed_by_name text,
    reversal_proposed_at timestamptz,
    reversal_decided_by text,
    reversal_decided_by_name text,
    reversal_decided_at timestamptz,
    reversal_decision_reason text,
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
    institution_id uuid NOT NULL,
    column_names jsonb NOT NULL,
    codes jsonb NOT NULL,
    needs_release boolean NOT NULL,
    edition bigint NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT import_profiles_pk PRIMARY KEY (institution_id)
);

-- Imports of files: a queue of jobs, kept on the coordinator. An open one has one of its institution's few places, and a file
-- whose import is open or done is not taken again.
CREATE TABLE imports (
    import_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    file_name_sealed bytea NOT NULL,
    digest bytea,
    bytes bigint NOT NULL,
    options jsonb NOT NULL,
    status text NOT NULL,
    place bigint NOT NULL,
    about jsonb,
    even_if_changed boolean NOT NULL,
    bytes_read bigint NOT NULL,
    rows_done bigint NOT NULL,
    rows_in_all bigint NOT NULL,
    check_totals jsonb,
    commit_totals jsonb,
    unknown_codes jsonb,
    changes jsonb,
    problem jsonb,
    requested_by text NOT NULL,
    created_at timestamptz NOT NULL,
    committed_by text,
    committed_at timestamptz,
    released_by text,
    started_at timestamptz,
    finished_at timestamptz,
    file_removed_at timestamptz,
    attempts bigint NOT NULL,
    runner uuid,
    heartbeat timestamptz,
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
    import_id uuid NOT NULL,
    number bigint NOT NULL,
    digest bytea NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT import_pieces_pk PRIMARY KEY (import_id, number),
    CONSTRAINT import_pieces_digest_is_sha256 CHECK (length(digest) = 32)
);

-- What became of the rows of an import, some hundred outcomes at once: written with them in one transaction.
CREATE TABLE import_chunks (
    import_id uuid NOT NULL,
    is_commit boolean NOT NULL,
    number bigint NOT NULL,
    first_row bigint NOT NULL,
    last_row bigint NOT NULL,
    accepted bigint NOT NULL,
    already_there bigint NOT NULL,
    flagged bigint NOT NULL,
    refused bigint NOT NULL,
    rows_sealed bytea NOT NULL,
    CONSTRAINT import_chunks_pk PRIMARY KEY (import_id, is_commit, number),
    CONSTRAINT import_chunks_rows_in_order CHECK (first_row <= last_row)
);

-- What was told, at its place for ever: no number is ever given out behind one that could be read. Kept on the coordinator,
-- like the queues beside it.
CREATE TABLE events (
    position bigint NOT NULL,
    event_id uuid NOT NULL,
    at timestamptz NOT NULL,
    event_type text NOT NULL,
    learner_id uuid,
    institution_id uuid,
    subject_id uuid NOT NULL,
    payload jsonb NOT NULL,
    CONSTRAINT events_pk PRIMARY KEY (position)
);
CREATE INDEX events_by_institution ON events (institution_id, position) WHERE institution_id IS NOT NULL;

-- How far the events are numbered, and how far the old ones are gone. One row.
CREATE TABLE event_heads (
    head text NOT NULL,
    published_to bigint NOT NULL,
    pruned_to bigint NOT NULL,
    CONSTRAINT event_heads_pk PRIMARY KEY (head)
);

-- Who signs credentials that the bank believes: by an id, and by keys where the id alone leads to none. Ended, never removed.
CREATE TABLE trusted_issuers (
    issuer_id uuid NOT NULL,
    identifier text NOT NULL,
    name text NOT NULL,
    keys jsonb NOT NULL,
    institution_id uuid,
    reason text NOT NULL,
    registered_at timestamptz NOT NULL,
    registered_by text NOT NULL,
    ended_at timestamptz,
    ended_by text,
    end_reason text,
    CONSTRAINT trusted_issuers_pk PRIMARY KEY (issuer_id),
    CONSTRAINT trusted_issuers_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT trusted_issuers_end_whole CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX trusted_issuers_identifier_unique ON trusted_issuers (identifier) WHERE ended_at IS NULL;
CREATE INDEX trusted_issuers_by_identifier ON trusted_issuers (identifier);

-- Offers of credentials to wallets. Distributed by its own key, which is in front of every secret of it.
CREATE TABLE credential_offers (
    offer_id uuid NOT NULL,
    learner_id uuid NOT NULL,
    credential_id uuid NOT NULL,
    configuration text NOT NULL,
    secret_digest bytea NOT NULL,
    code_index bytea NOT NULL,
    failures bigint NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    redeemed_at timestamptz,
    token_digest bytea,
    token_expires_at timestamptz,
    issued_id uuid,
    CONSTRAINT credential_offers_pk PRIMARY KEY (offer_id),
    CONSTRAINT credential_offers_token_when_redeemed CHECK ((redeemed_at IS NULL) = (token_digest IS NULL) AND (redeemed_at IS NULL) = (token_expires_at IS NULL))
);
CREATE INDEX credential_offers_by_learner ON credential_offers (learner_id);
CREATE INDEX credential_offers_by_end ON credential_offers (expires_at);

-- Where institutions' systems are told of events.
CREATE TABLE webhooks (
    webhook_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    client_id uuid,
    url text NOT NULL,
    description text NOT NULL,
    event_types text NOT NULL,
    secret_sealed bytea NOT NULL,
    previous_secret_sealed bytea,
    previous_secret_until timestamptz,
    status text NOT NULL,
    status_reason text,
    edition bigint NOT NULL,
    fanned_to bigint NOT NULL,
    failing_since timestamptz,
    due_at timestamptz,
    lease_holder uuid,
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT webhooks_pk PRIMARY KEY (webhook_id),
    CONSTRAINT webhooks_status_known CHECK (status IN ('active', 'paused', 'disabled'))
);
CREATE INDEX webhooks_by_institution ON webhooks (institution_id, webhook_id);

-- What a webhook is sent, and what came of it.
CREATE TABLE webhook_deliveries (
    delivery_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    position bigint,
    event_type text NOT NULL,
    learner_id uuid,
    body text NOT NULL,
    status text NOT NULL,
    attempts bigint NOT NULL,
    created_at timestamptz NOT NULL,
    next_attempt_at timestamptz,
    last_attempt_at timestamptz,
    response_status smallint,
    response_excerpt text,
    failure text,
    duration_ms bigint,
    CONSTRAINT webhook_deliveries_pk PRIMARY KEY (delivery_id),
    CONSTRAINT webhook_deliveries_status_known CHECK (status IN ('pending', 'delivered', 'dead')),
    CONSTRAINT webhook_deliveries_pending_has_time CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, delivery_id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id) WHERE status = 'pending';

-- What a learner is told in the account. `to_mail` is what waits to be told by mail too.
CREATE TABLE notifications (
    learner_id uuid NOT NULL,
    notification_id uuid NOT NULL,
    kind text NOT NULL,
    event_type text NOT NULL,
    subject_id uuid NOT NULL,
    institution_id uuid,
    details jsonb NOT NULL,
    at timestamptz NOT NULL,
    read_at timestamptz,
    to_mail boolean NOT NULL,
    CONSTRAINT notifications_pk PRIMARY KEY (learner_id, notification_id),
    CONSTRAINT notifications_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id)
);
CREATE INDEX notifications_unread ON notifications (learner_id) WHERE read_at IS NULL;
CREATE INDEX notifications_to_mail ON notifications (learner_id) WHERE to_mail;

-- Of what a learner wants mail, and where to; the address is sealed, and good once its code came back.
CREATE TABLE notification_settings (
    learner_id uuid NOT NULL,
    edition bigint NOT NULL,
    language text NOT NULL,
    mail_kinds text NOT NULL,
    address_sealed bytea,
    confirmed_at timestamptz,
    code_digest bytea,
    code_expires_at timestamptz,
    code_failures bigint NOT NULL,
    codes_sent bigint NOT NULL,
    code_sent_at timestamptz,
    mailed_at timestamptz,
    CONSTRAINT notification_settings_pk PRIMARY KEY (learner_id),
    CONSTRAINT notification_settings_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT notification_settings_confirmed_has_address CHECK (confirmed_at IS NULL OR address_sealed IS NOT NULL)
);

-- What learners write into their portfolios; the words are sealed, and gone once an entry is removed.
CREATE TABLE portfolio_entries (
    learner_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    edition bigint NOT NULL,
    content_sealed bytea,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT portfolio_entries_pk PRIMARY KEY (learner_id, entry_id),
    CONSTRAINT portfolio_entries_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT portfolio_entries_content_until_removed CHECK ((removed_at IS NULL) = (content_sealed IS NOT NULL))
);

-- Institutions are asked to confirm entries; each request has the entry as it was then.
CREATE TABLE entry_confirmations (
    learner_id uuid NOT NULL,
    confirmation_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    entry_edition bigint NOT NULL,
    edition bigint NOT NULL,
    state text NOT NULL,
    is_open boolean NOT NULL,
    content_sealed bytea,
    note_sealed bytea,
    requested_at timestamptz NOT NULL,
    answered_by text,
    answered_by_name text,
    answered_at timestamptz,
    reason_sealed bytea,
    closed_at timestamptz,
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
    learner_id uuid NOT NULL,
    item_id uuid NOT NULL,
    hidden boolean NOT NULL,
    place smallint,
    CONSTRAINT portfolio_places_pk PRIMARY KEY (learner_id, item_id),
    CONSTRAINT portfolio_places_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT portfolio_places_says_something CHECK (hidden OR place IS NOT NULL),
    CONSTRAINT portfolio_places_place_positive CHECK (place IS NULL OR place > 0)
);

-- Selections of a portfolio for an audience; what they say is sealed, since it names what somebody is after.
CREATE TABLE portfolio_views (
    learner_id uuid NOT NULL,
    view_id uuid NOT NULL,
    edition bigint NOT NULL,
    definition_sealed bytea,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT portfolio_views_pk PRIMARY KEY (learner_id, view_id),
    CONSTRAINT portfolio_views_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id),
    CONSTRAINT portfolio_views_definition_until_removed CHECK ((removed_at IS NULL) = (definition_sealed IS NOT NULL))
);

-- Links to views. The code is sealed, for the learner; the PIN is kept as a keyed digest.
CREATE TABLE shares (
    learner_id uuid NOT NULL,
    share_id uuid NOT NULL,
    view_id uuid NOT NULL,
    recipient_sealed bytea,
    code_sealed bytea NOT NULL,
    pin_digest bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    looks bigint NOT NULL,
    looks_max bigint NOT NULL,
    wrong_pins bigint NOT NULL,
    off_at timestamptz,
    CONSTRAINT shares_pk PRIMARY KEY (learner_id, share_id),
    CONSTRAINT shares_view FOREIGN KEY (learner_id, view_id) REFERENCES portfolio_views (learner_id, view_id),
    CONSTRAINT shares_pin_is_sha256 CHECK (pin_digest IS NULL OR length(pin_digest) = 32),
    CONSTRAINT shares_looked_at_as_often_as_may_be CHECK (looks >= 0 AND looks <= looks_max),
    CONSTRAINT shares_wrong_pins_not_negative CHECK (wrong_pins >= 0)
);

-- By the keyed digest of a code, whose share it is. Distributed by its own key.
CREATE TABLE share_codes (
    code_index bytea NOT NULL,
    learner_id uuid NOT NULL,
    share_id uuid NOT NULL,
    CONSTRAINT share_codes_pk PRIMARY KEY (code_index),
    CONSTRAINT share_codes_index_is_sha256 CHECK (length(code_index) = 32)
);

-- Each look through a link: when, and with what family of browsers; neither who nor from where.
CREATE TABLE share_looks (
    learner_id uuid NOT NULL,
    look_id uuid NOT NULL,
    share_id uuid NOT NULL,
    at timestamptz NOT NULL,
    looked_with text NOT NULL,
    CONSTRAINT share_looks_pk PRIMARY KEY (learner_id, look_id),
    CONSTRAINT share_looks_share FOREIGN KEY (learner_id, share_id) REFERENCES shares (learner_id, share_id)
);
CREATE INDEX share_looks_by_share ON share_looks (learner_id, share_id, look_id);

-- Which files were fetched in a look, each once. The file itself may be gone since.
CREATE TABLE share_downloads (
    learner_id uuid NOT NULL,
    look_id uuid NOT NULL,
    file_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT share_downloads_pk PRIMARY KEY (learner_id, look_id, file_id),
    CONSTRAINT share_downloads_look FOREIGN KEY (learner_id, look_id) REFERENCES share_looks (learner_id, look_id)
);

-- Mail on its way; whom to, and what is in it, are sealed. A queue, kept on the coordinator.
CREATE TABLE mails (
    mail_id uuid NOT NULL,
    letter_sealed bytea NOT NULL,
    attempts bigint NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT mails_pk PRIMARY KEY (mail_id)
);
CREATE INDEX mails_by_time ON mails (next_attempt_at);

-- Keys that the bank signs credentials with, its own and those of institutions; a retired one signs no more. Reference table.
CREATE TABLE issuer_keys (
    key_id uuid NOT NULL,
    institution_id uuid,
    number bigint NOT NULL,
    seed_sealed bytea NOT NULL,
    public_key text NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    CONSTRAINT issuer_keys_pk PRIMARY KEY (key_id),
    CONSTRAINT issuer_keys_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT issuer_keys_number_positive CHECK (number > 0)
);
CREATE UNIQUE INDEX issuer_keys_of_bank ON issuer_keys (number) WHERE institution_id IS NULL;
CREATE UNIQUE INDEX issuer_keys_of_institution ON issuer_keys (institution_id, number) WHERE institution_id IS NOT NULL;

-- Lists of the status of credentials, one issuer's each, as they were last signed. Distributed by its own key.
CREATE TABLE status_lists (
    list_id uuid NOT NULL,
    institution_id uuid,
    entries bigint NOT NULL,
    revision bigint NOT NULL,
    signed_revision bigint NOT NULL,
    signed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    document text NOT NULL,
    token text NOT NULL,
    CONSTRAINT status_lists_pk PRIMARY KEY (list_id),
    CONSTRAINT status_lists_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id),
    CONSTRAINT status_lists_signed_what_was CHECK (signed_revision <= revision)
);
CREATE INDEX status_lists_to_sign ON status_lists (list_id) WHERE signed_revision < revision;

-- The status of every credential that was issued, at a place of a list that nobody can guess. Distributed with the lists.
CREATE TABLE status_entries (
    list_id uuid NOT NULL,
    list_index bigint NOT NULL,
    document_id uuid NOT NULL,
    state text NOT NULL,
    CONSTRAINT status_entries_pk PRIMARY KEY (list_id, list_index),
    CONSTRAINT status_entries_list FOREIGN KEY (list_id) REFERENCES status_lists (list_id),
    CONSTRAINT status_entries_within_list CHECK (list_index BETWEEN 0 AND 131071),
    CONSTRAINT status_entries_state_known CHECK (state IN ('valid', 'suspended', 'revoked'))
);
CREATE INDEX status_entries_by_document ON status_entries (document_id);
CREATE INDEX status_entries_set ON status_entries (list_id) WHERE state <> 'valid';

-- Credentials that learners asked for; the signed document is stored, and never made again.
CREATE TABLE credentials (
    learner_id uuid NOT NULL,
    credential_id uuid NOT NULL,
    kind text NOT NULL,
    form text NOT NULL,
    status text NOT NULL,
    holder text,
    document_sealed bytea,
    requested_at timestamptz NOT NULL,
    issued_at timestamptz,
    ended_at timestamptz,
    ended_by uuid,
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
    learner_id uuid NOT NULL,
    credential_id uuid NOT NULL,
    outcome_id uuid NOT NULL,
    institution_id uuid NOT NULL,
    document_id uuid NOT NULL,
    CONSTRAINT credential_parts_pk PRIMARY KEY (learner_id, credential_id, outcome_id),
    CONSTRAINT credential_parts_credential FOREIGN KEY (learner_id, credential_id) REFERENCES credentials (learner_id, credential_id),
    CONSTRAINT credential_parts_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id),
    CONSTRAINT credential_parts_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id)
);
CREATE INDEX credential_parts_by_outcome ON credential_parts (outcome_id, learner_id);

-- Credentials that wait to be signed. A queue, kept on the coordinator.
CREATE TABLE credential_jobs (
    credential_id uuid NOT NULL,
    learner_id uuid NOT NULL,
    attempts bigint NOT NULL,
    runner uuid,
    heartbeat timestamptz,
    CONSTRAINT credential_jobs_pk PRIMARY KEY (credential_id)
);

-- Statements and certificates 证明: what was asked for, and what was printed. The content lies elsewhere, by its digest, and is never
-- made again; what is to be printed is kept sealed until it is.
CREATE TABLE statements (
    learner_id uuid NOT NULL,
    statement_id uuid NOT NULL,
    paper_number text NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    status text NOT NULL,
    outcome_ids jsonb NOT NULL,
    claim_id uuid,
    institution_id uuid,
    credential_id uuid,
    content_sealed bytea,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    attempts bigint NOT NULL,
    runner uuid,
    heartbeat timestamptz,
    digest bytea,
    bytes bigint,
    pages bigint,
    missing text NOT NULL,
    finished_at timestamptz,
    revoked_at timestamptz,
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
    paper_number text NOT NULL,
    learner_id uuid NOT NULL,
    statement_id uuid NOT NULL,
    CONSTRAINT paper_numbers_pk PRIMARY KEY (paper_number)
);
