//! Filling the bank: rules, institutions with their achievements, and the rows in batches.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::intake::{Intake, IntakeAchievement, IntakeInstitution, Row};
use super::people::{self, OF_EACH, Stage, request};
use super::scenes::{self, Scene, School};
use super::{Brought, conversion};
use crate::cli::CommandError;
use crate::cli::progress::Progress;
use crate::domain::certificate_number::SKILL_LEVEL_CERTIFICATE;
use crate::domain::credit::Credit;
use crate::domain::outcome::OutcomeStatus;
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::{BATCH_ROWS_MAX, DepositRequest, Deposited, Novelty, deposit_outcomes};
use crate::ops::{achievements, rules};

/// Where the demonstration's rules come from.
const CITATION: &str = "安政〔2021〕55号（十八）";

/// What was filled in, and who can look at it.
pub(super) struct Filled {
    pub by_institution: BTreeMap<String, Brought>,
    pub flagged: u64,
    pub refused: u64,
    pub log_ins: Vec<(String, Vec<String>)>,
    pub password: String,
    /// A deposit to try, as JSON.
    pub example: String,
    /// A programme that converts.
    pub programme_id: Uuid,
    /// A question about it to try, as JSON.
    pub worth_example: String,
    /// What happened since, and where to look at it.
    pub scenes: Vec<Scene>,
}

/// How many days ago everything begins: claims take weeks, with their notices and their time for appeals.
const BEGAN_DAYS_AGO: i64 = 90;

/// How many outcomes of each institution are remembered for what comes after.
const KNOWN_OF_EACH_MAX: usize = 500;

/// An outcome that credit came of, and where it was deposited.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub institution_id: Uuid,
    /// The log-in of the institution's first member.
    pub admin: String,
    pub learner_id: Uuid,
    pub achievement: String,
    pub certificate_number: String,
}

/// Fills an empty bank.
///
/// # Errors
/// When the intake is wrong, or an operation refuses.
pub(super) fn fill(bank: &Bank, intake: &Intake) -> Result<Filled, CommandError> {
    let stage = Stage::new(BEGAN_DAYS_AGO)?;
    let mut log_ins = people::staff(bank, &stage)?;
    publish_rules(bank, &stage.log_in(bank, "administrator-1")?, &intake.achievements)?;
    let mut schools = Vec::new();
    for institution in &intake.institutions {
        let (institution_id, admin) = people::institution(bank, &stage, institution)?;
        let published = publish_achievements(bank, &stage.log_in(bank, &admin)?, institution_id, &intake.achievements)?;
        schools.push((institution, institution_id, admin, published));
    }
    let Some((first, first_id, first_admin, published)) = schools.first() else {
        return Err(CommandError::Other("the intake names no institution".to_owned()));
    };
    let Some(declarable) = published.first() else {
        return Err(CommandError::Other("the intake names no achievement".to_owned()));
    };
    log_ins.extend(people::team(bank, &stage, first_admin, *first_id)?);
    let programme_id = conversion::prepare(bank, &stage, first, *first_id, first_admin)?;
    let mut filled = Filled {
        by_institution: BTreeMap::new(),
        flagged: 0,
        refused: 0,
        log_ins,
        password: stage.password.clone(),
        example: example(*first_id),
        programme_id,
        worth_example: worth_example(programme_id),
        scenes: Vec::new(),
    };
    let mut progress = Progress::begin(count(intake)?, "rows");
    let mut known: Vec<Known> = Vec::new();
    for (institution, institution_id, admin, _) in &schools {
        let of = (*institution, *institution_id, admin.as_str());
        deposit(bank, &stage, intake, of, &mut filled, &mut progress, &mut known)?;
    }
    progress.end();
    let mut learners: Vec<Uuid> = Vec::new();
    for one in known.iter().filter(|one| one.institution_id == *first_id) {
        if learners.len() < OF_EACH && !learners.contains(&one.learner_id) {
            learners.push(one.learner_id);
        }
    }
    let mut names = Vec::new();
    for (number, learner_id) in learners.iter().enumerate() {
        let name = format!("learner-{}", number + 1);
        people::claims_account(bank, &stage, ("registrar-1", *first_id), *learner_id, &name)?;
        names.push(name);
    }
    filled.log_ins.push(("learner".to_owned(), names));
    known.retain(|one| !learners.contains(&one.learner_id));
    let school = School {
        institution_id: *first_id,
        programme_id,
        achievement_id: *declarable,
    };
    let (scenes, claimants) = scenes::play(bank, &stage, school, &known)?;
    filled.scenes = scenes;
    filled.log_ins.push(("claimant".to_owned(), claimants));
    Ok(filled)
}

/// One rule for each step of a family, and one for all trainings.
fn publish_rules(bank: &Bank, administrator: &Context, achievements: &[IntakeAchievement]) -> Result<(), CommandError> {
    let steps: BTreeSet<(&str, i16, &str)> = achievements
        .iter()
        .filter(|achievement| !achievement.bank_credit.is_empty())
        .map(|achievement| (achievement.family.as_str(), achievement.rank, achievement.bank_credit.as_str()))
        .collect();
    for (family, rank, credit) in steps {
        let rule = json!({
            "title": format!("{family} 第 {rank} 级认定标准"), "citation": CITATION, "selector": { "family": family, "rank": rank },
            "method": { "method": "fixed", "credit": credit }, "selected_by": "award_date", "effective_from": "2019-01-01",
        });
        rules::publish_recognition_rule(bank, administrator, None, &request(rule)?)?;
    }
    let trainings = json!({
        "title": "职业技能培训学时认定标准", "citation": "安政〔2021〕55号（十七）", "selector": { "kind": "training" },
        "method": { "method": "by_hours", "hours_per_credit": "16", "minimum_hours": "8", "step": "0.50", "cap": null },
        "selected_by": "award_date", "effective_from": "2019-01-01",
    });
    rules::publish_recognition_rule(bank, administrator, None, &request(trainings)?)?;
    for (name, kind, pattern) in [
        ("职业技能等级证书", "occupational_certificate", SKILL_LEVEL_CERTIFICATE),
        ("X 证书", "skill_certificate", "X(19|20)[0-9]{10}"),
    ] {
        let pattern = json!({ "name": name, "kind": kind, "pattern": pattern, "citation": CITATION });
        rules::publish_certificate_pattern(bank, administrator, None, &request(pattern)?)?;
    }
    Ok(())
}

fn publish_achievements(bank: &Bank, admin: &Context, institution_id: Uuid, all: &[IntakeAchievement]) -> Result<Vec<Uuid>, CommandError> {
    let mut published = Vec::new();
    for of in all {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let new = json!({
            "institution_id": institution_id, "code": of.code, "name_chinese": of.name, "kind": of.kind, "family": text(&of.family),
            "rank": (of.rank > 0).then_some(of.rank), "hours": of.hours.to_string(), "valid_from": "2019-01-01", "closed_on": text(&of.closed_on),
        });
        let drafted = achievements::create_achievement(bank, admin, None, &request(new)?)?;
        achievements::publish_achievement(bank, admin, drafted.achievement_id)?;
        published.push(drafted.achievement_id);
    }
    Ok(published)
}

fn count(intake: &Intake) -> Result<u64, CommandError> {
    let mut rows = 0;
    for institution in &intake.institutions {
        for row in intake.rows(institution)? {
            row?;
            rows += 1;
        }
    }
    Ok(rows)
}

/// Deposits an institution's rows in batches, and notes what brought credit.
fn deposit(
    bank: &Bank,
    stage: &Stage,
    intake: &Intake,
    (institution, institution_id, admin): (&IntakeInstitution, Uuid, &str),
    filled: &mut Filled,
    progress: &mut Progress,
    known: &mut Vec<Known>,
) -> Result<(), CommandError> {
    let known_before = known.len();
    let context = stage.log_in(bank, admin)?;
    let mut rows = intake.rows(institution)?.enumerate().peekable();
    while rows.peek().is_some() {
        let mut requests: Vec<DepositRequest> = Vec::with_capacity(BATCH_ROWS_MAX);
        for (number, row) in rows.by_ref().take(BATCH_ROWS_MAX) {
            requests.push(DepositRequest {
                context,
                idempotency_key: Some(format!("demo/{}/{number}", institution.code)),
                outcome: request(outcome(institution_id, &row?))?,
            });
        }
        for (asked, answer) in requests.iter().zip(deposit_outcomes(bank, &requests)?) {
            match answer {
                Ok(deposited) => {
                    tally(filled, &institution.code, &deposited);
                    if deposited.credit > Credit::ZERO && known.len() < known_before + KNOWN_OF_EACH_MAX {
                        known.push(Known {
                            institution_id,
                            admin: admin.to_owned(),
                            learner_id: deposited.learner_id,
                            achievement: asked.outcome.achievement_code.clone(),
                            certificate_number: asked.outcome.certificate_number.clone().unwrap_or_default(),
                        });
                    }
                }
                Err(rejection) => {
                    tracing::warn!(code = rejection.code(), "a row was refused");
                    filled.refused += 1;
                }
            }
        }
        progress.advance(u64::try_from(requests.len()).unwrap_or_default());
    }
    Ok(())
}

fn tally(filled: &mut Filled, code: &str, deposited: &Deposited) {
    // What waits for a person is no credit yet, and what was there already is nothing new.
    match (deposited.novelty, deposited.status) {
        (Novelty::AlreadyThere, _) => {}
        (Novelty::Created, OutcomeStatus::Flagged) => filled.flagged += 1,
        (Novelty::Created, _) => {
            let brought = filled.by_institution.entry(code.to_owned()).or_default();
            brought.outcomes += 1;
            brought.credit = brought.credit.checked_add(deposited.credit).unwrap_or(brought.credit);
        }
    }
}

fn outcome(institution_id: Uuid, row: &Row) -> serde_json::Value {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "institution_id": institution_id, "achievement_code": row.achievement, "awarded_on": row.awarded_on,
        "learner": { "document_kind": "resident_identity_card", "document_number": row.identity_number, "name": row.name },
        "certificate_number": text(&row.certificate_number), "hours": text(&row.hours), "score": text(&row.score),
        "trainee_group": text(&row.trainee_group),
    })
}

fn worth_example(programme_id: Uuid) -> String {
    let issuer = json!({ "credit_code": "914403003429409755", "kind": "assessment_body" });
    json!({
        "programme_ids": [programme_id],
        "outcomes": [
            { "key": "senior", "name": "电工(三级/高级工)", "achievement": "occ-elec-3", "kind": "occupational_certificate", "family": "occ-elec", "rank": 3,
              "issuer": issuer, "bank_credit": "12.00", "awarded_on": "2024-05-10" },
            { "key": "middle", "name": "电工(四级/中级工)", "achievement": "occ-elec-4", "kind": "occupational_certificate", "family": "occ-elec", "rank": 2,
              "issuer": issuer, "bank_credit": "9.00", "awarded_on": "2024-06-10" },
        ],
    })
    .to_string()
}

fn example(institution_id: Uuid) -> String {
    json!({
        "institution_id": institution_id, "achievement_code": "tr-safety", "awarded_on": "2024-12-31", "hours": "24",
        "learner": { "document_kind": "resident_identity_card", "document_number": "11010519491231002X", "name": "王芳" },
    })
    .to_string()
}
