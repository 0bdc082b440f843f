//! The HTTP server: listens, serves connections, ends in order.

use std::{
    any::Any,
    future::Future,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use gatehouse_commands::PlatformName;
use hyper::service::{Service as _, service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    time::{Instant, sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{debug, info, warn};

use crate::{
    clock::Clock,
    config::{Config, PlatformConfig},
    connections::{Connections, Seat},
    gateway::Gateway,
    metrics::{Flight, Listener, Metrics, Reason},
    service::Service,
    shutdown::Shutdown,
    tally::Tally,
    webhook::{self, Face},
};

/// How long a connection may take to send a request's headers; also how long it may stay open
/// between two requests.
pub const HEADERS_TIMEOUT: Duration = Duration::from_secs(30);

/// The most that a request's headers may take, in bytes. Interactions take under 1,000.
pub const HEADERS_MAX_BYTES: usize = 16 * 1024;

/// The most headers that a request may have: as many as hyper reads without asking for memory.
/// Interactions have about ten.
pub const HEADERS_MAX: usize = 100;

/// How long an answer may wait for its receiver to take anything of it.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// What the system keeps of a connection in each direction, in bytes: it would let this grow to
/// megabytes for whoever sends faster than we read, or never reads. Answers take a few thousand.
const SOCKET_BUFFER_BYTES: u32 = 32 * 1024;

/// Connections that wait in the system's queue until we take them.
const BACKLOG: u32 = 1_024;

/// How long requests that have begun may take to arrive and be answered when the process ends:
/// the body's own limit and the reply's, and some more.
const REQUESTS_GRACE: Duration = Duration::from_secs(8);

/// How often what has become old is forgotten while nobody asks for anything.
const TIDY_EVERY: Duration = Duration::from_secs(30);

/// The pause after a connection could not be taken, for lack of file descriptors mostly.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A server that has its port and waits to be run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    metrics_listener: Option<Listener>,
    router: Router,
    gateway: Option<Gateway>,
    service: Service,
    places: Connections,
    shutdown: Shutdown,
}

/// A port that cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct BindError {
    address: SocketAddr,
    source: io::Error,
}

impl BindError {
    fn at(address: SocketAddr) -> impl Fn(io::Error) -> Self {
        move |source| Self { address, source }
    }

    /// Whether somebody else has the port.
    pub fn is_taken(&self) -> bool {
        self.source.kind() == io::ErrorKind::AddrInUse
    }
}

impl Server {
    /// Takes the ports. Calls nobody.
    ///
    /// # Errors
    ///
    /// An address is taken, or not this machine's.
    pub async fn bind(
        config: &Config,
        clock: &Clock,
        metrics: &Metrics,
    ) -> Result<Self, BindError> {
        let listener = listen(config.listen).map_err(BindError::at(config.listen))?;
        let metrics_listener = match config.metrics_listen {
            Some(address) => {
                let listener = Listener::bind(address).await;
                Some(listener.map_err(BindError::at(address))?)
            }
            None => None,
        };
        let shutdown = Shutdown::default();
        let service = Service::new(config, clock, metrics);
        let router = router(config, &service, &shutdown);
        let gateway = Gateway::new(config, &service, &shutdown);
        Ok(Self {
            listener,
            metrics_listener,
            router,
            gateway,
            service,
            places: Connections::as_many_as_good(metrics),
            shutdown,
        })
    }

    /// Serves these routes as well. None of them may be one that it has already.
    #[must_use]
    pub fn with(mut self, routes: Router) -> Self {
        self.router = self.router.merge(routes.layer(catch_panics()));
        self
    }

    /// Takes no more connections than this at one time, instead of [`CONNECTIONS_MAX`].
    ///
    /// [`CONNECTIONS_MAX`]: crate::connections::CONNECTIONS_MAX
    #[must_use]
    pub fn with_connections(self, most: usize) -> Self {
        Self {
            places: Connections::at_most(most, self.service.metrics()),
            ..self
        }
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// The system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where metrics are served, if they are.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_listener.as_ref()?.address().ok()
    }

    /// Serves until `stop`; then takes nothing new and ends when what is under way is answered.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self {
            listener,
            metrics_listener,
            router,
            gateway,
            service,
            places,
            shutdown,
        } = self;
        if let Some(gateway) = gateway {
            shutdown.spawn(gateway.run());
        }
        let metrics = service.metrics().clone();
        let tidying = tokio::spawn(keep_tidy(service.clone()));
        // Goes on until everything else has ended: the last minutes are the ones to look at.
        let telling = metrics_listener
            .map(|listener| tokio::spawn(listener.run(move || service.metrics_text())));
        let connections = GracefulShutdown::new();
        let cut = CancellationToken::new();
        let not_taken = Tally::default();
        tokio::pin!(stop);
        loop {
            let accept = async {
                let (stream, _) = listener.accept().await?;
                Ok::<_, io::Error>((stream, places.seat().await))
            };
            tokio::select! {
                accepted = accept => match accepted {
                    Ok((stream, seat)) => {
                        serve(stream, seat, &router, &connections, cut.clone(), &metrics);
                    }
                    Err(error) => {
                        let sum = |count| warn!(count, "more connections not taken");
                        if not_taken.is_told("accept", sum) {
                            warn!(%error, "connection not taken");
                        }
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
                () = &mut stop => break,
            }
        }
        drop(listener);
        info!("stopping: finishing what is under way");
        let begun = Instant::now();
        shutdown.begin();
        // Requests start what outlives them, so they come first.
        if timeout(REQUESTS_GRACE, connections.shutdown())
            .await
            .is_err()
        {
            warn!("cutting off connections that stall");
        }
        cut.cancel();
        shutdown.finish(begun).await;
        tidying.abort();
        if let Some(telling) = telling {
            telling.abort();
        }
        info!("stopped");
    }
}

/// Answers with 500 what panics, in silence: a panic is logged where it happens.
fn catch_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Gives back what a flood has left in memory, also when nobody asks for anything after it.
async fn keep_tidy(service: Service) {
    loop {
        sleep(TIDY_EVERY).await;
        service.tidy().await;
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A restart need not wait for what is left of the connections of before.
    socket.set_reuseaddr(true)?;
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn router(config: &Config, service: &Service, shutdown: &Shutdown) -> Router {
    let faces = [
        (PlatformName::Discord, &config.discord),
        (PlatformName::Fluxer, &config.fluxer),
    ];
    faces
        .into_iter()
        .filter(|(_, platform)| !platform.public_keys.is_empty())
        .fold(
            Router::new().route("/healthz", get(|| async { "ok\n" })),
            |router, (name, platform)| router.merge(face(name, platform, service, shutdown)),
        )
        .layer(catch_panics())
}

fn face(
    name: PlatformName,
    config: &PlatformConfig,
    service: &Service,
    shutdown: &Shutdown,
) -> Router {
    let face = Face::new(name, config, service.clone(), shutdown.clone());
    Router::new()
        .route(&path(name), post(webhook::interactions))
        .with_state(face)
}

/// Where a platform's interactions are taken.
pub fn path(platform: PlatformName) -> String {
    format!("/{}/interactions", platform.key())
}

fn serve(
    stream: TcpStream,
    seat: Seat,
    router: &Router,
    connections: &GracefulShutdown,
    cut: CancellationToken,
    metrics: &Metrics,
) {
    let open = metrics.in_flight(Flight::Connections);
    // Answers are single small writes: waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let seat = Arc::new(seat);
    let router = TowerToHyperService::new(router.clone());
    let has_asked = Arc::new(AtomicBool::new(false));
    let service = {
        let (seat, has_asked) = (Arc::clone(&seat), Arc::clone(&has_asked));
        service_fn(move |mut request| {
            has_asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(Arc::clone(&seat));
            router.call(request)
        })
    };
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIMEOUT)
        .max_buf_size(HEADERS_MAX_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let connection = connections.watch(connection);
    let metrics = metrics.clone();
    tokio::spawn(async move {
        let _open = open;
        tokio::select! {
            served = connection => if let Err(error) = served {
                if let Some(reason) = refused(&error, has_asked.load(Ordering::Relaxed)) {
                    metrics.rejected(reason);
                }
                debug!(%error, "connection broke off");
            },
            () = seat.lost() => {}
            () = cut.cancelled() => {}
        }
    });
}

/// Why a request was refused before there was one; `None` where there was none to refuse.
fn refused(error: &hyper::Error, has_asked: bool) -> Option<Reason> {
    if error.is_parse_too_large() {
        Some(Reason::HeadersTooLarge)
    } else if error.is_parse() {
        Some(Reason::Malformed)
    } else if error.is_timeout() && !has_asked {
        // A connection that has brought a request and is kept open ends the same way.
        Some(Reason::HeadersTooSlow)
    } else {
        None
    }
}
