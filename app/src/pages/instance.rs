//! One application, on pages of its own that are tabs of one another: how it stands and why, what it consists of,
//! what it says, what was done to it.

mod access;
mod components;
mod configuration;
mod ends;
mod events;
mod head;
mod history;
mod images;
mod leftovers;
mod logs;
mod overview;
mod programs;
mod secrets;
mod timeline;

pub use self::{
    access::AccessPage, components::ComponentsPage, configuration::ConfigurationPage, events::EventsPage,
    history::HistoryPage, logs::LogsPage, overview::InstancePage,
};

use std::future::Future;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use slipway_domain::names::ApplicationName;

use self::head::{Head, Tab};
use crate::{
    desk::{ApplicationView, DeskError, SharedDesk},
    ui::load::load,
    words::Word,
};

/// One of the tabs. `more` asks for what only this one needs, `show` shows it below the head.
fn tab<M, A, R, S>(tab: Tab, more: A, show: S) -> AnyView
where
    M: Send + 'static,
    A: FnOnce(SharedDesk, ApplicationName, ApplicationView) -> R + Send + 'static,
    R: Future<Output = Result<(ApplicationView, M), DeskError>> + Send + 'static,
    S: FnOnce(ApplicationView, M) -> AnyView + Send + 'static,
{
    let name = use_params_map().with_untracked(|params| params.get("name").unwrap_or_default());
    let title = match tab {
        Tab::Overview => name.clone(),
        tab => crate::t!("and-more", first = &name, second = tab.word()),
    };
    let ask = |desk: SharedDesk| async move {
        let name = crate::ways::parsed(&name)?;
        let view = desk.application(&name).await?;
        more(desk, name, view).await
    };
    load(title, ask, move |(view, more)| {
        let head = view.clone();
        view! {
            <Head view=head tab/>
            {show(view, more)}
        }
    })
}
