//! Papers of one, twenty and three hundred rows, of rare names and long ones. Where `CREDIT_BANK_TEST_PAPERS` names a directory they are
//! written there as well, for `tests/paper/check.py`, which opens them with the programs of others.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops by panicking, also where it is no function of its own"
)]

use chrono::{TimeZone, Utc};
use serde_json::{Value, json};

use super::attached::{attachments, is_whole, number_of};
use super::data::{BalanceLine, Both, CertificateData, Check, Fact, Head, Holder, OutcomeLine, StatementData};
use super::{Order, Paper, PaperError, PaperSettings, Printed, ROWS_MAX, Template, code_of, moment};
use crate::domain::paper_number::PaperNumber;

const CREDENTIAL: &[u8] = "{\"id\":\"urn:test\",\"name\":\"学习成果\"}\n".as_bytes();

fn head(name: &str, language: &str, number: &str) -> Head {
    let url = format!("https://bank.example/check/{}", number.replace(' ', ""));
    Head {
        number: number.to_owned(),
        language: language.to_owned(),
        bank: Both::of("安阳市终身学习学分银行", "Anyang Lifelong Learning Credit Bank"),
        issued: moment(&Utc.with_ymd_and_hms(2026, 11, 25, 8, 30, 15).unwrap()),
        issued_on: "2026-11-25".to_owned(),
        as_of: "2026-11-25".to_owned(),
        learner: Holder {
            name: name.to_owned(),
            account_number: "1234 5678 9012 3494".to_owned(),
            document_kind: Both::of("居民身份证", "resident identity card"),
            document_masked: "110*************2X".to_owned(),
        },
        check: Check {
            modules: code_of(&url).unwrap(),
            url,
        },
        credential: true,
    }
}

fn outcome(number: usize) -> OutcomeLine {
    let names = [
        (
            "电工（四级）职业技能等级证书",
            Some("Occupational Skill Certificate: Electrician, Level 4"),
        ),
        ("高等数学", Some("Advanced Mathematics")),
        ("养老护理员岗前培训", None),
        (
            "全国职业院校技能大赛 现代电气控制系统安装与调试赛项",
            Some("National Vocational Skills Competition: Installation and Commissioning of Modern Electrical Control Systems"),
        ),
    ];
    let (zh, en) = names[number % 4];
    OutcomeLine {
        name: Both {
            zh: zh.to_owned(),
            en: en.map(str::to_owned),
        },
        kind: Both::of("职业资格或职业技能等级证书", "occupational certificate"),
        level: number.is_multiple_of(2).then(|| Both::of("四级", "Level 4")),
        certificate_number: number.is_multiple_of(2).then(|| format!("S000441012345242{number:06}")),
        remark: (number % 7 == 3).then(|| Both::of("学习者已申请更正", "the learner has asked for a correction")),
        institution: ["安阳职业技术学院", "安阳市人力资源和社会保障局职业技能鉴定指导中心第二考评站"][number % 2].to_owned(),
        awarded_on: format!("2025-03-{:02}", number % 28 + 1),
        grade: ["合格", "92.5", "一等奖"].get(number % 4).map(|grade| (*grade).to_owned()),
        hours: (!number.is_multiple_of(3)).then(|| "120.50".to_owned()),
        credit: (!number.is_multiple_of(5)).then(|| "16.00".to_owned()),
    }
}

fn balance(zh: &str, en: &str, level: Option<&str>) -> BalanceLine {
    let amount = |text: &str| text.to_owned();
    BalanceLine {
        category: Both::of(zh, en),
        level: level.map(str::to_owned),
        granted: amount("12345.50"),
        available: amount("12000.50"),
        held: amount("145.00"),
        redeemed: amount("100.00"),
        expired: amount("50.00"),
        reversed: amount("50.00"),
    }
}

fn statement(name: &str, rows: usize, language: &str) -> Value {
    serde_json::to_value(StatementData {
        head: head(name, language, "2026 4837 2910 5566 1283"),
        outcomes: (0..rows).map(outcome).collect(),
        balances: vec![
            balance("职业资格或职业技能等级证书", "occupational certificate", Some("4")),
            balance("课程", "course", None),
        ],
        total: Some(balance("合计", "Total", None)),
    })
    .unwrap()
}

fn certificate(name: &str) -> Value {
    let fact = |zh: &str, en: &str, value: Both| Fact {
        label: Both::of(zh, en),
        value,
    };
    serde_json::to_value(CertificateData {
        head: head(name, "zh", "2026 4837 2910 5566 1380"),
        title: Both::of("学习成果证书", "Certificate of a Learning Outcome"),
        paragraphs: vec![Both::of(
            format!("兹证明 {name} 取得下列学习成果。该成果由颁发机构存入学分银行，在签发之日有效。"),
            format!("This certifies that {name} earned the learning outcome below. The institution that issued it deposited it in the credit bank, where it stands on the day of issue."),
        )],
        facts: vec![
            fact("学习成果", "Learning outcome", outcome(3).name),
            fact("颁发机构", "Issued by", Both::same("安阳职业技术学院")),
            fact("取得日期", "Awarded on", Both::same("2025-03-01")),
            fact("学分银行认定学分", "Credit recognised by the bank", Both::same("9.00")),
        ],
    })
    .unwrap()
}

/// Prints with the fonts in the binary alone, so that it is the same on every machine.
fn print(template: Template, data: &Value) -> Result<Printed, PaperError> {
    let paper = Paper::open(&PaperSettings::default()).unwrap();
    paper.print(&Order {
        template,
        data,
        number: "20264837291055661283",
        credential: Some(CREDENTIAL),
    })
}

#[test]
fn papers_are_printed_and_the_same_order_has_the_same_bytes() {
    let rare = "吴\u{3129D}";
    let long = "阿卜杜热西提·买买提艾力·吐尔逊 Abdurashid Muhammad-Ali Tursun of the Northern Hills, the Third";
    let samples = [
        ("empty", Template::Statement, statement("王芳", 0, "zh"), 1),
        ("one", Template::Statement, statement("王芳", 1, "zh"), 1),
        ("twenty", Template::Statement, statement("王芳", 20, "zh"), 2),
        ("twenty-english", Template::Statement, statement("Wáng Fāng Lǚ 吕", 20, "en"), 2),
        ("three-hundred", Template::Statement, statement(long, 300, "zh"), 22),
        ("rare", Template::Statement, statement(rare, 3, "zh"), 1),
        ("certificate", Template::Certificate, certificate("王芳"), 1),
        ("certificate-long", Template::Certificate, certificate(long), 1),
    ];
    let directory = std::env::var_os("CREDIT_BANK_TEST_PAPERS").map(std::path::PathBuf::from);
    for (name, template, data, pages) in &samples {
        let printed = print(*template, data).unwrap();
        assert!(printed.pdf.starts_with(b"%PDF-1.7"), "{name}");
        assert!(printed.pages.abs_diff(*pages) <= pages / 5, "{name} has {} pages", printed.pages);
        assert_eq!(
            printed.missing,
            if *name == "rare" { vec!['\u{3129D}'] } else { Vec::new() },
            "{name}"
        );
        assert!(print(*template, data).unwrap() == printed, "{name} is the same again");
        if let Some(directory) = &directory {
            std::fs::write(directory.join(format!("{name}.pdf")), &printed.pdf).unwrap();
        }
    }
    if let Some(directory) = &directory {
        std::fs::write(directory.join("credential.json"), CREDENTIAL).unwrap();
    }
}

#[test]
fn no_text_becomes_a_part_of_the_template() {
    let hostile = "#panic(\"x\") $x$ *b* @ref <label> \\ \" \u{7} #pdf.attach(\"a\")";
    let printed = print(Template::Statement, &statement(hostile, 1, "zh")).unwrap();
    assert_eq!((printed.pages, printed.missing), (1, Vec::new()));
}

#[test]
fn a_template_of_a_directory_is_used_and_what_is_wrong_with_it_quotes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let settings = PaperSettings {
        templates: Some(directory.path().to_owned()),
        fonts: Vec::new(),
    };
    let data = statement("王芳", 1, "zh");
    let order = Order {
        template: Template::Statement,
        data: &data,
        number: "1",
        credential: None,
    };
    let write = |text: &str| std::fs::write(directory.path().join("statement.typ"), text).unwrap();
    write(
        "#set document(title: \"t\", date: datetime(year: 2026, month: 11, day: 25))\n#set text(lang: \"zh\")\n#for _ in range(3) { pagebreak() }\nown",
    );
    assert_eq!(Paper::open(&settings).unwrap().print(&order).unwrap().pages, 4);
    write("#panic(\"王芳 may not be quoted\")");
    let error = Paper::open(&settings).unwrap().print(&order).unwrap_err().to_string();
    assert!(
        error.starts_with("the template cannot be set") && !error.contains("王芳"),
        "{error}"
    );
    write("#for _ in range(300) { pagebreak() }");
    assert!(matches!(
        Paper::open(&settings).unwrap().print(&order),
        Err(PaperError::TooLong(301))
    ));
    std::fs::remove_file(directory.path().join("statement.typ")).unwrap();
    std::fs::create_dir(directory.path().join("statement.typ")).unwrap();
    assert!(matches!(Paper::open(&settings), Err(PaperError::Template(..))));
}

#[test]
fn the_most_rows_are_printed() {
    let printed = print(Template::Statement, &statement("王芳", ROWS_MAX, "zh")).unwrap();
    assert!((50..=super::PAGES_MAX).contains(&printed.pages), "{} pages", printed.pages);
}

#[test]
fn nothing_else_can_be_read_by_a_template() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("statement.typ"), "#read(\"/etc/hostname\")").unwrap();
    let settings = PaperSettings {
        templates: Some(directory.path().to_owned()),
        fonts: Vec::new(),
    };
    let order = Order {
        template: Template::Statement,
        data: &json!({}),
        number: "1",
        credential: None,
    };
    assert!(matches!(Paper::open(&settings).unwrap().print(&order), Err(PaperError::Set(_))));
}

#[test]
fn what_is_attached_to_a_paper_and_its_number_are_read_again() {
    let number = PaperNumber::from_entropy(2026, 48_372_910_556_612).unwrap();
    let mut data = statement("王芳", 20, "zh");
    data["number"] = json!(number.spaced());
    let long = format!("{{\"text\":\"{}\"}}", "学分银行".repeat(2_000));
    let paper = Paper::open(&PaperSettings::default()).unwrap();
    for credential in [CREDENTIAL, long.as_bytes()] {
        let order = Order {
            template: Template::Statement,
            data: &data,
            number: number.as_str(),
            credential: Some(credential),
        };
        let pdf = paper.print(&order).unwrap().pdf;
        assert!(is_whole(&pdf));
        assert_eq!(attachments(&pdf, 100_000).collect::<Vec<_>>(), [credential]);
        assert_eq!(number_of(&pdf), Some(number.clone()));
        let cut = &pdf[..pdf.len() / 2];
        assert!(!is_whole(cut));
    }
    data["credential"] = json!(false);
    let order = Order {
        template: Template::Statement,
        data: &data,
        number: number.as_str(),
        credential: None,
    };
    let pdf = paper.print(&order).unwrap().pdf;
    assert_eq!(attachments(&pdf, 100_000).count(), 0);
    assert_eq!(number_of(&pdf), Some(number));
}
