//! Which pages may ask: the shop's own, and those of the origins that the operator names.
//!
//! Other origins' scripts may read answers only by CORS; other origins' forms are refused, since a browser sends
//! those without asking. There is no cookie and no session here, so what a foreign form could do is an order that
//! nobody wanted.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request};
use axum::response::{IntoResponse as _, Response};

use crate::config::Config;
use crate::error::{ApiError, ErrorCode};

/// Headers that a page of another origin may send.
const SENT: &str = "accept, content-type, idempotency-key, last-event-id, cache-control";

/// The shop's origins.
#[derive(Debug, Clone)]
pub struct Origins {
    own: Arc<str>,
    others: Arc<[String]>,
}

impl Origins {
    /// Of the public address, and of those that the operator names.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self { own: config.public_origin().into(), others: config.cors_origins.clone().into() }
    }

    /// The answer to a browser that asks before it sends, where the asking origin may send.
    #[must_use]
    pub fn preflight(&self, request: &request::Parts) -> Option<Response> {
        let asked = request.method == Method::OPTIONS
            && request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
            && is_for_pages(request.uri.path());
        if !asked || self.listed(&request.headers).is_none() {
            return None;
        }
        let allowed = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, SENT),
            (header::ACCESS_CONTROL_MAX_AGE, "7200"),
        ];
        Some((StatusCode::NO_CONTENT, allowed).into_response())
    }

    /// What the answer to a request says about who may read it.
    #[must_use]
    pub fn readers(&self, request: &request::Parts) -> Readers {
        let counts = !self.others.is_empty() && is_for_pages(request.uri.path());
        Readers { counts, origin: self.listed(&request.headers).filter(|_| counts).cloned() }
    }

    /// Whether a request that changes something comes from a page of the shop, or from no page at all.
    ///
    /// # Errors
    /// [`ErrorCode::ForeignOrigin`].
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        if self.is_ours(headers) { Ok(()) } else { Err(ErrorCode::ForeignOrigin.into()) }
    }

    /// Browsers since 2020 say where a form stands by `Sec-Fetch-Site`, `Origin` or both. One that says neither
    /// is older or no browser; there `Referer` decides, and who sends none of the three is taken.
    fn is_ours(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        if matches!(site, Some(b"same-origin" | b"none")) || self.listed(headers).is_some() {
            return true;
        }
        let origin = text(header::ORIGIN);
        if site.is_some() {
            return false;
        }
        let origin = match (origin, text(header::REFERER)) {
            (Some(origin), _) => origin.to_owned(),
            (None, Some(referer)) => match reqwest::Url::parse(referer) {
                Ok(url) => url.origin().ascii_serialization(),
                Err(_) => return false,
            },
            (None, None) => return true,
        };
        let host = text(header::HOST).unwrap_or_default();
        let same_host = origin.split_once("://").is_some_and(|(_, rest)| !host.is_empty() && rest == host);
        *origin == *self.own || same_host || self.others.contains(&origin)
    }

    /// The origin of the request, where the operator named it.
    fn listed<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        self.others.iter().any(|other| other.as_bytes() == origin.as_bytes()).then_some(origin)
    }
}

/// Notifications come from no page.
fn is_for_pages(path: &str) -> bool {
    path.starts_with("/api/") && !path.starts_with("/api/midtrans/")
}

/// Who may read an answer.
#[derive(Debug)]
pub struct Readers {
    counts: bool,
    origin: Option<HeaderValue>,
}

impl Readers {
    /// Writes it on the answer, whatever the answer is: a failure has to be read too.
    pub fn apply(self, headers: &mut HeaderMap) {
        if !self.counts {
            return;
        }
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = self.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_forms_are_taken() {
        let origins =
            Origins { own: "https://shop.example".into(), others: ["https://www.shop.example".to_owned()].into() };
        // Sec-Fetch-Site, Origin, Referer; taken
        let cases = [
            ("", "", "", true),
            ("same-origin", "https://shop.example", "", true),
            ("same-origin", "null", "", true),
            ("none", "", "", true),
            ("same-site", "https://www.shop.example", "", true),
            ("same-site", "https://blog.shop.example", "", false),
            ("cross-site", "https://evil.example", "", false),
            ("cross-site", "null", "", false),
            ("cross-site", "", "", false),
            ("cross-site", "https://shop.example", "", false),
            ("", "https://shop.example", "", true),
            ("", "http://127.0.0.1:8080", "", true),
            ("", "https://www.shop.example", "", true),
            ("", "https://evil.example", "", false),
            ("", "https://shop.example.evil.example", "", false),
            ("", "https://evil.example/https://shop.example", "", false),
            ("", "null", "", false),
            ("", "", "https://shop.example/order/x", true),
            ("", "", "https://www.shop.example/blog", true),
            ("", "", "https://evil.example/?https://shop.example", false),
            ("", "", "https://shop.example@evil.example/", false),
            ("", "", "nonsense", false),
        ];
        for (site, origin, referer, taken) in cases {
            let mut headers = HeaderMap::new();
            let given =
                [("sec-fetch-site", site), ("origin", origin), ("referer", referer), ("host", "127.0.0.1:8080")];
            for (name, value) in given.into_iter().filter(|(_, value)| !value.is_empty()) {
                headers.insert(name, value.parse().unwrap());
            }
            assert_eq!(origins.check(&headers).is_ok(), taken, "{site}, {origin}, {referer}");
        }
    }
}
