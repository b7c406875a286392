//! The pages of the console on a made-up desk. The first label of the host name chooses the scene.

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, header},
};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use slipway_app::{
    App,
    answer::{Answer, SharedAnswer},
    desk::SharedDesk,
    shell,
    sign_in::SignInMode,
};
use slipway_domain::status::Status;

use super::desk::{Scene, Staged};

struct PageAnswer;

impl Answer for PageAnswer {
    fn status(&self, code: u16) {
        if let (Some(response), Ok(code)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(code)) {
            response.set_status(code);
        }
    }

    fn redirect(&self, place: &str) {
        leptos_axum::redirect(place);
    }
}

/// All pages; the application `webshop` is in that status.
pub fn pages(webshop: impl Fn() -> Status + Clone + Send + Sync + 'static) -> Router {
    let options = LeptosOptions::builder().output_name("slipway").build();
    let context = move || {
        let host = use_context::<http::request::Parts>()
            .and_then(|parts| parts.headers.get(header::HOST)?.to_str().ok().map(str::to_owned))
            .unwrap_or_default();
        let scene = host.split('.').next().unwrap_or_default();
        provide_context(SignInMode { provider: (scene != "empty").then(|| "Keycloak".to_owned()) });
        provide_context::<SharedAnswer>(Arc::new(PageAnswer));
        provide_context::<SharedDesk>(Arc::new(Staged { scene: Scene::named(scene), webshop: webshop() }));
    };
    let document = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let not_found = leptos_axum::render_app_async_with_context(context.clone(), document.clone());
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), context, document)
        .fallback(not_found)
        .with_state(options)
}
