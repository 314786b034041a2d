//! A learner's rows go to another learner: one list of all tables, and the statements that are made of it. Movements and the
//! like are history and stay; what has history beneath it is copied and marked where it was, under the same id; the rest is
//! moved. The same statements carry things back.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::schema::{certificate_numbers, claims, outcomes, worths};
use super::types::Key;

/// Which rows of a table go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// Those that are marked as having left.
    Marked,
    /// Those of the outcomes, or of the claims, that left.
    WithOutcome,
    WithClaim,
    /// Files that were brought, and those that what left uses.
    File,
    /// Uses by what left, and of files that were brought by nothing that stays.
    FileUse,
}

/// What becomes of a row where it was, and of an older copy where it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stays {
    /// As history; the copy never changes.
    AsItIs,
    /// As history; the copy is made as it is now.
    AsItWas,
    /// It does not.
    Nowhere,
}

/// A table of learners' rows that go with their learner.
#[derive(Debug)]
pub struct Carried {
    pub table: &'static str,
    /// Beside the learner.
    pub key: &'static str,
    pub columns: &'static str,
    /// The column that a merge writes.
    pub mark: Option<&'static str>,
    goes: Goes,
    stays: Stays,
}

/// The tables in the order in which rows come: what refers to others comes after them.
pub const CARRIED: [Carried; 13] = [
    Carried {
        table: "outcomes",
        key: "outcome_id",
        columns: "institution_id, achievement_id, certificate_number, issuer_key, awarded_on, grade, grading_scale, \
            score, hours_hundredths, original_credits, trainee_group, contest, content_digest, status, flags, doubles, \
            deposited_by, deposited_at, reviewed_at, review_reason, ended_at, ended_by, corrected_by, replaces",
        mark: Some("left_by"),
        goes: Goes::Marked,
        stays: Stays::AsItWas,
    },
    Carried {
        table: "decisions",
        key: "decision_id",
        columns: "outcome_id, result, credit_hundredths, rule_id, rule_version, inputs, rules, recognition, decided_at",
        mark: None,
        goes: Goes::WithOutcome,
        stays: Stays::AsItIs,
    },
    Carried {
        table: "lots",
        key: "lot_id",
        columns: "outcome_id, decision_id, category, level, usable_until, granted_hundredths, available_hundredths, \
            held_hundredths, redeemed_hundredths, expired_hundredths, reversed_hundredths, warned_days, created_at",
        mark: None,
        goes: Goes::WithOutcome,
        stays: Stays::AsItWas,
    },
    Carried {
        table: "worths",
        key: "worth_id",
        columns: "programme_id, programme_name_chinese, programme_name_english, recognised_hundredths, alternative, \
            kept_at, question, allocation",
        mark: Some("left_by"),
        goes: Goes::Marked,
        stays: Stays::AsItIs,
    },
    Carried {
        table: "claims",
        key: "claim_id",
        columns: "kind, institution_id, programme_id, outcome_id, status, verdict, standing, edition, since, due_on, \
            due, submitted_at, changed_at, rules, subject, worth_id, recognised_hundredths, decision_number, \
            decided_on, escalated_edition",
        mark: Some("left_by"),
        goes: Goes::Marked,
        stays: Stays::AsItWas,
    },
    Carried {
        table: "claim_steps",
        key: "claim_id, sequence",
        columns: "event, verdict, status, actor, actor_name, reason_sealed, details, on_day, at",
        mark: None,
        goes: Goes::WithClaim,
        stays: Stays::AsItIs,
    },
    Carried {
        table: "claim_uses",
        key: "claim_id, outcome_id",
        columns: "lot_id, amount_hundredths, whole, standing",
        mark: None,
        goes: Goes::WithClaim,
        stays: Stays::Nowhere,
    },
    Carried {
        table: "conversions",
        key: "conversion_id",
        columns: "claim_id, outcome_id, institution_id, programme_id, programme_code, award, facts, original, \
            amount_hundredths, decision_number, decided_on, recorded_at, ended_at, ended_because, ended_by",
        mark: None,
        goes: Goes::WithClaim,
        stays: Stays::Nowhere,
    },
    Carried {
        table: "objections",
        key: "claim_id, objection_id",
        columns: "raised_by, raised_by_name, raised_by_learner_id, text_sealed, raised_on, raised_at, answer, \
            answer_reason, answered_by, answered_at",
        mark: None,
        goes: Goes::WithClaim,
        stays: Stays::Nowhere,
    },
    Carried {
        table: "correction_cases",
        key: "case_id",
        columns: "correction_id, claim_id, institution_id, outcome_ids, conversion_ids, offer, state, opened_on, \
            due_on, opened_at, decided_by, decided_by_name, decided_at, reason, replaced_by, escalated_at",
        mark: None,
        goes: Goes::WithClaim,
        stays: Stays::Nowhere,
    },
    Carried {
        table: "correction_requests",
        key: "request_id",
        columns: "outcome_id, institution_id, kind, state, is_open, edition, since, due, due_on, escalated_at, requested_at, \
            words_sealed, correction_id, answered_by, answered_by_name, answered_at, refusal_sealed, complained_at, \
            complaint_sealed, decision, decided_by, decided_by_name, decided_at, decision_sealed",
        mark: None,
        goes: Goes::WithOutcome,
        stays: Stays::Nowhere,
    },
    Carried {
        table: "evidence_files",
        key: "file_id",
        columns: "digest, media_type, bytes, name_sealed, uploaded_by, institution_id, uploaded_at, held, removed_at, verdict_sealed",
        mark: Some("brought_by"),
        goes: Goes::File,
        stays: Stays::Nowhere,
    },
    Carried {
        table: "evidence_uses",
        key: "file_id, subject_kind, subject_id",
        columns: "institution_id, attached_at",
        mark: None,
        goes: Goes::FileUse,
        stays: Stays::Nowhere,
    },
];

/// The tables of learners' rows that stay where they are, and why that is right.
pub const NOT_CARRIED: [(&str, &str); 19] = [
    ("learners", "the account itself: it says into whom it was merged"),
    ("movements", "each names its learner in its hash: told again in the other chain"),
    ("learner_institutions", "added to those who know the other learner"),
    ("claim_codes", "good for hours; a merged account is claimed by codes of the other"),
    ("access_log", "read together with the other learner's"),
    ("identity_mismatches", "about the document and the name of this account"),
    ("correction_items", "what somebody previewed, of the learner as it was then"),
    ("notifications", "read together with the other learner's"),
    ("statements", "papers; read together with the other learner's"),
    ("notification_settings", "where mail goes is for the account that stays to say"),
    ("credentials", "signed for this account; read together with the other learner's"),
    ("credential_parts", "of credentials, which stay; looked for at both accounts"),
    ("portfolio_entries", "read together with the other learner's"),
    ("entry_confirmations", "read together with the other learner's"),
    ("portfolio_places", "read together with the other learner's"),
    ("portfolio_views", "chosen from the account as it was"),
    ("shares", "open nothing while their account is merged, and again when it is its own"),
    ("share_looks", "go with their shares"),
    ("share_downloads", "go with their looks"),
];

/// From whom to whom, by which merge; and whether things go back.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub from: Uuid,
    pub to: Uuid,
    pub merge_id: Uuid,
    pub back: bool,
}

/// What goes back.
#[derive(Debug, Clone, Default)]
pub struct Going {
    pub outcomes: Vec<Uuid>,
    pub claims: Vec<Uuid>,
    pub worths: Vec<Uuid>,
}

fn keys(ids: &[Uuid]) -> Vec<Key> {
    ids.iter().copied().map(Key).collect()
}

/// Marks everything that a learner has as left by a merge.
///
/// # Errors
/// When the database refuses.
pub fn mark_all(conn: &mut Conn, learner_id: Uuid, merge_id: Uuid) -> Result<(), StoreError> {
    macro_rules! mark {
        ($($table:ident),+) => {$(
            diesel::update($table::table.filter($table::learner_id.eq(Key(learner_id))).filter($table::left_by.is_null()))
                .set($table::left_by.eq(Some(Key(merge_id))))
                .execute(conn)?;
        )+};
    }
    mark!(outcomes, claims, worths);
    Ok(())
}

/// Marks some of what a learner has as left by a merge.
///
/// # Errors
/// When the database refuses.
pub fn mark(conn: &mut Conn, learner_id: Uuid, merge_id: Uuid, going: &Going) -> Result<(), StoreError> {
    macro_rules! mark {
        ($($table:ident . $id:ident in $ids:expr),+) => {$({
            let ids = keys($ids);
            each_back_end!(conn, c => diesel::update($table::table
                    .filter($table::learner_id.eq(Key(learner_id)))
                    .filter($table::$id.eq_any(&ids)))
                .set($table::left_by.eq(Some(Key(merge_id))))
                .execute(c))?;
        })+};
    }
    mark!(outcomes.outcome_id in &going.outcomes, claims.claim_id in &going.claims, worths.worth_id in &going.worths);
    Ok(())
}

/// What left a learner by a merge.
///
/// # Errors
/// When the database refuses.
pub fn left(conn: &mut Conn, learner_id: Uuid, merge_id: Uuid) -> Result<Going, StoreError> {
    macro_rules! ids {
        ($table:ident . $id:ident) => {{
            let found: Vec<Key> = $table::table
                .filter($table::learner_id.eq(Key(learner_id)))
                .filter($table::left_by.eq(Key(merge_id)))
                .select($table::$id)
                .load(conn)?;
            found.into_iter().map(|key| key.0).collect()
        }};
    }
    Ok(Going {
        outcomes: ids!(outcomes.outcome_id),
        claims: ids!(claims.claim_id),
        worths: ids!(worths.worth_id),
    })
}

/// Carries what is marked as left by the merge, with everything that belongs to it, and leads certificates' numbers there.
/// The lots come as they are: whoever calls tells the movements again at the one chain, and takes them back at the other.
///
/// # Errors
/// When the database refuses.
pub fn carry(conn: &mut Conn, way: &Way) -> Result<(), StoreError> {
    for table in &CARRIED {
        let statement = bring(conn, table, way);
        run(conn, &statement)?;
    }
    // What refers to others goes first.
    for table in CARRIED.iter().rev().filter(|table| table.stays == Stays::Nowhere) {
        let statement = take(conn, table, way);
        run(conn, &statement)?;
    }
    let numbers: Vec<Option<String>> = outcomes::table
        .filter(outcomes::learner_id.eq(Key(way.from)))
        .filter(outcomes::left_by.eq(Key(way.merge_id)))
        .filter(outcomes::certificate_number.is_not_null())
        .select(outcomes::certificate_number)
        .load(conn)?;
    let numbers: Vec<String> = numbers.into_iter().flatten().collect();
    // The same number may be another issuer's, of the same learner, who keeps it.
    let ids: Vec<Key> = left(conn, way.from, way.merge_id)?.outcomes.into_iter().map(Key).collect();
    each_back_end!(conn, c => diesel::update(certificate_numbers::table
            .filter(certificate_numbers::certificate_number.eq_any(&numbers))
            .filter(certificate_numbers::learner_id.eq(Key(way.from)))
            .filter(certificate_numbers::outcome_id.eq_any(&ids)))
        .set(certificate_numbers::learner_id.eq(Key(way.to)))
        .execute(c))?;
    Ok(())
}

fn run(conn: &mut Conn, statement: &str) -> Result<(), StoreError> {
    Ok(each_back_end!(conn, c => c.batch_execute(statement))?)
}

/// An id as it is written in a statement; it holds nothing but hexadecimal digits and hyphens.
fn literal(conn: &Conn, id: Uuid) -> String {
    match conn {
        Conn::Postgres(_) => format!("'{id}'::uuid"),
        Conn::Sqlite(_) => format!("X'{}'", id.simple()),
    }
}

/// Which rows of a table go, as a condition on the learner's rows.
fn condition(conn: &Conn, goes: Goes, way: &Way) -> String {
    let (from, merge) = (literal(conn, way.from), literal(conn, way.merge_id));
    let left_claims = format!("SELECT claim_id FROM claims WHERE learner_id = {from} AND left_by = {merge}");
    let left_outcomes = format!("SELECT outcome_id FROM outcomes WHERE learner_id = {from} AND left_by = {merge}");
    let requests = format!("SELECT request_id FROM correction_requests WHERE learner_id = {from} AND outcome_id");
    let brought = format!("SELECT file_id FROM evidence_files WHERE learner_id = {from} AND brought_by = {merge}");
    let used = format!(
        "subject_id IN ({left_claims}) OR subject_id IN ({requests} IN ({left_outcomes})) OR (file_id IN ({brought}) \
            AND subject_id NOT IN (SELECT claim_id FROM claims WHERE learner_id = {from} AND left_by IS NULL) \
            AND subject_id NOT IN ({requests} NOT IN ({left_outcomes})))"
    );
    match goes {
        Goes::Marked => format!("left_by = {merge}"),
        Goes::WithOutcome => format!("outcome_id IN ({left_outcomes})"),
        Goes::WithClaim => format!("claim_id IN ({left_claims})"),
        // All of an account that is absorbed.
        Goes::File | Goes::FileUse if !way.back => "1 = 1".to_owned(),
        Goes::File => {
            format!("brought_by = {merge} OR file_id IN (SELECT file_id FROM evidence_uses WHERE learner_id = {from} AND ({used}))")
        }
        Goes::FileUse => used,
    }
}

fn bring(conn: &Conn, table: &Carried, way: &Way) -> String {
    let (from, to, merge) = (literal(conn, way.from), literal(conn, way.to), literal(conn, way.merge_id));
    let keys = table.key.split(", ").count();
    let mut names: Vec<&str> = table.key.split(", ").chain(table.columns.split(", ")).collect();
    let mut values: Vec<String> = names.iter().map(|name| value(name, table, way)).collect();
    if table.goes == Goes::File {
        names.push("brought_by");
        values.push(if way.back {
            // Its own again; what else comes along is not.
            format!("CASE WHEN brought_by = {merge} THEN NULL ELSE {merge} END")
        } else {
            merge
        });
    }
    let again = match (table.stays, table.mark) {
        (Stays::AsItIs, Some(mark)) => format!("UPDATE SET {mark} = NULL"),
        (Stays::AsItIs, None) => "NOTHING".to_owned(),
        (Stays::AsItWas | Stays::Nowhere, mark) => {
            let mut set: Vec<String> = names.iter().skip(keys).map(|name| format!("{name} = excluded.{name}")).collect();
            set.extend(mark.filter(|mark| !names.contains(mark)).map(|mark| format!("{mark} = NULL")));
            format!("UPDATE SET {}", set.join(", "))
        }
    };
    format!(
        "INSERT INTO {name} (learner_id, {names}) SELECT {to}, {values} FROM {name} WHERE learner_id = {from} AND ({condition}) \
            ON CONFLICT (learner_id, {key}) DO {again}",
        name = table.table,
        names = names.join(", "),
        values = values.join(", "),
        condition = condition(conn, table.goes, way),
        key = table.key,
    )
}

/// A value as it comes to the other learner: who has a hand in a claim names the claimant.
fn value(name: &str, table: &Carried, way: &Way) -> String {
    if (table.table, name) == ("claims", "standing") {
        return format!("replace(standing, '{}', '{}')", way.from, way.to);
    }
    name.to_owned()
}

fn take(conn: &Conn, table: &Carried, way: &Way) -> String {
    let (from, merge) = (literal(conn, way.from), literal(conn, way.merge_id));
    let condition = match table.goes {
        // One that something here still uses stays as well.
        Goes::File if way.back => {
            format!("brought_by = {merge} AND file_id NOT IN (SELECT file_id FROM evidence_uses WHERE learner_id = {from})")
        }
        goes => condition(conn, goes, way),
    };
    format!("DELETE FROM {} WHERE learner_id = {from} AND ({condition})", table.table)
}
