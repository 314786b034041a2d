//! What was found out about a file when it was opened.

use serde::{Deserialize, Serialize};

use super::mapping::Column;
use crate::domain::language::Language;
use crate::domain::words::words;

words! {
    /// The kinds of file that are read.
    pub enum Format as "FileFormat" {
        /// Delimited text, whatever its delimiter.
        Csv => "csv",
        Xlsx => "xlsx",
        /// A JSON object a line, or an array of them.
        Ndjson => "ndjson",
        /// The wide template of India's National Academic Depository and Academic Bank of Credits, as delimited text or a workbook.
        NadAbc => "nad_abc",
        /// Open Badges 3.0 and Comprehensive Learner Records 2.0, as JSON or as JWTs.
        OpenBadges => "open_badges",
        /// Statements of the Experience API, 1.0.3 or 2.0.
        Xapi => "xapi",
    }
}

words! {
    /// How the bytes of a text stand for letters.
    pub enum Encoding as "FileEncoding" {
        Utf8 => "utf-8",
        Utf8WithMark => "utf-8-bom",
        Utf16LittleEndian => "utf-16le",
        Utf16BigEndian => "utf-16be",
        Gb18030 => "gb18030",
    }
}

words! {
    /// What is good to know about a file that is read all the same.
    pub enum Note as "FileNote" {
        /// It has a programme in it, which is never run.
        MacrosIgnored => "macros_ignored",
        /// It refers to other workbooks, which are never opened.
        ExternalLinksIgnored => "external_links_ignored",
        HiddenSheetsIgnored => "hidden_sheets_ignored",
        OtherSheetsIgnored => "other_sheets_ignored",
        /// Days are counted from 1904.
        CountedFrom1904 => "counted_from_1904",
        /// The columns that the bank had added are left alone.
        OwnColumnsIgnored => "own_columns_ignored",
        LinesAboveHeaderIgnored => "lines_above_header_ignored",
    }
}

impl Note {
    /// The note as a sentence.
    pub const fn sentence(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::MacrosIgnored => ("文件含有宏，宏不会被执行。", "The file holds macros; they are not run."),
            Self::ExternalLinksIgnored => (
                "文件引用了其他工作簿，引用不会被打开。",
                "The file refers to other workbooks; they are not opened.",
            ),
            Self::HiddenSheetsIgnored => ("隐藏的工作表没有读取。", "Hidden sheets are not read."),
            Self::OtherSheetsIgnored => ("只读取了一个工作表。", "Only one of the sheets is read."),
            Self::CountedFrom1904 => (
                "工作簿使用 1904 年日期系统，日期已按此换算。",
                "The workbook counts days from 1904; its dates are read so.",
            ),
            Self::OwnColumnsIgnored => (
                "本行上次添加的处理结果两列没有读取。",
                "The two columns that the bank added last time are not read.",
            ),
            Self::LinesAboveHeaderIgnored => ("表头之前的行没有读取。", "What stands above the header is not read."),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

/// A sheet that is not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FileSheet)]
pub struct OtherSheet {
    pub name: String,
    pub hidden: bool,
}

/// What was found out about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FileAbout)]
pub struct About {
    pub format: Format,
    /// Of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Of delimited text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 1, example = ",")]
    pub delimiter: Option<char>,
    /// The sheet that is read, of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_sheets: Vec<OtherSheet>,
    /// Where the header stands, as rows are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u64>,
    /// The columns, or the properties of the first record.
    pub columns: Vec<Column>,
    pub notes: Vec<Note>,
}

/// What was passed over so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FilePassedOver)]
pub struct PassedOver {
    pub empty_rows: u64,
    /// Rows such as 合计 below the others.
    pub total_rows: u64,
    /// Statements of verbs that end nothing, and those that were voided.
    pub statements: u64,
}
