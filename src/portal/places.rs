//! Menus: their links, and to which of them the page that is read belongs.

use std::borrow::Cow;

use crate::domain::actor::Actor;

/// A link of a menu.
pub(super) struct Place {
    pub(super) path: Cow<'static, str>,
    pub(super) text: Cow<'static, str>,
    /// The word of `aria-current`, where the reader is there.
    pub(super) current: Option<&'static str>,
}

/// The path of a link, and the id of its text.
pub(super) type Entry = (&'static str, &'static str);

/// What everybody may read.
pub(super) const PUBLIC: [Entry; 5] = [
    ("/worth", "nav-worth"),
    ("/catalogue", "nav-catalogue"),
    ("/institutions", "nav-institutions"),
    ("/notices", "nav-notices"),
    ("/verify", "nav-verify"),
];

/// What is a learner's.
const LEARNER: [Entry; 6] = [
    ("/passbook", "nav-passbook"),
    ("/records", "nav-records"),
    ("/plan", "nav-plan"),
    ("/claims", "nav-claims"),
    ("/portfolio", "nav-portfolio"),
    ("/me", "nav-me"),
];

/// Pages that belong to a place under whose path they do not stand, and the path of the place.
const BELONGING: [(&str, &str); 13] = [
    ("/views", "/portfolio"),
    ("/shares", "/portfolio"),
    ("/statements", "/portfolio"),
    ("/credentials", "/portfolio"),
    ("/notifications", "/me"),
    ("/profile", "/me"),
    ("/consents", "/me"),
    ("/archive", "/me"),
    ("/notices/mine", "/me"),
    ("/check", "/verify"),
    ("/office/packs", "/office/filings"),
    ("/office/merges", "/office/duplicates"),
    ("/office/calendar", "/office/health"),
];

/// The main menu of somebody; of nobody, what everybody may read.
pub(super) fn main_menu(actor: Option<&Actor>) -> Vec<Entry> {
    let mut entries = vec![("/", "nav-home")];
    let Some(Actor::User {
        bank_role,
        learner_id,
        memberships,
        ..
    }) = actor
    else {
        entries.extend(PUBLIC);
        entries.extend([("/sign-in", "nav-sign-in"), ("/claim-account", "nav-claim-account")]);
        return entries;
    };
    if learner_id.is_some() {
        entries.extend(LEARNER);
    }
    if !memberships.is_empty() {
        entries.push(("/desk", "nav-desk"));
    }
    if bank_role.is_some() {
        entries.push(("/office", "nav-office"));
    }
    entries.push(("/security", "nav-security"));
    entries
}

/// Whether a path is another one, or stands under it. All would stand under the first page, so it has only itself.
fn is_under(path: &str, other: &str) -> bool {
    let rest = path.strip_prefix(other);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// How near a page is to a place to which it belongs: the longer their common path, the nearer.
fn nearness(page: &str, place: &str) -> Option<usize> {
    let belongs = |part: &str, whole: &str| whole == place && is_under(page, part);
    if is_under(page, place) {
        Some(place.len())
    } else {
        BELONGING.iter().any(|(part, whole)| belongs(part, whole)).then_some(0)
    }
}

/// A menu, in which the one place is marked to which the page belongs: as the page itself, or as where it stands.
pub(super) fn menu(page: &str, links: impl IntoIterator<Item = (Cow<'static, str>, Cow<'static, str>)>) -> Vec<Place> {
    let mut places: Vec<Place> = links.into_iter().map(|(path, text)| Place { path, text, current: None }).collect();
    let near = places.iter_mut().filter_map(|place| Some((nearness(page, &place.path)?, place)));
    if let Some((_, place)) = near.max_by_key(|(nearness, _)| *nearness) {
        place.current = Some(if place.path == page { "page" } else { "true" });
    }
    places
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
