//! The accept loop, and a gateway running in the background.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::app::Gateway;
use crate::config::{Config, ConfigError};
use crate::http::{DropConnection, router};

/// How long open requests may take to end when the gateway stops.
const LAST_ORDERS: Duration = Duration::from_secs(3);

/// Why a gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
    /// No HTTP client for the notifications.
    #[error("cannot make an http client: {0}")]
    Client(#[from] reqwest::Error),
}

/// A gateway running in the background; it stops when this is dropped.
pub struct FakeMidtrans {
    app: Arc<Gateway>,
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    scheduler: JoinHandle<()>,
}

impl FakeMidtrans {
    /// Starts one; port 0 takes a free port.
    ///
    /// # Errors
    /// When the settings or the address cannot be used.
    pub async fn spawn(config: Config) -> Result<Self, SpawnError> {
        config.check_addr()?;
        let listener = TcpListener::bind(config.addr).await.map_err(|error| SpawnError::Bind(config.addr, error))?;
        let addr = listener.local_addr().map_err(|error| SpawnError::Bind(config.addr, error))?;
        let base_url = config.public_url.clone().unwrap_or_else(|| format!("http://{addr}"));
        let app = Gateway::new(config, base_url)?;
        let (stop, stopped) = watch::channel(false);
        let scheduler = tokio::spawn(Arc::clone(&app).run_scheduler());
        let server = tokio::spawn(serve(listener, router(Arc::clone(&app)), stopped));
        Ok(Self { app, addr, stop, server, scheduler })
    }

    /// The address merchants and browsers use, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.app.base_url
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The running gateway, for tests that look inside.
    pub fn app(&self) -> &Arc<Gateway> {
        &self.app
    }

    /// Lets open requests end and stops.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        self.app.releases.send_modify(|count| *count = count.wrapping_add(1));
        if (&mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for FakeMidtrans {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.server.abort();
        self.scheduler.abort();
    }
}

async fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, router.clone(), graceful.watcher()));
                    while connections.try_join_next().is_some() {}
                }
                // Out of descriptors, most likely: wait a little instead of spinning.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    // Whoever has not ended by then is cut off with the set.
    let _ = tokio::time::timeout(LAST_ORDERS, graceful.shutdown()).await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, watcher: Watcher) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        let router = router.clone();
        request.extensions_mut().insert(ConnectInfo(peer));
        async move {
            let answer = router.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {});
            if answer.extensions().get::<DropConnection>().is_some() {
                // An error here makes hyper close the connection without a word.
                return Err(std::io::Error::other("dropped as planned"));
            }
            Ok(answer)
        }
    });
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // A broken connection is the caller's affair; dropped ones are broken on purpose.
    let _ = watcher.watch(connection).await;
}
