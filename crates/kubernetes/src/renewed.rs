//! A way to the API server whose connections are given up together when one of them is silent: the others may end at the
//! same machine, which has gone without a word, and each would have to be found out by waiting for an answer.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use http::{Request, Response};
use kube::{Client, Config, client::Body};
use tokio::time::{Instant, timeout};
use tower::{BoxError, Service, timeout::error::Elapsed};

use crate::dial;

/// How long it may take until an API server begins to answer; a webhook may use 30 seconds of that. One whose machine
/// has gone says nothing, not even that it has. Watches begin to be answered at once and then go on.
const ANSWER: Duration = Duration::from_secs(35);
/// Whoever has not begun to answer by then may be gone: what is asked next is asked over new connections. Less than
/// anybody waits who gives up by themselves, because they would have no doubt then.
const PROMPT: Duration = Duration::from_secs(2);
/// One that is slow, and not gone, is not connected to anew all the time.
const SELDOM: Duration = Duration::from_secs(10);

/// The way, and how to make it again.
#[derive(Clone)]
pub(crate) struct Renewed(Arc<Ways>);

struct Ways {
    config: Config,
    now: Mutex<Way>,
}

#[derive(Clone)]
struct Way {
    client: Client,
    /// When it was made, or was to be made.
    since: Instant,
}

impl Renewed {
    pub(crate) fn new(config: Config) -> Result<Self, kube::Error> {
        let now = Mutex::new(Way { client: dial::client(&config)?, since: Instant::now() });
        Ok(Self(Arc::new(Ways { config, now })))
    }
}

impl Ways {
    fn now(&self) -> MutexGuard<'_, Way> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes it anew if nobody has since then, and it is not too soon.
    fn doubt(self: Arc<Self>, since: Instant) {
        {
            let mut now = self.now();
            if now.since != since || since.elapsed() < SELDOM {
                return;
            }
            now.since = Instant::now();
        }
        // What signs in for a kubeconfig may be a program that takes its time.
        tokio::task::spawn_blocking(move || match dial::client(&self.config) {
            Ok(client) => self.now().client = client,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "The way to the cluster cannot be made anew"
                );
            }
        });
    }
}

impl Service<Request<Body>> for Renewed {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (ways, Way { client, since }) = (Arc::clone(&self.0), self.0.now().clone());
        async move {
            let mut answer = Box::pin(client.send(request));
            if let Ok(answer) = timeout(PROMPT, &mut answer).await {
                return Ok(answer?);
            }
            ways.doubt(since);
            match timeout(ANSWER.saturating_sub(PROMPT), answer).await {
                Ok(answer) => Ok(answer?),
                Err(_) => Err(Elapsed::new().into()),
            }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use futures::future::join_all;
    use kube::client::ClientBuilder;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::Barrier,
    };

    use super::*;

    const AT_ONCE: usize = 3;

    /// Answers; over connections that were there when it fell silent, nothing.
    struct Server {
        is_silent: AtomicBool,
        connections: AtomicUsize,
        /// Connections stand side by side only while several are asked over at once.
        together: Barrier,
    }

    impl Server {
        async fn answer(self: Arc<Self>, mut stream: TcpStream) {
            let number = self.connections.fetch_add(1, Ordering::SeqCst);
            let mut bytes = [0; 4096];
            while stream.read(&mut bytes).await.is_ok_and(|count| count > 0) {
                if number < AT_ONCE {
                    self.together.wait().await;
                    if self.is_silent.load(Ordering::SeqCst) {
                        return std::future::pending().await;
                    }
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
            }
        }
    }

    async fn ask(client: &Client) -> Result<String, kube::Error> {
        client.request_text(Request::get("/version").body(Vec::new()).unwrap()).await
    }

    #[tokio::test]
    async fn one_that_does_not_answer_is_asked_over_new_connections() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = format!("http://{}", listener.local_addr().unwrap());
        let server = Arc::new(Server {
            is_silent: AtomicBool::default(),
            connections: AtomicUsize::default(),
            together: Barrier::new(AT_ONCE),
        });
        tokio::spawn({
            let server = Arc::clone(&server);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(Arc::clone(&server).answer(stream));
                }
            }
        });
        let way = Renewed::new(Config::new(place.parse().unwrap())).unwrap();
        let client = ClientBuilder::new(way, "default").build();
        for answer in join_all((0..AT_ONCE).map(|_| ask(&client))).await {
            assert_eq!(answer.unwrap(), "{}");
        }
        assert_eq!(server.connections.load(Ordering::SeqCst), AT_ONCE);

        server.is_silent.store(true, Ordering::SeqCst);
        tokio::time::sleep(SELDOM).await;
        // The first of the three that are dead; the other two stay where they are found again.
        let waiting = tokio::spawn({
            let client = client.clone();
            async move { ask(&client).await }
        });
        tokio::time::sleep(PROMPT + Duration::from_secs(1)).await;
        let answer = timeout(PROMPT, ask(&client)).await;
        assert_eq!(answer.expect("asked over a dead connection").unwrap(), "{}");
        waiting.abort();
    }
}
