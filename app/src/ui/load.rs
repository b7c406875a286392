//! Asks the desk for what a page shows, and shows it, or what went wrong instead.

use std::{future::Future, sync::Arc};

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    button::Variant,
    frame::Frame,
    icon::{Glyph, Icon},
};
use crate::{
    answer::{answer, status_of},
    desk::{DeskError, SharedDesk},
};

/// A page whose content comes from the desk. `ask` asks it, `show` shows the answer.
pub fn load<T, A, R, S, V>(title: impl Into<String>, ask: A, show: S) -> AnyView
where
    T: Send + 'static,
    A: Fn(SharedDesk) -> R + Send + Sync + 'static,
    R: Future<Output = Result<T, DeskError>> + Send + 'static,
    S: Fn(T) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let desk = expect_context::<SharedDesk>();
    let (ask, show, title) = (Arc::new(ask), Arc::new(show), title.into());
    view! {
        <Title text=title.clone()/>
        <Frame>
            <Suspense>
                {move || {
                    let (asked, show, title) = (ask(desk.clone()), show.clone(), title.clone());
                    let answer = answer();
                    Suspend::new(async move {
                        match asked.await {
                            Ok(answer) => show(answer).into_any(),
                            Err(error) => {
                                answer.status(status_of(&error));
                                view! { <Problem title error/> }.into_any()
                            }
                        }
                    })
                }}
            </Suspense>
        </Frame>
    }
    .into_any()
}

/// What the desk said instead of an answer.
#[component]
fn Problem(
    /// What the page would have been.
    title: String,
    /// What the desk said.
    error: DeskError,
) -> impl IntoView {
    let told = error.to_string();
    let (heading, glyph) = match error {
        DeskError::Forbidden { .. } => ("You may not see this".to_owned(), Glyph::Lock),
        DeskError::NotFound { .. } => ("Not found".to_owned(), Glyph::Question),
        DeskError::Unavailable { .. } => (format!("{title} cannot be shown right now"), Glyph::Unplugged),
        _ => (title, Glyph::Warning),
    };
    view! { <Instead glyph heading told/> }
}

/// A page that could not be shown: what it is about, why, and the way on.
#[component]
pub fn Instead(
    /// The icon.
    glyph: Glyph,
    /// What happened.
    #[prop(into)]
    heading: String,
    /// Why, and what to do.
    #[prop(into)]
    told: String,
) -> impl IntoView {
    view! {
        <div class="mx-auto grid max-w-lg justify-items-center gap-2 py-16 text-center sm:py-24">
            <span class="mb-2 grid size-11 place-items-center rounded-card border border-line bg-surface text-muted shadow-card">
                <Icon glyph class="size-5"/>
            </span>
            <h1 class="text-xl font-semibold tracking-tight">{heading}</h1>
            <p class="text-muted wrap-anywhere">{told}</p>
            <p class="mt-4"><a class=Variant::Quiet.classes() href="/">"Go to the start page"</a></p>
        </div>
    }
}
