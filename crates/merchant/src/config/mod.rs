//! The configuration from environment variables. It is read once at the start, and all errors are reported together.

mod cli;
mod env;
mod limits;
mod warnings;
mod webhook;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use wire::merchant::Environment;

use crate::secret::ServerKey;
pub use cli::CliConfig;
use env::EnvReader;
pub use limits::Limits;
pub use warnings::ConfigWarning;
pub use webhook::{Webhook, WebhookSecret};

/// The configuration of the server.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on.
    pub addr: SocketAddr,
    /// The public address of the shop: scheme, host and port, without a path.
    pub public_url: Url,
    /// The folder of the built page.
    pub dist: PathBuf,
    /// `sqlite://…` or `postgres://…`
    pub database_url: DatabaseUrl,
    /// A catalogue file that replaces the built-in catalogue.
    pub catalog: Option<PathBuf>,
    /// The connection to Midtrans.
    pub gateway: GatewayConfig,
    /// The target of outgoing webhooks, if any.
    pub webhook: Option<Webhook>,
    /// The address of `/metrics`, if any.
    pub metrics_addr: Option<SocketAddr>,
    /// Other origins whose pages may create orders.
    pub cors_origins: Vec<String>,
    /// Limits of the server.
    pub limits: Limits,
}

/// The address of the database. `Debug` hides it, because it may contain a password.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(..)")
    }
}

/// The connection to Midtrans.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// The environment of the gateway.
    pub environment: Environment,
    /// The secret server key.
    pub server_key: ServerKey,
    /// The public client key.
    pub client_key: String,
    /// Origin of the Snap API, `snap.js` and the popup.
    pub snap: Url,
    /// Origin of the Core API (status).
    pub core: Url,
    /// Time limits.
    pub timeouts: Timeouts,
}

/// Time limits and pauses for requests to the gateway.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// All tries to get one token.
    pub token: Duration,
    /// All tries of one status check. Midtrans recommends to answer a notification within 5 s, and gives up after 15 s.
    pub status: Duration,
    /// How long a notification may wait in memory for the status response before it is stored as pending. Most responses
    /// take a few hundred milliseconds, and three times this limit still fits into five seconds.
    pub fast_path: Duration,
    /// One try.
    pub attempt: Duration,
    /// The shortest interval between two status checks of one order.
    pub min_poll_interval: Duration,
    /// The pause before the first retry. Each later pause is twice as long.
    pub initial_backoff: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            token: Duration::from_secs(10),
            status: Duration::from_secs(5),
            fast_path: Duration::from_millis(1500),
            attempt: Duration::from_secs(4),
            min_poll_interval: Duration::from_secs(5),
            initial_backoff: Duration::from_millis(200),
        }
    }
}

/// All errors in the environment, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigErrors(pub Vec<String>);

impl Config {
    /// Reads the variables through `lookup`, usually `std::env::var`. An empty variable counts as absent.
    ///
    /// # Errors
    /// [`ConfigErrors`]. It never contains a key.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<(Self, Vec<ConfigWarning>), ConfigErrors> {
        let mut reader = EnvReader::new(|name: &str| lookup(name).filter(|v| !v.trim().is_empty()));
        let addr = reader.addr();
        let public_url = reader.public_url(addr);
        let dist = reader.get_or("MERCHANT_PAGE_DIR", "dist").into();
        let database_url = DatabaseUrl(reader.database_url());
        let catalog = (reader.lookup)("MERCHANT_CATALOG").map(PathBuf::from);
        let gateway = reader.gateway();
        let webhook = reader.webhook();
        let metrics_addr = reader.metrics_addr();
        let cors_origins = reader.cors_origins();
        let limits = reader.limits();
        let (Some(addr), Some(public_url), Some(gateway), true) = (addr, public_url, gateway, reader.errors.is_empty())
        else {
            return Err(ConfigErrors(reader.errors));
        };
        let config = Self {
            addr,
            public_url,
            dist,
            database_url,
            catalog,
            gateway,
            webhook,
            metrics_addr,
            cors_origins,
            limits,
        };
        match warnings::validate_combinations(&config) {
            Ok(warnings) => Ok((config, warnings)),
            Err(error) => Err(ConfigErrors(vec![error])),
        }
    }

    /// The public address without the slash that `Url` appends.
    #[must_use]
    pub fn public_origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

/// Whether a URL has a loopback host.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
