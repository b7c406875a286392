//! Live events. Subscribe first, then what is so, then the stream: what comes twice does no harm, because every
//! event carries the whole state of its application and a revision.

mod viewer;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::{FromRequestParts, Query},
    http::{HeaderMap, HeaderName, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{Stream, StreamExt, future, stream};
use serde::Deserialize;
use slipway_domain::{actor::Actor, listing::Wish};
use slipway_store::Origin;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use self::viewer::{Topic, Viewer};
use super::{api::Problem, bearer::Until};
use crate::{
    auth::{Keeper, Pass},
    desk::Office,
    web::measure,
};

/// Ends all streams when the server ends: they would keep it from ending by themselves.
#[derive(Clone)]
pub struct Stop(pub CancellationToken);

/// What of all events somebody wants.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Interest {
    /// Only those of the application with this `id`.
    of: String,
    /// Only those of the rows that this page of Application instances shows: the part of its address behind the `?`.
    /// An event `board` tells of all other changes, without saying what has changed.
    list: Option<String>,
    /// Instead of how all stands, only what has changed since this revision. Whoever connects again says so with
    /// `Last-Event-ID`, as browsers do by themselves.
    since: Option<i64>,
}

impl Interest {
    fn topic(&self) -> Topic {
        if !self.of.is_empty() {
            return Topic::One(self.of.parse().ok());
        }
        match &self.list {
            Some(query) => {
                let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
                let value = |name: &str| pairs.iter().find(|(known, _)| known == name);
                Topic::List(Wish::parse(|name| value(name).map(|(_, value)| value.to_string())))
            }
            None => Topic::All,
        }
    }
}

/// Live events: `snapshot` first, or what has changed since a revision, then one `application` for each change, each
/// whole and with a revision.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "streamEvents", tag = "events", params(Interest),
    responses((status = 200, description = "Server-sent events")))]
pub async fn events(
    Extension(office): Extension<Arc<Office>>,
    Extension(Stop(stop)): Extension<Stop>,
    Extension(keeper): Extension<Arc<Keeper>>,
    Extension(actor): Extension<Actor>,
    Extension(origin): Extension<Origin>,
    Query(interest): Query<Interest>,
    stay: Stay,
) -> Response {
    if let Err(error) = office.sees_any(&actor) {
        office.desk(actor, origin).tell("read-applications", "", "refused: SLW_FORBIDDEN").await;
        return Problem::from(error).into_response();
    }
    let counted = measure::Viewer::comes();
    let since = stay.heard.or(interest.since);
    let viewer = Viewer::new(Arc::clone(&office.board), actor, interest.topic(), since);
    let events = told(viewer)
        .inspect(move |_| _ = &counted)
        .take_until(stop.cancelled_owned())
        // A stream asks once and is answered for hours.
        .take_until(Box::pin(over(keeper, stay)));
    let head = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        // Proxies that collect an answer before they pass it on would never pass this one on.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (head, Body::from_stream(events.map(Ok::<_, Infallible>))).into_response()
}

fn last_event(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}

fn told(mut viewer: Viewer) -> impl Stream<Item = Bytes> {
    // Before anything is read.
    let news = BroadcastStream::new(viewer.subscribe());
    let first = viewer.first();
    let later = news.filter_map(move |news| future::ready(viewer.next(news.ok())));
    stream::once(future::ready(first)).chain(later)
}

/// With what somebody came in who is answered for hours, and what they had heard before.
pub struct Stay {
    heard: Option<i64>,
    pass: Option<Pass>,
    until: Option<Until>,
}

impl<S: Send + Sync> FromRequestParts<S> for Stay {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let heard = last_event(&parts.headers);
        Ok(Self { heard, pass: parts.extensions.get().cloned(), until: parts.extensions.get().copied() })
    }
}

/// Comes back when the visit, or the token of a program, is over.
pub async fn over(keeper: Arc<Keeper>, stay: Stay) {
    match stay {
        Stay { pass: Some(pass), .. } => keeper.until_over(&pass).await,
        Stay { until: Some(Until(until)), .. } => {
            let left = until.duration_since(keeper.clock.now());
            tokio::time::sleep(left.try_into().unwrap_or_default()).await;
        }
        Stay { .. } => future::pending().await,
    }
}
