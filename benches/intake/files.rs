//! Imports as institutions make them: a file is uploaded, looked through, and deposited by the job that the server runs.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use credit_bank::domain::evidence::FileName;
use credit_bank::domain::import::{ImportStatus, ImportTotals};
use credit_bank::domain::language::Language;
use credit_bank::ops::context::{Bank, Context};
use credit_bank::ops::imports::act::{Commitment, commit_import};
use credit_bank::ops::imports::receive::{NewImport, begin_import};
use credit_bank::ops::imports::worker::run_next_import;
use credit_bank::ops::imports::{Import, read_import};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::town::{Town, now};

/// A file of one institution.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    school: usize,
    path: PathBuf,
}

/// An import that was looked through.
pub(crate) struct Checked {
    import_id: Uuid,
    institution: Context,
}

/// Writes outcomes as a school lists them, with Chinese headers.
pub(crate) fn write(town: &Town, school: usize, numbers: impl Iterator<Item = u64>, path: &Path) -> Upload {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(file, "身份证号,姓名,成果编码,取得日期,证书编号,学时,成绩").unwrap();
    for number in numbers {
        let outcome = town.outcome(number).outcome;
        let text = |text: Option<String>| text.unwrap_or_default();
        writeln!(
            file,
            "{},{},{},{},{},{},{}",
            outcome.learner.document_number,
            outcome.learner.name,
            outcome.achievement_code,
            outcome.awarded_on,
            text(outcome.certificate_number),
            text(outcome.hours.map(|hours| hours.to_string())),
            text(outcome.score),
        )
        .unwrap();
    }
    file.flush().unwrap();
    let path = path.to_owned();
    Upload { school, path }
}

fn read(bank: &Bank, of: &Checked) -> Import {
    read_import(bank, &of.institution, of.import_id, Language::English).unwrap()
}

/// Uploads a file and looks through it.
pub(crate) fn check(bank: &Arc<Bank>, town: &Town, upload: &Upload) -> Checked {
    let (institution_id, institution) = town.school(upload.school);
    let new = NewImport {
        institution_id,
        file_name: FileName::try_from("outcomes.csv".to_owned()).unwrap(),
        format: None,
        sheet: None,
    };
    let mut receiving = begin_import(bank, &institution, &new).unwrap();
    let (mut file, mut part) = (File::open(&upload.path).unwrap(), vec![0; 1 << 16]);
    loop {
        let length = file.read(&mut part).unwrap();
        if length == 0 {
            break;
        }
        receiving.take(bank, &part[..length]).unwrap();
    }
    let (_, import) = receiving.finish(bank, &institution, Language::English).unwrap();
    let checked = Checked {
        import_id: import.summary.import_id,
        institution,
    };
    run_next_import(bank, Some(checked.import_id), &now, &|| false).unwrap();
    let import = read(bank, &checked);
    assert_eq!(import.summary.status, ImportStatus::Checked, "{:?}", import.problem);
    checked
}

/// Deposits a file that was looked through, until it is to stop; answers what was deposited.
pub(crate) fn deposit(bank: &Arc<Bank>, checked: &Checked, stop: &AtomicBool) -> ImportTotals {
    let commitment = Commitment::default();
    commit_import(bank, &checked.institution, None, checked.import_id, &commitment, Language::English).unwrap();
    run_next_import(bank, Some(checked.import_id), &now, &|| stop.load(Ordering::Relaxed)).unwrap();
    read(bank, checked).summary.deposit.unwrap_or_default()
}
