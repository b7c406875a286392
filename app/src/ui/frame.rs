//! What is around the content of every page: navigation, the person, banners.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    icon::{Glyph, Icon},
    time::words,
};
use crate::desk::SharedDesk;

/// The frame of a page for somebody who is signed in.
#[component]
pub fn Frame(
    /// The content.
    children: Children,
) -> impl IntoView {
    let around = expect_context::<SharedDesk>().surroundings();
    let may = around.actor.may_devops().is_ok();
    let stale = around.stale_since.map(|since| {
        format!(
            "The cluster has been out of reach since {}. What you see is its last known state.",
            words(since, around.now)
        )
    });
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        {around.sandbox.then(|| view! {
            <p class="banner bg-accent/10 text-ink" role="note">
                <strong>"Sandbox"</strong>
                " · the cluster is simulated in this process. Nothing is deployed anywhere."
            </p>
        })}
        {stale.map(|text| view! { <p class="banner bg-doubt/16 text-ink" role="status">{text}</p> })}
        <div class="mx-auto grid max-w-7xl gap-x-8 px-4 sm:px-6 lg:grid-cols-[15rem_1fr]">
            <header class="flex flex-wrap items-center gap-x-6 gap-y-2 py-4 lg:flex-col lg:items-stretch lg:gap-6 lg:py-7">
                <a class="flex items-center gap-2 text-base font-semibold tracking-tight" href="/">
                    <span class="text-accent"><Icon glyph=Glyph::Slipway class="size-6"/></span>
                    "Slipway"
                </a>
                {may.then(|| view! { <Navigation/> })}
                <div class="ml-auto flex items-center gap-3 lg:ml-0 lg:border-t lg:border-line lg:pt-4">
                    <span class="avatar" aria-hidden="true">{around.actor.initials()}</span>
                    <span class="min-w-0 flex-1 truncate">{around.actor.name}</span>
                    <form method="post" action="/auth/sign-out">
                        <button class="link text-muted" type="submit">"Sign out"</button>
                    </form>
                </div>
            </header>
            <main id="main" class="min-w-0 space-y-6 pb-16 lg:py-8" tabindex="-1">{children()}</main>
        </div>
    }
}

#[component]
fn Navigation() -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let entry = |href: &'static str, label: &'static str, glyph: Glyph| {
        let here = path.starts_with(href);
        let class = if here {
            "nav bg-raised font-medium text-ink"
        } else {
            "nav text-muted hover:bg-raised hover:text-ink"
        };
        view! { <li><a class=class href=href aria-current=here.then_some("page")><Icon glyph/>{label}</a></li> }
    };
    view! {
        <nav aria-label="Devops">
            <p class="mb-1 hidden px-2 text-xs font-medium text-muted lg:block">"Devops"</p>
            <ul class="flex gap-1 lg:flex-col">
                {entry("/devops/releases", "Application releases", Glyph::Releases)}
                {entry("/devops/instances", "Application instances", Glyph::Instances)}
            </ul>
        </nav>
    }
}

/// The head of a page: its title and what can be done with it as a whole.
#[component]
pub fn PageHead(
    /// The title.
    #[prop(into)]
    title: String,
    /// What the page is about, in a line.
    #[prop(optional, into)]
    subtitle: String,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-start justify-between gap-3">
            <div class="min-w-0">
                <h1 class="page-title">{title}</h1>
                {(!subtitle.is_empty()).then(|| view! { <p class="mt-1 text-muted">{subtitle}</p> })}
            </div>
            {children.map(|children| view! { <div class="flex flex-wrap items-center gap-2">{children()}</div> })}
        </div>
    }
}
