//! Any bytes are read as a workbook without a fall. Its checksums hide most of it from chance, so a sheet's XML is put into an
//! archive too: `tests/fuzz workbook`.
#![no_main]

use credit_bank::intake::about::Format;

libfuzzer_sys::fuzz_target!(init: credit_bank_fuzz::bear_with("/calamine-"), |bytes: &[u8]| {
    credit_bank_fuzz::read_and_give_back(bytes, Some(Format::Xlsx));
    credit_bank_fuzz::read_and_give_back(&credit_bank_fuzz::workbook_of(bytes), Some(Format::Xlsx));
});
