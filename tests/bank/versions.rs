//! Dated versions that several people publish at once.

use std::sync::{Arc, Barrier};

use serde_json::json;

use super::common::on_both;
use credit_bank::domain::programme::ProgrammeFilter;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::error::OpError;
use credit_bank::ops::programmes::{NewProgramme, list_programmes, publish_programme};

#[test]
fn of_many_who_publish_one_code_at_once_each_version_is_made_once_and_follows_the_one_before() {
    on_both(|world| {
        let barrier = Arc::new(Barrier::new(12));
        let threads: Vec<_> = (0..12)
            .map(|number| {
                let (world, barrier) = (Arc::clone(world), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    let programme = json!({ "code": "elec", "name": { "zh": "电气自动化技术" }, "required_credit": "20",
                        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "12" }],
                        "courses": [{ "code": "E101", "name": { "zh": "电工基础" }, "credits": "3.5", "required": true, "bucket": "major" }],
                        "effective_from": format!("20{}-09-01", 20 + number % 4) });
                    let new: NewProgramme =
                        serde_json::from_value(json!({ "institution_id": world.institution_id, "programme": programme })).unwrap();
                    barrier.wait();
                    publish_programme(&world.bank, &world.registrar, None, &new)
                })
            })
            .collect();
        let mut published = 0;
        for answer in threads.into_iter().map(|thread| thread.join().unwrap()) {
            match answer {
                Ok(_) => published += 1,
                Err(OpError::Rejected(Rejection::InvalidBody { problems })) => {
                    assert_eq!(problems[0].pointer, "/programme/effective_from");
                }
                Err(error) => panic!("{error}"),
            }
        }
        let mut versions = list_programmes(&world.bank, &ProgrammeFilter::default(), None, 100).unwrap();
        versions.sort_by_key(|version| version.version);
        assert!((1..=4).contains(&published));
        assert_eq!(
            versions.iter().map(|one| one.version).collect::<Vec<_>>(),
            (1..=published).collect::<Vec<_>>()
        );
        for pair in versions.windows(2) {
            assert!(pair[0].effective_from < pair[1].effective_from);
            assert_eq!(
                pair[0].effective_to,
                pair[1].effective_from.pred_opt(),
                "one ends the day before the next"
            );
        }
        assert_eq!(versions.last().unwrap().effective_to, None);
    });
}
