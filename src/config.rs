//! What a merchant sets, checked: keys, addresses, environment. A payment keeps those it began with.

use flow::{ScriptFault, TokenFault};
use wire::digits;
use yew::AttrValue;

use crate::effects::loader::Script;
use crate::effects::log;
use crate::snap_options::SnapOptions;

/// What the name of everything begins with that a checkout keeps in the browser.
pub(crate) const MEMORY: &str = "snap-checkout:";

/// Which gateway the page talks to. There is no default, and no key is asked for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Environment {
    /// Midtrans' test system.
    Sandbox,
    /// Real money.
    Production,
    /// A stand-in on this machine, by its origin, `http://127.0.0.1:8090`.
    Local(AttrValue),
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the customer's system is.
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

/// Which cookies go with requests to the merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Credentials {
    /// Only to the page's own origin.
    #[default]
    SameOrigin,
    /// To any origin; the backend must allow it.
    Include,
    /// None.
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

    /// Whether an origin is the gateway's own: nothing else may be visited for payment.
    pub(crate) fn owns(&self, origin: &str) -> bool {
        origin == self.origin()
    }
}

/// Everything an effect needs to know.
#[derive(Clone, PartialEq)]
pub struct CheckoutConfig {
    /// Public by design; a server key is refused.
    pub client_key: AttrValue,
    /// Which gateway.
    pub environment: Environment,
    /// Where tokens come from.
    pub token_url: AttrValue,
    /// The JSON that is posted there.
    pub order: AttrValue,
    /// What makes it the same order after a reload; by default the JSON.
    pub order_key: Option<AttrValue>,
    /// Further headers of the token request.
    pub headers: Vec<(AttrValue, AttrValue)>,
    /// Which cookies go along.
    pub credentials: Credentials,
    /// For the script tag, where the page's policy asks for one.
    pub nonce: Option<AttrValue>,
    /// For `snap.pay`.
    pub options: SnapOptions,
    /// The element to embed the payment page in, by its id.
    pub embed_id: Option<AttrValue>,
}

impl CheckoutConfig {
    /// For the lower-level API: an order for a token URL, everything else as usual.
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

    /// Refuses what must not leave the page.
    pub(crate) fn check(&self) -> Result<(), TokenFault> {
        check_client_key(&self.client_key).map_err(|_| TokenFault::ClientKey)?;
        // Any other name makes the browser throw. RFC 9110, token.
        let named = |b: u8| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        };
        let fits = |(name, value): &(AttrValue, AttrValue)| {
            !name.is_empty()
                && name.bytes().all(named)
                && value.bytes().all(|b| (b' '..=b'~').contains(&b))
                && !looks_like_server_key(value)
        };
        if self.headers.iter().all(fits) {
            return Ok(());
        }
        log::error("a header of the token request is not allowed in HTTP, or carries a server key");
        Err(TokenFault::Misconfigured)
    }

    /// The order that these settings describe.
    pub(crate) fn order_identity(&self) -> flow::OrderIdentity<'_> {
        flow::OrderIdentity { order: &self.order, order_key: self.order_key.as_deref() }
    }

    /// One place in the session's storage for each order, without anything of it in the name.
    pub(crate) fn memory_key(&self) -> String {
        // FNV-1a: tells orders apart, protects nothing.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let order = self.order_key.as_ref().unwrap_or(&self.order);
        let parts = [self.environment.origin(), "\0", &self.client_key, "\0", &self.token_url, "\0", order, "\0"];
        for byte in parts.concat().bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        [MEMORY, &digits(hash.cast_signed())].concat()
    }
}

/// A key that may stand in a page.
pub(crate) fn check_client_key(key: &str) -> Result<(), ScriptFault> {
    if looks_like_server_key(key) {
        log::error(
            "this is a SERVER key. Take it out of the page and change it at Midtrans: whoever has it can take money. The page needs the CLIENT key.",
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

/// Whether the words are in the text, in capitals or not. The standard library's search is quicker on long texts,
/// and a kilobyte of code.
pub(crate) fn contains(text: &str, words: &str) -> bool {
    text.as_bytes().windows(words.len()).any(|here| here.eq_ignore_ascii_case(words.as_bytes()))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "config_tests.rs"]
mod tests;
