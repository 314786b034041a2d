//! The intake of the demonstration: institutions, achievements, and rows of outcomes. Read from a directory of CSV
//! files, or invented from a seed.

use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;

use super::invented;
use crate::domain::language::Language;
use crate::intake::file_problem::FileProblem;
use crate::intake::told::ToldOutcome;
use crate::intake::{Options, open};

/// An institution of the demonstration.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct IntakeInstitution {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub division: String,
    pub credit_code: String,
}

/// An achievement of the demonstration; empty texts stand for nothing.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct IntakeAchievement {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub family: String,
    /// 0 outside a family.
    pub rank: i16,
    pub hours: u32,
    /// Empty where hours make the credit.
    pub bank_credit: String,
    pub closed_on: String,
}

/// One outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub identity_number: String,
    pub name: String,
    pub trainee_group: String,
    pub achievement: String,
    pub awarded_on: NaiveDate,
    pub certificate_number: String,
    pub hours: String,
    pub score: String,
}

/// What is wrong with an intake, and where.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    #[error("{0}: {1}")]
    Json(String, serde_json::Error),
    /// What is wrong, with its line.
    #[error("{0}: {1}")]
    Refused(String, String),
}

/// Where the rows come from.
enum Source {
    Directory(PathBuf),
    Invented(usize),
}

/// The whole intake; rows are read when they are asked for.
pub(super) struct Intake {
    pub institutions: Vec<IntakeInstitution>,
    pub achievements: Vec<IntakeAchievement>,
    source: Source,
}

/// The rows of one institution.
pub(super) type Rows = Box<dyn Iterator<Item = Result<Row, IntakeError>>>;

fn from_json<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, IntakeError> {
    serde_json::from_str(text).map_err(|error| IntakeError::Json(name.to_owned(), error))
}

impl Intake {
    /// Reads the directory's lists; the rows are read later.
    ///
    /// # Errors
    /// The file that cannot be read.
    pub(super) fn of_directory(directory: &Path) -> Result<Self, IntakeError> {
        let read = |name: &str| {
            let path = directory.join(name);
            std::fs::read_to_string(&path).map_err(|error| IntakeError::File(path.display().to_string(), error))
        };
        Ok(Self {
            institutions: from_json("institutions.json", &read("institutions.json")?)?,
            achievements: from_json("achievements.json", &read("achievements.json")?)?,
            source: Source::Directory(directory.to_owned()),
        })
    }

    /// Invents about `outcomes` outcomes, the same ones every time.
    ///
    /// # Errors
    /// When the built-in lists do not parse.
    pub(super) fn invented(outcomes: usize) -> Result<Self, IntakeError> {
        Ok(Self {
            institutions: from_json("institutions.json", include_str!("institutions.json"))?,
            achievements: from_json("achievements.json", include_str!("achievements.json"))?,
            source: Source::Invented(outcomes),
        })
    }

    /// The rows of an institution, one after the other.
    ///
    /// # Errors
    /// When its file cannot be opened.
    pub(super) fn rows(&self, institution: &IntakeInstitution) -> Result<Rows, IntakeError> {
        match &self.source {
            Source::Directory(directory) => rows_of_file(&directory.join(format!("outcomes-{}.csv", institution.code))),
            Source::Invented(outcomes) => {
                let place = self.institutions.iter().position(|other| other.code == institution.code);
                let rows = invented::rows(*outcomes, self.institutions.len(), place.unwrap_or_default(), &self.achievements);
                Ok(Box::new(rows.into_iter().map(Ok)))
            }
        }
    }
}

/// The rows of a file, read as any file that an institution uploads.
fn rows_of_file(path: &Path) -> Result<Rows, IntakeError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| IntakeError::File(name.clone(), error))?;
    // Only dates of birth in numbers are compared with it, and none of those lies ahead.
    let options = Options::new(NaiveDate::MAX);
    let refused = |problem: FileProblem| IntakeError::Refused(path.display().to_string(), problem.to_string());
    let mut reading = open(file, &name, &options).map_err(refused)?;
    Ok(Box::new(std::iter::from_fn(move || {
        let read = match reading.next_row() {
            Ok(Some(read)) => read,
            Ok(None) => return None,
            Err(problem) => return Some(Err(IntakeError::Refused(name.clone(), problem.to_string()))),
        };
        let line = read.row;
        let row = match read.outcomes.into_iter().next()? {
            Ok(told) => Ok(Row::of(told)),
            Err(problems) => {
                let said = problems.iter().map(|problem| problem.reason.sentence(Language::English));
                let said = format!("line {line}: {}", said.collect::<Vec<_>>().join(" "));
                Err(IntakeError::Refused(name.clone(), said))
            }
        };
        Some(row)
    })))
}

impl Row {
    fn of(told: ToldOutcome) -> Self {
        Self {
            identity_number: told.document_number,
            name: told.name,
            trainee_group: told.trainee_group.map(|group| group.to_string()).unwrap_or_default(),
            achievement: told.achievement_code,
            awarded_on: told.awarded_on,
            certificate_number: told.certificate_number.unwrap_or_default(),
            hours: told.hours.map(|hours| hours.to_string()).unwrap_or_default(),
            score: told.score.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_gb18030_with_a_chinese_header_reads_like_one_in_utf_8() {
        let directory = tempfile::tempdir().unwrap();
        let line = "410526198907157350,刘梓,,tr-care,2024-01-01,,60,89\n";
        let chinese = format!("身份证号,姓名,人员类别,成果编码,取得日期,证书编号,学时,成绩\n{line}");
        let english = format!("identity_number,name,trainee_group,achievement,awarded_on,certificate_number,hours,score\n{line}");
        std::fs::write(directory.path().join("a.csv"), encoding_rs::GB18030.encode(&chinese).0).unwrap();
        std::fs::write(directory.path().join("b.csv"), english).unwrap();
        let read = |name: &str| rows_of_file(&directory.path().join(name)).unwrap().next().unwrap().unwrap();
        assert_eq!(read("a.csv"), read("b.csv"));
        assert_eq!(read("a.csv").name, "刘梓");
    }

    #[test]
    fn a_wrong_row_is_named_by_file_and_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("outcomes-x.csv");
        let header = "identity_number,name,trainee_group,achievement,awarded_on,certificate_number,hours,score\n";
        std::fs::write(&path, format!("{header}1,a,,t,yesterday,,60,89\n")).unwrap();
        let error = rows_of_file(&path).unwrap().next().unwrap().unwrap_err().to_string();
        assert!(error.contains("outcomes-x.csv") && error.contains("line 2"), "{error}");
    }
}
