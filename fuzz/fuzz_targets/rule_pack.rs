//! Any text is read as a pack and validated, without a fall or a hang:
//! `cargo +nightly fuzz run rule_pack fuzz/corpus/rule_pack fuzz/seeds/rule_pack`.
#![no_main]

use credit_bank::domain::pack::validate::{PackProblem, parse, problems};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(pack) = parse(text) {
        assert!(problems(&pack, &[], std::slice::from_ref(&pack)).len() <= PackProblem::MOST + 1);
    }
});
