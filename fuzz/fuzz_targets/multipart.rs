//! Any bytes as the body of an upload, in any pieces: what of it is taken for the file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| unlade_fuzz::multipart::read(bytes));
