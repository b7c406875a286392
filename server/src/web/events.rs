//! Live events. Subscribe first, then the snapshot, then the stream: what comes twice does no harm, because every
//! event carries the whole state of its application and a revision.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension,
    http::StatusCode,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, StreamExt, stream};
use slipway_domain::actor::Actor;
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};
use tokio_util::sync::CancellationToken;

use crate::{
    auth::{Keeper, Pass},
    board::Board,
    desk::Office,
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
    pass: Option<Extension<Pass>>,
) -> Response {
    if let Err(forbidden) = actor.may_devops() {
        return (StatusCode::FORBIDDEN, forbidden.to_string()).into_response();
    }
    let events = all(Arc::clone(&office.board))
        .take_until(stop.cancelled_owned())
        // A stream asks once and is answered for hours.
        .take_until(Box::pin(over(keeper, pass)));
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// A program that came with a token has no visit that could end.
async fn over(keeper: Arc<Keeper>, pass: Option<Extension<Pass>>) {
    match pass {
        Some(Extension(pass)) => keeper.until_over(&pass).await,
        None => std::future::pending().await,
    }
}

fn all(board: Arc<Board>) -> impl Stream<Item = Result<Event, Infallible>> {
    let changes = BroadcastStream::new(board.subscribe());
    let first = stream::once({
        let board = Arc::clone(&board);
        async move { Ok(snapshot(&board)) }
    });
    first.chain(changes.map(move |change| {
        Ok(match change {
            Ok(change) => {
                Event::default().event("application").id(change.revision.to_string()).data(&*change.json)
            }
            // Too far behind to be told each change: everything anew.
            Err(BroadcastStreamRecvError::Lagged(_)) => snapshot(&board),
        })
    }))
}

fn snapshot(board: &Board) -> Event {
    let event = Event::default().event("snapshot");
    event.json_data(board.snapshot()).unwrap_or_else(|_| Event::default().comment("nothing"))
}
