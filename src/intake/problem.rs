//! What is wrong with one cell: a stable code, a sentence, and what to do, in both languages. No value of a person is in it.

use serde::{Deserialize, Serialize};

use super::field::Field;
use crate::domain::language::Language;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident { $($field:ident : $type:ty),* } = $code:literal,
        $chinese:literal, $english:literal, $do_chinese:literal, $do_english:literal;)+) => {
        /// Why a value cannot be taken.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "code", rename_all = "snake_case")]
        pub enum Reason {
            $($(#[$doc])* $variant { $($field: $type),* }),+
        }

        impl Reason {
            /// Every code with its sentence and advice in Chinese and in English, for the published table.
            pub const TABLE: &'static [(&'static str, [&'static str; 2], [&'static str; 2])] =
                &[$(($code, [$chinese, $english], [$do_chinese, $do_english])),+];

            /// The stable code; it never depends on the language.
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }

            /// What is wrong, as a sentence.
            pub fn sentence(&self, language: Language) -> String {
                match self {
                    $(Self::$variant { $($field),* } => {
                        $(let _ = $field;)*
                        match language {
                            Language::Chinese => format!($chinese),
                            Language::English => format!($english),
                        }
                    })+
                }
            }

            /// What the person who has the file can do.
            pub fn what_to_do(&self, language: Language) -> String {
                match self {
                    $(Self::$variant { $($field),* } => {
                        $(let _ = $field;)*
                        match language {
                            Language::Chinese => format!($do_chinese),
                            Language::English => format!($do_english),
                        }
                    })+
                }
            }
        }
    };
}

reasons! {
    Missing {} = "missing", "该项为空。", "The value is missing.",
        "请填写。", "Fill it in.";
    DamagedNumber {} = "damaged_number", "号码已被电子表格改成科学计数法或舍入，后几位已丢失。", "A spreadsheet turned the number into scientific notation or rounded it; its last digits are lost.",
        "请把该列设为“文本”格式，从原始资料重新录入号码，再导出；不要在本文件中补零。", "Format the column as text, enter the number again from its source, and export once more; do not fill up the zeros.";
    DocumentKindUnknown {} = "document_kind_unknown", "不认识的证件类型。", "The kind of document is not known.",
        "请填写：居民身份证、护照、港澳居民来往内地通行证、台湾居民来往大陆通行证或外国人永久居留身份证。", "Use one of: resident_identity_card, passport, hong_kong_macao_permit, taiwan_permit, foreign_permanent_resident_card.";
    IdentityNotKnown { what: String } = "identity_not_known", "{what} 不是本行所认的身份证件。", "{what} is not an identity document by which the bank knows a person.",
        "请增加“证件类型”和“证件号码”两列，例如护照及其号码。", "Add the columns document_kind and document_number, with a passport and its number for example.";
    NotADate {} = "not_a_date", "不是日期。", "This is not a date.",
        "请写成 2024-03-01。", "Write it as 2024-03-01.";
    NoSuchDay {} = "no_such_day", "没有这一天。", "There is no such day.",
        "请核对年、月、日。", "Check the year, the month and the day.";
    AmbiguousDate {} = "ambiguous_date", "无法确定哪一个是月、哪一个是日。", "Which number is the month and which the day cannot be told.",
        "请把整列改成 2024-03-01 的写法。", "Write the whole column as 2024-03-01.";
    TwoDigitYear {} = "two_digit_year", "年份只有两位。", "The year has two digits only.",
        "请写出四位年份。", "Write the year with four digits.";
    DateWithoutDay {} = "date_without_day", "日期缺少日。", "The date has no day.",
        "请写出年、月、日，例如 2024-03-01。", "Write year, month and day, as in 2024-03-01.";
    NotHours {} = "not_hours", "不是学时数。", "This is not a number of hours.",
        "请写成数字，最多两位小数，例如 32 或 32.5。", "Write a number with at most two decimals, such as 32 or 32.5.";
    NegativeHours {} = "negative_hours", "学时不能是负数。", "Hours cannot be less than nothing.",
        "请核对学时。", "Check the hours.";
    TooManyHours {} = "too_many_hours", "学时数过大。", "The number of hours is too large.",
        "请核对学时。", "Check the hours.";
    AmbiguousNumber {} = "ambiguous_number", "无法确定逗号是千位分隔符还是小数点。", "Whether the comma separates thousands or decimals cannot be told.",
        "请用点作小数点，不要用千位分隔符。", "Use a point for decimals and nothing for thousands.";
    NotAWholeNumber { most: u16 } = "not_a_whole_number", "不是 1 到 {most} 的整数。", "This is not a whole number of 1 to {most}.",
        "请填写 1 到 {most} 的整数。", "Use a whole number of 1 to {most}.";
    TraineeGroupUnknown {} = "trainee_group_unknown", "不认识的人员类别。", "The trainee group is not known.",
        "请填写：高校毕业生、退役军人、农民工、高素质农民、残疾人、下岗失业人员或企业职工；不属于这些的留空。", "Use one of: unemployed_graduate, veteran, migrant_worker, skilled_farmer, disabled_person, laid_off_worker, enterprise_employee; or leave it empty.";
    CellTooLong { characters_max: usize } = "cell_too_long", "内容超过 {characters_max} 个字符。", "The value has more than {characters_max} characters.",
        "请核对内容是否放错了列，或引号是否没有成对。", "See whether it stands in the wrong column, or a quotation mark has no partner.";
    ControlCharacter {} = "control_character", "含有不可见的控制字符或换行。", "The value holds control characters or line breaks.",
        "请删除后重新录入。", "Enter it again without them.";
    SpreadsheetError { value: String } = "spreadsheet_error", "单元格的公式出错：{value}。", "The cell's formula failed: {value}.",
        "请改正公式，或改填数值。", "Mend the formula, or enter the value itself.";
    MoreCellsThanColumns {} = "more_cells_than_columns", "该行的内容比表头多。", "The row has more cells than the header.",
        "请核对分隔符和引号；含分隔符的内容要加引号。", "Check delimiters and quotation marks: a value with a delimiter in it stands in quotation marks.";
    NotText {} = "not_text", "该项不是文本或数字。", "The value is neither a text nor a number.",
        "请改成文本。", "Write it as a text.";
    BrokenJson { detail: String } = "broken_json", "不是有效的 JSON：{detail}。", "This is not valid JSON: {detail}.",
        "请改正该行。", "Mend this line.";
    RepeatedProperty { name: String } = "repeated_property", "属性 {name} 出现了两次。", "The property “{name}” is there twice.",
        "请只保留一个。", "Keep one of them.";
    TooDeep {} = "too_deep", "JSON 嵌套过深。", "The JSON is nested too deeply.",
        "请导出平面的记录。", "Export flat records.";
    TooManyOutcomes { most: usize } = "too_many_outcomes", "一行最多 {most} 项成果。", "One row tells at most {most} outcomes.",
        "请拆成几行。", "Spread them over several rows.";
    NoOutcome {} = "no_outcome", "该行没有任何成果。", "The row tells no outcome.",
        "请填写至少一项成果，或删除该行。", "Fill in one outcome at least, or remove the row.";
    NotPassed { status: String } = "not_passed", "该项未通过（{status}），不能存入。", "It was not passed ({status}) and is not deposited.",
        "只上传已通过的成果。", "Upload what was passed.";
    StatementUnfit { detail: String } = "statement_unfit", "xAPI 语句不符合要求：{detail}。", "The xAPI statement does not fit: {detail}.",
        "请按说明导出语句。", "Export statements as the description says.";
    CredentialRefused { detail_chinese: String, detail_english: String } = "credential_refused", "凭证未通过验证：{detail_chinese}。", "The credential was not verified: {detail_english}.",
        "请向签发机构索取未经修改的原件，或按说明登记其公钥。", "Ask its issuer for the unaltered original, or register its key as the description says.";
    CredentialUnfit { detail_chinese: String, detail_english: String } = "credential_unfit", "凭证缺少所需内容：{detail_chinese}。", "The credential lacks what a deposit needs: {detail_english}.",
        "请在签发时写入该项内容。", "Have it issued with what is missing.";
}

/// What is wrong with one cell of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellProblem {
    /// The column as the file names it; absent where the whole row is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// What stands there, shortened, and masked where it is personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    pub reason: Reason,
}

/// How much of a wrong value is shown.
const SHOWN_CHARACTERS_MAX: usize = 60;

impl CellProblem {
    /// A problem of a whole row.
    pub fn of_row(reason: Reason) -> Self {
        Self {
            column: None,
            field: None,
            value: None,
            reason,
        }
    }

    /// A problem of one cell; whatever is personal, or whose field is not known, is masked.
    pub fn of_cell(column: Option<&str>, field: Option<Field>, value: &str, reason: Reason) -> Self {
        Self {
            column: column.map(shortened),
            field,
            value: shown(field, value),
            reason,
        }
    }
}

/// A value for people's eyes: masked where it is a person's, or may be; `None` where there is none.
pub fn shown(field: Option<Field>, value: &str) -> Option<String> {
    let value = match field {
        Some(field) if !field.is_personal() => shortened(value),
        Some(Field::DocumentNumber) => masked(value, 3, 2),
        _ => masked(value, 1, 0),
    };
    Some(value).filter(|value| !value.is_empty())
}

/// A text as it may be shown: on one line, and not too long.
pub fn shortened(text: &str) -> String {
    let visible = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut shown: String = visible.take(SHOWN_CHARACTERS_MAX).collect();
    if text.chars().nth(SHOWN_CHARACTERS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// The first and the last letters, and stars between; never more than a third of a short text.
fn masked(text: &str, first: usize, last: usize) -> String {
    let text = text.trim();
    let count = text.chars().count();
    let few = count < (first + last) * 2;
    let (first, last) = if few { (1, 0) } else { (first, last) };
    let star = |(place, letter): (usize, char)| if place < first || place + last >= count { letter } else { '*' };
    let mask: String = text.chars().enumerate().map(star).take(SHOWN_CHARACTERS_MAX).collect();
    if count == 1 { "*".to_owned() } else { mask }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_differ_and_are_what_serde_writes() {
        let codes: BTreeSet<&str> = Reason::TABLE.iter().map(|(code, ..)| *code).collect();
        assert_eq!(codes.len(), Reason::TABLE.len());
        let reason = Reason::NotAWholeNumber { most: 99 };
        let json = serde_json::to_value(&reason).unwrap();
        assert_eq!(json, serde_json::json!({ "code": "not_a_whole_number", "most": 99 }));
        assert_eq!(serde_json::from_value::<Reason>(json).unwrap(), reason);
        assert_eq!(reason.sentence(Language::English), "This is not a whole number of 1 to 99.");
        assert_eq!(reason.what_to_do(Language::Chinese), "请填写 1 到 99 的整数。");
    }

    #[test]
    fn what_is_personal_is_masked() {
        let value = |field, text| {
            CellProblem::of_cell(None, field, text, Reason::Missing {})
                .value
                .unwrap_or_default()
        };
        for (field, text, shown) in [
            (Some(Field::DocumentNumber), "11010519491231002X", "110*************2X"),
            (Some(Field::DocumentNumber), "4.1E+17", "4******"),
            (Some(Field::DocumentNumber), "1", "*"),
            (Some(Field::Name), "欧阳明月", "欧***"),
            (Some(Field::Name), "王", "*"),
            // Whatever stands in a column that nobody knows may be a name.
            (None, "王芳", "王*"),
            (Some(Field::Hours), "-5", "-5"),
            (Some(Field::Hours), "a\nb", "a b"),
        ] {
            assert_eq!(value(field, text), shown, "{text}");
        }
        assert_eq!(value(Some(Field::Hours), &"9".repeat(100)).chars().count(), 61);
    }
}
