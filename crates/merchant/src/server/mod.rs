//! The accept loop: bounded connections, heads, writes and ages, and an end that finishes what runs.

mod connection_limit;
mod write_timeout;

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::config::Limits;
use crate::http::middleware::client_ip::{Peer, Proxies};
use connection_limit::Places;
use write_timeout::Patient;

/// Largest request line with all headers.
const MAX_HEAD: usize = 64 * 1024;

/// How long running requests may take to end after a signal.
const FAREWELL: Duration = Duration::from_secs(20);

/// What one client can do to the others.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// How long a client may take to send its request line and headers, and to stay idle.
    pub head: Duration,
    /// How long a client may take to read anything at all of what it asked for.
    pub write: Duration,
    /// How long a connection may live, however lively it is: the slowest phone has the page long before.
    pub age: Duration,
    /// Connections at once; more wait in the kernel's queue.
    pub connections: usize,
    /// Connections at once from one address, unless it is a proxy of ours; more are closed at once.
    pub of_one: usize,
    /// Our proxies.
    pub trusted_proxies: Vec<IpNet>,
}

impl Bounds {
    /// As the operator set them. One address gets half of the places at most: whole towns come from one
    /// carrier's address, and still nobody alone shuts all others out.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            head: Duration::from_secs(30),
            write: Duration::from_secs(30),
            age: Duration::from_secs(15 * 60),
            connections: limits.connections,
            of_one: limits.connections.div_ceil(2),
            trusted_proxies: limits.trusted_proxies.clone(),
        }
    }
}

/// Serves until `stop` is done, then lets running requests finish.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stop: impl Future<Output = ()>) {
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.head).max_buf_size(MAX_HEAD);
    let graceful = GracefulShutdown::new();
    let places = Places::new(bounds.connections, bounds.of_one, Proxies::new(&bounds.trusted_proxies));
    let mut stop = std::pin::pin!(stop);
    loop {
        let place = tokio::select! {
            place = places.free() => place,
            () = &mut stop => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => (stream, peer.ip()),
                Err(error) => {
                    // Out of file descriptors, mostly: a short rest lets connections end.
                    tracing::warn!(cause = %error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let Some(place) = places.seat(place, peer) else {
            tracing::debug!(%peer, "too many connections of one address");
            continue;
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(cause = %error, "nodelay could not be set");
        }
        let service = router.clone().map_request(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let connection =
            http.serve_connection(TokioIo::new(Patient::new(stream, bounds.write)), TowerToHyperService::new(service));
        let (connection, age) = (graceful.watch(connection), bounds.age);
        tokio::spawn(async move {
            let _place = place;
            match tokio::time::timeout(age, connection).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(cause = %error, "a connection ended early"),
                Err(_) => tracing::debug!("a connection was too old"),
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests that still ran were cut off");
    }
}
