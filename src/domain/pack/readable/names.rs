//! What closed sets of words are called in both languages.

use super::say;
use crate::domain::achievement::{AchievementKind, ContestScope};
use crate::domain::condition::{Origin, Standing};
use crate::domain::facts::Verification;
use crate::domain::institution::InstitutionKind;
use crate::domain::language::Language;
use crate::domain::limit::{Counted, Scope};
use crate::domain::outcome::TraineeGroup;
use crate::domain::pack::value::TableKey;
use crate::domain::recognition::{Boundary, SelectedBy};

pub(super) fn kind(kind: AchievementKind, language: Language) -> String {
    kind.called(language).to_owned()
}

pub(super) fn institution(kind: InstitutionKind, language: Language) -> String {
    match kind {
        InstitutionKind::SecondaryVocationalSchool => say!(language, "中等职业学校", "secondary vocational school"),
        InstitutionKind::SpecialEducationSchool => say!(language, "特殊教育学校", "special education school"),
        InstitutionKind::VocationalCollege => say!(language, "高等职业学校", "vocational college"),
        InstitutionKind::University => say!(language, "大学", "university"),
        InstitutionKind::TrainingProvider => say!(language, "培训机构", "training provider"),
        InstitutionKind::AssessmentBody => say!(language, "评价组织", "assessment body"),
        InstitutionKind::Enterprise => say!(language, "企业", "enterprise"),
        InstitutionKind::CommunityCollege => say!(language, "社区学院", "community college"),
        InstitutionKind::ElderlyEducationCentre => say!(language, "老年教育机构", "elderly education centre"),
    }
}

pub(super) fn trainee_group(group: TraineeGroup, language: Language) -> String {
    match group {
        TraineeGroup::UnemployedGraduate => say!(language, "离校未就业高校毕业生", "unemployed graduate"),
        TraineeGroup::Veteran => say!(language, "退役军人", "veteran"),
        TraineeGroup::MigrantWorker => say!(language, "农民工", "migrant worker"),
        TraineeGroup::SkilledFarmer => say!(language, "高素质农民", "skilled farmer"),
        TraineeGroup::DisabledPerson => say!(language, "残疾人", "disabled person"),
        TraineeGroup::LaidOffWorker => say!(language, "去产能分流职工", "laid-off worker"),
        TraineeGroup::EnterpriseEmployee => say!(language, "企业职工", "enterprise employee"),
    }
}

pub(super) fn contest_scope(scope: ContestScope, language: Language) -> String {
    match scope {
        ContestScope::National => say!(language, "国家级", "national"),
        ContestScope::Provincial => say!(language, "省级", "provincial"),
        ContestScope::Municipal => say!(language, "市级", "municipal"),
        ContestScope::County => say!(language, "县级", "county"),
    }
}

pub(super) fn origin(origin: Origin, language: Language) -> String {
    match origin {
        Origin::Own => say!(language, "本机构的成果", "from the owner itself"),
        Origin::Other => say!(language, "其他机构的成果", "from another institution"),
        Origin::UnderAgreement => say!(language, "互认协议所认可的成果", "acceptable by an agreement in force"),
    }
}

pub(super) fn standing(standing: Standing, language: Language) -> String {
    match standing {
        Standing::Individual => say!(language, "个人赛", "won alone"),
        Standing::Team => say!(language, "团体赛", "won in a team"),
    }
}

pub(super) fn verification(verification: Verification, language: Language) -> String {
    match verification {
        Verification::Verified => say!(language, "由机构存入", "deposited by an institution"),
        Verification::Declared => say!(language, "由学习者自行申报", "declared by the learner"),
    }
}

pub(super) fn boundary(boundary: Boundary, language: Language) -> String {
    match boundary {
        Boundary::AnniversaryIncluded => say!(language, "期满当日在内", "the anniversary included"),
        Boundary::AnniversaryExcluded => say!(language, "期满当日不在内", "the anniversary excluded"),
    }
}

pub(super) fn selected_by(by: SelectedBy, language: Language) -> String {
    match by {
        SelectedBy::AwardDate => say!(language, "成果取得日期", "the award date"),
        SelectedBy::DecisionDate => say!(language, "认定日期", "the date of the decision"),
    }
}

pub(super) fn scope(scope: Scope, language: Language) -> String {
    match scope {
        Scope::Programme => say!(language, "个专业", "programme"),
        Scope::Outcome => say!(language, "项成果", "outcome"),
        Scope::Achievement => say!(language, "个学习成果标准", "achievement"),
        Scope::Family => say!(language, "个系列", "family"),
        Scope::Event => say!(language, "个赛事", "event"),
        Scope::Kind => say!(language, "类成果", "kind of outcome"),
        Scope::Issuer => say!(language, "个发证机构", "issuer"),
        Scope::Course => say!(language, "门课程", "course"),
        Scope::Bucket => say!(language, "个课程模块", "bucket"),
        Scope::Period => say!(language, "个期间", "period"),
    }
}

/// What so many things are called.
pub(super) fn counted(counted: Counted, count: u16, language: Language) -> String {
    match (counted, count) {
        (Counted::Outcomes, 1) => say!(language, "项成果", "outcome"),
        (Counted::Outcomes, _) => say!(language, "项成果", "outcomes"),
        (Counted::Courses, 1) => say!(language, "门课程", "course"),
        (Counted::Courses, _) => say!(language, "门课程", "courses"),
    }
}

pub(super) fn table_key(key: TableKey, language: Language) -> String {
    match key {
        TableKey::Rank => say!(language, "级别", "rank"),
        TableKey::Level => say!(language, "资历等级", "level"),
        TableKey::ContestPlace => say!(language, "竞赛名次或奖项等次", "place in the contest"),
        TableKey::Grade => say!(language, "成绩等级", "grade"),
    }
}
