//! CSRF protection: a page of a foreign origin cannot create an order.
//!
//! A browser sends a form to another origin without a preflight, so CORS alone does not stop it.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::error::{ApiError, ErrorCode};
use crate::http::middleware::cors::AllowedOrigins;

/// The origins whose pages may create orders.
#[derive(Debug, Clone)]
pub struct CsrfGuard {
    own: Arc<str>,
    allowed: AllowedOrigins,
}

impl CsrfGuard {
    /// Creates the guard for the shop's own origin and the other allowed ones.
    #[must_use]
    pub fn new(own: String, allowed: AllowedOrigins) -> Self {
        Self { own: own.into(), allowed }
    }

    /// Checks that a request comes from a page of the shop, or from no page at all.
    ///
    /// # Errors
    /// [`ErrorCode::ForeignOrigin`].
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        if self.is_allowed(headers) { Ok(()) } else { Err(ErrorCode::ForeignOrigin.into()) }
    }

    /// Browsers since 2020 send `Sec-Fetch-Site`, `Origin` or both. Older ones send `Referer`. A client that sends none
    /// of the three is no browser and is accepted.
    fn is_allowed(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        if matches!(site, Some(b"same-origin" | b"none")) || self.allowed.origin_of(headers).is_some() {
            return true;
        }
        if site.is_some() {
            return false;
        }
        let origin = match (text(header::ORIGIN), text(header::REFERER)) {
            (Some(origin), _) => origin.to_owned(),
            (None, Some(referer)) => match reqwest::Url::parse(referer) {
                Ok(url) => url.origin().ascii_serialization(),
                Err(_) => return false,
            },
            (None, None) => return true,
        };
        let host = text(header::HOST).unwrap_or_default();
        let same_host = origin.split_once("://").is_some_and(|(_, rest)| !host.is_empty() && rest == host);
        *origin == *self.own || same_host || self.allowed.contains(&origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forms_of_allowed_origins_are_accepted() {
        let allowed = AllowedOrigins::new(&["https://www.shop.example".to_owned()]);
        let guard = CsrfGuard::new("https://shop.example".to_owned(), allowed);
        // Sec-Fetch-Site, Origin, Referer, whether it is accepted
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
        for (site, origin, referer, accepted) in cases {
            let mut headers = HeaderMap::new();
            let given =
                [("sec-fetch-site", site), ("origin", origin), ("referer", referer), ("host", "127.0.0.1:8080")];
            for (name, value) in given.into_iter().filter(|(_, value)| !value.is_empty()) {
                headers.insert(name, value.parse().unwrap());
            }
            assert_eq!(guard.check(&headers).is_ok(), accepted, "{site}, {origin}, {referer}");
        }
    }
}
