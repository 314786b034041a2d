//! Any bytes are read as delimited text without a fall, and given back:
//! `tests/fuzz delimited`.
#![no_main]

use credit_bank::intake::about::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| credit_bank_fuzz::read_and_give_back(bytes, Some(Format::Csv)));
