//! Any bytes are verified as credentials without a fall or a hang:
//! `tests/fuzz credentials`.
#![no_main]

use credit_bank::intake::about::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| credit_bank_fuzz::read_and_give_back(bytes, Some(Format::OpenBadges)));
