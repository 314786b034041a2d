//! Shares on both back ends: what opens, what does not, how often under many hands at once, and ending it by the receipt.

use std::sync::Barrier;

use chrono::{DateTime, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::claim::ClaimStatus;
use credit_bank::domain::language::Language;
use credit_bank::domain::portfolio::consent::{ConsentKind, ConsentState, LawfulBasis};
use credit_bank::domain::portfolio::share::{LookedWith, ShareState, WRONG_PINS_MAX};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::consents::{ConsentReceipt, list_consents, withdraw_consent};
use credit_bank::ops::context::Context;
use credit_bank::ops::error::OpError;
use credit_bank::ops::notifications::list_notifications;
use credit_bank::ops::portfolio::answers::read_confirmation;
use credit_bank::ops::shares::open::{Opened, open_share};
use credit_bank::ops::shares::{Share, create_share, list_share_looks, read_share, turn_off_share};
use credit_bank::ops::views::{preview_view, remove_view};
use credit_bank::store::connection::Conn;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::{Learner, Office};
use super::common::{World, on_both};
use super::packs::{on, refused};
use super::portfolio::{ask, write};
use super::registry::{MERGED, Registry};
use super::requests::{disputed_by, request};
use super::views::make;

pub(crate) const PIN: &str = "482913";

pub(crate) fn share(world: &World, learner: &Learner, changed: Value) -> Share {
    let view = make(world, &learner.context, json!({})).unwrap();
    let mut new = json!({ "view_id": view.view_id, "expires_at": "2026-12-24T00:00:00Z", "pin": PIN, "recipient": "机电厂" });
    for (name, value) in changed.as_object().unwrap() {
        new[name] = value.clone();
    }
    create_share(&world.bank, &learner.context, None, &serde_json::from_value(new).unwrap()).unwrap()
}

pub(crate) fn anybody(moment: &str) -> Context {
    let now: DateTime<Utc> = moment.parse().unwrap();
    Context::of(Caller::Anonymous, now)
}

pub(crate) fn open(world: &World, share: &Share, pin: Option<&str>) -> Result<Opened, OpError> {
    open_share(&world.bank, &anybody("2026-12-02T02:00:00Z"), &share.code, pin, LookedWith::Firefox)
}

pub(crate) fn learner_of(world: &World) -> (Office, Learner, Uuid) {
    let office = Office::open(world);
    let deposited = office.deposit(world, 1..2, 0).remove(0);
    let learner = office.learner(world, &deposited, "learner");
    (office, learner, deposited.outcome_id)
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = diesel::sql_types::Binary)]
    stored: Vec<u8>,
}

#[test]
fn whoever_has_link_and_pin_sees_the_preview_and_the_learner_sees_the_look() {
    on_both(|world| {
        let (_, learner, _) = learner_of(world);
        let share = share(world, &learner, json!({}));
        assert_eq!(
            share.url,
            format!("{}/s/{}", world.bank.outside.public_url, share.code.replace('-', ""))
        );
        let opened = open(world, &share, Some(PIN)).unwrap();
        let view = preview_view(&world.bank, &learner.context, share.view_id).unwrap();
        assert_eq!(opened.record.items, view.items, "exactly as previewed");
        assert_eq!(opened.record.holder, view.holder);
        let lower = open_share(
            &world.bank,
            &anybody("2026-12-02T02:00:00Z"),
            &share.code.to_lowercase(),
            Some(PIN),
            LookedWith::Program,
        );
        assert!(lower.is_ok());
        let read = read_share(&world.bank, &learner.context, share.share_id).unwrap();
        assert_eq!(
            (read.looks, read.state, read.recipient.as_deref()),
            (2, ShareState::Open, Some("机电厂"))
        );
        let looks = list_share_looks(&world.bank, &learner.context, share.share_id, None, 10).unwrap();
        let with: Vec<LookedWith> = looks.iter().map(|look| look.looked_with).collect();
        assert_eq!(with, [LookedWith::Program, LookedWith::Firefox]);
        let log = list_accesses(&world.bank, &learner.context, Whose::Own, None, 10).unwrap();
        let log: Vec<(&str, &str)> = log.iter().map(|look| (look.operation.as_str(), look.actor_name.as_str())).collect();
        assert_eq!(log, [("open_share", "anonymous"); 2]);
        let told = list_notifications(&world.bank, &learner.context, true, None, 10, Language::English).unwrap();
        assert_eq!(
            told.items[0].text,
            "Somebody looked at what you shared by a link; see the looks of the share."
        );

        // Neither the code nor the PIN is in the database, as it is or hashed without the key.
        let sql =
            "SELECT code_index AS stored FROM share_codes UNION ALL SELECT code_sealed FROM shares UNION ALL SELECT pin_digest FROM shares";
        let stored = |conn: &mut Conn| -> Result<Vec<Stored>, OpError> {
            Ok(match conn {
                Conn::Postgres(conn) => diesel::sql_query(sql).load(conn),
                Conn::Sqlite(conn) => diesel::sql_query(sql).load(conn),
            }
            .unwrap())
        };
        let code = share.code.replace('-', "");
        for row in world.bank.store.read(stored).unwrap() {
            for secret in [code.as_str(), PIN] {
                assert!(!row.stored.windows(secret.len()).any(|part| part == secret.as_bytes()));
                assert_ne!(row.stored, credit_bank::vault::opaque::digest(secret));
            }
        }
    });
}

#[test]
fn everything_that_does_not_open_is_answered_alike_and_is_no_look() {
    on_both(|world| {
        let (_, learner, _) = learner_of(world);
        let good = share(world, &learner, json!({}));
        let off = share(world, &learner, json!({}));
        turn_off_share(&world.bank, &learner.context, off.share_id).unwrap();
        turn_off_share(&world.bank, &learner.context, off.share_id).unwrap();
        let viewless = share(world, &learner, json!({}));
        remove_view(&world.bank, &learner.context, viewless.view_id).unwrap();
        let used_up = share(world, &learner, json!({ "looks_max": 1, "pin": null }));
        open(world, &used_up, None).unwrap();
        let expired = share(world, &learner, json!({ "expires_at": "2026-12-02T02:00:00Z" }));
        let unknown = Share {
            code: "22222-22222-22222-22222".to_owned(),
            ..good.clone()
        };
        let nonsense = Share {
            code: "x".repeat(10_000),
            ..good.clone()
        };
        let cases = [
            (&off, Some(PIN)),
            (&viewless, Some(PIN)),
            (&used_up, None),
            (&expired, Some(PIN)),
            (&unknown, Some(PIN)),
            (&nonsense, None),
            (&good, None),
            (&good, Some("")),
            (&good, Some("482914")),
            (&good, Some("not a pin")),
        ];
        for (share, pin) in cases {
            assert_eq!(refused(open(world, share, pin)), Rejection::ShareClosed {}, "{pin:?}");
        }
        let state = |share: &Share| {
            // On the day after, as the one who looked.
            let context = on(learner.context, "2026-12-03");
            read_share(&world.bank, &context, share.share_id).unwrap()
        };
        let states: Vec<ShareState> = [&off, &viewless, &used_up, &expired, &good]
            .map(|share| state(share).state)
            .to_vec();
        assert_eq!(
            states,
            [
                ShareState::Off,
                ShareState::Off,
                ShareState::UsedUp,
                ShareState::Expired,
                ShareState::Open
            ]
        );
        assert_eq!(state(&good).looks, 0);
        let log = list_accesses(&world.bank, &learner.context, Whose::Own, None, 10).unwrap();
        assert_eq!(log.len(), 1, "the one look that there was");
    });
}

#[test]
fn so_many_wrong_pins_lock_a_share_for_good_and_the_learner_is_told() {
    on_both(|world| {
        let (_, learner, _) = learner_of(world);
        let share = share(world, &learner, json!({}));
        for guess in 0..WRONG_PINS_MAX - 1 {
            refused(open(world, &share, Some(&format!("{guess:06}"))));
        }
        open(world, &share, Some(PIN)).unwrap();
        for _ in 0..3 {
            refused(open(world, &share, Some("999999")));
        }
        assert_eq!(refused(open(world, &share, Some(PIN))), Rejection::ShareClosed {});
        let read = read_share(&world.bank, &learner.context, share.share_id).unwrap();
        assert_eq!((read.state, read.looks), (ShareState::Locked, 1));
        let told = list_notifications(&world.bank, &learner.context, true, None, 10, Language::Chinese).unwrap();
        let locked = told.items.iter().filter(|item| item.event_type == "lock_share").count();
        assert_eq!(locked, 1, "once");
    });
}

#[test]
fn many_at_once_see_no_more_often_than_is_allowed() {
    on_both(|world| {
        let (_, learner, _) = learner_of(world);
        let share = share(world, &learner, json!({ "looks_max": 5 }));
        let barrier = Barrier::new(12);
        let opened: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..12)
                .map(|_| {
                    let (barrier, share) = (&barrier, &share);
                    scope.spawn(move || {
                        barrier.wait();
                        match open(world, share, Some(PIN)) {
                            Ok(_) => 1,
                            Err(OpError::Rejected(Rejection::ShareClosed {})) => 0,
                            Err(error) => panic!("{error}"),
                        }
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(opened, 5);
        let read = read_share(&world.bank, &learner.context, share.share_id).unwrap();
        assert_eq!((read.looks, read.state), (5, ShareState::UsedUp));
        let looks = list_share_looks(&world.bank, &learner.context, share.share_id, None, 100).unwrap();
        assert_eq!(looks.len(), 5);
        let log = list_accesses(&world.bank, &learner.context, Whose::Own, None, 100).unwrap();
        assert_eq!(log.len(), 5);
    });
}

#[test]
fn a_share_is_made_by_its_learner_and_has_an_end() {
    on_both(|world| {
        let (office, learner, _) = learner_of(world);
        let good = share(world, &learner, json!({}));
        let new = |changed: Value| {
            let mut new = json!({ "view_id": good.view_id, "expires_at": "2026-12-24T00:00:00Z" });
            for (name, value) in changed.as_object().unwrap() {
                new[name] = value.clone();
            }
            serde_json::from_value(new).unwrap()
        };
        let make = |context: &Context, changed| create_share(&world.bank, context, None, &new(changed));
        assert_eq!(make(&learner.context, json!({})).unwrap().looks_max, 100);
        for wrong in [
            json!({ "expires_at": "2026-12-01T00:00:00Z" }),
            json!({ "expires_at": "2028-12-01T00:00:00Z" }),
            json!({ "looks_max": 0 }),
            json!({ "looks_max": 1001 }),
            json!({ "pin": "12345" }),
            json!({ "recipient": "" }),
        ] {
            assert_eq!(refused(make(&learner.context, wrong.clone())).code(), "invalid_body", "{wrong}");
        }
        assert_eq!(
            refused(make(&learner.context, json!({ "view_id": Uuid::now_v7() }))),
            Rejection::NotFound {}
        );
        let foreign = office.deposit(world, 2..3, 5).remove(0);
        let other = office.learner(world, &foreign, "other");
        assert_eq!(
            refused(make(&other.context, json!({}))),
            Rejection::NotFound {},
            "of a view of somebody else"
        );
        for stranger in [&other.context, &office.officer] {
            assert_eq!(refused(read_share(&world.bank, stranger, good.share_id)), Rejection::NotFound {});
            assert_eq!(
                refused(turn_off_share(&world.bank, stranger, good.share_id)),
                Rejection::NotFound {}
            );
            assert_eq!(
                refused(list_share_looks(&world.bank, stranger, good.share_id, None, 1)),
                Rejection::NotFound {}
            );
        }
    });
}

#[test]
fn a_share_of_an_account_that_was_merged_shows_nothing_of_the_other() {
    on_both(|world| {
        let office = Office::open(world);
        let registry = Registry::open(world);
        let ours = office.deposit(world, 1..2, 0).remove(0);
        let theirs = office.deposit(world, 2..3, 1).remove(0);
        let (first, second) = (office.learner(world, &ours, "ours"), office.learner(world, &theirs, "theirs"));
        let share = share(world, &second, json!({ "expires_at": "2027-06-01T00:00:00Z" }));
        let open = || {
            open_share(
                &world.bank,
                &on(anybody("2026-12-02T02:00:00Z"), MERGED),
                &share.code,
                Some(PIN),
                LookedWith::Other,
            )
        };
        assert_eq!(open().unwrap().record.items.len(), 1);
        let merge_id = registry.merge(first.learner_id, second.learner_id).merge.merge_id;
        assert_eq!(refused(open()), Rejection::ShareClosed {});
        registry.reverse(merge_id, &[]);
        assert_eq!(open().unwrap().record.items.len(), 1);
    });
}

#[test]
fn every_consent_is_in_one_list_and_its_switch_ends_it() {
    on_both(|world| {
        let (office, learner, outcome_id) = learner_of(world);
        let bank = &world.bank;
        let entry = write(world, &learner.context, json!({}));
        let share = share(world, &learner, json!({}));
        let asked = ask(world, &learner.context, entry.entry_id).unwrap().summary.confirmation_id;
        let requested = request(world, &learner.context, outcome_id).unwrap().summary.request_id;
        let claim_id = office.claim(world, &learner, &[(outcome_id, "E101")]);
        let list = || -> Vec<ConsentReceipt> { list_consents(bank, &learner.context).unwrap() };
        let state = |record_id| {
            list()
                .into_iter()
                .find(|receipt| receipt.record_id == record_id)
                .map(|receipt| receipt.event_state)
        };
        let kinds: Vec<ConsentKind> = list().iter().map(|receipt| receipt.kind).collect();
        let asked_for = kinds.iter().filter(|kind| kind.lawful_basis() == LawfulBasis::Consent).count();
        assert_eq!((asked_for, kinds.len()), (4, 6), "{kinds:?}");
        let of_share = list().into_iter().find(|receipt| receipt.record_id == share.share_id).unwrap();
        assert_eq!(of_share.recipient.description.as_deref(), Some("机电厂"));
        assert_eq!(of_share.valid_until, Some(share.expires_at));
        let words: Vec<&str> = of_share.pii_information.iter().map(|category| category.as_str()).collect();
        assert_eq!(words, ["name", "learning_outcomes", "certificate_numbers", "own_entries"]);
        let of_claim = list().into_iter().find(|receipt| receipt.record_id == claim_id).unwrap();
        assert_eq!(of_claim.recipient.institution.unwrap().name, "安阳职业技术学院");

        let withdraw = |record_id| withdraw_consent(bank, &learner.context, record_id);
        let other = office.deposit(world, 2..3, 5).remove(0);
        let other = office.learner(world, &other, "other");
        for record_id in [share.share_id, asked, requested, claim_id, learner.learner_id] {
            assert_eq!(refused(withdraw_consent(bank, &other.context, record_id)), Rejection::NotFound {});
        }
        open(world, &share, Some(PIN)).unwrap();
        withdraw(share.share_id).unwrap();
        assert_eq!(refused(open(world, &share, Some(PIN))), Rejection::ShareClosed {});
        assert_eq!(state(share.share_id), Some(ConsentState::Withdrawn));
        assert!(read_confirmation(bank, &office.reviewer, asked).unwrap().content.is_some());
        withdraw(asked).unwrap();
        assert_eq!(read_confirmation(bank, &office.reviewer, asked).unwrap().content, None);
        assert_eq!(state(asked), Some(ConsentState::Withdrawn));
        assert_eq!(disputed_by(world, &learner, outcome_id), Some(requested));
        withdraw(requested).unwrap();
        assert_eq!((disputed_by(world, &learner, outcome_id), state(requested)), (None, None));
        withdraw(claim_id).unwrap();
        let claim = credit_bank::ops::claims::reading::read_claim(bank, &learner.context, claim_id).unwrap();
        assert_eq!((claim.summary.status, state(claim_id)), (ClaimStatus::Withdrawn, None));
        assert_eq!(refused(withdraw(Uuid::now_v7())), Rejection::NotFound {});
        assert_eq!(
            refused(withdraw(learner.learner_id)),
            Rejection::NotFound {},
            "there is no mail to withdraw"
        );
    });
}
