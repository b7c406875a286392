//! What is around the content of every page: navigation, the person, banners.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use slipway_domain::actor::Actor;

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
        let (clock, age) = (since.strftime("%H:%M UTC"), words(since, around.now));
        format!(
            "The cluster has been out of reach since {clock} ({age}). What you see is its last known state."
        )
    });
    let (wide, narrow) = (around.actor.clone(), around.actor);
    view! {
        <a class="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-control focus:bg-accent-fill focus:px-3 focus:py-2 focus:text-on-accent" href="#main">
            "Skip to content"
        </a>
        <div class="lg:grid lg:min-h-dvh lg:grid-cols-[15.5rem_minmax(0,1fr)]">
            <header class="side sticky top-0 z-30 border-b border-line bg-side lg:static lg:border-r lg:border-b-0">
                <div class="sticky top-0 hidden h-dvh flex-col gap-6 px-3 py-4 lg:flex">
                    <Brand/>
                    {may.then(|| view! { <Navigation/> })}
                    <div class="mt-auto border-t border-line pt-3"><Person actor=wide/></div>
                </div>
                <details class="group lg:hidden">
                    <summary class="flex h-12 items-center justify-between px-4">
                        <Mark/>
                        <span class="flex items-center gap-1.5 text-sm text-muted"><Icon glyph=Glyph::Menu/>"Menu"</span>
                    </summary>
                    <div class="space-y-4 border-t border-line px-3 py-4">
                        {may.then(|| view! { <Navigation/> })}
                        <div class="border-t border-line pt-3"><Person actor=narrow/></div>
                    </div>
                </details>
            </header>
            <div class="min-w-0">
                {around.sandbox.then(|| view! {
                    <Banner glyph=Glyph::Flask class="flex items-start gap-2.5 border-b border-line bg-accent-soft px-4 py-2 text-sm sm:px-8" icon="mt-0.5 size-4 shrink-0 text-accent">
                        <strong class="font-semibold">"Sandbox"</strong>
                        <span class="text-muted">" The cluster is simulated in this process. Nothing is deployed anywhere."</span>
                    </Banner>
                })}
                {stale.map(|text| view! {
                    <Banner glyph=Glyph::Unplugged class="flex items-start gap-2.5 border-b border-doubt/30 bg-doubt-soft px-4 py-2 text-sm sm:px-8" icon="mt-0.5 size-4 shrink-0 text-doubt-ink">
                        {text}
                    </Banner>
                })}
                <main id="main" class="mx-auto max-w-6xl space-y-6 px-4 pt-6 pb-20 sm:px-8 lg:pt-8" tabindex="-1">{children()}</main>
            </div>
        </div>
    }
}

/// One line across the page about the whole of it.
#[component]
fn Banner(
    /// Its icon.
    glyph: Glyph,
    /// The strip.
    class: &'static str,
    /// The look of the icon.
    icon: &'static str,
    /// What it says.
    children: Children,
) -> impl IntoView {
    view! { <div class=class role="status"><Icon glyph class=icon/><p>{children()}</p></div> }
}

/// The name of the product, on a tile.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <span class="flex items-center gap-2.5 font-semibold tracking-tight">
            <span class="grid size-6 place-items-center rounded-control bg-accent-fill text-on-accent"><Icon glyph=Glyph::Slipway class="size-4"/></span>
            "Slipway"
        </span>
    }
}

#[component]
fn Brand() -> impl IntoView {
    view! { <a class="flex h-8 items-center rounded-control px-2" href="/"><Mark/></a> }
}

#[component]
fn Person(
    /// Who is signed in.
    actor: Actor,
) -> impl IntoView {
    let initials = actor.initials();
    view! {
        <div class="flex items-center gap-2.5 px-2">
            <span class="grid size-7 shrink-0 place-items-center rounded-full bg-raised text-xs font-semibold text-muted" aria-hidden="true">{initials}</span>
            <a class="min-w-0 flex-1 truncate rounded-control text-sm hover:underline" href="/account">{actor.name}</a>
            <form method="post" action="/auth/sign-out">
                <button class="rounded-control px-1.5 py-1 text-sm text-muted hover:bg-raised hover:text-ink" type="submit">"Sign out"</button>
            </form>
        </div>
    }
}

#[component]
fn Navigation() -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let entry = |href: &'static str, label: &'static str, glyph: Glyph| {
        let here = if href == "/" { path == "/" } else { path.starts_with(href) };
        let (class, icon) = if here {
            (
                "flex h-8 items-center gap-2.5 rounded-control bg-raised px-2 text-sm font-medium text-ink",
                "size-4 shrink-0 text-accent",
            )
        } else {
            (
                "flex h-8 items-center gap-2.5 rounded-control px-2 text-sm text-muted transition-colors hover:bg-raised hover:text-ink",
                "size-4 shrink-0",
            )
        };
        view! { <li><a class=class href=href aria-current=here.then_some("page")><Icon glyph class=icon/>{label}</a></li> }
    };
    view! {
        <nav class="space-y-5" aria-label="Devops">
            <ul class="space-y-0.5">{entry("/", "Overview", Glyph::Overview)}</ul>
            <div>
                <p class="mb-1.5 px-2 text-xs font-medium text-muted">"Devops"</p>
                <ul class="space-y-0.5">
                    {entry("/devops/releases", "Application releases", Glyph::Releases)}
                    {entry("/devops/instances", "Application instances", Glyph::Instances)}
                    {entry("/audit", "Audit", Glyph::Note)}
                    {entry("/account/tokens", "Tokens", Glyph::Lock)}
                </ul>
            </div>
        </nav>
    }
}

/// The head of a page: the way here, its title, and what can be done with it as a whole.
#[component]
pub fn PageHead(
    /// The title.
    #[prop(into)]
    title: String,
    /// What the page is about, in a line.
    #[prop(optional, into)]
    subtitle: String,
    /// The pages above this one: their addresses and titles.
    #[prop(optional)]
    above: Vec<(String, String)>,
    /// What stands beside the title.
    #[prop(optional, into)]
    beside: ViewFnOnce,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="space-y-2">
            {(!above.is_empty()).then(|| {
                let links = above.into_iter().map(|(href, label)| view! {
                    <li class="flex items-center gap-1">
                        <a class="rounded-control hover:text-ink" href=href>{label}</a><Icon glyph=Glyph::Angle class="size-3.5 shrink-0"/>
                    </li>
                });
                view! { <nav aria-label="Breadcrumb"><ol class="flex flex-wrap gap-1 text-sm text-muted">{links.collect_view()}</ol></nav> }
            })}
            <div class="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
                <div class="min-w-0">
                    <div class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
                        <h1 class="text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
                        {beside.run()}
                    </div>
                    {(!subtitle.is_empty()).then(|| view! { <p class="mt-0.5 text-muted">{subtitle}</p> })}
                </div>
                {children.map(|children| view! { <div class="flex flex-wrap items-center gap-2">{children()}</div> })}
            </div>
        </div>
    }
}
