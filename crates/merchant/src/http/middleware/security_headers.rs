//! Security headers for every response.
//!
//! The gateway may provide a script and a frame, and may be the target of a form. No other foreign content loads.
//! Midtrans also lists `*.veritrans.co.id`, `*.mixpanel.com`, `*.google-analytics.com` and `cloudfront.net`. Those load
//! inside Snap's own frame, under Snap's own policy, so the shop's page does not need them. Pages of banks and wallets
//! may replace Snap's frame from other Midtrans hosts; hence `frame-src https://*.midtrans.com`.
//! <https://docs.midtrans.com/docs/snap-advanced-feature>

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use wire::merchant::Environment;

use crate::config::Config;

/// The only inline script of the built page: it requests the wasm file early. The policy allows it by its hash.
const PRELOAD: &str = include_str!("../web/preload.js");

/// The headers, built once at the start.
#[derive(Debug, Clone)]
pub struct SecurityHeaders(HeaderMap);

impl SecurityHeaders {
    /// Builds the headers for the gateway and the public address of a configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let gateway = config.gateway.snap.origin().ascii_serialization();
        let frames = match config.gateway.environment {
            Environment::Local => gateway.clone(),
            _ => format!("{gateway} https://*.midtrans.com"),
        };
        // The gateway serves QR codes as images.
        let images = match config.gateway.environment {
            Environment::Local => gateway.clone(),
            _ => "https://*.midtrans.com".to_owned(),
        };
        // The playground injects faults into the local stand-in.
        let connect = match config.gateway.environment {
            Environment::Local => format!("'self' {gateway}"),
            _ => "'self'".to_owned(),
        };
        let preload = STANDARD.encode(Sha256::digest(PRELOAD.trim_end()));
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-{preload}' {gateway}; style-src 'self'; \
             img-src 'self' data: {images}; font-src 'self'; connect-src {connect}; frame-src {frames}; \
             form-action 'self' {gateway}; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
        );
        let permissions = format!(
            "payment=(self \"{gateway}\"), publickey-credentials-get=(self \"{gateway}\"), clipboard-write=(self \"{gateway}\"), \
             camera=(), microphone=(), geolocation=(), usb=(), serial=(), midi=(), display-capture=()"
        );
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: &str| {
            // All parts are ASCII, because the URL parser serialised the origins.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::CONTENT_SECURITY_POLICY, &policy);
        put(HeaderName::from_static("permissions-policy"), &permissions);
        put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        // For browsers that do not support `frame-ancestors`.
        put(header::X_FRAME_OPTIONS, "DENY");
        put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
        put(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
        // Wallets and banks open popups that must be able to return to the page.
        put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin-allow-popups");
        if config.public_url.scheme() == "https" {
            put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
        }
        Self(headers)
    }

    /// Sets the headers on a response.
    pub fn apply(&self, target: &mut HeaderMap) {
        for (name, value) in &self.0 {
            target.insert(name, value.clone());
        }
    }
}

/// Middleware for routes that need the headers and nothing else.
pub async fn add_security_headers(State(headers): State<Arc<SecurityHeaders>>, mut response: Response) -> Response {
    headers.apply(response.headers_mut());
    response
}
