//! Files of outcomes over HTTP and from the command line: a whole year's intake through files, killed and taken up again.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Answer, BackEnd, Server, on_both, program};
use super::town::{Town, user};

const HEADER: &str = "证件号码,姓名,成果编码,取得日期,证书编号,学时,成绩";

fn upload(server: &Server, school: &str, token: &str, name: &str, content: Vec<u8>) -> Answer {
    let path = format!("/api/v1/institutions/{school}/imports?name={name}");
    let request = server.request(Method::POST, &path).bearer_auth(token);
    Answer::of(request.header("Content-Type", "text/csv").body(content).send().unwrap())
}

fn place(import: &Value) -> String {
    format!("/api/v1/imports/{}", import["import_id"].as_str().unwrap())
}

/// Waits until nothing more happens by itself.
fn settled(server: &Server, token: &str, place: &str) -> Value {
    let began = Instant::now();
    loop {
        let import = server.get(place, token).expect(200);
        if !["checking", "committing"].contains(&import["status"].as_str().unwrap()) {
            return import;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{import}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_file_is_uploaded_followed_committed_and_given_back() {
    on_both(|server| {
        let town = Town::build(server);
        let line = |n: usize, day: &str| format!("P{n:08},王芳,occ-elec-4,{day},S00044101234524200{n:04},160,86");
        let mut lines: Vec<String> = vec![format!("{HEADER},证件类型")];
        lines.extend((0..1_100).map(|n| format!("{},护照", line(n, "2024年3月1日"))));
        lines.push(format!("{},护照", line(1_200, "2024-02-30")));
        let content = lines.join("\r\n").into_bytes();
        let accepted = upload(server, &town.school, &town.registrar, "a.csv", content.clone());
        let import = accepted.clone().expect(202);
        let place = place(&import);
        assert_eq!(accepted.header("location"), Some(place.as_str()));
        // Server-sent events, until it stands still.
        let stream = server
            .request(Method::GET, &format!("{place}/progress"))
            .bearer_auth(&town.registrar)
            .send()
            .unwrap();
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        let said: Vec<String> = BufReader::new(stream).lines().map(Result::unwrap).collect();
        let events: Vec<&str> = said.iter().filter_map(|line| line.strip_prefix("event: ")).collect();
        assert_eq!(events.last(), Some(&"end"), "{said:?}");
        assert!(events.len() >= 2 && events[0] == "progress", "{said:?}");
        let last = said.iter().rev().filter_map(|line| line.strip_prefix("data: ")).nth(1).unwrap();
        assert_eq!(serde_json::from_str::<Value>(last).unwrap()["status"], "checked");
        let checked = settled(server, &town.registrar, &place);
        assert_eq!(checked["check"]["accepted"], 1_100);
        assert_eq!(checked["check"]["refusals"], json!({ "no_such_day": 1 }));
        assert_eq!(checked["about"]["encoding"], "utf-8");
        // Pages of rows, by their link.
        let first = server.get(&format!("{place}/rows?limit=200"), &town.registrar);
        let next = first.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
        assert_eq!(first.expect(200)["items"][0]["row"], 2);
        assert_eq!(server.get(&next, &town.registrar).expect(200)["items"][0]["row"], 202);
        let refused = server.get(&format!("{place}/rows?result=refused"), &town.registrar).expect(200);
        assert_eq!(refused["items"][0]["problems"][0]["column"], "取得日期");
        assert_eq!(refused["items"][0]["row"], 1_102);
        server.post(&format!("{place}/commit"), &town.registrar, &json!({})).expect(202);
        let done = settled(server, &town.registrar, &place);
        assert_eq!((&done["status"], &done["deposit"]["credit"]), (&json!("done"), &json!("9900.00")));
        assert_eq!(
            server.post(&format!("{place}/commit"), &town.registrar, &json!({})).refusal(),
            (409, "wrong_state")
        );
        let again = upload(server, &town.school, &town.registrar, "b.csv", content).expect(200);
        assert_eq!(again["import_id"], import["import_id"]);
        let file = server.get(&format!("{place}/file?rows=to_correct"), &town.registrar);
        assert_eq!((file.status, file.header("content-type")), (200, Some("text/csv")));
        assert_eq!(file.text.lines().count(), 2, "{}", file.text);
        // What is another school's is not there for this one; the bank's officers read it and bring nothing.
        for path in ["", "/rows", "/file", "/progress"] {
            assert_eq!(server.get(&format!("{place}{path}"), &town.stranger).refusal(), (404, "not_found"));
        }
        assert_eq!(
            server.post(&format!("{place}/cancel"), &town.stranger, &json!({})).refusal(),
            (404, "not_found")
        );
        server.get(&place, &town.officer).expect(200);
        assert_eq!(
            upload(server, &town.school, &town.officer, "c.csv", b"x".to_vec()).refusal(),
            (403, "forbidden")
        );
        let pdf = server
            .request(Method::POST, &format!("/api/v1/institutions/{}/imports?name=a.pdf", town.school))
            .bearer_auth(&town.registrar)
            .header("Content-Type", "application/pdf")
            .body("%PDF");
        assert_eq!(Answer::of(pdf.send().unwrap()).refusal().0, 415);
        let profile = format!("/api/v1/institutions/{}/import-profile", town.school);
        let read = server.get(&profile, &town.registrar);
        assert_eq!(read.header("etag"), Some("\"0\""));
    });
}

/// The program's command line, on the data of a server that has stopped or still runs.
struct Line<'a> {
    data: PathBuf,
    back_end: &'a BackEnd,
}

impl Line<'_> {
    fn import(&self, file: &Path, credit_code: &str) -> Command {
        let mut command = program(&self.data, self.back_end);
        command.args(["import", "--institution", credit_code]).arg(file);
        command.env("CREDIT_BANK_IMPORT_SILENCE_SECONDS", "2");
        command
    }
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Institutions, achievements and rules of an intake, without its rows.
fn build(server: &Server, directory: &Path) -> Vec<(String, String)> {
    let list = |name: &str| -> Vec<Value> { serde_json::from_slice(&std::fs::read(directory.join(name)).unwrap()).unwrap() };
    let setup = json!({ "setup_token": server.setup_token, "user": user("admin") });
    server.submit("/api/v1/setup", &setup).expect(201);
    let administrator = server.log_in("admin");
    let achievements = list("achievements.json");
    let mut steps: Vec<(String, i64, String)> = Vec::new();
    for of in achievements.iter().filter(|of| of["bank_credit"] != "") {
        let step = (
            of["family"].as_str().unwrap().to_owned(),
            of["rank"].as_i64().unwrap(),
            of["bank_credit"].as_str().unwrap().to_owned(),
        );
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    let rule = |title: &str, selector: Value, method: Value| {
        let rule = json!({ "title": title, "citation": "测试", "selector": selector, "method": method,
            "selected_by": "award_date", "effective_from": "2019-01-01" });
        server.post("/api/v1/recognition-rules", &administrator, &rule).expect(201);
    };
    for (family, rank, credit) in steps {
        rule(
            &format!("{family} {rank}"),
            json!({ "family": family, "rank": rank }),
            json!({ "method": "fixed", "credit": credit }),
        );
    }
    let by_hours = json!({ "method": "by_hours", "hours_per_credit": "16", "minimum_hours": "8", "step": "0.50", "cap": null });
    rule("培训", json!({ "kind": "training" }), by_hours);
    let mut schools = Vec::new();
    for of in list("institutions.json") {
        let name = of["code"].as_str().unwrap();
        let new = json!({ "name": of["name"], "kind": of["kind"], "credit_code": of["credit_code"], "division_code": of["division"], "member": user(name) });
        let made = server.submit("/api/v1/institutions", &new).expect(201);
        let id = made["institution_id"].as_str().unwrap();
        let reason = json!({ "reason": "ok" });
        server
            .post(&format!("/api/v1/institutions/{id}/approve"), &administrator, &reason)
            .expect(200);
        let registrar = server.log_in(name);
        for of in &achievements {
            let text = |field: &str| of[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            let new = json!({ "institution_id": id, "code": of["code"], "name_chinese": of["name"], "kind": of["kind"], "family": text("family"),
                "rank": of["rank"].as_i64().filter(|rank| *rank > 0), "hours": of["hours"].to_string(), "valid_from": "2019-01-01", "closed_on": text("closed_on") });
            let draft = server.post("/api/v1/achievements", &registrar, &new).expect(201);
            let path = format!("/api/v1/achievements/{}/publish", draft["achievement_id"].as_str().unwrap());
            server.post(&path, &registrar, &json!({})).expect(200);
        }
        schools.push((name.to_owned(), of["credit_code"].as_str().unwrap().to_owned()));
    }
    schools
}

/// The line of the deposit, as the recount writes it.
fn counted(school: &str, text: &str) -> String {
    let line = text
        .lines()
        .find(|line| line.contains("outcomes are accepted"))
        .unwrap_or_else(|| panic!("{text}"));
    let words: Vec<&str> = line.split([' ', '(']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| *word == "outcomes").unwrap();
    let credit = words[words.iter().position(|word| word.starts_with("credits")).unwrap() - 1];
    format!("{school} {} outcomes {credit} credits", words[at - 1])
}

/// The files of a year: of the directory that `CREDIT_BANK_TEST_INTAKE` names, or invented ones.
fn intake_in(directory: &Path) -> PathBuf {
    if let Some(intake) = std::env::var_os("CREDIT_BANK_TEST_INTAKE") {
        return PathBuf::from(intake);
    }
    let intake = directory.join("intake");
    let exported = program(&directory.join("elsewhere"), &BackEnd::Sqlite)
        .args(["demo", "--outcomes", "6000", "--export"])
        .arg(&intake)
        .output()
        .unwrap();
    assert!(exported.status.success(), "{exported:?}");
    intake
}

#[test]
fn a_years_intake_through_files_equals_the_recount_killed_ten_times_and_again_changes_nothing() {
    on_both(|server| {
        let directory = tempfile::tempdir().unwrap();
        let intake = intake_in(directory.path());
        let schools = build(server, &intake);
        let back_end = server.back_end.clone();
        let line = Line {
            data: server.data(),
            back_end: &back_end,
        };
        // The server itself would take up what is killed; here the command line has to.
        server.signal("TERM");
        assert!(server.ended());
        let mut random = fastrand::Rng::with_seed(2024);
        let (mut kills, mut lines) = (0, Vec::new());
        for (school, credit_code) in &schools {
            let file = intake.join(format!("outcomes-{school}.csv"));
            // Ten files are broken off once, each at a random moment.
            if kills < 10 {
                let mut process = line
                    .import(&file, credit_code)
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap();
                // Within the time that a file of its size takes; a quick machine may be done before.
                let longest = 300 + std::fs::metadata(&file).unwrap().len() / 100;
                std::thread::sleep(Duration::from_millis(random.u64(100..longest)));
                if process.try_wait().unwrap().is_some() {
                    lines.push(counted(school, &said(&process.wait_with_output().unwrap())));
                    continue;
                }
                process.kill().unwrap();
                process.wait().unwrap();
                kills += 1;
            }
            lines.push(counted(school, &said(&line.import(&file, credit_code).output().unwrap())));
        }
        assert_eq!(kills, 10);
        lines.sort();
        let recounted = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recount.py"))
            .arg(&intake)
            .output()
            .unwrap();
        let recounted = said(&recounted);
        let expected: Vec<&str> = recounted.lines().filter(|line| !line.starts_with("total")).collect();
        assert_eq!(lines, expected);
        let (clean, before) = server.verify();
        assert!(clean, "{before}");
        let credit = recounted.lines().last().unwrap().split(' ').nth(3).unwrap();
        assert!(before.contains(&format!("{credit} credits granted")), "{before} {credit}");
        for (school, credit_code) in schools.iter().take(3) {
            let file = intake.join(format!("outcomes-{school}.csv"));
            let again = said(&line.import(&file, credit_code).output().unwrap());
            assert!(again.contains("brought before"), "{again}");
            assert!(counted(school, &again).starts_with(&format!("{school} 0 outcomes 0.00")), "{again}");
        }
        assert_eq!(server.verify().1, before);
        server.restart();
    });
}
