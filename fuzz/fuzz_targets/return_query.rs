#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| proof::checks::return_query(data));
