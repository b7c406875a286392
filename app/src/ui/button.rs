//! Buttons, links that look like them, and what stands in their place when they do not apply.

use leptos::prelude::*;

use crate::words::told;

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The one thing to do on a page.
    Primary,
    /// Anything else.
    Quiet,
    /// Anything else, in a row of a table.
    Small,
    /// Destroys something.
    Danger,
    /// Destroys something once the form around it is complete; until then it only says that it would.
    Armed,
}

impl Variant {
    /// The look.
    pub fn classes(self) -> &'static str {
        match self {
            Self::Primary => {
                "button border-accent-fill bg-accent-fill text-on-accent shadow-card hover:border-accent-fill-strong hover:bg-accent-fill-strong"
            }
            Self::Quiet => "button border-line bg-surface text-ink shadow-card hover:border-edge",
            Self::Small => "button button-small border-line bg-surface text-ink hover:border-edge",
            Self::Danger => {
                "button border-bad-fill bg-bad-fill text-on-bad shadow-card hover:border-bad-fill-strong hover:bg-bad-fill-strong"
            }
            Self::Armed => {
                "button border-bad-fill bg-bad-fill text-on-bad shadow-card hover:bg-bad-fill-strong group-has-invalid:border-line group-has-invalid:bg-surface group-has-invalid:text-bad-ink"
            }
        }
    }
}

/// In place of a link that does not apply now: it says why to those who point at it, tab to it or listen.
#[component]
pub fn NotNow(
    /// What it would be called.
    #[prop(into)]
    label: String,
    /// Why it does not apply.
    #[prop(into)]
    why: String,
    /// In a row of a table, where there is no room to say why at once?
    in_row: bool,
) -> impl IntoView {
    let why = told(why);
    let class = if in_row {
        "hint button button-small cursor-not-allowed border-transparent text-muted/75"
    } else {
        "button cursor-not-allowed border-transparent text-muted/75"
    };
    let why_at_focus = in_row.then(|| view! { <span class="hint-text">{why.clone()}</span> });
    view! {
        <span class=class role="link" aria-disabled="true" tabindex=in_row.then_some("0") title=why>
            {label}{why_at_focus}
        </span>
    }
}
