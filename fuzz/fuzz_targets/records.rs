//! Any bytes are read as records and as statements without a fall, and given back:
//! `tests/fuzz records`.
#![no_main]

use credit_bank::intake::about::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    credit_bank_fuzz::read_and_give_back(bytes, Some(Format::Ndjson));
    credit_bank_fuzz::read_and_give_back(bytes, Some(Format::Xapi));
});
