//! Records of JSON, xAPI statements and India's wide template, each with its expected answer.

use credit_bank::intake::about::Format;
use credit_bank::intake::limits::Limits;

use crate::common::{opened, options, outcomes, told};

const GOOD: &str =
    r#"{"document_number":"11010519491231002X","name":"王芳","achievement_code":"tr-care","awarded_on":"2024-03-01","hours":32}"#;

const NAD: &str = include_str!("../fixtures/nad-abc.csv");
const XAPI: &str = include_str!("../fixtures/xapi.json");

#[test]
fn records_with_their_answers() {
    let with = |from: &str, to: &str| GOOD.replace(from, to);
    let cases: Vec<(&str, String, &[&str])> = vec![
        ("one a line", format!("{GOOD}\n{GOOD}\n"), &["1: tr-care 2024-03-01 32.00", "2: tr-care 2024-03-01 32.00"]),
        ("a byte order mark", format!("\u{feff}{GOOD}"), &["1: tr-care 2024-03-01 32.00"]),
        ("an array", format!("[{GOOD},\n{GOOD}]"), &["1: tr-care 2024-03-01 32.00", "2: tr-care 2024-03-01 32.00"]),
        ("over several lines", GOOD.replace(',', ",\n"), &["1: tr-care 2024-03-01 32.00"]),
        (
            "one line broken",
            format!("{GOOD}\n{}\n\n{GOOD}", &GOOD[..40]),
            &["1: tr-care 2024-03-01 32.00", "2: broken_json", "4: tr-care 2024-03-01 32.00"],
        ),
        ("an array that does not end", format!("[{GOOD},"), &["1: tr-care 2024-03-01 32.00", "unterminated_json"]),
        ("an empty array", "[]".to_owned(), &["no_rows"]),
        ("a number as a number", with("\"11010519491231002X\"", "410526198907157350"), &["1: document_number damaged_number"]),
        ("an old number as a number", with("\"11010519491231002X\"", "110105491231002"), &["1: tr-care 2024-03-01 32.00"]),
        ("a property twice", with("\"hours\":32", "\"name\":\"王芳\""), &["1: repeated_property"]),
        ("two properties of one meaning", with("\"hours\":32", "\"姓名\":\"王芳\""), &["1: repeated_property"]),
        ("a list where a text belongs", with("\"王芳\"", "[\"王芳\"]"), &["1: name not_text"]),
        ("null where nothing is", with("32", "null"), &["1: tr-care 2024-03-01"]),
        ("no number", with("32", "NaN"), &["1: broken_json"]),
        ("nested deeply", with("32", &format!("{}{}", "[".repeat(100), "]".repeat(100))), &["1: too_deep"]),
        ("no object", format!("{GOOD}\n[1]\n\"x\""), &["1: tr-care 2024-03-01 32.00", "2: not_text", "3: not_text"]),
        ("nothing that is known", "{\"a\":1}".to_owned(), &["columns_missing"]),
        (
            "the body of a deposit",
            r#"{"institution_id":"x","learner":{"document_kind":"passport","document_number":"E12345678","name":"J"},"achievement_code":"c","awarded_on":"2024-03-01","contest":{"place":1,"team_position":2}}"#.to_owned(),
            &["1: c 2024-03-01"],
        ),
    ];
    for (name, text, expected) in cases {
        assert_eq!(told(text.as_bytes(), &options()), expected, "{name}");
    }
    let mut small = options();
    small.limits = Limits {
        row_bytes_max: 200,
        ..Limits::default()
    };
    let long = format!("{GOOD}\n{}\n", with("王芳", &"王".repeat(100)));
    assert_eq!(told(long.as_bytes(), &small), ["1: tr-care 2024-03-01 32.00", "row_too_long"]);
}

#[test]
fn statements_of_what_was_completed_become_outcomes() {
    let mut reading = opened(XAPI.as_bytes(), &options()).unwrap();
    assert_eq!(reading.about().format, Format::Xapi);
    while reading.next_row().unwrap().is_some() {}
    // One of another verb, one that takes another back, and the one that is taken back.
    assert_eq!(reading.passed_over().statements, 3);
    assert_eq!(
        told(XAPI.as_bytes(), &options()),
        [
            "1: https://lms.example/courses/tr-care 2024-03-01 1.50",
            "2: https://lms.example/courses/tr-safety 2024-04-02",
            "6: result.success not_passed",
            "7: actor.account statement_unfit",
            "8: actor.account.homePage document_kind_unknown",
            "9: result.duration not_hours",
            "10: timestamp missing",
        ]
    );
    let read = opened(XAPI.as_bytes(), &options()).unwrap().next_row().unwrap().unwrap();
    let told = read.outcomes[0].as_ref().unwrap();
    assert_eq!(
        (told.document_kind.as_str(), told.name.as_str()),
        ("resident_identity_card", "王芳")
    );
    assert_eq!(told.achievement_name.as_deref(), Some("养老护理"));
    assert_eq!(told.certificate_number.as_deref(), Some("6690e6c9-3ef0-4ed3-8b37-7f3964730bee"));
    assert_eq!(told.score.as_deref(), Some("92"));
}

#[test]
fn every_subject_of_the_wide_template_is_an_outcome() {
    let mut reading = opened(NAD.as_bytes(), &options()).unwrap();
    assert_eq!(reading.about().format, Format::NadAbc);
    let first = reading.next_row().unwrap().unwrap();
    let parts: Vec<_> = first.outcomes.iter().map(|told| told.as_ref().unwrap()).collect();
    assert_eq!(parts.iter().map(|told| told.part).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(parts[0].document_number, "Z1234567");
    assert_eq!(
        (parts[0].achievement_code.as_str(), parts[0].credits.as_deref()),
        ("BCS101", Some("4"))
    );
    assert_eq!(
        (parts[1].achievement_name.as_deref(), parts[1].grade.as_deref()),
        (Some("Discrete Mathematics"), Some("A+"))
    );
    assert_eq!(
        told(NAD.as_bytes(), &options()),
        [
            "2: BCS101 2024-05-31",
            "2: BCS102 2024-05-31",
            "3: BCS101 2024-05-31",
            "3: SUB2_CREDIT_ELIGIBILITY not_passed",
            "4: ABC_ACCOUNT_ID identity_not_known",
            "5: no_outcome",
            "6: DOI missing",
        ]
    );
    // As it is published, without a document, nobody can be known by it.
    let published = NAD.replace("document_kind", "REMARKS").replace("document_number", "SGPA");
    assert!(
        told(published.as_bytes(), &options())
            .iter()
            .all(|row| row.ends_with("identity_not_known"))
    );
    // Other files with some of its columns are plain files.
    assert_eq!(
        outcomes(b"document_number,name,achievement_code,awarded_on,SUB1\nE12345678,J,c,2024-03-01,x\n").len(),
        1
    );
}
