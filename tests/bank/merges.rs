//! Accounts are merged and taken apart again on both back ends: everything of the one is the other's under the same ids, and
//! goes back with what was done to it.

use credit_bank::domain::actor::Caller;
use credit_bank::domain::merge::{Alikeness, MergeFilter, MergeState};
use credit_bank::domain::outcome::OutcomeFilter;
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::claims::reading::{list_own_conversions, read_claim};
use credit_bank::ops::claims::submit::submit_claim;
use credit_bank::ops::context::Context;
use credit_bank::ops::decisions::replay_decision;
use credit_bank::ops::deposit::{DepositRequest, Deposited, Novelty, deposit_outcomes};
use credit_bank::ops::evidence::read::{list_own_evidence, read_evidence};
use credit_bank::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use credit_bank::ops::expiry::expire_lots;
use credit_bank::ops::facts::facts_of_all;
use credit_bank::ops::learners::find_learner;
use credit_bank::ops::merges::decide::{confirm_merge, decline_merge, withdraw_merge};
use credit_bank::ops::merges::reading::{list_merges, read_merge};
use credit_bank::ops::merges::reversal::{confirm_merge_reversal, decline_merge_reversal};
use credit_bank::ops::outcomes::{list_outcomes, list_record_outcomes, read_outcome};
use credit_bank::ops::records::{AsOf, read_account, read_me};
use credit_bank::ops::{achievements, rules};
use credit_bank::store::connection::Conn;
use credit_bank::store::standards;
use serde_json::json;
use uuid::Uuid;

use super::bureau::{Learner, Office, TODAY};
use super::common::{World, log_in, on_both};
use super::corrections::pockets;
use super::packs::{on, refused};
use super::registry::{MERGED, Registry, decision};

/// An achievement whose credit of 2.00 lasts three years from its award.
fn contest(world: &World) {
    let new = json!({ "institution_id": world.institution_id, "code": "contest", "name_chinese": "技能大赛", "kind": "contest",
        "details": { "contest_scope": "national" }, "valid_from": "2020-01-01" });
    let drafted = achievements::create_achievement(&world.bank, &world.registrar, None, &serde_json::from_value(new).unwrap()).unwrap();
    achievements::publish_achievement(&world.bank, &world.registrar, drafted.achievement_id).unwrap();
    let rule = json!({ "title": "竞赛", "citation": "测试", "selector": { "kind": "contest" }, "method": { "method": "fixed", "credit": "2.00" },
        "validity": { "years": 3, "boundary": "anniversary_included" }, "selected_by": "award_date", "effective_from": "2020-01-01" });
    let (_, administrator) = log_in(&world.bank, "admin");
    rules::publish_recognition_rule(&world.bank, &administrator, None, &serde_json::from_value(rule).unwrap()).unwrap();
}

/// Deposits something for the holder of a passport.
fn deposit(world: &World, person: usize, date: &str, with: serde_json::Value) -> Result<Deposited, Rejection> {
    let mut outcome = json!({ "institution_id": world.institution_id, "awarded_on": "2024-03-01",
        "learner": { "document_kind": "passport", "document_number": format!("E{person:08}"), "name": "王芳" } });
    outcome.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    let request = DepositRequest {
        context: on(world.registrar, date),
        idempotency_key: None,
        outcome: serde_json::from_value(outcome).unwrap(),
    };
    deposit_outcomes(&world.bank, &[request]).unwrap().remove(0)
}

fn upload(world: &World, learner: &Learner, content: &str) -> Uuid {
    let upload = Upload {
        name: "scan.pdf".to_owned().try_into().unwrap(),
        declared: None,
        content: format!("%PDF-1.7\n{content}").into_bytes(),
    };
    upload_evidence(&world.bank, &learner.context, None, Uploader::Learner, &upload)
        .unwrap()
        .1
        .file_id
}

/// A claim about an outcome that the learner declares; it waits.
fn declare(world: &World, learner: &Learner, evidence: Uuid) -> Uuid {
    let read = |conn: &mut Conn| standards::achievements_by_code(conn, &["occ-elec-4".to_owned()]);
    let row = world.bank.store.read(read).unwrap().remove(0);
    let claim = json!({ "kind": "recognition", "statement": "申请认定", "evidence": [evidence],
        "subject": { "of": "declared", "achievement_id": row.achievement_id.0, "awarded_on": "2023-05-01" } });
    let claim = submit_claim(&world.bank, &learner.context, None, &serde_json::from_value(claim).unwrap());
    claim.unwrap().summary.claim_id
}

fn outcome_ids(world: &World, learner: &Learner) -> Vec<Uuid> {
    let rows = list_record_outcomes(&world.bank, &learner.context, Whose::Own, None, None, 100).unwrap();
    rows.iter().map(|row| row.outcome_id).collect()
}

fn who(world: &World, learner: &Learner) -> Uuid {
    read_me(&world.bank, &learner.context).unwrap().learner.unwrap().learner_id
}

fn looks(world: &World, learner: &Learner) -> Vec<String> {
    let rows = list_accesses(&world.bank, &learner.context, Whose::Own, None, 100).unwrap();
    rows.into_iter().map(|row| row.operation).collect()
}

fn later(learner: &Learner) -> Learner {
    Learner {
        context: on(learner.context, MERGED),
        learner_id: learner.learner_id,
    }
}

#[test]
fn everything_of_the_one_is_the_others_and_goes_back_with_what_was_done_to_it() {
    on_both(|world| {
        contest(world);
        let office = Office::open(world);
        let registry = Registry::open(world);
        let first = office.deposit(world, 1..2, 0).remove(0);
        let used = office.deposit(world, 2..3, 1).remove(0);
        let expiring = deposit(
            world,
            2,
            TODAY,
            json!({ "achievement_code": "contest", "awarded_on": "2023-12-10" }),
        )
        .unwrap();
        let (ours, theirs) = (office.learner(world, &first, "ours"), office.learner(world, &used, "theirs"));
        let bought = office.claim(world, &theirs, &[(used.outcome_id, "E101")]);
        office.grant(world, bought);
        // The same scan by both.
        let (own_file, file) = (upload(world, &ours, "scan"), upload(world, &theirs, "scan"));
        let declared = declare(world, &theirs, file);
        expire_lots(&world.bank, &Context::of(Caller::Bank, on(world.registrar, "2026-12-15").now)).unwrap();
        list_record_outcomes(&world.bank, &office.officer, Whose::Learner(theirs.learner_id), None, None, 10).unwrap();
        let (ours, theirs) = (later(&ours), later(&theirs));
        let before = pockets(&theirs, world);
        assert_eq!(before, ["0.00", "0.00", "9.00", "0.00"]);

        let proposed = registry.propose(ours.learner_id, theirs.learner_id, &[own_file, file]).unwrap();
        let preview = proposed.preview.clone().unwrap();
        assert_eq!(
            (preview.surviving.outcomes, preview.absorbed.outcomes, proposed.evidence.len()),
            (1, 2, 2)
        );
        assert_eq!(
            (preview.absorbed.redeemed.to_string(), preview.absorbed.expired.to_string()),
            ("9.00".to_owned(), "2.00".to_owned())
        );
        assert_eq!((preview.absorbed.claims_open, preview.absorbed.claims_granted), (1, 1));
        let [pair] = &preview.alike[..] else {
            panic!("{:?}", preview.alike)
        };
        assert_eq!(
            (pair.surviving_outcome_id, pair.absorbed_outcome_id, pair.alike_in),
            (first.outcome_id, used.outcome_id, Alikeness::Content)
        );
        let merge_id = proposed.merge.merge_id;
        confirm_merge(&world.bank, &registry.two, None, merge_id, &decision()).unwrap();
        registry.clean();

        // Both log-ins, numbers and documents lead to the one; ids stay what they were.
        assert_eq!((who(world, &ours), who(world, &theirs)), (ours.learner_id, ours.learner_id));
        assert_eq!(pockets(&theirs, world), ["9.00", "0.00", "9.00", "0.00"]);
        assert_eq!(outcome_ids(world, &ours), [expiring.outcome_id, used.outcome_id, first.outcome_id]);
        let outcome = read_outcome(&world.bank, &ours.context, used.outcome_id).unwrap();
        assert_eq!(outcome.learner_id, ours.learner_id);
        assert!(
            replay_decision(&world.bank, &ours.context, used.decision_id.unwrap())
                .unwrap()
                .equal
        );
        for claim_id in [bought, declared] {
            let claim = read_claim(&world.bank, &ours.context, claim_id).unwrap();
            assert_eq!(claim.summary.learner_id, ours.learner_id);
        }
        assert_eq!(list_own_conversions(&world.bank, &ours.context).unwrap().len(), 2);
        assert_eq!(list_own_evidence(&world.bank, &ours.context, None, 10).unwrap().len(), 2);
        read_evidence(&world.bank, &registry.one, theirs.learner_id, file).unwrap();
        let search = json!({ "document_kind": "passport", "document_number": "E00000002" });
        let found = find_learner(&world.bank, &registry.one, &serde_json::from_value(search).unwrap()).unwrap();
        assert_eq!((found.learner_id, &found.account_number), (ours.learner_id, &first.account_number));
        let seen = looks(world, &ours);
        assert!(seen.contains(&"list_record_outcomes".to_owned()), "the looks of before: {seen:?}");
        let filter = OutcomeFilter {
            institution_id: Some(world.institution_id),
            ..OutcomeFilter::default()
        };
        assert_eq!(list_outcomes(&world.bank, &office.registrar, &filter, None, 100).unwrap().len(), 3);
        let all = world.bank.store.read(|conn| facts_of_all(conn, None, 100)).unwrap();
        assert_eq!(all.len(), 1, "whoever walks over all finds one person");
        // As it was known before, and as it is known now of before.
        let then = |as_of: Option<&str>, effective_on: Option<&str>| AsOf {
            as_of: as_of.map(|day| day.parse().unwrap()),
            effective_on: effective_on.map(|day| day.parse().unwrap()),
        };
        assert_eq!(
            ours.pockets(world, then(Some("2026-12-20"), None)),
            ["9.00", "0.00", "0.00", "0.00"]
        );
        assert_eq!(
            ours.pockets(world, then(None, Some("2026-12-02"))),
            ["11.00", "0.00", "9.00", "0.00"],
            "before it expired"
        );

        // What comes under either document comes to the one, and once.
        let new = deposit(
            world,
            2,
            MERGED,
            json!({ "achievement_code": "contest", "awarded_on": "2025-06-01" }),
        )
        .unwrap();
        assert_eq!((new.learner_id, &new.account_number), (ours.learner_id, &first.account_number));
        let certificate =
            json!({ "achievement_code": "occ-elec-4", "certificate_number": format!("S000441012345242{:06}", 100_002), "score": "86" });
        for person in [1, 2] {
            let again = deposit(world, person, MERGED, certificate.clone()).unwrap();
            assert_eq!((again.novelty, again.outcome_id), (Novelty::AlreadyThere, used.outcome_id));
        }
        let since = deposit(
            world,
            1,
            MERGED,
            json!({ "achievement_code": "contest", "awarded_on": "2025-06-02" }),
        )
        .unwrap();
        registry.clean();

        assert_eq!(
            refused(registry.propose(theirs.learner_id, ours.learner_id, &[])),
            Rejection::AlreadyMerged {
                learner_id: theirs.learner_id
            }
        );
        assert_eq!(
            refused(registry.propose_reversal(merge_id, &[first.outcome_id])).code(),
            "invalid_body"
        );
        for round in 0..2 {
            let merge_id = match round {
                0 => merge_id,
                _ => registry.merge(ours.learner_id, theirs.learner_id).merge.merge_id,
            };
            let named: &[Uuid] = if round == 0 { &[new.outcome_id] } else { &[] };
            let reversed = registry.reverse(merge_id, named);
            assert_eq!(reversed.merge.state, MergeState::Reversed);
            assert_eq!((who(world, &ours), who(world, &theirs)), (ours.learner_id, theirs.learner_id));
            assert_eq!(outcome_ids(world, &ours), [since.outcome_id, first.outcome_id]);
            assert_eq!(outcome_ids(world, &theirs), [new.outcome_id, expiring.outcome_id, used.outcome_id]);
            let account = read_account(&world.bank, &theirs.context, Whose::Own, &AsOf::default()).unwrap();
            let sum = |pocket: fn(&credit_bank::ops::records::Balance) -> i64| account.balances.iter().map(pocket).sum::<i64>();
            assert_eq!(
                [
                    sum(|one| one.available.hundredths()),
                    sum(|one| one.redeemed.hundredths()),
                    sum(|one| one.expired.hundredths()),
                    sum(|one| one.reversed.hundredths())
                ],
                [200, 900, 200, 0]
            );
            assert_eq!(pockets(&ours, world)[0], "11.00");
            assert_eq!(
                theirs.pockets(world, then(None, Some("2026-12-02"))),
                ["2.00", "0.00", "9.00", "0.00"]
            );
            assert_eq!(list_own_conversions(&world.bank, &theirs.context).unwrap().len(), 2);
            assert_eq!(list_own_conversions(&world.bank, &ours.context).unwrap(), []);
            assert_eq!(refused(read_claim(&world.bank, &ours.context, bought)), Rejection::NotFound {});
            let claim = read_claim(&world.bank, &theirs.context, declared).unwrap();
            assert_eq!((claim.summary.learner_id, claim.evidence.len()), (theirs.learner_id, 1));
            assert_eq!(list_own_evidence(&world.bank, &ours.context, None, 10).unwrap().len(), 1);
            assert!(
                looks(world, &theirs).contains(&"find_learner".to_owned()),
                "looks at both are both's"
            );
            let again = deposit(world, 2, MERGED, certificate.clone()).unwrap();
            assert_eq!((again.learner_id, again.outcome_id), (theirs.learner_id, used.outcome_id));
        }
    });
}

#[test]
fn open_claims_on_credit_of_both_end_and_granted_ones_are_decided_first() {
    on_both(|world| {
        let office = Office::open(world);
        let registry = Registry::open(world);
        let both = office.deposit(world, 1..3, 0);
        let (ours, theirs) = (office.learner(world, &both[0], "ours"), office.learner(world, &both[1], "theirs"));
        let held = office.claim(world, &theirs, &[]);
        let merge_id = registry.merge(ours.learner_id, theirs.learner_id).merge.merge_id;
        assert_eq!(pockets(&ours, world), ["9.00", "9.00", "0.00", "0.00"]);
        registry.reverse(merge_id, &[]);
        assert_eq!(
            (pockets(&ours, world)[0].as_str(), pockets(&theirs, world)[1].as_str()),
            ("9.00", "9.00")
        );
        let withdraw = credit_bank::domain::claim::ClaimEvent::Withdraw;
        let act = credit_bank::ops::claims::act::Act::default();
        credit_bank::ops::claims::act::act_on_claim(&world.bank, &theirs.context, None, held, withdraw, &act).unwrap();

        let merge_id = registry.merge(ours.learner_id, theirs.learner_id).merge.merge_id;
        let pins = [(both[0].outcome_id, "E101"), (both[1].outcome_id, "E102")];
        let mixed = office.claim(world, &theirs, &pins);
        assert_eq!(pockets(&ours, world)[1], "18.00");
        registry.reverse(merge_id, &[]);
        let claim = read_claim(&world.bank, &ours.context, mixed).unwrap();
        assert_eq!(claim.summary.status.as_str(), "voided");
        assert_eq!(claim.steps.last().unwrap().details, json!({ "merge_id": merge_id }));
        assert_eq!(
            (pockets(&ours, world)[0].as_str(), pockets(&theirs, world)[0].as_str()),
            ("9.00", "9.00")
        );

        let merge_id = registry.merge(ours.learner_id, theirs.learner_id).merge.merge_id;
        let mixed = office.claim(world, &ours, &pins);
        registry.propose_reversal(merge_id, &[]).unwrap();
        office.grant(world, mixed);
        let claim_ids = mixed.to_string();
        let confirmed = confirm_merge_reversal(&world.bank, &registry.one, None, merge_id, &decision());
        assert_eq!(refused(confirmed), Rejection::CreditOfBoth { claim_ids });
        let declined = decline_merge_reversal(&world.bank, &registry.one, None, merge_id, &decision()).unwrap();
        assert_eq!(declined.merge.state, MergeState::Merged);
        registry.clean();
    });
}

#[test]
fn nobody_merges_alone_and_every_refusal_says_why() {
    on_both(|world| {
        let office = Office::open(world);
        let registry = Registry::open(world);
        let people = office.deposit(world, 1..5, 0);
        let [a, b, c, d] = [0, 1, 2, 3].map(|place| people[place].learner_id);
        assert_eq!(refused(registry.propose(a, a, &[])), Rejection::MergeOfOne {});
        assert_eq!(refused(registry.propose(a, Uuid::now_v7(), &[])).code(), "invalid_body");
        assert_eq!(refused(registry.propose(a, b, &[Uuid::now_v7()])).code(), "invalid_body");
        let proposed = registry.propose(a, b, &[]).unwrap();
        let merge_id = proposed.merge.merge_id;
        assert_eq!(refused(registry.propose(b, c, &[])), Rejection::MergeOpen { merge_id });
        let confirm = |context: &Context, merge_id| confirm_merge(&world.bank, context, None, merge_id, &decision());
        assert_eq!(refused(confirm(&registry.one, merge_id)), Rejection::OwnMergeProposal {});
        assert_eq!(refused(confirm(&office.registrar, merge_id)), Rejection::Forbidden {});
        assert_eq!(
            refused(withdraw_merge(&world.bank, &registry.two, None, merge_id, &decision())),
            Rejection::NotTheProposer {}
        );
        let withdrawn = withdraw_merge(&world.bank, &registry.one, None, merge_id, &decision()).unwrap();
        assert_eq!((withdrawn.merge.state, withdrawn.preview), (MergeState::Withdrawn, None));
        assert_eq!(refused(confirm(&registry.two, merge_id)).code(), "wrong_state");
        let declined = registry.propose(a, b, &[]).unwrap().merge.merge_id;
        decline_merge(&world.bank, &registry.two, None, declined, &decision()).unwrap();
        registry.merge(a, b);
        assert_eq!(refused(registry.propose(c, a, &[])), Rejection::HoldsMerged { learner_id: a });
        let second = registry.merge(a, c);
        // Of two who confirm at once one wins.
        let third = registry.propose(a, d, &[]).unwrap().merge.merge_id;
        let answers = std::thread::scope(|scope| {
            let threads = [0, 1].map(|_| scope.spawn(|| confirm(&registry.two, third)));
            threads.map(|thread| thread.join().unwrap())
        });
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "{answers:?}");
        let filter = MergeFilter {
            state: Some(MergeState::Merged),
            learner_id: Some(a),
        };
        assert_eq!(list_merges(&world.bank, &registry.one, &filter, None, 10).unwrap().len(), 3);
        // Taken back in whatever order.
        registry.reverse(second.merge.merge_id, &[]);
        let read = read_merge(&world.bank, &registry.one, second.merge.merge_id).unwrap();
        assert_eq!(read.merge.reversal.unwrap().decided_by_name.as_deref(), Some("merger-1"));
        let account = |learner| read_account(&world.bank, &registry.one, Whose::Learner(learner), &AsOf::default()).unwrap();
        assert_eq!((account(b).learner_id, account(c).learner_id, account(d).learner_id), (a, c, a));
        assert_eq!(
            (account(a).available.to_string(), account(c).available.to_string()),
            ("27.00".to_owned(), "9.00".to_owned())
        );
    });
}
