//! Settings, all from the environment; nothing is read anywhere else.

use std::net::SocketAddr;
use std::time::Duration;

use time::OffsetDateTime;

/// What `--help` prints.
pub const HELP: &str = "\
fake-midtrans: a local stand-in of the Midtrans Snap gateway. No real money, no network but loopback.

Usage: fake-midtrans [--help | --version]

Without settings it listens on http://127.0.0.1:8090 and prints where everything is; Ctrl-C ends it.
Point your backend's gateway address at it, use the two keys below, and load
http://127.0.0.1:8090/snap/snap.js in your page. What it did and can be told to do is at /control;
the manual is the README of its package.

Settings, all from the environment:
  FAKE_MIDTRANS_ADDR              where to listen                      [127.0.0.1:8090]
  FAKE_MIDTRANS_SERVER_KEY        server key that merchants must use   [SB-Mid-server-local-0000000000]
  FAKE_MIDTRANS_CLIENT_KEY        client key that pages must use       [SB-Mid-client-local-0000000000]
  FAKE_MIDTRANS_MERCHANT_ID       merchant_id in answers               [G000000000]
  FAKE_MIDTRANS_NOTIFICATION_URL  where notifications go               [none: nothing is sent]
  FAKE_MIDTRANS_FINISH_URL        finish URL of the dashboard          [a page of this server]
  FAKE_MIDTRANS_PUBLIC_URL        address that browsers use            [http://ADDR]
  FAKE_MIDTRANS_CONTROL           off: no control API                  [on]
  FAKE_MIDTRANS_CONTROL_ORIGIN    a page of this origin may use it     [none but its own]
  FAKE_MIDTRANS_ALLOW_REMOTE      yes: may listen beyond loopback      [no]
";

const SERVER_KEY: &str = "SB-Mid-server-local-0000000000";
const CLIENT_KEY: &str = "SB-Mid-client-local-0000000000";

/// Settings of one gateway.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub addr: SocketAddr,
    /// The key merchants authenticate with and notifications are signed with.
    pub server_key: String,
    /// The key pages give to `snap.js`.
    pub client_key: String,
    /// `merchant_id` in answers.
    pub merchant_id: String,
    /// Where notifications go; `None` sends none unless a request names its own address.
    pub notification_url: Option<String>,
    /// The dashboard's finish URL; `None` uses a page of the gateway.
    pub finish_url: Option<String>,
    /// The address browsers reach the gateway at; `None` is `http://` and the bound address.
    pub public_url: Option<String>,
    /// Whether `/control` answers.
    pub control: bool,
    /// Pages of this origin may use `/control` too, such as a playground; `None` is only our own.
    pub control_origin: Option<String>,
    /// Whether listening beyond loopback is allowed.
    pub allow_remote: bool,
    /// Stand still at this moment until moved, for tests; `None` follows real time.
    pub frozen_at: Option<OffsetDateTime>,
    /// How long a merchant may take to answer a notification (real time; Midtrans waits 15 s).
    pub notification_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 8090)),
            server_key: SERVER_KEY.to_owned(),
            client_key: CLIENT_KEY.to_owned(),
            merchant_id: "G000000000".to_owned(),
            notification_url: None,
            finish_url: None,
            public_url: None,
            control: true,
            control_origin: None,
            allow_remote: false,
            frozen_at: None,
            notification_timeout: Duration::from_secs(15),
        }
    }
}

// By hand: the server key must not reach a log through `{:?}`.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("addr", &self.addr)
            .field("notification_url", &self.notification_url)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// Not `host:port`.
    #[error("FAKE_MIDTRANS_ADDR is not an address such as 127.0.0.1:8090")]
    Addr,
    /// Listening beyond loopback without consent.
    #[error(
        "refusing to listen on {0}: this gateway takes no real payments and has an open control API; \
         set FAKE_MIDTRANS_ALLOW_REMOTE=yes to do it anyway"
    )]
    Remote(SocketAddr),
    /// Not an http(s) URL.
    #[error("{0} is not an http or https URL")]
    Url(&'static str),
    /// A path, or something else that no page has as its origin.
    #[error("FAKE_MIDTRANS_CONTROL_ORIGIN is not an origin such as http://127.0.0.1:8080")]
    Origin,
    /// A setting that must not be empty.
    #[error("{0} is empty")]
    Empty(&'static str),
}

impl Config {
    /// Reads the settings through `lookup`, which `std::env::var` backs in the binary.
    ///
    /// # Errors
    /// When a value cannot be used.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        if let Some(addr) = lookup("FAKE_MIDTRANS_ADDR") {
            config.addr = addr.parse().map_err(|_| ConfigError::Addr)?;
        }
        for (name, field) in [
            ("FAKE_MIDTRANS_SERVER_KEY", &mut config.server_key),
            ("FAKE_MIDTRANS_CLIENT_KEY", &mut config.client_key),
            ("FAKE_MIDTRANS_MERCHANT_ID", &mut config.merchant_id),
        ] {
            if let Some(value) = lookup(name) {
                if value.trim().is_empty() {
                    return Err(ConfigError::Empty(name));
                }
                *field = value.trim().to_owned();
            }
        }
        for (name, field) in [
            ("FAKE_MIDTRANS_NOTIFICATION_URL", &mut config.notification_url),
            ("FAKE_MIDTRANS_FINISH_URL", &mut config.finish_url),
            ("FAKE_MIDTRANS_PUBLIC_URL", &mut config.public_url),
            ("FAKE_MIDTRANS_CONTROL_ORIGIN", &mut config.control_origin),
        ] {
            if let Some(value) = lookup(name).filter(|value| !value.trim().is_empty()) {
                if !is_http_url(&value) {
                    return Err(ConfigError::Url(name));
                }
                *field = Some(value.trim().trim_end_matches('/').to_owned());
            }
        }
        if config.control_origin.as_deref().is_some_and(|origin| !is_origin(origin)) {
            return Err(ConfigError::Origin);
        }
        config.control = !matches!(lookup("FAKE_MIDTRANS_CONTROL").as_deref(), Some("off" | "no" | "0" | "false"));
        config.allow_remote = matches!(lookup("FAKE_MIDTRANS_ALLOW_REMOTE").as_deref(), Some("yes" | "1" | "true"));
        config.check_addr()?;
        Ok(config)
    }

    /// Refuses an address beyond loopback unless that was allowed.
    ///
    /// # Errors
    /// [`ConfigError::Remote`].
    pub fn check_addr(&self) -> Result<(), ConfigError> {
        if self.addr.ip().is_loopback() || self.allow_remote { Ok(()) } else { Err(ConfigError::Remote(self.addr)) }
    }
}

/// Whether `text` is written as browsers write an `Origin`.
fn is_origin(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text)
}

/// Whether `text` can be called as a URL.
pub fn is_http_url(text: &str) -> bool {
    reqwest::Url::parse(text.trim()).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn refuses_what_cannot_work() {
        for (name, value, error) in [
            ("FAKE_MIDTRANS_ADDR", "8090", ConfigError::Addr),
            ("FAKE_MIDTRANS_SERVER_KEY", " ", ConfigError::Empty("FAKE_MIDTRANS_SERVER_KEY")),
            ("FAKE_MIDTRANS_NOTIFICATION_URL", "ftp://x", ConfigError::Url("FAKE_MIDTRANS_NOTIFICATION_URL")),
            ("FAKE_MIDTRANS_CONTROL_ORIGIN", "http://127.0.0.1:8080/shop", ConfigError::Origin),
            ("FAKE_MIDTRANS_CONTROL_ORIGIN", "HTTP://127.0.0.1:80", ConfigError::Origin),
            ("FAKE_MIDTRANS_ADDR", "0.0.0.0:80", ConfigError::Remote(SocketAddr::from(([0, 0, 0, 0], 80)))),
        ] {
            assert_eq!(read(&[(name, value)]).err(), Some(error), "{name}={value}");
        }
        let allowed = [("FAKE_MIDTRANS_ADDR", "0.0.0.0:80"), ("FAKE_MIDTRANS_ALLOW_REMOTE", "yes")];
        assert!(read(&allowed).is_ok());
    }

    #[test]
    fn the_server_key_is_not_in_debug_output() {
        let config = Config { server_key: "SB-Mid-server-visible".into(), ..Config::default() };
        assert!(!format!("{config:?}").contains("visible"));
    }
}
