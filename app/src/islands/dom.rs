//! What islands find on the page. What differs from page to page stands in attributes around them, and what they change
//! they change by hand: a property or a signal of a kind of its own weighs more than most islands.

use wasm_bindgen::JsCast;
use web_sys::{Element, window};

/// The element with that id.
pub(super) fn element<T: JsCast>(id: &str) -> Option<T> {
    window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// What that attribute of the element says; nothing if it is not there.
pub(super) fn told(element: &Element, attribute: &str) -> String {
    element.get_attribute(attribute).unwrap_or_default()
}
