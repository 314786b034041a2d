//! Tests of packs as they stand in forms.

use serde_json::Value;

use super::*;
use crate::domain::pack::shipped;
use crate::portal::packs::reader;

fn shipped_pack(code: &str) -> RulePack {
    let found = shipped::ALL.iter().find(|shipped| shipped.code == code).unwrap();
    serde_json::from_str(found.document).unwrap()
}

fn pairs(sheet: &Sheet) -> Vec<(String, String)> {
    let head = &sheet.head;
    let fields = [
        ("code", &head.code),
        ("title_zh", &head.title_zh),
        ("title_en", &head.title_en),
        ("legal_basis", &head.legal_basis),
        ("effective_from", &head.effective_from),
        ("effective_to", &head.effective_to),
        ("selected_by", &head.selected_by),
        ("under", &head.under),
        ("programmes", &head.programmes),
    ];
    let parts = sheet.parts.iter().map(|(name, text)| (*name, text));
    let lists = sheet
        .lists
        .iter()
        .flat_map(|list| list.items.iter().map(|item| (list.name, &item.text)));
    let all = fields.into_iter().chain(parts).chain(lists);
    // Browsers send lines as they did on teleprinters.
    all.map(|(name, text)| (name.to_owned(), text.replace('\n', "\r\n"))).collect()
}

#[test]
fn every_pack_that_ships_comes_back_from_its_form() {
    for shipped in shipped::ALL {
        let pack = shipped_pack(shipped.code);
        let (typed, asked) = Sheet::typed(&LISTS, pairs(&Sheet::of(&pack)));
        assert_eq!(asked, Asked::Check);
        assert_eq!(reader::pack(&typed, pack.owner.as_deref()), Ok(pack), "{}", shipped.code);
    }
}

#[test]
fn what_a_rule_says_stands_beside_it() {
    for shipped in shipped::ALL {
        let pack = shipped_pack(shipped.code);
        let mut sheet = Sheet::of(&pack);
        sheet.say(&pack, Language::Chinese);
        for list in &sheet.lists {
            for item in &list.items {
                let rule: Value = serde_json::from_str(&item.text).unwrap();
                let words = item.words.as_ref().unwrap();
                assert_eq!(words.citation.as_deref(), rule["citation"].as_str(), "{}", shipped.code);
            }
        }
    }
}

#[test]
fn rules_are_added_removed_and_moved() {
    let mut sheet = Sheet::of(&shipped_pack("hunan-x-certificates"));
    let ids = |sheet: &Sheet| -> Vec<String> {
        let texts = sheet.lists[0]
            .items
            .iter()
            .map(|item| serde_json::from_str::<Value>(&item.text).unwrap());
        texts.map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
    };
    for (asked, expected) in [
        ("up:clauses:0", ["junior", "intermediate", "senior"].as_slice()),
        ("up:clauses:1", &["intermediate", "junior", "senior"]),
        ("down:clauses:1", &["intermediate", "senior", "junior"]),
        ("down:clauses:2", &["intermediate", "senior", "junior"]),
        ("remove:clauses:1", &["intermediate", "junior"]),
        ("remove:clauses:9", &["intermediate", "junior"]),
        ("add:clauses", &["intermediate", "junior", "clause-3"]),
        ("add:nothing", &["intermediate", "junior", "clause-3"]),
        ("save", &["intermediate", "junior", "clause-3"]),
    ] {
        sheet.arrange(Asked::of(asked));
        assert_eq!(ids(&sheet), expected, "{asked}");
    }
}

#[test]
fn all_that_cannot_be_read_is_told_at_once_and_where_it_is() {
    let pack = shipped_pack("hunan-x-certificates");
    let mut sheet = Sheet::of(&pack);
    sheet.head.effective_from = "soon".to_owned();
    sheet.lists[0].items[1].text = "{\n \"id\": }".to_owned();
    sheet.lists[1].items[2].text = sheet.lists[1].items[2].text.replace("\"bank_credit\"", "\"gold\"");
    let problems = reader::pack(&sheet, None).unwrap_err();
    sheet.note(problems, Language::English);
    let said: Vec<(&str, &str)> = sheet.said.iter().map(|said| (said.field.as_str(), said.detail.as_str())).collect();
    assert_eq!(said[0], ("effective_from", "must be a date such as 2026-06-30"));
    assert_eq!(said[1], ("clauses-1", "must be JSON; it breaks off here"));
    assert!(said[2].0 == "limits-2" && said[2].1.contains("gold"), "{said:?}");
    assert_eq!(sheet.elsewhere().count(), 0);
    let spots: Vec<Option<(usize, usize)>> = sheet
        .said
        .iter()
        .map(|said| said.spot.map(|spot| (spot.line, spot.column)))
        .collect();
    assert_eq!(spots[..2], [None, Some((2, 8))]);
    // The line that is named has what is wrong.
    let (line, column) = spots[2].unwrap();
    let named = sheet.lists[1].items[2].text.lines().nth(line - 1).unwrap();
    assert!(
        named.chars().skip(column - 1).collect::<String>().contains("gold"),
        "{named} {column}"
    );
}

#[test]
fn what_is_about_nothing_that_is_shown_is_told_all_the_same() {
    let mut sheet = Sheet::of(&shipped_pack("hunan-x-certificates"));
    let problem = |pointer: &str| FieldProblem::new(pointer, "is wrong");
    sheet.note(
        [problem("/clauses/7/id"), problem("/owner"), problem("/clauses/0/id")],
        Language::English,
    );
    assert_eq!(sheet.elsewhere().count(), 2);
}
