#![no_main]

use slipway_domain::{order::OrderForm, variables};

// Variables as a person or a program enters them, and whole orders.
libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(variables) = variables::parse(text) {
        assert!(variables.keys().all(|name| variables::is_name(name)));
    }
    if let Ok(form) = serde_json::from_str::<OrderForm>(text)
        && let Ok(order) = form.check()
    {
        assert!(!order.admins.is_empty());
    }
});
