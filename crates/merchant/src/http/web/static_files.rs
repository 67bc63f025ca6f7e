//! The static files of the built page, and the 404 response for all unknown paths.

use std::path::Path;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use crate::error::{ApiError, ErrorCode};
use crate::http::app_state::AppState;
use crate::http::web::error_page::error_page;

/// Serves a file of the build, or 404.
pub async fn file(State(state): State<AppState>, request: Request) -> Response {
    let accepts_html = accepts_html(request.headers());
    let path = request.uri().path().to_owned();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::from(ErrorCode::MethodNotAllowed).into_response();
    }
    if !is_servable_path(&path) {
        return not_found(&state, accepts_html).await;
    }
    let files = ServeDir::new(state.page.folder())
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let Ok(response) = files.oneshot(request).await;
    if !(response.status().is_success() || response.status().is_redirection() || response.status() == 416) {
        return not_found(&state, accepts_html).await;
    }
    let mut response = response.map(axum::body::Body::new);
    let cache = if is_hashed(Path::new(&path)) { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Whether a path names a file that may be served: no hidden file, no empty part, and not the unfilled `index.html`.
pub(crate) fn is_servable_path(path: &str) -> bool {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let name = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.starts_with("index.html");
    decoded.strip_prefix('/').is_some_and(|path| path.split(['/', '\\']).all(name))
}

async fn not_found(state: &AppState, accepts_html: bool) -> Response {
    let error = ApiError::from(ErrorCode::NotFound);
    if accepts_html { error_page(error, &state.page.styles().await) } else { error.into_response() }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Whether a file name contains a content hash: at least 12 hex digits between separators.
fn is_hashed(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split(['-', '_', '.']).any(|part| part.len() >= 12 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names() {
        let cases = [
            ("storefront-0123456789abcdef.js", true),
            ("storefront-0123456789abcdef_bg.wasm", true),
            ("style-deadbeef01234567.css", true),
            ("favicon.svg", false),
            ("robots.txt", false),
            ("index.html", false),
            ("facade-cafe.js", false),
        ];
        for (name, expected) in cases {
            assert_eq!(is_hashed(Path::new(name)), expected, "{name}");
        }
    }
}
