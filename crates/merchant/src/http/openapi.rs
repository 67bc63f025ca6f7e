//! `GET /api/openapi.json`: the API as an OpenAPI 3.1 file. Tests compare every response with it.

use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha512};

use crate::id::hex;

/// The text of the file.
pub const OPENAPI: &str = include_str!("../../openapi.json");

/// The tag is weak because the response may be compressed.
static ETAG: LazyLock<String> = LazyLock::new(|| format!("W/\"{}\"", hex(&Sha512::digest(OPENAPI)[..16])));

/// Returns the file, or 304 when the client has it.
pub async fn openapi(headers: HeaderMap) -> Response {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let cached = [
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::VARY, "accept-encoding"),
        (header::ETAG, ETAG.as_str()),
    ];
    if tags.flat_map(|list| list.split(',')).any(|tag| tag.trim() == *ETAG) {
        return (StatusCode::NOT_MODIFIED, cached).into_response();
    }
    (cached, [(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}
