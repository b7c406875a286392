//! The way in: a local account, or the identity provider.

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
        <Title text="Sign in"/>
        <main class="grid min-h-dvh content-center justify-items-center px-4 py-12">
            <div class="w-full max-w-sm space-y-6">
                <div class="space-y-4">
                    <span class="grid size-11 place-items-center rounded-card bg-accent-fill text-on-accent shadow-card">
                        <Icon glyph=Glyph::Slipway class="size-7"/>
                    </span>
                    <h1 class="text-xl font-semibold tracking-tight">"Sign in to Slipway"</h1>
                </div>
                {problem.map(|(weight, title)| view! { <Callout weight title/> })}
                <div class="card space-y-5 p-5 sm:p-6">{way}</div>
            </div>
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
    let class = format!("{} h-9 w-full", Variant::Primary.classes());
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
    let class = format!("{} h-9 w-full", Variant::Primary.classes());
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
        <p class="border-t border-line pt-4 text-sm text-muted">
            "The first account is " <code>"admin"</code> ". Its password was printed where the server was started for the first time."
        </p>
    }
}
