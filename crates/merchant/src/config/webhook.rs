//! The target and the key of outgoing webhooks.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

/// The target of outgoing webhooks.
#[derive(Clone)]
pub struct Webhook {
    /// The address of the shop's own system.
    pub url: Url,
    /// The key that the shop shares with the backend.
    pub secret: WebhookSecret,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may contain a key of its own.
        f.write_str("Webhook(..)")
    }
}

/// The key that signs outgoing webhooks. It has no `Debug`, so it cannot be logged.
#[derive(Clone)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Parses `whsec_` and 24 to 64 bytes in base64; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim().strip_prefix("whsec_")?).ok()?;
        (24..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The bytes of the key.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
