//! The pages and server functions of the app, with what they find in their context.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use axum::{Router, middleware, response::Redirect, routing::get};
use http::request::Parts;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use slipway_app::{
    App,
    answer::{Answer, SharedAnswer},
    desk::SharedDesk,
    kept::{Key, SharedKept},
    language::Language,
    look::Look,
    pages::kit::Development,
    search::Recent,
    shell,
    sign_in::SignInMode,
};
use slipway_store::Origin;

use super::{
    assets::FOLDER,
    documents::{self, Documents},
    shelf::Shelf,
};

/// The settings of the framework, compiled in; a file of the same name in the working directory replaces them.
const LEPTOS_TOML: &str = include_str!("../../../Leptos.toml");

/// All pages.
pub fn routes(sign_in: SignInMode, development: Development, is_tls: bool) -> Result<Router, String> {
    let mut options = leptos_options()?;
    options.site_pkg_dir = FOLDER.as_str().into();
    let provider = sign_in.provider.clone().unwrap_or_default();
    let shelf: SharedKept = Arc::new(Shelf::<Key, OnceLock<Arc<str>>>::default());
    let context = move || {
        protect(&provider);
        provide_context(sign_in.clone());
        provide_context(Arc::clone(&shelf));
        provide_context(development);
        let Some(parts) = use_context::<Parts>() else { return };
        let origin = parts.extensions.get::<Origin>();
        let request = origin.map(|origin| origin.request.clone()).unwrap_or_default();
        provide_context::<SharedAnswer>(Arc::new(PageAnswer { is_tls, request }));
        provide_context(look(&parts.headers));
        provide_context(language(&parts.headers));
        provide_context(Recent::of_cookies(&cookies(&parts.headers)));
        if let Some(desk) = parts.extensions.get::<SharedDesk>() {
            provide_context(desk.clone());
        }
    };
    let document = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let not_found = leptos_axum::render_app_async_with_context(context.clone(), document.clone());
    let router = Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), context, document)
        // What the original's documentation calls the list.
        .route("/devops/definitions", get(|| async { Redirect::permanent("/devops/releases") }))
        .route("/devops", get(|| async { Redirect::permanent("/devops/releases") }))
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(Arc::<Documents>::default(), documents::keep))
        .with_state(options);
    Ok(router)
}

/// What a page may load and do: its own scripts, those inline with this answer's number, and nothing from elsewhere.
/// Signing out leads to the identity provider, and browsers count that as where the form goes.
fn protect(provider: &str) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self' {provider}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = http::HeaderValue::from_str(&policy) {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn leptos_options() -> Result<LeptosOptions, String> {
    let file = Path::new("Leptos.toml");
    let read = if file.exists() {
        get_configuration(Some("Leptos.toml")).map(|file| file.leptos_options)
    } else {
        leptos::config::get_config_from_str(LEPTOS_TOML)
    };
    read.map_err(|error| format!("Leptos.toml cannot be used: {error}"))
}

/// What the person at this browser has chosen.
pub(super) fn look(headers: &http::HeaderMap) -> Look {
    Look::of_cookies(&cookies(headers))
}

/// The language that they chose, or that their browser asks for.
pub(super) fn language(headers: &http::HeaderMap) -> Language {
    let asked = headers.get(http::header::ACCEPT_LANGUAGE).and_then(|asked| asked.to_str().ok());
    look(headers).language.or(asked.and_then(Language::of_header)).unwrap_or_default()
}

fn cookies(headers: &http::HeaderMap) -> String {
    let cookies = headers.get_all(http::header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    cookies.collect::<Vec<_>>().join("; ")
}

/// The head of a page's answer.
struct PageAnswer {
    /// Do browsers reach the console over TLS?
    is_tls: bool,
    /// The number of the request.
    request: String,
}

impl Answer for PageAnswer {
    fn status(&self, code: u16) {
        if let (Some(response), Ok(code)) =
            (use_context::<ResponseOptions>(), http::StatusCode::from_u16(code))
        {
            response.set_status(code);
        }
    }

    fn redirect(&self, place: &str) {
        leptos_axum::redirect(place);
    }

    fn request(&self) -> String {
        self.request.clone()
    }

    fn keep(&self, name: &'static str, value: &str) {
        let secure = if self.is_tls { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}");
        if let (Some(response), Ok(cookie)) =
            (use_context::<ResponseOptions>(), http::HeaderValue::from_str(&cookie))
        {
            response.append_header(http::header::SET_COOKIE, cookie);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leptos_toml_says_the_same_as_cargo_toml() {
        let parse = |text: &str| toml::from_str::<toml::Table>(text).unwrap();
        let of_leptos = parse(LEPTOS_TOML)["workspace"]["metadata"]["leptos"].clone();
        let of_cargo = parse(include_str!("../../../Cargo.toml"))["workspace"]["metadata"]["leptos"].clone();
        assert_eq!(of_leptos, of_cargo);
    }

    #[test]
    fn the_server_reads_leptos_toml() {
        let options = leptos::config::get_config_from_str(LEPTOS_TOML).unwrap();
        assert_eq!((&*options.output_name, &*options.site_pkg_dir), ("slipway", "pkg"));
    }
}
