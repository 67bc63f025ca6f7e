//! The configuration of the command-line tool: the database, and for some commands the gateway.

use std::time::Duration;

use super::database_url::DatabaseUrl;
use super::env::EnvReader;
use super::errors::ConfigErrors;
use super::gateway::GatewayConfig;

/// The configuration of the commands. It contains nothing that only the server needs.
#[derive(Debug, Clone)]
pub struct CliConfig {
    /// `sqlite://…` or `postgres://…`
    pub database_url: DatabaseUrl,
    /// The connection to Midtrans, or its errors. Commands that only read the database need no keys.
    pub gateway: Result<GatewayConfig, ConfigErrors>,
    /// Whether changes are sent to the shop as webhooks.
    pub webhooks_enabled: bool,
}

impl CliConfig {
    /// Reads the variables through `lookup`. An empty variable counts as absent.
    ///
    /// # Errors
    /// [`ConfigErrors`] about the database address.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let lookup = |name: &str| match name {
            // Commands serve no page, so any client key will do.
            "MIDTRANS_CLIENT_KEY" => Some("none".to_owned()),
            _ => lookup(name).filter(|value| !value.trim().is_empty()),
        };
        let mut reader = EnvReader::new(lookup);
        let database_url = DatabaseUrl(reader.database_url());
        if !reader.errors.is_empty() {
            return Err(ConfigErrors(reader.errors));
        }
        let gateway = reader.gateway();
        let gateway = gateway.ok_or(ConfigErrors(reader.errors));
        Ok(Self { database_url, gateway, webhooks_enabled: lookup("SHOP_WEBHOOK_URL").is_some() })
    }

    /// The connection to Midtrans, with `wait` as its time limit.
    ///
    /// # Errors
    /// [`ConfigErrors`].
    pub fn gateway(&self, wait: Duration) -> Result<GatewayConfig, ConfigErrors> {
        let mut gateway = self.gateway.clone()?;
        let timeouts = &mut gateway.timeouts;
        timeouts.token = wait;
        timeouts.status = wait.min(timeouts.status);
        timeouts.attempt = wait.min(timeouts.attempt);
        Ok(gateway)
    }
}
