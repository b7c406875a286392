//! The way in: a local account, or the identity provider.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    actions::escape,
    sign_in::SignInMode,
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        icon::{Glyph, Icon},
    },
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
        <Title text="Sign in"/>
        <main class="mx-auto grid min-h-dvh max-w-sm content-center gap-6 px-4 py-12">
            <div class="flex items-center gap-2.5">
                <span class="text-accent"><Icon glyph=Glyph::Slipway class="size-8"/></span>
                <h1 class="text-2xl font-semibold tracking-tight">"Sign in to Slipway"</h1>
            </div>
            {problem.map(|(weight, title)| view! { <Callout weight title/> })}
            {way}
        </main>
    }
}

/// What to say about a sign-in that did not work. Whether the name or the password was wrong is nobody's business.
fn explain(problem: &str) -> Option<(Weight, &'static str)> {
    match problem {
        "wrong" => Some((Weight::Failure, "That name and password do not go together.")),
        "busy" => Some((Weight::Warning, "Too many attempts. Wait a minute, then try again.")),
        "provider" => {
            Some((Weight::Failure, "The identity provider does not answer. Try again in a moment."))
        }
        "expired" => {
            Some((Weight::Warning, "That sign-in took too long or was begun in another browser. Try again."))
        }
        "refused" => Some((Weight::Failure, "The identity provider did not confirm who you are. Try again.")),
        "signed-out" => Some((Weight::Note, "You are signed out.")),
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
    let class = format!("{} w-full justify-center py-2.5", Variant::Primary.classes());
    view! {
        <p class="text-muted">"Your organisation's identity provider will ask who you are."</p>
        <a class=class href=href rel="external">"Sign in with "{provider}</a>
    }
}

#[component]
fn LocalForm(
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let class = format!("{} w-full justify-center py-2.5", Variant::Primary.classes());
    view! {
        <form class="space-y-4" method="post" action="/auth/sign-in">
            <input type="hidden" name="next" value=next/>
            <div class="space-y-1.5">
                <label class="block font-medium" for="name">"Name"</label>
                <input class="input" id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus/>
            </div>
            <div class="space-y-1.5">
                <label class="block font-medium" for="password">"Password"</label>
                <input class="input" id="password" name="password" type="password" autocomplete="current-password" required/>
            </div>
            <button class=class type="submit">"Sign in"</button>
        </form>
        <p class="text-muted">
            "The first account is " <code>"admin"</code> ". Its password was printed where the server was started for the first time."
        </p>
    }
}
