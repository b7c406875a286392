//! What is around the content of every page: navigation, the person, banners.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use slipway_domain::{actor::Actor, people::People, permission::Action, status::Status};

use super::{
    finder::PaletteDialog,
    icon::{Glyph, Icon},
    time::ago,
    top::TopBar,
};
use crate::{
    desk::SharedDesk,
    islands::copy::Copying,
    language::Language,
    t,
    words::{Word, language},
};

/// The frame of a page for somebody who is signed in.
#[component]
pub fn Frame(
    /// The content.
    children: Children,
) -> impl IntoView {
    let around = expect_context::<SharedDesk>().surroundings();
    let may = around.sees_any;
    let stale = around.stale_since.map(|since| {
        let (clock, age) = (since.strftime("%H:%M UTC").to_string(), ago(since, around.now));
        t!("cluster-out-of-reach", clock = clock, age = age)
    });
    let stale = stale.or_else(|| around.is_reading.then(|| t!("reading-cluster").to_owned()));
    let actor = around.actor;
    view! {
        <a class="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-control focus:bg-accent-fill focus:px-3 focus:py-2 focus:text-on-accent" href="#main">
            {t!("skip")}
        </a>
        <div class="lg:grid lg:min-h-dvh lg:grid-cols-[15.5rem_minmax(0,1fr)] lg:grid-rows-[auto_minmax(0,1fr)]">
            <header class="contents">
                <div class="side sticky top-0 row-span-2 hidden h-dvh flex-col gap-5 border-r border-line bg-side px-3 py-2 lg:flex">
                    <Brand/>
                    {may.then(|| view! { <Navigation actor=actor.clone()/> })}
                </div>
                <TopBar actor may/>
            </header>
            <div class="min-w-0">
                {around.sandbox.then(|| view! {
                    <Banner glyph=Glyph::Flask class="flex items-start gap-2.5 border-b border-line bg-accent-soft px-4 py-2 text-sm sm:px-8" icon="mt-0.5 size-4 shrink-0 text-accent">
                        <strong class="font-semibold">{t!("sandbox")}</strong>
                        <span class="text-muted">" "{t!("sandbox-more")}</span>
                    </Banner>
                })}
                <div id="cluster" data-live="">
                    {stale.map(|text| view! {
                        <Banner glyph=Glyph::Unplugged class="flex items-start gap-2.5 border-b border-doubt/30 bg-doubt-soft px-4 py-2 text-sm sm:px-8" icon="mt-0.5 size-4 shrink-0 text-doubt-ink">
                            {text}
                        </Banner>
                    })}
                </div>
                <main id="main" class="mx-auto max-w-6xl space-y-6 px-4 pt-6 pb-20 sm:px-8 lg:pt-8" tabindex="-1">{children()}</main>
                {may.then(|| view! { <PaletteDialog/> })}
                <span class="contents" id="words" data-copied=t!("copied") data-statuses=status_words()><Copying/></span>
            </div>
        </div>
        <Lost/>
    }
}

/// That what moves does not move any more. Whatever follows live events shows it while there are none.
#[component]
fn Lost() -> impl IntoView {
    view! {
        <div class="pointer-events-none fixed inset-x-4 bottom-4 z-40 flex justify-center" role="status">
            <p class="notice pointer-events-auto flex items-start gap-2.5 rounded-card border border-doubt/35 bg-doubt-soft px-4 py-2.5 text-sm shadow-card [&[hidden]]:hidden" id="lost" hidden>
                <Icon glyph=Glyph::Unplugged class="mt-0.5 size-4 shrink-0 text-doubt-ink"/>
                <span><strong class="font-semibold">{t!("lost")}</strong>" "{t!("lost-old")}" "<span class="tabular-nums" id="lost-since"></span>" "{t!("lost-clock")}</span>
            </p>
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

/// The words on badges for those that move, where they are not the English ones, which are known to them.
fn status_words() -> Option<String> {
    let words = Status::ALL.map(|status| format!("{}={}", status.label(), status.word()));
    (language() != Language::English).then(|| words.join("|"))
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

/// The pages of the section.
#[component]
pub fn Navigation(
    /// Who is signed in.
    actor: Actor,
) -> impl IntoView {
    let may = |action| actor.may(action, &People::NOBODY).is_ok();
    let path = use_location().pathname.get_untracked();
    let entry = |href: &'static str, label: String, glyph: Glyph| {
        let here = if href == "/" { path == "/" } else { path.starts_with(href) };
        let (class, icon) = if here {
            (
                "entry flex h-8 items-center gap-2.5 rounded-control bg-raised px-2 text-sm font-medium text-ink",
                "size-4 shrink-0 text-accent",
            )
        } else {
            (
                "entry flex h-8 items-center gap-2.5 rounded-control px-2 text-sm text-muted transition-colors hover:bg-raised hover:text-ink",
                "size-4 shrink-0",
            )
        };
        view! { <li><a class=class href=href aria-current=here.then_some("page")><Icon glyph class=icon/>{label}</a></li> }
    };
    view! {
        <nav class="space-y-5" aria-label=t!("devops")>
            <ul class="space-y-0.5">{entry("/", t!("overview"), Glyph::Overview)}</ul>
            <div>
                <p class="mb-1.5 px-2 text-xs font-medium text-muted">{t!("devops")}</p>
                <ul class="space-y-0.5">
                    {may(Action::ReadReleases).then(|| entry("/devops/releases", t!("releases"), Glyph::Releases))}
                    {entry("/devops/instances", t!("instances"), Glyph::Instances)}
                    {may(Action::ReadAudit).then(|| entry("/audit", t!("audit"), Glyph::Note))}
                    {may(Action::ReadSystem).then(|| entry("/system", t!("system"), Glyph::System))}
                    {entry("/account/tokens", t!("tokens"), Glyph::Lock)}
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
                view! { <nav aria-label=t!("breadcrumb")><ol class="flex flex-wrap gap-1 text-sm text-muted">{links.collect_view()}</ol></nav> }
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
