//! Any bytes are read without a fall or a hang, by the parser that `CREDIT_BANK_FUZZ` names: one program, because each is long in being
//! linked. `tests/fuzz` runs it.
#![no_main]

libfuzzer_sys::fuzz_target!(init: credit_bank_fuzz::bear_with("/calamine-"), |bytes: &[u8]| {
    credit_bank_fuzz::parse(bytes);
});
