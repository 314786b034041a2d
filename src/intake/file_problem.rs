//! Why a file as a whole cannot be read, or not any further: a stable code and a sentence in both languages.

use serde::{Deserialize, Serialize};

use super::field::Field;
use crate::domain::language::Language;

macro_rules! file_problems {
    ($($(#[$doc:meta])* $variant:ident { $($field:ident : $type:ty),* } = $code:literal, $chinese:literal, $english:literal;)+) => {
        /// Why a file is refused.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "code", rename_all = "snake_case")]
        pub enum FileProblem {
            $($(#[$doc])* $variant { $($field: $type),* }),+
        }

        impl FileProblem {
            /// Every code with its sentences, for the published table.
            pub const TABLE: &'static [(&'static str, &'static str, &'static str)] = &[$(($code, $chinese, $english)),+];

            /// The stable code; it never depends on the language.
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }

            fn filled_in(&self, language: Language) -> String {
                match self {
                    $(Self::$variant { $($field),* } => {
                        $(let $field = said(&$field, language);)*
                        match language {
                            Language::Chinese => format!($chinese),
                            Language::English => format!($english),
                        }
                    })+
                }
            }
        }
    };
}

file_problems! {
    /// The bytes themselves could not be had; not the file's fault.
    Unreadable { detail: String } = "unreadable", "读取文件时出错：{detail}。", "Reading the file failed: {detail}.";
    FileTooLarge { bytes_max: u64 } = "file_too_large", "文件超过 {bytes_max} 字节，请拆分后上传。", "The file has more than {bytes_max} bytes; split it.";
    EmptyFile {} = "empty_file", "文件是空的。", "The file is empty.";
    NoRows {} = "no_rows", "文件只有表头，没有数据。", "The file has a header and no rows.";
    UnknownFormat {} = "unknown_format", "无法识别的文件。请上传 CSV、XLSX 或 NDJSON。", "This is no kind of file that is read here; upload CSV, XLSX or NDJSON.";
    /// A file of a kind that is known and not read.
    OtherFormat { kind: String } = "other_format", "这是 {kind} 文件，不能读取。请另存为 XLSX 或 CSV（UTF-8）。", "This is a file of the kind {kind}, which is not read here; save it as XLSX or as CSV (UTF-8).";
    EncryptedWorkbook {} = "encrypted_workbook", "工作簿有密码，请取消密码后上传。", "The workbook has a password; save it without one.";
    DamagedWorkbook { detail: String } = "damaged_workbook", "工作簿已损坏或不完整：{detail}。请重新保存后上传。", "The workbook is damaged or not complete: {detail}. Save it again.";
    /// What would unfold to more than the bank takes.
    WorkbookTooLarge { detail: String } = "workbook_too_large", "工作簿展开后过大：{detail}。请删除多余的内容，或改用 CSV。", "The workbook unfolds to more than is taken: {detail}. Remove what is not needed, or use CSV.";
    NoSuchSheet { sheet: String, sheets: Vec<String> } = "no_such_sheet", "没有工作表“{sheet}”；有：{sheets}。", "There is no sheet \"{sheet}\"; there are: {sheets}.";
    NoSheet {} = "no_sheet", "工作簿没有可见的工作表。", "The workbook has no visible sheet.";
    /// More than one visible sheet has a header of outcomes.
    SheetsToChooseFrom { sheets: Vec<String> } = "sheets_to_choose_from", "有多个工作表含有成果：{sheets}。请指定一个，或分开上传。", "Several sheets hold outcomes: {sheets}. Name one of them, or upload them one by one.";
    /// The file has columns, but not those without which nothing can be deposited.
    ColumnsMissing { missing: Vec<Field>, found: Vec<String> } = "columns_missing", "表头缺少：{missing}；找到的列：{found}。", "The header lacks: {missing}; the columns found are: {found}.";
    /// The same, of a file that is likely in another encoding than the two that are told apart.
    HeaderInOtherEncoding { encoding: String } = "header_in_other_encoding", "表头无法辨认，文件可能是 {encoding} 编码。请另存为 UTF-8。", "The header cannot be made out; the file may be in {encoding}. Save it as UTF-8.";
    HeaderRepeated { column: String } = "header_repeated", "列“{column}”出现了两次。", "The column \"{column}\" is there twice.";
    /// Two columns that both tell the same.
    FieldRepeated { field: Field, columns: Vec<String> } = "field_repeated", "{columns} 都表示{field}，请只保留一列，或在列对应中指定。", "{columns} all mean the {field}; keep one, or say in the mapping which.";
    TooManyRows { rows_max: u64 } = "too_many_rows", "超过 {rows_max} 行，请拆分后上传。", "There are more than {rows_max} rows; split the file.";
    TooManyColumns { columns_max: usize } = "too_many_columns", "超过 {columns_max} 列。", "There are more than {columns_max} columns.";
    RowTooLong { row: u64, bytes_max: u64 } = "row_too_long", "第 {row} 行超过 {bytes_max} 字节，引号可能没有成对。", "Row {row} has more than {bytes_max} bytes; a quotation mark may have no partner.";
    UnterminatedQuote { row: u64 } = "unterminated_quote", "第 {row} 行的引号没有结束，其后的内容无法分行。", "A quotation mark in row {row} has no partner, so what follows cannot be told apart.";
    UndecodableBytes { line: u64, encoding: String } = "undecodable_bytes", "第 {line} 行有不属于 {encoding} 编码的字节。请另存为 UTF-8 后上传。", "Line {line} has bytes that are not {encoding}; save the file as UTF-8.";
    /// The array or the object does not end.
    UnterminatedJson { row: u64 } = "unterminated_json", "第 {row} 条记录没有结束，文件可能不完整。", "Record {row} does not end; the file may not be complete.";
    /// What stands between the records of a list.
    MisplacedJson { row: u64 } = "misplaced_json", "第 {row} 条记录之前有不属于列表的内容。", "There is something before record {row} that does not belong into a list.";
}

/// A part of a sentence in its language.
trait Said {
    fn said(&self, language: Language) -> String;
}

fn said(part: &impl Said, language: Language) -> String {
    part.said(language)
}

macro_rules! said_as_it_is {
    ($($type:ty),+) => {
        $(impl Said for $type {
            fn said(&self, _: Language) -> String {
                self.to_string()
            }
        })+
    };
}

said_as_it_is!(u64, usize, String);

impl Said for Field {
    fn said(&self, language: Language) -> String {
        self.label(language).to_owned()
    }
}

/// How many items of a list a sentence names.
const NAMED_MAX: usize = 30;

impl<T: Said> Said for Vec<T> {
    fn said(&self, language: Language) -> String {
        let mut items: Vec<String> = self.iter().take(NAMED_MAX).map(|item| item.said(language)).collect();
        if self.len() > NAMED_MAX {
            items.push("…".to_owned());
        }
        items.join(match language {
            Language::Chinese => "、",
            Language::English => ", ",
        })
    }
}

impl<T: Said> Said for &T {
    fn said(&self, language: Language) -> String {
        (*self).said(language)
    }
}

impl FileProblem {
    /// What is wrong, as a sentence.
    pub fn sentence(&self, language: Language) -> String {
        self.filled_in(language)
    }
}

impl std::fmt::Display for FileProblem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.sentence(Language::English))
    }
}

impl std::error::Error for FileProblem {}

impl From<std::io::Error> for FileProblem {
    /// Readers that find a fault in what they read hand it through as an input's error.
    fn from(error: std::io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(problem) => problem,
            Err(error) => Self::Unreadable {
                detail: error.kind().to_string(),
            },
        }
    }
}

impl From<FileProblem> for std::io::Error {
    fn from(problem: FileProblem) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_what_is_missing_and_what_is_there() {
        let problem = FileProblem::ColumnsMissing {
            missing: vec![Field::Name, Field::AwardedOn],
            found: vec!["身份证号".to_owned(), "日子".to_owned()],
        };
        assert_eq!(
            problem.sentence(Language::Chinese),
            "表头缺少：姓名、取得日期；找到的列：身份证号、日子。"
        );
        assert_eq!(
            problem.sentence(Language::English),
            "The header lacks: name, date of award; the columns found are: 身份证号, 日子."
        );
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["code"], problem.code());
        assert_eq!(serde_json::from_value::<FileProblem>(json).unwrap(), problem);
    }

    #[test]
    fn a_fault_that_a_reader_found_comes_through_as_it_was() {
        let problem = FileProblem::UnterminatedQuote { row: 3 };
        assert_eq!(FileProblem::from(std::io::Error::from(problem.clone())), problem);
        let error = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(FileProblem::from(error).code(), "unreadable");
    }
}
