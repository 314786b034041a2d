//! Lists as tables: each has what its page shows, a head in both languages, and a name to be saved by.

use serde_json::json;

use super::browser::{Browser, People};
use super::files::stopped_import;
use super::folio::made;
use crate::packs::{document, put_in_force, today, without_notice};
use crate::server::Server;
use crate::town::{agreement, pathway, programme};

/// A list: its page with what is asked for there, how the head of its table begins in English and in Chinese, and what stands both on
/// the page and in the table.
struct List<'a> {
    reader: &'a Browser<'a>,
    page: String,
    table: String,
    english: &'a str,
    chinese: &'a str,
    row: &'a str,
}

fn list<'a>(reader: &'a Browser<'a>, page: &str, english: &'a str, chinese: &'a str, row: &'a str) -> List<'a> {
    List {
        reader,
        page: page.to_owned(),
        table: table_of(page),
        english,
        chinese,
        row,
    }
}

/// The address of the table of a page.
fn table_of(page: &str) -> String {
    match page.split_once('?') {
        Some((path, asked)) => format!("{path}.csv?{asked}"),
        None => format!("{page}.csv"),
    }
}

impl List<'_> {
    /// A list that is a part of its page: its table has a name of its own below it.
    fn below(mut self, name: &str) -> Self {
        self.table = format!("{}/{name}.csv", self.page);
        self
    }

    fn check(&self, server: &Server) {
        let Self {
            reader,
            page,
            table: path,
            row,
            ..
        } = self;
        let shown = reader.read(page);
        assert!(shown.status == 200 && shown.text.contains(row), "{page} {row}: {}", shown.text);
        let link = path.split('?').next().unwrap();
        assert!(shown.text.contains(&format!("href=\"{link}")), "no link to {link}: {}", shown.text);
        let cookie = format!("{}; language=zh-CN", reader.cookie);
        let chinese = Browser::with_cookie(server, cookie.trim_start_matches("; ").to_owned());
        for (browser, head) in [(*reader, self.english), (&chinese, self.chinese)] {
            let table = browser.read(path);
            assert_eq!(table.status, 200, "{path}: {}", table.text);
            assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"), "{path}");
            let named = table.header("content-disposition").unwrap();
            let plain = link.rsplit('/').next().unwrap();
            assert!(
                named.starts_with(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''")),
                "{named}"
            );
            let text = table.text.trim_start_matches('\u{feff}');
            assert!(text.starts_with(head), "{path}: {text}");
            let columns = |line: &str| line.split(',').count();
            assert!(columns(text.lines().next().unwrap()) > 2, "{path}: {text}");
        }
        let table = reader.read(path).text;
        let has = table.lines().skip(1).any(|line| line.contains(row));
        assert!(has, "{path} has no {row}: {table}");
    }
}

/// Brings something into every list that is looked at. Answers the correction.
fn fill(server: &Server, people: &People<'_>) -> String {
    let (town, school) = (&people.town, people.town.school.as_str());
    put_in_force(server, town, &document(&today()));
    let new = json!({ "institution_id": school, "programme": programme("elec-2024") });
    server.post("/api/v1/programmes", &town.registrar, &new).expect(201);
    let new = json!({ "institution_id": town.other_school, "programme": programme("elec-2024") });
    server.post("/api/v1/programmes", &town.stranger, &new).expect(201);
    server.post("/api/v1/agreements", &town.officer, &agreement("walk")).expect(201);
    server
        .post("/api/v1/pathways", &town.officer, &pathway("way", "elec-2024"))
        .expect(201);
    stopped_import(server, town);
    let client = json!({ "name": "=教务系统", "scopes": ["outcomes:write"] });
    server
        .post(&format!("/api/v1/institutions/{school}/api-clients"), &town.registrar, &client)
        .expect(201);
    // Of somebody whose name is another one.
    let mut wrong = town.outcome("S000441012345242000009");
    wrong["learner"]["name"] = json!("王方");
    town.deposit(server, &wrong);
    let mut odd = town.outcome("NOT-A-NUMBER-OF-ITS-KIND");
    odd["awarded_on"] = json!("2001-03-01");
    town.deposit(server, &odd).expect(201);
    let correction = json!({ "institution_id": school, "kind": "withdraw", "scope": { "of": "outcome", "outcome_id": people.outcome_id },
        "reason": "登记有误", "citation": "校发〔2026〕1号" });
    let correction = server.post("/api/v1/corrections", &town.registrar, &correction).expect(201);
    let webhook = json!({ "url": "https://hooks.example.com/bank", "description": "教务系统的接收处" });
    server
        .post(&format!("/api/v1/institutions/{school}/webhooks"), &town.registrar, &webhook)
        .expect(201);
    let fields = [
        ("audience", "employer"),
        ("name", "应聘"),
        ("title", "技能与经历"),
        ("selection", "kinds"),
        ("kind", "outcome"),
    ];
    made(people, "/views/new", "/views/", &fields);
    let request = json!({ "outcome_id": people.outcome_id, "kind": "wrong", "reason": "成绩应为 96 分" });
    server.post("/api/v1/me/correction-requests", &people.token, &request).expect(201);
    let entry = json!({ "kind": "work", "title": { "zh": "实训中心助教" } });
    let entry = server.post("/api/v1/me/portfolio/entries", &people.token, &entry).expect(201);
    let path = format!("/api/v1/me/portfolio/entries/{}/confirmations", entry["entry_id"].as_str().unwrap());
    server.post(&path, &people.token, &json!({ "institution_id": school })).expect(201);
    let other = town.deposit(server, &{
        let mut outcome = town.outcome("S000441012345242000003");
        outcome["learner"] = json!({ "document_kind": "passport", "document_number": "E98765432", "name": "王芳" });
        outcome
    });
    let merge = json!({ "surviving": { "learner_id": people.learner_id }, "absorbed": { "learner_id": other.expect(201)["learner_id"] },
        "reason": "护照与身份证为同一人", "citation": "户籍证明" });
    server.post("/api/v1/merges", &town.officer, &merge).expect(201);
    let fields = [("kind", "outcome"), ("outcome", people.outcome_id.as_str()), ("language", "en")];
    made(people, "/statements/new", "/statements/", &fields);
    correction["correction_id"].as_str().unwrap().to_owned()
}

#[test]
fn every_list_is_a_table_too() {
    without_notice(|server| {
        let people = People::build(server);
        let correction = fill(server, &people);
        let People {
            nobody,
            owner,
            member,
            officer,
            administrator,
            ..
        } = &people;
        let desk = |path: &str| format!("/desk/{}/{path}", people.town.school);
        for list in [
            list(nobody, "/catalogue?q=电工", "Code,Version,Name", "编码,版本,名称", "occ-elec-4"),
            list(nobody, "/catalogue/programmes", "Code,Version", "编码,版本", "elec-2024"),
            list(nobody, "/catalogue/packs", "Code,Version", "编码,版本", "certificates"),
            list(nobody, "/catalogue/agreements", "Code,Version", "编码,版本", "walk"),
            list(nobody, "/catalogue/pathways", "Code,Version", "编码,版本", "way"),
            list(nobody, "/institutions", "Name,Kind", "名称,种类", "registrar 学校"),
            list(member, &desk("outcomes"), "Learner,Account number", "学习者,账户号码", "王*"),
            list(member, &desk("files"), "File,Status", "文件,状态", "a.csv"),
            list(member, &desk("members"), "Name,User name", "姓名,用户名", "registrar"),
            list(member, &desk("clients"), "Name,Status", "名称,状态", "=教务系统"),
            list(member, &desk("corrections"), "Kind,About", "种类,事项", "登记有误"),
            list(
                member,
                &desk(&format!("corrections/{correction}")),
                "Achievement,Learner",
                "成果,学习者",
                "S000441012345242000001",
            )
            .below("outcomes"),
            list(
                member,
                &desk("webhooks"),
                "Description,Address",
                "说明,接收地址",
                "hooks.example.com",
            ),
            list(member, &desk("disputes"), "Requested,Kind", "提出时间,种类", "王*"),
            list(member, &desk("confirmations"), "Requested,Learner", "提出时间,学习者", "王*"),
            list(member, &desk("mismatches"), "Created,Status", "创建时间,状态", "王方"),
            list(member, &desk("packs"), "Code,Version", "编码,版本", "certificates"),
            list(member, &desk("catalogue"), "Code,Version", "编码,版本", "occ-elec-4"),
            list(member, &desk("catalogue/programmes"), "Code,Version", "编码,版本", "elec-2024"),
            list(officer, "/office/institutions", "Name,Kind", "名称,种类", "stranger 学校"),
            list(
                officer,
                "/office/outcomes",
                "Learner,Account number",
                "学习者,账户号码",
                "NOT-A-NUMBER-OF-ITS-KIND",
            ),
            list(
                officer,
                "/office/corrections?state=all",
                "Requested,Kind",
                "提出时间,种类",
                "registrar 学校",
            ),
            list(officer, "/office/merges", "Status,Stands on", "状态,依据", "户籍证明"),
            list(administrator, "/office/people", "Name,User name", "姓名,用户名", "auditor"),
            list(administrator, "/office/audit", "Time,Who", "时间,谁", "officer"),
            list(owner, "/passbook", "No.,Effective on", "序号,生效日期", "9.00"),
            list(owner, "/records", "Awarded on,Kind", "取得日期,种类", "registrar 学校"),
            list(owner, "/claims/disputes", "Requested,Kind", "提出时间,种类", "registrar 学校"),
            list(owner, "/portfolio", "Kind,Title", "类别,名称", "实训中心助教"),
            list(owner, "/views", "Name,Audience", "名称,查看者", "应聘"),
            list(owner, "/statements", "Number of the paper,Kind", "证明编号,种类", "电工"),
            list(owner, "/profile/looks", "When,Who", "时间,谁", "registrar"),
            list(owner, "/consents", "Recipient,Purpose", "对方,用途", "registrar 学校"),
        ] {
            list.check(server);
        }
        // A pathway names its programmes, and what it asks.
        let ways = nobody.read("/catalogue/pathways").text;
        assert!(ways.contains(">Electrical automation</a>") && ways.contains("occ-elec"), "{ways}");
        // A request to confirm an entry says which one.
        let asked = member.read(&desk("confirmations")).text;
        assert!(asked.contains("实训中心助教"), "{asked}");
        // What a spreadsheet would take for a formula is none.
        let clients = member.read(&desk("clients.csv")).text;
        assert!(clients.contains("\r\n'=教务系统,"), "{clients}");
        // What is masked on the page is masked in the file.
        for path in ["outcomes.csv", "disputes.csv", "confirmations.csv", "mismatches.csv"] {
            let table = member.read(&desk(path)).text;
            assert!(!table.contains("王芳") && !table.contains("11010519491231002X"), "{path}: {table}");
        }
        one_download_is_one_look(&people);
    });
}

/// However many lines a learner has in a table, it is one look.
fn one_download_is_one_look(people: &People<'_>) {
    let looks = || people.owner.read("/profile/looks.csv").text.trim().lines().count();
    let before = looks();
    let table = people.member.read(&format!("/desk/{}/outcomes.csv", people.town.school)).text;
    assert!(table.matches("王*").count() > 1, "{table}");
    assert_eq!(looks(), before + 1);
}

#[test]
fn a_list_is_turned_around_with_what_was_chosen_in_it() {
    without_notice(|server| {
        let people = People::build(server);
        let (town, member) = (&people.town, &people.member);
        let numbers = ["ODD1", "ODD2", "ODD3"];
        for number in numbers {
            town.deposit(server, &town.outcome(number)).expect(201);
        }
        let page = format!("/desk/{}/outcomes?status=flagged", town.school);
        let shown = member.read(&page).text;
        let other_end = format!("{page}&before=oldest");
        let link = format!("href=\"{}\"", other_end.replace('&', "&#38;"));
        assert!(shown.contains(&link), "{link}: {shown}");
        let places = |text: &str| numbers.map(|number| text.find(number).unwrap());
        let mut newest = places(&shown);
        newest.reverse();
        assert!(newest.is_sorted(), "{newest:?}");
        let turned = member.read(&other_end).text;
        assert!(places(&turned).is_sorted(), "{turned}");
        assert!(turned.contains(&format!("href=\"{}\"", page.replace('&', "&#38;"))), "{turned}");
    });
}

#[test]
fn the_catalogue_is_turned_around_too() {
    without_notice(|server| {
        let people = People::build(server);
        fill(server, &people);
        let People {
            nobody, member, officer, ..
        } = &people;
        let desk = |path: &str| format!("/desk/{}/{path}", people.town.school);
        for (reader, page, older, newer) in [
            (nobody, "/catalogue/programmes".to_owned(), "registrar 学校", "stranger 学校"),
            (nobody, "/institutions".to_owned(), "registrar 学校", "stranger 学校"),
            (officer, "/office/institutions".to_owned(), "registrar 学校", "stranger 学校"),
            (member, desk("clients"), "=教务系统", "=学习平台"),
        ] {
            if newer == "=学习平台" {
                let client = json!({ "name": newer, "scopes": ["outcomes:write"] });
                let path = format!("/api/v1/institutions/{}/api-clients", people.town.school);
                server.post(&path, &people.town.registrar, &client).expect(201);
            }
            let shown = reader.read(&page).text;
            let place = |text: &str, of: &str| text.find(of).unwrap_or_else(|| panic!("{page} has no {of}: {text}"));
            assert!(place(&shown, newer) < place(&shown, older), "{page}: {shown}");
            assert!(shown.contains("after=oldest\""), "{page}: {shown}");
            let turned = reader.read(&format!("{page}?after=oldest")).text;
            assert!(place(&turned, older) < place(&turned, newer), "{page}: {turned}");
        }
        // What was filed begins with what waits longest; the page says which order it has.
        let chosen = |order: &str| format!("<option value=\"{order}\" selected");
        assert!(officer.read("/office/filings").text.contains(&chosen("oldest")));
        let newest = officer.read("/office/filings?order=newest").text;
        assert!(newest.contains(&chosen("newest")), "{newest}");
    });
}
