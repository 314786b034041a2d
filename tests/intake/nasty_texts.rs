//! Delimited texts that go wrong in practice, each with its expected answer.

use credit_bank::intake::about::{Encoding, Format, Note};
use credit_bank::intake::field::Field;
use credit_bank::intake::file_problem::FileProblem;
use credit_bank::intake::limits::Limits;

use crate::common::{HEADER, ROW, opened, options, outcomes, rows, told};

const GOOD: &str = "2: tr-care 2024-03-01 32.00";

fn file(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn utf_16(text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
}

#[test]
fn texts_with_their_answers() {
    let good = file(&[ROW]);
    let cell = |column: usize, value: &str| {
        let mut cells: Vec<&str> = ROW.split(',').collect();
        cells[column] = value;
        file(&[&cells.join(",")]).into_bytes()
    };
    let number = |value: &str| cell(0, value);
    let date = |value: &str| cell(3, value);
    let hours = |value: &str| cell(4, value);
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("as everybody would write it", good.clone().into_bytes(), &[GOOD]),
        ("nothing", vec![], &["empty_file"]),
        ("only a mark", "\u{feff}".into(), &["empty_file"]),
        ("only line ends", "\n\n\r\n".into(), &["empty_file"]),
        ("a header only", format!("{HEADER}\n").into(), &["no_rows"]),
        ("no line end at the end", good.trim_end().into(), &[GOOD]),
        ("a byte order mark", format!("\u{feff}{good}").into(), &[GOOD]),
        ("GB18030", gb18030(&good), &[GOOD]),
        ("GB18030 with a rare letter", gb18030(&good.replace("王芳", "王𠮷")), &[GOOD]),
        ("UTF-16, little end first", utf_16(&good, [0xFF, 0xFE], u16::to_le_bytes), &[GOOD]),
        ("UTF-16, big end first", utf_16(&good, [0xFE, 0xFF], u16::to_be_bytes), &[GOOD]),
        (
            "UTF-16 without its mark",
            good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            &["unknown_format"],
        ),
        (
            "bytes of no encoding",
            [good.as_bytes(), b"\xFF\xFF,\n"].concat(),
            &["undecodable_bytes"],
        ),
        (
            "UTF-8 with one byte lost",
            [good.as_bytes(), &"姓名".as_bytes()[..5], b"\n"].concat(),
            &["undecodable_bytes"],
        ),
        ("NUL bytes", good.replace("王芳", "王\0芳").into(), &["unknown_format"]),
        ("semicolons", good.replace(',', ";").into(), &[GOOD]),
        ("tabulators", good.replace(',', "\t").into(), &[GOOD]),
        ("bars", good.replace(',', "|").into(), &[GOOD]),
        ("full-width commas", good.replace(',', "，").into(), &[GOOD]),
        (
            "a line that names the delimiter",
            format!("sep=;\n{}", good.replace(',', ";")).into(),
            &["3: tr-care 2024-03-01 32.00"],
        ),
        ("CR LF", good.replace('\n', "\r\n").into(), &[GOOD]),
        ("CR alone", good.replace('\n', "\r").into(), &[GOOD]),
        (
            "line ends of all kinds",
            format!("{HEADER}\r\n{ROW}\n{ROW}\r{ROW}").into(),
            &[GOOD, "3: tr-care 2024-03-01 32.00", "4: tr-care 2024-03-01 32.00"],
        ),
        (
            "empty lines between",
            format!("{HEADER}\n\n\n{ROW}\n,,,,\n{ROW}\n\n").into(),
            &["4: tr-care 2024-03-01 32.00", "6: tr-care 2024-03-01 32.00"],
        ),
        (
            "everything in quotation marks",
            good.replace(",", "\",\"")
                .replace('\n', "\"\n\"")
                .trim_end_matches('"')
                .replacen("身份证号", "\"身份证号", 1)
                .into(),
            &[GOOD],
        ),
        (
            "a line break in a cell",
            format!("{HEADER},备注\n{ROW},\"一\n二\"\n{ROW},\n").into(),
            &[GOOD, "4: tr-care 2024-03-01 32.00"],
        ),
        (
            "a line break in a code",
            cell(2, "\"tr\ncare\""),
            &["2: 成果编码 control_character"],
        ),
        (
            "a quotation mark without its partner",
            format!("{HEADER}\n{ROW}\n1,\"王芳,tr-care,2024-03-01,32\n{ROW}\n").into(),
            &[GOOD, "unterminated_quote"],
        ),
        ("a quotation mark inside", cell(1, "\"王\"\"芳\""), &[GOOD]),
        (
            "a short row",
            file(&["11010519491231002X,王芳,tr-care"]).into(),
            &["2: 取得日期 missing"],
        ),
        ("a long row", file(&[&format!("{ROW},x")]).into(), &["2: more_cells_than_columns"]),
        ("a long row of nothing", file(&[&format!("{ROW},,,")]).into(), &[GOOD]),
        (
            "title lines",
            format!("2024年度培训成果汇总表\n制表：教务处\n\n{good}").into(),
            &["5: tr-care 2024-03-01 32.00"],
        ),
        ("a row of sums", file(&[ROW, "合计,1,,,32"]).into(), &[GOOD]),
        (
            "a header with stars and brackets",
            good.replace("姓名", "* 姓 名（必填）").into(),
            &[GOOD],
        ),
        (
            "an English header",
            good.replace(HEADER, "ID Number,Full Name,Course Code,Issue Date,Training Hours")
                .into(),
            &[GOOD],
        ),
        (
            "a header twice",
            good.replace(HEADER, "身份证号,姓名,成果编码,取得日期,姓名").into(),
            &["header_repeated"],
        ),
        (
            "two headers of one meaning",
            good.replace("学时", "发证日期").into(),
            &["field_repeated"],
        ),
        ("no header", format!("{ROW}\n{ROW}\n").into(), &["columns_missing"]),
        ("columns missing", good.replace("取得日期", "日子").into(), &["columns_missing"]),
        (
            "Big5",
            encoding_rs::BIG5
                .encode(&file(&[ROW]).replace(HEADER, "身分證號,姓名,課程代碼,取得日期,時數").repeat(9))
                .0
                .into_owned(),
            &["header_in_other_encoding"],
        ),
        ("scientific notation", number("4.10526E+17"), &["2: 身份证号 damaged_number"]),
        ("digits lost", number("410526198907158000"), &["2: 身份证号 damaged_number"]),
        ("full-width digits", number("１１０１０５１９４９１２３１００２Ｘ"), &[GOOD]),
        ("a tabulator after the number", number("11010519491231002X\t"), &[GOOD]),
        ("an apostrophe before the number", number("'11010519491231002X"), &[GOOD]),
        ("no number", number(""), &["2: 身份证号 missing"]),
        ("no-break spaces only", number("\u{a0}\u{3000}"), &["2: 身份证号 missing"]),
        ("a Chinese date", date("二〇二四年三月一日"), &[GOOD]),
        ("a date of two readings", date("03/04/2024"), &["2: 取得日期 ambiguous_date"]),
        ("a date of one reading", date("13/03/2024"), &["2: tr-care 2024-03-13 32.00"]),
        ("two digits of a year", date("24-03-01"), &["2: 取得日期 two_digit_year"]),
        ("a day that is not", date("2023-02-29"), &["2: 取得日期 no_such_day"]),
        ("a month", date("2024年3月"), &["2: 取得日期 date_without_day"]),
        ("days as a spreadsheet counts", date("45352"), &[GOOD]),
        (
            "a day to come is the bank's to refuse",
            date("2199-01-01"),
            &["2: tr-care 2199-01-01 32.00"],
        ),
        ("hours with their unit", hours("32学时"), &[GOOD]),
        ("hours in full width", hours("３２．０"), &[GOOD]),
        ("negative hours", hours("-5"), &["2: 学时 negative_hours"]),
        ("no hours", hours("NaN"), &["2: 学时 not_hours"]),
        ("hours with a comma", hours("\"32,5\""), &["2: 学时 ambiguous_number"]),
        ("too many hours", hours("1e9"), &["2: 学时 not_hours"]),
        ("a formula", cell(1, "\"=HYPERLINK(\"\"http://x.example\"\",\"\"王\"\")\""), &[GOOD]),
        (
            "two things wrong in one row",
            file(&["4.1E+17,,tr-care,yesterday,-1"]).into(),
            &["2: 身份证号 damaged_number, 姓名 missing, 取得日期 not_a_date, 学时 negative_hours"],
        ),
        (
            "HTML called a spreadsheet",
            format!("\n<html><table><tr><td>{HEADER}</td></tr></table></html>").into(),
            &["other_format"],
        ),
        (
            "XML called a spreadsheet",
            "<?xml version=\"1.0\"?><Workbook/>".into(),
            &["other_format"],
        ),
        ("a PDF with another name", b"%PDF-1.7\n%\xE2\xE3".to_vec(), &["other_format"]),
        ("a picture", b"\x89PNG\r\n\x1A\n\0\0".to_vec(), &["other_format"]),
        ("something compressed", b"\x1F\x8B\x08\0".to_vec(), &["other_format"]),
    ];
    assert!(cases.len() > 40);
    for (name, bytes, expected) in cases {
        assert_eq!(told(&bytes, &options()), expected, "{name}");
    }
}

#[test]
fn limits_are_told_where_they_are_met() {
    let columns = |count: usize| {
        let more: Vec<String> = (5..count).map(|number| format!("列{number}")).collect();
        format!("{HEADER},{}\n{ROW}\n", more.join(","))
    };
    assert_eq!(told(columns(200).as_bytes(), &options()), [GOOD]);
    assert_eq!(told(columns(201).as_bytes(), &options()), ["too_many_columns"]);
    assert_eq!(told(columns(1_001).as_bytes(), &options()), ["too_many_columns"]);

    let mut small = options();
    small.limits = Limits {
        file_bytes_max: 200_000,
        rows_max: 3,
        row_bytes_max: 1000,
        ..Limits::default()
    };
    assert_eq!(told(&vec![b'a'; 200_001], &small), ["file_too_large"]);
    assert_eq!(told(file(&[ROW, ROW, ROW]).as_bytes(), &small).len(), 3);
    let four = told(file(&[ROW, ROW, ROW, ROW]).as_bytes(), &small);
    assert_eq!(four.last().unwrap(), "too_many_rows");
    // Empty rows count too, so that nobody reads a million of them.
    let empty = told(format!("{HEADER}\n{}{ROW}\n", ",,,,\n".repeat(5)).as_bytes(), &small);
    assert_eq!(empty.last().unwrap(), "too_many_rows");
    let long = file(&[ROW, &"x".repeat(150_000), ROW]);
    let rows = told(long.as_bytes(), &small);
    assert_eq!(rows, [GOOD, "row_too_long"]);

    let long_cell = file(&[&ROW.replace("tr-care", &"字".repeat(4_001))]);
    assert_eq!(told(long_cell.as_bytes(), &options()), ["2: 成果编码 cell_too_long"]);
    let fitting = file(&[&ROW.replace("王芳", &"字".repeat(4_000))]);
    assert_eq!(told(fitting.as_bytes(), &options()), [GOOD]);
}

#[test]
fn what_was_found_out_is_told() {
    let text = format!("培训成果\n学员姓名；备注\n{HEADER},備註,处理结果,处理说明\n{ROW},,refused,因为\n,,,,\n合计,1\n");
    let mut reading = opened(&gb18030(&text), &options()).unwrap();
    let about = reading.about().clone();
    assert_eq!(
        (about.format, about.encoding, about.delimiter),
        (Format::Csv, Some(Encoding::Gb18030), Some(','))
    );
    assert_eq!(about.header_row, Some(3));
    assert_eq!(about.notes, [Note::LinesAboveHeaderIgnored, Note::OwnColumnsIgnored]);
    let fields: Vec<_> = about.columns.iter().map(|column| column.field).collect();
    assert_eq!(fields[..2], [Some(Field::DocumentNumber), Some(Field::Name)]);
    assert_eq!(fields[5..], [None, None, None]);
    assert_eq!(reading.next_row().unwrap().unwrap().row, 4);
    assert_eq!(reading.next_row().unwrap(), None);
    assert_eq!((reading.passed_over().empty_rows, reading.passed_over().total_rows), (1, 1));
}

#[test]
fn letters_beyond_ascii_may_come_late() {
    let header = "document_number,name,achievement_code,awarded_on\n";
    let ascii = "11010519491231002X,Wang Fang,tr-care,2024-03-01\n";
    let many = ascii.repeat((1 << 20) / ascii.len() + 10);
    let text = format!("{header}{many}{}", ascii.replace("Wang Fang", "王芳"));
    let read = outcomes(&gb18030(&text));
    assert_eq!(read.last().unwrap().name, "王芳");
    // The same in UTF-8, cut inside of its last letter.
    let cut = text.len() - ",tr-care,2024-03-01\n".len() - 1;
    let line = text.lines().count();
    let problem = opened(&text.as_bytes()[..cut], &options()).map(|_| ()).unwrap_err();
    let FileProblem::UndecodableBytes { line: found, .. } = problem else {
        panic!("{problem:?}")
    };
    assert_eq!(found, u64::try_from(line).unwrap());
}

#[test]
fn a_problem_shows_no_person() {
    let text = file(&["4.10526E+17,欧阳明月,tr-care,2024-03-99,32"]);
    let rows = rows(text.as_bytes(), &options()).unwrap();
    let problems = rows[0].outcomes[0].as_ref().unwrap_err();
    let written = serde_json::to_string(problems).unwrap();
    assert!(!written.contains("10526") && !written.contains("明月"), "{written}");
    assert!(written.contains("2024-03-99"), "{written}");
    assert!(!format!("{:?}", outcomes(file(&[ROW]).as_bytes())).contains("王芳"));
}

#[test]
fn an_outcome_has_everything_that_its_row_tells() {
    let text = "证件类型,证件号码,姓名,成果编码,成果名称,取得日期,证书编号,等级,评分制,成绩,学时,学分,人员类别,竞赛名称,竞赛名次,团队排名\n\
        护照,E12345678,JOHN  SMITH,contest,全省大赛,2024-03-01,N-1,优秀,百分制,９６,1200.5,2,退役军人,henan-2024,二等奖,3\n\
        ,11010519491231002X,王芳,tr-care,,2024-03-01,无,-,,,,,其他,,,\n";
    let read = outcomes(text.as_bytes());
    let told = &read[0];
    assert_eq!(
        (told.document_kind.as_str(), told.document_number.as_str()),
        ("passport", "E12345678")
    );
    assert_eq!(told.name, "JOHN SMITH");
    assert_eq!(told.achievement_name.as_deref(), Some("全省大赛"));
    assert_eq!(told.certificate_number.as_deref(), Some("N-1"));
    assert_eq!(
        (told.grade.as_deref(), told.grading_scale.as_deref()),
        (Some("优秀"), Some("百分制"))
    );
    assert_eq!((told.score.as_deref(), told.credits.as_deref()), (Some("96"), Some("2")));
    assert_eq!(told.hours.unwrap().to_string(), "1200.50");
    assert_eq!(told.trainee_group.unwrap().as_str(), "veteran");
    let contest = told.contest.as_ref().unwrap();
    assert_eq!(
        (contest.event.as_deref(), contest.place, contest.team_position),
        (Some("henan-2024"), Some(2), Some(3))
    );
    assert_eq!(told.columns[&Field::Hours], "学时");
    let plain = &read[1];
    assert_eq!(plain.document_kind.as_str(), "resident_identity_card");
    assert!(plain.certificate_number.is_none() && plain.grade.is_none() && plain.trainee_group.is_none() && plain.contest.is_none());
}

#[test]
fn rows_that_were_read_before_are_passed_over() {
    let text = file(&[ROW, "", &ROW.replace("tr-care", "tr-b"), &ROW.replace("tr-care", "tr-c")]);
    for (through, expected) in [(0, "tr-care"), (2, "tr-b"), (3, "tr-b"), (4, "tr-c")] {
        let mut reading = opened(text.as_bytes(), &options()).unwrap();
        reading.skip_through(through).unwrap();
        let row = reading.next_row().unwrap().unwrap();
        assert_eq!(row.outcomes[0].as_ref().unwrap().achievement_code, expected);
    }
}
