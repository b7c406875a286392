//! Boxes that say something important beside the content.

use leptos::prelude::*;
use slipway_domain::cause::Cause;

use super::icon::{Glyph, Icon};

/// How serious it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Good to know.
    Note,
    /// Needs attention.
    Warning,
    /// Something failed.
    Failure,
}

/// A box with a title and more.
#[component]
pub fn Callout(
    /// How serious it is.
    weight: Weight,
    /// What it says in short.
    #[prop(into)]
    title: String,
    /// What else there is to say.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, role) = match weight {
        Weight::Note => ("callout border-line bg-surface text-ink", "note"),
        Weight::Warning => ("callout border-doubt/40 bg-doubt/10 text-ink", "status"),
        Weight::Failure => ("callout border-bad/40 bg-bad/8 text-ink", "alert"),
    };
    let icon = match weight {
        Weight::Note => "mt-0.5 size-4 shrink-0 text-muted",
        Weight::Warning => "mt-0.5 size-4 shrink-0 text-doubt-ink",
        Weight::Failure => "mt-0.5 size-4 shrink-0 text-bad-ink",
    };
    view! {
        <div class=class role=role>
            <Icon glyph=Glyph::Warning class=icon/>
            <div class="min-w-0 flex-1 space-y-1.5">
                <p class="font-medium">{title}</p>
                {children.map(|children| children())}
            </div>
        </div>
    }
}

/// Why an application is not well: a sentence, the evidence, what to do.
#[component]
pub fn CauseCallout(
    /// The cause.
    cause: Cause,
) -> impl IntoView {
    let evidence = cause.evidence.join("\n");
    view! {
        <Callout weight=Weight::Failure title=cause.reason>
            <p>{cause.action}</p>
            {(!evidence.is_empty()).then(|| view! { <pre class="code mt-2">{evidence}</pre> })}
            <p class="text-xs text-muted">"Code " <code>{cause.code}</code></p>
        </Callout>
    }
}
