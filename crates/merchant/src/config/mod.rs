//! The configuration from environment variables. It is read once at the start, and all errors are reported together.

mod cli;
mod database_url;
mod env;
mod errors;
mod gateway;
mod limits;
mod loopback;
mod server;
mod warnings;
mod webhook;

pub use cli::CliConfig;
pub use database_url::DatabaseUrl;
pub use errors::ConfigErrors;
pub use gateway::{GatewayConfig, Timeouts};
pub use limits::Limits;
pub use loopback::is_loopback;
pub use server::Config;
pub use warnings::ConfigWarning;
pub use webhook::{Webhook, WebhookSecret};

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
