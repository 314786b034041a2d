//! Names and numbers of one person, and of two.

use proptest::prelude::*;

use super::Ground as G;
use super::*;
use crate::domain::identity_document::DocumentKind;

const RESIDENT: DocumentKind = DocumentKind::ResidentIdentityCard;
const PASSPORT: DocumentKind = DocumentKind::Passport;
const SCHOOL: Uuid = Uuid::from_u128(1);
const OTHER_SCHOOL: Uuid = Uuid::from_u128(2);

fn person(kind: DocumentKind, number: &str, name: &str, institutions: &[Uuid]) -> Person {
    let document = IdentityDocument::parse(kind, number, "2026-11-24".parse().unwrap()).unwrap();
    Person::new(document, PersonName::parse(name).unwrap(), institutions.iter().copied())
}

/// A resident with the 15 digits of an old number, which need no check digit.
fn resident(digits: &str, name: &str) -> Person {
    person(RESIDENT, digits, name, &[SCHOOL])
}

fn share(one: &Person, other: &Person) -> bool {
    !one.keys().sought.is_disjoint(&other.keys().held)
}

#[track_caller]
fn judged(one: &Person, other: &Person, expected: &[Ground], weight: Option<Strength>) {
    assert_eq!(grounds(one, other), expected);
    assert_eq!(grounds(other, one), expected, "in either order");
    assert_eq!((share(one, other), share(other, one)), (!expected.is_empty(), !expected.is_empty()));
    if let Some(weight) = weight {
        assert_eq!(strength(expected), weight);
    }
}

#[test]
fn names_of_people_who_were_born_on_one_day() {
    let (strong, weak) = (Some(Strength::Strong), Some(Strength::Weak));
    let cases: &[(&str, &str, &[Ground], Option<Strength>)] = &[
        ("王芳", "王芳", &[G::SameNameAndBirth], strong),
        ("王芳", "王 芳", &[G::SameNameAndBirth], strong),
        ("王芳", "王\u{3000}芳", &[G::SameNameAndBirth], strong),
        ("劉麗華", "刘丽华", &[G::SameNameAndBirth], strong),
        ("歐陽鋒", "欧阳锋", &[G::SameNameAndBirth], strong),
        ("阿依古丽·买买提", "阿依古丽 • 买买提", &[G::SameNameAndBirth], strong),
        ("Ｊｏｈｎ Smith", "john smith", &[G::SameNameAndBirth], strong),
        ("John Smith", "SMITH, John", &[G::SameNameAndBirth], strong),
        ("José Pérez", "Jose Perez", &[G::SameNameAndBirth], strong),
        ("王芳", "王方", &[G::SameSoundAndBirth], weak),
        ("张伟", "章伟", &[G::SameSoundAndBirth], weak),
        ("王芳", "WANG FANG", &[G::SameSoundAndBirth], weak),
        ("王芳", "FANG WANG", &[G::SameSoundAndBirth], weak),
        ("王芳", "WANGFANG", &[G::SameSoundAndBirth], weak),
        ("王芳", "Wáng Fāng", &[G::SameSoundAndBirth], weak),
        ("王小明", "WANG XIAOMING", &[G::SameSoundAndBirth], weak),
        ("王小明", "WANG XIAO MING", &[G::SameSoundAndBirth], weak),
        ("王小明", "Xiaoming Wang", &[G::SameSoundAndBirth], weak),
        ("王小明", "WANG, Xiao-Ming", &[G::SameSoundAndBirth], weak),
        ("欧阳明月", "OUYANG MINGYUE", &[G::SameSoundAndBirth], weak),
        ("欧阳明月", "Mingyue Ouyang", &[G::SameSoundAndBirth], weak),
        ("吕布", "LYU BU", &[G::SameSoundAndBirth], weak),
        ("吕布", "LV BU", &[G::SameSoundAndBirth], weak),
        // Read in two ways; the surname is the rarer one.
        ("单雄信", "SHAN XIONGXIN", &[G::SameSoundAndBirth], weak),
        ("曾国藩", "ZENG GUOFAN", &[G::SameSoundAndBirth], weak),
        ("John Smith", "John Paul Smith", &[G::PartOfNameAndBirth], weak),
        ("Smith John Paul", "John Smith", &[G::PartOfNameAndBirth], weak),
        ("阿依古丽", "阿依古丽·买买提", &[G::PartOfNameAndBirth], weak),
        // Two people.
        ("李娜", "李安", &[], None),
        ("王芳", "王丽", &[], None),
        ("王芳", "李芳", &[], None),
        ("John Paul Smith", "John Peter Smith", &[], None),
        ("John", "John Smith", &[], None),
    ];
    for (one, other, expected, weight) in cases {
        let (one, other) = (resident("340524800101001", one), resident("340524800101022", other));
        judged(&one, &other, expected, *weight);
    }
}

#[test]
fn numbers_of_people_whose_names_are_alike() {
    let born_together = |digits: &str, name: &str| resident(digits, name);
    let one = resident("340524800101001", "王芳");
    // The division was renamed between the old number and the new one.
    judged(
        &one,
        &born_together("340521800101001", "王芳"),
        &[G::SameNameAndBirth, G::SameBirthAndSequence],
        Some(Strength::Strong),
    );
    judged(
        &one,
        &born_together("340521800101001", "王方"),
        &[G::SameSoundAndBirth, G::SameBirthAndSequence],
        Some(Strength::Strong),
    );
    judged(
        &one,
        &born_together("340521800101001", "王丽"),
        &[G::SameBirthAndSequence],
        Some(Strength::Weak),
    );
    judged(&one, &born_together("340521800101001", "李丽"), &[], None);
    judged(&one, &born_together("340524800102001", "王芳"), &[], None);
    // The 15 digits and the 18 are one number, so they are no two accounts; written both ways they are one document.
    let new = person(RESIDENT, "34052419800101001X", "王芳", &[SCHOOL]);
    assert_eq!(new.document, one.document);
    // A foreigner's card of the new form has the date; the passport of the same person has none.
    let card = person(
        DocumentKind::ForeignPermanentResidentCard,
        "911826198006150015",
        "John Smith",
        &[SCHOOL],
    );
    let adopted = person(RESIDENT, "340524800615001", "Smith John", &[OTHER_SCHOOL]);
    judged(&card, &adopted, &[G::SameNameAndBirth], Some(Strength::Strong));
}

#[test]
fn a_document_without_a_date_of_birth_needs_an_institution_that_knows_both() {
    let weak = Some(Strength::Weak);
    let resident = |name: &str| person(RESIDENT, "340524800101001", name, &[SCHOOL]);
    let passport = |name: &str, institutions: &[Uuid]| person(PASSPORT, "E12345678", name, institutions);
    judged(&resident("王芳"), &passport("王芳", &[SCHOOL]), &[G::SameNameAtInstitution], weak);
    judged(
        &resident("王芳"),
        &passport("FANG WANG", &[SCHOOL, OTHER_SCHOOL]),
        &[G::SameSoundAtInstitution],
        weak,
    );
    judged(&resident("王芳"), &passport("FANG WANG", &[OTHER_SCHOOL]), &[], None);
    judged(&resident("王芳"), &passport("LI WANG", &[SCHOOL]), &[], None);
    let permit = |name: &str| person(DocumentKind::TaiwanPermit, "12345678", name, &[SCHOOL]);
    judged(&permit("陳美玲"), &resident("陈美玲"), &[G::SameNameAtInstitution], weak);
    judged(
        &permit("John Smith"),
        &passport("John Paul Smith", &[SCHOOL]),
        &[G::PartOfNameAtInstitution],
        weak,
    );
    // Two residents are told apart by their dates of birth, however many institutions know both.
    let other = person(RESIDENT, "340524810101001", "王芳", &[SCHOOL]);
    judged(&resident("王芳"), &other, &[], None);
}

#[test]
fn what_distinguishes_two_persons_is_said() {
    let one = resident("340524800101001", "王芳");
    let other = person(RESIDENT, "340521800101022", "王方", &[OTHER_SCHOOL]);
    let expected = [
        Distinction::Division,
        Distinction::Sequence,
        Distinction::Sex,
        Distinction::WrittenName,
        Distinction::NoInstitutionInCommon,
    ];
    assert_eq!(distinctions(&one, &other), expected);
    assert_eq!(distinctions(&one, &one), []);
    let passport = person(PASSPORT, "E12345678", "王芳", &[SCHOOL]);
    assert_eq!(distinctions(&one, &passport), [Distinction::DocumentKind]);
}

#[test]
fn every_ground_and_distinction_has_a_sentence_in_both_languages() {
    let languages = [Language::Chinese, Language::English];
    let grounds = G::ALL.iter().map(|ground| languages.map(|language| ground.sentence(language)));
    let distinctions = Distinction::ALL
        .iter()
        .map(|distinction| languages.map(|language| distinction.sentence(language)));
    let mut all: Vec<&str> = grounds.chain(distinctions).flatten().collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!((all.len(), count), (26, 26));
}

#[test]
fn a_name_has_few_keys_however_it_is_made() {
    let long = "单曾仇解查区朴任乐翟".repeat(10);
    for name in [
        long.as_str(),
        "A B C D E F G H I J K L M N",
        "·· 王",
        "..",
        "买买提·阿依古丽·单曾仇解",
    ] {
        let institutions: Vec<Uuid> = (0..3).map(Uuid::from_u128).collect();
        let keys = person(PASSPORT, "E12345678", name, &institutions).keys();
        assert!(
            keys.held.len() + keys.sought.len() <= 3 * 6 * 50,
            "{name}: {} keys",
            keys.held.len() + keys.sought.len()
        );
    }
}

/// Names in letters that are read in one way or in several.
fn name() -> impl Strategy<Value = String> {
    let letters = proptest::sample::select("王李张刘陈单曾解查芳方伟玮丽利明敏小晓长乐".chars().collect::<Vec<_>>());
    proptest::collection::vec(letters, 2..5).prop_map(|letters| letters.into_iter().collect())
}

/// The same name as somebody else writes it.
fn variant(name: &str, way: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    let sound = |letter: &char| names_sound(*letter);
    match way {
        0 => letters.iter().map(|letter| format!("{letter} ")).collect(),
        1 => letters
            .iter()
            .map(|letter| format!("·{letter}"))
            .collect::<String>()
            .trim_start_matches('·')
            .to_owned(),
        2 => hanconv::s2t(name),
        3 => letters.iter().map(|letter| format!("{} ", sound(letter).to_uppercase())).collect(),
        4 => letters.iter().map(sound).collect(),
        5 => {
            let (surname, given) = letters.split_first().unwrap();
            format!("{} {}", given.iter().map(sound).collect::<String>(), sound(surname))
        }
        _ => name.chars().map(|letter| if letter == '芳' { '方' } else { letter }).collect(),
    }
}

/// The most usual reading of a letter.
fn names_sound(letter: char) -> String {
    use pinyin::ToPinyin;
    letter.to_pinyin().unwrap().plain().to_owned()
}

proptest! {
    /// Whatever is written differently, the same person is found again, and the grounds do not depend on who is named first.
    #[test]
    fn variants_of_one_person_share_a_key(name in name(), way in 0usize..7, dated: bool, other_dated: bool) {
        let make = |name: &str, dated: bool, sequence: &str| if dated {
            person(RESIDENT, &format!("340524800101{sequence}"), name, &[SCHOOL])
        } else {
            person(PASSPORT, &format!("E12345{sequence}"), name, &[SCHOOL])
        };
        let one = make(&name, dated, "001");
        let other = make(&variant(&name, way), other_dated, "022");
        prop_assert!(share(&one, &other), "{} and {}", name, variant(&name, way));
        prop_assert!(!grounds(&one, &other).is_empty());
    }

    /// Grounds are the same in either order, and where there are any a key is shared in both directions.
    #[test]
    fn grounds_are_symmetric_and_are_found(names in (name(), name()), ways in (0usize..7, 0usize..7), dated: (bool, bool), shared: bool) {
        let make = |name: &str, dated: bool, institutions: &[Uuid]| if dated {
            person(RESIDENT, "340524800101001", name, institutions)
        } else {
            person(PASSPORT, "E12345678", name, institutions)
        };
        let one = make(&variant(&names.0, ways.0), dated.0, &[SCHOOL]);
        let other = make(&variant(&names.1, ways.1), dated.1, if shared { &[OTHER_SCHOOL, SCHOOL] } else { &[OTHER_SCHOOL] });
        let found = grounds(&one, &other);
        prop_assert_eq!(&found, &grounds(&other, &one));
        prop_assert!(found.is_empty() || (share(&one, &other) && share(&other, &one)), "{:?}", found);
        prop_assert_eq!(distinctions(&one, &other), distinctions(&other, &one));
    }
}
