//! Statements to be printed.

use std::time::Instant;

use chrono::{TimeZone, Utc};
use credit_bank::paper::data::{BalanceLine, Both, Check, Head, Holder, OutcomeLine, StatementData};
use credit_bank::paper::{Order, Paper, PaperSettings, Template, code_of, moment};

fn outcome(number: usize) -> OutcomeLine {
    OutcomeLine {
        name: Both::of(
            "电工（四级）职业技能等级证书",
            "Occupational Skill Certificate: Electrician, Level 4",
        ),
        kind: Both::of("职业资格或职业技能等级证书", "occupational certificate"),
        level: Some(Both::of("四级", "Level 4")),
        certificate_number: Some(format!("S000441012345242{number:06}")),
        remark: None,
        institution: "安阳职业技术学院".to_owned(),
        awarded_on: format!("2025-03-{:02}", number % 28 + 1),
        grade: Some("合格".to_owned()),
        hours: Some("120.50".to_owned()),
        credit: Some("16.00".to_owned()),
    }
}

fn statement(rows: usize, number: &str) -> StatementData {
    let url = format!("https://bank.example/check/{number}");
    let amount = |text: &str| text.to_owned();
    let balance = BalanceLine {
        category: Both::of("职业资格或职业技能等级证书", "occupational certificate"),
        level: Some("4".to_owned()),
        granted: amount("160.00"),
        available: amount("160.00"),
        held: amount("0.00"),
        redeemed: amount("0.00"),
        expired: amount("0.00"),
        reversed: amount("0.00"),
    };
    StatementData {
        head: Head {
            number: number.to_owned(),
            language: "zh".to_owned(),
            bank: Both::of("安阳市终身学习学分银行", "Anyang Lifelong Learning Credit Bank"),
            issued: moment(&Utc.with_ymd_and_hms(2026, 11, 25, 8, 30, 15).unwrap()),
            issued_on: "2026-11-25".to_owned(),
            as_of: "2026-11-25".to_owned(),
            learner: Holder {
                name: "王芳".to_owned(),
                account_number: "1234 5678 9012 3494".to_owned(),
                document_kind: Both::of("居民身份证", "resident identity card"),
                document_masked: "110*************2X".to_owned(),
            },
            check: Check {
                modules: code_of(&url).unwrap(),
                url,
            },
            credential: true,
        },
        outcomes: (0..rows).map(outcome).collect(),
        balances: vec![balance.clone()],
        total: Some(balance),
    }
}

/// Prints statements of some rows, each of another person's number: the milliseconds of the first and of the median, and its pages
/// and bytes.
pub(crate) fn printed(rows: usize) -> (f64, f64, usize, usize) {
    let paper = Paper::open(&PaperSettings::default()).unwrap();
    let mut times = Vec::new();
    let mut last = (0, 0);
    for number in 0..11 {
        let number = format!("2026483729105566{number:04}");
        let data = serde_json::to_value(statement(rows, &number)).unwrap();
        let begun = Instant::now();
        let printed = paper
            .print(&Order {
                template: Template::Statement,
                data: &data,
                number: &number,
                credential: Some(b"{}"),
            })
            .unwrap();
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        last = (printed.pages, printed.pdf.len());
    }
    let first = times.remove(0);
    times.sort_by(f64::total_cmp);
    (first, times[times.len() / 2], last.0, last.1)
}
