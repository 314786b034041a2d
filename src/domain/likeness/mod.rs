//! Likeness of persons: what makes officers look whether two accounts are one person's. A person is found again by keys that
//! variants of a name and a document share; whether there are grounds is then judged by both persons as they are.

mod names;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::names::{Forms, forms, is_chinese, written};
use super::identity_document::IdentityDocument;
use super::language::Language;
use super::person_name::PersonName;
use super::words::words;

words! {
    /// How much a suspicion weighs.
    pub enum Strength {
        /// It would be a coincidence if these were two persons.
        Strong => "strong",
        /// Worth a look.
        Weak => "weak",
    }
}

words! {
    /// Why two accounts may be one person's.
    pub enum Ground {
        SameNameAndBirth => "same_name_and_birth",
        SameSoundAndBirth => "same_sound_and_birth",
        PartOfNameAndBirth => "part_of_name_and_birth",
        SameBirthAndSequence => "same_birth_and_sequence",
        SameNameAtInstitution => "same_name_at_institution",
        SameSoundAtInstitution => "same_sound_at_institution",
        PartOfNameAtInstitution => "part_of_name_at_institution",
    }
}

words! {
    /// What speaks for two persons, or must be explained if they are one.
    pub enum Distinction {
        DocumentKind => "document_kind",
        Division => "division",
        Sequence => "sequence",
        Sex => "sex",
        WrittenName => "written_name",
        NoInstitutionInCommon => "no_institution_in_common",
    }
}

words! {
    /// What became of a suspicion.
    pub enum SuspicionStatus {
        Open => "open",
        /// They are two persons, as somebody found.
        Dismissed => "dismissed",
        /// They were one, and have one account now.
        Merged => "merged",
    }
}

/// How many others may have one likeness. More than these are people with a common name: they make no suspicion.
pub const LIKE_MAX: usize = 10;

/// A person as the bank knows one.
#[derive(Debug, Clone)]
pub struct Person {
    document: IdentityDocument,
    name: PersonName,
    /// Which institutions know the person.
    institutions: BTreeSet<Uuid>,
    forms: Forms,
}

/// The keys of a person: under which others find it, and under which it finds others. One that is held by one of two and sought by
/// the other is shared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    pub held: BTreeSet<String>,
    pub sought: BTreeSet<String>,
}

impl Person {
    /// A person with a document and a name, known to some institutions.
    pub fn new(document: IdentityDocument, name: PersonName, institutions: impl IntoIterator<Item = Uuid>) -> Self {
        Self {
            forms: forms(&name),
            document,
            name,
            institutions: institutions.into_iter().collect(),
        }
    }

    /// The keys by which variants of the person are found. They are personal: only their keyed indexes are kept.
    ///
    /// Two whose documents both hold a date of birth are compared by it; where one of them holds none, the two must be known to
    /// one institution.
    pub fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        let born = self.document.birth_date();
        if let Some(born) = born {
            self.add(&mut keys, &format!("born {born}"), &format!("born {born}"));
            for surname in self.document.sequence().into_iter().flat_map(|_| &self.forms.surname) {
                let key = format!("born {born} {} {surname}", self.document.sequence().unwrap_or_default());
                keys.held.insert(key.clone());
                keys.sought.insert(key);
            }
        }
        for institution in &self.institutions {
            let (dated, undated) = (format!("dated {institution}"), format!("undated {institution}"));
            if born.is_some() {
                self.add(&mut keys, &dated, &undated);
            } else {
                self.add(&mut keys, &undated, &undated);
                self.add(&mut keys, &undated, &dated);
            }
        }
        keys
    }

    /// The keys under which others are held of whom it would be a coincidence to be somebody else: the whole name, or the sequence of
    /// the number, with the date of birth. None where the document holds no date of birth.
    pub fn sure_keys(&self) -> BTreeSet<String> {
        let Some(born) = self.document.birth_date() else {
            return BTreeSet::new();
        };
        let by_name = self.forms.full.iter().map(|form| format!("born {born} full {form}"));
        let sequence = self.document.sequence();
        let by_number = self
            .forms
            .surname
            .iter()
            .filter_map(|surname| Some(format!("born {born} {} {surname}", sequence?)));
        by_name.chain(by_number).collect()
    }

    /// The document and the name.
    pub fn into_parts(self) -> (IdentityDocument, PersonName) {
        (self.document, self.name)
    }

    /// Adds a key of each way in which the name may be written: all of it finds all or part of it, and a part finds all.
    fn add(&self, keys: &mut Keys, held: &str, sought: &str) {
        let key = |space: &str, sort: &str, form: &String| format!("{space} {sort} {form}");
        keys.held.extend(self.forms.full.iter().map(|form| key(held, "full", form)));
        keys.held.extend(self.forms.part.iter().map(|form| key(held, "part", form)));
        for form in &self.forms.full {
            keys.sought.extend([key(sought, "full", form), key(sought, "part", form)]);
        }
        keys.sought.extend(self.forms.part.iter().map(|form| key(sought, "full", form)));
    }
}

/// How far two names are the same.
enum Namesakes {
    Name,
    Sound,
    Part,
}

fn namesakes(one: &Person, other: &Person) -> Option<Namesakes> {
    let (a, b) = (&one.forms, &other.forms);
    if !a.full.is_disjoint(&b.full) && written(&one.name) == written(&other.name) {
        Some(Namesakes::Name)
    } else if !a.full.is_disjoint(&b.full) {
        let chinese = is_chinese(&one.name) || is_chinese(&other.name);
        Some(if chinese { Namesakes::Sound } else { Namesakes::Name })
    } else if !a.full.is_disjoint(&b.part) || !a.part.is_disjoint(&b.full) {
        Some(Namesakes::Part)
    } else {
        None
    }
}

/// The grounds on which two persons may be one, in the order of declaration; none where there is nothing to suspect.
pub fn grounds(one: &Person, other: &Person) -> Vec<Ground> {
    let mut grounds = Vec::new();
    let namesakes = namesakes(one, other);
    match (one.document.birth_date(), other.document.birth_date()) {
        (Some(a), Some(b)) => {
            if a != b {
                return grounds;
            }
            grounds.extend(namesakes.map(|how| match how {
                Namesakes::Name => Ground::SameNameAndBirth,
                Namesakes::Sound => Ground::SameSoundAndBirth,
                Namesakes::Part => Ground::PartOfNameAndBirth,
            }));
            let sequence = one.document.sequence();
            if sequence.is_some() && sequence == other.document.sequence() && !one.forms.surname.is_disjoint(&other.forms.surname) {
                grounds.push(Ground::SameBirthAndSequence);
            }
        }
        _ if one.institutions.is_disjoint(&other.institutions) => {}
        _ => grounds.extend(namesakes.map(|how| match how {
            Namesakes::Name => Ground::SameNameAtInstitution,
            Namesakes::Sound => Ground::SameSoundAtInstitution,
            Namesakes::Part => Ground::PartOfNameAtInstitution,
        })),
    }
    grounds
}

/// How much some grounds weigh together.
pub fn strength(grounds: &[Ground]) -> Strength {
    let has = |ground| grounds.contains(&ground);
    let legacy_number = has(Ground::SameBirthAndSequence) && (has(Ground::SameSoundAndBirth) || has(Ground::PartOfNameAndBirth));
    if has(Ground::SameNameAndBirth) || legacy_number {
        Strength::Strong
    } else {
        Strength::Weak
    }
}

/// What distinguishes two persons, in the order of declaration.
pub fn distinctions(one: &Person, other: &Person) -> Vec<Distinction> {
    let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| a != b);
    let (a, b) = (&one.document, &other.document);
    let male = |document: &IdentityDocument| document.sequence().map(|digits| digits.ends_with(['1', '3', '5', '7', '9']));
    let found = [
        (Distinction::DocumentKind, a.kind() != b.kind()),
        (Distinction::Division, differ(a.division(), b.division())),
        (Distinction::Sequence, differ(a.sequence(), b.sequence())),
        (Distinction::Sex, male(a).zip(male(b)).is_some_and(|(a, b)| a != b)),
        (Distinction::WrittenName, written(&one.name) != written(&other.name)),
        (
            Distinction::NoInstitutionInCommon,
            one.institutions.is_disjoint(&other.institutions),
        ),
    ];
    found
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(distinction, _)| distinction)
        .collect()
}

impl Ground {
    /// The ground as a sentence.
    pub fn sentence(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::SameNameAndBirth => ("姓名与出生日期均相同", "The name and the date of birth are the same"),
            Self::SameSoundAndBirth => (
                "姓名读音与出生日期均相同",
                "The name sounds the same, and the date of birth is the same",
            ),
            Self::PartOfNameAndBirth => (
                "一方的姓名是另一方姓名的一部分，出生日期相同",
                "One name is a part of the other, and the date of birth is the same",
            ),
            Self::SameBirthAndSequence => (
                "身份证号码中的出生日期与顺序码相同，姓氏读音相同，可能只是行政区划代码有变",
                "The date of birth and the sequence code of the identity numbers are the same, and so is the sound of the surname: perhaps \
                 only the division code changed",
            ),
            Self::SameNameAtInstitution => (
                "姓名相同，同一机构认识双方，至少一方证件不含出生日期",
                "The name is the same and one institution knows both; at least one document holds no date of birth",
            ),
            Self::SameSoundAtInstitution => (
                "姓名读音相同，同一机构认识双方，至少一方证件不含出生日期",
                "The name sounds the same and one institution knows both; at least one document holds no date of birth",
            ),
            Self::PartOfNameAtInstitution => (
                "一方的姓名是另一方姓名的一部分，同一机构认识双方，至少一方证件不含出生日期",
                "One name is a part of the other and one institution knows both; at least one document holds no date of birth",
            ),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

impl Distinction {
    /// The distinction as a sentence.
    pub fn sentence(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::DocumentKind => ("证件种类不同", "The documents are of different kinds"),
            Self::Division => ("身份证号码的行政区划代码不同", "The division codes of the identity numbers differ"),
            Self::Sequence => ("身份证号码的顺序码不同", "The sequence codes of the identity numbers differ"),
            Self::Sex => ("身份证号码所示性别不同", "The identity numbers say different sexes"),
            Self::WrittenName => ("姓名写法不同", "The names are written differently"),
            Self::NoInstitutionInCommon => ("没有机构同时认识双方", "No institution knows both"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

#[cfg(test)]
mod tests;
