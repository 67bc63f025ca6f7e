//! Reads environment variables. It collects all errors, so that the operator sees them together.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use reqwest::Url;
use wire::merchant::Environment;

use super::gateway::{GatewayConfig, Timeouts};
use super::limits::Limits;
use super::loopback::is_loopback;
use super::webhook::{Webhook, WebhookSecret};
use crate::secret::{self, KeyError, ServerKey};

/// Reads variables and collects errors.
pub(super) struct EnvReader<F> {
    pub(super) lookup: F,
    pub(super) errors: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> EnvReader<F> {
    pub(super) fn new(lookup: F) -> Self {
        Self { lookup, errors: vec![] }
    }

    pub(super) fn get_or(&self, name: &str, default: &str) -> String {
        (self.lookup)(name).unwrap_or_else(|| default.to_owned())
    }

    fn error<T>(&mut self, sentence: impl Into<String>) -> Option<T> {
        self.errors.push(sentence.into());
        None
    }

    pub(super) fn addr(&mut self) -> Option<SocketAddr> {
        let text = self.get_or("MERCHANT_ADDR", "127.0.0.1:8080");
        match text.parse() {
            Ok(addr) => Some(addr),
            Err(_) => self.error("MERCHANT_ADDR must be an address and a port, such as 127.0.0.1:8080"),
        }
    }

    pub(super) fn public_url(&mut self, addr: Option<SocketAddr>) -> Option<Url> {
        let text = match (self.lookup)("MERCHANT_PUBLIC_URL") {
            Some(text) => text,
            None => format!("http://{}", addr?),
        };
        match origin_only(&text) {
            Some(url) => Some(url),
            None => self.error(
                "MERCHANT_PUBLIC_URL must be http(s)://host[:port] without a path, such as https://shop.example",
            ),
        }
    }

    pub(super) fn database_url(&mut self) -> String {
        let url = self.get_or("DATABASE_URL", "sqlite://.local/merchant.sqlite");
        let memory = url.contains(":memory:") || url.contains("mode=memory");
        let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
        if !known || memory {
            self.errors.push("DATABASE_URL must be a SQLite file or a PostgreSQL database, such as sqlite://.local/merchant.sqlite or postgres://user@host/shop".into());
        }
        url
    }

    pub(super) fn webhook(&mut self) -> Option<Webhook> {
        let (url, secret) = ((self.lookup)("SHOP_WEBHOOK_URL"), (self.lookup)("SHOP_WEBHOOK_SECRET"));
        let (url, secret) = match (url, secret) {
            (None, None) => return None,
            (Some(url), Some(secret)) => (url, secret),
            _ => return self.error("SHOP_WEBHOOK_URL and SHOP_WEBHOOK_SECRET go together; set both or neither"),
        };
        let url =
            Url::parse(&url).ok().filter(|url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)));
        let secret = WebhookSecret::parse(&secret);
        if url.is_none() {
            self.errors.push("SHOP_WEBHOOK_URL must be https, or http on this machine".into());
        }
        if secret.is_none() {
            self.errors.push("SHOP_WEBHOOK_SECRET must be whsec_ and 24 to 64 random bytes in base64, such as: echo whsec_$(openssl rand -base64 32)".into());
        }
        Some(Webhook { url: url?, secret: secret? })
    }

    pub(super) fn metrics_addr(&mut self) -> Option<SocketAddr> {
        let text = (self.lookup)("MERCHANT_METRICS_ADDR")?;
        match text.parse() {
            Ok(addr) => Some(addr),
            Err(_) => self.error("MERCHANT_METRICS_ADDR must be an address and a port, such as 127.0.0.1:9100"),
        }
    }

    pub(super) fn cors_origins(&mut self) -> Vec<String> {
        let text = self.get_or("MERCHANT_CORS_ORIGINS", "");
        let given: Vec<_> = split_list(&text).map(origin_only).collect();
        if given.contains(&None) {
            self.errors.push(
                "MERCHANT_CORS_ORIGINS must be origins without a path, separated by commas, such as https://www.shop.example"
                    .into(),
            );
        }
        given.into_iter().flatten().map(|url| url.origin().ascii_serialization()).collect()
    }

    pub(super) fn limits(&mut self) -> Limits {
        let defaults = Limits::default();
        Limits {
            orders_per_minute: self.number("MERCHANT_ORDERS_PER_MINUTE", defaults.orders_per_minute, 0..=1_000_000),
            max_requests: self.number("MERCHANT_MAX_REQUESTS", defaults.max_requests, 1..=100_000),
            max_connections: self.number("MERCHANT_MAX_CONNECTIONS", defaults.max_connections, 2..=1_000_000),
            trusted_proxies: self.trusted_proxies(),
        }
    }

    fn number<N>(&mut self, name: &str, default: N, range: std::ops::RangeInclusive<N>) -> N
    where
        N: Copy + PartialOrd + std::str::FromStr + std::fmt::Display,
    {
        let Some(text) = (self.lookup)(name) else { return default };
        match text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.errors.push(format!("{name} must be a number from {} to {}", range.start(), range.end()));
                default
            }
        }
    }

    fn trusted_proxies(&mut self) -> Vec<IpNet> {
        let text = self.get_or("MERCHANT_TRUSTED_PROXIES", "");
        let network = |item: &str| item.parse().ok().or_else(|| item.parse::<IpAddr>().ok().map(IpNet::from));
        let given: Vec<Option<IpNet>> = split_list(&text).map(network).collect();
        // A network of all addresses would let each client choose its own address.
        if given.iter().any(|network| network.is_none_or(|network| network.prefix_len() == 0)) {
            self.errors.push(
                "MERCHANT_TRUSTED_PROXIES must be addresses or networks, separated by commas, such as 127.0.0.1, 10.0.0.0/8"
                    .into(),
            );
        }
        given.into_iter().flatten().collect()
    }

    pub(super) fn gateway(&mut self) -> Option<GatewayConfig> {
        let environment = self.environment();
        let server_key = self.key("MIDTRANS_SERVER_KEY", ServerKey::parse);
        let client_key = self.key("MIDTRANS_CLIENT_KEY", secret::client_key);
        let environment = environment?;
        let (snap, core) = self.origins(&environment)?;
        Some(GatewayConfig {
            environment,
            server_key: server_key?,
            client_key: client_key?,
            snap,
            core,
            timeouts: Timeouts::default(),
        })
    }

    fn environment(&mut self) -> Option<Environment> {
        let text = (self.lookup)("MIDTRANS_ENVIRONMENT").unwrap_or_default();
        match text.as_str() {
            "sandbox" => Some(Environment::Sandbox),
            "production" => Some(Environment::Production),
            "local" => Some(Environment::Local),
            _ => self.error("MIDTRANS_ENVIRONMENT must be sandbox, production or local; there is no default"),
        }
    }

    fn key<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, KeyError>) -> Option<T> {
        let Some(text) = (self.lookup)(name) else {
            return self.error(format!("{name} is missing; see Settings, Access Keys in the Midtrans dashboard"));
        };
        match parse(&text) {
            Ok(key) => Some(key),
            Err(error) => self.error(format!("{name} {error}")),
        }
    }

    fn origins(&mut self, environment: &Environment) -> Option<(Url, Url)> {
        let local = (self.lookup)("MIDTRANS_LOCAL_URL");
        let (snap, core) = match environment {
            Environment::Production => ("https://app.midtrans.com", "https://api.midtrans.com"),
            Environment::Local => {
                let url =
                    local.as_deref().and_then(origin_only).filter(|url| url.scheme() == "http" && is_loopback(url));
                return match url {
                    Some(url) => Some((url.clone(), url)),
                    None => self.error("MIDTRANS_LOCAL_URL must be http on this machine, such as http://127.0.0.1:9090, when MIDTRANS_ENVIRONMENT is local"),
                };
            }
            Environment::Sandbox | Environment::Unknown(_) => {
                ("https://app.sandbox.midtrans.com", "https://api.sandbox.midtrans.com")
            }
        };
        if local.is_some() {
            return self.error("MIDTRANS_LOCAL_URL requires MIDTRANS_ENVIRONMENT=local; remove one of them");
        }
        Some((origin_only(snap)?, origin_only(core)?))
    }
}

fn split_list(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|item| !item.is_empty())
}

fn origin_only(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain.then_some(url)
}
