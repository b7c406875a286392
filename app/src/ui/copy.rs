//! What can be copied. The button is there only where a browser can do it; what it copies can be selected anyway.

use crate::t;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A button that copies a text. One island on the page listens to all of them.
#[component]
pub fn Copy(
    /// What to copy.
    #[prop(into)]
    text: String,
    /// What it is, for those who cannot see what it stands beside.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <button class="copy" type="button" data-copy=text aria-label=t!("copy-what", what = what) title=t!("copy")><Icon glyph=Glyph::Copy class="size-3.5 shrink-0"/></button>
    }
}
