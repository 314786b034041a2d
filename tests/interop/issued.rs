//! What the bank issues, before the verifiers of others: each kind accepted, and every bad copy refused by each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use credit_bank::credentials::Signer;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::scripts::{installed, node, python};
use super::server::{Answer, BackEnd, Server, postgres_database, program};
use super::town::{Town, user};

/// Where the bank says that it is; nobody asks there.
const PUBLIC: &str = "https://bank.example";

/// A bank that says it is elsewhere, in which somebody has outcomes.
pub(crate) fn bank(back_end: BackEnd) -> (Server, Town) {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &back_end);
    command.env("CREDIT_BANK_PUBLIC_URL", PUBLIC);
    let server = Server::of_program(directory, back_end, &mut command);
    let town = Town::build(&server);
    (server, town)
}

/// Waits until something is so.
fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "it did not come");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A credential of the learner, once it is signed.
pub(crate) fn issue(server: &Server, learner: &str, scope: &Value, form: &str) -> Value {
    let new = json!({ "scope": scope, "form": form });
    let asked = server.post("/api/v1/me/credentials", learner, &new).expect(202);
    let path = format!("/api/v1/me/credentials/{}", asked["credential_id"].as_str().unwrap());
    until(|| {
        let read = server.get(&path, learner).expect(200);
        (read["status"] != "queued").then_some(read)
    })
}

/// One copy, and what is to be said of it.
struct Case {
    name: String,
    what: &'static str,
    credential: Value,
    accepted: bool,
    /// Whether its shape is to be that of the schema.
    shape: bool,
}

impl Case {
    fn form(&self) -> &'static str {
        if self.credential.is_string() { "jwt" } else { "ldp" }
    }
}

/// The address of every list that is named anywhere in a credential.
fn lists_in(credential: &Value, found: &mut BTreeSet<String>) {
    match credential {
        Value::Object(fields) => {
            found.extend(fields.get("statusListCredential").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| lists_in(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| lists_in(item, found)),
        Value::String(token) => found.extend(claims(token).iter().flat_map(|claims| {
            let mut inner = BTreeSet::new();
            claims.values().for_each(|claim| lists_in(claim, &mut inner));
            inner
        })),
        _ => {}
    }
}

/// What a compact JWT says.
fn claims(token: &str) -> Option<Map<String, Value>> {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
    let payload = token.starts_with("eyJ").then(|| token.split('.').nth(1)).flatten()?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn with_claims(token: &str, change: impl FnOnce(&mut Value)) -> Value {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
    let parts: Vec<&str> = token.split('.').collect();
    let mut said = Value::Object(claims(token).unwrap());
    change(&mut said);
    json!(format!(
        "{}.{}.{}",
        parts[0],
        BASE64_URL_SAFE_NO_PAD.encode(said.to_string()),
        parts[2]
    ))
}

/// What the program publishes, in each of its forms, by the addresses that it names.
fn documents(server: &Server, town: &Town, cases: &[Case]) -> Value {
    let read = |path: &str, accept: &str| {
        let request = server.request(Method::GET, path).header("Accept", accept);
        let answer = Answer::of(request.send().unwrap());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer
    };
    let mut found = Map::new();
    for path in [
        "/.well-known/did.json".to_owned(),
        format!("/institutions/{}/did.json", town.school),
    ] {
        found.insert(format!("{PUBLIC}{path}"), json!({ "json": read(&path, "application/json").body }));
    }
    let mut lists = BTreeSet::new();
    cases.iter().for_each(|case| lists_in(&case.credential, &mut lists));
    assert!(lists.len() >= 2, "{lists:?}");
    for address in lists.iter().filter(|address| address.starts_with(PUBLIC)) {
        let path = address.trim_start_matches(PUBLIC);
        let list = json!({ "json": read(path, "application/vc").body, "jwt": read(path, "application/vc+jwt").text });
        found.insert(address.clone(), list);
    }
    let context = include_str!("../../src/credentials/contexts/clr-2.0.1.json");
    let context: Value = serde_json::from_str(context).unwrap();
    found.insert(
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json".to_owned(),
        json!({ "json": context }),
    );
    Value::Object(found)
}

/// Copies that are not what was signed.
fn altered(name: &str, what: &'static str, credential: &Value) -> Vec<Case> {
    let case = |how: &str, credential: Value| Case {
        name: format!("{name}, {how}"),
        what,
        credential,
        accepted: false,
        shape: false,
    };
    if let Value::String(token) = credential {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let other = if signature.starts_with('A') { "B" } else { "A" };
        return vec![
            case("of another name", with_claims(token, |said| said["name"] = json!("别的"))),
            case("of an earlier day", with_claims(token, |said| said["nbf"] = json!(1_000_000))),
            case(
                "of another holder",
                with_claims(token, |said| said["sub"] = json!("did:example:other")),
            ),
            case("with another signature", json!(format!("{signed}.{other}{}", &signature[1..]))),
        ];
    }
    let with = |pointer: &str, value: Value| {
        let mut copy = credential.clone();
        *copy.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} of {name}")) = value;
        copy
    };
    let mut lifted = credential.clone();
    lifted.as_object_mut().unwrap().remove("credentialStatus");
    let mut cases = vec![
        case("of another name", with("/name", json!("别的"))),
        case("of an earlier day", with("/validFrom", json!("2020-01-01T00:00:00Z"))),
        case("with a later proof", with("/proof/created", json!("2020-01-01T00:00:00Z"))),
        case("without its status", lifted),
    ];
    if what == "badge" {
        let subject = "/credentialSubject";
        cases.extend([
            case("with more credit", with(&format!("{subject}/creditsEarned"), json!(90))),
            case("with another score", with(&format!("{subject}/result/0/value"), json!("100"))),
            case(
                "of somebody else",
                with(&format!("{subject}/identifier/0/identityHash"), json!("李娜")),
            ),
        ]);
    } else {
        // The proof around both would still fit, since it covers what is said and not of which of them.
        let place = |part: usize| format!("/credentialSubject/verifiableCredential/{part}/credentialSubject/result/0/value");
        let score = |part: usize| credential.pointer(&place(part)).cloned().unwrap();
        assert_ne!(score(0), score(1));
        let mut swapped = credential.clone();
        *swapped.pointer_mut(&place(0)).unwrap() = score(1);
        *swapped.pointer_mut(&place(1)).unwrap() = score(0);
        cases.push(case("with two scores swapped", swapped));
    }
    cases
}

/// Copies of one that is over, and of one that is to come; the bank signs neither, so its signer does by another key.
fn out_of_date(badge: &Value) -> Vec<Case> {
    let signer = Signer::of_did_key(&[9; 32]).unwrap();
    let now = "2026-11-25T08:00:00Z".parse().unwrap();
    let mut own = badge.as_object().unwrap().clone();
    own.remove("proof");
    own.remove("credentialStatus");
    own["issuer"]["id"] = json!(signer.issuer());
    let mut cases = Vec::new();
    let dates = [
        ("good", None, true),
        ("over", Some(("validUntil", "2025-01-01T00:00:00Z")), false),
        ("to come", Some(("validFrom", "2099-01-01T00:00:00Z")), false),
    ];
    for (name, date, accepted) in dates {
        let mut document = own.clone();
        document.insert("validFrom".to_owned(), json!("2024-03-01T00:00:00Z"));
        if let Some((field, moment)) = date {
            document.insert(field.to_owned(), json!(moment));
        }
        let secured = Value::Object(signer.secure(document, now).unwrap());
        cases.push(Case {
            name: format!("a did:key's badge that is {name}"),
            what: "badge",
            credential: secured,
            accepted,
            shape: true,
        });
    }
    cases
}

/// Every sort of copy that there is, of one learner.
fn cases(server: &Server, town: &Town) -> Vec<Case> {
    let deposited: Vec<Value> = (1..=4)
        .map(|number| {
            let mut outcome = town.outcome(&format!("S00044101234524200000{number}"));
            outcome["score"] = json!((85 + number).to_string());
            town.deposit(server, &outcome).expect(201)
        })
        .collect();
    let learner = town.claim(server, deposited[0]["learner_id"].as_str().unwrap(), "wangfang");
    let of = |number: usize| json!({ "of": "outcome", "outcome_id": deposited[number]["outcome_id"] });
    let both = json!({ "of": "selection", "outcome_ids": [deposited[0]["outcome_id"], deposited[1]["outcome_id"]] });
    let mut cases = Vec::new();
    let mut badge = Value::Null;
    for (form, secured) in [("data_integrity", "with a proof"), ("jwt", "as a token")] {
        for (what, scope, accepted, name) in [
            ("badge", of(0), true, "a badge"),
            ("record", both.clone(), true, "a record"),
            ("badge", of(2), false, "a revoked badge"),
            ("badge", of(3), false, "a suspended badge"),
        ] {
            let issued = issue(server, &learner, &scope, form);
            assert_eq!(issued["status"], "issued", "{name}");
            let credential = issued["document"].clone();
            let name = format!("{name} {secured}");
            if accepted {
                cases.extend(altered(&name, what, &credential));
            }
            if form == "data_integrity" && name.starts_with("a badge") {
                badge = credential.clone();
            }
            cases.push(Case {
                name,
                what,
                credential,
                accepted,
                shape: true,
            });
        }
    }
    cases.extend(out_of_date(&badge));
    withdraw_and_suspend(server, town, &learner, &deposited[2]["outcome_id"], &deposited[3]["outcome_id"]);
    cases
}

/// Withdraws one outcome, and agrees that another has to be corrected; what says them is revoked and suspended.
fn withdraw_and_suspend(server: &Server, town: &Town, learner: &str, withdrawn: &Value, doubted: &Value) {
    let members = format!("/api/v1/institutions/{}/members", town.school);
    let body = json!({ "user": user("approver"), "roles": ["approver"] });
    server.post(&members, &town.registrar, &body).expect(201);
    let approver = server.log_in("approver");
    let preview = |outcome_id: &Value| {
        let new = json!({ "institution_id": town.school, "kind": "withdraw", "scope": { "of": "outcome", "outcome_id": outcome_id },
            "reason": "评价过程违规", "citation": "人社厅发〔2022〕3号" });
        server.post("/api/v1/corrections", &town.registrar, &new).expect(201)
    };
    let correction = preview(withdrawn);
    let apply = format!("/api/v1/corrections/{}/apply", correction["correction_id"].as_str().unwrap());
    server
        .post(&apply, &approver, &json!({ "digest": correction["digest"] }))
        .expect(200);
    let request =
        json!({ "outcome_id": doubted, "kind": "wrong", "reason": "成绩应为 96 分", "fields": [{ "part": "score", "should_be": "96" }] });
    let request = server.post("/api/v1/me/correction-requests", learner, &request).expect(201);
    let answer = format!("/api/v1/correction-requests/{}/answer", request["request_id"].as_str().unwrap());
    let accept = json!({ "answer": "accept", "correction_id": preview(doubted)["correction_id"] });
    server.post(&answer, &approver, &accept).expect(200);
    let all = || server.get("/api/v1/me/credentials?limit=100", learner).expect(200);
    let count = |status: &str| {
        let listed = all();
        listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["status"] == status)
            .count()
    };
    until(|| (count("revoked") == 2 && count("suspended") == 2).then_some(()));
    // The lists are signed anew by a thread of their own; the program itself knows at once.
    std::thread::sleep(Duration::from_secs(3));
}

#[test]
fn the_verifiers_of_others_accept_what_the_bank_issues_and_refuse_every_bad_copy() {
    for back_end in [BackEnd::Sqlite, BackEnd::Postgres(postgres_database())] {
        let (server, town) = bank(back_end);
        let cases = cases(&server, &town);
        let schema = std::fs::read_to_string(installed().join("ob_v3p0_achievementcredential_schema.json")).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let mut documents = documents(&server, &town, &cases);
        documents[schema["$id"].as_str().unwrap()] = json!({ "json": schema });
        let given = json!({ "documents": documents, "schemas": { "badge": schema },
            "cases": cases.iter().map(|case| json!({ "name": case.name, "form": case.form(), "what": case.what,
                "credential": case.credential, "shape": case.shape })).collect::<Vec<_>>() });
        let mut said = node("verify.mjs", &given);
        said.extend(python("verify.py", &given));

        let expected: BTreeMap<&str, &Case> = cases.iter().map(|case| (case.name.as_str(), case)).collect();
        let mut counts: BTreeMap<String, (u32, u32)> = BTreeMap::new();
        let mut wrong = Vec::new();
        for one in &said {
            let (verifier, case) = (one["verifier"].as_str().unwrap(), one["case"].as_str().unwrap());
            if verifier == "network" {
                assert_eq!(one["why"], "", "somebody asked the network");
                continue;
            }
            // A schema is about the shape alone.
            let accepted = verifier == "ajv" || expected[case].accepted;
            if one["accepted"] != accepted {
                wrong.push(format!("{verifier}: {case}: {}", one["why"]));
            }
            let count = counts.entry(verifier.to_owned()).or_default();
            if accepted { count.0 += 1 } else { count.1 += 1 }
        }
        assert_eq!(wrong, Vec::<String>::new());
        // How many were accepted and refused, so that a verifier that was never asked is noticed.
        let counts: Vec<(&str, (u32, u32))> = counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        let pinned = [
            ("ajv", (7, 0)),
            ("digitalbazaar/vc", (3, 16)),
            ("digitalcredentials/verifier-core", (3, 16)),
            ("jose", (2, 10)),
            ("openbadgeslib", (4, 22)),
        ];
        assert_eq!(counts, pinned);
        own_verdicts(&server, &cases);
    }
}

/// The bank itself says the same of its own, and tells suspended from revoked.
fn own_verdicts(server: &Server, cases: &[Case]) {
    for case in cases {
        let verdict = server
            .submit("/api/v1/credentials/verify", &json!({ "credential": case.credential }))
            .expect(200);
        let standing = verdict["standing"].as_str().unwrap();
        let expected: &[&str] = match &case.name {
            _ if case.accepted => &["valid"],
            name if name.starts_with("a revoked") => &["revoked"],
            name if name.starts_with("a suspended") => &["suspended"],
            name if name.ends_with("over") => &["expired"],
            name if name.ends_with("to come") => &["not_yet_valid"],
            _ => &["invalid"],
        };
        assert!(expected.contains(&standing), "{}: {verdict:#}", case.name);
    }
    // So does the program on the same data, without asking anybody.
    for case in cases.iter().filter(|case| case.what == "record") {
        let file = server.directory.path().join("credential");
        let text = case.credential.as_str().map_or_else(|| case.credential.to_string(), str::to_owned);
        std::fs::write(&file, text).unwrap();
        let mut command = program(&server.data(), &server.back_end);
        command
            .env("CREDIT_BANK_PUBLIC_URL", PUBLIC)
            .arg("verify-credential")
            .arg("--offline")
            .arg(&file);
        let said = command.output().unwrap();
        assert_eq!(
            said.status.success(),
            case.accepted,
            "{}: {}",
            case.name,
            String::from_utf8_lossy(&said.stdout)
        );
    }
}
