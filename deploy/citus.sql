-- Spreads the bank over Citus (PostgreSQL's distributed engine). Run once, on an empty bank that `credit-bank migrate`
-- has made, as the owner of its tables:  psql -v ON_ERROR_STOP=1 -f deploy/citus.sql
-- A table with foreign keys cannot be distributed, so they are dropped first and added again at the end.

BEGIN;
CREATE EXTENSION IF NOT EXISTS citus;
-- The triggers that keep history unchanged touch nothing but their own row. The service's role should have no UPDATE,
-- DELETE or TRUNCATE on movements and decisions either.
SET citus.enable_unsafe_triggers TO on;

ALTER TABLE trusted_issuers DROP CONSTRAINT trusted_issuers_institution;
ALTER TABLE achievements DROP CONSTRAINT achievements_institution;
ALTER TABLE achievements DROP CONSTRAINT achievements_framework;
ALTER TABLE programmes DROP CONSTRAINT programmes_institution;
ALTER TABLE memberships DROP CONSTRAINT memberships_user;
ALTER TABLE memberships DROP CONSTRAINT memberships_institution;
ALTER TABLE api_clients DROP CONSTRAINT api_clients_institution;
ALTER TABLE learners DROP CONSTRAINT learners_opened_by;
ALTER TABLE learner_institutions DROP CONSTRAINT learner_institutions_learner;
ALTER TABLE learner_institutions DROP CONSTRAINT learner_institutions_institution;
ALTER TABLE claim_codes DROP CONSTRAINT claim_codes_learner;
ALTER TABLE claim_codes DROP CONSTRAINT claim_codes_institution;
ALTER TABLE outcomes DROP CONSTRAINT outcomes_learner;
ALTER TABLE outcomes DROP CONSTRAINT outcomes_institution;
ALTER TABLE outcomes DROP CONSTRAINT outcomes_achievement;
ALTER TABLE decisions DROP CONSTRAINT decisions_outcome;
ALTER TABLE decisions DROP CONSTRAINT decisions_rule;
ALTER TABLE lots DROP CONSTRAINT lots_outcome;
ALTER TABLE lots DROP CONSTRAINT lots_decision;
ALTER TABLE movements DROP CONSTRAINT movements_lot;
ALTER TABLE access_log DROP CONSTRAINT access_log_learner;
ALTER TABLE identity_mismatches DROP CONSTRAINT identity_mismatches_learner;
ALTER TABLE identity_mismatches DROP CONSTRAINT identity_mismatches_institution;
ALTER TABLE rule_packs DROP CONSTRAINT rule_packs_institution;
ALTER TABLE worths DROP CONSTRAINT worths_learner;
ALTER TABLE worths DROP CONSTRAINT worths_programme;
ALTER TABLE claims DROP CONSTRAINT claims_learner;
ALTER TABLE claims DROP CONSTRAINT claims_institution;
ALTER TABLE claims DROP CONSTRAINT claims_programme;
ALTER TABLE claims DROP CONSTRAINT claims_worth;
ALTER TABLE claim_steps DROP CONSTRAINT claim_steps_claim;
ALTER TABLE claim_uses DROP CONSTRAINT claim_uses_claim;
ALTER TABLE claim_uses DROP CONSTRAINT claim_uses_outcome;
ALTER TABLE claim_uses DROP CONSTRAINT claim_uses_lot;
ALTER TABLE conversions DROP CONSTRAINT conversions_claim;
ALTER TABLE conversions DROP CONSTRAINT conversions_outcome;
ALTER TABLE conversions DROP CONSTRAINT conversions_institution;
ALTER TABLE conversions DROP CONSTRAINT conversions_programme;
ALTER TABLE objections DROP CONSTRAINT objections_claim;
ALTER TABLE statements DROP CONSTRAINT statements_learner;
ALTER TABLE statements DROP CONSTRAINT statements_institution;
ALTER TABLE statements DROP CONSTRAINT statements_credential;
ALTER TABLE evidence_uses DROP CONSTRAINT evidence_uses_file;
ALTER TABLE evidence_uses DROP CONSTRAINT evidence_uses_institution;
ALTER TABLE evidence_files DROP CONSTRAINT evidence_files_learner;
ALTER TABLE evidence_files DROP CONSTRAINT evidence_files_institution;
ALTER TABLE corrections DROP CONSTRAINT corrections_institution;
ALTER TABLE correction_items DROP CONSTRAINT correction_items_outcome;
ALTER TABLE correction_cases DROP CONSTRAINT correction_cases_claim;
ALTER TABLE correction_cases DROP CONSTRAINT correction_cases_institution;
ALTER TABLE correction_requests DROP CONSTRAINT correction_requests_outcome;
ALTER TABLE correction_requests DROP CONSTRAINT correction_requests_institution;
ALTER TABLE notifications DROP CONSTRAINT notifications_learner;
ALTER TABLE notification_settings DROP CONSTRAINT notification_settings_learner;
ALTER TABLE issuer_keys DROP CONSTRAINT issuer_keys_institution;
ALTER TABLE status_lists DROP CONSTRAINT status_lists_institution;
ALTER TABLE status_entries DROP CONSTRAINT status_entries_list;
ALTER TABLE credentials DROP CONSTRAINT credentials_learner;
ALTER TABLE credential_parts DROP CONSTRAINT credential_parts_credential;
ALTER TABLE credential_parts DROP CONSTRAINT credential_parts_outcome;
ALTER TABLE credential_parts DROP CONSTRAINT credential_parts_institution;
ALTER TABLE portfolio_entries DROP CONSTRAINT portfolio_entries_learner;
ALTER TABLE entry_confirmations DROP CONSTRAINT entry_confirmations_entry;
ALTER TABLE entry_confirmations DROP CONSTRAINT entry_confirmations_institution;
ALTER TABLE portfolio_places DROP CONSTRAINT portfolio_places_learner;
ALTER TABLE portfolio_views DROP CONSTRAINT portfolio_views_learner;
ALTER TABLE shares DROP CONSTRAINT shares_view;
ALTER TABLE share_looks DROP CONSTRAINT share_looks_share;
ALTER TABLE share_downloads DROP CONSTRAINT share_downloads_look;

-- Small, read everywhere.
SELECT create_reference_table('institutions');
SELECT create_reference_table('trusted_issuers');
SELECT create_reference_table('frameworks');
SELECT create_reference_table('achievements');
SELECT create_reference_table('certificate_patterns');
SELECT create_reference_table('recognition_rules');
SELECT create_reference_table('programmes');
SELECT create_reference_table('agreements');
SELECT create_reference_table('pathways');
SELECT create_reference_table('rule_packs');
SELECT create_reference_table('working_years');
SELECT create_reference_table('issuer_keys');

-- A learner's rows, together.
SELECT create_distributed_table('learners', 'learner_id');
SELECT create_distributed_table('learner_institutions', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('claim_codes', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('outcomes', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('decisions', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('lots', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('movements', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('access_log', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('identity_mismatches', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('worths', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('claims', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('claim_steps', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('claim_uses', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('conversions', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('objections', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('evidence_files', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('evidence_uses', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('statements', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('correction_items', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('correction_cases', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('correction_requests', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('notifications', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('notification_settings', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('credentials', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('credential_parts', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('portfolio_entries', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('entry_confirmations', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('portfolio_places', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('portfolio_views', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('shares', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('share_looks', 'learner_id', colocate_with => 'learners');
SELECT create_distributed_table('share_downloads', 'learner_id', colocate_with => 'learners');

-- What is unique across learners, and what is not a learner's, each by its own key.
SELECT create_distributed_table('users', 'user_id', colocate_with => 'none');
SELECT create_distributed_table('usernames', 'username', colocate_with => 'none');
SELECT create_distributed_table('share_codes', 'code_index', colocate_with => 'none');
SELECT create_distributed_table('memberships', 'user_id', colocate_with => 'users');
SELECT create_distributed_table('sessions', 'session_id', colocate_with => 'none');
SELECT create_distributed_table('second_factors', 'user_id', colocate_with => 'none');
SELECT create_distributed_table('recovery_codes', 'user_id', colocate_with => 'none');
SELECT create_distributed_table('passkeys', 'credential_id', colocate_with => 'none');
SELECT create_distributed_table('setup_tokens', 'token_digest', colocate_with => 'none');
SELECT create_distributed_table('api_clients', 'client_id', colocate_with => 'none');
SELECT create_distributed_table('account_numbers', 'account_number', colocate_with => 'none');
SELECT create_distributed_table('paper_numbers', 'paper_number', colocate_with => 'none');
SELECT create_distributed_table('identity_index', 'document_index', colocate_with => 'none');
SELECT create_distributed_table('certificate_numbers', 'certificate_number', colocate_with => 'none');
SELECT create_distributed_table('idempotency_keys', 'idempotency_key', colocate_with => 'none');
SELECT create_distributed_table('audit_log', 'audit_id', colocate_with => 'none');
SELECT create_distributed_table('decision_numbers', 'issuer', colocate_with => 'none');
SELECT create_distributed_table('corrections', 'correction_id', colocate_with => 'none');
SELECT create_distributed_table('likenesses', 'likeness', colocate_with => 'none');
SELECT create_distributed_table('duplicate_suspicions', 'first_learner_id', colocate_with => 'none');
SELECT create_distributed_table('credential_offers', 'offer_id', colocate_with => 'none');
SELECT create_distributed_table('walks', 'walk', colocate_with => 'none');
SELECT create_distributed_table('merges', 'merge_id', colocate_with => 'none');
SELECT create_distributed_table('status_lists', 'list_id', colocate_with => 'none');
SELECT create_distributed_table('status_entries', 'list_id', colocate_with => 'status_lists');

-- Queues: they stay on the coordinator, where FOR UPDATE SKIP LOCKED works.
-- local: outbox
-- local: simulations
-- local: import_profiles
-- local: imports
-- local: import_pieces
-- local: import_chunks
-- local: events
-- local: event_heads
-- local: webhooks
-- local: webhook_deliveries
-- local: mails
-- local: credential_jobs

ALTER TABLE trusted_issuers ADD CONSTRAINT trusted_issuers_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE achievements ADD CONSTRAINT achievements_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE achievements ADD CONSTRAINT achievements_framework FOREIGN KEY (framework_id) REFERENCES frameworks (framework_id);
ALTER TABLE programmes ADD CONSTRAINT programmes_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE memberships ADD CONSTRAINT memberships_user FOREIGN KEY (user_id) REFERENCES users (user_id);
ALTER TABLE memberships ADD CONSTRAINT memberships_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE api_clients ADD CONSTRAINT api_clients_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE learners ADD CONSTRAINT learners_opened_by FOREIGN KEY (opened_by) REFERENCES institutions (institution_id);
ALTER TABLE learner_institutions ADD CONSTRAINT learner_institutions_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE learner_institutions ADD CONSTRAINT learner_institutions_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE claim_codes ADD CONSTRAINT claim_codes_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE claim_codes ADD CONSTRAINT claim_codes_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE outcomes ADD CONSTRAINT outcomes_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE outcomes ADD CONSTRAINT outcomes_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE outcomes ADD CONSTRAINT outcomes_achievement FOREIGN KEY (achievement_id) REFERENCES achievements (achievement_id);
ALTER TABLE decisions ADD CONSTRAINT decisions_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id);
ALTER TABLE decisions ADD CONSTRAINT decisions_rule FOREIGN KEY (rule_id, rule_version) REFERENCES recognition_rules (rule_id, version);
ALTER TABLE lots ADD CONSTRAINT lots_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id);
ALTER TABLE lots ADD CONSTRAINT lots_decision FOREIGN KEY (learner_id, decision_id) REFERENCES decisions (learner_id, decision_id);
ALTER TABLE movements ADD CONSTRAINT movements_lot FOREIGN KEY (learner_id, lot_id) REFERENCES lots (learner_id, lot_id);
ALTER TABLE access_log ADD CONSTRAINT access_log_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE identity_mismatches ADD CONSTRAINT identity_mismatches_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE identity_mismatches ADD CONSTRAINT identity_mismatches_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE rule_packs ADD CONSTRAINT rule_packs_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE worths ADD CONSTRAINT worths_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE worths ADD CONSTRAINT worths_programme FOREIGN KEY (programme_id) REFERENCES programmes (programme_id);
ALTER TABLE claims ADD CONSTRAINT claims_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE claims ADD CONSTRAINT claims_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE claims ADD CONSTRAINT claims_programme FOREIGN KEY (programme_id) REFERENCES programmes (programme_id);
ALTER TABLE claims ADD CONSTRAINT claims_worth FOREIGN KEY (learner_id, worth_id) REFERENCES worths (learner_id, worth_id);
ALTER TABLE claim_steps ADD CONSTRAINT claim_steps_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id);
ALTER TABLE claim_uses ADD CONSTRAINT claim_uses_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id);
ALTER TABLE claim_uses ADD CONSTRAINT claim_uses_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id);
ALTER TABLE claim_uses ADD CONSTRAINT claim_uses_lot FOREIGN KEY (learner_id, lot_id) REFERENCES lots (learner_id, lot_id);
ALTER TABLE conversions ADD CONSTRAINT conversions_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id);
ALTER TABLE conversions ADD CONSTRAINT conversions_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id);
ALTER TABLE conversions ADD CONSTRAINT conversions_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE conversions ADD CONSTRAINT conversions_programme FOREIGN KEY (programme_id) REFERENCES programmes (programme_id);
ALTER TABLE objections ADD CONSTRAINT objections_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id);
ALTER TABLE evidence_files ADD CONSTRAINT evidence_files_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE evidence_files ADD CONSTRAINT evidence_files_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE evidence_uses ADD CONSTRAINT evidence_uses_file FOREIGN KEY (learner_id, file_id) REFERENCES evidence_files (learner_id, file_id);
ALTER TABLE evidence_uses ADD CONSTRAINT evidence_uses_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE statements ADD CONSTRAINT statements_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE statements ADD CONSTRAINT statements_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE statements ADD CONSTRAINT statements_credential FOREIGN KEY (learner_id, credential_id) REFERENCES credentials (learner_id, credential_id);
ALTER TABLE corrections ADD CONSTRAINT corrections_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE correction_items ADD CONSTRAINT correction_items_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id);
ALTER TABLE correction_cases ADD CONSTRAINT correction_cases_claim FOREIGN KEY (learner_id, claim_id) REFERENCES claims (learner_id, claim_id);
ALTER TABLE correction_cases ADD CONSTRAINT correction_cases_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE correction_requests ADD CONSTRAINT correction_requests_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id);
ALTER TABLE correction_requests ADD CONSTRAINT correction_requests_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE notifications ADD CONSTRAINT notifications_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE notification_settings ADD CONSTRAINT notification_settings_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE issuer_keys ADD CONSTRAINT issuer_keys_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE status_lists ADD CONSTRAINT status_lists_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE status_entries ADD CONSTRAINT status_entries_list FOREIGN KEY (list_id) REFERENCES status_lists (list_id);
ALTER TABLE credentials ADD CONSTRAINT credentials_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE credential_parts ADD CONSTRAINT credential_parts_credential FOREIGN KEY (learner_id, credential_id) REFERENCES credentials (learner_id, credential_id);
ALTER TABLE credential_parts ADD CONSTRAINT credential_parts_outcome FOREIGN KEY (learner_id, outcome_id) REFERENCES outcomes (learner_id, outcome_id);
ALTER TABLE credential_parts ADD CONSTRAINT credential_parts_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE portfolio_entries ADD CONSTRAINT portfolio_entries_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE entry_confirmations ADD CONSTRAINT entry_confirmations_entry FOREIGN KEY (learner_id, entry_id) REFERENCES portfolio_entries (learner_id, entry_id);
ALTER TABLE entry_confirmations ADD CONSTRAINT entry_confirmations_institution FOREIGN KEY (institution_id) REFERENCES institutions (institution_id);
ALTER TABLE portfolio_places ADD CONSTRAINT portfolio_places_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE portfolio_views ADD CONSTRAINT portfolio_views_learner FOREIGN KEY (learner_id) REFERENCES learners (learner_id);
ALTER TABLE shares ADD CONSTRAINT shares_view FOREIGN KEY (learner_id, view_id) REFERENCES portfolio_views (learner_id, view_id);
ALTER TABLE share_looks ADD CONSTRAINT share_looks_share FOREIGN KEY (learner_id, share_id) REFERENCES shares (learner_id, share_id);
ALTER TABLE share_downloads ADD CONSTRAINT share_downloads_look FOREIGN KEY (learner_id, look_id) REFERENCES share_looks (learner_id, look_id);
COMMIT;
