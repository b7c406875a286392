//! The page for an address that means nothing.

use crate::t;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    answer::answer,
    desk::SharedDesk,
    ui::{
        frame::Frame,
        icon::Glyph,
        load::{Instead, Number},
    },
};

/// The page for an address that means nothing.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let answer = answer();
    answer.status(404);
    let request = answer.request();
    let content = move || {
        view! {
            <Title text=t!("not-found")/>
            <Instead glyph=Glyph::Question heading=t!("not-found") told=t!("nothing-here")><Number request/></Instead>
        }
    };
    if use_context::<SharedDesk>().is_some() {
        view! { <Frame>{content()}</Frame> }.into_any()
    } else {
        view! { <main class="px-4">{content()}</main> }.into_any()
    }
}
