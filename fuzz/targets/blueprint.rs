#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| slipway_catalog::any_bytes::blueprint(text));
