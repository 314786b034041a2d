//! Files of what a share shows, on both back ends: fetched by the tickets of a look, as long as share and view show them, and told to
//! the learner.

use credit_bank::domain::language::Language;
use credit_bank::domain::portfolio::share::WRONG_PINS_MAX;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::context::Bank;
use credit_bank::ops::error::OpError;
use credit_bank::ops::evidence::read::Downloaded;
use credit_bank::ops::notifications::list_notifications;
use credit_bank::ops::portfolio::{Placing, place_item};
use credit_bank::ops::shares::files::download_shared_file;
use credit_bank::ops::shares::open::Opened;
use credit_bank::ops::shares::{Share, list_share_looks, read_share, turn_off_share};
use credit_bank::ops::verify::verify;
use credit_bank::ops::views::{edit_view, preview_view};
use serde_json::json;
use uuid::Uuid;

use super::bureau::Learner;
use super::common::{World, on_both};
use super::packs::refused;
use super::portfolio::{upload, write};
use super::shares::{PIN, anybody, learner_of, open, share};
use super::views::definition;

/// An hour after [`open`] opens is 03:00.
const SOON: &str = "2026-12-02T02:59:59Z";
const LATE: &str = "2026-12-02T03:00:00Z";

fn fetch(bank: &Bank, code: &str, ticket: &str, moment: &str) -> Result<Downloaded, OpError> {
    download_shared_file(bank, &anybody(moment), code, ticket)
}

fn ticket_in(opened: &Opened) -> String {
    let mut artefacts = opened.record.items.iter().flat_map(|item| &item.artefacts);
    artefacts.next().unwrap().ticket.clone().unwrap()
}

/// A share whose view shows an entry with a file.
fn with_file(world: &World, learner: &Learner, looks_max: i64) -> (Share, Uuid, Uuid) {
    let file = upload(world, &learner.context);
    let entry = write(world, &learner.context, json!({ "kind": "work", "artefacts": [file.file_id] }));
    let share = share(world, learner, json!({ "looks_max": looks_max }));
    let shown = definition(json!({ "items": [entry.entry_id], "fields": ["holder_name", "artefacts"] }));
    edit_view(&world.bank, &learner.context, share.view_id, 1, &shown).unwrap();
    (share, entry.entry_id, file.file_id)
}

#[test]
fn whoever_opened_a_share_fetches_its_files_within_the_hour_and_uses_up_no_look() {
    on_both(|world| {
        let bank = &world.bank;
        let (_, learner, _) = learner_of(world);
        let (share, _, file_id) = with_file(world, &learner, 1);
        let preview = preview_view(bank, &learner.context, share.view_id).unwrap();
        assert!(
            !serde_json::to_string(&preview).unwrap().contains("ticket"),
            "a preview fetches nothing"
        );
        let opened = open(world, &share, Some(PIN)).unwrap();
        let said = serde_json::to_string(&opened).unwrap();
        assert!(!said.contains(&file_id.to_string()), "{said}");
        let ticket = ticket_in(&opened);
        // It was the last look; its files are there for the hour all the same, as often as somebody wants them.
        assert_eq!(refused(open(world, &share, Some(PIN))), Rejection::ShareClosed {});
        for _ in 0..2 {
            let file = fetch(bank, &share.code.to_lowercase(), &ticket, SOON).unwrap();
            assert_eq!((file.content.as_slice(), file.file.name.as_str()), (&b"%PDF-1.7\n"[..], "证明.pdf"));
        }
        assert_eq!(read_share(bank, &learner.context, share.share_id).unwrap().looks, 1);
        let looks = list_share_looks(bank, &learner.context, share.share_id, None, 10).unwrap();
        assert_eq!(looks.len(), 1);
        assert_eq!(looks[0].file_ids, [file_id], "told once");
        let log = list_accesses(bank, &learner.context, Whose::Own, None, 10).unwrap();
        let operations: Vec<&str> = log.iter().map(|look| look.operation.as_str()).collect();
        assert_eq!(operations, ["download_shared_file", "open_share"]);
        let told = list_notifications(bank, &learner.context, true, None, 10, Language::English).unwrap();
        assert_eq!(
            told.items[0].text,
            "Somebody downloaded a file of what you shared by a link; see the looks of the share."
        );
        assert_eq!(verify(bank).unwrap().findings, Vec::<String>::new());
    });
}

#[test]
fn a_ticket_opens_nothing_else_and_not_for_longer() {
    on_both(|world| {
        let bank = &world.bank;
        let (_, learner, _) = learner_of(world);
        let (share, _, _) = with_file(world, &learner, 1);
        let (other, _, _) = with_file(world, &learner, 1);
        let ticket = ticket_in(&open(world, &share, Some(PIN)).unwrap());
        let mut changed = ticket.clone();
        let last = if changed.pop() == Some('A') { 'Q' } else { 'A' };
        changed.push(last);
        for (code, ticket, moment) in [
            (share.code.as_str(), ticket.as_str(), LATE),
            (&other.code, &ticket, SOON),
            ("22222-22222-22222-22222", &ticket, SOON),
            (&share.code, &changed, SOON),
            (&share.code, "", SOON),
            (&share.code, "not a ticket", SOON),
            (&share.code, &"A".repeat(10_000), SOON),
        ] {
            assert_eq!(
                refused(fetch(bank, code, ticket, moment)),
                Rejection::ShareClosed {},
                "{ticket} {moment}"
            );
        }
        let looks = list_share_looks(bank, &learner.context, share.share_id, None, 10).unwrap();
        assert!(looks[0].file_ids.is_empty());
        fetch(bank, &share.code, &ticket, SOON).unwrap();
    });
}

#[test]
fn what_is_turned_off_locked_hidden_or_no_longer_chosen_is_not_fetched() {
    on_both(|world| {
        let bank = &world.bank;
        let (_, learner, _) = learner_of(world);
        let opened = || {
            let (share, entry_id, _) = with_file(world, &learner, 10);
            let ticket = ticket_in(&open(world, &share, Some(PIN)).unwrap());
            fetch(bank, &share.code, &ticket, SOON).unwrap();
            (share, entry_id, ticket)
        };
        let (share, _, ticket) = opened();
        turn_off_share(bank, &learner.context, share.share_id).unwrap();
        assert_eq!(refused(fetch(bank, &share.code, &ticket, SOON)), Rejection::ShareClosed {});

        let (share, _, ticket) = opened();
        for number in 0..WRONG_PINS_MAX {
            refused(open(world, &share, Some(&format!("{number:06}"))));
        }
        assert_eq!(refused(fetch(bank, &share.code, &ticket, SOON)), Rejection::ShareClosed {});

        let (share, entry_id, ticket) = opened();
        let hidden = Placing { hidden: true, place: None };
        place_item(bank, &learner.context, entry_id, &hidden).unwrap();
        assert_eq!(refused(fetch(bank, &share.code, &ticket, SOON)), Rejection::ShareClosed {});

        let (share, _, ticket) = opened();
        let fewer = definition(json!({ "fields": ["holder_name", "links"] }));
        edit_view(bank, &learner.context, share.view_id, 2, &fewer).unwrap();
        assert_eq!(refused(fetch(bank, &share.code, &ticket, SOON)), Rejection::ShareClosed {});
    });
}
