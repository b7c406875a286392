//! Takes connections and serves them until it is told to end. Whoever opens one and does not say what they want is not
//! waited for: connections are few, and each that waits holds one.

use std::{net::SocketAddr, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::Layer;

/// How long the head of a request may take to arrive; a connection on which nothing is asked ends after as long.
const HEAD: Duration = Duration::from_mins(1);
/// Where there are too many connections, none more is taken before some had time to end.
const BREATH: Duration = Duration::from_secs(1);
/// So much of an answer, and one piece more, may wait here, and as much in the kernel, for a browser that does not take
/// it; and no head of a request is larger. Whoever watches is told how all stands when they read again, not all that has
/// happened; and many who do not read fill no memory.
const WAITING: u32 = 64 * 1024;

/// Serves until `stop`, and then until what was asked for is answered.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(WAITING as usize);
    let under_way = GracefulShutdown::new();
    while let Some((stream, from)) = next(&listener, &stop).await {
        // An answer is written as a whole; nothing comes that it could wait for.
        let _ = stream.set_nodelay(true);
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(&stream).set_tcp_notsent_lowat(WAITING);
        // The address of whoever asks travels with the request.
        let service = TowerToHyperService::new(Extension(ConnectInfo(from)).layer(router.clone()));
        let connection = under_way.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = &error as &dyn std::error::Error, "A connection broke");
            }
        });
    }
    drop(listener);
    under_way.shutdown().await;
}

/// The next connection; none when it is over.
async fn next(listener: &TcpListener, stop: &CancellationToken) -> Option<(TcpStream, SocketAddr)> {
    let taken = async {
        loop {
            match listener.accept().await {
                Ok(taken) => return taken,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "A connection was not taken");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    };
    stop.run_until_cancelled(taken).await
}

#[cfg(test)]
mod tests {
    use axum::{extract::ConnectInfo, routing::get};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        time::Instant,
    };

    use super::*;

    async fn console() -> (SocketAddr, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (addr, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let told = |ConnectInfo(from): ConnectInfo<SocketAddr>| async move { format!("hello {from}") };
        let router = Router::new().route("/", get(told));
        tokio::spawn(serve(listener, router, stop.clone()));
        (addr, stop)
    }

    /// What is said until the other side ends it.
    async fn heard(mut stream: TcpStream, said: &str) -> String {
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        heard
    }

    #[tokio::test]
    async fn a_request_is_answered_and_knows_where_it_comes_from() {
        let (addr, _stop) = console().await;
        let stream = TcpStream::connect(addr).await.unwrap();
        let from = stream.local_addr().unwrap();
        let heard = heard(stream, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(heard.starts_with("HTTP/1.1 200") && heard.ends_with(&format!("hello {from}")), "{heard}");
    }

    #[tokio::test(start_paused = true)]
    async fn d7_whoever_does_not_say_what_they_want_is_not_waited_for() {
        let (addr, _stop) = console().await;
        for said in ["", "GET / HTTP/1.1\r\nHost: a\r\n"] {
            let (stream, began) = (TcpStream::connect(addr).await.unwrap(), Instant::now());
            let heard = heard(stream, said).await;
            assert!(!heard.contains("200"), "{heard}");
            assert!(began.elapsed() < HEAD * 2, "{said:?} held a connection for {:?}", began.elapsed());
        }
    }

    #[tokio::test]
    async fn who_waits_on_an_open_connection_is_let_go_when_it_is_over() {
        let (addr, stop) = console().await;
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        stop.cancel();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        assert!(TcpStream::connect(addr).await.is_err(), "nobody else is let in");
    }
}
