//! The menu of how pages look. A native popover with a form: it needs no scripts.

use crate::t;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

use super::icon::{Glyph, Icon};
use crate::{
    actions::appearance::Appearance,
    language::Language,
    look::{Look, Theme},
    words::language,
};

/// The button and what it opens.
#[component]
pub fn AppearanceMenu() -> impl IntoView {
    let look = use_context::<Look>().unwrap_or_default();
    let here = use_location();
    let (path, search) = (here.pathname.get_untracked(), here.search.get_untracked());
    let search = search.trim_start_matches('?').to_owned();
    let here = if search.is_empty() { path } else { format!("{path}?{search}") };
    let themes = Theme::ALL
        .map(|theme| view! { <Choice name="theme" value=theme.slug() label=label(theme) is_chosen=look.theme == theme/> });
    let of_page = language();
    let languages = Language::ALL.map(|language| {
        view! { <Choice name="language" value=language.tag() label=language.name().to_owned() lang=language.tag() is_chosen=of_page == language/> }
    });
    view! {
        <button class="icon-button" type="button" popovertarget="appearance" aria-label=t!("appearance") title=t!("appearance")>
            <Icon glyph=Glyph::Contrast/>
        </button>
        <div class="menu w-56" id="appearance" popover="auto">
            <form class="space-y-1" method="post" action=Appearance::PATH>
                <input type="hidden" name="next" value=here/>
                <Group title=t!("language") id="appearance-language">{languages.collect_view()}</Group>
                <Group title=t!("theme") id="appearance-theme">{themes.collect_view()}</Group>
                <Group title=t!("motion") id="appearance-motion">
                    <Choice name="motion" value="system" label=t!("as-system") is_chosen=!look.is_still/>
                    <Choice name="motion" value="off" label=t!("off") is_chosen=look.is_still/>
                </Group>
            </form>
        </div>
    }
}

fn label(theme: Theme) -> String {
    match theme {
        Theme::System => t!("as-system"),
        Theme::Light => t!("light"),
        Theme::Dark => t!("dark"),
        Theme::Contrast => t!("contrast"),
    }
}

#[component]
fn Group(
    /// What is chosen.
    title: String,
    /// The id of its title.
    id: &'static str,
    /// The choices.
    children: Children,
) -> impl IntoView {
    view! {
        <div role="group" aria-labelledby=id>
            <p class="px-2 pt-1.5 pb-1 text-xs font-medium text-muted" id=id>{title}</p>
            {children()}
        </div>
    }
}

#[component]
fn Choice(
    /// What is chosen.
    name: &'static str,
    /// What it is set to.
    value: &'static str,
    /// What it is called.
    label: String,
    /// The language of what it is called, where that is not the page's.
    #[prop(optional)]
    lang: Option<&'static str>,
    /// Is it so now?
    is_chosen: bool,
) -> impl IntoView {
    let mark = is_chosen.then(|| view! { <Icon glyph=Glyph::Check class="size-3.5 shrink-0 text-accent"/> });
    let pressed = if is_chosen { "true" } else { "false" };
    view! {
        <button class="menu-item" type="submit" name=name value=value aria-pressed=pressed>
            <span class="flex-1 text-left" lang=lang>{label}</span>{mark}
        </button>
    }
}
