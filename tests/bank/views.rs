//! Views of portfolios on both back ends: what an audience sees, live or fixed, and that the preview is that.

use credit_bank::domain::portfolio::disclosure::Disclosure;
use credit_bank::domain::portfolio::timeline::Verification;
use credit_bank::domain::portfolio::view::ViewDefinition;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::context::Context;
use credit_bank::ops::error::OpError;
use credit_bank::ops::portfolio::{Placing, place_item};
use credit_bank::ops::views::{View, create_view, edit_view, list_views, preview_view, read_view, remove_view};
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::Office;
use super::common::{World, on_both};
use super::corrections::{apply, preview};
use super::packs::refused;
use super::portfolio::write;

pub(crate) fn definition(changed: Value) -> ViewDefinition {
    let mut view = json!({ "name": "应聘", "audience": "employer" });
    for (name, value) in changed.as_object().unwrap() {
        view[name] = value.clone();
    }
    serde_json::from_value(view).unwrap()
}

pub(crate) fn make(world: &World, context: &Context, changed: Value) -> Result<View, OpError> {
    create_view(&world.bank, context, None, &definition(changed))
}

fn seen(world: &World, context: &Context, view: &View) -> (Disclosure, String) {
    let seen = preview_view(&world.bank, context, view.view_id).unwrap();
    let text = serde_json::to_string(&seen).unwrap();
    (seen, text)
}

#[test]
fn an_audience_sees_what_it_needs_of_the_record_as_it_is_now() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let entry = write(world, &learner.context, json!({ "text": { "zh": "自述" } }));
        write(
            world,
            &learner.context,
            json!({ "kind": "reflection", "title": { "zh": "内心话" } }),
        );
        let employer = make(world, &learner.context, json!({})).unwrap();
        let (shown, text) = seen(world, &learner.context, &employer);
        assert_eq!(shown.holder.name, "王芳");
        assert_eq!(shown.items.len(), 2);
        for secret in ["86", "E00000001", "内心话", "9.00", "account_number"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        let school = make(world, &learner.context, json!({ "audience": "school_admission" })).unwrap();
        let (_, text) = seen(world, &learner.context, &school);
        assert!(
            text.contains("\"score\":\"86\"") && text.contains("\"bank_credit\":\"9.00\""),
            "{text}"
        );
        let office_view = make(world, &learner.context, json!({ "audience": "subsidy_office" })).unwrap();
        let (shown, text) = seen(world, &learner.context, &office_view);
        assert_eq!(shown.items.len(), 1);
        assert!(shown.holder.document_masked.unwrap().contains('*') && !text.contains("86"));

        // A fixed choice stays what it is; a live one has what comes later; and both say what became of it.
        let fixed = make(world, &learner.context, json!({ "items": [entry.entry_id, deposited.outcome_id] })).unwrap();
        let later = write(world, &learner.context, json!({ "kind": "award", "to": "2025-06-30" }));
        assert_eq!(seen(world, &learner.context, &employer).0.items.len(), 3);
        let order: Vec<Verification> = seen(world, &learner.context, &fixed)
            .0
            .items
            .iter()
            .map(|item| item.verification)
            .collect();
        assert_eq!(order, [Verification::SelfDeclared, Verification::Valid]);
        let scope = json!({ "of": "outcome", "outcome_id": deposited.outcome_id });
        let previewed = preview(world, &office.registrar, &scope).unwrap();
        apply(world, &office.approver, &previewed).unwrap();
        for view in [&fixed, &employer, &office_view] {
            let (shown, _) = seen(world, &learner.context, view);
            assert!(
                shown.items.iter().any(|item| item.verification == Verification::Revoked),
                "{:?}",
                view.definition
            );
        }
        let hide = Placing { hidden: true, place: None };
        place_item(&world.bank, &learner.context, later.entry_id, &hide).unwrap();
        place_item(&world.bank, &learner.context, deposited.outcome_id, &hide).unwrap();
        assert_eq!(seen(world, &learner.context, &employer).0.items.len(), 1);
        assert_eq!(seen(world, &learner.context, &fixed).0.items.len(), 1);
    });
}

#[test]
fn a_view_is_its_learners_alone() {
    on_both(|world| {
        let office = Office::open(world);
        let deposited = office.deposit(world, 1..2, 0).remove(0);
        let foreign = office.deposit(world, 2..3, 5).remove(0);
        let learner = office.learner(world, &deposited, "learner");
        let other = office.learner(world, &foreign, "other");
        let Rejection::InvalidBody { problems } = refused(make(
            world,
            &learner.context,
            json!({ "items": [deposited.outcome_id, foreign.outcome_id, Uuid::now_v7()] }),
        )) else {
            panic!()
        };
        let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(pointers, ["/items/1", "/items/2"]);
        let view = make(world, &learner.context, json!({})).unwrap();
        let bank = &world.bank;
        for stranger in [&other.context, &office.officer, &office.reviewer] {
            assert_eq!(refused(read_view(bank, stranger, view.view_id)), Rejection::NotFound {});
            assert_eq!(refused(preview_view(bank, stranger, view.view_id)), Rejection::NotFound {});
            assert_eq!(refused(remove_view(bank, stranger, view.view_id)), Rejection::NotFound {});
            assert_eq!(
                refused(edit_view(bank, stranger, view.view_id, 1, &definition(json!({})))),
                Rejection::NotFound {}
            );
        }
        let edit = |edition, changed| edit_view(bank, &learner.context, view.view_id, edition, &definition(changed));
        let edited = edit(1, json!({ "fields": ["score"] })).unwrap();
        assert_eq!((edited.edition, edited.fields.len()), (2, 1));
        assert_eq!(refused(edit(1, json!({}))), Rejection::StaleEdition {});
        assert_eq!(list_views(bank, &learner.context).unwrap(), [edited]);
        remove_view(bank, &learner.context, view.view_id).unwrap();
        assert!(list_views(bank, &learner.context).unwrap().is_empty());
        assert_eq!(refused(read_view(bank, &learner.context, view.view_id)), Rejection::NotFound {});
    });
}
