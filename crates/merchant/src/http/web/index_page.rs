//! The built page: `index.html` with the shop written into it, and the files beside it.
//!
//! Three places of it are filled in: the script block with the id `shop`, and for the form that works without
//! script `{{form_items}}` (a quantity for each item) and `{{form_key}}` (a fresh key for one order).
//! At `/order/{id}` the form, a `<section class="plain">`, gives way to the order itself.
//! Only `/`, `/order` and `/order/{id}` are the page; everything else is a file or does not exist.

use std::path::{Path, PathBuf};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{Html, IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use crate::error::{ApiError, ErrorCode};
use crate::http::api;
use crate::http::error_response::Note;
use crate::http::router::Shop;
use crate::http::web::{html, order_page};
use crate::id;

/// Where the page is. It is read at every request: a few kilobytes, and a new build needs no restart.
#[derive(Debug, Clone)]
pub struct Page {
    dist: PathBuf,
}

impl Page {
    /// The folder of the build; it may still be missing.
    #[must_use]
    pub fn new(dist: PathBuf) -> Self {
        Self { dist }
    }

    /// What is missing for the page to be served, as a sentence for the operator.
    ///
    /// # Errors
    /// The sentence.
    pub fn check(&self) -> Result<(), String> {
        let index = self.dist.join("index.html");
        let text = std::fs::read_to_string(&index).map_err(|error| {
            format!(
                "{} cannot be read ({error}): build the page first or set MERCHANT_DIST; the API runs without it",
                index.display()
            )
        })?;
        if shop_block(&text).is_none() {
            return Err(format!(
                "{} has no <script type=\"application/json\" id=\"shop\"></script>: the page cannot know the shop",
                index.display()
            ));
        }
        Ok(())
    }

    async fn index(&self) -> Result<String, ApiError> {
        tokio::fs::read_to_string(self.dist.join("index.html"))
            .await
            .map_err(|error| ApiError::from(ErrorCode::PageMissing).caused_by(error))
    }

    /// The `<link rel="stylesheet">` tags of the page, so that pages of ours look like it.
    pub async fn styles(&self) -> String {
        let Ok(text) = self.index().await else { return String::new() };
        tags(&text, "<link")
            .filter(|(start, end)| text[*start..*end].contains("stylesheet"))
            .map(|(start, end)| &text[start..end])
            .collect()
    }
}

/// `GET /`, `/order`.
pub async fn index(State(shop): State<Shop>) -> Response {
    answered(filled(&shop).await)
}

/// `GET /order/{id}`: the same page, and without script the order instead of the form.
pub async fn order(State(shop): State<Shop>, id: api::OrderId) -> Response {
    let _place = match shop.places.customer() {
        Ok(place) => place,
        Err(problem) => return html::problem(problem, ""),
    };
    answered(filled_with_order(&shop, id).await)
}

fn answered(page: Result<String, ApiError>) -> Response {
    match page {
        Ok(page) => ([(header::CACHE_CONTROL, "no-cache")], Html(page)).into_response(),
        Err(problem) => html::problem(problem, ""),
    }
}

async fn filled_with_order(shop: &Shop, id: api::OrderId) -> Result<String, ApiError> {
    let page = filled(shop).await?;
    let Some((start, end)) = plain_section(&page) else { return Ok(page) };
    let order = match api::order_id(id) {
        Ok(id) => api::order_of(shop, &id).await,
        Err(unknown) => Err(unknown),
    };
    let paper = match order {
        Ok(order) => {
            shop.reconcile.later(&order.order_id);
            let attempt = shop.store.current_attempt(&order.order_id).await?;
            let hosted = attempt.and_then(|attempt| attempt.token).map(|token| token.redirect_url);
            order_page::order(&order, hosted.as_deref())
        }
        Err(problem) if problem.code == ErrorCode::OrderNotFound => order_page::UNKNOWN.to_owned(),
        Err(problem) => return Err(problem),
    };
    Ok(format!("{}{paper}{}", &page[..start], &page[end..]))
}

/// Where the content of `<section class="plain">` begins and ends.
fn plain_section(text: &str) -> Option<(usize, usize)> {
    let (_, end) = tags(text, "<section").find(|(start, end)| text[*start..*end].contains("\"plain\""))?;
    Some((end, text[end..].find("</section")? + end))
}

async fn filled(shop: &Shop) -> Result<String, ApiError> {
    let text = shop.page.index().await?;
    let (start, end) =
        shop_block(&text).ok_or_else(|| ApiError::from(ErrorCode::PageMissing).caused_by("no shop block"))?;
    let json =
        serde_json::to_string(&*shop.public).map_err(|error| ApiError::from(ErrorCode::Internal).caused_by(error))?;
    let page = format!("{}{}{}", &text[..start], for_script(&json), &text[end..]);
    let page = page.replace("{{form_items}}", &html::form_items(&shop.public.items));
    Ok(page.replace("{{form_key}}", &id::random()?))
}

/// Every other address: a file of the build, or nothing.
pub async fn file(State(shop): State<Shop>, request: Request) -> Response {
    let wants_html = accepts_html(request.headers());
    let path = request.uri().path().to_owned();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::from(ErrorCode::MethodNotAllowed).into_response();
    }
    if !is_plain(&path) {
        return missing(&shop, wants_html).await;
    }
    let files =
        ServeDir::new(&shop.page.dist).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let Ok(response) = files.oneshot(request).await;
    if !(response.status().is_success() || response.status().is_redirection() || response.status() == 416) {
        return missing(&shop, wants_html).await;
    }
    let mut response = response.map(axum::body::Body::new);
    let cache = if is_hashed(Path::new(&path)) { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response.extensions_mut().insert(Note::default());
    response
}

/// Whether a path names a file of the build as it is written: nothing hidden, nothing empty, and nothing that
/// would give out the unfilled page.
pub(crate) fn is_plain(path: &str) -> bool {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let name = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.starts_with("index.html");
    decoded.strip_prefix('/').is_some_and(|path| path.split(['/', '\\']).all(name))
}

async fn missing(shop: &Shop, wants_html: bool) -> Response {
    let problem = ApiError::from(ErrorCode::NotFound);
    if wants_html { html::problem(problem, &shop.page.styles().await) } else { problem.into_response() }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Whether the name holds a content hash: at least 12 hex digits between separators.
fn is_hashed(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split(['-', '_', '.']).any(|part| part.len() >= 12 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// JSON inside a script element: nothing in it can end the element or begin a comment.
fn for_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// Where the content of `<script … id="shop">` begins and ends, however a minifier spells the tag.
fn shop_block(text: &str) -> Option<(usize, usize)> {
    let (_, end) = tags(text, "<script").find(|(start, end)| {
        let tag = &text[*start..*end];
        [" id=\"shop\"", " id='shop'", " id=shop>", " id=shop "].iter().any(|id| tag.contains(id))
    })?;
    let close = text[end..].find("</script")? + end;
    Some((end, close))
}

/// The places of all opening tags that begin with `name`.
fn tags<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    text.match_indices(name).filter_map(move |(start, _)| Some((start, text[start..].find('>')? + start + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_block_is_found_in_every_spelling() {
        for tag in [
            r#"<script type="application/json" id="shop">"#,
            r"<script id='shop' type='application/json'>",
            "<script type=application/json id=shop>",
            "<script id=shop type=application/json>",
            "<script\n  type=\"application/json\" id=\"shop\">",
        ] {
            let page = format!("<script src=\"a.js\"></script>{tag}old</script><p>");
            let (start, end) = shop_block(&page).unwrap();
            assert_eq!(&page[start..end], "old", "{tag}");
        }
        for page in ["", "<script>", "<script id=\"shop\">", "<script id=\"shopping\"></script>"] {
            assert_eq!(shop_block(page), None, "{page}");
        }
    }

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

    #[test]
    fn json_cannot_leave_its_script() {
        let json = for_script(r#"{"name":"</script><!--&"}"#);
        assert!(!json.contains(['<', '>', '&']));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["name"], "</script><!--&");
    }
}
