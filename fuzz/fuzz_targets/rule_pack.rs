//! Any text is read as a body that is a pack, and validated, without a fall or a hang:
//! `tests/fuzz rule_pack`.
#![no_main]

use credit_bank::domain::pack::RulePack;
use credit_bank::domain::pack::validate::{PackProblem, problems};
use credit_bank::http::json::from_json;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(pack) = from_json::<RulePack>(text.as_bytes()) {
        assert!(problems(&pack, &[], std::slice::from_ref(&pack)).len() <= PackProblem::MOST + 1);
    }
});
