//! Secrets of webhooks that are rotated, and servers that die, on both back ends.

use chrono::TimeDelta;
use credit_bank::ops::clients::Rotation;
use credit_bank::ops::webhooks::courier::LEASE;
use credit_bank::ops::webhooks::rotate_webhook_secret;
use credit_bank::store::webhooks as store;
use uuid::Uuid;

use super::common::on_both;
use super::events::{deposit, publish_all};
use super::packs::refused;
use super::receiver::Receiver;
use super::webhooks::{DEPOSITS, Post, create, is_signed, subjects};

#[test]
fn while_a_secret_is_rotated_both_sign() {
    on_both(|world| {
        let (receiver, post) = (Receiver::start(), Post::of(world));
        let issued = create(world, &receiver.url, DEPOSITS);
        let id = issued.webhook.webhook_id;
        let rotate = |hours| {
            let rotation = Rotation { overlap_hours: hours };
            rotate_webhook_secret(&world.bank, &world.registrar, world.institution_id, id, rotation)
        };
        assert_eq!(refused(rotate(721)).code(), "invalid_body");
        let rotated = rotate(24).unwrap();
        assert_ne!(rotated.secret, issued.secret);
        deposit(world, 1, 1);
        post.all();
        let during = receiver.take().remove(0);
        assert!(is_signed(&during, &issued.secret) && is_signed(&during, &rotated.secret));
        post.later(TimeDelta::hours(25));
        deposit(world, 1, 2);
        post.all();
        let after = receiver.take().remove(0);
        assert!(!is_signed(&after, &issued.secret) && is_signed(&after, &rotated.secret));
    });
}

#[test]
fn a_webhook_whose_server_died_is_taken_by_another() {
    on_both(|world| {
        let (receiver, post) = (Receiver::start(), Post::of(world));
        let issued = create(world, &receiver.url, DEPOSITS);
        let outcome_id = deposit(world, 1, 1);
        publish_all(world);
        let now = post.now.get();
        let take = |conn: &mut _| store::take(conn, issued.webhook.webhook_id, Uuid::now_v7(), now, now + LEASE);
        assert!(world.bank.store.write(take).unwrap());
        assert!(!world.bank.store.write(take).unwrap(), "one at a time");
        post.all();
        assert!(receiver.take().is_empty(), "the other may be at it still");
        post.later(LEASE + TimeDelta::seconds(1));
        post.all();
        assert_eq!(subjects(&receiver.take()), [outcome_id]);
    });
}
