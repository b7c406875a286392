//! Boxes that say something important beside the content.

use crate::t;
use leptos::prelude::*;
use slipway_domain::cause::Cause;

use super::{
    icon::{Glyph, Icon},
    said::Said,
};
use crate::words::told;

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

impl Weight {
    /// The box around it.
    pub fn classes(self) -> &'static str {
        match self {
            Self::Note => "notice flex gap-3 rounded-card border border-line bg-surface px-4 py-3.5",
            Self::Warning => {
                "notice flex gap-3 rounded-card border border-doubt/35 bg-doubt-soft px-4 py-3.5"
            }
            Self::Failure => "notice flex gap-3 rounded-card border border-bad/30 bg-bad-soft px-4 py-3.5",
        }
    }

    fn role(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "status",
            Self::Failure => "alert",
        }
    }

    fn icon(self) -> (Glyph, &'static str) {
        match self {
            Self::Note => (Glyph::Note, "mt-[3px] size-4 shrink-0 text-muted"),
            Self::Warning => (Glyph::Warning, "mt-[3px] size-4 shrink-0 text-doubt-ink"),
            Self::Failure => (Glyph::Warning, "mt-[3px] size-4 shrink-0 text-bad-ink"),
        }
    }
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
    let (glyph, icon) = weight.icon();
    view! {
        <div class=weight.classes() role=weight.role()>
            <Icon glyph class=icon/>
            <div class="min-w-0 flex-1 space-y-1">
                <p class="font-medium wrap-anywhere">{told(title)}</p>
                {children.map(|children| children())}
            </div>
        </div>
    }
}

/// Why an application is not well: a sentence, what to do, the evidence.
#[component]
pub fn CauseCallout(
    /// The cause.
    cause: Cause,
) -> impl IntoView {
    let evidence = cause.evidence.join("\n");
    view! {
        <div class="notice overflow-hidden rounded-card border border-bad/30 bg-surface shadow-card" role="alert">
            <div class="flex flex-wrap items-start gap-x-3 gap-y-1 border-b border-bad/20 bg-bad-soft px-4 py-3">
                <Icon glyph=Glyph::Warning class="mt-[3px] size-4 shrink-0 text-bad-ink"/>
                <p class="min-w-0 flex-1 font-medium wrap-anywhere"><Said what=cause.reason/></p>
                <code class="rounded-control bg-bad/8 px-1.5 py-0.5 text-xs text-bad-ink" title=t!("stable-code")>{cause.code}</code>
            </div>
            <div class="space-y-3 px-4 py-3.5">
                <p class="flex gap-3">
                    <Icon glyph=Glyph::Arrow class="mt-[3px] size-4 shrink-0 text-muted"/>
                    <span><span class="sr-only">{t!("what-to-do")}" "</span><Said what=cause.action/></span>
                </p>
                {(!evidence.is_empty()).then(|| view! {
                    <div class="space-y-1.5 sm:pl-7">
                        <p class="text-xs text-muted">{t!("words-of-cluster")}</p>
                        <pre class="code" lang="en">{evidence}</pre>
                    </div>
                })}
            </div>
        </div>
    }
}
