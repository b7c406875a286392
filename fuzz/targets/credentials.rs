#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| slipway_registry::any_bytes::credentials(text));
