//! Asks the desk for what a page shows, and shows it, or what went wrong instead.

use std::future::Future;

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    button::Variant,
    copy::Copy,
    frame::Frame,
    icon::{Glyph, Icon},
};
use crate::{
    answer::{answer, status_of},
    desk::{DeskError, SharedDesk},
    t,
    words::told,
};

/// A page whose content comes from the desk. `ask` asks it, once; `show` shows the answer.
pub fn load<T, A, R, S, V>(title: impl Into<String>, ask: A, show: S) -> AnyView
where
    T: Send + 'static,
    A: FnOnce(SharedDesk) -> R,
    R: Future<Output = Result<T, DeskError>> + Send + 'static,
    S: FnOnce(T) -> V + Send + 'static,
    V: IntoView + 'static,
{
    let (title, answer) = (title.into(), answer());
    let asked = ask(expect_context::<SharedDesk>());
    view! {
        <Title text=title.clone()/>
        <Frame>
            // Not a closure around it, which would be called twice and ask twice.
            <Suspense>
                {Suspend::new(async move {
                    match asked.await {
                        Ok(answer) => show(answer).into_any(),
                        Err(error) => {
                            answer.status(status_of(&error));
                            view! { <Problem title error/> }.into_any()
                        }
                    }
                })}
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
    let why = told(error.to_string());
    let (heading, glyph) = match error {
        DeskError::Forbidden { .. } => (t!("may-not-see"), Glyph::Lock),
        DeskError::NotFound { .. } => (t!("not-found"), Glyph::Question),
        DeskError::Unavailable { .. } => (t!("not-right-now", title = title), Glyph::Unplugged),
        _ => (title, Glyph::Warning),
    };
    let request = answer().request();
    view! { <Instead glyph heading told=why><Number request/></Instead> }
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
    /// What else there is to say.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="mx-auto grid max-w-lg justify-items-center gap-2 py-16 text-center sm:py-24">
            <span class="mb-2 grid size-11 place-items-center rounded-card border border-line bg-surface text-muted shadow-card">
                <Icon glyph class="size-5"/>
            </span>
            <h1 class="text-xl font-semibold tracking-tight">{heading}</h1>
            <p class="text-muted wrap-anywhere">{told}</p>
            <p class="mt-4"><a class=Variant::Quiet.classes() href="/">{t!("to-start")}</a></p>
            {children.map(|children| children())}
        </div>
    }
}

/// The number under which the log has the request.
#[component]
pub fn Number(
    /// The number.
    request: String,
) -> impl IntoView {
    view! {
        <p class="mt-4 flex flex-wrap items-center justify-center gap-x-1.5 text-xs text-muted">
            {t!("request")}" "<code class="select-all">{request.clone()}</code><Copy text=request what=t!("number-of-request")/>
        </p>
    }
}
