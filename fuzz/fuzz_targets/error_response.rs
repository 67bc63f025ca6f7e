#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_checks::error_response(data));
