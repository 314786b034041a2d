//! A bank on each back end with one approved school, one achievement and one rule, made through the operations.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::bilingual::Bilingual;
use credit_bank::domain::certificate_number::SKILL_LEVEL_CERTIFICATE;
use credit_bank::domain::institution::InstitutionStep;
use credit_bank::files::{Files, FilesAddress};
use credit_bank::ops::context::{Bank, Context, Outside};
use credit_bank::ops::deposit::NewOutcome;
use credit_bank::ops::sessions::LogIn;
use credit_bank::ops::{achievements, institutions, members, rules, sessions, setup};
use credit_bank::outside::fetch::Fetcher;
use credit_bank::outside::target::Reach;
use credit_bank::paper::{Paper, PaperSettings};
use credit_bank::store::Store;
use credit_bank::store::connection::DatabaseAddress;
use credit_bank::vault::key_ring::KeyRing;
use credit_bank::vault::passwords::{PasswordCost, Passwords};
use credit_bank::vault::seal::Sealer;
use credit_bank::vault::tokens::Tokens;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

/// A published sample of a valid identity number.
pub(crate) const NUMBER: &str = "11010519491231002X";

pub(crate) const PASSWORD: &str = "lantern-orbit-violin-42";

pub(crate) struct World {
    pub(crate) bank: Arc<Bank>,
    pub(crate) registrar: Context,
    pub(crate) institution_id: Uuid,
}

/// Runs a test on SQLite and on PostgreSQL, each with a bank of its own.
pub(crate) fn on_both(test: impl Fn(&Arc<World>)) {
    on_both_with(|_| {}, test);
}

/// As [`on_both`], with settings of the test's own.
pub(crate) fn on_both_with(settings: impl Fn(&mut Bank), test: impl Fn(&Arc<World>)) {
    let directory = tempfile::tempdir().unwrap();
    for address in [
        DatabaseAddress::Sqlite(directory.path().join("bank.sqlite")),
        DatabaseAddress::Postgres(postgres_database()),
    ] {
        let mut world = World::new(address, directory.path().join("evidence"));
        settings(Arc::get_mut(&mut world.bank).unwrap());
        test(&Arc::new(world));
    }
}

/// A PostgreSQL database of its own for one test, in the server that `tests/run` starts.
pub(crate) fn postgres_database() -> String {
    let server =
        std::env::var("CREDIT_BANK_TEST_POSTGRES_URL").expect("tests/run names a throw-away PostgreSQL in CREDIT_BANK_TEST_POSTGRES_URL");
    let name = format!("test_{}", Uuid::now_v7().simple());
    let mut conn = PgConnection::establish(&server).unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{name}")
}

pub(crate) fn context(caller: Caller) -> Context {
    let now: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
    Context {
        caller,
        now,
        request_id: Uuid::now_v7(),
    }
}

impl World {
    pub(crate) fn new(address: DatabaseAddress, evidence: PathBuf) -> Self {
        let store = Store::open(address, 8, Duration::from_secs(20)).unwrap();
        store.migrate().unwrap();
        let ring = KeyRing::generate().unwrap();
        let bank = Bank {
            store,
            sealer: Sealer::new(&ring).unwrap(),
            passwords: Passwords::new(
                PasswordCost {
                    memory_kib: 64,
                    iterations: 1,
                    lanes: 1,
                },
                2,
            )
            .unwrap(),
            tokens: Tokens::new(&ring, "http://127.0.0.1:8080").unwrap(),
            offset: FixedOffset::east_opt(8 * 3600).unwrap(),
            access_token_life: TimeDelta::minutes(10),
            refresh_token_life: TimeDelta::days(30),
            browser_idle: TimeDelta::minutes(30),
            browser_life: TimeDelta::hours(12),
            claim_code_life: TimeDelta::hours(72),
            pack_notice_days: 5,
            files: Files::open(&FilesAddress::Directory(evidence)).unwrap(),
            evidence_bytes_max: 10 << 20,
            import_bytes_max: 64 << 20,
            import_files_days: 30,
            import_silence: TimeDelta::seconds(30),
            outside: Outside {
                reach: Reach::Anybody,
                event_life: TimeDelta::days(90),
                mail_server: None,
                mail_pause: TimeDelta::hours(1),
                public_url: "http://127.0.0.1:8080".to_owned(),
            },
            fetcher: Fetcher::new(Reach::Anybody),
            name: Bilingual {
                zh: "学分银行".to_owned(),
                en: Some("Credit Bank".to_owned()),
            },
            contact: None,
            paper: Paper::open(&PaperSettings::default()).unwrap(),
        };
        let token = setup::issue_setup_token(&bank, &context(Caller::Bank)).unwrap().unwrap();
        let user = |name: &str| json!({ "username": name, "display_name": name, "password": PASSWORD });
        setup::set_up(
            &bank,
            &context(Caller::Anonymous),
            &token,
            &serde_json::from_value(user("admin")).unwrap(),
        )
        .unwrap();
        let (_, administrator) = log_in(&bank, "admin");
        let school = json!({
            "name": "安阳职业技术学院", "kind": "vocational_college", "credit_code": "914403003429409755",
            "division_code": "410502", "member": user("registrar"),
        });
        let school = serde_json::from_value(school).unwrap();
        let institution_id = institutions::register_institution(&bank, &context(Caller::Anonymous), None, &school)
            .unwrap()
            .institution_id;
        institutions::decide_institution(&bank, &administrator, institution_id, InstitutionStep::Approve, "complete").unwrap();
        let (_, registrar) = log_in(&bank, "registrar");
        let achievement = json!({
            "institution_id": institution_id, "code": "occ-elec-4", "name_chinese": "电工(四级/中级工)", "kind": "occupational_certificate",
            "family": "occ-elec", "rank": 2, "hours": "160", "valid_from": "2020-01-01", "closed_on": "2025-12-31",
        });
        let drafted = achievements::create_achievement(&bank, &registrar, None, &serde_json::from_value(achievement).unwrap()).unwrap();
        achievements::publish_achievement(&bank, &registrar, drafted.achievement_id).unwrap();
        let rule = json!({
            "title": "电工四级", "citation": "测试", "selector": { "family": "occ-elec", "rank": 2 },
            "method": { "method": "fixed", "credit": "9.00" }, "selected_by": "award_date", "effective_from": "2020-01-01",
        });
        rules::publish_recognition_rule(&bank, &administrator, None, &serde_json::from_value(rule).unwrap()).unwrap();
        let pattern = json!({ "name": "职业技能等级证书", "kind": "occupational_certificate", "pattern": SKILL_LEVEL_CERTIFICATE, "citation": "测试" });
        rules::publish_certificate_pattern(&bank, &administrator, None, &serde_json::from_value(pattern).unwrap()).unwrap();
        Self {
            bank: Arc::new(bank),
            registrar,
            institution_id,
        }
    }

    /// A new member of the school with a role, logged in.
    pub(crate) fn member(&self, username: &str, role: &str) -> Context {
        let new = json!({ "user": { "username": username, "display_name": username, "password": PASSWORD }, "roles": [role] });
        let new = serde_json::from_value(new).unwrap();
        members::add_member(&self.bank, &self.registrar, None, self.institution_id, &new).unwrap();
        log_in(&self.bank, username).1
    }

    /// An outcome that is worth 9.00.
    pub(crate) fn outcome(&self) -> NewOutcome {
        serde_json::from_value(json!({
            "institution_id": self.institution_id, "achievement_code": "occ-elec-4", "awarded_on": "2024-03-01",
            "learner": { "document_kind": "resident_identity_card", "document_number": NUMBER, "name": "王芳" },
            "certificate_number": "S000441012345242000001", "score": "86",
        }))
        .unwrap()
    }
}

/// Logs in and takes the caller from the access token, as the web does.
pub(crate) fn log_in(bank: &Bank, username: &str) -> (LogIn, Context) {
    let answer = sessions::log_in(bank, &context(Caller::Anonymous), username, PASSWORD, None).unwrap();
    let claims = bank
        .tokens
        .verify(&answer.access_token, context(Caller::Anonymous).now.timestamp())
        .unwrap();
    let caller = Caller::User {
        user_id: claims.sub,
        session_id: claims.sid.unwrap(),
    };
    (answer, context(caller))
}
