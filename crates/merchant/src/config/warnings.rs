//! Checks of settings that are valid alone, but not together.

use std::fmt;

use reqwest::Url;
use wire::merchant::Environment;

use super::gateway::GatewayConfig;
use super::loopback::is_loopback;

/// A valid but suspicious setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigWarning(pub String);

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks combinations of settings.
///
/// # Errors
/// A sentence about settings that must not go together.
pub(super) fn validate_combinations(public_url: &Url, gateway: &GatewayConfig) -> Result<Vec<ConfigWarning>, String> {
    let mut warnings = vec![];
    let mut warn = |text: &str| warnings.push(ConfigWarning(text.to_owned()));
    let secure = public_url.scheme() == "https" || is_loopback(public_url);
    let production = gateway.environment == Environment::Production;
    if production && !secure {
        return Err("MERCHANT_PUBLIC_URL must be https in production, because customers pay there".into());
    }
    if !secure {
        warn("MERCHANT_PUBLIC_URL is plain http: use it for trials, not for customers");
    }
    let sandbox_key = gateway.server_key.looks_like_sandbox();
    if production && sandbox_key {
        warn("MIDTRANS_ENVIRONMENT is production, but MIDTRANS_SERVER_KEY starts like a sandbox key");
    }
    if gateway.environment == Environment::Sandbox && !sandbox_key {
        warn(
            "MIDTRANS_ENVIRONMENT is sandbox, but MIDTRANS_SERVER_KEY does not start with SB-; check that it is not a \
             production key",
        );
    }
    Ok(warnings)
}
