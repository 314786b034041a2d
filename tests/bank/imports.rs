//! Files of outcomes through the operations, on both back ends: looked through, deposited, stopped, taken up again, given back.

use std::io::Read;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use credit_bank::domain::evidence::FileName;
use credit_bank::domain::import::{ImportResult, ImportStatus, ImportTotals};
use credit_bank::domain::language::Language;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::context::{Bank, Context};
use credit_bank::ops::deposit::Novelty;
use credit_bank::ops::error::OpError;
use credit_bank::ops::imports::act::{Commitment, check_import, commit_import, release_import};
use credit_bank::ops::imports::download::{Wanted, download_import};
use credit_bank::ops::imports::profile::{NewImportProfile, put_import_profile, read_import_profile};
use credit_bank::ops::imports::receive::{NewImport, begin_import};
use credit_bank::ops::imports::rows::{ImportedRow, RowFilter, list_import_rows};
use credit_bank::ops::imports::upkeep::forget_import_files;
use credit_bank::ops::imports::worker::run_next_import;
use credit_bank::ops::imports::{Import, read_import};
use credit_bank::ops::verify::verify;
use serde_json::json;
use uuid::Uuid;

use super::common::{World, on_both};

/// An identity number with its check digit.
pub(crate) fn with_check_digit(body: &str) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| usize::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", &"10X98765432"[sum % 11..=sum % 11])
}

/// Identity numbers: the n-th of a day's births in one division.
pub(crate) fn identity_number(n: usize) -> String {
    let day = 1 + n / 900 % 28;
    let (month, year) = (1 + n / 25_200 % 12, 1970 + n / 302_400);
    with_check_digit(&format!("410502{year}{month:02}{day:02}{:03}", 1 + n % 900))
}

pub(crate) fn name(n: usize) -> String {
    const SURNAMES: [&str; 7] = ["王", "李", "张", "刘", "陈", "杨", "赵"];
    const GIVEN: [&str; 11] = ["芳", "伟", "娜", "敏", "静", "强", "磊", "军", "洋", "勇", "艳"];
    const LAST: [&str; 13] = ["", "明", "杰", "娟", "涛", "超", "霞", "平", "刚", "英", "华", "兰", "红"];
    // No two who are born on one day have one name: they would be looked at.
    format!("{}{}{}", SURNAMES[n % 7], GIVEN[n / 7 % 11], LAST[n / 77 % 13])
}

const HEADER: &str = "身份证号,姓名,成果编码,取得日期,证书编号,学时,成绩";

pub(crate) fn row(n: usize) -> String {
    format!(
        "{},{},occ-elec-4,2024-03-01,S00044101234524200{n:04},160,86",
        identity_number(n),
        name(n)
    )
}

pub(crate) fn file(rows: &[String]) -> Vec<u8> {
    format!("{HEADER}\n{}\n", rows.join("\n")).into_bytes()
}

pub(crate) fn upload(world: &World, content: &[u8]) -> Result<(Novelty, Import), OpError> {
    upload_by(&world.bank, &world.registrar, world.institution_id, content)
}

fn upload_by(bank: &Bank, context: &Context, institution_id: Uuid, content: &[u8]) -> Result<(Novelty, Import), OpError> {
    let new = NewImport {
        institution_id,
        file_name: FileName::try_from("outcomes.csv".to_owned()).unwrap(),
        format: None,
        sheet: None,
    };
    let mut receiving = begin_import(bank, context, &new)?;
    for part in content.chunks(700_001) {
        receiving.take(bank, part)?;
    }
    receiving.finish(bank, context, Language::English)
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-24T02:00:00Z".parse().unwrap()
}

pub(crate) fn work(bank: &Arc<Bank>) {
    while run_next_import(bank, None, &now, &|| false).unwrap() {}
}

pub(crate) fn read(world: &World, import: &Import) -> Import {
    read_import(&world.bank, &world.registrar, import.summary.import_id, Language::English).unwrap()
}

pub(crate) fn checked(world: &World, content: &[u8]) -> Import {
    let (novelty, import) = upload(world, content).unwrap();
    assert_eq!((novelty, import.summary.status), (Novelty::Created, ImportStatus::Checking));
    work(&world.bank);
    let import = read(world, &import);
    assert_eq!(import.summary.status, ImportStatus::Checked, "{:?}", import.problem);
    import
}

pub(crate) fn commit(world: &World, import: &Import) -> Import {
    let commitment = Commitment::default();
    commit_import(
        &world.bank,
        &world.registrar,
        None,
        import.summary.import_id,
        &commitment,
        Language::English,
    )
    .unwrap();
    work(&world.bank);
    read(world, import)
}

pub(crate) fn counts(totals: Option<&ImportTotals>) -> (u64, u64, u64, u64) {
    let totals = totals.unwrap();
    (totals.accepted, totals.already_there, totals.flagged, totals.refused)
}

pub(crate) fn rows(world: &World, import: &Import, result: Option<ImportResult>) -> Vec<ImportedRow> {
    let filter = RowFilter {
        result,
        ..RowFilter::default()
    };
    let import_id = import.summary.import_id;
    list_import_rows(&world.bank, &world.registrar, import_id, None, filter, 10_000, Language::English).unwrap()
}

pub(crate) fn refused(error: OpError) -> Rejection {
    match error {
        OpError::Rejected(rejection) => rejection,
        other => panic!("{other}"),
    }
}

#[test]
fn a_file_is_looked_through_then_deposited_and_again_changes_nothing() {
    on_both(|world| {
        let content = file(&(0..1_203).map(row).collect::<Vec<_>>());
        let import = checked(world, &content);
        let check = import.summary.check.as_ref().unwrap();
        assert_eq!(counts(Some(check)), (1_203, 0, 0, 0));
        assert_eq!((check.accounts_opened, check.credit.to_string().as_str()), (1_203, "10827.00"));
        assert_eq!(import.summary.progress.rows_in_all, Some(1_203));
        assert_eq!(verify(&world.bank).unwrap().learners, 0);
        let done = commit(world, &import);
        assert_eq!(done.summary.status, ImportStatus::Done);
        assert_eq!(done.summary.deposit, import.summary.check);
        let verified = verify(&world.bank).unwrap();
        assert_eq!(
            (
                verified.learners,
                verified.lots,
                verified.granted_hundredths,
                verified.findings.len()
            ),
            (1_203, 1_203, 1_082_700, 0)
        );
        let (novelty, again) = upload(world, &content).unwrap();
        assert_eq!(
            (novelty, again.summary.import_id),
            (Novelty::AlreadyThere, import.summary.import_id)
        );
        // Asked for in so many words it is looked through again, and deposits nothing.
        check_import(&world.bank, &world.registrar, None, import.summary.import_id, Language::English).unwrap();
        work(&world.bank);
        let again = commit(world, &import);
        assert_eq!(counts(again.summary.deposit.as_ref()), (0, 1_203, 0, 0));
        let after = verify(&world.bank).unwrap();
        assert_eq!((after.learners, after.lots, after.movements), (1_203, 1_203, 1_203));
    });
}

#[test]
fn one_wrong_row_never_loses_the_rest_and_says_where_and_what_to_do() {
    on_both(|world| {
        let number = identity_number(0);
        let wrong_check = format!("{}{}", &number[..17], if number.ends_with('0') { '1' } else { '0' });
        let content = file(&[
            row(1),
            format!(
                "{},{},occ-elec-4,2024-02-30,S000441012345242000002,160,86",
                identity_number(2),
                name(2)
            ),
            format!("{wrong_check},{},occ-elec-4,2024-03-01,S000441012345242000003,160,86", name(3)),
            format!("4.10502E+17,{},occ-elec-4,2024-03-01,S000441012345242000004,160,86", name(4)),
            format!(
                "{},{},occ-elec-9,2024-03-01,S000441012345242000005,160,86",
                identity_number(5),
                name(5)
            ),
            row(1),
            format!(
                "{},{},occ-elec-4,2024-03-01,S000441012345242000007,99999,86",
                identity_number(7),
                name(7)
            ),
            format!("{},李四,occ-elec-4,2024-03-01,S000441012345242000008,160,86", identity_number(1)),
            format!("{},{},occ-elec-4,2024-03-01,odd-shape,160,86", identity_number(9), name(9)),
            format!(
                "{},{},occ-elec-4,2099-03-01,S000441012345242000010,160,86",
                identity_number(10),
                name(10)
            ),
            row(11),
        ]);
        let import = checked(world, &content);
        assert_eq!(counts(import.summary.check.as_ref()), (2, 1, 1, 7));
        let unknown = &import.unknown_codes[0];
        assert_eq!((unknown.code.as_str(), unknown.outcomes), ("occ-elec-9", 1));
        assert_eq!(unknown.suggestions[0].code, "occ-elec-4");
        let done = commit(world, &import);
        assert_eq!(done.summary.status, ImportStatus::Done);
        assert_eq!(counts(done.summary.deposit.as_ref()), (2, 1, 1, 7));
        let said: Vec<String> = rows(world, &done, Some(ImportResult::Refused))
            .into_iter()
            .map(|row| {
                let problem = &row.problems[0];
                assert!(!problem.detail.is_empty() && !problem.what_to_do.is_empty());
                let column = problem.column.clone().unwrap_or_default();
                format!(
                    "{} {} {column} {}",
                    row.row,
                    problem.code,
                    problem.value.clone().unwrap_or_default()
                )
            })
            .collect();
        let masked = format!("{}*************{}", &wrong_check[..3], &wrong_check[16..]);
        assert_eq!(
            said,
            [
                "3 no_such_day 取得日期 2024-02-30".to_owned(),
                format!("4 invalid_body 身份证号 {masked}"),
                "5 damaged_number 身份证号 4.1******17".to_owned(),
                "6 unknown_achievement 成果编码 occ-elec-9".to_owned(),
                "8 hours_absurd 学时 99999.00".to_owned(),
                "9 identity_mismatch 姓名 李*".to_owned(),
                "11 awarded_in_the_future 取得日期 2099-03-01".to_owned(),
            ]
        );
        let accepted = rows(world, &done, Some(ImportResult::Accepted));
        assert_eq!(accepted.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 12]);
        assert!(accepted.iter().all(|row| row.outcome_id.is_some() && row.account_opened));
        // The same in the other language; the codes stay.
        let filter = RowFilter {
            result: Some(ImportResult::Refused),
            ..RowFilter::default()
        };
        let import_id = import.summary.import_id;
        let chinese = list_import_rows(&world.bank, &world.registrar, import_id, None, filter, 1, Language::Chinese).unwrap();
        assert_eq!(chinese[0].problems[0].detail, "没有这一天。");
    });
}

#[test]
fn an_import_is_released_by_somebody_else_where_the_institution_wants_it_so() {
    on_both(|world| {
        let (bank, institution_id) = (&world.bank, world.institution_id);
        let colleague = world.member("colleague", "approver");
        let profile = NewImportProfile {
            needs_release: true,
            ..NewImportProfile::default()
        };
        put_import_profile(bank, &world.registrar, institution_id, 0, &profile).unwrap();
        let import = checked(world, &file(&[row(0)]));
        let import_id = import.summary.import_id;
        let waits = commit(world, &import);
        assert_eq!(waits.summary.status, ImportStatus::AwaitingRelease);
        assert_eq!(verify(bank).unwrap().learners, 0);
        let own = release_import(bank, &world.registrar, None, import_id, Language::English).unwrap_err();
        assert_eq!(refused(own), Rejection::OwnImport {});
        release_import(bank, &colleague, None, import_id, Language::English).unwrap();
        work(bank);
        assert_eq!(read(world, &import).summary.status, ImportStatus::Done);
        assert_eq!(verify(bank).unwrap().learners, 1);
        // An approver releases, and brings no files.
        let brings = upload_by(bank, &colleague, institution_id, &file(&[row(5)])).unwrap_err();
        assert_eq!(refused(brings), Rejection::Forbidden {});
    });
}

#[test]
fn a_profile_maps_columns_and_codes_and_is_used_from_then_on() {
    on_both(|world| {
        let (bank, institution_id) = (&world.bank, world.institution_id);
        let content = format!(
            "学员身份,姓名,班次,取得日期,证书编号\n{},{},DG4,2024-03-01,S000441012345242000001\n",
            identity_number(0),
            name(0)
        );
        let (_, failed) = upload(world, content.as_bytes()).unwrap();
        work(bank);
        let failed = read(world, &failed);
        assert_eq!(failed.summary.status, ImportStatus::Failed);
        assert_eq!(failed.problem.unwrap().code, "columns_missing");
        let profile: NewImportProfile = serde_json::from_value(json!({
            "columns": { "学员身份": "document_number", "班次": "achievement_code" }, "codes": { "DG4": "occ-elec-4", "DG/5": "nothing" },
        }))
        .unwrap();
        let wrong = put_import_profile(bank, &world.registrar, institution_id, 0, &profile).unwrap_err();
        let Rejection::InvalidBody { problems } = refused(wrong) else {
            panic!()
        };
        assert_eq!(problems[0].pointer, "/codes/DG~15");
        let profile = NewImportProfile {
            codes: [("DG4".to_owned(), "occ-elec-4".to_owned())].into(),
            ..profile
        };
        let saved = put_import_profile(bank, &world.registrar, institution_id, 0, &profile).unwrap();
        assert_eq!(saved.edition, 1);
        let stale = put_import_profile(bank, &world.registrar, institution_id, 0, &profile).unwrap_err();
        assert_eq!(refused(stale), Rejection::StaleEdition {});
        assert_eq!(read_import_profile(bank, &world.registrar, institution_id).unwrap(), saved);
        let import = checked(world, content.as_bytes());
        assert_eq!(counts(import.summary.check.as_ref()), (1, 0, 0, 0));
    });
}

#[test]
fn the_refused_rows_come_back_as_a_file_to_be_corrected_and_brought_again() {
    on_both(|world| {
        let bad = format!(
            "{},{},occ-elec-4,2024-02-30,S000441012345242000001,160,=1+1",
            identity_number(1),
            name(1)
        );
        let import = commit(world, &checked(world, &file(&[row(0), bad, row(2)])));
        assert_eq!(counts(import.summary.deposit.as_ref()), (2, 0, 0, 1));
        let import_id = import.summary.import_id;
        let download = |wanted| {
            let file = download_import(&world.bank, &world.registrar, import_id, wanted, Language::Chinese).unwrap();
            let (mut content, mut text) = (file.content, String::new());
            content.read_to_string(&mut text).unwrap();
            assert_eq!(u64::try_from(text.len()).unwrap(), file.bytes);
            text
        };
        let all = download(Wanted::All);
        assert_eq!(all.lines().count(), 4);
        assert!(all.lines().next().unwrap().ends_with(",处理结果,处理说明"), "{all}");
        assert!(all.lines().nth(1).unwrap().contains("已接受"), "{all}");
        let text = download(Wanted::ToCorrect);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[1].contains("没有这一天") && lines[1].contains("'=1+1"), "{text}");
        let corrected = text.replace("2024-02-30", "2024-02-29").replace("'=1+1", "85");
        let again = commit(world, &checked(world, corrected.as_bytes()));
        assert_eq!(counts(again.summary.deposit.as_ref()), (1, 0, 0, 0));
        assert_eq!(verify(&world.bank).unwrap().learners, 3);
    });
}

#[test]
fn an_institution_has_a_few_open_imports_and_its_files_are_removed_in_time() {
    on_both(|world| {
        let imports: Vec<Import> = (0..5).map(|n| upload(world, &file(&[row(n)])).unwrap().1).collect();
        let sixth = upload(world, &file(&[row(9)])).unwrap_err();
        assert_eq!(refused(sixth), Rejection::TooManyImports { open_max: 5 });
        work(&world.bank);
        let done = commit(world, &read(world, &imports[0]));
        assert!(done.file_kept);
        let later = Context {
            now: now() + TimeDelta::days(31),
            ..world.registrar
        };
        assert_eq!(forget_import_files(&world.bank, &later).unwrap(), 1);
        assert!(!read(world, &imports[0]).file_kept);
        let gone = check_import(&world.bank, &world.registrar, None, imports[0].summary.import_id, Language::English);
        assert_eq!(refused(gone.unwrap_err()), Rejection::ImportFileGone {});
        assert_eq!(rows(world, &done, None).len(), 1, "what became of the rows stays");
        let empty = upload(world, b"").unwrap_err();
        assert_eq!(refused(empty), Rejection::ImportEmpty {});
    });
}
