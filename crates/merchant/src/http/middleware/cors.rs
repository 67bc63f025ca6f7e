//! CORS: which other origins may read responses.
//!
//! There are no cookies and no sessions, so a response never depends on credentials.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request};
use axum::response::{IntoResponse as _, Response};

/// Request headers that a page of another origin may send.
const ALLOWED_HEADERS: &str = "accept, content-type, idempotency-key, last-event-id, cache-control";

/// The other origins that the operator allows.
#[derive(Debug, Clone)]
pub struct AllowedOrigins(Arc<[String]>);

impl AllowedOrigins {
    /// Takes serialised origins, such as `https://www.shop.example`.
    #[must_use]
    pub fn new(origins: &[String]) -> Self {
        Self(origins.into())
    }

    /// Whether the list contains an origin.
    #[must_use]
    pub fn contains(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed == origin)
    }

    /// The `Origin` header of a request, when the list contains it.
    #[must_use]
    pub fn origin_of<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        self.0.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()).then_some(origin)
    }
}

/// The CORS rules.
#[derive(Debug, Clone)]
pub struct Cors(AllowedOrigins);

/// The CORS headers of one response.
#[derive(Debug)]
pub struct CorsHeaders {
    /// Whether the response depends on `Origin`.
    varies: bool,
    allowed: Option<HeaderValue>,
}

impl Cors {
    /// Creates the rules.
    #[must_use]
    pub fn new(allowed: AllowedOrigins) -> Self {
        Self(allowed)
    }

    /// The response to a preflight of an allowed origin; `None` for all other requests.
    #[must_use]
    pub fn preflight(&self, request: &request::Parts) -> Option<Response> {
        let is_preflight = request.method == Method::OPTIONS
            && request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
            && is_for_pages(request.uri.path());
        if !is_preflight || self.0.origin_of(&request.headers).is_none() {
            return None;
        }
        let headers = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, "7200"),
        ];
        Some((StatusCode::NO_CONTENT, headers).into_response())
    }

    /// The CORS headers for the response to a request.
    #[must_use]
    pub fn headers_for(&self, request: &request::Parts) -> CorsHeaders {
        let varies = !self.0.0.is_empty() && is_for_pages(request.uri.path());
        CorsHeaders { varies, allowed: self.0.origin_of(&request.headers).filter(|_| varies).cloned() }
    }
}

impl CorsHeaders {
    /// Sets the headers, on error responses too: a page must be able to read them.
    pub fn apply(self, headers: &mut HeaderMap) {
        if !self.varies {
            return;
        }
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = self.allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        }
    }
}

/// Pages call the API, except the endpoint for notifications.
fn is_for_pages(path: &str) -> bool {
    path.starts_with("/api/") && !path.starts_with("/api/midtrans/")
}
