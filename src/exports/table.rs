//! The outcomes as delimited text, for spreadsheets: what one would take for a formula gets an apostrophe.

use super::Record;
use crate::domain::language::Language;
use crate::domain::record_line::RecordLine;
use crate::intake::neutral::neutralised;

/// What opens such a file as UTF-8 in the spreadsheet programs that ask for it.
const MARK: &str = "\u{feff}";

const HEAD: [(&str, &str); 13] = [
    ("学习成果", "outcome"),
    ("英文名称", "outcome in English"),
    ("种类", "kind"),
    ("颁发机构", "issuer"),
    ("统一社会信用代码", "issuer's credit code"),
    ("取得日期", "awarded on"),
    ("证书编号", "certificate number"),
    ("成绩", "grade"),
    ("评分标准", "grading scale"),
    ("分数", "score"),
    ("学时", "hours"),
    ("原始学分", "original credits"),
    ("学分银行学分", "bank credit"),
];

/// The text, with a head.
pub fn table(record: &Record, language: Language) -> String {
    let head = HEAD.map(|(chinese, english)| match language {
        Language::Chinese => chinese.to_owned(),
        Language::English => english.to_owned(),
    });
    let lines = record.lines.iter().map(|line| cells(line, language));
    delimited(std::iter::once(head).chain(lines))
}

/// Rows as delimited text, marked so that spreadsheets read it as UTF-8.
pub fn delimited<R: IntoIterator<Item = String>>(rows: impl Iterator<Item = R>) -> String {
    let mut text = String::from(MARK);
    for row in rows {
        push(&mut text, row.into_iter());
    }
    text
}

fn cells(line: &RecordLine, language: Language) -> [String; 13] {
    let or_nothing = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        line.name.zh.clone(),
        or_nothing(&line.name.en),
        line.kind.called(language).to_owned(),
        line.issuer.name.clone(),
        line.issuer.credit_code.clone(),
        line.awarded_on.to_string(),
        or_nothing(&line.certificate_number),
        or_nothing(&line.grade),
        or_nothing(&line.grading_scale),
        or_nothing(&line.score),
        line.hours.map(|hours| hours.to_string()).unwrap_or_default(),
        or_nothing(&line.original_credits),
        line.credit.map(|credit| credit.to_string()).unwrap_or_default(),
    ]
}

/// Adds a row (RFC 4180).
fn push(text: &mut String, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        let cell = neutralised(&cell);
        if cell.contains(['"', ',', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}
