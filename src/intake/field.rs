//! What a column of a file, or a property of a record, may tell of an outcome: its word, its labels, and the names by which it is known.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::domain::language::Language;
use crate::domain::words::words;

words! {
    /// What a column may tell.
    pub enum Field as "FileField" {
        DocumentKind => "document_kind",
        DocumentNumber => "document_number",
        Name => "name",
        AchievementCode => "achievement_code",
        AchievementName => "achievement_name",
        AwardedOn => "awarded_on",
        CertificateNumber => "certificate_number",
        Grade => "grade",
        GradingScale => "grading_scale",
        Score => "score",
        Hours => "hours",
        Credits => "credits",
        TraineeGroup => "trainee_group",
        ContestEvent => "contest_event",
        ContestPlace => "contest_place",
        ContestTeamPosition => "contest_team_position",
    }
}

impl Field {
    /// Without a column for each of these a file is not read.
    pub const REQUIRED: [Self; 4] = [Self::DocumentNumber, Self::Name, Self::AchievementCode, Self::AwardedOn];

    /// What it is called for people.
    pub const fn label(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::DocumentKind => ("证件类型", "document kind"),
            Self::DocumentNumber => ("证件号码", "document number"),
            Self::Name => ("姓名", "name"),
            Self::AchievementCode => ("成果编码", "achievement code"),
            Self::AchievementName => ("成果名称", "achievement name"),
            Self::AwardedOn => ("取得日期", "date of award"),
            Self::CertificateNumber => ("证书编号", "certificate number"),
            Self::Grade => ("成绩等级", "grade"),
            Self::GradingScale => ("评分制", "grading scale"),
            Self::Score => ("成绩", "score"),
            Self::Hours => ("学时", "hours"),
            Self::Credits => ("学分", "credits"),
            Self::TraineeGroup => ("人员类别", "trainee group"),
            Self::ContestEvent => ("竞赛名称", "contest event"),
            Self::ContestPlace => ("竞赛名次", "contest place"),
            Self::ContestTeamPosition => ("团队排名", "place in the team"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    /// Whether its values tell who somebody is: such values are shown to nobody in full.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::DocumentNumber | Self::Name)
    }

    /// Other names by which institutions know it, beside its word and its labels.
    const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::DocumentKind => &[
                "证件种类",
                "证件类别",
                "身份证件类型",
                "id type",
                "document type",
                "identity document type",
            ],
            Self::DocumentNumber => &[
                "身份证号",
                "身份证号码",
                "身份证",
                "公民身份号码",
                "公民身份证号码",
                "居民身份证号",
                "居民身份证号码",
                "证件号",
                "身份证件号",
                "身份证件号码",
                "有效证件号码",
                "identity number",
                "id number",
                "id card number",
                "id no",
                "identity card number",
            ],
            Self::Name => &[
                "学员姓名",
                "学生姓名",
                "考生姓名",
                "参训人员姓名",
                "学习者姓名",
                "获奖人",
                "持证人姓名",
                "full name",
                "learner name",
                "student name",
                "learner",
            ],
            Self::AchievementCode => &[
                "成果代码",
                "学习成果编码",
                "学习成果代码",
                "成果编号",
                "课程代码",
                "课程编码",
                "课程编号",
                "项目编码",
                "项目代码",
                "achievement",
                "course code",
                "course id",
                "course",
                "code",
            ],
            Self::AchievementName => &[
                "学习成果名称",
                "课程名称",
                "项目名称",
                "证书名称",
                "培训项目",
                "职业工种",
                "course name",
                "course title",
                "title",
                "achievement title",
            ],
            Self::AwardedOn => &[
                "发证日期",
                "获得日期",
                "颁发日期",
                "获证日期",
                "取得时间",
                "获得时间",
                "发证时间",
                "结业日期",
                "毕业日期",
                "完成日期",
                "获奖日期",
                "date",
                "award date",
                "awarded",
                "issue date",
                "date of issue",
                "issued on",
                "completion date",
                "completed on",
            ],
            Self::CertificateNumber => &[
                "证书号",
                "证书号码",
                "证书编码",
                "获奖证书编号",
                "certificate no",
                "certificate",
                "certificate id",
                "cert no",
            ],
            Self::Grade => &["等级", "成绩等第", "等第", "评定等级", "评级", "level of result"],
            Self::GradingScale => &["成绩制", "计分制", "评分标准", "scale"],
            Self::Score => &["分数", "考试成绩", "总成绩", "考核成绩", "得分", "mark", "marks", "points"],
            Self::Hours => &[
                "课时",
                "培训学时",
                "总学时",
                "学时数",
                "培训课时",
                "training hours",
                "duration hours",
            ],
            Self::Credits => &["学分数", "原学分", "课程学分", "credit", "original credit"],
            Self::TraineeGroup => &["培训对象类别", "培训对象", "人员类型", "学员类别", "group", "trainee category"],
            Self::ContestEvent => &["赛项", "大赛名称", "比赛名称", "竞赛项目", "contest", "competition"],
            Self::ContestPlace => &["名次", "奖项等级", "获奖等级", "获奖名次", "place", "prize"],
            Self::ContestTeamPosition => &["团队名次", "本人排名", "成员排名", "排名", "team position", "position in team"],
        }
    }

    /// Every name by which it is known, as people write it.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [self.as_str(), self.label(Language::Chinese), self.label(Language::English)]
            .into_iter()
            .chain(self.aliases().iter().copied())
    }
}

/// The names of the two columns that the bank adds to a file, so that they are left alone when it comes again.
pub const RESULT_COLUMN: [&str; 2] = ["处理结果", "bank_result"];
/// See [`RESULT_COLUMN`].
pub const EXPLANATION_COLUMN: [&str; 2] = ["处理说明", "bank_explanation"];

/// Whether a column is one that the bank added.
pub fn is_added_by_the_bank(header: &str) -> bool {
    let header = folded(header);
    RESULT_COLUMN.iter().chain(&EXPLANATION_COLUMN).any(|name| folded(name) == header)
}

/// A header without what makes no difference: width, letter case, spaces, punctuation, what is in brackets, and the
/// characters that nobody sees.
pub fn folded(header: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for letter in header.nfkc().flat_map(char::to_lowercase) {
        match letter {
            '(' | '[' | '【' | '<' | '〔' => depth += 1,
            ')' | ']' | '】' | '>' | '〕' => depth = depth.saturating_sub(1),
            _ if depth == 0 && letter.is_alphanumeric() => kept.push(letter),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_name_is_known_for_two_fields() {
        let mut known: BTreeMap<String, Field> = BTreeMap::new();
        for field in Field::ALL {
            for name in field.names() {
                assert!(!folded(name).is_empty(), "{name}");
                if let Some(other) = known.insert(folded(name), *field) {
                    assert_eq!(other, *field, "{name}");
                }
            }
        }
    }

    #[test]
    fn headers_fold() {
        for (one, other) in [
            ("身份证号*", "身份证号"),
            ("\u{feff}姓 名", "姓名"),
            ("取得日期（必填）", "取得日期"),
            ("＊Document_Number [required]", "document number"),
            ("ＨＯＵＲＳ\n", "hours"),
        ] {
            assert_eq!(folded(one), folded(other), "{one:?}");
        }
        assert!(is_added_by_the_bank("Bank Result") && is_added_by_the_bank("处理说明") && !is_added_by_the_bank("结果"));
    }
}
