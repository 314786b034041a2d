//! The plan of a slice of deposits: what was read, what each deposit makes of it, and what is to be written.
//! It works in memory only, so that the later rows of a slice see what the earlier ones will bring.

mod lent;
mod people;
mod there;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::achievements::Achievements;
use super::doubles::Doubles;
use super::prepare::Prepared;
use super::rows::{Decided, answer, mismatch_row, outcome_row};
use super::{DepositRequest, Deposited, InPlaceOf, NewOutcome, Novelty};
use crate::domain::achievement::{AchievementKind, AwardTiming, Currency};
use crate::domain::actor::{Actor, Caller};
use crate::domain::certificate_number::CertificatePattern;
use crate::domain::credit::Credit;
use crate::domain::doubles::{Double, Fact};
use crate::domain::movement::ChainHead;
use crate::domain::outcome::OutcomeFlag;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::recognition::{Recognition, RuleVersion, recognise};
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::recognition::{decision_row, grant, head_of, inputs_of, rules_text};
use crate::store::connection::Conn;
use crate::store::deposits::{self as store, Brought, CertificateRow, DecisionRow, LearnerRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::identities::Identified;
use crate::store::journal::{Told, tell};
use crate::store::standards::AchievementRow;

/// What was read before the slice is worked through.
pub(super) struct Loaded {
    pub actors: HashMap<Caller, Result<Actor, Rejection>>,
    pub learners: Vec<Identified>,
    pub known_by: Vec<(Uuid, Uuid)>,
    pub certificates: Vec<(CertificateRow, OutcomeRow)>,
    pub decisions: Vec<DecisionRow>,
    pub achievements: Vec<AchievementRow>,
    pub rules: Vec<RuleVersion>,
    /// Kind, family, pattern.
    pub patterns: Vec<(String, Option<String>, CertificatePattern)>,
    pub doubles: Doubles,
}

/// A learner of the slice, with the head before and now. Several documents lead to one where accounts were merged.
struct Person {
    row: LearnerRow,
    opened_here: bool,
    /// Something is written to the record.
    touched: bool,
    before: i64,
    head: ChainHead,
}

/// What a document says of whom it leads to.
struct Document {
    learner_id: Uuid,
    /// The account that was opened with it.
    holder_id: Uuid,
    /// The merge by which it leads elsewhere.
    merged: Option<(Uuid, Uuid)>,
    /// The names that the person has.
    names: Vec<Vec<u8>>,
}

/// The slice as it stands.
pub(super) struct Plan {
    actors: HashMap<Caller, Result<Actor, Rejection>>,
    documents: HashMap<Vec<u8>, Document>,
    people: HashMap<Uuid, Person>,
    known_by: HashSet<(Uuid, Uuid)>,
    certificates: HashMap<(String, String), OutcomeRow>,
    /// By outcome: of the certificates that were there, and of the slice.
    decisions: HashMap<Uuid, Decided>,
    achievements: Achievements,
    rules: Vec<RuleVersion>,
    /// The text of a rule that made a result, which it makes for many.
    rule_texts: HashMap<(Uuid, i64), String>,
    patterns: Vec<(String, Option<String>, CertificatePattern)>,
    pub(super) doubles: Doubles,
    /// By outcome of the slice: the index of the document that told it, and what it says as far as doubles are told by it.
    facts: HashMap<Uuid, (Vec<u8>, Fact)>,
    /// The documents of which a dry run has lent what it imagined.
    lent: HashSet<Vec<u8>>,
    brought: Brought,
    told: Vec<Told>,
    /// The day on which credit takes effect, where it is not today.
    granted_on: Option<NaiveDate>,
    /// Whether what comes takes the place of another outcome.
    replaces: bool,
}

fn damaged(what: &str) -> OpError {
    StoreError::Damaged(what.to_owned()).into()
}

impl Plan {
    pub(super) fn new(loaded: Loaded) -> Result<Self, OpError> {
        let (mut documents, mut people) = (HashMap::new(), HashMap::new());
        for found in loaded.learners {
            let document = Document {
                learner_id: found.learner.learner_id.0,
                holder_id: found.holder.learner_id.0,
                merged: found.merged(),
                names: vec![found.holder.name_key, found.learner.name_key.clone()],
            };
            let head = head_of(&found.learner)?;
            people.insert(
                document.learner_id,
                Person {
                    before: found.learner.head_sequence,
                    opened_here: false,
                    touched: false,
                    head,
                    row: found.learner,
                },
            );
            documents.insert(found.document_index, document);
        }
        let certificates = loaded
            .certificates
            .into_iter()
            .map(|(held, outcome)| ((held.certificate_number, held.issuer_key), outcome))
            .collect();
        let decided = |row: &DecisionRow| Ok((row.outcome_id.0, Decided::of(row)?));
        Ok(Self {
            actors: loaded.actors,
            documents,
            people,
            known_by: loaded.known_by.into_iter().collect(),
            certificates,
            decisions: loaded.decisions.iter().map(decided).collect::<Result<_, StoreError>>()?,
            achievements: Achievements::new(loaded.achievements),
            rules: loaded.rules,
            rule_texts: HashMap::new(),
            patterns: loaded.patterns,
            doubles: loaded.doubles,
            facts: HashMap::new(),
            lent: HashSet::new(),
            brought: Brought::default(),
            told: Vec::new(),
            granted_on: None,
            replaces: false,
        })
    }

    /// What comes takes the place of another outcome: that one's certificate number is as if it were free.
    pub(super) fn take_place(&mut self, of: InPlaceOf) {
        self.certificates.retain(|_, outcome| outcome.outcome_id.0 != of.outcome_id);
        self.doubles.take_place(of.outcome_id);
        self.replaces = true;
        self.granted_on = of.granted_on;
    }

    /// Judges one deposit, in the fixed order: permission, achievement, identity, certificate, flags, recognition.
    pub(super) fn deposit(
        &mut self,
        bank: &Bank,
        request: &DepositRequest,
        prepared: &Prepared,
    ) -> Result<Result<Deposited, Rejection>, OpError> {
        let (context, new) = (&request.context, &request.outcome);
        let achievement = match self.permitted(context, new).and_then(|()| self.achievements.of(new)) {
            Ok(achievement) => achievement,
            Err(rejection) => return Ok(Err(rejection)),
        };
        if new.contest.is_some() && achievement.kind != AchievementKind::Contest.as_str() {
            return Ok(Err(Rejection::field("/contest", "does not belong to this kind of achievement")));
        }
        if let Some(document) = self
            .documents
            .get(&prepared.document_index)
            .filter(|document| !document.names.contains(&prepared.name_key))
        {
            let mismatch = mismatch_row(bank, request, prepared, document.holder_id)?;
            self.brought.mismatches.push(mismatch);
            return Ok(Err(Rejection::IdentityMismatch {}));
        }
        if let Some(earlier) = prepared
            .content
            .certificate_number
            .clone()
            .and_then(|number| self.certificates.get(&(number, achievement.issuer_key())))
        {
            return self.again(earlier, prepared, &achievement);
        }
        if let Some(earlier) = self
            .doubles
            .same(new.institution_id, prepared)
            .filter(|_| prepared.content.certificate_number.is_none())
        {
            return self.there(earlier, prepared).map(Ok);
        }
        let mut flags = self.flags(&achievement, prepared);
        let learner_id = self.learner_of(&prepared.document_index);
        let fact = self.doubles.fact(new.institution_id, &achievement, prepared);
        let doubles = match self.replaces {
            // What takes the place of an outcome was looked at by people.
            true => Vec::new(),
            false => self.doubles.found(learner_id, prepared, &fact),
        };
        flags.extend(doubles.iter().map(|double| double.flag));
        let account_opened = self.meet(context, new.institution_id, prepared)?;
        let deposited = self.record(bank, context, new, prepared, &achievement, (&flags, &doubles))?;
        let told_by = (prepared.document_index.clone(), fact.clone());
        self.facts.insert(deposited.outcome_id, told_by);
        let known = Fact {
            outcome_id: Some(deposited.outcome_id),
            ..fact
        };
        self.doubles.add(deposited.learner_id, known);
        Ok(Ok(Deposited {
            account_opened,
            ..deposited
        }))
    }

    fn permitted(&self, context: &Context, new: &NewOutcome) -> Result<(), Rejection> {
        match self.actors.get(&context.caller) {
            Some(Ok(actor)) => policy::allowed(actor, Action::DepositOutcome, Resource::Institution(new.institution_id)),
            Some(Err(rejection)) => Err(rejection.clone()),
            None => Err(Rejection::Unauthenticated {}),
        }
    }

    /// The text of the rules that made a result.
    fn rules_text(&mut self, recognition: &Recognition) -> Result<String, OpError> {
        let Some(named) = recognition.rule else {
            return rules_text(&self.rules, recognition);
        };
        if let Some(text) = self.rule_texts.get(&named) {
            return Ok(text.clone());
        }
        let text = rules_text(&self.rules, recognition)?;
        self.rule_texts.insert(named, text.clone());
        Ok(text)
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

    /// Writes the outcome into the plan and, unless a person looks at it first, its decision and its lot.
    fn record(
        &mut self,
        bank: &Bank,
        context: &Context,
        new: &NewOutcome,
        prepared: &Prepared,
        achievement: &AchievementRow,
        (flags, doubles): (&[OutcomeFlag], &[Double]),
    ) -> Result<Deposited, OpError> {
        let today = bank.day(context.now);
        let judged = if flags.is_empty() {
            let inputs = inputs_of(achievement, prepared.content.awarded_on, prepared.content.hours, today)?;
            let recognition = recognise(&inputs, &self.rules);
            let rules = self.rules_text(&recognition)?;
            Some((inputs, recognition, rules))
        } else {
            None
        };
        let found = self.documents.get(&prepared.document_index);
        let Some(person) = found.and_then(|document| self.people.get_mut(&document.learner_id)) else {
            return Err(damaged("a learner of the slice"));
        };
        let outcome = outcome_row(context, new, prepared, achievement, &person.row, (flags, doubles))?;
        let mut decided = None;
        if let Some((inputs, recognition, rules)) = judged {
            let row = decision_row(context, &outcome, &inputs, rules, &recognition)?;
            if recognition.credit > Credit::ZERO {
                let (lot, movement, head) = grant(
                    context,
                    &person.head,
                    &outcome,
                    &row,
                    achievement,
                    &recognition,
                    self.granted_on.unwrap_or(today),
                )?;
                person.head = head;
                self.brought.lots.push(lot);
                self.brought.movements.push(movement);
            }
            let decision_id = row.decision_id.0;
            self.brought.decisions.push(row);
            decided = Some(Decided { decision_id, recognition });
        }
        let deposited = answer(Novelty::Created, &outcome, &person.row.account_number, decided.as_ref())?;
        if let Some(decided) = decided {
            self.decisions.insert(outcome.outcome_id.0, decided);
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
        self.told.push(
            context
                .told("deposit_outcome", "outcome", outcome.outcome_id.0)
                .of_learner(outcome.learner_id.0)
                .of_institution(outcome.institution_id.0)
                .with(serde_json::json!({ "credit": deposited.credit, "status": deposited.status })),
        );
        self.doubles.add_same(&outcome);
        self.brought.outcomes.push(outcome);
        Ok(deposited)
    }

    /// Writes the whole plan, and tells of it.
    pub(super) fn save(mut self, conn: &mut Conn) -> Result<(), OpError> {
        for person in self.people.into_values() {
            if person.opened_here {
                let row = LearnerRow {
                    head_sequence: person.head.sequence,
                    head_hash: person.head.hash.to_vec(),
                    available_hundredths: person.head.available.hundredths(),
                    ..person.row
                };
                self.brought.learners.push(row);
            } else if person.touched {
                // Also where no credit came: whoever merges the learner meanwhile waits, or is seen.
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
        self.brought.merged.sort_unstable();
        self.brought.likenesses.sort_unstable();
        store::bring(conn, &self.brought)?;
        Ok(tell(conn, &self.told)?)
    }
}
