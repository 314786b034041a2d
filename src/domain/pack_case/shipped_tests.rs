//! Every pack that ships meets its worked cases, by name.

use super::{PackCase, check};
use crate::domain::allocation::{PackVersion, allocate};
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
        let institution = Issuer {
            credit_code: pack.owner.clone().unwrap(),
            kind: InstitutionKind::VocationalCollege,
        };
        let version = PackVersion { version: 1, pack };
        for case in cases {
            let name = format!("{}: {}", shipped.code, case.name);
            match allocate(&case.question(&institution, &version, &[])) {
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
