//! Files given back with what became of each row, and read again.

use std::io::Cursor;

use credit_bank::intake::Options;
use credit_bank::intake::about::Note;
use credit_bank::intake::annotate::{Kept, Remark, annotate};
use credit_bank::intake::told::RowRead;
use proptest::prelude::*;

use crate::common::{HEADER, ROW, opened, options, rows, told, workbook, write_lines};

fn given_back(bytes: &[u8], options: &Options, kept: Kept, remark: impl FnMut(u64) -> Option<Remark>) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    annotate(Cursor::new(bytes.to_vec()), "upload", options, kept, &mut out, remark).unwrap();
    out.into_inner()
}

fn refused(row: u64) -> Remark {
    Remark {
        result: "refused".to_owned(),
        explanation: format!("=cmd|' /C calc'!A{row}"),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_text_comes_back_in_its_encoding_with_its_delimiter() {
    let file = format!(
        "标题\n{}\n{}\n\n=1;王芳;c;2024-03-01;2\n",
        HEADER.replace(',', ";"),
        ROW.replace(',', ";")
    );
    let gb = encoding_rs::GB18030.encode(&file).0.into_owned();
    let back = given_back(&gb, &options(), Kept::All, |row| (row == 5).then(|| refused(row)));
    let (back_text, faults) = encoding_rs::GB18030.decode_without_bom_handling(&back);
    assert!(!faults);
    assert_eq!(
        back_text,
        "身份证号;姓名;成果编码;取得日期;学时;处理结果;处理说明\r\n\
         11010519491231002X;王芳;tr-care;2024-03-01;32;;\r\n\
         '=1;王芳;c;2024-03-01;2;refused;'=cmd|' /C calc'!A5\r\n"
    );
    // Uploaded again, the bank's own columns are left alone, and given back they are there once.
    let reading = opened(&back, &options()).unwrap();
    assert!(reading.about().notes.contains(&Note::OwnColumnsIgnored));
    let again = given_back(&back, &options(), Kept::WithRemark, |row| (row == 3).then(|| refused(row)));
    let (again, _) = encoding_rs::GB18030.decode_without_bom_handling(&again);
    assert_eq!(again.lines().count(), 2);
    assert_eq!(again.matches("处理结果").count(), 1);
}

#[test]
fn every_encoding_keeps_its_mark() {
    let file = format!("{HEADER}\n{ROW}\n");
    // Found by fuzzing: records lost theirs, and could not be read again.
    let record = r#"[{"document_number":"11010519491231002X","name":"王芳","achievement_code":"c","awarded_on":"2024-03-01"}]"#.to_owned();
    let wide = |file: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(file.encode_utf16().flat_map(bytes)).collect()
    };
    for bytes in [
        file.clone().into_bytes(),
        format!("\u{feff}{file}").into_bytes(),
        wide(&file, [0xFF, 0xFE], u16::to_le_bytes),
        wide(&file, [0xFE, 0xFF], u16::to_be_bytes),
        format!("\u{feff}{record}").into_bytes(),
        wide(&record, [0xFF, 0xFE], u16::to_le_bytes),
        wide(&record, [0xFE, 0xFF], u16::to_be_bytes),
        file.replace(',', "，").into_bytes(),
    ] {
        let back = given_back(&bytes, &options(), Kept::All, |row| Some(refused(row)));
        let (before, after) = (opened(&bytes, &options()).unwrap(), opened(&back, &options()).unwrap());
        assert_eq!(before.about().encoding, after.about().encoding);
        assert_eq!(before.about().delimiter, after.about().delimiter);
        assert_eq!(told(&bytes, &options()), told(&back, &options()));
    }
}

#[test]
fn a_workbook_comes_back_as_a_workbook_of_texts() {
    let bytes = workbook(|sheet| {
        sheet.set_name("成果").unwrap();
        write_lines(sheet, &["题目", HEADER, ROW, ROW]);
        sheet.write_number(3, 4, 8.5).unwrap();
        sheet.write_string(3, 1, "=HYPERLINK(\"http://x.example\")").unwrap();
    });
    let back = given_back(&bytes, &options(), Kept::WithRemark, |row| (row == 4).then(|| refused(row)));
    let reading = opened(&back, &options()).unwrap();
    assert_eq!(reading.about().sheet.as_deref(), Some("成果"));
    let names: Vec<&str> = reading.about().columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names[5..], ["处理结果", "处理说明"]);
    let read = rows(&back, &options()).unwrap();
    let told = read[0].outcomes[0].as_ref().unwrap();
    assert_eq!(
        (told.name.as_str(), told.hours.unwrap().to_string()),
        ("=HYPERLINK(\"http://x.example\")", "8.50".to_owned())
    );
    // A text, and no formula, is what stands there.
    let mut archive = zip::ZipArchive::new(Cursor::new(back)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(crate::common::SHEET).unwrap(), &mut sheet).unwrap();
    assert!(!sheet.contains("<f>"), "{sheet}");
}

#[test]
fn records_come_back_with_two_properties() {
    let good = r#"{"document_number":"E1","document_kind":"passport","name":"J","achievement_code":"c","awarded_on":"2024-03-01"}"#;
    let file = format!("{good}\n{{broken\n{good}\n");
    let back = given_back(file.as_bytes(), &options(), Kept::WithRemark, |row| (row < 3).then(|| refused(row)));
    let lines: Vec<serde_json::Value> = text(&back).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (lines[0]["bank_result"].as_str(), lines[0]["name"].as_str()),
        (Some("refused"), Some("J"))
    );
    assert_eq!(lines[1]["line"], "{broken");
    // They are ignored when they come again, and replaced when given back.
    assert_eq!(
        told(text(&back).lines().next().unwrap().as_bytes(), &options()),
        ["1: c 2024-03-01"]
    );
    let array = format!("[{good}, {good}]");
    let back = given_back(array.as_bytes(), &options(), Kept::All, |row| (row == 2).then(|| refused(row)));
    let values: Vec<serde_json::Value> = serde_json::from_slice(&back).unwrap();
    assert!(values[0].get("bank_result").is_none() && values[1]["bank_result"] == "refused");
    let none = given_back(array.as_bytes(), &options(), Kept::WithRemark, |_| None);
    assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(&none).unwrap().len(), 0);
    let statements = include_str!("../fixtures/xapi.json");
    let back = given_back(statements.as_bytes(), &options(), Kept::All, |_| None);
    assert_eq!(told(statements.as_bytes(), &options()), told(&back, &options()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What is written and read again is what was read.
    #[test]
    fn what_is_given_back_reads_the_same(
        cells in proptest::collection::vec("[ -~\"',;\t=+@学时王芳0-9]{0,12}", 4..24),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|', '，']),
        gb in any::<bool>(),
    ) {
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let between = delimiter.to_string();
        let lines: Vec<String> = cells
            .chunks(4)
            .map(|row| {
                let number = quoted("11010519491231002X");
                std::iter::once(number).chain(row.iter().map(|cell| quoted(cell))).collect::<Vec<_>>().join(&between)
            })
            .collect();
        let header = HEADER.replace(',', &between);
        let file = format!("{header}\n{}\n", lines.join("\n"));
        let bytes = if gb { encoding_rs::GB18030.encode(&file).0.into_owned() } else { file.into_bytes() };
        let back = given_back(&bytes, &options(), Kept::All, |_| None);
        let (before, after) = (rows(&bytes, &options()), rows(&back, &options()));
        let outcomes = |rows: Vec<RowRead>| rows.into_iter().map(|row| row.outcomes).collect::<Vec<_>>();
        // Not by `prop_assert_eq`, because what is printed of an outcome is not all of it.
        prop_assert!(before.map(outcomes) == after.map(outcomes));
        let again = given_back(&back, &options(), Kept::All, |_| None);
        prop_assert_eq!(again, back);
    }
}

#[test]
fn records_with_a_broken_one_among_them_are_read_again_when_they_were_given_back() {
    let one = r#"{"document_number":"E12345678","document_kind":"passport","name":"J","achievement_code":"c","awarded_on":"2024-03-01","hours":32}"#;
    let broken = r#"{"document_number":"E12345678","document_kind":"passpored_on":"2024-03-01","hours":32}"#;
    for file in [
        format!("[{broken},{one}]"),
        format!("{broken}\n{one}\n"),
        format!("[{one},{broken},{one}]"),
        format!("{one}\n{broken}\n{one}\n"),
        format!("[{one},{broken}]"),
    ] {
        let first = rows(file.as_bytes(), &options());
        let back = given_back(file.as_bytes(), &options(), Kept::All, |_| None);
        let again = rows(&back, &options());
        assert_eq!(again.is_ok(), first.is_ok(), "{file}\n{}\n{first:?}\n{again:?}", text(&back));
    }
    // Found by fuzzing: with nothing but broken ones, their properties were looked for in vain.
    let back = given_back(format!("[{broken}]").as_bytes(), &options(), Kept::All, |row| Some(refused(row)));
    let said = told(&back, &options());
    assert!(said.iter().all(|row| row.contains("broken_json")), "{said:?}");
    // Corrected where it stands, it is a record like any other.
    let line = serde_json::Value::from(one).to_string();
    let mended = format!("{{\"line\":{line},\"bank_result\":\"refused\"}}");
    assert!(rows(mended.as_bytes(), &options()).unwrap()[0].outcomes[0].is_ok());
}
