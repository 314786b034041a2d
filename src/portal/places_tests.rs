//! Tests of where a page belongs.

use std::collections::BTreeSet;
use std::path::Path;

use uuid::Uuid;

use super::*;
use crate::domain::actor::{BankRole, MemberRole, Membership};
use crate::domain::institution::InstitutionStatus;
use crate::portal::office::around::pages_of;
use crate::portal::school::around::PLACES;

/// The first part of what everybody may read, beside what is in their menu, and of what is no page.
const OTHERS: [&str; 5] = ["assets", "check", "docs", "s", "setup"];

/// The patterns of all pages. A list as a file, and what is in a paper or a file, is no page.
fn patterns() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/portal")];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let patterns = text.split("#[get(\"").skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(patterns.filter(|pattern| !pattern.ends_with(".csv")).map(str::to_owned));
        }
    }
    assert!(found.len() > 100, "{found:?}");
    found
}

/// A learner who is a member and has a role at the bank.
fn everything() -> Actor {
    Actor::User {
        user_id: Uuid::nil(),
        display_name: "x".to_owned(),
        bank_role: Some(BankRole::Auditor),
        learner_id: Some(Uuid::nil()),
        memberships: vec![Membership {
            institution_id: Uuid::nil(),
            role: MemberRole::InstitutionAdmin,
            status: InstitutionStatus::Approved,
        }],
    }
}

/// What is marked on a page of the menu with these paths.
fn marked(page: &str, paths: impl IntoIterator<Item = String>) -> Vec<(String, &'static str)> {
    let links = paths.into_iter().map(|path| (path.into(), "".into()));
    let marked = menu(page, links).into_iter();
    marked.filter_map(|place| Some((place.path.into_owned(), place.current?))).collect()
}

fn main_paths(actor: Option<&Actor>) -> Vec<String> {
    main_menu(actor).into_iter().map(|(path, _)| path.to_owned()).collect()
}

#[test]
fn a_page_belongs_to_the_place_above_it_or_to_the_one_that_is_named_for_it() {
    let paths = || ["/", "/desk/7", "/desk/7/outcomes", "/portfolio", "/views", "/office/duplicates"].map(str::to_owned);
    for (page, expected) in [
        ("/", Some(("/", "page"))),
        ("/records", None),
        ("/portfolio", Some(("/portfolio", "page"))),
        ("/portfolio/items/7", Some(("/portfolio", "true"))),
        ("/portfolio.csv", None),
        ("/shares/new", Some(("/portfolio", "true"))),
        ("/views/new", Some(("/views", "true"))),
        ("/viewsandmore", None),
        ("/desk/7", Some(("/desk/7", "page"))),
        ("/desk/7/outcomes/9", Some(("/desk/7/outcomes", "true"))),
        ("/desk/7/elsewhere", Some(("/desk/7", "true"))),
        ("/office/merges/new", Some(("/office/duplicates", "true"))),
    ] {
        let expected: Vec<(String, &str)> = expected.into_iter().map(|(path, word)| (path.to_owned(), word)).collect();
        assert_eq!(marked(page, paths()), expected, "{page}");
    }
}

#[test]
fn every_page_of_somebody_who_is_signed_in_marks_one_entry_of_the_main_menu() {
    let somebody = everything();
    let public: Vec<&str> = main_menu(None).into_iter().skip(1).map(|(path, _)| path).collect();
    for pattern in patterns() {
        let first = pattern.split('/').nth(1).unwrap();
        let is_everybodys = OTHERS.contains(&first) || public.iter().any(|path| is_under(&pattern, path));
        // What one objected to stands among what is everybody's, and is one's own.
        let is_public = is_everybodys && pattern != "/notices/mine";
        let expected = usize::from(!is_public);
        assert_eq!(marked(&pattern, main_paths(Some(&somebody))).len(), expected, "{pattern}");
    }
    for path in public {
        assert_eq!(marked(path, main_paths(None)), [(path.to_owned(), "page")]);
    }
    assert_eq!(marked("/check/abc", main_paths(None)), [("/verify".to_owned(), "true")]);
}

#[test]
fn every_page_of_a_desk_and_of_the_office_marks_one_entry_of_the_menu_there() {
    let desk = "/desk/{institution_id}";
    for pattern in patterns() {
        let paths: Vec<String> = if pattern.starts_with("/office/") {
            pages_of(BankRole::Auditor).into_iter().map(|(path, _)| path.to_owned()).collect()
        } else if pattern.starts_with(desk) {
            let parts = PLACES.iter().map(|(path, ..)| format!("{desk}{path}"));
            std::iter::once(desk.to_owned()).chain(parts).collect()
        } else {
            continue;
        };
        // What is sent with a claim is a file and no page.
        let expected = usize::from(!pattern.starts_with("/office/evidence"));
        assert_eq!(marked(&pattern, paths).len(), expected, "{pattern}");
    }
}
