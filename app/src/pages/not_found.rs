//! The page for an address that means nothing.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    answer::answer,
    desk::SharedDesk,
    ui::{frame::Frame, icon::Glyph, load::Instead},
};

/// The page for an address that means nothing.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    answer().status(404);
    let content = || {
        view! {
            <Title text="Not found"/>
            <Instead glyph=Glyph::Question heading="Not found" told="There is no page at this address."/>
        }
    };
    if use_context::<SharedDesk>().is_some() {
        view! { <Frame>{content()}</Frame> }.into_any()
    } else {
        view! { <main class="px-4">{content()}</main> }.into_any()
    }
}
