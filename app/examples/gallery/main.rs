//! Every page in every state, without a cluster, a database or a session: the way to look at a change of the
//! interface. `make build` once for the assets, then
//!
//! ```sh
//! cargo run -p slipway-app --features ssr --example gallery
//! ```
//!
//! and open `http://full.localhost:3999`; other scenes are `empty`, `stale`, `outage` and `forbidden` in place of
//! `full`. `/next` lets the application `webshop` go one status further, seen live by whatever page is open.

mod desk;
mod stage;

use std::{convert::Infallible, path::Path as FilePath};

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Sse, sse::Event},
    routing::get,
};
use desk::{Scene, Staged};
use futures::{Stream, StreamExt, stream};
use slipway_app::desk::Desk;
use slipway_domain::status::Status;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

/// The statuses that `webshop` goes through, over and over.
const LIFE: [Status; 5] =
    [Status::CreateApp, Status::ImageBuild, Status::DeployStarted, Status::Pending, Status::Running];

#[tokio::main]
async fn main() -> std::io::Result<()> {
    // How far `webshop` is, and who wants to know.
    let told = watch::Sender::new(3);
    let (now, next, live) = (told.clone(), told.clone(), told);
    let router = stage::pages(move || LIFE[*now.borrow() % LIFE.len()])
        .route("/pkg/{file}", get(asset))
        .route(
            "/next",
            get(move || async move {
                next.send_modify(|step| *step += 1);
                "one step further"
            }),
        )
        .route("/api/v1/events", get(move || async move { Sse::new(events(&live)) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3999").await?;
    println!("http://full.localhost:3999");
    axum::serve(listener, router).await
}

fn events(told: &watch::Sender<usize>) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let steps = WatchStream::new(told.subscribe());
    stream::iter([Event::default().comment("the gallery")]).map(Ok).chain(steps.then(|step| async move {
        let desk = Staged { scene: Scene::Full, webshop: LIFE[step % LIFE.len()] };
        let live = desk.instances().await.map(|view| view.live).unwrap_or_default();
        let webshop = live.into_iter().next().map(|mut application| {
            application.revision += i64::try_from(step).unwrap_or_default();
            application
        });
        let event = Event::default().event("application").json_data(webshop);
        Ok(event.unwrap_or_else(|_| Event::default().comment("nothing")))
    }))
}

async fn asset(Path(file): Path<String>) -> impl IntoResponse {
    let folder = FilePath::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site/pkg"));
    let kind = match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match tokio::fs::read(folder.join(&file)).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
