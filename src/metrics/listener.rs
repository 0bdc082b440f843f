//! `GET /metrics`, on a listener of its own: not for the world that the webhook is open to.
//!
//! Whoever can reach it still cannot use it to disturb the service: connections are few and
//! short, requests small, and the text is made at most ten times a second.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode, body::Incoming, header, server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, Semaphore},
    time::{Instant, sleep, sleep_until, timeout},
};
use tracing::{debug, warn};

use super::CONTENT_TYPE;

/// Where the metrics are.
const PATH: &str = "/metrics";

/// Connections at a time; further ones are closed at once. Prometheus needs one.
pub(crate) const CONNECTIONS_MAX: usize = 8;

/// How long a request's headers may take.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection may take in all.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// The most that a request's headers may take, in bytes: the least that the server takes.
const HEADERS_MAX_BYTES: usize = 8 * 1024;

/// From one text to the next.
const PAUSE: Duration = Duration::from_millis(100);

/// The pause after a connection could not be taken.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A listener that has its port and waits to be run.
#[derive(Debug)]
pub(crate) struct Listener {
    listener: TcpListener,
}

impl Listener {
    /// Takes the port.
    pub(crate) async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves what `text` gives, for as long as it is awaited.
    pub(crate) async fn run(self, text: impl Fn() -> String + Send + Sync + 'static) {
        let text = Arc::new(Text {
            make: text,
            next: Mutex::new(Instant::now()),
        });
        let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    warn!(%error, "connection for metrics not taken");
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
                continue;
            };
            let served = serve(stream, Arc::clone(&text));
            tokio::spawn(async move {
                let _permit = permit;
                if timeout(CONNECTION_TIMEOUT, served).await.is_err() {
                    debug!("connection for metrics took too long");
                }
            });
        }
    }
}

/// Makes the text, not too often.
struct Text<F> {
    make: F,
    next: Mutex<Instant>,
}

impl<F: Fn() -> String> Text<F> {
    async fn make(&self) -> String {
        // Held meanwhile: others wait for their turn.
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        *next = Instant::now() + PAUSE;
        (self.make)()
    }
}

fn serve<F>(stream: TcpStream, text: Arc<Text<F>>) -> impl Future<Output = ()>
where
    F: Fn() -> String + Send + Sync + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let text = Arc::clone(&text);
        async move { Ok::<_, Infallible>(answer(&request, &text).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIMEOUT)
        .max_buf_size(HEADERS_MAX_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    async move {
        if let Err(error) = connection.await {
            debug!(%error, "connection for metrics broke off");
        }
    }
}

async fn answer<F: Fn() -> String>(
    request: &Request<Incoming>,
    text: &Text<F>,
) -> Response<Full<Bytes>> {
    if request.method() != Method::GET || request.uri().path() != PATH {
        let mut nothing = Response::default();
        *nothing.status_mut() = StatusCode::NOT_FOUND;
        return nothing;
    }
    let mut response = Response::new(Full::from(text.make().await));
    let content_type = header::HeaderValue::from_static(CONTENT_TYPE);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    response
}
