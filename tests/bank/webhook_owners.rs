//! Who makes and sees webhooks, and where they may lead, on both back ends.

use credit_bank::domain::actor::{Caller, ScopeSet};
use credit_bank::domain::language::Language::{Chinese, English};
use credit_bank::domain::rejection::Rejection;
use credit_bank::domain::webhook::WebhookStatus;
use credit_bank::ops::clients;
use credit_bank::ops::context::Context;
use credit_bank::ops::webhooks::deliveries::list_deliveries;
use credit_bank::ops::webhooks::{create_webhook, edit_webhook, list_webhooks, read_webhook, resume_webhook};
use credit_bank::outside::target::Reach;
use serde_json::json;

use super::common::{on_both, on_both_with};
use super::events::deposit;
use super::packs::refused;
use super::receiver::Receiver;
use super::webhooks::{DEPOSITS, Post, create, read};

#[test]
fn who_makes_and_sees_webhooks_and_where_they_may_lead() {
    on_both(|world| {
        let bank = &world.bank;
        let own = create(world, "https://hooks.example.com/", &[]).webhook;
        let client = serde_json::from_value(json!({ "name": "系统", "scopes": ["webhooks:write"] })).unwrap();
        let client_id = clients::create_client(bank, &world.registrar, None, world.institution_id, &client)
            .unwrap()
            .client
            .client_id;
        let system = Context {
            caller: Caller::Client {
                client_id,
                scopes: ScopeSet::parse("webhooks:write").unwrap(),
            },
            ..world.registrar
        };
        let form = |value| serde_json::from_value(value).unwrap();
        let good = form(json!({ "url": "https://hooks.example.com/", "event_types": ["claim.take", "claim.take"] }));
        let made = create_webhook(bank, &system, Some("once"), world.institution_id, &good).unwrap();
        assert_eq!(
            create_webhook(bank, &system, Some("once"), world.institution_id, &good).unwrap(),
            made
        );
        assert_eq!(
            (made.webhook.client_id, &made.webhook.event_types),
            (Some(client_id), &vec!["claim.take".to_owned()])
        );
        let list = |context| list_webhooks(bank, context, world.institution_id, None, 10).unwrap();
        assert_eq!(list(&system), std::slice::from_ref(&made.webhook), "a system sees its own");
        assert_eq!(list(&world.registrar).len(), 2);
        let foreign = refused(read_webhook(bank, &system, world.institution_id, own.webhook_id));
        assert_eq!(foreign, Rejection::NotFound {});
        let reader = Context {
            caller: Caller::Client {
                client_id,
                scopes: ScopeSet::default(),
            },
            ..system
        };
        assert_eq!(
            refused(list_webhooks(bank, &reader, world.institution_id, None, 10)).code(),
            "scope_missing"
        );
        let edit = |edition| edit_webhook(bank, &system, world.institution_id, made.webhook.webhook_id, edition, &good);
        assert_eq!(refused(edit(7)), Rejection::StaleEdition {});
        assert_eq!(edit(1).unwrap().edition, 2);
        for wrong in [
            json!({ "url": "ftp://hooks.example.com/" }),
            json!({ "url": "https://user:secret@hooks.example.com/" }),
            json!({ "url": "https://hooks.example.com/", "event_types": ["session.log_in"] }),
            json!({ "url": "https://hooks.example.com/", "description": "x".repeat(101) }),
        ] {
            let refusal = refused(create_webhook(bank, &system, None, world.institution_id, &form(wrong)));
            assert_eq!(refusal.code(), "invalid_body");
        }
        for _ in 2..20 {
            create_webhook(bank, &system, None, world.institution_id, &good).unwrap();
        }
        let full = refused(create_webhook(bank, &system, None, world.institution_id, &good));
        assert_eq!(full.code(), "too_many_webhooks");
        clients::revoke_client(bank, &world.registrar, world.institution_id, client_id).unwrap();
        let ended = read(world, &made.webhook);
        assert_eq!(
            (ended.status, ended.status_reason.as_deref()),
            (WebhookStatus::Disabled, Some("client_revoked"))
        );
        let resumed = refused(resume_webhook(
            bank,
            &world.registrar,
            world.institution_id,
            made.webhook.webhook_id,
        ));
        assert_eq!(resumed.code(), "wrong_state");
    });
}

#[test]
fn private_networks_are_refused_when_a_webhook_is_made_and_when_it_is_sent_to() {
    on_both_with(
        |_| {},
        |world| {
            // Made while the bank let webhooks lead anywhere, and sent to since it does not.
            let (receiver, post) = (Receiver::start(), Post::with(world, Reach::Open));
            let issued = create(world, &receiver.url, DEPOSITS);
            deposit(world, 1, 1);
            post.all();
            assert!(receiver.take().is_empty());
            let place = (world.institution_id, issued.webhook.webhook_id);
            let log = list_deliveries(&world.bank, &world.registrar, place, None, None, 10).unwrap();
            assert_eq!((log[0].failure.as_deref(), log[0].attempts), (Some("address_refused"), 1));
            assert_eq!((log[0].response_status, log[0].response_excerpt.as_deref()), (None, None));
        },
    );
    on_both_with(
        |bank| bank.outside.reach = Reach::Open,
        |world| {
            for url in [
                "http://hooks.example.com/",
                "https://127.0.0.1/",
                "https://[::1]/",
                "https://0x7f.1/",
                "https://localhost/",
            ] {
                let form = serde_json::from_value(json!({ "url": url })).unwrap();
                let refusal = refused(create_webhook(&world.bank, &world.registrar, None, world.institution_id, &form));
                let problems = refusal.problems(English);
                assert_eq!((problems.len(), problems[0].pointer.as_str()), (1, "/url"), "{url}");
                assert_ne!(problems[0].detail, refusal.problems(Chinese)[0].detail);
            }
            create(world, "https://hooks.example.com/", &[]);
        },
    );
}
