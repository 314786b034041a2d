//! A whole issue of certificates is withdrawn, some of them in use: everybody concerned is told once, and the ledger stays clean.

use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::error::OpError;
use credit_bank::ops::verify::verify;
use diesel::prelude::*;
use serde_json::json;

use super::bureau::{Office, TODAY};
use super::common::{World, on_both};
use super::corrections::{apply, cases, decide, pockets, preview};
use super::packs::{on, refused};

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    events: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    whom: i64,
}

/// How many events of an applied correction there are, and to how many learners or institutions.
fn told(world: &World, whom: &str) -> (i64, i64) {
    use credit_bank::store::connection::Conn;
    let sql = format!(
        "SELECT count({whom}) AS events, count(DISTINCT {whom}) AS whom FROM outbox WHERE event_type = 'correction.apply_correction'"
    );
    let read = |conn: &mut Conn| -> Result<Told, OpError> {
        let found = match conn {
            Conn::Postgres(conn) => diesel::sql_query(&sql).get_result(conn),
            Conn::Sqlite(conn) => diesel::sql_query(&sql).get_result(conn),
        };
        Ok(found.unwrap())
    };
    let told = world.bank.store.read(read).unwrap();
    (told.events, told.whom)
}

#[test]
fn an_issuer_withdraws_500_certificates_of_which_60_are_in_use() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 0..500, 0);
        let mut learners = Vec::new();
        for (place, one) in deposited.iter().enumerate().take(60) {
            let learner = office.learner(world, one, &format!("learner-{place}"));
            let claim_id = office.claim(world, &learner, &[]);
            if place < 40 {
                office.grant(world, claim_id);
            }
            learners.push(learner);
        }
        let scope = json!({ "of": "period", "by": "awarded", "from": "2024-03-01", "to": "2024-03-01" });
        let previewed = preview(world, &office.registrar, &scope).unwrap();
        let counts = &previewed.counts;
        assert_eq!((counts.outcomes, counts.learners, counts.in_use), (500, 500, 60));
        assert_eq!((counts.claims_voided, counts.cases, counts.reversed.as_str()), (20, 40, "4140.00"));
        let began = std::time::Instant::now();
        let applied = apply(world, &office.approver, &previewed).unwrap();
        println!("500 withdrawn in {:?}", began.elapsed());
        assert_eq!((&applied.counts, &applied.digest), (counts, &previewed.digest));
        for (place, learner) in learners.iter().enumerate() {
            let expected = if place < 40 {
                ["0.00", "0.00", "9.00", "0.00"]
            } else {
                ["0.00", "0.00", "0.00", "9.00"]
            };
            assert_eq!(pockets(learner, world), expected, "{place}");
        }
        let all = cases(world, &office);
        assert_eq!(
            (all.len(), told(world, "learner_id"), told(world, "institution_id")),
            (40, (500, 500), (1, 1))
        );
        for case in &all {
            decide(world, &office.approver, case, "cancel", None).unwrap();
        }
        let verified = verify(&world.bank).unwrap();
        assert_eq!((verified.findings, verified.granted_hundredths), (Vec::<String>::new(), 500 * 900));
        for learner in &learners {
            assert_eq!(pockets(learner, world), ["0.00", "0.00", "0.00", "9.00"]);
        }
        let again = refused(preview(world, &on(office.registrar, TODAY), &scope));
        assert_eq!(again, Rejection::NothingToCorrect {});
    });
}
