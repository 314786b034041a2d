//! The packs that ship with the product: rules of real institutions, as published, each with its worked cases.

/// A pack of the product, as the texts of its document and of its cases.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    pub code: &'static str,
    /// A rule pack.
    pub document: &'static str,
    /// A list of cases, in the form in which packs store theirs.
    pub cases: &'static str,
}

macro_rules! shipped {
    ($($code:literal),+ $(,)?) => {
        /// All of them, by code.
        pub const ALL: &[Shipped] = &[$(Shipped {
            code: $code,
            document: include_str!(concat!("../../../packs/", $code, ".json")),
            cases: include_str!(concat!("../../../packs/cases/", $code, ".json")),
        }),+];
    };
}

shipped![
    "continuing-school-2023",
    "guangdong-2017-many",
    "guangdong-2017-one",
    "guangdong-continuing-2020",
    "highest-of-family",
    "hunan-x-certificates",
    "korea-24-42",
    "shelf-life-seven-excluded",
    "shelf-life-seven-included",
    "veterans-2021",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pack::RulePack;
    use crate::domain::pack::validate::problems;
    use crate::domain::programme::Programme;

    #[test]
    fn every_pack_that_ships_has_no_problems() {
        for shipped in ALL {
            let pack: RulePack = serde_json::from_str(shipped.document).unwrap_or_else(|error| panic!("{}: {error}", shipped.code));
            assert_eq!(pack.code, shipped.code);
            let cases: Vec<serde_json::Value> = serde_json::from_str(shipped.cases).unwrap();
            assert!(!cases.is_empty(), "{}", shipped.code);
            for case in cases {
                let programme: Programme = serde_json::from_value(case["programme"].clone()).unwrap();
                assert_eq!(programme.problems(), Vec::new(), "{}", shipped.code);
                assert_eq!(problems(&pack, &[programme], &[]), Vec::new(), "{}", shipped.code);
            }
        }
    }
}
