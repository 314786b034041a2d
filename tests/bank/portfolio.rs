//! Portfolios on both back ends: the timeline, what learners write, and what a merge makes of it.

use credit_bank::domain::portfolio::entry::EntryContent;
use credit_bank::domain::portfolio::timeline::{Grouping, Item, ItemFilter, ItemKind, Verification};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::context::Context;
use credit_bank::ops::error::OpError;
use credit_bank::ops::evidence::EvidenceFile;
use credit_bank::ops::evidence::read::remove_evidence;
use credit_bank::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use credit_bank::ops::portfolio::answers::answer_confirmation;
use credit_bank::ops::portfolio::confirmations::{Confirmation, request_confirmation};
use credit_bank::ops::portfolio::entries::{Entry, create_entry, edit_entry, read_entry, remove_entry};
use credit_bank::ops::portfolio::{Placing, list_portfolio, place_item};
use credit_bank::store::connection::Conn;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::{Learner, Office};
use super::common::{World, on_both};
use super::corrections::{apply, preview};
use super::packs::{on, refused};
use super::registry::{MERGED, Registry};

pub(crate) fn content(changed: Value) -> EntryContent {
    let mut entry = json!({ "kind": "volunteering", "title": { "zh": "社区养老志愿服务" }, "from": "2023-03-01", "to": "2024-06-30",
        "skills": ["养老护理"] });
    for (name, value) in changed.as_object().unwrap() {
        entry[name] = value.clone();
    }
    serde_json::from_value(entry).unwrap()
}

pub(crate) fn write(world: &World, context: &Context, changed: Value) -> Entry {
    create_entry(&world.bank, context, None, &content(changed)).unwrap()
}

pub(crate) fn items(world: &World, context: &Context) -> Vec<Item> {
    let found = list_portfolio(&world.bank, context, Grouping::Timeline, &ItemFilter::default(), None, 100);
    found.unwrap().items
}

pub(crate) fn ask(world: &World, context: &Context, entry_id: Uuid) -> Result<Confirmation, OpError> {
    let new = json!({ "institution_id": world.institution_id, "note": "在实训中心任助教" });
    request_confirmation(&world.bank, context, None, entry_id, &serde_json::from_value(new).unwrap())
}

pub(crate) fn answer(world: &World, context: &Context, confirmation_id: Uuid, reply: Value) -> Result<Confirmation, OpError> {
    answer_confirmation(&world.bank, context, None, confirmation_id, &serde_json::from_value(reply).unwrap())
}

pub(crate) fn upload(world: &World, context: &Context) -> EvidenceFile {
    let upload = Upload {
        name: "证明.pdf".to_owned().try_into().unwrap(),
        declared: None,
        content: b"%PDF-1.7\n".to_vec(),
    };
    upload_evidence(&world.bank, context, None, Uploader::Learner, &upload).unwrap().1
}

pub(crate) fn office_with_learner(world: &World) -> (Office, Learner, Uuid) {
    let office = Office::open(world);
    let deposited = office.deposit(world, 1..2, 0).remove(0);
    let learner = office.learner(world, &deposited, "learner");
    (office, learner, deposited.outcome_id)
}

#[derive(QueryableByName)]
struct Sealed {
    #[diesel(sql_type = diesel::sql_types::Binary)]
    sealed: Vec<u8>,
}

#[test]
fn the_timeline_has_what_institutions_say_and_what_the_learner_says() {
    on_both(|world| {
        let (office, learner, outcome_id) = office_with_learner(world);
        let claim_id = office.claim(world, &learner, &[(outcome_id, "E101"), (outcome_id, "E102")]);
        office.grant(world, claim_id);
        let entry = write(world, &learner.context, json!({ "links": [{ "url": "https://example.com/" }] }));
        let all = items(world, &learner.context);
        let kinds: Vec<(ItemKind, Verification)> = all.iter().map(|item| (item.kind, item.verification)).collect();
        let bought = kinds.iter().filter(|(kind, _)| *kind == ItemKind::Conversion).count();
        assert_eq!(bought, 2, "{kinds:?}");
        let of = |kind: ItemKind| all.iter().find(|item| item.kind == kind).unwrap();
        let outcome = of(ItemKind::Outcome);
        assert_eq!(
            (outcome.item_id, outcome.verification, outcome.edition),
            (outcome_id, Verification::Valid, None)
        );
        assert_eq!(outcome.institutions[0].name, "安阳职业技术学院");
        assert_eq!(outcome.disputable_outcome_id, Some(outcome_id));
        assert_eq!(of(ItemKind::Credit).bank_credit.unwrap().to_string(), "9.00");
        let own = of(ItemKind::Volunteering);
        assert_eq!(
            (own.item_id, own.verification, own.edition),
            (entry.entry_id, Verification::SelfDeclared, Some(1))
        );
        assert_eq!(own.disputable_outcome_id, None);

        // Filters, groups and pages.
        let bank = &world.bank;
        let list = |filter: &ItemFilter, after, limit| list_portfolio(bank, &learner.context, Grouping::Timeline, filter, after, limit);
        let year = ItemFilter {
            year: Some(2024),
            ..ItemFilter::default()
        };
        let found = list(&year, None, 100).unwrap();
        assert_eq!(found.items.len(), 2, "the certificate of March and the service that ended in June");
        let counts: usize = found.kinds.iter().map(|count| count.items).sum();
        assert_eq!((counts, found.skills[0].of.as_deref()), (all.len(), Some("养老护理")));
        let ids: Vec<Uuid> = all.iter().map(|item| item.item_id).collect();
        let mut paged = Vec::new();
        while paged.len() < ids.len() {
            let page = list(&ItemFilter::default(), paged.last().copied(), 2).unwrap();
            assert!(!page.items.is_empty());
            paged.extend(page.items.iter().map(|item| item.item_id));
        }
        assert_eq!(paged, ids);
        assert_eq!(refused(list(&year, Some(Uuid::nil()), 1)), Rejection::CursorUnknown {});

        // A correction is seen at once.
        let scope = json!({ "of": "outcome", "outcome_id": outcome_id });
        let previewed = preview(world, &office.registrar, &scope).unwrap();
        apply(world, &office.approver, &previewed).unwrap();
        let after = items(world, &learner.context);
        let outcome = after.iter().find(|item| item.item_id == outcome_id).unwrap();
        assert_eq!(outcome.verification, Verification::Revoked);
        assert_eq!(
            (outcome.verified_on.map(|day| day.to_string()), outcome.disputable_outcome_id),
            (Some("2026-12-01".to_owned()), None)
        );
        let credit = after.iter().find(|item| item.kind == ItemKind::Credit).unwrap();
        assert_eq!(credit.verification, Verification::Revoked);
    });
}

#[test]
fn anything_is_placed_or_hidden_and_nothing_is_changed_by_it() {
    on_both(|world| {
        let (office, learner, outcome_id) = office_with_learner(world);
        let entry = write(
            world,
            &learner.context,
            json!({ "kind": "goal", "from": "2020-01-01", "to": "2020-01-02" }),
        );
        let place = |item_id, hidden, place| place_item(&world.bank, &learner.context, item_id, &Placing { hidden, place });
        place(entry.entry_id, false, Some(1)).unwrap();
        place(outcome_id, true, None).unwrap();
        let all = items(world, &learner.context);
        assert_eq!(all[0].item_id, entry.entry_id);
        assert!(all.iter().find(|item| item.item_id == outcome_id).unwrap().hidden);
        let hidden = ItemFilter {
            hidden: Some(true),
            ..ItemFilter::default()
        };
        let found = list_portfolio(&world.bank, &learner.context, Grouping::Kind, &hidden, None, 10).unwrap();
        assert_eq!(found.items.iter().map(|item| item.item_id).collect::<Vec<_>>(), [outcome_id]);
        place(outcome_id, false, None).unwrap();
        assert!(items(world, &learner.context).iter().all(|item| !item.hidden));
        assert_eq!(refused(place(outcome_id, true, Some(0))).code(), "invalid_body");
        assert_eq!(refused(place(Uuid::now_v7(), true, None)), Rejection::NotFound {});
        let other = office.deposit(world, 2..3, 5).remove(0);
        assert_eq!(
            refused(place(other.outcome_id, true, None)),
            Rejection::NotFound {},
            "somebody else's"
        );
        let read = read_entry(&world.bank, &learner.context, entry.entry_id).unwrap();
        assert_eq!(read.edition, 1, "where it stands is not what it says");
    });
}

#[test]
fn an_entry_is_sealed_edited_by_its_edition_and_gone_when_it_is_removed() {
    on_both(|world| {
        let (office, learner, _) = office_with_learner(world);
        let bank = &world.bank;
        let file = upload(world, &learner.context);
        let entry = write(world, &learner.context, json!({ "artefacts": [file.file_id] }));
        assert_eq!(entry.artefacts[0].file_id, file.file_id);
        let sealed = || {
            let sql = "SELECT content_sealed AS sealed FROM portfolio_entries WHERE content_sealed IS NOT NULL";
            let read = |conn: &mut Conn| -> Result<Vec<Sealed>, OpError> {
                Ok(match conn {
                    Conn::Postgres(conn) => diesel::sql_query(sql).load(conn),
                    Conn::Sqlite(conn) => diesel::sql_query(sql).load(conn),
                }
                .unwrap())
            };
            bank.store.read(read).unwrap()
        };
        let words = "志愿".as_bytes();
        assert!(
            sealed()
                .iter()
                .all(|row| !row.sealed.windows(words.len()).any(|part| part == words))
        );

        let edit = |edition, changed| edit_entry(bank, &learner.context, entry.entry_id, edition, &content(changed));
        let same = edit(1, json!({ "artefacts": [file.file_id] })).unwrap();
        assert_eq!(same.edition, 1, "nothing changed");
        assert_eq!(
            refused(remove_evidence(bank, &learner.context, learner.learner_id, file.file_id)),
            Rejection::EvidenceInUse {}
        );
        let edited = edit(1, json!({ "title": { "en": "Volunteer" } })).unwrap();
        assert_eq!((edited.edition, edited.artefacts.len()), (2, 0));
        assert_eq!(refused(edit(1, json!({}))), Rejection::StaleEdition {});
        remove_evidence(bank, &learner.context, learner.learner_id, file.file_id).unwrap();
        let Rejection::InvalidBody { problems } = refused(edit(2, json!({ "artefacts": [file.file_id] }))) else {
            panic!()
        };
        assert_eq!(problems[0].pointer, "/artefacts/0");
        assert_eq!(
            refused(edit(2, json!({ "links": [{ "url": "http://example.com/" }] }))).code(),
            "invalid_body"
        );

        // Nobody else knows of it.
        let other = office.deposit(world, 2..3, 5).remove(0);
        let other = office.learner(world, &other, "other");
        assert_eq!(refused(read_entry(bank, &other.context, entry.entry_id)), Rejection::NotFound {});
        assert_eq!(refused(remove_entry(bank, &other.context, entry.entry_id)), Rejection::NotFound {});
        assert_eq!(refused(read_entry(bank, &office.officer, entry.entry_id)), Rejection::NotFound {});
        remove_entry(bank, &learner.context, entry.entry_id).unwrap();
        assert_eq!(refused(read_entry(bank, &learner.context, entry.entry_id)), Rejection::NotFound {});
        assert_eq!(refused(edit(2, json!({}))), Rejection::NotFound {});
        assert_eq!(sealed().len(), 0, "the words are gone");
    });
}

#[test]
fn what_a_learner_wrote_is_with_the_account_that_a_merge_leaves_and_goes_back_with_it() {
    on_both(|world| {
        let office = Office::open(world);
        let registry = Registry::open(world);
        let ours = office.deposit(world, 1..2, 0).remove(0);
        let theirs = office.deposit(world, 2..3, 1).remove(0);
        let (first, second) = (office.learner(world, &ours, "ours"), office.learner(world, &theirs, "theirs"));
        let file = upload(world, &second.context);
        let entry = write(world, &second.context, json!({ "artefacts": [file.file_id] }));
        let asked = ask(world, &second.context, entry.entry_id).unwrap().summary.confirmation_id;
        let merge_id = registry.merge(first.learner_id, second.learner_id).merge.merge_id;
        let now = on(first.context, MERGED);
        let seen = items(world, &now);
        let item = seen.iter().find(|item| item.item_id == entry.entry_id).unwrap();
        assert_eq!((item.artefacts.len(), item.verification), (1, Verification::SelfDeclared));
        answer(world, &on(office.reviewer, MERGED), asked, json!({ "answer": "confirm" })).unwrap();
        let read = read_entry(&world.bank, &now, entry.entry_id).unwrap();
        assert_eq!(
            (read.verification, read.confirmations[0].summary.learner_id),
            (Verification::Confirmed, first.learner_id)
        );
        place_item(&world.bank, &now, entry.entry_id, &Placing { hidden: true, place: None }).unwrap();
        edit_entry(
            &world.bank,
            &now,
            entry.entry_id,
            1,
            &content(json!({ "title": { "zh": "合并后" }, "artefacts": [file.file_id] })),
        )
        .unwrap();

        registry.reverse(merge_id, &[]);
        assert!(items(world, &now).iter().all(|item| item.item_id != entry.entry_id));
        let own = items(world, &on(second.context, MERGED));
        let item = own.iter().find(|item| item.item_id == entry.entry_id).unwrap();
        assert_eq!((item.title.zh.as_deref(), item.artefacts.len()), (Some("合并后"), 1));
    });
}
