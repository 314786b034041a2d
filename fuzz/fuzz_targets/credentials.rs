//! Any bytes are verified as credentials without a fall or a hang:
//! `cargo +nightly fuzz run credentials fuzz/corpus/credentials fuzz/seeds/credentials`.
#![no_main]

use credit_bank::intake::about::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| credit_bank_fuzz::read_and_give_back(bytes, Some(Format::OpenBadges)));
