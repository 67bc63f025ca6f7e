//! The environment variables, checked once at the start; every mistake is a sentence that says what to do.

mod cli;
mod env;
mod limits;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use wire::merchant::Environment;

use crate::secret::ServerKey;
use crate::webhooks::outgoing::Webhook;
pub use cli::CliConfig;
use env::Reader;
pub use limits::Limits;

/// All the merchant needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub addr: SocketAddr,
    /// Where customers reach the shop: scheme, host, port; no path.
    pub public_url: Url,
    /// The built page.
    pub dist: PathBuf,
    /// `sqlite://…` or `postgres://…`
    pub database_url: DatabaseUrl,
    /// A catalogue file instead of the built-in one.
    pub catalog: Option<PathBuf>,
    /// How to reach Midtrans.
    pub gateway: GatewayConfig,
    /// Where the shop's own systems hear of changes.
    pub webhook: Option<Webhook>,
    /// Where the operator's figures are; nowhere unless set.
    pub metrics_addr: Option<SocketAddr>,
    /// Other origins of the shop, whose pages may order here.
    pub cors_origins: Vec<String>,
    /// How much it takes on.
    pub limits: Limits,
}

/// Where the orders are; it may hold a password, so it is not shown.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// For the store.
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

/// How to reach Midtrans.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Which one.
    pub environment: Environment,
    /// Secret.
    pub server_key: ServerKey,
    /// Public.
    pub client_key: String,
    /// Origin of the Snap API, `snap.js` and the popup.
    pub snap: Url,
    /// Origin of the Core API (status).
    pub core: Url,
    /// How long to wait.
    pub patience: Patience,
}

/// How long the gateway may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// All tries for one token together.
    pub budget: Duration,
    /// All tries for one status answer together; Midtrans gives a notification 15 s and hopes for 5 s.
    pub status_budget: Duration,
    /// How long a notification may stay in memory for its status answer, before it is written down to wait: most
    /// answers come in a few hundred milliseconds, and three of these are still within the five seconds.
    pub at_once: Duration,
    /// One try.
    pub per_try: Duration,
    /// How long nothing must have been heard of an order before the gateway is asked, and asked again.
    pub ask_again: Duration,
    /// The first pause between tries; each next one is twice as long.
    pub first_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            budget: Duration::from_secs(10),
            status_budget: Duration::from_secs(5),
            at_once: Duration::from_millis(1500),
            per_try: Duration::from_secs(4),
            ask_again: Duration::from_secs(5),
            first_pause: Duration::from_millis(200),
        }
    }
}

/// Everything that is wrong with the environment, at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Something that may be meant, but probably is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(pub String);

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Config {
    /// Reads the variables through `lookup`, usually `std::env::var`. An empty variable counts as absent.
    ///
    /// # Errors
    /// [`ConfigError`] with one sentence a mistake; none of them holds a key.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<(Self, Vec<Warning>), ConfigError> {
        let mut reader = Reader::new(|name: &str| lookup(name).filter(|v| !v.trim().is_empty()));
        let addr = reader.addr();
        let public_url = reader.public_url(addr);
        let dist = reader.or("MERCHANT_DIST", "dist").into();
        let database_url = DatabaseUrl(reader.database_url());
        let catalog = (reader.lookup)("MERCHANT_CATALOG").map(PathBuf::from);
        let gateway = reader.gateway();
        let webhook = reader.webhook();
        let metrics_addr = reader.metrics_addr();
        let cors_origins = reader.cors_origins();
        let limits = reader.limits();
        let (Some(addr), Some(public_url), Some(gateway), true) =
            (addr, public_url, gateway, reader.mistakes.is_empty())
        else {
            return Err(ConfigError(reader.mistakes));
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
        match config.doubts() {
            Ok(warnings) => Ok((config, warnings)),
            Err(mistake) => Err(ConfigError(vec![mistake])),
        }
    }

    /// The public address without the slash that `Url` adds, to append a path to.
    #[must_use]
    pub fn public_origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// What fits alone but not together.
    fn doubts(&self) -> Result<Vec<Warning>, String> {
        let mut warnings = vec![];
        let secure = self.public_url.scheme() == "https" || is_loopback(&self.public_url);
        let production = self.gateway.environment == Environment::Production;
        if production && !secure {
            return Err("MERCHANT_PUBLIC_URL must be https in production: customers pay there".into());
        }
        if !secure {
            warnings.push(Warning("MERCHANT_PUBLIC_URL is plain http: fine for a trial, not for customers".into()));
        }
        let sandbox_key = self.gateway.server_key.looks_like_sandbox();
        if production && sandbox_key {
            warnings.push(Warning(
                "MIDTRANS_ENVIRONMENT is production, but MIDTRANS_SERVER_KEY begins like a sandbox key".into(),
            ));
        }
        if self.gateway.environment == Environment::Sandbox && !sandbox_key {
            warnings.push(Warning(
                "MIDTRANS_ENVIRONMENT is sandbox, but MIDTRANS_SERVER_KEY does not begin with SB-: make sure it is no production key".into(),
            ));
        }
        Ok(warnings)
    }
}

/// Whether a URL stays on this machine.
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
