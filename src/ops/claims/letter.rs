//! The letter of a verdict, in the reader's language, from what is kept; and its replay.

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::conversion::kept;
use super::view::{ClaimStep, step_of};
use super::{Claim, damaged, load};
use crate::domain::allocation::{Destination, nth, sentences};
use crate::domain::bilingual::Bilingual;
use crate::domain::claim::{ClaimEvent, ClaimKind, ClaimStatus, Verdict};
use crate::domain::language::Language;
use crate::domain::movement::hex;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::identity::name_of;
use crate::ops::worth::refused;
use crate::store::connection::Conn;
use crate::store::institutions::InstitutionRow;
use crate::store::{claims as store, institutions, records};
use crate::vault::opaque::digest;

/// A verdict as its receiver reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Letter {
    pub claim_id: Uuid,
    #[schema(example = "914403003429409755-2026-00017")]
    pub decision_number: String,
    pub decided_on: NaiveDate,
    pub verdict: Verdict,
    pub title: String,
    pub paragraphs: Vec<String>,
}

/// What came of judging a claim again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClaimReplay {
    pub claim_id: Uuid,
    /// Whether both are as they were, byte for byte.
    pub equal: bool,
    /// SHA-256 of the allocation that is kept and of the one that is computed now; of a conversion only.
    pub kept_digest: Option<String>,
    pub recomputed_digest: Option<String>,
    /// Whether the steps that are kept lead to where the claim stands.
    pub steps_lead_here: bool,
}

/// The letter of the last verdict.
///
/// # Errors
/// `NotFound` before there is a verdict, and what the policy answers.
pub fn read_letter(bank: &Bank, context: &Context, claim_id: Uuid, language: Language) -> Result<Letter, OpError> {
    bank.store.write(|conn| {
        let (_, claim) = load(conn, context, claim_id, Action::ReadClaim, "read_letter")?;
        let decided = claim.row.decision_number.clone().zip(claim.row.decided_on);
        let (decision_number, decided_on) = decided.ok_or(Rejection::NotFound {})?;
        let verdict = final_verdict(&claim).ok_or(Rejection::NotFound {})?;
        let steps = store::steps(conn, &claim.row)?;
        let steps = steps
            .iter()
            .map(|step| step_of(bank, step, false))
            .collect::<Result<Vec<_>, OpError>>()?;
        Ok(Letter {
            claim_id,
            title: match language {
                Language::Chinese => format!("学分{}结论书（{decision_number}）", kind_word(claim.case.kind, language)),
                Language::English => format!("Decision {decision_number} on a claim for {}", kind_word(claim.case.kind, language)),
            },
            paragraphs: paragraphs(bank, conn, &claim, verdict, &steps, language)?,
            decision_number,
            decided_on,
            verdict,
        })
    })
}

/// What a granted claim brought, for a paper that says so.
pub(in crate::ops) struct Granted {
    pub(in crate::ops) kind: ClaimKind,
    pub(in crate::ops) decision_number: String,
    pub(in crate::ops) decided_on: NaiveDate,
    /// Who decided; the bank itself where there is none.
    pub(in crate::ops) institution: Option<InstitutionRow>,
    pub(in crate::ops) outcome_ids: Vec<Uuid>,
    /// Of a recognition: the bank credit. Of a conversion: the course credit.
    pub(in crate::ops) recognised_hundredths: Option<i64>,
    /// The programme with the rules, and what was credited, in both languages.
    pub(in crate::ops) sentences: Vec<Bilingual>,
}

/// Reads what a claim brought that was granted and stands. What was refused with it, and why, is the claimant's own business.
///
/// # Errors
/// `NotFound`, `WrongState` for any other claim, and what the policy answers.
pub(in crate::ops) fn granted(context: &Context, conn: &mut Conn, claim_id: Uuid) -> Result<Granted, OpError> {
    let (_, claim) = load(conn, context, claim_id, Action::ReadClaim, "issue_statement")?;
    let status = claim.case.state.status();
    let decided = claim.row.decision_number.clone().zip(claim.row.decided_on);
    let (Some((decision_number, decided_on)), true) = (decided, is_granted(&claim)) else {
        return Err(Rejection::WrongState { state: status.to_string() }.into());
    };
    let row = &claim.row;
    let institution = match &row.institution_id {
        Some(key) => institutions::find(conn, key.0)?,
        None => None,
    };
    let mut outcome_ids: Vec<Uuid> = store::uses(conn, row)?.into_iter().map(|used| used.outcome_id.0).collect();
    outcome_ids.extend(row.outcome_id.as_ref().map(|key| key.0));
    let mut sentences = Vec::new();
    if let Some(worth_id) = &row.worth_id {
        let (_, question, allocation) = kept(conn, row.learner_id.0, worth_id.0)?;
        let both = |say: &dyn Fn(bool, Language) -> String| Bilingual {
            zh: say(true, Language::Chinese),
            en: Some(say(false, Language::English)),
        };
        sentences.push(both(&|chinese, language| programme_sentence(&question, chinese, language)));
        let awards = allocation.awards.iter();
        sentences.extend(awards.map(|award| both(&|chinese, language| award_sentence(award, chinese, language))));
    }
    Ok(Granted {
        kind: claim.case.kind,
        decision_number,
        decided_on,
        institution,
        outcome_ids,
        recognised_hundredths: row.recognised_hundredths,
        sentences,
    })
}

/// Whether a claim was granted, and that stands.
fn is_granted(claim: &Claim) -> bool {
    matches!(claim.case.state.status(), ClaimStatus::Granted | ClaimStatus::Closed) && final_verdict(claim) == Some(Verdict::Grant)
}

/// What was decided: of an appeal that still runs, what it is against.
fn final_verdict(claim: &Claim) -> Option<Verdict> {
    match claim.case.state.status() {
        ClaimStatus::Granted | ClaimStatus::Refused | ClaimStatus::Appealed | ClaimStatus::Closed => claim.case.state.verdict(),
        _ => None,
    }
}

fn kind_word(kind: ClaimKind, language: Language) -> &'static str {
    match (kind, language) {
        (ClaimKind::Conversion, Language::Chinese) => "转换",
        (ClaimKind::Recognition, Language::Chinese) => "认定",
        (ClaimKind::Conversion, Language::English) => "conversion",
        (ClaimKind::Recognition, Language::English) => "recognition",
    }
}

fn name_in(name: &Bilingual, language: Language) -> &str {
    match language {
        Language::Chinese => &name.zh,
        Language::English => name.en.as_deref().unwrap_or(&name.zh),
    }
}

fn paragraphs(
    bank: &Bank,
    conn: &mut Conn,
    claim: &Claim,
    verdict: Verdict,
    steps: &[ClaimStep],
    language: Language,
) -> Result<Vec<String>, OpError> {
    let row = &claim.row;
    let broken = || damaged(row.claim_id.0);
    let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(broken)?;
    let name = name_of(bank, &learner)?;
    let institution = match &row.institution_id {
        Some(key) => institutions::find(conn, key.0)?.map(|row| row.name),
        None => None,
    };
    let chinese = language == Language::Chinese;
    let decider = institution.unwrap_or_else(|| if chinese { "学分银行" } else { "The credit bank" }.to_owned());
    let granted = verdict == Verdict::Grant;
    let mut told = vec![if chinese {
        let outcome = if granted { "准予" } else { "不准予" };
        format!(
            "{}：您于{}提出的学分{}申请，{decider}决定{outcome}。",
            name.as_str(),
            submitted_on(steps, language),
            kind_word(claim.case.kind, language)
        )
    } else {
        let outcome = if granted { "grants" } else { "refuses" };
        format!(
            "{}: {decider} {outcome} your claim for {} of {}.",
            name.as_str(),
            kind_word(claim.case.kind, language),
            submitted_on(steps, language)
        )
    }];
    let kept = match &row.worth_id {
        Some(worth_id) => Some(kept(conn, row.learner_id.0, worth_id.0)?),
        None => None,
    };
    // As the rules call it: an id is for those who write them.
    let cited = |id: &str| -> String {
        let versions = kept.iter().flat_map(|(_, question, _)| question.versions.iter().rev());
        let mut clauses = versions.flat_map(|version| &version.pack.clauses);
        let found = clauses.find(|clause| clause.id == id);
        found.map_or_else(|| id.to_owned(), |clause| clause.citation.clone())
    };
    told.extend(reasons(steps, cited, chinese));
    if let Some((_, question, allocation)) = &kept {
        told.push(programme_sentence(question, chinese, language));
        for award in allocation.awards.iter().filter(|_| granted) {
            told.push(award_sentence(award, chinese, language));
        }
        if !granted {
            let lead = match language {
                Language::Chinese => "所申请的转换方案（未获准予）：",
                Language::English => "What was claimed, and was not granted:",
            };
            told.push(lead.to_owned());
        }
        for verdict in &allocation.verdicts {
            let outcome = question.outcomes.iter().find(|facts| facts.key == verdict.outcome);
            let said = sentences::explain(allocation, verdict, question, language);
            let named = outcome.map(|facts| facts.name.as_str()).unwrap_or_default();
            told.push(format!(
                "{named}{}{}",
                if chinese { "：" } else { ": " },
                said.join(if chinese { "" } else { " " })
            ));
        }
    }
    told.push(remedy(claim, verdict, chinese));
    Ok(told)
}

/// What the people who proposed a verdict, or decided on an appeal, said why.
fn reasons(steps: &[ClaimStep], cited: impl Fn(&str) -> String, chinese: bool) -> Vec<String> {
    let mut told = Vec::new();
    for step in steps
        .iter()
        .filter(|step| matches!(step.event.as_str(), "propose" | "decide_appeal"))
    {
        if let Some(reason) = &step.reason {
            let clauses = step.details.get("clauses").and_then(serde_json::Value::as_array);
            let ids = clauses.into_iter().flatten().filter_map(serde_json::Value::as_str);
            let mut clauses: Vec<String> = ids.map(&cited).collect();
            clauses.dedup();
            let appeal = step.event == "decide_appeal";
            told.push(match (chinese, clauses.is_empty()) {
                (true, true) => format!("{}：{reason}", if appeal { "申诉决定理由" } else { "理由" }),
                (true, false) => format!(
                    "{}（依据{}）：{reason}",
                    if appeal { "申诉决定理由" } else { "理由" },
                    clauses.join("、")
                ),
                (false, true) => format!(
                    "{}: {reason}",
                    if appeal { "Reason of the decision on the appeal" } else { "Reason" }
                ),
                (false, false) => format!("Reason, by {}: {reason}", clauses.join(", ")),
            });
        }
    }
    told
}

fn submitted_on(steps: &[ClaimStep], language: Language) -> String {
    steps.first().map(|step| language.day(step.on)).unwrap_or_default()
}

fn programme_sentence(question: &crate::domain::allocation::Question, chinese: bool, language: Language) -> String {
    let name = name_in(&question.programme.name, language);
    let packs: Vec<String> = question
        .versions
        .iter()
        .map(|version| {
            let title = name_in(&version.pack.title, language);
            if chinese {
                format!("《{title}》第 {} 版", version.version)
            } else {
                format!("{title}, version {}", version.version)
            }
        })
        .collect();
    if chinese {
        format!("专业：{name}。适用规则：{}。", packs.join("、"))
    } else {
        format!("Programme: {name}. Rules: {}.", packs.join("; "))
    }
}

fn award_sentence(award: &crate::domain::allocation::Award, chinese: bool, language: Language) -> String {
    let place = match &award.destination {
        Destination::Course { code, name, .. } if chinese => format!("课程《{}》（{code}）", name_in(name, language)),
        Destination::Course { code, name, .. } => format!("the course {} ({code})", name_in(name, language)),
        Destination::FreeCredit { bucket } if chinese => format!("类别 {bucket} 的学分"),
        Destination::FreeCredit { bucket } => format!("free credit of the bucket {bucket}"),
    };
    let grade = award.recorded_grade.as_deref();
    match (chinese, grade) {
        (true, Some(grade)) => format!("{place}：{} 学分，成绩记为“{grade}”，依据{}。", award.amount, award.citation),
        (true, None) => format!("{place}：{} 学分，记为通过，依据{}。", award.amount, award.citation),
        (false, Some(grade)) => format!("{place}: {} credits, recorded as \"{grade}\", by {}.", award.amount, award.citation),
        (false, None) => format!("{place}: {} credits, recorded as passed, by {}.", award.amount, award.citation),
    }
}

fn remedy(claim: &Claim, verdict: Verdict, chinese: bool) -> String {
    let days = claim.rules.appeal_working_days;
    let is_final = claim.case.state.status() == ClaimStatus::Closed;
    match (is_final, verdict, chinese) {
        (true, _, true) => "本结论已生效，不能再申诉。".to_owned(),
        (true, _, false) => "This decision is final.".to_owned(),
        (false, Verdict::Refuse, true) => format!("如不服本结论，可自决定之日起 {days} 个工作日内申诉。"),
        (false, Verdict::Refuse, false) => format!("You may appeal within {days} working days of the decision."),
        (false, Verdict::Grant, true) => format!("公示期内提出过异议的人可自决定之日起 {days} 个工作日内申诉。"),
        (false, Verdict::Grant, false) => format!("Whoever objected during the notice may appeal within {days} working days."),
    }
}

/// Judges again from what is kept alone: the allocation byte for byte, and the machine by the steps.
///
/// # Errors
/// `NotFound`, `Unsolvable`, and what the policy answers.
pub fn replay_claim(bank: &Bank, context: &Context, claim_id: Uuid) -> Result<ClaimReplay, OpError> {
    let (claim, steps, kept) = bank.store.write(|conn| {
        let (_, claim) = load(conn, context, claim_id, Action::ReadClaim, "replay_claim")?;
        let steps = store::steps(conn, &claim.row)?;
        let kept = match &claim.row.worth_id {
            Some(worth_id) => Some(kept(conn, claim.row.learner_id.0, worth_id.0)?),
            None => None,
        };
        Ok::<_, OpError>((claim, steps, kept))
    })?;
    let mut digests = (None, None);
    if let Some((row, question, _)) = &kept {
        let number = usize::try_from(row.head.alternative).map_err(|_| damaged(claim_id))?;
        let again = nth(question, number).map_err(|why| refused(why, question))?;
        let text = serde_json::to_string(&again).map_err(|_| damaged(claim_id))?;
        digests = (Some(hex(&digest(&row.allocation))), Some(hex(&digest(&text))));
    }
    let mut state = claim.case.kind.submitted().state;
    let mut lead_here = true;
    for step in steps.iter().skip(1) {
        let choice: Option<String> = serde_json::from_str::<serde_json::Value>(&step.details)
            .ok()
            .and_then(|details| Some(details.get("choice")?.as_str()?.to_owned()));
        match ClaimEvent::parse(&step.event, choice.as_deref()).map(|event| state.after(event, claim.case.kind, &claim.rules)) {
            Some(Ok(next)) => {
                state = next.state;
                lead_here &= state.status().as_str() == step.status;
            }
            _ => lead_here = false,
        }
    }
    let steps_lead_here = lead_here && state == claim.case.state;
    Ok(ClaimReplay {
        claim_id,
        equal: steps_lead_here && digests.0 == digests.1,
        kept_digest: digests.0,
        recomputed_digest: digests.1,
        steps_lead_here,
    })
}
