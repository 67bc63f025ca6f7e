//! What the operator's commands need of the environment: the database, for some of them the gateway.

use std::time::Duration;

use super::env::Reader;
use super::{ConfigError, DatabaseUrl, GatewayConfig};

/// The settings of the operator's commands. What only the server needs is not asked for.
#[derive(Debug, Clone)]
pub struct CliConfig {
    /// `sqlite://…` or `postgres://…`
    pub database_url: DatabaseUrl,
    /// How to reach Midtrans, or what is missing for that: who only looks needs no keys.
    pub gateway: Result<GatewayConfig, ConfigError>,
    /// Whether the shop's own systems are told of changes.
    pub announces: bool,
}

impl CliConfig {
    /// Reads the variables through `lookup`. An empty variable counts as absent.
    ///
    /// # Errors
    /// [`ConfigError`] about the database.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let lookup = |name: &str| match name {
            // No page is served here, so whatever it is, it does no harm.
            "MIDTRANS_CLIENT_KEY" => Some("none".to_owned()),
            _ => lookup(name).filter(|value| !value.trim().is_empty()),
        };
        let mut reader = Reader::new(lookup);
        let database_url = DatabaseUrl(reader.database_url());
        if !reader.mistakes.is_empty() {
            return Err(ConfigError(reader.mistakes));
        }
        let gateway = reader.gateway();
        let gateway = gateway.ok_or(ConfigError(reader.mistakes));
        Ok(Self { database_url, gateway, announces: lookup("SHOP_WEBHOOK_URL").is_some() })
    }

    /// The gateway, which gets `wait` for an answer.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn gateway(&self, wait: Duration) -> Result<GatewayConfig, ConfigError> {
        let mut gateway = self.gateway.clone()?;
        let patience = &mut gateway.patience;
        patience.budget = wait;
        patience.status_budget = wait.min(patience.status_budget);
        patience.per_try = wait.min(patience.per_try);
        Ok(gateway)
    }
}
