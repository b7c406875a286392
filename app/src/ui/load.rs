//! Asks the desk for what a page shows, and shows it, or what went wrong instead.

use std::{future::Future, sync::Arc};

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    callout::{Callout, Weight},
    frame::Frame,
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
    let (heading, weight) = match &error {
        DeskError::Forbidden { .. } => ("You may not see this".to_owned(), Weight::Warning),
        DeskError::NotFound { .. } => ("Not found".to_owned(), Weight::Note),
        DeskError::Unavailable { .. } => (format!("{title} cannot be shown right now"), Weight::Failure),
        _ => (title, Weight::Failure),
    };
    let told = error.to_string();
    view! {
        <h1 class="page-title">{heading}</h1>
        <Callout weight title=told>
            <p><a class="link" href="/">"Go to the start page"</a></p>
        </Callout>
    }
}
