//! Live events. Subscribe first, then the snapshot, then the stream: what comes twice does no harm, because every
//! event carries the whole state of its application and a revision.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension,
    extract::FromRequestParts,
    http::request::Parts,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, StreamExt, stream};
use slipway_domain::{actor::Actor, permission::Action};
use slipway_store::Origin;
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};
use tokio_util::sync::CancellationToken;

use super::{api::Problem, bearer::Until};
use crate::{
    auth::{Keeper, Pass},
    board::Board,
    desk::Office,
    web::measure::Viewer,
};

/// Ends all streams when the server ends: they would keep it from ending by themselves.
#[derive(Clone)]
pub struct Stop(pub CancellationToken);

/// Live events: `snapshot` first, then one `application` for each change, each whole and with a revision.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "streamEvents", tag = "events",
    responses((status = 200, description = "Server-sent events")))]
pub async fn events(
    Extension(office): Extension<Arc<Office>>,
    Extension(Stop(stop)): Extension<Stop>,
    Extension(keeper): Extension<Arc<Keeper>>,
    Extension(actor): Extension<Actor>,
    Extension(origin): Extension<Origin>,
    stay: Stay,
) -> Response {
    if let Err(error) = office.sees_any(&actor) {
        office.desk(actor, origin).tell("read-applications", "", "refused: SLW_FORBIDDEN").await;
        return Problem::from(error).into_response();
    }
    let viewer = Viewer::comes();
    let events = all(Arc::clone(&office.board), actor)
        .inspect(move |_| _ = &viewer)
        .take_until(stop.cancelled_owned())
        // A stream asks once and is answered for hours.
        .take_until(Box::pin(over(keeper, stay)));
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// With what somebody came in who is answered for hours.
pub struct Stay {
    pass: Option<Pass>,
    until: Option<Until>,
}

impl<S: Send + Sync> FromRequestParts<S> for Stay {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self { pass: parts.extensions.get().cloned(), until: parts.extensions.get().copied() })
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
        Stay { .. } => std::future::pending().await,
    }
}

fn all(board: Arc<Board>, actor: Actor) -> impl Stream<Item = Result<Event, Infallible>> {
    let changes = BroadcastStream::new(board.subscribe());
    let first = stream::once({
        let (board, actor) = (Arc::clone(&board), actor.clone());
        async move { Ok(snapshot(&board, &actor)) }
    });
    first.chain(changes.filter_map(move |change| {
        std::future::ready(match change {
            Ok(change) if actor.may(Action::See, &change.people).is_err() => None,
            Ok(change) => {
                let event = Event::default().event("application").id(change.revision.to_string());
                Some(Ok(event.data(&*change.json)))
            }
            // Too far behind to be told each change: everything anew.
            Err(BroadcastStreamRecvError::Lagged(_)) => Some(Ok(snapshot(&board, &actor))),
        })
    }))
}

fn snapshot(board: &Board, actor: &Actor) -> Event {
    let event = Event::default().event("snapshot");
    let seen = board.snapshot(|application| actor.may(Action::See, &application.people).is_ok());
    event.json_data(seen).unwrap_or_else(|_| Event::default().comment("nothing"))
}
