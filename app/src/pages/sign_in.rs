//! The way in: a local account, or the identity provider.

use crate::t;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    sign_in::SignInMode,
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        icon::{Glyph, Icon},
    },
    ways::escape,
};

/// The sign-in page. It is for people who are not known yet, so it has no frame.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let next = query.get("next").unwrap_or_else(|| "/".to_owned());
    let problem = query.get("problem").and_then(|problem| explain(&problem));
    let way = match expect_context::<SignInMode>().provider {
        Some(provider) => view! { <ProviderLink provider next/> }.into_any(),
        None => view! { <LocalForm next/> }.into_any(),
    };
    view! {
        <Title text=t!("sign-in")/>
        <main class="grid min-h-dvh content-center justify-items-center px-4 py-12">
            <div class="w-full max-w-sm space-y-6">
                <div class="space-y-4">
                    <span class="grid size-11 place-items-center rounded-card bg-accent-fill text-on-accent shadow-card">
                        <Icon glyph=Glyph::Slipway class="size-7"/>
                    </span>
                    <h1 class="text-xl font-semibold tracking-tight">{t!("sign-in-to")}</h1>
                </div>
                {problem.map(|(weight, title)| view! { <Callout weight title/> })}
                <div class="card space-y-5 p-5 sm:p-6">{way}</div>
            </div>
        </main>
    }
}

/// What to say about a sign-in that did not work. Whether the name or the password was wrong is nobody's business.
fn explain(problem: &str) -> Option<(Weight, String)> {
    match problem {
        "wrong" => Some((Weight::Failure, t!("sign-in-wrong"))),
        "busy" => Some((Weight::Warning, t!("sign-in-busy"))),
        "provider" => Some((Weight::Failure, t!("sign-in-provider"))),
        "expired" => Some((Weight::Warning, t!("sign-in-expired"))),
        "refused" => Some((Weight::Failure, t!("sign-in-refused"))),
        "signed-out" => Some((Weight::Note, t!("signed-out"))),
        _ => None,
    }
}

#[component]
fn ProviderLink(
    /// What it is called.
    provider: String,
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let href = format!("/auth/login?next={}", escape(&next));
    let class = format!("{} h-9 w-full", Variant::Primary.classes());
    view! {
        <p class="text-muted">{t!("provider-asks")}</p>
        <a class=class href=href rel="external">{t!("sign-in-with", provider = provider)}</a>
    }
}

#[component]
fn LocalForm(
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let class = format!("{} h-9 w-full", Variant::Primary.classes());
    view! {
        <form class="space-y-4" method="post" action="/auth/sign-in">
            <input type="hidden" name="next" value=next/>
            <div class="space-y-1.5">
                <label class="block font-medium" for="name">{t!("name")}</label>
                <input class="input" id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus/>
            </div>
            <div class="space-y-1.5">
                <label class="block font-medium" for="password">{t!("password")}</label>
                <input class="input" id="password" name="password" type="password" autocomplete="current-password" required/>
            </div>
            <button class=class type="submit">{t!("sign-in")}</button>
        </form>
        <p class="border-t border-line pt-4 text-sm text-muted">
            {t!("first-account")}" "<code>"admin"</code>{t!("first-account-more")}
        </p>
    }
}
