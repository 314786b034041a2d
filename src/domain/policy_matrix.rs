//! The policy as a table, so that a change of it is a readable difference of `api-spec/permissions.txt`.

use uuid::Uuid;

use super::actor::{Actor, BankRole, MemberRole, Membership, Scope};
use super::institution::InstitutionStatus;
use super::policy::{Action, Resource, allowed};

const OWN_INSTITUTION: Uuid = Uuid::from_u128(1);
const OTHER_INSTITUTION: Uuid = Uuid::from_u128(2);
const OWN_LEARNER: Uuid = Uuid::from_u128(3);
const OTHER_LEARNER: Uuid = Uuid::from_u128(4);

fn user(bank_role: Option<BankRole>, learner_id: Option<Uuid>, role: Option<(MemberRole, InstitutionStatus)>) -> Actor {
    let membership = |(role, status)| Membership {
        institution_id: OWN_INSTITUTION,
        role,
        status,
    };
    Actor::User {
        user_id: Uuid::from_u128(5),
        display_name: String::new(),
        bank_role,
        learner_id,
        memberships: role.map(membership).into_iter().collect(),
    }
}

fn client(scope: Scope) -> Actor {
    Actor::Client {
        client_id: Uuid::from_u128(6),
        name: String::new(),
        institution_id: OWN_INSTITUTION,
        status: InstitutionStatus::Approved,
        scopes: [scope].into_iter().collect(),
    }
}

/// Everybody who may ask, by name.
fn actors() -> Vec<(String, Actor)> {
    let mut actors = vec![
        ("anonymous".to_owned(), Actor::Anonymous),
        ("stranger".to_owned(), user(None, None, None)),
    ];
    actors.extend(
        BankRole::ALL
            .iter()
            .map(|role| (format!("bank {role}"), user(Some(*role), None, None))),
    );
    actors.push(("learner".to_owned(), user(None, Some(OWN_LEARNER), None)));
    for status in [InstitutionStatus::Approved, InstitutionStatus::Suspended] {
        for role in MemberRole::ALL {
            actors.push((format!("{role}, {status}"), user(None, None, Some((*role, status)))));
        }
    }
    actors.extend(Scope::ALL.iter().map(|scope| (format!("client {scope}"), client(*scope))));
    actors
}

/// What is asked of, by name: the bank, and the actor's own things and those of others.
fn resources() -> [(&'static str, Resource); 7] {
    let outcome = |learner_id, institution_id| Resource::Outcome {
        learner_id,
        institution_id,
    };
    [
        ("bank", Resource::Bank),
        ("own institution", Resource::Institution(OWN_INSTITUTION)),
        ("other institution", Resource::Institution(OTHER_INSTITUTION)),
        ("own learner", Resource::Learner(OWN_LEARNER)),
        ("other learner", Resource::Learner(OTHER_LEARNER)),
        ("own outcome", outcome(OWN_LEARNER, OWN_INSTITUTION)),
        ("other outcome", outcome(OTHER_LEARNER, OTHER_INSTITUTION)),
    ]
}

/// The whole table: for each action and actor, what is allowed; of all else, the refusals.
fn matrix() -> String {
    let mut text = String::from(
        "Who may do what, printed from src/domain/policy.rs by a test. \"own\" is the actor's own institution, or own record.\n",
    );
    for action in Action::ALL {
        text.push_str(&format!("\n{action}\n"));
        for (name, actor) in actors() {
            let answers: Vec<(&str, &str)> = resources()
                .into_iter()
                .map(|(resource_name, resource)| {
                    (
                        resource_name,
                        allowed(&actor, *action, resource).map_or_else(|no| no.code(), |()| "yes"),
                    )
                })
                .collect();
            let with = |wanted: &str| -> Vec<&str> { answers.iter().filter(|answer| answer.1 == wanted).map(|answer| answer.0).collect() };
            let mut words: Vec<&str> = answers.iter().map(|answer| answer.1).collect();
            words.sort_unstable_by_key(|word| (*word != "yes", *word));
            words.dedup();
            let cell = |word: &str| {
                let names = with(word);
                format!(
                    "{word}: {}",
                    if names.len() == answers.len() {
                        "everything".to_owned()
                    } else {
                        names.join(", ")
                    }
                )
            };
            let cells: Vec<String> = words.into_iter().map(cell).collect();
            text.push_str(&format!("  {name:30} {}\n", cells.join("; ")));
        }
    }
    text
}

#[test]
fn the_committed_matrix_is_the_policy() {
    let committed = include_str!("../../api-spec/permissions.txt");
    if std::env::var_os("CREDIT_BANK_TEST_WRITE").is_some() {
        std::fs::write("api-spec/permissions.txt", matrix()).unwrap();
    } else {
        assert!(
            matrix() == committed,
            "run: CREDIT_BANK_TEST_WRITE=1 cargo test the_committed_matrix"
        );
    }
}

#[test]
fn nobody_reads_or_writes_what_is_anothers() {
    for action in Action::ALL {
        for (name, actor) in actors() {
            let staff = matches!(&actor, Actor::User { bank_role: Some(_), .. });
            for (resource_name, resource) in resources() {
                let granted = allowed(&actor, *action, resource).is_ok();
                // Objecting to what is on public notice is everybody's who has a name here.
                if *action == Action::ObjectToClaim && actor != Actor::Anonymous {
                    continue;
                }
                let foreign = resource_name.starts_with("other") || resource == Resource::Bank;
                assert!(!(granted && foreign && !staff), "{name} may {action} {resource_name}");
                assert!(!(granted && actor == Actor::Anonymous), "nobody may {action}");
            }
        }
    }
}
