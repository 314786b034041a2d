//! What looks like a double of what a learner has, through files and over their chunks, on both back ends.

use credit_bank::domain::import::{ImportResult, ImportStatus};
use credit_bank::domain::outcome::OutcomeFlag;
use credit_bank::ops::achievements::{create_achievement, publish_achievement};
use credit_bank::ops::outcomes::read_outcome;
use serde_json::json;

use super::common::{World, on_both};
use super::imports::{checked, commit, counts, file, identity_number, name, row, rows};

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
