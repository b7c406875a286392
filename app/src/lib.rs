//! What a person sees. Pages are plain documents that the server renders: links and forms that work without
//! JavaScript. Islands make them nicer. The backend is reached through [`desk::Desk`] alone.

// A view of a page is one long expression; its type is as long.
#![recursion_limit = "256"]

pub mod access;
pub mod actions;
pub mod answer;
pub mod desk;
pub mod examples;
pub mod islands;
pub mod kept;
pub mod language;
pub mod look;
pub mod pages;
pub mod search;
pub mod sign_in;
pub mod together;
pub mod ui;
pub mod ways;
pub mod wizard;
pub mod words;

use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::look::Look;
use crate::pages::{
    account::AccountPage,
    audit::AuditPage,
    deploy::{DeployPage, UpdatePage},
    home::HomePage,
    instance::{
        AccessPage, ComponentsPage, ConfigurationPage, EventsPage, HistoryPage, InstancePage, LogsPage,
    },
    instances::{InstancesPage, TogetherPage},
    kit::KitPage,
    not_found::NotFoundPage,
    operation::OperationPage,
    project::ProjectPage,
    releases::ReleasesPage,
    search::SearchPage,
    sign_in::SignInPage,
    system::SystemPage,
    tokens::TokensPage,
    undeploy::UndeployPage,
};

/// Islands come to life when the browser has nothing else to do, which on a busy machine may be never; so, soon.
const SOON: &str = "{const idle=window.requestIdleCallback;\
    if(idle)window.requestIdleCallback=(done)=>idle(done,{timeout:200})}";

/// The document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let look = use_context::<Look>().unwrap_or_default();
    let asset = |name: &str| format!("/{}/{name}", options.site_pkg_dir);
    view! {
        <!DOCTYPE html>
        <html lang=words::language().tag() data-theme=look.data_theme() data-motion=look.data_motion()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=look.theme.schemes()/>
                <link rel="icon" href=asset("icon.svg") type="image/svg+xml"/>
                <link rel="stylesheet" href=asset("slipway.css")/>
                // Painted when it is whole: the columns of half a table are not those of the table.
                <link rel="expect" href="#end" blocking="render"/>
                <script nonce=use_nonce()>{SOON}</script>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <span id="end"></span>
            </body>
        </html>
    }
}

/// All pages. Each is complete before it is sent, because without JavaScript nothing could be filled in later.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|text: String| if text.is_empty() { "Slipway".to_owned() } else { format!("{text} · Slipway") }/>
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async/>
                <Route path=path!("/ui") view=KitPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/account/tokens") view=TokensPage ssr=SsrMode::Async/>
                <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async/>
                <Route path=path!("/system") view=SystemPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/search") view=SearchPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/releases") view=ReleasesPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/releases/:project") view=ProjectPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/releases/:project/deploy") view=DeployPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/releases/:project/deploy/:step") view=DeployPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances") view=InstancesPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/undeploy") view=TogetherPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name") view=InstancePage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/components") view=ComponentsPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/logs") view=LogsPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/events") view=EventsPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/history") view=HistoryPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/configuration") view=ConfigurationPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/access") view=AccessPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/update") view=UpdatePage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/update/:step") view=UpdatePage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/operations/:id") view=OperationPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/undeploy") view=UndeployPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
