//! Any bytes as an uploaded file: the guard and the readers behind it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| unlade_fuzz::upload::read(bytes));
