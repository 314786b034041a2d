//! The plan of a slice of deposits: what was read, what each deposit makes of it, and what is to be written.
//! It works in memory only, so that the later rows of a slice see what the earlier ones will bring.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::deposit::{Deposited, NewOutcome, Novelty};
use super::error::OpError;
use crate::domain::account_number::AccountNumber;
use crate::domain::achievement::{AchievementKind, AwardTiming, Currency};
use crate::domain::actor::Actor;
use crate::domain::certificate_number::{CertificateNumber, CertificatePattern};
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::domain::identity_document::IdentityDocument;
use crate::domain::movement::{CauseKind, ChainHead, MovementKind, NewMovement, Side};
use crate::domain::outcome::{OutcomeContent, OutcomeFlag, OutcomeStatus};
use crate::domain::person_name::PersonName;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::recognition::{NoCredit, Recognition, RecognitionInputs, RuleVersion, recognise};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::deposits::{
    self as store, AccountNumberRow, Brought, CertificateRow, DecisionRow, IdentityRow, KnownByRow, LearnerRow, LotRow, MovementRow,
    OutcomeRow,
};
use crate::store::error::StoreError;
use crate::store::journal::{Told, tell};
use crate::store::standards::AchievementRow;
use crate::store::types::{At, Key};

/// A request whose parts all parse.
pub(super) struct Prepared {
    pub document: IdentityDocument,
    pub name: PersonName,
    pub document_index: Vec<u8>,
    pub name_key: Vec<u8>,
    pub certificate_number: Option<CertificateNumber>,
    pub content: OutcomeContent,
}

/// What was read before the slice is worked through.
pub(super) struct Loaded {
    pub actor: Actor,
    pub today: NaiveDate,
    pub learners: Vec<(Vec<u8>, LearnerRow)>,
    pub known_by: Vec<(Uuid, Uuid)>,
    pub certificates: Vec<(CertificateRow, OutcomeRow)>,
    pub achievements: Vec<AchievementRow>,
    pub rules: Vec<RuleVersion>,
    /// Kind, family, pattern.
    pub patterns: Vec<(String, Option<String>, CertificatePattern)>,
}

/// A learner of the slice, with the head before and now.
struct Person {
    row: LearnerRow,
    opened_here: bool,
    before: i64,
    head: ChainHead,
}

/// The slice as it stands.
pub(super) struct Plan {
    actor: Actor,
    today: NaiveDate,
    people: HashMap<Vec<u8>, Person>,
    known_by: HashSet<(Uuid, Uuid)>,
    certificates: HashMap<(String, String), OutcomeRow>,
    achievements: Vec<AchievementRow>,
    rules: Vec<RuleVersion>,
    patterns: Vec<(String, Option<String>, CertificatePattern)>,
    brought: Brought,
    told: Vec<(Uuid, Uuid, Uuid, String)>,
}

fn damaged(what: &str) -> OpError {
    StoreError::Damaged(what.to_owned()).into()
}

impl Plan {
    pub(super) fn new(loaded: Loaded) -> Result<Self, OpError> {
        let mut people = HashMap::new();
        for (index, row) in loaded.learners {
            let hash = row.head_hash.as_slice().try_into().map_err(|_| damaged("a chain head"))?;
            let available = Credit::from_hundredths(row.available_hundredths).map_err(|_| damaged("an available balance"))?;
            let head = ChainHead {
                sequence: row.head_sequence,
                hash,
                available,
            };
            people.insert(
                index,
                Person {
                    before: row.head_sequence,
                    opened_here: false,
                    head,
                    row,
                },
            );
        }
        let certificates = loaded
            .certificates
            .into_iter()
            .map(|(held, outcome)| ((held.certificate_number, held.issuer_key), outcome))
            .collect();
        Ok(Self {
            actor: loaded.actor,
            today: loaded.today,
            people,
            known_by: loaded.known_by.into_iter().collect(),
            certificates,
            achievements: loaded.achievements,
            rules: loaded.rules,
            patterns: loaded.patterns,
            brought: Brought::default(),
            told: Vec::new(),
        })
    }

    /// Judges one deposit, in the fixed order: permission, achievement, identity, certificate, flags, recognition.
    pub(super) fn deposit(
        &mut self,
        bank: &Bank,
        context: &Context,
        new: &NewOutcome,
        prepared: &Prepared,
    ) -> Result<Result<Deposited, Rejection>, OpError> {
        if let Err(rejection) = policy::allowed(&self.actor, Action::DepositOutcome, Resource::Institution(new.institution_id)) {
            return Ok(Err(rejection));
        }
        let achievement = match self.achievement(new) {
            Ok(achievement) => achievement.clone(),
            Err(rejection) => return Ok(Err(rejection)),
        };
        if self
            .people
            .get(&prepared.document_index)
            .is_some_and(|person| person.row.name_key != prepared.name_key)
        {
            return Ok(Err(Rejection::IdentityMismatch {}));
        }
        if let Some(earlier) = prepared
            .content
            .certificate_number
            .clone()
            .and_then(|number| self.certificates.get(&(number, achievement.issuer_key())))
        {
            return Ok(self.again(earlier, prepared, &achievement));
        }
        let flags = self.flags(&achievement, prepared);
        self.meet(bank, context, new.institution_id, prepared)?;
        self.record(context, new, prepared, &achievement, &flags).map(Ok)
    }

    /// The newest published version with the code that was in force on the award date, else the newest.
    fn achievement(&self, new: &NewOutcome) -> Result<&AchievementRow, Rejection> {
        let code = || new.achievement_code.clone();
        let named = || self.achievements.iter().filter(|row| row.code == new.achievement_code);
        let own = || named().filter(|row| row.institution_id.0 == new.institution_id);
        let begun = own().filter(|row| row.valid_from <= new.awarded_on).max_by_key(|row| row.version);
        begun.or_else(|| own().min_by_key(|row| row.version)).ok_or_else(|| {
            if named().next().is_some() {
                Rejection::ForeignAchievement { code: code() }
            } else {
                Rejection::UnknownAchievement { code: code() }
            }
        })
    }

    /// Answers the second deposit of a certificate number.
    fn again(&self, earlier: &OutcomeRow, prepared: &Prepared, achievement: &AchievementRow) -> Result<Deposited, Rejection> {
        let person = self
            .people
            .get(&prepared.document_index)
            .filter(|person| person.row.learner_id == earlier.learner_id);
        let same = earlier.content_digest == prepared.content.digest();
        let (Some(person), true) = (person, same) else {
            return Err(Rejection::CertificateDiffers {
                fields: differing(earlier, prepared, achievement, person.is_some()),
            });
        };
        Ok(Deposited {
            novelty: Novelty::AlreadyThere,
            outcome_id: earlier.outcome_id.0,
            learner_id: earlier.learner_id.0,
            account_number: person.row.account_number.clone(),
            status: OutcomeStatus::parse(&earlier.status).unwrap_or(OutcomeStatus::Accepted),
            flags: earlier
                .flags
                .split(',')
                .filter(|flag| !flag.is_empty())
                .map(str::to_owned)
                .collect(),
            decision_id: None,
            credit: Credit::ZERO,
            reason: None,
            usable_until: None,
        })
    }

    fn flags(&self, achievement: &AchievementRow, prepared: &Prepared) -> Vec<OutcomeFlag> {
        let currency = Currency {
            valid_from: achievement.valid_from,
            closed_on: achievement.closed_on,
        };
        let mut flags = match currency.timing(prepared.content.awarded_on) {
            AwardTiming::BeforeValid => vec![OutcomeFlag::AwardedBeforeValidity],
            AwardTiming::Current => Vec::new(),
            AwardTiming::AfterClosure => vec![OutcomeFlag::AwardedAfterClosure],
        };
        let shapes: Vec<&CertificatePattern> = self
            .patterns
            .iter()
            .filter(|(kind, family, _)| {
                *kind == achievement.kind && family.as_ref().is_none_or(|family| Some(family) == achievement.family.as_ref())
            })
            .map(|(_, _, pattern)| pattern)
            .collect();
        let misshapen = prepared
            .certificate_number
            .as_ref()
            .is_some_and(|number| !shapes.is_empty() && !shapes.iter().any(|shape| shape.matches(number)));
        if misshapen {
            flags.push(OutcomeFlag::CertificateNumberPattern);
        }
        flags
    }

    /// Finds the learner or opens an unclaimed account, and notes that the institution knows the learner.
    fn meet(&mut self, bank: &Bank, context: &Context, institution_id: Uuid, prepared: &Prepared) -> Result<(), OpError> {
        if !self.people.contains_key(&prepared.document_index) {
            let learner_id = Uuid::now_v7();
            let head = ChainHead::genesis(learner_id);
            let account_number = AccountNumber::from_entropy(crate::vault::opaque::random_number()?);
            let row = LearnerRow {
                learner_id: Key(learner_id),
                account_number: account_number.as_str().to_owned(),
                document_kind: prepared.document.kind().as_str().to_owned(),
                document_sealed: bank
                    .sealer
                    .seal(prepared.document.number().as_bytes(), &format!("learners.document:{learner_id}"))?,
                name_sealed: bank
                    .sealer
                    .seal(prepared.name.as_str().as_bytes(), &format!("learners.name:{learner_id}"))?,
                name_key: prepared.name_key.clone(),
                user_id: None,
                opened_by: Key(institution_id),
                opened_at: At(context.now),
                head_sequence: 0,
                head_hash: head.hash.to_vec(),
                available_hundredths: 0,
            };
            self.brought.identities.push(IdentityRow {
                document_index: prepared.document_index.clone(),
                learner_id: Key(learner_id),
            });
            self.brought.account_numbers.push(AccountNumberRow {
                account_number: row.account_number.clone(),
                learner_id: Key(learner_id),
            });
            self.people.insert(
                prepared.document_index.clone(),
                Person {
                    row,
                    opened_here: true,
                    before: 0,
                    head,
                },
            );
        }
        let Some(person) = self.people.get(&prepared.document_index) else {
            return Err(damaged("a learner of the slice"));
        };
        if self.known_by.insert((person.row.learner_id.0, institution_id)) {
            let row = KnownByRow {
                learner_id: person.row.learner_id.clone(),
                institution_id: Key(institution_id),
                since: At(context.now),
            };
            self.brought.known_by.push(row);
        }
        Ok(())
    }

    /// Writes the outcome into the plan and, unless a person looks at it first, its decision and its lot.
    fn record(
        &mut self,
        context: &Context,
        new: &NewOutcome,
        prepared: &Prepared,
        achievement: &AchievementRow,
        flags: &[OutcomeFlag],
    ) -> Result<Deposited, OpError> {
        let Some(person) = self.people.get_mut(&prepared.document_index) else {
            return Err(damaged("a learner of the slice"));
        };
        let status = if flags.is_empty() {
            OutcomeStatus::Accepted
        } else {
            OutcomeStatus::Flagged
        };
        let outcome = outcome_row(context, new, prepared, achievement, &person.row, status, flags);
        let mut deposited = Deposited {
            novelty: Novelty::Created,
            outcome_id: outcome.outcome_id.0,
            learner_id: person.row.learner_id.0,
            account_number: person.row.account_number.clone(),
            status,
            flags: flags.iter().map(OutcomeFlag::to_string).collect(),
            decision_id: None,
            credit: Credit::ZERO,
            reason: None,
            usable_until: None,
        };
        if flags.is_empty() {
            let inputs = inputs_of(achievement, &prepared.content, self.today)?;
            let recognition = recognise(&inputs, &self.rules);
            let decision = decision_row(context, &outcome, &inputs, &self.rules, &recognition)?;
            deposited.decision_id = Some(decision.decision_id.0);
            deposited.credit = recognition.credit;
            deposited.reason = recognition.reason.map(|reason| reason.to_string());
            deposited.usable_until = recognition.usable_until;
            if recognition.credit > Credit::ZERO {
                let (lot, movement, head) = grant(context, person, &outcome, &decision, achievement, &recognition, self.today)?;
                person.head = head;
                self.brought.lots.push(lot);
                self.brought.movements.push(movement);
            }
            self.brought.decisions.push(decision);
        }
        if let Some(number) = &outcome.certificate_number {
            let held = CertificateRow {
                certificate_number: number.clone(),
                issuer_key: outcome.issuer_key.clone(),
                learner_id: outcome.learner_id.clone(),
                outcome_id: outcome.outcome_id.clone(),
            };
            self.certificates
                .insert((number.clone(), outcome.issuer_key.clone()), outcome.clone());
            self.brought.certificates.push(held);
        }
        self.told.push((
            outcome.outcome_id.0,
            outcome.learner_id.0,
            outcome.institution_id.0,
            deposited.credit.to_string(),
        ));
        self.brought.outcomes.push(outcome);
        Ok(deposited)
    }

    /// Writes the whole plan, and tells of it.
    pub(super) fn save(mut self, context: &Context, conn: &mut Conn) -> Result<(), OpError> {
        for person in self.people.into_values() {
            if person.opened_here {
                let row = LearnerRow {
                    head_sequence: person.head.sequence,
                    head_hash: person.head.hash.to_vec(),
                    available_hundredths: person.head.available.hundredths(),
                    ..person.row
                };
                self.brought.learners.push(row);
            } else if person.head.sequence > person.before {
                let head = person.head;
                self.brought.heads.push((
                    person.row.learner_id.0,
                    person.before,
                    head.sequence,
                    head.hash.to_vec(),
                    head.available.hundredths(),
                ));
            }
        }
        // One order for all writers, so that two of them never wait for each other.
        self.brought.heads.sort_unstable_by_key(|head| head.0);
        store::bring(conn, &self.brought)?;
        let told: Vec<Told<'_>> = self
            .told
            .iter()
            .map(|(outcome_id, learner_id, institution_id, credit)| Told {
                operation: "deposit_outcome",
                subject_kind: "outcome",
                subject_id: *outcome_id,
                learner_id: Some(*learner_id),
                institution_id: Some(*institution_id),
                details: serde_json::json!({ "credit": credit }),
            })
            .collect();
        Ok(tell(conn, &context.caller.label(), context.request_id, context.now, &told)?)
    }
}

/// The names of the fields in which a certificate's second deposit differs from its first.
fn differing(earlier: &OutcomeRow, prepared: &Prepared, achievement: &AchievementRow, same_learner: bool) -> String {
    let content = &prepared.content;
    let pairs = [
        ("learner", !same_learner),
        ("achievement_code", earlier.achievement_id != achievement.achievement_id),
        ("awarded_on", earlier.awarded_on != content.awarded_on),
        ("grade", earlier.grade != content.grade),
        ("grading_scale", earlier.grading_scale != content.grading_scale),
        ("score", earlier.score != content.score),
        ("hours", earlier.hours_hundredths != content.hours.map(Hours::hundredths)),
        ("credits", earlier.original_credits != content.credits),
        (
            "trainee_group",
            earlier.trainee_group.as_deref() != content.trainee_group.map(|group| group.as_str()),
        ),
    ];
    pairs
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn outcome_row(
    context: &Context,
    new: &NewOutcome,
    prepared: &Prepared,
    achievement: &AchievementRow,
    learner: &LearnerRow,
    status: OutcomeStatus,
    flags: &[OutcomeFlag],
) -> OutcomeRow {
    let content = &prepared.content;
    OutcomeRow {
        learner_id: learner.learner_id.clone(),
        outcome_id: Key(Uuid::now_v7()),
        institution_id: Key(new.institution_id),
        achievement_id: achievement.achievement_id.clone(),
        certificate_number: content.certificate_number.clone(),
        issuer_key: achievement.issuer_key(),
        awarded_on: content.awarded_on,
        grade: content.grade.clone(),
        grading_scale: content.grading_scale.clone(),
        score: content.score.clone(),
        hours_hundredths: content.hours.map(Hours::hundredths),
        original_credits: content.credits.clone(),
        trainee_group: content.trainee_group.map(|group| group.as_str().to_owned()),
        content_digest: content.digest().to_vec(),
        status: status.as_str().to_owned(),
        flags: flags.iter().map(|flag| flag.as_str()).collect::<Vec<_>>().join(","),
        deposited_by: context.caller.label(),
        deposited_at: At(context.now),
        reviewed_at: None,
        review_reason: None,
    }
}

fn inputs_of(achievement: &AchievementRow, content: &OutcomeContent, today: NaiveDate) -> Result<RecognitionInputs, OpError> {
    Ok(RecognitionInputs {
        lineage_id: achievement.lineage_id.0,
        achievement_version: achievement.version,
        kind: AchievementKind::parse(&achievement.kind).ok_or_else(|| damaged("an achievement's kind"))?,
        family: achievement.family.clone(),
        rank: achievement.rank,
        nominal_hours: achievement
            .hours_hundredths
            .map(Hours::from_hundredths)
            .transpose()
            .map_err(|_| damaged("an achievement's hours"))?,
        awarded_on: content.awarded_on,
        hours: content.hours,
        decided_on: today,
    })
}

fn decision_row(
    context: &Context,
    outcome: &OutcomeRow,
    inputs: &RecognitionInputs,
    rules: &[RuleVersion],
    recognition: &Recognition,
) -> Result<DecisionRow, OpError> {
    // The rules that made the result are kept with it, so that it replays without the others.
    let ambiguous = recognition.reason == Some(NoCredit::AmbiguousRules);
    let used: Vec<&RuleVersion> = rules
        .iter()
        .filter(|rule| ambiguous || recognition.rule == Some((rule.rule_id, rule.version)))
        .collect();
    let text = |value: Result<String, serde_json::Error>| value.map_err(|error| damaged(&error.to_string()));
    Ok(DecisionRow {
        learner_id: outcome.learner_id.clone(),
        decision_id: Key(Uuid::now_v7()),
        outcome_id: outcome.outcome_id.clone(),
        result: recognition.reason.map_or_else(|| "credit".to_owned(), |reason| reason.to_string()),
        credit_hundredths: recognition.credit.hundredths(),
        rule_id: recognition.rule.map(|(rule_id, _)| Key(rule_id)),
        rule_version: recognition.rule.map(|(_, version)| version),
        inputs: text(serde_json::to_string(inputs))?,
        rules: text(serde_json::to_string(&used))?,
        recognition: text(serde_json::to_string(recognition))?,
        decided_at: At(context.now),
    })
}

fn grant(
    context: &Context,
    person: &Person,
    outcome: &OutcomeRow,
    decision: &DecisionRow,
    achievement: &AchievementRow,
    recognition: &Recognition,
    today: NaiveDate,
) -> Result<(LotRow, MovementRow, ChainHead), OpError> {
    let lot_id = Uuid::now_v7();
    let amount = recognition.credit;
    let content = NewMovement {
        movement_id: Uuid::now_v7(),
        lot_id,
        kind: MovementKind::Grant,
        source: Side::Bank,
        target: Side::Available,
        amount,
        effective_on: today,
        recorded_at: context.now,
        cause_kind: CauseKind::Decision,
        cause_id: decision.decision_id.0,
    };
    let (movement, head) = person
        .head
        .append(person.row.learner_id.0, content)
        .map_err(|_| damaged("a balance out of range"))?;
    let lot = LotRow {
        learner_id: outcome.learner_id.clone(),
        lot_id: Key(lot_id),
        outcome_id: outcome.outcome_id.clone(),
        decision_id: decision.decision_id.clone(),
        category: achievement.kind.clone(),
        level: achievement.level,
        usable_until: recognition.usable_until,
        granted_hundredths: amount.hundredths(),
        available_hundredths: amount.hundredths(),
        held_hundredths: 0,
        redeemed_hundredths: 0,
        expired_hundredths: 0,
        reversed_hundredths: 0,
        created_at: At(context.now),
    };
    Ok((lot, MovementRow::new(person.row.learner_id.0, &movement), head))
}
