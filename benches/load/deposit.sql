-- What one deposit for a known learner reads and writes, one transaction each. The ids of the school, the achievement
-- and the learners are those that the benchmark put into the table `bare`.
\set place random(1, 1000)
BEGIN;
SELECT learner_id, institution_id, achievement_id FROM bare WHERE place = :place \gset
SELECT learner_id FROM identity_index WHERE document_index = decode(md5(:learner_id), 'hex');
SELECT learner_id, account_number, name_key, head_sequence, head_hash, available_hundredths FROM learners WHERE learner_id = :learner_id::uuid;
SELECT institution_id FROM learner_institutions WHERE learner_id = :learner_id::uuid;
SELECT gen_random_uuid() AS outcome_id, gen_random_uuid() AS decision_id, gen_random_uuid() AS lot_id, gen_random_uuid() AS key \gset
SELECT outcome_id FROM certificate_numbers WHERE certificate_number = :key;
SELECT answer_sealed FROM idempotency_keys WHERE idempotency_key = :key AND owner = 'bare';
UPDATE learners SET head_sequence = head_sequence + 1, head_hash = sha256(head_hash), available_hundredths = available_hundredths + 900
    WHERE learner_id = :learner_id::uuid RETURNING head_sequence, available_hundredths \gset
INSERT INTO outcomes VALUES (:learner_id::uuid, :outcome_id::uuid, :institution_id::uuid, :achievement_id::uuid, :key, :institution_id, '2024-03-01', NULL, NULL, '86', NULL, NULL, NULL, '\x00', 'accepted', '', 'user:' || :learner_id, now(), NULL, NULL);
INSERT INTO certificate_numbers VALUES (:key, :institution_id, :learner_id::uuid, :outcome_id::uuid);
INSERT INTO decisions VALUES (:learner_id::uuid, :decision_id::uuid, :outcome_id::uuid, 'credit', 900, NULL, NULL, repeat('x', 300), repeat('x', 400), repeat('x', 400), now());
INSERT INTO lots VALUES (:learner_id::uuid, :lot_id::uuid, :outcome_id::uuid, :decision_id::uuid, 'occupational_certificate', NULL, NULL, 900, 900, 0, 0, 0, 0, now(), NULL);
INSERT INTO movements VALUES (:learner_id::uuid, :head_sequence, gen_random_uuid(), :lot_id::uuid, 'grant', 'bank', 'available', 900, :available_hundredths, '2024-03-01', now(), 'decision', :decision_id::uuid, '\x00', '\x00');
INSERT INTO audit_log VALUES (gen_random_uuid(), now(), 'user:' || :learner_id, :institution_id::uuid, 'deposit_outcome', 'outcome', :outcome_id::uuid, gen_random_uuid(), '{"credit": "9.00"}');
INSERT INTO outbox VALUES (gen_random_uuid(), now(), 'outcome.deposit_outcome', :learner_id::uuid, :institution_id::uuid, :outcome_id::uuid, '{"credit": "9.00"}');
INSERT INTO idempotency_keys VALUES (:key, 'bare', 'deposit_outcome', '\x00', decode(repeat('00', 420), 'hex'), now());
COMMIT;
