//! What a merge takes along beside the account itself: requests for corrections, what was suspected of the two, and credentials.

use std::collections::BTreeSet;

use credit_bank::domain::actor::Caller;
use credit_bank::domain::correction::request::RequestFilter;
use credit_bank::domain::credential::CredentialStatus;
use credit_bank::domain::language::Language::Chinese;
use credit_bank::domain::likeness::SuspicionStatus;
use credit_bank::ops::access::Whose;
use credit_bank::ops::context::Context;
use credit_bank::ops::corrections::requests::answer::read_correction_request;
use credit_bank::ops::credentials::list_own_credentials;
use credit_bank::ops::evidence::read::list_own_evidence;
use credit_bank::ops::outcomes::list_record_outcomes;
use credit_bank::ops::suspicions::search::{Searched, find_duplicates};
use credit_bank::ops::suspicions::{list_suspicions, read_suspicion};
use serde_json::json;
use uuid::Uuid;

use super::bureau::{Learner, Office};
use super::common::{World, on_both};
use super::corrections::preview;
use super::credentials::{ask, issued, status, work};
use super::packs::on;
use super::registry::{MERGED, Registry};
use super::requests::{disputed_by, request, waiting};

fn statuses(world: &World, officer: &Context, pair: [Uuid; 2]) -> Vec<SuspicionStatus> {
    let all = list_suspicions(&world.bank, officer, (None, None), None, 1000, Chinese).unwrap();
    let of_pair = all
        .iter()
        .filter(|one| BTreeSet::from([one.first.learner_id, one.second.learner_id]) == BTreeSet::from(pair));
    of_pair.map(|one| one.status).collect()
}

#[test]
fn a_request_goes_along_and_what_was_suspected_is_settled() {
    on_both(|world| {
        let office = Office::open(world);
        let registry = Registry::open(world);
        let ours = office.deposit(world, 1..2, 0).remove(0);
        let theirs = office.deposit(world, 2..3, 1).remove(0);
        let (first, second) = (office.learner(world, &ours, "ours"), office.learner(world, &theirs, "theirs"));
        let pair = [first.learner_id, second.learner_id];
        let request_id = request(world, &second.context, theirs.outcome_id).unwrap().summary.request_id;
        let search = |date: &str| find_duplicates(&world.bank, &Context::of(Caller::Bank, on(world.registrar, date).now)).unwrap();
        assert_eq!(search("2026-12-20").found, 1, "one name, one institution, two passports");
        assert_eq!(statuses(world, &registry.one, pair), [SuspicionStatus::Open]);

        let merge_id = registry.merge(first.learner_id, second.learner_id).merge.merge_id;
        assert_eq!(statuses(world, &registry.one, pair), [SuspicionStatus::Merged]);
        let listed = list_suspicions(&world.bank, &registry.one, (None, None), None, 1, Chinese).unwrap();
        let read = read_suspicion(&world.bank, &registry.one, listed[0].suspicion_id, Chinese).unwrap();
        assert_ne!(
            read.suspicion.first.document_masked, read.suspicion.second.document_masked,
            "as they were opened"
        );
        assert_eq!(
            Searched {
                learners: 0,
                ..search("2026-12-22")
            },
            Searched::default(),
            "nobody is compared with who was merged"
        );
        let one = on(first.context, MERGED);
        let first = Learner { context: one, ..first };
        assert_eq!(disputed_by(world, &first, theirs.outcome_id), Some(request_id));
        let read = read_correction_request(&world.bank, &first.context, request_id).unwrap();
        assert_eq!(read.summary.learner_id, first.learner_id);
        assert_eq!(read.reason, "成绩应为 96 分", "the seal opens for the one account");
        assert_eq!(waiting(world, &office.registrar, &RequestFilter::default()).len(), 1);

        registry.reverse(merge_id, &[]);
        assert_eq!(statuses(world, &registry.one, pair), [SuspicionStatus::Dismissed]);
        let second = Learner {
            context: on(second.context, MERGED),
            ..second
        };
        assert_eq!(disputed_by(world, &second, theirs.outcome_id), Some(request_id));
        assert_eq!(waiting(world, &office.registrar, &RequestFilter::default()).len(), 1);
        let own = list_record_outcomes(&world.bank, &first.context, Whose::Own, None, None, 10).unwrap();
        assert_eq!(own.iter().map(|row| row.outcome_id).collect::<Vec<_>>(), [ours.outcome_id]);
        assert!(list_own_evidence(&world.bank, &first.context, None, 10).unwrap().is_empty());
    });
}

#[test]
fn credentials_are_read_together_and_end_with_a_reversal_where_they_say_what_is_the_others() {
    on_both(|world| {
        let office = Office::open(world);
        let registry = Registry::open(world);
        let ours = office.deposit(world, 1..2, 0).remove(0);
        let theirs = office.deposit(world, 2..3, 1).remove(0);
        let (first, second) = (office.learner(world, &ours, "ours"), office.learner(world, &theirs, "theirs"));
        let badge_of = |outcome_id: Uuid| json!({ "of": "outcome", "outcome_id": outcome_id });
        let before = issued(world, &second, badge_of(theirs.outcome_id), "jwt");
        // Asked for before the merge and signed after it: of who is there now.
        let asked = ask(world, &second.context, badge_of(theirs.outcome_id), "jwt").unwrap();
        let merge_id = registry.merge(first.learner_id, second.learner_id).merge.merge_id;
        let at_merge = |learner: Learner| Learner {
            context: on(learner.context, MERGED),
            ..learner
        };
        let (first, second) = (at_merge(first), at_merge(second));
        work(world, &first.context);
        let record = issued(world, &first, json!({ "of": "record" }), "jwt");
        assert_eq!(record.summary.outcome_ids.len(), 2);
        for credential in [&before, &asked, &record] {
            assert_eq!(status(world, &first, credential), CredentialStatus::Issued);
        }
        // What is withdrawn now ends what was issued to the account that was merged.
        let scope = badge_of(theirs.outcome_id);
        let previewed = preview(world, &on(office.registrar, MERGED), &scope).unwrap();
        assert_eq!(previewed.counts.credentials, 3);

        registry.reverse(merge_id, &[]);
        assert_eq!(
            status(world, &first, &record),
            CredentialStatus::Revoked,
            "it says another person's outcome"
        );
        for credential in [&before, &asked] {
            assert_eq!(status(world, &second, credential), CredentialStatus::Issued);
        }
        let own = list_own_credentials(&world.bank, &first.context, None, 10).unwrap();
        assert_eq!(
            own.iter().map(|one| one.credential_id).collect::<Vec<_>>(),
            [record.summary.credential_id]
        );
    });
}
