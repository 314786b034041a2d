//! Every pack that ships meets its worked cases, by name.

use super::{PackCase, check};
use crate::domain::allocation::{Effort, PackVersion, Question, allocate};
use crate::domain::facts::Issuer;
use crate::domain::institution::InstitutionKind;
use crate::domain::pack::RulePack;
use crate::domain::pack::shipped;

#[test]
fn every_pack_that_ships_meets_its_cases() {
    let mut unmet = Vec::new();
    for shipped in shipped::ALL {
        let pack: RulePack = serde_json::from_str(shipped.document).unwrap();
        let cases: Vec<PackCase> = serde_json::from_str(shipped.cases).unwrap();
        for case in cases {
            let question = Question {
                institution: Issuer {
                    credit_code: pack.owner.clone().unwrap(),
                    kind: InstitutionKind::VocationalCollege,
                },
                programme: case.programme.clone(),
                versions: vec![PackVersion {
                    version: 1,
                    pack: pack.clone(),
                }],
                above: Vec::new(),
                agreements: Vec::new(),
                outcomes: case.outcomes.clone(),
                decided_on: case.decided_on,
                earlier: case.earlier.clone(),
                enrolled_on: case.enrolled_on,
                pins: case.pins.clone(),
                left_out: case.left_out.clone(),
                effort: Effort::default(),
            };
            let name = format!("{}: {}", shipped.code, case.name);
            match allocate(&question) {
                Ok(allocation) => unmet.extend(
                    check(&case, &allocation)
                        .into_iter()
                        .map(|difference| format!("{name}: {difference}")),
                ),
                Err(error) => unmet.push(format!("{name}: {error}")),
            }
        }
    }
    assert_eq!(unmet, Vec::<String>::new());
}
