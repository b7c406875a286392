//! What a button does, for programs: to be copied as curl, as a command, and as a file.

use crate::t;
use leptos::prelude::*;

use super::{
    copy::Copy,
    icon::{Glyph, Icon},
};
use crate::examples::{Deed, Examples as Texts};

/// The texts of one deed, folded away.
#[component]
pub fn Examples(
    /// What is done.
    deed: Deed,
    /// What the fold says.
    #[prop(optional)]
    title: Option<String>,
) -> impl IntoView {
    let title = title.unwrap_or_else(|| t!("copy-order"));
    let Texts { curl, cli, yaml } = deed.examples();
    let file = yaml.map(|yaml| view! { <Text label=t!("yaml") what=t!("the-yaml") text=yaml/> });
    view! {
        <details class="group">
            <summary class="inline-flex items-center gap-1.5 rounded-control py-1 text-sm text-muted hover:text-ink">
                <span class="transition-transform group-open:rotate-90"><Icon glyph=Glyph::Angle class="size-3.5 shrink-0"/></span>{title}
            </summary>
            <div class="mt-2 space-y-3">
                <Text label=t!("curl") what=t!("the-curl") text=curl/>
                <Text label=t!("command-line") what=t!("the-command") text=cli/>
                {file}
                <p class="text-xs text-muted">
                    {t!("examples-before")}" "<a class="link" href="/account/tokens">{t!("a-token")}</a>{t!("examples-after")}
                </p>
            </div>
        </details>
    }
}

#[component]
fn Text(
    /// In which words.
    label: String,
    /// What is copied.
    what: String,
    /// The text.
    text: String,
) -> impl IntoView {
    view! {
        <div class="space-y-1">
            <p class="flex items-center justify-between gap-2 text-xs font-medium text-muted">{label.clone()}<Copy text=text.clone() what/></p>
            <pre class="code max-h-80" role="group" tabindex="0" aria-label=label>{text}</pre>
        </div>
    }
}
