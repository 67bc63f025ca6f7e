//! Security headers, on every answer.
//!
//! The gateway may give a script and a frame and be a form's target; nothing else from outside runs or shows.
//! Midtrans' documented list also names `*.veritrans.co.id`, `*.mixpanel.com`, `*.google-analytics.com` and
//! `cloudfront.net`; those are loaded inside Snap's own frame, under Snap's own policy, so the shop's page needs
//! none of them. Banks' and wallets' pages may replace Snap's frame from other Midtrans hosts: hence
//! `frame-src https://*.midtrans.com` there. <https://docs.midtrans.com/docs/snap-advanced-feature>

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use wire::merchant::Environment;

use crate::config::Config;

/// The one script that the built page holds itself: it asks for the program before anything else. It may run by its
/// hash; whatever else stands in the page may not.
const EARLY: &str = include_str!("../web/preload.js");

/// The headers, made once.
#[derive(Debug, Clone)]
pub struct SecurityHeaders(HeaderMap);

impl SecurityHeaders {
    /// For this gateway and this public address.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let gateway = config.gateway.snap.origin().ascii_serialization();
        let frames = match config.gateway.environment {
            Environment::Local => gateway.clone(),
            _ => format!("{gateway} https://*.midtrans.com"),
        };
        // The QR code of a wallet is a picture of the gateway's.
        let pictures = match config.gateway.environment {
            Environment::Local => gateway.clone(),
            _ => "https://*.midtrans.com".to_owned(),
        };
        // The playground tells the stand-in what goes wrong.
        let connected = match config.gateway.environment {
            Environment::Local => format!("'self' {gateway}"),
            _ => "'self'".to_owned(),
        };
        let early = STANDARD.encode(Sha256::digest(EARLY.trim_end()));
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-{early}' {gateway}; style-src 'self'; \
             img-src 'self' data: {pictures}; font-src 'self'; connect-src {connected}; frame-src {frames}; \
             form-action 'self' {gateway}; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
        );
        let permissions = format!(
            "payment=(self \"{gateway}\"), publickey-credentials-get=(self \"{gateway}\"), clipboard-write=(self \"{gateway}\"), \
             camera=(), microphone=(), geolocation=(), usb=(), serial=(), midi=(), display-capture=()"
        );
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: &str| {
            // All parts are ASCII: origins are serialised by the URL parser.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::CONTENT_SECURITY_POLICY, &policy);
        put(HeaderName::from_static("permissions-policy"), &permissions);
        put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        // Browsers that do not know `frame-ancestors`.
        put(header::X_FRAME_OPTIONS, "DENY");
        put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
        put(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
        // Wallets and banks open windows of their own and must be able to come back.
        put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin-allow-popups");
        if config.public_url.scheme() == "https" {
            put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
        }
        Self(headers)
    }

    /// Puts them on an answer.
    pub fn apply(&self, target: &mut HeaderMap) {
        for (name, value) in &self.0 {
            target.insert(name, value.clone());
        }
    }
}
