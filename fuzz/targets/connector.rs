#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| slipway_catalog::any_bytes::connector(data));
