//! The config of a checkout and its validation: keys, URLs, environment. A payment keeps the config with which it started.

use flow::{ScriptFault, TokenFault};
use wire::digits;
use yew::AttrValue;

use crate::effects::log;
use crate::snap_options::SnapOptions;

/// The prefix of the keys that a checkout stores in the browser.
pub(crate) const STORAGE_PREFIX: &str = "snap-checkout:";

/// The gateway. There is no default, and no key implies one.
#[derive(Debug, Clone, PartialEq)]
pub enum Environment {
    /// Midtrans' test system.
    Sandbox,
    /// Real money.
    Production,
    /// A stand-in on this machine, with its origin, such as `http://127.0.0.1:8090`.
    Local(AttrValue),
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// The theme of the customer's system.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Which cookies the requests to the backend carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Credentials {
    /// Cookies for the page's own origin.
    #[default]
    SameOrigin,
    /// Cookies for any origin. The backend must allow it.
    Include,
    /// No cookies.
    Omit,
}

impl Credentials {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::Include => "include",
            Self::Omit => "omit",
        }
    }
}

impl Environment {
    pub(crate) fn origin(&self) -> &str {
        match self {
            Self::Sandbox => "https://app.sandbox.midtrans.com",
            Self::Production => "https://app.midtrans.com",
            Self::Local(origin) => origin.strip_suffix('/').unwrap_or(origin),
        }
    }

    /// Whether an origin is the gateway's. The page opens no other origin for a payment.
    pub(crate) fn owns(&self, origin: &str) -> bool {
        origin == self.origin()
    }
}

/// The script to load.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// The gateway's origin, without a slash at the end.
    pub origin: String,
    /// `data-client-key`
    pub client_key: String,
    /// The nonce, for a page whose Content-Security-Policy needs one.
    pub nonce: Option<String>,
}

/// The config of one checkout.
#[derive(Clone, PartialEq)]
pub struct CheckoutConfig {
    /// The client key, which is public. A server key is rejected.
    pub client_key: AttrValue,
    /// The gateway.
    pub environment: Environment,
    /// The token endpoint.
    pub token_url: AttrValue,
    /// The JSON body of the token request.
    pub order: AttrValue,
    /// Identifies the order after a reload; by default the JSON body.
    pub order_key: Option<AttrValue>,
    /// More headers for the token request.
    pub headers: Vec<(AttrValue, AttrValue)>,
    /// Which cookies the requests carry.
    pub credentials: Credentials,
    /// The nonce of the script tag, if the page's Content-Security-Policy needs one.
    pub nonce: Option<AttrValue>,
    /// The options of `snap.pay`.
    pub options: SnapOptions,
    /// The id of the element for the embedded payment page.
    pub embed_id: Option<AttrValue>,
}

impl CheckoutConfig {
    /// A config for the lower-level API, with defaults for everything else.
    #[must_use]
    pub fn new(client_key: AttrValue, environment: Environment, token_url: AttrValue, order: AttrValue) -> Self {
        Self {
            client_key,
            environment,
            token_url,
            order,
            order_key: None,
            headers: Vec::new(),
            credentials: Credentials::default(),
            nonce: None,
            options: SnapOptions::default(),
            embed_id: None,
        }
    }

    /// The `snap.js` of this environment.
    #[must_use]
    pub fn script(&self) -> Script {
        Script {
            origin: self.environment.origin().to_owned(),
            client_key: self.client_key.as_str().to_owned(),
            nonce: self.nonce.as_deref().map(str::to_owned),
        }
    }

    /// Checks the values that leave the page.
    pub(crate) fn check(&self) -> Result<(), TokenFault> {
        check_client_key(&self.client_key).map_err(|_| TokenFault::ClientKey)?;
        // The browser throws for any other name. RFC 9110, token.
        let is_token = |b: u8| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        };
        let is_valid = |(name, value): &(AttrValue, AttrValue)| {
            !name.is_empty()
                && name.bytes().all(is_token)
                && value.bytes().all(|b| (b' '..=b'~').contains(&b))
                && !looks_like_server_key(value)
        };
        if self.headers.iter().all(is_valid) {
            return Ok(());
        }
        log::error("a header of the token request is not valid HTTP, or contains a server key");
        Err(TokenFault::Misconfigured)
    }

    /// The identity of the order.
    pub(crate) fn order_identity(&self) -> flow::OrderIdentity<'_> {
        flow::OrderIdentity { order: &self.order, order_key: self.order_key.as_deref() }
    }

    /// The key of the saved checkout. It is a hash, so it contains nothing of the order.
    pub(crate) fn storage_key(&self) -> String {
        // FNV-1a: it distinguishes orders and is not a security measure.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let order = self.order_key.as_ref().unwrap_or(&self.order);
        let parts = [self.environment.origin(), "\0", &self.client_key, "\0", &self.token_url, "\0", order, "\0"];
        for byte in parts.concat().bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        [STORAGE_PREFIX, &digits(hash.cast_signed())].concat()
    }
}

/// Checks that a key may be part of a page.
pub(crate) fn check_client_key(key: &str) -> Result<(), ScriptFault> {
    if looks_like_server_key(key) {
        log::error(
            "this is a SERVER key. Remove it from the page and change it at Midtrans: it gives access to your payments. The page needs the CLIENT key.",
        );
        return Err(ScriptFault::Misconfigured);
    }
    if key.trim_ascii().is_empty() {
        log::error("the client key is missing");
        return Err(ScriptFault::Misconfigured);
    }
    Ok(())
}

fn looks_like_server_key(text: &str) -> bool {
    contains(text, "mid-server")
}

/// Whether the text contains the pattern, ignoring case. The standard library's search is faster on long texts and a
/// kilobyte of code.
pub(crate) fn contains(text: &str, pattern: &str) -> bool {
    text.as_bytes().windows(pattern.len()).any(|window| window.eq_ignore_ascii_case(pattern.as_bytes()))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "config_tests.rs"]
mod tests;
