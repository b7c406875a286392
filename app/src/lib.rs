//! What a person sees. Pages are plain documents that the server renders: links and forms that work without
//! JavaScript. Islands make them nicer. The backend is reached through [`desk::Desk`] alone.

// A view of a page is one long expression; its type is as long.
#![recursion_limit = "256"]

pub mod actions;
pub mod answer;
pub mod desk;
pub mod islands;
pub mod pages;
pub mod sign_in;
pub mod ui;
pub mod ways;

use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::pages::{
    account::AccountPage,
    audit::AuditPage,
    deploy::{DeployPage, UpdatePage},
    home::HomePage,
    instance::InstancePage,
    instances::InstancesPage,
    not_found::NotFoundPage,
    operation::OperationPage,
    releases::ReleasesPage,
    sign_in::SignInPage,
    tokens::TokensPage,
    undeploy::UndeployPage,
};

/// The document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/pkg/icon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/slipway.css"/>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
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
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/account/tokens") view=TokensPage ssr=SsrMode::Async/>
                <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/releases") view=ReleasesPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/releases/:project/deploy") view=DeployPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances") view=InstancesPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name") view=InstancePage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/update") view=UpdatePage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/operations/:id") view=OperationPage ssr=SsrMode::Async/>
                <Route path=path!("/devops/instances/:name/undeploy") view=UndeployPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
