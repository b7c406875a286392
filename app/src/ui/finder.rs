//! The way to everything: a field in the bar above every page, which is a plain form, and the palette that the keys
//! Ctrl and K open where there are scripts. What it finds comes from the page of the field.

use crate::t;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::islands::palette::Palette;

/// The field.
#[component]
pub fn FindField() -> impl IntoView {
    view! {
        <form class="relative hidden w-full max-w-md min-w-0 sm:block" method="get" action="/devops/search" role="search" aria-label=t!("everywhere")>
            <span class="pointer-events-none absolute inset-y-0 left-2.5 grid place-items-center text-muted"><Icon glyph=Glyph::Search class="size-3.5 shrink-0"/></span>
            <input class="input find" type="search" name="q" aria-label=t!("find") placeholder=t!("find-or-do") autocomplete="off" spellcheck="false" data-palette=""/>
            <kbd class="palette-key" aria-hidden="true">{t!("keys")}</kbd>
        </form>
        <a class="icon-button sm:hidden" href="/devops/search" aria-label=t!("find") title=t!("find") data-palette=""><Icon glyph=Glyph::Search/></a>
    }
}

/// The palette. Closed until something listens to the keys.
#[component]
pub fn PaletteDialog() -> impl IntoView {
    view! {
        <dialog class="palette" id="palette" aria-label=t!("find-or-do")>
            <form class="relative border-b border-line" method="get" action="/devops/search">
                <span class="pointer-events-none absolute inset-y-0 left-3.5 grid place-items-center text-muted"><Icon glyph=Glyph::Search/></span>
                <input class="palette-input" id="palette-input" type="text" name="q" role="combobox" aria-expanded="false" aria-controls="palette-list"
                    aria-autocomplete="list" aria-label=t!("find") placeholder=t!("what-to-find")
                    autocomplete="off" autocapitalize="none" spellcheck="false" autofocus/>
            </form>
            <div class="palette-list" id="palette-list" role="listbox" aria-label=t!("results") hidden></div>
            <div class="flex items-center justify-between gap-3 border-t border-line px-3.5 py-2 text-xs text-muted">
                <p role="status" id="palette-told"></p>
                <button class="rounded-control px-1.5 py-0.5 hover:bg-raised hover:text-ink" type="button" id="palette-close">{t!("close")}</button>
            </div>
        </dialog>
        <Palette/>
    }
}
