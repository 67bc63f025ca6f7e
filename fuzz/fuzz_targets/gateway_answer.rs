#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| proof::checks::gateway_answer(data));
