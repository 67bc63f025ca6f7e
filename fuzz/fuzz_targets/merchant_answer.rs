#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| proof::checks::merchant_answer(data));
