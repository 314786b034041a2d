//! What a paper says: gathered in one reading of the record, at the moment at which it is issued.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::super::identity::{document_of, name_of};
use super::super::record_lines::{lines_of, standing_outcomes, stands};
use super::super::records::{Balance, balances_now};
use super::{check_url, decided};
use crate::domain::achievement::AchievementKind;
use crate::domain::language::Language;
use crate::domain::paper_number::PaperNumber;
use crate::domain::record_line::RecordLine;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::statement::{NewStatement, StatementKind};
use crate::domain::text::in_fours;
use crate::paper::data::{BalanceLine, Both, CertificateData, Check, Fact, Head, Holder, OutcomeLine, StatementData};
use crate::paper::{self, ROWS_MAX};
use crate::store::connection::Conn;
use crate::store::deposits::{LearnerRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::records;

/// What is to be printed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "template", content = "data", rename_all = "snake_case")]
pub(super) enum Content {
    Statement(StatementData),
    Certificate(CertificateData),
}

impl Content {
    /// What all papers have.
    pub(super) fn head_mut(&mut self) -> &mut Head {
        match self {
            Self::Statement(data) => &mut data.head,
            Self::Certificate(data) => &mut data.head,
        }
    }
}

/// What was gathered, and what it is about.
pub(super) struct Gathered {
    pub(super) content: Content,
    pub(super) outcome_ids: Vec<Uuid>,
    pub(super) institution_id: Option<Uuid>,
}

/// Gathers what the paper says.
///
/// # Errors
/// `StatementTooLong`, `InvalidBody` for an outcome that is not the learner's or stands no more, and what a decision answers.
pub(super) fn gather(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    learner: &LearnerRow,
    new: &NewStatement,
    number: &PaperNumber,
) -> Result<Gathered, OpError> {
    let head = head(bank, context, learner, new, number)?;
    if let Some(claim_id) = new.claim_id {
        return decided::gather(bank, context, conn, head, claim_id);
    }
    let rows = rows(conn, learner, new)?;
    let lines = lines_of(conn, rows)?;
    let outcome_ids = lines.iter().map(|line| line.outcome_id).collect();
    if let (StatementKind::Outcome, [one]) = (new.kind, &lines[..]) {
        return Ok(Gathered {
            content: Content::Certificate(certificate(head, &line(one))),
            outcome_ids,
            institution_id: Some(one.issuer.institution_id),
        });
    }
    // Chosen outcomes tell nothing of the rest of the account.
    let (balances, total) = match new.kind {
        StatementKind::Record => balances(conn, learner)?,
        _ => (Vec::new(), None),
    };
    Ok(Gathered {
        content: Content::Statement(StatementData {
            head,
            outcomes: lines.iter().map(line).collect(),
            balances,
            total,
        }),
        outcome_ids,
        institution_id: None,
    })
}

fn head(bank: &Bank, context: &Context, learner: &LearnerRow, new: &NewStatement, number: &PaperNumber) -> Result<Head, OpError> {
    let document = document_of(bank, learner)?;
    let url = check_url(bank, number.as_str());
    let day = bank.day(context.now).to_string();
    Ok(Head {
        number: number.spaced(),
        language: new.language.to_string(),
        bank: bank.name.clone().into(),
        issued: paper::moment(&context.now.with_timezone(&bank.offset)),
        issued_on: day.clone(),
        as_of: day,
        learner: Holder {
            name: name_of(bank, learner)?.as_str().to_owned(),
            account_number: in_fours(&learner.account_number),
            document_kind: said(|language| document.kind().called(language)),
            document_masked: document.masked(),
        },
        check: Check {
            modules: paper::code_of(&url).map_err(|error| OpError::Secret(error.to_string()))?,
            url,
        },
        credential: false,
    })
}

/// A text of the bank's own in both languages.
pub(super) fn said(in_language: impl Fn(Language) -> &'static str) -> Both {
    Both::of(in_language(Language::Chinese), in_language(Language::English))
}

/// The outcomes that the paper is about.
fn rows(conn: &mut Conn, learner: &LearnerRow, new: &NewStatement) -> Result<Vec<OutcomeRow>, OpError> {
    let rows = match new.kind {
        StatementKind::Record => standing_outcomes(conn, learner.learner_id.0)?,
        _ => {
            let mut rows = Vec::with_capacity(new.outcome_ids.len());
            let mut problems = Vec::new();
            for (place, outcome_id) in new.outcome_ids.iter().enumerate() {
                match records::outcome(conn, *outcome_id)? {
                    Some(row) if row.learner_id == learner.learner_id && stands(&row) => rows.push(row),
                    _ => {
                        let detail = "is not an outcome of the learner that stands";
                        problems.push(FieldProblem::new(format!("/outcome_ids/{place}"), detail));
                    }
                }
            }
            Rejection::any_of(problems)?;
            rows
        }
    };
    if rows.len() > ROWS_MAX {
        return Err(Rejection::StatementTooLong { rows_max: ROWS_MAX }.into());
    }
    Ok(rows)
}

fn line(line: &RecordLine) -> OutcomeLine {
    OutcomeLine {
        name: line.name.clone().into(),
        kind: said(|language| line.kind.called(language)),
        level: line.level.as_ref().map(|level| level.name.clone().into()),
        certificate_number: line.certificate_number.clone(),
        remark: line
            .disputed
            .then(|| Both::of("学习者已申请更正", "the learner has asked for a correction")),
        institution: line.issuer.name.clone(),
        awarded_on: line.awarded_on.to_string(),
        grade: line.result().map(str::to_owned),
        hours: line.hours.map(|hours| hours.to_string()),
        credit: line.credit.map(|credit| credit.to_string()),
    }
}

fn balances(conn: &mut Conn, learner: &LearnerRow) -> Result<(Vec<BalanceLine>, Option<BalanceLine>), StoreError> {
    let (balances, total) = balances_now(conn, learner.learner_id.0)?;
    let line = |balance: &Balance, category: Both| BalanceLine {
        category,
        level: balance.level.map(|level| level.to_string()),
        granted: balance.granted.to_string(),
        available: balance.available.to_string(),
        held: balance.held.to_string(),
        redeemed: balance.redeemed.to_string(),
        expired: balance.expired.to_string(),
        reversed: balance.reversed.to_string(),
    };
    let named = |category: &str| match AchievementKind::parse(category) {
        Some(kind) => said(|language| kind.called(language)),
        None => Both::same(category),
    };
    let lines = balances.iter().map(|balance| line(balance, named(&balance.category))).collect();
    Ok((lines, total.map(|total| line(&total, Both::of("合计", "Total")))))
}

/// A page about one outcome.
fn certificate(head: Head, line: &OutcomeLine) -> CertificateData {
    let name = &head.learner.name;
    let paragraphs = vec![Both::of(
        format!("兹证明 {name} 取得下列学习成果。该成果由颁发机构存入学分银行，在签发之日有效。"),
        format!(
            "This certifies that {name} earned the learning outcome below. The institution that issued it deposited it in the credit bank, where it stands on the day of issue."
        ),
    )];
    let mut facts = Vec::new();
    let mut add = |zh: &str, en: &str, value: Option<Both>| {
        if let Some(value) = value {
            facts.push(Fact {
                label: Both::of(zh, en),
                value,
            });
        }
    };
    add("学习成果", "Learning outcome", Some(line.name.clone()));
    add("种类", "Kind", Some(line.kind.clone()));
    add("等级", "Level", line.level.clone());
    add("颁发机构", "Issued by", Some(Both::same(&line.institution)));
    add("取得日期", "Awarded on", Some(Both::same(&line.awarded_on)));
    add("证书编号", "Certificate number", line.certificate_number.as_ref().map(Both::same));
    add("成绩", "Grade", line.grade.as_ref().map(Both::same));
    add("学时", "Hours", line.hours.as_ref().map(Both::same));
    add(
        "学分银行认定学分",
        "Credit recognised by the bank",
        line.credit.as_ref().map(Both::same),
    );
    add("备注", "Remark", line.remark.clone());
    CertificateData {
        title: Both::of("学习成果证书", "Certificate of a Learning Outcome"),
        head,
        paragraphs,
        facts,
    }
}
