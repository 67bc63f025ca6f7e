//! The accept loop: it limits connections, request heads, writes and connection age, and shuts down gracefully.

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
use crate::http::middleware::client_ip::{Peer, TrustedProxies};
use connection_limit::ConnectionLimiter;
use write_timeout::WriteTimeoutStream;

/// Largest request line with all headers, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Time for running requests after the signal to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(20);

/// Limits that protect clients from each other.
#[derive(Debug, Clone)]
pub struct ServerLimits {
    /// Time for the request line and headers, and for an idle connection.
    pub header_timeout: Duration,
    /// Time without progress while a client reads the response.
    pub write_timeout: Duration,
    /// Age at which a connection is closed. The slowest phone has loaded the page long before.
    pub max_connection_age: Duration,
    /// Concurrent connections. More wait in the kernel's queue.
    pub max_connections: usize,
    /// Concurrent connections of one address that is no trusted proxy. More are closed at once.
    pub max_per_client: usize,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
}

impl ServerLimits {
    /// Takes the operator's limits. One address may have half of the connections: a mobile carrier may serve a whole town
    /// from one address, but no single client can block all others.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            header_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            max_connection_age: Duration::from_secs(15 * 60),
            max_connections: limits.max_connections,
            max_per_client: limits.max_connections.div_ceil(2),
            trusted_proxies: limits.trusted_proxies.clone(),
        }
    }
}

/// Serves until `stop` completes, then lets running requests finish.
pub async fn serve(listener: TcpListener, router: Router, limits: ServerLimits, stop: impl Future<Output = ()>) {
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_buf_size(MAX_HEAD);
    let graceful = GracefulShutdown::new();
    let proxies = TrustedProxies::new(&limits.trusted_proxies);
    let limiter = ConnectionLimiter::new(limits.max_connections, limits.max_per_client, proxies);
    let mut stop = std::pin::pin!(stop);
    loop {
        let permit = tokio::select! {
            permit = limiter.acquire_total() => permit,
            () = &mut stop => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => (stream, peer.ip()),
                Err(error) => {
                    // Usually the process is out of file descriptors. A short pause lets connections end.
                    tracing::warn!(cause = %error, "failed to accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let Some(permit) = limiter.for_client(permit, peer) else {
            tracing::debug!(%peer, "too many connections from one address");
            continue;
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(cause = %error, "failed to set TCP_NODELAY");
        }
        let service = router.clone().map_request(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let connection = http.serve_connection(
            TokioIo::new(WriteTimeoutStream::new(stream, limits.write_timeout)),
            TowerToHyperService::new(service),
        );
        let (connection, age) = (graceful.watch(connection), limits.max_connection_age);
        tokio::spawn(async move {
            let _permit = permit;
            match tokio::time::timeout(age, connection).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(cause = %error, "connection closed early"),
                Err(_) => tracing::debug!("connection reached its maximum age"),
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(SHUTDOWN_GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("shutdown aborted running requests");
    }
}
