//! The bar above every page: the way to everything on a small screen, how pages look, and the person.

use crate::t;
use leptos::prelude::*;
use slipway_domain::actor::Actor;

use super::{
    appearance::AppearanceMenu,
    finder::FindField,
    frame::{Mark, Navigation},
    icon::{Glyph, Icon},
};

/// The bar.
#[component]
pub fn TopBar(
    /// Who is signed in.
    actor: Actor,
    /// May they use the section?
    may: bool,
) -> impl IntoView {
    view! {
        <div class="top sticky top-0 z-30 col-start-1 flex h-12 items-center gap-2 border-b border-line bg-canvas px-3 sm:px-8 lg:col-start-2">
            <div class="flex items-center gap-1 lg:hidden">
                {may.then(|| view! {
                    <button class="icon-button" type="button" popovertarget="menu" aria-label=t!("menu") title=t!("menu")><Icon glyph=Glyph::Menu/></button>
                    <div class="menu menu-wide" id="menu" popover="auto"><Navigation actor=actor.clone()/></div>
                })}
                <a class="rounded-control px-1" href="/"><Mark/></a>
            </div>
            {may.then(|| view! { <FindField/> })}
            <div class="ml-auto flex min-w-0 items-center gap-1 sm:shrink-0"><AppearanceMenu/><Person actor/></div>
        </div>
    }
}

#[component]
fn Person(
    /// Who is signed in.
    actor: Actor,
) -> impl IntoView {
    let initials = actor.initials();
    view! {
        <a class="flex min-w-0 items-center gap-2 rounded-control px-1.5 py-1 text-sm hover:bg-raised" href="/account">
            <span class="grid size-6 shrink-0 place-items-center rounded-full bg-raised text-xs font-semibold text-muted" aria-hidden="true">{initials}</span>
            <span class="max-w-36 truncate max-sm:sr-only">{actor.name}</span>
        </a>
        <form method="post" action="/auth/sign-out">
            <button class="rounded-control px-1.5 py-1 text-sm whitespace-nowrap text-muted hover:bg-raised hover:text-ink" type="submit">{t!("sign-out")}</button>
        </form>
    }
}
