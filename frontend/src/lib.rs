//! The wasm entry: brings the islands of a page to life.

// The islands must be linked in, although nothing here calls them.
use slipway_app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page when the module has been loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
