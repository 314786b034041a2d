//! The words of the page behind a link, in both languages.

use chrono::{FixedOffset, NaiveDate};

use crate::domain::language::Language;
use crate::domain::portfolio::disclosure::{DisclosedArtefact, DisclosedItem, Disclosure};
use crate::domain::portfolio::timeline::{Figures, ItemKind, Verification};
use crate::ops::shares::open::Opened;

/// What the page says whatever it shows.
pub(super) struct Texts {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) pin: &'static str,
    pub(super) pin_hint: &'static str,
    pub(super) submit: &'static str,
    pub(super) other_language: &'static str,
    pub(super) other_code: &'static str,
    pub(super) nothing: &'static str,
    pub(super) account: &'static str,
    pub(super) document: &'static str,
    pub(super) skills: &'static str,
    pub(super) links: &'static str,
    pub(super) files: &'static str,
    pub(super) live: &'static str,
}

const CHINESE: Texts = Texts {
    title: "查看分享的学习档案",
    lead: "有人通过学分银行向您出示其学习档案的一部分。无需登录。每次打开都会计入查看次数，并告知档案本人。",
    pin: "访问码",
    pin_hint: "6 至 12 位数字，由对方另行告知；对方没有给您访问码时请留空。",
    submit: "打开",
    other_language: "English",
    other_code: "en",
    nothing: "目前没有可出示的内容。",
    account: "学分银行账户",
    document: "证件号码",
    skills: "技能",
    links: "链接",
    files: "文件（一小时内可下载）",
    live: "每项的核验状态均为打开本页时的实际状态，由学分银行给出。",
};

const ENGLISH: Texts = Texts {
    title: "A shared learning record",
    lead: "Somebody shows you a part of a learning record kept by the credit bank. No log-in is needed. Each opening counts as a look, and its owner is told of it.",
    pin: "PIN",
    pin_hint: "6 to 12 digits, which you were told separately; leave it empty if you were told none.",
    submit: "Open",
    other_language: "中文",
    other_code: "zh",
    nothing: "There is nothing to show at present.",
    account: "Account at the bank",
    document: "Identity document",
    skills: "Skills",
    links: "Links",
    files: "Files, to download within the hour",
    live: "Whether each item stands is so at the moment at which this page was opened, as the credit bank says.",
};

/// A link as it is shown.
pub(super) struct ShownLink {
    pub(super) url: String,
    pub(super) label: String,
}

/// A file as it is shown.
pub(super) struct ShownFile {
    pub(super) name: String,
    pub(super) size: String,
    /// By which a copy is recognised.
    pub(super) sha256: String,
    /// Where it is fetched, from the page's own address.
    pub(super) address: String,
}

/// An item as it is shown.
pub(super) struct ShownItem {
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) when: String,
    /// The word that the style sheet knows.
    pub(super) verification: &'static str,
    pub(super) says: String,
    pub(super) organisation: Option<String>,
    pub(super) text: Option<String>,
    pub(super) figures: Vec<(&'static str, String)>,
    pub(super) skills: Vec<String>,
    pub(super) links: Vec<ShownLink>,
    pub(super) files: Vec<ShownFile>,
}

/// What a view shows.
pub(super) struct Shown {
    pub(super) title: Option<String>,
    pub(super) name: String,
    pub(super) account_number: Option<String>,
    pub(super) document: Option<String>,
    pub(super) as_of: String,
    pub(super) items: Vec<ShownItem>,
}

/// The words in a language.
pub(super) fn texts(language: Language) -> &'static Texts {
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

fn either(language: Language, chinese: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

fn kind(kind: ItemKind, language: Language) -> &'static str {
    let (chinese, english) = match kind {
        ItemKind::Outcome => ("学习成果", "Outcome"),
        ItemKind::Credit => ("学分", "Credit"),
        ItemKind::Conversion => ("学分转换", "Conversion of credit"),
        ItemKind::Education => ("教育经历", "Education"),
        ItemKind::Work => ("工作经历", "Work"),
        ItemKind::Project => ("项目", "Project"),
        ItemKind::Volunteering => ("志愿服务", "Volunteering"),
        ItemKind::Award => ("奖励", "Award"),
        ItemKind::Reflection => ("学习反思", "Reflection"),
        ItemKind::Goal => ("目标", "Goal"),
    };
    either(language, chinese, english)
}

/// Who stands by it, in a sentence.
fn says(item: &DisclosedItem, language: Language) -> String {
    let chinese = language == Language::Chinese;
    let by = item.institutions.join(either(language, "、", ", "));
    let on = item.verified_on.map(|day| day.to_string()).unwrap_or_default();
    match (item.verification, chinese) {
        (Verification::Valid, true) => format!("有效 · 由{by}给出"),
        (Verification::Valid, false) => format!("Valid · given by {by}"),
        (Verification::Suspended, true) => format!("核查中，暂不作准 · {by}"),
        (Verification::Suspended, false) => format!("Being looked into, not to be relied on yet · {by}"),
        (Verification::Revoked, true) => format!("已撤回 {on} · {by}"),
        (Verification::Revoked, false) => format!("Revoked {on} · {by}"),
        (Verification::Corrected, true) => format!("已更正 {on}，此项不再作准 · {by}"),
        (Verification::Corrected, false) => format!("Corrected since, {on}; this one no longer counts · {by}"),
        (Verification::Refused, true) => format!("未被接受 · {by}"),
        (Verification::Refused, false) => format!("Not taken · {by}"),
        (Verification::Confirmed, true) => format!("本人填写 · 经{by}核实"),
        (Verification::Confirmed, false) => format!("The learner's own entry · confirmed by {by}"),
        (Verification::SelfDeclared, true) => "本人自述，未经核实".to_owned(),
        (Verification::SelfDeclared, false) => "Self-declared, not confirmed by anybody".to_owned(),
    }
}

fn when(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    match (from, to) {
        (None, None) => String::new(),
        (Some(from), Some(to)) if from == to => from.to_string(),
        (from, to) => {
            let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            format!("{} – {}", day(from), day(to)).trim().to_owned()
        }
    }
}

fn figures(item: &DisclosedItem, language: Language) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut say = |chinese, english, value: Option<String>| found.extend(value.map(|value| (either(language, chinese, english), value)));
    if let Some(figures) = &item.figures {
        let Figures {
            grade,
            grading_scale,
            score,
            hours,
            credits,
            certificate_number,
            level,
            trainee_group,
        } = figures;
        say("证书编号", "Certificate number", certificate_number.clone());
        say("等级", "Level", level.map(|level| level.to_string()));
        say("成绩", "Score", score.clone());
        say("等第", "Grade", grade.clone());
        say("评分制", "Grading scale", grading_scale.clone());
        say("学时", "Hours", hours.map(|hours| hours.to_string()));
        say("原学分", "Original credits", credits.clone());
        say("培训人群", "Trainee group", trainee_group.map(|group| group.to_string()));
    }
    say("学分银行学分", "Bank credit", item.bank_credit.map(|credit| credit.to_string()));
    say("课程学分", "Course credit", item.course_credit.map(|credit| credit.to_string()));
    say("认定结论编号", "Decision", item.decision_number.clone());
    found
}

/// How large a file is, as people say it.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

fn file(file: &DisclosedArtefact, code: &str, language: Language) -> ShownFile {
    let ticket = file.ticket.as_deref().unwrap_or_default();
    ShownFile {
        name: file.name.clone(),
        size: size(file.bytes),
        sha256: file.sha256.clone(),
        address: format!("{code}/files/{ticket}?lang={}", either(language, "zh", "en")),
    }
}

fn item(item: &DisclosedItem, code: &str, language: Language) -> ShownItem {
    let links = item.links.iter().map(|link| ShownLink {
        label: link
            .label
            .as_ref()
            .map_or(link.url.as_str(), |label| label.text(language))
            .to_owned(),
        url: link.url.clone(),
    });
    ShownItem {
        kind: kind(item.kind, language),
        title: item.title.text(language).to_owned(),
        when: when(item.from, item.to),
        verification: item.verification.as_str(),
        says: says(item, language),
        organisation: item.organisation.as_ref().map(|text| text.text(language).to_owned()),
        text: item.text.as_ref().map(|text| text.text(language).to_owned()),
        figures: figures(item, language),
        skills: item.skills.clone(),
        links: links.collect(),
        files: item.artefacts.iter().map(|one| file(one, code, language)).collect(),
    }
}

/// What a view shows behind a code, in a language, on the bank's own days.
pub(super) fn shown(opened: &Opened, code: &str, offset: FixedOffset, language: Language) -> Shown {
    let Disclosure {
        title,
        holder,
        as_of,
        items,
        ..
    } = &opened.record;
    let until = opened.expires_at.with_timezone(&offset).format("%Y-%m-%d %H:%M");
    Shown {
        title: title.as_ref().map(|title| title.text(language).to_owned()),
        name: holder.name.clone(),
        account_number: holder.account_number.clone(),
        document: holder.document_masked.clone(),
        as_of: match language {
            Language::Chinese => format!("截至 {as_of}；此链接有效期至 {until}。"),
            Language::English => format!("As of {as_of}; the link is good until {until}."),
        },
        items: items.iter().map(|one| item(one, code, language)).collect(),
    }
}
