//! What looks like a double of what a learner has, through files and over their chunks, on both back ends.

use credit_bank::domain::import::{ImportResult, ImportStatus};
use credit_bank::domain::outcome::OutcomeFlag;
use credit_bank::ops::achievements::{create_achievement, publish_achievement};
use credit_bank::ops::imports::rows::ImportedRow;
use credit_bank::ops::outcomes::read_outcome;
use serde_json::json;

use super::common::{World, on_both};
use super::imports::{checked, commit, counts, file, identity_number, name, row, rows, with_check_digit};

fn publish(world: &World, code: &str, name: &str, kind: &str, family: Option<(&str, i16)>) {
    let new = json!({
        "institution_id": world.institution_id, "code": code, "name_chinese": name, "kind": kind, "valid_from": "2020-01-01",
        "family": family.map(|family| family.0), "rank": family.map(|family| family.1),
    });
    let drafted = create_achievement(&world.bank, &world.registrar, None, &serde_json::from_value(new).unwrap()).unwrap();
    publish_achievement(&world.bank, &world.registrar, drafted.achievement_id).unwrap();
}

#[test]
fn what_looks_like_a_double_waits_with_both_records_and_the_very_same_is_there() {
    on_both(|world| {
        publish(world, "tr-care", "养老护理技能提升培训", "training", None);
        publish(world, "tr-care-2", "养老护理员技能培训", "training", None);
        publish(
            world,
            "occ-elec-5",
            "电工(五级/初级工)",
            "occupational_certificate",
            Some(("occ-elec", 1)),
        );
        let (number, name) = (identity_number(0), name(0));
        let line = |code: &str, day: &str, certificate: &str, hours: &str| format!("{number},{name},{code},{day},{certificate},{hours},90");
        let first = [
            line("tr-care", "2024-05-06", "", "60"),
            line("occ-elec-4", "2024-03-01", "S000441012345242000001", "160"),
        ];
        commit(world, &checked(world, &file(&first)));
        let second = [
            line("tr-care", "2024-05-06", "", "60"),
            line("tr-care", "2024-05-06", "", "56"),
            line("tr-care-2", "2024-05-08", "", "60"),
            line("occ-elec-5", "2024-06-01", "S000441012345242000002", "120"),
            line("tr-care", "2025-05-06", "", "60"),
        ];
        let import = checked(world, &file(&second));
        assert_eq!(counts(import.summary.check.as_ref()), (1, 1, 3, 0));
        let done = commit(world, &import);
        assert_eq!(done.summary.status, ImportStatus::Done);
        let flagged = rows(world, &done, Some(ImportResult::Flagged));
        let flags: Vec<&str> = flagged.iter().map(|row| row.flags[0].as_str()).collect();
        assert_eq!(
            flags,
            ["same_training_again", "same_training_in_other_words", "lower_rank_after_higher"]
        );
        let outcome = read_outcome(&world.bank, &world.registrar, flagged[2].outcome_id.unwrap()).unwrap();
        let double = &outcome.doubles[0];
        assert_eq!(double.flag, OutcomeFlag::LowerRankAfterHigher);
        let other = read_outcome(&world.bank, &world.registrar, double.outcome_id.unwrap()).unwrap();
        assert_eq!(other.achievement_code, "occ-elec-4");
        // In one file, over many chunks, the dry run sees what comes before.
        let mut many: Vec<String> = vec![line("tr-care", "2023-05-06", "", "60")];
        many.extend((11..1_110).map(row));
        many.push(line("tr-care", "2023-05-06", "", "60"));
        many.push(line("tr-care", "2023-05-06", "", "40"));
        let import = checked(world, &file(&many));
        assert_eq!(counts(import.summary.check.as_ref()), (1_100, 1, 1, 0));
        let done = commit(world, &import);
        assert_eq!(done.summary.status, ImportStatus::Done, "{:?}", done.changes);
        assert_eq!(done.summary.deposit, import.summary.check);
    });
}

/// A number of the same day of birth in another division.
fn other_number(of: &str) -> String {
    with_check_digit(&format!("410503{}", &of[6..17]))
}

#[test]
fn one_person_under_two_numbers_is_flagged_in_one_slice_across_slices_and_in_the_next_file() {
    on_both(|world| {
        publish(world, "tr-care", "养老护理技能提升培训", "training", None);
        let line = |number: &str, name: &str, day: &str| format!("{number},{name},tr-care,{day},,60,90");
        let twice = |n: usize, day: &str| {
            [
                line(&identity_number(n), &name(n), day),
                line(&other_number(&identity_number(n)), &name(n), day),
            ]
        };
        let mut lines: Vec<String> = twice(0, "2024-05-06").into();
        // What opened the account is looked at; what comes after it is not.
        lines.push(line(&other_number(&identity_number(0)), &name(0), "2024-08-06"));
        let [first, second] = twice(1, "2024-05-06");
        lines.push(first);
        lines.extend((10..900).map(row));
        lines.push(second);
        // Another one of that day of birth, and another of that name.
        lines.push(line(&other_number(&identity_number(2)), &name(3), "2024-05-06"));
        let import = checked(world, &file(&lines));
        assert_eq!(counts(import.summary.check.as_ref()), (894, 0, 2, 0));
        let done = commit(world, &import);
        assert_eq!(done.summary.status, ImportStatus::Done, "{:?}", done.changes);
        assert_eq!(done.summary.deposit, import.summary.check);
        let flagged = rows(world, &done, Some(ImportResult::Flagged));
        let accepted = rows(world, &done, Some(ImportResult::Accepted));
        let outcome_of = |rows: &[ImportedRow], number: u64| {
            let row = rows.iter().find(|row| row.row == number).unwrap();
            read_outcome(&world.bank, &world.registrar, row.outcome_id.unwrap()).unwrap()
        };
        // Lines of the file, of which the first is its header.
        for (waits, known) in [(3, 2), (896, 5)] {
            let double = outcome_of(&flagged, waits).doubles[0].clone();
            assert_eq!(double.flag, OutcomeFlag::OnePersonTwoNumbers);
            assert_eq!(double.learner_id, Some(outcome_of(&accepted, known).learner_id));
        }
        // In the next file, long before the hourly search.
        let next = [line(&other_number(&identity_number(20)), &name(20), "2024-05-06")];
        let import = checked(world, &file(&next));
        assert_eq!(counts(import.summary.check.as_ref()), (0, 0, 1, 0));
        assert_eq!(commit(world, &import).summary.deposit, import.summary.check);
    });
}
