//! The configuration of the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use reqwest::Url;

use super::database_url::DatabaseUrl;
use super::env::EnvReader;
use super::errors::ConfigErrors;
use super::gateway::GatewayConfig;
use super::limits::Limits;
use super::warnings::{self, ConfigWarning};
use super::webhook::Webhook;

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
        match warnings::validate_combinations(&config.public_url, &config.gateway) {
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
